#!/bin/sh
# What cannot be right: one message that says what is wrong, the exit code of docs/cli.md,
# and nothing started, written or overwritten.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=${lutsweep%lutsweep}lutreport
luttrain=${lutsweep%lutsweep}luttrain
data=$source/data/optdigits
unset HDF5_USE_FILE_LOCKING 2>/dev/null || :

# All that must not change: a file's change time tells of every byte.
snapshot()
{
    find . -name '*.out' -prune -o -type d -print -o -printf '%p %i %s %C@\n' | LC_ALL=C sort
}

# refused CODE TEXT COMMAND ...: TEXT is the message's essential part, on $lines lines.
lines=2 # a problem, and "1 problem, nothing was started"
refused()
{
    code=$1 text=$2
    shift 2
    snapshot >before.out
    expect "$code" "$@"
    cat last.out
    grep -qF -e "$text" last.out || die "no \"$text\" in the message of: $*"
    [ "$(wc -l <last.out)" -eq $lines ] || die "not $lines lines: $*"
    snapshot >after.out
    cmp -s before.out after.out || die "files were changed: $*: $(diff before.out after.out)"
}

expect 0 "$lutsweep" "$config" epochs=2 -o good.h5
mkdir empty sub
gzip -dc "$data/optdigits.tra.gz" >all.csv
head -n 300 all.csv >good.csv

# csv NAME: a configuration that trains on NAME.csv, whose text is read from stdin.
csv()
{
    cat >"$1.csv"
    cat >"$1.cfg" <<END
dataset = "csv"; data_path = "$work"; width = 100; epochs = 1;
csv = { train = "$1.csv"; test = "good.csv"; };
END
}

# What stands in for one line of a good table.
line_five()
{
    sed -n 1,4p good.csv
    echo "$1"
    sed -n 6,40p good.csv
}
row=$(sed -n 5p good.csv)

# ---- data ----
refused 2 'no file train-images-idx3-ubyte' \
    env LUTSWEEP_DATA="$work/empty" "$lutsweep" "$config" dataset=mnist
grep -q 'looked in .*/empty/mnist' last.out || die "the folder of LUTSWEEP_DATA is not named"
refused 2 'no file train-images-idx3-ubyte' \
    env LUTSWEEP_DATA="$work/a:$work/b" "$lutsweep" "$config" dataset=mnist
grep -q 'looked in .*/a/mnist, .*/b/mnist, ' last.out || die "several folders are not taken"
printf 'dataset = "csv"; width = 100;\n' >absent.cfg
refused 2 'csv.train is not set, want the name of a file' "$lutsweep" absent.cfg
refused 2 'no file nowhere.csv' "$lutsweep" absent.cfg csv.train=nowhere.csv csv.test=x.csv
csv packed </dev/null
rm packed.csv
gzip -c all.csv | head -c 5000 >packed.csv.gz
refused 2 'packed.csv.gz: ends early' "$lutsweep" packed.cfg
csv text <<END
$(line_five "abc,${row#*,}")
END
refused 2 'text.csv:5:1: found "abc", want a finite number' "$lutsweep" text.cfg
csv ragged <<END
$(line_five 1,2,3)
END
refused 2 'ragged.csv:5: 3 cells, want 65' "$lutsweep" ragged.cfg
csv label <<END
$(line_five "${row%,*},70000")
END
refused 2 'label.csv:5:65: found "70000", want a class' "$lutsweep" label.cfg
csv sign <<END
$(line_five "${row%,*},-1")
END
refused 2 'sign.csv:5:65: found "-1", want a class' "$lutsweep" sign.cfg
csv none </dev/null
refused 2 'none.csv: empty, want rows' "$lutsweep" none.cfg
csv alike <<END
$(sed -n 1,40p good.csv | sed 's/,[0-9]*$/,0/')
END
refused 2 'all rows are of class 0' "$lutsweep" alike.cfg
echo 'garbage, no magic number' >magic
cat >magic.cfg <<END
dataset = "idx"; data_path = "$work"; width = 100;
idx = { train_images = "magic"; train_labels = "magic"; test_images = "magic"; test_labels = "magic"; };
END
refused 2 'magic: byte 0: magic number' "$lutsweep" magic.cfg

# ---- configuration ----
refused 2 'encoder_bit: no such key (did you mean encoder_bits?' "$lutsweep" "$config" encoder_bit=3
refused 2 'no such parametrization (did you mean difflogic?' \
    "$lutsweep" "$config" parametrization=diflogic
