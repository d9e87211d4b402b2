/* Penalties on outputs: each input of a LUT is flipped in turn, and the difference that makes
 * is what the regulariser sees.  Its gradient runs through both outputs, by the same kernels
 * as the loss's, so every form and sampling mode has it.
 *
 * Block by block, so that sums do not depend on how many samples walk together. */
#include "lib/net/meet.h"

#include <math.h>

/* One block of samples of one LUT. */
typedef struct flip_block {
    float y[LUT_BLOCK],
        other[LUT_BLOCK]; /* outputs of the inputs, and of flipped ones */
    float f[LUT_BLOCK], s[LUT_BLOCK], g[LUT_BLOCK], sum[LUT_BLOCK];
    float row[LUT_BLOCK], dx[LUT_MAX_K][LUT_BLOCK];
    uint64_t bits;
} __attribute__((aligned(64))) flip_block;

static void outputs(const lut_meeting *t, float *y, const lut_wires *x)
{
    uint64_t b = 0;

    lut_meet_forward(t, y, &b, x);
    if (t->l->bits_out)
        t->backend->kern->expand(y, &b, t->n);
}

/* What looks up the other bit: the value mirrored at the threshold, but on the other side of it
 * even where that rounds to the threshold itself. */
static float other_bit(float x, float threshold)
{
    float mirrored = 2 * threshold - x;

    if (x > threshold || mirrored > threshold)
        return mirrored;
    return nextafterf(threshold, INFINITY);
}

/* The inputs with row j flipped. */
static lut_wires flipped(const lut_meeting *t, flip_block *k, const lut_wires *x,
                         unsigned j)
{
    const lut_form *form = &t->l->tiles.form;
    lut_wires other = *x;

    if (t->l->bits_in) {
        k->bits = ~x->b[j][0];
        if (t->n < 64)
            k->bits &= ((uint64_t)1 << t->n) - 1;
        other.b[j] = &k->bits;
        return other;
    }
    for (size_t s = 0; s < LUT_BLOCK; s++)
        k->row[s] = form->forward == LUT_LOOKUP
                        ? other_bit(x->f[j][s], form->input_threshold)
                        : 1 - x->f[j][s];
    other.f[j] = k->row;
    return other;
}

/* k->g: derivative of the penalty by the difference, times scale, 0 past n. */
static void derive(const lut_meeting *t, const lut_penalty *p, flip_block *k,
                   float scale, double *value)
{
    memset(k->f, 0, sizeof k->f);
    for (size_t s = 0; s < t->n; s++)
        k->f[s] = k->y[s] - k->other[s];
    p->ops->flip(p->cfg, k->s, k->g, k->f, LUT_BLOCK);
    for (size_t s = 0; s < LUT_BLOCK; s++)
        k->g[s] = s < t->n ? scale * k->g[s] : 0;
    for (size_t s = 0; value && s < t->n; s++)
        *value += (double)scale * (double)k->s[s];
}

/* The share of the flipped output: minus g, and once more minus for the input that runs the
 * other way. */
static void backward_flipped(const lut_meeting *t, flip_block *k, float *grad,
                             float *const *dx, const lut_wires *other, unsigned j)
{
    float *to[LUT_MAX_K];

    for (size_t s = 0; s < LUT_BLOCK; s++)
        k->g[s] = -k->g[s];
    for (unsigned i = 0; i < t->l->k; i++)
        to[i] = k->dx[i];
    memset(k->dx, 0, sizeof k->dx);
    lut_meet_backward(t, grad, dx ? to : NULL, k->g, k->other, other);
    for (unsigned i = 0; dx && i < t->l->k; i++)
        for (size_t s = 0; s < t->n; s++)
            dx[i][s] += i == j ? -k->dx[i][s] : k->dx[i][s];
}

static void flip_one_block(const lut_meeting *t, const lut_penalty *p, float scale,
                           double *value, float *grad, float *const *dx,
                           const lut_wires *x)
{
    flip_block k;

    memset(k.sum, 0, sizeof k.sum);
    outputs(t, k.y, x);
    for (unsigned j = 0; j < t->l->k; j++) {
        lut_wires other = flipped(t, &k, x, j);

        outputs(t, k.other, &other);
        derive(t, p, &k, scale, value);
        for (size_t s = 0; s < LUT_BLOCK; s++)
            k.sum[s] += k.g[s];
        backward_flipped(t, &k, grad, dx, &other, j);
    }
    lut_meet_backward(t, grad, dx, k.sum, k.y, x);
}

void lut_meet_flip(const lut_meeting *t, const lut_penalty *p, size_t batch,
                   double *value, float *grad, float *const *dx, const lut_wires *x)
{
    double weight = ((const lut_regul_cfg *)p->cfg)->weight;
    float scale = (float)(weight / ((double)batch * t->l->k * t->l->luts));
    lut_meeting part = *t;

    for (size_t done = 0; done < t->n; done += LUT_BLOCK) {
        float *to[LUT_MAX_K];
        lut_wires in;

        part.first = t->first + done;
        part.n = t->n - done < LUT_BLOCK ? t->n - done : LUT_BLOCK;
        for (unsigned j = 0; j < t->l->k; j++) {
            if (t->l->bits_in)
                in.b[j] = x->b[j] + done / 64;
            else
                in.f[j] = x->f[j] + done;
            to[j] = dx ? dx[j] + done : NULL;
        }
        flip_one_block(&part, p, scale, value, grad, dx ? to : NULL, &in);
    }
}
