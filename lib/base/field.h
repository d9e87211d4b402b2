/* A field is declared once: one table entry gives the struct member, its key, unit, range,
 * default, text form, HDF5 column, table heading and help.
 *
 * Used for trial parameters and result columns (sweep/fields.def) and for the options of
 * plug-ins.  Tables are static const and shared by all threads; functions keep no state.
 */
#ifndef LUT_BASE_FIELD_H
#define LUT_BASE_FIELD_H

#include "lib/base/status.h"

typedef enum lut_type {
    LUT_U32,   /* uint32_t */
    LUT_F64,   /* double; NaN: missing */
    LUT_WHOLE, /* double that holds an integer; NaN: missing */
    LUT_BOOL,  /* int8_t, 0 or 1 */
    LUT_TEXT   /* char[size], ended by 0 */
} lut_type;

typedef struct lut_field {
    const char *name, *unit, *doc; /* unit "" where there is none */
    lut_type type;
    size_t offset, size;     /* of the member in its struct, bytes */
    double lo, hi;           /* numbers: inclusive range */
    const char *fallback;    /* default, as text */
    const char *choices;     /* text: "a|b|c", or "@family" (names of plug-ins), or NULL */
} lut_field;

/* Table entries of plug-in options: LUT_OPTION_F64(lut_adam, beta1, "", 0, 1, "0.9", "...").
 * A range that excludes an end is written with the next representable useful value. */
#define LUT_OPTION_(kind, type_, cfg, member, unit_, lo_, hi_, def_, doc_)               \
    {                                                                                    \
        .name = #member, .unit = unit_, .doc = doc_, .type = kind,                       \
        .offset = offsetof(cfg, member), .size = sizeof(type_), .lo = lo_, .hi = hi_,    \
        .fallback = def_                                                                 \
    }
#define LUT_OPTION_F64(cfg, member, unit, lo, hi, def, doc)                              \
    LUT_OPTION_(LUT_F64, double, cfg, member, unit, lo, hi, def, doc)
#define LUT_OPTION_U32(cfg, member, unit, lo, hi, def, doc)                              \
    LUT_OPTION_(LUT_U32, uint32_t, cfg, member, unit, lo, hi, def, doc)
#define LUT_OPTION_BOOL(cfg, member, def_, doc_)                                         \
    LUT_OPTION_(LUT_BOOL, int8_t, cfg, member, "", 0, 1, def_, doc_)
#define LUT_OPTION_TEXT(cfg, member, choices_, def_, doc_)                               \
    {                                                                                    \
        .name = #member, .unit = "", .doc = doc_, .type = LUT_TEXT,                      \
        .offset = offsetof(cfg, member), .size = sizeof(((cfg *)0)->member),             \
        .choices = choices_, .fallback = def_                                            \
    }

enum { LUT_FIELD_TEXT = 1024 }; /* room that holds any field's text */

/* Entry of that name, or NULL. */
const lut_field *lut_field_find(const lut_field *field, size_t n, const char *name);

/* All members to their defaults. */
void lut_fields_default(const lut_field *field, size_t n, void *object);

/* Member from a number.  Refuses what is out of range, no integer where one is needed, or
 * no number field; the message says what was found and expected, without the field's
 * name: "0 is out of range, want 1..64". */
lut_status lut_field_set_number(const lut_field *f, void *object, double v, lut_err *err);

/* Member from text: a text field takes it as it is (length and, for a list "a|b|c",
 * choices checked); a number field parses all of it, a boolean takes true or false. */
lut_status lut_field_set_text(const lut_field *f, void *object, const char *v, lut_err *err);

/* Number of the member; NaN for text. */
double lut_field_number(const lut_field *f, const void *object);

/* Canonical text: integers decimal, reals in the fewest digits that read back the same
 * ("nan" where missing), booleans true or false, text as it is.  Returns buf. */
char *lut_field_text(const lut_field *f, char buf[LUT_FIELD_TEXT], const void *object);

/* "1..64", "soft|hard", "true|false": what the field takes, for help and messages. */
char *lut_field_range(const lut_field *f, char buf[LUT_FIELD_TEXT]);

/* Options as one canonical text: "NAME.FIELD VALUE NAME.FIELD VALUE".  Appends to out
 * (ended by 0, size bytes), fields in table order.  LUT_EINVAL when it does not fit. */
lut_status lut_options_append(char *out, size_t size, const char *name,
                              const lut_field *field, size_t n, const void *cfg,
                              lut_err *err);

/* Defaults, then what the text says of NAME's fields.  Other names are skipped; an unknown
 * field or a bad value of NAME is refused. */
lut_status lut_options_parse(void *cfg, const char *text, const char *name,
                             const lut_field *field, size_t n, lut_err *err);

/* Shortest decimal of a real that reads back the same bits; buf of >= 32 bytes. */
char *lut_real_text(char *buf, double v);

/* Edit distance of two names (insert, delete, replace, swap of neighbours), for "did you
 * mean"; names longer than 63 characters are cut. */
unsigned lut_name_distance(const char *a, const char *b);

#endif
