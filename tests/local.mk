# One CUnit program per module, same name.  tests/support/unit.h has the main function.
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; export srcdir; \
	top_builddir='$(top_builddir)'; export top_builddir; \
	MPIRUN='$(MPIRUN)'; export MPIRUN; PYTHON='$(PYTHON)'; export PYTHON;

UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CUNIT_CFLAGS) -DTEST_DATA='"$(abs_top_srcdir)/tests/data"' \
	-DSOURCE_DATA='"$(abs_top_srcdir)/data"'
UNIT_LDADD = $(LUT_LIBS) $(CUNIT_LIBS) $(LUT_SYSTEM_LIBS)
# Tests of the configuration: a stand-in tells the facts of data sets.
SPEC_TEST_SOURCES = tests/support/fake_facts.c tests/support/fake_facts.h \
	tests/support/stub_tables.c
SPEC_TEST_CPPFLAGS = $(UNIT_CPPFLAGS) -DGOLDEN='"$(abs_top_srcdir)/tests/golden"' \
	-DCONFIGS='"$(abs_top_srcdir)/configs"'
SPEC_TEST_LDADD = $(SPEC_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) $(CUNIT_LIBS) $(SPEC_SYSTEM_LIBS) \
	$(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)
UNIT_TESTS =
EXTRA_DIST += tests/support/unit.h

if HAVE_CUNIT
UNIT_TESTS += tests/unit/test_base
tests_unit_test_base_SOURCES  = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_base_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_expr
tests_unit_test_expr_SOURCES  = tests/unit/test_expr.c $(SPEC_TEST_SOURCES)
tests_unit_test_expr_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_expr_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/golden/test_golden
tests_golden_test_golden_SOURCES  = tests/golden/test_golden.c $(SPEC_TEST_SOURCES)
tests_golden_test_golden_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_golden_test_golden_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_space
tests_unit_test_space_SOURCES  = tests/unit/test_space.c $(SPEC_TEST_SOURCES)
tests_unit_test_space_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_space_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_spec
tests_unit_test_spec_SOURCES  = tests/unit/test_spec.c $(SPEC_TEST_SOURCES)
tests_unit_test_spec_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_spec_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_trial
tests_unit_test_trial_SOURCES  = tests/unit/test_trial.c $(SPEC_TEST_SOURCES)
tests_unit_test_trial_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_trial_LDADD    = $(SPEC_TEST_LDADD)

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
