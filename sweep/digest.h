/* SHA-256 of bytes and files, as text. */
#ifndef SWEEP_DIGEST_H
#define SWEEP_DIGEST_H

#include "lib/base/status.h"

enum { SWEEP_SHA256 = 65 }; /* 64 lower-case hex digits and the 0 */

void sweep_sha256(char hex[SWEEP_SHA256], const void *bytes, size_t n);

/* Of a whole file, as it lies there.  LUT_ENOENT, LUT_EIO. */
lut_status sweep_sha256_file(char hex[SWEEP_SHA256], const char *path, lut_err *err);

#endif
