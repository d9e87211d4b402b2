/* What knobs do: bars of their effects, means at their levels, and their largest pairs. */
#include "analysis/figure_impl.h"
#include "analysis/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BARS = 14, SMALL = 6, NARROW = 8 };

/* The effects of the rows, of which figures show the largest grid; NULL in *block: none, and
 * the figure says so. */
static lut_status begin(effects *e, const effects_block **block, figure *f,
                        const figure_source *s, lut_err *err)
{
    const effects_query q = { s->where, NULL, s->alpha };
    size_t col;

    *block = NULL;
    *e = (effects){ 0 };
    if (!figure_column(&col, s, "valid_accuracy"))
        return figure_not(f, "no trial that ended well has validation rows");
    LUT_TRY(effects_make(e, s->data, &q, err));
    if (!e->nblocks)
        return figure_not(f, "no complete grid among %zu settings", e->settings);
    if (!e->block[0].nbars)
        return figure_not(f, "%s",
                          e->block[0].why[0] ? e->block[0].why
                                             : "nothing varies in the largest grid");
    if (isnan(e->block[0].bar[0].share))
        return figure_not(f, "all settings of the largest grid have the same accuracy");
    *block = &e->block[0];
    return LUT_OK;
}

static void put_rest(char text[120], const effects *e, const effects_block *b)
{
    snprintf(text, 120, "the largest complete grid: %zu settings of %zu seed%s%s",
             b->settings, b->seeds, b->seeds == 1 ? "" : "s",
             e->nblocks > 1 ? "; others are in the table" : "");
}

static lut_status effects_columns(sheet *t, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "what", .kind = SHEET_TEXT },
        { .name = "share",
          .doc = "of the variance of the settings' means, in percent",
          .kind = SHEET_PERCENT },
        { .name = "lo", .head = "from", .kind = SHEET_PERCENT },
        { .name = "hi", .head = "to", .kind = SHEET_PERCENT },
    };

    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(t, &column[i], err));
    return LUT_OK;
}

static const char *colour_of(const effects_bar *bar)
{
    switch (bar->kind) {
    case EFFECTS_KNOB:
        return bar->seen ? "0x0072B2" : "0xB5CFDF";
    case EFFECTS_PAIR:
        return bar->seen ? "0x56B4E9" : "0xCFE3EF";
    case EFFECTS_REST:
    case EFFECTS_SEEDS:
        break;
    }
    return "0x909090";
}

static const char *bar_name(const effects_bar *bar)
{
    return bar->kind == EFFECTS_REST    ? "three and more together"
           : bar->kind == EFFECTS_SEEDS ? "seeds alone (noise)"
                                        : bar->name;
}

/* The largest bars and the last two, which are no knobs. */
static bool shown(const effects_block *b, size_t i)
{
    return i < BARS || b->bar[i].kind == EFFECTS_REST ||
           b->bar[i].kind == EFFECTS_SEEDS;
}

static lut_status put_bars(FILE *out, figure *f, const effects_block *b, lut_err *err)
{
    size_t n = 0;

    fputs("$bars << EOD\n", out);
    for (size_t i = 0; i < b->nbars; i++) {
        const effects_bar *bar = &b->bar[i];
        const sheet_cell cell[] = { { .text = bar_name(bar) },
                                    { .number = 100 * bar->share },
                                    { .number = 100 * bar->lo },
                                    { .number = 100 * bar->hi } };

        LUT_TRY(sheet_add_row(&f->data, cell, err));
        if (!shown(b, i))
            continue;
        fprintf(out, "%zu", n++);
        figure_number(out, 100 * bar->share);
        figure_number(out, 100 * (isnan(bar->lo) ? bar->share : bar->lo));
        figure_number(out, 100 * (isnan(bar->hi) ? bar->share : bar->hi));
        fprintf(out, " %s ", colour_of(bar));
        figure_short(out, bar_name(bar));
        fputc('\n', out);
    }
    fputs("EOD\n", out);
    f->height = (unsigned)(150 + 26 * n);
    return LUT_OK;
}

static lut_status draw_bars(figure *f, const effects_block *b, lut_err *err)
{
    figure_pen pen;
    lut_status st;

    LUT_TRY(
        sheet_init(&f->data, "effects", err, "Shares of the variance of the means"));
    LUT_TRY(effects_columns(&f->data, err));
    LUT_TRY(figure_begin(&pen, err));
    st = put_bars(pen.out, f, b, err);
    fputs("set yrange [*:*] reverse\nset xrange [0:*]\nunset grid\nset grid x\n"
          "set xlabel 'share of the variance of the means, percent'\nunset key\n"
          "set style fill solid 0.85 noborder\n"
          "plot $bars using ($2/2):1:($2/2):(0.35):5:ytic(6) with boxxyerror lc rgb "
          "variable, \\\n"
          " $bars using 2:1:3:4 with xerrorbars pt -1 lw 1.2 lc rgb '#606060'\n",
          pen.out);
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    return st;
}

