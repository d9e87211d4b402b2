/* Results made up for tests of what comes after training: a pure function of the seed. */
#ifndef TESTS_SUPPORT_FAKE_RESULT_H
#define TESTS_SUPPORT_FAKE_RESULT_H

#include "sweep/trial.h"

/* Every field set, history, log and a network that passes lut_circuit_check; *r is
 * initialised here and owned by the caller (sweep_result_fini).  Seeds run over ranks 1 to
 * 8, several shapes, and now and then a diverged trial without a network. */
void fake_result(sweep_result *r, uint64_t seed);

/* Other timing, same everything else. */
void fake_timing(sweep_result *r, uint64_t seed);

/* Name of a file in the test's own temporary folder, made on first use; static storage,
 * eight names live at a time.  fake_folder_remove deletes it with what is in it. */
const char *fake_path(const char *name);
void fake_folder_remove(void);

#endif
