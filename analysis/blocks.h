/* Complete grids among points: sets of levels, one for each knob, all combinations of which are
 * there.  A sweep is mostly a union of such blocks; what is exact for a grid is exact for each
 * of them.
 *
 * The star of a point is, for each knob, the levels for which the point that is like it in all
 * other knobs is there.  No block that holds the point is larger than the product of its star; so
 * where that product is complete, it is the one largest block of the point.  Else the level that
 * misses the largest share of its combinations is given up until none is missing, and then what
 * can be taken back is.  Points are taken in their order, first all with a complete star, and
 * each that is in no block yet gets one: the blocks cover all points that are in any block,
 * overlap where the sweep's do, and leave out blocks that only points of others make up. */
#ifndef ANALYSIS_BLOCKS_H
#define ANALYSIS_BLOCKS_H

#include "lib/base/status.h"

typedef struct blocks_one {
    size_t *levels;      /* [knobs] how many, >= 1; owned */
    uint32_t *level;     /* knob after knob, ascending; owned */
    size_t *cell;        /* [cells] points, the last knob runs fastest; owned */
    size_t cells;        /* >= 2 */
} blocks_one;

typedef struct blocks {
    blocks_one *block; /* [n], the largest first; owned */
    size_t n;
    size_t alone;      /* points in none */
    bool *covered;     /* [points]; owned */
} blocks;

/* level[points][knobs], no point twice.  LUT_ENOMEM. */
lut_status blocks_find(blocks *b, const uint32_t *level, size_t points, size_t knobs,
                       lut_err *err);
void blocks_fini(blocks *b); /* accepts a zeroed struct */

#endif
