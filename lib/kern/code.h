/* Machine code of LUTs of four inputs or more, made at run time for x86-64 with AVX-512: tables
 * are then operands of instructions, eight functions of three inputs and seven multiplexers for
 * a LUT of six, instead of values in memory.  Memory is never writable and executable at once.
 *
 * Gates gain nothing: they are bound by where their inputs lie, not by instructions.
 */
#ifndef LUT_KERN_CODE_H
#define LUT_KERN_CODE_H

#include "lib/kern/slices.h"

typedef struct lut_code {
    void *base;    /* NULL: no code here; owned, lut_code_fini */
    size_t size;
    size_t *entry; /* [nchunks + 1] of base, the last one behind all; owned */
    size_t nchunks;
} lut_code;

/* LUTs of a chunk, but for the last one of a run: short enough for the first cache, so that a
 * chunk that runs on several slices is fetched once. */
enum { LUT_CODE_CHUNK = 32 };

/* Code of all runs of LUTs, a chunk behind the other; that of run r is chunk[r] ..
 * chunk[r + 1] - 1 (nruns + 1 of them are written).  false,
 * with nothing owned, where machine, system or memory have no place for it: not an error. */
bool lut_code_make(lut_code *c, uint32_t *chunk, const lut_slice_run *run, size_t nruns,
                   const lut_slice_lut *lut, size_t slots);
void lut_code_fini(lut_code *c); /* accepts a zeroed struct */

/* Has a chunk brought near, if there is one of that number, while the one before runs: code that
 * runs through once is otherwise waited for line by line. */
static inline void lut_code_fetch(const lut_code *c, size_t chunk)
{
    if (chunk < c->nchunks)
        for (size_t at = c->entry[chunk]; at < c->entry[chunk + 1]; at += 64)
            __builtin_prefetch((const char *)c->base + at, 0, 2);
}

/* One chunk on the slices of a work space. */
static inline void lut_code_call(const lut_code *c, size_t chunk, lut_slice *v)
{
    union {
        void *p;
        void (*fn)(lut_slice *v);
    } at = { .p = (char *)c->base + c->entry[chunk] };

    at.fn(v);
}

#endif
