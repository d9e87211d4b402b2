/* Groups that were compared, as tables. */
#include "analysis/cells.h"
#include "analysis/compare.h"
#include "analysis/signs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 10 }; /* columns of a comparison, behind those that say of what */

static const report_column *column_of(const compare_groups *c, size_t col)
{
    size_t n;

    return &report_data_columns(c->data, &n)[col];
}

/* ---- what all rows have ---- */

static lut_status add_numbers(sheet *s, const char *n_doc, lut_err *err)
{
    const sheet_column column[NUMBERS] = {
        { .name = "a", .kind = SHEET_REAL, .doc = "mean over the pairs" },
        { .name = "b", .kind = SHEET_REAL, .doc = "mean over the pairs" },
        { .name = "difference", .kind = SHEET_REAL, .doc = "a minus b, paired" },
        { .name = "difference_lo",
          .head = "lo",
          .kind = SHEET_REAL,
          .doc = "Student's t of the paired differences" },
        { .name = "difference_hi", .head = "hi", .kind = SHEET_REAL },
        { .name = "difference_sd", .head = "sd", .kind = SHEET_REAL, .machine = true },
        { .name = "n", .kind = SHEET_WHOLE },
        { .name = "p", .kind = SHEET_REAL, .doc = "paired t test, two-sided" },
        { .name = "p_exact",
          .kind = SHEET_REAL,
          .doc =
              "of all signs of the differences; missing where so few pairs can reach "
              "none below alpha" },
        { .name = "needed",
          .kind = SHEET_WHOLE,
          .doc = "pairs from which the interval would leave out 0, were difference and "
                 "deviation as seen" },
    };
    sheet_column n = column[6];

    snprintf(n.doc, sizeof n.doc, "%s", n_doc);
    LUT_TRY(cells_columns(s, column, 6, err));
    LUT_TRY(sheet_add_column(s, &n, err));
    return cells_columns(s, column + 7, NUMBERS - 7, err);
}

static void put_numbers(sheet_cell cell[NUMBERS], const compare_setting *r)
{
    const student_interval *d = &r->pairs.difference;
    const sheet_cell row[NUMBERS] = {
        cell_number(r->a),
        cell_number(r->b),
        cell_number(d->mean),
        cell_number(d->lo),
        cell_number(d->hi),
        cell_number(d->sd),
        cell_count(d->n),
        cell_number(r->pairs.p),
        cell_number(r->exact),
        r->pairs.needed ? cell_count(r->pairs.needed) : cell_none(),
    };

    memcpy(cell, row, sizeof row);
}

/* ---- the comparison ---- */

static const char *units_of(const compare_metric *m)
{
    return m->n > 1 ? "settings" : "seeds";
}

static bool is_clear(const compare_setting *r)
{
    return r->pairs.difference.lo > 0 || r->pairs.difference.hi < 0;
}

/* One sentence for each metric. */
static lut_status conclude(sheet *s, const compare_groups *c, const compare_metric *m,
                           lut_err *err)
{
    const compare_setting *r = &m->pooled;
    const student_interval *d = &r->pairs.difference;
    const char *name = column_of(c, m->col)->name, *units = units_of(m);

    if (!m->n)
        return sheet_add_note(s, err, "%s: no setting of %s has a partner in %s", name,
                              c->name[0], c->name[1]);
    if (d->n < 2)
        return sheet_add_note(s, err, "%s: one pair: no interval, want 2 seeds or more",
                              name);
    if (is_clear(r))
        return sheet_add_note(
            s, err, "%s: %s is higher, by %.4g (%.4g to %.4g, %zu %s)", name,
            c->name[d->mean < 0], fabs(d->mean), d->mean < 0 ? -d->hi : d->lo,
            d->mean < 0 ? -d->lo : d->hi, d->n, units);
    if (r->pairs.alike && isnan(r->pairs.p))
        return sheet_add_note(s, err,
                              "%s: all pairs differ alike, by %.4g in %zu %s: no "
                              "interval and no p",
                              name, d->mean, d->n, units);
    if (!r->pairs.needed)
        return sheet_add_note(s, err, "%s: no difference in %zu %s", name, d->n, units);
    return sheet_add_note(
        s, err,
        "%s: not separable with %zu %s; a difference of %.4g, as seen, "
        "needs about %zu",
        name, d->n, units, d->mean, r->pairs.needed);
}

static lut_status note_partners(sheet *s, const compare_groups *c,
                                const compare_metric *m, lut_err *err)
{
    const char *name = column_of(c, m->col)->name;

    for (size_t i = 0; i < 2; i++)
        if (m->alone[i])
            LUT_TRY(sheet_add_note(s, err, "%s: %zu settings of %s have no partner",
                                   name, m->alone[i], c->name[i]));
    if (m->strangers)
        LUT_TRY(sheet_add_note(s, err,
                               "%s: %zu settings have a partner but no seed in common",
                               name, m->strangers));
    return LUT_OK;
}

static lut_status note_few(sheet *s, const compare_groups *c, const compare_metric *m,
                           lut_err *err)
{
    const size_t n = m->pooled.pairs.difference.n, needed = signs_needed(c->alpha);

    if (n == 0 || n >= needed)
        return LUT_OK;
    return sheet_add_note(
        s, err,
        "%s: an exact test of %zu pairs cannot fall below p = %.3g; it "
        "needs %zu",
        column_of(c, m->col)->name, n, signs_least(n), needed);
}

