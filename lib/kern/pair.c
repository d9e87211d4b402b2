/* Interpolation of two real inputs, layer by layer: difflogic's gates and everything else of
 * rank 2.  A LUT has so little arithmetic that what stands around it decides: rows are named
 * once, blocks are unrolled, and what is the same for all LUTs is known when compiled.
 * Operations and their order are those of interpolate.c. */
#include "lib/kern/loops.h"

enum { BLOCK = 32, WHOLE = BLOCK / LUT_LANES };

/* What is the same for all LUTs of a walk. */
typedef struct pair_case {
    bool half;   /* rows of activations are halves */
    bool squash; /* a sigmoid is on top */
    bool dx, grad;
} pair_case;

/* The rows of one LUT: inputs a, b and the output; gradients of the inputs and the output. */
typedef struct pair {
    lut_row a, b, y;
    float *da, *db;
    const float *g;
} pair;

LUT_INLINE void name_inputs(pair *p, const lut_walk *w, size_t m, size_t n, pair_case is)
{
    const uint32_t *wire = w->wire + 2 * m, *later = wire + 2 * w->ahead;
    const size_t bytes = (is.half ? sizeof(uint16_t) : sizeof(float)) * n;

    p->a = lut_row_of(&w->in, wire[0], is.half);
    p->b = lut_row_of(&w->in, wire[1], is.half);
    if (m + w->ahead < w->luts) {
        lut_call(lut_row_of(&w->in, later[0], is.half).f, bytes);
        lut_call(lut_row_of(&w->in, later[1], is.half).f, bytes);
    }
}

/* Rows of gradients lie as those of activations where both are floats; see name_inputs. */
LUT_INLINE void name_sinks(pair *p, const lut_walk *w, size_t m, size_t n)
{
    const uint32_t *row = w->dx_row + 2 * m, *later = row + 2 * w->ahead;

    p->da = w->dx + row[0] * w->dx_ld;
    p->db = w->dx + row[1] * w->dx_ld;
    if (m + w->ahead < w->luts) {
        lut_call(w->dx + later[0] * w->dx_ld, sizeof(float) * n);
        lut_call(w->dx + later[1] * w->dx_ld, sizeof(float) * n);
    }
}

/* ---- forward ---- */

LUT_INLINE void forward_vector(const pair *p, const float *c, size_t s, pair_case is,
                               float slope)
{
    lut_f a = lut_row_load(p->a, s, is.half), b = lut_row_load(p->b, s, is.half);
    lut_f lo = lut_fma(b, lut_set1(c[1]), lut_set1(c[0]));
    lut_f hi = lut_fma(b, lut_set1(c[3]), lut_set1(c[2]));
    lut_f z = lut_fma(a, hi, lo);

    lut_row_store(p->y, s, is.half, is.squash ? lut_sigmoid(z * slope) : z);
}

LUT_INLINE void forward_walk(const lut_walk *w, size_t n, pair_case is)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */

    for (size_t m = v.begin; m < v.end; m++) {
        pair p;

        name_inputs(&p, &v, m, n, is);
        p.y = lut_row_of(&v.out, m, is.half);
        LUT_UNROLL
        for (size_t s = 0; s < n; s += LUT_LANES)
            forward_vector(&p, v.table + 4 * m, s, is, v.slope);
    }
}

/* A plane of one block is the usual one of wide layers. */
LUT_INLINE void forward(const lut_walk *w, pair_case is)
{
    if (LUT_COPIES && w->n == BLOCK)
        forward_walk(w, BLOCK, is);
    else
        forward_walk(w, w->n, is);
}

void LUT_OF_SET(lut_pair_luts)(const lut_walk *w)
{
    LUT_ASSERT(w->k == 2);
    if (w->in.h && w->slope > 0)
        forward(w, (pair_case){ .half = true, .squash = true });
    else if (w->in.h)
        forward(w, (pair_case){ .half = true });
    else if (w->slope > 0)
        forward(w, (pair_case){ .squash = true });
    else
        forward(w, (pair_case){ 0 });
}

