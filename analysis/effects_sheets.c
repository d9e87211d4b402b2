/* Effects as tables. */
#include "analysis/cells.h"
#include "analysis/effects.h"

#include <stdio.h>
#include <stdlib.h>

static sheet_kind kind_of(const effects *e)
{
    return e->has_top ? SHEET_PERCENT : SHEET_REAL;
}

/* A column in the unit of the metric. */
static sheet_column metric_column(const effects *e, const char *name, const char *doc)
{
    sheet_column c = { .kind = kind_of(e) };

    snprintf(c.name, sizeof c.name, "%s%s", e->metric, name);
    snprintf(c.unit, sizeof c.unit, "%s", e->unit);
    snprintf(c.doc, sizeof c.doc, "%s", doc);
    return c;
}

/* ---- effects ---- */

static const char *const kind_name[] = { "knob", "pair", "rest", "seeds" };

static lut_status add_bar(sheet *s, size_t block, const effects_bar *b, lut_err *err)
{
    const bool tested = !isnan(b->floor);
    const sheet_cell cell[] = {
        cell_count(block + 1),
        cell_text(b->name),
        cell_text(kind_name[b->kind]),
        cell_number(100 * b->share),
        cell_number(100 * b->lo),
        cell_number(100 * b->hi),
        cell_number(100 * b->floor),
        cell_number(b->p),
        tested ? cell_text(b->seen ? "yes" : "not seen") : cell_none(),
    };

    return sheet_add_row(s, cell, err);
}

static lut_status about_effects(sheet *s, const effects *e, lut_err *err)
{
    const double sure = 100 * (1 - e->alpha);

    LUT_TRY(sheet_add_about(s, err,
                            "knobs, pairs and what is not explained (three and more "
                            "knobs together) add up to "
                            "100 %% of the variance of a block's settings, each the "
                            "mean of its seeds; seeds: "
                            "how much of it these alone would make"));
    LUT_TRY(sheet_add_about(s, err,
                            "not seen: no larger than the floor, which an effect that "
                            "is none stays below %g %% "
                            "of the time (F test against the seeds)",
                            sure));
    return sheet_add_about(s, err,
                           "lo, hi: %g %% interval of the share that there would be "
                           "without the seeds' noise "
                           "(jackknife over seeds, Student's t)",
                           sure);
}

static lut_status note_rows(sheet *s, const effects *e, lut_err *err)
{
    if (e->failed)
        LUT_TRY(sheet_add_note(s, err, "%zu rows are not ok and left out", e->failed));
    if (e->missing)
        LUT_TRY(sheet_add_note(s, err, "%zu rows have no %s and are left out",
                               e->missing, e->metric));
    if (e->twice)
        LUT_TRY(sheet_add_note(
            s, err, "%zu rows are trials of another file and count once", e->twice));
    if (e->repeated)
        LUT_TRY(sheet_add_note(s, err,
                               "%zu rows repeat a setting and seed and are left out",
                               e->repeated));
    return LUT_OK;
}

static lut_status note_blocks(sheet *s, const effects *e, lut_err *err)
{
    if (e->alone)
        LUT_TRY(sheet_add_note(s, err, "%zu of %zu settings are in no complete grid",
                               e->alone, e->settings));
    for (size_t i = 0; i < e->nblocks; i++) {
        const effects_block *b = &e->block[i];

        if (b->why[0])
            LUT_TRY(sheet_add_note(s, err, "block %zu is left out: %s", i + 1, b->why));
        else if (b->seeds == 1)
            LUT_TRY(
                sheet_add_note(s, err,
                               "block %zu has one seed in common: noise and effects "
                               "cannot be told apart",
                               i + 1));
    }
    return note_rows(s, e, err);
}

static lut_status effects_sheet(sheet *s, const effects *e, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "block",
          .kind = SHEET_WHOLE,
          .doc = "complete grid, see the table of them" },
        { .name = "effect" },
        { .name = "kind", .machine = true, .doc = "knob, pair, rest or seeds" },
        { .name = "share",
          .unit = "percent",
          .kind = SHEET_PERCENT,
          .doc = "of the variance of the settings' means" },
        { .name = "share_lo", .head = "lo", .unit = "percent", .kind = SHEET_PERCENT },
        { .name = "share_hi", .head = "hi", .unit = "percent", .kind = SHEET_PERCENT },
        { .name = "floor",
          .unit = "percent",
          .kind = SHEET_PERCENT,
          .doc = "largest share that the seeds alone may make" },
        { .name = "p", .kind = SHEET_REAL, .doc = "of no effect, F test" },
        { .name = "seen" },
    };

    LUT_TRY(sheet_init(s, "effects", err, "Effects on %s in %zu complete grid%s",
                       e->metric, e->nblocks, e->nblocks == 1 ? "" : "s"));
    LUT_TRY(about_effects(s, e, err));
    LUT_TRY(note_blocks(s, e, err));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    for (size_t i = 0; i < e->nblocks; i++)
        for (size_t j = 0; j < e->block[i].nbars; j++)
            LUT_TRY(add_bar(s, i, &e->block[i].bar[j], err));
    return LUT_OK;
}

