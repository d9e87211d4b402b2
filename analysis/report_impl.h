/* What the files of a report share. */
#ifndef ANALYSIS_REPORT_IMPL_H
#define ANALYSIS_REPORT_IMPL_H

#include "analysis/settings.h"
#include "analysis/report.h"

typedef struct report_builder {
    report *r;
    const report_query *q;
    const report_data *d;
    size_t status, valid; /* columns; valid may be SIZE_MAX */
    report_split_columns split;
    bool status_named;
    size_t *row;    /* [r->selected] rows that the condition chose; owned */
    size_t *sorted; /* [r->selected] the same, rows of a group together; owned */
    lut_err *err;
} report_builder;

/* Data sets of b->row. */
lut_status report_count_sets(report_builder *b);

/* Groups of b->row with their summaries, in the order of the --by values. */
lut_status report_group_rows(report_builder *b);

/* Whether a column differs among rows that agree in the --by columns so far. */
lut_status report_splits(report_builder *b, bool *splits, size_t col);

/* The order asked for, and the best alone where that was asked for. */
lut_status report_order_groups(report_builder *b);

#endif
