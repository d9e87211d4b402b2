/* A set of texts, each with a code: the values of a categorical column, or the classes. */
#ifndef LUT_DATA_VALUES_H
#define LUT_DATA_VALUES_H

#include "lib/data/text.h"

enum { VALUES_MAX = 1024 }; /* codes of a set: a feature each, or a class */

typedef struct values_entry {
    text_cell text; /* borrowed */
    uint32_t code;
} values_entry;

typedef struct values {
    values_entry *entry; /* [n], sorted by the bytes of the text; owned */
    size_t n, room;
    uint32_t codes;      /* codes are less than this */
    bool has_other;      /* texts that are not in the set have a code, too: */
    uint32_t other;
} values;

/* Puts it in with that code unless it is there.  LUT_ENOMEM. */
lut_status values_add(values *v, const text_cell *text, uint32_t code, lut_err *err);

/* Codes 0, 1, ... in the order of the texts. */
void values_rank(values *v);

/* From "a,b|c,*": codes 0, 1, 2; b and c are the same, * is any other text.  The list must
 * outlive the set.  LUT_EINVAL: an empty text, one twice, or too many; the message says
 * which. */
lut_status values_parse(values *v, const char *list, size_t length, lut_err *err);

bool values_find(const values *v, const text_cell *text, uint32_t *code);

void values_fini(values *v); /* accepts a zeroed struct */

#endif
