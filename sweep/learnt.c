#include "sweep/learnt.h"

#include <math.h>
#include <stdlib.h>

/* Lower end and width of the values of features first .. end - 1; a width of 0 would be no
 * unit. */
static void range(double *origin, double *scale, const lut_samples *s, size_t first,
                  size_t end)
{
    double lo = s->value[first], hi = lo;

    for (size_t i = 0; i < s->n; i++)
        for (size_t f = first; f < end; f++) {
            lo = fmin(lo, (double)s->value[i * s->features + f]);
            hi = fmax(hi, (double)s->value[i * s->features + f]);
        }
    *origin = lo;
    *scale = hi > lo ? hi - lo : 1;
}

lut_status sweep_learnt_open(sweep_learnt *l, const sweep_trial *t,
                             const sweep_encoded *data, lut_err *err)
{
    const lut_encoder *enc = &data->encoder;
    bool global = sweep_encoder_cfg(t).scope == LUT_GLOBAL;
    size_t sets = global ? 1 : enc->features;

    if (!t->encoder_learn)
        return LUT_OK;
    l->origin = malloc(sets * sizeof *l->origin);
    l->scale = malloc(sets * sizeof *l->scale);
    if (!l->origin || !l->scale)
        return lut_fail(err, LUT_ENOMEM, "no memory for the ranges of %zu features",
                        sets);
    for (size_t i = 0; i < sets; i++)
        range(&l->origin[i], &l->scale[i], &data->train, i,
              global ? enc->features : i + 1);
    l->cfg = (lut_inlet_cfg){ .learnt = { .sets = sets,
                                          .count = enc->thresholds,
                                          .softness = t->encoder_softness,
                                          .temperature = t->encoder_temperature,
                                          .clip = t->encoder_clip,
                                          .origin = l->origin,
                                          .scale = l->scale },
                              .features = enc->features,
                              .threshold = enc->threshold,
                              .input = enc->input };
    return LUT_OK;
}

void sweep_learnt_close(sweep_learnt *l)
{
    free(l->origin);
    free(l->scale);
    free(l->bits);
    *l = (sweep_learnt){ .bits = NULL };
}

lut_status sweep_learnt_encode(sweep_learnt *l, sweep_encoded *data, const lut_net *net,
                               const lut_exec *exec, lut_err *err)
{
    lut_samples *const part[] = { &data->train, &data->valid, &data->test };
    size_t rows = data->train.n + data->valid.n + data->test.n;
    uint64_t *next;

    if (!lut_net_has_inlet(net))
        return LUT_OK;
    l->bits = next = malloc(rows * data->train.ld * sizeof *l->bits);
    if (!l->bits)
        return lut_fail(err, LUT_ENOMEM, "no memory for the bits of %zu rows", rows);
    for (size_t i = 0; i < LUT_COUNT(part); i++) {
        lut_net_encode(net, exec, next, part[i]);
        part[i]->x = next;
        next += part[i]->n * part[i]->ld;
    }
    return LUT_OK;
}
