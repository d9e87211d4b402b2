/* Reference vectors: tests/data/README.md says where they come from. */
#include "lib/circuit/packed.h"
#include "lib/net/private.h"
#include "lib/param/init.h"
#include "tests/support/cases.h"
#include "tests/support/lone.h"
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

/* ---- one LUT ---- */

typedef struct lut_rows_ {
    float x[LUT_MAX_K][LONE_ROW], g[LONE_ROW], y[LONE_ROW];
    float dx[LUT_MAX_K][LONE_ROW];
    uint64_t b[LUT_MAX_K][LONE_ROW / 64];
    lone_x in;
} lut_case_rows;

static lut_case_rows rows;
static lone one;

static void load_rows(const vec_case *c, unsigned k, size_t n)
{
    const double *x = array(c, "x", k * n), *g = array(c, "g", n);

    CU_ASSERT_FATAL(n <= LONE_ROW);
    memset(&rows, 0, sizeof rows);
    for (size_t s = 0; s < n; s++)
        rows.g[s] = (float)g[s];
    for (unsigned j = 0; j < k; j++) {
        rows.in.f[j] = rows.x[j];
        rows.in.b[j] = rows.b[j];
        for (size_t s = 0; s < n; s++) {
            rows.x[j][s] = (float)x[j * n + s];
            rows.b[j][s / 64] |= (uint64_t)(x[j * n + s] > 0.5) << (s % 64);
        }
    }
}

static void gradients_match(const vec_case *c, size_t m, unsigned k, size_t n)
{
    static float dtable[LUT_LANES * LONE_ENTRIES];
    float none[LONE_ENTRIES] = { 0 }, dw[LONE_ENTRIES], *to[LUT_MAX_K];
    const double tolerance = number(c, "tolerance");
    const double *dx = array(c, "dx", k * n), *w = array(c, "dw", one.nweights);
    size_t found;
    const double *signal = maybe(c, "signal", &found);

    memset(dtable, 0, sizeof dtable);
    for (unsigned j = 0; j < k; j++)
        to[j] = rows.dx[j];
    lone_backward(&one, m, dtable + m * one.entries, to, rows.g, rows.y, &rows.in, n);
    lone_gradient(&one, dtable);
    for (size_t e = 0; e < one.nweights; e++)
        dw[e] = *lone_at(one.grad, m, e);
    within(c, "dw", error_of(dw, w, one.nweights),
           tolerance * size_of(w, one.nweights));
    for (unsigned j = 0; j < k; j++)
        within(c, "dx", error_of(rows.dx[j], dx + j * n, n),
               tolerance * size_of(dx, k * n));
    if (!signal)
        return;
    dx = array(c, "dsignal", k * n); /* rows by signal: two slots may share one */
    memset(rows.dx, 0, sizeof rows.dx);
    for (unsigned j = 0; j < k; j++)
        to[j] = rows.dx[(size_t)signal[j]];
    lone_backward(&one, m, none, to, rows.g, rows.y, &rows.in, n);
    for (unsigned j = 0; j < k; j++)
        within(c, "dsignal", error_of(rows.dx[j], dx + j * n, n),
               tolerance * size_of(dx, k * n));
}

static void lut_on(const vec_case *c, const lut_backend *be, bool real)
{
    unsigned k = (unsigned)number(c, "rank");
    size_t n = whole(c, "batch"), entries = (size_t)1 << k, m = 11;
    lut_step now = { (float)number(c, "temperature"),
                     strcmp(text_of(c, "sampling"), "hard") ? LUT_SOFT : LUT_HARD, 0 };
    const double *w, *y = array(c, "y", n), *table = array(c, "table", entries);
    uint64_t tt[4];

    lone_open(&one, be, lut_param_find(text_of(c, "parametrization")),
              text_of(c, "options"), k, &now, real);
    w = array(c, "w", one.nweights);
    for (size_t e = 0; e < one.nweights; e++)
        *lone_at(one.w, m, e) = (float)w[e];
    be->refresh(&one.t, 0);
    lone_harden(&one, m, tt);
    for (size_t a = 0; a < entries; a++)
        CU_ASSERT_EQUAL(tt[a / 64] >> (a % 64) & 1, (uint64_t)table[a]);
    load_rows(c, k, n);
    lone_forward(&one, m, rows.y, &rows.in, n);
    within(c, "y", error_of(rows.y, y, n), number(c, "tolerance") * size_of(y, n));
    gradients_match(c, m, k, n);
}

