#!/bin/sh
# The interactive half of a page: with its library and without, with a stub of it, and in a real
# browser where there is one.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
here=$(pwd)
config=$(cd "${srcdir:-.}" && pwd)/configs/smoke.cfg
check=$(cd "${srcdir:-.}" && pwd)/tests/cli/explore_check.py
python=${PYTHON:-python3}
cd "$dir"
lutsweep=$here/lutsweep
lutreport=$here/lutreport
unset LUTREPORT_D3
export HOME="$dir"
mkdir empty

fail()
{
    echo "FAILED: $*"
    exit 1
}

# want CODE COMMAND...
want()
{
    code=0
    expected=$1
    shift
    "$@" >out 2>err || code=$?
    [ "$code" = "$expected" ] || {
        cat out err
        fail "exit code $code, not $expected: $*"
    }
}

# report ...: without gnuplot, which has a test of its own
report()
{
    env PATH="$dir/empty" "$lutreport" "$@"
}

# refused WORDS OPTION...: the page is not written, and why is said
refused()
{
    words=$1
    shift
    want 2 report one.h5 -o refused.html "$@"
    grep -q -e "$words" err || { cat err; fail "$words"; }
    [ ! -e refused.html ] || fail "a page in spite of: $words"
}

# nested N: a condition in so many parentheses
nested()
{
    awk -v n="$1" 'BEGIN { while (i++ < n) { a = a "("; b = b ")" } print a "luts > 7" b }'
}

want 0 "$lutsweep" "$config" epochs=4 seeds=2 train_limit=1000 -o one.h5

# Without the library: one script, one sentence, and nothing of the other half.
want 0 report one.h5 --d3 none -o none.html
grep -q 'install the package node-d3' none.html || fail "nobody says what to install"
[ "$(grep -c '<script' none.html)" = 1 ] || fail "scripts without the library"
! grep -Eq 'Content-Security-Policy|id="explore"|id="trials"' none.html || fail "half an interactive half"
want 0 env LUTREPORT_D3=none PATH="$dir/empty" "$lutreport" one.h5 -o env.html
grep -v -e '-o env.html' env.html >a
grep -v -e '-o none.html' none.html | sed 's/ --d3 none//' >b
[ "$(grep -c 'node-d3' a)" = 1 ] || fail "LUTREPORT_D3=none"
cmp a b || fail "LUTREPORT_D3=none is not --d3 none"

# A stub: all of it stands in the page, signed, and its licence beside it.
mkdir -p d3/dist
printf '%s\r\n' '// https://d3js.org v6.1.0 Copyright 2020 A. Nobody' 'var stub = "<b>" + "\\";' >d3/dist/d3.min.js
echo 'Copyright 2010-2020 A. Nobody. Permission <is> granted.' >d3/LICENSE
want 0 report one.h5 --d3 d3/dist/d3.min.js -o stub.html
grep -q 'var stub = "<b>" + "\\\\";' stub.html || fail "the stub is not in the page"
grep -q 'D3 6.1.0, Copyright 2020 A. Nobody, licence BSD-3-Clause, embedded from d3/dist' stub.html ||
    fail "name and licence"
grep -q 'Permission &lt;is&gt; granted' stub.html || fail "text of the licence"
grep -q "default-src 'none'" stub.html || fail "the browser may load"
! grep -q 'install the package' stub.html || fail "told to install what is there"

# Beside a copy of it stands the licence of another program.
mkdir -p other/js
cp d3/dist/d3.min.js other/js
echo 'Copyright 2020 Another Nobody. Granted to none.' >other/LICENSE
want 0 report one.h5 --d3 other/js/d3.min.js -o other.html
grep -q 'licence BSD-3-Clause, embedded from other/js' other.html || fail "name of the licence"
! grep -q 'Granted to none' other.html || fail "the licence of another program is said to be D3's"
want 0 env LUTREPORT_D3=nowhere PATH="$dir/empty" "$lutreport" one.h5 --d3 d3/dist/d3.min.js -o both.html
want 2 env LUTREPORT_D3=nowhere PATH="$dir/empty" "$lutreport" one.h5 -o refused.html
grep -q 'LUTREPORT_D3: nowhere: No such file' err || fail "LUTREPORT_D3 is nowhere"

