#!/bin/sh
# tools/peers: names agree with lutbench's, rows survive a restart, the table's numbers are right,
# and a peer that fails, is missing or hangs has a row that says so. Peers are stand-ins here; with
# torch at hand, the stand-in for DWN's kernels is held against its defining sum.
set -eu

[ -z "${LUT_QUICK:-}" ] || {
    echo "takes some seconds: left out, as LUT_QUICK is set"
    exit 77
}
python=
for p in /usr/bin/python3 "${PYTHON:-python3}"; do
    if "$p" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
        python=$p
        break
    fi
done
[ -n "$python" ] || {
    echo "no Python of 3.9 or newer was found"
    exit 77
}
[ "$python" != /usr/bin/python3 ] || ! "${PYTHON:-python3}" -c 'import torch' 2>/dev/null ||
    python=${PYTHON:-python3}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
PYTHONDONTWRITEBYTECODE=1 "$python" "$srcdir/tests/cli/peers_check.py" \
    "$srcdir/tools/peers" "$dir" "$top_builddir/lutbench"
