/* lutexport: what its parts share. */
#ifndef DRIVERS_LUTEXPORT_H
#define DRIVERS_LUTEXPORT_H

#include "drivers/cli.h"
#include "drivers/lutexport_cost.h"
#include "drivers/stored.h"
#include "lib/circuit/care.h"
#include "lib/circuit/layers.h"
#include "lib/export/export.h"

#include <stdio.h>

enum { EXPORT_FORMATS = 16, EXPORT_FILES = 4096, EXPORT_PATH = 4096 };
enum { EXPORT_VERSION = 1 }; /* of NAME.json */

/* A file that was written, with the format that it belongs to. */
typedef struct export_file {
    char name[256];
    const char *format;
} export_file;

/* A folder on its way: filled under a temporary name beside the one that it will have, so
 * that it is there whole or not at all. */
typedef struct export_folder {
    const char *path;        /* as typed; borrowed */
    char real[EXPORT_PATH];  /* the same behind links, where it is there */
    char temp[EXPORT_PATH];  /* "" when there is none */
    const char *format;      /* of the files to come */
    export_file *file;       /* [nfiles]; owned */
    size_t nfiles;
    FILE *open;              /* or NULL */
    lut_err err;             /* why a file could not be written */
} export_folder;

/* LUT_EINVAL: there is something of that name that is no empty folder. */
lut_status export_folder_begin(export_folder *f, const char *path, lut_err *err);
lut_export_out export_folder_out(export_folder *f); /* writers write into it */
lut_status export_folder_close(export_folder *f, lut_err *err); /* the file that is open */
lut_status export_folder_commit(export_folder *f, lut_err *err);
void export_folder_abort(export_folder *f); /* removes it; nothing after commit */

/* What verifying found of one question. */
typedef enum export_verdict { EXPORT_EQUAL, EXPORT_DIFFERENT, EXPORT_SKIPPED } export_verdict;

typedef struct export_check {
    const char *format;
    char what[160];    /* "classes and scores of the test split" */
    char tool[64];     /* "gcc 12.2.0" */
    bool proof;        /* all inputs, not a sample */
    double cases;      /* of a sample; NaN: it was a proof, or nothing */
    export_verdict verdict;
    char note[400];    /* why it was skipped, what differs first */
    double seconds;    /* of the tool, CPU time; 0: not told */
} export_check;

enum { EXPORT_CHECKS = 64 };

typedef struct export_checks {
    export_check check[EXPORT_CHECKS];
    size_t n;
    export_check dropped; /* behind a last one that is a difference */
} export_checks;

/* Don't-cares: which network is written in place of the trained one (lib/circuit/care.h). */
typedef enum export_rule { EXPORT_CARE_ALL, EXPORT_CARE_ENCODER, EXPORT_CARE_DATA } export_rule;

typedef struct export_accuracy {
    double train, valid, test; /* percent; NaN: no such rows */
} export_accuracy;

typedef struct export_care {
    export_rule rule;
    uint32_t fewest;            /* samples that address an entry that counts */
    lut_care_facts facts;
    lut_circuit trained;        /* what the network was; owned */
    size_t samples;             /* rows of training */
    size_t differ;              /* of them, whose votes are others now */
    export_accuracy before, after;
    export_cost was;            /* of the trained network */
} export_care;

typedef enum export_output { EXPORT_TEXT, EXPORT_JSON, EXPORT_QUIET } export_output;

/* What is exported, and all that is known of it. */
typedef struct export_job {
    const char *path, *key;      /* as typed */
    const lut_export_ops *ops[EXPORT_FORMATS];
    void *cfg[EXPORT_FORMATS];   /* options of ops; owned */
    size_t nformats;
    bool verify;
    export_output output;
    export_care care;
    stored net;                  /* its circuit is the one that is written */
    char name[LUT_DESIGN_NAME], digest[LUT_DESIGN_DIGEST];
    const char *note[8];
    char text[8][400];           /* of note */
    lut_data data;               /* where has_data */
    bool has_data;
    char no_data[400];           /* why not */
    uint16_t *label;             /* what the network says of the test split; owned */
    uint32_t *score;             /* likewise */
    lut_export_vectors vectors;
    lut_export_facts facts;
    lut_export_design design;
    export_folder folder;
    export_checks checks;
    export_cost estimated;
    export_cost synthesised; /* by yosys, where it ran */
    lut_layer_look layer[LUT_MAX_LAYERS]; /* of the network as trained */
} export_job;

