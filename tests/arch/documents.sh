#!/bin/sh
# Sweeps are installed and listed; manuals explain every column of results and measurements;
# links between documents lead somewhere; no document names a path of one machine.
set -eu
cd "$srcdir"

bad=0
complain()
{
    echo "$*"
    bad=1
}

columns=$(awk '
    /^#define SWEEP_TRIAL_FIELDS/ { on = 0 }
    /^#define SWEEP_(RESULT|TIMING|EPOCH)_FIELDS/ { on = 1; next }
    on && /^ *[NT]\(/ { split($0, part, ","); gsub(/ /, "", part[2]); print part[2] }
    ' sweep/fields.def)
[ "$(echo "$columns" | wc -l)" -ge 30 ] || complain "too few columns found in sweep/fields.def"
for c in $columns; do
    grep -qw "$c" docs/store.md || complain "docs/store.md does not explain the column $c"
done

columns=$(awk '
    /^#define SWEEP_BASELINE_FIELDS/ { on = 1; next }
    on && /^ *[NT]\(/ { split($0, part, ","); gsub(/ /, "", part[2]); print part[2] }
    /^#define SWEEP_BASELINE_F64/ { on = 0 }' sweep/baselines.h)
[ "$(echo "$columns" | wc -l)" -ge 20 ] || complain "too few columns found in sweep/baselines.h"
for c in $columns; do
    grep -qE "^\\| .*\\b$c\\b.* \\|" docs/store.md || complain "docs/store.md does not explain /baselines' $c"
done

columns=$(awk '
    /^#define BENCH_COLUMNS/ { on = 1; next }
    on && /^ *[NT]\(/ {
        split($0, part, /[(,]/)
        gsub(/ /, "", part[2])
        gsub(/ /, "", part[3])
        print part[2] ~ /^[0-9]/ ? part[3] : part[2]
    }
    /^#define BENCH_MEMBER/ { on = 0 }' drivers/lutbench.h)
[ "$(echo "$columns" | wc -l)" -ge 30 ] || complain "too few columns found in drivers/lutbench.h"
for c in $columns; do
    grep -qF "| \`$c\` |" docs/performance.md || complain "docs/performance.md does not explain the column $c"
done

for c in configs/*.cfg; do
    grep -qF "$c" Makefile.am || complain "Makefile.am does not install $c"
    grep -qF "| \`${c#configs/}\` |" configs/README.md || complain "configs/README.md does not list $c"
done
for c in $(grep -o 'configs/[a-z0-9-]*\.cfg' Makefile.am) \
    $(sed -n 's/^| `\([a-z0-9-]*\.cfg\)` |.*/configs\/\1/p' configs/README.md); do
    [ -e "$c" ] || complain "$c is named but not there"
done

documents=$(ls ./*.md docs/*.md configs/*.md data/*.md)
for d in $documents; do
    for link in $(grep -o '](\([^)#]*\))' "$d" | sed 's/](\(.*\))/\1/'); do
        case $link in
        http*://*) ;;
        *) [ -e "$(dirname "$d")/$link" ] || complain "$d: $link does not exist" ;;
        esac
    done
    ! grep -nE '(^|[^.[:alnum:]])/(root|home|tmp|work)/' "$d" || complain "$d: path of one machine"
done
exit $bad
