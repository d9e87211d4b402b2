/* The kernels on the 16-lane vector, compiled once per instruction set. */
#include "lib/kern/kern.h"
#include "lib/base/check.h"
#include "lib/base/mathx.h"
#include "lib/kern/vec.h"

enum { BLOCK_VECTORS = LUT_BLOCK / LUT_LANES, MAX_HALF = 1 << (LUT_MAX_K / 2) };

/* Vectors of the block that starts at sample `first`. */
LUT_INLINE size_t block_vectors(size_t first, size_t n)
{
    size_t left = lut_ceil_div(n - first, LUT_LANES);

    return left < BLOCK_VECTORS ? left : BLOCK_VECTORS;
}

/* Instantiate a kernel for each rank, so that its loops unroll; table by rank. */
#define FOR_RANKS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
#define RANK_TABLE(fn)                                               \
    {                                                                \
        NULL, fn##1, fn##2, fn##3, fn##4, fn##5, fn##6, fn##7, fn##8 \
    }

/* ---- interpolation of real inputs ---- */

/* Value of 2^k coefficients at x: the upper half is multiplied by input 0. */
LUT_INLINE lut_f fold0(const float *c, const lut_f *x)
{
    (void)x;
    return lut_set1(c[0]);
}

#define FOLD(k, below)                                               \
    LUT_INLINE lut_f fold##k(const float *c, const lut_f *x)         \
    {                                                                \
        return lut_fma(x[0], fold##below(c + (1 << (k - 1)), x + 1), \
                       fold##below(c, x + 1));                       \
    }
FOLD(1, 0)
FOLD(2, 1)
FOLD(3, 2)
FOLD(4, 3)
FOLD(5, 4)
FOLD(6, 5)

/* Above rank 6 full inlining costs more in code than it saves. */
#define FOLD_CALL(k, below)                                                 \
    static __attribute__((noinline)) void half##k(lut_f *y, const float *c, \
                                                  const lut_f *x)           \
    {                                                                       \
        *y = fold##below(c, x);                                             \
    }                                                                       \
    LUT_INLINE lut_f fold##k(const float *c, const lut_f *x)                \
    {                                                                       \
        lut_f lo, hi;                                                       \
                                                                            \
        half##k(&lo, c, x + 1);                                             \
        half##k(&hi, c + (1 << (k - 1)), x + 1);                            \
        return lut_fma(x[0], hi, lo);                                       \
    }
FOLD_CALL(7, 6)
FOLD_CALL(8, 7)

#define INTERPOLATE(k)                                                             \
    static void interpolate##k(float *y, const float *const *x, const float *coef, \
                               size_t n)                                           \
    {                                                                              \
        for (size_t s = 0; s < n; s += LUT_LANES) {                                \
            lut_f in[k];                                                           \
                                                                                   \
            for (unsigned j = 0; j < k; j++)                                       \
                in[j] = lut_load(x[j] + s);                                        \
            lut_store(y + s, fold##k(coef, in));                                   \
        }                                                                          \
    }
FOR_RANKS(INTERPOLATE)

static void interpolate(float *y, const float *const *x, unsigned k, const float *coef,
                        size_t n)
{
    static void (*const rank[])(float *, const float *const *, const float *, size_t) =
        RANK_TABLE(interpolate);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](y, x, coef, n);
}

/* Backward by halves.  With U the monomials of the last k/2 inputs and V those of the
 * others times g: y g = V' C U, so dC = sum over samples of V U', and the inputs' gradients
 * come from C' V and C U: 4 * 2^k fused operations instead of 2^k for every input. */
typedef struct halves {
    lut_f u[MAX_HALF], v[MAX_HALF];
} halves;

/* m[S] = first * product of the inputs in S; bit b of S is input count - 1 - b of x. */
LUT_INLINE void monomials(lut_f *m, lut_f first, const float *const *x, unsigned count,
                          size_t s)
{
    m[0] = first;
    for (unsigned b = 0; b < count; b++) {
        lut_f in = lut_load(x[count - 1 - b] + s);

        for (unsigned i = 0; i < 1u << b; i++)
            m[i + (1u << b)] = m[i] * in;
    }
}

