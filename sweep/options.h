/* Inside of a trial: its canonical text in place, its plug-ins and their options. */
#ifndef SWEEP_OPTIONS_H
#define SWEEP_OPTIONS_H

#include "sweep/family.h"
#include "sweep/trial.h"

enum { SWEEP_OPTIONS = sizeof((sweep_trial *)0)->options };

/* Room for any trial's canonical text: every text member, every number and its name. */
enum { SWEEP_TRIAL_TEXT = sizeof(sweep_trial) + 4096 };

/* sweep_trial_text into memory of the caller. */
void sweep_trial_write(char text[SWEEP_TRIAL_TEXT], const sweep_trial *t);

/* Plug-in that the trial names in a field ("parametrization"); a refusal starts with the
 * field's name and offers the nearest plug-in. */
lut_status sweep_trial_plugin(sweep_plugin *out, const sweep_trial *t,
                              const char *field, lut_err *err);

/* What is wrong with a plug-in's name: "no such parametrization (did you mean warp? ...)". */
lut_status sweep_plugin_unknown(const sweep_family *family, const char *name,
                                lut_err *err);

/* Plug-ins of a list of names joined by "+", in their family's order; "none": none.
 * Refuses unknown names, and one that is named twice. */
enum { SWEEP_LISTED = 16 };
lut_status sweep_plugins_parse(sweep_plugin out[SWEEP_LISTED], size_t *n,
                               const sweep_family *family, const char *names,
                               lut_err *err);

/* Those of the trial's field; its text gets the family's order. */
lut_status sweep_trial_plugins(sweep_plugin out[SWEEP_LISTED], size_t *n, sweep_trial *t,
                               const char *field, lut_err *err);

/* A plug-in's options struct, filled; owned (free).  given: text with options of any
 * plug-ins.  NULL with *err set on a bad value or without memory. */
void *sweep_plugin_cfg(const sweep_plugin *p, const char *given, lut_err *err);

/* Canonical options of all plug-ins in use, from those that t->options gives. */
lut_status sweep_options_complete(char out[SWEEP_OPTIONS], const sweep_trial *t,
                                  lut_err *err);

/* The same for the data set alone: its reader's options, or those a known set leaves open. */
lut_status sweep_options_reader(char out[SWEEP_OPTIONS], const sweep_trial *t,
                                lut_err *err);

/* Value of "dwn.alpha" in an options text; false when it is not there.  Of an option that
 * is given twice, the last counts, as in lut_options_parse. */
bool sweep_options_get(char value[LUT_FIELD_TEXT], const char *options,
                       const char *option);

/* Field of an option "dwn.alpha", or NULL. */
const lut_field *sweep_option_find(const char *option);

/* Option i of all plug-ins ("dwn.alpha"); NULL behind the last one. */
const lut_field *sweep_option_entry(char name[96], size_t i);

#endif
