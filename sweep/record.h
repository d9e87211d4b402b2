/* One finished trial as bytes: what a child leaves, what merge reads.
 *
 * Layout: "LUTREC\0\0", version, length, crc32 (zlib) of the payload, payload; all
 * little-endian.  The payload stores each field by name, so a record of an older program
 * with fewer fields still reads.  The same result gives the same bytes.
 */
#ifndef SWEEP_RECORD_H
#define SWEEP_RECORD_H

#include "sweep/trial.h"

/* Bytes of a result; *bytes is owned (free). */
lut_status sweep_record_pack(unsigned char **bytes, size_t *n, const sweep_result *r,
                             lut_err *err);

/* The inverse; refuses damage of any kind (LUT_EFORMAT).  *r: initialised here, owned. */
lut_status sweep_record_unpack(sweep_result *r, const unsigned char *bytes, size_t n,
                               lut_err *err);

/* To a temporary name, fsync, rename, fsync of the folder: there is a whole record or
 * none.  LUT_EIO: nothing of that name was changed. */
lut_status sweep_record_write(const char *path, const sweep_result *r, lut_err *err);

/* LUT_ENOENT when there is no such file. */
lut_status sweep_record_read(sweep_result *r, const char *path, lut_err *err);

/* 64 bits over everything reproducible in the result (row, history, network; not timing):
 * two executions of a trial must agree. */
uint64_t sweep_result_hash(const sweep_result *r);

/* Whether two results are the same in all that both of them hold: a network that one did not
 * keep tells nothing.  hash, unless NULL: of what was compared. */
bool sweep_result_same(const sweep_result *a, const sweep_result *b, uint64_t hash[2]);

#endif
