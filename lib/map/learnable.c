/* Learnable: every slot chooses among a few candidate inputs, drawn so that each input is
 * a candidate equally often.  DWN's straight-through argmax, restricted to the candidates
 * (math.md 7.5; torchlogix num_candidates, BitLogic num_candidates). */
#include "lib/map/map.h"

typedef struct learnable_cfg {
    uint32_t candidates;
    double lm_tau;
} learnable_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(learnable_cfg, candidates, "inputs", 2, 1024, "16",
                   "inputs that a slot may choose from"),
    LUT_OPTION_F64(learnable_cfg, lm_tau, "", 1e-6, 1e6, "0.001",
                   "softmax temperature of the gradient to the layer below"),
};

static size_t candidates(const void *cfg, size_t inputs)
{
    const learnable_cfg *c = cfg;

    return c->candidates < inputs ? c->candidates : inputs;
}

static float temperature(const void *cfg)
{
    return (float)((const learnable_cfg *)cfg)->lm_tau;
}

static void init(const void *cfg, size_t inputs, size_t slots, uint32_t *wire,
                 uint32_t *candidate, float *weight, uint32_t *scratch, lut_rng *rng)
{
    size_t n = slots * candidates(cfg, inputs);

    (void)wire;
    lut_map_coverage(candidate, n, inputs, scratch, rng);
    for (size_t i = 0; i < n; i++)
        weight[i] = (float)lut_rng_uniform(rng);
}

const lut_map_ops lut_map_learnable = {
    .name = "learnable",
    .doc = "each slot learns which of its candidate inputs to read",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(learnable_cfg),
    .candidates = candidates,
    .temperature = temperature,
    .init = init,
};
