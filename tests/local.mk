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
# Tests of the numerics look at vectors of 16 lanes.
CORE_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
FAIL_ALLOC_WRAP = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc

# Tests of the configuration: a stand-in tells the facts of data sets.
SPEC_TEST_SOURCES = tests/support/fake_facts.c tests/support/fake_facts.h
SPEC_TEST_CPPFLAGS = $(UNIT_CPPFLAGS) -DGOLDEN='"$(abs_top_srcdir)/tests/golden"' \
	-DCONFIGS='"$(abs_top_srcdir)/configs"'
SPEC_TEST_LDADD = $(SPEC_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) $(CUNIT_LIBS) $(SPEC_SYSTEM_LIBS) \
	$(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

# Tests of what comes after training: results are made up.
FAKE_RESULT = tests/support/fake_result.c tests/support/fake_result.h
STORE_TEST_LDADD = $(STORE_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) $(CUNIT_LIBS) \
	$(STORE_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)
UNIT_TESTS =
# A folder as a whole: numbered files come and go.
EXTRA_DIST += tests/golden
EXTRA_DIST += tests/support/folder.h tests/support/unit.h tests/data/README.md

EXTRA_DIST += tests/data/jsc-cernbox/jsc_features.npy tests/data/jsc-cernbox/jsc_labels.npy \
	tests/data/jsc-openml/hls4ml_lhc_jets_hlf.arff tests/data/make_jsc.py

if HAVE_CUNIT
UNIT_TESTS += tests/unit/test_anova
tests_unit_test_anova_SOURCES  = tests/unit/test_anova.c \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_anova_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_anova_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_anova_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD) \
	$(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_appendix
tests_unit_test_appendix_SOURCES  = tests/unit/test_appendix.c $(FAKE_RESULT)
tests_unit_test_appendix_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_appendix_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) \
	$(STORE_TEST_LDADD) $(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_arrays
tests_unit_test_arrays_SOURCES  = tests/unit/test_arrays.c
tests_unit_test_arrays_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_arrays_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_attempt
tests_unit_test_attempt_SOURCES  = tests/unit/test_attempt.c $(FAKE_RESULT) \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_attempt_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_attempt_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_attempt_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) \
	$(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_base
tests_unit_test_base_SOURCES  = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_base_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_baselines
tests_unit_test_baselines_SOURCES  = tests/unit/test_baselines.c
tests_unit_test_baselines_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_baselines_LDADD    = $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_bench
tests_unit_test_bench_SOURCES  = tests/unit/test_bench.c
tests_unit_test_bench_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_bench_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_bench_LDADD    = $(BENCH_LIBS) $(CUNIT_LIBS) $(BENCH_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_care
tests_unit_test_care_SOURCES  = tests/unit/test_care.c
tests_unit_test_care_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_care_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_cell
tests_unit_test_cell_SOURCES  = tests/unit/test_cell.c
tests_unit_test_cell_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_cell_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_cell_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_checkpoint
tests_unit_test_checkpoint_SOURCES  = tests/unit/test_checkpoint.c
tests_unit_test_checkpoint_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_checkpoint_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_checkpoint_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_child
tests_unit_test_child_SOURCES  = tests/unit/test_child.c
tests_unit_test_child_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_child_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_choice
tests_unit_test_choice_SOURCES  = tests/unit/test_choice.c $(FAKE_RESULT)
tests_unit_test_choice_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_choice_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD) \
	$(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_circuit
tests_unit_test_circuit_SOURCES  = tests/unit/test_circuit.c
tests_unit_test_circuit_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_circuit_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_cost
tests_unit_test_cost_SOURCES  = tests/unit/test_cost.c
tests_unit_test_cost_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_cost_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_data
tests_unit_test_data_SOURCES  = tests/unit/test_data.c
tests_unit_test_data_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_data_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_effects
tests_unit_test_effects_SOURCES  = tests/unit/test_effects.c $(FAKE_RESULT) \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_effects_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_effects_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_effects_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD) \
	$(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_emit
tests_unit_test_emit_SOURCES  = tests/unit/test_emit.c
tests_unit_test_emit_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_emit_LDADD    = $(EMIT_LIBS) $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_encode
tests_unit_test_encode_SOURCES  = tests/unit/test_encode.c
tests_unit_test_encode_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_encode_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_expr
tests_unit_test_expr_SOURCES  = tests/unit/test_expr.c
tests_unit_test_expr_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_expr_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_export
tests_unit_test_export_SOURCES  = tests/unit/test_export.c \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_export_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_export_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_export_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_figures
tests_unit_test_figures_SOURCES  = tests/unit/test_figures.c $(FAKE_RESULT) \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_figures_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_figures_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_figures_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD) \
	$(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_golden
tests_unit_test_golden_SOURCES  = tests/unit/test_golden.c $(SPEC_TEST_SOURCES)
tests_unit_test_golden_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_golden_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_design
tests_unit_test_design_SOURCES  = tests/unit/test_design.c
tests_unit_test_design_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_design_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_farm
tests_unit_test_farm_SOURCES  = tests/unit/test_farm.c
tests_unit_test_farm_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_farm_LDADD    = $(FARM_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(SWEEP_LIBS) \
	$(UNIT_LDADD) $(STORE_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_inspect
tests_unit_test_inspect_SOURCES  = tests/unit/test_inspect.c
tests_unit_test_inspect_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inspect_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_inlet
tests_unit_test_inlet_SOURCES  = tests/unit/test_inlet.c
tests_unit_test_inlet_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_inlet_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_inlet_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_journal
tests_unit_test_journal_SOURCES  = tests/unit/test_journal.c
tests_unit_test_journal_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_journal_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_known
tests_unit_test_known_SOURCES  = tests/unit/test_known.c
tests_unit_test_known_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_known_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_labelled
tests_unit_test_labelled_SOURCES  = tests/unit/test_labelled.c $(FAKE_RESULT)
tests_unit_test_labelled_CPPFLAGS = $(UNIT_CPPFLAGS) $(HDF5_CFLAGS)
tests_unit_test_labelled_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD) \
	$(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_lease
tests_unit_test_lease_SOURCES  = tests/unit/test_lease.c
tests_unit_test_lease_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_lease_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_map
tests_unit_test_map_SOURCES  = tests/unit/test_map.c
tests_unit_test_map_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_map_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_map_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_merge
tests_unit_test_merge_SOURCES  = tests/unit/test_merge.c $(FAKE_RESULT)
tests_unit_test_merge_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_merge_LDADD    = $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD)

UNIT_TESTS += tests/unit/test_net
tests_unit_test_net_SOURCES  = tests/unit/test_net.c
tests_unit_test_net_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_net_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_net_LDADD    = $(UNIT_LDADD)
tests_unit_test_net_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP) -Wl,--wrap=free

UNIT_TESTS += tests/unit/test_netlist
tests_unit_test_netlist_SOURCES  = tests/unit/test_netlist.c
tests_unit_test_netlist_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_netlist_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_no_memory
tests_unit_test_no_memory_SOURCES  = tests/unit/test_no_memory.c \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_no_memory_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_no_memory_CFLAGS   = $(AM_CFLAGS) $(SET_CFLAGS)
tests_unit_test_no_memory_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_no_memory_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_place
tests_unit_test_place_SOURCES  = tests/unit/test_place.c
tests_unit_test_place_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_place_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_progress
tests_unit_test_progress_SOURCES  = tests/unit/test_progress.c
tests_unit_test_progress_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_progress_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_protocol
tests_unit_test_protocol_SOURCES  = tests/unit/test_protocol.c
tests_unit_test_protocol_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_protocol_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) \
	$(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_readers
tests_unit_test_readers_SOURCES  = tests/unit/test_readers.c
tests_unit_test_readers_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_readers_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_record
tests_unit_test_record_SOURCES  = tests/unit/test_record.c $(FAKE_RESULT)
tests_unit_test_record_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_record_LDADD    = $(STORE_TEST_LDADD)

UNIT_TESTS += tests/unit/test_regul
tests_unit_test_regul_SOURCES  = tests/unit/test_regul.c
tests_unit_test_regul_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_regul_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_regul_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_report
tests_unit_test_report_SOURCES  = tests/unit/test_report.c $(FAKE_RESULT)
tests_unit_test_report_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_report_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD) \
	$(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_reproduce
tests_unit_test_reproduce_SOURCES  = tests/unit/test_reproduce.c $(FAKE_RESULT)
tests_unit_test_reproduce_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_reproduce_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) \
	$(STORE_TEST_LDADD) $(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_resume
tests_unit_test_resume_SOURCES  = tests/unit/test_resume.c $(FAKE_RESULT)
tests_unit_test_resume_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_resume_LDADD    = $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD)

UNIT_TESTS += tests/unit/test_run
tests_unit_test_run_SOURCES  = tests/unit/test_run.c
tests_unit_test_run_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_run_CFLAGS   = $(AM_CFLAGS) $(SET_CFLAGS)
tests_unit_test_run_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_sample
tests_unit_test_sample_SOURCES  = tests/unit/test_sample.c
tests_unit_test_sample_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sample_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_schedule
tests_unit_test_schedule_SOURCES  = tests/unit/test_schedule.c
tests_unit_test_schedule_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_schedule_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) \
	$(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_published
tests_unit_test_published_SOURCES  = tests/unit/test_published.c $(FAKE_RESULT)
tests_unit_test_published_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_published_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) \
	$(STORE_TEST_LDADD) $(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_recipes
tests_unit_test_recipes_SOURCES  = tests/unit/test_recipes.c $(SPEC_TEST_SOURCES)
tests_unit_test_recipes_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_recipes_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_sheet
tests_unit_test_sheet_SOURCES  = tests/unit/test_sheet.c
tests_unit_test_sheet_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_sheet_LDADD    = $(REPORT_LIBS) $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_space
tests_unit_test_space_SOURCES  = tests/unit/test_space.c $(SPEC_TEST_SOURCES)
tests_unit_test_space_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_space_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_spec
tests_unit_test_spec_SOURCES  = tests/unit/test_spec.c $(SPEC_TEST_SOURCES)
tests_unit_test_spec_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_spec_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_spec_memory
tests_unit_test_spec_memory_SOURCES  = tests/unit/test_spec_memory.c $(SPEC_TEST_SOURCES) \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_spec_memory_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_spec_memory_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_spec_memory_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_store
tests_unit_test_store_SOURCES  = tests/unit/test_store.c $(FAKE_RESULT)
tests_unit_test_store_CPPFLAGS = $(UNIT_CPPFLAGS) $(HDF5_CFLAGS)
tests_unit_test_store_LDADD    = $(STORE_TEST_LDADD)

UNIT_TESTS += tests/unit/test_simulate
tests_unit_test_simulate_SOURCES  = tests/unit/test_simulate.c
tests_unit_test_simulate_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_simulate_LDADD    = $(FARM_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(SWEEP_LIBS) \
	$(UNIT_LDADD) $(STORE_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS)
EXTRA_DIST += tests/data/two-workers.jl

UNIT_TESTS += tests/unit/test_strategy
tests_unit_test_strategy_SOURCES  = tests/unit/test_strategy.c
tests_unit_test_strategy_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_strategy_LDADD    = $(FARM_LIBS) $(SWEEP_LIBS) $(UNIT_LDADD) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_student
tests_unit_test_student_SOURCES  = tests/unit/test_student.c
tests_unit_test_student_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_student_LDADD    = $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD) \
	$(REPORT_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_survey
tests_unit_test_survey_SOURCES  = tests/unit/test_survey.c $(FAKE_RESULT)
tests_unit_test_survey_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_survey_LDADD    = $(STORE_LIBS) $(FARM_LIBS) $(STORE_TEST_LDADD)

UNIT_TESTS += tests/unit/test_tables
tests_unit_test_tables_SOURCES  = tests/unit/test_tables.c
tests_unit_test_tables_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_tables_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_trial
tests_unit_test_trial_SOURCES  = tests/unit/test_trial.c
tests_unit_test_trial_CPPFLAGS = $(SPEC_TEST_CPPFLAGS)
tests_unit_test_trial_LDADD    = $(SPEC_TEST_LDADD)

UNIT_TESTS += tests/unit/test_worker
tests_unit_test_worker_SOURCES  = tests/unit/test_worker.c
tests_unit_test_worker_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_worker_LDADD    = $(FARM_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(SWEEP_LIBS) \
	$(UNIT_LDADD) $(STORE_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS)

UNIT_TESTS += tests/unit/test_team
tests_unit_test_team_SOURCES  = tests/unit/test_team.c
tests_unit_test_team_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_team_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_train
tests_unit_test_train_SOURCES  = tests/unit/test_train.c
tests_unit_test_train_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_train_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_train_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_systemverilog
tests_unit_test_systemverilog_SOURCES  = tests/unit/test_systemverilog.c tests/support/designs.h \
	tests/support/fail_alloc.c tests/support/fail_alloc.h
tests_unit_test_systemverilog_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_systemverilog_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_systemverilog_LDFLAGS  = $(AM_LDFLAGS) $(FAIL_ALLOC_WRAP)
tests_unit_test_systemverilog_LDADD    = $(UNIT_LDADD)

UNIT_TESTS += tests/unit/test_verilog
tests_unit_test_verilog_SOURCES  = tests/unit/test_verilog.c tests/support/designs.h \
	tests/support/shelf.h
tests_unit_test_verilog_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_verilog_CFLAGS   = $(CORE_CFLAGS)
tests_unit_test_verilog_LDADD    = $(UNIT_LDADD)

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif

# The numerics core: laws of every plug-in, equality of kernel sets.
PROP_TESTS =
EQUIV_TESTS =
EXTRA_DIST += tests/support/cells.h tests/support/encoders.h tests/support/halves.h \
	tests/support/lines.h tests/support/lone.h tests/support/nets.h

if HAVE_CUNIT
PROP_TESTS += tests/prop/test_param
tests_prop_test_param_SOURCES  = tests/prop/test_param.c
tests_prop_test_param_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_prop_test_param_CFLAGS   = $(CORE_CFLAGS)
tests_prop_test_param_LDADD    = $(UNIT_LDADD)

PROP_TESTS += tests/prop/test_gradients
tests_prop_test_gradients_SOURCES  = tests/prop/test_gradients.c
tests_prop_test_gradients_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_prop_test_gradients_CFLAGS   = $(CORE_CFLAGS)
tests_prop_test_gradients_LDADD    = $(UNIT_LDADD)

PROP_TESTS += tests/prop/test_learnt
tests_prop_test_learnt_SOURCES  = tests/prop/test_learnt.c
tests_prop_test_learnt_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_prop_test_learnt_CFLAGS   = $(CORE_CFLAGS)
tests_prop_test_learnt_LDADD    = $(UNIT_LDADD)

EQUIV_TESTS += tests/equiv/test_planes
tests_equiv_test_planes_SOURCES  = tests/equiv/test_planes.c
tests_equiv_test_planes_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_equiv_test_planes_CFLAGS   = $(CORE_CFLAGS)
tests_equiv_test_planes_LDADD    = $(UNIT_LDADD)

EQUIV_TESTS += tests/equiv/test_sets
tests_equiv_test_sets_SOURCES  = tests/equiv/test_sets.c
tests_equiv_test_sets_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_equiv_test_sets_CFLAGS   = $(CORE_CFLAGS)
tests_equiv_test_sets_LDADD    = $(UNIT_LDADD)

# Operations on vectors, compiled once per set as kernels are.
LANES = tests/equiv/lanes.c tests/equiv/lanes.h
LANES_LIBS = tests/equiv/liblanesscalar.a
check_LIBRARIES = $(LANES_LIBS)
tests_equiv_liblanesscalar_a_SOURCES  = $(LANES)
tests_equiv_liblanesscalar_a_CPPFLAGS = $(AM_CPPFLAGS) -DLUT_SET=scalar
tests_equiv_liblanesscalar_a_CFLAGS   = $(CORE_CFLAGS) $(KERNEL_CFLAGS)
if LUT_AVX2
LANES_LIBS += tests/equiv/liblanesavx2.a
tests_equiv_liblanesavx2_a_SOURCES  = $(LANES)
tests_equiv_liblanesavx2_a_CPPFLAGS = $(AM_CPPFLAGS) -DLUT_SET=avx2
tests_equiv_liblanesavx2_a_CFLAGS   = $(CORE_CFLAGS) $(KERNEL_CFLAGS) $(AVX2_CFLAGS)
endif
if LUT_AVX512
LANES_LIBS += tests/equiv/liblanesavx512.a
tests_equiv_liblanesavx512_a_SOURCES  = $(LANES)
tests_equiv_liblanesavx512_a_CPPFLAGS = $(AM_CPPFLAGS) -DLUT_SET=avx512
tests_equiv_liblanesavx512_a_CFLAGS   = $(CORE_CFLAGS) $(KERNEL_CFLAGS) $(AVX512_CFLAGS)
endif

EQUIV_TESTS += tests/equiv/test_vec
tests_equiv_test_vec_SOURCES  = tests/equiv/test_vec.c
tests_equiv_test_vec_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_equiv_test_vec_CFLAGS   = $(CORE_CFLAGS)
tests_equiv_test_vec_LDADD    = $(LANES_LIBS) $(UNIT_LDADD)

EQUIV_TESTS += tests/equiv/test_walks
tests_equiv_test_walks_SOURCES  = tests/equiv/test_walks.c
tests_equiv_test_walks_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_equiv_test_walks_CFLAGS   = $(CORE_CFLAGS)
tests_equiv_test_walks_LDADD    = $(UNIT_LDADD)

check_PROGRAMS += $(PROP_TESTS) $(EQUIV_TESTS)
TESTS += $(PROP_TESTS) $(EQUIV_TESTS)
endif

# What users do with a results file.  recompute knows nothing of the project.
check_PROGRAMS += tests/cli/recompute
tests_cli_recompute_SOURCES  = tests/cli/recompute.c
tests_cli_recompute_CPPFLAGS = $(HDF5_CFLAGS) $(ZLIB_CFLAGS)
tests_cli_recompute_LDADD    = $(HDF5_LIBS) $(ZLIB_LIBS) -lm
TESTS += tests/cli/pandas.sh tests/cli/labelled.sh tests/cli/reports.sh tests/cli/recipes.sh
EXTRA_DIST += tests/cli/pandas.sh tests/cli/pandas_check.py \
	tests/cli/labelled.sh tests/cli/labelled_check.py \
	tests/cli/reports.sh tests/cli/reports_check.py tests/cli/recipes.sh
TESTS += tests/cli/peers.sh
EXTRA_DIST += tests/cli/peers.sh tests/cli/peers_check.py

# Reference vectors: the runner, and proof that it notices what is wrong.
check_PROGRAMS += tests/vectors tests/spoil
tests_vectors_SOURCES = \
	tests/reference/case.c \
	tests/reference/case.h \
	tests/reference/encoder.c \
	tests/reference/head.c \
	tests/reference/lut.c \
	tests/reference/mapping.c \
	tests/reference/network.c \
	tests/reference/regulariser.c \
	tests/reference/taking.c \
	tests/reference/vectors.c
tests_vectors_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS)
tests_vectors_CFLAGS   = $(CORE_CFLAGS)
tests_vectors_LDADD    = $(LUT_LIBS) $(HDF5_LIBS) $(LUT_SYSTEM_LIBS)
tests_spoil_SOURCES  = tests/reference/spoil.c
tests_spoil_CPPFLAGS = $(HDF5_CFLAGS)
tests_spoil_LDADD    = $(HDF5_LIBS) -lm
VECTOR_TESTS = tests/cli/vectors.sh tests/cli/vectors_fail.sh
TESTS += $(VECTOR_TESTS)
EXTRA_DIST += tests/data/kernel-ratios.txt
EXTRA_DIST += $(VECTOR_TESTS) tests/data/vectors.h5 tests/data/choose_vectors.py

# By hand, on a machine that has nothing else to do: make tests/manual/loops.
EXTRA_PROGRAMS = tests/manual/beside tests/manual/faults tests/manual/infer tests/manual/loops tests/manual/many \
	tests/manual/map tests/manual/ranks
EXTRA_DIST += tests/manual/faults.sh
tests_manual_faults_SOURCES = tests/manual/faults.c tests/support/shelf.h tests/support/designs.h
tests_manual_faults_CFLAGS  = $(CORE_CFLAGS)
tests_manual_faults_LDADD   = $(LUT_LIBS) $(LUT_SYSTEM_LIBS)
CLEANFILES += $(EXTRA_PROGRAMS)
tests_manual_beside_SOURCES = tests/manual/beside.c drivers/luteval.h drivers/luteval_run.c \
	drivers/stored.c drivers/stored.h
tests_manual_beside_CFLAGS  = $(CORE_CFLAGS) $(SET_CFLAGS)
tests_manual_beside_LDADD   = libcli.a $(STORE_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) \
	$(STORE_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)
tests_manual_infer_SOURCES = tests/manual/infer.c
tests_manual_infer_LDADD   = $(LUT_LIBS) $(LUT_SYSTEM_LIBS)
tests_manual_loops_SOURCES = tests/manual/loops.c
tests_manual_loops_LDADD   = $(LUT_LIBS) $(LUT_SYSTEM_LIBS)
tests_manual_map_SOURCES = tests/manual/map.c
tests_manual_map_LDADD   = $(STORE_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) $(STORE_SYSTEM_LIBS) \
	$(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)
tests_manual_ranks_SOURCES = tests/manual/ranks.c
tests_manual_ranks_CFLAGS  = $(CORE_CFLAGS)
tests_manual_ranks_LDADD   = libmpi.a $(FARM_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) \
	$(MPI_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)
tests_manual_many_SOURCES = tests/manual/many.c $(FAKE_RESULT)
tests_manual_many_CFLAGS  = $(CORE_CFLAGS)
tests_manual_many_LDADD   = $(FARM_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) $(SWEEP_SYSTEM_LIBS) \
	$(LUT_SYSTEM_LIBS)

# What holds the layers apart.
ARCH_TESTS = \
	tests/arch/baseline.sh \
	tests/arch/documents.sh \
	tests/arch/faults.sh \
	tests/arch/functions.sh \
	tests/arch/headers.sh \
	tests/arch/includes.sh \
	tests/arch/races.sh \
	tests/arch/symbols.sh
TESTS += $(ARCH_TESTS)
EXTRA_DIST += $(ARCH_TESTS)

# What lutbench trains, from the file of another program.
check_PROGRAMS += tests/cli/netdigest
tests_cli_netdigest_SOURCES = tests/cli/netdigest.c
tests_cli_netdigest_CFLAGS  = $(CORE_CFLAGS)
tests_cli_netdigest_LDADD   = $(STORE_LIBS) $(BENCH_LIBS) $(STORE_SYSTEM_LIBS) \
	$(BENCH_SYSTEM_LIBS)

check_PROGRAMS += tests/cli/hardware
tests_cli_hardware_SOURCES = tests/cli/hardware.c tests/support/designs.h
tests_cli_hardware_CFLAGS  = $(CORE_CFLAGS)
tests_cli_hardware_LDADD   = $(LUT_LIBS) $(LUT_SYSTEM_LIBS)

# Whole sweeps, alone and under mpirun.
check_PROGRAMS += tests/cli/h5same
tests_cli_h5same_SOURCES  = tests/cli/h5same.c
tests_cli_h5same_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS)
tests_cli_h5same_LDADD    = $(HDF5_LIBS)
check_PROGRAMS += tests/cli/h5epochs
tests_cli_h5epochs_SOURCES  = tests/cli/h5epochs.c
tests_cli_h5epochs_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS)
tests_cli_h5epochs_LDADD    = $(HDF5_LIBS)
check_PROGRAMS += tests/cli/h5damage
tests_cli_h5damage_SOURCES  = tests/cli/h5damage.c
tests_cli_h5damage_CPPFLAGS = $(HDF5_CFLAGS)
tests_cli_h5damage_LDADD    = $(HDF5_LIBS)
SWEEP_TESTS = \
	tests/cli/again.sh \
	tests/cli/bad_input.sh \
	tests/cli/checkpoint.sh \
	tests/cli/lutbench.sh \
	tests/cli/lutdata.sh \
	tests/cli/lutexport.sh \
	tests/cli/encoders.sh \
	tests/cli/isolate.sh \
	tests/cli/looking.sh \
	tests/cli/explore.sh \
	tests/cli/page.sh \
	tests/cli/luteval.sh \
	tests/cli/lutsweep.sh \
	tests/cli/no_room.sh \
	tests/cli/odd_input.sh \
	tests/cli/quickstart.sh \
	tests/cli/relaunch.sh \
	tests/cli/signals.sh \
	tests/cli/sharing.sh \
	tests/cli/slurm.sh \
	tests/cli/strategies.sh \
	tests/cli/sources.sh \
	tests/cli/stats.sh \
	tests/cli/stats_check.sh \
	tests/cli/systemverilog.sh \
	tests/cli/published.sh \
	tests/cli/verify.sh \
	tests/cli/version.sh \
	tests/cli/verilog.sh \
	tests/mpi/kill.sh \
	tests/mpi/ranks.sh \
	tests/mpi/sets.sh \
	tests/mpi/strategies.sh
TESTS += $(SWEEP_TESTS)
EXTRA_DIST += $(SWEEP_TESTS) tests/mpi/common.sh tests/cli/stats.cfg tests/cli/stats_check.py \
	tests/cli/explore_check.py

# Whatever dies, at the worst moment.
FAULT_TESTS = \
	tests/fault/beats.sh \
	tests/fault/chaos.sh \
	tests/fault/child.sh \
	tests/fault/disk.sh \
	tests/fault/orphans.sh \
	tests/fault/ends.sh \
	tests/fault/rank.sh \
	tests/fault/relaunch.sh \
	tests/fault/same.sh \
	tests/fault/sharing.sh \
	tests/fault/stops.sh
TESTS += $(FAULT_TESTS)
EXTRA_DIST += $(FAULT_TESTS) tests/fault/common.sh tests/fault/table.sh tests/manual/slurm.sh
