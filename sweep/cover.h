/* What of a state directory its results file holds too. */
#ifndef SWEEP_COVER_H
#define SWEEP_COVER_H

#include "sweep/state.h"

/* Whether a final row of the file says all that the trial's record does: one that was ended
 * early (pruned, stopped) does not where the trial went on since then.  Such rows alone are
 * compared, so few records are opened.  A record that cannot be used says nothing. */
bool sweep_row_covers(const sweep_state *s, const char *key, const char *status,
                      double epochs_run);

/* LUT_OK: the directory may go, for every record is a row of the results file, and no trial
 * stands at a rung or a checkpoint.  LUT_EINVAL: how many are or do not, and what to do. */
lut_status sweep_covered(const sweep_state *s, lut_err *err);

#endif
