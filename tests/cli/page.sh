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
drawn 10 one.html
for name in front effects levels curves gap parts confusion luck judge time; do
    want 0 "$lutreport" one.h5 --figure $name -o $name.svg
    grep -q '</svg>' $name.svg || fail "$name.svg"
done
want 0 "$lutreport" one.h5 --figure front -o front.pdf
head -c 4 front.pdf | grep -q '%PDF' || fail "front.pdf"

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
[ "$(grep -o 'id="[^"]*gnuplot_canvas"' two.html | sort | uniq -d | wc -l)" = 0 ] ||
    fail "figures share names"
want 2 "$lutreport" two.h5 --figure front -o front.svg
grep -q 'a figure is of one data set' err || fail "two data sets in a figure"
want 0 "$lutreport" two.h5 --figure front --where 'dataset = "monks-2"' -o front.svg
echo "page: ok"
