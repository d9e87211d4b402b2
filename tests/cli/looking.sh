#!/bin/sh
# Looking at a sweep from outside, while it runs and after it died: --status, --explain and
# reports know how far it is, and change nothing.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=$(dirname "$lutsweep")/lutreport

has()
{
    grep -q -e "$1" last.out || die "no \"$1\" in the output"
}

# field NAME: of the last JSON object, a number or a text.
field()
{
    sed -n "s/^  \"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" last.out
}

names() # FILE: all names in its folder but those that the run is at
{
    find "$1.run" ! -name '*.tmp*' ! -name '*.ckpt' | sort
}

"$lutsweep" "$config" epochs=400 -o x.h5 --workers 1 >run.out 2>&1 &
pid=$!
wait_records x.h5 2
sleep 0.2
kill -STOP $pid $(children $pid)
sleep 0.1
names x.h5 >before.txt
expect 0 "$lutsweep" --status x.h5
has 'trials finished: [0-9]* ok'
has "^running on .* $pid since"
has 'running since .*Z, rank 0, attempt 1'
has '^time left: about'
has '^next: lutreport x.h5'
expect 0 "$lutsweep" --status x.h5 --output=json
[ "$(field state)" = running ] && [ "$(field total)" = 10 ] || die "JSON of a running sweep"
done=$(field finished)
[ "$done" -ge 2 ] && [ "$done" -lt 10 ] || die "$done of 10"
expect 2 "$lutsweep" --status x.h5 --output=xml
active=$(sed -n '/"active"/,/]/s/^ *"key": "\(.*\)",/\1/p' last.out)
expect 0 "$lutsweep" --status x.h5 --output=json
active=$(sed -n '/"active"/,/]/s/^ *"key": "\(.*\)",/\1/p' last.out | head -n 1)
finished=$(ls x.h5.run/rec/* | sed -n 's/\.rec$//p' | head -n 1)
waiting=$(tail -n 1 x.h5.run/run/*.order)
expect 0 "$lutsweep" --explain x.h5 "$(echo "$active" | cut -c 1-8)"
has "^$active: running"
expect 0 "$lutsweep" --explain x.h5 "$finished"
has "^$finished: finished"
has '^attempt 1: ok, '
has 'parametrization = '
expect 0 "$lutsweep" --explain x.h5 "$waiting" --output=json
[ "$(field state)" = waiting ] || die "not waiting"
expect 2 "$lutsweep" --explain x.h5 0000
expect 2 "$lutsweep" --explain x.h5 abc
expect 2 "$lutsweep" --explain x.h5 no-key

# Nothing needs the file that is not there yet; a digest of it does.
expect 0 "$lutreport" x.h5 --appendix ae.md
grep -q '^\* \*\*File:\*\* x\.h5: TODO, size and digest when its sweep is finished' ae.md || die "ae.md: File"
expect 0 "$lutreport" --reproduce x.h5 --sample 1
has 'verdict: agrees: 1 of 1'
expect 2 "$lutreport" --verify x.h5

# Rows of what is finished; the heading says so, but not where machines read.
expect 0 "$lutreport" x.h5 --by parametrization
has "^# $done of 10 trials so far, running on"
has "^# $done of $done trials: $done ok"
expect 0 "$lutreport" x.h5 -o x.md
grep -q "^- $done of 10 trials so far" x.md || die "no heading in Markdown"
expect 0 "$lutreport" x.h5 -o x.csv
grep -q "^# $done of 10 trials so far" x.csv || die "no comment in CSV"
"$lutreport" x.h5 --format csv >x.out 2>err.out || die "exit status $? of a report"
grep -q 'so far' x.out && die "a comment on stdout"
grep -q "^lutreport: $done of 10 trials so far" err.out || die "no word on stderr"
[ ! -e x.h5 ] || die "a report made the file"
names x.h5 >after.txt
cmp -s before.txt after.txt || die "looking changed the folder"
kill -CONT $pid $(children $pid)

# Killed: nobody had time to say why.
kill -KILL $pid
wait $pid
sleep 0.1
expect 0 "$lutsweep" --status x.h5 --output=json
[ "$(field state)" = died ] || die "not dead"
has '"state": "interrupted"'
has '"next": ".*lutsweep.*epochs=400'
expect 0 "$lutsweep" --status x.h5
has 'died without an end'
expect 0 "$lutreport" x.h5
has ' of 10 trials, not finished: run again to go on'
expect 0 "$lutsweep" --explain x.h5 "$waiting"
has 'the last run died before its turn came'

# The same trials with fewer epochs are others: these are finished, those are not.
expect 0 "$lutsweep" "$config" epochs=5 -o x.h5
expect 0 "$lutsweep" --status x.h5
has '10 of 10 trials finished: 10 ok'
has 'more of earlier configurations'
has 'ended .*: complete'
has 'lutsweep --clean removes it'
expect 0 "$lutreport" x.h5
grep -q 'so far\|run again' last.out && die "a complete sweep is said not to be"
expect 0 "$lutsweep" --clean x.h5
expect 0 "$lutsweep" --status x.h5 --output=json
[ "$(field state)" = merged ] || die "not merged"
expect 0 "$lutsweep" --explain x.h5 "$finished"
has "^$finished: finished"

# What crashes, with its signal; and the only trial of its configuration.
"$lutsweep" "$config" epochs=3000 -o bad.h5 --workers 1 \
    'skip="parametrization != dwn or lut_rank > 2"' >run.out 2>&1 &
pid=$!
i=0
while kill -0 $pid 2>/dev/null && [ $i -lt 200 ]; do
    i=$((i + 1))
    for child in $(children $pid); do kill -SEGV "$child" 2>/dev/null; done
    sleep 0.05
done
wait $pid
[ $? = 3 ] || die "not failed"
expect 0 "$lutsweep" --status bad.h5
has '0 of 1 trials finished'
has '^1 failed: 1 crashed'
next=$(sed -n 's/^next: lutsweep //p' last.out)
expect 0 "$lutsweep" $next
has ': failed: '
has '^attempt 2: crashed, signal 11 SIGSEGV, '
has "^  on rank 0 of $(hostname), started"
expect 0 "$lutsweep" $next --output=json
has '"signal_name": "SEGV"'
expect 0 "$lutsweep" --status bad.h5 --output=json
has '"crashed": 1'
exit 0
