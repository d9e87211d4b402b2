/* A trial whose fields were set one by one in the form that keys are made of. */
#include "sweep/hardware.h"
#include "sweep/options.h"
#include "sweep/trial.h"

#include "lib/base/check.h"
#include "lib/map/map.h"
#include "lib/optim/optim.h"
#include "lib/param/param.h"
#include "lib/regul/regul.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WIDTH = 1048576 }; /* of fields.def */

uint32_t sweep_trial_layers(uint32_t width[LUT_MAX_LAYERS], const char *layers)
{
    uint32_t n = 0;

    for (const char *at = layers;; at++) {
        size_t digits = strspn(at, "0123456789");
        unsigned long w = digits && digits < 8 ? strtoul(at, NULL, 10) : 0;

        if (w < 1 || w > MAX_WIDTH || n == LUT_MAX_LAYERS)
            return 0;
        width[n++] = (uint32_t)w;
        at += digits;
        if (!*at)
            return n;
        if (*at != '-')
            return 0;
    }
}

static lut_status write_layers(sweep_trial *t, const uint32_t *width, uint32_t n,
                               lut_err *err)
{
    size_t used = 0;

    memset(t->layers, 0, sizeof t->layers);
    for (uint32_t l = 0; l < n; l++) {
        int more = snprintf(t->layers + used, sizeof t->layers - used, "%s%u",
                            l ? "-" : "", (unsigned)width[l]);

        if (more < 0 || (size_t)more >= sizeof t->layers - used)
            return lut_fail(err, LUT_EINVAL,
                            "depth = %u: too many layers of this width", (unsigned)n);
        used += (size_t)more;
    }
    return LUT_OK;
}

static double fallback(const char *field)
{
    size_t n;
    const lut_field *all = sweep_trial_fields(&n);

    return strtod(lut_field_find(all, n, field)->fallback, NULL);
}

/* The default where none was said, as a multiple of the classes. */
static double default_width(uint32_t classes)
{
    double groups = floor(fallback("width") / classes + 0.5);

    return classes * (groups < 1 ? 1 : groups);
}

static void resolve_validation(sweep_trial *t, size_t rows)
{
    if (t->train_limit && t->train_limit < rows)
        rows = t->train_limit;
    if (isnan(t->validation))
        t->validation = rows < SWEEP_SPLIT_ROWS ? 0 : fallback("validation");
}

/* `layers` from width and depth, or the other way round. */
static lut_status resolve_layers(sweep_trial *t, uint32_t classes, lut_err *err)
{
    uint32_t width[LUT_MAX_LAYERS], n = t->depth;
    bool said = t->layers[0] != 0, uniform = true;

    if (said) {
        n = sweep_trial_layers(width, t->layers);
        if (!n)
            return lut_fail(
                err, LUT_EINVAL,
                "layers = \"%s\": no list of at most %d widths of 1..%d LUTs "
                "like \"2000-1000\"",
                t->layers, (int)LUT_MAX_LAYERS, (int)MAX_WIDTH);
    } else {
        if (isnan(t->width))
            t->width = default_width(classes);
        for (uint32_t l = 0; l < n && l < LUT_MAX_LAYERS; l++)
            width[l] = (uint32_t)t->width;
    }
    for (uint32_t l = 1; l < n; l++)
        uniform &= width[l] == width[0];
    t->depth = n;
    t->width = uniform ? width[0] : (double)NAN;
    return write_layers(t, width, n, err);
}

/* Numbers may have been set by a program and not by text. */
static lut_status check_numbers(const sweep_trial *t, lut_err *err)
{
    size_t n;
    const lut_field *f = sweep_trial_fields(&n);
    sweep_trial scratch;
    char value[LUT_FIELD_TEXT];

    for (size_t i = 0; i < n; i++) {
        double v = lut_field_number(&f[i], t);

        if (f[i].type == LUT_TEXT || f[i].type == LUT_BOOL ||
            (f[i].type == LUT_WHOLE && isnan(v)))
            continue;
        if (lut_field_set_number(&f[i], &scratch, v, err) != LUT_OK)
            return lut_err_wrap(err, "%s = %s", f[i].name,
                                lut_field_text(&f[i], value, t));
    }
    return LUT_OK;
}

/* ---- vetoes ---- */

