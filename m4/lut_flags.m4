dnl LUT_TRY_FLAG(VAR, FLAG): append FLAG to VAR if the compiler takes it.
AC_DEFUN([LUT_TRY_FLAG], [
  AC_MSG_CHECKING([whether $CC accepts $2])
  lut_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS -Werror $2"
  AC_COMPILE_IFELSE([AC_LANG_SOURCE([[extern int lut_probe; int lut_probe;]])],
    [AC_MSG_RESULT([yes]); $1="$$1 $2"], [AC_MSG_RESULT([no])])
  CFLAGS=$lut_save_CFLAGS
])

dnl CFLAGS belongs to the user, WERROR_CFLAGS to CI, LUT_CFLAGS to the project.
dnl -ffp-contract=off: the same bytes on every machine need every rounding to be written.
AC_DEFUN([LUT_WARNINGS], [
  LUT_CFLAGS="-std=c11 -ffp-contract=off"
  m4_foreach_w([flag], [-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wpointer-arith -Wvla -Wwrite-strings -Wfloat-conversion -Wundef],
    [LUT_TRY_FLAG([LUT_CFLAGS], flag)])
  dnl Texts are cut to their room on purpose; the warning guesses, differently at each -O.
  LUT_TRY_FLAG([LUT_CFLAGS], [-Wno-format-truncation])
  LUT_TRY_FLAG([LUT_CFLAGS], [-Wno-stringop-truncation])
  AC_ARG_ENABLE([dev], [AS_HELP_STRING([--enable-dev],
    [warnings as errors and internal checks])], [], [enable_dev=no])
  AC_ARG_VAR([WERROR_CFLAGS], [flags appended for CI, for example -Werror])
  AS_IF([test "$enable_dev" = yes], [WERROR_CFLAGS="$WERROR_CFLAGS -Werror"])
  LUT_CFLAGS="$LUT_CFLAGS $WERROR_CFLAGS"
  AC_SUBST([LUT_CFLAGS])
])

AC_DEFUN([LUT_CHECKS], [
  AC_ARG_ENABLE([checks], [AS_HELP_STRING([--enable-checks],
    [check internal invariants in loops (slow)])], [], [enable_checks=$enable_dev])
  AS_IF([test "$enable_checks" = yes],
    [AC_DEFINE([LUT_ENABLE_CHECKS], [1], [internal invariants are checked])
     LUT_CFLAGS="$LUT_CFLAGS -DLUT_ENABLE_CHECKS"])
])

dnl Tests of crashes: LUTSWEEP_FAULT lets named places in the program die (sweep/fault.h).
AC_DEFUN([LUT_FAULTS], [
  AC_ARG_ENABLE([fault-injection], [AS_HELP_STRING([--enable-fault-injection],
    [let LUTSWEEP_FAULT kill and fail named places, for tests])], [],
    [enable_fault_injection=$enable_dev])
  AS_IF([test "$enable_fault_injection" = yes],
    [LUT_CFLAGS="$LUT_CFLAGS -DSWEEP_FAULT_INJECTION"])
])

AC_DEFUN([LUT_SANITIZE], [
  AC_ARG_ENABLE([sanitize], [AS_HELP_STRING([--enable-sanitize=LIST],
    [address,undefined or thread])], [], [enable_sanitize=no])
  AS_IF([test "$enable_sanitize" != no],
    [LUT_CFLAGS="$LUT_CFLAGS -fsanitize=$enable_sanitize -fno-omit-frame-pointer -fno-sanitize-recover=undefined"
     LUT_LDFLAGS="$LUT_LDFLAGS -fsanitize=$enable_sanitize"])
  AC_SUBST([LUT_LDFLAGS])
])

AC_DEFUN([LUT_COVERAGE], [
  AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage],
    [count executed lines for gcov])], [], [enable_coverage=no])
  AS_IF([test "$enable_coverage" = yes],
    [LUT_CFLAGS="$LUT_CFLAGS --coverage"
     LUT_LDFLAGS="$LUT_LDFLAGS --coverage"])
])
