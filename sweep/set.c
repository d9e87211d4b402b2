#include "sweep/set.h"

#include <stdlib.h>

/* Slot of v, or the free one where it belongs; size is a power of two.  Multiplication
 * spreads members that differ in few bits. */
static size_t place(const uint64_t *slot, size_t size, uint64_t v)
{
    size_t i = (size_t)((v * 0x9e3779b97f4a7c15u) >> 20) & (size - 1);

    while (slot[i] && slot[i] != v)
        i = (i + 1) & (size - 1);
    return i;
}

static lut_status grow(sweep_set *s, lut_err *err)
{
    size_t size = s->size ? s->size * 2 : 64;
    uint64_t *slot = calloc(size, sizeof *slot);

    if (!slot)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu keys", size);
    for (size_t i = 0; i < s->size; i++)
        if (s->slot[i])
            slot[place(slot, size, s->slot[i])] = s->slot[i];
    free(s->slot);
    s->slot = slot;
    s->size = size;
    return LUT_OK;
}

lut_status sweep_set_add(sweep_set *s, bool *fresh, uint64_t v, lut_err *err)
{
    size_t i;

    if (v == 0) {
        *fresh = !s->zero;
        s->zero = true;
        return LUT_OK;
    }
    if (s->used * 2 >= s->size)
        LUT_TRY(grow(s, err));
    i = place(s->slot, s->size, v);
    *fresh = !s->slot[i];
    s->used += *fresh;
    s->slot[i] = v;
    return LUT_OK;
}

void sweep_set_fini(sweep_set *s)
{
    free(s->slot);
    *s = (sweep_set){ 0 };
}

uint64_t sweep_text_hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return h;
}
