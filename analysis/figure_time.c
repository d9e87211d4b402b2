/* The run: which rank trained what, when. */
#include "analysis/figure_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct lane_item {
    double start, end; /* seconds since 1970 */
    double lane;
    size_t row;
    bool good;
} lane_item;

/* Seconds of "2026-11-22T15:04:05Z"; NaN where it is none. */
static double seconds_of(const char *text)
{
    struct tm t = { 0 };

    if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%SZ", &t))
        return (double)NAN;
    return (double)timegm(&t);
}

/* Worker processes without MPI are all of one rank: their trials get the first free lane.
 * Starts are whole seconds, so what overlaps by less may be one after the other. */
static double free_lane(const lane_item *item, size_t n, const lane_item *new)
{
    double lane = 0;

    for (size_t i = 0; i < n;) {
        if (fabs(item[i].lane - lane) < 0.25 && item[i].end > new->start + 1.01) {
            lane += 1;
            i = 0;
        } else
            i++;
    }
    return lane;
}

static bool one_rank(const lane_item *item, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (fabs(item[i].lane - item[0].lane) > 0.25)
            return false;
    return true;
}

static int by_start(const void *a, const void *b)
{
    const lane_item *x = a, *y = b;

    if (x->start < y->start || x->start > y->start)
        return x->start < y->start ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static lut_status collect(lane_item **item, size_t *n, const figure_source *s,
                          lut_err *err)
{
    const size_t started = report_data_find(s->data, "started");

    *n = 0;
    *item = calloc(s->rows->n + 1, sizeof **item);
    if (!*item)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->rows->n && started != SIZE_MAX; i++) {
        const size_t row = s->rows->row[i];
        const double at = seconds_of(report_data_value(s->data, row, started).text);
        const double seconds = figure_value(s, row, "train_seconds");
        const double rank = figure_value(s, row, "rank");

        if (isnan(at) || isnan(seconds))
            continue;
        (*item)[(*n)++] = (lane_item){ at, at + seconds, isnan(rank) ? 0 : rank, row,
                                       figure_ok(s, row) };
    }
    qsort(*item, *n, sizeof **item, by_start);
    return LUT_OK;
}

static lut_status begin_data(figure *f, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "lane",
          .doc = "rank; of trials of one rank that ran at once, a free place",
          .kind = SHEET_WHOLE },
        { .name = "start",
          .unit = "s",
          .doc = "since the first trial",
          .kind = SHEET_REAL },
        { .name = "seconds", .unit = "s", .kind = SHEET_REAL },
        { .name = "ok", .kind = SHEET_WHOLE },
    };

    LUT_TRY(sheet_init(&f->data, f->name, err, "Trials over time"));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    return LUT_OK;
}

typedef struct totals {
    double first, last, busy, lanes;
    size_t bad; /* not ok */
} totals;

static lut_status put_items(FILE *out, figure *f, const figure_source *s,
                            lane_item *item, size_t n, totals *t, lut_err *err)
{
    const size_t step = (n + FIGURE_MARKS - 1) / FIGURE_MARKS;
    const bool alone = one_rank(item, n);

    *t = (totals){ .first = item[0].start, .last = item[0].end };
    fputs("$runs << EOD\n", out);
    for (size_t i = 0; i < n; i++) {
        const sheet_cell cell[] = { { .number = 0 },
                                    { .number = item[i].start - t->first },
                                    { .number = item[i].end - item[i].start },
                                    { .number = item[i].good } };
        sheet_cell row[4];

        memcpy(row, cell, sizeof row);
        if (alone && step == 1) /* lanes are not told apart in a crowd */
            item[i].lane = free_lane(item, i, &item[i]);
        row[0].number = item[i].lane;
        LUT_TRY(sheet_add_row(&f->data, row, err));
        t->last = fmax(t->last, item[i].end);
        t->busy += item[i].end - item[i].start;
        t->bad += !item[i].good;
        t->lanes = fmax(t->lanes, item[i].lane + 1);
        if (i % step == 0)
            fprintf(out, "%.10g %.10g %.10g %zu %d\n", item[i].start - t->first,
                    item[i].end - t->first, item[i].lane, figure_method(s, item[i].row),
                    item[i].good);
    }
    fputs("EOD\n", out);
    return LUT_OK;
}

static void put_plot(FILE *out, const figure_source *s, const totals *t)
{
    const bool minutes = t->last - t->first > 600;
    const char *comma = "";

    fprintf(out,
            "set xlabel '%s since the first trial'\nset ylabel 'rank'\n"
            "set yrange [-0.7:%.1f]\nset ytics 1\nunit = %d\n"
            "set style fill solid 0.8 border rgb '#ffffff'\nplot ",
            minutes ? "minutes" : "seconds", t->lanes - 0.3, minutes ? 60 : 1);
    figure_each_method(
        out, &comma, s,
        "$runs using (($4==@m)&&($5==1)?($1+$2)/2/unit:NaN):3:($1/unit):($2/unit)"
        ":($3-0.38):($3+0.38) with boxxyerror lw 0.3 lc rgb @c",
        true);
    if (t->bad)
        fprintf(out,
                "%s$runs using ($5==0?$1/unit:NaN):3 with points pt 2 ps 0.8 lc rgb "
                "'#B33A3A' title 'not ok'",
                comma);
    fputc('\n', out);
}

static lut_status draw(figure *f, const figure_source *s, lane_item *item, size_t n,
                       totals *t, lut_err *err)
{
    figure_pen pen;
    lut_status st;

    LUT_TRY(begin_data(f, err));
    LUT_TRY(figure_begin(&pen, err));
    st = put_items(pen.out, f, s, item, n, t, err);
    put_plot(pen.out, s, t);
    f->height = (unsigned)fmin(600, 170 + 22 * t->lanes);
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    return st;
}

lut_status figure_time(figure *f, const figure_source *s, lut_err *err)
{
    lane_item *item;
    totals t = { 0 };
    size_t n;
    lut_status st = collect(&item, &n, s, err);

    if (st == LUT_OK)
        st = n ? draw(f, s, item, n, &t, err) : figure_not(f, "no trial has a time");
    free(item);
    if (st == LUT_OK)
        st = figure_words(
            f, err, "Trials over time",
            "%zu trials, %.3g core hours of training within %.3g hours; training "
            "kept the lanes busy for %.0f %% of that time.",
            n, t.busy / 3600, (t.last - t.first) / 3600,
            t.last > t.first ? 100 * t.busy / ((t.last - t.first) * t.lanes) : 0);
    return st;
}
