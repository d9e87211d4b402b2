/* HDF5 calls with a lut_err: private to the store.  Identifiers that a failure leaves open
 * are closed with their file (strong close).  Not thread-safe. */
#ifndef SWEEP_STORE_H5_H
#define SWEEP_STORE_H5_H

#include "lib/base/status.h"

#include <hdf5.h>

/* No HDF5 messages on stderr; before any other call. */
void sweep_h5_quiet(void);

/* Message with HDF5's own innermost reason behind it.  Right after the failed call. */
lut_status sweep_h5_fail(lut_err *err, lut_status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* New file over an empty one, in the oldest format; < 0 on failure. */
hid_t sweep_h5_create(const char *path);

/* A file in memory that is never written to the disk; < 0 on failure. */
hid_t sweep_h5_memory(const char *name);

/* Flush and close a file that was written; st: how writing went so far.  Gives st back
 * unless closing is what fails. */
lut_status sweep_h5_close(hid_t file, lut_status st, lut_err *err);

/* Read-only.  A lock is asked for and done without where the file system has none. */
hid_t sweep_h5_open(const char *path);

/* Group without times; < 0 on failure.  members: about how many it gets, where they are few:
 * it is then 0.2 KB in size, not 1 KB; needs HDF5 1.8 to be read, as netCDF-4 does. */
hid_t sweep_h5_group(hid_t where, const char *name, unsigned members);

/* Properties of a new data set: no times; shuffle and deflate in chunks of about
 * chunk_bytes unless that is 0 or the data set is tiny.  < 0 on failure. */
hid_t sweep_h5_layout(int rank, const hsize_t *dims, size_t element,
                      size_t chunk_bytes);

/* Fixed-length type, padded with 0: ASCII, or UTF-8 when ascii is false. */
hid_t sweep_h5_text_type(size_t size, bool ascii);

/* A scalar of fixed length / a whole array / a variable-length or number attribute. */
lut_status sweep_h5_put_text(hid_t where, const char *name, const char *text,
                             lut_err *err);
lut_status sweep_h5_put_array(hid_t where, const char *name, hid_t file_type,
                              hid_t mem_type, int rank, const hsize_t *dims,
                              const void *data, lut_err *err);
lut_status sweep_h5_put_note(hid_t object, const char *name, const char *text,
                             lut_err *err);
lut_status sweep_h5_put_number(hid_t object, const char *name, int64_t v, lut_err *err);

/* Text of a scalar or of a variable-length attribute; owned (free). */
lut_status sweep_h5_get_text(hid_t where, const char *name, char **text, lut_err *err);
lut_status sweep_h5_get_note(hid_t object, const char *name, char **text, lut_err *err);
lut_status sweep_h5_get_number(hid_t object, const char *name, uint64_t *v,
                               lut_err *err);
lut_status sweep_h5_get_signed(hid_t object, const char *name, int64_t *v,
                               lut_err *err);

/* Extents, refusing another rank. */
lut_status sweep_h5_dims(hid_t where, const char *name, int rank, hsize_t *dims,
                         lut_err *err);

/* A whole array of exactly these extents. */
lut_status sweep_h5_get_array(hid_t where, const char *name, hid_t mem_type, int rank,
                              const hsize_t *dims, void *data, lut_err *err);

/* A group that cannot be read is no answer: LUT_EFORMAT. */
lut_status sweep_h5_exists(hid_t where, const char *name, bool *found, lut_err *err);

#endif