/* row[s] += sum over S with bit b of m[S without b] * c[S]. */
LUT_INLINE void add_input(float *row, const lut_f *m, const lut_f *c, unsigned count,
                          unsigned b)
{
    lut_f sum = lut_load(row);

    for (unsigned i = 0; i < 1u << count; i++)
        if (i >> b & 1)
            sum = lut_fma(c[i], m[i ^ (1u << b)], sum);
    lut_store(row, sum);
}

LUT_INLINE void input_gradients(float *const *dx, const halves *h, const float *coef,
                                unsigned ku, unsigned kv, size_t s)
{
    lut_f cv[MAX_HALF], cu[MAX_HALF];

    for (unsigned u = 1; u < 1u << ku; u++) {
        cv[u] = h->v[0] * lut_set1(coef[u]);
        for (unsigned v = 1; v < 1u << kv; v++)
            cv[u] = lut_fma(h->v[v], lut_set1(coef[(v << ku) + u]), cv[u]);
    }
    for (unsigned v = 1; v < 1u << kv; v++) {
        cu[v] = lut_set1(coef[v << ku]);
        for (unsigned u = 1; u < 1u << ku; u++)
            cu[v] = lut_fma(h->u[u], lut_set1(coef[(v << ku) + u]), cu[v]);
    }
    for (unsigned b = 0; b < kv; b++)
        add_input(dx[kv - 1 - b] + s, h->v, cu, kv, b);
    for (unsigned b = 0; b < ku; b++)
        add_input(dx[kv + ku - 1 - b] + s, h->u, cv, ku, b);
}

/* dcoef += sum over the block of V U', sixteen (or four) coefficients at a time. */
LUT_INLINE void coefficient_gradients(float *dcoef, const halves *h, size_t vectors,
                                      unsigned ku, unsigned kv)
{
    const unsigned n = 1u << (ku + kv), group = n < 16 ? n < 4 ? 2 : 4 : 16;

    for (unsigned first = 0; first < n; first += group) {
        lut_f a[16] = { { 0 } };
        float sum[16];

        for (size_t i = 0; i < vectors; i++)
            for (unsigned e = 0; e < group; e++) {
                unsigned u = (first + e) & ((1u << ku) - 1), v = (first + e) >> ku;

                a[e] = u ? lut_fma(h[i].v[v], h[i].u[u], a[e]) : a[e] + h[i].v[v];
            }
        if (group == 16)
            lut_store(sum, lut_sum16(a));
        else
            lut_sum4(sum, a);
        for (unsigned e = 0; e < group; e++)
            dcoef[first + e] += sum[e];
    }
}

LUT_INLINE void backward_rank(float *dcoef, float *const *dx, const float *g,
                              const float *const *x, unsigned k, const float *coef,
                              size_t n)
{
    const unsigned ku = k / 2, kv = k - ku;
    halves h[BLOCK_VECTORS];

    for (size_t first = 0; first < n; first += LUT_BLOCK) {
        size_t vectors = block_vectors(first, n);

        for (size_t i = 0; i < vectors; i++) {
            size_t s = first + i * LUT_LANES;

            monomials(h[i].u, lut_set1(1), x + kv, ku, s);
            monomials(h[i].v, lut_load(g + s), x, kv, s);
            if (dx)
                input_gradients(dx, &h[i], coef, ku, kv, s);
        }
        coefficient_gradients(dcoef, h, vectors, ku, kv);
    }
}

#define INTERPOLATE_BACKWARD(k)                                                \
    static void interpolate_backward##k(float *dcoef, float *const *dx,        \
                                        const float *g, const float *const *x, \
                                        const float *coef, size_t n)           \
    {                                                                          \
        backward_rank(dcoef, dx, g, x, k, coef, n);                            \
    }
FOR_RANKS(INTERPOLATE_BACKWARD)

static void interpolate_backward(float *dcoef, float *const *dx, const float *g,
                                 const float *const *x, unsigned k, const float *coef,
                                 size_t n)
{
    static void (*const rank[])(float *, float *const *, const float *,
                                const float *const *, const float *, size_t) =
        RANK_TABLE(interpolate_backward);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](dcoef, dx, g, x, coef, n);
}

/* ---- look-up of bits ---- */

/* Addresses of samples first .. first + 15. */
LUT_INLINE lut_i addresses(const uint64_t *const *x, unsigned k, size_t first)
{
    lut_i a = { 0 };

    for (unsigned j = 0; j < k; j++) {
        unsigned bits = (unsigned)(x[j][first / 64] >> (first % 64)) & 0xffff;

        a |= lut_mask(bits) & (1 << (k - 1 - j));
    }
    return a;
}

