/* The list of columns that a set known by name comes with. */
#include "lib/data/table.h"

#include <math.h>
#include <string.h>

static lut_status parse_cuts(column *k, const char *p, const char *end, lut_err *err)
{
    while (p < end && k->ncuts < TABLE_CUTS) {
        const char *stop = memchr(p, ',', (size_t)(end - p));
        double v;

        stop = stop ? stop : end;
        if (!text_number(&(text_cell){ p, (size_t)(stop - p) }, &v))
            break;
        k->cut[k->ncuts++] = (float)v;
        p = stop + 1;
    }
    if (p > end && k->ncuts)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "column %s: want 1..%d numbers after >", k->name,
                    TABLE_CUTS);
}

/* One column from "NAME", "NAME=LIST" or "NAME>LIST". */
static lut_status describe(column *k, const char *p, const char *end, lut_err *err)
{
    const char *mark = p;

    while (mark < end && *mark != '=' && *mark != '>')
        mark++;
    table_name(k->name, &(text_cell){ p, (size_t)(mark - p) });
    if (mark == end)
        return LUT_OK;
    if (*mark == '>') {
        k->kind = COLUMN_CUTS;
        return parse_cuts(k, mark + 1, end, err);
    }
    k->kind = COLUMN_CATEGORY;
    k->declared = !(end - mark == 2 && mark[1] == '*');
    if (k->declared &&
        values_parse(&k->value, mark + 1, (size_t)(end - mark - 1), err) != LUT_OK)
        return lut_err_wrap(err, "column %s", k->name);
    return LUT_OK;
}

lut_status table_describe(table *t, const char *list, lut_err *err)
{
    size_t n = 1;

    for (const char *p = list; *p; p++)
        n += *p == ';';
    if (n != t->columns)
        return lut_fail(err, LUT_EFORMAT, "%zu cells, want %zu", t->columns, n);
    for (size_t i = 0; i < n; i++) {
        size_t length = strcspn(list, ";");

        LUT_TRY(describe(&t->column[i], list, list + length, err));
        list += length + 1;
    }
    return LUT_OK;
}
