/* Soft: in training every slot reads a softmax mixture of its candidates, which sharpens
 * step by step; the discrete network reads the heaviest (DiffLUT's learnable layer, math.md
 * 7.5).  Weights start as Xavier's uniform numbers for a matrix of slots times inputs.
 *
 * Mixtures are reals even of bits: a parametrization that makes bits of them (dwn) wants its
 * threshold in the middle, dwn.input_threshold = 0.5; above 0 is nearly every mixture. */
#include "lib/map/map.h"

#include <math.h>

typedef struct soft_cfg {
    uint32_t candidates;
    double tau_start, tau_min, tau_decay;
} soft_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(soft_cfg, candidates, "inputs", 0, 1048576, "0",
                   "inputs that a slot may choose from; 0: all"),
    LUT_OPTION_F64(soft_cfg, tau_start, "", 1e-6, 1e6, "1",
                   "temperature of the mixture at the start"),
    LUT_OPTION_F64(soft_cfg, tau_min, "", 1e-6, 1e6, "0.0001",
                   "temperature that it never falls below"),
    LUT_OPTION_F64(soft_cfg, tau_decay, "", 0, 1, "0.997700063822553",
                   "factor of the temperature at each step; default: a tenth in 1000"),
};

static size_t candidates(const void *cfg, size_t inputs)
{
    return lut_map_candidates(((const soft_cfg *)cfg)->candidates, inputs);
}

static void weights(const void *cfg, size_t inputs, size_t slots, float *weight,
                    lut_rng *rng)
{
    double bound = sqrt(6.0 / (double)(inputs + slots));
    size_t n = slots * candidates(cfg, inputs);

    for (size_t i = 0; i < n; i++)
        weight[i] = (float)(bound * (2 * lut_rng_uniform(rng) - 1));
}

/* Powers by squaring: the same bits with every C library. */
static double temperature(const void *cfg, uint64_t steps)
{
    const soft_cfg *c = cfg;
    double tau = c->tau_start;

    for (double factor = c->tau_decay; steps; steps /= 2, factor *= factor)
        if (steps % 2)
            tau *= factor;
    return tau > c->tau_min ? tau : c->tau_min;
}

const lut_map_ops lut_map_soft = {
    .name = "soft",
    .doc = "a mixture of the inputs in training, the heaviest of them afterwards",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(soft_cfg),
    .kind = LUT_MAP_MIX,
    .candidates = candidates,
    .weights = weights,
    .temperature = temperature,
};