# What is no D3, too old, or would end its script, is refused.
refused '--d3: nowhere: No such file' --d3 nowhere
sed 's/v6.1.0/v3.5.17/' d3/dist/d3.min.js >old.js
refused 'is D3 3.5.17, want 4 to 7' --d3 old.js
sed '1s/.*/\/\/ https:\/\/d3js.org Version 4.13.0. Copyright 2018 A. Nobody./' d3/dist/d3.min.js >four.js
want 0 report one.h5 --d3 four.js -o four.html
grep -q 'D3 4.13.0, Copyright 2018 A. Nobody.,' four.html || fail "heading of D3 4"
sed 1d d3/dist/d3.min.js >headless.js
refused 'its first line does not say' --d3 headless.js
{ cat d3/dist/d3.min.js; echo 'x = "</SCRIPT>";'; } >ending.js
refused 'contains "</script"' --d3 ending.js
{ cat d3/dist/d3.min.js; printf 'x = "\351";\n'; } >latin.js
refused 'is not UTF-8' --d3 latin.js
{ cat d3/dist/d3.min.js; printf 'x = "\303\251";\n'; } >utf8.js
want 0 report one.h5 --d3 utf8.js -o utf8.html
want 2 report one.h5 --d3 none
grep -q -e '--d3: not with\|--d3: only with' err || { cat err; fail "--d3 without a page"; }

command -v "$python" >/dev/null || {
    echo "no python3: rows are not compared"
    exit 0
}
# Every cell is that of lutreport's CSV; each of the scripts is signed.
want 0 "$python" "$check" scripts stub.html 4
want 0 "$python" "$check" rows stub.html "$lutreport" one.h5
cat out

# Few trials, several files, a failure, no validation: all of them in the page as they are.  Names
# and conditions that end a script do not.
mkdir 'x<'
want 0 "$lutsweep" "$config" name=a epochs=1 train_limit=500 parametrization=dwn lut_rank=2 width=200 \
    tau=5 -o 'x</script><b id=evil>.h5'
want 0 "$lutsweep" "$config" name=c epochs=6 train_limit=1000 parametrization=warp lut_rank=2 tau=5 width=40,200 \
    optimizer=sgd lr=0.02,1000 regulariser=weight_decay weight_decay.weight=1000 -o c.h5
"$lutreport" c.h5 --by status --format csv 2>err | grep -q '^diverged' || fail "nothing diverged"
for files in c.h5 'one.h5 c.h5'; do
    want 0 report $files --d3 d3/dist/d3.min.js -o some.html
    want 0 "$python" "$check" rows some.html "$lutreport" $files
done
want 0 report one.h5 'x</script><b id=evil>.h5' --where 'host != "</script><b id=evil><!--<script>"' \
    --d3 d3/dist/d3.min.js -o evil.html
want 0 "$python" "$check" scripts evil.html 4
want 0 "$python" "$check" rows evil.html "$lutreport" one.h5 'x</script><b id=evil>.h5'
want 0 report one.h5 --where 'status = lost' --d3 d3/dist/d3.min.js -o lost.html
want 0 "$python" "$check" scripts lost.html 4

# In a browser, with the library that is installed.
[ -z "${LUT_QUICK-}" ] || exit 0
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
d3=/usr/share/nodejs/d3/dist/d3.min.js
[ -n "$browser" ] && [ -r "$d3" ] || {
    echo "no chromium or no node-d3: the page is not opened"
    exit 0
}
cp c.h5 'c"'"'.h5"
want 0 report one.h5 'c"'"'.h5" -o page.html
grep -q "embedded from $d3" page.html || fail "the library of the distribution was not found"
want 0 "$python" "$check" harness page.html try.html \
    'lut_rank = 4' 'parametrization != "dwn" and not (luts > 500 or valid_accuracy <= 40)' \
    'status = ok and lr < 1' 'lut_rank <= 2 and luts >= 400' 'lut_rank < 4 and luts > 400' "tau==5 or width >= 4e2" \
    'test_accuracy > 20' 'lut_rank = nothing' 'luts < 0' 'status != ok' 'not tau > +.5e1 and luts >= 4.' \
    'luts > 0b11' 'luts > 0o7' 'luts > 0x1p3' 'luts < inf' 'luts > " 7 "' "luts > 7 or luts > '7 '" \
    "$(nested 98)" "$(nested 101)" "not $(nested 100)"
want 0 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$dir/profile" \
    --virtual-time-budget=20000 --dump-dom "file://$dir/try.html"
cp out dump.html
want 0 "$python" "$check" answers dump.html "$lutreport"
cat out
echo "explore: ok"
