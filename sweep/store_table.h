/* One-dimensional compound data sets: packed, numbers little-endian, text of fixed length
 * sized to the longest value.  Private to the store; not thread-safe. */
#ifndef SWEEP_STORE_TABLE_H
#define SWEEP_STORE_TABLE_H

#include "lib/base/field.h"
#include "sweep/store_h5.h"

typedef enum sweep_kind {
    SWEEP_KIND_U32,
    SWEEP_KIND_F64,
    SWEEP_KIND_BOOL,
    SWEEP_KIND_TEXT,   /* char [size] in the struct */
    SWEEP_KIND_POINTER /* const char * in the struct; NULL is "" */
} sweep_kind;

/* A member of a struct as a column. */
typedef struct sweep_member {
    const char *name, *unit, *doc;
    sweep_kind kind;
    size_t offset, size; /* of the member; size: of SWEEP_KIND_TEXT only */
    size_t width, at;    /* bytes in the file and place in a packed row */
} sweep_member;

enum { SWEEP_MEMBERS = 96 };

typedef struct sweep_table {
    const char *name, *doc;
    sweep_member member[SWEEP_MEMBERS];
    size_t n;
    /* while it is written */
    size_t rows, done, used, room, row_size;
    unsigned char *buffer; /* [room][row_size], owned */
    hid_t set, type;       /* type: in memory */
} sweep_table;

void sweep_table_init(sweep_table *t, const char *name, const char *doc);
void sweep_table_add(sweep_table *t, const sweep_member *member, size_t n);
/* base: of the struct that the fields' offsets count from. */
void sweep_table_add_fields(sweep_table *t, const lut_field *field, size_t n,
                            size_t base);

/* Make text columns as wide as this row needs.  Before create, for every row. */
void sweep_table_measure(sweep_table *t, const void *row);

/* Data set of that many rows in file, with the attribute doc; then exactly as many rows;
 * then finish.  fini releases everything, also after a failure. */
lut_status sweep_table_create(sweep_table *t, hid_t file, size_t rows, lut_err *err);
lut_status sweep_table_append(sweep_table *t, const void *row, lut_err *err);
lut_status sweep_table_finish(sweep_table *t, lut_err *err);
void sweep_table_fini(sweep_table *t);

/* A table as read: numbers of any type as double, text of its own width. */
typedef struct sweep_view_column {
    char name[64];
    bool is_text;
    size_t size, at; /* in a row of data */
} sweep_view_column;

typedef struct sweep_view {
    size_t rows, n, row_size;
    sweep_view_column *column; /* [n]; owned */
    unsigned char *data;       /* [rows][row_size]; owned */
} sweep_view;

lut_status sweep_view_read(sweep_view *v, hid_t file, const char *name, lut_err *err);
void sweep_view_fini(sweep_view *v); /* accepts a zeroed struct */

/* Column of that name, or SIZE_MAX. */
size_t sweep_view_find(const sweep_view *v, const char *name);
double sweep_view_number(const sweep_view *v, size_t row,
                         size_t col); /* NaN for text */

/* Text without its padding, cut to size - 1 bytes, ended by 0; "" for numbers.  Returns
 * its length before the cut. */
size_t sweep_view_text(const sweep_view *v, size_t row, size_t col, char *out,
                       size_t size);

/* Members of a struct from a row: what the table lacks is left alone, POINTER members get
 * memory of their own (free).  Refuses what a member cannot hold. */
lut_status sweep_view_row(const sweep_view *v, size_t row, const sweep_table *t,
                          void *object, lut_err *err);

#endif
