/* Which data a row's numbers are from: its key says, together with the digests of data sets that
 * runs noted. */
#ifndef ANALYSIS_IDENTITY_H
#define ANALYSIS_IDENTITY_H

#include "sweep/store.h"

/* Digests of a data set among those that a run noted ("NAME:DIGEST NAME:DIGEST"), one after
 * the other; *at: the text, then its rest.  One that was cut, as older programs did, is none. */
bool report_next_digest(char digest[SWEEP_DIGEST], const char **at, const char *set);

/* True: the noted digest with which the row's key comes out, and that key.  Else the key with
 * the first noted digest of its data set, "" where none is noted. */
bool report_identity(char digest[SWEEP_DIGEST], char key[SWEEP_KEY], const sweep_result *r,
                     const sweep_store *store);

#endif
