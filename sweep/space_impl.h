/* Between the files of the space. */
#ifndef SWEEP_SPACE_IMPL_H
#define SWEEP_SPACE_IMPL_H

#include "sweep/problems.h"
#include "sweep/space.h"

/* sweep_space_build but for telling the problems.  Blocks that are broken are left out;
 * the status is of the machine (no memory), not of the configuration. */
lut_status sweep_space_make(sweep_space *space, const sweep_spec *spec,
                            sweep_facts_fn facts, void *facts_arg, sweep_problems *p,
                            lut_err *err);

/* What is known of the trial's data set, asked for at most once. */
lut_status sweep_space_facts(sweep_space *space, const sweep_known_facts **out,
                             const sweep_trial *t, sweep_facts_fn facts,
                             void *facts_arg, lut_err *err);

/* The same of a space that is finished: asked for again where it is not known. */
lut_status sweep_space_known(const sweep_space *space, sweep_data_facts *out,
                             const sweep_trial *t, sweep_facts_fn facts,
                             void *facts_arg, lut_err *err);

#endif
