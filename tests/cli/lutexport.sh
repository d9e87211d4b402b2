#!/bin/sh
# lutexport: networks of several ranks, parametrizations and encoders as C, BLIF and AIGER,
# each compared with the stored network; what it refuses leaves nothing behind.  With
# LUT_EXPORT_ALL every encoder and parametrization takes part.
. "${srcdir:-.}/tests/mpi/common.sh"
lutexport=$(dirname "$lutsweep")/lutexport
lutreport=$(dirname "$lutsweep")/lutreport
luteval=$(dirname "$lutsweep")/luteval
luttrain=$(dirname "$lutsweep")/luttrain
damage=$(dirname "$lutsweep")/tests/cli/h5damage

more=
[ -z "${LUT_EXPORT_ALL:-}" ] || more='
  { encoder = ["uniform", "gaussian"]; encoder_scope = ["feature", "global"];
    encoder_binary = ["same", "single"]; },
  { encoder = ["binary", "gray", "sign_magnitude", "logarithmic", "one_hot"];
    encoder_bits = [2, 8]; encoder_binary = ["same", "single"]; },
  { encoder = "nonzero"; encoder_bits = 1; },
  { encoder = "levels"; encoder_bits = 3; levels = { scale = 16.0; }; },
  { encoder = "given"; encoder_bits = 2; given = { thresholds = ["3,11.5", "0,8"]; }; },
  { encoder = "bits"; encoder_bits = 5; },
  { encoder = ["uniform", "gray", "bits"]; encoder_bits = 3; input_width = 3;
    input_frac = [-2, 1]; input_signed = ["false", "true"]; },
  { encoder = "distributive"; encoder_bits = 3; encoder_learn = true;
    encoder_scope = ["feature", "global"]; input_width = [0, 5]; },
  { parametrization = ["dwn", "fourier", "hybrid", "linear", "neural", "poly", "warp",
    "probabilistic", "unbound_probabilistic"]; lut_rank = [2, 3, 5, 6]; layers = "60-60"; },'
