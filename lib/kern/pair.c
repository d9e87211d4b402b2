/* Interpolation of two real inputs, layer by layer: difflogic's gates and everything else of
 * rank 2.  A LUT has so little arithmetic that what stands around it decides: what is the same
 * for all LUTs, the length of rows above all, is known when compiled, and blocks are unrolled.
 * Operations and their order are those of interpolate.c. */
#include "lib/kern/loops.h"

enum { BLOCK = 32, WHOLE = BLOCK / LUT_LANES };

/* What is the same for all LUTs of a walk. */
typedef struct pair_case {
    size_t n, ld; /* samples, numbers from row to row; ld 0: as the walk says */
    bool half;    /* rows of activations are halves */
    bool squash;  /* a sigmoid is on top */
    bool dx, grad;
} pair_case;

/* The rows of one LUT: inputs a, b and the output; gradients of the inputs and the output. */
typedef struct pair {
    lut_row a, b, y;
    float *da, *db;
    const float *g;
} pair;

LUT_INLINE lut_row row_of(const lut_signal *from, size_t row, pair_case is)
{
    size_t at = row * (is.ld ? is.ld : from->ld);

    return is.half ? (lut_row){ .h = from->h + at } : (lut_row){ .f = from->f + at };
}

/* Rows of activations, and an early call for those of a later LUT. */
LUT_INLINE void name_inputs(pair *p, const lut_walk *w, size_t m, pair_case is)
{
    const uint32_t *wire = w->wire + 2 * m;

    p->a = row_of(&w->in, wire[0], is);
    p->b = row_of(&w->in, wire[1], is);
    if (m + w->ahead < w->luts) {
        const size_t bytes = (is.half ? sizeof(uint16_t) : sizeof(float)) * is.n;

        lut_call(row_of(&w->in, wire[2 * w->ahead], is).f, bytes, 2);
        lut_call(row_of(&w->in, wire[2 * w->ahead + 1], is).f, bytes, 2);
    }
}

/* The same for rows of gradients.  Where wires are random LUTs come in the order of their first
 * inputs, whose rows have just been written: measured, a call for those gains nothing. */
LUT_INLINE void name_sinks(pair *p, const lut_walk *w, size_t m, pair_case is)
{
    const uint32_t *row = w->dx_row + 2 * m;
    size_t ld = is.ld ? is.ld : w->dx_ld;

    p->da = w->dx + row[0] * ld;
    p->db = w->dx + row[1] * ld;
    if (m + w->ahead < w->luts)
        lut_call(w->dx + row[2 * w->ahead + 1] * ld, sizeof(float) * is.n, 2);
}

/* Numbers from row to row where they are those of the samples and few, as a plane of a wide
 * layer has them; else 0. */
LUT_INLINE size_t tight_rows(const lut_walk *w)
{
    const size_t ld = lut_round_up(w->n, LUT_LANES);
    bool tight = LUT_COPIES && ld <= 2 * BLOCK && w->in.ld == ld;

    tight &= !(w->out.f || w->out.h) || w->out.ld == ld;
    tight &= !w->g || w->g_ld == ld;
    return tight && (!w->dx || w->dx_ld == ld) ? ld : 0;
}

/* Each walk of known rows is a copy of the loop. */
LUT_INLINE pair_case of_rows(pair_case is, size_t n, size_t ld)
{
    is.n = n;
    is.ld = ld;
    return is;
}

/* ---- forward ---- */

LUT_INLINE void forward_vector(const pair *p, const float *c, size_t s, pair_case is,
                               float slope)
{
    lut_f a = lut_row_load(p->a, s, is.half), b = lut_row_load(p->b, s, is.half);
    lut_f lo = lut_fma(b, lut_set1(c[1]), lut_set1(c[0]));
    lut_f hi = lut_fma(b, lut_set1(c[3]), lut_set1(c[2]));
    lut_f z = lut_fma(a, hi, lo);

    lut_row_store(p->y, s, is.half, is.squash ? lut_sigmoid(z * lut_set1(slope)) : z);
}

