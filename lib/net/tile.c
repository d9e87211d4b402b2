/* Passes over tiles of 16 LUTs: tables to kernel form, gradient to weights.  Compiled once
 * per instruction set.  One pass does everything for a tile while it is in the cache. */
#include "lib/base/check.h"
#include "lib/circuit/circuit.h"
#include "lib/kern/mask.h"
#include "lib/kern/sums.h"
#include "lib/net/choose.h"
#include "lib/net/weights.h"

extern const lut_param_ops *const LUT_OF_SET(lut_param_table)[];
extern const lut_optim_ops *const LUT_OF_SET(lut_optim_table)[];
extern const lut_regul_ops *const LUT_OF_SET(lut_regul_table)[];

enum { MAX_ENTRIES = 1 << LUT_MAX_K };

static size_t tile_luts(const lut_tiles *t, size_t tile)
{
    size_t left = t->luts - tile * LUT_LANES;

    return left < LUT_LANES ? left : LUT_LANES;
}

static lut_tile tile_view(const lut_tiles *t, size_t tile)
{
    lut_rng noise = { .key = t->now->noise };
    bool noisy = lut_sampling_noisy(t->now->sampling);

    return (lut_tile){ .cfg = t->param_cfg,
                       .now = t->now,
                       .k = t->k,
                       .first = (uint32_t)(tile * LUT_LANES),
                       .noise = noisy ? lut_rng_sub(&noise, t->layer).key : 0 };
}

/* Entry e of LUT i: from lane i of v[e] to out[i][e]. */
static void scatter(float *out, const lut_tiles *t, size_t tile, const lut_f *v)
{
    size_t entries = (size_t)1 << t->k, luts = tile_luts(t, tile);
    const float *in = (const float *)v;

    out += tile * LUT_LANES * entries;
    if (entries < LUT_LANES) {
        for (size_t i = 0; i < luts; i++)
            for (size_t e = 0; e < entries; e++)
                out[i * entries + e] = in[e * LUT_LANES + i];
        return;
    }
    for (size_t e = 0; e < entries; e += LUT_LANES) {
        lut_f r[LUT_LANES];

        memcpy(r, v + e, sizeof r);
        lut_transpose16(r);
        for (size_t i = 0; i < luts; i++)
            lut_store(out + i * entries + e, r[i]);
    }
}

/* Subset differences: table entries to coefficients of the monomials. */
static void to_monomials(lut_f *c, unsigned k)
{
    size_t n = (size_t)1 << k;

    for (size_t h = 1; h < n; h *= 2)
        for (size_t from = 0; from < n; from += 2 * h)
            for (size_t a = from; a < from + h; a++)
                c[a + h] -= c[a];
}

/* The transpose, for gradients. */
static void from_monomial_gradient(lut_f *d, unsigned k)
{
    size_t n = (size_t)1 << k;

    for (size_t h = 1; h < n; h *= 2)
        for (size_t from = 0; from < n; from += 2 * h)
            for (size_t a = from; a < from + h; a++)
                d[a] -= d[a + h];
}

/* tt: of the tile's first LUT.  q: what a bit is decided by, 1 where above the threshold. */
static void store_bits(uint64_t *tt, const lut_tiles *t, size_t tile, const lut_f *q,
                       lut_f threshold)
{
    size_t words = lut_table_words(t->k), luts = tile_luts(t, tile);
    size_t entries = (size_t)1 << t->k;

    for (size_t half = 0; half < entries; half += 32) {
        size_t n = entries - half < 32 ? entries - half : 32;
        uint32_t bits[LUT_LANES];
        lut_u sum = { 0 }, bit = sum + 1;

        for (size_t a = 0; a < n; a++, bit += bit)
            sum = lut_or_greater(sum, q[half + a], threshold, bit);
        memcpy(bits, &sum, sizeof bits);
        for (size_t i = 0; i < luts; i++) {
            uint64_t *word = &tt[i * words + half / 64];

            *word = half % 64 ? *word | (uint64_t)bits[i] << 32 : bits[i];
        }
    }
}

/* Bits of the tile's tables.  A look-up's entries are kept as they are: the weights say
 * which bit they stand for. */
