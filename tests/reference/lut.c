/* kind = lut: one neuron, forward and backward. */
#include "lib/net/cell.h"
#include "tests/reference/case.h"

#include <stdio.h>
#include <string.h>

enum { MOST_SAMPLES = 1 << 20 };

/* ---- a parametrization from the attributes ---- */

/* Attributes that are options of the library, and how it words their values.  No option:
 * it follows from others. */
static const struct {
    const char *param, *attribute, *option;
    struct {
        const char *said, *ours;
    } word[4];
} options[] = {
    { "poly", "degree", "degree", { { NULL, NULL } } },
    { "neural", "hidden_width", "hidden_width", { { NULL, NULL } } },
    { "neural", "depth", "depth", { { NULL, NULL } } },
    { "neural", "activation", "activation", { { NULL, NULL } } },
    { "neural", "leaky_slope", "leaky_slope", { { NULL, NULL } } },
    { "neural", "skip_rule", "skip", { { NULL, NULL } } },
    { "neural", "skip_interval", "skip_interval", { { NULL, NULL } } },
    { "dwn", "efd", "efd", { { "fd", "difference" } } },
    { "dwn", "alpha", "alpha", { { NULL, NULL } } },
    { "dwn", "beta_efd", "beta", { { NULL, NULL } } },
    { "dwn", "gradient_scale", "gradient_scale", { { NULL, NULL } } },
    { "dwn", "input_threshold", "input_threshold", { { NULL, NULL } } },
    { "dwn", "weight_map", "entries", { { "identity", "clamped" } } },
    { "dwn", "output", "ste", { { "bit", "true" }, { "real", "false" } } },
    { "hybrid", "input_threshold", "input_threshold", { { NULL, NULL } } },
    { "fourier", "max_amplitude", "max_amplitude", { { NULL, NULL } } },
};

/* What holds for every case of a kind: initial weights of dwn are looked at through real
 * outputs. */
static const struct {
    const char *kind, *param, *text;
} always[] = {
    { "init", "dwn", "dwn.ste false" },
};

/* Value of an attribute as text of an option. */
static void option_value(vec_case *c, size_t o, const char *attribute,
                         char text[VEC_TEXT])
{
    hid_t a = H5Aopen(c->group, attribute, H5P_DEFAULT), type = H5Aget_type(a);
    bool words = H5Tget_class(type) == H5T_STRING;

    H5Tclose(type);
    H5Aclose(a);
    if (words)
        snprintf(text, VEC_TEXT, "%s", vec_text(c, attribute));
    else
        lut_real_text(text, vec_number(c, attribute));
    for (size_t i = 0; i < LUT_COUNT(options[o].word) && options[o].word[i].said; i++)
        if (strcmp(text, options[o].word[i].said) == 0)
            strcpy(text, options[o].word[i].ours);
}

/* The name differs where the head of a network has one of the same. */
static const char *attribute_of(const vec_case *c, size_t o)
{
    if (strcmp(options[o].attribute, "beta_efd") == 0 &&
        strcmp(c->kind, "network") != 0)
        return "beta";
    return options[o].attribute;
}

/* The frequencies kappa in {0, 1/2}^k of a case, by the numbers of the bits of 2 kappa, input
 * 0 highest; any may occur again. */
static void frequencies_text(vec_case *c, size_t k, char *text, size_t size)
{
    size_t shape[VEC_MOST_DIMS] = { 0 }, used;
    const double *freq;

    vec_shape(c, "freq", shape);
    freq = vec_array(c, "freq", VEC_SHAPE(shape[0], k));
    used = (size_t)snprintf(text, size, " fourier.terms ");
    for (size_t f = 0; freq && f < shape[0]; f++) {
        size_t at = 0;

        for (size_t j = 0; j < k; j++) {
            if (freq[f * k + j] != 0 && freq[f * k + j] != 0.5)
                vec_problem(c, "frequency %g, want 0 or 0.5", freq[f * k + j]);
            at = 2 * at + (freq[f * k + j] > 0.25);
        }
        used += (size_t)snprintf(text + used, size - used, "%s%zu", f ? "-" : "", at);
        if (used + 8 > size) {
            vec_problem(c, "%zu frequencies are too many", shape[0]);
            return;
        }
    }
}

static const char *options_text(vec_case *c, const char *param)
{
    enum { SIZE = 8192 };
    char *text = vec_room(c, 1, SIZE), value[VEC_TEXT];
    size_t at = 0;

    for (size_t o = 0; o < LUT_COUNT(options); o++) {
        const char *attribute = attribute_of(c, o);

        if (strcmp(options[o].param, param) != 0 || !vec_has(c, attribute))
            continue;
        option_value(c, o, attribute, value);
        at += (size_t)snprintf(text + at, SIZE - at, "%s%s.%s %s", at ? " " : "", param,
                               options[o].option, value);
    }
    for (size_t i = 0; i < LUT_COUNT(always); i++)
        if (strcmp(c->kind, always[i].kind) == 0 && strcmp(param, always[i].param) == 0)
            at += (size_t)snprintf(text + at, SIZE - at, "%s%s", at ? " " : "",
                                   always[i].text);
    if (vec_has_array(c, "freq"))
        frequencies_text(c, vec_whole(c, "rank", 1, LUT_MAX_K), text + at, SIZE - at);
    return text;
}

