/* One figure: drawn, or its numbers as a table. */
#include "analysis/emit.h"
#include "analysis/figure.h"
#include "drivers/cli.h"
#include "drivers/lutreport.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Files of the command as words of a shell; owned. */
char *lutreport_words(const lutreport_options *o)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    if (!out)
        return NULL;
    for (size_t i = 0; i < o->npaths; i++) {
        fputs(i ? " " : "", out);
        emit_word(out, o->path[i]);
    }
    fclose(out);
    return text;
}

/* More data sets than one have no accuracy in common. */
static lut_status one_set(const report_data *d, const report_rows *rows, lut_err *err)
{
    const size_t col = report_data_find(d, "dataset");

    for (size_t i = 1; i < rows->n && col != SIZE_MAX; i++) {
        const char *a = report_data_value(d, rows->row[0], col).text;
        const char *b = report_data_value(d, rows->row[i], col).text;

        if (strcmp(a, b) != 0)
            return lut_fail(
                err, LUT_EINVAL,
                "--figure: a figure is of one data set, and there are %s and %s: "
                "add --where \"dataset = %s\"",
                a, b, a);
    }
    return LUT_OK;
}

/* Each figure reads few of them. */
static lut_status refuse_options(const figure_ops *ops, const lutreport_options *o,
                                 lut_err *err)
{
    const struct {
        const char *name, *value;
    } given[] = { { "by", o->by },
                  { "metric", o->metric },
                  { "compare", o->compare },
                  { "settings", o->settings },
                  { "nemenyi", o->nemenyi } };

    for (size_t i = 0; i < LUT_COUNT(given); i++) {
        char word[32];

        snprintf(word, sizeof word, " %s ", given[i].name);
        if (given[i].value && !strstr(ops->takes, word))
            return lut_fail(err, LUT_EINVAL, "--%s: not with --figure %s",
                            given[i].name, ops->name);
    }
    return LUT_OK;
}

static lut_status make_of(figure *f, const figure_ops *ops, figure_source *s,
                          const lutreport_options *o, lut_err *err)
{
    LUT_TRY(refuse_options(ops, o, err));
    LUT_TRY(lutreport_alpha(&s->alpha, o, err));
    LUT_TRY(lutreport_settings(&s->all, o, err));
    if (ops->scope == FIGURE_SET)
        LUT_TRY(one_set(s->data, s->rows, err));
    LUT_TRY(figure_make(f, ops, s, err));
    return f->script ? LUT_OK
                     : lut_fail(err, LUT_EINVAL, "--figure %s: nothing to draw: %s",
                                f->name, f->why);
}

static lut_status make_figure(figure *f, const report_data *d,
                              const lutreport_options *o, lut_err *err)
{
    report_rows rows = { 0 };
    report_levels method = { 0 };
    char *words = lutreport_words(o);
    const figure_ops *ops = NULL;
    figure_source s = { .data = d,
                        .rows = &rows,
                        .where = o->where,
                        .files = words,
                        .method = &method,
                        .by = o->by,
                        .metric = o->metric,
                        .compare = o->compare,
                        .nemenyi = o->nemenyi != NULL };
    lut_status st = words ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");

    if (st == LUT_OK)
        st = figure_find(&ops, o->figure, err);
    if (st == LUT_OK)
        st = report_select(&rows, d, "--where", o->where, err);
    if (st == LUT_OK)
        st = figure_methods(&method, d, err);
    if (st == LUT_OK)
        st = make_of(f, ops, &s, o, err);
    report_levels_fini(&method);
    report_rows_fini(&rows);
    free(words);
    return st;
}

static lut_status make_sheet(lutreport_made *out, const report_data *d,
                             const lutreport_options *o, lut_err *err)
{
    figure f = { 0 };
    lut_status st = make_figure(&f, d, o, err);

    if (st == LUT_OK) {
        out->sheet[0] = f.data;
        out->n = 1;
        f.data = (sheet){ 0 };
    }
    figure_fini(&f);
    return st;
}

static bool is_drawing(figure_kind *kind, const char *path)
{
    static const struct {
        const char *suffix;
        figure_kind kind;
    } table[] = { { ".svg", FIGURE_SVG },
                  { ".pdf", FIGURE_PDF },
                  { ".png", FIGURE_PNG } };
    const char *dot = path ? strrchr(path, '.') : NULL;

    for (size_t i = 0; dot && i < LUT_COUNT(table); i++)
        if (strcasecmp(dot, table[i].suffix) == 0) {
            *kind = table[i].kind;
            return true;
        }
    return false;
}

static lut_status draw(const lutreport_options *o, figure_kind kind, lut_err *err)
{
    report_data *d = NULL;
    figure f = { 0 };
    char *text = NULL;
    size_t n;
    lut_status st = lutreport_spare_inputs(o, err);

    if (st == LUT_OK)
        st = lutreport_load(&d, o, err);
    if (st == LUT_OK)
        st = make_figure(&f, d, o, err);
    if (st == LUT_OK)
        st = figure_draw(&text, &n, &f, kind, err);
    if (st == LUT_OK)
        st = lutreport_put_file(o->output_file, text, n, err);
    free(text);
    figure_fini(&f);
    report_data_destroy(d);
    return st;
}

int lutreport_figure(const lutreport_options *o)
{
    static const lutreport_verb numbers = { .make = make_sheet };
    figure_kind kind;
    lut_err err;

    if (!is_drawing(&kind, o->output_file))
        return lutreport_sheets(&numbers, o);
    if (o->format || o->output)
        return cli_complain(CLI_USAGE, "--%s: not with -o %s",
                            o->format ? "format" : "output", o->output_file);
    return draw(o, kind, &err) == LUT_OK ? CLI_OK : cli_fail(&err);
}
