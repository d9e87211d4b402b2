#!/bin/sh
# The page and its figures: whole with gnuplot and without, for one data set, for two, and for
# rows that a figure can say nothing about.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
here=$(pwd)
config=$(cd "${srcdir:-.}" && pwd)/configs/smoke.cfg
data=$(cd "${srcdir:-.}" && pwd)/data
cd "$dir"
lutsweep=$here/lutsweep
lutreport=$here/lutreport
# The interactive half has a test of its own, explore.sh.
export LUTREPORT_D3=none

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

# drawn N FILE: so many figures in the page.
drawn()
{
    n=$(grep -c '<svg' "$2") || true
    [ "$n" = "$1" ] || fail "$2: $n figures, not $1"
}

# whole FILE: ends as a page does, loads nothing, and has every tag closed.
whole()
{
    tail -n 1 "$1" | grep -q '</html>' || fail "$1 has no end"
    ! grep -Eq '<link|<img|<iframe|src=|@import|href="[^#]' "$1" || fail "$1 loads something"
    if ! command -v python3 >/dev/null; then
        return
    fi
    python3 - "$1" <<'EOF' || fail "$1: tags do not match"
import html.parser, sys
class Check(html.parser.HTMLParser):
    open_tags = []
    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open_tags.append(tag)
    def handle_endtag(self, tag):
        last = self.open_tags.pop() if self.open_tags else "nothing"
        if last != tag:
            sys.exit("line %d: %s ends, %s is open" % (self.getpos()[0], tag, last))
    def handle_startendtag(self, tag, attrs):
        pass
check = Check()
check.feed(open(sys.argv[1]).read())
sys.exit("open: " + " ".join(check.open_tags) if check.open_tags else 0)
EOF
}

want 0 "$lutsweep" "$config" epochs=6 seeds=2 train_limit=1000 -o one.h5

# Without gnuplot there are all tables, a warning, and no figure.
mkdir empty
want 0 env PATH="$dir/empty" "$lutreport" one.h5 -o bare.html
grep -q 'gnuplot-nox' err || fail "nobody says what to install"
drawn 0 bare.html
whole bare.html
[ "$(grep -c '<figure><h3>' bare.html)" = 11 ] || fail "questions and commands without gnuplot"
want 2 env PATH="$dir/empty" "$lutreport" one.h5 --figure front -o front.svg
[ ! -e front.svg ] || fail "a figure without gnuplot"

# The numbers need no gnuplot.  The best of one trial is on average the mean, of all it is the
# largest.
want 0 "$lutreport" one.h5 --figure luck --format csv
"$lutreport" one.h5 --by parametrization,lut_rank,width,tau,seed --metric valid_accuracy \
    --format csv >rows.csv 2>err
awk -F, '
    NR == FNR { if (FNR == 1) for (i = 1; i <= NF; i++) { if ($i == "valid_accuracy_mean") c = i }
                else { sum += $c; n++; if ($c > top) top = $c }; next }
    FNR == 2 { if (($3 - sum / n) ^ 2 > 1e-12) { print "of one:", $3, sum / n; bad = 1 } }
    { last = $3; so_far = $2; count = $1 }
    END { if ((last - top) ^ 2 > 1e-12 || so_far != top || count != n) {
              print "of all:", last, so_far, top, count, n; bad = 1 }
          exit bad }' rows.csv out || fail "luck"

# No setting on the front is beaten by a smaller one, and none off it is better than all smaller.
want 0 "$lutreport" one.h5 --figure front --format csv
"$lutreport" one.h5 --by parametrization,lut_rank,width,tau --metric lut6_core,valid_accuracy \
    --format csv >rows.csv 2>err