refused 2 'lut_rank = 4: "difflogic" takes 2' \
    "$lutsweep" "$config" parametrization=difflogic lut_rank=4
refused 2 'width = 201: not divisible by the 4 classes of synth (nearest: 200, 204)' \
    "$lutsweep" "$config" width=201
refused 2 'encoder_bits = 0: out of range, want 1..255' "$lutsweep" "$config" encoder_bits=0
refused 2 'tau = 0: out of range' "$lutsweep" "$config" tau=0
refused 2 'lr = "fast"' "$lutsweep" "$config" lr=fast
refused 2 'width: no value' "$lutsweep" "$config" width=
refused 2 '"width": want KEY=VALUE' "$lutsweep" "$config" width
printf 'grid = ();\n' >grid.cfg
refused 2 'grid.cfg:1: grid: no block in it' "$lutsweep" grid.cfg
printf 'grid = ( { width = []; } );\n' >list.cfg
refused 2 'list.cfg:1: width = [ ]: an empty list' "$lutsweep" list.cfg
printf 'skip = "width > 0";\n' >skip.cfg
refused 2 'skip: every combination was left out' "$lutsweep" skip.cfg
printf 'width = 100;\nname = "a/b";\n' >slash.cfg
refused 2 'slash.cfg:2: name = "a/b"' "$lutsweep" slash.cfg
printf 'width = 100;\ndepth = ;\n' >syntax.cfg
refused 2 'syntax.cfg:2: syntax error' "$lutsweep" syntax.cfg
lines=1
refused 2 'nowhere.cfg: No such file' "$lutsweep" nowhere.cfg
refused 2 'sub: Is a directory' "$lutsweep" sub
head -c 2000 "$data/optdigits.tes.gz" >binary.cfg
refused 2 'binary.cfg: is no text file' "$lutsweep" binary.cfg
refused 2 'nowhere.cfg: No such file' "$luttrain" nowhere.cfg
refused 2 'has 10 trials' "$luttrain" "$config"
lines=3
refused 2 '2 problems' "$lutsweep" "$config" tau=0 encoder_bits=0

# ---- options and environment ----
lines=1
refused 2 '--foo: no such option' "$lutsweep" --foo "$config"
refused 2 '-z: no such option' "$lutsweep" "$config" -z
refused 2 '-o: wants a value' "$lutsweep" "$config" -o
refused 2 '--keys=3: takes no value' "$lutsweep" --keys=3
refused 2 '"": want a file name' "$lutsweep" "$config" -o ''
refused 2 '--workers=0: want a whole number from 1' "$lutsweep" "$config" --workers 0
refused 2 '--threads=x: want a whole number from 1' "$lutsweep" "$config" --threads x
refused 2 '--part=3/2: want I/N' "$lutsweep" "$config" --part 3/2
refused 2 '--order=up: want longest' "$lutsweep" "$config" --order up
refused 2 '--retry=crash: want all' "$lutsweep" "$config" --retry crash
refused 2 '--isolate=thread: want fork, spawn or none' "$lutsweep" "$config" --isolate thread
refused 2 '--max-fails=-1: want a whole number' "$lutsweep" "$config" --max-fails -1
refused 2 'LUT_KERNELS=foo: not in this build' env LUT_KERNELS=foo "$lutsweep" "$config"
one="parametrization=warp lut_rank=2 width=200 tau=5"
refused 2 'kernel set "foo"' env LUT_KERNELS=foo "$luttrain" "$config" $one
refused 2 '--threads=0: want a whole number' "$luttrain" "$config" $one --threads 0
refused 2 'too few operands, want --status FILE' "$lutsweep" --status
refused 2 'too few operands, want --explain FILE KEY' "$lutsweep" --explain good.h5
refused 2 'no trial of good.h5 has a key that starts so' "$lutsweep" --explain good.h5 ffffffff
refused 2 'nothing runs or ran for none.h5' "$lutsweep" --explain none.h5 ffffffff
refused 2 'nothing runs or ran for none.h5' "$lutsweep" --status none.h5
refused 2 'nothing runs or ran for none.h5' "$lutsweep" --clean none.h5
refused 2 'none.h5: no such results file' "$lutsweep" --merge none.h5
refused 2 'name the result with -o' "$lutsweep" --merge good.h5 none.h5

