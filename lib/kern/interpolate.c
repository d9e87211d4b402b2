/* Interpolation of real inputs by monomials, forward and backward. */
#include "lib/kern/loops.h"
#include "lib/kern/part.h"

enum { MAX_HALF = 1 << (LUT_MAX_K / 2), MAX_VECTORS = 128 / LUT_LANES };

/* ---- value of 2^k coefficients: the upper half is multiplied by input 0 ---- */

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

/* Two vectors at a time share the coefficients that have to be broadcast. */
typedef struct two {
    lut_f a, b;
} two;

LUT_INLINE two twice1(const float *c, const two *x)
{
    lut_f lo = lut_set1(c[0]), hi = lut_set1(c[1]);

    return (two){ lut_fma(x[0].a, hi, lo), lut_fma(x[0].b, hi, lo) };
}

#define TWICE(k, below)                                                                \
    LUT_INLINE two twice##k(const float *c, const two *x)                              \
    {                                                                                  \
        two lo = twice##below(c, x + 1), hi = twice##below(c + (1 << (k - 1)), x + 1); \
                                                                                       \
        return (two){ lut_fma(x[0].a, hi.a, lo.a), lut_fma(x[0].b, hi.b, lo.b) };      \
    }
TWICE(2, 1)
TWICE(3, 2)
TWICE(4, 3)
TWICE(5, 4)
TWICE(6, 5)

LUT_INLINE lut_f squashed(lut_f z, float slope)
{
    return slope > 0 ? lut_sigmoid(z * lut_set1(slope)) : z;
}

/* ---- forward ---- */

/* Whether two vectors fit the registers. */
LUT_INLINE bool abreast(unsigned k)
{
#if defined(LUT_VEC_AVX512)
    return k >= 2 && k <= 6;
#else
    (void)k;
    return false;
#endif
}

