/* Learnable: every slot chooses among a few candidate inputs, drawn so that each input is
 * a candidate equally often, or among all inputs.  DWN's straight-through argmax, over the
 * candidates (math.md 7.5; torch-dwn "learnable"; torchlogix and BitLogic num_candidates).
 *
 * With `redraw` the lightest candidates give way to others while training goes on: to the
 * best of a random pool by the gradient of the step.  Percent of validation rows, mean of
 * five seeds (MNIST: three), dwn of rank 6, one layer (MNIST: 2000-1000), tau 5 (MNIST: 6):
 *   data, inputs, LUTs, epochs   16 stay   16 redrawn   all inputs   seconds of an epoch
 *   optdigits, 448, 300, 30        96.9       97.8         98.0        .03  .04  .45
 *   letter, 112, 780, 12           84.5       85.7         85.5        .64  .72 1.95
 *   MNIST, 2352, 3000, 5           96.7       97.6          -          5.8  5.6   -
 * So they do what all inputs do at the price of a few candidates.  With a tau that is far
 * off (letter at 10: 77.2 against 75.7) they can lose: wires that change late leave their
 * tables behind. */
#include "lib/map/map.h"

typedef struct learnable_cfg {
    uint32_t candidates;
    double lm_tau;
    uint32_t redraw_every;
    double redraw, redraw_until, redraw_margin;
    uint32_t redraw_pool;
} learnable_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(learnable_cfg, candidates, "inputs", 0, 1048576, "16",
                   "inputs that a slot may choose from; 0: all"),
    LUT_OPTION_F64(learnable_cfg, lm_tau, "", 1e-6, 1e6, "0.001",
                   "softmax temperature of the gradient to the layer below"),
    LUT_OPTION_F64(learnable_cfg, redraw, "", 0, 1, "0.25",
                   "share of the candidates that a round of redraws replaces; 0: none"),
    LUT_OPTION_U32(learnable_cfg, redraw_every, "steps", 1, 1000000000, "10",
                   "from one round of redraws to the next"),
    LUT_OPTION_F64(learnable_cfg, redraw_until, "", 0, 1, "0.25",
                   "share of the epochs after which no candidates are redrawn"),
    LUT_OPTION_U32(learnable_cfg, redraw_pool, "inputs", 1, 1024, "64",
                   "random inputs that newcomers are the best of"),
    LUT_OPTION_F64(
        learnable_cfg, redraw_margin, "steps", 0, 1e6, "5",
        "a newcomer starts this many learning rates below the weight in use"),
};

static size_t candidates(const void *cfg, size_t inputs)
{
    return lut_map_candidates(((const learnable_cfg *)cfg)->candidates, inputs);
}

static double temperature(const void *cfg, uint64_t steps)
{
    (void)steps;
    return ((const learnable_cfg *)cfg)->lm_tau;
}

static void weights(const void *cfg, size_t inputs, size_t slots, float *weight,
                    lut_rng *rng)
{
    size_t n = slots * candidates(cfg, inputs);

    for (size_t i = 0; i < n; i++)
        weight[i] = (float)lut_rng_uniform(rng);
}

static lut_map_redraw redraw(const void *cfg, size_t inputs)
{
    const learnable_cfg *c = cfg;
    size_t n = candidates(cfg, inputs);
    size_t count = (size_t)(c->redraw * (double)n + 0.5);

    if (c->redraw > 0 && count == 0)
        count = 1;
    if (count >= n)
        count = n - 1;
    return (lut_map_redraw){ .every = n < inputs && count ? c->redraw_every : 0,
                             .count = count,
                             .pool = c->redraw_pool,
                             .until = c->redraw_until,
                             .margin = c->redraw_margin };
}

const lut_map_ops lut_map_learnable = {
    .name = "learnable",
    .doc = "each slot learns which of its candidate inputs to read",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(learnable_cfg),
    .kind = LUT_MAP_CHOICE,
    .candidates = candidates,
    .weights = weights,
    .temperature = temperature,
    .redraw = redraw,
};
