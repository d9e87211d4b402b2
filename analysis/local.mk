# What machines read on stdout: of all programs.
noinst_LIBRARIES += libemit.a
libemit_a_SOURCES = analysis/emit.c analysis/emit.h
EMIT_LIBS = libemit.a

# analysis: tables from results files.
noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	analysis/anova.c \
	analysis/anova.h \
	analysis/appendix.c \
	analysis/appendix.h \
	analysis/association.c \
	analysis/association.h \
	analysis/axis.c \
	analysis/axis.h \
	analysis/blocks.c \
	analysis/blocks.h \
	analysis/cells.h \
	analysis/choice.h \
	analysis/cliques.c \
	analysis/cliques.h \
	analysis/compare.h \
	analysis/compare_files.c \
	analysis/compare_groups.c \
	analysis/compare_networks.c \
	analysis/compare_sheets.c \
	analysis/data.c \
	analysis/data.h \
	analysis/derived.c \
	analysis/derived.h \
	analysis/effects.c \
	analysis/effects.h \
	analysis/effects_sheets.c \
	analysis/figure.c \
	analysis/figure.h \
	analysis/figure_curves.c \
	analysis/figure_draw.c \
	analysis/figure_effects.c \
	analysis/figure_front.c \
	analysis/figure_impl.h \
	analysis/figure_network.c \
	analysis/figure_ranks.c \
	analysis/figure_rivals.c \
	analysis/figure_scatter.c \
	analysis/figure_time.c \
	analysis/friedman.c \
	analysis/friedman.h \
	analysis/front.c \
	analysis/front.h \
	analysis/identity.c \
	analysis/identity.h \
	analysis/labelled.c \
	analysis/labelled.h \
	analysis/mcnemar.c \
	analysis/mcnemar.h \
	analysis/options.c \
	analysis/options.h \
	analysis/origin.c \
	analysis/origin.h \
	analysis/page.c \
	analysis/page.h \
	analysis/page_interactive.c \
	analysis/page_interactive.h \
	analysis/page_library.c \
	analysis/page_library.h \
	analysis/page_parts.c \
	analysis/page_trials.c \
	analysis/pareto.c \
	analysis/published.c \
	analysis/published.h \
	analysis/ranks.c \
	analysis/ranks.h \
	analysis/ranks_sheets.c \
	analysis/report.c \
	analysis/report.h \
	analysis/report_group.c \
	analysis/report_impl.h \
	analysis/report_order.c \
	analysis/report_sets.c \
	analysis/reproduce.c \
	analysis/reproduce.h \
	analysis/reproduce_plan.c \
	analysis/select.c \
	analysis/select.h \
	analysis/settings.c \
	analysis/settings.h \
	analysis/sheet.c \
	analysis/sheet.h \
	analysis/sheet_csv.c \
	analysis/sheet_impl.h \
	analysis/sheet_json.c \
	analysis/sheet_latex.c \
	analysis/sheet_markdown.c \
	analysis/sheet_text.c \
	analysis/signs.c \
	analysis/signs.h \
	analysis/smallest.c \
	analysis/stats.c \
	analysis/student.c \
	analysis/student.h \
	analysis/table.c \
	analysis/table.h \
	analysis/trainings.c \
	analysis/trainings.h \
	analysis/verify.c \
	analysis/verify.h \
	analysis/verify_impl.h \
	analysis/verify_network.c \
	analysis/verify_rows.c
# Headers of records name encoders and circuits.
libreport_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS) $(GSL_CFLAGS)
REPORT_LIBS = libreport.a libemit.a
REPORT_SYSTEM_LIBS = $(GSL_LIBS)
nodist_libreport_a_SOURCES = analysis/page_interactive_text.c

# Style and script of pages, as lines of C.
PAGE_TEXT = analysis/page_interactive.css analysis/page_conditions.js analysis/page_scales.js \
	analysis/page_interactive.js
analysis/page_interactive_text.c: analysis/page_text.sh analysis/local.mk $(PAGE_TEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && (cd $(srcdir) && sh analysis/page_text.sh $(PAGE_TEXT)) \
		>$@.tmp && mv $@.tmp $@
CLEANFILES += $(nodist_libreport_a_SOURCES)
EXTRA_DIST += analysis/page_text.sh $(PAGE_TEXT)