#define FORWARD(k, twice_k)                                                 \
    LUT_INLINE void forward##k(lut_row y, const lut_row *x, bool halves,    \
                               const float *c, float slope, size_t n)       \
    {                                                                       \
        size_t s = 0;                                                       \
                                                                            \
        for (; abreast(k) && s + LUT_LANES < n; s += 2 * LUT_LANES) {       \
            two in[k], z;                                                   \
                                                                            \
            for (unsigned j = 0; j < k; j++)                                \
                in[j] = (two){ lut_row_load(x[j], s, halves),               \
                               lut_row_load(x[j], s + LUT_LANES, halves) }; \
            z = twice_k(c, in);                                             \
            lut_row_store(y, s, halves, squashed(z.a, slope));              \
            lut_row_store(y, s + LUT_LANES, halves, squashed(z.b, slope));  \
        }                                                                   \
        for (; s < n; s += LUT_LANES) {                                     \
            lut_f in[k];                                                    \
                                                                            \
            for (unsigned j = 0; j < k; j++)                                \
                in[j] = lut_row_load(x[j], s, halves);                      \
            lut_row_store(y, s, halves, squashed(fold##k(c, in), slope));   \
        }                                                                   \
    }
FORWARD(1, twice1)
FORWARD(2, twice2)
FORWARD(3, twice3)
FORWARD(4, twice4)
FORWARD(5, twice5)
FORWARD(6, twice6)
FORWARD(7, twice6) /* never taken */
FORWARD(8, twice6)

#define INTERPOLATE(k)                                                               \
    static void one##k(float *y, const float *const *x, const float *coef, size_t n) \
    {                                                                                \
        lut_row rows[k];                                                             \
                                                                                     \
        lut_rows_at(rows, x, k);                                                     \
        forward##k((lut_row){ .f = y }, rows, false, coef, 0, n);                    \
    }                                                                                \
    LUT_INLINE void walk##k(const lut_walk *w, bool halves, bool squash)             \
    {                                                                                \
        const lut_walk v = *w; /* stores of floats cannot change a copy */           \
                                                                                     \
        for (size_t m = v.begin; m < v.end; m++) {                                   \
            lut_row x[k];                                                            \
                                                                                     \
            lut_walk_rows(x, &v, m, k, halves);                                      \
            forward##k(lut_row_of(&v.out, m, halves), x, halves, v.table + (m << k), \
                       squash ? v.slope : 0, v.n);                                   \
        }                                                                            \
    }                                                                                \
    static void luts##k(const lut_walk *w)                                           \
    {                                                                                \
        if (k == 2)                                                                  \
            LUT_OF_SET(lut_pair_luts)(w);                                            \
        else if (!LUT_COPIES)                                                        \
            walk##k(w, w->in.h != NULL, true);                                       \
        else if (w->in.h)                                                            \
            walk##k(w, true, true);                                                  \
        else if (w->slope > 0)                                                       \
            walk##k(w, false, true);                                                 \
        else                                                                         \
            walk##k(w, false, false);                                                \
    }
LUT_FOR_RANKS(INTERPOLATE)

void LUT_OF_SET(lut_interpolate)(float *y, const float *const *x, unsigned k,
                                 const float *coef, size_t n)
{
    static void (*const rank[])(float *, const float *const *, const float *, size_t) =
        LUT_RANK_TABLE(one);

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    rank[k](y, x, coef, n);
}

void LUT_OF_SET(lut_interpolate_luts)(const lut_walk *w)
{
    static void (*const rank[])(const lut_walk *) = LUT_RANK_TABLE(luts);

    LUT_ASSERT(w->k >= 1 && w->k <= LUT_MAX_K);
    rank[w->k](w);
}

/* ---- backward by halves ----
 *
 * With U the monomials of the last k/2 inputs and V those of the others times g: y g = V' C
 * U, so dC = sum over samples of V U', and the inputs' gradients come from C' V and C U: 4 *
 * 2^k fused operations instead of 2^k for every input. */
typedef struct halves {
    lut_f *u, *v;
} halves;

LUT_INLINE halves halves_at(lut_f *room, size_t vector, unsigned ku, unsigned kv)
{
    lut_f *u = room + vector * ((1u << ku) + (1u << kv));

    return (halves){ u, u + (1u << ku) };
}

/* One LUT: where its gradients come from and go to. */
typedef struct lut_job {
    const lut_row *x;
    const float *coef, *g;
    lut_row y;        /* of a sigmoid on top, ... */
    float slope;      /* ... this steep; 0: none */
    float *dcoef;     /* or NULL */
    float *const *dx; /* or NULL */
} lut_job;

/* m[S] = first * product of the inputs in S; bit b of S is input count - 1 - b of x. */
LUT_INLINE void monomials(lut_f *m, lut_f first, const lut_row *x, unsigned count,
                          size_t s, bool half)
{
    m[0] = first;
    LUT_UNROLL
    for (unsigned b = 0; b < count; b++) {
        lut_f in = lut_row_load(x[count - 1 - b], s, half);

        LUT_UNROLL
        for (unsigned i = 0; i < 1u << b; i++)
            m[i + (1u << b)] = m[i] * in;
    }
}

/* row[s] += sum over S with bit b of m[S without b] * c[S]. */
LUT_INLINE void add_input(float *row, const lut_f *m, const lut_f *c, unsigned count,
                          unsigned b)
{
    lut_f sum = lut_load(row);

    LUT_UNROLL
    for (unsigned i = 0; i < 1u << count; i++)
        if (i >> b & 1)
            sum = lut_fma(c[i], m[i ^ (1u << b)], sum);
    lut_store(row, sum);
}

LUT_INLINE void input_gradients(float *const *dx, const halves *h, const float *coef,
                                unsigned ku, unsigned kv, size_t s)
{
    lut_f cv[MAX_HALF], cu[MAX_HALF];

    LUT_UNROLL
    for (unsigned u = 1; u < 1u << ku; u++) {
        cv[u] = h->v[0] * lut_set1(coef[u]);
        LUT_UNROLL
        for (unsigned v = 1; v < 1u << kv; v++)
            cv[u] = lut_fma(h->v[v], lut_set1(coef[(v << ku) + u]), cv[u]);
    }
    LUT_UNROLL
    for (unsigned b = 0; b < ku; b++)
        add_input(dx[kv + ku - 1 - b] + s, h->u, cv, ku, b);
    LUT_UNROLL
    for (unsigned v = 1; v < 1u << kv; v++) {
        cu[v] = lut_set1(coef[v << ku]);
        LUT_UNROLL
        for (unsigned u = 1; u < 1u << ku; u++)
            cu[v] = lut_fma(h->u[u], lut_set1(coef[(v << ku) + u]), cu[v]);
    }
    LUT_UNROLL
    for (unsigned b = 0; b < kv; b++)
        add_input(dx[kv - 1 - b] + s, h->v, cu, kv, b);
}

/* Gradient of what is below the sigmoid on top. */
LUT_INLINE lut_f gradient_at(const lut_job *job, size_t s, bool half)
{
    lut_f g = lut_load(job->g + s), y;

    if (!(job->slope > 0))
        return g;
    y = lut_row_load(job->y, s, half);
    return g * (y * (1.0f - y) * lut_set1(job->slope));
}

/* ---- many coefficients: the same in parts that fit registers ---- */

/* Sums that are carried along at once: registers are 32 where a vector is one of them, 16 where
 * it is two. */
enum { SUMS = LUT_LANES / LUT_PARTS, COLUMNS = LUT_PARTS == 1 ? MAX_HALF : 4 };

/* Samples s .. of a row, as many as a register holds. */
LUT_INLINE lut_part row_part(lut_row row, size_t s, bool half)
{
    return half ? lut_part_load_half(row.h + s) : lut_part_load(row.f + s);
}

/* As gradient_at and monomials; m: of the part that begins at sample s. */
LUT_INLINE lut_part part_gradient(const lut_job *job, size_t s, bool half)
{
    lut_part g = lut_part_load(job->g + s), y;

    if (!(job->slope > 0))
        return g;
    y = row_part(job->y, s, half);
    return g * (y * (1.0f - y) * lut_part_set1(job->slope));
}

LUT_INLINE void part_monomials(lut_part *m, lut_part first, const lut_row *x,
                               unsigned count, size_t s, bool half)
{
    m[0] = first;
    LUT_UNROLL
    for (unsigned b = 0; b < count; b++) {
        lut_part in = row_part(x[count - 1 - b], s, half);

        LUT_UNROLL
        for (unsigned i = 0; i < 1u << b; i++)
            m[(i + (1u << b)) * LUT_PARTS] = m[i * LUT_PARTS] * in;
    }
}

/* sum[i] = sum over r of m[r] * c[r across + i along], coefficients being broadcast once for
 * all parts; `one`: m[0] is 1. */
LUT_INLINE void multiply_out(lut_f *sum, lut_f *m, const float *c, unsigned rows,
                             unsigned across, unsigned along, unsigned count, bool one)
{
    lut_part a[COLUMNS * LUT_PARTS];
    const unsigned n = count * LUT_PARTS;

    LUT_UNROLL_ALL
    for (unsigned i = 0; i < n; i++) {
        lut_part b = lut_part_set1(c[i / LUT_PARTS * along]);

        if (one)
            a[i] = b;
        else
            a[i] = *lut_part_of(m, i % LUT_PARTS) * b;
    }
    LUT_UNROLL_NOT
    for (unsigned r = 1; r < rows; r++) {
        LUT_UNROLL_ALL
        for (unsigned i = 0; i < n; i++)
            a[i] = lut_fma_part(*lut_part_of(m + r, i % LUT_PARTS),
                                lut_part_set1(c[r * across + i / LUT_PARTS * along]),
                                a[i]);
    }
    LUT_UNROLL_ALL
    for (unsigned i = 0; i < n; i++)
        *lut_part_of(sum, i) = a[i];
}

/* sum[1] .. sum[count - 1]: the first is nobody's gradient. */
LUT_INLINE void multiply_all(lut_f *sum, lut_f *m, const float *c, unsigned rows,
                             unsigned across, unsigned along, unsigned count, bool one)
{
    LUT_UNROLL
    for (unsigned at = 0; at < count; at += COLUMNS) {
        unsigned i = at ? at : 1, end = count - at < COLUMNS ? count : at + COLUMNS;

        multiply_out(sum + i, m, c + i * along, rows, across, along, end - i, one);
    }
}

/* As add_input. */
LUT_INLINE void add_input_parts(float *row, lut_f *m, lut_f *c, unsigned count,
                                unsigned b)
{
    LUT_UNROLL
    for (unsigned p = 0; p < LUT_PARTS; p++, row += LUT_PART_LANES) {
        lut_part sum = lut_part_load(row);

        LUT_UNROLL
        for (unsigned i = 0; i < 1u << count; i++)
            if (i >> b & 1)
                sum = lut_fma_part(*lut_part_of(c + i, p),
                                   *lut_part_of(m + (i ^ (1u << b)), p), sum);
        lut_part_store(row, sum);
    }
}

/* As input_gradients. */
LUT_INLINE void input_parts(float *const *dx, const halves *h, const float *coef,
                            unsigned ku, unsigned kv, size_t s)
{
    const unsigned us = 1u << ku, vs = 1u << kv;
    lut_f cv[MAX_HALF], cu[MAX_HALF];

    multiply_all(cv, h->v, coef, vs, us, 1, us, false);
    LUT_UNROLL
    for (unsigned b = 0; b < ku; b++)
        add_input_parts(dx[kv + ku - 1 - b] + s, h->u, cv, ku, b);
    multiply_all(cu, h->u, coef, us, 1, us, vs, true);
    LUT_UNROLL
    for (unsigned b = 0; b < kv; b++)
        add_input_parts(dx[kv - 1 - b] + s, h->v, cu, kv, b);
}

/* sum[i * 2^ku + j] = sum over the vectors of v[i] u[j] for SUMS pairs with j >= at, part p; the
 * first monomial of U is 1.  h, v: of the first vector. */
LUT_INLINE void sum_pairs(lut_f *sum, lut_f *h, lut_f *v, size_t vectors, unsigned ku,
                          unsigned kv, unsigned at, unsigned p)
{
    const size_t stride = (1u << ku) + (1u << kv);
    const unsigned rows = (unsigned)LUT_LANES >> ku;
    lut_part a[SUMS] = { { 0 } };

    for (const lut_f *end = h + vectors * stride; h < end; h += stride, v += stride) {
        LUT_UNROLL_ALL
        for (unsigned e = 0; e < SUMS; e++) {
            unsigned j = at + e / rows;
            lut_part first = *lut_part_of(v + e % rows, p);

            if (j)
                a[e] = lut_fma_part(first, *lut_part_of(h + j, p), a[e]);
            else
                a[e] += first;
        }
    }
    LUT_UNROLL_ALL
    for (unsigned e = 0; e < SUMS; e++)
        *lut_part_of(sum + (e % rows << ku) + at + e / rows, p) = a[e];
}

LUT_INLINE void sum_sixteen(lut_f *sum, lut_f *h, lut_f *v, size_t vectors, unsigned ku,
                            unsigned kv)
{
    const unsigned columns = SUMS >> (4 - ku);

    LUT_UNROLL
    for (unsigned p = 0; p < LUT_PARTS; p++) {
        LUT_UNROLL
        for (unsigned at = 0; at < 1u << ku; at += columns)
            sum_pairs(sum, h, v, vectors, ku, kv, at, p);
    }
}

/* Where sixteen sums are more than there are registers, a function of its own: in line the
 * compiler keeps earlier sums in registers and those of the loop in memory. */
#if defined(LUT_VEC_AVX2)
#define SUM_SIXTEEN static __attribute__((noinline))
#else
#define SUM_SIXTEEN LUT_INLINE
#endif
#define SUM_OF_HALVES(ku, kv)                                                        \
    SUM_SIXTEEN void sum_##ku##_##kv(lut_f *sum, lut_f *h, lut_f *v, size_t vectors) \
    {                                                                                \
        sum_sixteen(sum, h, v, vectors, ku, kv);                                     \
    }
SUM_OF_HALVES(2, 3)
SUM_OF_HALVES(3, 3)
SUM_OF_HALVES(3, 4)
SUM_OF_HALVES(4, 4)

/* dcoef += sum over the block of V U', sixteen coefficients at a time. */
LUT_INLINE void coefficient_gradients(float *dcoef, lut_f *room, size_t vectors,
                                      unsigned k)
{
    const unsigned ku = k / 2;

    for (unsigned first = 0; first < 1u << k; first += LUT_LANES) {
        lut_f a[LUT_LANES], *v = room + (1u << ku) + (first >> ku);

        if (k == 5)
            sum_2_3(a, room, v, vectors);
        else if (k == 6)
            sum_3_3(a, room, v, vectors);
        else if (k == 7)
            sum_3_4(a, room, v, vectors);
        else
            sum_4_4(a, room, v, vectors);
        lut_store(dcoef + first, lut_load(dcoef + first) + lut_sum16(a));
    }
}

LUT_INLINE void block_monomials(const halves *h, const lut_job *job, unsigned ku,
                                unsigned kv, size_t s, bool half)
{
    LUT_UNROLL
    for (unsigned p = 0; p < LUT_PARTS; p++, s += LUT_PART_LANES) {
        part_monomials(lut_part_of(h->u, p), lut_part_set1(1), job->x + kv, ku, s,
                       half);
        part_monomials(lut_part_of(h->v, p), part_gradient(job, s, half), job->x, kv, s,
                       half);
    }
}

/* The monomials of a block are kept, then multiplied out. */
LUT_INLINE void backward_many(const lut_job *job, unsigned k, bool half, size_t n)
{
    const unsigned ku = k / 2, kv = k - ku, block = lut_block(k);
    lut_f room[MAX_VECTORS * 2 * MAX_HALF];

    for (size_t first = 0; first < n; first += block) {
        size_t vectors = lut_block_vectors(first, n, block);

        for (size_t i = 0; i < vectors; i++) {
            size_t s = first + i * LUT_LANES;
            halves h = halves_at(room, i, ku, kv);

            block_monomials(&h, job, ku, kv, s, half);
            if (job->dx)
                input_parts(job->dx, &h, job->coef, ku, kv, s);
        }
        if (job->dcoef)
            coefficient_gradients(job->dcoef, room, vectors, k);
    }
}

LUT_INLINE void add_fours(float *to, const float *from, unsigned n)
{
    for (unsigned i = 0; i < n; i += 4) {
        lut_four sum, more;

        memcpy(&sum, to + i, sizeof sum);
        memcpy(&more, from + i, sizeof more);
        sum += more;
        memcpy(to + i, &sum, sizeof sum);
    }
}

/* dcoef[e] += sum of the lanes of a[e]; one by one only where there is no vector of them. */
LUT_INLINE void add_sums(float *dcoef, const lut_f *a, unsigned entries)
{
    float sum[LUT_LANES] = { 0 };

    if (entries == LUT_LANES) {
        lut_store(dcoef, lut_load(dcoef) + lut_sum16(a));
        return;
    }
    if (entries > 4) {
        lut_store(sum, lut_sum16(a));
        add_fours(dcoef, sum, entries);
        return;
    }
    if (entries == 4) {
        lut_add_sums4(dcoef, a);
        return;
    }
    lut_sum4(sum, a);
    for (unsigned e = 0; e < entries; e++)
        dcoef[e] += sum[e];
}

/* Few: their sums stay in registers. */
LUT_INLINE void backward_few(const lut_job *job, unsigned k, bool half, size_t n)
{
    const unsigned ku = k / 2, kv = k - ku, block = lut_block(k), entries = 1u << k;

    for (size_t first = 0; first < n; first += block) {
        size_t end = n - first < block ? n : first + block;
        lut_f a[16] = { { 0 } };

        for (size_t s = first; s < end; s += LUT_LANES) {
            lut_f room[2 * MAX_HALF];
            halves h = halves_at(room, 0, ku, kv);

            monomials(h.u, lut_set1(1), job->x + kv, ku, s, half);
            monomials(h.v, gradient_at(job, s, half), job->x, kv, s, half);
            if (job->dx)
                input_gradients(job->dx, &h, job->coef, ku, kv, s);
            LUT_UNROLL_ALL
            for (unsigned e = 0; e < entries; e++) {
                unsigned u = e & ((1u << ku) - 1), v = e >> ku;

                a[e] = u ? lut_fma(h.v[v], h.u[u], a[e]) : a[e] + h.v[v];
            }
        }
        if (job->dcoef)
            add_sums(job->dcoef, a, entries);
    }
}

LUT_INLINE void backward_rank(const lut_job *job, unsigned k, bool half, size_t n)
{
    if (k <= 4)
        backward_few(job, k, half, n);
    else
        backward_many(job, k, half, n);
}

/* What is asked for is the same for all LUTs: known when compiled, nothing branches on it. */
LUT_INLINE void backward_each(const lut_walk *w, unsigned k, bool half, bool dx_too,
                              bool grad_too, bool squash)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */

    for (size_t m = v.begin; m < v.end; m++) {
        lut_row x[LUT_MAX_K];
        float *dx[LUT_MAX_K];
        lut_job job = { .x = x,
                        .coef = v.table + (m << k),
                        .g = lut_walk_gradient(&v, m),
                        .slope = squash ? v.slope : 0,
                        .dcoef = grad_too ? lut_walk_grad(&v, m, k) : NULL,
                        .dx = dx_too ? dx : NULL };

        lut_walk_rows(x, &v, m, k, half);
        if (dx_too)
            lut_walk_sinks(dx, &v, m, k);
        if (squash)
            job.y = lut_row_of(&v.out, m, half);
        backward_rank(&job, k, half, v.n);
    }
}