/* " (other ranks: light, warp)": who takes the rank that was asked for. */
static void others(char *out, size_t room, const sweep_family *family, uint32_t rank)
{
    sweep_plugin p;
    size_t used = 0;

    out[0] = 0;
    for (size_t i = 0; family->entry(&p, i); i++) {
        const lut_param_ops *ops = p.ops;

        if (rank < ops->min_k || rank > ops->max_k || used >= room)
            continue;
        used += (size_t)snprintf(out + used, room - used, "%s%s",
                                 used ? ", " : " (other ranks: ", p.name);
    }
    if (used && used + 1 < room)
        snprintf(out + used, room - used, ")");
}

static lut_status check_rank(const sweep_trial *t, const sweep_plugin *param,
                             lut_err *err)
{
    const lut_param_ops *ops = param->ops;
    char range[32], more[300];
    size_t n;
    const lut_field *all = sweep_trial_fields(&n);

    if (t->lut_rank >= ops->min_k && t->lut_rank <= ops->max_k)
        return LUT_OK;
    snprintf(range, sizeof range, ops->min_k == ops->max_k ? "%u" : "%u..%u",
             ops->min_k, ops->max_k);
    others(more, sizeof more,
           sweep_family_of(lut_field_find(all, n, "parametrization")), t->lut_rank);
    return lut_fail(err, LUT_EINVAL, "lut_rank = %u: \"%s\" takes %s%s",
                    (unsigned)t->lut_rank, param->name, range, more);
}

/* The one mode of a parametrization that has no other; refuses one that it lacks. */
static lut_status resolve_sampling(sweep_trial *t, const char *name, unsigned samplings,
                                   lut_err *err)
{
    char has[128];
    size_t used = 0;

    for (int i = 0; i < LUT_SAMPLINGS; i++) {
        if (!(samplings >> i & 1))
            continue;
        if (strcmp(t->sampling, lut_sampling_names[i]) == 0)
            return LUT_OK;
        used += (size_t)snprintf(has + used, sizeof has - used, "%s%s",
                                 used ? ", " : "", lut_sampling_names[i]);
    }
    if (__builtin_popcount(samplings) > 1)
        return lut_fail(err, LUT_EINVAL, "sampling = \"%s\": \"%s\" takes %s",
                        t->sampling, name, has);
    memset(t->sampling, 0, sizeof t->sampling);
    memcpy(t->sampling, has, used);
    return LUT_OK;
}

/* What follows from the parametrization's options, and what they exclude. */
static lut_status resolve_param(sweep_trial *t, const sweep_plugin *param, lut_err *err)
{
    const lut_param_ops *ops = param->ops;
    lut_status st = LUT_OK;
    lut_err why;
    void *cfg = sweep_plugin_cfg(param, t->options, err);

    if (!cfg)
        return err ? err->code : LUT_EINVAL;
    if (ops->check && ops->check(cfg, t->lut_rank, &why) != LUT_OK)
        st = lut_fail(err, why.code, "%s.%s", param->name, why.text);
    else
        st = resolve_sampling(t, param->name, lut_param_form(ops, cfg).samplings, err);
    free(cfg);
    if (st == LUT_OK && ops->no_residual && strcmp(t->weight_init, "residual") == 0)
        st = lut_fail(err, LUT_EINVAL,
                      "weight_init = residual: \"%s\" has none, want random",
                      param->name);
    return st;
}

/* ---- the encoder ---- */

lut_encoder_cfg sweep_encoder_cfg(const sweep_trial *t)
{
    lut_encoder_cfg cfg = { .bits = t->encoder_bits, .sign = LUT_SIGN_AUTO };

    cfg.scope = strcmp(t->encoder_scope, "global") == 0 ? LUT_GLOBAL : LUT_FEATURE_WISE;
    cfg.single = strcmp(t->encoder_binary, "single") == 0;
    cfg.input = (lut_fixed){ .width = t->input_width, .frac = (int32_t)t->input_frac };
    if (strcmp(t->input_signed, "auto") != 0)
        cfg.sign = strcmp(t->input_signed, "true") == 0 ? LUT_SIGNED : LUT_UNSIGNED;
    return cfg;
}

/* Where inputs are real, frac and sign mean nothing: they must not make other keys. */
static lut_status resolve_inputs(sweep_trial *t, lut_err *err)
{
    if (isnan(t->input_frac))
        return lut_fail(err, LUT_EINVAL, "input_frac = nan: want -32..32");
    if (t->input_width)
        return LUT_OK;
    t->input_frac = 0;
    memset(t->input_signed, 0, sizeof t->input_signed);
    strcpy(t->input_signed, "auto");
    return LUT_OK;
}

