/* Append-only record of what a run did: one text line per event.
 *
 *   CRC32 sequence UTC EVENT key attempt name=value name=value ...
 *
 * The CRC32 (zlib, 8 hex digits) covers what follows it up to the newline.  Values are
 * percent-escaped, so a line never holds a blank or a newline of a value.  A file belongs
 * to one run and one rank; a line that came out in part (a kill, a full disk) ends with
 * the byte 18h when another follows; a replay drops it and a torn last line in silence, and counts
 * damaged ones.  The proof that a trial is finished is its record, never a line here.
 */
#ifndef SWEEP_JOURNAL_H
#define SWEEP_JOURNAL_H

#include "lib/base/status.h"

enum { SWEEP_LINE = 16384, SWEEP_UTC = 24 };

/* Events of the whole: RUN, RANK, HELLO, END; of a trial: START, EPOCH, PAUSE (at a rung), DONE,
 * FAIL, CANCEL; decisions of the strategy: PROMOTE, PRUNE. */
typedef struct sweep_entry {
    uint64_t sequence;
    char utc[SWEEP_UTC];
    char event[12];
    char key[17];     /* "-" where no trial is meant */
    uint32_t attempt; /* 0 likewise */
    const char *fields; /* borrowed until the callback returns */
    const char *file;   /* name of the journal, without its folder; likewise */
} sweep_entry;

/* "name=value" pairs under construction; starts zeroed. */
typedef struct sweep_fields {
    char text[SWEEP_LINE - 128];
    size_t used;
} sweep_fields;

/* Values that do not fit are cut. */
void sweep_fields_text(sweep_fields *f, const char *name, const char *value);
void sweep_fields_number(sweep_fields *f, const char *name, double value);

/* Value of a name, unescaped, cut to size; false and "" when absent. */
bool sweep_entry_text(const sweep_entry *e, const char *name, char *out, size_t size);
double sweep_entry_number(const sweep_entry *e, const char *name, double fallback);

/* Now, as ISO 8601 UTC. */
void sweep_utc(char out[SWEEP_UTC]);

typedef struct sweep_journal {
    int fd;           /* -1: closed */
    uint64_t sequence;
    bool dirty;       /* lines since the last sync */
    bool torn;        /* the last line came out in part: the next one begins a new one */
} sweep_journal;

/* Create or continue the file. */
lut_status sweep_journal_open(sweep_journal *j, const char *path, lut_err *err);

/* One write(2).  fields may be NULL.  LUT_EIO: what was written of it counts as nothing. */
lut_status sweep_journal_add(sweep_journal *j, const char *event, const char *key,
                             uint32_t attempt, const sweep_fields *fields, lut_err *err);

/* Everything added is on the disk when this returns LUT_OK. */
lut_status sweep_journal_sync(sweep_journal *j, lut_err *err);
void sweep_journal_close(sweep_journal *j);

/* Called for every valid line in order; another status than LUT_OK ends the replay. */
typedef lut_status (*sweep_entry_fn)(void *arg, const sweep_entry *e, lut_err *err);

/* LUT_ENOENT when there is no such file. */
lut_status sweep_journal_replay(const char *path, size_t *damaged, sweep_entry_fn fn,
                                void *arg, lut_err *err);

#endif