static void lut_case(const vec_case *c)
{
    bool bits = strstr(text_of(c, "x_kind"), "binary") != NULL;
    bool hard = strcmp(text_of(c, "sampling"), "hard") == 0;
    bool looks_up = strcmp(text_of(c, "parametrization"), "dwn") == 0;

    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        if (bits)
            lut_on(c, *be, false);
        if (!hard && !looks_up)
            lut_on(c, *be, true);
    }
}

static void test_luts(void)
{
    CU_ASSERT_EQUAL(every("lut.txt", lut_case), 87);
}

/* ---- learnable mappings ---- */

enum { MAP_SLOTS = 32, MAP_CANDIDATES = 32, MAP_LD = 64 };

/* A mapping and its batch, as layers hold them. */
typedef struct mapping {
    float weight[MAP_SLOTS * MAP_CANDIDATES] __attribute__((aligned(64)));
    float grad[MAP_SLOTS * MAP_CANDIDATES] __attribute__((aligned(64)));
    float share[MAP_SLOTS * MAP_CANDIDATES] __attribute__((aligned(64)));
    float dslot[MAP_SLOTS * MAP_LD], x[64 * MAP_LD], dx[64 * MAP_LD], y[MAP_LD];
    uint64_t bits[64];
    uint32_t candidate[MAP_SLOTS * MAP_CANDIDATES], wire[MAP_SLOTS];
    lut_bits bit_rows;
    lut_rows float_rows;
    lut_choice choice;
} mapping;

static bool variant(const vec_case *c, const char *name)
{
    return strcmp(text_of(c, "variant"), name) == 0;
}

static void load_batch_of(mapping *m, const vec_case *c)
{
    size_t inputs = whole(c, "inputs"), n = whole(c, "batch"),
           slots = whole(c, "slots");
    const double *x = array(c, "x", n * inputs), *g = array(c, "g", n * slots);

    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < inputs; i++) {
            m->bits[i] |= (uint64_t)(x[s * inputs + i] > 0.5) << s;
            m->x[i * MAP_LD + s] = (float)x[s * inputs + i];
        }
        for (size_t k = 0; k < slots; k++)
            m->dslot[k * MAP_LD + s] = (float)g[s * slots + k];
    }
    m->bit_rows = (lut_bits){ m->bits, inputs, 1 };
    m->float_rows = (lut_rows){ m->x, inputs, MAP_LD };
    m->choice.dslot = m->dslot;
    m->choice.ld = MAP_LD;
    m->choice.n = n;
    if (variant(c, "soft"))
        m->choice.rows = &m->float_rows;
    else
        m->choice.bits = &m->bit_rows;
}

static void load_mapping(mapping *m, const vec_case *c)
{
    size_t slots = whole(c, "slots"), found;
    const double *given = maybe(c, "candidate", &found), *w;
    lut_choice *h = &m->choice;

    memset(m, 0, sizeof *m);
    *h =
        (lut_choice){ .kind = variant(c, "soft") ? LUT_MAP_MIX : LUT_MAP_CHOICE,
                      .inputs = whole(c, "inputs"),
                      .candidates = given ? whole(c, "candidates") : whole(c, "inputs"),
                      .candidate = given ? m->candidate : NULL,
                      .weight = m->weight,
                      .state = m->grad,
                      .share = m->share,
                      .wire = m->wire,
                      .temperature = (float)number(c, "tau"),
                      .next_temperature = 1 };
    h->padded = lut_round_up(h->candidates, LUT_LANES);
    CU_ASSERT_FATAL(slots <= MAP_SLOTS && h->padded <= MAP_CANDIDATES &&
                    whole(c, "batch") <= MAP_LD && h->inputs <= 64);
    w = array(c, "W", h->candidates * slots);
    for (size_t k = 0; k < slots; k++)
        for (size_t i = 0; i < h->candidates; i++) {
            if (given)
                m->candidate[k * h->candidates + i] = (uint32_t)given[i * slots + k];
            m->weight[k * h->padded + i] = (float)w[i * slots + k];
        }
    load_batch_of(m, c);
}

