#include "analysis/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { CELL = 1100, WIDE = 5 * REPORT_COLUMNS }; /* a cell holds any text field */

static const report_column *column(const report *r, size_t col)
{
    size_t n;

    return &report_data_columns(r->data, &n)[col];
}

static void value_text(char out[CELL], sweep_value v, const char *missing)
{
    if (v.text)
        snprintf(out, CELL, "%s", v.text);
    else if (isnan(v.number))
        snprintf(out, CELL, "%s", missing);
    else if (fabs(v.number) < 1e15 && floor(v.number) >= v.number)
        snprintf(out, CELL, "%.0f", v.number);
    else
        lut_real_text(out, v.number);
}

static void by_text(char out[CELL], const report *r, size_t group, size_t i,
                    const char *missing)
{
    value_text(out, report_data_value(r->data, r->group[group].row, r->by[i]), missing);
}

/* For people: percents with two digits, whole numbers as such, the rest in four figures. */
static void short_number(char out[CELL], double v, const report_column *c, bool whole)
{
    if (isnan(v))
        strcpy(out, "-");
    else if (strncmp(c->unit, "percent", 7) == 0)
        snprintf(out, CELL, "%.2f", v);
    else if (whole)
        snprintf(out, CELL, "%.0f", v);
    else
        snprintf(out, CELL, "%.4g", v);
}

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

/* The layout for people: --by columns, mean and sd of each metric, n once or each time. */
typedef struct shown {
    enum { SHOW_BY, SHOW_MEAN, SHOW_SD, SHOW_N } kind;
    size_t index;
    bool whole, left;
    size_t width; /* in characters */
} shown;

static size_t layout(const report *r, shown out[WIDE])
{
    const bool once = same_n(r);
    size_t n = 0;

    for (size_t i = 0; i < r->nby; i++)
        out[n++] = (shown){ .kind = SHOW_BY,
                            .index = i,
                            .left = column(r, r->by[i])->is_text };
    for (size_t i = 0; i < r->nmetrics; i++) {
        out[n++] = (shown){ .kind = SHOW_MEAN, .index = i, .whole = all_whole(r, i) };
        out[n++] = (shown){ .kind = SHOW_SD, .index = i };
        if (!once || i + 1 == r->nmetrics)
            out[n++] = (shown){ .kind = SHOW_N, .index = i };
    }
    return n;
}

static const char *heading(const report *r, const shown *s)
{
    switch (s->kind) {
    case SHOW_BY:
        return column(r, r->by[s->index])->name;
    case SHOW_MEAN:
        return column(r, r->metric[s->index])->name;
    case SHOW_SD:
        return "sd";
    case SHOW_N:
        break;
    }
    return "n";
}

static void shown_text(char out[CELL], const report *r, size_t group, const shown *s)
{
    const report_stats *stats = &r->group[group].metric[s->index];

    switch (s->kind) {
    case SHOW_BY:
        by_text(out, r, group, s->index, "-");
        break;
    case SHOW_MEAN:
        short_number(out, stats->mean, column(r, r->metric[s->index]), s->whole);
        break;
    case SHOW_SD:
        short_number(out, stats->sd, column(r, r->metric[s->index]), false);
        break;
    case SHOW_N:
        snprintf(out, CELL, "%zu", stats->n);
        break;
    }
}

/* Characters, not bytes, of UTF-8. */
static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void measure(const report *r, shown *s)
{
    char cell[CELL];

    s->width = characters(heading(r, s));
    for (size_t g = 0; g < r->ngroups; g++) {
        size_t n;

        shown_text(cell, r, g, s);
        n = characters(cell);
        s->width = n > s->width ? n : s->width;
    }
}

static void pad(FILE *out, size_t n)
{
    while (n-- > 0)
        fputc(' ', out);
}

static void put_padded(FILE *out, const char *text, const shown *s, bool last)
{
    size_t n = s->width - characters(text);

    if (!s->left)
        pad(out, n);
    fputs(text, out);
    if (s->left && !last)
        pad(out, n);
}

/* Networks that no validation rows selected: whose they are, and that such rows of the
 * table are in no order of merit. */
