/* What is kept of a network against its row, and its accuracies from the data. */
#include "analysis/verify_impl.h"
#include "lib/circuit/packed.h"
#include "sweep/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- without data ---- */

static void check_shapes(verify_row *row, const sweep_result *r)
{
    const sweep_trial *t = &r->row.trial;
    uint32_t width[LUT_MAX_LAYERS], n = sweep_trial_layers(width, t->layers);

    verify_number(row, "layer", r->circuit.nlayers, n);
    for (uint32_t l = 0; l < r->circuit.nlayers && l < n; l++) {
        char name[40];

        snprintf(name, sizeof name, "layer/%u/inputs", (unsigned)l);
        verify_number(row, name, r->circuit.layer[l].luts, width[l]);
        verify_number(row, name, r->circuit.layer[l].k, t->lut_rank);
    }
    verify_number(row, "encoder/codes", (double)r->encoder.bits, t->encoder_bits);
    verify_text(row, "encoder.kind", r->encoder.kind, t->encoder);
}

static void check_thresholds(verify_row *row, const lut_encoder *enc)
{
    const size_t T = enc->thresholds;

    for (size_t f = 0; f < enc->features; f++)
        for (size_t t = 0; t < T; t++) {
            const float v = enc->threshold[f * T + t];

            verify_that(row,
                        !isnan(v) && (t == 0 || enc->threshold[f * T + t - 1] <= v),
                        "encoder/thresholds", (double)v, "ascending numbers");
        }
    for (size_t i = 0; i < (T + 1) * enc->bits; i++)
        verify_that(row, enc->codes[i] <= 1, "encoder/codes", enc->codes[i], "0 or 1");
}

static size_t count_right(const sweep_result *r)
{
    size_t n = 0;

    for (size_t i = 0; i < r->ntest; i++)
        n += r->correct[i / 8] >> (7 - i % 8) & 1;
    return n;
}

/* Three counts of one thing: the matrix, the bits, the accuracy. */
static void check_counts(verify_row *row, const sweep_result *r)
{
    double all = 0, right = 0;
    const double n = (double)r->ntest;

    for (uint32_t i = 0; i < r->classes * r->classes; i++) {
        all += r->confusion[i];
        right += i % (r->classes + 1) == 0 ? r->confusion[i] : 0;
    }
    verify_number(row, "confusion", all, n);
    verify_number(row, "confusion", right, (double)count_right(r));
    verify_number(row, "test_accuracy", r->row.test_accuracy,
                  100.0 * (double)count_right(r) / n);
    for (size_t i = r->ntest; i < (r->ntest + 7) / 8 * 8; i++)
        verify_that(row, !(r->correct[i / 8] >> (7 - i % 8) & 1), "correct", (double)i,
                    "no bit behind the last test row");
}

/* Not letter by letter: a text of before a field was there leaves it at its default. */
static bool says_the_same(const char *config, const sweep_trial *t)
{
    char *text = sweep_trial_text(t), *again = NULL;
    sweep_trial told;
    bool same;

    if (sweep_trial_parse(&told, config, NULL) == LUT_OK)
        again = sweep_trial_text(&told);
    same = !text || (again && !strcmp(text, again));
    free(text);
    free(again);
    return same;
}

void verify_network(verify_job *job, const sweep_result *r, const char *config)
{
    verify_row row = verify_begin(job, VERIFY_NETWORKS, r);

    if (!r->has_network)
        return;
    check_shapes(&row, r);
    check_thresholds(&row, &r->encoder);
    check_counts(&row, r);
    if (!says_the_same(config, &r->row.trial))
        verify_text(&row, "config", "not that of the row", "the text of its fields");
    verify_end(&row);
}

/* ---- with data ---- */

const lut_data *verify_data_of(verify_data *v, const sweep_trial *t)
{
    if (!strcmp(v->dataset, t->dataset) && !strcmp(v->options, t->options))
        return v->loaded ? &v->data : NULL;
    verify_data_fini(v);
    snprintf(v->dataset, sizeof v->dataset, "%s", t->dataset);
    snprintf(v->options, sizeof v->options, "%s", t->options);
    v->loaded = sweep_facts_data(&v->data, t->dataset, t->options, v->folder,
                                 &v->why) == LUT_OK;
    if (!v->loaded)
        return NULL;
    sweep_data_digest(v->digest, &v->data);
    return &v->data;
}

void verify_data_fini(verify_data *v)
{
    if (v->loaded)
        lut_data_fini(&v->data);
    v->loaded = false;
    v->dataset[0] = v->options[0] = 0;
}

/* Rows of a part, encoded; x and label are owned. */
typedef struct part {
    uint64_t *x;
    uint16_t *label;
    lut_samples s;
} part;