/* ---- backward ---- */

/* Gradient of the interpolation, below a sigmoid on top. */
LUT_INLINE lut_f gradient_at(const pair *p, size_t s, pair_case is, float slope)
{
    lut_f g = lut_load(p->g + s), y;

    if (!is.squash)
        return g;
    y = lut_row_load(p->y, s, is.half);
    return g * (y * (1.0f - y) * slope);
}

LUT_INLINE void add_to(float *row, lut_f x, lut_f y)
{
    lut_store(row, lut_fma(x, y, lut_load(row)));
}

LUT_INLINE void backward_vector(lut_f sum[4], const pair *p, const float *c, size_t s,
                                pair_case is, float slope)
{
    lut_f g = gradient_at(p, s, is, slope);
    lut_f a = lut_row_load(p->a, s, is.half), b = lut_row_load(p->b, s, is.half);
    lut_f ga = g * a, ab = lut_set1(c[3]);

    if (is.dx) {
        lut_f up = lut_fma(ga, ab, g * lut_set1(c[1]));

        lut_store(p->db + s, lut_load(p->db + s) + up);
        add_to(p->da + s, lut_fma(b, ab, lut_set1(c[2])), g);
    }
    sum[0] += g;
    sum[1] = lut_fma(g, b, sum[1]);
    sum[2] += ga;
    sum[3] = lut_fma(ga, b, sum[3]);
}

LUT_INLINE void backward_block(float *grad, const pair *p, const float *c, size_t s,
                               size_t vectors, pair_case is, float slope)
{
    lut_f sum[4] = { { 0 } };

    LUT_UNROLL
    for (size_t i = 0; i < vectors; i++)
        backward_vector(sum, p, c, s + i * LUT_LANES, is, slope);
    if (is.grad)
        lut_add_sums4(grad, sum);
}

LUT_INLINE void backward_walk(const lut_walk *w, size_t n, pair_case is)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */
    const size_t whole = n / BLOCK * BLOCK;

    for (size_t m = v.begin; m < v.end; m++) {
        const float *c = v.table + 4 * m;
        float *grad = is.grad ? lut_walk_grad(&v, m, 2) : NULL;
        pair p = { .g = lut_walk_gradient(&v, m) };

        name_inputs(&p, &v, m, n, is);
        if (is.dx)
            name_sinks(&p, &v, m, n);
        if (is.squash)
            p.y = lut_row_of(&v.out, m, is.half);
        for (size_t s = 0; s < whole; s += BLOCK)
            backward_block(grad, &p, c, s, WHOLE, is, v.slope);
        if (whole < n)
            backward_block(grad, &p, c, whole, lut_block_vectors(whole, n, BLOCK), is,
                           v.slope);
    }
}

LUT_INLINE void backward(const lut_walk *w, pair_case is)
{
    if (LUT_COPIES && w->n == BLOCK)
        backward_walk(w, BLOCK, is);
    else
        backward_walk(w, w->n, is);
}

/* Gradients of inputs or of coefficients alone are asked for by threads and first layers. */
LUT_INLINE void backward_by(const lut_walk *w, bool half, bool squash)
{
    if (w->dx && w->grad)
        backward(w, (pair_case){ half, squash, true, true });
    else if (w->dx)
        backward(w, (pair_case){ half, squash, true, false });
    else
        backward(w, (pair_case){ half, squash, false, true });
}

void LUT_OF_SET(lut_pair_backward_luts)(const lut_walk *w)
{
    LUT_ASSERT(w->k == 2);
    if (w->in.h && w->slope > 0)
        backward_by(w, true, true);
    else if (w->in.h)
        backward_by(w, true, false);
    else if (w->slope > 0)
        backward_by(w, false, true);
    else
        backward_by(w, false, false);
}
