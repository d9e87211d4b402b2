/* Our results beside published ones of the same data sets.
 *
 * Ours are settings chosen by validation, one for each value of the query's `by` columns;
 * where trials have no validation rows nothing can be chosen, so all their settings stand
 * there.  A published figure is subtracted from ours only where it compares, and LUTs are put
 * beside those of ours that count the same: lut6 or lut6_core. */
#ifndef ANALYSIS_PUBLISHED_H
#define ANALYSIS_PUBLISHED_H

#include "analysis/report.h"
#include "analysis/sheet.h"
#include "sweep/baselines.h"

enum { PUBLISHED_SHEETS = 2 };

/* Rows of all files, each once; installed: rows for when no file has any, may be NULL.  *own:
 * whether they are of the files.  Owned (sweep_baselines_fini). */
lut_status report_published_rows(sweep_baselines *out, bool *own, const report_data *d,
                                 const sweep_baselines *installed, lut_err *err);

/* By accuracy, and by LUTs.  Of the query where, by (NULL: parametrization), and alpha. */
lut_status report_published(sheet out[PUBLISHED_SHEETS], const report_data *d,
                            const report_query *q, const sweep_baselines *b, lut_err *err);

#endif
