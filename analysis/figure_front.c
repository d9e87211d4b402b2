/* Accuracy against size: trials, settings with their intervals, and the front of the settings. */
#include "analysis/figure_impl.h"
#include "analysis/published.h"
#include "analysis/student.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct point {
    size_t setting, method, n;
    double x, y, lo, hi, test;
    bool front;
} point;

typedef struct front {
    report_settings settings;
    point *point; /* [n] settings with a size; owned */
    size_t n;
    const char *size;          /* column */
    sweep_baselines published; /* of the data set, counted as size is; owned */
} front;

static void front_fini(front *t)
{
    report_settings_fini(&t->settings);
    free(t->point);
    sweep_baselines_fini(&t->published);
}

/* Mean of a column over a setting's runs; NaN where one has none. */
static double mean_of(const figure_source *s, const report_settings *t, size_t setting,
                      const char *column)
{
    double sum = 0;

    for (size_t i = t->start[setting]; i < t->start[setting + 1]; i++)
        sum += figure_value(s, t->run[i].row, column);
    return sum / (double)(t->start[setting + 1] - t->start[setting]);
}

static lut_status make_point(point *p, const figure_source *s, const front *t,
                             size_t setting, lut_err *err)
{
    const report_settings *set = &t->settings;
    const size_t first = set->start[setting], n = set->start[setting + 1] - first;
    double *v = malloc(n * sizeof *v);
    student_interval i;

    if (!v)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    i = student_mean(v, report_setting_units(v, set, setting), s->alpha);
    free(v);
    *p = (point){ .setting = setting,
                  .method = figure_method(s, set->run[first].row),
                  .n = n,
                  .x = mean_of(s, set, setting, t->size),
                  .y = report_setting_mean(set, setting),
                  .lo = i.lo,
                  .hi = i.hi,
                  .test = mean_of(s, set, setting, "test_accuracy") };
    return LUT_OK;
}

/* By size; of one size the best first. */
static int by_size(const void *a, const void *b)
{
    const point *p = a, *q = b;

    if (p->x < q->x || p->x > q->x)
        return p->x < q->x ? -1 : 1;
    return p->y < q->y   ? 1
           : p->y > q->y ? -1
                         : (p->setting > q->setting) - (p->setting < q->setting);
}

static lut_status collect(front *t, const figure_source *s, lut_err *err)
{
    double best = -INFINITY;

    t->point = malloc((t->settings.n + 1) * sizeof *t->point);
    if (!t->point)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < t->settings.n; i++) {
        LUT_TRY(make_point(&t->point[t->n], s, t, i, err));
        t->n += t->point[t->n].x > 0;
    }
    qsort(t->point, t->n, sizeof *t->point, by_size);
    for (size_t i = 0; i < t->n; i++) {
        t->point[i].front = t->point[i].y > best;
        best = fmax(best, t->point[i].y);
    }
    return LUT_OK;
}

/* ---- published ---- */

static bool is_beside(const sweep_baseline *b, const char *set, const char *size)
{
    const char *want = !strcmp(size, "lut6") ? "design" : "core";

    return !strcmp(b->dataset, set) && !strcmp(b->convention, want) && b->luts > 0 &&
           !isnan(b->value) && !strcmp(b->metric, "test_accuracy") &&
           strcmp(b->state, "superseded") != 0;
}

/* Those of the files that are of this data set and count the same LUTs; of `luts`, which no tool
 * has mapped, there are none. */
static lut_status find_published(front *t, const figure_source *s, lut_err *err)
{
    const size_t col = report_data_find(s->data, "dataset");
    bool own;
    size_t n = 0;

    if (col == SIZE_MAX || !s->rows->n || !strcmp(t->size, "luts"))
        return LUT_OK;
    LUT_TRY(report_published_rows(&t->published, &own, s->data, NULL, err));
    for (size_t i = 0; i < t->published.n; i++)
        if (is_beside(&t->published.row[i],
                      report_data_value(s->data, s->rows->row[0], col).text, t->size))
            t->published.row[n++] = t->published.row[i];
    t->published.n = n;
    return LUT_OK;
}

static bool compares(const sweep_baseline *b)
{
    return !strcmp(b->comparable, "yes");
}

