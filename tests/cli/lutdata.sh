#!/bin/sh
# lutdata: the list, what it finds in a set, and downloads, from a folder and from nowhere.
. "${srcdir:-.}/tests/mpi/common.sh"
lutdata=${lutsweep%lutsweep}lutdata
luttrain=${lutsweep%lutsweep}luttrain
lutreport=${lutsweep%lutsweep}lutreport
shipped=$source/data/optdigits

# says TEXT ...: each is in what the last command printed.
says()
{
    for text in "$@"; do
        grep -qF -e "$text" last.out || die "no \"$text\""
    done
}
says_not()
{
    ! grep -qF -e "$1" last.out || die "\"$1\" is there"
}
# is_json: it reads as JSON, where there is something that can tell.
is_json()
{
    [ -z "${PYTHON:-}" ] || "$PYTHON" -c 'import json; json.load(open("last.out"))' ||
        die "no JSON"
}

# ---- usage ----
expect 0 "$lutdata" --help
[ "$(wc -l <last.out)" -le 24 ] || die "--help is longer than a screen"
says 'lutdata fetch mnist' 'Exit status'
expect 0 "$lutdata" --version
expect 2 "$lutdata"
expect 2 "$lutdata" lits
says 'want list, check or fetch'
expect 2 "$lutdata" check
says 'too few operands, want check NAME'
expect 2 "$lutdata" list --output=xml
says '--output=xml: want text, csv, json or quiet'
expect 2 "$lutdata" check optdigitz
says 'optdigitz: no such data set (did you mean optdigits? all: lutdata list)'
expect 2 "$lutdata" list csw
says 'csw: no such data set (all: lutdata list)'
expect 2 "$lutdata" list --into x
says 'belong to fetch'

# ---- list ----
expect 0 "$lutdata" list
grep -q '^optdigits  *3823  *1797  *64  *10  .*/data/optdigits$' last.out || die "optdigits"
expect 0 "$lutdata" list -v optdigits
says 'source: E. Alpaydin' 'CC BY 4.0'
expect 0 env LUTSWEEP_DATA="$work" "$lutdata" list mnist
says 'lutdata fetch mnist'
mkdir -p part/mnist
cp "$shipped/optdigits.tra.gz" part/mnist/t10k-labels-idx1-ubyte.gz
expect 0 env LUTSWEEP_DATA="$work/part" "$lutdata" list mnist
says 'only 1 of its 4 files are in'
rm -r part
expect 0 "$lutdata" list --output=json
is_json
says '"name": "optdigits"' '"train": 3823' '"format_version": 1'
expect 0 "$lutdata" list --output=csv
[ "$(sed -n 1p last.out | cut -d, -f1-5)" = name,train,test,features,classes ] || die "heading"
grep -q '^optdigits,3823,1797,64,10,true,' last.out || die "CSV of optdigits"

expect 0 "$lutdata" list iris --output=quiet
[ "$(cat last.out)" = iris ] || die "names alone"
expect 0 "$lutdata" check optdigits --output=quiet
[ "$(sed -n 1p last.out) $(wc -l <last.out)" = "x0 64" ] || die "names of features"
folders=$(printf '%s:' 1 2 3 4 5 6 7 8 9 10 11 12 13 14)
expect 0 env LUTSWEEP_DATA="$folders" "$lutdata" list iris
says 'LUTSWEEP_DATA: more than 15 folders, the last 2 are not looked into'
expect 0 env LUTSWEEP_DATA="$(printf 'x%04095d' 0)" "$lutdata" list iris
says 'LUTSWEEP_DATA: 4096 bytes, only the first 4095 are used'

