/* The network of a result as entries of a record; private to the record. */
#ifndef SWEEP_RECORD_NETWORK_H
#define SWEEP_RECORD_NETWORK_H

#include "sweep/entry.h"
#include "sweep/trial.h"

void sweep_record_put_network(sweep_entry_sink *s, const sweep_result *r);

/* Fills encoder, circuit, classes, confusion, correct, ntest.  On failure *r holds what
 * sweep_result_fini can release. */
lut_status sweep_record_get_network(sweep_result *r, const sweep_entries *e,
                                    lut_err *err);

#endif
