/* Figures of one number of a trial against another: soft against discrete, validation against
 * test; and the best so far against the number of trials. */
#include "analysis/figure_impl.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

typedef struct scatter {
    const char *x, *y; /* columns */
    const char *xlabel, *ylabel;
    const char *mark; /* row that is marked has the largest of this column; or NULL */
} scatter;

typedef struct points {
    double *x, *y; /* [n] of rows that have both */
    size_t *method, n, best;
} points;

static void points_fini(points *p)
{
    free(p->x);
    free(p->y);
    free(p->method);
}

static lut_status collect(points *p, const figure_source *s, const scatter *c,
                          lut_err *err)
{
    const size_t room = s->rows->n + 1;
    double best = -INFINITY;

    *p = (points){ calloc(room, sizeof(double)), calloc(room, sizeof(double)),
                   calloc(room, sizeof(size_t)), 0, SIZE_MAX };
    if (!p->x || !p->y || !p->method)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->rows->n; i++) {
        const size_t row = s->rows->row[i];
        const double x = figure_value(s, row, c->x), y = figure_value(s, row, c->y);
        const double v = c->mark ? figure_value(s, row, c->mark) : (double)NAN;

        if (!figure_ok(s, row) || isnan(x) || isnan(y))
            continue;
        if (v > best) {
            best = v;
            p->best = p->n;
        }
        p->x[p->n] = x;
        p->y[p->n] = y;
        p->method[p->n++] = figure_method(s, row);
    }
    return LUT_OK;
}

static lut_status put_points(FILE *out, figure *f, const figure_source *s,
                             const points *p, lut_err *err)
{
    bool *keep = malloc(p->n + 1);

    if (!keep)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    figure_thin(keep, p->x, p->y, p->method, p->n, false);
    fputs("$points << EOD\n", out);
    for (size_t i = 0; i < p->n; i++) {
        char name[FIGURE_LABEL];
        const size_t m = p->method[i];
        const sheet_cell cell[] = { { .text = name },
                                    { .number = p->x[i] },
                                    { .number = p->y[i] } };

        figure_method_name(name, s, m);
        if (sheet_add_row(&f->data, cell, err) != LUT_OK) {
            free(keep);
            return err->code;
        }
        if (keep[i] || i == p->best)
            fprintf(out, "%.10g %.10g %zu\n", p->x[i], p->y[i], m);
    }
    fputs("EOD\n", out);
    free(keep);
    return LUT_OK;
}

static void put_plot(FILE *out, const figure_source *s, const points *p,
                     const scatter *c)
{
    const char *comma = FIGURE_AND;

    fputs("set xlabel ", out);
    figure_quote(out, c->xlabel);
    fputs("\nset ylabel ", out);
    figure_quote(out, c->ylabel);
    fputc('\n', out);
    figure_range(out, "x", p->x, p->n);
    figure_range(out, "y", p->y, p->n);
    fputs("plot x with lines lw 1 lc rgb '#909090' title 'equal'", out);
    figure_each_method(
        out, &comma, s,
        "$points using ($3==@m?$1:NaN):2 with points pt @p ps 0.55 lc rgb @c", true);
    if (p->best != SIZE_MAX)
        fprintf(
            out,
            ", \\\n'-' using 1:2 with points pt 6 ps 1.8 lw 1.6 lc rgb '#B33A3A' title "
            "'chosen'\n%.10g %.10g\ne\n",
            p->x[p->best], p->y[p->best]);
    else
        fputc('\n', out);
}

static lut_status begin_data(figure *f, const scatter *c, lut_err *err)
{
    sheet_column column[] = { { .name = "method", .kind = SHEET_TEXT },
                              { .unit = "percent", .kind = SHEET_PERCENT },
                              { .unit = "percent", .kind = SHEET_PERCENT } };

    snprintf(column[1].name, sizeof column[1].name, "%s", c->x);
    snprintf(column[2].name, sizeof column[2].name, "%s", c->y);
    LUT_TRY(sheet_init(&f->data, f->name, err, "%s", f->title));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    return LUT_OK;
}

static lut_status draw(figure *f, const figure_source *s, const points *p,
                       const scatter *c, lut_err *err)
{
    figure_pen pen;
    lut_status st;

    LUT_TRY(begin_data(f, c, err));
    LUT_TRY(figure_begin(&pen, err));
    st = put_points(pen.out, f, s, p, err);
    put_plot(pen.out, s, p, c);
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    return st;
}

lut_status figure_gap(figure *f, const figure_source *s, lut_err *err)
{
    static const scatter c = { "test_accuracy_soft", "test_accuracy",
                               "relaxed network, test split, percent",
                               "discrete network, test split, percent", NULL };
    points p;
    double mean = 0;
    lut_status st;

    st = collect(&p, s, &c, err);
    for (size_t i = 0; i < p.n; i++)
        mean += (p.x[i] - p.y[i]) / (double)p.n;
    if (st == LUT_OK)
        st = figure_words(
            f, err, "Relaxed against discrete",
            "Each mark is a trial; below the line the discrete network, which is "
            "what becomes hardware, is worse. On average %+.2f points over %zu "
            "trials.",
            -mean, p.n);
    if (st == LUT_OK)
        st = p.n ? draw(f, s, &p, &c, err)
                 : figure_not(f, "no trial has both accuracies");
    points_fini(&p);
    return st;
}

