#include "analysis/figure_impl.h"
#include "analysis/emit.h"
#include "analysis/report.h"
#include "lib/base/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const figure_ops figure_table[] = {
    { "front", "What accuracy does a circuit of which size have?", FIGURE_SET, " ",
      figure_front },
    { "effects", "Which knobs matter?", FIGURE_SET, " ", figure_effects },
    { "levels", "In which direction?", FIGURE_SET, " ", figure_levels },
    { "rivals", "Is one better than another here?", FIGURE_SET, " by compare metric ",
      figure_rivals },
    { "pairs", "Which knobs depend on each other?", FIGURE_SET, " ", figure_pairs },
    { "curves", "Was the training long enough?", FIGURE_SET, " ", figure_curves },
    { "gap", "Does hardening cost accuracy?", FIGURE_SET, " ", figure_gap },
    { "parts", "Where do the LUTs go?", FIGURE_SET, " ", figure_parts },
    { "confusion", "Which classes are confused?", FIGURE_SET, " ", figure_confusion },
    { "luck", "How much of the best was luck?", FIGURE_SET, " ", figure_luck },
    { "judge", "Was validation a fair judge?", FIGURE_SET, " ", figure_judge },
    { "ranks", "Which is better over the data sets?", FIGURE_SETS,
      " by metric settings nemenyi ", figure_ranks },
    { "time", "What did the machines do?", FIGURE_RUN, " ", figure_time },
    { .name = NULL },
};

lut_status figure_find(const figure_ops **ops, const char *name, lut_err *err)
{
    char list[256] = "";

    for (*ops = figure_table; (*ops)->name; ++*ops) {
        const size_t n = strlen(list);

        if (strcmp((*ops)->name, name) == 0)
            return LUT_OK;
        snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "", (*ops)->name);
    }
    return lut_fail(err, LUT_EINVAL, "--figure=%s: want one of %s", name, list);
}

/* ---- methods ---- */

static bool differs(const report_data *d, size_t col)
{
    const sweep_value first = report_data_value(d, 0, col);

    for (size_t row = 1; row < report_data_rows(d); row++)
        if (report_compare(report_data_value(d, row, col), first) != 0)
            return true;
    return false;
}

static lut_status code_all(report_levels *levels, const report_data *d, size_t col,
                           lut_err *err)
{
    const size_t n = report_data_rows(d);
    uint32_t *code = malloc((n + 1) * sizeof *code);
    size_t *row = malloc((n + 1) * sizeof *row);
    lut_status st = LUT_ENOMEM;

    for (size_t i = 0; row && i < n; i++)
        row[i] = i;
    if (code && row)
        st = report_code(levels, code, d, col, row, n, err);
    else
        lut_fail(err, st, "out of memory");
    free(code);
    free(row);
    return st;
}

lut_status figure_methods(report_levels *levels, const report_data *d, lut_err *err)
{
    static const char *const column[] = { "parametrization", "lut_rank",
                                          "mapping_first",   "encoder",
                                          "encoder_bits",    "depth" };

    *levels = (report_levels){ .col = SIZE_MAX };
    for (size_t i = 0; i < LUT_COUNT(column) && report_data_rows(d); i++) {
        const size_t col = report_data_find(d, column[i]);

        if (col != SIZE_MAX && differs(d, col))
            return code_all(levels, d, col, err);
    }
    return LUT_OK;
}

size_t figure_method(const figure_source *s, size_t row)
{
    for (size_t i = 0; i < s->method->n; i++)
        if (report_compare(report_data_value(s->data, row, s->method->col),
                           s->method->value[i]) == 0)
            return i;
    return 0;
}

size_t figure_method_count(const figure_source *s)
{
    return s->method->n ? s->method->n : 1;
}

/* Whether a row that ended ok is of it. */
static bool has_method(const figure_source *s, size_t method)
{
    for (size_t i = 0; i < s->rows->n; i++)
        if (figure_ok(s, s->rows->row[i]) &&
            figure_method(s, s->rows->row[i]) == method)
            return true;
    return false;
}

void figure_method_name(char name[FIGURE_LABEL], const figure_source *s, size_t method)
{
    char value[REPORT_VALUE];
    const report_column *column;
    size_t n;

    if (!s->method->n) {
        snprintf(name, FIGURE_LABEL, "trials");
        return;
    }
    column = &report_data_columns(s->data, &n)[s->method->col];
    report_value_text(value, s->method->value[method]);
    if (column->is_text)
        snprintf(name, FIGURE_LABEL, "%.70s", value);
    else
        snprintf(name, FIGURE_LABEL, "%.50s %.20s", column->name, value);
}

/* Seven of them are those of Okabe and Ito (2008), told apart by people who see red and green
 * alike; yellow and black are replaced, which one of a light and a dark page would hide. */
