/* What is said of columns: by options, and by the list of a set known by name. */
#include "lib/data/table.h"

#include <math.h>
#include <string.h>

const char *table_given(const char *option)
{
    return strcmp(option, "none") == 0 ? "" : option;
}

table_missing table_missing_of(const char *option)
{
    return option[0] == 'r'   ? MISSING_REFUSE
           : option[0] == 'd' ? MISSING_DROP
           : option[0] == 'c' ? MISSING_CATEGORY
                              : MISSING_ZEROS;
}

lut_status table_check_list(const table *t, const char *path, const char *option,
                            const char *list, lut_err *err)
{
    if (*list && !text_list_valid(list))
        return lut_fail(err, LUT_EINVAL,
                        "%s.%s = \"%s\": want a list of columns like 2,4-6", t->reader,
                        option, list);
    if (text_list_top(list) > t->columns)
        return lut_fail(err, LUT_EINVAL, "%s.%s = \"%s\": %s has %zu columns",
                        t->reader, option, list, path, t->columns);
    return LUT_OK;
}

/* Numbered from 0; `columns` where there is none such. */
static size_t label_column(const char *label, size_t columns)
{
    if (strcmp(label, "last") == 0)
        return columns - 1;
    if (strcmp(label, "first") == 0)
        return 0;
    for (size_t i = 0; i < columns; i++)
        if (text_list_has(label, i + 1))
            return i;
    return columns;
}

lut_status table_select(table *t, const char *reader, const char *path,
                        const char *label, const char *drop, lut_err *err)
{
    t->reader = reader;
    LUT_TRY(table_check_list(t, path, "drop", table_given(drop), err));
    if (strcmp(label, "first") && strcmp(label, "last") &&
        (!text_list_valid(label) || strpbrk(label, ",-")))
        return lut_fail(err, LUT_EINVAL,
                        "%s.label = \"%s\": want first, last, or the number of a "
                        "column from 1",
                        reader, label);
    t->label = label_column(label, t->columns);
    if (t->label == t->columns)
        return lut_fail(err, LUT_EINVAL, "%s.label = \"%s\": %s has %zu columns",
                        reader, label, path, t->columns);
    for (size_t i = 0; i < t->columns; i++)
        if (text_list_has(drop, i + 1))
            t->column[i].kind = COLUMN_DROPPED;
    if (t->column[t->label].kind == COLUMN_DROPPED)
        return lut_fail(err, LUT_EINVAL, "%s.drop = \"%s\": column %zu is the class",
                        reader, drop, t->label + 1);
    t->column[t->label].kind = COLUMN_LABEL;
    return LUT_OK;
}

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
    if (mark == end || k->kind != COLUMN_NUMBER)
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
