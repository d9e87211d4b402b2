#include "analysis/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const report_column *column(const report *r, size_t col)
{
    size_t n;

    return &report_data_columns(r->data, &n)[col];
}

/* ---- columns ---- */

static bool all_whole(const report *r, size_t metric)
{
    for (size_t g = 0; g < r->ngroups; g++) {
        const report_stats *s = &r->group[g].metric[metric];

        if (s->n && (floor(s->mean) < s->mean || fabs(s->mean) >= 1e15))
            return false;
    }
    return true;
}

/* One column for n when all metrics have the same. */
static bool same_n(const report *r)
{
    for (size_t g = 0; g < r->ngroups; g++)
        for (size_t i = 1; i < r->nmetrics; i++)
            if (r->group[g].metric[i].n != r->group[g].metric[0].n)
                return false;
    return true;
}

/* Where all trials of each row agree, or are alone, an interval says nothing. */
static bool has_interval(const report *r, size_t metric)
{
    for (size_t g = 0; g < r->ngroups; g++)
        if (r->group[g].metric[metric].sd > 0)
            return true;
    return false;
}

static lut_status add_by(sheet *s, const report_column *c, lut_err *err)
{
    sheet_column by = { .kind = c->is_text ? SHEET_TEXT : SHEET_EXACT };

    snprintf(by.name, sizeof by.name, "%s", c->name);
    snprintf(by.unit, sizeof by.unit, "%s", c->unit);
    return sheet_add_column(s, &by, err);
}

/* What is told of a metric: a column each.  The order of machines' columns is public. */
typedef enum part { MEAN, HALF, SD, MIN, MAX, N, LO, HI, PARTS } part;
static const char *const part_name[PARTS] = { "mean", "half", "sd", "min",
                                              "max",  "n",    "lo", "hi" };

static sheet_column part_column(const report *r, size_t metric, part p)
{
    const report_column *c = column(r, r->metric[metric]);
    const bool percent = strncmp(c->unit, "percent", 7) == 0;
    sheet_column out = { .kind = percent ? SHEET_PERCENT : SHEET_REAL };

    snprintf(out.name, sizeof out.name, "%s_%s", c->name, part_name[p]);
    snprintf(out.unit, sizeof out.unit, "%s", p == N ? "" : c->unit);
    snprintf(out.head, sizeof out.head, "%s",
             p == MEAN   ? c->name
             : p == HALF ? "\xc2\xb1"
                         : part_name[p]);
    out.machine = p == MIN || p == MAX || p == LO || p == HI;
    out.people = p == HALF;
    if (p == MEAN)
        snprintf(out.doc, sizeof out.doc, "%s", c->doc);
    if (p == N || (p == MEAN && !percent && all_whole(r, metric)))
        out.kind = SHEET_WHOLE;
    return out;
}

static lut_status add_metric(sheet *s, const report *r, size_t metric, bool shows_n,
                             lut_err *err)
{
    for (part p = 0; p < PARTS; p++) {
        sheet_column c = part_column(r, metric, p);

        if (p == HALF && !has_interval(r, metric))
            continue;
        c.machine |= p == N && !shows_n;
        LUT_TRY(sheet_add_column(s, &c, err));
    }
    return LUT_OK;
}

static lut_status add_columns(sheet *s, const report *r, const report_extra *extra,
                              size_t nextra, lut_err *err)
{
    const bool once = same_n(r);

    for (size_t i = 0; i < r->nby; i++)
        LUT_TRY(add_by(s, column(r, r->by[i]), err));
    for (size_t i = 0; i < r->nmetrics; i++)
        LUT_TRY(add_metric(s, r, i, !once || i + 1 == r->nmetrics, err));
    for (size_t i = 0; i < nextra; i++)
        LUT_TRY(sheet_add_column(s, &extra[i].column, err));
    return LUT_OK;
}

/* ---- rows ---- */

static size_t put_stats(sheet_cell *cell, const report_stats *s, double half,
                        bool has_half)
{
    const double v[PARTS] = { s->mean, half,         s->sd,          s->min,
                              s->max,  (double)s->n, s->mean - half, s->mean + half };
    size_t at = 0;

    for (part p = 0; p < PARTS; p++)
        if (p != HALF || has_half)
            cell[at++] = (sheet_cell){ .number = v[p] };
    return at;
}