awk -F, '
    NR == FNR { if (FNR == 1) { for (i = 1; i <= NF; i++) at[$i] = i; next }
                x[FNR] = $at["lut6_core_mean"]; y[FNR] = $at["valid_accuracy_mean"]; n = FNR
                next }
    FNR > 1 { q = $0; while (sub(/^"[^"]*",/, "", q)) ; split(q, v, ","); got[v[2]]++; total++ }
    END { for (i = 2; i <= n; i++) { front = 1
              for (j = 2; j <= n; j++)
                  if (j != i && (x[j] < x[i] && y[j] >= y[i] || x[j] == x[i] && y[j] > y[i])) front = 0
              want += front; if (front && !(y[i] in got)) { print "missing", x[i], y[i]; bad = 1 } }
          if (want != total) { print want, "on the front,", total, "given"; bad = 1 }
          exit bad }' rows.csv out || { cat rows.csv out; fail "front"; }

# sum FIGURE COLUMN CONDITION: of a column of its numbers, by awk.
sum()
{
    want 0 "$lutreport" "$file" --figure "$1" --format csv ${3:+--where "$3"}
    awk -v name="$2" '
        NR == 1 { sub(/^#.*/, ""); n = split($0, head, ","); next }
        { line = $0; gsub(/"[^"]*"/, "x", line); split(line, v, ",")
          for (i = 1; i <= n; i++) if (head[i] == name) s += v[i] }
        END { printf "%.6f", s }' out
}

# cell COLUMN [CONDITION]: the only value of a column in a table of one row.
cell()
{
    "$lutreport" "$file" --by status --metric "$1" --format csv ${2:+--where "$2"} 2>err |
        awk -F, -v name="$1_mean" '
            NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i }
            NR == 2 { printf "%.6f", $c }'
}

file=one.h5
# Marks of `gap` and `judge` are the trials; the matrix has every test row; bars are the row's LUTs.
[ "$(sum gap test_accuracy)" = "$(awk -v m="$(cell test_accuracy)" 'BEGIN { printf "%.6f", 20 * m }')" ] ||
    fail "gap: $(sum gap test_accuracy) and 20 times $(cell test_accuracy)"
[ "$(sum judge valid_accuracy)" = "$(awk -v m="$(cell valid_accuracy)" 'BEGIN { printf "%.6f", 20 * m }')" ] ||
    fail "judge: $(sum judge valid_accuracy) and 20 times $(cell valid_accuracy)"
[ "$(sum confusion count)" = 1000.000000 ] || fail "confusion: $(sum confusion count) test rows"
want 0 "$lutsweep" "$config" name=tree epochs=3 train_limit=1000 adder_tree=true pipeline_stages=2 -o tree.h5
file=tree.h5
only='parametrization = dwn and lut_rank = 4'
want 0 "$lutreport" tree.h5 --figure parts --format csv --where "$only"
parts=$(awk -F, 'NR == 2 { printf "%.6f", $(NF - 2) + $(NF - 1) + $NF }' out)
[ "$parts" = "$(cell lut6_core "$only")" ] || fail "parts: $parts, lut6_core $(cell lut6_core "$only")"

# Pairs are those of --compare, whose numbers stats_check.py computes again.
want 0 "$lutreport" one.h5 --figure rivals --format csv
ours=$(awk -F, '$1 == "light" && $2 == "dwn" { print $3, $4, $5, $6, $8 }' out)
want 0 "$lutreport" one.h5 --by parametrization --compare light,dwn --metric test_accuracy --format csv
theirs=$(awk -F, '$1 == "test_accuracy" { print $4, $5, $6, $8, $9; exit }' out)
[ -n "$ours" ] && [ "$ours" = "$theirs" ] || fail "rivals: $ours, --compare: $theirs"
want 0 "$lutreport" one.h5 --figure rivals --by lut_rank --compare 2 --where 'parametrization != difflogic' --format csv
[ "$(sed -n '2s/,.*//p' out)$(wc -l <out)" = 42 ] || fail "lut_rank 4 against 2"
want 2 "$lutreport" one.h5 --figure front --by lut_rank
grep -q -e '--by: not with --figure front' err || fail "an option that a figure does not read"
want 2 "$lutreport" one.h5 --figure rivals --nemenyi
want 2 "$lutreport" --figure rivals --by width --compare 200

# Six data sets can tell two methods apart, five cannot: then it is said how many could.
cat >six.cfg <<'EOF'
name = "six"; epochs = 2; batch = 50; lut_rank = 2; width = 60; depth = 1; tau = 3.0; train_limit = 200;
validation = 0.2;
grid = ( { dataset = ["iris", "monks-1", "monks-2", "monks-3", "wdbc", "breast-cancer"];
           parametrization = ["dwn", "warp"]; } );
EOF
want 0 env LUTSWEEP_DATA="$data" "$lutsweep" six.cfg -o six.h5
want 0 "$lutreport" six.h5 --ranks parametrization
drawing=$(sed -n 's/^# as a figure: lutreport \(.* -o ranks.svg\)$/\1/p' out)
[ "$drawing" = 'six.h5 --figure ranks --by parametrization -o ranks.svg' ] || fail "--ranks: $drawing"
awk '/^method/ { on = 1; next } /^$/ { on = 0 } on { print $1, $2, $3, $4 }' out >ranks.want
want 0 "$lutreport" six.h5 --figure ranks
awk '/^method/ { on = 1; next } on { print $1, $2, $3, $4 }' out | cmp - ranks.want || fail "ranks"
only='dataset != iris'
want 0 "$lutreport" six.h5 --ranks parametrization --where "$only"
! grep -q 'as a figure' out || fail "--ranks: a figure of five data sets"
want 0 "$lutreport" six.h5 --ranks parametrization --where "$only" --nemenyi
grep -q 'as a figure: .* --nemenyi' out || fail "--ranks: no figure of five data sets by Nemenyi's distance"
want 2 "$lutreport" six.h5 --figure ranks --where "$only" -o five.svg
few="no two of 2 methods can be told apart on 5 data sets at 0.05: .*needs 6"
grep -q "$few" err || fail "ranks of five data sets"
want 0 env PATH="$dir/empty" "$lutreport" six.h5 --where "$only" -o five.html
whole five.html
[ "$(grep -c "$few" five.html)" = 2 ] || fail "the sentence in place of the figure, and below the table"
grep -q '<caption>Mean ranks of 2 parametrization values over 5 data sets' five.html || fail "no table of ranks"

want 2 "$lutreport" one.h5 --figure nothing
grep -q 'want one of front, effects' err || fail "names of figures"
want 2 "$lutreport" one.h5 --figure front -o one.h5
want 2 "$lutreport" one.h5 -o one.html --by width
want 0 "$lutreport" one.h5 --where 'status = lost' -o none.html
whole none.html

command -v gnuplot >/dev/null || {
    echo "no gnuplot: figures are not drawn"
    exit 0
}
want 0 "$lutreport" one.h5 -o one.html
whole one.html
drawn 11 one.html
for name in front effects levels rivals curves gap parts confusion luck judge time; do
    want 0 "$lutreport" one.h5 --figure $name -o $name.svg
    grep -q '</svg>' $name.svg || fail "$name.svg"
done
want 0 "$lutreport" one.h5 --figure front -o front.pdf
want 0 "$lutreport" $drawing
grep -q '</svg>' ranks.svg || fail "ranks.svg"
head -c 4 front.pdf | grep -q '%PDF' || fail "front.pdf"

grep -q 'lutreport one.h5 --figure front -o front.svg' one.html || fail "command of a figure"
want 0 "$lutreport" one.h5 --alpha 0.5 -o half.html
grep -q -e '--alpha 0.5 -o front.svg' half.html || fail "command of a figure with --alpha"
grep -q '50 % intervals' half.html || fail "words of a figure with --alpha"

# Sweeps with little in them have a page too: one trial of one epoch, one epoch, a method without
# validation rows, and accuracies that are all the same.
want 0 "$lutsweep" "$config" name=a epochs=1 train_limit=500 parametrization=dwn lut_rank=2 width=200 \
    tau=5 -o a.h5
want 0 "$lutsweep" "$config" name=b epochs=1 train_limit=500 -o b.h5
cat >c.cfg <<'EOF'
name = "c"; dataset = "synth"; epochs = 3; batch = 64; lut_rank = 2; width = 40; seeds = 2;
grid = ( { parametrization = "dwn"; validation = 0.0; }, { parametrization = "light"; validation = 0.2; } );
EOF
want 0 "$lutsweep" c.cfg -o c.h5
cat >d.cfg <<'EOF'
name = "d"; dataset = "synth"; epochs = 12; batch = 32; lut_rank = 2; width = [200, 220]; depth = 1; seeds = 2;
synth = { samples = 1500; test_samples = 100; noise = 0; classes = 2; }; validation = 0.2;
EOF
want 0 "$lutsweep" d.cfg -o d.h5
for file in a b c d; do
    want 0 "$lutreport" $file.h5 -o $file.html
    whole $file.html
    ! grep -q 'gnuplot on figure' $file.html || fail "$file: $(grep -o 'gnuplot on figure.*' $file.html)"
done

# Two data sets: each has its figures; one alone has to be named.
cat >two.cfg <<'EOF'
name = "two";
epochs = 5; batch = 16; lut_rank = 2; width = 60; depth = 1; validation = 0.2;
grid = ( { dataset = ["monks-1", "monks-2"]; parametrization = ["dwn", "light"]; tau = [1.0, 3.0]; } );
EOF
want 0 env LUTSWEEP_DATA="$data" "$lutsweep" two.cfg -o two.h5
want 0 "$lutreport" two.h5 -o two.html
whole two.html
grep -q '<h2 id="set1">monks-2' two.html || fail "no section of monks-2"
grep -q '<h2 id="sets">All data sets' two.html || fail "no section of all data sets"
[ "$(grep -c 'no two of 2 methods can be told apart on 2 data sets .* needs 6' two.html)" = 2 ] ||
    fail "ranks without a test: the sentence in place of the figure, and as a note"
! grep -q '<h2 id="sets">' one.html || fail "a section of all data sets, of one"
[ "$(grep -o 'id="[^"]*gnuplot_canvas"' two.html | sort | uniq -d | wc -l)" = 0 ] ||
    fail "figures share names"
want 2 "$lutreport" two.h5 --figure front -o front.svg
grep -q 'a figure is of one data set' err || fail "two data sets in a figure"
want 0 "$lutreport" two.h5 --figure front --where 'dataset = "monks-2"' -o front.svg
echo "page: ok"
