/* Accuracy against size: trials, settings with their intervals, and the front of the settings. */
#include "analysis/figure_impl.h"
#include "analysis/student.h"

#include <math.h>
#include <stdlib.h>

typedef struct point {
    size_t setting, method, n;
    double x, y, lo, hi, test;
    bool front;
} point;

typedef struct front {
    report_settings settings;
    point *point; /* [n] settings with a size; owned */
    size_t n;
    const char *size; /* column */
} front;

static void front_fini(front *t)
{
    report_settings_fini(&t->settings);
    free(t->point);
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

static lut_status put_trials(FILE *out, const figure_source *s, const front *t,
                             lut_err *err)
{
    const report_settings *set = &t->settings;
    const size_t runs = set->start[set->n];
    double *x = malloc((2 * runs + 1) * sizeof *x), *y = x ? x + runs : NULL;
    bool *keep = malloc(runs + 1);

    for (size_t i = 0; x && keep && i < runs; i++) {
        x[i] = figure_value(s, set->run[i].row, t->size);
        x[i] = x[i] > 0 ? x[i] : (double)NAN;
        y[i] = set->run[i].value;
    }
    if (x && keep)
        figure_thin(keep, x, y, runs, true);
    fputs("$trials << EOD\n", out);
    for (size_t i = 0; x && keep && i < runs; i++)
        if (keep[i])
            fprintf(out, "%.10g %.10g %zu\n", x[i], y[i],
                    figure_method(s, set->run[i].row));
    fputs("EOD\n", out);
    free(x);
    free(keep);
    return x && keep ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
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
        figure_thin(keep, x, x + t->n, t->n, true);
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
    fputs(")\n", out);
}

/* From the worst to the best mean: the intervals of two seeds would leave no room for them. */
static void put_range(FILE *out, const front *t)
{
    double lo = INFINITY, hi = -INFINITY, room;

    for (size_t i = 0; i < t->n; i++) {
        lo = fmin(lo, t->point[i].y);
        hi = fmax(hi, t->point[i].y);
    }
    room = hi > lo ? 0.08 * (hi - lo) : 1;
    fprintf(out, "set yrange [%.6g:%.6g]\nset xrange [%.6g:%.6g]\n", lo - room,
            fmin(hi + room, hi < 100 ? 100 : 100.5), 0.8 * t->point[0].x,
            1.25 * t->point[t->n - 1].x);
    put_ticks(out, 0.8 * t->point[0].x, 1.25 * t->point[t->n - 1].x);
}

static void put_plot(FILE *out, const figure_source *s, const front *t)
{
    fprintf(out,
            "set logscale x\nset xlabel '%s (log scale)'\n"
            "set ylabel 'validation accuracy, percent'\nplot ",
            t->size);
    for (size_t m = 0; m < figure_method_count(s); m++)
        if (figure_has_method(s, m))
            fprintf(
                out,
                "$trials using ($3==%zu?$1:NaN):2 with points pt 7 ps 0.25 lc rgb '%s' "
                "notitle, \\\n",
                m, figure_colour(m));
    fputs("$front using 1:2 with steps lw 1.5 lc rgb '#808080' title 'front of the "
          "means'",
          out);
    for (size_t m = 0; m < figure_method_count(s); m++) {
        char name[FIGURE_LABEL];

        if (!figure_has_method(s, m))
            continue;
        figure_method_name(name, s, m);
        fprintf(out,
                ", \\\n$settings using ($5==%zu?$1:NaN):2:3:4 with yerrorbars pt %u ps "
                "0.8 lw 0.8 lc "
                "rgb '%s' title ",
                m, figure_mark(m, false), figure_colour(m));
        figure_quote(out, name);
    }
    fputc('\n', out);
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
    return LUT_OK;
}

static lut_status draw(figure *f, const figure_source *s, const front *t, lut_err *err)
{
    figure_pen pen;
    lut_status st;

    LUT_TRY(figure_begin(&pen, err));
    st = put_trials(pen.out, s, t, err);
    put_settings(pen.out, t);
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
        "that leave the figure are cut.",
        100 * (1 - s->alpha)));
    t.size = size_column(s);
    if (!figure_column(&valid, s, "valid_accuracy"))
        return figure_not(f, "no trial has validation rows, so nothing can be chosen");
    if (!figure_column(&col, s, t.size))
        return figure_not(f, "no trial has a number of LUTs");
    st = report_settings_make(&t.settings, s->data, s->rows, valid, REPORT_SPLITS_RUNS,
                              err);
    if (st == LUT_OK)
        st = collect(&t, s, err);
    if (st == LUT_OK)
        st = t.n ? draw(f, s, &t, err) : figure_not(f, "no setting has a size");
    front_fini(&t);
    return st;
}