static lut_status add_row(sheet *s, const report *r, size_t group,
                          const report_extra *extra, size_t nextra, sheet_cell *cell,
                          lut_err *err)
{
    const report_group *g = &r->group[group];
    size_t at = 0;

    for (size_t i = 0; i < r->nby; i++) {
        const sweep_value v = report_data_value(r->data, g->row, r->by[i]);

        cell[at++] = (sheet_cell){ v.text, v.number };
    }
    for (size_t i = 0; i < r->nmetrics; i++)
        at += put_stats(cell + at, &g->metric[i], report_half(&g->metric[i], r->alpha),
                        has_interval(r, i));
    for (size_t i = 0; i < nextra; i++)
        cell[at++] =
            (sheet_cell){ .text = extra[i].text ? extra[i].text[group] : NULL,
                          .number = extra[i].number ? extra[i].number[group] : 0 };
    return sheet_add_row(s, cell, err);
}

static lut_status add_rows(sheet *s, const report *r, const report_extra *extra,
                           size_t nextra, lut_err *err)
{
    sheet_cell *cell = calloc(s->ncolumns + 1, sizeof *cell);
    lut_status st =
        cell ? LUT_OK
             : lut_fail(err, LUT_ENOMEM, "no memory for %zu cells", s->ncolumns);

    for (size_t g = 0; g < r->ngroups && st == LUT_OK; g++)
        st = add_row(s, r, g, extra, nextra, cell, err);
    free(cell);
    return st;
}

/* ---- lines ---- */

/* Which rows the numbers are from. */
static lut_status begin(sheet *s, const report *r, const char *name, lut_err *err)
{
    char counts[256] = "";
    size_t at = 0;

    for (size_t i = 0; i < r->nstatus && at < sizeof counts; i++)
        at += (size_t)snprintf(counts + at, sizeof counts - at, "%s%zu %s",
                               i ? ", " : ": ", r->status[i].n, r->status[i].status);
    return sheet_init(s, name, err, "%zu of %zu trials%s", r->selected,
                      report_data_rows(r->data), counts);
}

lut_status report_about_splits(sheet *s, const report *r, lut_err *err)
{
    if (!r->drawn)
        return LUT_OK;
    return sheet_add_about(s, err,
                           "where trials of a row are of several drawn splits, "
                           "\xc2\xb1 takes the mean of each split as one number");
}

static lut_status add_about(sheet *s, const report *r, lut_err *err)
{
    char best[128] = "", interval[96] = "";

    for (size_t i = 0; i < r->nmetrics && !interval[0]; i++)
        if (has_interval(r, i))
            snprintf(interval, sizeof interval,
                     ", \xc2\xb1 half the %.6g %% interval of the mean (Student's t)",
                     100 * (1 - r->alpha));
    if (r->hidden)
        snprintf(best, sizeof best, "; the best %zu %s%zu rows by validation accuracy",
                 r->best_each ? r->best : r->ngroups,
                 r->best_each ? "of each kind, of " : "of ", r->ngroups + r->hidden);
    else if (r->best)
        snprintf(best, sizeof best,
                 r->best_each
                     ? "; all %zu rows, there are no more than %zu of each kind"
                     : "; all %zu rows, %zu were asked for",
                 r->ngroups, r->best);
    if (r->only_ok && r->nstatus &&
        (r->nstatus > 1 || strcmp(r->status[0].status, "ok") != 0))
        LUT_TRY(sheet_add_about(s, err,
                                "means are over the trials that are ok; name status in "
                                "--where or --by for the others"));
    LUT_TRY(sheet_add_about(s, err,
                            "mean and sd (with n - 1) over the n trials of a row%s%s",
                            interval, best));
    LUT_TRY(report_about_splits(s, r, err));
    if (!r->mixed)
        return LUT_OK;
    return sheet_add_about(s, err,
                           "trials of a row differ in more than the seed in %zu of %zu "
                           "rows: there%s sd %s over settings as well",
                           r->mixed, r->ngroups + r->hidden,
                           interval[0] ? " \xc2\xb1 and" : "",
                           interval[0] ? "are" : "is");
}

lut_status report_note_twice(sheet *s, size_t twice, lut_err *err)
{
    return twice ? sheet_add_note(s, err,
                                  "left out: %zu trials that are in another file too",
                                  twice)
                 : LUT_OK;
}

/* How far sweeps are that are not finished. */
static lut_status note_progress(sheet *s, const report *r, lut_err *err)
{
    const size_t n = report_data_files(r->data);

    for (size_t i = 0; i < n; i++) {
        const char *text = report_data_progress(r->data, i);

        if (text[0])
            LUT_TRY(sheet_add_note(s, err, "%s%s%s",
                                   n > 1 ? report_data_path(r->data, i) : "",
                                   n > 1 ? ": " : "", text));
    }
    return LUT_OK;
}

