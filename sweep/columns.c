#include "sweep/columns.h"

#include "sweep/options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t sweep_column_find(void *arg, const char *name, bool *is_text)
{
    size_t n;
    const lut_field *fields = sweep_trial_fields(&n), *f;
    char option[96];

    (void)arg;
    f = lut_field_find(fields, n, name);
    if (f) {
        *is_text = f->type == LUT_TEXT;
        return (size_t)(f - fields);
    }
    for (size_t i = 0; (f = sweep_option_entry(option, i)); i++)
        if (strcmp(option, name) == 0) {
            *is_text = f->type == LUT_TEXT;
            return n + i;
        }
    return SIZE_MAX;
}

sweep_value sweep_column_get(void *arg, size_t col)
{
    sweep_columns *c = arg;
    size_t n;
    const lut_field *fields = sweep_trial_fields(&n), *f;
    char option[96];
    bool given;

    if (col < n && fields[col].type == LUT_TEXT)
        return (sweep_value){ .text = (const char *)c->trial + fields[col].offset };
    if (col < n)
        return (sweep_value){ .number = lut_field_number(&fields[col], c->trial) };
    f = sweep_option_entry(option, col - n);
    given = sweep_options_get(c->text, c->trial->options, option);
    if (f->type == LUT_TEXT)
        return (sweep_value){ .text = given ? c->text : "" };
    if (f->type == LUT_BOOL)
        return (sweep_value){ .number = given ? c->text[0] == 't' : (double)NAN };
    return (sweep_value){ .number = given ? strtod(c->text, NULL) : (double)NAN };
}
