#!/bin/sh
# No function outside tests is longer than 100 lines, no file longer than 700.
set -eu
cd "$srcdir"

folders=
for f in lib sweep drivers analysis; do [ ! -d $f ] || folders="$folders $f"; done
find $folders -name '*.c' | sort | xargs awk '
    FNR == 1 { inside = 0 }
    FNR == 701 { print FILENAME ": longer than 700 lines"; bad = 1 }
    /^\{[ \t]*$/ { inside = 1; first = FNR; functions++ }
    /^\}/ && inside {
        if (FNR - first - 1 > 100) {
            print FILENAME ":" first ": function of " FNR - first - 1 " lines"
            bad = 1
        }
        inside = 0
    }
    END {
        if (functions < 50) { print "only " functions + 0 " functions were found"; bad = 1 }
        exit bad
    }'
