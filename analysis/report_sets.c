/* Which data sets the rows are of, and whether anything was selected on validation. */
#include "analysis/report_impl.h"
#include "lib/data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* NULL without memory. */
static report_set *set_of(report *r, const char *name)
{
    const lut_known *known = lut_known_find(name);
    report_set *more;

    for (size_t i = 0; i < r->nsets; i++)
        if (strcmp(r->set[i].name, name) == 0)
            return &r->set[i];
    more = realloc(r->set, (r->nsets + 1) * sizeof *more);
    if (!more)
        return NULL;
    r->set = more;
    r->set[r->nsets] = (report_set){ .name = name,
                                     .note = known ? known->note : NULL,
                                     .partial = known && known->partial };
    return &r->set[r->nsets++];
}

static int by_name(const void *pa, const void *pb)
{
    const report_set *a = pa, *b = pb;

    return strcmp(a->name, b->name);
}

/* A trial that ended ok has a validation accuracy unless there were no rows for one. */
static bool unselected(const report_builder *b, size_t row)
{
    return strcmp(report_data_value(b->d, row, b->status).text, "ok") == 0 &&
           b->valid != SIZE_MAX && isnan(report_data_value(b->d, row, b->valid).number);
}

lut_status report_count_sets(report_builder *b)
{
    const size_t col = report_data_find(b->d, "dataset");
    report *r = b->r;

    for (size_t i = 0; i < r->selected && col != SIZE_MAX; i++) {
        report_set *set = set_of(r, report_data_value(b->d, b->row[i], col).text);

        if (!set)
            return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu data sets",
                            r->nsets);
        set->trials++;
        if (!unselected(b, b->row[i]))
            continue;
        set->unselected++;
        r->unselected++;
    }
    if (r->nsets)
        qsort(r->set, r->nsets, sizeof *r->set, by_name);
    return LUT_OK;
}
