#include "lib/base/arena.h"
#include "lib/base/check.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64 };

void *lut_arena_take(lut_arena *a, size_t count, size_t size)
{
    size_t bytes, at = a->used;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 4 - ALIGN ||
        __builtin_add_overflow(at, lut_round_up(bytes, ALIGN), &a->used)) {
        a->overflow = true;
        return NULL;
    }
    if (!a->base)
        return NULL;
    LUT_CHECK(a->used <= a->size);
    return a->base + at;
}

lut_status lut_arena_alloc(lut_arena *a, lut_err *err)
{
    size_t size = a->used ? a->used : ALIGN;

    if (!a->overflow)
        a->base = aligned_alloc(ALIGN, size);
    if (!a->base)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu bytes", size);
    memset(a->base, 0, size);
    a->size = size;
    a->used = 0;
    return LUT_OK;
}

void lut_arena_fini(lut_arena *a)
{
    free(a->base);
    *a = (lut_arena){ 0 };
}
