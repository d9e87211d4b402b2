#include "lib/net/anneal.h"

#include "lib/base/mathx.h"

double lut_anneal_at(const lut_anneal *a, uint32_t epoch, uint32_t epochs)
{
    double part;

    if (a->kind == LUT_CONSTANT || epochs < 2 || epoch == 0)
        return a->from;
    if (epoch >= epochs - 1)
        return a->to;
    part = (double)epoch / (double)(epochs - 1);
    if (a->kind == LUT_LINEAR)
        return a->from + (a->to - a->from) * part;
    return a->from * lut_exp(part * lut_ln(a->to / a->from));
}
