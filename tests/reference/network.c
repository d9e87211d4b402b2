/* kind = network: short trainings on the full batch, from given weights and wires. */
#include "lib/circuit/packed.h"
#include "lib/net/net.h"
#include "tests/reference/case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_SAMPLES = 1 << 16, MOST_INPUTS = 1 << 20, MOST_STEPS = 10000 };

typedef struct problem {
    vec_param p;
    size_t inputs, layers, steps;
    uint32_t classes, luts[LUT_MAX_LAYERS];
    bool learn; /* the wires of layer 0 */
    double lr;
    lut_samples s;
} problem;

/* ---- what the case says ---- */

static const char *numbered(vec_case *c, const char *stem, size_t l, const char *rest)
{
    char *name = vec_room(c, 1, VEC_TEXT);

    snprintf(name, VEC_TEXT, "%s%zu%s", stem, l, rest);
    return name;
}

static bool read_samples(vec_case *c, problem *t)
{
    size_t n = vec_whole(c, "batch", 1, MOST_SAMPLES), ld = lut_ceil_div(t->inputs, 64);
    const double *x = vec_wholes(c, "x", 0, 1, VEC_SHAPE(t->inputs, n));
    const double *label = vec_wholes(c, "labels", 0, t->classes - 1, VEC_SHAPE(n));
    uint64_t *words = vec_room(c, n * ld, sizeof *words);
    uint16_t *labels = vec_room(c, n, sizeof *labels);

    if (!x || !label)
        return false;
    for (size_t s = 0; s < n; s++) {
        labels[s] = (uint16_t)label[s];
        for (size_t i = 0; i < t->inputs; i++)
            words[s * ld + i / 64] |= (uint64_t)x[i * n + s] << i % 64;
    }
    t->s = (lut_samples){
        .x = words, .ld = ld, .inputs = t->inputs, .label = labels, .n = n
    };
    return true;
}

static bool problem_read(vec_case *c, problem *t)
{
    size_t shape[VEC_MOST_DIMS];

    if (!vec_param_read(c, &t->p))
        return false;
    t->inputs = vec_whole(c, "inputs", 1, MOST_INPUTS);
    t->classes = (uint32_t)vec_whole(c, "classes", 1, LUT_MAX_CLASSES);
    t->layers = vec_whole(c, "layers", 1, LUT_MAX_LAYERS);
    t->steps = vec_whole(c, "steps", 1, MOST_STEPS);
    t->learn = vec_whole(c, "learnable_first", 0, 1);
    t->lr = vec_number(c, "lr");
    for (size_t l = 0; l < t->layers; l++) {
        const char *name = numbered(c, "table", l, "");

        if (vec_shape(c, name, shape) != 2 || shape[0] < 1 || shape[0] > MOST_INPUTS)
            vec_problem(c, "array %s is no list of tables", name);
        t->luts[l] = (uint32_t)shape[0];
    }
    return vec_ok(c) && read_samples(c, t);
}

/* ---- a network of the library ---- */

static const lut_map_ops *find_map(vec_case *c, const char *name)
{
    const lut_map_ops *m = lut_map_find(name);

    if (!m)
        vec_problem(c, "the library has no mapping \"%s\"", name);
    return m;
}

/* Every slot chooses among all inputs, or wires that are set later. */
static bool layers_of(vec_case *c, const problem *t, lut_layer_cfg *layer)
{
    char text[2 * VEC_TEXT];
    const lut_map_ops *learnt = find_map(c, "learnable"),
                      *given = find_map(c, "random");
    const void *learnt_cfg, *given_cfg;

    if (!learnt || !given)
        return false;
    snprintf(text, sizeof text, "learnable.candidates 0 learnable.lm_tau %.17g",
             t->learn ? vec_number(c, "map_tau") : 1);
    learnt_cfg = vec_options(c, text, "learnable", learnt->fields, learnt->nfields,
                             learnt->cfg_size);
    given_cfg =
        vec_options(c, "", "random", given->fields, given->nfields, given->cfg_size);
    for (size_t l = 0; l < t->layers; l++) {
        bool learn = l == 0 && t->learn;

        layer[l] = (lut_layer_cfg){ t->luts[l],
                                    t->p.k,
                                    t->p.index,
                                    t->p.cfg,
                                    learn ? learnt : given,
                                    learn ? learnt_cfg : given_cfg };
    }
    return vec_ok(c);
}

