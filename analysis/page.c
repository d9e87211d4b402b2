#include "analysis/page.h"
#include "analysis/page_interactive.h"
#include "analysis/report.h"
#include "analysis/table.h"
#include "analysis/trainings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 12, BEST = 40, EMBEDDED = 60, FAILURES = 200 };

typedef struct page {
    FILE *out;
    const report_data *data;
    const page_query *q;
    report_rows rows; /* all that were chosen */
    report_levels method;
    report_levels set; /* data sets */
    report_spent spent;
    bool drawn;       /* gnuplot is there */
    unsigned figures; /* so far, for ids of their own */
} page;

static void page_fini(page *p)
{
    report_rows_fini(&p->rows);
    report_levels_fini(&p->method);
    report_levels_fini(&p->set);
}

/* ---- what is on the page ---- */

static size_t count_status(const page *p, const char *status)
{
    const size_t col = report_data_find(p->data, "status");
    size_t n = 0;

    for (size_t i = 0; i < p->rows.n && col != SIZE_MAX; i++)
        n += !strcmp(report_data_value(p->data, p->rows.row[i], col).text, status);
    return n;
}

static lut_status find_sets(page *p, lut_err *err)
{
    const size_t col = report_data_find(p->data, "dataset");
    uint32_t *code = malloc((p->rows.n + 1) * sizeof *code);
    lut_status st = LUT_OK;

    if (!code)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    if (col != SIZE_MAX && p->rows.n)
        st = report_code(&p->set, code, p->data, col, p->rows.row, p->rows.n, err);
    free(code);
    return st;
}

/* ---- head ---- */

static void put_names(FILE *out, const page *p)
{
    for (size_t i = 0; i < report_data_files(p->data); i++) {
        fputs(i ? ", " : "", out);
        page_escape(out, sweep_store_name(report_data_store(p->data, i)));
    }
}

static lut_status put_head(const page *p, lut_err *err)
{
    fputs("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>",
          p->out);
    put_names(p->out, p);
    fputs("</title>\n<meta name=\"viewport\" "
          "content=\"width=device-width,initial-scale=1\">\n<style>\n",
          p->out);
    fputs(page_style, p->out);
    fputs("</style>", p->out);
    if (p->q->library)
        LUT_TRY(page_interactive_head(p->out, p->q->library, err));
    fputs("</head><body>\n<h1>", p->out);
    put_names(p->out, p);
    fputs("</h1>\n", p->out);
    return LUT_OK;
}

static void put_fact(FILE *out, const char *number, const char *what)
{
    fputs("<div><b>", out);
    page_escape(out, number);
    fputs("</b><span>", out);
    page_escape(out, what);
    fputs("</span></div>\n", out);
}

static void put_facts(const page *p)
{
    const size_t ok = count_status(p, "ok"), pruned = count_status(p, "pruned");
    char text[64];

    fputs("<div class=\"facts\">\n", p->out);
    snprintf(text, sizeof text, "%zu", p->rows.n);
    put_fact(p->out, text, "trials");
    snprintf(text, sizeof text, "%zu", ok);
    put_fact(p->out, text, "finished ok");
    if (pruned) {
        snprintf(text, sizeof text, "%zu", pruned);
        put_fact(p->out, text, "pruned");
    }
    snprintf(text, sizeof text, "%zu", p->rows.n - ok - pruned);
    put_fact(p->out, text, "failed or missing");
    snprintf(text, sizeof text, "%.3g h", p->spent.wall / 3600);
    put_fact(p->out, text, "of training in all");
    snprintf(text, sizeof text, "%zu", p->set.n);
    put_fact(p->out, text, p->set.n == 1 ? "data set" : "data sets");
    fputs("</div>\n", p->out);
    for (size_t i = 0; i < report_data_files(p->data); i++) {
        const char *progress = report_data_progress(p->data, i);

        if (!progress[0])
            continue;
        fputs("<p><b>Not finished:</b> ", p->out);
        page_escape(p->out, progress);
        fputs("</p>\n", p->out);
    }
}

static void put_links(const page *p)
{
    fputs("<nav>", p->out);
    if (p->set.n > 1)
        fputs("<a href=\"#sets\">all data sets</a>", p->out);
    for (size_t i = 0; i < p->set.n && i < SETS; i++) {
        fprintf(p->out, "<a href=\"#set%zu\">", i);
        page_escape(p->out, p->set.value[i].text);
        fputs("</a>", p->out);
    }
    fputs("<a href=\"#run\">the run</a><a href=\"#origin\">where this is "
          "from</a></nav>\n",
          p->out);
}

