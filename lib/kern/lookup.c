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
        for (size_t m = w->begin; m < w->end; m++) {                                   \
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
                          const float *rise, size_t s, bool fresh)
{
    lut_f here = lut_gather(rise, k, address);

    for (unsigned j = 0; j < k; j++) {
        const unsigned bit = k - 1 - j;
        lut_f there = lut_gather(rise, k, address ^ lut_seti(1 << bit));
        lut_i sign = (lut_i)((lut_u)address << (31 - bit)) & lut_seti(INT32_MIN);
        lut_f up =
            (lut_f)((lut_i)(there - here) ^ sign); /* minus that where it is set */

        lut_store(dx[j] + s, fresh ? h * up : lut_fma(h, up, lut_load(dx[j] + s)));
    }
}

LUT_INLINE void input_gradients(const lut_job *job, unsigned k, size_t n)
{
    for (size_t at = 0; at < lut_ceil_div(n, 64); at++) {
        uint64_t word[LUT_MAX_K];
        lut_addresses a;

        load_words(word, job->x, k, at, job->shift);
        lut_address_bytes(&a, word, k);
        for (unsigned i = 0; i < vectors_of_word(at, n); i++) {
            size_t s = 64 * at + i * LUT_LANES;
            lut_i address = lut_address(&a, i);
            lut_f h = lut_load(job->g + s);

            if (job->gain)
                h *= lut_gather(job->gain, k, address);
            add_rises(job->dx, h, address, k, job->rise, s, job->fresh);
        }
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

LUT_INLINE lut_job job_of(const uint64_t **x, const lut_walk *w, size_t m, unsigned k)
{
    bit_rows(x, w, m, k);
    return (lut_job){ .x = x, .shift = w->in.shift, .g = lut_walk_gradient(w, m) };
}

/* Entry 0 of LUT m; the next one is LUT_LANES on. */
LUT_INLINE float *entries_of(const lut_walk *w, size_t m, unsigned k)
{
    size_t at = m - w->grad_first;

    return w->grad + (at / LUT_LANES * LUT_LANES << k) + at % LUT_LANES;
}

enum { SIDE_BY_SIDE = 8 };

/* One entry of the LUTs of a tile. */
typedef struct entry {
    float lane[LUT_LANES];
} __attribute__((may_alias)) entry;

/* Samples of a word go to their entries one after another: LUTs of a tile side by side, since
 * those of one LUT wait for each other where they have the same address. */
LUT_INLINE void count_luts(const lut_walk *w, size_t m, unsigned k, unsigned luts)
{
    float *const to = entries_of(w, m, k);

    for (size_t at = 0; at < lut_ceil_div(w->n, 64); at++) {
        size_t n = vectors_of_word(at, w->n) * LUT_LANES;
        lut_addresses a[SIDE_BY_SIDE];
        const float *g[SIDE_BY_SIDE];

        for (unsigned i = 0; i < luts; i++) {
            const uint64_t *x[LUT_MAX_K];
            uint64_t word[LUT_MAX_K];

            bit_rows(x, w, m + i, k);
            load_words(word, x, k, at, w->in.shift);
            lut_address_bytes(&a[i], word, k);
            g[i] = lut_walk_gradient(w, m + i) + 64 * at;
        }
        for (size_t s = 0; s < n; s++)
            for (unsigned i = 0; i < luts; i++)
                ((entry *)to)[a[i].a[s]].lane[i] += g[i][s];
    }
}

LUT_INLINE void walk_many(const lut_walk *w, unsigned k)
{
    size_t m = w->begin;

    LUT_ASSERT((m - w->grad_first) % SIDE_BY_SIDE == 0);
    for (; m + SIDE_BY_SIDE <= w->end; m += SIDE_BY_SIDE)
        count_luts(w, m, k, SIDE_BY_SIDE);
    for (; m < w->end; m++)
        count_luts(w, m, k, 1);
}

LUT_INLINE void walk_inputs(const lut_walk *w, unsigned k, bool fresh)
{
    for (size_t m = w->begin; m < w->end; m++) {
        const uint64_t *x[LUT_MAX_K];
        float *dx[LUT_MAX_K];
        lut_job job = job_of(x, w, m, k);

        lut_walk_sinks(dx, w, m, k);
        job.dx = dx;
        job.rise = w->rise + (m << k);
        job.gain = w->gain ? w->gain + (m << k) : NULL;
        job.fresh = fresh;
        input_gradients(&job, k, w->n);
    }
}

LUT_INLINE void backward_walk(const lut_walk *w, unsigned k)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */

    if (v.dx && v.fresh)
        walk_inputs(&v, k, true);
    else if (v.dx)
        walk_inputs(&v, k, false);
    if (v.grad && k <= 4)
        LUT_OF_SET(lut_few_luts)(&v);
    else if (v.grad)
        walk_many(&v, k);
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
