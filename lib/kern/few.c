/* Gradients of small tables on bits, a tile of LUTs at a time: sums of different LUTs do not
 * wait for each other, and go to their lanes all at once. */
#include "lib/kern/few.h"
#include "lib/kern/loops.h"

/* Sums of a block, [LUT_LANES][2^k], LUT i in row slot_of(i). */
typedef struct parts {
    float sum[LUT_LANES << 4];
} __attribute__((aligned(64))) parts;

/* Of four entries: where fours of lanes take turns, a transposition inside fours suffices. */
LUT_INLINE size_t slot_of(size_t i, unsigned k)
{
    return k == 2 ? i % 4 * 4 + i / 4 : i;
}

/* to[2^k][LUT_LANES] += the sums of a tile. */
LUT_INLINE void add_tile(float *to, const parts *p, unsigned k)
{
    const unsigned entries = 1u << k;
    lut_f v[16];

    if (k == 2 || k == 4) {
        memcpy(v, p->sum, entries * sizeof *v);
        if (k == 2)
            lut_transpose4(v);
        else
            lut_transpose16(v);
        for (unsigned e = 0; e < entries; e++)
            lut_store(to + e * LUT_LANES, lut_load(to + e * LUT_LANES) + v[e]);
        return;
    }
    for (unsigned e = 0; e < entries; e++)
        for (size_t i = 0; i < LUT_LANES; i++)
            to[e * LUT_LANES + i] += p->sum[i * entries + e];
}

/* Sums of the block that starts at sample `first`, of `luts` LUTs from m on. */
LUT_INLINE void sum_tile(parts *p, const lut_walk *w, size_t m, size_t luts, unsigned k,
                         size_t first, size_t vectors)
{
    const size_t at = (w->in.shift + first) / LUT_LANES;

    for (size_t i = 0; i < luts; i++) {
        const uint32_t *wire = w->wire + (m + i) * k;
        const float *g = lut_walk_gradient(w, m + i) + first;
        const uint64_t *bits[4];

        for (unsigned j = 0; j < k; j++)
            bits[j] = w->in.b + wire[j] * w->in.ld;
        lut_few_sums(p->sum + (slot_of(i, k) << k), bits, at, g, k, vectors);
    }
}

LUT_INLINE void walk(const lut_walk *w, unsigned k)
{
    const size_t block = lut_block(k);
    parts p;

    LUT_ASSERT((w->begin - w->grad_first) % LUT_LANES == 0);
    for (size_t m = w->begin; m < w->end; m += LUT_LANES) {
        size_t luts = w->end - m < LUT_LANES ? w->end - m : LUT_LANES;

        if (luts < LUT_LANES) /* sums are never -0: adding 0 keeps them */
            memset(&p, 0, sizeof p);
        for (size_t first = 0; first < w->n; first += block) {
            if (LUT_COPIES && w->n - first >= block)
                sum_tile(&p, w, m, luts, k, first, block / LUT_LANES);
            else
                sum_tile(&p, w, m, luts, k, first,
                         lut_block_vectors(first, w->n, block));
            add_tile(w->grad + ((m - w->grad_first) << k), &p, k);
        }
    }
}

void LUT_OF_SET(lut_few_luts)(const lut_walk *w)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */

    LUT_ASSERT(v.k >= 1 && v.k <= 4);
    if (v.k == 1)
        walk(&v, 1);
    else if (v.k == 2)
        walk(&v, 2);
    else if (v.k == 3)
        walk(&v, 3);
    else
        walk(&v, 4);
}
