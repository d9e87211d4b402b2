/* The parts of the C writer: what is computed ahead, and the text that all networks share. */
#ifndef LUT_EXPORT_C99_H
#define LUT_EXPORT_C99_H

#include "lib/circuit/netlist.h"
#include "lib/export/text.h"

typedef struct c99_cfg {
    uint32_t words;
} c99_cfg;

/* The simplified network as a list of instructions on slots: a slot is 64 * words samples of
 * one signal, and is used again once nobody needs what is in it. */
typedef struct c99_plan {
    lut_netlist n;
    uint32_t *order;  /* [n.nnodes] by level, then by inputs: nodes of a level are alike in long
                         runs and do not depend on each other */
    uint32_t *slot;   /* [signals] where each is kept */
    uint32_t *input;  /* [used] inputs of the circuit that are read, ascending; slot i */
    uint32_t *rank;   /* [used] + 1: first edge of each, in `edge` */
    float *edge;      /* thresholds that flip the bit, finite */
    uint8_t *start;   /* [used] the bit below all of them; 2: same as the one before */
    uint32_t used, slots;
    uint32_t most;    /* votes that a class can get */
} c99_plan;

/* LUT_ENOMEM.  p: owned, c99_plan_fini; zeroed on failure. */
lut_status c99_plan_make(c99_plan *p, const lut_export_design *d, lut_err *err);
void c99_plan_fini(c99_plan *p);

/* The functions behind the tables.  ranks: bit k where there are nodes of k inputs. */
void c99_put_body(lut_text *t, const lut_export_design *d, const c99_plan *p, unsigned ranks);

/* NAME.h. */
void c99_put_header(lut_text *t, const lut_export_design *d, const c99_plan *p, unsigned words);

#endif
