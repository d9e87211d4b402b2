/* Look-up of bits, forward and backward.  Addresses are made a byte each for 64 samples at
 * a time. */
#include "lib/kern/address.h"
#include "lib/kern/few.h"
#include "lib/kern/loops.h"

/* A word of each input of a LUT: 64 samples, or the 32 from `shift` on. */
LUT_INLINE void load_words(uint64_t *word, const uint64_t *const *x, unsigned k,
                           size_t at, unsigned shift)
{
    for (unsigned j = 0; j < k; j++)
        word[j] = x[j][at] >> shift;
}

LUT_INLINE size_t vectors_of_word(size_t at, size_t n)
{
    return lut_block_vectors(64 * at, n, 64);
}

/* Rows of bits that LUT m reads. */
LUT_INLINE void bit_rows(const uint64_t **x, const lut_walk *w, size_t m, unsigned k)
{
    for (unsigned j = 0; j < k; j++)
        x[j] = w->in.b + w->wire[m * k + j] * w->in.ld;
}

/* ---- forward ---- */

LUT_INLINE void lookup_rank(lut_row y, bool half, const uint64_t *const *x, unsigned k,
                            unsigned shift, const float *value, size_t n)
{
    for (size_t at = 0; at < lut_ceil_div(n, 64); at++) {
        uint64_t word[LUT_MAX_K];
        lut_addresses a;

        load_words(word, x, k, at, shift);
        lut_address_bytes(&a, word, k);
        for (unsigned i = 0; i < vectors_of_word(at, n); i++)
            lut_row_store(y, 64 * at + i * LUT_LANES, half,
                          lut_gather(value, k, lut_address(&a, i)));
    }
}

/* 64 samples through a tree of multiplexers; input k - 1 selects inside pairs. */
LUT_INLINE uint64_t mux_tree(const uint64_t *x, unsigned k, const uint64_t *tt)
{
    uint64_t t[1 << (LUT_MAX_K - 1)], in = x[k - 1];

    for (unsigned i = 0; i < 1u << (k - 1); i++) {
        uint64_t pair = tt[i / 32] >> (2 * i % 64);

        t[i] = (-(pair & 1) & ~in) | (-(pair >> 1 & 1) & in);
    }
    for (unsigned j = k - 1; j-- > 0;) {
        in = x[j];
        for (unsigned i = 0; i < 1u << j; i++)
            t[i] = t[2 * i] ^ (in & (t[2 * i] ^ t[2 * i + 1]));
    }
    return t[0];
}

LUT_INLINE uint64_t bits_of_word(const uint64_t *word, unsigned k, const uint64_t *tt)
{
    lut_addresses a;

    if (k > 6)
        return mux_tree(word, k, tt);
    lut_address_bytes(&a, word, k);
    return lut_table_bits(tt[0], &a);
}

LUT_INLINE uint64_t live_bits(size_t at, size_t n)
{
    size_t left = n - 64 * at;

    return left < 64 ? ((uint64_t)1 << left) - 1 : ~(uint64_t)0;
}

LUT_INLINE void lookup_bits_rank(uint64_t *y, const uint64_t *const *x, unsigned k,
                                 const uint64_t *tt, size_t n)
{
    for (size_t at = 0; at < lut_ceil_div(n, 64); at++) {
        uint64_t word[LUT_MAX_K];

        load_words(word, x, k, at, 0);
        y[at] = bits_of_word(word, k, tt) & live_bits(at, n);
    }
}

LUT_INLINE uint64_t word_of(const lut_walk *w, size_t wire, size_t at)
{
    return w->in.b[wire * w->in.ld + at] >> w->in.shift;
}

/* The first word of each input of a LUT and, in its upper half, of the next one. */
LUT_INLINE void pair_words(uint64_t *word, const lut_walk *w, const uint32_t *wire,
                           unsigned k)
{
    for (unsigned j = 0; j < k; j++)
        word[j] = (uint32_t)word_of(w, wire[j], 0) | word_of(w, wire[k + j], 0) << 32;
}

/* Of up to 32 samples two LUTs share the work of one; returns the first LUT that is left. */
LUT_INLINE size_t walk_pairs(const lut_walk *w, unsigned k)
{
    const lut_walk v = *w; /* stores of words cannot change a copy */
    const uint64_t live = live_bits(0, v.n);
    size_t m = v.begin;

    if (!LUT_COPIES || v.n > 32 || k > 6)
        return m;
    for (; m + 2 <= v.end; m += 2) {
        uint64_t word[LUT_MAX_K];
        lut_addresses a;

        pair_words(word, &v, v.wire + m * k, k);
        lut_address_bytes(&a, word, k);
        v.out.b[m * v.out.ld] = lut_table_bits(v.tt[m], &a) & live;
        v.out.b[(m + 1) * v.out.ld] = lut_table_bits(v.tt[m + 1], &a) >> 32 & live;
    }
    return m;
}

