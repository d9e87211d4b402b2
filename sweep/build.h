/* What this program was built from.  Static texts, for any thread. */
#ifndef SWEEP_BUILD_H
#define SWEEP_BUILD_H

/* The commit of the sources when it was made, "bf3c0dbd886e", with "-dirty" where files differed
 * from it; "release" of an unpacked archive, "unknown" where git could not tell. */
const char *sweep_revision(void);

/* "0.1.0 bf3c0dbd886e": programs of one sweep must agree in it. */
const char *sweep_build(void);

/* "0.1.0 (bf3c0dbd886e)", for people. */
const char *sweep_version(void);

#endif
