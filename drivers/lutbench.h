/* What the files of lutbench share.
 *
 * A measurement takes processes of its own (the same program with --step): one encodes and
 * plans, one trains, so that its memory is the training's.  Between them lie a file of the
 * plan and rows of CSV. */
#ifndef DRIVERS_LUTBENCH_H
#define DRIVERS_LUTBENCH_H

#include "sweep/replace.h"
#include "sweep/spec.h"

#include <stdio.h>

/* clang-format off */
/* A column of the CSV, in its order; as the lines of sweep/fields.def. */
#define BENCH_COLUMNS(N, T)                                                                                   \
    T(64,  network,         "name in lutbench --list")                                                        \
    N(threads,              "",          "threads of the training")                                           \
    T(16,  kernels,         "kernel set")                                                                     \
    N(train_samples_per_second, "1/s",   "rows over the median time of an epoch; copies: their sum")          \
    N(bound_fraction,       "",          "that over bound_samples_per_second")                                \
    N(peak_memory,          "bytes",     "largest resident set while training; copies: of the largest")       \
    N(ns_per_sample,        "ns",        "1e9 over train_samples_per_second")                                 \
    N(bound_samples_per_second, "1/s",   "what arithmetic and memory allow, by the probe")                    \
    T(16,  bound_by,        "arithmetic or memory: the narrower one")                                         \
    T(8,   clock,           "cpu: process time; wall: with threads, copies or busy processes")                \
    N(cpu_seconds,          "s",         "process time of the epochs measured; copies: their sum")            \
    N(wall_seconds,         "s",         "wall time of the epochs measured; copies: the longest")             \
    N(copies,               "",          "trainings at once")                                                 \
    N(busy,                 "",          "foreign processes that only spin")                                  \
    N(foreign_share,        "CPUs",      "used by others meanwhile, by /proc/stat")                           \
    T(64,  dataset,         "data set")                                                                       \
    N(batch,                "samples",   "samples of a step")                                                 \
    N(rows,                 "samples",   "training rows of an epoch: train_limit for luttrain")               \
    N(epochs,               "epochs",    "trained; the first is the warm-up and not measured")                \
    N(parameters,           "values",    "trainable values")                                                  \
    N(data_memory,          "bytes",     "encoded data, mapped: part of peak_memory")                         \
    N(loss_first,           "nats",      "training loss of the first epoch")                                  \
    N(loss_last,            "nats",      "training loss of the last epoch")                                   \
    T(17,  digest,          "of the discrete network: tables and wires")                                      \
    T(256, keys,            "KEY=VALUE of the command line")                                                  \
    N(probe_fma,            "1/s",       "fused multiply-adds of floats")                                     \
    N(probe_l1,             "bytes/s",   "read or copied, the faster one")                                    \
    N(probe_l2,             "bytes/s",   "the same in the second cache")                                      \
    N(probe_l3,             "bytes/s",   "the same in the third cache")                                       \
    N(probe_memory,         "bytes/s",   "the same in main memory")                                           \
    T(128, cpu,             "model of the CPU")                                                               \
    T(64,  version,         "version and revision of the program")
/* clang-format on */

#define BENCH_MEMBER_N(member, unit, doc) double member;
#define BENCH_MEMBER_T(size, member, doc) char member[size];
typedef struct bench_row {
    BENCH_COLUMNS(BENCH_MEMBER_N, BENCH_MEMBER_T)
} bench_row;

const lut_field *bench_columns(size_t *n);
void bench_row_init(bench_row *row); /* numbers missing, texts empty */

/* ---- lutbench_csv.c ---- */

void bench_csv_head(FILE *out);
void bench_csv_row(FILE *out, const bench_row *row);

/* Rows of a file that the two above made, perhaps of another version: columns that are not
 * known are skipped, those that are not there stay missing.  Lines that start with # are
 * comments.  *rows is owned (free). */
lut_status bench_csv_read(bench_row **rows, size_t *n, FILE *in, const char *name,
                          lut_err *err);

/* ---- lutbench_networks.c ---- */

typedef struct bench_network {
    const char *name;
    const char *keys;     /* "KEY=VALUE KEY=VALUE ..." */
    uint32_t rows;        /* of the data set at most; 0: all */
} bench_network;

extern const bench_network bench_networks[]; /* ended by a NULL name */
const bench_network *bench_network_find(const char *name);

enum { BENCH_KEYS = 64, BENCH_KEYS_TEXT = 1024 };

/* All keys of a network, as luttrain takes them. */
void bench_network_keys(char text[BENCH_KEYS_TEXT], const bench_network *network);

