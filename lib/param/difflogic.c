/* DiffLogic: softmax over the sixteen two-input gates.  Gate id = 8 T00 + 4 T01 + 2 T10 +
 * T11; the mixture of their tables is one table of four entries, which the kernel
 * interpolates.  math.md 1; Petersen et al. 2022, "Deep Differentiable Logic Gate
 * Networks". */
#include "lib/base/mathx.h"
#include "lib/param/init.h"
#include "lib/param/param.h"

enum { GATES = 16, IDENTITY = 3 };

/* Output of a gate at address a = 2A + B. */
static unsigned gate_bit(unsigned gate, unsigned a)
{
    return gate >> (3 - a) & 1;
}

static size_t gates(const void *cfg, unsigned k)
{
    (void)cfg;
    (void)k;
    return GATES;
}

/* Residual: logit v on gate A so that entries agree with it with probability p, where
 * p = (e^v + 7) / (e^v + 15). */
static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    double p = how->probability;

    (void)cfg;
    (void)k;
    lut_init_normal(w, GATES, how->residual ? how->noise * how->temperature : 1, rng);
    if (how->residual)
        w[IDENTITY] += (float)(how->temperature * lut_ln((15 * p - 7) / (1 - p)));
}

static void add_gate(lut_f q[4], unsigned gate, lut_f weight)
{
    for (unsigned a = 0; a < 4; a++)
        if (gate_bit(gate, a))
            q[a] += weight;
}

static void choose_gates(lut_f q[4], const lut_f *w)
{
    lut_f best = w[0];

    for (unsigned i = 1; i < GATES; i++) {
        lut_i better = lut_greater(w[i], best);

        best = lut_select(better, w[i], best);
        for (unsigned a = 0; a < 4; a++)
            q[a] = lut_select(better, lut_set1((float)gate_bit(i, a)), q[a]);
    }
}

static void tables(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    lut_f most = w[0], sum = { 0 };

    for (unsigned i = 1; i < GATES; i++)
        most = lut_max(most, w[i]);
    for (unsigned i = 0; i < GATES; i++) {
        saved[i] = lut_expf((w[i] - most) / t->now->temperature);
        sum += saved[i];
    }
    for (unsigned i = 0; i < GATES; i++)
        saved[i] /= sum;
    memset(q, 0, 4 * sizeof *q);
    if (t->now->sampling == LUT_HARD)
        choose_gates(q, w);
    else
        for (unsigned i = 0; i < GATES; i++)
            add_gate(q, i, saved[i]);
}

static void tables_backward(const lut_tile *t, lut_f *dw, const lut_f *dq,
                            const lut_f *saved, const lut_f *w)
{
    lut_f mean = { 0 };

    (void)w;
    for (unsigned i = 0; i < GATES; i++) {
        dw[i] = (lut_f){ 0 };
        for (unsigned a = 0; a < 4; a++)
            if (gate_bit(i, a))
                dw[i] += dq[a];
        mean = lut_fma(saved[i], dw[i], mean);
    }
    for (unsigned i = 0; i < GATES; i++)
        dw[i] = saved[i] * (dw[i] - mean) / t->now->temperature;
}

/* The gate of the largest logit, the first one on a tie; not a threshold of the mixture. */
static void harden(const void *cfg, unsigned k, uint64_t tt[4], const float *w)
{
    unsigned best = 0;

    (void)cfg;
    (void)k;
    for (unsigned i = 1; i < GATES; i++)
        if (w[i] > w[best])
            best = i;
    for (unsigned a = 0; a < 4; a++)
        tt[0] |= (uint64_t)gate_bit(best, a) << a;
}

const lut_param_ops LUT_PARAM(difflogic) = {
    .name = "difflogic",
    .doc = "softmax over the sixteen two-input gates",
    .min_k = 2,
    .max_k = 2,
    .form = { .forward = LUT_INTERPOLATE,
              .gradient = LUT_BY_INTERPOLATION,
              .squash = LUT_NO_SQUASH,
              .samplings = LUT_ANY_SAMPLING },
    .nweights = gates,
    .nsaved = gates,
    .init = init,
    .tables = tables,
    .tables_backward = tables_backward,
    .harden = harden,
};