lut_status figure_effects(figure *f, const figure_source *s, lut_err *err)
{
    const effects_block *b;
    char rest[120] = "";
    effects e;
    lut_status st = begin(&e, &b, f, s, err);

    if (st == LUT_OK && b) {
        put_rest(rest, &e, b);
        st = draw_bars(f, b, err);
    }
    if (st == LUT_OK)
        st = figure_words(
            f, err, "What moves validation accuracy",
            "Exact shares of the variance of the settings' means (functional "
            "ANOVA)%s%s. "
            "What the seeds alone would make is a bar of its own; pale bars cannot be "
            "told "
            "from the seeds' noise (F test). Whiskers: %g %% intervals over seeds.",
            rest[0] ? " in " : "", rest, 100 * (1 - s->alpha));
    effects_fini(&e);
    return st;
}

/* ---- levels ---- */

static lut_status level_columns(sheet *t, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "knob", .kind = SHEET_TEXT },
        { .name = "level", .kind = SHEET_TEXT },
        { .name = "mean", .unit = "percent", .kind = SHEET_PERCENT },
        { .name = "lo", .head = "from", .unit = "percent", .kind = SHEET_PERCENT },
        { .name = "hi", .head = "to", .unit = "percent", .kind = SHEET_PERCENT },
    };

    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(t, &column[i], err));
    return LUT_OK;
}

static lut_status put_levels(FILE *out, figure *f, const effects_knob *k, size_t at,
                             lut_err *err)
{
    fprintf(out, "$knob%zu << EOD\n", at);
    for (size_t i = 0; i < k->n; i++) {
        const effects_level *l = &k->level[i];
        const sheet_cell cell[] = { { .text = k->name },
                                    { .text = l->name },
                                    { .number = l->mean },
                                    { .number = l->lo },
                                    { .number = l->hi } };

        LUT_TRY(sheet_add_row(&f->data, cell, err));
        fprintf(out, "%zu", i);
        figure_number(out, l->mean);
        figure_number(out, isnan(l->lo) ? l->mean : l->lo);
        figure_number(out, isnan(l->hi) ? l->mean : l->hi);
        fputc(' ', out);
        figure_quote(out, l->name);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
    return LUT_OK;
}

/* The means' range, the same in all of them so that slopes compare. */
static void put_range(FILE *out, const effects_block *b, size_t n)
{
    double lo = INFINITY, hi = -INFINITY, room;

    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < b->knob[k].n; i++) {
            lo = fmin(lo, b->knob[k].level[i].mean);
            hi = fmax(hi, b->knob[k].level[i].mean);
        }
    room = hi > lo ? 0.15 * (hi - lo) : 1;
    fprintf(out, "set yrange [%.6g:%.6g]\n", lo - room, hi + room);
}

/* Names of levels side by side, aslant where they take more than `room` characters. */
static void put_names(FILE *out, const effects_knob *k, size_t room)
{
    size_t taken = 0;

    for (size_t i = 0; i < k->n; i++)
        taken += strlen(k->level[i].name) + 2;
    fputs(k->n > 4 || taken > room ? "set xtics rotate by 30 right\n"
                                   : "set xtics norotate center\n",
          out);
}

static void put_small(FILE *out, const effects_knob *k, size_t at)
{
    fputs("set title ", out);
    figure_short(out, k->name);
    fprintf(out, " font ',12'\nset xrange [-0.5:%zu.5]\n", k->n - 1);
    put_names(out, k, 26);
    fprintf(out,
            "plot $knob%zu using 1:2:3:4:xtic(5) with yerrorlines pt 7 ps 0.7 lw 1.3 "
            "lc rgb "
            "'#0072B2' notitle\n",
            at);
}

static lut_status draw_levels(figure *f, const effects_block *b, lut_err *err)
{
    const size_t n = b->nknobs < SMALL ? b->nknobs : SMALL, wide = n < 3 ? n : 3;
    figure_pen pen;
    lut_status st = LUT_OK;

    LUT_TRY(sheet_init(&f->data, "levels", err, "Means at each level"));
    LUT_TRY(level_columns(&f->data, err));
    LUT_TRY(figure_begin(&pen, err));
    for (size_t k = 0; k < b->nknobs && st == LUT_OK; k++)
        st = put_levels(pen.out, f, &b->knob[k], k, err);
    fprintf(pen.out, "set multiplot layout %zu,%zu\n", (n + wide - 1) / wide, wide);
    put_range(pen.out, b, n);
    for (size_t k = 0; k < n; k++) {
        fputs(k % wide ? "unset ylabel\n" : "set ylabel 'validation, percent'\n",
              pen.out);
        put_small(pen.out, &b->knob[k], k);
    }
    fputs("unset multiplot\n", pen.out);
    f->height = n > 3 ? 520 : 300;
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    return st;
}