static lut_status about(sheet *s, const compare_groups *c, lut_err *err)
{
    LUT_TRY(sheet_add_about(s, err,
                            "pairs share the seed and all settings but what they are "
                            "compared by; intervals are "
                            "of %g %%",
                            100 * (1 - c->alpha)));
    LUT_TRY(sheet_add_about(
        s, err,
        "over several settings n counts settings, each the mean of its pairs: their "
        "differences are taken as a sample of those of interest, each as good as "
        "another"));
    if (c->also[0])
        LUT_TRY(sheet_add_note(s, err, "they also differ throughout in %s", c->also));
    if (c->variants[0])
        LUT_TRY(
            sheet_add_note(s, err,
                           "%s: only one of them has it, with several values: their "
                           "mean counts",
                           c->variants));
    return LUT_OK;
}

static lut_status add_metric(sheet *s, const compare_groups *c, const compare_metric *m,
                             lut_err *err)
{
    sheet_cell cell[NUMBERS + 4];

    cell[0] = cell_text(column_of(c, m->col)->name);
    put_numbers(cell + 1, &m->pooled);
    cell[NUMBERS + 1] = cell_text(m->n ? units_of(m) : NULL);
    cell[NUMBERS + 2] = cell_count(m->higher[0]);
    cell[NUMBERS + 3] = cell_count(m->higher[1]);
    LUT_TRY(sheet_add_row(s, cell, err));
    LUT_TRY(conclude(s, c, m, err));
    LUT_TRY(note_few(s, c, m, err));
    return note_partners(s, c, m, err);
}

lut_status compare_groups_sheet(sheet *s, const compare_groups *c, lut_err *err)
{
    static const sheet_column metric = { .name = "metric" }, rest[] = {
        { .name = "of", .doc = "what n counts" },
        { .name = "a_higher",
          .kind = SHEET_WHOLE,
          .doc = "settings in which a is higher" },
        { .name = "b_higher", .kind = SHEET_WHOLE },
    };

    LUT_TRY(sheet_init(s, "comparison", err, "a: %s, b: %s", c->name[0], c->name[1]));
    LUT_TRY(about(s, c, err));
    LUT_TRY(sheet_add_column(s, &metric, err));
    LUT_TRY(add_numbers(s, "settings, or seeds where there is one setting", err));
    LUT_TRY(cells_columns(s, rest, LUT_COUNT(rest), err));
    for (size_t i = 0; i < c->nmetrics; i++)
        LUT_TRY(add_metric(s, c, &c->metric[i], err));
    return LUT_OK;
}

/* ---- settings ---- */

static lut_status add_told(sheet *s, const compare_groups *c, lut_err *err)
{
    for (size_t i = 0; i < c->ntold; i++) {
        const report_column *from = column_of(c, c->told[i]);
        sheet_column column = { .kind = from->is_text ? SHEET_TEXT : SHEET_EXACT };

        snprintf(column.name, sizeof column.name, "%s", from->name);
        snprintf(column.unit, sizeof column.unit, "%s", from->unit);
        LUT_TRY(sheet_add_column(s, &column, err));
    }
    return LUT_OK;
}

static lut_status add_setting(sheet *s, sheet_cell *cell, const compare_groups *c,
                              const compare_metric *m, const compare_setting *r,
                              lut_err *err)
{
    cell[0] = cell_text(column_of(c, m->col)->name);
    for (size_t i = 0; i < c->ntold; i++) {
        const sweep_value v = report_setting(c->data, r->row, c->told[i]);

        cell[i + 1] = (sheet_cell){ .text = v.text && v.text[0] ? v.text : NULL,
                                    .number = v.number };
    }
    put_numbers(cell + 1 + c->ntold, r);
    return sheet_add_row(s, cell, err);
}

lut_status compare_settings_sheet(sheet *s, const compare_groups *c, lut_err *err)
{
    static const sheet_column metric = { .name = "metric" };
    sheet_cell *cell;
    lut_status st = LUT_OK;

    LUT_TRY(sheet_init(s, "settings", err, "a: %s, b: %s, setting by setting",
                       c->name[0], c->name[1]));
    LUT_TRY(sheet_add_about(s, err,
                            "each for itself: of many settings some look different by "
                            "chance, p is not corrected for that"));
    LUT_TRY(sheet_add_column(s, &metric, err));
    LUT_TRY(add_told(s, c, err));
    LUT_TRY(add_numbers(s, "seeds", err));
    cell = malloc(s->ncolumns * sizeof *cell);
    if (!cell)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < c->nmetrics; i++)
        for (size_t j = 0; j < c->metric[i].n && st == LUT_OK; j++)
            st = add_setting(s, cell, c, &c->metric[i], &c->metric[i].setting[j], err);
    free(cell);
    return st;
}

lut_status compare_groups_sheets(sheet out[2], const compare_groups *c, lut_err *err)
{
    LUT_TRY(compare_groups_sheet(&out[0], c, err));
    return compare_settings_sheet(&out[1], c, err);
}
