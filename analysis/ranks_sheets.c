/* Ranks as tables. */
#include "analysis/cells.h"
#include "analysis/ranks.h"

#include <stdio.h>
#include <string.h>

static bool is_accuracy(const ranks *r)
{
    return strstr(r->metric, "accuracy") != NULL;
}

/* ---- figures ---- */

static lut_status figure_columns(sheet *s, const ranks *r, lut_err *err)
{
    const sheet_column set = { .name = "dataset" };

    LUT_TRY(sheet_add_column(s, &set, err));
    for (size_t j = 0; j < r->methods; j++) {
        sheet_column c = { .kind = is_accuracy(r) ? SHEET_PERCENT : SHEET_REAL },
                     rank = { .head = "rank", .kind = SHEET_REAL },
                     seeds = { .kind = SHEET_WHOLE,
                               .machine = true,
                               .doc = "trials of the setting that was chosen" },
                     settings = { .kind = SHEET_WHOLE,
                                  .machine = true,
                                  .doc = "settings there were to choose from" };

        snprintf(c.name, sizeof c.name, "%s", r->name[j]);
        snprintf(c.unit, sizeof c.unit, "%s", r->unit);
        snprintf(rank.name, sizeof rank.name, "%s_rank", r->name[j]);
        snprintf(seeds.name, sizeof seeds.name, "%s_n", r->name[j]);
        snprintf(settings.name, sizeof settings.name, "%s_settings", r->name[j]);
        LUT_TRY(sheet_add_column(s, &c, err));
        LUT_TRY(sheet_add_column(s, &rank, err));
        LUT_TRY(sheet_add_column(s, &seeds, err));
        LUT_TRY(sheet_add_column(s, &settings, err));
    }
    return LUT_OK;
}

static lut_status figure_row(sheet *s, const ranks *r, size_t set, lut_err *err)
{
    sheet_cell cell[1 + 4 * RANKS_METHODS];

    cell[0] = cell_text(r->set[set]);
    for (size_t j = 0; j < r->methods; j++) {
        const ranks_figure *f = &r->figure[set * r->methods + j];

        cell[1 + 4 * j] = cell_number(f->value);
        cell[2 + 4 * j] = cell_number(r->rank[set * r->methods + j]);
        cell[3 + 4 * j] = f->seeds ? cell_count(f->seeds) : cell_none();
        cell[4 + 4 * j] = cell_count(f->settings);
    }
    return sheet_add_row(s, cell, err);
}

static lut_status note_left_out(sheet *s, const ranks *r, lut_err *err)
{
    if (r->complete < r->sets)
        LUT_TRY(
            sheet_add_note(s, err,
                           "%zu of %zu data sets lack a figure of some %s and are not "
                           "ranked",
                           r->sets - r->complete, r->sets, r->method));
    if (r->unchosen)
        LUT_TRY(sheet_add_note(
            s, err,
            "%zu figures are missing: several settings and no validation "
            "accuracy to choose by",
            r->unchosen));
    return LUT_OK;
}

static lut_status figures_sheet(sheet *s, const ranks *r, lut_err *err)
{
    LUT_TRY(sheet_init(s, "figures", err, "%s of each %s on each data set", r->metric,
                       r->method));
    LUT_TRY(sheet_add_about(
        s, err, "%s; rank 1 is the %s",
        r->all ? "mean of all settings, each the mean of its seeds and drawn splits"
               : "of the setting with the highest mean valid_accuracy, mean over its "
                 "seeds and drawn splits",
        r->up ? "highest" : "lowest"));
    LUT_TRY(note_left_out(s, r, err));
    LUT_TRY(figure_columns(s, r, err));
    for (size_t i = 0; i < r->sets; i++)
        LUT_TRY(figure_row(s, r, i, err));
    return LUT_OK;
}

/* ---- mean ranks ---- */

static lut_status means_sheet(sheet *s, const ranks *r, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "method" },
        { .name = "rank_mean", .head = "mean rank", .kind = SHEET_REAL },
        { .name = "first",
          .kind = SHEET_WHOLE,
          .doc = "data sets on which it is the best" },
        { .name = "n", .kind = SHEET_WHOLE, .doc = "data sets" },
    };
    size_t order[RANKS_METHODS];

    LUT_TRY(sheet_init(s, "ranks", err,
                       "Mean ranks of %zu %s values over %zu data sets", r->methods,
                       r->method, r->complete));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    ranks_order(order, r);
    for (size_t j = 0; j < r->methods && r->complete; j++) {
        const size_t m = order[j];
        const sheet_cell cell[] = { cell_text(r->name[m]), cell_number(r->mean[m]),
                                    cell_count(r->first[m]), cell_count(r->complete) };

        LUT_TRY(sheet_add_row(s, cell, err));
    }
    return LUT_OK;
}

/* ---- tests ---- */