#define LOOKUP(k)                                                                      \
    static void one##k(float *y, const uint64_t *const *x, const float *value,         \
                       size_t n)                                                       \
    {                                                                                  \
        lookup_rank((lut_row){ .f = y }, false, x, k, 0, value, n);                    \
    }                                                                                  \
    static void bits##k(uint64_t *y, const uint64_t *const *x, const uint64_t *tt,     \
                        size_t n)                                                      \
    {                                                                                  \
        lookup_bits_rank(y, x, k, tt, n);                                              \
    }                                                                                  \
    LUT_INLINE void walk##k(const lut_walk *w, bool half)                              \
    {                                                                                  \
        for (size_t m = w->begin; m < w->end; m++) {                                   \
            const uint64_t *x[k];                                                      \
                                                                                       \
            bit_rows(x, w, m, k);                                                      \
            lookup_rank(lut_row_of(&w->out, m, half), half, x, k, w->in.shift,         \
                        w->table + (m << k), w->n);                                    \
        }                                                                              \
    }                                                                                  \
    static void luts##k(const lut_walk *w)                                             \
    {                                                                                  \
        if (w->out.h)                                                                  \
            walk##k(w, true);                                                          \
        else                                                                           \
            walk##k(w, false);                                                         \
    }                                                                                  \
    static void bits_luts##k(const lut_walk *w)                                        \
    {                                                                                  \
        const size_t words = ((size_t)1 << k) / 64 + (k < 6);                          \
                                                                                       \
        for (size_t m = walk_pairs(w, k); m < w->end; m++) {                           \
            const uint64_t *x[k];                                                      \
                                                                                       \
            bit_rows(x, w, m, k);                                                      \
            lookup_bits_rank(w->out.b + m * w->out.ld, x, k, w->tt + m * words, w->n); \
        }                                                                              \
    }
LUT_FOR_RANKS(LOOKUP)

void LUT_OF_SET(lut_lookup)(float *y, const uint64_t *const *x, unsigned k,
                            const float *value, size_t n)
{
    static void (*const rank[])(float *, const uint64_t *const *, const float *,
                                size_t) = LUT_RANK_TABLE(one);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](y, x, value, n);
}

void LUT_OF_SET(lut_lookup_bits)(uint64_t *y, const uint64_t *const *x, unsigned k,
                                 const uint64_t *tt, size_t n)
{
    static void (*const rank[])(uint64_t *, const uint64_t *const *, const uint64_t *,
                                size_t) = LUT_RANK_TABLE(bits);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](y, x, tt, n);
}

void LUT_OF_SET(lut_lookup_luts)(const lut_walk *w)
{
    static void (*const rank[])(const lut_walk *) = LUT_RANK_TABLE(luts);

    LUT_ASSERT(w->k >= 1 && w->k <= LUT_MAX_K);
    rank[w->k](w);
}

void LUT_OF_SET(lut_lookup_bits_luts)(const lut_walk *w)
{
    static void (*const rank[])(const lut_walk *) = LUT_RANK_TABLE(bits_luts);

    LUT_ASSERT(w->k >= 1 && w->k <= LUT_MAX_K && w->in.shift == 0);
    rank[w->k](w);
}

/* ---- backward ---- */

/* One LUT: where its gradients come from and go to. */
typedef struct lut_job {
    const uint64_t *const *x;
    unsigned shift;
    const float *g;
    float *dvalue;    /* or NULL */
    float *const *dx; /* or NULL */
    const float *rise, *gain;
    bool fresh; /* dx is written, not added to */
} lut_job;

/* dx[j][s] += h (rise at the address with input j set - with it cleared). */
LUT_INLINE void add_rises(float *const *dx, lut_f h, lut_i address, unsigned k,
                          const lut_entries *rise, size_t s, bool fresh)
{
    lut_f here = lut_entries_at(rise, k, address);

    for (unsigned j = 0; j < k; j++) {
        const unsigned bit = k - 1 - j;
        lut_f there = lut_entries_at(rise, k, address ^ lut_seti(1 << bit));
        lut_i sign = (lut_i)((lut_u)address << (31 - bit)) & lut_seti(INT32_MIN);
        lut_f up =
            (lut_f)((lut_i)(there - here) ^ sign); /* minus that where it is set */

        lut_store(dx[j] + s, fresh ? h * up : lut_fma(h, up, lut_load(dx[j] + s)));
    }
}

