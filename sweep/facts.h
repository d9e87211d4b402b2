/* Facts about data sets, by reading them: what validation and keys need. */
#ifndef SWEEP_FACTS_H
#define SWEEP_FACTS_H

#include "sweep/spec.h"

/* A sweep_facts_fn; arg: const char *const *folder, NULL-ended, as for lut_data_load.
 * Reads the whole set, so callers remember the answer. */
lut_status sweep_facts_load(void *arg, sweep_data_facts *out, const char *dataset,
                            const char *options, lut_err *err);

/* lut_data_load, whose message on missing files says how to download them. */
lut_status sweep_facts_data(lut_data *out, const char *dataset, const char *options,
                            const char *const *folder, lut_err *err);

#endif
