/* Values to bytes and back: one order of values serves for their size, for writing and for
 * reading. */
#ifndef LUT_BASE_PACK_H
#define LUT_BASE_PACK_H

#include <stddef.h>
#include <string.h>

/* One of to and from is set, or neither: then bytes are only counted. */
typedef struct lut_pack {
    unsigned char *to;         /* writing */
    const unsigned char *from; /* reading */
    size_t used;
} lut_pack;

/* The next `size` bytes, at p, which only reading changes. */
static inline void lut_pack_next(lut_pack *w, void *p, size_t size)
{
    if (w->to && size)
        memcpy(w->to + w->used, p, size);
    if (w->from && size)
        memcpy(p, w->from + w->used, size);
    w->used += size;
}

#endif