static const void *adam_of(vec_case *c, size_t index)
{
    const lut_optim_ops *o = lut_optim_table_scalar[index];
    char text[4 * VEC_TEXT];

    snprintf(text, sizeof text, "adam.beta1 %.17g adam.beta2 %.17g adam.epsilon %.17g",
             vec_number(c, "beta1"), vec_number(c, "beta2"), vec_number(c, "epsilon"));
    return vec_options(c, text, o->name, o->fields, o->nfields, o->cfg_size);
}

static void set_weights(vec_case *c, const problem *t, lut_net *net, uint32_t l)
{
    size_t n = t->p.nweights;
    const float *w =
        vec_floats(c, numbered(c, "w", l, "_init"), VEC_SHAPE(t->luts[l], n));

    for (uint32_t m = 0; w && m < t->luts[l]; m++)
        lut_net_set_lut_weights(net, l, m, w + m * n);
}

static void set_map(vec_case *c, const problem *t, lut_net *net)
{
    size_t slots = t->luts[0] * t->p.k;
    const float *map = vec_floats(c, "map0_init", VEC_SHAPE(t->inputs, slots));
    float *w = vec_room(c, t->inputs, sizeof *w);

    for (size_t s = 0; map && s < slots; s++) {
        for (size_t i = 0; i < t->inputs; i++)
            w[i] = map[i * slots + s];
        lut_net_set_slot_weights(net, 0, s, w);
    }
}

static void set_wires(vec_case *c, const problem *t, lut_net *net, uint32_t l)
{
    size_t below = l ? t->luts[l - 1] : t->inputs, slots = t->luts[l] * t->p.k;
    const double *wire = vec_wholes(c, numbered(c, "conn", l, ""), 0, below - 1,
                                    VEC_SHAPE(t->luts[l], t->p.k));

    for (size_t s = 0; wire && s < slots; s++)
        lut_net_wires(net, l)[s] = (uint32_t)wire[s];
}

/* The case's network at its start; NULL after a problem. */
static lut_net *network_of(vec_case *c, const problem *t, const lut_backend *be)
{
    lut_layer_cfg layer[LUT_MAX_LAYERS];
    lut_net_cfg cfg = { .inputs = t->inputs,
                        .classes = t->classes,
                        .nlayers = (uint32_t)t->layers,
                        .layer = layer,
                        .tau = (float)vec_number(c, "tau"),
                        .offset = (float)vec_number(c, "beta"),
                        .sampling = t->p.sampling,
                        .temperature = t->p.temperature,
                        .grad_factor = 1,
                        .init = { true, 0.951, (double)t->p.temperature, 0.1 },
                        .optim = lut_optim_find("adam") };
    lut_net *net = NULL;
    lut_err err = { 0 };

    cfg.optim_cfg = adam_of(c, cfg.optim);
    cfg.init.residual = !t->p.ops->no_residual;
    if (!(cfg.tau > 0))
        vec_problem(c, "attribute tau is %g", (double)cfg.tau);
    if (!vec_ok(c) || !layers_of(c, t, layer))
        return NULL;
    if (lut_net_create(&net, &cfg, be, 1, &err) != LUT_OK) {
        vec_problem(c, "no such network: %s", err.text);
        return NULL;
    }
    for (uint32_t l = 0; l < t->layers; l++) {
        set_weights(c, t, net, l);
        if (l == 0 && t->learn)
            set_map(c, t, net);
        else
            set_wires(c, t, net, l);
    }
    lut_net_refresh(net, &(lut_exec){ .threads = 1 });
    return net;
}

static lut_ws *space_of(vec_case *c, const problem *t, const lut_net *net)
{
    lut_ws *ws = NULL;
    lut_err err = { 0 };

    if (lut_ws_create(&ws, net, t->s.n, &(lut_exec){ .threads = 1 }, &err) != LUT_OK)
        vec_problem(c, "no work space: %s", err.text);
    return ws;
}

/* ---- comparison ---- */

/* Weights of a layer's LUTs, or what took their place. */
static void compare_weights(vec_case *c, const problem *t, const lut_net *net,
                            uint32_t l, const char *rest, vec_measure how,
                            double tolerance)
{
    const char *name = numbered(c, "w", l, rest);
    size_t each = t->p.nweights, n = t->luts[l] * each;
    const double *r = vec_array(c, name, VEC_SHAPE(t->luts[l], each));
    float *a = vec_room(c, n, sizeof *a);

    for (uint32_t m = 0; m < t->luts[l]; m++)
        lut_net_lut_weights(net, l, m, a + m * each);
    if (r)
        vec_compare_floats(c, name, a, r, n, how, tolerance);
}

