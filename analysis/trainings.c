#include "analysis/trainings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct training {
    const char *key, *started; /* borrowed */
    size_t file, row;
} training;

static double number(const report_data *d, size_t row, const char *name)
{
    const size_t col = report_data_find(d, name);

    return col == SIZE_MAX ? (double)NAN : report_data_value(d, row, col).number;
}

static const char *text(const report_data *d, size_t row, const char *name)
{
    const size_t col = report_data_find(d, name);
    const char *found = col == SIZE_MAX ? "" : report_data_value(d, row, col).text;

    return found ? found : "";
}

static int by_row(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Files of older programs have no keys of trainings: each row is one. */
static bool is_same(const training *a, const training *b)
{
    return a->file == b->file && a->key[0] && !strcmp(a->key, b->key);
}

static int by_training(const void *a, const void *b)
{
    const training *x = a, *y = b;
    int order = (x->file > y->file) - (x->file < y->file);

    if (!order)
        order = strcmp(x->key, y->key);
    if (!order)
        order = strcmp(x->started, y->started);
    return order ? order : by_row(&x->row, &y->row);
}

static size_t collect(training *t, const report_data *d, const size_t *row, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        const size_t r = row ? row[i] : i;

        if (!isnan(number(d, r, "train_seconds")))
            t[found++] = (training){ text(d, r, "training_key"), text(d, r, "started"),
                                     report_data_file(d, r), r };
    }
    return found;
}

lut_status report_trainings(size_t **out, size_t *trainings, const report_data *d,
                            const size_t *row, size_t n, lut_err *err)
{
    training *t = malloc((n + 1) * sizeof *t);
    size_t found;

    *trainings = 0;
    *out = malloc((n + 1) * sizeof **out);
    if (!t || !*out) {
        free(t);
        free(*out);
        *out = NULL;
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu trainings", n);
    }
    found = collect(t, d, row, n);
    qsort(t, found, sizeof *t, by_training);
    for (size_t i = 0; i < found; i++)
        if (i == 0 || !is_same(&t[i - 1], &t[i]))
            (*out)[(*trainings)++] = t[i].row;
    qsort(*out, *trainings, sizeof **out, by_row);
    free(t);
    return LUT_OK;
}

double report_whole_seconds(double train_seconds, double epoch_seconds,
                            double epochs_run)
{
    const double whole = epoch_seconds * epochs_run;

    return whole > train_seconds ? whole : train_seconds;
}

lut_status report_spent_by(report_spent *s, const report_data *d, const size_t *row,
                           size_t n, lut_err *err)
{
    size_t *one;

    *s = (report_spent){ .wall = 0 };
    LUT_TRY(report_trainings(&one, &s->trainings, d, row, n, err));
    for (size_t i = 0; i < s->trainings; i++) {
        const double threads = number(d, one[i], "threads");
        const double seconds = report_whole_seconds(number(d, one[i], "train_seconds"),
                                                    number(d, one[i], "epoch_seconds"),
                                                    number(d, one[i], "epochs_run"));

        s->wall += seconds;
        s->core += seconds * (threads >= 1 ? threads : 1);
        s->longest = fmax(s->longest, seconds);
    }
    free(one);
    return LUT_OK;
}