static void store_table_bits(const lut_tiles *t, size_t tile, const lut_f *q)
{
    uint64_t *tt = t->tt + tile * LUT_LANES * lut_table_words(t->k);
    bool by_weight = t->form.forward == LUT_LOOKUP;
    bool logits = by_weight || t->form.squash == LUT_SIGMOID;

    store_bits(tt, t, tile, by_weight ? t->w + tile * t->nweights : q,
               lut_set1(logits ? 0.0f : 0.5f));
}

static void squash_corner(const lut_tiles *t, lut_f *value, lut_f *gain, lut_f z)
{
    lut_f zero = lut_set1(0), one = lut_set1(1);

    if (t->form.squash == LUT_SIGMOID) {
        float slope = 1 / t->now->temperature;

        *value = lut_sigmoid(z * lut_set1(slope));
        *gain = *value * (1.0f - *value) * lut_set1(slope);
        return;
    }
    *value = lut_min(lut_max(z, zero), one);
    *gain = lut_select(lut_greater(zero, z) | lut_greater(z, one), zero, one);
}

static void store_squashed(const lut_tiles *t, size_t tile, const lut_f *z)
{
    lut_f value[MAX_ENTRIES], gain[MAX_ENTRIES];

    for (size_t a = 0; a < (size_t)1 << t->k; a++)
        squash_corner(t, &value[a], &gain[a], z[a]);
    if (t->value)
        scatter(t->value, t, tile, value);
    if (t->gain)
        scatter(t->gain, t, tile, gain);
    if (t->lane_gain)
        memcpy(t->lane_gain + (tile << t->k), gain, sizeof *gain << t->k);
}

static void store_tables(const lut_tiles *t, size_t tile, lut_f *q)
{
    lut_tile view = tile_view(t, tile);

    if (t->tt)
        store_table_bits(t, tile, q);
    if ((t->gain || t->lane_gain) && !lut_sampling_noisy(t->now->sampling))
        store_squashed(t, tile, q);
    else if (t->value)
        scatter(t->value, t, tile, q);
    if (t->slope && t->form.gradient == LUT_BY_SLOPES) {
        lut_f m[MAX_ENTRIES];

        t->param->slopes(&view, m, q);
        scatter(t->slope, t, tile, m);
    } else if (t->slope) {
        scatter(t->slope, t, tile, q);
    }
    if (t->coef) {
        to_monomials(q, t->k);
        scatter(t->coef, t, tile, q);
    }
}

/* Inputs of a field. */
typedef lut_f field_inputs[LUT_MAX_K * LUT_ABREAST];

/* Those at the addresses from a on, the same for all lanes; returns how many there are. */
static size_t corner_inputs(lut_f *x, unsigned k, size_t a)
{
    size_t left = ((size_t)1 << k) - a, n = left < LUT_ABREAST ? left : LUT_ABREAST;

    for (unsigned j = 0; j < k; j++)
        for (size_t v = 0; v < n; v++)
            x[j * n + v] = lut_set1((float)((a + v) >> (k - 1 - j) & 1));
    return n;
}

/* NULL: made again where it is asked for. */
static lut_f *saved_of(const lut_tiles *t, size_t tile)
{
    return t->nsaved ? t->saved + tile * t->nsaved : NULL;
}

static void corner_values(const lut_tiles *t, const lut_tile *view, lut_f *q,
                          const lut_f *w)
{
    field_inputs x;

    for (size_t a = 0; a < (size_t)1 << t->k; a += LUT_ABREAST) {
        size_t n = corner_inputs(x, t->k, a);

        t->param->field(view, q + a, w, x, n);
    }
}

/* Adds to dw. */
static void corner_gradients(const lut_tiles *t, const lut_tile *view, lut_f *dw,
                             const lut_f *dq, const lut_f *w)
{
    field_inputs x;

    for (size_t a = 0; a < (size_t)1 << t->k; a += LUT_ABREAST) {
        size_t n = corner_inputs(x, t->k, a);

        t->param->field_backward(view, dw, NULL, dq + a, w, x, n);
    }
}

static void corners(const lut_tiles *t, size_t tile, uint64_t *tt)
{
    lut_tile view = tile_view(t, tile);
    lut_f q[MAX_ENTRIES];

    corner_values(t, &view, q, t->w + tile * t->nweights);
    store_bits(tt, t, tile, q, lut_set1(t->form.squash == LUT_SIGMOID ? 0.0f : 0.5f));
}