/* What the slots read: of a mixture the mixture, else the row of the wire. */
static void outputs_match(mapping *m, const vec_case *c, const lut_backend *be)
{
    size_t slots = whole(c, "slots"), n = m->choice.n;
    const double *index = array(c, "index", slots), *y = array(c, "y", n * slots);
    double error = 0;

    for (size_t k = 0; k < slots; k++) {
        CU_ASSERT_EQUAL(m->wire[k], (uint32_t)index[k]);
        memcpy(m->y, m->x + m->wire[k] * MAP_LD, sizeof m->y);
        if (m->choice.kind == LUT_MAP_MIX)
            be->mix(&m->choice, k, m->y, n);
        for (size_t s = 0; s < n; s++)
            error = fmax(error, fabs((double)m->y[s] - y[s * slots + k]));
    }
    within(c, "y", error,
           variant(c, "soft") ? number(c, "tolerance") * size_of(y, n * slots) : 0);
}

static void mapping_on(const vec_case *c, const lut_backend *be)
{
    static const lut_optim_ops keep = { .name = "keep",
                                        .nstate = 1,
                                        .tile = lone_keep };
    static mapping m;
    lut_opt_step step = { .t = 1 };
    lut_tiles_update u = { .optim = &keep, .step = &step };
    const double tolerance = number(c, "tolerance");
    const double *dw, *dx;
    size_t slots = whole(c, "slots"), inputs, n;
    double error = 0;

    load_mapping(&m, c);
    inputs = m.choice.inputs;
    n = m.choice.n;
    dx = array(c, "dx", n * inputs);
    dw = array(c, "dW", m.choice.candidates * slots);
    be->choose(&m.choice, 0, slots);
    outputs_match(&m, c, be);
    for (size_t k = 0; k < slots; k++)
        be->spread(&m.choice, k, m.dx, MAP_LD, m.dslot + k * MAP_LD, n);
    for (size_t s = 0; s < n; s++)
        for (size_t i = 0; i < inputs; i++)
            error =
                fmax(error, fabs((double)m.dx[i * MAP_LD + s] - dx[s * inputs + i]));
    within(c, "dx", error, tolerance * size_of(dx, n * inputs));
    be->learn(&m.choice, &u, 0, slots);
    error = 0;
    for (size_t k = 0; k < slots; k++)
        for (size_t i = 0; i < m.choice.candidates; i++)
            error = fmax(error, fabs((double)m.grad[k * m.choice.padded + i] -
                                     dw[i * slots + k]));
    within(c, "dW", error, tolerance * size_of(dw, m.choice.candidates * slots));
}

static void mapping_case(const vec_case *c)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++)
        mapping_on(c, *be);
}

static void test_mappings(void)
{
    CU_ASSERT_EQUAL(every("mapping.txt", mapping_case), 6);
}

/* ---- heads ---- */

