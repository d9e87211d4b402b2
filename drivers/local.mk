# Programs: main() only, on top of a little that all of them share.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = drivers/cli.c drivers/cli.h

bin_PROGRAMS += lutreport
lutreport_SOURCES = drivers/lutreport.c
lutreport_LDADD = libcli.a $(REPORT_LIBS) $(STORE_LIBS) $(SWEEP_LIBS) $(LUT_LIBS) \
	$(STORE_SYSTEM_LIBS) $(SWEEP_SYSTEM_LIBS) $(LUT_SYSTEM_LIBS)