static void refresh(const lut_tiles *t, size_t tile)
{
    lut_tile view = tile_view(t, tile);
    lut_f *w = t->w + tile * t->nweights;
    lut_f q[MAX_ENTRIES];

    if (t->field && !t->tt)
        return;
    if (t->tt && t->form.forward == LUT_LOOKUP && !t->value && !t->slope && !t->gain &&
        !t->coef) {
        store_table_bits(t, tile, NULL); /* the weights say it all */
        return;
    }
    if (t->form.plain && !t->coef) { /* monomials are made in place */
        store_tables(t, tile, w);
        return;
    }
    if (t->param->field)
        corner_values(t, &view, q, w);
    else
        t->param->tables(&view, q, saved_of(t, tile), w);
    store_tables(t, tile, q);
}

/* ---- penalties ---- */

/* Entries of one tile without noise, and what makes gradients of weights from theirs:
 * penalties have nothing to do with the tables that samples met. */
typedef struct quiet_tables {
    lut_step now;
    lut_tile view;
    lut_f q[MAX_ENTRIES], saved[MAX_ENTRIES];
} quiet_tables;

static void make_quiet(quiet_tables *quiet, const lut_tiles *t, size_t tile)
{
    const lut_f *w = t->w + tile * t->nweights;

    quiet->now = *t->now;
    quiet->now.sampling = lut_sampling_quiet(t->now->sampling);
    quiet->view = tile_view(t, tile);
    quiet->view.now = &quiet->now;
    quiet->view.penalty = true;
    if (t->param->field)
        corner_values(t, &quiet->view, quiet->q, w);
    else
        t->param->tables(&quiet->view, quiet->q, quiet->saved, w);
}

static void entries(const lut_tiles *t, size_t tile, float *q)
{
    quiet_tables quiet;

    make_quiet(&quiet, t, tile);
    scatter(q, t, tile, quiet.q);
}

static lut_regul_part part_of(const lut_tiles *t, const lut_penalty *p)
{
    bool tables = p->ops->on == LUT_ON_TABLES;

    return (lut_regul_part){ .cfg = p->cfg,
                             .k = t->k,
                             .n = tables ? (size_t)1 << t->k : t->nweights,
                             .anchor = tables ? NULL : t->anchor,
                             .direction = p->direction };
}

/* x in the lanes of LUTs, 0 past the last one. */
static lut_f of_luts(const lut_tiles *t, size_t tile, lut_f x)
{
    unsigned ones = (1u << tile_luts(t, tile)) - 1;

    return lut_select(lut_mask(ones), x, lut_set1(0));
}

static void penalty(const lut_tiles *t, const lut_penalty *p, size_t tile, float *s)
{
    lut_regul_part part = part_of(t, p);
    const lut_f *v = t->w + tile * t->nweights;
    quiet_tables quiet;
    lut_f sum;

    if (p->ops->on == LUT_ON_TABLES) {
        make_quiet(&quiet, t, tile);
        v = quiet.q;
    }
    p->ops->part(&part, &sum, NULL, v, lut_set1(0));
    lut_store(s, of_luts(t, tile, sum));
}

static bool penalizes(const lut_tiles *t, lut_regul_on on)
{
    for (size_t i = 0; i < t->npenalties; i++)
        if (t->penalty[i].ops->on == on)
            return true;
    return false;
}

/* Adds the penalties' gradients to d: of entries, or of weights. */
static void penalize(const lut_tiles *t, size_t tile, lut_regul_on on, lut_f *d,
                     const lut_f *v)
{
    for (size_t i = 0; i < t->npenalties; i++) {
        const lut_penalty *p = &t->penalty[i];
        lut_regul_part part = part_of(t, p);
        lut_f s;

        if (p->ops->on == on)
            p->ops->part(&part, &s, d, v, of_luts(t, tile, lut_set1(p->scale)));
    }
}

/* Adds to dw what penalties on tables make of it. */
static void penalize_tables(const lut_tiles *t, size_t tile, lut_f *dw)
{
    const lut_f *w = t->w + tile * t->nweights;
    lut_f dq[MAX_ENTRIES] = { { 0 } }, more[LUT_MAX_WEIGHTS];
    quiet_tables quiet;

    make_quiet(&quiet, t, tile);
    penalize(t, tile, LUT_ON_TABLES, dq, quiet.q);
    if (t->param->field) {
        corner_gradients(t, &quiet.view, dw, dq, w);
        return;
    }
    t->param->tables_backward(&quiet.view, more, dq, quiet.saved, w);
    for (size_t e = 0; e < t->nweights; e++)
        dw[e] += more[e];
}