static const char *colour_of(size_t method)
{
    static const char *const colour[] = { "#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                          "#E69F00", "#56B4E9", "#8C6D31", "#8A63C9",
                                          "#B33A3A", "#6A9A1F", "#808080" };

    return colour[method % LUT_COUNT(colour)];
}

/* Point types of gnuplot that are filled. */
static unsigned mark_of(size_t method)
{
    static const unsigned solid[] = { 7, 5, 9, 11, 13, 15 };

    return solid[method % LUT_COUNT(solid)];
}

static void put_entry(FILE *out, const char *text, size_t method)
{
    for (; *text; text++) {
        if (*text != '@') {
            fputc(*text, out);
            continue;
        }
        text++;
        if (*text == 'm')
            fprintf(out, "%zu", method);
        else if (*text == 'p')
            fprintf(out, "%u", mark_of(method));
        else
            fprintf(out, "'%s'", colour_of(method));
    }
}

void figure_each_method(FILE *out, const char **comma, const figure_source *s,
                        const char *text, bool titled)
{
    for (size_t m = 0; m < figure_method_count(s); m++) {
        char name[FIGURE_LABEL];

        if (!has_method(s, m))
            continue;
        fputs(*comma, out);
        put_entry(out, text, m);
        fputs(titled ? " title " : " notitle", out);
        figure_method_name(name, s, m);
        if (titled)
            figure_quote(out, name);
        *comma = FIGURE_AND;
    }
}

/* ---- rows ---- */

bool figure_column(size_t *col, const figure_source *s, const char *name)
{
    *col = report_data_find(s->data, name);
    for (size_t i = 0; *col != SIZE_MAX && i < s->rows->n; i++)
        if (!isnan(report_data_value(s->data, s->rows->row[i], *col).number))
            return true;
    return false;
}

double figure_value(const figure_source *s, size_t row, const char *name)
{
    const size_t col = report_data_find(s->data, name);

    return col == SIZE_MAX ? (double)NAN : report_data_value(s->data, row, col).number;
}

lut_status figure_by(size_t *col, const figure_source *s, lut_err *err)
{
    LUT_TRY(report_data_column(s->data, col, "--by", s->by, err));
    if (report_is_setting(s->data, *col))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "--by: %s is no setting of a trial, want one such as "
                    "parametrization",
                    s->by);
}

bool figure_ok(const figure_source *s, size_t row)
{
    const size_t col = report_data_find(s->data, "status");

    return col != SIZE_MAX &&
           strcmp(report_data_value(s->data, row, col).text, "ok") == 0;
}

void figure_range(FILE *out, const char *axis, const double *v, size_t n)
{
    double lo = INFINITY, hi = -INFINITY, room;

    for (size_t i = 0; i < n; i++)
        if (isfinite(v[i])) {
            lo = fmin(lo, v[i]);
            hi = fmax(hi, v[i]);
        }
    room = hi > lo ? 0.05 * (hi - lo) : 1;
    if (lo <= hi)
        fprintf(out, "set %srange [%.8g:%.8g]\n", axis, lo - room, hi + room);
}

typedef struct frame {
    double lo[2], hi[2];
} frame;

static size_t cell_of(double v, double lo, double hi, size_t cells)
{
    const double at = hi > lo ? (v - lo) / (hi - lo) * (double)cells : 0;

    return at >= (double)cells ? cells - 1 : at > 0 ? (size_t)at : 0;
}

/* keep: where both numbers are there. */
static frame frame_of(bool *keep, const double *x, const double *y, size_t n,
                      bool log_x)
{
    frame f = { { INFINITY, INFINITY }, { -INFINITY, -INFINITY } };

    for (size_t i = 0; i < n; i++) {
        const double at[2] = { log_x ? log(x[i]) : x[i], y[i] };

        keep[i] = isfinite(at[0]) && isfinite(at[1]);
        for (size_t k = 0; keep[i] && k < 2; k++) {
            f.lo[k] = fmin(f.lo[k], at[k]);
            f.hi[k] = fmax(f.hi[k], at[k]);
        }
    }
    return f;
}

void figure_thin(bool *keep, const double *x, const double *y, const size_t *method,
                 size_t n, bool log_x)
{
    enum { COLUMNS = 50, METHODS = 20, ROWS = FIGURE_MARKS / COLUMNS };
    const frame f = frame_of(keep, x, y, n, log_x);
    bool taken[METHODS][COLUMNS * ROWS] = { { false } };
    size_t methods = 1, rows;

    for (size_t i = 0; method && i < n; i++)
        methods = method[i] >= methods ? method[i] + 1 : methods;
    rows = ROWS / (methods < 10 ? methods : 10);
    for (size_t i = 0; n > FIGURE_MARKS && i < n; i++) {
        bool *cell;

        if (!keep[i])
            continue;
        cell =
            &taken[method ? method[i] % METHODS : 0]
                  [cell_of(log_x ? log(x[i]) : x[i], f.lo[0], f.hi[0], COLUMNS) * ROWS +
                   cell_of(y[i], f.lo[1], f.hi[1], rows)];
        keep[i] = !*cell;
        *cell = true;
    }
}

