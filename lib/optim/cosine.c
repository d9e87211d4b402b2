/* Half a cosine from the base rate towards min_lr, which the epoch after the last would have
 * (PyTorch's CosineAnnealingLR with T_max = epochs; Loshchilov and Hutter 2017 without
 * restarts). */
#include "lib/base/mathx.h"
#include "lib/optim/optim.h"

typedef struct cosine_cfg {
    double min_lr;
} cosine_cfg;

static const lut_field fields[] = {
    LUT_OPTION_F64(cosine_cfg, min_lr, "", 0, 1e3, "0", "rate that it runs towards"),
};

static double lr(const void *cfg, double base, uint32_t epoch, uint32_t epochs)
{
    const cosine_cfg *c = cfg;
    double half = 0.5 * (1 + lut_cos_pi((double)epoch / epochs));

    return c->min_lr + (base - c->min_lr) * half;
}

const lut_schedule_ops lut_schedule_cosine = {
    .name = "cosine",
    .doc = "half a cosine from the base rate towards min_lr",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(cosine_cfg),
    .lr = lr,
};
