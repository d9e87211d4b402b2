/* The rows of several results files as one table, read by column name.  One thread. */
#ifndef ANALYSIS_DATA_H
#define ANALYSIS_DATA_H

#include "analysis/derived.h"
#include "sweep/expr.h"
#include "sweep/store.h"

/* Columns of the files, then one of each option that a row's plug-ins have ("dwn.alpha"):
 * a number where all its values are, text else; and those that follow from others, unless a
 * file has one of that name. */
typedef struct report_column {
    char name[64], unit[32], doc[256];
    bool is_text, is_option;
    const report_derived *derived; /* NULL: it does not follow from others */
} report_column;

typedef struct report_data report_data;

lut_status report_data_create(report_data **d, lut_err *err);
void report_data_destroy(report_data *d); /* closes its files */

/* Append a file's rows, and what the folder of a sweep that runs or was stopped has finished
 * since: read alone, merged in memory.  A column `file` with the path as given comes first
 * once there is a second file. */
lut_status report_data_add(report_data *d, const char *path, lut_err *err);

size_t report_data_rows(const report_data *d);
size_t report_data_files(const report_data *d);
const char *report_data_path(const report_data *d,
                             size_t file); /* as given; borrowed */
/* How far the sweep of a file is that is not finished; "" for others.  Borrowed. */
const char *report_data_progress(const report_data *d, size_t file);
/* Whether its rows are not, or not only, those of the file. */
bool report_data_in_memory(const report_data *d, size_t file);
sweep_store *report_data_store(const report_data *d, size_t file); /* borrowed */

/* Columns of all files together; NaN or "" where a row's file lacks one.  Borrowed, valid
 * until the next add. */
const report_column *report_data_columns(const report_data *d, size_t *n);

/* Index of a column; SIZE_MAX: no such column. */
size_t report_data_find(const report_data *d, const char *name);

/* The same, or a message with the nearest name: "--by: no column witdh (did you mean
 * width?)". */
lut_status report_data_column(const report_data *d, size_t *col, const char *option,
                              const char *name, lut_err *err);

/* All of a row, as sweep_store_get gives it; owned. */
lut_status report_data_result(const report_data *d, size_t row, sweep_result *out,
                              lut_err *err);

sweep_value report_data_value(const report_data *d, size_t row, size_t col);

/* The file that a row is from. */
size_t report_data_file(const report_data *d, size_t row);

/* Its history alone, which is quicker. */
lut_status report_data_epochs(const report_data *d, size_t row, sweep_result *out,
                              lut_err *err);

/* Whether its network is kept. */
bool report_data_has_network(const report_data *d, size_t row);

#endif
