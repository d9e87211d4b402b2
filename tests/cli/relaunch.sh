#!/bin/sh
# What lutsweep-relaunch reads off a command, which exit codes it believes, and what it makes of
# a launcher that always says 0.  A script stands for lutsweep: it writes what it is told to.
. "${srcdir:-.}/tests/mpi/common.sh"
relaunch="$source/tools/lutsweep-relaunch"
real=$lutsweep
LUTSWEEP_RELAUNCH_WAIT=0
export LUTSWEEP_RELAUNCH_WAIT

# SAY: code of a launch; REASON: of the end in the journal; ANSWER: file with what --status says.
mkdir bin
cat >bin/lutsweep <<'END_OF_FAKE'
#!/bin/sh
if [ "$1" = --status ]; then
    [ "$2 $3 $4" = "$FILE --output json" ] || exit 2
    cat "$ANSWER"
    exit
fi
echo launched
mkdir -p "$FILE.run/journal"
n=$(ls "$FILE.run/journal" | wc -l)
echo "1 t 0 END - reason=$REASON" >"$FILE.run/journal/2026-01-01T00-00-0$n.0.jl"
exit "$SAY"
END_OF_FAKE
cat >bin/launcher <<'END_OF_FAKE'
#!/bin/sh
# Takes options as srun does, up to the program.
while [ "$1" != ./bin/lutsweep ]; do shift; done
"$@"
END_OF_FAKE
chmod +x bin/*
export FILE ANSWER SAY REASON

# Whose file is it?  In the wrong folder there is no journal, so the end is not found.
reads() # FILE WORDS ...
{
    FILE=$1 ANSWER=good.json SAY=0 REASON=complete
    shift
    rm -rf ./*.run
    expect 0 sh "$relaunch" -n 1 "$@"
    [ "$(grep -c launched last.out)" = 1 ] || die "launched more than once: $*"
}
answer() # TOTAL FINISHED UNMERGED CONFLICTS
{
    printf '{\n  "total": %s,\n  "finished": %s,\n  "unmerged": %s,\n  "failed": {\n    "conflict": %s\n  }\n}\n' "$@"
}
answer 10 10 0 0 >good.json
answer 10 9 0 0 >failed.json
answer 10 10 0 1 >conflict.json
answer 10 10 3 0 >unmerged.json
echo 'name = "other"; seeds = 2;' >named.cfg
echo 'seeds = 2;' >plain.conf
launch="./bin/launcher --enable-recovery"
reads x.h5 $launch ./bin/lutsweep named.cfg -o x.h5
reads x.h5 $launch -o log.txt ./bin/lutsweep -ox.h5 named.cfg
reads x.h5 $launch -o log.txt -J lutsweep --output-file=log ./bin/lutsweep named.cfg --output-file=x.h5
reads other.h5 $launch -o log.txt ./bin/lutsweep named.cfg
reads other.h5 $launch -o lutsweep -J name=log ./bin/lutsweep --workers 3 named.cfg
reads mine.h5 $launch ./bin/lutsweep named.cfg 'name="mine"'
reads plain.h5 $launch -o log.txt ./bin/lutsweep plain.conf seeds=1
reads f.h5 -f f.h5 $launch ./bin/lutsweep named.cfg -o x.h5
expect 2 sh "$relaunch" $launch -o log.txt --job-name lutsweep
# Behind the program it is no option of a launcher.
FILE=x.h5 SAY=0 REASON=stopped
expect 0 sh "$relaunch" ./bin/lutsweep named.cfg -o x.h5 --enable-recovery

# Codes: those of lutsweep are final, 1 and others are not.
for code in 0 2 3 4 5 6 75; do
    SAY=$code
    expect $code sh "$relaunch" ./bin/lutsweep named.cfg -o x.h5
    [ "$(grep -c launched last.out)" = 1 ] || die "$code: launched again"
done
for code in 1 137 143 255; do
    SAY=$code
    expect $code sh "$relaunch" -n 3 ./bin/lutsweep named.cfg -o x.h5
    [ "$(grep -c launched last.out)" = 3 ] || die "$code: not three launches"
done

# What is behind a 0.
says() # CODE ANSWER REASON
{
    FILE=x.h5 SAY=0 ANSWER=$2 REASON=$3
    rm -rf x.h5.run
    expect "$1" sh "$relaunch" -n 1 $launch ./bin/lutsweep named.cfg -o x.h5
}
says 0 good.json complete
says 3 failed.json complete
says 3 conflict.json complete
says 137 unmerged.json complete
says 75 good.json stopped
says 6 good.json too_many_failures
says 5 good.json error
says 137 good.json ""
says 0 no-answer.json complete
grep -q 'whether trials failed is not known' last.out || die "no word of a --status that fails"

# The true lutsweep answers with these names.
expect 0 "$real" "$config" epochs=2 seeds=1 -o real.h5
expect 0 "$real" --status real.h5 --output json
for name in total finished unmerged conflict; do
    grep -q "^ *\"$name\": [0-9]*,*\$" last.out || die "no \"$name\" in --status"
done
exit 0
