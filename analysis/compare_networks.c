/* Two networks on the same test rows. */
#include "analysis/cells.h"
#include "analysis/compare.h"
#include "analysis/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lut_status compare_cut(char **a, char **b, const char *text, lut_err *err)
{
    const char *comma = NULL;
    size_t commas = 0;
    char quote = 0;

    *a = *b = NULL;
    for (const char *p = text; *p; p++) {
        if (quote ? *p == quote : *p == '"' || *p == '\'')
            quote = quote ? 0 : *p;
        else if (!quote && *p == ',' && ++commas == 1)
            comma = p;
    }
    if (commas != 1 || comma == text || !comma[1])
        return lut_fail(err, LUT_EINVAL, "--compare=%s: want two with a comma between",
                        text);
    *a = strndup(text, (size_t)(comma - text));
    *b = strdup(comma + 1);
    return *a && *b ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
}

static lut_status find_row(size_t *row, const report_data *d, const char *key,
                           lut_err *err)
{
    const size_t col = report_data_find(d, "key");

    for (*row = 0; col != SIZE_MAX && *row < report_data_rows(d); ++*row)
        if (!strcmp(report_data_value(d, *row, col).text, key))
            return LUT_OK;
    return lut_fail(err, LUT_ENOENT, "--compare: no trial %s in %s%s", key,
                    report_data_path(d, 0),
                    report_data_files(d) > 1 ? " and the other files" : "");
}

/* A trial with its network, and the digest of its data. */
static lut_status take(sweep_result *r, char digest[SWEEP_DIGEST], const report_data *d,
                       const char *key, lut_err *err)
{
    char first[SWEEP_KEY];
    size_t row;

    LUT_TRY(find_row(&row, d, key, err));
    LUT_TRY(report_data_result(d, row, r, err));
    if (!r->has_network || !r->correct)
        return lut_fail(
            err, LUT_ENOENT,
            "--compare: the network of %s is not kept: which test rows it has "
            "right is not known (keep = \"all\" keeps it)",
            key);
    if (!report_identity(digest, first, r,
                         report_data_store(d, report_data_file(d, row))))
        return lut_fail(
            err, LUT_EINVAL,
            "--compare: no run noted which %s %s was tested on, so it may be "
            "other rows",
            r->row.trial.dataset, key);
    return LUT_OK;
}

static lut_status refuse_others(const sweep_result r[2], char (*digest)[SWEEP_DIGEST],
                                lut_err *err)
{
    if (strcmp(r[0].row.trial.dataset, r[1].row.trial.dataset))
        return lut_fail(
            err, LUT_EINVAL,
            "--compare: %s was tested on %s, %s on %s: want the same test rows",
            r[0].row.key, r[0].row.trial.dataset, r[1].row.key, r[1].row.trial.dataset);
    if (strcmp(digest[0], digest[1]) || r[0].ntest != r[1].ntest)
        return lut_fail(err, LUT_EINVAL,
                        "--compare: %s and %s were tested on different contents of %s "
                        "(digests %s and %s)",
                        r[0].row.key, r[1].row.key, r[0].row.trial.dataset, digest[0],
                        digest[1]);
    return LUT_OK;
}

static lut_status compare(compare_networks *c, const sweep_result r[2], lut_err *err)
{
    const double n = (double)r[0].ntest;

    for (size_t i = 0; i < 2; i++)
        memcpy(c->key[i], r[i].row.key, sizeof c->key[i]);
    memcpy(c->dataset, r[0].row.trial.dataset, sizeof c->dataset);
    c->rows = r[0].ntest;
    LUT_TRY(mcnemar(&c->test, r[0].correct, r[1].correct, c->rows, c->alpha, err));
    c->accuracy[0] = 100 * (double)(c->test.both + c->test.only_a) / n;
    c->accuracy[1] = 100 * (double)(c->test.both + c->test.only_b) / n;
    return LUT_OK;
}

