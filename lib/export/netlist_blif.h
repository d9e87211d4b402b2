/* A netlist as BLIF, for provers: inputs b0, b1, ... and outputs y0, y1, ..., one for each class,
 * as lib/export/blif.c has them of a circuit whose every output is a class of its own. */
#ifndef LUT_EXPORT_NETLIST_BLIF_H
#define LUT_EXPORT_NETLIST_BLIF_H

#include "lib/circuit/netlist.h"
#include "lib/export/export.h"

/* Every class has one output, or none and a bias of 0 or 1.  Writes NAME.blif. */
lut_status lut_export_netlist_blif(const lut_netlist *n, const char *name,
                                   const lut_export_out *out, lut_err *err);

#endif
