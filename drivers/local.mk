# Programs: main() only, on top of a little that all of them share.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = drivers/cli.c drivers/cli.h
