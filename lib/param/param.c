/* Helpers of the parametrizations that are the same for every instruction set. */
#include "lib/param/param.h"
#include "lib/base/mathx.h"
#include "lib/param/init.h"

size_t lut_param_find(const char *name)
{
    for (size_t i = 0; lut_param_table_scalar[i]; i++)
        if (strcmp(lut_param_table_scalar[i]->name, name) == 0)
            return i;
    return SIZE_MAX;
}

const char *const lut_sampling_names[] = { "soft",           "hard",
                                           "bernoulli_hard", "gumbel_soft",
                                           "gumbel_hard",    NULL };

lut_form lut_param_form(const lut_param_ops *ops, const void *cfg)
{
    lut_form form = ops->form;

    if (ops->adapt)
        ops->adapt(cfg, &form);
    return form;
}

void lut_param_prepare(const lut_param_ops *ops, void *cfg, unsigned k)
{
    if (ops->prepare)
        ops->prepare(cfg, k);
}

size_t lut_param_entries(const void *cfg, unsigned k)
{
    (void)cfg;
    return (size_t)1 << k;
}

size_t lut_param_none(const void *cfg, unsigned k)
{
    (void)cfg;
    (void)k;
    return 0;
}

void lut_param_harden_or_one(const void *cfg, unsigned k, uint64_t tt[4],
                             const float *w)
{
    (void)cfg;
    for (size_t a = 0; a < (size_t)1 << k; a++)
        tt[a / 64] |= (uint64_t) !(w[a] < 0) << (a % 64);
}

lut_status lut_param_check_size(const char *option, unsigned value, unsigned k,
                                size_t n, lut_err *err)
{
    if (n <= LUT_MAX_WEIGHTS)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "%s = %u: a LUT of rank %u would have %zu weights, want at most %d",
                    option, value, k, n, (int)LUT_MAX_WEIGHTS);
}

double lut_init_logit(const lut_init *how)
{
    return how->temperature * lut_ln(how->probability / (1 - how->probability));
}

void lut_init_normal(float *w, size_t n, double deviation, lut_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        w[i] = (float)(deviation * lut_rng_normal(rng));
}

void lut_init_identity(float *w, unsigned k, double c, double noise, lut_rng *rng)
{
    size_t entries = (size_t)1 << k;

    lut_init_normal(w, entries, noise, rng);
    for (size_t a = 0; a < entries; a++)
        w[a] += (float)(a < entries / 2 ? -c : c);
}

void lut_init_logits(float *w, unsigned k, double deviation, lut_rng *rng,
                     const lut_init *how)
{
    if (how->residual)
        lut_init_identity(w, k, lut_init_logit(how), how->noise * how->temperature,
                          rng);
    else
        lut_init_normal(w, (size_t)1 << k, deviation, rng);
}

void lut_init_unit_logits(const void *cfg, unsigned k, float *w, lut_rng *rng,
                          const lut_init *how)
{
    (void)cfg;
    lut_init_logits(w, k, 1, rng, how);
}
