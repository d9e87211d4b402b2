dnl Kernel sets beyond the baseline.  Each is compiled with flags of its own and chosen at
dnl run time; all give the same bytes.
dnl LUT_SET_FLAGS(VAR, NAME, ENABLE, FLAGS, BODY): those of the flags that the compiler takes;
dnl the set is built where BODY compiles under them.
AC_DEFUN([LUT_SET_FLAGS], [
  lut_set_flags=
  AS_IF([test "$$3" != no], [
    m4_foreach_w([flag], [$4], [LUT_TRY_FLAG([lut_set_flags], flag)])
    AC_MSG_CHECKING([whether the $2 kernels can be built])
    lut_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS $lut_set_flags"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <immintrin.h>]], [[$5]])],
      [AC_MSG_RESULT([yes]); lut_set_ok=yes], [AC_MSG_RESULT([no]); lut_set_ok=no])
    CFLAGS=$lut_save_CFLAGS
    AS_IF([test "$lut_set_ok$$3" = noyes],
      [AC_MSG_ERROR([the $2 kernels were asked for, but $CC cannot build them])])
    $3=$lut_set_ok
  ])
  $1=$lut_set_flags
  AC_SUBST([$1])
])

AC_DEFUN([LUT_SIMD], [
  AC_ARG_ENABLE([avx2], [AS_HELP_STRING([--disable-avx2], [leave out the AVX2 kernels])],
    [], [enable_avx2=auto])
  AC_ARG_ENABLE([avx512], [AS_HELP_STRING([--disable-avx512],
    [leave out the AVX-512 kernels])], [], [enable_avx512=auto])
  dnl Without -mmove-max GCC copies 64-byte vectors by halves of a register on AVX2, and
  dnl every load after such a store stalls.
  LUT_SET_FLAGS([AVX2_CFLAGS], [AVX2], [enable_avx2], [-mavx2 -mfma -mf16c -mmove-max=256 -mstore-max=256],
    [__m256 x = _mm256_setzero_ps(); x = _mm256_fmadd_ps(x, x, x);
     (void)_mm256_cvtps_ph(x, 0);])
  dnl Hot loops are vectors as written.  What GCC makes of the short ones between them costs
  dnl more than it saves: a masked load from a null pointer, for one, is hundreds of cycles.
  dnl Only here: on AVX2 the vectorizer also mends how vectors of two registers are made.
  LUT_SET_FLAGS([AVX512_CFLAGS], [AVX-512], [enable_avx512],
    [-mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512 -fno-tree-vectorize],
    [__m512 x = _mm512_setzero_ps(); x = _mm512_fmadd_ps(x, x, x); (void)x;])
  AM_CONDITIONAL([LUT_AVX2], [test "$enable_avx2" = yes])
  AM_CONDITIONAL([LUT_AVX512], [test "$enable_avx512" = yes])
  AS_IF([test "$enable_avx2" = yes], [AC_DEFINE([LUT_HAVE_AVX2], [1], [AVX2 kernels are built])])
  AS_IF([test "$enable_avx512" = yes],
    [AC_DEFINE([LUT_HAVE_AVX512], [1], [AVX-512 kernels are built])])
  dnl Vectors of 64 bytes never cross a compiled boundary; the note on their ABI is noise.
  SET_CFLAGS=
  LUT_TRY_FLAG([SET_CFLAGS], [-Wno-psabi])
  AC_SUBST([SET_CFLAGS])
])
