/* Inputs of the bench and what the network says of them, straight from the trained tables and
 * thresholds: no simplification, mapping or bound that the writer uses is in it. */
#include "lib/base/rng.h"
#include "lib/export/verilog.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CONSTANT = 2, WALKING = 64, RANDOM = 64, SEARCHED = 512, TIES = 16 };

static void set_bit(uint64_t *x, size_t i)
{
    x[i / 64] |= (uint64_t)1 << (i % 64);
}

/* ---- what the network says ---- */

static double raw_value(const verilog_plan *p, const uint64_t *x, size_t f)
{
    unsigned width = p->input.width;
    double v = 0;

    for (unsigned i = 0; i < width; i++) {
        size_t at = f * width + i;
        double digit = ldexp((double)(x[at / 64] >> (at % 64) & 1), (int)i);

        v += p->input.is_signed && i == width - 1 ? -digit : digit;
    }
    return v;
}

/* x_int > floor(T 2^frac) of an integer is x_int > T 2^frac. */
static void encode_feature(const verilog_plan *p, const uint64_t *x, uint64_t *out,
                           size_t f)
{
    const lut_encoder *e = p->d->encoder;
    double v = raw_value(p, x, f);
    size_t n = 0;

    while (n < e->thresholds &&
           v > ldexp((double)e->threshold[f * e->thresholds + n], p->input.frac))
        n++;
    for (size_t b = 0; b < e->bits; b++) {
        size_t raw = f * p->input.width + b;
        bool rule = lut_encode_rule(e->kind) != NULL;

        if (rule ? x[raw / 64] >> (raw % 64) & 1 : e->codes[n * e->bits + b])
            set_bit(out, f * e->bits + b);
    }
}

static void encode(const verilog_plan *p, const uint64_t *x, uint64_t *out, size_t ld)
{
    if (!p->encodes) {
        memcpy(out, x, ld * sizeof *out);
        return;
    }
    memset(out, 0, ld * sizeof *out);
    for (size_t f = 0; f < p->d->encoder->features; f++)
        encode_feature(p, x, out, f);
}

static uint16_t winner(const uint32_t *score, uint32_t classes)
{
    uint16_t best = 0;

    for (uint16_t c = 1; c < classes; c++)
        best = score[c] > score[best] ? c : best;
    return best;
}

/* At most 64 samples. */
static void expect_some(uint32_t *score, uint16_t *label, const lut_netlist *n,
                        uint64_t *value, uint64_t *bits, const verilog_plan *p,
                        const verilog_samples *s, size_t first, size_t count)
{
    size_t ld = lut_ceil_div(n->inputs, 64);

    memset(value, 0, (1 + (size_t)n->inputs) * sizeof *value);
    for (size_t i = 0; i < count; i++) {
        encode(p, s->x + (first + i) * s->ld, bits, ld);
        for (uint32_t j = 0; j < n->inputs; j++)
            value[1 + j] |= (bits[j / 64] >> (j % 64) & 1) << i;
    }
    lut_netlist_eval(n, value);
    for (size_t i = 0; i < count; i++) {
        uint32_t *row = score + (first + i) * n->classes;

        for (uint32_t c = 0; c < n->classes; c++)
            row[c] = lut_netlist_votes(n, value, c, (unsigned)i);
        label[first + i] = winner(row, n->classes);
    }
}

lut_status verilog_expect(uint32_t *score, uint16_t *label, const verilog_plan *p,
                          const verilog_samples *s, lut_err *err)
{
    lut_netlist n;
    uint64_t *value, *bits;
    lut_status st = lut_netlist_from(&n, p->d->circuit, err);

    LUT_TRY(st);
    value = malloc(lut_netlist_signal(&n, n.nnodes) * sizeof *value);
    bits = malloc(lut_ceil_div(n.inputs, 64) * sizeof *bits);
    if (!value || !bits)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %u LUTs", (unsigned)n.nnodes);
    for (size_t i = 0; st == LUT_OK && i < s->n; i += 64)
        expect_some(score, label, &n, value, bits, p, s, i,
                    s->n - i < 64 ? s->n - i : 64);
    free(value);
    free(bits);
    lut_netlist_fini(&n);
    return st;
}