/* The same as overrides of an empty configuration; those that are given replace the
 * network's own. */
typedef struct bench_keys {
    char text[BENCH_KEYS_TEXT];
    const char *key[BENCH_KEYS];
    size_t n;
} bench_keys;

lut_status bench_keys_make(bench_keys *k, const bench_network *network,
                           const char *const *given, size_t ngiven, lut_err *err);

/* ---- lutbench_plan.c, lutbench_measure.c: in a process of their own ---- */

typedef struct bench_task {
    const bench_network *network;
    const char *const *given; /* KEY=VALUE of the command line */
    size_t ngiven;
    const char *kernels;      /* name of a set */
    const char *cache;        /* folder of encoded data and of the plan */
    unsigned threads, copies, busy;
    double seconds;           /* to be measured */
    bool wait;                /* after the warm-up, for the end of standard input */
} bench_task;

/* Resolve the trial, encode its data, see how many rows and epochs fit the time, and leave
 * all that in the folder. */
lut_status bench_plan(const bench_task *task, lut_err *err);

/* Train what was planned.  A training that diverged is a row too: without a digest. */
lut_status bench_measure(bench_row *row, const bench_task *task, lut_err *err);

/* The plan: a resolved trial and the digest of its data. */
lut_status bench_plan_write(const char *folder, const sweep_trial *t, const char *digest,
                            lut_err *err);
lut_status bench_plan_read(const char *folder, sweep_trial *t, char digest[SWEEP_DIGEST],
                           lut_err *err);

/* 16 hex digits of a discrete network: sizes, wires and tables. */
void bench_digest(char text[17], const lut_circuit *c);

/* ---- lutbench_probe.c ---- */

typedef struct bench_rates {
    double fma;                     /* 1/s */
    double l1, l2, l3, memory;      /* bytes/s, of reading or copying, the faster one */
    size_t l1_size, l2_size, l3_size; /* bytes */
} bench_rates;

/* Of `threads` threads together; about half a second. */
lut_status bench_probe(bench_rates *out, const char *kernels, unsigned threads,
                       lut_err *err);
void bench_cache_sizes(bench_rates *out);

/* ---- lutbench_bound.c ---- */

/* Least seconds of a sample of training; *by: "arithmetic" or "memory". */
lut_status bench_bound(double *seconds, const char **by, const sweep_trial *trial,
                       double parameters, const bench_rates *r, lut_err *err);

/* ---- lutbench_run.c ---- */

/* The steps of a measurement, each in a process of its own, or as many as there are copies;
 * they say on stderr what went wrong, the message of *err is empty then.  LUT_ESTOP: a
 * signal came. */
lut_status bench_run_plan(const bench_task *task, lut_err *err);
lut_status bench_run_probe(bench_rates *out, const bench_task *task, lut_err *err);
lut_status bench_run(bench_row *row, const bench_task *task, const bench_rates *rates,
                     lut_err *err);

/* From now on signals end what bench_run does. */
void bench_catch_signals(void);

/* A folder for one run of the program, and its end. */
lut_status bench_folder_make(char path[256], lut_err *err);
void bench_folder_remove(const char *path);

/* ---- lutbench_compare.c ---- */

/* New rows beside old ones of the same measurement: a line each, the geometric mean.  How
 * many are slower by more than the factor `tolerance`. */
size_t bench_compare(FILE *out, const bench_row *row, size_t n, const bench_row *old,
                     size_t nold, double tolerance);

/* ---- lutbench_screen.c ---- */

typedef struct bench_screen {
    bool csv;                   /* on stdout, else lines for people */
    const char *path, *compare; /* of -o and --compare; NULL: none; borrowed */
    double tolerance;
    int code;                   /* exit code so far: failed once a row was not sound */
    FILE *file;                 /* the rest: of the functions below, zero at first */
    sweep_replace replace;
    bench_row *row, *old;
    size_t n, nold;
} bench_screen;

lut_status bench_screen_open(bench_screen *s, int argc, char **argv, lut_err *err);
lut_status bench_screen_row(bench_screen *s, const bench_row *row, lut_err *err);
lut_status bench_screen_close(bench_screen *s, lut_err *err); /* compares; call it always */

/* ---- lutbench_machine.c ---- */

double bench_cpu_seconds(void);   /* of this process */
double bench_wall_seconds(void);
double bench_machine_seconds(void); /* all CPUs together since the start, not idle */
double bench_peak_memory(void);   /* bytes; NaN where the system does not say */
void bench_cpu_model(char *out, size_t size);
double bench_median(double *v, size_t n); /* sorts v; n >= 1 */

#endif
