/* Mean ranks of methods over data sets, and bars that join those that are not told apart: the
 * critical-difference diagram of Demsar (2006, JMLR 7, 1-30), the best on the right as there.
 *
 * Pairs are told apart by Wilcoxon's test as in ranks.c, or by Nemenyi's distance if asked for.
 * By Wilcoxon's two methods may differ and one between them from neither, so a bar may pass
 * methods that do not belong to it: those that do have a dot on it. */
#include "analysis/cliques.h"
#include "analysis/figure_impl.h"
#include "analysis/ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { METHODS = 32, BARS = 24, NAME = 22 };

/* Distances from the axis, which is at 0, downwards; names are 1 apart. */
static const double first_bar = 0.55, next_bar = 0.5, first_name = 0.8;

typedef struct bar {
    uint64_t members;        /* bits: places in the order of mean ranks */
    size_t best, worst, row; /* ends of it; bars of one row do not touch */
} bar;

typedef struct diagram {
    const ranks *r;
    size_t order[RANKS_METHODS];
    bar bar[BARS];
    size_t bars, rows; /* rows of bars */
} diagram;

static double mean_at(const diagram *d, size_t place)
{
    return d->r->mean[d->order[place]];
}

/* ---- bars ---- */

static void join(uint64_t *joined, size_t a, size_t b)
{
    joined[a] |= (uint64_t)1 << b;
    joined[b] |= (uint64_t)1 << a;
}

/* Those that Wilcoxon's test does not tell apart. */
static void join_pairs(uint64_t *joined, const diagram *d)
{
    size_t place[RANKS_METHODS] = { 0 };

    for (size_t i = 0; i < d->r->methods; i++)
        place[d->order[i]] = i;
    for (size_t i = 0; i < d->r->npairs; i++) {
        const ranks_pair *p = &d->r->pair[i];

        if (p->holm > d->r->alpha)
            join(joined, place[p->a], place[p->b]);
    }
}

/* Those that are no further apart than Nemenyi's distance, for which there need not be as many
 * data sets as for tests of pairs. */
static void join_near(uint64_t *joined, const diagram *d)
{
    for (size_t a = 0; a < d->r->methods; a++)
        for (size_t b = a + 1; b < d->r->methods; b++)
            if (mean_at(d, b) - mean_at(d, a) <= d->r->nemenyi)
                join(joined, a, b);
}

static int by_best(const void *pa, const void *pb)
{
    const bar *a = pa, *b = pb;

    if (a->best != b->best)
        return a->best < b->best ? -1 : 1;
    return (a->worst > b->worst) - (a->worst < b->worst);
}

/* Whether they would look like one: their ends have dots, and means may be equal. */
static bool touch(const diagram *d, const bar *a, const bar *b)
{
    const double near = 0.03 * (double)(d->r->methods - 1);

    return mean_at(d, a->best) <= mean_at(d, b->worst) + near &&
           mean_at(d, b->best) <= mean_at(d, a->worst) + near;
}

/* The first row in which nothing is in its way. */
static size_t free_row(const diagram *d, size_t i)
{
    size_t row = 0;

    for (size_t j = 0; j < i;) {
        if (d->bar[j].row == row && touch(d, &d->bar[j], &d->bar[i])) {
            row++;
            j = 0;
        } else
            j++;
    }
    return row;
}

/* False: too many of them to be read. */
static bool find_bars(diagram *d)
{
    uint64_t joined[RANKS_METHODS] = { 0 }, group[BARS];

    if (isnan(d->r->nemenyi))
        join_pairs(joined, d);
    else
        join_near(joined, d);
    d->bars = cliques_find(group, BARS, joined, d->r->methods);
    if (d->bars > BARS)
        return false;
    for (size_t i = 0; i < d->bars; i++)
        d->bar[i] = (bar){ .members = group[i],
                           .best = (size_t)__builtin_ctzll(group[i]),
                           .worst = 63 - (size_t)__builtin_clzll(group[i]) };
    qsort(d->bar, d->bars, sizeof *d->bar, by_best);
    for (size_t i = 0; i < d->bars; i++) {
        d->bar[i].row = free_row(d, i);
        if (d->bar[i].row >= d->rows)
            d->rows = d->bar[i].row + 1;
    }
    return true;
}

