#!/bin/sh
# Kills at random, children, ranks, rank 0 and mpirun, by hand and inside every site, resuming
# each time, for CHAOS_SECONDS; in the end the table is that of a clean run.  CHAOS_KILLS: go
# on until that many kills were made.  CHAOS_SITE: at least so many inside each site;
# CHAOS_KIND: of each kind from outside.
#
#   CHAOS_SECONDS=60 CHAOS_KILLS=200 CHAOS_SITE=10 CHAOS_KIND=10 sh tests/fault/chaos.sh
. "${srcdir:-.}/tests/fault/common.sh"
seconds=${CHAOS_SECONDS:-10} kills=${CHAOS_KILLS:-0} per_site=${CHAOS_SITE:-0} per_kind=${CHAOS_KIND:-0}
small="$config epochs=${CHAOS_EPOCHS:-20}"
# Where a trial dies, and where a rank does.
child_sites="child-start child-epoch child-end record-write record-rename checkpoint-write"
rank_sites="journal-add journal-sync merge-write merge-rename hello assign ack"
sites="$child_sites $rank_sites"
begun=$(now)
expect 0 "$lutsweep" $small -o clean.h5 --workers 2
mpi=
if [ -n "${MPIRUN:-}" ] && $MPIRUN --oversubscribe -n 1 true >mpirun.out 2>&1; then
    mpi=yes
fi

seed=${CHAOS_SEED:-$(now)}
random() # N: 0 to N - 1, in $drawn
{
    seed=$(((seed * 1103515245 + 12345) & 2147483647))
    drawn=$((seed / 65536 % $1))
}

pick() # WORDS: one of them, in $picked
{
    random $#
    shift $drawn
    picked=$1
}

: >kills # "KIND" a line
made=0 runs=0 sweeps=0 twice=0 lost=0

# What kills from outside: a trial, a rank, rank 0, mpirun, a sweep that runs without ranks.
kinds="child alone"
[ -z "$mpi" ] || kinds="child rank rank0 mpirun alone"

start() # in the background, as $pid, with $faults; to be hit by a kill of that $kind
{
    random 4
    case $kind in
    alone) drawn=$((drawn % 2)) ;;
    rank | rank0 | mpirun) drawn=$((2 + drawn % 2)) ;;
    esac
    if [ -n "$mpi" ] && [ "$drawn" -ge 2 ]; then
        set -- $MPIRUN --oversubscribe -n $drawn "$lutsweep"
    else
        set -- "$lutsweep"
    fi
    launched=$1
    rm -f "$work"/count.*
    LUTSWEEP_FAULT=$faults LUTSWEEP_FAULT_COUNT=$work/count timeout 120 "$@" $small \
        -o "$work/x.h5" --workers $((1 + drawn % 2)) --checkpoint-every 5 >run.out 2>&1 &
    pid=$!
    runs=$((runs + 1))
}

victim() # KIND: a process, or nothing
{
    case $1 in
    mpirun) [ "$launched" = "${MPIRUN:-}" ] && children $pid ;;
    rank0) rank_pid x.h5 0 ;;
    rank) rank_pid x.h5 1 ;;
    child)
        for p in $(of_sweep x.h5); do
            is_trial "$p" && echo "$p"
        done
        ;;
    alone) [ "$launched" = "$lutsweep" ] && children $pid ;;
    esac | head -n 1 | tr -d ' '
}

# The keys that are finished must still be there after the next run.
finished()
{
    find x.h5.run/rec -name '*.rec' 2>/dev/null | sort >"$1"
}

killed() # KIND
{
    grep -cx "$1" kills
}

# fewest COUNT NAMES: that which COUNT counts least, by lot; in $least
fewest()
{
    count=$1
    shift
    random 100
    for s in "$@"; do
        echo "$($count $s) $s"
    done | sort -n | awk -v r=$drawn 'NR == 1 { n = $1 } $1 == n { s[++k] = $2 }
        END { print s[r % k + 1] }' >fewest
    read -r least <fewest
}

add() # SITE: dies there in one of its first passes
{
    random 4
    case $1 in
    hello | merge-rename) nth=1 ;;
    child-epoch) nth=$((1 + 8 * drawn)) ;;
    *) nth=$((1 + drawn)) ;;
    esac
    faults=$faults${faults:+,}$1:$nth:kill
}

wait_begun() # a run has its journal, or is over already
{
    i=0
    was=$(ls x.h5.run/journal 2>/dev/null | wc -l)
    while [ $i -lt 40 ] && [ "$(ls x.h5.run/journal 2>/dev/null | wc -l)" -le "$was" ] && kill -0 $pid 2>/dev/null; do
        i=$((i + 1))
        sleep 0.02
    done
}

settle() # everything that was started is gone, or the lock would be held
{
    wait $pid 2>/dev/null
    code=$?
    gone $(of_sweep x.h5) || die "processes are left: $(of_sweep x.h5)"
    sleep 0.1
}

enough()
{
    [ $(($(now) - begun)) -ge $((1000 * seconds)) ] || return 1
    [ $((made + $(wc -l <"$LUTSWEEP_FAULT_LOG"))) -ge "$kills" ] || return 1
    for s in $sites; do
        [ "$(fired $s)" -ge "$per_site" ] || return 1
    done
    for k in $kinds; do
        [ "$(killed $k)" -ge "$per_kind" ] || return 1
    done
}

complete()
{
    equal clean.h5 x.h5
    lines=$(ran_twice x.h5)
    twice=$((twice + lines))
    sweeps=$((sweeps + 1))
    rm -rf x.h5*
    : >before
}

: >"$LUTSWEEP_FAULT_LOG"
: >before
while ! enough; do
    faults= kind=
    random 3
    if [ "$drawn" != 0 ]; then
        fewest fired $child_sites
        add $least
        pick $child_sites
        add $picked
        fewest fired $rank_sites
        add $least
    else
        fewest killed $kinds
        kind=$least
    fi
    start
    if [ -n "$kind" ]; then
        wait_begun
        random 5
        sleep 0.0$drawn
        p=$(victim $kind)
        if [ -n "$p" ] && kill -9 "$p" 2>/dev/null; then
            echo $kind >>kills
            made=$((made + 1))
        fi
    fi
    settle
    finished after
    lost=$((lost + $(comm -23 before after | wc -l)))
    [ $code != 0 ] || { complete; continue; }
    mv after before
done
faults= kind=
start
settle
[ $code = 0 ] || die "the last run left with $code"
equal clean.h5 x.h5
twice=$((twice + $(ran_twice x.h5)))
sweeps=$((sweeps + 1))

for s in $sites; do
    echo "kills inside $s: $(fired $s)"
done
for k in $kinds; do
    echo "kills of $k from outside: $(killed $k)"
done
total=$((made + $(wc -l <"$LUTSWEEP_FAULT_LOG")))
echo "$total kills, $runs runs, $sweeps sweeps of 10 trials finished, each equal to the clean run"
echo "trials lost: $lost; trials that ran twice: $twice; $((($(now) - begun) / 1000)) s"
[ $lost = 0 ] && [ $twice = 0 ] || die "trials were lost or ran twice"
[ $total -gt 0 ] || die "nothing was killed"
exit 0
