/* The state of a large sweep as a run leaves it: many FILE [TRIALS [EPOCHS [RANKS]]].  Not a
 * test: it shows what merging, reports and --status cost at scale.
 *
 * Writes FILE.run/ with a tiny record of each trial (one layer of 8 LUTs, EPOCHS epochs), and
 * journals of RANKS ranks: every hundredth trial failed once before, and every thousandth
 * has no record because it failed for good.  20,000 trials of 20 epochs on 16 ranks where
 * nothing else is said.  Nothing is synced. */
#include "sweep/record.h"
#include "sweep/state.h"
#include "tests/support/fake_result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAILED_ONCE = 100, FAILED = 1000, MOST_RANKS = 1024 };

static const char digest[SWEEP_DIGEST] = "0123456789abcdef";

typedef struct sweep {
    sweep_state state;
    char stamp[SWEEP_STAMP];
    size_t trials, epochs, ranks;
    sweep_journal journal[MOST_RANKS];
    FILE *order;
    sweep_result shape; /* network and history of every trial */
} sweep;

static void must(lut_status st, const lut_err *err)
{
    if (st == LUT_OK)
        return;
    fprintf(stderr, "many: %s\n", err->text);
    exit(1);
}

static void *room(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);

    if (!p)
        exit(1);
    return p;
}

/* ---- what all trials share ---- */

static void make_encoder(lut_encoder *e)
{
    strcpy(e->kind, "distributive");
    e->features = 16;
    e->thresholds = e->bits = 3;
    e->outputs = e->features * e->bits;
    e->threshold = room(e->features * e->thresholds, sizeof *e->threshold);
    e->codes = room((e->thresholds + 1) * e->bits, 1);
    e->name = room(e->features, sizeof *e->name);
    for (size_t f = 0; f < e->features; f++) {
        snprintf(e->name[f], LUT_FEATURE_NAME, "x%zu", f);
        for (size_t t = 0; t < e->thresholds; t++)
            e->threshold[f * e->thresholds + t] = (float)t;
    }
    for (size_t t = 0; t <= e->thresholds; t++)
        for (size_t b = 0; b < e->bits; b++)
            e->codes[t * e->bits + b] = t > b;
}

static void make_shape(sweep *s)
{
    enum { LUTS = 8, RANK = 2, CLASSES = 4, TESTS = 64 };
    const uint32_t luts = LUTS, k = RANK;
    sweep_result *r = &s->shape;
    lut_err err;

    sweep_result_init(r);
    make_encoder(&r->encoder);
    must(lut_circuit_alloc(&r->circuit, (uint32_t)r->encoder.outputs, CLASSES, 1, &luts,
                           &k, &err),
         &err);
    for (uint32_t u = 0; u < LUTS; u++) {
        r->circuit.layer[0].wire[u * RANK + 1] = u + 1;
        r->circuit.layer[0].tt[u] = u;
    }
    r->has_network = true;
    r->classes = CLASSES;
    r->ntest = TESTS;
    r->confusion = room(CLASSES * CLASSES, sizeof *r->confusion);
    r->correct = room(TESTS / 8, 1);
    r->confusion[0] = TESTS;
    memset(r->correct, 0xff, TESTS / 8);
    r->nhistory = s->epochs;
    r->history = room(s->epochs, sizeof *r->history);
}

/* ---- one trial ---- */

static void make_trial(sweep *s, size_t i)
{
    sweep_result *r = &s->shape;
    const sweep_data_facts facts = { .classes = r->classes,
                                     .samples = 3000,
                                     .features = r->encoder.features };
    size_t n;
    const lut_field *field = sweep_row_fields(&n);
    lut_err err;

    lut_fields_default(field, n, &r->row);
    strcpy(r->row.trial.dataset, "optdigits");
    r->row.trial.seed = (uint32_t)i + 1;
    r->row.trial.width = 8;
    r->row.trial.depth = 1;
    r->row.trial.lut_rank = 2;
    r->row.trial.epochs = (uint32_t)s->epochs;
    must(sweep_trial_resolve(&r->row.trial, &facts, &err), &err);
    sweep_trial_key(r->row.key, &r->row.trial, digest);
}

static void make_result(sweep *s, size_t i)
{
    sweep_result *r = &s->shape;

    strcpy(r->row.status, "ok");
    r->row.test_accuracy = 100;
    r->row.valid_accuracy = 50 + (double)(i * 7919 % 4999) / 100;
    r->row.luts = 8;
    r->row.epochs_run = r->row.best_epoch = (double)s->epochs;
    for (size_t e = 0; e < s->epochs; e++)
        r->history[e] =
            (sweep_epoch){ .epoch = (uint32_t)e + 1,
                           .lr = 0.01,
                           .train_loss = 1.0 / (double)(i + e + 1),
                           .train_accuracy = r->row.valid_accuracy,
                           .valid_loss = 2.0 / (double)(i + e + 1),
                           .valid_accuracy_soft = r->row.valid_accuracy,
                           .valid_accuracy = r->row.valid_accuracy -
                                             0.01 * (double)(s->epochs - 1 - e) };
    fake_timing(r, i);
    r->timing.threads = 1;
    r->timing.attempts = i % FAILED_ONCE ? 1 : 2;
}