cat >nets.cfg <<END
name    = "nets";
dataset = "optdigits";
width   = 60;
depth   = 1;
lut_rank = 4;
parametrization = "light";
train   = { epochs = 1; };
grid = ($more
  { parametrization = "difflogic"; lut_rank = 2; depth = 3; },
  { parametrization = "warp"; lut_rank = 3; encoder = "one_hot"; encoder_bits = 4; },
  { parametrization = "dwn"; lut_rank = 6; layers = "80-50"; encoder = "gray";
    encoder_bits = 3; input_width = 4; input_frac = -1; },
  { parametrization = "poly"; lut_rank = 5; encoder = "bits"; encoder_bits = 3;
    input_width = 3; input_frac = -2; }
);
END
expect 0 "$lutsweep" nets.cfg -o nets.h5
"$lutreport" nets.h5 --by key --format csv >keys.out || die "no keys"
keys=$(grep -o '^[0-9a-f]\{16\}' keys.out)
n=0
for key in $keys; do
    expect 0 "$lutexport" nets.h5 "$key" --format c,blif,aiger -o "out-$key" --verify
    grep -q DIFFERENT last.out && die "a difference: $key"
    grep -q '^equal     aiger: votes of the test rows, 1797 samples' last.out || die "$key: no aiger"
    if command -v cc >/dev/null; then
        grep -q '^equal     c: classes and scores of the test rows, 1797 samples' last.out ||
            die "$key: the C was not run"
    fi
    if command -v berkeley-abc >/dev/null; then
        grep -q '^equal     blif: .*proved for all inputs' last.out || die "$key: no proof"
    fi
    grep -q '"verdict": "equal"' "out-$key"/*.json || die "$key: no verdict in the description"
    digest=$(sed -n 's/.*"digest": "\([0-9a-f]*\)".*/\1/p' "out-$key"/*.json)
    for f in "out-$key"/*; do # one network in all files
        grep -aq "$digest" "$f" || die "$f: no digest $digest"
    done
    n=$((n + 1))
done
[ $n -ge 4 ] || die "only $n networks"

# Abbreviated keys, names, options; the same bytes twice.
key=$(echo "$keys" | head -n 1)
short=$(echo "$key" | cut -c 1-6)
expect 0 "$lutexport" nets.h5 "$short" --format dot,c -o dot dot.nodes=100000 words=1 --name my_net
grep -q '^#define my_net_WORDS 1$' dot/my_net.h || die "an option is not obeyed"
expect 0 "$lutexport" nets.h5 "$key" --format c --name my_net words=1 -o again
cmp dot/my_net.c again/my_net.c || die "not the same bytes twice"

# Nothing is overwritten.
cp -r again kept
expect 2 "$lutexport" nets.h5 "$key" --format blif -o again
grep -q 'has files in it (my_net' last.out || die "files in the folder"
diff -r again kept || die "something was overwritten"
expect 2 "$lutexport" nets.h5 "$key" --format blif -o nets.cfg
expect 5 "$lutexport" nets.h5 "$key" --format blif -o not/there
expect 2 "$lutexport" nets.h5 "$key" --format blif
grep -q 'give a new folder with -o DIR' last.out || die "no folder"
mkdir empty
expect 0 "$lutexport" nets.h5 "$key" --format blif -o empty
mkdir behind
ln -s behind link
expect 0 "$lutexport" nets.h5 "$key" --format blif -o link
ls behind/*.blif >/dev/null || die "a link to an empty folder: no files behind it"
ln -s nowhere dangling
expect 5 "$lutexport" nets.h5 "$key" --format blif -o dangling

refused() # MESSAGE ARGUMENTS...
{
    said=$1
    shift
    expect 2 "$lutexport" "$@" -o none
    grep -qF -- "$said" last.out || die "$*: \"$said\" is not said"
    [ ! -e none ] || die "$*: something was left behind"
}
refused 'which network?' nets.h5
refused 'want 4 to 16 digits' nets.h5 abc --format c
refused 'want 4 to 16 digits' nets.h5 xyzw --format c
refused 'none of the' nets.h5 0000000000000000 --format c
refused 'want some of aiger, blif' nets.h5 "$key"
refused 'want some of aiger, blif' nets.h5 "$key" --format c,gds
refused 'no such option of --format=c' nets.h5 "$key" --format c speed=2
refused 'words: 65 is out of range' nets.h5 "$key" --format c words=65
refused 'no reserved word' nets.h5 "$key" --format c --name module
refused '64 characters, want less than 64' nets.h5 "$key" --format c \
    --name n23456789012345678901234567890123456789012345678901234567890123x
refused 'nobody could read' nets.h5 "$key" --format dot dot.nodes=3
refused 'none.h5' none.h5 "$key" --format c
refused 'nets.cfg' nets.cfg "$key" --format c
head -c 20000 nets.h5 >half.h5
refused 'half.h5' half.h5 "$key" --format c

wired=$("$lutreport" nets.h5 --by key --where 'parametrization = dwn' --format csv |
    grep -o '^[0-9a-f]\{16\}')
refused 'input_frac = 3, the network was trained with -1' nets.h5 "$wired" --format verilog \
    input_frac=3
real=$("$lutreport" nets.h5 --by key --where 'parametrization = warp' --format csv |
    grep -o '^[0-9a-f]\{16\}')
refused 'input_frac = 3: it goes with input_width' nets.h5 "$real" --format verilog \
    encoder=none input_frac=3

# Don't-cares: declared in every file, and equal on what they promise.
light=$("$lutreport" nets.h5 --by key --where 'parametrization = light' --format csv |
    grep -o '^[0-9a-f]\{16\}')
[ -n "$light" ] || light=$wired
for rule in encoder data; do
    expect 0 "$lutexport" nets.h5 "$wired" --format c,blif,dot dot.nodes=1000 -o "care-$rule" \
        --dont-care $rule --verify
    grep -q DIFFERENT last.out && die "don't-cares, $rule: a difference"
    grep -q "^don't-cares, $rule: [1-9][0-9]* of [0-9]* entries free" last.out ||
        die "don't-cares, $rule: nothing is free"
    grep -q "^equal     don't-cares: votes of the training rows.*3441 samples" last.out ||
        die "don't-cares, $rule: votes are not compared"
    for f in "care-$rule"/*.[ch] "care-$rule"/*.blif "care-$rule"/*.dot; do
        grep -q "don't-cares: what" "$f" || die "$f: don't-cares are not declared"
    done
    grep -q "\"rule\": \"$rule\"" "care-$rule"/*.json || die "no rule in the description"
    cmp "care-$rule"/*.blif out-"$wired"/*.blif >cmp.out 2>&1 && die "$rule: the same network"
done
grep -q '"training_samples_that_differ": 0,' care-data/*.json || die "rows that differ"
expect 0 "$lutexport" nets.h5 "$wired" --format c -o care-all --dont-care encoder --verify
grep -q "^equal     don't-cares: no input of the encoder.*proved" last.out || die "no proof"
expect 0 "$lutexport" nets.h5 "$wired" --format c -o care-some --dont-care data:50
grep -q "^don't-cares, votes: other ones for [1-9]" last.out || die "data:50 changes no votes"
grep -q '"equal_on": null' care-some/*.json || die "data:50 is equal on something"
expect 0 "$lutexport" nets.h5 "$wired" --format blif -o care-none --dont-care none
cmp care-none/*.blif out-"$wired"/*.blif || die "no don't-cares is another network"

# What machines read.
expect 0 "$lutexport" nets.h5 "$wired" --format c -o said --output=quiet
[ "$(cat last.out)" = "$wired" ] || [ "$(tail -n 1 last.out)" = "$wired" ] || die "not the key alone"
"$lutexport" nets.h5 "$wired" --format c --name said -o said2 --output=json >said.json 2>said.err ||
    die "no JSON"
cmp said.json said2/said.json || die "what is printed is not the description"
"$lutexport" nets.h5 0000 --format c -o none --output=json >said.json 2>said.err
[ $? = 2 ] || die "an error in JSON is no error"
grep -q '"error": "nets.h5: none of the' said.json || die "an error is not JSON"
grep -q '"exit_code": 2$' said.json || die "no exit code in JSON"
for word in '"layers": \[' '"inverter": ' '"dead": ' '"estimated": {' '"synthesised": {' \
    '"implemented": {' '"bram": 0,' '"dsp": 0,' '"interval_cycles": 1,' '"area_levels": ' \
    '"nand2": [1-9]' '"latency_cycles": 4,'; do
    grep -q "$word" said2/said.json || die "no $word in the description"
done
expect 0 "$lutexport" nets.h5 "$wired" --format verilog -o staged pipe_output=2 pipe_encoder=1 rows=5
grep -q '"latency_cycles": 3,' staged/*.json || die "figures are not of the design that is written"
grep -q '"registers": "behind encoder 1, layers 0, votes 0, class 2"' staged/*.json ||
    die "registers that are not those of the options"
expect 0 "$lutexport" nets.h5 "$wired" --format systemverilog,verilog -o both rows=5 pipe_layers=1 pipe_popcount=2
grep -q '"latency_cycles": 4,' both/*.json || die "registers of a language that is not the one said"
grep -q '"design": "verilog"' both/*.json || die "figures are of no format"
expect 0 "$lutexport" nets.h5 "$wired" --format systemverilog -o sv rows=5 pipe_layers=1 pipe_popcount=2
grep -q '"latency_cycles": 4,' sv/*.json || die "registers behind each layer are not counted"
grep -q '"core": null' sv/*.json || die "LUTs of a design that is not simplified are said"
expect 0 "$lutexport" nets.h5 "$wired" --format systemverilog -o tree rows=5 popcount=tree pipe_popcount=1
grep -q '"latency_cycles": 4,' tree/*.json || die "registers of the tree are not counted"
set_of() { sed -n 's/.*SET = 64.h\([0-9a-f]*\).*/\1/p' "$1"/*_tb.v | head -n 1; }
[ -n "$(set_of staged)" ] || die "no SET"

