/* DiffLogic: softmax over the sixteen two-input gates.  Gate id = 8 T00 + 4 T01 + 2 T10 +
 * T11; with p = softmax(w / temperature) the mixture sum_i p_i T_i of their tables is one
 * table of four entries, which the kernel interpolates.  math.md 1; Petersen et al. 2022,
 * "Deep Differentiable Logic Gate Networks".
 *
 * Sampling, math.md 0.5 (iv): hard takes the gate of the largest logit, gumbel_soft and
 * gumbel_hard add a Gumbel number to each logit first, bernoulli_hard draws the gate from p;
 * the gradient is that of the softmax, with the noise for the two gumbel modes.
 *
 * difflogic has no temperature, starts at N(0, 1) as here, and evaluates real inputs with
 * the chosen gate's real form; torchlogix "raw" has the temperature and the first four
 * modes; DiffLUT numbers gates by their packed table (bit a: output at address a). */
#include "lib/base/mathx.h"
#include "lib/param/init.h"
#include "lib/param/param.h"

enum { GATES = 16, IDENTITY = 3 };

/* Gates one by one, so that bits of their tables are known when compiled and sums stay in
 * registers. */
#define UNROLL_GATES _Pragma("GCC unroll 16")

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

/* Entries of the mixture of gates. */
static void mix_gates(lut_f q[4], const lut_f *p)
{
    lut_f mix[4] = { { 0 } };

    UNROLL_GATES
    for (unsigned i = 0; i < GATES; i++)
        for (unsigned a = 0; a < 4; a++)
            if (gate_bit(i, a))
                mix[a] += p[i];
    memcpy(q, mix, sizeof mix);
}

/* The gate of the largest logit, the first one on a tie. */
static void choose_gates(lut_f q[4], const lut_f *w)
{
    lut_f best = w[0];

    for (unsigned a = 0; a < 4; a++)
        q[a] = lut_set1((float)gate_bit(0, a));
    for (unsigned i = 1; i < GATES; i++) {
        lut_i better = lut_greater(w[i], best);

        best = lut_select(better, w[i], best);
        for (unsigned a = 0; a < 4; a++)
            q[a] = lut_select(better, lut_set1((float)gate_bit(i, a)), q[a]);
    }
}

/* Gate i with probability p[i]: the first whose cumulative probability is above u, the last
 * one where rounding leaves none. */
static void draw_gates(lut_f q[4], const lut_f *p, lut_f u)
{
    lut_f upto[GATES];

    upto[0] = p[0];
    for (unsigned i = 1; i < GATES; i++)
        upto[i] = upto[i - 1] + p[i];
    for (unsigned a = 0; a < 4; a++)
        q[a] = lut_set1((float)gate_bit(GATES - 1, a));
    for (unsigned i = GATES - 1; i-- > 0;) {
        lut_i early = lut_greater(upto[i], u);

        for (unsigned a = 0; a < 4; a++)
            q[a] = lut_select(early, lut_set1((float)gate_bit(i, a)), q[a]);
    }
}

static void softmax(lut_f *p, const lut_f *v, float temperature)
{
    const lut_f slope = lut_set1(1 / temperature);
    lut_f most = v[0], sum = { 0 }, e[GATES];

    UNROLL_GATES
    for (unsigned i = 1; i < GATES; i++)
        most = lut_max(most, v[i]);
    UNROLL_GATES
    for (unsigned i = 0; i < GATES; i++) {
        e[i] = lut_expf((v[i] - most) * slope);
        sum += e[i];
    }
    sum = 1.0f / sum;
    UNROLL_GATES
    for (unsigned i = 0; i < GATES; i++)
        p[i] = e[i] * sum;
}

static void tables(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    lut_sampling how = t->now->sampling;
    lut_f v[GATES], room[GATES], *p = saved ? saved : room;

    memcpy(v, w, sizeof v);
    for (unsigned i = 0; i < GATES; i++)
        if (how == LUT_GUMBEL_SOFT || how == LUT_GUMBEL_HARD)
            v[i] += lut_gumbel(lut_noise(t, i));
    softmax(p, v, t->now->temperature);
    if (how == LUT_HARD || how == LUT_GUMBEL_HARD)
        choose_gates(q, v);
    else if (how == LUT_BERNOULLI_HARD)
        draw_gates(q, p, lut_noise(t, 0));
    else
        mix_gates(q, p);
}

static void tables_backward(const lut_tile *t, lut_f *dw, const lut_f *dq,
                            const lut_f *saved, const lut_f *w)
{
    const float slope = 1 / t->now->temperature;
    lut_f d[GATES] = { { 0 } }, again[GATES], mean = { 0 };

    if (!saved) {
        softmax(again, w, t->now->temperature);
        saved = again;
    }
    UNROLL_GATES
    for (unsigned i = 0; i < GATES; i++) {
        for (unsigned a = 0; a < 4; a++)
            if (gate_bit(i, a))
                d[i] += dq[a];
        mean = lut_fma(saved[i], d[i], mean);
    }
    UNROLL_GATES
    for (unsigned i = 0; i < GATES; i++)
        dw[i] = saved[i] * (d[i] - mean) * lut_set1(slope);
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
    .remakes = true,
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
