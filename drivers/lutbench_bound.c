/* Least time of a sample of training, from shapes and from what a probe measured:
 *
 *   seconds = max(F / fma, A / cache + S / batch / memory)
 *
 * F  fused multiply-adds of a sample, in the monomial basis (lib/kern/kern.h); A  bytes of
 * activations and their gradients, each moved once for each use; S  bytes of a step's
 * weights and optimizer state, each read and written once.
 *
 * A LUT of rank k with real inputs: forward 2^k - 1; backward, by halves of k = u + v inputs,
 *   monomials           (2^u - 1 - u) + (2^v - 1)
 *   coefficients        2^k
 *   inputs              (2^u - 1) 2^v + (2^v - 1)(2^u - 1) + u 2^(u-1) + v 2^(v-1)
 * the last only above the first layer.  With bits for inputs: 45, two permutations and a
 * scalar addition for each sample, as fast as they were measured beside the multiply-adds
 * (about 1.4 cycles of a core that does 32 a cycle).  A first layer may do either.  Where a
 * LUT has fewer weights than entries, or is no table at all (a field), 3 for each weight: 2
 * in the first layer.  A squashed output costs 14 more.
 *
 * Not counted, so that the bound stays one: making tables from weights, the optimizer's
 * arithmetic, partial gradients, the transposition of the batch, the head. */
#include "drivers/lutbench.h"
#include "lib/optim/optim.h"
#include "sweep/options.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKUP = 45, SQUASH = 14 };

typedef struct shape {
    lut_form form;
    size_t nweights, nstate;
    unsigned k;
    uint32_t width[LUT_MAX_LAYERS], nlayers;
} shape;

typedef struct cost {
    double fma, bytes; /* of a sample */
} cost;

static double power2(unsigned n)
{
    return (double)((uint64_t)1 << n);
}

static double interpolation(unsigned k, bool first)
{
    unsigned u = k / 2, v = k - u;
    double pu = power2(u), pv = power2(v);
    double fma = power2(k) - 1 + (pu - 1 - u) + (pv - 1) + power2(k);

    if (!first)
        fma += (pu - 1) * pv + (pv - 1) * (pu - 1) + u * pu / 2 + v * pv / 2;
    return fma;
}

/* Forward, gradient of the weights, gradient of the inputs: a multiply-add of each weight. */
static double by_weights(const shape *s, bool first)
{
    return (first ? 2.0 : 3.0) * (double)s->nweights;
}

static double on_reals(const shape *s, bool first)
{
    double squash = s->form.squash == LUT_SIGMOID ? SQUASH : 0;
    double table = interpolation(s->k, first), weights = by_weights(s, first);
    bool compact = (double)s->nweights < power2(s->k) && weights < table;

    return (s->form.forward == LUT_FIELD || compact ? weights : table) + squash;
}

static double arithmetic(const shape *s, bool first)
{
    double real = on_reals(s, first);

    if (!first)
        return s->form.forward == LUT_LOOKUP ? LOOKUP : real;
    return real < LOOKUP ? real : LOOKUP;
}

/* Forward: k inputs read, an output written.  Backward: its gradient and the inputs read,
 * k rows of gradients below read, written, and cleared once. */
static double traffic(const shape *s, bool first)
{
    bool bits = s->form.forward == LUT_LOOKUP;
    double in = first || bits ? 0.125 : 4, out = bits ? 0.125 : 4, k = s->k;

    return k * in + out + 4 + k * in + (first ? 0 : 8 * k + 4);
}

static cost sample(const shape *s)
{
    cost c = { 0, 0 };

    for (uint32_t l = 0; l < s->nlayers; l++) {
        c.fma += s->width[l] * arithmetic(s, l == 0);
        c.bytes += s->width[l] * traffic(s, l == 0);
    }
    return c;
}

/* Of the nearest memory that holds so many bytes and leaves half of it for others. */
static double speed(const bench_rates *r, double bytes)
{
    return bytes < 0.5 * (double)r->l2_size   ? r->l2
           : bytes < 0.5 * (double)r->l3_size ? r->l3
                                              : r->memory;
}

static double widest(const shape *s)
{
    uint32_t w = 0;

    for (uint32_t l = 0; l < s->nlayers; l++)
        w = s->width[l] > w ? s->width[l] : w;
    return w;
}

static lut_status read_shape(shape *s, const sweep_trial *t, lut_err *err)
{
    sweep_plugin param, optim;
    const lut_param_ops *p;
    void *cfg;

    LUT_TRY(sweep_trial_plugin(&param, t, "parametrization", err));
    LUT_TRY(sweep_trial_plugin(&optim, t, "optimizer", err));
    cfg = sweep_plugin_cfg(&param, t->options, err);
    if (!cfg)
        return err ? err->code : LUT_ENOMEM;
    p = lut_param_table_scalar[lut_param_find(param.name)];
    s->form = lut_param_form(p, cfg);
    s->nweights = p->nweights(cfg, t->lut_rank);
    s->nstate = lut_optim_table_scalar[lut_optim_find(optim.name)]->nstate;
    s->k = t->lut_rank;
    s->nlayers = sweep_trial_layers(s->width, t->layers);
    free(cfg);
    return LUT_OK;
}

lut_status bench_bound(double *seconds, const char **by, const sweep_trial *trial,
                       double parameters, const bench_rates *r, lut_err *err)
{
    const double lanes = LUT_LANES; /* samples of the smallest plane */
    double compute, memory, kept;
    shape s = { .k = 0 };
    cost c;

    LUT_TRY(read_shape(&s, trial, err));
    c = sample(&s);
    kept = parameters * sizeof(float) * (1 + (double)s.nstate);
    compute = c.fma / r->fma;
    memory =
        c.bytes /
            (widest(&s) * lanes * sizeof(float) <= (double)r->l2_size ? r->l2 : r->l3) +
        2 * kept / trial->batch / speed(r, kept);
    *seconds = compute > memory ? compute : memory;
    *by = compute > memory ? "arithmetic" : "memory";
    return LUT_OK;
}