static void put_unselected(FILE *out, const report *r, const char *mark)
{
    const char *sign = ": ";

    if (!r->unselected)
        return;
    fprintf(out, "%sno validation split, last epoch, no selection", mark);
    for (size_t i = 0; i < r->nsets; i++) {
        if (!r->set[i].unselected)
            continue;
        fprintf(out, "%s%zu of %zu trials of %s", sign, r->set[i].unselected,
                r->set[i].trials, r->set[i].name);
        sign = ", ";
    }
    if (r->by_validation && !r->ranked)
        fprintf(out, "; rows are not ranked");
    else if (r->by_validation && !r->hidden && r->ranked < r->ngroups)
        fprintf(out, "; rows not ranked, at the end: %zu", r->ngroups - r->ranked);
    fprintf(out, "\n");
}

void report_progress(FILE *out, const report *r, const char *mark)
{
    const size_t n = report_data_files(r->data);

    for (size_t i = 0; i < n; i++) {
        const char *text = report_data_progress(r->data, i);

        if (text[0])
            fprintf(out, "%s%s%s%s\n", mark, n > 1 ? report_data_path(r->data, i) : "",
                    n > 1 ? ": " : "", text);
    }
}

void report_notes(FILE *out, const report *r, const char *mark)
{
    for (size_t i = 0; i < r->nsets; i++)
        if (r->set[i].note || r->set[i].partial)
            fprintf(out, "%sdata set %s: %s%s%s\n", mark, r->set[i].name,
                    r->set[i].note ? r->set[i].note : "",
                    r->set[i].note && r->set[i].partial ? "; " : "",
                    r->set[i].partial ? "not comparable with published numbers" : "");
}

/* Which rows the numbers are from, and which were left out. */
static void put_selection(FILE *out, const report *r, const char *mark)
{
    report_progress(out, r, mark);
    fprintf(out, "%s%zu of %zu trials", mark, r->selected, report_data_rows(r->data));
    for (size_t i = 0; i < r->nstatus; i++)
        fprintf(out, "%s%zu %s", i ? ", " : ": ", r->status[i].n, r->status[i].status);
    fprintf(out, "\n");
    if (r->only_ok && r->nstatus &&
        (r->nstatus > 1 || strcmp(r->status[0].status, "ok")))
        fprintf(
            out,
            "%smeans are over the trials that are ok; name status in --where or --by "
            "for the others\n",
            mark);
    fprintf(out, "%smean and sd (with n - 1) over the n trials of a row", mark);
    if (r->hidden)
        fprintf(out, "; the best %zu of %zu rows by validation accuracy", r->ngroups,
                r->ngroups + r->hidden);
    else if (r->best)
        fprintf(out, "; all %zu rows, %zu were asked for", r->ngroups, r->best);
    fprintf(out, "\n");
    put_unselected(out, r, mark);
    report_notes(out, r, mark);
}

/* What each metric is, so that nobody takes one split for another. */
static void put_meanings(FILE *out, const report *r, const char *mark)
{
    for (size_t i = 0; i < r->nmetrics; i++) {
        const report_column *c = column(r, r->metric[i]);

        fprintf(out, "%s%s%s%s%s: %s\n", mark, c->name, c->unit[0] ? " [" : "", c->unit,
                c->unit[0] ? "]" : "", c->doc);
    }
}

