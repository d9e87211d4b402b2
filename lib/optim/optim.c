/* Helpers of the optimizers that are the same for every instruction set. */
#include "lib/optim/optim.h"

const char *const lut_moments_names[] = { "float", "bfloat16", NULL };

size_t lut_optim_find(const char *name)
{
    for (size_t i = 0; lut_optim_table_scalar[i]; i++)
        if (strcmp(lut_optim_table_scalar[i]->name, name) == 0)
            return i;
    return SIZE_MAX;
}

void lut_opt_advance(lut_opt_step *now, const lut_optim_ops *ops, const void *cfg)
{
    double beta[2] = { 0, 0 };

    if (ops->betas)
        ops->betas(cfg, beta);
    now->t++;
    for (int i = 0; i < 2; i++)
        now->power[i] *= beta[i];
}

const lut_schedule_ops *lut_schedule_find(const char *name)
{
    for (size_t i = 0; lut_schedule_table[i]; i++)
        if (strcmp(lut_schedule_table[i]->name, name) == 0)
            return lut_schedule_table[i];
    return NULL;
}

double lut_schedule_lr(const lut_schedule_ops *ops, const void *cfg, double base,
                       uint32_t warmup, uint32_t epoch, uint32_t epochs)
{
    if (epoch < warmup)
        return base * ((double)epoch + 1) / ((double)warmup + 1);
    return ops->lr(cfg, base, epoch - warmup, epochs - warmup);
}
