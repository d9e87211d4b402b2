/* Numbers as bits beside categories: an encoder gives every feature as many bits, so columns
 * of numbers are cut here where the features of categories are to stay 1 bit each. */
#include "lib/data/table.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Cuts at sorted[floor(n t / (bins + 1))], t = 1..bins, as the distributive encoder's
 * thresholds; each once, and none that no row passes. */
static void cut_column(column *k, const float *sorted, size_t n, size_t bins)
{
    k->kind = COLUMN_CUTS;
    k->ncuts = 0;
    for (size_t t = 1; t <= bins; t++) {
        float cut = sorted[n * t / (bins + 1)];

        if (cut < sorted[n - 1] && (k->ncuts == 0 || cut > k->cut[k->ncuts - 1]))
            k->cut[k->ncuts++] = cut;
    }
}

lut_status table_bin(table *t, const lut_dataset *d, const uint32_t *rows, size_t n,
                     size_t bins, lut_err *err)
{
    float *sorted = malloc(n * sizeof *sorted);

    if (!sorted)
        return lut_fail(err, LUT_ENOMEM, "no memory to sort %zu rows", n);
    for (size_t i = 0; i < t->columns; i++) {
        column *k = &t->column[i];
        const float *x = d->x + k->first * d->samples;

        if (k->kind != COLUMN_NUMBER)
            continue;
        for (size_t s = 0; s < n; s++)
            sorted[s] = x[rows ? rows[s] : s];
        qsort(sorted, n, sizeof *sorted, ascending);
        cut_column(k, sorted, n, bins);
    }
    free(sorted);
    return LUT_OK;
}