/* "none", "encoder", "data" or "data:N". */
lut_status export_care_parse(export_care *care, const char *text, lut_err *err);
const char *export_care_name(const export_care *care);

/* Gives the network of the job the tables of its rule; the data that this takes is there.
 * Before digest and figures are made. */
lut_status export_care_apply(export_job *j, lut_err *err);

/* The design that figures are of; that of the job is there.  LUT_EINVAL as
 * lut_export_ops.hardware. */
lut_status export_plan_of(export_plan *plan, const export_job *j, lut_err *err);

/* NAME.json, and the same to a stream. */
lut_status export_describe(export_job *j, lut_err *err);
void export_describe_to(FILE *out, const export_job *job);

/* What was written and found, to stdout in the format asked for; the exit code.  Folder and
 * formats: as typed. */
int export_say(const export_job *j, const char *folder, const char *formats);

/* The same of a failure. */
int export_say_failure(const export_job *j, const lut_err *err);

/* Runs what is installed on the files in the temporary folder; only LUT_ENOMEM and LUT_EIO
 * are errors. */
lut_status export_verify(export_job *j, lut_err *err);

/* One finding.  Beyond EXPORT_CHECKS each takes the place of the last, unless that is a
 * difference: none is ever lost. */
export_check *export_check_add(export_job *j, const char *format, const char *what);
void export_check_skip(export_check *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A place for what tools leave: a new folder of the system's place for temporary files. */
typedef struct export_work {
    char path[EXPORT_PATH];   /* absolute */
    char files[EXPORT_PATH];  /* of the export's temporary folder, absolute */
} export_work;

enum { EXPORT_SECONDS = 300 }; /* that a tool may take unless --limit says something else */

/* Those of the formats: what they cannot do for want of a tool is a check that is skipped. */
lut_status export_verify_c(export_job *j, const export_work *w, lut_err *err);
lut_status export_verify_layers(export_job *j, const export_work *w, lut_err *err);
lut_status export_verify_verilog(export_job *j, const export_work *w, lut_err *err);
lut_status export_verify_systemverilog(export_job *j, const export_work *w, lut_err *err);
lut_status export_verify_aiger(export_job *j, const export_work *w, lut_err *err);

/* That the tables which are written keep the promise of --dont-care. */
lut_status export_verify_care(export_job *j, lut_err *err);

/* ---- tools of others ---- */

enum { EXPORT_DOOMED_EXPORT, EXPORT_DOOMED_WORK, EXPORT_DOOMED };

/* From now on SIGINT, SIGTERM and SIGHUP kill the tool that runs and remove the folders that
 * are doomed, before they end the program. */
void export_signals(void);
void export_doom(unsigned place, const char *folder); /* borrowed; NULL: not any more */

/* Seconds that each tool may take from now on. */
void export_tool_limit(unsigned seconds);
unsigned export_tool_seconds(void);
double export_tool_took(void); /* CPU seconds of the last that ran */

/* Path of the first of the programs (NULL-ended) that is installed: owned; NULL: none is. */
char *export_tool_find(const char *const *name);

/* Run argv without a shell, in `folder`, output and errors into the file `log` there; killed
 * after `seconds`.  Its exit status, -1: killed by a signal, -2: it took too long, -3: could
 * not be started, -4: killed from outside (SIGKILL), as the system does where memory is short.
 * The log is this run's or not there. */
int export_tool_run(const char *const *argv, const char *folder, const char *log, unsigned seconds);

/* Whether `what` ended so that nothing is known of the files: then it is a check skipped. */
bool export_tool_excused(export_check *c, const char *what, int code);

/* First line of what `argv` prints, into text; "" where there is none. */
void export_tool_version(char *text, size_t size, const char *const *argv, const char *folder);

/* Whole file of the folder as text (owned: free); NULL: cannot be read. */
char *export_tool_log(const char *folder, const char *log);

#endif