/* The samples of a word, or of half of it: vectors `first` .. of its addresses. */
LUT_INLINE void word_gradients(const lut_job *job, const lut_addresses *a,
                               unsigned first, unsigned k, size_t s, size_t vectors)
{
    lut_entries rise;

    lut_entries_load(&rise, job->rise, k);
    for (unsigned i = 0; i < vectors; i++, s += LUT_LANES) {
        lut_i address = lut_address(a, first + i);
        lut_f h = lut_load(job->g + s);

        if (job->gain)
            h *= lut_gather(job->gain, k, address);
        add_rises(job->dx, h, address, k, &rise, s, job->fresh);
    }
}

LUT_INLINE void input_gradients(const lut_job *job, unsigned k, size_t n)
{
    for (size_t at = 0; at < lut_ceil_div(n, 64); at++) {
        uint64_t word[LUT_MAX_K];
        lut_addresses a;

        load_words(word, job->x, k, at, job->shift);
        lut_address_bytes(&a, word, k);
        word_gradients(job, &a, 0, k, 64 * at, vectors_of_word(at, n));
    }
}

LUT_INLINE void few_entries(float *dvalue, const lut_job *job, unsigned k, size_t first,
                            size_t n)
{
    lut_few_sums(dvalue, job->x, (job->shift + first) / LUT_LANES, job->g + first, k,
                 lut_block_vectors(first, n, lut_block(k)));
}

/* Many entries: histograms, four side by side to break the chain of dependent additions. */
typedef struct histogram {
    float bin[4][1 << LUT_MAX_K];
} __attribute__((aligned(64))) histogram;

LUT_INLINE void count_word(histogram *hist, const lut_addresses *a, const float *g,
                           size_t vectors)
{
    for (size_t s = 0; s < vectors * LUT_LANES; s += 4)
        for (unsigned i = 0; i < 4; i++)
            hist->bin[i][a->a[s + i]] += g[s + i];
}

LUT_INLINE void many_entries(float *dvalue, const lut_job *job, unsigned k,
                             size_t first, size_t n)
{
    histogram hist;

    for (unsigned i = 0; i < 4; i++)
        memset(hist.bin[i], 0, sizeof(float) << k);
    for (size_t at = first / 64;
         at < lut_ceil_div(n, 64) && 64 * at < first + lut_block(k); at++) {
        uint64_t word[LUT_MAX_K];
        lut_addresses a;

        load_words(word, job->x, k, at, job->shift);
        lut_address_bytes(&a, word, k);
        count_word(&hist, &a, job->g + 64 * at, vectors_of_word(at, n));
    }
    for (unsigned e = 0; e < 1u << k; e += LUT_LANES)
        lut_store(dvalue + e,
                  (lut_load(hist.bin[0] + e) + lut_load(hist.bin[1] + e)) +
                      (lut_load(hist.bin[2] + e) + lut_load(hist.bin[3] + e)));
}

/* Entries' gradients block by block: the gain is the same for all samples of an entry. */
LUT_INLINE void entry_gradients(const lut_job *job, unsigned k, size_t n)
{
    const unsigned block = lut_block(k), entries = 1u << k;
    float sum[1 << LUT_MAX_K] __attribute__((aligned(64)));

    for (size_t first = 0; first < n; first += block) {
        if (k <= 4)
            few_entries(sum, job, k, first, n);
        else
            many_entries(sum, job, k, first, n);
        for (unsigned e = 0; e < entries; e++)
            job->dvalue[e] += job->gain ? job->gain[e] * sum[e] : sum[e];
    }
}

LUT_INLINE void backward_rank(const lut_job *job, unsigned k, size_t n)
{
    if (job->dx)
        input_gradients(job, k, n);
    if (job->dvalue)
        entry_gradients(job, k, n);
}

/* ---- many LUTs: gradients of entries in tiles, see kern.h ---- */

/* Entry 0 of LUT m; the next one is LUT_LANES on. */
LUT_INLINE float *entries_of(const lut_walk *w, size_t m, unsigned k)
{
    size_t at = m - w->grad_first;

    return w->grad + (at / LUT_LANES * LUT_LANES << k) + at % LUT_LANES;
}

enum { SIDE_BY_SIDE = 16 };

/* LUTs side by side, and their samples of a word. */
typedef struct group {
    size_t m, at, vectors;
    unsigned luts;
    unsigned span; /* addresses of a LUT */
} group;

LUT_INLINE void group_addresses(lut_addresses *a, group g, const lut_walk *w,
                                unsigned k)
{
    const unsigned together = 64 / g.span;
    const uint32_t *wire = w->wire + g.m * k;

    for (unsigned i = 0; i < g.luts / together; i++, wire += together * k) {
        uint64_t word[LUT_MAX_K];

        for (unsigned j = 0; j < k; j++) {
            word[j] = word_of(w, wire[j], g.at);
            if (together == 2)
                word[j] = (uint32_t)word[j] | word_of(w, wire[k + j], g.at) << 32;
        }
        lut_address_bytes(&a[i], word, k);
    }
}

