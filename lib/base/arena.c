#include "lib/base/arena.h"
#include "lib/base/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 64, HUGE_PAGE = 2 * 1024 * 1024 };

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

/* Rows are read in random order: with pages of the usual size most reads would miss the
 * tables of pages too.  Whole huge pages only, so that no memory is used that was not asked
 * for; a kernel that has none to give changes nothing. */
static void ask_for_huge_pages(void *base, size_t size)
{
#ifdef MADV_HUGEPAGE
    if (size >= HUGE_PAGE)
        (void)madvise(base, size / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#else
    (void)base;
    (void)size;
#endif
}

lut_status lut_arena_alloc(lut_arena *a, lut_err *err)
{
    size_t size = a->used ? a->used : ALIGN;

    if (!a->overflow)
        a->base = size < HUGE_PAGE ? aligned_alloc(ALIGN, size)
                                   : aligned_alloc(HUGE_PAGE, lut_round_up(size, HUGE_PAGE));
    if (!a->base)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu bytes", size);
    ask_for_huge_pages(a->base, size);
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