# Made again where it was not kept.
expect 0 "$lutsweep" nets.cfg -o unkept.h5 keep=none
refused "make it again: luttrain --from unkept.h5 --key $key -o $key.h5" unkept.h5 "$key" --format c
expect 0 "$luttrain" --from unkept.h5 --key "$key" -o "$key.h5"
expect 0 "$lutexport" "$key.h5" "$key" --format c --name my_net words=1 -o made
sed 's/^#.*DIGEST//' made/my_net.c | cmp - again/my_net.c || die "made again it is another network"

# spoil FILE DATASET MEMBER ROW BYTE BIT...
spoil()
{
    at="$1 $2 $3 $4 $5"
    shift 5
    for bit in "$@"; do
        # shellcheck disable=SC2086
        "$damage" $at "$bit" >damage.out 2>&1 || die "not spoilt: $at $bit"
    done
}

# A threshold that was 0 becomes not a number; wiring leads nowhere.
cp nets.h5 nan.h5
zero=$("$lutreport" nets.h5 --by key --where 'parametrization = difflogic' --format csv |
    grep -o '^[0-9a-f]\{16\}')
spoil nan.h5 "trial/$zero/encoder/thresholds" - 0 3 0 1 2 3 4 5 6
spoil nan.h5 "trial/$zero/encoder/thresholds" - 0 2 6 7
refused 'threshold 0 of feature 0 is not a number' nan.h5 "$zero" --format c
spoil nan.h5 "trial/$key/layer/0/inputs" - 0 2 7
refused 'nan.h5' nan.h5 "$key" --format c

