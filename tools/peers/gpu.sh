#!/bin/sh
# Times the peers' CUDA paths on this machine's GPU beside this project on its CPU cores.  Needs
# no network: the peers' sources, and the wheels of torch if Python has none, come from folders.
#   gpu.sh --sources FOLDER --lutbench PROGRAM --results FOLDER [--wheels FOLDER]
#          [--python PYTHON] [--device cpu] [--dry-run] [options of gpu.py]
# --sources: checkouts named difflogic, DWN, torchlogix, as setup.sh makes them.
# --device cpu: a rehearsal without a GPU.  Data: LUTSWEEP_DATA, or --data of gpu.py.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

sources= lutbench= results= wheels= python=python3 device=cuda dry=
rest=
while [ $# -gt 0 ]; do
    case $1 in
    --sources | --lutbench | --results | --wheels | --python | --device)
        [ $# -ge 2 ] || usage
        eval "${1#--}=\$2"
        shift 2
        ;;
    --dry-run)
        dry=yes
        shift
        ;;
    --help) usage ;;
    *) # what gpu.py knows; no option of it has a value with blanks
        rest="$rest $1"
        shift
        ;;
    esac
done
[ -n "$sources" ] && [ -n "$lutbench" ] && [ -n "$results" ] || usage

# Run it, or only say so.
do_()
{
    if [ -n "$dry" ]; then echo "$*"; else "$@"; fi
}

mkdir -p "$results"
results=$(cd "$results" && pwd -P)
built=$results/build
if [ -n "$wheels" ]; then
    [ -x "$results/environment/bin/python" ] || {
        do_ "$python" -m venv "$results/environment"
        do_ "$results/environment/bin/pip" install --quiet --no-index --find-links "$wheels" \
            torch numpy setuptools ninja
    }
    python=$results/environment/bin/python
fi

# build NAME MODULE: its CUDA module into $results/extensions.  Only copies are built in.
build()
{
    ! ls "$results/extensions/$2".*.so >/dev/null 2>&1 || return 0
    rm -rf "${built:?}/$1"
    mkdir -p "$built"
    cp -r "$sources/$1" "$built/$1"
    # difflogic names types in a way that torch 2 has dropped; git keeps no empty folder, and
    # DWN's setup.py lists one.
    find "$built/$1" -name '*.cu' -exec sed -i \
        's/\(AT_DISPATCH_[A-Z_]*([a-z]*\)\.type()/\1.scalar_type()/' {} +
    [ "$1" != DWN ] || mkdir -p "$built/DWN/src/torch_dwn/custom_operators/cpp"
    (cd "$built/$1" && "$python" setup.py --quiet build_ext --build-lib "$results/extensions") \
        >"$results/$1.log" 2>&1 ||
        echo "gpu.sh: $1 could not be built, see $results/$1.log; its rows will say so" >&2
}

if [ "$device" = cuda ] && [ -n "$dry" ]; then
    echo "build difflogic_cuda and efd_cuda into $results/extensions"
elif [ "$device" = cuda ]; then
    build difflogic difflogic_cuda
    build DWN efd_cuda
fi
if [ -z "$dry" ] && [ "$device" = cuda ]; then
    "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' || {
        echo "gpu.sh: torch sees no GPU (--device cpu is a rehearsal)" >&2
        exit 1
    }
fi
exec python3 "$here/gpu.py" --results "$results" --lutbench "$lutbench" --sources "$sources" \
    --python "$python" --extensions "$results/extensions" --device "$device" \
    ${dry:+--dry-run} $rest