/* ---- fields without meaning ---- */

/* Names, NULL-ended, to their defaults. */
static void to_defaults(sweep_trial *t, const char *const *name)
{
    size_t n;
    const lut_field *all = sweep_trial_fields(&n);

    for (; *name; name++) {
        const lut_field *f = lut_field_find(all, n, *name);

        LUT_CHECK(f);
        memset((char *)t + f->offset, 0, f->size);
        lut_fields_default(f, 1, t);
    }
}

/* What changes no number in this configuration: the same network must not have two keys. */
static void resolve_idle(sweep_trial *t, const lut_param_ops *param,
                         const lut_optim_ops *optim, size_t rows)
{
    const struct idle {
        bool is;
        const char *name[4];
    } idles[] = {
        { !t->encoder_learn,
          { "encoder_softness", "encoder_temperature", "encoder_clip" } },
        { param->no_temperature,
          { "temperature", "temperature_schedule", "temperature_end" } },
        { strcmp(t->weight_init, "random") == 0,
          { "anchor_init", "residual_probability" } },
        { !(t->validation > 0), { "patience" } },
        { t->depth == 1 && !t->encoder_learn, { "grad_factor" } },
        { t->depth == 1, { "mapping_rest" } },
        { optim->nstate < 2, { "moments" } },
        { param->form.forward != LUT_INTERPOLATE || strcmp(t->sampling, "soft") != 0,
          { "activations" } },
        { t->train_limit >= rows, { "train_limit" } },
    };

    for (size_t i = 0; i < LUT_COUNT(idles); i++)
        if (idles[i].is)
            to_defaults(t, idles[i].name);
}

static lut_status check_learnt(const sweep_trial *t, const lut_encode_ops *ops,
                               lut_err *err)
{
    if (!t->encoder_learn)
        return LUT_OK;
    if (ops->codes)
        return lut_fail(err, LUT_EINVAL,
                        "encoder_learn = true: \"%s\" is no thermometer, only their "
                        "thresholds can be learnt",
                        ops->name);
    if (strcmp(t->encoder_binary, "single") == 0)
        return lut_fail(
            err, LUT_EINVAL,
            "encoder_learn = true: encoder_binary = \"single\" leaves nothing "
            "to learn of some features, want \"same\"");
    return LUT_OK;
}

/* What the encoder says of an option of its own names the option; the rest is about bits. */
static lut_status check_bits(const sweep_trial *t, const lut_encode_ops *ops,
                             const void *options, lut_err *err)
{
    const lut_encoder_cfg cfg = sweep_encoder_cfg(t);
    const size_t n = strlen(ops->name);
    lut_err why;

    if (lut_encode_check(ops, options, cfg.bits, &cfg.input, &why) == LUT_OK)
        return LUT_OK;
    if (strncmp(why.text, ops->name, n) == 0 && why.text[n] == '.')
        return lut_fail(err, why.code, "%s", why.text);
    return lut_fail(err, why.code, "encoder_bits = %u: %s", (unsigned)t->encoder_bits,
                    why.text);
}

static lut_status check_encoder(const sweep_trial *t, const sweep_data_facts *facts,
                                lut_err *err)
{
    const lut_encoder_cfg cfg = sweep_encoder_cfg(t);
    const lut_encode_ops *ops;
    sweep_plugin plugin;
    lut_status st;
    void *options;

    LUT_TRY(sweep_trial_plugin(&plugin, t, "encoder", err));
    ops = plugin.ops;
    if (cfg.scope == LUT_GLOBAL && ops->place)
        return lut_fail(
            err, LUT_EINVAL,
            "encoder_scope = \"global\": \"%s\" fits nothing to the values, "
            "want \"feature\"",
            ops->name);
    LUT_TRY(check_learnt(t, ops, err));
    options = sweep_plugin_cfg(&plugin, t->options, err);
    if (!options)
        return err ? err->code : LUT_EINVAL;
    st = check_bits(t, ops, options, err);
    if (st == LUT_OK && ops->check_files && facts->folder)
        st = ops->check_files(options, facts->features, cfg.bits, t->dataset,
                              facts->folder, err);
    free(options);
    return st;
}