#define LOOKUP(k)                                                                 \
    static void lookup##k(float *y, const uint64_t *const *x, const float *value, \
                          size_t n)                                               \
    {                                                                             \
        for (size_t s = 0; s < n; s += LUT_LANES)                                 \
            lut_store(y + s, lut_gather(value, k, addresses(x, k, s)));           \
    }
FOR_RANKS(LOOKUP)

static void lookup(float *y, const uint64_t *const *x, unsigned k, const float *value,
                   size_t n)
{
    static void (*const rank[])(float *, const uint64_t *const *, const float *,
                                size_t) = RANK_TABLE(lookup);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](y, x, value, n);
}

/* 64 samples through a tree of multiplexers; input k - 1 selects inside pairs. */
LUT_INLINE uint64_t mux_tree(const uint64_t *const *x, unsigned k, const uint64_t *tt,
                             size_t word)
{
    uint64_t t[1 << (LUT_MAX_K - 1)], in = x[k - 1][word];

    for (unsigned i = 0; i < 1u << (k - 1); i++) {
        uint64_t pair = tt[i / 32] >> (2 * i % 64);

        t[i] = (-(pair & 1) & ~in) | (-(pair >> 1 & 1) & in);
    }
    for (unsigned j = k - 1; j-- > 0;) {
        in = x[j][word];
        for (unsigned i = 0; i < 1u << j; i++)
            t[i] = t[2 * i] ^ (in & (t[2 * i] ^ t[2 * i + 1]));
    }
    return t[0];
}

#define LOOKUP_BITS(k)                                                \
    static void lookup_bits##k(uint64_t *y, const uint64_t *const *x, \
                               const uint64_t *tt, size_t words)      \
    {                                                                 \
        for (size_t w = 0; w < words; w++)                            \
            y[w] = mux_tree(x, k, tt, w);                             \
    }
FOR_RANKS(LOOKUP_BITS)

static void lookup_bits(uint64_t *y, const uint64_t *const *x, unsigned k,
                        const uint64_t *tt, size_t n)
{
    static void (*const rank[])(uint64_t *, const uint64_t *const *, const uint64_t *,
                                size_t) = RANK_TABLE(lookup_bits);
    size_t words = lut_ceil_div(n, 64);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](y, x, tt, words);
    if (n % 64)
        y[words - 1] &= ((uint64_t)1 << (n % 64)) - 1;
}

/* dx[j][s] += h (slope at the address with input j set - with it cleared). */
LUT_INLINE void add_slopes(float *const *dx, lut_f h, lut_i address, unsigned k,
                           const float *slope, size_t s)
{
    lut_f here = lut_gather(slope, k, address);

    for (unsigned j = 0; j < k; j++) {
        lut_i bit = lut_seti(1 << (k - 1 - j));
        lut_f there = lut_gather(slope, k, address ^ bit);
        lut_f rise =
            lut_select(lut_equal(address & bit, bit), here - there, there - here);

        lut_store(dx[j] + s, lut_fma(h, rise, lut_load(dx[j] + s)));
    }
}

/* Four histograms side by side break the chain of dependent additions. */
typedef struct histogram {
    float bin[4][1 << LUT_MAX_K];
} histogram;

LUT_INLINE void count(histogram *hist, lut_i address, lut_f h)
{
    int32_t a[LUT_LANES];
    float v[LUT_LANES];

    memcpy(a, &address, sizeof a);
    lut_store(v, h);
    for (unsigned i = 0; i < LUT_LANES; i++)
        hist->bin[i % 4][a[i]] += v[i];
}

LUT_INLINE void lookup_backward_rank(float *dvalue, float *const *dx, const float *g,
                                     const uint64_t *const *x, unsigned k,
                                     const float *slope, const float *gain, size_t n)
{
    histogram hist;

    for (size_t first = 0; first < n; first += LUT_BLOCK) {
        size_t vectors = block_vectors(first, n);

        for (unsigned i = 0; i < 4; i++)
            memset(hist.bin[i], 0, sizeof(float) << k);
        for (size_t i = 0; i < vectors; i++) {
            size_t s = first + i * LUT_LANES;
            lut_i address = addresses(x, k, s);
            lut_f h = lut_load(g + s);

            if (gain)
                h *= lut_gather(gain, k, address);
            count(&hist, address, h);
            if (dx)
                add_slopes(dx, h, address, k, slope, s);
        }
        for (unsigned a = 0; a < 1u << k; a++)
            dvalue[a] +=
                (hist.bin[0][a] + hist.bin[1][a]) + (hist.bin[2][a] + hist.bin[3][a]);
    }
}

