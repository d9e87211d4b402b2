# One CUnit program per module, same name.  tests/support/unit.h has the main function.
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; export srcdir; \
	top_builddir='$(top_builddir)'; export top_builddir; \
	MPIRUN='$(MPIRUN)'; export MPIRUN; PYTHON='$(PYTHON)'; export PYTHON; \
	CC='$(CC)'; export CC; CFLAGS='$(CFLAGS)'; export CFLAGS; \
	HEADER_FLAGS='$(HEADER_FLAGS)'; export HEADER_FLAGS;
HEADER_FLAGS = $(LUT_CFLAGS) $(SET_CFLAGS) $(OPENMP_CFLAGS) $(ZLIB_CFLAGS) $(NETTLE_CFLAGS) \
	$(LIBCONFIG_CFLAGS) $(HDF5_CFLAGS) $(MPI_CFLAGS)

UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CUNIT_CFLAGS) -DTEST_DATA='"$(abs_top_srcdir)/tests/data"' \
	-DSOURCE_DATA='"$(abs_top_srcdir)/data"'
UNIT_LDADD = $(LUT_LIBS) $(CUNIT_LIBS) $(LUT_SYSTEM_LIBS)
UNIT_TESTS =
EXTRA_DIST += tests/support/folder.h tests/support/unit.h tests/data/README.md \
	tests/data/encoder.txt tests/data/make_encoder_vectors.py

if HAVE_CUNIT
UNIT_TESTS += tests/unit/test_base
tests_unit_test_base_SOURCES  = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_base_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_circuit
tests_unit_test_circuit_SOURCES  = tests/unit/test_circuit.c
tests_unit_test_circuit_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_circuit_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_data
tests_unit_test_data_SOURCES  = tests/unit/test_data.c
tests_unit_test_data_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_data_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_encode
tests_unit_test_encode_SOURCES  = tests/unit/test_encode.c
tests_unit_test_encode_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_encode_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_net
tests_unit_test_net_SOURCES  = tests/unit/test_net.c
tests_unit_test_net_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_net_CFLAGS   = $(AM_CFLAGS) $(SET_CFLAGS)
tests_unit_test_net_LDADD    = $(UNIT_LDADD)
tests_unit_test_net_LDFLAGS  = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	-Wl,--wrap=aligned_alloc,--wrap=free

UNIT_TESTS += tests/unit/test_readers
tests_unit_test_readers_SOURCES  = tests/unit/test_readers.c
tests_unit_test_readers_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_readers_LDADD    = $(UNIT_LDADD)

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

# The numerics core: laws of every plug-in, equality of kernel sets, reference vectors.
# They look at vectors of 16 lanes, hence SET_CFLAGS.
CORE_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
PROP_TESTS =
EQUIV_TESTS =
EXTRA_DIST += tests/support/lone.h tests/support/nets.h tests/data/make_vectors.py \
	tests/data/vectors/head.txt tests/data/vectors/init.txt tests/data/vectors/lut.txt \
	tests/data/vectors/mapping.txt tests/data/vectors/network.txt

if HAVE_CUNIT
PROP_TESTS += tests/prop/test_param
tests_prop_test_param_SOURCES  = tests/prop/test_param.c
tests_prop_test_param_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_prop_test_param_CFLAGS   = $(CORE_CFLAGS)
tests_prop_test_param_LDADD    = $(UNIT_LDADD)

EQUIV_TESTS += tests/equiv/test_sets
tests_equiv_test_sets_SOURCES  = tests/equiv/test_sets.c
tests_equiv_test_sets_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_equiv_test_sets_CFLAGS   = $(CORE_CFLAGS)
tests_equiv_test_sets_LDADD    = $(UNIT_LDADD)

EQUIV_TESTS += tests/equiv/test_vectors
tests_equiv_test_vectors_SOURCES  = tests/equiv/test_vectors.c
tests_equiv_test_vectors_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_equiv_test_vectors_CFLAGS   = $(CORE_CFLAGS)
tests_equiv_test_vectors_LDADD    = $(UNIT_LDADD)

check_PROGRAMS += $(PROP_TESTS) $(EQUIV_TESTS)
TESTS += $(PROP_TESTS) $(EQUIV_TESTS)
endif

# What holds the layers apart.
ARCH_TESTS = \
	tests/arch/baseline.sh \
	tests/arch/functions.sh \
	tests/arch/headers.sh \
	tests/arch/includes.sh \
	tests/arch/symbols.sh
TESTS += $(ARCH_TESTS)
EXTRA_DIST += $(ARCH_TESTS)