static void head_on(const vec_case *c, const lut_kernels *kern)
{
    enum { LD = 64 };
    static float y[64 * LD], logits[16 * LD], again[LD];
    static uint64_t bits[64];
    uint16_t label[LD];
    size_t n = whole(c, "batch"), width = whole(c, "width"),
           classes = whole(c, "classes");
    size_t group = lut_ceil_div(width, classes);
    float tau = (float)number(c, "tau"), offset = (float)number(c, "beta");
    const double *out = array(c, "outputs", width * n), *l = array(c, "labels", n);
    const double *want = array(c, "logits", n * classes),
                 *p = array(c, "prediction", n);
    const double *d = array(c, "d_outputs", width * n);
    const double tolerance = number(c, "tolerance");
    double loss, error = 0, size = size_of(want, n * classes);
    bool binary = true;

    CU_ASSERT_FATAL(width <= 64 && classes <= 16 && n <= LD);
    memset(y, 0, sizeof y);
    memset(bits, 0, sizeof bits);
    for (size_t o = 0; o < width; o++)
        for (size_t s = 0; s < n; s++) {
            y[o * LD + s] = (float)out[o * n + s];
            binary &= out[o * n + s] == 0 || out[o * n + s] == 1;
            bits[o] |= (uint64_t)(out[o * n + s] > 0.5) << s;
        }
    for (size_t k = 0; k < classes; k++) {
        size_t m = width - k * group < group ? width - k * group : group;

        kern->vote(logits + k * LD, y + k * group * LD, LD, m, 1 / tau, offset, n);
        kern->vote_bits(again, bits + k * group, 1, m, 1 / tau, offset, n);
        for (size_t s = 0; s < n; s++) {
            double r = want[s * classes + k];

            error = fmax(error, fabs((double)logits[k * LD + s] - r));
            if (binary)
                error = fmax(error, fabs((double)again[s] - r));
        }
    }
    within(c, "logits", error, tolerance * size);
    memcpy(y, logits, sizeof logits);
    for (size_t s = 0; s < n; s++)
        label[s] = (uint16_t)p[s];
    CU_ASSERT_EQUAL(kern->softmax(y, LD, classes, &loss, label, 1, n), n);
    for (size_t s = 0; s < n; s++)
        label[s] = (uint16_t)l[s];
    kern->softmax(logits, LD, classes, &loss, label, 1 / ((float)n * tau), n);
    within(c, "loss", fabs(loss / (double)n - number(c, "loss")), tolerance);
    error = 0;
    for (size_t o = 0; o < width; o++)
        for (size_t s = 0; s < n; s++)
            error =
                fmax(error, fabs((double)logits[o / group * LD + s] - d[o * n + s]));
    within(c, "d_outputs", error, tolerance * size_of(d, width * n));
}

static void head_case(const vec_case *c)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++)
        head_on(c, (*be)->kern);
}

static void test_heads(void)
{
    CU_ASSERT_EQUAL(every("head.txt", head_case), 5);
}

/* ---- initial weights ---- */

/* The noise is the same stream, so it can be taken off again. */
static void init_case(const vec_case *c)
{
    const char *name = text_of(c, "parametrization");
    const lut_param_ops *p = lut_param_table_scalar[lut_param_find(name)];
    unsigned k = (unsigned)number(c, "rank");
    lut_init how = { true, number(c, "residual_probability"), number(c, "temperature"),
                     0 };
    size_t n = p->nweights(NULL, k);
    const double *w = array(c, "w", n);
    double error = 0;
    float a[LONE_ENTRIES];
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 3);

    p->init(NULL, k, a, &r, &how);
    for (size_t e = 0; e < n; e++)
        error = fmax(error, fabs((double)a[e] - w[e]));
    within(c, "w", error, number(c, "tolerance") * size_of(w, n));
}

static void test_init(void)
{
    CU_ASSERT_EQUAL(every("init.txt", init_case), 7);
}

/* ---- networks ---- */

/* An optimizer whose weights become the gradient. */
static void take(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, const float *anchor, size_t n)
{
    (void)anchor;
    (void)cfg;
    (void)now;
    (void)state;
    memcpy(w, g, n * sizeof *g);
}

static uint64_t words[64];
static uint16_t labels[64];

static lut_samples batch_of(const vec_case *c)
{
    size_t inputs = whole(c, "inputs"), n = whole(c, "batch");
    const double *x = array(c, "x", inputs * n), *l = array(c, "labels", n);

    CU_ASSERT_FATAL(inputs <= 64 && n <= 64);
    memset(words, 0, sizeof words);
    for (size_t s = 0; s < n; s++) {
        labels[s] = (uint16_t)l[s];
        for (size_t i = 0; i < inputs; i++)
            words[s] |= (uint64_t)x[i * n + s] << i;
    }
    return (lut_samples){ words, 1, inputs, labels, n };
}

static void set_map(lut_net *net, const double *map)
{
    const lut_layer *l = &net->layer[0];
    const lut_choice *c = &l->choice;

    CU_ASSERT_EQUAL_FATAL(c->candidates, l->inputs);
    for (size_t s = 0; s < l->slots; s++)
        for (size_t i = 0; i < c->candidates; i++)
            c->weight[s * c->padded + i] =
                (float)map[lut_choice_input(c, s, i) * l->slots + s];
}

