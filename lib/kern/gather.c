/* Batches: bits of samples to rows of inputs. */
#include "lib/base/check.h"
#include "lib/kern/kern.h"
#include "lib/kern/loops.h"
#include "lib/kern/turn.h"

/* Word `word` of `count` samples from number `first` on, each at its place; 0 past them. */
static void load_block(uint64_t a[64], const lut_samples *s, const uint32_t *rows,
                       size_t first, size_t count, size_t word)
{
    const uint64_t *x = s->x + word;

    if (count < 64)
        memset(a, 0, 64 * sizeof *a);
    if (rows)
        for (size_t i = 0; i < count; i++)
            a[lut_turn_place(i)] = x[rows[first + i] * s->ld];
    else
        for (size_t i = 0; i < count; i++)
            a[lut_turn_place(i)] = x[(first + i) * s->ld];
}

void LUT_OF_SET(lut_gather_word)(lut_bits *out, const lut_samples *s,
                                 const uint32_t *rows, size_t first, size_t n,
                                 size_t word)
{
    size_t end = s->inputs - word * 64 < 64 ? s->inputs - word * 64 : 64;
    uint64_t *to = out->p + word * 64 * out->ld;

    if (!LUT_COPIES) { /* turns no more than there are */
        lut_bits_gather_word(out, s, rows, first, n, word);
        return;
    }
    LUT_CHECK(out->rows >= s->inputs && out->ld >= lut_ceil_div(n, 64));
    for (size_t at = 0; at < n; at += 64, to++) {
        uint64_t a[64], bits[64];

        load_block(a, s, rows, (rows ? 0 : first) + at, n - at < 64 ? n - at : 64,
                   word);
        lut_turn_bits(bits, a);
        for (size_t i = 0; i < end; i++)
            to[i * out->ld] = bits[i];
    }
}
