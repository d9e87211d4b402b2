# Sourced by the tests of faults, on top of those of whole sweeps.  Each row of the fault
# table is printed by `row`, as a line of a Markdown table, for tests/fault/table.sh.
. "${srcdir:-.}/tests/mpi/common.sh"

grep -q LUTSWEEP_FAULT_COUNT "$lutsweep" || {
    echo "this build has no faults to inject (configure --enable-fault-injection): skipped"
    exit 77
}
LUTSWEEP_FAULT_LOG=$work/faults.log
export LUTSWEEP_FAULT_LOG

# Trials of about half a second, where something must hit them while they run.
slow="epochs=400"

now() # milliseconds
{
    echo $(($(date +%s%N) / 1000000))
}

# From here on the time of the next row runs.
begin()
{
    begun=$(now)
}

# row NUMBER INJECTED HAPPENED: with the time since begin.
row()
{
    spent=$(($(now) - begun))
    printf '| %s | %s | %s | %d.%d s |\n' "$1" "$2" "$3" $((spent / 1000)) \
        $((spent % 1000 / 100))
}

# with FAULTS COMMAND ...: passes are counted over all processes of the command.
with()
{
    faults=$1
    shift
    rm -f "$work"/count.*
    LUTSWEEP_FAULT=$faults LUTSWEEP_FAULT_COUNT=$work/count "$@"
}

# fired SITE: how often it has acted so far.
fired()
{
    grep -c "^$1 " "$LUTSWEEP_FAULT_LOG" 2>/dev/null
}

must_fire() # SITE
{
    [ "$(fired "$1")" -gt 0 ] || die "nothing was injected at $1"
}

events() # FILE EVENT
{
    cat "$1".run/journal/*.jl | grep -ac " $2 "
}

# What finished is finished: no key has more than one DONE.
ran_twice() # FILE
{
    cat "$1".run/journal/*.jl | awk '$4 == "DONE" { n[$5]++ }
        END { for (k in n) if (n[k] > 1) twice++; print twice + 0 }'
}

# gone PIDS: all of them within two seconds, zombies aside.
gone()
{
    i=0
    while :; do
        left=
        for p in "$@"; do
            [ -e /proc/$p ] && ! grep -q '^State:.*Z' /proc/$p/status 2>/dev/null &&
                left="$left $p"
        done
        [ -n "$left" ] || return 0
        i=$((i + 1))
        [ $i -lt 40 ] || return 1
        sleep 0.05
    done
}

# The processes of this test's sweeps: lutsweep and its children, by the file they write.  One
# that has started itself anew is called exe.
of_sweep() # FILE
{
    for p in $(grep -alsxE 'lutsweep|exe' /proc/[0-9]*/comm); do
        p=${p#/proc/}
        p=${p%/comm}
        grep -aqs "$work/$1" "/proc/$p/cmdline" && echo "$p"
    done
}

is_trial() # PID of a sweep: is its parent one as well?  So was one that is gone by now.
{
    parent=$(awk '/^PPid:/ { print $2 }' "/proc/$1/status" 2>/dev/null)
    [ -n "$parent" ] || return 0
    grep -aqsxE 'lutsweep|exe' "/proc/${parent:-0}/comm"
}

# The rank of that number in the sweep of FILE; children of ranks have its environment too,
# so the one whose parent is no lutsweep.
rank_pid() # FILE NUMBER
{
    for p in $(of_sweep "$1"); do
        grep -azqsx "OMPI_COMM_WORLD_RANK=$2" "/proc/$p/environ" || continue
        is_trial "$p" || echo "$p"
    done
}