# luteval says the same of what it cannot read.
cp nets.h5 falling.h5
spoil falling.h5 "trial/$zero/encoder/thresholds" - 1 3 6
refused 'less than the one before it, want ascending ones' falling.h5 "$zero" --format c
: >empty.h5
expect_both() # MESSAGE FILE KEY
{
    for program in "$lutexport" "$luteval"; do
        set -- "$1" "$2" "$3" "$program"
        case $program in
        *lutexport) expect 2 "$4" "$2" "$3" --format c -o none ;;
        *) expect 2 "$4" "$2" "$3" ;;
        esac
        grep -qF -- "$1" last.out || die "$program $2 $3: \"$1\" is not said"
        [ "$(wc -l <last.out)" = 1 ] || die "$program $2 $3: more than a message"
        [ ! -e none ] || die "$program $2 $3: something was left behind"
    done
}
while IFS='|' read -r file k said; do
    expect_both "$said" "$file" "$k"
done <<END
none.h5|$key|No such file or directory
empty.h5|$key|no HDF5 file, or its start is damaged
nets.cfg|$key|no HDF5 file, or its start is damaged
half.h5|$key|damaged or cut short
nets.h5|0000|none of the
nets.h5|abc|want 4 to 16 digits
nets.h5|${key}0|want 4 to 16 digits
unkept.h5|$key|is not kept; make it again
nan.h5|$zero|threshold 0 of feature 0 is not a number
nan.h5|$key|reads output
falling.h5|$zero|less than the one before it, want ascending ones
END
refused 'want none, encoder, data, or data:N' nets.h5 "$key" --format c --dont-care data:0
refused 'want none, encoder, data, or data:N' nets.h5 "$key" --format c --dont-care some
refused 'quantised ones may address other entries' nets.h5 "$real" --format verilog \
    input_width=5 --dont-care data
refused 'want seconds' nets.h5 "$key" --format c --limit 0
refused 'want text, json or quiet' nets.h5 "$key" --format c --output csv

# Thresholds that the inputs cannot tell apart, or never reach: warnings with their numbers.
expect 0 "$lutexport" nets.h5 "$wired" --format c -o narrow
grep -q 'of [0-9]* thresholds are the same as the one before' last.out || die "colliding thresholds"

