/* Which data a row's numbers are from: its key says, together with the digests of data sets that
 * runs noted. */
#ifndef ANALYSIS_IDENTITY_H
#define ANALYSIS_IDENTITY_H

#include "sweep/store.h"

/* True: the noted digest with which the row's key comes out, and that key.  Else the key with
 * the first noted digest of its data set, "" where none is noted. */
bool report_identity(char digest[SWEEP_DIGEST], char key[SWEEP_KEY], const sweep_result *r,
                     const sweep_store *store);

#endif