LUT_INLINE void backward_walk(const lut_walk *w, unsigned k, bool half)
{
    bool squash = w->slope > 0;

    if (!LUT_COPIES)
        backward_each(w, k, half, w->dx != NULL, w->grad != NULL, squash);
    else if (w->dx && w->grad && squash)
        backward_each(w, k, half, true, true, true);
    else if (w->dx && w->grad)
        backward_each(w, k, half, true, true, false);
    else if (w->dx)
        backward_each(w, k, half, true, false, true);
    else
        backward_each(w, k, half, false, true, true);
}

#define BACKWARD(k)                                           \
    static void one_backward##k(const lut_job *job, size_t n) \
    {                                                         \
        backward_rank(job, k, false, n);                      \
    }                                                         \
    static void luts_backward##k(const lut_walk *w)           \
    {                                                         \
        if (k == 2)                                           \
            LUT_OF_SET(lut_pair_backward_luts)(w);            \
        else if (!LUT_COPIES)                                 \
            backward_walk(w, k, w->in.h != NULL);             \
        else if (w->in.h)                                     \
            backward_walk(w, k, true);                        \
        else                                                  \
            backward_walk(w, k, false);                       \
    }
LUT_FOR_RANKS(BACKWARD)

void LUT_OF_SET(lut_interpolate_backward)(float *dcoef, float *const *dx,
                                          const float *g, const float *const *x,
                                          unsigned k, const float *coef, size_t n)
{
    static void (*const rank[])(const lut_job *, size_t) = LUT_RANK_TABLE(one_backward);
    lut_row rows[LUT_MAX_K];
    lut_job job = { .x = rows, .coef = coef, .g = g, .dcoef = dcoef, .dx = dx };

    LUT_ASSERT(k >= 1 && k <= LUT_MAX_K);
    lut_rows_at(rows, x, k);
    rank[k](&job, n);
}

void LUT_OF_SET(lut_interpolate_backward_luts)(const lut_walk *w)
{
    static void (*const rank[])(const lut_walk *) = LUT_RANK_TABLE(luts_backward);

    LUT_ASSERT(w->k >= 1 && w->k <= LUT_MAX_K);
    rank[w->k](w);
}
