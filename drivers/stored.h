/* A stored network by its key, as lutexport and luteval take it: FILE KEY. */
#ifndef DRIVERS_STORED_H
#define DRIVERS_STORED_H

#include "lib/data/dataset.h"
#include "sweep/store.h"

enum { STORED_KEY = 4 }; /* digits of an abbreviated key, at least */

typedef struct stored {
    sweep_result result;        /* with its network */
    char sweep[64];             /* name of the sweep */
} stored;

/* key: whole, or so much of it that one trial alone begins so.  LUT_ENOENT: no file, or none in
 * it; LUT_EINVAL: several, or a trial without a network, and how to make one. */
lut_status stored_open(stored *s, const char *path, const char *key, lut_err *err);

/* The same of the one of n files that has such a trial.  at: its index.  LUT_ENOENT: none has,
 * or several; or one of the files is not there. */
lut_status stored_open_any(stored *s, size_t *at, const char *const *path, size_t n,
                           const char *key, lut_err *err);
void stored_close(stored *s); /* accepts a zeroed struct */

/* The data set that the network was trained on, with both parts.  LUT_EFORMAT: what is found
 * is another one, by the digest in its key. */
lut_status stored_data(lut_data *data, const stored *s, const char *const *folder,
                       lut_err *err);

/* Whatever the data set of that name and those options is here, and whether it is the one that
 * the network was trained on. */
lut_status stored_any_data(lut_data *data, bool *same, const stored *s,
                           const char *const *folder, lut_err *err);

/* What the network decides of rows 0 .. n - 1 of d, entry by entry of its tables: the slow
 * evaluation that others are compared with.  score [n][classes] votes, or NULL. */
lut_status stored_decide(const sweep_result *r, const lut_dataset *d, size_t n,
                         uint16_t *label, uint32_t *score, lut_err *err);

/* The same of encoded bits, [n][ld] as lut_encoder_apply gives them. */
lut_status stored_decide_bits(const lut_circuit *c, const uint64_t *x, size_t ld, size_t n,
                              uint16_t *label, uint32_t *score, lut_err *err);

/* 16 hexadecimal digits of encoder and circuit. */
lut_status stored_digest(char digest[17], const sweep_result *r, lut_err *err);

#endif
