/* One HTML file with the tables and figures of results: complete without JavaScript and without
 * a network, in light, dark and on paper.  Scripts only sort tables, and draw the interactive half
 * where its library is given (page_interactive.h).  One thread. */
#ifndef ANALYSIS_PAGE_H
#define ANALYSIS_PAGE_H

#include "analysis/figure.h"
#include "analysis/page_library.h"

typedef struct page_query {
    const char *where;  /* NULL: all rows */
    const char *files;  /* as words of a shell, for the commands under figures */
    const char *origin; /* lines on where the page comes from */
    double alpha;       /* of intervals */
    const page_library *library; /* NULL: no interactive half */
} page_query;

/* Without gnuplot the page has its tables alone and says so: *drawn is false.  LUT_ENOENT,
 * LUT_EINVAL: the condition; LUT_ENOMEM; what reading files says. */
lut_status report_page(FILE *out, bool *drawn, const report_data *d, const page_query *q,
                       lut_err *err);

/* ---- parts ---- */

extern const char page_style[], page_script[]; /* CSS, JavaScript */

void page_escape(FILE *out, const char *text); /* & < > " */

/* A sheet as <table>, with its title as caption and its notes below; people's columns.  Without
 * rows the notes alone. */
void page_table(FILE *out, const sheet *s);

#endif