static lut_sampling sampling_of(vec_case *c)
{
    static const char *const name[LUT_SAMPLINGS] = { "soft", "hard" };
    const char *text = strcmp(c->kind, "init") ? vec_text(c, "sampling") : name[0];

    for (unsigned i = 0; i < LUT_SAMPLINGS && name[i]; i++)
        if (strcmp(text, name[i]) == 0)
            return (lut_sampling)i;
    vec_problem(c, "sampling \"%s\" is not known", text);
    return LUT_SOFT;
}

bool vec_param_read(vec_case *c, vec_param *p)
{
    const char *name = vec_text(c, "parametrization");

    memset(p, 0, sizeof *p);
    p->k = (unsigned)vec_whole(c, "rank", 1, LUT_MAX_K);
    p->entries = (size_t)1 << p->k;
    p->temperature = (float)vec_number(c, "temperature");
    p->sampling = sampling_of(c);
    p->index = lut_param_find(name);
    if (!vec_ok(c))
        return false;
    if (p->index == SIZE_MAX) {
        vec_problem(c, "the library has no parametrization \"%s\"", name);
        return false;
    }
    p->ops = c->be->param[p->index];
    p->cfg = vec_options(c, options_text(c, name), name, p->ops->fields,
                         p->ops->nfields, p->ops->cfg_size);
    if (!(p->temperature > 0))
        vec_problem(c, "attribute temperature is %g", (double)p->temperature);
    if (!vec_ok(c))
        return false;
    p->nweights = p->ops->nweights(p->cfg, p->k);
    return vec_ok(c);
}

/* ---- the neuron ---- */

typedef struct neuron {
    vec_param p;
    size_t n, ld;
    double tolerance;
    float *x, *g; /* rows of ld */
    float *w, *y, *dw, *dx;
    const double *ry, *rdw, *rdx, *table;
    const double *signal, *dsignal; /* NULL: slots read different signals */
} neuron;

/* Rows of ld, zero past n. */
static float *padded(vec_case *c, const float *from, size_t rows, size_t n, size_t ld)
{
    float *to = vec_room(c, rows * ld, sizeof *to);

    for (size_t j = 0; from && j < rows; j++)
        memcpy(to + j * ld, from + j * n, n * sizeof *to);
    return to;
}

static bool neuron_read(vec_case *c, neuron *u)
{
    if (!vec_param_read(c, &u->p))
        return false;
    u->n = vec_whole(c, "batch", 1, MOST_SAMPLES);
    u->ld = lut_round_up(u->n, LUT_BLOCK);
    u->tolerance = vec_number(c, "tolerance");
    u->w = vec_floats(c, "w", VEC_SHAPE(u->p.nweights));
    u->x = vec_floats(c, "x", VEC_SHAPE(u->p.k, u->n));
    u->g = vec_floats(c, "g", VEC_SHAPE(u->n));
    u->ry = vec_array(c, "y", VEC_SHAPE(u->n));
    u->rdx = vec_array(c, "dx", VEC_SHAPE(u->p.k, u->n));
    u->rdw = vec_array(c, "dw", VEC_SHAPE(u->p.nweights));
    u->table = vec_wholes(c, "table", 0, 1, VEC_SHAPE(u->p.entries));
    if (strncmp(vec_text(c, "x_kind"), "dup", 3) == 0) {
        u->signal = vec_wholes(c, "signal", 0, u->p.k - 1, VEC_SHAPE(u->p.k));
        u->dsignal = vec_array(c, "dsignal", VEC_SHAPE(u->p.k, u->n));
    }
    if (!vec_ok(c))
        return false;
    u->x = padded(c, u->x, u->p.k, u->n, u->ld);
    u->g = padded(c, u->g, 1, u->n, u->ld);
    u->y = vec_room(c, u->ld, sizeof *u->y);
    u->dx = vec_room(c, u->p.k * u->ld, sizeof *u->dx);
    u->dw = vec_room(c, u->p.nweights, sizeof *u->dw);
    return true;
}

/* Input gradients, [k][n]. */
static float *slots_gradient(vec_case *c, const neuron *u)
{
    float *dx = vec_room(c, u->p.k * u->n, sizeof *dx);

    for (size_t j = 0; j < u->p.k; j++)
        memcpy(dx + j * u->n, u->dx + j * u->ld, u->n * sizeof *dx);
    return dx;
}

/* The same added up by what the slots read. */
static float *signals_gradient(vec_case *c, const neuron *u)
{
    float *dx = vec_room(c, u->p.k * u->n, sizeof *dx);

    for (size_t j = 0; j < u->p.k; j++)
        for (size_t s = 0; s < u->n; s++)
            dx[(size_t)u->signal[j] * u->n + s] += u->dx[j * u->ld + s];
    return dx;
}