lut_status figure_levels(figure *f, const figure_source *s, lut_err *err)
{
    const effects_block *b;
    effects e;
    lut_status st = begin(&e, &b, f, s, err);

    if (st == LUT_OK && b)
        st = draw_levels(f, b, err);
    if (st == LUT_OK)
        st = figure_words(
            f, err, "Means at each level",
            "Validation accuracy, mean over all other knobs of the largest complete "
            "grid and all its seeds, with %g %% intervals of the seeds' means. All "
            "panels have one scale; intervals that leave it are cut.",
            100 * (1 - s->alpha));
    effects_fini(&e);
    return st;
}

/* ---- pairs ---- */

static lut_status pair_columns(sheet *t, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "knob_a", .kind = SHEET_TEXT },
        { .name = "level_a", .kind = SHEET_TEXT },
        { .name = "knob_b", .kind = SHEET_TEXT },
        { .name = "level_b", .kind = SHEET_TEXT },
        { .name = "mean", .unit = "percent", .kind = SHEET_PERCENT },
    };

    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(t, &column[i], err));
    return LUT_OK;
}

static lut_status put_cells(FILE *out, figure *f, const effects_block *b,
                            const effects_bar *bar, size_t at, lut_err *err)
{
    const effects_knob *x = &b->knob[bar->a], *y = &b->knob[bar->b];
    double *mean = malloc(x->n * y->n * sizeof *mean);
    lut_status st = LUT_OK;

    if (!mean)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    anova_means(mean, &b->design, bar->a, bar->b, SIZE_MAX);
    fprintf(out, "$pair%zu << EOD\n", at);
    for (size_t i = 0; i < x->n * y->n && st == LUT_OK; i++) {
        const effects_level *p = &x->level[i / y->n], *q = &y->level[i % y->n];
        const sheet_cell cell[] = { { .text = x->name },
                                    { .text = p->name },
                                    { .text = y->name },
                                    { .text = q->name },
                                    { .number = mean[i] } };

        st = sheet_add_row(&f->data, cell, err);
        fprintf(out, "%zu %zu %.6g ", i / y->n, i % y->n, mean[i]);
        figure_quote(out, p->name);
        fputc(' ', out);
        figure_quote(out, q->name);
        fputc('\n', out);
    }
    fputs("EOD\n", out);
    free(mean);
    return st;
}

static void put_heat(FILE *out, const effects_block *b, const effects_bar *bar,
                     size_t at)
{
    const bool numbers = b->knob[bar->a].n <= NARROW;

    put_names(out, &b->knob[bar->a], 45 / b->npairs);
    fprintf(out, "set title 'adds %.1f %%'", 100 * bar->share);
    fputs(" font ',11'\nset xlabel ", out);
    figure_short(out, b->knob[bar->a].name);
    fputs("\nset ylabel ", out);
    figure_short(out, b->knob[bar->b].name);
    fprintf(out,
            "\nset xrange [-0.5:%zu.5]\nset yrange [-0.5:%zu.5]\n"
            "plot $pair%zu using 1:2:(0.5):(0.5):3:xtic(4):ytic(5) with boxxyerror fs "
            "solid noborder lc palette%s",
            b->knob[bar->a].n - 1, b->knob[bar->b].n - 1, at,
            numbers ? ", \\\n" : "\n");
    if (numbers)
        fprintf(out,
                "$pair%zu using 1:2:(sprintf('%%.1f',$3)) with labels font ',9' tc rgb "
                "'#111111'\n",
                at);
}

static lut_status draw_pairs(figure *f, const effects_block *b, lut_err *err)
{
    figure_pen pen;
    lut_status st = LUT_OK;

    LUT_TRY(sheet_init(&f->data, "pairs", err, "Means of pairs of levels"));
    LUT_TRY(pair_columns(&f->data, err));
    LUT_TRY(figure_begin(&pen, err));
    for (size_t i = 0; i < b->npairs && st == LUT_OK; i++)
        st = put_cells(pen.out, f, b, &b->bar[b->pair[i]], i, err);
    fprintf(
        pen.out,
        "unset grid\nunset key\nunset colorbox\n"
        "set palette defined (0 '#f7fbff', 1 '#6baed6')\nset multiplot layout 1,%zu\n",
        b->npairs);
    for (size_t i = 0; i < b->npairs; i++)
        put_heat(pen.out, b, &b->bar[b->pair[i]], i);
    fputs("unset multiplot\n", pen.out);
    f->height = 330;
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    return st;
}

lut_status figure_pairs(figure *f, const figure_source *s, lut_err *err)
{
    const effects_block *b;
    effects e;
    lut_status st = begin(&e, &b, f, s, err);

    if (st == LUT_OK && b)
        st = b->npairs
                 ? draw_pairs(f, b, err)
                 : figure_not(f, "no pair of knobs has an effect that can be told from "
                                 "the seeds");
    if (st == LUT_OK)
        st = figure_words(
            f, err, "Pairs of knobs",
            "Mean validation accuracy in each cell of the largest complete grid; the "
            "share in the title is what the pair adds to its two knobs alone.");
    effects_fini(&e);
    return st;
}
