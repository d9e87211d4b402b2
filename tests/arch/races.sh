#!/bin/sh
# The threads of a team meet in atomic objects only: ThreadSanitizer watches the test of
# teams, whose threads are plain ones.  (Of OpenMP's it would report the runtime library, which
# GNU builds without annotations.)
set -eu

skip()
{
    echo "$*"
    exit 77
}

here=$(pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/probe.c" <<'END'
#include <CUnit/Basic.h>
int main(void) { return CU_initialize_registry() != CUE_SUCCESS; }
END
thread="$CC -std=c11 -O1 -g -D_GNU_SOURCE -fsanitize=thread"
{ $thread "$folder/probe.c" -o "$folder/probe" -lcunit && "$folder/probe"; } \
    >"$folder/log" 2>&1 || skip "no program with ThreadSanitizer and CUnit runs here"
cd "$srcdir"
$thread -I. tests/unit/test_team.c lib/base/team.c lib/base/exec.c lib/base/check.c \
    -Wno-unknown-pragmas -o "$folder/test" -lcunit
cd "$here"
TSAN_OPTIONS='halt_on_error=1 exitcode=66' "$folder/test"
