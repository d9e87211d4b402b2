#include "sweep/cover.h"
#include "sweep/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool sweep_row_covers(const sweep_state *s, const char *key, const char *status,
                      double epochs_run)
{
    sweep_row stored = { .epochs_run = epochs_run };
    sweep_result r;
    lut_status st;
    int order;

    if (!sweep_status_early(status))
        return true;
    st = sweep_state_read(s, &r, key, NULL);
    if (st != LUT_OK)
        return st == LUT_ENOENT;
    snprintf(stored.status, sizeof stored.status, "%s", status);
    order = sweep_row_order(&stored, &r.row);
    sweep_result_fini(&r);
    return order <= 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* How many of the records are rows.  One that failed says nothing of the record that came
 * after it. */
static lut_status count_rows(const sweep_state *s, sweep_store *store,
                             char (*key)[SWEEP_KEY], size_t n, size_t *found,
                             lut_err *err)
{
    const sweep_column *c = sweep_store_text(store, "key", err);
    const sweep_column *status = sweep_store_text(store, "status", err);
    const sweep_column *epochs = sweep_store_find(store, "epochs_run");

    *found = 0;
    if (!c || !status)
        return lut_err_wrap(err, "%s", s->file);
    for (size_t i = 0; n && i < sweep_store_rows(store); i++)
        *found += sweep_status_final(status->text[i]) &&
                  bsearch(c->text[i], key, n, sizeof *key, by_text) &&
                  sweep_row_covers(s, c->text[i], status->text[i],
                                   epochs && epochs->number ? epochs->number[i] : NAN);
    return LUT_OK;
}

static lut_status all_stored(const sweep_state *s, sweep_store *store, lut_err *err)
{
    char(*key)[SWEEP_KEY];
    size_t n, found;
    lut_status st = sweep_state_keys(s, &key, &n, err);

    if (st == LUT_OK)
        st = count_rows(s, store, key, n, &found, err);
    free(key);
    if (st != LUT_OK || found == n)
        return st;
    return lut_fail(
        err, LUT_EINVAL,
        "%s: %zu of its %zu finished trials are not in %s: lutsweep --merge "
        "%s first",
        s->root, n - found, n, s->file, s->file);
}

/* What was trained of them is nowhere else. */
static lut_status none_open(const sweep_state *s, lut_err *err)
{
    size_t n;

    LUT_TRY(sweep_state_count_open(s, &n, err));
    if (n == 0)
        return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "%s: %zu trials stand at a rung or a checkpoint: run the sweep again to "
        "finish them, or, to give them up, remove that folder yourself",
        s->root, n);
}

lut_status sweep_covered(const sweep_state *s, lut_err *err)
{
    sweep_store *store;
    lut_status st;

    LUT_TRY(sweep_store_open(&store, s->file, err));
    st = all_stored(s, store, err);
    sweep_store_close(store);
    return st == LUT_OK ? none_open(s, err) : st;
}