/* The inverse of scatter: `width` values of each LUT of the tile. */
static void gather(lut_f *d, size_t luts, size_t width, const float *from)
{
    size_t whole = width / LUT_LANES * LUT_LANES;
    float *out = (float *)d;

    if (luts < LUT_LANES || whole < width)
        memset(d, 0, width * sizeof *d);
    for (size_t e = 0; e < whole; e += LUT_LANES) {
        for (size_t i = 0; i < luts; i++)
            d[e + i] = lut_load(from + i * width + e);
        lut_transpose16(d + e);
    }
    for (size_t i = 0; i < luts; i++)
        for (size_t e = whole; e < width; e++)
            out[e * LUT_LANES + i] = from[i * width + e];
}

/* All that arrives from samples: loss, and penalties on outputs. */
static void gather_all(lut_f *d, const lut_tiles *t, const lut_tile_gradient *g,
                       size_t width, size_t tile)
{
    lut_f flips[LUT_MAX_WEIGHTS];

    gather(d, tile_luts(t, tile), width, g->loss);
    if (!g->flip)
        return;
    gather(flips, tile_luts(t, tile), width, g->flip);
    for (size_t e = 0; e < width; e++)
        d[e] += flips[e];
}

/* Gradients of the entries: where they are, or made in `room`. */
static const lut_f *entry_gradients(lut_f *room, const lut_tiles *t,
                                    const lut_tile_gradient *g, size_t tile)
{
    size_t entries = (size_t)1 << t->k;
    const lut_f *lanes = (const lut_f *)g->loss;

    if (t->in_lanes && !t->lane_gain)
        return lanes;
    if (t->in_lanes) {
        for (size_t a = 0; a < entries; a++)
            room[a] = lanes[a] * t->lane_gain[tile * entries + a];
        return room;
    }
    gather_all(room, t, g, entries, tile);
    if (t->coef)
        from_monomial_gradient(room, t->k);
    return room;
}

static void table_gradient(const lut_tiles *t, const lut_tile_gradient *g, size_t tile,
                           lut_f *dw)
{
    lut_tile view = tile_view(t, tile);
    const lut_f *w = t->w + tile * t->nweights;
    lut_f room[MAX_ENTRIES];
    const lut_f *dq = entry_gradients(room, t, g, tile);

    if (t->param->field) {
        memset(dw, 0, t->nweights * sizeof *dw);
        corner_gradients(t, &view, dw, dq, w);
    } else {
        t->param->tables_backward(&view, dw, dq, saved_of(t, tile), w);
    }
}

static void gradient(const lut_tiles *t, const lut_tile_gradient *g, size_t tile,
                     lut_f *dw)
{
    if (t->field)
        gather_all(dw, t, g, t->nweights, tile);
    else
        table_gradient(t, g, tile, dw);
    if (penalizes(t, LUT_ON_TABLES))
        penalize_tables(t, tile, dw);
    penalize(t, tile, LUT_ON_WEIGHTS, dw, t->w + tile * t->nweights);
}

/* Gradients for the optimizer: where they are, or made in `room`. */
static const lut_f *clipped_gradient(lut_f *room, const lut_tiles *t,
                                     const lut_tiles_update *u, size_t tile,
                                     const lut_tile_gradient *g)
{
    if (t->form.plain && t->in_lanes && !t->lane_gain && !t->npenalties && !u->clip)
        return (const lut_f *)g->loss;
    gradient(t, g, tile, room);
    for (size_t e = 0; u->clip && e < t->nweights; e++)
        room[e] *= lut_set1(*u->clip);
    return room;
}

static void update(const lut_tiles *t, const lut_tiles_update *u, size_t tile,
                   const lut_tile_gradient *g)
{
    lut_tile view = tile_view(t, tile);
    lut_f room[LUT_MAX_WEIGHTS];
    lut_f *w = t->w + tile * t->nweights;

    LUT_ASSERT(t->nweights <= LUT_MAX_WEIGHTS);
    lut_step_weights(u, true, w, lut_state_of(u, u->state, tile * t->nweights),
                     clipped_gradient(room, t, u, tile, g), t->anchor, t->nweights);
    if (t->param->project)
        t->param->project(&view, w);
    for (size_t e = 0; tile_luts(t, tile) < LUT_LANES && e < t->nweights; e++)
        w[e] = of_luts(t, tile, w[e]); /* decay to an anchor moves them, project may */
    refresh(t, tile);
}