/* ---- numbers ---- */

static lut_status begin_data(figure *f, const diagram *d, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "method", .kind = SHEET_TEXT },
        { .name = "rank_mean", .head = "mean rank", .kind = SHEET_REAL },
        { .name = "first",
          .kind = SHEET_WHOLE,
          .doc = "data sets on which it is the best" },
        { .name = "n", .kind = SHEET_WHOLE, .doc = "data sets" },
        { .name = "bars",
          .kind = SHEET_TEXT,
          .doc = "methods with a number in common are not told apart" },
    };

    LUT_TRY(sheet_init(&f->data, f->name, err, "Mean ranks of %s over %zu data sets",
                       d->r->method, d->r->complete));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    return LUT_OK;
}

static lut_status fill_data(figure *f, const diagram *d, lut_err *err)
{
    LUT_TRY(begin_data(f, d, err));
    for (size_t i = 0; i < d->r->methods; i++) {
        const size_t m = d->order[i];
        char bars[4 * BARS] = "";

        for (size_t j = 0; j < d->bars; j++)
            if (d->bar[j].members >> i & 1)
                snprintf(bars + strlen(bars), sizeof bars - strlen(bars), "%s%zu",
                         bars[0] ? " " : "", j + 1);
        const sheet_cell cell[] = { { .text = d->r->name[m] },
                                    { .number = d->r->mean[m] },
                                    { .number = (double)d->r->first[m] },
                                    { .number = (double)d->r->complete },
                                    { .text = bars[0] ? bars : NULL } };

        LUT_TRY(sheet_add_row(&f->data, cell, err));
    }
    return LUT_OK;
}

/* ---- drawing ---- */

/* The better half has its names on the right, the best on top; on the left the worst is: so no
 * stem crosses another's name. */
static bool on_right(const diagram *d, size_t place)
{
    return place < (d->r->methods + 1) / 2;
}

static double name_at(const diagram *d, size_t place)
{
    const size_t from_top = on_right(d, place) ? place : d->r->methods - 1 - place;

    return first_bar + next_bar * (double)d->rows + first_name + (double)from_top;
}

static void put_stems(FILE *out, const diagram *d)
{
    fputs("$stems << EOD\n", out);
    for (size_t i = 0; i < d->r->methods; i++) {
        const double x = mean_at(d, i), y = name_at(d, i);

        fprintf(out, "%.8g 0\n%.8g %.8g\n%zu %.8g\n\n", x, x, y,
                on_right(d, i) ? (size_t)1 : d->r->methods, y);
    }
    fputs("EOD\n", out);
}

