/* kind = head: group sums, softmax, cross-entropy, and the gradient to the outputs. */
#include "lib/circuit/circuit.h"
#include "tests/reference/case.h"

#include <string.h>

enum { MOST_SAMPLES = 1 << 16, MOST_OUTPUTS = 1 << 20 };

typedef struct head {
    size_t n, ld, width, classes, group;
    float tau, beta;
    float *y;       /* [width][ld] */
    uint64_t *bits; /* the same, where all outputs are bits; else NULL */
    float *logits;  /* [classes][ld] */
    uint16_t *label;
    double tolerance, loss;
    const double *rlogits, *rd, *prediction;
} head;

static void fill_outputs(vec_case *c, head *h, const double *out)
{
    bool bits = true;

    h->y = vec_room(c, h->width * h->ld, sizeof *h->y);
    h->bits = vec_room(c, h->width * h->ld / 64, sizeof *h->bits);
    for (size_t o = 0; o < h->width; o++)
        for (size_t s = 0; s < h->n; s++) {
            double v = out[o * h->n + s];

            bits = bits && (v == 0 || v == 1);
            h->y[o * h->ld + s] = (float)v;
            h->bits[(o * h->ld + s) / 64] |= (uint64_t)(v > 0.5) << s % 64;
        }
    h->bits = bits ? h->bits : NULL;
}

static bool head_read(vec_case *c, head *h)
{
    const double *out, *label;

    h->n = vec_whole(c, "batch", 1, MOST_SAMPLES);
    h->ld = lut_round_up(h->n, LUT_BLOCK);
    h->width = vec_whole(c, "width", 1, MOST_OUTPUTS);
    h->classes = vec_whole(c, "classes", 1, LUT_MAX_CLASSES);
    h->group = lut_circuit_group((uint32_t)h->width, (uint32_t)h->classes);
    h->tau = (float)vec_number(c, "tau");
    h->beta = (float)vec_number(c, "beta");
    h->loss = vec_number(c, "loss");
    h->tolerance = vec_number(c, "tolerance");
    out = vec_array(c, "outputs", VEC_SHAPE(h->width, h->n));
    label = vec_wholes(c, "labels", 0, h->classes - 1, VEC_SHAPE(h->n));
    h->prediction = vec_wholes(c, "prediction", 0, h->classes - 1, VEC_SHAPE(h->n));
    h->rlogits = vec_array(c, "logits", VEC_SHAPE(h->n, h->classes));
    h->rd = vec_array(c, "d_outputs", VEC_SHAPE(h->width, h->n));
    if (!vec_ok(c))
        return false;
    if (!(h->tau > 0)) {
        vec_problem(c, "attribute tau is %g", (double)h->tau);
        return false;
    }
    fill_outputs(c, h, out);
    h->logits = vec_room(c, h->classes * h->ld, sizeof *h->logits);
    h->label = vec_room(c, h->n, sizeof *h->label);
    for (size_t s = 0; s < h->n; s++)
        h->label[s] = (uint16_t)label[s];
    return true;
}

static void head_votes(vec_case *c, head *h)
{
    const lut_kernels *kern = c->be->kern;
    double *a = vec_room(c, h->n * h->classes, sizeof *a);

    for (size_t k = 0; k < h->classes; k++) {
        size_t from = k * h->group < h->width ? k * h->group : h->width;
        size_t m = h->width - from < h->group ? h->width - from : h->group;
        bool bits = h->bits && c->path[0] == 'b';
        lut_signal y = bits ? (lut_signal){ .b = h->bits, .ld = h->ld / 64 }
                            : (lut_signal){ .f = h->y, .ld = h->ld };

        kern->vote(h->logits + k * h->ld, &y, from, from + m, 1 / h->tau, h->beta,
                   h->n);
        for (size_t s = 0; s < h->n; s++)
            a[s * h->classes + k] = (double)h->logits[k * h->ld + s];
    }
    vec_compare(c, "logits", a, h->rlogits, h->n * h->classes, VEC_RELATIVE,
                h->tolerance);
}

/* The kernel counts the samples whose largest logit is at the label: all, when the
 * predictions are the labels. */
static void head_prediction(vec_case *c, const head *h)
{
    float *logits = vec_room(c, h->classes * h->ld, sizeof *logits);
    uint16_t *label = vec_room(c, h->n, sizeof *label);
    double *loss = vec_room(c, h->ld / LUT_LOSS_BLOCK, sizeof *loss), right,
           all = (double)h->n;

    memcpy(logits, h->logits, h->classes * h->ld * sizeof *logits);
    for (size_t s = 0; s < h->n; s++)
        label[s] = (uint16_t)h->prediction[s];
    right =
        (double)c->be->kern->softmax(logits, h->ld, h->classes, loss, label, 1, h->n);
    vec_compare(c, "prediction", &right, &all, 1, VEC_EXACT, 0);
}

static void head_gradient(vec_case *c, head *h)
{
    double *loss = vec_room(c, h->ld / LUT_LOSS_BLOCK, sizeof *loss), mean = 0;
    double *a = vec_room(c, h->width * h->n, sizeof *a);

    c->be->kern->softmax(h->logits, h->ld, h->classes, loss, h->label,
                         1 / ((float)h->n * h->tau), h->n);
    for (size_t b = 0; b < h->ld / LUT_LOSS_BLOCK; b++)
        mean += loss[b] / (double)h->n;
    vec_compare(c, "loss", &mean, &h->loss, 1, VEC_ABSOLUTE, h->tolerance);
    for (size_t o = 0; o < h->width; o++)
        for (size_t s = 0; s < h->n; s++)
            a[o * h->n + s] = (double)h->logits[o / h->group * h->ld + s];
    vec_compare(c, "d_outputs", a, h->rd, h->width * h->n, VEC_RELATIVE, h->tolerance);
}

void vec_head(vec_case *c)
{
    static const char *const path[] = { "reals", "bits" };
    head h = { .n = 0 };

    if (!head_read(c, &h))
        return;
    for (size_t i = 0; i < (h.bits ? 2 : 1); i++) {
        c->path = path[i];
        head_votes(c, &h);
        head_prediction(c, &h);
        head_gradient(c, &h);
    }
}