/* In the family's order; those that are about one parametrization go with it alone. */
static lut_status resolve_regularisers(sweep_trial *t, lut_err *err)
{
    sweep_plugin p[SWEEP_LISTED];
    size_t n;

    LUT_TRY(sweep_trial_plugins(p, &n, t, "regulariser", err));
    for (size_t i = 0; i < n; i++) {
        const lut_regul_ops *ops = p[i].ops;

        if (ops->param && strcmp(ops->param, t->parametrization) != 0)
            return lut_fail(err, LUT_EINVAL,
                            "regulariser = \"%s\": is about parametrization = \"%s\", "
                            "found \"%s\"",
                            ops->name, ops->param, t->parametrization);
    }
    return LUT_OK;
}

/* Votes are counted over the last layer, so it alone has to be divisible. */
static lut_status check_classes(const sweep_trial *t, uint32_t classes,
                                bool said_layers, lut_err *err)
{
    uint32_t width[LUT_MAX_LAYERS], n = sweep_trial_layers(width, t->layers);
    uint32_t last, below;
    char field[320], nearest[64];

    last = width[n - 1];
    if (t->padding || last % classes == 0)
        return LUT_OK;
    below = last - last % classes;
    if (below)
        snprintf(nearest, sizeof nearest, "%u, %u", (unsigned)below,
                 (unsigned)(below + classes));
    else
        snprintf(nearest, sizeof nearest, "%u", (unsigned)classes);
    if (said_layers)
        snprintf(field, sizeof field, "layers = \"%s\": the last one is", t->layers);
    else
        snprintf(field, sizeof field, "width = %u:", (unsigned)last);
    return lut_fail(err, LUT_EINVAL,
                    "%s not divisible by the %u classes of %s (nearest: %s)", field,
                    (unsigned)classes, t->dataset, nearest);
}

/* Wiring of layers first .. last - 1 by the mapping of that field; inputs: of the network. */
static lut_status check_layers(const sweep_trial *t, const char *field, size_t inputs,
                               uint32_t first, uint32_t last, lut_err *err)
{
    uint32_t width[LUT_MAX_LAYERS];
    const lut_map_ops *ops;
    lut_status st = LUT_OK;
    sweep_plugin p;
    void *cfg;

    sweep_trial_layers(width, t->layers);
    LUT_TRY(sweep_trial_plugin(&p, t, field, err));
    ops = p.ops;
    if (!ops->check)
        return LUT_OK;
    cfg = sweep_plugin_cfg(&p, t->options, err);
    if (!cfg)
        return err ? err->code : LUT_ENOMEM;
    for (uint32_t l = first; l < last && st == LUT_OK; l++)
        if (ops->check(cfg, l ? width[l - 1] : inputs, width[l], t->lut_rank, err) !=
            LUT_OK)
            st = lut_err_wrap(err, "%s = \"%s\": layer %u", field, p.name, l + 1);
    free(cfg);
    return st;
}

/* Where features of 0 and 1 take a bit each, the network has at most so many inputs: who
 * can wire no layer of those can wire none of fewer. */
static lut_status check_wiring(const sweep_trial *t, const sweep_data_facts *facts,
                               lut_err *err)
{
    const size_t inputs = facts->features * t->encoder_bits;

    if (inputs)
        LUT_TRY(check_layers(t, "mapping_first", inputs, 0, 1, err));
    return check_layers(t, "mapping_rest", 0, 1, t->depth, err);
}

/* Its rate would never be reached. */
static lut_status check_warmup(const sweep_trial *t, lut_err *err)
{
    if (t->warmup < t->epochs)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "warmup = %u: want fewer than the %u epochs",
                    (unsigned)t->warmup, (unsigned)t->epochs);
}

/* A temperature that does not change has no end. */
static lut_status resolve_temperature(sweep_trial *t, lut_err *err)
{
    if (strcmp(t->temperature_schedule, "constant") == 0)
        t->temperature_end = 0;
    else if (!(t->temperature_end > 0))
        return lut_fail(err, LUT_EINVAL,
                        "temperature_end = 0: temperature_schedule \"%s\" needs one "
                        "above 0",
                        t->temperature_schedule);
    return LUT_OK;
}