static void write_record(sweep *s)
{
    char path[SWEEP_PATH];
    unsigned char *bytes;
    size_t n;
    FILE *f;
    lut_err err;

    must(sweep_record_pack(&bytes, &n, &s->shape, &err), &err);
    sweep_state_record(&s->state, path, s->shape.row.key);
    f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        exit(1);
    free(bytes);
}

static void note(sweep *s, size_t i, const char *event, uint32_t attempt,
                 const sweep_fields *fields)
{
    lut_err err;

    must(sweep_journal_add(&s->journal[i % s->ranks], event, s->shape.row.key, attempt,
                           fields, &err),
         &err);
}

static void note_failure(sweep *s, size_t i, uint32_t attempt)
{
    sweep_fields *f = room(1, sizeof *f);
    char *text = sweep_trial_text(&s->shape.row.trial);

    note(s, i, "START", attempt, NULL);
    sweep_fields_text(f, "cause", "crashed");
    sweep_fields_number(f, "signal", 11);
    sweep_fields_number(f, "seconds", 0.5);
    sweep_fields_text(f, "log", "made up");
    sweep_fields_text(f, "trial", text ? text : "");
    note(s, i, "FAIL", attempt, f);
    free(text);
    free(f);
}

static void note_success(sweep *s, size_t i)
{
    sweep_fields *f = room(1, sizeof *f);
    const uint32_t attempt = (uint32_t)s->shape.timing.attempts;

    note(s, i, "START", attempt, NULL);
    sweep_fields_text(f, "status", "ok");
    sweep_fields_number(f, "valid_accuracy", s->shape.row.valid_accuracy);
    sweep_fields_number(f, "seconds", 1);
    note(s, i, "DONE", attempt, f);
    free(f);
}

static void put_trial(sweep *s, size_t i)
{
    make_trial(s, i);
    fprintf(s->order, "%s\n", s->shape.row.key);
    if (i % FAILED_ONCE == 0)
        note_failure(s, i, 1);
    if (i % FAILED == 0) {
        note_failure(s, i, 2);
        return;
    }
    make_result(s, i);
    write_record(s);
    note_success(s, i);
}

/* ---- the run ---- */

static void begin_run(sweep *s)
{
    sweep_fields *f = room(1, sizeof *f);
    char path[SWEEP_PATH], name[SWEEP_STAMP + 24];
    lut_err err;

    sweep_state_stamp(s->stamp);
    snprintf(name, sizeof name, "%s.order", s->stamp);
    s->order = fopen(sweep_state_path(&s->state, path, "run", name), "w");
    snprintf(name, sizeof name, "%s.cfg", s->stamp);
    must(sweep_state_put(&s->state, name, "name = \"many\";\n", &err), &err);
    for (size_t r = 0; r < s->ranks; r++) {
        snprintf(name, sizeof name, "%s.%zu.jl", s->stamp, r);
        sweep_state_path(&s->state, path, "journal", name);
        must(sweep_journal_open(&s->journal[r], path, &err), &err);
    }
    sweep_fields_text(f, "stamp", s->stamp);
    sweep_fields_text(f, "name", "many");
    sweep_fields_text(f, "host", "nowhere");
    sweep_fields_number(f, "ranks", (double)s->ranks);
    sweep_fields_number(f, "threads", 1);
    sweep_fields_text(f, "digests", "optdigits:0123456789abcdef");
    sweep_fields_text(f, "command", "lutsweep many.cfg");
    must(sweep_journal_add(&s->journal[0], "RUN", NULL, 0, f, &err), &err);
    free(f);
    if (!s->order)
        exit(1);
}

static void end_run(sweep *s)
{
    sweep_fields *f = room(1, sizeof *f);
    lut_err err;

    sweep_fields_text(f, "reason", "complete");
    must(sweep_journal_add(&s->journal[0], "END", NULL, 0, f, &err), &err);
    for (size_t r = 0; r < s->ranks; r++)
        sweep_journal_close(&s->journal[r]);
    free(f);
    if (fclose(s->order) != 0)
        exit(1);
}

static size_t number(int argc, char **argv, int i, size_t fallback, size_t most)
{
    const size_t n = argc > i ? strtoul(argv[i], NULL, 10) : fallback;

    return n < 1 ? 1 : n > most ? most : n;
}

int main(int argc, char **argv)
{
    sweep *s = room(1, sizeof *s);
    lut_err err;

    if (argc < 2) {
        fprintf(stderr, "usage: many FILE [TRIALS [EPOCHS [RANKS]]]\n");
        return 2;
    }
    s->trials = number(argc, argv, 2, 20000, 10000000);
    s->epochs = number(argc, argv, 3, 20, 100000);
    s->ranks = number(argc, argv, 4, 16, MOST_RANKS);
    must(sweep_state_name(&s->state, argv[1], &err), &err);
    must(sweep_state_create(&s->state, &err), &err);
    for (unsigned i = 0; i < 256; i++) {
        char key[8];

        snprintf(key, sizeof key, "%02x", i);
        must(sweep_state_make_room(&s->state, key, &err), &err);
    }
    make_shape(s);
    begin_run(s);
    for (size_t i = 0; i < s->trials; i++)
        put_trial(s, i);
    end_run(s);
    sweep_result_fini(&s->shape);
    free(s);
    return 0;
}
