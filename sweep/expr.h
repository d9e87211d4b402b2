/* Conditions over rows and trials: "parametrization = difflogic and depth > 3".
 *
 * Comparisons (= != < <= > >=) of a column with a number, a bare word or a quoted string;
 * and, or, not, parentheses.  `==` is `=`.  Text compares with = and != only; a missing
 * number (NaN) makes every comparison false.  An expression is immutable and shared.
 */
#ifndef SWEEP_EXPR_H
#define SWEEP_EXPR_H

#include "lib/base/field.h"

typedef struct sweep_expr sweep_expr;

/* A column's value: text where *text is set, number otherwise.  col: index given by find. */
typedef struct sweep_value {
    double number;
    const char *text; /* NULL: a number */
} sweep_value;

/* Columns by name; SIZE_MAX: no such column. *is_text: its kind. */
typedef size_t (*sweep_find_fn)(void *arg, const char *name, bool *is_text);
typedef sweep_value (*sweep_get_fn)(void *arg, size_t col);

/* LUT_ENOENT for an unknown column, LUT_EINVAL for bad syntax (with the place). */
lut_status sweep_expr_parse(sweep_expr **e, const char *text, sweep_find_fn find,
                            void *arg, lut_err *err);
bool sweep_expr_true(const sweep_expr *e, sweep_get_fn get, void *arg);
void sweep_expr_destroy(sweep_expr *e);

#endif