# ---- check: what was put into a set is found ----
expect 0 "$lutdata" check optdigits
says 'digest: a42d2cb223d2e58b' 'constant in train: 2 (x0, x39)'
says_not warning
# Rows 1 and 2 are alike, 3 has their values and another label; two test rows are training
# rows, one under another label; columns 3 and 4 are alike, column 2 is constant in training.
cat >a.csv <<'END'
1,7,3,3,0
1,7,3,3,0
1,7,3,3,1
2,7,4,4,2
5,7,6,6,2
END
cat >b.csv <<'END'
2,7,4,4,2
5,7,6,6,1
9,8,9,9,2
END
expect 0 "$lutdata" check csv csv.train=a.csv csv.test=b.csv data_path=.
cat >want <<'END'
warning: 2 of the 3 test rows (66.7 %) have the values of a training row
warning: 1 test row has the values of a training row with another label
warning: 3 training rows have the values of one with another label: no network gets more than 80.00 % of this part right
warning: 1 class has no test row: 0
warning: 1 column is constant in training, but not in test (x1)
warning: fewer than 1000 training rows: no validation split and the last epoch, unless validation is given
END
grep '^warning' last.out >found
cmp want found || die "$(diff want found)"
says 'constant in train: 1 (x1)' 'same as an earlier one: 1 (x3)'
grep -q '^  that repeat an earlier one  *2  *0$' last.out || die "repeated rows"
grep -q '^class 2  *2  *2  *40.00 %  *66.67 %$' last.out || die "balance"
expect 0 "$lutdata" check csv csv.train=a.csv csv.test=a.csv data_path=.
says 'test contains all 5 training rows (5 of its 5 rows)'
says_not 'as published'
expect 0 "$lutdata" check csv csv.train=a.csv csv.test=b.csv data_path=. --output=json
is_json
says '"shared": 2' '"contested": 1' '"same_as": "x2"' '"warning": ['
expect 0 "$lutdata" check csv csv.train=a.csv csv.test=b.csv data_path=. --output=csv
says 'item,name,train,test' 'repeated,,2,0' 'class,1,1,1' 'high,x0,5,9' 'copy,x3,,'
expect 0 "$lutdata" check csv csv.train=a.csv csv.test=b.csv data_path=. -v
grep -q '^x3 .* same as x2$' last.out || die "columns"
# Rows with missing cells: left out, or kept.
sed 's/^2,/?,/' a.csv >gaps.csv
expect 0 "$lutdata" check csv csv.train=gaps.csv csv.test=b.csv data_path=. csv.missing=drop
grep -q '^  left out, with a missing cell  *1  *0$' last.out || die "rows left out"
expect 2 "$lutdata" check csv csv.train=gaps.csv csv.test=b.csv data_path=.
says 'gaps.csv:4:1: found "?"'
expect 2 "$lutdata" check csv csv.trian=a.csv
says 'csv.trian: no option of csv (did you mean csv.train?)'
expect 2 "$lutdata" check optdigits csv.train=a.csv
says 'csv.train: no option of optdigits'
expect 2 "$lutdata" check csv 'csv.train=a b.csv'
says 'want a value without blanks'
expect 2 "$lutdata" check csv csv.train
says 'want KEY=VALUE'
expect 2 env LUTSWEEP_DATA="$work" "$lutdata" check mnist
says 'no file train-images' 'to download it: lutdata fetch mnist'
if [ -c /dev/full ]; then
    expect 5 sh -c '"$0" check optdigits >/dev/full' "$lutdata"
fi

# ---- a small set is not split, and every table says so ----
cat >small.cfg <<'END'
dataset = "synth"; synth = { samples = 300; test_samples = 50; features = 8; classes = 4; };
train = { epochs = 2; }; width = 8; depth = 1; lut_rank = 2;
END
expect 0 "$lutsweep" small.cfg -o small.h5
says '1 trial without validation rows: last epoch, not ranked'
expect 0 "$lutreport" small.h5
says 'no validation split, last epoch, no selection: 1 of 1 trials of synth'
expect 0 "$luttrain" small.cfg
says 'no validation rows: last epoch 2 of 2' 'valid - %'
expect 0 "$lutsweep" small.cfg validation=0.2 -o split.h5
says_not 'without validation rows'
expect 0 "$lutreport" split.h5
says_not 'no selection'

# ---- fetch ----
command -v curl >/dev/null || {
    echo "curl was not found: downloads are not tested"
    exit 0
}
mirror=file://$work/mirror
mkdir -p mirror/optdigits
for part in tra tes; do
    gzip -dc "$shipped/optdigits.$part.gz" >mirror/optdigits/optdigits.$part
done
# What is there already is not touched.
expect 0 "$lutdata" fetch optdigits
says 'optdigits.tra.gz: already there, as published'
expect 0 "$lutdata" fetch optdigits --into here --from "$mirror"
says 'here/optdigits/optdigits.tes: downloaded, as published' "export LUTSWEEP_DATA=$work/here"
cmp here/optdigits/optdigits.tra mirror/optdigits/optdigits.tra || die "other bytes came"
before=$(find here -type f -printf '%p %i %s %C@\n')
expect 0 "$lutdata" fetch optdigits --into here --from "file://$work/nowhere"
says 'already there'
[ "$before" = "$(find here -type f -printf '%p %i %s %C@\n')" ] || die "files were touched"
# Packed by the user: the same contents.
gzip here/optdigits/optdigits.tra
expect 0 "$lutdata" fetch optdigits --into here --from "file://$work/nowhere"
says 'optdigits.tra.gz: already there'
gunzip here/optdigits/optdigits.tra.gz
# A file of that name with other bytes is said to be so, and replaced.
echo 1 >>here/optdigits/optdigits.tra
expect 0 "$lutdata" fetch optdigits --into here --from "$mirror"
says 'optdigits.tra: not what was published' 'optdigits.tra: downloaded' 'tes: already there'
cmp here/optdigits/optdigits.tra mirror/optdigits/optdigits.tra || die "not replaced"

