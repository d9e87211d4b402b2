/* Learning curves: for each method the quantiles over its trials at each epoch. */
#include "analysis/figure_impl.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

/* Quantiles of so many trials a method suffice; of more, every k-th is read. */
enum { CURVES_TRIALS = 1000 };

/* Validation accuracies of one method: epoch by epoch, the trials that ran it. */
typedef struct curve {
    double *v; /* [epochs][room]; owned */
    size_t *n; /* [epochs]; owned */
    size_t epochs, room, trials, improving;
} curve;

static void curve_fini(curve *c)
{
    free(c->v);
    free(c->n);
}

static lut_status grow(curve *c, size_t epochs, lut_err *err)
{
    double *v = epochs > c->epochs ? realloc(c->v, epochs * c->room * sizeof *v) : c->v;
    size_t *n;

    if (epochs <= c->epochs)
        return LUT_OK;
    if (!v)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    c->v = v;
    n = realloc(c->n, epochs * sizeof *n);
    if (!n)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    c->n = n;
    while (c->epochs < epochs)
        c->n[c->epochs++] = 0;
    return LUT_OK;
}

/* Whether the best validation accuracy fell in the last tenth of the epochs. */
static bool still_improving(const sweep_result *r)
{
    double accuracy, epoch;

    sweep_best_until(r, r->nhistory, &accuracy, &epoch);
    return r->nhistory > 1 && epoch > 0.9 * (double)r->nhistory;
}

static lut_status add_trial(curve *c, const figure_source *s, size_t row, lut_err *err)
{
    sweep_result r;
    lut_status st = report_data_epochs(s->data, row, &r, err);

    if (st == LUT_OK)
        st = grow(c, r.nhistory, err);
    for (size_t e = 0; st == LUT_OK && e < r.nhistory; e++)
        if (!isnan(r.history[e].valid_accuracy))
            c->v[e * c->room + c->n[e]++] = r.history[e].valid_accuracy;
    if (st == LUT_OK && r.nhistory) {
        c->trials++;
        c->improving += still_improving(&r);
    }
    sweep_result_fini(&r);
    return st;
}

static lut_status collect(curve *c, const figure_source *s, size_t method, lut_err *err)
{
    size_t of_method = 0, step, at = 0;

    for (size_t i = 0; i < s->rows->n; i++)
        of_method += figure_ok(s, s->rows->row[i]) &&
                     figure_method(s, s->rows->row[i]) == method;
    step = (of_method + CURVES_TRIALS - 1) / CURVES_TRIALS;
    *c = (curve){ .room = CURVES_TRIALS };
    for (size_t i = 0; i < s->rows->n && step; i++) {
        const size_t row = s->rows->row[i];

        if (figure_ok(s, row) && figure_method(s, row) == method && at++ % step == 0)
            LUT_TRY(add_trial(c, s, row, err));
    }
    return LUT_OK;
}

static lut_status put_curve(FILE *out, figure *f, const char *name, size_t method,
                            curve *c, lut_err *err)
{
    static const double share[] = { 0.1, 0.5, 0.9 };

    fprintf(out, "$curve%zu << EOD\n", method);
    for (size_t e = 0; e < c->epochs; e++) {
        sheet_cell cell[6] = { { .text = name },
                               { .number = (double)(e + 1) },
                               { .number = (double)c->n[e] } };

        if (!c->n[e])
            continue;
        gsl_sort(c->v + e * c->room, 1, c->n[e]);
        fprintf(out, "%zu", e + 1);
        for (size_t q = 0; q < LUT_COUNT(share); q++) {
            cell[3 + q].number = gsl_stats_quantile_from_sorted_data(
                c->v + e * c->room, 1, c->n[e], share[q]);
            figure_number(out, cell[3 + q].number);
        }
        fputc('\n', out);
        LUT_TRY(sheet_add_row(&f->data, cell, err));
    }
    fputs("EOD\n", out);
    return LUT_OK;
}

static lut_status begin_data(figure *f, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "method", .kind = SHEET_TEXT },
        { .name = "epoch", .kind = SHEET_WHOLE },
        { .name = "n", .kind = SHEET_WHOLE },
        { .name = "valid_accuracy_10",
          .unit = "percent",
          .doc = "a tenth of the trials is below",
          .kind = SHEET_PERCENT },
        { .name = "valid_accuracy_50", .unit = "percent", .kind = SHEET_PERCENT },
        { .name = "valid_accuracy_90", .unit = "percent", .kind = SHEET_PERCENT },
    };

    LUT_TRY(sheet_init(&f->data, f->name, err, "Learning curves"));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    return LUT_OK;
}

typedef struct totals {
    size_t trials, improving, epochs;
    bool sampled; /* not all trials were read */
} totals;

static lut_status put_methods(FILE *out, figure *f, const figure_source *s, totals *t,
                              lut_err *err)
{
    for (size_t m = 0; m < figure_method_count(s); m++) {
        char name[FIGURE_LABEL];
        curve c;
        lut_status st = collect(&c, s, m, err);

        figure_method_name(name, s, m);
        if (st == LUT_OK)
            st = put_curve(out, f, name, m, &c, err);
        t->trials += c.trials;
        t->improving += c.improving;
        t->epochs = c.epochs > t->epochs ? c.epochs : t->epochs;
        t->sampled = t->sampled || c.trials == CURVES_TRIALS;
        curve_fini(&c);
        if (st != LUT_OK)
            return st;
    }
    return LUT_OK;
}

/* Bands first, lines on top of them. */
static void put_plot(FILE *out, const figure_source *s)
{
    const char *comma = "";

    fputs("set xlabel 'epoch'\nset ylabel 'validation accuracy, percent'\n"
          "set style fill transparent solid 0.15 noborder\nplot ",
          out);
    figure_each_method(out, &comma, s,
                       "$curve@m using 1:2:4 with filledcurves lc rgb @c", false);
    figure_each_method(
        out, &comma, s,
        "$curve@m using 1:3 with linespoints pt 7 ps 0.25 lw 1.8 lc rgb @c", true);
    fputc('\n', out);
}

lut_status figure_curves(figure *f, const figure_source *s, lut_err *err)
{
    totals t = { 0 };
    figure_pen pen;
    lut_status st;
    size_t col;

    LUT_TRY(figure_words(f, err, "Learning curves", "Validation accuracy by epoch."));
    if (!figure_column(&col, s, "valid_accuracy"))
        return figure_not(f, "no trial that ended well has validation rows");
    LUT_TRY(begin_data(f, err));
    LUT_TRY(figure_begin(&pen, err));
    st = put_methods(pen.out, f, s, &t, err);
    fprintf(pen.out, "set xrange [%.1f:%.1f]\n", t.epochs > 1 ? 1 : 0.5,
            t.epochs > 1 ? (double)t.epochs : 1.5);
    put_plot(pen.out, s);
    if (st == LUT_OK && !f->data.nrows)
        st = figure_not(f, "no trial has a history");
    else if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    if (st == LUT_OK)
        st = figure_words(
            f, err, "Learning curves",
            "Validation accuracy of the discrete network by epoch: the median of a "
            "method's trials, and the band that leaves out a tenth above and below. "
            "%zu of %zu trials%s were best in the last tenth of their epochs. Later "
            "epochs are of the trials that ran them.",
            t.improving, t.trials, t.sampled ? " (a sample)" : "");
    return st;
}
