#!/bin/bash
# A Slurm of one machine, and the scripts of configs/slurm on it for real: an MPI job and a job
# without MPI that run into their time limit and are queued again until the sweep is complete,
# an array with its merge, srun --mpi=pmix, srun without it, scancel.  Takes some minutes.
#
# By hand, as root, with slurm-wlm, slurmd and munge installed but no daemon running, in a
# build folder:  srcdir=.. bash ../tests/manual/slurm.sh
#
# No cgroups are needed: processes are found through /proc, nothing is accounted.  Everything
# is under /tmp/slurm-test.PID and is removed at the end, unless KEEP is set.
set -u
source=$(cd "${srcdir:-.}" && pwd)
build=$(cd "${top_builddir:-.}" && pwd)
export PATH=$build:$PATH
for p in slurmctld slurmd munged sbatch mpirun lutsweep; do
    command -v $p >/dev/null || {
        echo "$p was not found"
        exit 77
    }
done
[ "$(id -u)" = 0 ] || {
    echo "only root can start slurmd"
    exit 77
}
dir=/tmp/slurm-test.$$
host=$(hostname -s)
bad=0
mkdir -p $dir/{state,spool,log,run,work}
cd $dir/work || exit 99
export SLURM_CONF=$dir/slurm.conf
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_btl_vader_single_copy_mechanism=none
unset SLURM_NTASKS SLURM_JOB_ID OMP_NUM_THREADS LUTSWEEP_FAULT

# ---- the daemons ----

# CPUs: more than there are, so that scripts can ask for some.  cred_expire: the pause before a
# job that is queued again may start, else two minutes.
cat >slurm.head <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/run/munge.socket,cred_expire=5
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
OverTimeLimit=0
SlurmctldPort=26817
SlurmdPort=26818
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd.pid
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 RealMemory=8000 State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
cp slurm.head "$SLURM_CONF"
finish()
{
    scancel --state=RUNNING --state=PENDING -u root 2>/dev/null
    sleep 1
    for d in slurmd slurmctld munged; do
        [ -e $dir/run/$d.pid ] && kill "$(cat $dir/run/$d.pid)"
    done
    cd /
    [ -n "${KEEP:-}" ] || { sleep 2; rm -rf $dir; }
}
trap finish EXIT
dd if=/dev/urandom of=$dir/munge.key bs=1024 count=1 2>/dev/null
chmod 400 $dir/munge.key
munged --force --key-file=$dir/munge.key --socket=$dir/run/munge.socket \
    --pid-file=$dir/run/munged.pid --seed-file=$dir/munge.seed --log-file=$dir/log/munged.log
slurmctld -c -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sinfo -h -o %T 2>/dev/null | grep -q idle && break
    sleep 1
done
echo "$(sinfo --version), $(mpirun --version | head -n 1), MPI plugins: $(srun --mpi=list 2>&1 | sed 1d | tr -s '\t\n' ' ')"

# ---- help ----

fail()
{
    echo "FAIL: $*"
    tail -n 20 ./*.out
    bad=1
}

wait_job() # ID SECONDS: until it is over; its last state in $state
{
    for ((i = 0; i < 2 * $2; i++)); do
        state=$(scontrol -o show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' |
            sort | uniq | tr '\n' ' ')
        case $state in
        *PENDING* | *RUNNING* | *ING* | *REQUEUE*) sleep 0.5 ;;
        *) return ;;
        esac
    done
    fail "job $1 is not over after $2 s: $state"
}

field() # ID NAME
{
    scontrol -o show job "$1" | sed -n "s/.* $2=\([^ ]*\).*/\1/p" | head -n 1
}

check() # FILE: as the clean run, and nothing ran twice
{
    "$build/tests/cli/h5same" clean.h5 "$1" >same.out || fail "$1 differs"
}

twice() # FOLDERS
{
    cat "$@" | awk '$4 == "DONE" { n[$5]++ } END { for (k in n) t += n[k] > 1; print t + 0 }'
}

config=$source/configs/smoke.cfg
# Ten trials of some seconds each, more than a limit of a minute holds on a machine of two cores.
long="epochs=${EPOCHS:-5000}"
lutsweep "$config" "$long" -o clean.h5 --workers 2 >clean.out || exit 99

# ---- one MPI job, requeued at its limit ----

begun=$SECONDS
id=$(sbatch --parsable --ntasks=2 --time=1 --signal=B:USR1@15 \
    "$source/configs/slurm/mpi.sbatch" "$config" mpi.h5 "$long")
wait_job "$id" 600
check mpi.h5
echo "mpi.sbatch: 2 ranks, limit 60 s, USR1 15 s before: $state after $((SECONDS - begun)) s," \
    "$(field "$id" Restarts) restarts, $(twice mpi.h5.run/journal/*) trials ran twice," \
    "checkpoints left: $(find mpi.h5.run -name '*.ckpt' | wc -l)"