/* ---- levels ---- */

static lut_status add_level(sheet *s, const effects *e, size_t block, size_t knob,
                            size_t level, lut_err *err)
{
    const effects_knob *k = &e->block[block].knob[knob];
    const effects_level *l = &k->level[level];
    const sheet_cell cell[] = {
        cell_count(block + 1),
        cell_text(k->name),
        cell_text(l->name),
        cell_number(l->mean),
        cell_number(l->lo),
        cell_number(l->hi),
        cell_count(e->block[block].seeds),
        cell_count(l->settings),
        e->has_top ? cell_count(l->top) : cell_none(),
    };

    return sheet_add_row(s, cell, err);
}

static lut_status level_rows(sheet *s, const effects *e, lut_err *err)
{
    for (size_t i = 0; i < e->nblocks; i++)
        for (size_t j = 0; j < e->block[i].nknobs && !e->block[i].why[0]; j++)
            for (size_t k = 0; k < e->block[i].knob[j].n; k++)
                LUT_TRY(add_level(s, e, i, j, k, err));
    return LUT_OK;
}

static lut_status levels_sheet(sheet *s, const effects *e, lut_err *err)
{
    const sheet_column column[] = {
        { .name = "block", .kind = SHEET_WHOLE },
        { .name = "knob" },
        { .name = "level" },
        metric_column(e, "_mean", "over all settings of the block with this level"),
        metric_column(e, "_lo",
                      "Student's t over the seeds, each the mean of its settings"),
        metric_column(e, "_hi", ""),
        { .name = "seeds", .kind = SHEET_WHOLE },
        { .name = "settings", .kind = SHEET_WHOLE },
        { .name = "top_quarter",
          .kind = SHEET_WHOLE,
          .doc = "of these, how many are in the best quarter of the block" },
    };

    LUT_TRY(sheet_init(s, "levels", err, "Levels of the knobs: mean %s", e->metric));
    if (e->has_top)
        LUT_TRY(sheet_add_about(s, err,
                                "top quarter: settings in the best quarter of their "
                                "block; these make no grid, "
                                "so that effects within them are not computed"));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    return level_rows(s, e, err);
}

/* ---- pairs ---- */

static lut_status add_cells(sheet *s, size_t block, const effects_block *b,
                            const effects_bar *pair, const double *mean, lut_err *err)
{
    const effects_knob *ka = &b->knob[pair->a], *kb = &b->knob[pair->b];

    for (size_t i = 0; i < ka->n * kb->n; i++) {
        const sheet_cell cell[] = {
            cell_count(block + 1),
            cell_text(ka->name),
            cell_text(ka->level[i / kb->n].name),
            cell_text(kb->name),
            cell_text(kb->level[i % kb->n].name),
            cell_number(mean[i]),
            cell_count(b->settings / (ka->n * kb->n) * b->seeds),
            cell_number(100 * pair->share),
        };

        LUT_TRY(sheet_add_row(s, cell, err));
    }
    return LUT_OK;
}

static lut_status add_pair(sheet *s, size_t block, const effects_block *b,
                           const effects_bar *pair, lut_err *err)
{
    double *mean = malloc(b->knob[pair->a].n * b->knob[pair->b].n * sizeof *mean);
    lut_status st;

    if (!mean)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    anova_means(mean, &b->design, pair->a, pair->b, SIZE_MAX);
    st = add_cells(s, block, b, pair, mean, err);
    free(mean);
    return st;
}

