/* luteval: the work, without printing. */
#include "drivers/luteval.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 7 };

/* ---- which data ---- */

static lut_status check_shape(const eval *e, const lut_dataset *d, lut_err *err)
{
    if (d->features != e->net.result.encoder.features)
        return lut_fail(err, LUT_EFORMAT,
                        "data set %s has %zu features, the network wants %zu",
                        e->net.result.row.trial.dataset, d->features,
                        e->net.result.encoder.features);
    if (d->samples == 0)
        return lut_fail(err, LUT_EFORMAT, "data set %s has no test rows",
                        e->net.result.row.trial.dataset);
    for (size_t i = 0; i < d->samples; i++)
        if (d->label[i] >= e->net.result.circuit.classes)
            return lut_fail(
                err, LUT_EFORMAT,
                "data set %s: test row %zu is of class %u, the network knows %u",
                e->net.result.row.trial.dataset, i, d->label[i],
                (unsigned)e->net.result.circuit.classes);
    return LUT_OK;
}

static lut_status encode(eval *e, lut_err *err)
{
    const lut_dataset *d = &e->data.test;
    const lut_encoder *enc = &e->net.result.encoder;
    size_t ld = lut_ceil_div(enc->outputs, 64);
    uint64_t *x = calloc(d->samples * ld, sizeof *x);

    if (!x)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu encoded rows", d->samples);
    lut_encoder_apply(enc, x, ld, d, NULL, d->samples);
    e->test = (lut_samples){
        .x = x, .ld = ld, .inputs = enc->outputs, .label = d->label, .n = d->samples
    };
    return LUT_OK;
}

static lut_status refuse_data(const eval *e, lut_err *err)
{
    const sweep_row *row = &e->net.result.row;
    char digest[SWEEP_DIGEST];

    sweep_data_digest(digest, &e->data);
    return lut_fail(
        err, LUT_EFORMAT,
        "data set %s here is not the one that trial %s was trained on (digest "
        "%s); --data PATH evaluates other data",
        row->trial.dataset, row->key, digest);
}

lut_status eval_load(eval *e, const char *const *folder, bool other, lut_err *err)
{
    LUT_TRY(stored_any_data(&e->data, &e->same_data, &e->net, folder, err));
    if (!e->same_data && !other)
        return refuse_data(e, err);
    LUT_TRY(check_shape(e, &e->data.test, err));
    return encode(e, err);
}

/* ---- what comes out ---- */

lut_status eval_run(eval *e, const char *kernels, lut_err *err)
{
    const size_t n = e->test.n, classes = e->net.result.circuit.classes;
    size_t right = 0;

    e->predicted = calloc(n, sizeof *e->predicted);
    e->votes = calloc(n * classes, sizeof *e->votes);
    e->confusion = calloc(classes * classes, sizeof *e->confusion);
    if (!e->predicted || !e->votes || !e->confusion)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu predictions", n);
    LUT_TRY(lut_packed_create_on(&e->packed, &e->net.result.circuit, kernels,
                                 &(lut_exec){ .threads = e->threads }, err));
    lut_packed_scores(e->packed, e->predicted, e->votes, &e->test);
    for (size_t i = 0; i < n; i++) {
        e->confusion[e->test.label[i] * classes + e->predicted[i]]++;
        right += e->predicted[i] == e->test.label[i];
    }
    e->accuracy = 100.0 * (double)right / (double)n;
    return LUT_OK;
}

/* ---- how fast ---- */

typedef struct timing {
    eval *e;
    uint16_t *out;
    const uint8_t *bools; /* NULL: packed in */
} timing;

static void once(const timing *t)
{
    const lut_samples *s = &t->e->test;

    if (t->bools)
        lut_packed_predict_bools(t->e->packed, t->out, t->bools, s->inputs, s->n);
    else
        lut_packed_predict(t->e->packed, t->out, s);
}

static double now(unsigned threads)
{
    struct timespec t;

    clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Samples per second: the median of windows that are long beside the clock's steps. */
static double speed(const timing *t)
{
    const double window = 0.03;
    double seconds[REPEATS];

    once(t);
    for (size_t i = 0; i < REPEATS; i++) {
        double start = now(t->e->threads), took;
        unsigned calls = 0;

        do {
            once(t);
            calls++;
            took = now(t->e->threads) - start;
        } while (took < window);
        seconds[i] = took / calls;
    }
    qsort(seconds, REPEATS, sizeof *seconds, by_size);
    return (double)t->e->test.n / seconds[REPEATS / 2];
}

/* What is timed is compared too: classes of the last call, before another writes its own. */
static lut_status measure(double *result, const timing *t, lut_err *err)
{
    const size_t n = t->e->test.n;
    size_t i = 0;

    memset(t->out, 0xff, n * sizeof *t->out);
    *result = speed(t);
    while (i < n && t->out[i] == t->e->predicted[i])
        i++;
    if (i == n)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "row %zu: class %u from %s, %u with scores", i,
                    t->out[i], t->bools ? "bools" : "packed bits", t->e->predicted[i]);
}

lut_status eval_measure(eval *e, lut_err *err)
{
    const lut_samples *s = &e->test;
    uint8_t *bools = malloc(s->n * s->inputs);
    uint16_t *out = malloc(s->n * sizeof *out);
    lut_status st = LUT_OK;

    if (!bools || !out) {
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu rows of %zu bools", s->n,
                      s->inputs);
    } else {
        for (size_t i = 0; i < s->n; i++)
            for (size_t f = 0; f < s->inputs; f++)
                bools[i * s->inputs + f] = s->x[i * s->ld + f / 64] >> (f % 64) & 1;
        st = measure(&e->packed_speed, &(timing){ e, out, NULL }, err);
        if (st == LUT_OK)
            st = measure(&e->bools_speed, &(timing){ e, out, bools }, err);
    }
    free(bools);
    free(out);
    return st;
}

void eval_fini(eval *e)
{
    lut_packed_destroy(e->packed);
    free((void *)(uintptr_t)e->test.x);
    free(e->predicted);
    free(e->votes);
    free(e->confusion);
    lut_data_fini(&e->data);
    stored_close(&e->net);
}