/* Spearman's rank correlation of what was chosen by and what it was chosen for. */
static double rank_correlation(const points *p)
{
    double *work = malloc(2 * (p->n + 1) * sizeof *work);
    const double r = work && p->n > 2 ? gsl_stats_spearman(p->x, 1, p->y, 1, p->n, work)
                                      : (double)NAN;

    free(work);
    return r;
}

lut_status figure_judge(figure *f, const figure_source *s, lut_err *err)
{
    static const scatter c = { "valid_accuracy", "test_accuracy",
                               "validation accuracy, percent", "test accuracy, percent",
                               "valid_accuracy" };
    points p;
    lut_status st = collect(&p, s, &c, err);

    if (st == LUT_OK && p.n)
        st = figure_words(
            f, err, "Validation against test",
            "Each mark is a trial, the ring the one with the best validation "
            "accuracy: %.2f there, %.2f on the test split, an optimism of %+.2f "
            "points. Rank correlation (Spearman) over %zu trials: %.3f.",
            p.x[p.best], p.y[p.best], p.x[p.best] - p.y[p.best], p.n,
            rank_correlation(&p));
    if (st == LUT_OK)
        st = p.n ? draw(f, s, &p, &c, err)
                 : figure_not(f, "no trial has a validation and a test accuracy");
    points_fini(&p);
    return st;
}

/* ---- luck ---- */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Expected largest of k drawn from n without replacement: the i-th smallest is it with
 * probability C(i - 1, k - 1) / C(n, k); the ratio of neighbours avoids large numbers. */
static double expected_best(const double *sorted, size_t n, size_t k)
{
    double p = (double)k / (double)n, sum = 0;

    for (size_t i = n; i >= k; i--) {
        sum += p * sorted[i - 1];
        if (i > 1)
            p *= (double)(i - k) / (double)(i - 1);
    }
    return sum;
}

/* About 200 numbers of trials, one after the other at first, then further apart. */
static size_t next_count(size_t k)
{
    return k + 1 + k / 40;
}

static lut_status luck_columns(figure *f, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "trials", .kind = SHEET_WHOLE },
        { .name = "best_so_far", .unit = "percent", .kind = SHEET_PERCENT },
        { .name = "expected_best", .unit = "percent", .kind = SHEET_PERCENT },
    };

    LUT_TRY(sheet_init(&f->data, f->name, err, "%s", f->title));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    return LUT_OK;
}

static lut_status draw_luck(figure *f, const points *p, lut_err *err)
{
    double *sorted = malloc(p->n * sizeof *sorted), best = -INFINITY;
    figure_pen pen;
    lut_status st;

    if (!sorted)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < p->n; i++)
        sorted[i] = p->x[i];
    qsort(sorted, p->n, sizeof *sorted, ascending);
    st = figure_begin(&pen, err);
    if (st == LUT_OK)
        st = luck_columns(f, err);
    if (st == LUT_OK) {
        figure_range(pen.out, "y", p->x, p->n);
        fputs("$luck << EOD\n", pen.out);
    }
    for (size_t k = 1, seen = 0; k <= p->n && st == LUT_OK;
         k = k < p->n && next_count(k) > p->n ? p->n : next_count(k)) {
        for (; seen < k; seen++)
            best = fmax(best, p->x[seen]);
        const sheet_cell cell[] = { { .number = (double)k },
                                    { .number = best },
                                    { .number = expected_best(sorted, p->n, k) } };

        st = sheet_add_row(&f->data, cell, err);
        fprintf(pen.out, "%zu %.10g %.10g\n", k, best, cell[2].number);
    }
    free(sorted);
    if (st == LUT_OK) {
        fputs(
            "EOD\nset xlabel 'trials'\nset ylabel 'best validation accuracy, percent'\n"
            "set key bottom right inside vertical\n"
            "plot $luck using 1:2 with steps lw 1.3 lc rgb '#0072B2' title 'in the "
            "order of "
            "the file', \\\n"
            "$luck using 1:3 with lines lw 1.8 lc rgb '#D55E00' title 'expected of as "
            "many, "
            "drawn at random'\n",
            pen.out);
        st = figure_end(f, &pen, err);
    }
    figure_drop(&pen);
    return st;
}

lut_status figure_luck(figure *f, const figure_source *s, lut_err *err)
{
    static const scatter c = { "valid_accuracy", "valid_accuracy", "", "", NULL };
    points p;
    lut_status st = collect(&p, s, &c, err);

    f->height = 320;
    if (st == LUT_OK)
        st = figure_words(
            f, err, "Best of how many",
            "The largest of many numbers is large by luck too: what the best "
            "validation accuracy of fewer trials would be, on average over all "
            "choices of them.");
    if (st == LUT_OK)
        st = p.n > 2 ? draw_luck(f, &p, err) : figure_not(f, "fewer than three trials");
    points_fini(&p);
    return st;
}
