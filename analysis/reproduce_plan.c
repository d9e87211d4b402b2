/* Which rows are trained again. */
#include "analysis/reproduce.h"
#include "analysis/trainings.h"
#include "sweep/set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct candidate {
    size_t row;
    double seconds;
    uint64_t kind;    /* hash of data set, parametrization and rank */
    uint64_t stratum; /* of these and of its half by cost */
    uint64_t order;   /* drawn */
} candidate;

typedef struct columns {
    const sweep_column *key, *status, *dataset, *parametrization;
    const sweep_column *rank, *seconds, *epoch_seconds, *epochs, *threads;
} columns;

static lut_status find_columns(columns *c, const sweep_store *s, lut_err *err)
{
    struct {
        const char *name;
        const sweep_column **column;
        bool text;
    } table[] = { { "key", &c->key, true },
                  { "status", &c->status, true },
                  { "dataset", &c->dataset, true },
                  { "parametrization", &c->parametrization, true },
                  { "lut_rank", &c->rank, false },
                  { "train_seconds", &c->seconds, false },
                  { "epoch_seconds", &c->epoch_seconds, false },
                  { "epochs_run", &c->epochs, false },
                  { "threads", &c->threads, false } };

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        *table[i].column = sweep_store_find(s, table[i].name);
        if (!*table[i].column || (*table[i].column)->is_text != table[i].text)
            return lut_fail(err, LUT_EFORMAT, "results file without a column %s",
                            table[i].name);
    }
    return LUT_OK;
}

static double cost(const columns *c, size_t i, unsigned threads)
{
    const double had = c->threads->number[i];
    const double seconds = report_whole_seconds(
        c->seconds->number[i], c->epoch_seconds->number[i], c->epochs->number[i]);

    return seconds * (had >= 1 ? had : 1) / threads;
}

static uint64_t hash_of(const char *what, const columns *c, size_t i, uint64_t more)
{
    char text[256];

    snprintf(text, sizeof text, "%s %.63s %.31s %g %llx", what, c->dataset->text[i],
             c->parametrization->text[i], c->rank->number[i], (unsigned long long)more);
    return sweep_text_hash(text);
}

static uint64_t draw(const char *key)
{
    char text[64];

    snprintf(text, sizeof text, "%d %.16s", REPRODUCE_SEED, key);
    return sweep_text_hash(text);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_cost(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    const int order = compare_u64(x->kind, y->kind);

    if (order)
        return order;
    if (x->seconds < y->seconds || x->seconds > y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    return compare_u64(x->order, y->order);
}

static int by_stratum(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    const int order = compare_u64(x->stratum, y->stratum);

    return order ? order : compare_u64(x->order, y->order);
}

/* The cheaper and the dearer half of each kind. */
static void set_strata(candidate *c, size_t n, const columns *col)
{
    size_t first = 0, behind;

    qsort(c, n, sizeof *c, by_cost);
    for (; first < n; first = behind) {
        for (behind = first; behind < n && c[behind].kind == c[first].kind;)
            behind++;
        for (size_t i = first; i < behind; i++)
            c[i].stratum = hash_of("stratum", col, c[i].row,
                                   2 * (i - first) >= behind - first && i > first);
    }
    qsort(c, n, sizeof *c, by_stratum);
}

static size_t collect(candidate *c, const sweep_store *s, const columns *col,
                      unsigned threads)
{
    size_t n = 0;

    for (size_t i = 0; i < sweep_store_rows(s); i++) {
        const double seconds = cost(col, i, threads);

        if (strcmp(col->status->text[i], "ok") != 0 || isnan(seconds))
            continue;
        c[n++] = (candidate){ .row = i,
                              .seconds = seconds,
                              .kind = hash_of("kind", col, i, 0),
                              .order = draw(col->key->text[i]) };
    }
    return n;
}

/* A stratum: candidates first .. behind - 1, of which those before next were looked at. */
typedef struct stratum {
    size_t first, behind, next;
    double seconds; /* of the first one */
    bool covered;
} stratum;

/* The cheap ones first, so that a short time covers many. */
static int by_seconds(const void *a, const void *b)
{
    const stratum *x = a, *y = b;

    if (x->seconds < y->seconds || x->seconds > y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    return compare_u64(x->first, y->first);
}

static size_t cut(stratum *t, const candidate *c, size_t n)
{
    size_t strata = 0;

    for (size_t i = 0; i < n; i++)
        if (i == 0 || c[i].stratum != c[i - 1].stratum)
            t[strata++] = (stratum){
                .first = i, .next = i, .behind = i + 1, .seconds = c[i].seconds
            };
        else
            t[strata - 1].behind = i + 1;
    qsort(t, strata, sizeof *t, by_seconds);
    return strata;
}

/* The next of a stratum that fits into what is left. */
static const candidate *take(stratum *t, const candidate *c, double left)
{
    while (t->next < t->behind) {
        const candidate *one = &c[t->next++];

        if (one->seconds <= left)
            return one;
    }
    return NULL;
}

/* In rounds: one of each stratum before a second of any. */
static void choose(reproduce_job *job, const candidate *c, stratum *t, size_t strata)
{
    double left = job->budget > 0 ? job->budget : (double)INFINITY;
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < strata && (!job->sample || job->n < job->sample); i++) {
            const candidate *one = take(&t[i], c, left);

            if (!one)
                continue;
            left -= one->seconds;
            job->covered += !t[i].covered;
            t[i].covered = more = true;
            job->row[job->n++] = (reproduce_row){ .row = one->row,
                                                  .expected = one->seconds,
                                                  .verdict = REPRODUCE_LATE,
                                                  .seconds = (double)NAN,
                                                  .stored = (double)NAN,
                                                  .recomputed = (double)NAN };
        }
    }
}

static lut_status nothing(const reproduce_job *job, double least, lut_err *err)
{
    if (!job->candidates)
        return lut_fail(err, LUT_ENOENT, "no trial that ended ok: nothing to repeat");
    return lut_fail(
        err, LUT_ENOENT,
        "no trial fits into %.4g s: the shortest is expected to take %.4g s",
        job->budget, least);
}

lut_status reproduce_plan(reproduce_job *job, sweep_store *s, lut_err *err)
{
    const size_t rows = sweep_store_rows(s);
    candidate *c = calloc(rows + 1, sizeof *c);
    stratum *t = calloc(rows + 1, sizeof *t);
    double least = (double)INFINITY;
    columns col = { 0 };
    lut_status st;

    job->row = calloc(rows + 1, sizeof *job->row);
    job->n = job->covered = 0;
    st = c && t && job->row ? find_columns(&col, s, err)
                            : lut_fail(err, LUT_ENOMEM, "no memory for a sample");
    if (st == LUT_OK) {
        job->candidates = collect(c, s, &col, job->exec.threads);
        set_strata(c, job->candidates, &col);
        job->strata = cut(t, c, job->candidates);
        choose(job, c, t, job->strata);
        for (size_t i = 0; i < job->candidates; i++)
            least = fmin(least, c[i].seconds);
        st = job->n ? LUT_OK : nothing(job, least, err);
    }
    free(c);
    free(t);
    return st;
}