lut_status sweep_trial_resolve(sweep_trial *t, const sweep_data_facts *facts,
                               lut_err *err)
{
    char options[SWEEP_OPTIONS];
    bool said_layers = t->layers[0] != 0;
    sweep_plugin param, optim;

    resolve_validation(t, facts->samples);
    LUT_TRY(check_numbers(t, err));
    LUT_TRY(resolve_layers(t, facts->classes, err));
    LUT_TRY(resolve_inputs(t, err));
    LUT_TRY(sweep_trial_plugin(&param, t, "parametrization", err));
    LUT_TRY(sweep_trial_plugin(&optim, t, "optimizer", err));
    resolve_idle(t, param.ops, optim.ops, facts->samples);
    LUT_TRY(resolve_temperature(t, err));
    LUT_TRY(check_warmup(t, err));
    LUT_TRY(resolve_regularisers(t, err));
    LUT_TRY(sweep_options_complete(options, t, err));
    memcpy(t->options, options, sizeof options);
    LUT_TRY(check_rank(t, &param, err));
    LUT_TRY(check_wiring(t, facts, err));
    LUT_TRY(resolve_param(t, &param, err));
    LUT_TRY(check_encoder(t, facts, err));
    LUT_TRY(sweep_hardware_resolve(t, err));
    return check_classes(t, facts->classes, said_layers, err);
}

/* ---- cost ---- */

/* Work of a LUT input that learns which input to read: one visit of each candidate. */
static double candidates(const sweep_trial *t, const char *field, size_t inputs)
{
    sweep_plugin p;
    const lut_map_ops *ops;
    double n;
    void *cfg;

    if (sweep_trial_plugin(&p, t, field, NULL) != LUT_OK)
        return 0;
    ops = p.ops;
    cfg = ops->candidates ? sweep_plugin_cfg(&p, t->options, NULL) : NULL;
    n = cfg ? (double)ops->candidates(cfg, inputs) : 0;
    free(cfg);
    return n;
}

/* Work of a LUT on a sample, there and back.  Bits are looked up, their gradients counted by
 * address: the rank hardly matters.  Real inputs meet every entry, a field every weight. */
static double on_sample(const sweep_trial *t, bool first)
{
    const double looked_up = 12, input_gradient = 10, field = 3;
    double n = ldexp(1, (int)t->lut_rank) + looked_up;
    sweep_plugin p;
    const lut_param_ops *ops;
    lut_form form;
    void *cfg;

    if (sweep_trial_plugin(&p, t, "parametrization", NULL) != LUT_OK)
        return n;
    ops = p.ops;
    cfg = sweep_plugin_cfg(&p, t->options, NULL);
    if (!cfg)
        return n;
    form = lut_param_form(ops, cfg);
    if (ops->field)
        n = looked_up + field * (double)ops->nweights(cfg, t->lut_rank);
    else if (first)
        n = looked_up;
    else if (form.forward == LUT_LOOKUP)
        n = looked_up + input_gradient;
    free(cfg);
    return n;
}

static bool wants_singular_vector(const sweep_trial *t)
{
    sweep_trial copy = *t; /* whose list is put in order */
    sweep_plugin p[SWEEP_LISTED];
    size_t n;
    bool wants = false;

    if (sweep_trial_plugins(p, &n, &copy, "regulariser", NULL) != LUT_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        wants |= ((const lut_regul_ops *)p[i].ops)->principal;
    return wants;
}

/* Work of a layer at the end of a step: the optimizer visits every weight; a singular vector
 * takes the products of all pairs of entries, and then their matrix. */
static double on_step(const sweep_trial *t, double luts)
{
    const double weight = 6.5, product = 4.5, matrix = 40;
    const double n = ldexp(1, (int)t->lut_rank);

    return luts * weight * n +
           (wants_singular_vector(t) ? luts * product * n * n + matrix * n * n * n : 0);
}

double sweep_trial_cost(const sweep_trial *t, size_t samples)
{
    /* Seconds of a unit of work on one core with AVX-512; what a candidate costs; what a
     * trial does besides its training. */
    const double second = 1e-10, visit = 1, fixed = 0.008;
    uint32_t width[LUT_MAX_LAYERS], n = sweep_trial_layers(width, t->layers);
    double rows = (double)samples, work = 0;
    size_t inputs = 1024; /* encoded bits, of the usual order */

    if (t->train_limit && t->train_limit < rows)
        rows = t->train_limit;
    rows *= 1 - t->validation;
    for (uint32_t l = 0; l < n; l++) {
        double learn = candidates(t, l ? "mapping_rest" : "mapping_first", inputs);

        work += width[l] * (on_sample(t, l == 0) + visit * learn * t->lut_rank);
        work += on_step(t, width[l]) / t->batch;
        inputs = width[l];
    }
    return fixed + second * work * rows * t->epochs;
}