LUT_INLINE void group_inputs(const lut_addresses *a, group g, const lut_walk *w,
                             unsigned k, bool fresh)
{
    for (unsigned i = 0; i < g.luts; i++) {
        const size_t m = g.m + i;
        float *dx[LUT_MAX_K];
        lut_job job = { .g = lut_walk_gradient(w, m),
                        .dx = dx,
                        .rise = w->rise + (m << k),
                        .gain = w->gain ? w->gain + (m << k) : NULL,
                        .fresh = fresh };

        lut_walk_sinks(dx, w, m, k);
        word_gradients(&job, &a[i * g.span / 64], i * g.span % 64 / LUT_LANES, k,
                       64 * g.at, g.vectors);
    }
}

/* Samples go to their entries one after another: LUTs of a tile side by side, since those of
 * one LUT wait for each other where they have the same address.  Copies of the gradients lie
 * in one place, which takes one register. */
LUT_INLINE void group_entries(const lut_addresses *a, group g, const lut_walk *w,
                              unsigned k)
{
    float *to = entries_of(w, g.m, k);
    const uint8_t *address = a->a;
    float by[SIDE_BY_SIDE][64];

    for (unsigned i = 0; i < g.luts; i++) {
        const float *from = lut_walk_gradient(w, g.m + i) + 64 * g.at;

        for (unsigned v = 0; v < g.span / LUT_LANES; v++)
            if (v < g.vectors)
                lut_store(by[i] + v * LUT_LANES, lut_load(from + v * LUT_LANES));
    }
    __asm__("" : "+r"(to)); /* else its parts are added to each address */
    for (size_t s = 0; s < g.vectors * LUT_LANES; s++)
#pragma GCC unroll 16
        for (unsigned i = 0; i < g.luts; i++)
            to[(size_t)address[i * g.span + s] * LUT_LANES + i] += by[i][s];
}

LUT_INLINE void walk_group(const lut_walk *w, size_t m, unsigned k, unsigned luts,
                           unsigned span, bool fresh)
{
    for (size_t at = 0; at < lut_ceil_div(w->n, 64); at++) {
        const group g = { m, at, vectors_of_word(at, w->n), luts, span };
        lut_addresses a[SIDE_BY_SIDE];

        group_addresses(a, g, w, k);
        if (w->dx)
            group_inputs(a, g, w, k, fresh);
        if (w->grad && k > 4)
            group_entries(a, g, w, k);
    }
}

LUT_INLINE void walk_groups(const lut_walk *w, unsigned k, unsigned span, bool fresh)
{
    size_t m = w->begin;

    LUT_ASSERT(!w->grad || (m - w->grad_first) % SIDE_BY_SIDE == 0);
    for (; m + SIDE_BY_SIDE <= w->end; m += SIDE_BY_SIDE)
        walk_group(w, m, k, SIDE_BY_SIDE, span, fresh);
    for (; m < w->end; m++)
        walk_group(w, m, k, 1, 64, fresh);
}

LUT_INLINE void walk_all(const lut_walk *w, unsigned k, bool fresh)
{
    if (LUT_COPIES && w->n <= 32)
        walk_groups(w, k, 32, fresh);
    else
        walk_groups(w, k, 64, fresh);
}

LUT_INLINE void backward_walk(const lut_walk *w, unsigned k)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */

    if (v.dx && v.fresh)
        walk_all(&v, k, true);
    else if (v.dx || k > 4)
        walk_all(&v, k, false);
    if (v.grad && k <= 4)
        LUT_OF_SET(lut_few_luts)(&v);
}

#define LOOKUP_BACKWARD(k)                                    \
    static void one_backward##k(const lut_job *job, size_t n) \
    {                                                         \
        backward_rank(job, k, n);                             \
    }                                                         \
    static void luts_backward##k(const lut_walk *w)           \
    {                                                         \
        backward_walk(w, k);                                  \
    }
LUT_FOR_RANKS(LOOKUP_BACKWARD)

void LUT_OF_SET(lut_lookup_backward)(float *dvalue, float *const *dx, const float *g,
                                     const uint64_t *const *x, unsigned k,
                                     const float *slope, const float *gain, size_t n)
{
    static void (*const rank[])(const lut_job *, size_t) = LUT_RANK_TABLE(one_backward);
    lut_job job = {
        .x = x, .g = g, .dvalue = dvalue, .dx = dx, .rise = slope, .gain = gain
    };

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](&job, n);
}

void LUT_OF_SET(lut_lookup_backward_luts)(const lut_walk *w)
{
    static void (*const rank[])(const lut_walk *) = LUT_RANK_TABLE(luts_backward);

    LUT_ASSERT(w->k >= 1 && w->k <= LUT_MAX_K);
    rank[w->k](w);
}
