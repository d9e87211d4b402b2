#!/bin/sh
# Every program names the commit that its sources are of now, not when they were configured.
. "${srcdir:-.}/tests/mpi/common.sh"
programs=${lutsweep%lutsweep}

if [ -e "$source/.git" ]; then
    revision=$(cd "$source" && git describe --always --dirty --abbrev=12 2>/dev/null) ||
        revision=unknown
else
    revision=release
fi
for program in lutbench lutdata luteval lutexport lutreport lutsweep luttrain; do
    first=$("$programs$program" --version | head -n 1) || die "$program --version"
    case $first in
    "$program "[0-9]*" ($revision)") ;;
    *) die "\"$first\", want revision $revision" ;;
    esac
done
