/* Rows of measurements: the columns, and CSV in both directions. */
#include "analysis/emit.h"
#include "drivers/lutbench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_N(member_, unit_, doc_)        \
    { .name = #member_,                       \
      .unit = unit_,                          \
      .doc = doc_,                            \
      .type = LUT_F64,                        \
      .offset = offsetof(bench_row, member_), \
      .size = sizeof(double),                 \
      .lo = -1e300,                           \
      .hi = 1e300,                            \
      .fallback = "nan" },
#define COLUMN_T(size_, member_, doc_)        \
    { .name = #member_,                       \
      .unit = "",                             \
      .doc = doc_,                            \
      .type = LUT_TEXT,                       \
      .offset = offsetof(bench_row, member_), \
      .size = size_,                          \
      .fallback = "" },

static const lut_field columns[] = { BENCH_COLUMNS(COLUMN_N, COLUMN_T) };

const lut_field *bench_columns(size_t *n)
{
    *n = LUT_COUNT(columns);
    return columns;
}

void bench_row_init(bench_row *row)
{
    memset(row, 0, sizeof *row);
    lut_fields_default(columns, LUT_COUNT(columns), row);
}

void bench_csv_head(FILE *out)
{
    for (size_t i = 0; i < LUT_COUNT(columns); i++)
        fprintf(out, "%s%s", i ? "," : "", columns[i].name);
    fputc('\n', out);
}

/* Six digits are more than a measurement is good for; what counts something is exact. */
static void put_number(FILE *out, double v)
{
    if (!isnan(v))
        fprintf(out, v == floor(v) && fabs(v) < 1e15 ? "%.0f" : "%.6g", v);
}

void bench_csv_row(FILE *out, const bench_row *row)
{
    for (size_t i = 0; i < LUT_COUNT(columns); i++) {
        if (i)
            fputc(',', out);
        if (columns[i].type == LUT_TEXT)
            emit_cell(out, (const char *)row + columns[i].offset);
        else
            put_number(out, lut_field_number(&columns[i], row));
    }
    fputc('\n', out);
}

/* ---- reading ---- */

enum { LINE = 8192, CELLS = 128 };

/* Takes a line apart in place; returns the number of cells, 0 where a quote is not closed
 * or there are too many. */
static size_t split(char *cell[CELLS], char *line)
{
    char *from = line, *to;
    size_t n = 0;

    line[strcspn(line, "\r\n")] = 0;
    while (n < CELLS) {
        bool quoted = *from == '"', last;

        from += quoted;
        cell[n++] = to = from;
        while (*from && (quoted || *from != ',')) {
            if (quoted && *from == '"' && from[1] != '"') {
                quoted = false;
                from++;
                continue;
            }
            from += quoted && *from == '"';
            *to++ = *from++;
        }
        last = !*from;
        from++;
        *to = 0;
        if (last)
            return quoted ? 0 : n;
    }
    return 0;
}

/* Which column each cell of a head is; NULL: none that is known. */
typedef struct head {
    const lut_field *column[CELLS];
    size_t n;
} head;

static lut_status read_head(head *h, char *line, const char *name, lut_err *err)
{
    char *cell[CELLS];

    h->n = split(cell, line);
    for (size_t i = 0; i < h->n; i++)
        h->column[i] = lut_field_find(columns, LUT_COUNT(columns), cell[i]);
    if (!h->n || h->column[0] != columns)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: the first line is no head of lutbench --csv, want "
                        "\"network,threads,...\"",
                        name);
    return LUT_OK;
}

static lut_status read_row(bench_row *row, const head *h, char *line, lut_err *err)
{
    char *cell[CELLS];
    size_t n = split(cell, line);

    bench_row_init(row);
    if (n != h->n)
        return lut_fail(err, LUT_EFORMAT, "%zu cells, the head has %zu", n, h->n);
    for (size_t i = 0; i < n; i++)
        if (h->column[i] && cell[i][0] &&
            lut_field_set_text(h->column[i], row, cell[i], err) != LUT_OK)
            return lut_err_wrap(err, "%s = %s", h->column[i]->name, cell[i]);
    return LUT_OK;
}

static lut_status add_row(bench_row **rows, size_t *n, const head *h, char *line,
                          lut_err *err)
{
    bench_row *more = realloc(*rows, (*n + 1) * sizeof *more);

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", *n + 1);
    *rows = more;
    return read_row(&more[(*n)++], h, line, err);
}

lut_status bench_csv_read(bench_row **rows, size_t *n, FILE *in, const char *name,
                          lut_err *err)
{
    char line[LINE];
    size_t number = 0;
    head h = { .n = 0 };
    lut_status st = LUT_OK;

    *rows = NULL;
    *n = 0;
    while (st == LUT_OK && fgets(line, sizeof line, in)) {
        number++;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (!h.n) {
            st = read_head(&h, line, name, err);
            continue;
        }
        st = add_row(rows, n, &h, line, err);
        if (st != LUT_OK)
            lut_err_wrap(err, "%s:%zu", name, number);
    }
    if (st == LUT_OK && *n == 0)
        st = lut_fail(err, LUT_EFORMAT, "%s: no measurement in it", name);
    if (st == LUT_OK)
        return LUT_OK;
    free(*rows);
    *rows = NULL;
    *n = 0;
    return st;
}