static lut_status pairs_sheet(sheet *s, const effects *e, lut_err *err)
{
    const sheet_column column[] = {
        { .name = "block", .kind = SHEET_WHOLE },
        { .name = "knob_a", .head = "knob" },
        { .name = "level_a", .head = "level" },
        { .name = "knob_b", .head = "knob" },
        { .name = "level_b", .head = "level" },
        metric_column(e, "_mean", "over all settings of the block with these levels"),
        { .name = "n", .kind = SHEET_WHOLE, .doc = "rows" },
        { .name = "share",
          .unit = "percent",
          .kind = SHEET_PERCENT,
          .doc = "of the pair, beyond its knobs one by one" },
    };

    LUT_TRY(
        sheet_init(s, "pairs", err,
                   "The largest pairs that are seen, at most %d of a block: mean %s",
                   EFFECTS_PAIRS, e->metric));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    for (size_t i = 0; i < e->nblocks; i++)
        for (size_t j = 0; j < e->block[i].npairs; j++)
            LUT_TRY(add_pair(s, i, &e->block[i], &e->block[i].bar[e->block[i].pair[j]],
                             err));
    return LUT_OK;
}

/* ---- blocks ---- */

static lut_status add_block(sheet *s, size_t block, const effects_block *b,
                            lut_err *err)
{
    char *knobs = NULL;
    size_t n;
    FILE *out = open_memstream(&knobs, &n);
    lut_status st;

    if (!out)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t j = 0; j < b->nknobs; j++)
        fprintf(out, "%s%s: %zu", j ? ", " : "", b->knob[j].name, b->knob[j].n);
    st = fclose(out) == 0 ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
    if (st == LUT_OK) {
        const sheet_cell cell[] = {
            cell_count(block + 1), cell_text(knobs),     cell_count(b->settings),
            cell_count(b->seeds),  cell_number(b->mean), cell_number(b->sd),
        };

        st = sheet_add_row(s, cell, err);
    }
    free(knobs);
    return st;
}

static lut_status blocks_sheet(sheet *s, const effects *e, lut_err *err)
{
    const sheet_column column[] = {
        { .name = "block", .kind = SHEET_WHOLE },
        { .name = "knobs", .doc = "with how many levels each" },
        { .name = "settings", .kind = SHEET_WHOLE },
        { .name = "seeds", .kind = SHEET_WHOLE, .doc = "that all of them have" },
        metric_column(e, "_mean", "of all"),
        metric_column(e, "_sd", "over seeds within a setting, pooled"),
    };

    LUT_TRY(sheet_init(s, "blocks", err,
                       "Complete grids among %zu settings of %zu rows", e->settings,
                       e->rows));
    LUT_TRY(
        sheet_add_about(s, err,
                        "a sweep is a union of grids: each is taken apart for itself, "
                        "with the seeds that all of its settings have"));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    for (size_t i = 0; i < e->nblocks; i++)
        LUT_TRY(add_block(s, i, &e->block[i], err));
    return LUT_OK;
}

/* ---- correlations ---- */

static lut_status links_sheet(sheet *s, const effects *e, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "knob" },
        { .name = "statistic",
          .doc = "spearman: correlation of ranks, -1 to 1; between: share "
                 "of the ranks' variance between values, 0 to 1" },
        { .name = "value", .kind = SHEET_REAL },
        { .name = "value_lo", .head = "lo", .kind = SHEET_REAL },
        { .name = "value_hi", .head = "hi", .kind = SHEET_REAL },
        { .name = "p", .kind = SHEET_REAL, .doc = "of none" },
        { .name = "n", .kind = SHEET_WHOLE, .doc = "settings" },
    };

    LUT_TRY(sheet_init(s, "correlations", err,
                       "Rank correlations with %s over the settings in no grid",
                       e->metric));
    LUT_TRY(
        sheet_add_about(s, err,
                        "one knob at a time: no effects, since what knobs do together "
                        "is in none of them"));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    for (size_t i = 0; i < e->nlinks; i++) {
        const effects_link *l = &e->link[i];
        const sheet_cell cell[] = {
            cell_text(l->name),         cell_text(l->groups ? "between" : "spearman"),
            cell_number(l->link.value), cell_number(l->link.lo),
            cell_number(l->link.hi),    cell_number(l->link.p),
            cell_count(l->link.n),
        };

        LUT_TRY(sheet_add_row(s, cell, err));
    }
    return LUT_OK;
}

lut_status effects_sheets(sheet *out, size_t *n, const effects *e, lut_err *err)
{
    lut_status (*const make[EFFECTS_SHEETS])(struct sheet * s, const effects *e,
                                             lut_err *err) = {
        effects_sheet, levels_sheet, pairs_sheet, blocks_sheet, links_sheet,
    };

    *n = 0;
    for (size_t i = 0; i < EFFECTS_SHEETS; i++) {
        sheet *s = &out[*n];

        ++*n;
        LUT_TRY(make[i](s, e, err));
        if (i > 0 && s->nrows == 0) {
            sheet_fini(s);
            --*n;
        }
    }
    return LUT_OK;
}
