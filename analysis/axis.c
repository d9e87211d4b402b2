#include "analysis/axis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool report_larger_is_better(const report_column *c)
{
    return strcmp(c->unit, "percent") == 0 || strcmp(c->unit, "1/s") == 0;
}

bool report_is_test(const report_column *c)
{
    return strncmp(c->name, "test_", 5) == 0 ||
           (strncmp(c->unit, "percent", 7) == 0 && strstr(c->doc, "test split"));
}

static lut_status refuse_test(const char *option, const char *name, lut_err *err)
{
    return lut_fail(
        err, LUT_EINVAL,
        "%s: %s is of the test split, and what is chosen by it is no longer "
        "measured by it: want valid_accuracy, the test figure stands beside",
        option, name);
}

lut_status report_refuse_test(const report_rows *r, const report_data *d,
                              const char *option, lut_err *err)
{
    size_t n;
    const report_column *column = report_data_columns(d, &n);

    for (size_t i = 0; i < n; i++)
        if (r->named[i] && report_is_test(&column[i]))
            return refuse_test(option, column[i].name, err);
    return LUT_OK;
}

lut_status report_axis_read(report_axis *a, const report_data *d, const char *option,
                            const char *name, size_t length, lut_err *err)
{
    const bool turned = length && name[0] == '-';
    const report_column *column;
    size_t col, n;

    name += turned;
    length -= turned;
    if (!length || length >= sizeof a->name)
        return lut_fail(err, LUT_EINVAL, "%s: want names of columns", option);
    memcpy(a->name, name, length);
    a->name[length] = 0;
    LUT_TRY(report_data_column(d, &col, option, a->name, err));
    column = &report_data_columns(d, &n)[col];
    if (column->is_text)
        return lut_fail(err, LUT_EINVAL, "%s: %s is text, want a number", option,
                        a->name);
    if (report_is_test(column))
        return refuse_test(option, a->name, err);
    a->up = report_larger_is_better(column) != turned;
    return LUT_OK;
}

double report_axis_cost(const report_axis *a, double value)
{
    return a->up ? -value : value;
}

char *report_axis_metrics(const report_axis *a, size_t n, const report_data *d,
                          const char *metric)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%s", i ? "," : "", a[i].name);
    if (report_data_find(d, "test_accuracy") != SIZE_MAX)
        fputs(",test_accuracy", out);
    if (metric)
        fprintf(out, ",%s", metric);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

void report_set_classes(size_t *class, const report *r)
{
    const size_t col = report_data_find(r->data, "dataset");
    bool apart = false;

    for (size_t i = 0; i < r->nby; i++)
        apart |= r->by[i] == col;
    for (size_t g = 0; g < r->ngroups; g++) {
        class[g] = 0;
        for (size_t i = 0; apart && i < r->nsets; i++)
            if (strcmp(r->set[i].name,
                       report_data_value(r->data, r->group[g].row, col).text) == 0)
                class[g] = i;
    }
}
