/* Published results for comparison: a table that is installed with the data (baselines.csv),
 * read here, kept in results files (sweep/store.h) and shown by reports.
 *
 * Facts with their sources; nothing of it enters a trial.  The file is CSV as in RFC 4180; its
 * first line names columns, of those below as many as there are, in any order.  One thread.
 */
#ifndef SWEEP_BASELINES_H
#define SWEEP_BASELINES_H

#include "lib/base/field.h"

/* Every column: member of the struct, heading in the file, column of /baselines.
 * N(type, member, unit, lo, hi, default, doc), T(size, member, choices, default, doc) as in
 * sweep/fields.def. */
/* clang-format off */
#define SWEEP_BASELINE_FIELDS(N, T)                                                                               \
    T(40,   dataset,     NULL,              "",          "data set, as in /trials")                               \
    T(64,   variant,     NULL,              "",          "which version of the data set")                         \
    T(64,   method,      NULL,              "",          "method, as its authors call it")                        \
    T(160,  name,        NULL,              "",          "the published model and its settings")                  \
    T(16,   kind,        "lut|convolution|trees|kan|weightless|neural", "lut", "what it is: LUTs or gates, fully connected; with convolutions; decision trees; splines; Bloom filters; a quantised neural network") \
    T(24,   metric,      NULL,              "test_accuracy", "column of /trials that value compares to")          \
    N(F64,  value,       "percent", 0, 100, "nan",       "published value of metric")                             \
    N(F64,  spread,      "percentage points", 0, 100, "nan", "standard deviation printed beside it")              \
    T(16,   selection,   "validation|test|none|not stated", "not stated", "what chose the epoch: validation rows, test rows, nothing (the last one; of test rows seen meanwhile), or not stated") \
    N(F64,  luts,        "LUTs", 0, 1e15,   "nan",       "published 6-input LUTs")                                \
    T(16,   encoder,     "in|out|none|not stated", "not stated", "whether these count the encoder; none: it has none of its own") \
    T(16,   convention,  "design|core|unknown|suspect|none", "none", "what luts compare to: design: lut6, core: lut6_core, others: nothing") \
    N(F64,  flip_flops,  "bits", 0, 1e15,   "nan",       "published registers")                                   \
    N(F64,  clock_mhz,   "MHz", 0, 1e6,     "nan",       "published clock")                                       \
    N(F64,  latency_ns,  "ns", 0, 1e15,     "nan",       "published latency")                                     \
    N(F64,  area_delay,  "LUT ns", 0, 1e18, "nan",       "luts times latency_ns")                                 \
    N(F64,  gates,       "nodes", 0, 1e15,  "nan",       "gates or LUT nodes before mapping, of whatever rank")   \
    T(48,   device,      NULL,              "",          "what the hardware figures are of")                      \
    T(4,    verified,    "yes|no",          "yes",       "read in a text, or quoted from memory")                 \
    T(16,   state,       "current|reproduction|superseded", "current", "of its authors and valid; run by others; replaced by a later figure") \
    T(4,    comparable,  "yes|no",          "yes",       "whether value compares with ours")                      \
    T(160,  why_not,     NULL,              "",          "reason where it does not")                              \
    T(200,  caveat,      NULL,              "",          "what to know where it does")                            \
    T(240,  source,      NULL,              "",          "where it was published, and who quotes it")             \
    T(120,  place,       NULL,              "",          "table or figure there")
/* clang-format on */

#define SWEEP_BASELINE_F64 double
#define SWEEP_BASELINE_N(type, member, unit, lo, hi, fallback, doc) \
    SWEEP_BASELINE_##type member;
#define SWEEP_BASELINE_T(size, member, choices, fallback, doc) char member[size];

typedef struct sweep_baseline {
    SWEEP_BASELINE_FIELDS(SWEEP_BASELINE_N, SWEEP_BASELINE_T)
} sweep_baseline;

/* Offsets count from the start of sweep_baseline. */
const lut_field *sweep_baseline_fields(size_t *n);

typedef struct sweep_baselines {
    sweep_baseline *row; /* [n] in the order of the file; owned */
    size_t n;
    char digest[65];     /* SHA-256 of the file, hexadecimal; "" where there is no file */
} sweep_baselines;

/* Rows of that file.  LUT_EFORMAT names line, column and value at fault; LUT_ENOENT. */
lut_status sweep_baselines_read(sweep_baselines *b, const char *path, lut_err *err);

/* The first baselines.csv of these folders (NULL-ended).  Where none has one there are no
 * rows, which is no error. */
lut_status sweep_baselines_load(sweep_baselines *b, const char *const *folder, lut_err *err);

void sweep_baselines_fini(sweep_baselines *b); /* accepts a zeroed struct */

#endif
