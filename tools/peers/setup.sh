#!/bin/sh
# Fetches the peers' sources at the commits that docs/peers.md speaks of, and makes the Python
# environments they are timed in.
#   setup.sh [--sources FOLDER] [--environments FOLDER] [--from FOLDER] [--wheels FOLDER]
#            [--python PYTHON] [--only sources|environments]
# --from: repositories named as below instead of the public ones; --wheels: install torch from
# there, not from PyPI. With both, no network is needed.
set -eu

sources=sources environments=environments from= wheels= python=python3 only=
while [ $# -gt 0 ]; do
    case $1 in
    --sources | --environments | --from | --wheels | --python | --only)
        [ $# -ge 2 ] || { echo "setup.sh: $1 wants a value" >&2; exit 2; }
        eval "${1#--}=\$2"
        shift 2
        ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
    esac
done

# fetch NAME COMMIT URL: a checkout with a file COMMIT beside its sources.
fetch()
{
    to=$sources/$1 where=$3
    [ "$(cat "$to/COMMIT" 2>/dev/null)" != "$2" ] || return 0
    for place in "$from/$1" "$from/$1.git"; do
        [ -z "$from" ] || [ ! -d "$place" ] || where=$place
    done
    rm -rf "$to"
    git clone --quiet --no-checkout "$where" "$to" && git -C "$to" checkout --quiet "$2" || {
        echo "setup.sh: $1 could not be had from $where at $2; its rows will say so" >&2
        rm -rf "$to"
        return 0
    }
    echo "$2" >"$to/COMMIT"
}

fetch_all()
{
    mkdir -p "$sources"
    fetch difflogic 469702c01ff0bfac9cdc6a395134252e11a56bd8 \
        https://github.com/Felix-Petersen/difflogic.git
    fetch DWN dfbf71ece5e886337fe5b55d25c94839dd49a380 \
        https://github.com/alanbacellar/DWN.git
    fetch torchlogix 6c6ad504df6afb948cf0a2c00305d9c593951265 \
        https://github.com/ligerlac/torchlogix.git
    fetch difflut 5b1b83d3f0996aa15be7de52f5d6ede734c36ab5 \
        https://github.com/aplesner/difflut.git
}

make_system()
{
    "$python" -c 'import torch, numpy' 2>/dev/null || {
        echo "setup.sh: $python has no torch (package python3-torch): no environment system" >&2
        return 0
    }
    "$python" -m venv --system-site-packages "$environments/system"
}

make_newest()
{
    "$python" -m venv "$environments/newest"
    set -- --quiet
    [ -z "$wheels" ] || set -- --quiet --no-index --find-links "$wheels"
    "$environments/newest/bin/pip" install "$@" torch numpy || {
        echo "setup.sh: torch could not be installed: no environment newest" >&2
        rm -rf "$environments/newest"
    }
}

[ "$only" = environments ] || fetch_all
[ "$only" = sources ] || {
    mkdir -p "$environments"
    make_system
    make_newest
}
for p in "$environments"/*/bin/python; do
    [ ! -x "$p" ] || echo "$p: torch $("$p" -c 'import torch; print(torch.__version__)')"
done
