/* Times gamma after every `size` epochs (PyTorch's StepLR; DWN's recipe: 0.1 every 14). */
#include "lib/optim/optim.h"

typedef struct step_cfg {
    uint32_t size;
    double gamma;
} step_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(step_cfg, size, "epochs", 1, 1000000, "14",
                   "epochs between the steps"),
    LUT_OPTION_F64(step_cfg, gamma, "", 1e-9, 1, "0.1", "factor of each step"),
};

static double lr(const void *cfg, double base, uint32_t epoch, uint32_t epochs)
{
    const step_cfg *c = cfg;

    (void)epochs;
    for (uint32_t e = c->size; e <= epoch; e += c->size)
        base *= c->gamma;
    return base;
}

const lut_schedule_ops lut_schedule_step = {
    .name = "step",
    .doc = "times gamma after every size epochs",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(step_cfg),
    .lr = lr,
};