/* ---- inputs ---- */

static void take_row(const verilog_plan *p, uint64_t *x, size_t row)
{
    const lut_dataset *d = p->d->vectors->data;

    for (size_t f = 0; f < p->d->encoder->features; f++) {
        int64_t v = lut_fixed_value(&p->input, d->x[f * d->samples + row]);

        for (unsigned i = 0; i < p->input.width; i++)
            if ((uint64_t)v >> i & 1)
                set_bit(x, f * p->input.width + i);
    }
}

static void take_rows(const verilog_plan *p, verilog_samples *s)
{
    if (!p->encodes && s->rows)
        lut_encoder_apply(p->d->encoder, s->x, s->ld, p->d->vectors->data, NULL,
                          s->rows);
    for (size_t i = 0; p->encodes && i < s->rows; i++)
        take_row(p, s->x + i * s->ld, i);
}

static void fill_random(uint64_t *x, size_t bits, lut_rng *rng)
{
    unsigned share = (unsigned)lut_rng_below(rng, 3); /* few, half or many are set */

    for (size_t i = 0; i < bits; i++) {
        uint64_t r = lut_rng_next(rng);

        if (share == 0 ? (r & 7) == 0 : share == 1 ? r & 1 : (r & 7) != 0)
            set_bit(x, i);
    }
}

static void fill_made(const verilog_plan *p, verilog_samples *s, size_t at)
{
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, 0);

    for (uint32_t i = 0; i < p->in_bits; i++)
        set_bit(s->x + (at + 1) * s->ld, i);
    at += CONSTANT;
    for (size_t i = 0; i < WALKING; i++, at++)
        set_bit(s->x + at * s->ld, i * p->in_bits / WALKING);
    for (; at < s->n; at++)
        fill_random(s->x + at * s->ld, p->in_bits, &rng);
}

static bool ties(const uint32_t *score, uint32_t classes)
{
    uint16_t best = winner(score, classes);

    for (uint32_t c = best + 1u; c < classes; c++)
        if (score[c] == score[best])
            return true;
    return false;
}

/* Of the random samples some stay, and of those searched the first with ties. */
static lut_status keep_ties(const verilog_plan *p, verilog_samples *s, lut_err *err)
{
    uint32_t classes = p->classes;
    verilog_samples searched = { .ld = s->ld, .n = SEARCHED };
    uint32_t *score = malloc(SEARCHED * classes * sizeof *score);
    uint16_t label[SEARCHED];
    size_t kept = s->n - SEARCHED, found = 0;
    lut_status st = LUT_OK;

    searched.x = s->x + kept * s->ld;
    if (!score)
        return lut_fail(err, LUT_ENOMEM, "no memory for %d samples", SEARCHED);
    st = verilog_expect(score, label, p, &searched, err);
    for (size_t i = 0; st == LUT_OK && i < SEARCHED && found < TIES; i++)
        if (ties(score + i * classes, classes)) {
            memmove(s->x + kept++ * s->ld, searched.x + i * s->ld,
                    s->ld * sizeof *s->x);
            found++;
        }
    s->n = kept;
    free(score);
    return st;
}

lut_status verilog_samples_make(verilog_samples *s, const verilog_plan *p, lut_err *err)
{
    size_t rows = p->d->vectors ? p->d->vectors->n : 0;
    lut_status st;

    if (p->cfg->rows && p->cfg->rows < rows)
        rows = p->cfg->rows;
    *s = (verilog_samples){ .rows = rows, .ld = lut_ceil_div(p->in_bits, 64) };
    s->n = rows + CONSTANT + WALKING + RANDOM + SEARCHED;
    s->x = calloc(s->n * s->ld, sizeof *s->x);
    if (!s->x)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu samples of %u bits", s->n,
                        (unsigned)p->in_bits);
    take_rows(p, s);
    fill_made(p, s, rows);
    st = keep_ties(p, s, err);
    if (st != LUT_OK) {
        free(s->x);
        s->x = NULL;
    }
    return st;
}
