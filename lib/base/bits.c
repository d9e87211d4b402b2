#include "lib/base/bits.h"
#include "lib/base/check.h"

void lut_bits_transpose64(uint64_t a[64])
{
    uint64_t mask = 0x00000000ffffffffu;

    for (unsigned j = 32; j; j >>= 1, mask ^= mask << j)
        for (unsigned k = 0; k < 64; k = (k + j + 1) & ~j) {
            uint64_t t = ((a[k] >> j) ^ a[k + j]) & mask;

            a[k] ^= t << j;
            a[k + j] ^= t;
        }
}

/* The same of 32 words: two matrices of 32 by 32 side by side, bit j of half h of word i to
 * bit i of that half of word j. */
static void transpose32(uint64_t a[32])
{
    uint64_t mask = 0x0000ffff0000ffffu;

    for (unsigned j = 16; j; j >>= 1, mask ^= mask << j)
        for (unsigned k = 0; k < 32; k = (k + j + 1) & ~j) {
            uint64_t t = ((a[k] >> j) ^ a[k + j]) & mask;

            a[k] ^= t << j;
            a[k + j] ^= t;
        }
}

static void transpose(uint64_t a[64], size_t count)
{
    if (count > 32) {
        lut_bits_transpose64(a);
        return;
    }
    transpose32(a);
    for (size_t i = 32; i-- > 0;) {
        a[32 + i] = a[i] >> 32;
        a[i] &= 0xffffffffu;
    }
}

/* One word of 64 inputs for up to 64 samples. */
static void gather_word(lut_bits *out, const lut_samples *s, const uint32_t *rows,
                        size_t first, size_t n, size_t word, size_t block)
{
    size_t count = n - block * 64 < 64 ? n - block * 64 : 64;
    size_t end = s->inputs - word * 64 < 64 ? s->inputs - word * 64 : 64;
    uint64_t a[64] = { 0 };

    for (size_t i = 0; i < count; i++) {
        size_t at = block * 64 + i;
        size_t sample = rows ? rows[at] : first + at;

        a[i] = s->x[sample * s->ld + word];
    }
    transpose(a, count);
    for (size_t i = 0; i < end; i++)
        out->p[(word * 64 + i) * out->ld + block] = a[i];
}

void lut_bits_gather_word(lut_bits *out, const lut_samples *s, const uint32_t *rows,
                          size_t first, size_t n, size_t word)
{
    size_t blocks = lut_ceil_div(n, 64);

    LUT_CHECK(out->rows >= s->inputs && out->ld >= blocks);
    for (size_t block = 0; block < blocks; block++)
        gather_word(out, s, rows, first, n, word, block);
}

void lut_bits_gather(lut_bits *out, const lut_samples *s, const uint32_t *rows,
                     size_t first, size_t n)
{
    for (size_t word = 0; word < lut_ceil_div(s->inputs, 64); word++)
        lut_bits_gather_word(out, s, rows, first, n, word);
}
