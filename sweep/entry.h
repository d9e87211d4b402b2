/* Named arrays of little-endian numbers, one after the other: the payload of a record.
 *
 * An entry is: type (1 byte), length of the name (1), count (8), name, count numbers.  Not
 * a number has one pattern and there is no negative zero, so equal values are equal bytes.
 * Reading copies nothing and never looks past the end.  No global state.
 */
#ifndef SWEEP_ENTRY_H
#define SWEEP_ENTRY_H

#include "lib/base/status.h"

typedef enum sweep_entry_type {
    SWEEP_ENTRY_U8,
    SWEEP_ENTRY_U32,
    SWEEP_ENTRY_U64,
    SWEEP_ENTRY_F32,
    SWEEP_ENTRY_F64
} sweep_entry_type;

/* Where entries go: counted, and given to put unless that is NULL. */
typedef struct sweep_entry_sink {
    void (*put)(void *arg, const void *bytes, size_t n);
    void *arg;
    size_t n; /* bytes so far */
} sweep_entry_sink;

/* data: [count] numbers of that type in the machine's own form; name: 1..255 characters. */
void sweep_entry_put(sweep_entry_sink *s, const char *name, sweep_entry_type type,
                     const void *data, size_t count);

/* The same in pieces: after begin, count numbers in any number of calls of more. */
void sweep_entry_begin(sweep_entry_sink *s, const char *name, sweep_entry_type type,
                       size_t count);
void sweep_entry_more(sweep_entry_sink *s, sweep_entry_type type, const void *data,
                      size_t count);

typedef struct sweep_entry {
    sweep_entry_type type;
    const unsigned char *name, *data; /* borrowed from the bytes; name without 0 */
    size_t name_length, count;
} sweep_entry;

typedef struct sweep_entries {
    sweep_entry *entry; /* owned: sweep_entries_fini */
    size_t n;
} sweep_entries;

/* LUT_EFORMAT when the bytes are no sequence of entries. */
lut_status sweep_entries_init(sweep_entries *e, const unsigned char *bytes, size_t n,
                              lut_err *err);
void sweep_entries_fini(sweep_entries *e); /* accepts a zeroed struct */

const sweep_entry *sweep_entries_find(const sweep_entries *e,
                                      const char *name); /* or NULL */

/* Number i < count in the machine's own form, to *out of the entry's type. */
void sweep_entry_value(const sweep_entry *e, size_t i, void *out);

/* Entry of that name, type and count, to out [count].  LUT_EFORMAT where there is none. */
lut_status sweep_entries_get(const sweep_entries *e, const char *name,
                             sweep_entry_type type, void *out, size_t count,
                             lut_err *err);

#endif
