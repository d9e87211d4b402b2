/* What of a trial comes after its training: inputs that are quantised, registers, the form of
 * the votes.  Trials that differ in hardware fields alone have one training; the result of
 * one of them has all that the others need. */
#ifndef SWEEP_HARDWARE_H
#define SWEEP_HARDWARE_H

#include "lib/circuit/design.h"
#include "sweep/run.h"

/* Checks of the hardware fields and the defaults of those without a meaning; a part of
 * sweep_trial_resolve, which has set depth and validation. */
lut_status sweep_hardware_resolve(sweep_trial *t, lut_err *err);

/* The registers and votes of a resolved trial whose network has so many layers. */
lut_status sweep_hardware_pipeline(lut_pipeline *p, const sweep_trial *t, uint32_t nlayers,
                                   lut_err *err);

/* Whether the trial's inputs are quantised after its training. */
bool sweep_hardware_quantises(const sweep_trial *t);

/* r has the network as it was trained, and its accuracies, confusion and `correct` on the
 * inputs of the training: sets what the hardware fields of r->row.trial decide.
 *
 * With hw_input_width the encoder's input becomes that of lut_fixed_fit, and all discrete
 * accuracies, confusion and `correct` those of quantised rows.  With hw_input_smallest the
 * width is the smallest, from 1 up, with which the accuracy on the validation rows is at
 * least that on the inputs of the training less hw_tolerance; where none is, the largest,
 * and the log says so.
 * digest: of the data, NULL: not looked at. */
lut_status sweep_hardware_finish(const sweep_lab *lab, sweep_result *r, const char *digest,
                                 const lut_exec *exec, lut_err *err);

/* The result of a trial out of that of another with the same training: the bytes that
 * sweep_run would give, but for timing, of which the training's part is that of `from`.
 * from: final, and as sweep_derives accepts it; it is used up.  *out: initialised here,
 * owned. */
lut_status sweep_derive(const sweep_lab *lab, sweep_result *out, const sweep_trial *trial,
                        const char *key, const char *digest, sweep_result *from,
                        lut_err *err);

/* Whether `from` has what others can be derived from: the same training, a final status, a
 * network unless none came out. */
bool sweep_derives(const sweep_result *from, const char training_key[SWEEP_KEY]);

#endif
