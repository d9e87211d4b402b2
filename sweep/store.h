/* Results to and from RESULTS.h5: the only user of HDF5.  Layout: store.md's contract,
 * repeated for users in docs/store.md.
 *
 * Writing goes to a temporary name in the same folder, is synced and renamed: a reader
 * never sees a half-written file and a kill never damages one.  Not thread-safe (HDF5's
 * global state); never used in a trial's process.
 */
#ifndef SWEEP_STORE_H
#define SWEEP_STORE_H

#include "sweep/baselines.h"
#include "sweep/trial.h"

/* A row of /failures. */
typedef struct sweep_failure {
    char key[SWEEP_KEY];
    uint32_t attempt;
    char cause[16];        /* crashed, timeout, out_of_memory, lost, error, conflict */
    int signal, exit_code; /* 0 where there was none */
    uint32_t epoch;        /* last one reported, 0: none */
    char log[256];         /* last lines, newlines as " | " */
} sweep_failure;

/* Cause of the rows that tell what each of two results of one key is, where these differ. */
#define SWEEP_STORE_CONFLICT "conflict"

/* A row of /provenance: one run that wrote. */
typedef struct sweep_provenance {
    char started[24], ended[24]; /* UTC, ISO 8601 */
    char host[64];
    uint32_t ranks, threads;
    char compiler[64], mpi[64], hdf5[32], revision[48], version[24];
    char cpu[96], system[128];   /* of the host; "": not known */
    uint32_t cores;              /* of the host; 0: not known */
    double memory;               /* of the host, bytes; NaN: not known */
    char *digests; /* "optdigits:0123456789abcdef ..."; owned by whoever made the struct */
    char *command; /* likewise */
    char *config;  /* configuration text; likewise */
} sweep_provenance;

/* The same of the rows that tell that Verilog of the network could not be made, or is not
 * equal to it. */
#define SWEEP_STORE_HARDWARE "hardware"

/* Verilog of a network, and what comparing it with the network gave. */
typedef struct sweep_verilog_file {
    char name[128];
    char *text; /* owned */
} sweep_verilog_file;

typedef struct sweep_verilog {
    sweep_verilog_file *file; /* [n]; owned */
    size_t n;
    char name[64];     /* prefix of modules and files */
    char verdict[16];  /* unverified, equal, different, refused */
    char checks[1200]; /* a line for each question */
    double cases, wrong; /* inputs that were compared, and that differ */
    size_t rows;       /* test rows in the bench */
} sweep_verilog;

void sweep_verilog_fini(sweep_verilog *v); /* accepts a zeroed struct */

/* Which networks are emitted and how: stored with the file. */
typedef struct sweep_hardware_rule {
    char emit[32];   /* none, all, pareto, best:N; "": not said */
    char verify[16]; /* none, simulate */
    uint32_t rows;   /* test rows in each bench */
} sweep_hardware_rule;

/* What a file is made of.  Results come one at a time, so that memory stays flat. */
typedef struct sweep_store_input {
    const char *name;   /* of the sweep */
    const char *config; /* text for /config */
    size_t n;           /* rows, in their final order */
    /* Result i, initialised by the callee; the store releases it.  Asked for twice, 0 to
     * n - 1 each time; LUT_ENOENT the first time: there is no such row, and the others move
     * up.  The first time it may still add failures below. */
    lut_status (*get)(void *arg, size_t i, sweep_result *out, lut_err *err);
    void *arg;
    const char *keep; /* all, pareto, best:N, none; "" or NULL: all while the
                                      networks fit in about 1 GB, the front above */
    /* Verilog for the networks that hw.emit chooses, as `keep` chooses; they are kept.  emit:
     * of result r, which has a network; owned by the caller.  Asked twice: to find out what
     * comparing gives (check), when failures may still be added, and to write it. */
    sweep_hardware_rule hw;
    lut_status (*emit)(void *arg, sweep_verilog *out, const sweep_result *r, bool check,
                       lut_err *err);
    const sweep_failure *failure;
    size_t nfailures;
    const sweep_provenance *provenance;
    size_t nprovenance;
    const sweep_baselines *baselines; /* those of the rows' data sets are written; NULL: none */
} sweep_store_input;

/* LUT_EIO: disk full or the like; the old file of that name is intact. */
lut_status sweep_store_write(const char *path, const sweep_store_input *in,
                             lut_err *err);

/* Version of the HDF5 library: "1.10.8". */
void sweep_store_library(char version[32]);

/* Room for the name of a group of /trial: a key, and as much of what is none. */
enum { SWEEP_NETWORK = 64 };

typedef struct sweep_store
    sweep_store; /* a file open for reading; all rows in memory */

/* The same without a file: what would be in it, in memory, to be read as path. */
lut_status sweep_store_view(sweep_store **s, const char *path, const sweep_store_input *in,
                            lut_err *err);

/* A column of /trials or /timing, read whole. */
typedef struct sweep_column {
    char name[64], unit[32], doc[256];
    bool is_text;
    double *number; /* [n], NaN where missing; NULL for text */
    char **text;    /* [n]; NULL for numbers */
} sweep_column;

/* LUT_ENOENT: no such file.  LUT_EFORMAT: not HDF5, not a results file, or damaged; the
 * message says which and how to go on. */
lut_status sweep_store_open(sweep_store **s, const char *path, lut_err *err);
void sweep_store_close(sweep_store *s);

size_t sweep_store_rows(const sweep_store *s);
const char *sweep_store_name(const sweep_store *s);   /* of the sweep; borrowed */
const sweep_hardware_rule *sweep_store_hardware(const sweep_store *s); /* borrowed */
const char *sweep_store_config(const sweep_store *s); /* text; borrowed */

/* Columns of /trials, then those of /timing; borrowed. */
const sweep_column *sweep_store_columns(const sweep_store *s, size_t *n);

/* Column of that name, NULL where there is none. */
const sweep_column *sweep_store_find(const sweep_store *s, const char *name);

/* The same where only text will do: NULL with LUT_EFORMAT in *err. */
const sweep_column *sweep_store_text(const sweep_store *s, const char *name, lut_err *err);

/* Failures and provenance as stored; borrowed. */
const sweep_failure *sweep_store_failures(const sweep_store *s, size_t *n);
const sweep_provenance *sweep_store_provenance(const sweep_store *s, size_t *n);

/* Published rows as stored; borrowed.  None in files of older programs. */
const sweep_baselines *sweep_store_published(const sweep_store *s);

/* Row i in full, with history and, where kept, network and log: what was written comes
 * back, bit for bit.  *out is initialised here; owned. */
lut_status sweep_store_get(sweep_store *s, size_t i, sweep_result *out, lut_err *err);

/* History alone of row i: of *out, initialised here and owned, nothing else is set. */
lut_status sweep_store_epochs(sweep_store *s, size_t i, sweep_result *out, lut_err *err);

/* Whether the network of row i is kept, and the text of /trial/<key>/config (owned: free). */
bool sweep_store_has_network(const sweep_store *s, size_t i);
/* Names of all groups of /trial, rows' or not, sorted; owned (free). */
lut_status sweep_store_networks(const sweep_store *s, char (**name)[SWEEP_NETWORK], size_t *n,
                                lut_err *err);
lut_status sweep_store_trial_config(const sweep_store *s, size_t i, char **text,
                                    lut_err *err);

#endif
