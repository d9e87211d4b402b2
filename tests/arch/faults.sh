#!/bin/sh
# A program that is built without faults has nothing of them: no symbol, no environment.
set -eu
: "${CC:=cc}"
command -v nm >/dev/null || {
    echo "nm was not found (package binutils)"
    exit 77
}
srcdir=$(cd "$srcdir" && pwd) # a release is tested with a relative one
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
files=$(grep -l 'SWEEP_FAULT' "$srcdir"/sweep/*.c)
[ "$(echo "$files" | wc -w)" -ge 5 ] || {
    echo "only these files have sites: $files"
    exit 1
}
# No optimizer that could hide a call.
cd "$dir"
$CC -D_GNU_SOURCE -I"$srcdir" -I"$OLDPWD" ${HEADER_FLAGS:-} -USWEEP_FAULT_INJECTION -O0 -w -c $files
[ "$(ls ./*.o | wc -l)" = "$(echo "$files" | wc -w)" ]
for o in *.o; do
    nm "$o" >symbols
    if grep -E 'sweep_fault|getenv$' symbols; then
        echo "$o: faults are compiled in"
        exit 1
    fi
done
# And with them it has: the test would see it.
$CC -D_GNU_SOURCE -I"$srcdir" -I"$OLDPWD" ${HEADER_FLAGS:-} -DSWEEP_FAULT_INJECTION -O0 -w -c \
    "$srcdir/sweep/journal.c"
nm journal.o | grep -q sweep_fault