static lut_status encode(part *p, const sweep_result *r, const lut_dataset *d,
                         const uint32_t *rows, size_t n, lut_err *err)
{
    const size_t bits = r->encoder.outputs, ld = lut_ceil_div(bits, 64);

    p->x = malloc((n * ld + 1) * sizeof *p->x);
    p->label = malloc((n + 1) * sizeof *p->label);
    if (!p->x || !p->label)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu encoded rows", n);
    lut_encoder_apply(&r->encoder, p->x, ld, d, rows, n);
    for (size_t i = 0; i < n; i++)
        p->label[i] = d->label[rows ? rows[i] : i];
    p->s = (lut_samples){ .x = p->x,
                          .ld = ld,
                          .inputs = bits,
                          .label = p->label,
                          .n = n,
                          .features = r->encoder.features };
    return LUT_OK;
}

static void forget(part *p)
{
    free(p->x);
    free(p->label);
    *p = (part){ 0 };
}

static void compare_tests(verify_row *row, const sweep_result *r, const part *p,
                          const uint16_t *predicted)
{
    for (size_t i = 0; i < p->s.n; i++) {
        const bool right = predicted[i] == p->label[i];

        verify_that(row, (r->correct[i / 8] >> (7 - i % 8) & 1) == right, "correct",
                    (double)i,
                    right ? "this test row is predicted right"
                          : "this test row is predicted wrong");
        if (row->differs)
            return; /* one will do */
    }
    for (uint32_t c = 0; c < r->classes * r->classes; c++) {
        double n = 0;

        for (size_t i = 0; i < p->s.n; i++)
            n += p->label[i] == c / r->classes && predicted[i] == c % r->classes;
        verify_number(row, "confusion", r->confusion[c], n);
    }
}

static lut_status check_test(verify_row *row, const sweep_result *r,
                             const lut_dataset *d, lut_err *err)
{
    uint16_t *predicted = malloc((d->samples + 1) * sizeof *predicted);
    double accuracy;
    part p = { 0 };
    lut_status st =
        predicted ? encode(&p, r, d, NULL, d->samples, err)
                  : lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", d->samples);

    if (st == LUT_OK)
        st = lut_circuit_accuracy(&accuracy, predicted, &r->circuit, &p.s,
                                  &row->job->exec, err);
    if (st == LUT_OK) {
        verify_number(row, "test_accuracy", r->row.test_accuracy, accuracy);
        if (r->ntest == d->samples)
            compare_tests(row, r, &p, predicted);
        else
            verify_number(row, "correct", (double)r->ntest, (double)d->samples);
    }
    forget(&p);
    free(predicted);
    return st;
}

static lut_status check_part(verify_row *row, const char *column, double stored,
                             const lut_dataset *d, const uint32_t *rows, size_t n,
                             lut_err *err)
{
    double accuracy;
    part p = { 0 };
    lut_status st = encode(&p, row->r, d, rows, n, err);

    if (st == LUT_OK)
        st = lut_circuit_accuracy(&accuracy, NULL, &row->r->circuit, &p.s,
                                  &row->job->exec, err);
    if (st == LUT_OK)
        verify_number(row, column, stored, accuracy);
    forget(&p);
    return st;
}

static lut_status check_training(verify_row *row, const sweep_result *r,
                                 const lut_dataset *d, lut_err *err)
{
    const sweep_trial *t = &r->row.trial;
    uint32_t *rows = malloc((d->samples + 1) * sizeof *rows);
    size_t ntrain, nvalid;
    lut_status st;

    if (!rows)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", d->samples);
    lut_data_split(rows, &ntrain, &nvalid, d->samples, t->validation, t->train_limit,
                   t->split_seed);
    st = check_part(row, "train_accuracy", r->row.train_accuracy, d, rows, ntrain, err);
    if (st == LUT_OK)
        st = check_part(row, "valid_accuracy", r->row.valid_accuracy, d, rows + ntrain,
                        nvalid, err);
    free(rows);
    return st;
}

static bool usable(verify_job *job, const sweep_result *r, verify_data *data)
{
    const sweep_trial *t = &r->row.trial;
    const lut_data *d = verify_data_of(data, t);
    char key[SWEEP_KEY];

    if (!d) {
        verify_skip(job, VERIFY_ACCURACIES, "%.230s", data->why.text);
        return false;
    }
    sweep_trial_key(key, t, data->digest);
    if (strcmp(key, r->row.key) != 0 || d->test.features != r->encoder.features ||
        d->test.classes != r->classes) {
        verify_skip(job, VERIFY_ACCURACIES,
                    "%.64s: what is found here is not the data that it was trained on",
                    t->dataset);
        return false;
    }
    return true;
}

lut_status verify_accuracies(verify_job *job, const sweep_result *r, verify_data *data,
                             lut_err *err)
{
    verify_row row = verify_begin(job, VERIFY_ACCURACIES, r);

    if (!usable(job, r, data))
        return LUT_OK;
    LUT_TRY(check_test(&row, r, &data->data.test, err));
    LUT_TRY(check_training(&row, r, &data->data.train, err));
    verify_end(&row);
    return LUT_OK;
}