void figure_setting(char *text, size_t size, const report_settings *t, size_t setting)
{
    size_t n = 0, ncolumns;
    const report_column *column = report_data_columns(t->data, &ncolumns);

    text[0] = 0;
    for (size_t k = 0; k < t->nknobs && n < size; k++) {
        const report_levels *knob = &t->knob[k];
        char value[REPORT_VALUE];

        report_value_text(value, knob->value[t->level[setting * t->nknobs + k]]);
        n += (size_t)snprintf(text + n, size - n, "%s%s %s", k ? ", " : "",
                              column[knob->col].name, value);
    }
}

/* ---- script ---- */

lut_status figure_begin(figure_pen *pen, lut_err *err)
{
    *pen = (figure_pen){ 0 };
    pen->out = open_memstream(&pen->text, &pen->n);
    return pen->out ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
}

void figure_drop(figure_pen *pen)
{
    if (pen->out)
        fclose(pen->out);
    free(pen->text);
    *pen = (figure_pen){ 0 };
}

lut_status figure_end(figure *f, figure_pen *pen, lut_err *err)
{
    const bool bad = ferror(pen->out) != 0;
    const bool lost = fclose(pen->out) != 0 || bad;

    pen->out = NULL;
    if (lost) {
        figure_drop(pen);
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    }
    f->script = pen->text;
    pen->text = NULL;
    return LUT_OK;
}

void figure_quote(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text == '\n' ? ' ' : *text, out);
    }
    fputc('"', out);
}

void figure_short(FILE *out, const char *name)
{
    enum { MOST = 42 };
    char text[MOST + 4];
    size_t n = 0;

    for (unsigned depth = 0; *name && n < MOST; name++) {
        depth += *name == '(';
        if (!depth)
            text[n++] = *name;
        if (*name == ')') {
            depth -= depth > 0;
            if (n && text[n - 1] == ' ')
                n--;
        }
    }
    snprintf(text + n, sizeof text - n, "%s", *name ? "..." : "");
    figure_quote(out, text);
}

void figure_number(FILE *out, double v)
{
    if (isfinite(v))
        fprintf(out, " %.10g", v);
    else
        fputs(" NaN", out);
}

/* ---- a figure ---- */

lut_status figure_words(figure *f, lut_err *err, const char *title, const char *fmt,
                        ...)
{
    char text[1000];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    free(f->title);
    free(f->caption);
    f->title = strdup(title);
    f->caption = strdup(text);
    return f->title && f->caption ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
}

lut_status figure_not(figure *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(f->why, sizeof f->why, fmt, ap);
    va_end(ap);
    return LUT_OK;
}

static void put_option(FILE *out, const figure_ops *ops, const char *name,
                       const char *value)
{
    char word[32];

    snprintf(word, sizeof word, " %s ", name);
    if (!value || !strstr(ops->takes, word))
        return;
    fprintf(out, " --%s ", name);
    emit_word(out, value);
}

static void put_command(FILE *out, const figure_ops *ops, const figure_source *s)
{
    fprintf(out, "lutreport %s --figure %s", s->files, ops->name);
    put_option(out, ops, "by", s->by);
    put_option(out, ops, "compare", s->compare);
    put_option(out, ops, "metric", s->metric);
    put_option(out, ops, "settings", s->all ? "all" : NULL);
    if (s->nemenyi)
        fputs(" --nemenyi", out);
    if (s->where) {
        fputs(" --where ", out);
        emit_word(out, s->where);
    }
    if (s->alpha < 0.05 || s->alpha > 0.05)
        fprintf(out, " --alpha %.10g", s->alpha);
    fprintf(out, " -o %s.svg", ops->name);
}

lut_status figure_command(char **text, const figure_ops *ops, const figure_source *s,
                          lut_err *err)
{
    figure_pen pen;

    LUT_TRY(figure_begin(&pen, err));
    put_command(pen.out, ops, s);
    fclose(pen.out);
    *text = pen.text;
    return *text ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
}

lut_status figure_make(figure *f, const figure_ops *ops, const figure_source *s,
                       lut_err *err)
{
    *f = (figure){ .name = ops->name, .height = 420 };
    snprintf(f->id, sizeof f->id, "%s", f->name);
    LUT_TRY(figure_command(&f->command, ops, s, err));
    LUT_TRY(ops->make(f, s, err));
    LUT_CHECK(f->script || f->why[0]);
    return LUT_OK;
}

void figure_fini(figure *f)
{
    free(f->title);
    free(f->caption);
    free(f->command);
    free(f->script);
    sheet_fini(&f->data);
    *f = (figure){ 0 };
}