/* The case's network at its start. */
static lut_net *network_of(const vec_case *c, const lut_backend *be, const char *optim)
{
    bool learn = number(c, "learnable_first") > 0;
    net_spec s = { .inputs = whole(c, "inputs"),
                   .classes = (uint32_t)whole(c, "classes"),
                   .k = (unsigned)whole(c, "rank"),
                   .param = text_of(c, "parametrization"),
                   .first = learn ? "learnable" : "arange",
                   .rest = "arange",
                   .optim = optim,
                   .tau = (float)number(c, "tau"),
                   .temperature = (float)number(c, "temperature"),
                   .sampling =
                       strcmp(text_of(c, "sampling"), "hard") ? LUT_SOFT : LUT_HARD };
    char options[256], name[32];
    size_t layers = whole(c, "layers"), n = 0, entries = (size_t)1 << s.k;
    lut_net *net;

    snprintf(options, sizeof options, "%s learnable.candidates 0",
             text_of(c, "options"));
    s.options = options;
    for (size_t l = 0; l < layers; l++) {
        snprintf(name, sizeof name, "table%zu", l);
        CU_ASSERT_PTR_NOT_NULL_FATAL(maybe(c, name, &n));
        s.luts[l] = (uint32_t)(n / entries);
    }
    net = net_make(&s, be, 1);
    for (uint32_t l = 0; l < layers; l++) {
        size_t nweights = net->layer[l].tiles.nweights, slots = s.luts[l] * s.k;
        const double *w = numbered(c, "w#_init", l, s.luts[l] * nweights), *wire;
        float v[LONE_ENTRIES];

        for (uint32_t m = 0; m < s.luts[l]; m++) {
            for (size_t e = 0; e < nweights; e++)
                v[e] = (float)w[m * nweights + e];
            lut_net_set_lut_weights(net, l, m, v);
        }
        if (l == 0 && learn) {
            set_map(net, array(c, "map0_init", s.inputs * slots));
            continue;
        }
        wire = numbered(c, "conn#", l, slots);
        for (size_t i = 0; i < slots; i++)
            lut_net_wires(net, l)[i] = (uint32_t)wire[i];
    }
    lut_net_refresh(net, &(lut_exec){ 1 });
    return net;
}

/* Largest difference of the layer's weights from the case's. */
static double weights_off(const lut_net *net, uint32_t l, const double *r)
{
    float v[LONE_ENTRIES];
    double most = 0;

    for (uint32_t m = 0; m < net->layer[l].luts; m++) {
        size_t n = lut_net_lut_weights(net, l, m, v);

        most = fmax(most, error_of(v, r + m * n, n));
    }
    return most;
}

static void first_gradients(const vec_case *c, const lut_backend *original)
{
    static const lut_optim_ops ops = { .name = "take", .tile = take };
    const lut_optim_ops *all[] = { &ops, &ops, &ops, &ops, &ops, &ops, &ops, &ops };
    lut_backend be = *original;
    lut_samples s = batch_of(c);
    lut_opt_step step = { .power = { 1, 1 } };
    lut_score score = { 0 };
    lut_net *net;
    lut_ws *ws;

    be.optim = all;
    net = network_of(c, &be, "sgd");
    ws = net_space(net, s.n, 1);
    lut_net_step(net, ws, &score, &s, NULL, s.n, &step);
    for (uint32_t l = 0; l < net->nlayers && l < 2; l++) {
        size_t n = net->layer[l].luts * net->layer[l].tiles.nweights;
        const double *r = numbered(c, "w#_grad_first", l, n);

        within(c, "first gradient", weights_off(net, l, r),
               number(c, "tolerance_grad") * size_of(r, n));
    }
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

static void logits_match(const vec_case *c, const char *name, const lut_net *net,
                         lut_ws *ws, const lut_samples *s)
{
    static float logits[16 * 64];
    const double *r = array(c, name, s->n * net->classes);
    double error = 0;

    lut_net_logits(net, ws, logits, 64, s, 0, s->n);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < net->classes; k++)
            error =
                fmax(error, fabs((double)logits[k * 64 + i] - r[i * net->classes + k]));
    within(c, name, error, number(c, "tolerance_logits"));
}

