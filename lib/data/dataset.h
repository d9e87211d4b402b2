/* Raw data in memory, and where it comes from.
 *
 * A data set is known by name (table in known.c: reader and files), or read by a reader
 * ("csv", "idx", "synth") with the options of the trial.  Files are looked for in a list
 * of folders, first in FOLDER/NAME/FILE, then in a known set's other folder, then in
 * FOLDER/FILE; plain or with ".gz" added (an absolute FILE is taken as it is).
 * No global state; objects belong to one thread.
 */
#ifndef LUT_DATA_DATASET_H
#define LUT_DATA_DATASET_H

#include "lib/base/field.h"
#include "lib/base/status.h"

enum { LUT_FEATURE_NAME = 32 };

typedef struct lut_dataset {
    size_t samples, features;
    uint32_t classes;               /* labels are 0 .. classes - 1 */
    float *x;                       /* [features][samples], raw values, all finite; owned */
    uint16_t *label;                /* [samples]; owned */
    char (*name)[LUT_FEATURE_NAME]; /* [features], ASCII without blanks; owned */
    size_t dropped, gaps; /* rows with a missing cell: left out, and kept; of the file, which
                             may have been cut into both parts */
} lut_dataset;

/* The published split.  Both parts have the same features and classes. */
typedef struct lut_data {
    lut_dataset train, test;
} lut_data;

/* Allocates what d->samples and d->features ask for; names are x0, x1, ... */
lut_status lut_dataset_alloc(lut_dataset *d, size_t samples, size_t features, lut_err *err);
void lut_dataset_fini(lut_dataset *d); /* accepts a zeroed struct */
void lut_data_fini(lut_data *d);

/* A file format.  To add one: write lib/data/NAME.c, add one line to lib/local.mk. */
typedef struct lut_reader_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;
    /* Fills both parts.  Messages name file, line or byte, value and what was expected.
     * set: name of the data set, for the search; folder: NULL-ended. */
    lut_status (*read)(const void *cfg, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err);
} lut_reader_ops;

extern const lut_reader_ops *const lut_reader_table[]; /* NULL-ended */

enum { LUT_KNOWN_FILES = 8 };

/* A file of a known set, as its source serves it.  It may lie in its folder packed (".gz"
 * added) or, where `name` ends in ".gz", unpacked: then the sum of the unpacked bytes is
 * the one to compare. */
typedef struct lut_known_file {
    const char *name;     /* as downloaded; the search is in lib/data/file.h */
    const char *url;      /* NULL: none that is public, stable and one file */
    const char *sha256;   /* of the bytes behind url, 64 hexadecimal digits; NULL: not known */
    const char *unpacked; /* the same of the unpacked bytes where name ends in ".gz" */
    uint64_t bytes;       /* behind url; 0: not known */
} lut_known_file;

/* Rows and columns of a set, as its reader makes them of the files. */
typedef struct lut_shape {
    uint32_t train, test, features, classes;
} lut_shape;

/* A data set known by name. */
typedef struct lut_known {
    const char *name, *doc;
    const char *reader;
    const char *options; /* of the reader; those not said have their defaults */
    lut_shape shape;     /* with the options' defaults; 0: not known */
    const char *cite;    /* how to cite it, and its licence */
    const char *obtain;  /* what to install or download, for the message when absent */
    const char *folder;  /* NULL, or another name for its folder: "uci" */
    const char *columns; /* NULL, or names, values and cuts of the columns of its text
                          * files, as table_describe takes them (lib/data/table.h) */
    /* Options of the reader that a trial may set, under the set's name: "iris.test_seed".
     * Their defaults are the set's own. */
    const lut_field *fields;
    size_t nfields, cfg_size;
    lut_known_file file[LUT_KNOWN_FILES]; /* all that the set needs; ended by name NULL
                                           * where they are fewer */
    bool partial;        /* results do not compare with published ones */
    const char *note;    /* NULL, or what every table with the set must say */
} lut_known;

extern const lut_known lut_known_table[]; /* ended by name NULL */

const lut_known *lut_known_find(const char *name); /* NULL: no such set */

/* Every file of the set has a public address. */
bool lut_known_public(const lut_known *known);

/* Reader behind a data set name: of the known set, or the reader of that name itself;
 * NULL when there is neither.  *options: the known set's, NULL for a bare reader. */
const lut_reader_ops *lut_data_reader(const char *set, const char **options);

/* Read both parts.  options: text with the options of a bare reader ("csv.train a.csv ..."),
 * or those that a known set leaves open ("iris.test_seed 2"). */
lut_status lut_data_load(
    lut_data *out,             /* owned: lut_data_fini; zeroed on failure */
    const char *set,           /* "optdigits", "csv", ... */
    const char *options,       /* NULL: all defaults */
    const char *const *folder, /* NULL-ended, in order of preference */
    lut_err *err
);

/* Rows of the training part in a random order that depends on the seed alone: the first
 * *ntrain are for training, the rest for validation (rounded to the nearest number of
 * rows; at least one stays for training).  limit: use only that many rows of the
 * permutation, 0 for all. */
void lut_data_split(
    uint32_t *rows,      /* [samples], a permutation */
    size_t *ntrain, size_t *nvalid,
    size_t samples,
    double validation,   /* share, 0 .. 0.9 */
    size_t limit,
    uint64_t seed
);

#endif