static lut_status test_row(sheet *s, const char *name, double value, double p,
                           lut_err *err)
{
    const sheet_cell cell[] = { cell_text(name), cell_number(value), cell_number(p) };

    return sheet_add_row(s, cell, err);
}

static lut_status conclude(sheet *s, const ranks *r, lut_err *err)
{
    if (r->test.p > r->alpha && r->test.f_p > r->alpha)
        return sheet_add_note(s, err,
                              "the %zu methods are not separable over %zu data sets",
                              r->methods, r->complete);
    return sheet_add_note(
        s, err,
        "some of the %zu methods differ over %zu data sets (Friedman p = "
        "%.2g, Iman and Davenport p = %.2g)",
        r->methods, r->complete, r->test.p, r->test.f_p);
}

static lut_status note_tests(sheet *s, const ranks *r, lut_err *err)
{
    char why[RANKS_WHY];

    ranks_why(why, r);
    if (r->methods < 2 || r->complete < 2)
        return sheet_add_note(s, err, "%s", why);
    if (!r->tested)
        LUT_TRY(sheet_add_note(
            s, err,
            "%zu data sets cannot tell %zu methods apart at %g: "
            "Friedman's test could not fall below p = %.2g, it needs %zu",
            r->complete, r->methods, r->alpha, r->test.least,
            friedman_needed(r->methods, r->alpha)));
    else
        LUT_TRY(conclude(s, r, err));
    if (why[0])
        LUT_TRY(sheet_add_note(s, err, "%s", why));
    if (r->nemenyi >= (double)(r->methods - 1))
        return sheet_add_note(
            s, err,
            "Nemenyi's distance is %.2f of %zu possible: no two mean ranks "
            "can be that far apart",
            r->nemenyi, r->methods - 1);
    return LUT_OK;
}

static lut_status tests_sheet(sheet *s, const ranks *r, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "test" },
        { .name = "value",
          .kind = SHEET_REAL,
          .doc = "chi-square, F, or the distance of mean ranks" },
        { .name = "p", .kind = SHEET_REAL, .doc = "of no difference" },
    };

    LUT_TRY(sheet_init(s, "tests", err, "Do they differ?"));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    if (r->tested) {
        LUT_TRY(test_row(s, "Friedman", r->test.chi2, r->test.p, err));
        LUT_TRY(test_row(s, "Iman and Davenport", r->test.f, r->test.f_p, err));
    }
    if (!isnan(r->nemenyi))
        LUT_TRY(test_row(s, "Nemenyi distance", r->nemenyi, (double)NAN, err));
    return note_tests(s, r, err);
}

/* ---- pairs ---- */

static const char *verdict(const ranks *r, const ranks_pair *p)
{
    if (p->holm > r->alpha)
        return "not separable";
    return r->up == (p->difference > 0) ? "a" : "b";
}

static sheet_cell nemenyi_cell(const ranks *r, const ranks_pair *p)
{
    if (isnan(r->nemenyi))
        return cell_none();
    return cell_text(r->mean[p->b] - r->mean[p->a] > r->nemenyi ? "a"
                                                                : "not separable");
}

static lut_status pairs_sheet(sheet *s, const ranks *r, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "a" },
        { .name = "b" },
        { .name = "a_wins", .kind = SHEET_WHOLE },
        { .name = "ties", .kind = SHEET_WHOLE },
        { .name = "b_wins", .kind = SHEET_WHOLE },
        { .name = "difference", .kind = SHEET_REAL, .doc = "mean, a minus b" },
        { .name = "p", .kind = SHEET_REAL, .doc = "Wilcoxon's signed ranks, exact" },
        { .name = "p_holm", .kind = SHEET_REAL, .doc = "after Holm's correction" },
        { .name = "better" },
        { .name = "nemenyi", .doc = "the same by Nemenyi's distance" },
    };

    LUT_TRY(sheet_init(s, "pairs", err, "Which of two is better, over %zu data sets",
                       r->complete));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    for (size_t i = 0; i < r->npairs; i++) {
        const ranks_pair *p = &r->pair[i];
        const sheet_cell cell[] = {
            cell_text(r->name[p->a]), cell_text(r->name[p->b]),
            cell_count(p->a_wins),    cell_count(p->ties),
            cell_count(p->b_wins),    cell_number(p->difference),
            cell_number(p->p),        cell_number(p->holm),
            cell_text(verdict(r, p)), nemenyi_cell(r, p),
        };

        LUT_TRY(sheet_add_row(s, cell, err));
    }
    return LUT_OK;
}

lut_status ranks_sheets(sheet *out, size_t *n, const ranks *r, lut_err *err)
{
    *n = 0;
    LUT_TRY(figures_sheet(&out[(*n)++], r, err));
    LUT_TRY(means_sheet(&out[(*n)++], r, err));
    LUT_TRY(tests_sheet(&out[(*n)++], r, err));
    return r->npairs ? pairs_sheet(&out[(*n)++], r, err) : LUT_OK;
}
