/* --verify with don't-cares: that the tables which are written keep the promise of their rule.
 * All other checks are against these tables. */
#include "drivers/lutexport.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- values at which encoded bits change ---- */

/* Rows of values, the same row for all features: at each threshold, just above it, and the
 * ends.  Between them no bit changes, so each feature takes all its codes. */
static lut_status make_values(lut_dataset *d, const lut_encoder *e, lut_err *err)
{
    size_t rows = 2 * e->thresholds + 2;

    LUT_TRY(lut_dataset_alloc(d, rows, e->features, err));
    for (size_t f = 0; f < e->features; f++) {
        float *x = d->x + f * rows;

        for (size_t t = 0; t < e->thresholds; t++) {
            float edge = lut_fixed_edge(&e->input, e->threshold[f * e->thresholds + t]);

            edge = fminf(fmaxf(edge, -FLT_MAX), FLT_MAX);
            *x++ = edge;
            *x++ = fminf(nextafterf(edge, INFINITY), FLT_MAX);
        }
        *x++ = -FLT_MAX;
        *x = FLT_MAX;
    }
    return LUT_OK;
}

typedef struct codes {
    const lut_encoder *e;
    uint64_t *x; /* [rows][ld] encoded; owned */
    size_t rows, ld;
} codes;

static lut_status encode_values(codes *k, const lut_encoder *e, lut_err *err)
{
    lut_dataset d = { 0 };
    lut_status st = make_values(&d, e, err);

    *k = (codes){ .e = e, .rows = d.samples, .ld = lut_ceil_div(e->outputs, 64) };
    if (st == LUT_OK) {
        k->x = malloc(k->rows * k->ld * sizeof *k->x);
        if (k->x)
            lut_encoder_apply(e, k->x, k->ld, &d, NULL, k->rows);
        else
            st = lut_fail(err, LUT_ENOMEM, "no memory for %zu encoded rows", k->rows);
    }
    lut_dataset_fini(&d);
    return st;
}

/* ---- entries ---- */

/* Whether in some row the inputs that are of the feature of input j are as the entry says. */
static bool some_row(const codes *c, const uint32_t *wire, unsigned k, unsigned j,
                     unsigned entry)
{
    size_t bits = c->e->bits;

    for (size_t r = 0; r < c->rows; r++) {
        const uint64_t *x = c->x + r * c->ld;
        unsigned i = 0;

        while (i < k &&
               (wire[i] / bits != wire[j] / bits ||
                (x[wire[i] / 64] >> (wire[i] % 64) & 1) == (entry >> (k - 1 - i) & 1)))
            i++;
        if (i == k)
            return true;
    }
    return false;
}

static bool is_addressed(const codes *c, const uint32_t *wire, unsigned k,
                         unsigned entry)
{
    for (unsigned j = 0; j < k; j++)
        if (!some_row(c, wire, k, j, entry))
            return false;
    return true;
}

/* Changed entries of the first layer, and those of them that an input addresses. */
static void count(size_t *changed, size_t *addressed, const codes *k,
                  const lut_circuit_layer *was, const lut_circuit_layer *is)
{
    size_t words = lut_table_words(was->k);

    *changed = *addressed = 0;
    for (uint32_t u = 0; u < was->luts; u++)
        for (unsigned a = 0; a < 1u << was->k; a++) {
            size_t at = u * words + a / 64;

            if (((was->tt[at] ^ is->tt[at]) >> (a % 64) & 1) == 0)
                continue;
            ++*changed;
            *addressed += is_addressed(k, was->wire + (size_t)u * was->k, was->k, a);
        }
}

static bool same_layer(const lut_circuit_layer *a, const lut_circuit_layer *b,
                       bool tables)
{
    return memcmp(a->wire, b->wire, (size_t)a->luts * a->k * sizeof *a->wire) == 0 &&
           (!tables ||
            memcmp(a->tt, b->tt, a->luts * lut_table_words(a->k) * sizeof *a->tt) == 0);
}

static bool same_elsewhere(const lut_circuit *a, const lut_circuit *b)
{
    bool same = true;

    for (uint32_t l = 0; l < a->nlayers; l++)
        same = same && same_layer(&a->layer[l], &b->layer[l], l > 0);
    return same;
}

static lut_status check_entries(export_job *j, lut_err *err)
{
    export_check *c = export_check_add(
        j, "don't-cares", "no input of the encoder addresses a changed entry");
    const lut_circuit *is = j->design.circuit, *was = &j->care.trained;
    size_t changed, addressed;
    codes k;
    lut_status st = encode_values(&k, j->design.encoder, err);

    if (st == LUT_OK) {
        count(&changed, &addressed, &k, &was->layer[0], &is->layer[0]);
        snprintf(c->tool, sizeof c->tool, "lutexport, codes of each feature");
        c->proof = true;
        c->verdict =
            addressed || !same_elsewhere(was, is) ? EXPORT_DIFFERENT : EXPORT_EQUAL;
        snprintf(c->note, sizeof c->note, "%zu changed, %zu of them are addressed",
                 changed, addressed);
    }
    free(k.x);
    return st;
}

/* ---- votes ---- */

static void check_votes(export_job *j)
{
    export_check *c = export_check_add(
        j, "don't-cares", "votes of the training rows, trained tables beside these");
    const export_care *care = &j->care;

    snprintf(c->tool, sizeof c->tool, "lutexport, packed inference");
    if (!j->has_data) {
        export_check_skip(c, "%s", j->no_data);
    } else if (care->fewest > 1) {
        export_check_skip(c, "%zu of %zu differ, as data:%u allows", care->differ,
                          care->samples, (unsigned)care->fewest);
    } else {
        c->cases = (double)care->samples;
        c->verdict = care->differ ? EXPORT_DIFFERENT : EXPORT_EQUAL;
    }
}

lut_status export_verify_care(export_job *j, lut_err *err)
{
    if (j->care.rule == EXPORT_CARE_ENCODER)
        LUT_TRY(check_entries(j, err));
    if (j->care.rule != EXPORT_CARE_ALL)
        check_votes(j);
    return LUT_OK;
}