/* The discrete network: tables, wires, counts, predictions. */
static void circuit_matches(const vec_case *c, const lut_net *net, const lut_samples *s)
{
    lut_circuit d = { 0 };
    const double *prediction = array(c, "hard_prediction", s->n);
    uint16_t predicted[64];
    double percent;

    CU_ASSERT_EQUAL_FATAL(lut_net_harden(&d, net, NULL), LUT_OK);
    for (uint32_t l = 0; l < d.nlayers; l++) {
        size_t entries = (size_t)1 << d.layer[l].k,
               words_of = lut_table_words(d.layer[l].k);
        const double *table = numbered(c, "table#", l, d.layer[l].luts * entries);

        for (size_t m = 0; m < d.layer[l].luts; m++)
            for (size_t a = 0; a < entries; a++)
                if ((d.layer[l].tt[m * words_of + a / 64] >> (a % 64) & 1) !=
                    (uint64_t)table[m * entries + a])
                    CU_FAIL("a table after training");
    }
    CU_ASSERT_EQUAL(
        lut_circuit_accuracy(&percent, predicted, &d, s, &(lut_exec){ 1 }, NULL),
        LUT_OK);
    CU_ASSERT_DOUBLE_EQUAL(percent, 100 * number(c, "hard_accuracy"), 1e-6);
    for (size_t i = 0; i < s->n; i++)
        CU_ASSERT_EQUAL(predicted[i], (uint16_t)prediction[i]);
    lut_circuit_fini(&d);
}

static void learnt_map_matches(const vec_case *c, const lut_net *net)
{
    const lut_layer *l = &net->layer[0];
    const lut_choice *h = &l->choice;
    const double *map, *wire;
    double error = 0;

    if (!l->candidates)
        return;
    map = array(c, "map0_final", l->inputs * l->slots);
    wire = array(c, "conn0_final", l->slots);
    for (size_t s = 0; s < l->slots; s++) {
        CU_ASSERT_EQUAL(l->wire[s], (uint32_t)wire[s]);
        for (size_t i = 0; i < h->candidates; i++) {
            double r = map[lut_choice_input(h, s, i) * l->slots + s];

            error = fmax(error, fabs((double)h->weight[s * h->padded + i] - r));
        }
    }
    within(c, "map0_final", error, number(c, "tolerance_weights"));
}

static void training_matches(const vec_case *c, const lut_backend *be)
{
    size_t steps = whole(c, "steps");
    const double *loss = array(c, "loss", steps + 1);
    lut_samples s = batch_of(c);
    lut_net *net = network_of(c, be, "adam");
    lut_ws *ws = net_space(net, s.n, 1);
    lut_opt_step step = { .lr = number(c, "lr"), .power = { 1, 1 } };
    lut_score score;
    double error = 0;

    logits_match(c, "logits_first", net, ws, &s);
    for (size_t t = 0; t <= steps; t++) {
        score = (lut_score){ 0 };
        if (t < steps)
            lut_net_step(net, ws, &score, &s, NULL, s.n, &step);
        else
            lut_net_score(net, ws, &score, &s, NULL, 0, s.n);
        error = fmax(error, fabs(score.loss / (double)s.n - loss[t]));
    }
    within(c, "loss", error, number(c, "tolerance_loss"));
    CU_ASSERT_DOUBLE_EQUAL((double)score.correct / (double)s.n,
                           number(c, "soft_accuracy"), 1e-8);
    logits_match(c, "logits_final", net, ws, &s);
    for (uint32_t l = 0; l < net->nlayers; l++) {
        size_t n = net->layer[l].luts * net->layer[l].tiles.nweights;

        within(c, "final weights", weights_off(net, l, numbered(c, "w#_final", l, n)),
               number(c, "tolerance_weights"));
    }
    learnt_map_matches(c, net);
    circuit_matches(c, net, &s);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

static void network_case(const vec_case *c)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        first_gradients(c, *be);
        training_matches(c, *be);
    }
}

static void test_networks(void)
{
    CU_ASSERT_EQUAL(every("network.txt", network_case), 6);
}

UNIT_MAIN("vectors", UNIT(test_luts), UNIT(test_mappings), UNIT(test_heads),
          UNIT(test_init), UNIT(test_networks))
