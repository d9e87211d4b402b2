#!/bin/sh
# What is compiled without flags of a kernel set has no instruction beyond the baseline: one
# stray AVX instruction ends the program on a machine without it, before the kernel set has
# been chosen.
set -eu

skip()
{
    echo "$*"
    exit 77
}

command -v objdump >/dev/null || skip "objdump was not found (package binutils)"
case $(uname -m) in
x86_64 | i?86) ;;
*) skip "only x86 has these instruction sets" ;;
esac
case " $CC $CFLAGS " in
*" -m"*) skip "the compiler was told what machine to use: $CFLAGS" ;;
esac

bad=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for archive in *.a; do
    case $archive in
    *avx*) continue ;;
    esac
    objdump -d --no-show-raw-insn "$archive" >"$out"
    grep -q '%xmm\|%r[a-d]x' "$out" || [ "$archive" != liblut.a ] || {
        echo "$archive: objdump shows no code"
        bad=1
    }
    ! grep -n -m 5 '%[yz]mm[0-9]' "$out" || {
        echo "$archive: instructions beyond the baseline"
        bad=1
    }
done
exit $bad
