/* The interactive half of a page: all its trials as JSON, D3, and a script of ours that draws
 * with it.  Without JavaScript, on paper and in a browser that refuses scripts nothing of it is
 * seen and the page is complete.  The browser is told to load nothing and to run these scripts
 * alone, by their digests.  One thread. */
#ifndef ANALYSIS_PAGE_INTERACTIVE_H
#define ANALYSIS_PAGE_INTERACTIVE_H

#include "analysis/page.h"
#include "analysis/select.h"

/* From page_interactive.css and page_interactive.js: lines, ended by NULL. */
extern const char *const page_interactive_style[], *const page_interactive_script[];

/* For <head>: what the browser may do, and the style. */
lut_status page_interactive_head(FILE *out, const page_library *l, lut_err *err);

/* Where the script draws. */
void page_interactive_place(FILE *out);

/* Name, origin and licence of the library; l NULL: what to install. */
void page_interactive_notice(FILE *out, const page_library *l);

/* Trials and scripts, for the end of the page. */
lut_status page_interactive_end(FILE *out, const page_library *l, const report_data *d,
                                const report_rows *rows, const page_query *q, lut_err *err);

/* The trials alone: {"files", "where", "rows", "more", "left_out", "columns"}.  A column is
 * {"name", "unit", "doc", "role", "text", "values"} with a value for each row, or with "code" as
 * well: an index into values for each row.  Each trial once.  Columns that would make the page
 * too large are named in left_out, rows beyond the first PAGE_TRIALS are counted in more.
 * Nothing in it ends a <script>. */
enum { PAGE_TRIALS = 30000 };
lut_status page_trials(FILE *out, const report_data *d, const report_rows *rows,
                       const page_query *q, lut_err *err);

#endif
