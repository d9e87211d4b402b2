#include "lib/data/values.h"

#include <stdlib.h>
#include <string.h>

static int compare(const text_cell *a, const text_cell *b)
{
    int order = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);

    return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* Index of the first entry that is not below the text. */
static size_t lower(const values *v, const text_cell *text)
{
    size_t lo = 0, hi = v->n;

    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;

        if (compare(&v->entry[middle].text, text) < 0)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

static bool at(const values *v, size_t i, const text_cell *text)
{
    return i < v->n && compare(&v->entry[i].text, text) == 0;
}

lut_status values_add(values *v, const text_cell *text, uint32_t code, lut_err *err)
{
    size_t i = lower(v, text);

    if (at(v, i, text))
        return LUT_OK;
    if (v->n == v->room) {
        size_t room = v->room ? 2 * v->room : 16;
        values_entry *more = realloc(v->entry, room * sizeof *more);

        if (!more)
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu values of a column",
                            room);
        v->entry = more;
        v->room = room;
    }
    memmove(v->entry + i + 1, v->entry + i, (v->n - i) * sizeof *v->entry);
    v->entry[i] = (values_entry){ .text = *text, .code = code };
    v->n++;
    v->codes = code >= v->codes ? code + 1 : v->codes;
    return LUT_OK;
}

void values_rank(values *v)
{
    for (size_t i = 0; i < v->n; i++)
        v->entry[i].code = (uint32_t)i;
    v->codes = (uint32_t)v->n;
}

static lut_status add_listed(values *v, const text_cell *text, uint32_t code,
                             lut_err *err)
{
    int n = (int)text->n;
    bool other = text_same(text, "*");

    if (text->n == 0)
        return lut_fail(err, LUT_EINVAL, "value %u is empty", code + 1);
    if (code >= VALUES_MAX)
        return lut_fail(err, LUT_EINVAL, "more than %d values", VALUES_MAX);
    if (other ? v->has_other : at(v, lower(v, text), text))
        return lut_fail(err, LUT_EINVAL, "\"%.*s\" stands twice", n < 40 ? n : 40,
                        text->p);
    if (!other)
        return values_add(v, text, code, err);
    v->has_other = true;
    v->other = code;
    v->codes = code >= v->codes ? code + 1 : v->codes;
    return LUT_OK;
}

lut_status values_parse(values *v, const char *list, size_t length, lut_err *err)
{
    const char *end = list + length;
    uint32_t code = 0;

    for (const char *p = list;;) {
        const char *stop = p;

        while (stop < end && *stop != ',' && *stop != '|')
            stop++;
        LUT_TRY(add_listed(v, &(text_cell){ p, (size_t)(stop - p) }, code, err));
        if (stop == end)
            return LUT_OK;
        code += *stop == ',';
        p = stop + 1;
    }
}

bool values_find(const values *v, const text_cell *text, uint32_t *code)
{
    size_t i = lower(v, text);

    if (at(v, i, text))
        *code = v->entry[i].code;
    else if (v->has_other)
        *code = v->other;
    else
        return false;
    return true;
}

void values_fini(values *v)
{
    free(v->entry);
    *v = (values){ .n = 0 };
}
