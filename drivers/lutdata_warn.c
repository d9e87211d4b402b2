/* What of a data set matters to whoever reports a number on it. */
#include "drivers/lutdata_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void warn(lutdata_findings *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void warn(lutdata_findings *f, const char *fmt, ...)
{
    va_list ap;

    if (f->nwarnings == LUTDATA_WARNINGS)
        return;
    va_start(ap, fmt);
    vsnprintf(f->warning[f->nwarnings++], LUTDATA_WARNING, fmt, ap);
    va_end(ap);
}

static double percent(size_t part, size_t whole)
{
    return 100.0 * (double)part / (double)whole;
}

/* Of a known set with a split of its own: nothing is wrong with the files. */
static const char *published(const lutdata_findings *f)
{
    const lut_known *k = f->known;

    return k && !lut_field_find(k->fields, k->nfields, "test_share") ? ", as published"
                                                                     : "";
}

static void warn_shared(lutdata_findings *f)
{
    const lut_data_inspection *s = &f->seen;
    const size_t train = s->part[LUT_TRAIN].rows, test = s->part[LUT_TEST].rows;

    if (s->covered == train)
        warn(f, "test contains all %zu training rows (%zu of its %zu rows)%s", train,
             s->shared, test, published(f));
    else if (s->shared)
        warn(f, "%zu of the %zu test rows (%.1f %%) have the values of a training row",
             s->shared, test, percent(s->shared, test));
    if (s->contested)
        warn(f, "%zu test row%s the values of a training row with another label",
             s->contested, s->contested == 1 ? " has" : "s have");
}

static void warn_disputed(lutdata_findings *f, size_t part, const char *name)
{
    const lut_part_facts *p = &f->seen.part[part];

    if (percent(p->rows - p->reachable, p->rows) >= 0.05)
        warn(f,
             "%zu %s rows have the values of one with another label: no network gets "
             "more than %.2f %% of this part right",
             p->disputed, name, percent(p->reachable, p->rows));
}

/* A split at random puts copies on both sides. */
static void warn_repeated(lutdata_findings *f)
{
    const lut_part_facts *p = &f->seen.part[LUT_TRAIN];

    if (p->rows >= SWEEP_SPLIT_ROWS && percent(p->repeated, p->rows) >= 1)
        warn(f,
             "%zu training rows (%.1f %%) repeat an earlier one: validation rows will "
             "have copies among the rows that are trained on",
             p->repeated, percent(p->repeated, p->rows));
}

static void warn_missing(lutdata_findings *f, size_t part, const char *name)
{
    char list[200] = "";
    size_t used = 0, n = 0;

    for (uint32_t c = 0; c < f->seen.classes; c++) {
        if (f->seen.part[part].count[c])
            continue;
        n++;
        if (used + 16 < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%u",
                                     used ? ", " : "", (unsigned)c);
        else if (strcmp(list + used - 3, "...") != 0)
            used += (size_t)snprintf(list + used, sizeof list - used, ", ...");
    }
    if (n)
        warn(f, "%zu class%s no %s row: %s", n, n == 1 ? " has" : "es have", name,
             list);
}

/* The accuracy that takes no network. */
static void warn_unbalanced(lutdata_findings *f)
{
    const lut_part_facts *train = &f->seen.part[LUT_TRAIN],
                         *test = &f->seen.part[LUT_TEST];
    uint32_t top = 0;

    for (uint32_t c = 1; c < f->seen.classes; c++)
        if (train->count[c] > train->count[top])
            top = c;
    if (percent(test->count[top], test->rows) >= 150.0 / f->seen.classes)
        warn(f, "always answering class %u gets %.2f %% of the test rows right",
             (unsigned)top, percent(test->count[top], test->rows));
}

/* Nothing can be learnt of such a column, and it decides nothing. */
static void warn_unseen(lutdata_findings *f)
{
    const lut_part_facts *train = &f->seen.part[LUT_TRAIN],
                         *test = &f->seen.part[LUT_TEST];
    size_t n = 0, first = 0;

    for (size_t i = f->seen.features; i-- > 0;) {
        bool fixed = train->low[i] >= train->high[i];

        if (!fixed ||
            (test->low[i] >= train->low[i] && test->high[i] <= train->high[i]))
            continue;
        n++;
        first = i;
    }
    if (n)
        warn(f, "%zu column%s constant in training, but not in test (%s%s)", n,
             n == 1 ? " is" : "s are", f->data->train.name[first],
             n > 1 ? ", ..." : "");
}

void lutdata_warn(lutdata_findings *f)
{
    warn_shared(f);
    warn_disputed(f, LUT_TRAIN, "training");
    warn_disputed(f, LUT_TEST, "test");
    warn_repeated(f);
    warn_missing(f, LUT_TRAIN, "training");
    warn_missing(f, LUT_TEST, "test");
    warn_unbalanced(f);
    warn_unseen(f);
    if (f->seen.part[LUT_TRAIN].rows < SWEEP_SPLIT_ROWS)
        warn(f,
             "fewer than %d training rows: no validation split and the last epoch, "
             "unless "
             "validation is given",
             (int)SWEEP_SPLIT_ROWS);
}