lut_status compare_networks_make(compare_networks *c, const report_data *d,
                                 const char *a, const char *b, double alpha,
                                 lut_err *err)
{
    sweep_result r[2];
    char digest[2][SWEEP_DIGEST];
    lut_status st;

    *c = (compare_networks){ .alpha = alpha };
    sweep_result_init(&r[0]);
    sweep_result_init(&r[1]);
    st = take(&r[0], digest[0], d, a, err);
    if (st == LUT_OK)
        st = take(&r[1], digest[1], d, b, err);
    if (st == LUT_OK)
        st = refuse_others(r, digest, err);
    if (st == LUT_OK) {
        memcpy(c->digest, digest[0], sizeof c->digest);
        st = compare(c, r, err);
    }
    sweep_result_fini(&r[0]);
    sweep_result_fini(&r[1]);
    return st;
}

static lut_status conclude(sheet *s, const compare_networks *c, lut_err *err)
{
    const mcnemar_test *t = &c->test;
    const bool a = t->difference > 0;

    if (t->p > c->alpha)
        return sheet_add_note(
            s, err,
            "not separable on these rows: of %zu that one of the two has "
            "right alone, %zu are of the one, %zu of the other",
            t->only_a + t->only_b, t->only_a, t->only_b);
    return sheet_add_note(s, err,
                          "%s is better on these rows by %.2f points (p = %.2g)",
                          c->key[!a], a ? t->difference : -t->difference, t->p);
}

lut_status compare_networks_sheet(sheet *s, const compare_networks *c, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "a" },
        { .name = "b" },
        { .name = "dataset", .machine = true },
        { .name = "digest", .machine = true, .doc = "of the data set" },
        { .name = "rows", .kind = SHEET_WHOLE, .doc = "of the test split" },
        { .name = "a_accuracy",
          .unit = "percent",
          .kind = SHEET_PERCENT,
          .doc = "test split" },
        { .name = "b_accuracy",
          .unit = "percent",
          .kind = SHEET_PERCENT,
          .doc = "test split" },
        { .name = "difference",
          .unit = "percentage points",
          .kind = SHEET_PERCENT,
          .doc = "a minus b" },
        { .name = "difference_lo",
          .head = "lo",
          .unit = "percentage points",
          .kind = SHEET_PERCENT },
        { .name = "difference_hi",
          .head = "hi",
          .unit = "percentage points",
          .kind = SHEET_PERCENT },
        { .name = "both", .kind = SHEET_WHOLE, .doc = "rows that both have right" },
        { .name = "only_a", .kind = SHEET_WHOLE },
        { .name = "only_b", .kind = SHEET_WHOLE },
        { .name = "neither", .kind = SHEET_WHOLE },
        { .name = "p", .kind = SHEET_REAL, .doc = "McNemar's exact test, two-sided" },
    };
    const mcnemar_test *t = &c->test;
    const sheet_cell cell[] = {
        cell_text(c->key[0]),        cell_text(c->key[1]),
        cell_text(c->dataset),       cell_text(c->digest),
        cell_count(c->rows),         cell_number(c->accuracy[0]),
        cell_number(c->accuracy[1]), cell_number(t->difference),
        cell_number(t->lo),          cell_number(t->hi),
        cell_count(t->both),         cell_count(t->only_a),
        cell_count(t->only_b),       cell_count(t->neither),
        cell_number(t->p),
    };

    LUT_TRY(sheet_init(s, "networks", err, "Two networks on the %zu test rows of %s",
                       c->rows, c->dataset));
    LUT_TRY(sheet_add_about(s, err,
                            "lo, hi: %g %% of %d sets of as many rows drawn with "
                            "replacement; p: exact binomial "
                            "test of the rows that one of them has right alone "
                            "(McNemar); they speak of other "
                            "test rows, not of other seeds",
                            100 * (1 - c->alpha), MCNEMAR_DRAWS));
    LUT_TRY(cells_columns(s, column, LUT_COUNT(column), err));
    LUT_TRY(sheet_add_row(s, cell, err));
    return conclude(s, c, err);
}