static void put_published(FILE *out, const front *t)
{
    fputs("$published << EOD\n", out);
    for (size_t i = 0; i < t->published.n; i++) {
        const sweep_baseline *b = &t->published.row[i];

        fprintf(out, "%.10g %.10g %d ", b->luts, b->value, compares(b));
        figure_quote(out, b->method);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static void plot_published(FILE *out, const front *t)
{
    if (!t->published.n)
        return;
    fputs(FIGURE_AND
          "$published using ($3==1?$1:NaN):2 with points pt 12 ps 1.1 lw 1.2 "
          "lc rgb '#707070' title 'published, test', \\\n"
          "$published using ($3==0?$1:NaN):2 with points pt 12 ps 0.9 lw 0.6 "
          "lc rgb '#c0c0c0' title 'published, does not compare', \\\n"
          "$published using ($3==1?$1:NaN):2:4 with labels left offset 0.8,0 "
          "font ',8' tc rgb '#707070' notitle",
          out);
}

/* ---- drawing ---- */

static lut_status put_trials(FILE *out, const figure_source *s, const front *t,
                             lut_err *err)
{
    const report_settings *set = &t->settings;
    const size_t runs = set->start[set->n];
    double *x = malloc((2 * runs + 1) * sizeof *x), *y = x ? x + runs : NULL;
    size_t *method = malloc((runs + 1) * sizeof *method);
    bool *keep = malloc(runs + 1);
    const bool room = x && method && keep;

    for (size_t i = 0; room && i < runs; i++) {
        method[i] = figure_method(s, set->run[i].row);
        x[i] = figure_value(s, set->run[i].row, t->size);
        x[i] = x[i] > 0 ? x[i] : (double)NAN;
        y[i] = set->run[i].value;
    }
    if (room)
        figure_thin(keep, x, y, method, runs, true);
    fputs("$trials << EOD\n", out);
    for (size_t i = 0; room && i < runs; i++)
        if (keep[i])
            fprintf(out, "%.10g %.10g %zu\n", x[i], y[i], method[i]);
    fputs("EOD\n", out);
    free(x);
    free(method);
    free(keep);
    return room ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
}

static void put_settings(FILE *out, const front *t)
{
    bool *keep = malloc(t->n + 1);
    double *x = malloc((2 * t->n + 1) * sizeof *x);

    for (size_t i = 0; x && i < t->n; i++) {
        x[i] = t->point[i].x;
        x[t->n + i] = t->point[i].y;
    }
    if (keep && x)
        figure_thin(keep, x, x + t->n, NULL, t->n, true);
    fputs("$settings << EOD\n", out);
    for (size_t i = 0; i < t->n; i++) {
        const point *p = &t->point[i];

        if (keep && x && !keep[i] && !p->front)
            continue;
        figure_number(out, p->x);
        figure_number(out, p->y);
        figure_number(out, isnan(p->lo) ? p->y : p->lo);
        figure_number(out, isnan(p->hi) ? p->y : p->hi);
        fprintf(out, " %zu %d\n", p->method, p->front);
    }
    fputs("EOD\n$front << EOD\n", out);
    for (size_t i = 0; i < t->n; i++)
        if (t->point[i].front)
            fprintf(out, "%.10g %.10g\n", t->point[i].x, t->point[i].y);
    fputs("EOD\n", out);
    free(keep);
    free(x);
}

/* 1, 2 and 5 times the powers of ten: an axis of less than a decade would have one number. */
static void put_ticks(FILE *out, double lo, double hi)
{
    static const double step[] = { 1, 2, 5 };
    const char *comma = "";

    fputs("set xtics (", out);
    for (double power = pow(10, floor(log10(lo))); power <= hi; power *= 10)
        for (size_t i = 0; i < LUT_COUNT(step); i++)
            if (step[i] * power >= lo && step[i] * power <= hi) {
                fprintf(out, "%s%.10g", comma, step[i] * power);
                comma = ", ";
            }
    if (!comma[0]) /* none of them is in the range */
        fprintf(out, "%.3g", sqrt(lo * hi));
    fputs(")\n", out);
}

/* From the worst to the best mean, the intervals of two seeds would leave no room for them; and
 * what is published and compares. */
static void put_range(FILE *out, const front *t)
{
    double lo = INFINITY, hi = -INFINITY, small = t->point[0].x,
           large = t->point[t->n - 1].x, room;

    for (size_t i = 0; i < t->n; i++) {
        lo = fmin(lo, t->point[i].y);
        hi = fmax(hi, t->point[i].y);
    }
    for (size_t i = 0; i < t->published.n; i++)
        if (compares(&t->published.row[i])) {
            lo = fmin(lo, t->published.row[i].value);
            hi = fmax(hi, t->published.row[i].value);
            small = fmin(small, t->published.row[i].luts);
            large = fmax(large, t->published.row[i].luts);
        }
    room = hi > lo ? 0.08 * (hi - lo) : 1;
    fprintf(out, "set yrange [%.6g:%.6g]\nset xrange [%.6g:%.6g]\n", lo - room,
            fmin(hi + room, hi < 100 ? 100 : 100.5), 0.8 * small, 1.25 * large);
    put_ticks(out, 0.8 * small, 1.25 * large);
}

static void put_plot(FILE *out, const figure_source *s, const front *t)
{
    const char *comma = FIGURE_AND;

    fprintf(
        out,
        "set logscale x\nset xlabel '%s (log scale)'\n"
        "set ylabel 'validation accuracy, percent%s'\n"
        "plot $front using 1:2 with steps lw 1.5 lc rgb '#808080' title 'front of the "
        "means'",
        t->size, t->published.n ? " (published: test)" : "");
    figure_each_method(
        out, &comma, s,
        "$trials using ($3==@m?$1:NaN):2 with points pt 7 ps 0.25 lc rgb @c", false);
    figure_each_method(
        out, &comma, s,
        "$settings using ($5==@m?$1:NaN):2:3:4 with yerrorbars pt @p ps 0.8 "
        "lw 0.8 lc rgb @c",
        true);
    plot_published(out, t);
    fputc('\n', out);
}

/* Below our front, without validation figures. */
static lut_status add_published(figure *f, const front *t, lut_err *err)
{
    const double none = (double)NAN;

    for (size_t i = 0; i < t->published.n; i++) {
        const sweep_baseline *b = &t->published.row[i];
        char text[600];
        const sheet_cell cell[] = { { .text = text },   { .number = b->luts },
                                    { .number = none }, { .number = none },
                                    { .number = none }, { .number = b->value },
                                    { .number = none } };

        snprintf(text, sizeof text, "published%s: %s, %s [%s]",
                 compares(b) ? "" : " (does not compare)", b->method, b->name,
                 b->source);
        LUT_TRY(sheet_add_row(&f->data, cell, err));
    }
    return LUT_OK;
}

static lut_status make_data(figure *f, const front *t, lut_err *err)
{
    sheet_column column[] = {
        { .name = "setting", .kind = SHEET_TEXT },
        { .unit = "LUTs", .kind = SHEET_WHOLE },
        { .name = "valid_accuracy_mean",
          .head = "validation",
          .unit = "percent",
          .doc = "mean over seeds: what the front is of",
          .kind = SHEET_PERCENT },
        { .name = "valid_accuracy_lo",
          .head = "from",
          .unit = "percent",
          .kind = SHEET_PERCENT },
        { .name = "valid_accuracy_hi",
          .head = "to",
          .unit = "percent",
          .kind = SHEET_PERCENT },
        { .name = "test_accuracy_mean",
          .head = "test",
          .unit = "percent",
          .doc = "mean over seeds, not used to choose",
          .kind = SHEET_PERCENT },
        { .name = "n", .kind = SHEET_WHOLE },
    };

    snprintf(column[1].name, sizeof column[1].name, "%s", t->size);
    LUT_TRY(sheet_init(&f->data, "front", err,
                       "Settings on the front of accuracy against size"));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    for (size_t i = 0; i < t->n; i++) {
        const point *p = &t->point[i];
        char text[600];
        const sheet_cell cell[] = { { .text = text },          { .number = p->x },
                                    { .number = p->y },        { .number = p->lo },
                                    { .number = p->hi },       { .number = p->test },
                                    { .number = (double)p->n } };

        figure_setting(text, sizeof text, &t->settings, p->setting);
        if (p->front)
            LUT_TRY(sheet_add_row(&f->data, cell, err));
    }
    return add_published(f, t, err);
}

static lut_status draw(figure *f, const figure_source *s, const front *t, lut_err *err)
{
    figure_pen pen;
    lut_status st;

    LUT_TRY(figure_begin(&pen, err));
    st = put_trials(pen.out, s, t, err);
    put_settings(pen.out, t);
    put_published(pen.out, t);
    put_range(pen.out, t);
    put_plot(pen.out, s, t);
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    if (st == LUT_OK)
        st = make_data(f, t, err);
    return st;
}

/* Of real inputs the encoder has no known size. */
static const char *size_column(const figure_source *s)
{
    static const char *const column[] = { "lut6", "lut6_core", "luts" };
    size_t i = 0, col;

    while (i + 1 < LUT_COUNT(column) && !figure_column(&col, s, column[i]))
        i++;
    return column[i];
}

lut_status figure_front(figure *f, const figure_source *s, lut_err *err)
{
    front t = { 0 };
    size_t valid, col;
    lut_status st;

    LUT_TRY(figure_words(
        f, err, "Accuracy against size",
        "Small dots are trials, large marks means over the seeds of a setting "
        "with their %g %% intervals (Student's t). The front is that of the "
        "means, by validation accuracy; test figures stand in the table. Intervals "
        "that leave the figure are cut. Hollow marks are published test accuracies of "
        "the same data set and count of LUTs, as the file has them.",
        100 * (1 - s->alpha)));
    t.size = size_column(s);
    if (!figure_column(&valid, s, "valid_accuracy"))
        return figure_not(
            f, "no trial that ended well has validation rows, so nothing can be "
               "chosen");
    if (!figure_column(&col, s, t.size))
        return figure_not(f, "no trial has a number of LUTs");
    st = report_settings_make(&t.settings, s->data, s->rows, valid, REPORT_SPLITS_RUNS,
                              err);
    if (st == LUT_OK)
        st = collect(&t, s, err);
    if (st == LUT_OK)
        st = find_published(&t, s, err);
    if (st == LUT_OK)
        st = t.n ? draw(f, s, &t, err) : figure_not(f, "no setting has a size");
    front_fini(&t);
    return st;
}
