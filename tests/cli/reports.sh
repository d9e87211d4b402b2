#!/bin/sh
# What reports say, computed again by programs that share no code with the project; and what
# they refuse.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=${lutsweep%lutsweep}lutreport

expect 0 "$lutsweep" "$config" epochs=2 seeds=3 input_width=8 -o r.h5

# refused TEXT ARGUMENTS ...: exit code 2, and the message.
refused()
{
    text=$1
    shift
    expect 2 "$lutreport" r.h5 "$@"
    grep -qF -e "$text" last.out || die "no \"$text\": $*"
}
[ "$("$lutreport" --help | wc -l)" -le 40 ] || die "--help is longer than a screen"
for choice in "--pareto luts" "--smallest luts --at valid_accuracy=9" "--best 2" --baselines \
              "--ranks parametrization"; do
    refused '--where: test_accuracy is of the test split' --where "test_accuracy > 60" $choice
done
refused '--at: only with --smallest' --at valid_accuracy=9
refused '--sample: not with --pareto' --pareto luts --sample 3
refused '--best: not with -o FILE.nc' --best 3 -o r.nc
refused '--output=foo: want text, json or quiet' --output=foo
refused '--output=json: not with --format' --output=json --format csv
refused '--output=quiet: not with -o' --output=quiet -o x.md
refused '--each: not with --pareto' --pareto luts --each lut_rank
refused '--each: no column foo' --each foo
refused '--each: "": want names with commas between' --each ''
refused '--alpha=2: want a number between 0 and 1' --alpha 2
refused 'want --at COLUMN=VALUE' --smallest luts
refused 'test_accuracy is of the test split' --pareto luts,test_accuracy
refused 'want text, markdown, csv, json or latex' --format foo

# Who asked for JSON gets it, errors too.
"$lutreport" r.h5 --output=json --by foo >error.json 2>error.out && die "no error"
grep -q '"error": "--by: no column foo' error.json || die "the error is no JSON"

# A file of each format says where it is from.
for suffix in txt md csv json tex; do
    expect 0 "$lutreport" r.h5 -o "r.$suffix"
    grep -q "command: lutreport r.h5 -o r.$suffix" "r.$suffix" || die "no origin in r.$suffix"
done
grep -q '^\\toprule$' r.tex || die "no table in r.tex"

python=
for p in "${PYTHON:-python3}" /usr/bin/python3; do
    if "$p" -c 'import h5py, pandas, scipy' 2>/dev/null; then
        python=$p
        break
    fi
done
[ -n "$python" ] || {
    echo "no Python with h5py, pandas and SciPy was found"
    exit 77
}
by="--by parametrization,lut_rank --metric test_accuracy --alpha 0.1"
"$lutreport" r.h5 $by --output=json >groups.json || die "no groups"
"$lutreport" r.h5 $by -o groups.csv || die "no table"
"$lutreport" r.h5 --each parametrization --best 2 --output=json >each.json || die "no best of each"
"$lutreport" r.h5 --pareto area_levels --output=json >pareto.json || die "no front"
at=$("$lutreport" r.h5 --by parametrization --metric valid_accuracy --format csv |
    sed -n '2s/^[^,]*,\([0-9.]*\),.*/\1/p')
"$lutreport" r.h5 --by parametrization --smallest lut6 --at "valid_accuracy=$at" \
    --output=json >smallest.json || die "no smallest"
"$lutreport" r.h5 --best 1 --output=quiet >keys.out || die "no keys"
"$python" "$source/tests/cli/reports_check.py" r.h5 . || die "numbers differ"
