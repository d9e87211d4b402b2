/* lutreport: what its files share.  A verb is one thing that lutreport does; most of them
 * make sheets, which are written here in the format asked for.  A new one is a file
 * lutreport_NAME.c, its options in lutreport_options and a line in each of the two tables of
 * lutreport.c. */
#ifndef DRIVERS_LUTREPORT_H
#define DRIVERS_LUTREPORT_H

#include "analysis/data.h"
#include "analysis/report.h"
#include "analysis/sheet.h"

/* Options as given; NULL: not given; a flag's is "1". */
typedef struct lutreport_options {
    const char *where, *by, *metric, *sort, *best, *each, *alpha;
    const char *pareto, *smallest, *at, *figure;
    const char *effects, *compare, *ranks, *settings, *nemenyi;
    const char *format, *output, *output_file;
    const char *verify, *sample, *data;
    const char *reproduce, *budget, *threads;
    const char *baselines, *appendix, *d3;
    /* The rest is no option. */
    char *const *path; /* [npaths] results files */
    size_t npaths;
    int argc;          /* the command as given, for the origin of tables */
    char *const *argv;
} lutreport_options;

enum { LUTREPORT_SHEETS = 16 };

/* What a verb made: sheets that are written one after the other. */
typedef struct lutreport_made {
    sheet sheet[LUTREPORT_SHEETS]; /* owned; zeroed before */
    size_t n;
    int code;                      /* exit code where all went well: 0 */
} lutreport_made;

typedef struct lutreport_verb {
    const char *option; /* that asks for it: "pareto"; NULL: none */
    const char *suffix; /* or of the file to be written: ".nc"; NULL: any */
    const char *takes;  /* options that it reads, with spaces around: " where by " */
    /* One of both.  make: sheets from the data; run: all of the job, gives the exit code. */
    lut_status (*make)(lutreport_made *out, const report_data *d,
                       const lutreport_options *o, lut_err *err);
    int (*run)(const lutreport_options *o);
} lutreport_verb;

/* ---- for verbs ---- */

/* Query of the options --where, --by, --metric, --sort, --best, --each and --alpha. */
lut_status lutreport_query(report_query *q, const lutreport_options *o, lut_err *err);

/* --alpha, or REPORT_ALPHA. */
lut_status lutreport_alpha(double *alpha, const lutreport_options *o, lut_err *err);

/* --settings: best, which is the default, or all. */
lut_status lutreport_settings(bool *all, const lutreport_options *o, lut_err *err);

/* All files of the command; *d is the caller's, also after an error. */
lut_status lutreport_load(report_data **d, const lutreport_options *o, lut_err *err);

/* Refuses -o FILE where FILE is one that is read, or of a sweep. */
lut_status lutreport_spare_inputs(const lutreport_options *o, lut_err *err);

/* Where the report comes from: program, command, digests of files.  Owned (free). */
lut_status lutreport_origin(char **text, const report_data *d, const lutreport_options *o,
                            lut_err *err);

/* Files of the command as words of a shell; owned (free), NULL without memory. */
char *lutreport_words(const lutreport_options *o);

/* What was written to out is out; a file is closed.  name: for the message. */
lut_status lutreport_finish(FILE *out, const char *name, lut_err *err);

/* All of a file, or nothing of it under its name. */
lut_status lutreport_put_file(const char *path, const char *text, size_t n, lut_err *err);

/* The same of what a function prints. */
typedef void (*lutreport_writer)(FILE *out, const void *arg);
lut_status lutreport_put_text(const char *path, lutreport_writer writer, const void *arg,
                              lut_err *err);

/* Data, sheets and output of a verb that makes sheets; the exit code. */
int lutreport_sheets(const lutreport_verb *v, const lutreport_options *o);

/* ---- the verbs: one file each ---- */

lut_status lutreport_tables(lutreport_made *out, const report_data *d,
                            const lutreport_options *o, lut_err *err);
lut_status lutreport_pareto(lutreport_made *out, const report_data *d,
                            const lutreport_options *o, lut_err *err);
lut_status lutreport_smallest(lutreport_made *out, const report_data *d,
                              const lutreport_options *o, lut_err *err);
lut_status lutreport_effects(lutreport_made *out, const report_data *d,
                             const lutreport_options *o, lut_err *err);
lut_status lutreport_ranks(lutreport_made *out, const report_data *d,
                           const lutreport_options *o, lut_err *err);
int lutreport_compare(const lutreport_options *o);
int lutreport_netcdf(const lutreport_options *o);
int lutreport_verify(const lutreport_options *o);
lut_status lutreport_reproduce(lutreport_made *out, const report_data *d,
                               const lutreport_options *o, lut_err *err);
lut_status lutreport_baselines(lutreport_made *out, const report_data *d,
                               const lutreport_options *o, lut_err *err);
int lutreport_appendix(const lutreport_options *o);
int lutreport_figure(const lutreport_options *o);
int lutreport_page(const lutreport_options *o);

#endif
