/* What the files of the verifier share. */
#ifndef ANALYSIS_VERIFY_IMPL_H
#define ANALYSIS_VERIFY_IMPL_H

#include "analysis/verify.h"

enum { VERIFY_TEXT = 64 };

/* One row, and whether anything of it differed in the check that is under way. */
typedef struct verify_row {
    verify_job *job;
    verify_kind kind;
    const sweep_result *r;
    bool differs;
} verify_row;

verify_row verify_begin(verify_job *job, verify_kind kind, const sweep_result *r);
void verify_end(const verify_row *row); /* counts it */
void verify_skip(verify_job *job, verify_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Differ unless they are the same; NaN is NaN. */
void verify_number(verify_row *row, const char *column, double stored, double recomputed);
void verify_text(verify_row *row, const char *column, const char *stored,
                 const char *recomputed);
/* Differs unless the condition holds. */
void verify_that(verify_row *row, bool holds, const char *column, double stored,
                 const char *want);

/* Data sets as trials read them, the last one kept. */
typedef struct verify_data {
    const char *const *folder;
    char dataset[64], options[1024], digest[SWEEP_DIGEST];
    lut_data data;
    bool loaded;
    lut_err why; /* where it is not */
} verify_data;

/* The data of that trial, or NULL with v->why. */
const lut_data *verify_data_of(verify_data *v, const sweep_trial *t);
void verify_data_fini(verify_data *v);

/* Whether the key is that of the row's fields and of a digest that a run noted; key: with the
 * first such digest, "" where none was noted. */
bool verify_key_fits(const sweep_result *r, const sweep_store *store, char key[SWEEP_KEY]);

/* Checks of one row; store is where it is from. */
void verify_key(verify_job *job, const sweep_result *r, const sweep_store *store,
                verify_data *data);
void verify_fields(verify_job *job, const sweep_result *r);
void verify_history(verify_job *job, const sweep_result *r);
void verify_timing(verify_job *job, const sweep_result *r);
void verify_network(verify_job *job, const sweep_result *r, const char *config);
/* LUT_ENOMEM alone. */
lut_status verify_accuracies(verify_job *job, const sweep_result *r, verify_data *data,
                             lut_err *err);

#endif
