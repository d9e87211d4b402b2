#!/bin/sh
# Every header compiles alone and twice in a row, without warnings: it includes what it needs
# and has a guard.
set -eu

test -n "$CC"
bad=0
count=0
unit=$(mktemp)
trap 'rm -f "$unit"' EXIT
for header in $(cd "$srcdir" && find lib sweep drivers analysis -name '*.h' 2>/dev/null | sort); do
    printf '#include "%s"\n#include "%s"\n' "$header" "$header" >"$unit"
    count=$((count + 1))
    $CC -I. -I"$srcdir" -D_GNU_SOURCE -DLUT_SET=scalar $HEADER_FLAGS -Werror \
        -fsyntax-only -x c "$unit" || {
        echo "$header does not compile alone"
        bad=1
    }
done
[ $count -ge 15 ] || {
    echo "only $count headers were looked at"
    bad=1
}
exit $bad