static void compare_map(vec_case *c, const problem *t, const lut_net *net,
                        const char *name, vec_measure how, double tolerance)
{
    size_t slots = t->luts[0] * t->p.k, n = t->inputs * slots;
    const double *r = vec_array(c, name, VEC_SHAPE(t->inputs, slots));
    float *a = vec_room(c, n, sizeof *a), *w = vec_room(c, t->inputs, sizeof *w);

    for (size_t s = 0; s < slots; s++) {
        lut_net_slot_weights(net, 0, s, w);
        for (size_t i = 0; i < t->inputs; i++)
            a[i * slots + s] = w[i];
    }
    if (r)
        vec_compare_floats(c, name, a, r, n, how, tolerance);
}

static void compare_all_weights(vec_case *c, const problem *t, const lut_net *net,
                                const char *rest, vec_measure how, double tolerance)
{
    for (uint32_t l = 0; l < t->layers; l++)
        compare_weights(c, t, net, l, rest, how, tolerance);
    if (t->learn)
        compare_map(c, t, net, numbered(c, "map", 0, rest), how, tolerance);
}

static void compare_logits(vec_case *c, const problem *t, const char *name,
                           const lut_net *net, lut_ws *ws)
{
    size_t n = t->s.n, ld = lut_round_up(n, LUT_BLOCK), classes = t->classes;
    float *logits = vec_room(c, classes * ld, sizeof *logits);
    const double *r = vec_array(c, name, VEC_SHAPE(n, classes));
    double *a = vec_room(c, n * classes, sizeof *a);

    lut_net_logits(net, ws, logits, ld, &t->s, 0, n);
    for (size_t s = 0; s < n; s++)
        for (size_t k = 0; k < classes; k++)
            a[s * classes + k] = (double)logits[k * ld + s];
    if (r)
        vec_compare(c, name, a, r, n * classes, VEC_ABSOLUTE,
                    vec_number(c, "tolerance_logits"));
}

static void compare_number(vec_case *c, const char *name, double a)
{
    double r = vec_number(c, name);

    vec_compare(c, name, &a, &r, 1, VEC_ABSOLUTE, 1e-9); /* a ratio of small integers */
}

/* ---- gradients at the start ---- */

static void first_gradients(vec_case *c, const problem *t)
{
    const lut_backend *be = vec_taking(c, c->be);
    lut_opt_step step = { .lr = t->lr, .power = { 1, 1 } };
    lut_score score = { 0 };
    lut_net *net;
    lut_ws *ws;

    net = network_of(c, t, be);
    ws = net ? space_of(c, t, net) : NULL;
    if (ws) {
        lut_net_step(net, ws, &score, &t->s, NULL, t->s.n, &step);
        compare_all_weights(c, t, net, "_grad_first", VEC_RELATIVE,
                            vec_number(c, "tolerance_grad"));
    }
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

/* ---- training ---- */

static void run_steps(vec_case *c, const problem *t, lut_net *net, lut_ws *ws)
{
    lut_opt_step step = { .lr = t->lr, .power = { 1, 1 } };
    double *loss = vec_room(c, t->steps + 1, sizeof *loss);
    const double *r = vec_array(c, "loss", VEC_SHAPE(t->steps + 1));
    lut_score score = { 0 };

    for (size_t i = 0; i <= t->steps; i++) {
        score = (lut_score){ 0 };
        if (i < t->steps)
            lut_net_step(net, ws, &score, &t->s, NULL, t->s.n, &step);
        else
            lut_net_score(net, ws, &score, &t->s, NULL, 0, t->s.n);
        loss[i] = score.loss / (double)t->s.n;
    }
    if (r)
        vec_compare(c, "loss", loss, r, t->steps + 1, VEC_ABSOLUTE,
                    vec_number(c, "tolerance_loss"));
    compare_number(c, "soft_accuracy", (double)score.correct / (double)t->s.n);
}

/* ---- the discrete network ---- */

static void compare_layer(vec_case *c, const problem *t, const lut_circuit *d,
                          uint32_t l)
{
    const lut_circuit_layer *from = &d->layer[l];
    size_t entries = (size_t)1 << from->k, slots = from->luts * from->k;
    size_t below = l ? t->luts[l - 1] : t->inputs;
    const char *table = numbered(c, "table", l, "");
    const char *wires = numbered(c, "conn", l, "_final");
    const double *r = vec_wholes(c, table, 0, 1, VEC_SHAPE(from->luts, entries));
    const double *wire =
        vec_wholes(c, wires, 0, below - 1, VEC_SHAPE(from->luts, from->k));
    double *a = vec_room(c, slots, sizeof *a);

    for (size_t s = 0; s < slots; s++)
        a[s] = (double)from->wire[s];
    if (wire)
        vec_compare(c, wires, a, wire, slots, VEC_EXACT, 0);
    if (r)
        vec_tables(c, table, from->tt, r, from->k, from->luts);
}

/* Outputs of a layer for one sample, bit by bit from its tables. */
static void evaluate(uint8_t *out, const lut_circuit_layer *l, const uint8_t *in)
{
    size_t words = lut_table_words(l->k);

    for (size_t m = 0; m < l->luts; m++) {
        size_t a = 0;

        for (size_t j = 0; j < l->k; j++)
            a = a << 1 | in[l->wire[m * l->k + j]];
        out[m] = l->tt[m * words + a / 64] >> (a % 64) & 1;
    }
}

static void compare_outputs(vec_case *c, const problem *t, const lut_circuit *d)
{
    size_t n = t->s.n, last = t->luts[t->layers - 1], most = t->inputs;
    size_t group = lut_circuit_group((uint32_t)last, t->classes);
    const double *out = vec_wholes(c, "hard_outputs", 0, 1, VEC_SHAPE(last, n));
    const double *count =
        vec_wholes(c, "hard_counts", 0, last, VEC_SHAPE(n, t->classes));
    double *a = vec_room(c, last * n, sizeof *a);
    double *votes = vec_room(c, n * t->classes, sizeof *votes);
    uint8_t *row[2];

    for (size_t l = 0; l < t->layers; l++)
        most = t->luts[l] > most ? t->luts[l] : most;
    row[0] = vec_room(c, most, 1);
    row[1] = vec_room(c, most, 1);
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < t->inputs; i++)
            row[0][i] = t->s.x[s * t->s.ld + i / 64] >> (i % 64) & 1;
        for (size_t l = 0; l < t->layers; l++)
            evaluate(row[(l + 1) % 2], &d->layer[l], row[l % 2]);
        for (size_t o = 0; o < last; o++) {
            a[o * n + s] = row[t->layers % 2][o];
            votes[s * t->classes + o / group] += row[t->layers % 2][o];
        }
    }
    if (out)
        vec_compare(c, "hard_outputs", a, out, last * n, VEC_EXACT, 0);
    if (count)
        vec_compare(c, "hard_counts", votes, count, n * t->classes, VEC_EXACT, 0);
}

