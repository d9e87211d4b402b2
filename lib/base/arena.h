/* Memory by plan: sum the sizes first, take one block, hand out pointers.
 *
 * One walk serves both: with a NULL base, lut_arena_take only adds up and gives NULL back;
 * after lut_arena_alloc the same walk, repeated, gives the pointers.  Overflow of the sum
 * is remembered and refused by lut_arena_alloc.  Not thread-safe; one owner.
 */
#ifndef LUT_BASE_ARENA_H
#define LUT_BASE_ARENA_H

#include "lib/base/status.h"

typedef struct lut_arena {
    char *base; /* NULL while planning */
    size_t used, size;
    bool overflow;
} lut_arena;

/* count * size bytes aligned to 64, zeroed; borrowed from the arena; NULL while planning.
 * Taking more than was planned aborts. */
void *lut_arena_take(lut_arena *a, size_t count, size_t size);

/* Allocate what was planned and rewind; LUT_ENOMEM also when the sum overflowed. */
lut_status lut_arena_alloc(lut_arena *a, lut_err *err);

void lut_arena_fini(lut_arena *a); /* accepts a zeroed struct */

#endif
