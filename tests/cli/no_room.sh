#!/bin/sh
# A folder that must not be written, a disk that is full from the start and one that fills
# up: exit status 5, one message, and nothing that was finished is lost.
. "${srcdir:-.}/tests/mpi/common.sh"

if [ "$(id -u)" != 0 ]; then
    echo "only root can mount a small disk: skipped"
    exit 77
fi

expect 0 "$lutsweep" "$config" epochs=2 -o clean.h5

# ---- no permission ----
mkdir closed
chmod 755 . closed
if command -v setpriv >/dev/null && setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$lutsweep" --version >user.out 2>&1; then
    expect 5 setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$lutsweep" "$config" epochs=2 -o closed/x.h5
    cat last.out
    grep -q 'closed/x.h5.run: Permission denied' last.out || die "no message"
    [ -z "$(ls -A closed)" ] || die "something was written"
else
    echo "no other user to be: that case is left out"
fi

# ---- a disk of 200 kB ----
mkdir disk
if ! mount -t tmpfs -o size=200k lutsweep-test disk 2>mount.out; then
    echo "no disk can be mounted here: skipped"
    exit 77
fi
trap 'umount "$work/disk"; rm -rf "$work"' EXIT

fill() # fill up the disk, but for so many kB
{
    dd if=/dev/zero of=disk/fill bs=1k 2>dd.out
    truncate -s "-${1}K" disk/fill
}

fill 0
expect 5 "$lutsweep" "$config" epochs=2 -o disk/x.h5
cat last.out
grep -q 'No space left' last.out || die "no message"
[ "$(ls disk)" = fill ] || die "something was left behind"

# Room for the start, not for the end.
fill 100
expect 5 "$lutsweep" "$config" epochs=2 -o disk/x.h5 --workers 1
cat last.out
grep -q 'No space left' last.out || die "no message"
grep -q 'nothing finished is lost' last.out || die "no way on"
had=$(records disk/x.h5)
[ "$had" -ge 1 ] && [ "$had" -lt 10 ] || die "$had records on a full disk"
ls disk/x.h5.run/rec/*/*.rec | xargs cksum >before.out
rm disk/fill
mount -o remount,size=4m disk
expect 0 "$lutsweep" "$config" epochs=2 -o disk/x.h5
equal clean.h5 disk/x.h5
cksum $(sed 's/.* //' before.out) >after.out
cmp -s before.out after.out || die "what was finished was computed again"
exit 0