/* Lines of text, each with the mark in front. */
static void put_lines(FILE *out, const char *text, const char *mark)
{
    while (text && *text) {
        size_t n = strcspn(text, "\n");

        fprintf(out, "%s%.*s\n", mark, (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void write_text(FILE *out, const report *r, const char *origin)
{
    shown s[WIDE];
    const size_t n = layout(r, s);
    char cell[CELL];

    put_lines(out, origin, "# ");
    put_selection(out, r, "# ");
    put_meanings(out, r, "# ");
    for (size_t i = 0; i < n; i++) {
        measure(r, &s[i]);
        fputs(i ? "  " : "", out);
        put_padded(out, heading(r, &s[i]), &s[i], i + 1 == n);
    }
    fputc('\n', out);
    for (size_t g = 0; g < r->ngroups; g++) {
        for (size_t i = 0; i < n; i++) {
            fputs(i ? "  " : "", out);
            shown_text(cell, r, g, &s[i]);
            put_padded(out, cell[0] ? cell : "-", &s[i], i + 1 == n);
        }
        fputc('\n', out);
    }
}

/* A bar would end the cell. */
static void put_markdown(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void write_markdown(FILE *out, const report *r, const char *origin)
{
    shown s[WIDE];
    const size_t n = layout(r, s);
    char cell[CELL];

    if (origin) {
        fputs("<!--\n", out);
        put_lines(out, origin, "");
        fputs("-->\n", out);
    }
    put_selection(out, r, "- ");
    put_meanings(out, r, "- ");
    fputc('\n', out);
    for (size_t i = 0; i < n; i++) {
        fputs("| ", out);
        put_markdown(out, heading(r, &s[i]));
        fputc(' ', out);
    }
    fputs("|\n", out);
    for (size_t i = 0; i < n; i++)
        fputs(s[i].left ? "| --- " : "| ---: ", out);
    fputs("|\n", out);
    for (size_t g = 0; g < r->ngroups; g++) {
        for (size_t i = 0; i < n; i++) {
            shown_text(cell, r, g, &s[i]);
            fputs("| ", out);
            put_markdown(out, cell);
            fputc(' ', out);
        }
        fputs("|\n", out);
    }
}

static void put_csv(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\n\r#")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_csv_stats(FILE *out, const report_stats *s, bool first)
{
    const double v[] = { s->mean, s->sd, s->min, s->max, (double)s->n };
    char cell[CELL];

    for (size_t i = 0; i < LUT_COUNT(v); i++) {
        value_text(cell, (sweep_value){ .number = v[i] }, "");
        fprintf(out, "%s%s", first && i == 0 ? "" : ",", cell);
    }
}

static void put_csv_heading(FILE *out, const report *r)
{
    static const char *const stat[] = { "mean", "sd", "min", "max", "n" };

    for (size_t i = 0; i < r->nby; i++)
        fprintf(out, "%s%s", i ? "," : "", column(r, r->by[i])->name);
    for (size_t i = 0; i < r->nmetrics; i++)
        for (size_t j = 0; j < LUT_COUNT(stat); j++)
            fprintf(out, "%s%s_%s", i || j || r->nby ? "," : "",
                    column(r, r->metric[i])->name, stat[j]);
    fputc('\n', out);
}

static void write_csv(FILE *out, const report *r, const char *origin)
{
    char cell[CELL];

    put_lines(out, origin, "# ");
    if (origin) { /* a stream starts with its heading */
        report_progress(out, r, "# ");
        put_unselected(out, r, "# ");
        report_notes(out, r, "# ");
    }
    put_csv_heading(out, r);
    for (size_t g = 0; g < r->ngroups; g++) {
        for (size_t i = 0; i < r->nby; i++) {
            by_text(cell, r, g, i, "");
            fputs(i ? "," : "", out);
            put_csv(out, cell);
        }
        for (size_t i = 0; i < r->nmetrics; i++)
            put_csv_stats(out, &r->group[g].metric[i], r->nby == 0 && i == 0);
        fputc('\n', out);
    }
}

const report_format report_formats[] = {
    { "text", ".txt", write_text, false },
    { "markdown", ".md", write_markdown, false },
    { "csv", ".csv", write_csv, true },
    { NULL, NULL, NULL, false },
};

lut_status report_format_named(const report_format **f, const char *name, lut_err *err)
{
    for (*f = report_formats; (*f)->name; ++*f)
        if (strcmp((*f)->name, name) == 0)
            return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "--format=%s: want text, markdown or csv", name);
}

lut_status report_format_of(const report_format **f, const char *path, lut_err *err)
{
    const char *dot = strrchr(path, '.');

    for (*f = report_formats; dot && (*f)->name; ++*f)
        if (strcasecmp(dot, (*f)->suffix) == 0)
            return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "-o %s: the name must end in .txt, .md or .csv, or --format must be "
        "given",
        path);
}
