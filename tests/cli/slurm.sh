#!/bin/sh
# The scripts of configs/slurm where Slurm is played: what they make of its variables and of
# squeue's answers, and parts that have a folder and no file.
. "${srcdir:-.}/tests/mpi/common.sh"
command -v bash >/dev/null || { echo "no bash: skipped"; exit 77; }
slurm=$source/configs/slurm
mkdir bin
cat >bin/squeue <<'END_OF_FAKE'
#!/bin/sh
echo "$SQUEUE_SAYS"
END_OF_FAKE
cat >bin/lutsweep <<'END_OF_FAKE'
#!/bin/sh
echo "END=${SLURM_JOB_END_TIME-none}" "$@"
END_OF_FAKE
chmod +x bin/*

node() # SQUEUE_SAYS CPUS THREADS WANT
{
    SLURM_JOB_ID=1 SQUEUE_SAYS=$1 SLURM_CPUS_PER_TASK=$2 OMP_NUM_THREADS=$3 PATH=$work/bin:$PATH \
        TZ=UTC expect 0 bash "$slurm/node.sbatch" c.cfg r.h5 seeds=2
    [ "$(cat last.out)" = "$4" ] || die "node.sbatch: $(cat last.out), want $4"
}
unset SLURM_JOB_END_TIME
node 2026-01-01T00:00:00 16 4 "END=1767225600 c.cfg -o r.h5 --workers 4 seeds=2"
node N/A 16 32 "END=none c.cfg -o r.h5 --workers 1 seeds=2"
node "" 3 2 "END=none c.cfg -o r.h5 --workers 1 seeds=2"

# Three parts of ten trials; the second is killed before it can write its file.
mkdir "a folder"
cd "a folder" || exit 99
ln -s "$lutsweep" ../bin/real
part() # I ARGUMENTS ...
{
    i=$1
    shift
    expect 0 "$lutsweep" "$config" epochs=20 --part "$i/3" -o "x.part-$i.h5" "$@"
}
merge() # CODE
{
    ln -sf "$lutsweep" ../bin/lutsweep
    PATH=$work/bin:$PATH expect "$1" bash "$slurm/merge.sbatch" x.h5
}
merge 2
grep -q 'no x.part-\*.h5 here' last.out || die "no word of what is missing"
part 1
part 2
part 3
rm x.part-2.h5
rm -r x.part-3.h5.run
merge 0
expect 0 "$lutsweep" "$config" epochs=20 -o ../clean.h5
equal ../clean.h5 x.h5
grep -q 'not joined' last.out && die "merge.sbatch forgot a part"

# By hand: whoever forgets one is told, with what else is near left alone.
mkdir x.part-.h5.run xx.part-2.h5.run x.part-7.h6.run
for dir in . "$PWD" "../a folder"; do
    rm -rf y.h5
    expect 0 "$lutsweep" --merge "$dir"/x.part-*.h5 -o y.h5
    [ "$(grep -c 'not joined' last.out)" = 1 ] || die "not one word of one forgotten part"
    grep -qF "$dir/x.part-2.h5 was not named" last.out || die "x.part-2.h5 is not named"
done
expect 0 "$lutsweep" --merge x.part-1.h5 ./x.part-2.h5 x.part-3.h5 -o y.h5
grep -q 'not joined' last.out && die "a part that was named"
equal ../clean.h5 y.h5
expect 0 "$lutsweep" --merge x.part-1.h5 x.part-3.h5 -o x.part-2.h5
grep -q 'not joined' last.out && die "the output is joined"
exit 0