/* Why there is nothing but dashes. */
static lut_status note_nothing(sheet *s, const report *r, lut_err *err)
{
    bool any_ok = !r->only_ok;

    for (size_t i = 0; i < r->nstatus; i++)
        any_ok |= strcmp(r->status[i].status, "ok") == 0;
    if (!report_data_rows(r->data))
        return sheet_add_note(s, err, "there are no trials yet");
    if (!r->selected)
        return sheet_add_note(s, err, "no trial meets the condition");
    if (any_ok)
        return LUT_OK;
    return sheet_add_note(
        s, err,
        "no trial is ok, so there is nothing to summarise: \"lutsweep "
        "--status FILE\" says why, \"--by status\" counts");
}

static void put_unselected(FILE *out, const report *r)
{
    const char *sign = ": ";

    fputs("no validation split, last epoch, no selection", out);
    for (size_t i = 0; i < r->nsets; i++) {
        if (!r->set[i].unselected)
            continue;
        fprintf(out, "%s%zu of %zu trials of %s", sign, r->set[i].unselected,
                r->set[i].trials, r->set[i].name);
        sign = ", ";
    }
    if (r->by_validation && !r->ranked)
        fputs("; rows are not ranked", out);
    else if (r->by_validation && !r->hidden && r->ranked < r->ngroups)
        fprintf(out, "; rows not ranked, at the end: %zu", r->ngroups - r->ranked);
}

/* Networks that no validation rows selected: whose they are, and that such rows of the
 * table are in no order of merit. */
static lut_status note_unselected(sheet *s, const report *r, lut_err *err)
{
    char *text = NULL;
    size_t n;
    FILE *out;
    lut_status st;

    if (!r->unselected)
        return LUT_OK;
    out = open_memstream(&text, &n);
    if (out)
        put_unselected(out, r);
    if (!out || fclose(out) != 0)
        st = lut_fail(err, LUT_ENOMEM, "out of memory");
    else
        st = sheet_add_note(s, err, "%s", text);
    free(text);
    return st;
}

/* Values of --each that have no row, as nothing could be chosen of them. */
static lut_status note_unchosen(sheet *s, const report *r, lut_err *err)
{
    if (!r->unchosen)
        return LUT_OK;
    return sheet_add_note(s, err,
                          "left out by --each, with no validation accuracy to choose "
                          "by: %zu (%s)",
                          r->unchosen, r->unchosen_name);
}

/* What must be known of a data set before its numbers are compared with others. */
static lut_status note_sets(sheet *s, const report *r, lut_err *err)
{
    for (size_t i = 0; i < r->nsets; i++)
        if (r->set[i].note || r->set[i].partial)
            LUT_TRY(sheet_add_note(
                s, err, "data set %s: %s%s%s", r->set[i].name,
                r->set[i].note ? r->set[i].note : "",
                r->set[i].note && r->set[i].partial ? "; " : "",
                r->set[i].partial ? "not comparable with published numbers" : ""));
    return LUT_OK;
}

static lut_status build(sheet *s, const report *r, const char *name,
                        const report_extra *extra, size_t nextra, lut_err *err)
{
    LUT_TRY(begin(s, r, name, err));
    LUT_TRY(add_about(s, r, err));
    LUT_TRY(report_note_twice(s, r->twice, err));
    LUT_TRY(note_progress(s, r, err));
    LUT_TRY(note_nothing(s, r, err));
    LUT_TRY(note_unselected(s, r, err));
    LUT_TRY(note_unchosen(s, r, err));
    LUT_TRY(note_sets(s, r, err));
    LUT_TRY(add_columns(s, r, extra, nextra, err));
    return add_rows(s, r, extra, nextra, err);
}

lut_status report_sheet(sheet *s, const report *r, const char *name,
                        const report_extra *extra, size_t nextra, lut_err *err)
{
    const lut_status st = build(s, r, name, extra, nextra, err);

    if (st != LUT_OK)
        sheet_fini(s);
    return st;
}

lut_status report_sheet_keys(sheet *s, const report *r, lut_err *err)
{
    size_t col;

    LUT_TRY(report_data_column(r->data, &col, "--output=quiet", "key", err));
    for (size_t g = 0; g < r->ngroups; g++)
        for (size_t i = 0; i < r->group[g].rows; i++)
            LUT_TRY(sheet_add_key(
                s,
                report_data_value(r->data, r->member[r->group[g].first + i], col).text,
                err));
    return LUT_OK;
}