/* ---- figures ---- */

static void put_not(FILE *out, const figure_ops *ops, const char *why)
{
    fputs("<figure class=\"not\"><h3>", out);
    page_escape(out, ops->question);
    fputs("</h3> <span class=\"soft\">Not drawn: ", out);
    page_escape(out, why);
    fputs(".</span></figure>\n", out);
}

static void put_numbers(FILE *out, const figure *f, bool folded)
{
    if (!f->data.nrows || f->data.nrows > EMBEDDED)
        return;
    fputs(folded ? "<details><summary>Numbers</summary>" : "", out);
    page_table(out, &f->data);
    fputs(folded ? "</details>\n" : "\n", out);
}

/* svg: NULL: without it; then what was drawn is the table, or the command that prints it. */
static void put_figure(FILE *out, const figure_ops *ops, const figure *f,
                       const char *svg)
{
    fprintf(out, "<figure><h3>");
    page_escape(out, ops->question);
    fputs("</h3>\n", out);
    if (svg)
        fprintf(out, "<div class=\"plot\">%s</div>", svg);
    fputs("<figcaption>", out);
    page_escape(out, f->caption);
    fputs("<pre>", out);
    page_escape(out, f->command);
    fprintf(out, "</pre>(with -o %s.csv: the numbers, %zu rows)\n", f->name,
            f->data.nrows);
    put_numbers(out, f, svg != NULL);
    fputs("</figcaption></figure>\n", out);
}

/* Without gnuplot the words and the numbers are there all the same; a figure that it cannot draw
 * is no reason to lose the others. */
static lut_status put_drawn(page *p, const figure_ops *ops, const figure *f,
                            lut_err *err)
{
    char *svg = NULL;
    size_t n;
    lut_err why;
    const lut_status st =
        p->drawn ? figure_draw(&svg, &n, f, FIGURE_SVG, &why) : LUT_OK;

    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st == LUT_ENOENT) {
        p->drawn = false;
        fputs("<p><b>Without figures:</b> ", p->out);
        page_escape(p->out, why.text);
        fputs("</p>\n", p->out);
    } else if (st != LUT_OK)
        put_not(p->out, ops, why.text);
    if (st == LUT_OK || st == LUT_ENOENT)
        put_figure(p->out, ops, f, svg);
    free(svg);
    return LUT_OK;
}

static lut_status add_figure(page *p, const figure_ops *ops, const figure_source *s,
                             lut_err *err)
{
    figure f;
    lut_status st = figure_make(&f, ops, s, err);

    snprintf(f.id, sizeof f.id, "%s%u", ops->name, ++p->figures);
    if (st == LUT_OK && f.script)
        st = put_drawn(p, ops, &f, err);
    else if (st == LUT_OK)
        put_not(p->out, ops, f.why);
    figure_fini(&f);
    return st;
}

static figure_source source_of(const page *p, const char *where,
                               const report_rows *rows)
{
    return (figure_source){ .data = p->data,
                            .rows = rows,
                            .where = where,
                            .files = p->q->files,
                            .method = &p->method,
                            .alpha = p->q->alpha };
}

static lut_status add_figures(page *p, figure_scope scope, const char *where,
                              const report_rows *rows, lut_err *err)
{
    const figure_source s = source_of(p, where, rows);
    lut_status st = LUT_OK;

    for (const figure_ops *f = figure_table; f->name && st == LUT_OK; f++)
        if (f->scope == scope)
            st = add_figure(p, f, &s, err);
    return st;
}

/* ---- sections ---- */

/* The condition that chooses the rows of a data set among those of the page; owned, NULL
 * without memory. */
static char *set_where(const page *p, const char *set)
{
    const char *where = p->q->where ? p->q->where : "";
    const size_t size = strlen(where) + strlen(set) + 40;
    const char quote = strchr(set, '"') ? '\'' : '"';
    char *text = malloc(size);

    if (text && p->set.n < 2)
        snprintf(text, size, "%s", where);
    else if (text)
        snprintf(text, size, "%s%s%sdataset = %c%s%c", where[0] ? "(" : "", where,
                 where[0] ? ") and " : "", quote, set, quote);
    return text;
}