# ---- results files ----
refused 4 'good.h5: belongs to sweep "smoke", this is "other"' \
    "$lutsweep" "$config" name=other -o good.h5
echo 'no results' >text.h5
refused 2 'text.h5: no HDF5 file' "$lutsweep" "$config" -o text.h5
refused 2 'text.h5: no HDF5 file' "$lutsweep" --merge text.h5
head -c 3000 good.h5 >torn.h5
refused 2 'torn.h5: damaged or cut short' "$lutsweep" "$config" -o torn.h5
refused 2 'torn.h5: damaged or cut short' "$lutreport" torn.h5
# The same beside its folder: it can be made again, but that is not for us to decide.
cp -R good.h5.run torn.h5.run
refused 2 'make it again: lutsweep --merge torn.h5' "$lutsweep" "$config" -o torn.h5
# Somewhere in the networks: a local heap of HDF5 that is none any more.
at=$(grep -abo HEAP good.h5 | tail -n 1 | cut -d : -f 1)
if [ -n "$at" ]; then
    cp good.h5 heap.h5
    printf 'XXXX' | dd of=heap.h5 bs=1 seek="$at" conv=notrunc 2>dd.out
    refused 2 'heap.h5: damaged' "$lutsweep" "$config" -o heap.h5
fi
# A column's place in its row, which HDF5 stores behind its name and believes.
at=$(LC_ALL=C grep -abo -P 'status\x00\x00' good.h5 | head -n 1 | cut -d : -f 1)
if [ -n "$at" ]; then
    cp good.h5 place.h5
    printf '\377\377\377' | dd of=place.h5 bs=1 seek=$((at + 8)) conv=notrunc 2>dd.out
    refused 2 'column status is not inside its row' "$lutreport" place.h5
fi
refused 5 'missing/x.h5.run: No such file' "$lutsweep" "$config" -o missing/x.h5
refused 5 'missing/x.h5: cannot be created: No such file' \
    "$luttrain" "$config" $one -o missing/x.h5
refused 4 'good.h5: holds other trials' "$luttrain" "$config" $one epochs=1 -o good.h5
refused 2 'text.h5: no HDF5 file' "$luttrain" "$config" $one epochs=1 -o text.h5
refused 2 '--from needs --key' "$luttrain" --from good.h5
refused 2 'good.h5: no trial 12' "$luttrain" --from good.h5 --key 12

# ---- tables ----
refused 2 'none.h5: No such file' "$lutreport" none.h5
refused 2 'no FILE given' "$lutreport"
refused 2 '--by: no column foo' "$lutreport" good.h5 --by foo
refused 2 'test_acuracy (did you mean test_accuracy?)' \
    "$lutreport" good.h5 --metric test_acuracy
refused 2 '--metric: parametrization is text' "$lutreport" good.h5 --metric parametrization
refused 2 '"width >" ends where a value is expected' "$lutreport" good.h5 --where 'width >'
refused 2 'width is a number' "$lutreport" good.h5 --where 'width = abc'
refused 2 '--sort: no column foo' "$lutreport" good.h5 --sort foo
refused 2 '--best=x: want a whole number' "$lutreport" good.h5 --best x
refused 2 '--format=foo: want text' "$lutreport" good.h5 --format foo
refused 2 '-o t.foo: the name must end in' "$lutreport" good.h5 -o t.foo
refused 2 'is a results file to be read' "$lutreport" good.h5 --format csv -o ./good.h5
refused 5 'missing/t.md: cannot be created' "$lutreport" good.h5 -o missing/t.md
refused 2 'the same file was given before' "$lutreport" good.h5 good.h5
if [ -c /dev/full ]; then
    refused 5 'standard output: cannot be written' \
        sh -c '"$0" good.h5 >/dev/full' "$lutreport"
    refused 5 'standard output: cannot be written' sh -c '"$0" --keys >/dev/full' "$lutsweep"
fi

# ---- under mpirun: one message, not one of each rank ----
if [ -n "${LUT_QUICK:-}" ]; then
    exit 0
fi
need_mpirun
expect 2 ranks 3 "$config" width=201
[ "$(grep -c 'not divisible' last.out)" = 1 ] || die "not one message"
expect 4 ranks 3 "$config" name=other -o good.h5
[ "$(grep -c 'belongs to' last.out)" = 1 ] || die "not one message"
exit 0