#define LOOKUP_BACKWARD(k)                                                          \
    static void lookup_backward##k(float *dvalue, float *const *dx, const float *g, \
                                   const uint64_t *const *x, const float *slope,    \
                                   const float *gain, size_t n)                     \
    {                                                                               \
        lookup_backward_rank(dvalue, dx, g, x, k, slope, gain, n);                  \
    }
FOR_RANKS(LOOKUP_BACKWARD)

static void lookup_backward(float *dvalue, float *const *dx, const float *g,
                            const uint64_t *const *x, unsigned k, const float *slope,
                            const float *gain, size_t n)
{
    static void (*const rank[])(float *, float *const *, const float *,
                                const uint64_t *const *, const float *, const float *,
                                size_t) = RANK_TABLE(lookup_backward);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](dvalue, dx, g, x, slope, gain, n);
}

/* ---- squash ---- */

static void squash(float *y, float temperature, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES)
        lut_store(y + s, lut_sigmoid(lut_load(y + s) / temperature));
}

static void squash_backward(float *h, const float *g, const float *y, float temperature,
                            size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f v = lut_load(y + s);

        lut_store(h + s, lut_load(g + s) * (v * (1.0f - v) / temperature));
    }
}

/* Values of a vector of logits that starts at sample s of the row, and derivatives. */
LUT_INLINE lut_f output(const lut_output *o, lut_f z, size_t s, lut_f *slope)
{
    lut_f u = lut_set1(0.5f), one = lut_set1(1), zero = lut_set1(0);

    if (o->squash == LUT_CLAMP) { /* derivative 1 up to the ends, as autograd has it */
        lut_f y = lut_min(lut_max(z, zero), one);

        *slope = lut_select(lut_greater(zero, z) | lut_greater(z, one), zero, one);
        return o->sampling == LUT_SOFT
                   ? y
                   : lut_select(lut_greater(z, lut_set1(0.5f)), one, zero);
    }
    if (lut_sampling_noisy(o->sampling))
        u = lut_uniform(o->noise, lut_iota() + lut_seti((int32_t)(o->first + s)));
    return lut_sampled(o->sampling, o->temperature, z, u, slope);
}

/* Sixteen bits of a row of words. */
LUT_INLINE void put_bits(uint64_t *bits, size_t s, size_t n, lut_i mask)
{
    uint64_t live = n - s < LUT_LANES ? (1u << (n - s)) - 1 : 0xffff;

    if (s % 64 == 0)
        bits[s / 64] = 0;
    bits[s / 64] |= (lut_unmask(mask) & live) << (s % 64);
}

static void sample(float *y, uint64_t *bits, const lut_output *o, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f slope, v = output(o, lut_load(y + s), s, &slope);

        if (bits)
            put_bits(bits, s, n, lut_greater(v, lut_set1(0.5f)));
        else
            lut_store(y + s, v);
    }
}

static void sample_backward(float *h, const float *g, const lut_output *o, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f slope;

        (void)output(o, lut_load(h + s), s, &slope);
        lut_store(h + s, lut_load(g + s) * slope);
    }
}

static void expand(float *y, const uint64_t *x, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_i mask = lut_mask((unsigned)(x[s / 64] >> (s % 64)) & 0xffff);

        lut_store(y + s, lut_select(mask, lut_set1(1), lut_set1(0)));
    }
}

static void binarize(uint64_t *y, const float *x, float threshold, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES)
        put_bits(y, s, n, lut_greater(lut_load(x + s), lut_set1(threshold)));
}

/* ---- head ---- */

static void vote(float *sum, const float *y, size_t ld, size_t m, float scale,
                 float offset, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f part[4] = { { 0 } };

        for (size_t i = 0; i < m; i++)
            part[i % 4] += lut_load(y + i * ld + s);
        lut_store(sum + s,
                  scale * (((part[0] + part[1]) + (part[2] + part[3])) + offset));
    }
}

