/* kind = mapping_learnable: which input a slot reads, and what it learns. */
#include "tests/reference/case.h"

#include <string.h>

enum { MOST_SAMPLES = 1 << 16, MOST_INPUTS = 1 << 16 };

typedef struct mapping {
    size_t n, ld, inputs, slots, candidates, padded;
    lut_choice choice;
    float *rows;    /* [inputs][ld] */
    uint64_t *bits; /* [inputs][ld / 64] */
    float *g;       /* [slots][ld] */
    float *y, *dx;  /* [ld], [inputs][ld] */
    double tolerance;
    const double *x, *ry, *rdw, *rdx, *index;
} mapping;

/* An optimizer that keeps the gradient and leaves the weights alone. */
static void keep(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, const float *anchor, size_t n)
{
    (void)cfg;
    (void)now;
    (void)w;
    (void)anchor;
    memcpy(state, g, n * sizeof *g);
}

static bool read_kind(vec_case *c, mapping *m)
{
    static const struct {
        const char *variant;
        lut_map_kind kind;
        bool listed;
    } variants[] = {
        { "full", LUT_MAP_CHOICE, false },
        { "candidates", LUT_MAP_CHOICE, true },
        { "soft", LUT_MAP_MIX, false },
    };

    for (size_t i = 0; i < LUT_COUNT(variants); i++)
        if (strcmp(c->variant, variants[i].variant) == 0) {
            m->choice.kind = variants[i].kind;
            m->candidates = variants[i].listed
                                ? vec_whole(c, "candidates", 1, MOST_INPUTS)
                                : m->inputs;
            return variants[i].listed;
        }
    vec_problem(c, "variant \"%s\" is not known", c->variant);
    return false;
}

/* Weights and lists of candidates, slot by slot. */
static void fill_slots(vec_case *c, mapping *m, const double *w, const double *list)
{
    lut_choice *h = &m->choice;

    h->weight = vec_room(c, m->slots * m->padded, sizeof *h->weight);
    h->state = vec_room(c, m->slots * m->padded, sizeof(float));
    h->share = vec_room(c, m->slots * m->padded, sizeof *h->share);
    h->wire = vec_room(c, m->slots, sizeof *h->wire);
    if (list)
        h->candidate = vec_room(c, m->slots * m->candidates, sizeof *h->candidate);
    for (size_t s = 0; s < m->slots; s++)
        for (size_t i = 0; i < m->candidates; i++) {
            h->weight[s * m->padded + i] = (float)w[i * m->slots + s];
            if (list)
                h->candidate[s * m->candidates + i] = (uint32_t)list[i * m->slots + s];
        }
}

static void fill_batch(vec_case *c, mapping *m, const double *g)
{
    m->rows = vec_room(c, m->inputs * m->ld, sizeof *m->rows);
    m->bits = vec_room(c, m->inputs * m->ld / 64, sizeof *m->bits);
    m->g = vec_room(c, m->slots * m->ld, sizeof *m->g);
    m->y = vec_room(c, m->ld, sizeof *m->y);
    m->dx = vec_room(c, m->inputs * m->ld, sizeof *m->dx);
    for (size_t s = 0; s < m->n; s++) {
        for (size_t i = 0; i < m->inputs; i++) {
            double v = m->x[s * m->inputs + i];

            m->rows[i * m->ld + s] = (float)v;
            m->bits[(i * m->ld + s) / 64] |= (uint64_t)(v > 0.5) << s % 64;
        }
        for (size_t k = 0; k < m->slots; k++)
            m->g[k * m->ld + s] = (float)g[s * m->slots + k];
    }
}

