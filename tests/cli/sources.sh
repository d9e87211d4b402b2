#!/bin/sh
# Where trials come from: drawn ones are there again when more are drawn, a table of results
# is a list of trials, and --dry-run says what it is about.
. "${srcdir:-.}/tests/mpi/common.sh"

has()
{
    grep -qF -- "$1" last.out || die "no \"$1\" in the output"
}

cat >drawn.cfg <<'END'
name    = "drawn";
dataset = "synth";
synth   = { samples = 300; test_samples = 100; features = 4; classes = 2; };
strategy = "sobol";
search  = { samples = 3; };
epochs  = 1;
seeds   = 2;
width   = "2..40 step 2";
lr      = "0.001..0.1 log";
dwn     = { alpha = "0.1..0.5"; };
END
expect 0 "$lutsweep" drawn.cfg
expect 0 "$lutsweep" --dry-run drawn.cfg search.samples=5
has 'drawn.h5: 10 trials, 6 finished, 4 would run (0 combinations skipped, 0 repeated)'
has 'source: sobol, 5 samples with seed 1'
expect 0 "$lutsweep" --dry-run drawn.cfg search.seed=2
has '6 trials, 0 finished'
expect 0 "$lutsweep" --dry-run drawn.cfg strategy=halving search.source=random search.eta=2
has 'source: random, 3 samples with seed 1; strategy: halving, 1 of 2 goes on'
expect 2 "$lutsweep" drawn.cfg strategy=grid
has 'random, sobol or latin'

# The columns that are keys, back in.
mkdir lists
"${lutsweep%lutsweep}lutreport" drawn.h5 --by layers,lr,dwn.alpha,seed --metric valid_accuracy --format csv >all.csv ||
    die "lutreport failed"
[ "$(wc -l <all.csv)" -eq 7 ] || die "not six rows"
cut -d, -f1-4 all.csv >lists/rows.csv
sed 's/^strategy.*/strategy = "list";/; s/^search.*/search = { file = "rows.csv"; };/
    /^seeds/d; /^width/d; /^lr/d; /^dwn/d' drawn.cfg >lists/rows.cfg
expect 0 "$lutsweep" --dry-run lists/rows.cfg
has '6 trials, 6 finished, 0 would run'
has 'source: list, 6 rows of rows.csv'
cp all.csv lists/rows.csv
expect 2 "$lutsweep" --dry-run lists/rows.cfg
has 'lists/rows.csv:1: valid_accuracy_mean: a result, want keys only'
