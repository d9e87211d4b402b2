/* A trial, its row and its result: plain data, and the tables that describe it.
 *
 * A trial is one configuration with one seed.  Its canonical text (every field that decides
 * its numbers, defaults written out) with the digest of its data makes its key.
 * All functions are pure; tables are static const.
 */
#ifndef SWEEP_TRIAL_H
#define SWEEP_TRIAL_H

#include "lib/base/field.h"
#include "lib/circuit/circuit.h"
#include "lib/encode/encode.h"
#include "sweep/fields.def"

/* Raised by hand when the same configuration may give other numbers: part of every key. */
enum { SWEEP_NUMERICS = 4, SWEEP_KEY = 17, SWEEP_DIGEST = 17 };

#define SWEEP_C_U32 uint32_t
#define SWEEP_C_F64 double
#define SWEEP_C_WHOLE double
#define SWEEP_C_BOOL int8_t
#define SWEEP_MEMBER_N(type, member, unit, lo, hi, fallback, doc) SWEEP_C_##type member;
#define SWEEP_MEMBER_T(size, member, choices, fallback, doc) char member[size];

typedef struct sweep_trial {
    SWEEP_TRIAL_FIELDS(SWEEP_MEMBER_N, SWEEP_MEMBER_T)
    SWEEP_HARDWARE_FIELDS(SWEEP_MEMBER_N, SWEEP_MEMBER_T)
} sweep_trial;

/* A row of /trials: the trial's fields, then the result's. */
typedef struct sweep_row {
    sweep_trial trial;
    SWEEP_RESULT_FIELDS(SWEEP_MEMBER_N, SWEEP_MEMBER_T)
} sweep_row;

typedef struct sweep_timing {
    SWEEP_TIMING_FIELDS(SWEEP_MEMBER_N, SWEEP_MEMBER_T)
} sweep_timing;

typedef struct sweep_epoch {
    SWEEP_EPOCH_FIELDS(SWEEP_MEMBER_N, SWEEP_MEMBER_T)
} sweep_epoch;

/* The field tables; *n is the number of entries.  Offsets count from the start of
 * sweep_trial, sweep_row (trial fields first), sweep_timing, sweep_epoch. */
const lut_field *sweep_trial_fields(size_t *n);
/* The last of the trial's fields: those of SWEEP_HARDWARE_FIELDS. */
const lut_field *sweep_hardware_fields(size_t *n);
const lut_field *sweep_row_fields(size_t *n);
const lut_field *sweep_timing_fields(size_t *n);
const lut_field *sweep_epoch_fields(size_t *n);

/* What must be known of a data set before its trials can be resolved and named. */
typedef struct sweep_data_facts {
    uint32_t classes;
    size_t samples, features; /* of the training part */
    char digest[SWEEP_DIGEST];
    const char *const *folder; /* where its files are, and those that a trial names;
                                  borrowed; NULL: files are not looked at */
} sweep_data_facts;

/* With fewer training rows `validation` is 0 where it is not said: a tenth of them could
 * not tell two epochs apart (with 100 rows the standard error of an accuracy near 90 % is
 * 3 points), and training would miss it. */
enum { SWEEP_SPLIT_ROWS = 1000 };

/* Everything a finished trial leaves.  Owned members are released by sweep_result_fini. */
typedef struct sweep_result {
    sweep_row row;
    sweep_timing timing;
    sweep_epoch *history; /* [nhistory]; owned */
    size_t nhistory;
    bool has_network;     /* encoder, circuit, confusion and correct are set */
    lut_encoder encoder;
    lut_circuit circuit;
    uint32_t classes;
    uint32_t *confusion;  /* [classes][classes], true x predicted, test split; owned */
    uint8_t *correct;     /* [(ntest + 7) / 8], a bit per test row, MSB first; owned */
    size_t ntest;
    char *log;            /* warnings of this trial, or NULL; owned */
} sweep_result;

/* All fields at their defaults, nothing owned; also for a result that is yet to fail. */
void sweep_result_init(sweep_result *r);
void sweep_result_fini(sweep_result *r); /* leaves it as sweep_result_init does */

/* Columns that an older program did not have, as far as they follow from the others: with no
 * hardware fields the key was that of the training, and inputs were those of the training. */
void sweep_result_complete(sweep_result *r);

/* Highest discrete validation accuracy of the first `epochs` epochs of the history, and the
 * first epoch that had it; without validation rows NaN and the last one; NaN and NaN where
 * there are no epochs.  best_epoch may be NULL. */
void sweep_best_until(const sweep_result *r, size_t epochs, double *valid_accuracy,
                      double *best_epoch);

/* Canonical text of the trial: "name = value" lines, sorted by name, every default written
 * out, hardware fields behind the others.  Owned by the caller (free); NULL without memory. */
char *sweep_trial_text(const sweep_trial *t);

/* The inverse: fields from canonical text.  Refuses unknown names and bad values. */
lut_status sweep_trial_parse(sweep_trial *t, const char *text, lut_err *err);

/* Put a trial whose fields were set one by one into the form that keys are made of:
 * `layers` from width and depth or the other way round ("600-600"; width NaN where
 * unequal), sampling of plug-ins that have only one, `options` of all plug-ins in use with
 * every default written out.  NaN in width or validation: not said, the default that suits
 * the data set (SWEEP_SPLIT_ROWS).  Refuses what no trainer could run; a message starts
 * with the name of the field at fault ("lut_rank = 4: ..."). */
lut_status sweep_trial_resolve(sweep_trial *t, const sweep_data_facts *facts, lut_err *err);

/* Widths from `layers` ("2000-1000"); returns their number, 0 when the text is bad. */
uint32_t sweep_trial_layers(uint32_t width[LUT_MAX_LAYERS], const char *layers);

/* What the trial asks of its encoder; ops and cfg are left to the caller. */
lut_encoder_cfg sweep_encoder_cfg(const sweep_trial *resolved);

/* 16 lower-case hex digits: the first 64 bits of the SHA-256 of numerics epoch, data
 * digest and canonical text, `width` and `depth` left out, and hardware fields that are at
 * their defaults. */
void sweep_trial_key(char key[SWEEP_KEY], const sweep_trial *resolved,
                     const char digest[SWEEP_DIGEST]);

/* The same of the training alone: the key of the trial with all hardware fields at their
 * defaults, which is what keys were before there were such fields. */
void sweep_training_key(char key[SWEEP_KEY], const sweep_trial *resolved,
                        const char digest[SWEEP_DIGEST]);

/* 16 hex digits of a data set's contents (values, labels, shape), by SHA-256. */
void sweep_data_digest(char digest[SWEEP_DIGEST], const lut_data *d);

/* Expected seconds of a trial on one core, up to a constant that depends on the machine:
 * LUTs, entries, samples, steps, epochs.  samples: training rows of its data set. */
double sweep_trial_cost(const sweep_trial *t, size_t samples);

/* 16 lower-case hex digits, so fit for the name of a file. */
bool sweep_is_key(const char *text);

/* Rows that are final: ok, diverged, stopped, pruned; not: paused, and those of failures. */
bool sweep_status_final(const char *status);

/* Of these the ones that were ended before their time, which say less: pruned, stopped. */
bool sweep_status_early(const char *status);

/* Which of two final rows of a trial says more: < 0 the first, > 0 the second, 0 neither.  One
 * that was ended early says less than one that was not, or that ran for more epochs. */
int sweep_row_order(const sweep_row *a, const sweep_row *b);

#endif