static lut_status put_best(page *p, const char *where, lut_err *err)
{
    const report_query q = { .where = where, .best = BEST, .alpha = p->q->alpha };
    report r = { 0 };
    sheet s = { 0 };
    lut_err why;
    lut_status st = report_build(&r, p->data, &q, &why);

    if (st == LUT_OK)
        st = report_sheet(&s, &r, "settings", NULL, 0, err);
    else if (st == LUT_EINVAL) { /* nothing to choose by */
        fputs("<p class=\"soft\">", p->out);
        page_escape(p->out, why.text);
        fputs("</p>\n", p->out);
        st = LUT_OK;
    } else
        st = lut_fail(err, st, "%s", why.text);
    if (st == LUT_OK && s.nrows)
        page_table(p->out, &s);
    sheet_fini(&s);
    report_fini(&r);
    return st;
}

static lut_status put_set_of(page *p, const char *where, lut_err *err)
{
    report_rows rows = { 0 };
    lut_status st = report_select(&rows, p->data, "--where", where, err);

    fprintf(p->out, "<p class=\"soft\">%zu trials</p>\n", rows.n);
    if (st == LUT_OK)
        st = add_figures(p, FIGURE_SET, where, &rows, err);
    if (st == LUT_OK)
        st = put_best(p, where, err);
    report_rows_fini(&rows);
    return st;
}

static lut_status put_set(page *p, size_t i, lut_err *err)
{
    char *where = set_where(p, p->set.value[i].text);
    lut_status st;

    if (!where)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    fprintf(p->out, "<h2 id=\"set%zu\">", i);
    page_escape(p->out, p->set.value[i].text);
    fputs("</h2>", p->out);
    st = put_set_of(p, where[0] ? where : NULL, err);
    free(where);
    return st;
}

/* Ranks whether or not they can be tested: then the notes say how many data sets it takes. */
static lut_status put_ranks(page *p, const ranks_query *q, lut_err *err)
{
    sheet s[RANKS_SHEETS] = { 0 };
    size_t n = 0;
    ranks r;
    lut_err why;
    lut_status st = ranks_make(&r, p->data, q, &why);

    if (st == LUT_EINVAL) /* a condition that ranks refuse: the figure said so */
        return LUT_OK;
    if (st != LUT_OK)
        return lut_fail(err, st, "%s", why.text);
    st = ranks_sheets(s, &n, &r, err);
    for (size_t i = 0; i < n; i++) {
        if (st == LUT_OK)
            page_table(p->out, &s[i]);
        sheet_fini(&s[i]);
    }
    ranks_fini(&r);
    return st;
}

static lut_status put_sets(page *p, lut_err *err)
{
    const figure_source s = source_of(p, p->q->where, &p->rows);
    ranks_query q;

    fputs("<h2 id=\"sets\">All data sets</h2>\n", p->out);
    LUT_TRY(add_figures(p, FIGURE_SETS, p->q->where, &p->rows, err));
    return figure_ranks_query(&q, &s) ? put_ranks(p, &q, err) : LUT_OK;
}

/* Whether the key is that of a row of the page. */
static bool is_chosen(const page *p, const char *key)
{
    const size_t col = report_data_find(p->data, "key");

    for (size_t i = 0; i < p->rows.n && col != SIZE_MAX; i++)
        if (!strcmp(report_data_value(p->data, p->rows.row[i], col).text, key))
            return true;
    return false;
}

static lut_status failures_sheet(sheet *s, const page *p, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "key", .kind = SHEET_TEXT },
        { .name = "attempt", .kind = SHEET_WHOLE },
        { .name = "cause", .kind = SHEET_TEXT },
        { .name = "epoch", .kind = SHEET_WHOLE },
        { .name = "last lines", .kind = SHEET_TEXT },
    };

    size_t found = 0;

    LUT_TRY(sheet_init(s, "failures", err, "Attempts that failed"));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(s, &column[i], err));
    for (size_t file = 0; file < report_data_files(p->data); file++) {
        size_t n;
        const sweep_failure *f =
            sweep_store_failures(report_data_store(p->data, file), &n);

        for (size_t i = 0; i < n; i++) {
            if (!is_chosen(p, f[i].key))
                continue;
            if (++found > FAILURES)
                continue;
            const sheet_cell cell[] = { { .text = f[i].key },
                                        { .number = f[i].attempt },
                                        { .text = f[i].cause },
                                        { .number = f[i].epoch },
                                        { .text = f[i].log } };

            LUT_TRY(sheet_add_row(s, cell, err));
        }
    }
    if (found > FAILURES)
        return sheet_add_note(s, err, "%d of %zu; all of them are in /failures",
                              FAILURES, found);
    return LUT_OK;
}

