/* luteval: the work, without printing. */
#include "drivers/luteval.h"
#include "sweep/facts.h"
#include "sweep/store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY_DIGITS = 4, REPEATS = 7 };

/* ---- which network ---- */

static lut_status check_key(const char *key, lut_err *err)
{
    const size_t n = strlen(key);

    if (n >= KEY_DIGITS && n < SWEEP_KEY && strspn(key, "0123456789abcdef") == n)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "KEY %.40s: want %d to %d digits of a key, 0-9 and a-f (lutreport "
                    "FILE --by key lists them)",
                    key, KEY_DIGITS, SWEEP_KEY - 1);
}

static lut_status find_row(size_t *row, const sweep_store *s, const char *path,
                           const char *key, lut_err *err)
{
    const sweep_column *c = sweep_store_text(s, "key", err);
    size_t n = sweep_store_rows(s), first = n, found = 0;

    if (!c)
        return LUT_EFORMAT;
    for (size_t i = 0; i < n; i++)
        if (strncmp(c->text[i], key, strlen(key)) == 0) {
            if (found++)
                return lut_fail(err, LUT_EINVAL,
                                "%s: %s begins %s and %s: give more digits", path, key,
                                c->text[first], c->text[i]);
            first = i;
        }
    if (!found)
        return lut_fail(err, LUT_ENOENT, "%s: no trial %s", path, key);
    *row = first;
    return LUT_OK;
}

static lut_status get_row(eval *e, sweep_store *s, const char *path, const char *key,
                          lut_err *err)
{
    size_t row = 0;

    LUT_TRY(find_row(&row, s, path, key, err));
    LUT_TRY(sweep_store_get(s, row, &e->r, err));
    if (e->r.has_network)
        return LUT_OK;
    return lut_fail(
        err, LUT_ENOENT,
        "%s: the network of trial %s was not kept (status %s; keep = \"all\" "
        "in the configuration keeps those of all rows, luttrain --from %s "
        "--key %s -o FILE trains it again)",
        path, e->r.row.key, e->r.row.status, path, e->r.row.key);
}

lut_status eval_find(eval *e, const char *path, const char *key, lut_err *err)
{
    sweep_store *s;
    lut_status st;

    LUT_TRY(check_key(key, err));
    LUT_TRY(sweep_store_open(&s, path, err));
    st = get_row(e, s, path, key, err);
    sweep_store_close(s);
    return st;
}

/* ---- which data ---- */

static lut_status check_shape(const eval *e, const lut_dataset *d, lut_err *err)
{
    if (d->features != e->r.encoder.features)
        return lut_fail(err, LUT_EFORMAT,
                        "data set %s has %zu features, the network wants %zu",
                        e->r.row.trial.dataset, d->features, e->r.encoder.features);
    if (d->samples == 0)
        return lut_fail(err, LUT_EFORMAT, "data set %s has no test rows",
                        e->r.row.trial.dataset);
    for (size_t i = 0; i < d->samples; i++)
        if (d->label[i] >= e->r.circuit.classes)
            return lut_fail(
                err, LUT_EFORMAT,
                "data set %s: test row %zu is of class %u, the network knows %u",
                e->r.row.trial.dataset, i, d->label[i], (unsigned)e->r.circuit.classes);
    return LUT_OK;
}

/* Whether this is what the key was made with. */
static lut_status check_data(eval *e, bool other, lut_err *err)
{
    const sweep_trial *t = &e->r.row.trial;
    char digest[SWEEP_DIGEST], key[SWEEP_KEY];

    sweep_data_digest(digest, &e->data);
    sweep_trial_key(key, t, digest);
    e->same_data = strcmp(key, e->r.row.key) == 0;
    if (e->same_data || other)
        return check_shape(e, &e->data.test, err);
    return lut_fail(
        err, LUT_EFORMAT,
        "data set %s here is not the one that trial %s was trained on (digest "
        "%s); --data PATH evaluates other data",
        t->dataset, e->r.row.key, digest);
}

static lut_status encode(eval *e, lut_err *err)
{
    const lut_dataset *d = &e->data.test;
    const lut_encoder *enc = &e->r.encoder;
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

lut_status eval_load(eval *e, const char *const *folder, bool other, lut_err *err)
{
    const sweep_trial *t = &e->r.row.trial;

    LUT_TRY(sweep_facts_data(&e->data, t->dataset, t->options, folder, err));
    LUT_TRY(check_data(e, other, err));
    return encode(e, err);
}

/* ---- what comes out ---- */

lut_status eval_run(eval *e, const char *kernels, lut_err *err)
{
    const size_t n = e->test.n, classes = e->r.circuit.classes;
    size_t right = 0;

    e->predicted = calloc(n, sizeof *e->predicted);
    e->votes = calloc(n * classes, sizeof *e->votes);
    e->confusion = calloc(classes * classes, sizeof *e->confusion);
    if (!e->predicted || !e->votes || !e->confusion)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu predictions", n);
    LUT_TRY(lut_packed_create_on(&e->packed, &e->r.circuit, kernels,
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
    sweep_result_fini(&e->r);
}
