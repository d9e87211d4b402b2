dnl LUT_NEED(VAR, MODULES, WHAT, PACKAGE): a library, or the name of what to install.
AC_DEFUN([LUT_NEED], [
  PKG_CHECK_MODULES([$1], [$2], [],
    [AC_MSG_ERROR([$3 was not found. On Debian and Ubuntu: apt-get install $4
    (./bootstrap deps installs all that is needed)])])
])

AC_DEFUN([LUT_DEPS], [
  AS_IF([test -z "$PKG_CONFIG"],
    [AC_MSG_ERROR([pkg-config was not found. On Debian and Ubuntu: apt-get install pkg-config])])
  LUT_NEED([ZLIB], [zlib], [zlib], [zlib1g-dev])
  LUT_NEED([LIBCONFIG], [libconfig >= 1.5], [libconfig], [libconfig-dev])
  LUT_NEED([NETTLE], [nettle], [nettle (SHA-256)], [nettle-dev])
  dnl The store has one writer, so serial HDF5 is enough; prefer it because it does not
  dnl drag MPI into the analysis tools.
  HDF5_FLAVOUR=serial
  PKG_CHECK_MODULES([HDF5], [hdf5-serial >= 1.10], [],
    [HDF5_FLAVOUR=default
     LUT_NEED([HDF5], [hdf5 >= 1.10], [HDF5], [libhdf5-dev])])
  lut_save_LIBS=$LIBS
  LIBS="$HDF5_LIBS $LIBS"
  AC_CHECK_FUNCS([H5Pset_file_locking])
  dnl Dimension scales, for netCDF: a library beside the other one.
  LIBS=$lut_save_LIBS
  AC_CHECK_LIB([hdf5_hl], [H5DSset_scale],
    [HDF5_LIBS=`AS_ECHO(["$HDF5_LIBS"]) | sed 's/-lhdf5/-lhdf5_hl &/'`],
    [AC_MSG_ERROR([HDF5's high-level library was not found. On Debian and Ubuntu: apt-get install libhdf5-dev])],
    [$HDF5_LIBS])
  LIBS=$lut_save_LIBS
  LUT_NEED([GSL], [gsl >= 2.0], [GSL (statistics of reports)], [libgsl-dev])
  LUT_NEED([MPI], [ompi-c], [Open MPI], [libopenmpi-dev openmpi-bin])
  PKG_CHECK_MODULES([CUNIT], [cunit >= 2.1], [have_cunit=yes], [have_cunit=no])
  AM_CONDITIONAL([HAVE_CUNIT], [test "$have_cunit" = yes])
  lut_cunit=$have_cunit
  AS_IF([test "$have_cunit" = no],
    [lut_cunit="no: CUnit was not found (apt-get install libcunit1-dev)"])
  AC_ARG_VAR([MPIRUN], [mpirun for the tests])
  AC_PATH_PROGS([MPIRUN], [mpirun mpiexec])
  AC_PATH_PROG([PYTHON], [python3])
  AC_DEFINE_UNQUOTED([LUT_MPI], ["`$PKG_CONFIG --modversion ompi-c | sed 's/^/Open MPI /'`"],
    [MPI flavour and version])
])

AC_DEFUN([LUT_SUMMARY], [
cat <<EOF

$PACKAGE_NAME $PACKAGE_VERSION ($lut_revision)
  compiler          $CC $CFLAGS
  project flags     $LUT_CFLAGS
  OpenMP            ${OPENMP_CFLAGS:-no: one thread per trial}
  kernel sets       scalar, avx2: $enable_avx2, avx512: $enable_avx512
  MPI               $MPI_LIBS
  HDF5              $HDF5_FLAVOUR: $HDF5_LIBS
  unit tests        $lut_cunit
  internal checks   $enable_checks
  fault injection   $enable_fault_injection
  sanitizers        $enable_sanitize
  coverage          $enable_coverage
  mpirun            ${MPIRUN:-not found: MPI tests are skipped}
  python3           ${PYTHON:-not found: reader tests are skipped}

EOF
])
