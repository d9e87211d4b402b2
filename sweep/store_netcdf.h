/* netCDF-4 files, which xarray reads by name: dimensions, and variables along them.
 *
 * A netCDF-4 file is an HDF5 file with dimension scales.  Text is UTF-8 of variable length:
 * fixed-length text crashes netCDF4-python (libnetcdf 4.9.0) and is bytes in h5netcdf.  Numbers
 * are doubles, NaN where missing.  Not thread-safe. */
#ifndef SWEEP_STORE_NETCDF_H
#define SWEEP_STORE_NETCDF_H

#include "lib/base/status.h"

typedef struct sweep_netcdf sweep_netcdf;

enum { SWEEP_NETCDF_DIMENSIONS = 8, SWEEP_NETCDF_RANK = 3 };

/* What a variable is called and means.  name: letters, digits and underscores. */
typedef struct sweep_netcdf_name {
    const char *name, *unit, *doc; /* unit and doc: "" for none */
} sweep_netcdf_name;

/* A new file; what was there is lost.  *f is owned also after a failure. */
lut_status sweep_netcdf_create(sweep_netcdf **f, const char *path, lut_err *err);

/* Ends the file and frees *f; st: how writing went so far, which is given back unless closing
 * is what fails.  Accepts NULL. */
lut_status sweep_netcdf_close(sweep_netcdf *f, lut_status st, lut_err *err);

/* Text of the whole file: title, history, source, Conventions. */
lut_status sweep_netcdf_note(sweep_netcdf *f, const char *name, const char *text,
                             lut_err *err);

/* The next dimension, 0, 1, ... in this order, of n > 0.  values: its coordinates; NULL: it
 * has none. */
lut_status sweep_netcdf_dimension(sweep_netcdf *f, const sweep_netcdf_name *name, size_t n,
                                  const double *values, lut_err *err);

/* All of a variable along dimension dim. */
lut_status sweep_netcdf_texts(sweep_netcdf *f, const sweep_netcdf_name *name, int dim,
                              const char *const *text, lut_err *err);
lut_status sweep_netcdf_numbers(sweep_netcdf *f, const sweep_netcdf_name *name, int dim,
                                const double *number, lut_err *err);

/* A variable along dimensions dim and dim2, to be filled some rows at a time: `rows` of them
 * in a chunk; number [rows][n of dim2].  *id for sweep_netcdf_put. */
lut_status sweep_netcdf_table(sweep_netcdf *f, const sweep_netcdf_name *name, int dim,
                              int dim2, size_t rows, size_t *id, lut_err *err);
lut_status sweep_netcdf_put(sweep_netcdf *f, size_t id, size_t first, size_t rows,
                            const double *number, lut_err *err);

#endif
