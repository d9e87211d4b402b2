#!/bin/sh
# What a file is compared with, and whether its rows are obtained again: --baselines,
# --reproduce, --appendix of lutreport, recipes of lutsweep.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=$(dirname "$lutsweep")/lutreport
luttrain=$(dirname "$lutsweep")/luttrain
damage=$(dirname "$lutsweep")/tests/cli/h5damage
unset LUTSWEEP_DATA

# said TEXT: in what the last run printed.
said()
{
    grep -qF -- "$1" last.out || die "not said: $1"
}

# ---- recipes ----

expect 0 "$lutsweep" --recipes
said "dwn-mnist: layers of 2,000 and 1,000 6-input LUTs"
said "  here: not measured yet"
said "  published: 84.8 % (DiffLogic, arXiv:2210.08277"
echo 'name = "monks"; recipe = "difflogic-monks"; epochs = 2;' >monks.cfg
expect 0 "$lutsweep" monks.cfg seeds=2 layers=48-24 -o monks.h5
expect 2 "$lutsweep" monks.cfg recipe=difflogic-monsk -o other.h5
said 'command line: recipe = "difflogic-monsk": no such recipe (did you mean difflogic-monks?'

# ---- baselines ----

expect 0 "$lutreport" --baselines monks.h5 --format csv
grep -q '^monks-1,ours,difflogic,layers 48-24,' last.out || die "no row of ours"
grep -q '^monks-1,published,DiffLogic,published,100,' last.out || die "no published row"
said "published rows are those of monks.h5"
! grep -q monks-2 last.out || die "rows of another data set"
expect 0 "$luttrain" monks.cfg layers=48-24 -o one.h5
expect 0 "$lutreport" --baselines one.h5
said "published rows are those that are installed"
said "100.00"
mkdir here
sed '2,$d' "$source/data/baselines.csv" >here/baselines.csv
expect 0 "$lutreport" --baselines one.h5 --data here
said "monks-1: no published results known here"
echo "monks-1,,x" >>here/baselines.csv
expect 2 "$lutreport" --baselines one.h5 --data here
said "baselines.csv: line 2: 3 cells, want 25"
# A damaged table keeps no results back.
LUTSWEEP_DATA=$PWD/here expect 0 "$lutsweep" monks.cfg seeds=3 layers=48-24 -o monks.h5
said "published results are left as they are"
expect 0 "$lutreport" --baselines monks.h5
said "published rows are those of monks.h5"

# ---- reproduce ----

expect 0 "$lutsweep" "$config" epochs=20 -o s.h5
expect 0 "$lutreport" --reproduce s.h5 --format csv --threads 2
said "verdict: agrees: 10 of 10 rows trained again have the stored bytes"
said "lutreport: row 10 of 10 agrees"
expect 0 "$lutreport" --reproduce s.h5 --sample 2
said "verdict: agrees: 2 of 2"
expect 2 "$lutreport" --reproduce s.h5 --budget 0.000001
said "no trial fits into 1e-06 s: the shortest"
expect 2 "$lutreport" --reproduce s.h5 --budget soon
said "--budget"
expect 2 "$lutreport" --reproduce s.h5 monks.h5
said "want one FILE, not 2"
expect 2 "$lutreport" s.h5 --budget 3s
said "--budget: only with --reproduce"
cp s.h5 a.h5 && "$damage" a.h5 trials train_accuracy 3 0 0 || die "not spoilt"
expect 3 "$lutreport" --reproduce a.h5 --format csv
said "verdict: deviates: 1 of 10 rows trained again"
said "train_accuracy: stored"
cp s.h5 a.h5 && "$damage" a.h5 trials tau 3 0 0 || die "not spoilt"
expect 0 "$lutreport" --reproduce a.h5 --format csv
said "agrees: 9 of 9 rows trained again have the stored bytes; 1 not possible, 0 not run"
said "another numerics epoch"
expect 0 "$lutsweep" monks.cfg seeds=1 layers=24-24 data_path=here -o b.h5 # other folder, same data
expect 0 "$lutreport" --reproduce b.h5

# ---- appendix ----

expect 0 "$lutreport" s.h5 --appendix ae.md
for line in '* \*\*Hardware:\*\* .* cores, .* GiB$' '^## Data sets' \
    '^\* \*\*Time on 16 cores:\*\* about ' '\*\*Permitted deviation:\*\* none' 'DOI of the archive' \
    '\*\*Claim 1:\*\* .*, 10 rows$' '^\* \*\*Experiments:\*\* 10 trials, of which 10 ended ok$' \
    "sha256 $(sha256sum s.h5 | cut -d' ' -f1)$"; do
    grep -q -- "$line" ae.md || die "ae.md: no line $line"
done
expect 0 "$lutreport" s.h5 --appendix ae.tex
grep -qF 'test\_accuracy: discrete network' ae.tex || die "ae.tex: no metrics"
[ "$(grep -c '^.begin{itemize}' ae.tex)" = "$(grep -c '^.end{itemize}' ae.tex)" ] || die "lists"
cat >draws.cfg <<'END'
name = "draws"; dataset = "breast-cancer"; parametrization = "dwn"; lut_rank = 2; layers = "4";
encoder = { kind = "uniform"; bits = 1; }; epochs = 1;
breast-cancer = { test_seed = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]; };
END
expect 0 "$lutsweep" draws.cfg -o draws.h5
expect 0 "$lutreport" draws.h5 --appendix draws.md
digests=$(grep '^\* \*\*breast-cancer' draws.md | grep -o '[0-9a-f]\{16\}' | sort -u | wc -l)
[ "$digests" = 14 ] || die "$digests digests of 14 draws"
expect 0 "$lutreport" --reproduce draws.h5 --sample 14
said "agrees: 14 of 14"
expect 2 "$lutreport" s.h5 --appendix ae.doc
said "want a name that ends in .md or .tex"
expect 2 "$lutreport" s.h5 --appendix s.h5