LUT_INLINE void forward_walk(const lut_walk *w, pair_case is)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */

    for (size_t m = v.begin; m < v.end; m++) {
        pair p;

        name_inputs(&p, &v, m, is);
        p.y = row_of(&v.out, m, is);
        LUT_UNROLL
        for (size_t s = 0; s < is.n; s += LUT_LANES)
            forward_vector(&p, v.table + 4 * m, s, is, v.slope);
    }
}

LUT_INLINE void forward(const lut_walk *w, pair_case is)
{
    const size_t ld = tight_rows(w);

    if (ld == 16)
        forward_walk(w, of_rows(is, 16, 16));
    else if (ld == 32)
        forward_walk(w, of_rows(is, 32, 32));
    else if (ld == 48)
        forward_walk(w, of_rows(is, 48, 48));
    else if (ld == 64)
        forward_walk(w, of_rows(is, 64, 64));
    else
        forward_walk(w, of_rows(is, w->n, 0));
}

void LUT_OF_SET(lut_pair_luts)(const lut_walk *w)
{
    LUT_ASSERT(w->k == 2);
    if (!LUT_COPIES)
        forward(w, (pair_case){ .half = w->in.h, .squash = w->slope > 0 });
    else if (w->in.h && w->slope > 0)
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
    return g * (y * (1.0f - y) * lut_set1(slope));
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

LUT_INLINE void backward_walk(const lut_walk *w, pair_case is)
{
    const lut_walk v = *w; /* stores of floats cannot change a copy */
    const size_t whole = is.n / BLOCK * BLOCK;

    for (size_t m = v.begin; m < v.end; m++) {
        const float *c = v.table + 4 * m;
        float *grad = is.grad ? lut_walk_grad(&v, m, 2) : NULL;
        pair p = { .g = v.g + (v.g_row ? v.g_row[m] : m) * (is.ld ? is.ld : v.g_ld) };

        name_inputs(&p, &v, m, is);
        if (is.dx)
            name_sinks(&p, &v, m, is);
        if (is.squash)
            p.y = row_of(&v.out, m, is);
        LUT_UNROLL
        for (size_t s = 0; s < whole; s += BLOCK)
            backward_block(grad, &p, c, s, WHOLE, is, v.slope);
        if (whole < is.n)
            backward_block(grad, &p, c, whole, lut_block_vectors(whole, is.n, BLOCK),
                           is, v.slope);
    }
}

LUT_INLINE void backward(const lut_walk *w, pair_case is)
{
    const size_t ld = tight_rows(w);

    if (ld == 16)
        backward_walk(w, of_rows(is, 16, 16));
    else if (ld == 32)
        backward_walk(w, of_rows(is, 32, 32));
    else if (ld == 48)
        backward_walk(w, of_rows(is, 48, 48));
    else if (ld == 64)
        backward_walk(w, of_rows(is, 64, 64));
    else
        backward_walk(w, of_rows(is, w->n, 0));
}

/* Gradients of inputs or of coefficients alone are asked for by threads and first layers. */
LUT_INLINE void backward_by(const lut_walk *w, bool half, bool squash)
{
    if (w->dx && w->grad)
        backward(
            w, (pair_case){ .half = half, .squash = squash, .dx = true, .grad = true });
    else if (w->dx)
        backward(w, (pair_case){ .half = half, .squash = squash, .dx = true });
    else if (w->grad)
        backward(w, (pair_case){ .half = half, .squash = squash, .grad = true });
}

void LUT_OF_SET(lut_pair_backward_luts)(const lut_walk *w)
{
    LUT_ASSERT(w->k == 2);
    if (!LUT_COPIES)
        backward(w, (pair_case){ .half = w->in.h,
                                 .squash = w->slope > 0,
                                 .dx = w->dx,
                                 .grad = w->grad });
    else if (w->in.h && w->slope > 0)
        backward_by(w, true, true);
    else if (w->in.h)
        backward_by(w, true, false);
    else if (w->slope > 0)
        backward_by(w, false, true);
    else
        backward_by(w, false, false);
}
