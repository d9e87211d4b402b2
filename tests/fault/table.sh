#!/bin/sh
# All rows of the fault table in Markdown, for docs/running.md: run in a build folder,
#
#   srcdir=.. sh ../tests/fault/table.sh
set -u
: "${srcdir:=.}"
: "${top_builddir:=.}"
: "${MPIRUN:=$(command -v mpirun)}"
FAULTS_LONG=1
export srcdir top_builddir MPIRUN FAULTS_LONG
out=$(mktemp)
trap 'rm -f "$out"' EXIT
bad=0
for t in child rank orphans relaunch beats disk stops same; do
    [ -e "$srcdir/tests/fault/$t.sh" ] || continue
    sh "$srcdir/tests/fault/$t.sh" >"$out.one" 2>&1 || {
        echo "tests/fault/$t.sh: exit status $?"
        tail -n 5 "$out.one"
        bad=1
    } >&2
    grep '^| ' "$out.one" >>"$out"
    rm -f "$out.one"
done
echo "| row | injected | what happened | took |"
echo "| ---: | --- | --- | ---: |"
sort -t '|' -k 2n -s "$out"
exit $bad
