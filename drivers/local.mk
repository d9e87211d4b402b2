# Programs: main() and its options, on top of a little that all of them share.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = drivers/cli.c drivers/cli.h drivers/folders.c drivers/folders.h
libcli_a_CPPFLAGS = $(AM_CPPFLAGS) $(DATA_CPPFLAGS)
libcli_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)

bin_PROGRAMS += luteval
luteval_SOURCES = drivers/luteval.c drivers/luteval.h drivers/luteval_run.c \
	drivers/stored.c drivers/stored.h
luteval_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
luteval_LDADD = libcli.a $(EMIT_LIBS) $(STORE_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) $(STORE_SYSTEM_LIBS) \
	$(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

bin_PROGRAMS += lutexport
lutexport_SOURCES = \
	drivers/lutexport.c \
	drivers/lutexport.h \
	drivers/lutexport_abc.c \
	drivers/lutexport_aiger.c \
	drivers/lutexport_c.c \
	drivers/lutexport_care.c \
	drivers/lutexport_care_check.c \
	drivers/lutexport_cost.c \
	drivers/lutexport_cost.h \
	drivers/lutexport_describe.c \
	drivers/lutexport_folder.c \
	drivers/lutexport_plan.c \
	drivers/lutexport_say.c \
	drivers/lutexport_tool.c \
	drivers/lutexport_verify.c \
	drivers/lutexport_verilog.c \
	drivers/stored.c \
	drivers/stored.h
lutexport_CPPFLAGS = $(AM_CPPFLAGS) $(DATA_CPPFLAGS)
lutexport_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
lutexport_LDADD = libcli.a $(EMIT_LIBS) $(STORE_LIBS) $(SPEC_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) \
	$(STORE_SYSTEM_LIBS) $(SPEC_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

bin_PROGRAMS += lutreport
lutreport_SOURCES = \
	drivers/lutreport.c \
	drivers/lutreport.h \
	drivers/lutreport_appendix.c \
	drivers/lutreport_baselines.c \
	drivers/lutreport_choice.c \
	drivers/lutreport_compare.c \
	drivers/lutreport_effects.c \
	drivers/lutreport_figure.c \
	drivers/lutreport_netcdf.c \
	drivers/lutreport_page.c \
	drivers/lutreport_ranks.c \
	drivers/lutreport_reproduce.c \
	drivers/lutreport_tables.c \
	drivers/lutreport_verify.c \
	drivers/lutreport_write.c
lutreport_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
lutreport_LDADD = libcli.a $(REPORT_LIBS) $(STORE_LIBS) $(FARM_LIBS) $(STORE_LIBS) \
	$(SWEEP_LIBS) $(LUT_LIBS) $(REPORT_SYSTEM_LIBS) $(STORE_SYSTEM_LIBS) \
	$(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

bin_PROGRAMS += lutsweep
lutsweep_SOURCES = \
	drivers/lutsweep.c \
	drivers/lutsweep.h \
	drivers/lutsweep_dry.c \
	drivers/lutsweep_explain.c \
	drivers/lutsweep_job.c \
	drivers/lutsweep_parts.c \
	drivers/lutsweep_run.c \
	drivers/lutsweep_show.c \
	drivers/lutsweep_simulate.c \
	drivers/lutsweep_state.c \
	drivers/lutsweep_status.c
lutsweep_CPPFLAGS = $(AM_CPPFLAGS) $(DATA_CPPFLAGS)
lutsweep_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
lutsweep_LDADD = libcli.a $(EMIT_LIBS) libmpi.a $(FARM_LIBS) $(STORE_LIBS) $(SPEC_LIBS) $(FARM_LIBS) \
	$(SWEEP_LIBS) $(LUT_LIBS) $(MPI_LIBS) $(STORE_SYSTEM_LIBS) $(SPEC_SYSTEM_LIBS) \
	$(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

bin_PROGRAMS += luttrain
luttrain_SOURCES = drivers/luttrain.c
luttrain_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
luttrain_LDADD = libcli.a $(EMIT_LIBS) $(SPEC_LIBS) $(STORE_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) \
	$(SPEC_SYSTEM_LIBS) $(STORE_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

bin_PROGRAMS += lutdata
lutdata_SOURCES = \
	drivers/lutdata.c \
	drivers/lutdata.h \
	drivers/lutdata_check.c \
	drivers/lutdata_check.h \
	drivers/lutdata_fetch.c \
	drivers/lutdata_get.c \
	drivers/lutdata_list.c \
	drivers/lutdata_print.c \
	drivers/lutdata_warn.c
lutdata_LDADD = libcli.a $(EMIT_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

# All but its main, so that tests can give it kernels and a clock of their own.
noinst_LIBRARIES += libbench.a
libbench_a_SOURCES = \
	drivers/lutbench.h \
	drivers/lutbench_alarm.c \
	drivers/lutbench_bound.c \
	drivers/lutbench_compare.c \
	drivers/lutbench_csv.c \
	drivers/lutbench_kernels.c \
	drivers/lutbench_kernels.h \
	drivers/lutbench_machine.c \
	drivers/lutbench_measure.c \
	drivers/lutbench_networks.c \
	drivers/lutbench_parts.c \
	drivers/lutbench_plan.c \
	drivers/lutbench_probe.c \
	drivers/lutbench_run.c \
	drivers/lutbench_screen.c
libbench_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
BENCH_LIBS = libbench.a libcli.a $(EMIT_LIBS) $(SPEC_LIBS) $(SWEEP_LIBS) $(LUT_LIBS)
BENCH_SYSTEM_LIBS = $(SPEC_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)

bin_PROGRAMS += lutbench
lutbench_SOURCES = drivers/lutbench.c
lutbench_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)
lutbench_LDADD = $(BENCH_LIBS) $(BENCH_SYSTEM_LIBS)