grep -h 'time\|stopp\|goes on' lutsweep-"$id".out | sort | uniq -c

# ---- one node, no MPI, by the clock alone ----

begun=$SECONDS
id=$(sbatch --parsable --cpus-per-task=2 --time=1 \
    "$source/configs/slurm/node.sbatch" "$config" node.h5 "$long")
wait_job "$id" 600
check node.h5
echo "node.sbatch: 2 workers, limit 60 s: $state after $((SECONDS - begun)) s," \
    "$(field "$id" Restarts) restarts, $(twice node.h5.run/journal/*) trials ran twice"

# ---- the same without a limit, and with more threads than CPUs ----

id=$(OMP_NUM_THREADS=4 sbatch --parsable --cpus-per-task=2 --time=UNLIMITED \
    "$source/configs/slurm/node.sbatch" "$config" free.h5 epochs=20)
wait_job "$id" 100
lutsweep "$config" epochs=20 -o short.h5 >short.out
"$build/tests/cli/h5same" short.h5 free.h5 >same.out || fail "node.sbatch without a limit"
echo "node.sbatch: no limit, 4 threads on 2 CPUs: $state"

# ---- an array and its merge ----

begun=$SECONDS
id=$(sbatch --parsable --array=1-3 --cpus-per-task=1 --time=1 --signal=B:USR1@15 \
    "$source/configs/slurm/array.sbatch" "$config" array.h5 "$long")
merge=$(sbatch --parsable --dependency=afterany:"$id" "$source/configs/slurm/merge.sbatch" array.h5)
wait_job "$merge" 600
check array.h5
echo "array.sbatch: 3 tasks, then merge.sbatch: $state after $((SECONDS - begun)) s," \
    "restarts: $(scontrol -o show job "$id" | sed -n 's/.* Restarts=\([0-9]*\).*/\1/p' | tr '\n' ' ')," \
    "$(twice array.part-*.run/journal/*) trials ran twice"

# One part lost its file and has its folder; then it is gone altogether and made once more.
rm array.h5 array.part-2.h5
merge=$(sbatch --parsable "$source/configs/slurm/merge.sbatch" array.h5)
wait_job "$merge" 100
check array.h5
rm -r array.h5 array.part-2.h5.run
id=$(PARTS=3 sbatch --parsable --array=2 --cpus-per-task=1 --time=5 \
    "$source/configs/slurm/array.sbatch" "$config" array.h5 "$long")
wait_job "$id" 600
merge=$(sbatch --parsable "$source/configs/slurm/merge.sbatch" array.h5)
wait_job "$merge" 100
check array.h5
echo "merge.sbatch: a part without its file, and one made once more: $state"

# ---- srun ----

srun --mpi=pmix -n 3 lutsweep "$config" epochs=20 -o pmix.h5 >pmix.out 2>&1
code=$?
"$build/tests/cli/h5same" short.h5 pmix.h5 >same.out || fail "srun --mpi=pmix"
echo "srun --mpi=pmix -n 3: exit $code, $(ls pmix.h5.run/journal | wc -l) ranks, equal"
"$source/tools/lutsweep-relaunch" srun --mpi=pmix -J lutsweep -o log.out -n 3 lutsweep "$config" \
    epochs=20 -o again.h5 >again.out 2>&1 || fail "lutsweep-relaunch srun"
"$build/tests/cli/h5same" short.h5 again.h5 >same.out || fail "lutsweep-relaunch srun"
srun --mpi=none -n 3 lutsweep "$config" epochs=20 -o none.h5 >none.out 2>&1
code=$?
[ $code = 2 ] && [ ! -e none.h5.run ] || fail "srun --mpi=none: exit $code"
echo "srun --mpi=none -n 3: exit $code, nothing written"

# ---- scancel ----

id=$(sbatch --parsable --ntasks=2 --time=5 "$source/configs/slurm/mpi.sbatch" "$config" cancel.h5 "$long")
for ((i = 0; i < 100; i++)); do
    [ "$(find cancel.h5.run/rec -name '*.rec' 2>/dev/null | wc -l)" -ge 2 ] && break
    sleep 0.5
done
sent=$(date +%s%N)
scancel "$id"
while pgrep -f "lutsweep.*cancel\.h5" >/dev/null; do sleep 0.1; done
took=$((($(date +%s%N) - sent) / 1000000))
wait_job "$id" 60
had=$(find cancel.h5.run/rec -name '*.rec' | wc -l)
lutsweep "$config" "$long" -o cancel.h5 --workers 2 >cancel.out 2>&1
code=$?
check cancel.h5
echo "scancel: $state, all processes gone after $took ms, $had of 10 finished;" \
    "run again: exit $code, equal, $(twice cancel.h5.run/journal/*) trials ran twice"
exit $bad