static bool mapping_read(vec_case *c, mapping *m)
{
    const double *w, *g, *list = NULL;
    double tau = vec_number(c, "tau");

    m->n = vec_whole(c, "batch", 1, MOST_SAMPLES);
    m->ld = lut_round_up(m->n, LUT_BLOCK);
    m->inputs = vec_whole(c, "inputs", 1, MOST_INPUTS);
    m->slots = vec_whole(c, "slots", 1, MOST_INPUTS);
    m->tolerance = vec_number(c, "tolerance");
    if (read_kind(c, m) && vec_ok(c))
        list = vec_wholes(c, "candidate", 0, m->inputs - 1,
                          VEC_SHAPE(m->candidates, m->slots));
    if (!vec_ok(c))
        return false;
    m->padded = lut_round_up(m->candidates, LUT_LANES);
    m->x = vec_array(c, "x", VEC_SHAPE(m->n, m->inputs));
    m->ry = vec_array(c, "y", VEC_SHAPE(m->n, m->slots));
    m->rdx = vec_array(c, "dx", VEC_SHAPE(m->n, m->inputs));
    m->rdw = vec_array(c, "dW", VEC_SHAPE(m->candidates, m->slots));
    m->index = vec_wholes(c, "index", 0, m->inputs - 1, VEC_SHAPE(m->slots));
    w = vec_array(c, "W", VEC_SHAPE(m->candidates, m->slots));
    g = vec_array(c, "g", VEC_SHAPE(m->n, m->slots));
    if (vec_ok(c) && !(tau > 0))
        vec_problem(c, "attribute tau is %g", tau);
    if (!vec_ok(c))
        return false;
    fill_slots(c, m, w, list);
    fill_batch(c, m, g);
    m->choice.inputs = m->inputs;
    m->choice.candidates = m->candidates;
    m->choice.padded = m->padded;
    m->choice.temperature = (float)tau;
    m->choice.next_temperature = (float)tau;
    m->choice.word = vec_room(c, lut_choice_room(m->inputs, m->ld), sizeof(uint32_t));
    m->choice.dslot = m->g;
    m->choice.ld = m->ld;
    m->choice.n = m->n;
    return true;
}

static bool all_bits(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0 && x[i] != 1)
            return false;
    return true;
}

static void compare_outputs(vec_case *c, mapping *m)
{
    double *index = vec_room(c, m->slots, sizeof *index);
    double *y = vec_room(c, m->n * m->slots, sizeof *y);
    bool mixes = m->choice.kind == LUT_MAP_MIX;

    for (size_t k = 0; k < m->slots; k++) {
        const float *from = m->y;

        index[k] = (double)m->choice.wire[k];
        if (mixes)
            c->be->mix(&m->choice, k, m->y, m->n);
        else
            from = m->rows + m->choice.wire[k] * m->ld;
        for (size_t s = 0; s < m->n; s++)
            y[s * m->slots + k] = (double)from[s];
    }
    vec_compare(c, "index", index, m->index, m->slots, VEC_EXACT, 0);
    vec_compare(c, "y", y, m->ry, m->n * m->slots, mixes ? VEC_RELATIVE : VEC_EXACT,
                m->tolerance);
}

static void compare_gradients(vec_case *c, mapping *m)
{
    double *dw = vec_room(c, m->candidates * m->slots, sizeof *dw);
    double *dx = vec_room(c, m->n * m->inputs, sizeof *dx);

    memset(m->dx, 0, m->inputs * m->ld * sizeof *m->dx);
    for (size_t k = 0; k < m->slots; k++) {
        for (size_t i = 0; i < m->candidates; i++)
            dw[i * m->slots + k] =
                (double)((const float *)m->choice.state)[k * m->padded + i];
        c->be->spread(&m->choice, k, m->dx, m->ld, m->g + k * m->ld, m->n);
    }
    for (size_t s = 0; s < m->n; s++)
        for (size_t i = 0; i < m->inputs; i++)
            dx[s * m->inputs + i] = (double)m->dx[i * m->ld + s];
    vec_compare(c, "dW", dw, m->rdw, m->candidates * m->slots, VEC_RELATIVE,
                m->tolerance);
    vec_compare(c, "dx", dx, m->rdx, m->n * m->inputs, VEC_RELATIVE, m->tolerance);
}

static void mapping_run(vec_case *c, mapping *m, bool bits)
{
    static const lut_optim_ops ops = { .name = "keep", .nstate = 1, .tile = keep };
    const lut_bits b = { m->bits, m->inputs, m->ld / 64 };
    const lut_rows r = { m->rows, m->inputs, m->ld };
    lut_opt_step step = { .t = 1 };
    lut_tiles_update u = { .optim = &ops, .step = &step };

    c->path = bits ? "bits" : "reals";
    m->choice.bits = bits ? &b : NULL;
    m->choice.rows = bits ? NULL : &r;
    lut_choice_words(&m->choice);
    c->be->choose(&m->choice, 0, m->slots);
    compare_outputs(c, m);
    c->be->learn(&m->choice, &u, 0, m->slots);
    compare_gradients(c, m);
    m->choice.bits = NULL;
    m->choice.rows = NULL;
}

void vec_mapping(vec_case *c)
{
    mapping m = { .n = 0 };

    if (!mapping_read(c, &m))
        return;
    if (all_bits(m.x, m.n * m.inputs))
        mapping_run(c, &m, true);
    mapping_run(c, &m, false);
}
