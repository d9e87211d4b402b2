/* /baselines: published rows of the data sets that the file has trials of, so that it
 * carries what it is compared with. */
#include "sweep/store_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sweep_store_baselines(sweep_table *t)
{
    size_t n;
    const lut_field *field = sweep_baseline_fields(&n);

    sweep_table_init(t, "baselines",
                     "Published results for comparison, not computed here.");
    sweep_table_add_fields(t, field, n, 0);
}

/* Sweeps have few data sets, and rows of one stand together. */
lut_status sweep_store_note_set(sweep_store_sets *s, const char *dataset, lut_err *err)
{
    void *more;

    for (size_t i = s->n; i-- > 0;)
        if (!strcmp(s->name[i], dataset))
            return LUT_OK;
    more = realloc(s->name, (s->n + 1) * sizeof *s->name);
    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu data sets", s->n + 1);
    s->name = more;
    snprintf(s->name[s->n++], sizeof *s->name, "%.63s", dataset);
    return LUT_OK;
}

static bool is_wanted(const sweep_store_sets *s, const sweep_baseline *b)
{
    for (size_t i = 0; i < s->n; i++)
        if (!strcmp(s->name[i], b->dataset))
            return true;
    return false;
}

size_t sweep_store_measure_baselines(sweep_table *t, const sweep_store_sets *s,
                                     const sweep_baselines *b)
{
    size_t n = 0;

    for (size_t i = 0; b && i < b->n; i++)
        if (is_wanted(s, &b->row[i])) {
            sweep_table_measure(t, &b->row[i]);
            n++;
        }
    return n;
}

lut_status sweep_store_put_baselines(sweep_table *t, const sweep_store_sets *s,
                                     const sweep_baselines *b, lut_err *err)
{
    for (size_t i = 0; b && i < b->n; i++)
        if (is_wanted(s, &b->row[i]))
            LUT_TRY(sweep_table_append(t, &b->row[i], err));
    if (!b || !b->digest[0])
        return LUT_OK;
    return sweep_h5_put_note(t->set, "sha256", b->digest, err);
}

static lut_status get_rows(sweep_baselines *b, const sweep_view *v, lut_err *err)
{
    size_t n;
    const lut_field *field = sweep_baseline_fields(&n);
    sweep_table t;

    sweep_store_baselines(&t);
    b->row = calloc(v->rows + 1, sizeof *b->row);
    if (!b->row)
        return lut_fail(err, LUT_ENOMEM, "/baselines: out of memory");
    for (; b->n < v->rows; b->n++) {
        lut_fields_default(field, n, &b->row[b->n]);
        LUT_TRY(sweep_view_row(v, b->n, &t, &b->row[b->n], err));
    }
    return LUT_OK;
}

/* Of which file the rows were; "" where it is not said. */
static void get_digest(sweep_baselines *b, hid_t file)
{
    hid_t set = H5Dopen2(file, "baselines", H5P_DEFAULT);
    char *text = NULL;

    if (set < 0)
        return;
    if (H5Aexists(set, "sha256") > 0 &&
        sweep_h5_get_note(set, "sha256", &text, NULL) == LUT_OK)
        snprintf(b->digest, sizeof b->digest, "%.64s", text);
    free(text);
    H5Dclose(set);
}

lut_status sweep_store_get_baselines(sweep_baselines *b, hid_t file, lut_err *err)
{
    sweep_view v;
    lut_status st;

    *b = (sweep_baselines){ 0 };
    LUT_TRY(sweep_view_read(&v, file, "baselines", err));
    st = get_rows(b, &v, err);
    sweep_view_fini(&v);
    if (st == LUT_OK)
        get_digest(b, file);
    else
        sweep_baselines_fini(b);
    return st;
}
