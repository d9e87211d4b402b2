#!/bin/sh
# lutexport: networks of several ranks, parametrizations and encoders as C, BLIF and AIGER,
# each compared with the stored network; what it refuses leaves nothing behind.  With
# LUT_EXPORT_ALL every encoder and parametrization takes part.
. "${srcdir:-.}/tests/mpi/common.sh"
lutexport=$(dirname "$lutsweep")/lutexport
lutreport=$(dirname "$lutsweep")/lutreport
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