static void neuron_compare(vec_case *c, const neuron *u, const lut_cell *cell)
{
    uint64_t tt[4];
    size_t slots = u->p.k * u->n;

    lut_cell_table(cell, tt);
    vec_tables(c, "table", tt, u->table, u->p.k, 1);
    vec_compare_floats(c, "y", u->y, u->ry, u->n, VEC_RELATIVE, u->tolerance);
    vec_compare_floats(c, "dw", u->dw, u->rdw, u->p.nweights, VEC_RELATIVE,
                       u->tolerance);
    vec_compare_floats(c, "dx", slots_gradient(c, u), u->rdx, slots, VEC_RELATIVE,
                       u->tolerance);
    if (u->signal)
        vec_compare_floats(c, "dsignal", signals_gradient(c, u), u->dsignal, slots,
                           VEC_RELATIVE, u->tolerance);
}

/* A cell of these weights; NULL after a problem. */
static lut_cell *cell_of(vec_case *c, const vec_param *p, size_t n, bool bits,
                         const float *w)
{
    lut_cell_cfg cfg = { .k = p->k,
                         .param = p->index,
                         .param_cfg = p->cfg,
                         .sampling = p->sampling,
                         .temperature = p->temperature,
                         .bits = bits,
                         .capacity = n };
    lut_cell *cell = NULL;
    lut_err err = { 0 };

    if (lut_cell_create(&cell, &cfg, c->be, &err) != LUT_OK)
        vec_problem(c, "no such neuron: %s", err.text);
    else
        lut_cell_set(cell, w);
    return cell;
}

static bool all_bits(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0 && x[i] != 1)
            return false;
    return true;
}

static void neuron_run(vec_case *c, neuron *u, bool bits)
{
    lut_cell *cell = cell_of(c, &u->p, u->n, bits, u->w);

    c->path = bits ? "bits" : "reals";
    if (!cell)
        return;
    lut_cell_forward(cell, u->y, u->x, u->ld, u->n);
    lut_cell_backward(cell, u->dw, u->dx, u->g, u->x, u->ld, u->n);
    neuron_compare(c, u, cell);
    lut_cell_destroy(cell);
}

/* Inputs that are bits go both ways: as the layers above bits read them, and as the others
 * do. */
void vec_lut(vec_case *c)
{
    neuron u = { .n = 0 };

    if (!neuron_read(c, &u))
        return;
    if (all_bits(u.x, u.p.k * u.ld))
        neuron_run(c, &u, true);
    neuron_run(c, &u, false);
}

/* ---- kind = init ---- */

/* Rows that go through all corners, input 0 the most significant bit of the address. */
static float *corners(vec_case *c, unsigned k, size_t ld)
{
    float *x = vec_room(c, k * ld, sizeof *x);

    for (size_t j = 0; j < k; j++)
        for (size_t a = 0; a < (size_t)1 << k; a++)
            x[j * ld + a] = (float)(a >> (k - 1 - j) & 1);
    return x;
}

static void init_run(vec_case *c, const vec_param *p, const float *w, bool bits)
{
    size_t ld = lut_round_up(p->entries, LUT_BLOCK);
    const double *soft = vec_array(c, "soft_table", VEC_SHAPE(p->entries));
    const double *table = vec_wholes(c, "table", 0, 1, VEC_SHAPE(p->entries));
    float *y = vec_room(c, ld, sizeof *y);
    lut_cell *cell = vec_ok(c) ? cell_of(c, p, p->entries, bits, w) : NULL;
    uint64_t tt[4];

    c->path = bits ? "bits" : "reals";
    if (!cell)
        return;
    lut_cell_forward(cell, y, corners(c, p->k, ld), ld, p->entries);
    lut_cell_table(cell, tt);
    vec_compare_floats(c, "soft_table", y, soft, p->entries, VEC_RELATIVE,
                       vec_number(c, "tolerance"));
    vec_tables(c, "table", tt, table, p->k, 1);
    lut_cell_destroy(cell);
}

/* Without noise initial weights do not depend on random numbers. */
void vec_init(vec_case *c)
{
    vec_param p;
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, 3);
    lut_init how = { .residual = true };
    const double *r;
    float *w;

    if (strcmp(vec_text(c, "init"), "residual") != 0)
        vec_problem(c, "init \"%s\" is not known", vec_text(c, "init"));
    if (!vec_param_read(c, &p))
        return;
    how.probability = vec_number(c, "residual_probability");
    how.temperature = (double)p.temperature;
    r = vec_array(c, "w", VEC_SHAPE(p.nweights));
    if (!vec_ok(c))
        return;
    w = vec_room(c, p.nweights, sizeof *w);
    p.ops->init(p.cfg, p.k, w, &rng, &how);
    vec_compare_floats(c, "w", w, r, p.nweights, VEC_RELATIVE,
                       vec_number(c, "tolerance"));
    init_run(c, &p, w, true);
    init_run(c, &p, w, false);
}
