#include "analysis/select.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct condition {
    const report_data *d;
    report_rows *r;
    size_t row;
    char unknown[128]; /* name that was not found, or "" */
} condition;

static size_t find_column(void *arg, const char *name, bool *is_text)
{
    condition *c = arg;
    size_t n, col = report_data_find(c->d, name);

    if (col == SIZE_MAX) {
        snprintf(c->unknown, sizeof c->unknown, "%s", name);
        return col;
    }
    *is_text = report_data_columns(c->d, &n)[col].is_text;
    c->r->named[col] = true;
    return col;
}

static sweep_value get_value(void *arg, size_t col)
{
    const condition *c = arg;

    return report_data_value(c->d, c->row, col);
}

static lut_status parse(sweep_expr **e, condition *c, const char *option,
                        const char *where, lut_err *err)
{
    const lut_status st = sweep_expr_parse(e, where, find_column, c, err);
    size_t col;

    if (st == LUT_ENOENT && c->unknown[0])
        return report_data_column(c->d, &col, option, c->unknown, err);
    return st == LUT_OK ? st : lut_err_wrap(err, "%s", option);
}

lut_status report_select(report_rows *r, const report_data *d, const char *option,
                         const char *where, lut_err *err)
{
    const size_t rows = report_data_rows(d);
    condition c = { .d = d, .r = r };
    sweep_expr *e = NULL;
    size_t columns;
    lut_status st = LUT_OK;

    report_data_columns(d, &columns);
    *r = (report_rows){ .row = malloc((rows + 1) * sizeof *r->row),
                        .named = calloc(columns + 1, sizeof *r->named) };
    if (!r->row || !r->named)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", rows);
    else if (where)
        st = parse(&e, &c, option, where, err);
    for (; st == LUT_OK && c.row < rows; c.row++)
        if (!e || sweep_expr_true(e, get_value, &c))
            r->row[r->n++] = c.row;
    sweep_expr_destroy(e);
    if (st != LUT_OK)
        report_rows_fini(r);
    return st;
}

void report_rows_fini(report_rows *r)
{
    free(r->row);
    free(r->named);
    *r = (report_rows){ 0 };
}
