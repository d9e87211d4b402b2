/* What conditions over trials can name: fields, and options of plug-ins ("dwn.alpha"). */
#ifndef SWEEP_COLUMNS_H
#define SWEEP_COLUMNS_H

#include "sweep/expr.h"
#include "sweep/trial.h"

/* A sweep_find_fn; arg is not used. */
size_t sweep_column_find(void *arg, const char *name, bool *is_text);

/* arg of sweep_column_get: a trial, and room for the text of an option. */
typedef struct sweep_columns {
    const sweep_trial *trial;
    char text[LUT_FIELD_TEXT];
} sweep_columns;

/* A sweep_get_fn.  The option of a plug-in that is not in use is NaN or "". */
sweep_value sweep_column_get(void *arg, size_t col);

#endif