static void compare_predictions(vec_case *c, const problem *t, const lut_circuit *d)
{
    const double *r =
        vec_wholes(c, "hard_prediction", 0, t->classes - 1, VEC_SHAPE(t->s.n));
    uint16_t *predicted = vec_room(c, t->s.n, sizeof *predicted);
    double *a = vec_room(c, t->s.n, sizeof *a), percent = 0;
    lut_err err = { 0 };

    if (lut_circuit_accuracy(&percent, predicted, d, &t->s, &(lut_exec){ .threads = 1 },
                             &err) != LUT_OK)
        vec_problem(c, "no predictions: %s", err.text);
    for (size_t s = 0; s < t->s.n; s++)
        a[s] = predicted[s];
    if (r)
        vec_compare(c, "hard_prediction", a, r, t->s.n, VEC_EXACT, 0);
    compare_number(c, "hard_accuracy", percent / 100);
}

static void compare_circuit(vec_case *c, const problem *t, const lut_net *net)
{
    lut_circuit d = { 0 };
    lut_err err = { 0 };

    if (lut_net_harden(&d, net, &err) != LUT_OK) {
        vec_problem(c, "no discrete network: %s", err.text);
        return;
    }
    for (uint32_t l = 0; l < t->layers; l++)
        compare_layer(c, t, &d, l);
    compare_outputs(c, t, &d);
    compare_predictions(c, t, &d);
    lut_circuit_fini(&d);
}

static void training(vec_case *c, const problem *t)
{
    lut_net *net = network_of(c, t, c->be);
    lut_ws *ws = net ? space_of(c, t, net) : NULL;

    if (ws) {
        compare_logits(c, t, "logits_first", net, ws);
        run_steps(c, t, net, ws);
        compare_logits(c, t, "logits_final", net, ws);
        compare_all_weights(c, t, net, "_final", VEC_ABSOLUTE,
                            vec_number(c, "tolerance_weights"));
        compare_circuit(c, t, net);
    }
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

void vec_network(vec_case *c)
{
    problem t = { .inputs = 0 };

    if (!problem_read(c, &t))
        return;
    c->path = "gradient";
    first_gradients(c, &t);
    c->path = "training";
    training(c, &t);
}