static void threshold_backward(float *sum, const float *g, const float *x,
                               float threshold, float slope, size_t n)
{
    for (size_t block = 0; block < n; block += LUT_BLOCK) {
        lut_f acc[4] = { 0 };
        float total[4];

        for (size_t s = block; s < block + LUT_BLOCK; s += LUT_LANES) {
            lut_f y = lut_sigmoid(slope * (lut_load(x + s) - threshold));

            acc[0] = lut_fma(lut_load(g + s), y * (1.0f - y), acc[0]);
        }
        lut_sum4(total, acc);
        *sum += total[0];
    }
}

static void vote_bits(float *sum, const uint64_t *y, size_t ld, size_t m, float scale,
                      float offset, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_i votes = { 0 };

        for (size_t i = 0; i < m; i++)
            votes -= lut_mask((unsigned)(y[i * ld + s / 64] >> (s % 64)) & 0xffff);
        lut_store(sum + s, scale * (__builtin_convertvector(votes, lut_f) + offset));
    }
}

/* Class of the largest logit, the first on a tie, and that logit. */
LUT_INLINE lut_i largest(lut_f *most, const float *logits, size_t ld, size_t classes)
{
    lut_i best = { 0 };

    *most = lut_load(logits);
    for (size_t c = 1; c < classes; c++) {
        lut_f v = lut_load(logits + c * ld);
        lut_i more = lut_greater(v, *most);

        *most = lut_select(more, v, *most);
        best = (best & ~more) | (lut_seti((int32_t)c) & more);
    }
    return best;
}

/* One vector of 16 samples; loss of those in `live` is added up in lane order. */
LUT_INLINE size_t softmax_vector(float *logits, size_t ld, size_t classes, double *loss,
                                 lut_i label, lut_i live, float scale)
{
    lut_f most, sum = { 0 }, mine = { 0 };
    lut_i best = largest(&most, logits, ld, classes);
    float z[LUT_LANES], margin[LUT_LANES];
    unsigned alive = lut_unmask(live);

    for (size_t c = 0; c < classes; c++) {
        lut_f v = lut_load(logits + c * ld) - most, e = lut_expf(v);

        mine = lut_select(lut_equal(label, lut_seti((int32_t)c)), v, mine);
        sum += e;
        lut_store(logits + c * ld, e);
    }
    for (size_t c = 0; c < classes; c++) {
        lut_f p = lut_load(logits + c * ld) / sum;

        p = lut_select(lut_equal(label, lut_seti((int32_t)c)), p - 1.0f, p) * scale;
        lut_store(logits + c * ld, lut_select(live, p, lut_set1(0)));
    }
    lut_store(z, sum);
    lut_store(margin, mine);
    for (unsigned i = 0; i < LUT_LANES; i++)
        if (alive >> i & 1)
            *loss += lut_ln((double)z[i]) - (double)margin[i];
    return (size_t)__builtin_popcount(lut_unmask(lut_equal(best, label) & live) &
                                      alive);
}

static size_t softmax(float *logits, size_t ld, size_t classes, double *loss,
                      const uint16_t *label, float scale, size_t n)
{
    size_t correct = 0;

    for (size_t s = 0; s < n; s += LUT_LANES) {
        size_t count_live = n - s < LUT_LANES ? n - s : LUT_LANES;
        lut_i mine = { 0 };
        int32_t lane[LUT_LANES] = { 0 };

        for (size_t i = 0; i < count_live; i++)
            lane[i] = label[s + i];
        memcpy(&mine, lane, sizeof mine);
        if (s % LUT_BLOCK == 0)
            loss[s / LUT_BLOCK] = 0;
        correct += softmax_vector(logits + s, ld, classes, &loss[s / LUT_BLOCK], mine,
                                  lut_mask((1u << count_live) - 1), scale);
    }
    return correct;
}

const lut_kernels LUT_OF_SET(lut_kernels) = {
    .name = LUT_SET_TEXT,
    .interpolate = interpolate,
    .interpolate_backward = interpolate_backward,
    .lookup = lookup,
    .lookup_bits = lookup_bits,
    .lookup_backward = lookup_backward,
    .squash = squash,
    .squash_backward = squash_backward,
    .sample = sample,
    .sample_backward = sample_backward,
    .expand = expand,
    .binarize = binarize,
    .threshold_backward = threshold_backward,
    .vote = vote,
    .vote_bits = vote_bits,
    .softmax = softmax,
};