static void put_provenance(const page *p)
{
    for (size_t file = 0; file < report_data_files(p->data); file++) {
        size_t n;
        const sweep_store *store = report_data_store(p->data, file);
        const sweep_provenance *v = sweep_store_provenance(store, &n);

        for (size_t i = 0; i < n; i++) {
            fputs("<p>", p->out);
            page_escape(p->out, v[i].started);
            fputs(" to ", p->out);
            page_escape(p->out,
                        v[i].ended[0] ? v[i].ended : "an end that it did not note");
            fputs(" on ", p->out);
            page_escape(p->out, v[i].host);
            fprintf(p->out, ", %u rank%s of %u thread%s, version ", v[i].ranks,
                    v[i].ranks == 1 ? "" : "s", v[i].threads,
                    v[i].threads == 1 ? "" : "s");
            page_escape(p->out, v[i].version);
            fputs(", data ", p->out);
            page_escape(p->out, v[i].digests ? v[i].digests : "");
            fputs("</p><pre>", p->out);
            page_escape(p->out, v[i].command ? v[i].command : "");
            fputs("</pre>\n", p->out);
        }
        fputs("<details><summary>Configuration of ", p->out);
        page_escape(p->out, sweep_store_name(store));
        fputs("</summary><pre>", p->out);
        page_escape(p->out, sweep_store_config(store));
        fputs("</pre></details>\n", p->out);
    }
}

static lut_status put_run(page *p, lut_err *err)
{
    sheet failures = { 0 };
    lut_status st;

    fputs("<h2 id=\"run\">The run</h2>\n", p->out);
    st = add_figures(p, FIGURE_RUN, p->q->where, &p->rows, err);
    if (st == LUT_OK)
        st = failures_sheet(&failures, p, err);
    if (st == LUT_OK && failures.nrows)
        page_table(p->out, &failures);
    sheet_fini(&failures);
    put_provenance(p);
    return st;
}

static lut_status put_origin(const page *p, lut_err *err)
{
    const page_library *library = p->q->library;

    fputs("<h2 id=\"origin\">Where this is from</h2><pre>", p->out);
    page_escape(p->out, p->q->origin);
    fputs("</pre>\n", p->out);
    page_interactive_notice(p->out, library);
    if (library)
        LUT_TRY(page_interactive_end(p->out, library, p->data, &p->rows, p->q, err));
    fputs("<script>\n", p->out);
    fputs(page_script, p->out);
    fputs("</script></body></html>\n", p->out);
    return LUT_OK;
}

static lut_status put_all(page *p, lut_err *err)
{
    LUT_TRY(put_head(p, err));
    put_facts(p);
    put_links(p);
    if (p->set.n > 1)
        LUT_TRY(put_sets(p, err));
    for (size_t i = 0; i < p->set.n && i < SETS; i++)
        LUT_TRY(put_set(p, i, err));
    if (p->set.n > SETS)
        fprintf(p->out, "<p>%zu more data sets are left out; --where chooses.</p>\n",
                p->set.n - SETS);
    if (p->q->library)
        page_interactive_place(p->out);
    LUT_TRY(put_run(p, err));
    return put_origin(p, err);
}

lut_status report_page(FILE *out, bool *drawn, const report_data *d,
                       const page_query *q, lut_err *err)
{
    page p = { .out = out, .data = d, .q = q, .drawn = true };
    lut_status st = report_select(&p.rows, d, "--where", q->where, err);

    if (st == LUT_OK)
        st = figure_methods(&p.method, d, err);
    if (st == LUT_OK)
        st = find_sets(&p, err);
    if (st == LUT_OK)
        st = report_spent_by(&p.spent, d, p.rows.row, p.rows.n, err);
    if (st == LUT_OK)
        st = put_all(&p, err);
    *drawn = p.drawn;
    page_fini(&p);
    return st;
}