# none_left: of what came and was refused.
none_left()
{
    [ -z "$(find there -type f)" ] || die "left: $(find there -type f)"
}
cp mirror/optdigits/optdigits.tes good.tes
sed -i '1s/^0/1/' mirror/optdigits/optdigits.tra # as long as before
expect 2 "$lutdata" fetch optdigits --into there --from "$mirror"
says 'not what was published, removed: its sha256 is' 'tes: downloaded' 'By hand'
rm there/optdigits/optdigits.tes
none_left
echo 1 >>mirror/optdigits/optdigits.tra
rm mirror/optdigits/optdigits.tes
expect 2 "$lutdata" fetch optdigits --into there --from "$mirror"
says 'optdigits.tra: not what was published, removed: 563641 bytes, want 563639' \
    "optdigits.tes: not downloaded, curl's exit status is 37" \
    'sha256 e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd' \
    'https://archive.ics.uci.edu/' "put these files into there/optdigits" 'LUTSWEEP_DATA=there'
none_left
# A wrong file is kept where nothing better came.
cp good.tes there/optdigits/optdigits.tra
expect 2 "$lutdata" fetch optdigits --into there --from "$mirror" --output=json
cmp good.tes there/optdigits/optdigits.tra || die "lost"
"$lutdata" fetch optdigits --into there --from "$mirror" --output=json >last.out 2>err.out
is_json
says '"state": "failed"'
rm there/optdigits/optdigits.tra
# Unpacked, under a packed name: no reader would take it.
mkdir -p mirror/mnist
echo 1 >mirror/mnist/t10k-labels-idx1-ubyte.gz
truncate -s 4542 mirror/mnist/t10k-labels-idx1-ubyte.gz
expect 2 "$lutdata" fetch mnist --into there --from "$mirror"
says 'no gzip file, want one by its name'
none_left

# Without curl, and where it is told what: it is a program of its own, and no shell is
# between.
mkdir bin
expect 2 env PATH="$work/bin" "$lutdata" fetch mnist --into there
says 'curl cannot be started' 'By hand' '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'
[ "$(grep -c 'cannot be started' last.out)" = 1 ] || die "tried again without curl"
none_left
cat >bin/curl <<END
#!/bin/sh
for argument; do echo "[\$argument]"; done >>"$work/arguments"
exit 6
END
chmod +x bin/curl
expect 2 env PATH="$work/bin:$PATH" "$lutdata" fetch optdigits --into there \
    --from 'https://x.invalid/a b; $(touch oops)'
grep -qxF '[https://x.invalid/a b; $(touch oops)/optdigits/optdigits.tra]' arguments ||
    die "other arguments: $(cat arguments)"
grep -qxF '[=https,http]' arguments || die "redirections may go anywhere"
[ ! -e oops ] || die "a shell was between"
[ "$(grep -c optdigits.tes arguments)" = 0 ] || die "no host, and yet the next file"
none_left
printf '#!/bin/sh\nkill -INT $$\nsleep 60\n' >bin/curl
expect 75 env PATH="$work/bin:$PATH" "$lutdata" fetch optdigits --into there
says 'curl was ended by signal 2'
none_left
# The first of several folders is the one that is filled.
cp good.tes mirror/optdigits/optdigits.tes
gzip -dc "$shipped/optdigits.tra.gz" >mirror/optdigits/optdigits.tra
mkdir first second
expect 0 env LUTSWEEP_DATA="$work/first:$work/second" "$lutdata" fetch optdigits --from "$mirror"
says 'data/optdigits/optdigits.tra.gz: already there'
echo broken >second/optdigits.tra
expect 0 env LUTSWEEP_DATA="$work/first:$work/second" "$lutdata" fetch optdigits --from "$mirror"
says 'second/optdigits.tra: not what was published' 'first/optdigits/optdigits.tra: downloaded'
expect 0 env LUTSWEEP_DATA="$work/second:$work/first" "$lutdata" fetch optdigits --from "$mirror"
says 'second/optdigits/optdigits.tra: downloaded'
# What is to be pasted keeps what was set, whatever the folder is called.
expect 0 env LUTSWEEP_DATA="$work/first" "$lutdata" fetch optdigits --from "$mirror" \
    --into "it's here"
says "Next: export LUTSWEEP_DATA='$work/it'\\''s here':$work/first"
unset LUTSWEEP_DATA
expect 2 "$lutdata" fetch mnist
says 'where to? give --into FOLDER or set LUTSWEEP_DATA'
expect 2 env LUTSWEEP_DATA=: "$lutdata" fetch mnist --from "$mirror"
says 'where to? give --into FOLDER or set LUTSWEEP_DATA'
expect 2 "$lutdata" fetch csv
says 'csv: no such data set'
: >file
expect 5 "$lutdata" fetch mnist --into file
exit 0
