/* The learning rate stays as it is. */
#include "lib/optim/optim.h"

static double lr(const void *cfg, double base, uint32_t epoch, uint32_t epochs)
{
    (void)cfg;
    (void)epoch;
    (void)epochs;
    return base;
}

const lut_schedule_ops lut_schedule_constant = {
    .name = "constant",
    .doc = "the base learning rate throughout",
    .lr = lr,
};
