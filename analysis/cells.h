/* Cells and columns of sheets, short to write.  Pure but for sheet_add_column(). */
#ifndef ANALYSIS_CELLS_H
#define ANALYSIS_CELLS_H

#include "analysis/sheet.h"

#include <math.h>

static inline sheet_cell cell_text(const char *text) /* borrowed until the row is added */
{
    return (sheet_cell){ .text = text };
}

static inline sheet_cell cell_number(double v)
{
    return (sheet_cell){ .number = v };
}

static inline sheet_cell cell_count(size_t n)
{
    return (sheet_cell){ .number = (double)n };
}

/* Missing, as text and as a number. */
static inline sheet_cell cell_none(void)
{
    return (sheet_cell){ .number = (double)NAN };
}

static inline lut_status cells_columns(sheet *s, const sheet_column *c, size_t n,
                                       lut_err *err)
{
    for (size_t i = 0; i < n; i++)
        LUT_TRY(sheet_add_column(s, &c[i], err));
    return LUT_OK;
}

#endif
