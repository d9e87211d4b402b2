#include "tests/support/fake_result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static uint32_t below(uint64_t *state, uint32_t n)
{
    return (uint32_t)(next(state) % n);
}

static void *zeroed(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);

    if (!p)
        abort();
    return p;
}

static void check(lut_status st)
{
    if (st != LUT_OK)
        abort();
}

/* Text that fits: a choice where there are choices, else letters. */
static void fake_text(const lut_field *f, char *p, uint64_t *state)
{
    size_t n = below(state, (uint32_t)(f->size < 20 ? f->size : 20));

    if (f->choices && f->choices[0] != '@') {
        check(lut_field_set_text(f, p - f->offset, f->fallback, NULL));
        return;
    }
    memset(p, 0, f->size);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)('a' + below(state, 26));
}

static void fake_fields(const lut_field *field, size_t n, void *object, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        char *p = (char *)object + field[i].offset;
        double span = fmin(field[i].hi - field[i].lo, 1e6);
        double v = field[i].lo + span * (double)below(state, 10000) / 10000.0;

        if (field[i].type == LUT_TEXT)
            fake_text(&field[i], p, state);
        else if (field[i].type == LUT_BOOL)
            *(int8_t *)p = (int8_t)below(state, 2);
        else
            check(lut_field_set_number(&field[i], object,
                                       field[i].type == LUT_F64 ? v : ceil(v), NULL));
    }
}

static void fake_row(sweep_result *r, uint64_t seed, uint64_t *state)
{
    static const char *const param[] = { "dwn", "light", "difflogic" };
    size_t n;
    const lut_field *field = sweep_row_fields(&n);

    fake_fields(field, n, &r->row, state);
    strcpy(r->row.trial.dataset, "optdigits");
    strcpy(r->row.trial.parametrization, param[seed % 3]);
    r->row.trial.seed = (uint32_t)(seed % 4 + 1);
    snprintf(r->row.key, sizeof r->row.key, "%016llx", (unsigned long long)next(state));
    snprintf(r->row.training_key, sizeof r->row.training_key, "%016llx",
             (unsigned long long)next(state));
    strcpy(r->row.status, "ok");
    r->row.lut6 = (double)NAN;
}

static void fake_history(sweep_result *r, uint64_t *state)
{
    size_t n;
    const lut_field *field = sweep_epoch_fields(&n);

    r->nhistory = below(state, 5);
    r->history = r->nhistory ? zeroed(r->nhistory, sizeof *r->history) : NULL;
    for (size_t e = 0; e < r->nhistory; e++) {
        fake_fields(field, n, &r->history[e], state);
        r->history[e].epoch = (uint32_t)e + 1;
    }
}

static void fake_encoder(lut_encoder *enc, uint64_t *state)
{
    strcpy(enc->kind, "distributive");
    enc->features = 2 + below(state, 5);
    enc->bits = enc->thresholds = 1 + below(state, 4);
    enc->outputs = enc->features * enc->bits;
    enc->input = (lut_fixed){ (uint32_t)enc->features, (int32_t)enc->bits - 3,
                              enc->features % 2 != 0 };
    enc->threshold = zeroed(enc->features * enc->thresholds, sizeof *enc->threshold);
    enc->codes = zeroed((enc->thresholds + 1) * enc->bits, 1);
    enc->name = zeroed(enc->features, sizeof *enc->name);
    for (size_t f = 0; f < enc->features; f++) {
        snprintf(enc->name[f], LUT_FEATURE_NAME, "x%zu", f);
        for (size_t t = 0; t < enc->thresholds; t++)
            enc->threshold[f * enc->thresholds + t] = (float)t + 0.001f * (float)f;
    }
    for (size_t t = 0; t <= enc->thresholds; t++)
        for (size_t b = 0; b < enc->bits; b++)
            enc->codes[t * enc->bits + b] = t > b;
}

static void fake_layer(lut_circuit_layer *layer, uint32_t inputs, uint64_t *state)
{
    const size_t words = lut_table_words(layer->k);
    const uint64_t mask = layer->k < 6 ? (1ull << (1u << layer->k)) - 1 : ~0ull;

    for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
        layer->wire[i] = below(state, inputs);
    for (size_t i = 0; i < layer->luts * words; i++)
        layer->tt[i] = next(state) & mask;
}

static void fake_circuit(sweep_result *r, uint64_t seed, uint64_t *state)
{
    uint32_t luts[LUT_MAX_LAYERS], k[LUT_MAX_LAYERS];
    const uint32_t nlayers = 1 + below(state, 3), classes = 2 + below(state, 4);
    uint32_t inputs = (uint32_t)(r->encoder.features * r->encoder.bits);

    for (uint32_t l = 0; l < nlayers; l++) {
        luts[l] = 1 + classes * (1 + below(state, 6));
        k[l] = 1 + (uint32_t)(seed % LUT_MAX_K);
    }
    check(lut_circuit_alloc(&r->circuit, inputs, classes, nlayers, luts, k, NULL));
    for (uint32_t l = 0; l < nlayers; l++) {
        fake_layer(&r->circuit.layer[l], inputs, state);
        inputs = luts[l];
    }
    check(lut_circuit_check(&r->circuit, NULL));
    r->classes = classes;
}

static void fake_evaluation(sweep_result *r, uint64_t *state)
{
    r->ntest = 10 + below(state, 40);
    r->confusion = zeroed((size_t)r->classes * r->classes, sizeof *r->confusion);
    r->correct = zeroed((r->ntest + 7) / 8, 1);
    for (size_t i = 0; i < r->ntest; i++) {
        uint32_t is = below(state, r->classes), said = below(state, r->classes);

        r->confusion[is * r->classes + said]++;
        if (is == said)
            r->correct[i / 8] |= (uint8_t)(0x80 >> i % 8);
    }
}

void fake_timing(sweep_result *r, uint64_t seed)
{
    size_t n;
    const lut_field *field = sweep_timing_fields(&n);
    uint64_t state = ~seed;

    fake_fields(field, n, &r->timing, &state);
    strcpy(r->timing.started, "2026-01-02T03:04:05Z");
    snprintf(r->timing.host, sizeof r->timing.host, "node%u", below(&state, 1000000));
}

void fake_result(sweep_result *r, uint64_t seed)
{
    uint64_t state = seed;

    sweep_result_init(r);
    fake_row(r, seed, &state);
    fake_timing(r, seed);
    fake_history(r, &state);
    if (seed % 7 == 6) {
        strcpy(r->row.status, "diverged");
        r->row.test_accuracy = r->row.valid_accuracy = (double)NAN;
        return;
    }
    r->has_network = true;
    fake_encoder(&r->encoder, &state);
    fake_circuit(r, seed, &state);
    fake_evaluation(r, &state);
    if (seed % 2)
        r->log = strdup("a warning\nof two lines\n");
}

static char folder[64];

const char *fake_path(const char *name)
{
    static char path[8][256];
    static unsigned turn;
    char *p = path[turn++ % 8];

    if (!folder[0]) {
        const char *tmp = getenv("TMPDIR");

        snprintf(folder, sizeof folder, "%.40s/lutsweep-XXXXXX", tmp ? tmp : "/tmp");
        if (!mkdtemp(folder))
            abort();
    }
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

void fake_folder_remove(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (folder[0] && system(command) != 0)
        abort();
    folder[0] = 0;
}