/* ---- fields: one LUT, vectors of sixteen samples side by side ---- */

static void spread_weights(const lut_tiles *t, size_t m, lut_f *w)
{
    const float *from = (const float *)(t->w + m / LUT_LANES * t->nweights);

    for (size_t e = 0; e < t->nweights; e++)
        w[e] = lut_set1(from[e * LUT_LANES + m % LUT_LANES]);
}

/* Of the block that starts at sample s; returns how many vectors that is. */
static size_t block_inputs(lut_f *in, const float *const *x, unsigned k, size_t s,
                           size_t n)
{
    size_t left = lut_ceil_div(n - s, LUT_LANES);
    size_t vectors = left < LUT_ABREAST ? left : LUT_ABREAST;

    for (unsigned j = 0; j < k; j++)
        for (size_t v = 0; v < vectors; v++)
            in[j * vectors + v] = lut_load(x[j] + s + v * LUT_LANES);
    return vectors;
}

static void field(const lut_tiles *t, size_t m, float *z, const float *const *x,
                  size_t n)
{
    lut_tile view = tile_view(t, m / LUT_LANES);
    lut_f w[LUT_MAX_WEIGHTS], out[LUT_ABREAST];
    field_inputs in;

    spread_weights(t, m, w);
    for (size_t s = 0; s < n; s += LUT_BLOCK) {
        size_t vectors = block_inputs(in, x, t->k, s, n);

        t->param->field(&view, out, w, in, vectors);
        memcpy(z + s, out, vectors * sizeof *out);
    }
}

/* grad[e] += sum of the lanes of dw[e]: always by the same tree. */
static void add_lanes(float *grad, const lut_f *dw, size_t n)
{
    lut_f part[LUT_LANES];
    float sum[LUT_LANES];

    for (size_t e = 0; e < n; e += LUT_LANES) {
        size_t count = n - e < LUT_LANES ? n - e : LUT_LANES;

        memset(part, 0, sizeof part);
        memcpy(part, dw + e, count * sizeof *part);
        lut_store(sum, lut_sum16(part));
        for (size_t i = 0; i < count; i++)
            grad[e + i] += sum[i];
    }
}

static void add_rows(float *const *dx, const lut_f *from, unsigned k, size_t s,
                     size_t vectors)
{
    for (unsigned j = 0; j < k; j++)
        for (size_t v = 0; v < vectors; v++) {
            float *to = dx[j] + s + v * LUT_LANES;

            lut_store(to, lut_load(to) + from[j * vectors + v]);
        }
}

static void field_backward(const lut_tiles *t, size_t m, float *grad, float *const *dx,
                           const float *g, const float *const *x, size_t n)
{
    lut_tile view = tile_view(t, m / LUT_LANES);
    lut_f w[LUT_MAX_WEIGHTS], dw[LUT_MAX_WEIGHTS], dz[LUT_ABREAST];
    field_inputs in, din;

    spread_weights(t, m, w);
    for (size_t s = 0; s < n; s += LUT_BLOCK) {
        size_t vectors = block_inputs(in, x, t->k, s, n);

        memcpy(dz, g + s, vectors * sizeof *dz);
        memset(dw, 0, t->nweights * sizeof *dw);
        t->param->field_backward(&view, grad ? dw : NULL, dx ? din : NULL, dz, w, in,
                                 vectors);
        if (dx)
            add_rows(dx, din, t->k, s, vectors);
        if (grad)
            add_lanes(grad, dw, t->nweights);
    }
}

const lut_backend LUT_OF_SET(lut_backend) = {
    .name = LUT_SET_TEXT,
    .kern = &LUT_OF_SET(lut_kernels),
    .param = LUT_OF_SET(lut_param_table),
    .optim = LUT_OF_SET(lut_optim_table),
    .regul = LUT_OF_SET(lut_regul_table),
    .refresh = refresh,
    .entries = entries,
    .penalty = penalty,
    .gradient = gradient,
    .update = update,
    .corners = corners,
    .field = field,
    .field_backward = field_backward,
    .choose = LUT_OF_SET(lut_choose),
    .square = LUT_OF_SET(lut_square),
    .learn = LUT_OF_SET(lut_learn),
    .mix = LUT_OF_SET(lut_mix),
    .spread = LUT_OF_SET(lut_spread),
};
