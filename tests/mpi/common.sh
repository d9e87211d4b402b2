# Sourced by the tests of whole sweeps: a folder of its own, mpirun that works as root and
# on few cores, and comparison of results files.
set -u
lutsweep=$(cd "${top_builddir:-.}" && pwd)/lutsweep
same=$(cd "${top_builddir:-.}" && pwd)/tests/cli/h5same
source=$(cd "${srcdir:-.}" && pwd)
config=$source/configs/smoke.cfg
OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM
export OMPI_MCA_btl_vader_single_copy_mechanism
# Not the surroundings of a job that this test may run in.
unset SLURM_NTASKS SLURM_PROCID OMP_NUM_THREADS LUTSWEEP_DATA LUT_KERNELS 2>/dev/null || :
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99

need_mpirun()
{
    if [ -z "${MPIRUN:-}" ] || ! $MPIRUN --oversubscribe -n 1 true >mpirun.out 2>&1; then
        echo "no mpirun that works: skipped"
        exit 77
    fi
}

die()
{
    echo "FAIL: $*"
    for f in *.out; do
        echo "--- $f"
        tail -n 20 "$f"
    done
    exit 1
}

# expect CODE COMMAND ...: its output goes to a file, so that its status is seen.
expect()
{
    want=$1
    shift
    "$@" >last.out 2>&1
    got=$?
    [ "$got" = "$want" ] || die "exit status $got, want $want: $*"
}

ranks() # N ARGUMENTS ...
{
    n=$1
    shift
    timeout 120 $MPIRUN --oversubscribe -n "$n" "$lutsweep" "$@"
}

equal() # A B
{
    "$same" "$1" "$2" >same.out 2>&1 || die "$1 and $2 differ"
}

records() # FILE: how many trials are finished
{
    find "$1.run/rec" -name '*.rec' 2>/dev/null | wc -l
}

# Wait until FILE has at least N records, half a minute at most.
wait_records() # FILE N
{
    i=0
    while [ "$(records "$1")" -lt "$2" ]; do
        i=$((i + 1))
        [ $i -lt 600 ] || die "$1: no $2 records after 30 seconds"
        sleep 0.05
    done
}

# Wait until the journals of FILE have N lines of EVENT, half a minute at most.
wait_events() # FILE EVENT N
{
    i=0
    while [ "$(cat "$1".run/journal/*.jl 2>/dev/null | grep -ac " $2 ")" -lt "$3" ]; do
        i=$((i + 1))
        [ $i -lt 1500 ] || die "$1: no $3 times $2 after 30 seconds"
        sleep 0.02
    done
}

children() # PID: processes it has started
{
    cat /proc/"$1"/task/*/children 2>/dev/null
}
