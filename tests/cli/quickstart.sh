#!/bin/sh
# The quickstart as users get it: it runs, reaches what the README says, and every accuracy
# in its file is found again by a reader that shares no code with the project.
set -eu
[ -z "${LUT_QUICK:-}" ] || exit 77
work=quickstart.$$
mkdir "$work"
trap 'rm -rf "$work"' EXIT
file=$work/quickstart.h5
"$top_builddir/lutsweep" "$srcdir/configs/quickstart.cfg" -o "$file" >"$work/out" 2>"$work/err"
"$top_builddir/tests/cli/recompute" "$file" "$srcdir/data/optdigits/optdigits.tes.gz" \
    >"$work/recomputed"
tail -n 1 "$work/recomputed"

# The best network of each parametrization by validation accuracy, on the test split.
"$top_builddir/lutreport" "$file" --by parametrization,key --metric test_accuracy,valid_accuracy \
    --sort=-valid_accuracy_mean --format=csv >"$work/table"
awk -F, '
NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i; next }
!($col["parametrization"] in best) {
    best[$col["parametrization"]] = $col["test_accuracy_mean"]
    if (NR == 2) first = $col["test_accuracy_mean"]
}
$col["test_accuracy_mean"] > most { most = $col["test_accuracy_mean"] }
END {
    for (p in best) { printf "%s %.2f\n", p, best[p]; n++; if (best[p] < 85) bad = 1 }
    printf "selected on validation %.2f, highest %.2f\n", first, most
    exit bad || n != 4 || first < 94.5 || most < 95
}' "$work/table"
