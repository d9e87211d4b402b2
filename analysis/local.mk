# What machines read on stdout: of all programs.
noinst_LIBRARIES += libemit.a
libemit_a_SOURCES = analysis/emit.c analysis/emit.h
EMIT_LIBS = libemit.a

# analysis: tables from results files.
noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	analysis/axis.c \
	analysis/axis.h \
	analysis/choice.h \
	analysis/appendix.c \
	analysis/appendix.h \
	analysis/data.c \
	analysis/data.h \
	analysis/derived.c \
	analysis/derived.h \
	analysis/front.c \
	analysis/front.h \
	analysis/options.c \
	analysis/options.h \
	analysis/origin.c \
	analysis/origin.h \
	analysis/pareto.c \
	analysis/published.c \
	analysis/published.h \
	analysis/report.c \
	analysis/report.h \
	analysis/report_group.c \
	analysis/report_impl.h \
	analysis/report_order.c \
	analysis/report_sets.c \
	analysis/reproduce.c \
	analysis/reproduce.h \
	analysis/reproduce_plan.c \
	analysis/sheet.c \
	analysis/sheet.h \
	analysis/sheet_csv.c \
	analysis/sheet_impl.h \
	analysis/sheet_json.c \
	analysis/sheet_latex.c \
	analysis/sheet_markdown.c \
	analysis/sheet_text.c \
	analysis/smallest.c \
	analysis/stats.c \
	analysis/table.c \
	analysis/table.h \
	analysis/verify.c \
	analysis/verify.h \
	analysis/verify_impl.h \
	analysis/verify_network.c \
	analysis/verify_rows.c
# Headers of records name encoders and circuits.
libreport_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS) $(GSL_CFLAGS)
REPORT_LIBS = libreport.a libemit.a
REPORT_SYSTEM_LIBS = $(GSL_LIBS)