# Two keys that begin alike: the first digits of one become those of another.
cp nets.h5 alike.h5
cat >bits.awk <<'END'
{ key[NR] = $1 }
END {
    for (i = 1; i <= 5; i++) {
        a = index("0123456789abcdef", substr(key[1], i, 1)) - 1
        b = index("0123456789abcdef", substr(key[2], i, 1)) - 1
        a += a < 10 ? 48 : 87
        b += b < 10 ? 48 : 87
        for (bit = 0; bit < 7; bit++)
            if (int(a / 2 ^ bit) % 2 != int(b / 2 ^ bit) % 2) print i - 1, bit
    }
}
END
"$lutreport" nets.h5 --format csv --by key --sort key >order.out || die "no order"
h5keys=$(sed -n 1,2p nets.h5.run/run/*.order)
echo "$h5keys" | awk -f bits.awk >flips
while read -r byte bit; do
    spoil alike.h5 trials key 0 "$byte" "$bit"
done <flips
refused '2 trials begin with' alike.h5 "$(echo "$h5keys" | sed -n 2p | cut -c 1-5)" --format c

# A network that does not give the accuracy of its row is not compared with.
spoil alike.h5 trials test_accuracy 1 3 0
expect 2 "$lutexport" alike.h5 "$(echo "$h5keys" | sed -n 2p)" --format c -o none --verify
grep -q 'its row says' last.out || die "an accuracy that does not hold"

# Without tools everything else is said to be skipped, and is no failure.
mkdir bare
PATH=$work/bare "$lutexport" nets.h5 "$key" --format c,blif -o bare-out --verify >last.out 2>&1 ||
    die "no tools: exit status $?"
grep -q '^skipped   c: .*no C compiler' last.out || die "a compiler that is not there"
grep -q '^skipped   layers: .*not in PATH' last.out || die "ABC that is not there"

# Verilog: by the simulator that is here.
mkdir sim fakes
for tool in iverilog vvp; do
    if command -v $tool >/dev/null; then ln -s "$(command -v $tool)" sim/$tool; fi
done
expect 0 env PATH="$work/sim" "$lutexport" nets.h5 "$wired" --format verilog --name wires \
    -o wires --verify
grep -q '^equal     verilog: classes and scores of the design' last.out || die "no Verilog"
if [ -e sim/iverilog ] && [ -e sim/vvp ]; then
    grep -q '^equal     verilog: the bench, [0-9]* samples' last.out || die "no bench"
    (cd wires && iverilog -g2005 -o ../tb ./*.v && vvp -n ../tb +n=66) >last.out 2>&1
    grep -q '^PASS: wires, 66 vectors' last.out || die "no part of the vectors"
    [ "$(sed -n 4p wires/wires_in.hex)" != "$(sed -n 3p wires/wires_in.hex)" ] || die "two alike"
else
    grep -q '^skipped   verilog: the bench.*not in PATH' last.out || die "a simulator not there"
fi
sed -n '/^[0-9a-f]*$/p' wires/wires_in.hex | sed -n 2,3p >first # all 0, all 1
[ "$(sed -n 's/^0*$/zero/p' first)" = zero ] || die "made vectors are not the first"

# SystemVerilog: by the same simulator.
bits=$("$lutreport" nets.h5 --by key --where 'parametrization = poly and encoder_bits = 3' \
    --format csv | grep -o '^[0-9a-f]\{16\}' | head -n 1)
expect 0 env PATH="$work/sim" "$lutexport" nets.h5 "$bits" --format systemverilog --name bits \
    -o bits --verify pipe_layers=1 rows=40
if [ -e sim/iverilog ] && [ -e sim/vvp ]; then
    grep -q '^equal     systemverilog: the bench, 1[0-9]* samples' last.out || die "no bench of it"
else
    grep -q '^skipped   systemverilog: the bench.*not in PATH' last.out || die "no simulator"
fi

# Tools that fail: one that finds a difference, what dies or cannot start says nothing.
fake() # NAME COMMANDS
{
    printf '#!/bin/sh\n%s\n' "$2" >"fakes/$1"
    chmod +x "fakes/$1"
}
fake iverilog 'exit 0'
fake vvp "echo \"\$@\" >$work/vvp.args; echo FAIL: wires"
fake yosys '[ "$1" = -V ] || [ -r wires_top.v ] || exit 1; echo "{ \"LUT6\": 7 }" >wires_yosys.json'
expect 3 env PATH=fakes "$lutexport" nets.h5 "$wired" --format verilog --name wires -o f1 --verify
grep -q '^DIFFERENT verilog: the bench.*FAIL: wires' last.out || die "a bench that fails passes"
grep -q ' +n=[0-9]\{3,\}$' vvp.args || die "vvp is not told how many: $(cat vvp.args)"
grep -q '^skipped   verilog: synthesis.* 7 LUTs for xc7' last.out || die "no synthesis"
expect 3 env PATH=fakes "$lutexport" nets.h5 "$bits" --format systemverilog --name wires -o f3 --verify
grep -q '^DIFFERENT systemverilog: the bench.*FAIL: wires' last.out || die "a failing bench passes"
[ ! -e f1/wires_yosys.json ] || die "yosys writes among the files"
diff -r wires f1 | grep -v '[.]json' | grep '^Only' && die "tools leave files"
fake vvp 'kill -9 $$'
fake berkeley-abc 'echo Networks are equivalent; kill -9 $$'
printf '#!/no/such/program\n' >fakes/cc
chmod +x fakes/cc
expect 0 env PATH=fakes CC= "$lutexport" nets.h5 "$wired" --format verilog,blif,c --name wires \
    -o f2 --verify
grep -q '^skipped   verilog: the bench.*was killed' last.out || die "a simulator that is killed"
grep -q '^skipped   blif: BLIF and AIGER' last.out || die "a prover that is killed proves"
grep -q '^skipped   c: .*could not be started' last.out || die "a compiler that does not start"

# Tools that take too long are stopped, and nothing is said to be proved.
fake berkeley-abc "/bin/sleep 100"
fake cc "/bin/sleep 100"
fake iverilog '/bin/sleep 100'
fake yosys '/bin/sleep 100'
expect 0 env PATH=fakes CC= "$lutexport" nets.h5 "$wired" --format blif,verilog --name wires \
    -o f4 --verify --limit 1
grep -q '^skipped   layers: .*not proved: no answer within 1 s' last.out || die "a slow prover"
grep -q '^skipped   verilog: the bench.*took more than 1 s' last.out || die "a slow simulator"
grep -q '^skipped   verilog: synthesis.*took more than 1 s' last.out || die "a slow synthesis"
grep -q 'proved for all inputs' f4/wires.json && die "proved by nobody"
fake iverilog 'exit 0'

# A signal leaves nothing: no folder of ours, no process of a tool.
mkdir tmp
fake vvp "/bin/sleep 100 & echo \$! >$work/asleep; wait"
TMPDIR=$work/tmp PATH=fakes "$lutexport" nets.h5 "$wired" --format verilog -o ended --verify \
    >last.out 2>&1 &
export_pid=$!
tries=0
until [ -s asleep ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || die "vvp was not run"
    sleep 0.05
done
kill -TERM $export_pid
wait $export_pid
[ $? = 143 ] || die "SIGTERM is not what ended it"
[ -z "$(ls tmp)" ] || die "a folder is left: $(ls tmp)"
[ -z "$(ls -d ended* 2>/dev/null)" ] || die "a folder is left: $(ls -d ended*)"
sleep 0.1
ps -p "$(cat asleep)" -o stat= 2>/dev/null | grep -qv Z && die "a tool lives on"

# A compiler that gives wrong answers is found out: class 1 where 0 is right, and so on.
if command -v cc >/dev/null; then
    cat >"$work/bare/cc" <<END
#!/bin/sh
case \$1 in --version) echo wrong; exit 0 ;; esac
for last; do case \$last in */nets_*.c) sed 's/label\[i\] = (uint16_t)/&1 ^ /' \$last >wrong.c ;; esac; done
exec $(command -v cc) \$(echo "\$@" | sed 's/[^ ]*nets_[^ ]*[.]c/wrong.c/')
END
    chmod +x "$work/bare/cc"
    expect 3 env CC=bare/cc "$lutexport" nets.h5 "$key" --format c -o wrong --verify
    grep -q '^DIFFERENT c: classes and scores of the test rows.*first at row 0' last.out ||
        die "a wrong answer is not found"
    grep -q '"verdict": "different"' wrong/*.json || die "no verdict"
fi

# A layer that does not fit a stack of 1 MB runs in memory that it is given.
luts=21000
[ -z "${LUT_EXPORT_ALL:-}" ] || luts=102000
cat >wide.cfg <<END
name    = "wide";
dataset = "iris";
parametrization = "dwn";
lut_rank = 6;
layers  = "$luts";
encoder = { kind = "distributive"; bits = 16; };
train   = { epochs = 1; };
END
expect 0 "$luttrain" wide.cfg -o wide.h5
key=$("$lutreport" wide.h5 --by key --format csv | grep -o '^[0-9a-f]\{16\}')
if command -v cc >/dev/null; then
    (ulimit -s 1024 && expect 0 "$lutexport" wide.h5 "$key" --format c -o wide words=8 --name wide \
        --verify) || die "a wide layer"
    grep -q '^equal     c: classes and scores of random encoded bits' last.out || die "not run"
    words=$(sed -n 's/.*wide_WORK (\([0-9]*\)ull.*/\1/p' wide/wide.h)
    [ "$words" -gt $luts ] || die "narrower than thought: $words slots"
    echo '#include "wide/wide.h"
    void (*f)(const float *, size_t, uint16_t *) = wide_predict;' >declared.c
    cc -c declared.c 2>/dev/null && die "a function that does not fit the stack is declared"
    cc -Dwide_WORDS=1 -c declared.c || die "a function that fits is not declared"
fi
[ -z "$(ls -d ./*.tmp.* 2>/dev/null)" ] || die "temporary folders are left"
exit 0