static void put_names(FILE *out, const diagram *d, bool right)
{
    fprintf(out, "$%s << EOD\n", right ? "right" : "left");
    for (size_t i = 0; i < d->r->methods; i++) {
        char text[64];

        if (on_right(d, i) != right)
            continue;
        if (right)
            snprintf(text, sizeof text, "%.2f  %.*s", mean_at(d, i), NAME,
                     d->r->name[d->order[i]]);
        else
            snprintf(text, sizeof text, "%.*s  %.2f", NAME, d->r->name[d->order[i]],
                     mean_at(d, i));
        fprintf(out, "%zu %.8g ", right ? (size_t)1 : d->r->methods, name_at(d, i));
        figure_quote(out, text);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
}

static double bar_at(size_t row)
{
    return first_bar + next_bar * (double)row;
}

static void put_bars(FILE *out, const diagram *d)
{
    fputs("$bars << EOD\n", out);
    for (size_t i = 0; i < d->bars; i++)
        fprintf(out, "%.8g %.8g %.8g\n", mean_at(d, d->bar[i].best),
                bar_at(d->bar[i].row),
                mean_at(d, d->bar[i].worst) - mean_at(d, d->bar[i].best));
    fputs("EOD\n$dots << EOD\n", out);
    for (size_t i = 0; i < d->bars; i++)
        for (size_t m = 0; m < d->r->methods; m++)
            if (d->bar[i].members >> m & 1)
                fprintf(out, "%.8g %.8g\n", mean_at(d, m), bar_at(d->bar[i].row));
    fputs("EOD\n", out);
}

/* The distance from the left end of the axis, above all else. */
static void put_ruler(FILE *out, const diagram *d, unsigned height)
{
    const double from = (double)d->r->methods, to = from - d->r->nemenyi,
                 y = 1 - 14. / height;

    fprintf(out,
            "set arrow 1 from first %.8g, screen %.4f to first %.8g, screen %.4f heads "
            "size graph 0.008,90 lw 1.2 lc rgb '#909090'\n"
            "set label 1 \"Nemenyi's distance %.2f\" at first %.8g, screen %.4f left "
            "offset 0.8,0\n",
            from, y, to, y, d->r->nemenyi, to, y);
}

/* Room for names on either side, as a share of the width. */
static double margin_of(const diagram *d)
{
    size_t longest = 0;

    for (size_t i = 0; i < d->r->methods; i++) {
        const size_t n = strlen(d->r->name[i]);

        if (n > longest)
            longest = n < NAME ? n : NAME;
    }
    return 0.09 + 0.0105 * (double)longest;
}

static double bottom_of(const diagram *d)
{
    return bar_at(d->rows) + first_name + (double)((d->r->methods + 1) / 2) - 0.3;
}

static void put_plot(FILE *out, const diagram *d, unsigned height)
{
    const size_t k = d->r->methods;
    const bool ruled = !isnan(d->r->nemenyi);

    fprintf(out,
            "set xrange [%zu:1]\nset x2range [%zu:1]\nset yrange [%.8g:0]\n"
            "set lmargin at screen %.3f\nset rmargin at screen %.3f\nset bmargin 0\n"
            "set tmargin %s\nset border 4\nunset xtics\nunset ytics\n"
            "set x2tics 1,%d scale 0.6\nunset grid\nunset key\n"
            "set x2label 'mean rank over %zu data sets; 1 is the best'\n",
            k, k, bottom_of(d), margin_of(d), 1 - margin_of(d), ruled ? "5.6" : "4",
            k > 14 ? 2 : 1, d->r->complete);
    if (ruled)
        put_ruler(out, d, height);
    fputs("plot $stems with lines lw 1.1 lc rgb '#909090'"
          ", \\\n $right using 1:2:3 with labels left offset 0.6,0"
          ", \\\n $left using 1:2:3 with labels right offset -0.6,0",
          out);
    if (d->bars)
        fputs(", \\\n $bars using 1:2:3:(0) with vectors nohead lw 5 lc rgb '#0072B2'"
              ", \\\n $dots with points pt 7 ps 1 lc rgb '#0072B2'",
              out);
    fputc('\n', out);
}

static lut_status draw(figure *f, const diagram *d, lut_err *err)
{
    figure_pen pen;

    LUT_TRY(fill_data(f, d, err));
    LUT_TRY(figure_begin(&pen, err));
    f->height = (unsigned)(26 * bottom_of(d)) + (isnan(d->r->nemenyi) ? 66 : 92);
    put_stems(pen.out, d);
    put_names(pen.out, d, true);
    put_names(pen.out, d, false);
    if (d->bars)
        put_bars(pen.out, d);
    put_plot(pen.out, d, f->height);
    return figure_end(f, &pen, err);
}

static lut_status describe(figure *f, const diagram *d, lut_err *err)
{
    char by[80];

    if (isnan(d->r->nemenyi))
        snprintf(by, sizeof by, "Wilcoxon's signed ranks with Holm's correction");
    else
        snprintf(by, sizeof by, "Nemenyi's distance, %.3g", d->r->nemenyi);
    return figure_words(
        f, err, "Mean ranks over data sets",
        "Each %s by its rank in %s%s %s, mean over %zu data sets. %s (at %g, by %s)%s. "
        "Friedman's test of whether any differ: p = %.2g.",
        d->r->method, d->r->metric, d->r->up ? "" : " (the lowest is the best)",
        d->r->all ? "of all its settings"
                  : "of its best setting by mean validation accuracy",
        d->r->complete,
        d->bars ? "A bar joins those of which no two are told apart"
                : "All of them are told apart",
        d->r->alpha, by,
        d->bars ? "; methods that it passes without a dot do not belong to it" : "",
        d->r->test.p);
}

/* ---- all of it ---- */

bool figure_ranks_query(ranks_query *q, const figure_source *s)
{
    size_t n;

    *q = (ranks_query){ .where = s->where,
                        .option = s->by ? "--by" : NULL,
                        .method = s->by,
                        .metric = s->metric,
                        .all = s->all,
                        .nemenyi = s->nemenyi,
                        .alpha = s->alpha };
    if (!s->by && s->method->n)
        q->method = report_data_columns(s->data, &n)[s->method->col].name;
    return q->method != NULL;
}

/* Whether any two can be told apart, by what tells them apart here. */
static void why_alike(char why[RANKS_WHY], const ranks *r)
{
    if (isnan(r->nemenyi))
        ranks_why(why, r);
    else if (r->nemenyi >= (double)(r->methods - 1))
        snprintf(why, RANKS_WHY,
                 "no two of %zu methods can be told apart on %zu data sets at %g: "
                 "Nemenyi's distance is %.2f of %zu possible",
                 r->methods, r->complete, r->alpha, r->nemenyi, r->methods - 1);
}

/* The diagram, or why there is none. */
static void lay_out(diagram *d, char why[RANKS_WHY], const ranks *r)
{
    *d = (diagram){ .r = r };
    why[0] = 0;
    why_alike(why, r);
    if (why[0])
        return;
    ranks_order(d->order, r);
    if (r->methods > METHODS)
        snprintf(why, RANKS_WHY, "%zu methods, more than %d", r->methods, METHODS);
    else if (!find_bars(d))
        snprintf(why, RANKS_WHY, "more than %d groups that are not told apart", BARS);
}

bool figure_ranks_drawn(const ranks *r)
{
    diagram d;
    char why[RANKS_WHY];

    lay_out(&d, why, r);
    return !why[0];
}

static lut_status make(figure *f, const ranks *r, lut_err *err)
{
    diagram d;

    lay_out(&d, f->why, r);
    if (f->why[0])
        return LUT_OK;
    LUT_TRY(draw(f, &d, err));
    return describe(f, &d, err);
}

/* On a page a condition that ranks refuse is no reason to lose the rest. */
static lut_status start(figure *f, ranks *r, const ranks_query *q,
                        const figure_source *s, lut_err *err)
{
    lut_err why;
    const lut_status st = ranks_make(r, s->data, q, &why);

    if (st == LUT_EINVAL && !s->by && !s->metric)
        return figure_not(f, "%s", why.text);
    return st == LUT_OK ? LUT_OK : lut_fail(err, st, "%s", why.text);
}

lut_status figure_ranks(figure *f, const figure_source *s, lut_err *err)
{
    ranks r = { 0 };
    ranks_query q;
    size_t col;
    lut_status st;

    if (s->by)
        LUT_TRY(figure_by(&col, s, err));
    if (!figure_ranks_query(&q, s))
        return figure_not(f, "all trials are of one method");
    st = start(f, &r, &q, s, err);
    if (st == LUT_OK && !f->why[0])
        st = make(f, &r, err);
    ranks_fini(&r);
    return st;
}
