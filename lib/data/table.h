/* A text file's columns of numbers and categories, and how they become features.
 *
 * A column of numbers is one feature with the raw values; a categorical one becomes one
 * feature 0 or 1 for each of its values ("protocol_type=tcp"); a column with cuts becomes
 * one feature 0 or 1 for each of them ("age>30").  The values of a categorical column are
 * declared, or those of the training file (a test part that is cut from it included, so that
 * it can be read): then in the order of their bytes.
 *
 * Use: table_alloc; say what is in t->column and below; table_survey of the training part;
 * table_read of it and of the test part.  Texts of the training file and of declared
 * lists are borrowed until table_fini.
 */
#ifndef LUT_DATA_TABLE_H
#define LUT_DATA_TABLE_H

#include "lib/data/dataset.h"
#include "lib/data/text.h"
#include "lib/data/values.h"

typedef enum column_kind {
    COLUMN_NUMBER,
    COLUMN_CATEGORY,
    COLUMN_CUTS,   /* numbers, of which only x > cut is kept */
    COLUMN_EITHER, /* category when a cell of the training part is no number */
    COLUMN_LABEL,
    COLUMN_DROPPED
} column_kind;

enum { TABLE_CUTS = 16 };

typedef struct column {
    char name[LUT_FEATURE_NAME];
    column_kind kind;
    bool declared; /* `value` is complete from the start */
    values value;  /* of a category; of a label that is text */
    float cut[TABLE_CUTS];
    size_t ncuts, first; /* first feature */
} column;

/* A row with a missing cell (empty, or the mark): is an error; is left out; the cell is a
 * value like others; or all features of the cell are 0. */
typedef enum table_missing {
    MISSING_REFUSE,
    MISSING_DROP,
    MISSING_CATEGORY,
    MISSING_ZEROS
} table_missing;

typedef struct table {
    column *column; /* [columns]; owned */
    size_t columns, label, features;
    bool text_label;  /* the label's values are texts; else whole numbers */
    table_missing missing;
    char mark[16];    /* missing, besides an empty cell */
    char trim[8];     /* cut off the end of a label */
    uint32_t classes; /* a label is less than this; 0: not known yet */
    const char *reader; /* for messages; set by table_select */
    size_t header;    /* line that may have been meant as a header; 0: none */
    const char *train; /* file of the training part once that is read; borrowed */
} table;

/* Columns c0, c1, ... of numbers; the label is the last. */
lut_status table_alloc(table *t, size_t columns, lut_err *err);
void table_fini(table *t); /* accepts a zeroed struct */

/* From the rows behind the cursor: what EITHER columns are, the values that nobody declared,
 * the place of the features. */
lut_status table_survey(table *t, const text_cursor *c, lut_err *err);

/* The rows behind the cursor.  The first part read sets the classes. */
lut_status table_read(
    lut_dataset *d, /* owned: lut_dataset_fini, also on failure */
    table *t, const text_cursor *c, lut_err *err
);

/* Columns of numbers become cut ones, at quantiles of n rows of d, which was read with t:
 * those of the training part, never of the test part.  rows: NULL: all, in order.  Then
 * survey and read it again.  bins: 1 .. TABLE_CUTS; a column of few values has fewer cuts,
 * a constant one none. */
lut_status table_bin(table *t, const lut_dataset *d, const uint32_t *rows, size_t n,
                     size_t bins, lut_err *err);

/* A name as features have it: printable, no blanks, no quotes, cut to fit. */
void table_name(char name[LUT_FEATURE_NAME], const text_cell *text);

/* ---- options that readers share ---- */

#define TABLE_LABEL_DOC "column of the class: first, last, or its number from 1"
#define TABLE_DROP_DOC "columns to leave out: none, or a list 1,4-6"
#define TABLE_MISSING "refuse|drop|category|zeros"
#define TABLE_MISSING_DOC                                                                \
    "a missing cell is an error, its row is left out, it is a value of a categorical "   \
    "column, or all features of the column are 0; in a column of numbers it is an error, "   \
    "unless its row is left out"

/* "" for "none": an empty option has no place in the options text. */
const char *table_given(const char *option);

table_missing table_missing_of(const char *option); /* one of TABLE_MISSING */

/* LUT_EINVAL: neither empty nor a list of columns that the table has.  path: of the file,
 * for messages. */
lut_status table_check_list(const table *t, const char *path, const char *option,
                            const char *list, lut_err *err);

/* Kinds of the label and of the columns to drop.  LUT_EINVAL: no such column, or the same.
 * path: of the file, for messages. */
lut_status table_select(table *t, const char *reader, const char *path,
                        const char *label, const char *drop, lut_err *err);

/* Names of all columns, and what those of numbers really are, from a list like
 * "id;age>30,40;sex=f,m;job=*;class": NAME is a column of numbers, NAME=LIST a categorical
 * one (* alone: with the training part's values), NAME>LIST one with cuts.  LUT_EINVAL: not
 * as many as the table's, or no such list. */
lut_status table_describe(table *t, const char *list, lut_err *err);

#endif
