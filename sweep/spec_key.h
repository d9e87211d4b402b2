/* Names of configuration keys and what they stand for. */
#ifndef SWEEP_SPEC_KEY_H
#define SWEEP_SPEC_KEY_H

#include "sweep/spec_tree.h"

/* A key of the sweep as a whole, not of a trial. */
typedef struct sweep_spec_key {
    const char *name, *type, *range, *fallback, *doc;
    size_t offset, size; /* text member of sweep_spec; size 0: none */
    /* Refuses the value; NULL: any text.  err says what was expected. */
    lut_status (*check)(const char *value, lut_err *err);
    /* Member of a group: its field, whose offset counts from sweep_spec.search. */
    const lut_field *field;
    /* A number or a text to a member of type double. */
    lut_status (*read)(double *member, const char *value, lut_err *err);
} sweep_spec_key;

/* What a name means: exactly one of field, whole. */
typedef struct sweep_key {
    const lut_field *field;      /* of a trial, or option of a plug-in */
    const sweep_spec_key *whole; /* of the sweep */
    bool is_option;
    bool is_seeds; /* a count, or a list */
    char name[96]; /* for messages: "lut_rank", "dwn.alpha" */
} sweep_key;

/* Key of a member of a group (NULL: no group); false: there is none.  A group is a plug-in
 * or only for reading: encoder.bits is encoder_bits, train.lr is lr. */
bool sweep_key_find(sweep_key *key, const char *group, const char *member);

/* Is it a group in which trial fields or options are found? */
bool sweep_key_is_group(const char *name);

bool sweep_key_same(const sweep_key *a, const sweep_key *b);

/* "no such key (did you mean lut_rank? all keys: lutsweep --keys)" */
void sweep_key_unknown(sweep_problems *p, int line, const char *group,
                       const char *member);

/* Keys of the sweep; *n is their number. */
const sweep_spec_key *sweep_spec_key_table(size_t *n);

#endif
