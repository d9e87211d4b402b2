#include "lib/circuit/encoder.h"
#include "lib/circuit/build.h"
#include "lib/circuit/table.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 5, MOST_INPUTS = 1 << 29 };

static const uint32_t unknown = UINT32_MAX;

typedef struct maker {
    const lut_encoder *enc;
    lut_encoder_net *e;
    lut_build b;
    bool is_signed;
    uint8_t *read;      /* [features * bits]; owned */
    uint32_t *compared; /* [thresholds] literals of the feature's comparators; owned */
    uint32_t *output;   /* [features * bits]; owned */
} maker;

/* ---- comparators ---- */

/* v > t, of `bits` bits and, after them, what lower bits said. */
static uint64_t greater_table(unsigned bits, unsigned t, bool chained)
{
    uint64_t tt = 0;

    for (unsigned a = 0; a < 1u << (bits + chained); a++) {
        unsigned v = a >> chained;

        tt |= (uint64_t)(v > t || (v == t && chained && (a & 1))) << a;
    }
    return tt;
}

/* Bit j of a feature, as an unsigned number from the lowest value up. */
static uint32_t input_bit(const maker *m, size_t f, unsigned j)
{
    uint32_t top = m->is_signed && j + 1 == m->e->width;

    return 2 * (uint32_t)(1 + f * m->e->width + j) + top;
}

/* Bits at .. at + bits - 1 of the feature against those of t, after `below`. */
static lut_status add_chunk(maker *m, uint32_t *below, size_t f, uint64_t t,
                            unsigned at, unsigned bits, bool chained, lut_err *err)
{
    uint32_t in[LUT_NODE_INPUTS];
    unsigned part = (unsigned)(t >> at) & ((1u << bits) - 1);

    for (unsigned j = 0; j < bits; j++)
        in[j] = input_bit(m, f, at + bits - 1 - j);
    if (chained)
        in[bits] = *below;
    return lut_build_add(&m->b, below, greater_table(bits, part, chained),
                         bits + chained, in, 0, err);
}

/* The lowest chunk takes what fives from the top leave: the fewer its bits, the more
 * thresholds share it. */
static lut_status add_cascade(maker *m, uint32_t *out, size_t f, uint64_t t,
                              lut_err *err)
{
    unsigned bits = m->e->width, at = bits;

    while (at > LUT_NODE_INPUTS)
        at -= CHUNK;
    LUT_TRY(add_chunk(m, out, f, t, 0, at, false, err));
    for (; at < bits; at += CHUNK)
        LUT_TRY(add_chunk(m, out, f, t, at, CHUNK, true, err));
    return LUT_OK;
}

static lut_status compare_fixed(maker *m, uint32_t *out, size_t f, float threshold,
                                lut_err *err)
{
    int64_t t, lowest = 0;
    int beyond = lut_fixed_threshold(&m->enc->input, threshold, &t);

    if (beyond) {
        *out = beyond < 0;
        return LUT_OK;
    }
    if (m->is_signed)
        lowest = -((int64_t)1 << (m->e->width - 1));
    return add_cascade(m, out, f, (uint64_t)(t - lowest), err);
}

/* Finite inputs, so nothing is above the largest float. */
static uint32_t compare_real(const maker *m, size_t f, size_t t)
{
    const float *threshold = m->enc->threshold + f * m->enc->thresholds;

    if (threshold[t] >= FLT_MAX || threshold[t] < -FLT_MAX)
        return threshold[t] < 0;
    while (t > 0 && threshold[t - 1] >= threshold[t])
        t--;
    return 2 * (uint32_t)(1 + f * m->enc->thresholds + t);
}

static bool is_new(const maker *m, size_t t)
{
    size_t i = 0;

    if (m->compared[t] <= 1)
        return false;
    while (i < m->enc->thresholds && (i == t || m->compared[i] != m->compared[t]))
        i++;
    return i == m->enc->thresholds;
}

static lut_status comparator(maker *m, uint32_t *out, size_t f, size_t t, lut_err *err)
{
    float threshold = m->enc->threshold[f * m->enc->thresholds + t];

    *out = m->compared[t];
    if (*out != unknown)
        return LUT_OK;
    if (isnan(threshold))
        return lut_fail(err, LUT_EINVAL, "%s: threshold %zu is not a number",
                        m->enc->name[f], t);
    if (m->e->width)
        LUT_TRY(compare_fixed(m, out, f, threshold, err));
    else
        *out = compare_real(m, f, t);
    m->compared[t] = *out;
    m->e->comparators += is_new(m, t);
    return LUT_OK;
}

/* ---- codes ---- */

/* literal ^= the others, n <= 5. */
static lut_status add_xor(maker *m, uint32_t *literal, uint32_t *in, unsigned n,
                          lut_err *err)
{
    uint64_t parity = 0;

    in[n++] = *literal;
    for (unsigned p = 0; p < n; p++)
        parity ^= lut_table_bit(p);
    return lut_build_add(&m->b, literal, parity & lut_table_all(n), n, in, 0, err);
}

/* A comparator for every place at which the bit changes. */
static lut_status add_bit(maker *m, uint32_t *out, size_t f, size_t bit, lut_err *err)
{
    const lut_encoder *enc = m->enc;
    const uint8_t *code = enc->codes + bit;
    uint32_t in[LUT_NODE_INPUTS];
    unsigned n = 0;

    *out = code[0];
    for (size_t t = 0; t < enc->thresholds; t++) {
        if (code[t * enc->bits] == code[(t + 1) * enc->bits])
            continue;
        LUT_TRY(comparator(m, &in[n++], f, t, err));
        if (n == CHUNK) {
            LUT_TRY(add_xor(m, out, in, n, err));
            n = 0;
        }
    }
    return n ? add_xor(m, out, in, n, err) : LUT_OK;
}

static lut_status add_feature(maker *m, size_t f, lut_err *err)
{
    const lut_encoder *enc = m->enc;

    for (size_t t = 0; t < enc->thresholds; t++)
        m->compared[t] = unknown;
    for (size_t b = 0; b < enc->bits; b++) {
        size_t i = f * enc->bits + b;

        if (!m->read[i])
            continue;
        if (lut_encode_rule(enc->kind))
            m->output[i] = 2 * (uint32_t)(1 + f * m->e->width + b);
        else
            LUT_TRY(add_bit(m, &m->output[i], f, b, err));
    }
    return LUT_OK;
}

/* ---- the whole ---- */

static void mark_read(maker *m, const lut_netlist *core, size_t bits)
{
    if (!core)
        memset(m->read, 1, bits);
    for (uint32_t i = 0; core && i < core->nnodes; i++)
        for (unsigned j = 0; j < core->node[i].k; j++)
            if (core->node[i].in[j] - 1 < core->inputs)
                m->read[core->node[i].in[j] - 1] = 1;
    for (uint32_t o = 0; core && o < core->noutputs; o++)
        if ((core->output[o] >> 1) - 1 < core->inputs)
            m->read[(core->output[o] >> 1) - 1] = 1;
}

static lut_status open_maker(maker *m, const lut_netlist *core, lut_err *err)
{
    const lut_encoder *enc = m->enc;
    size_t bits = enc->features * enc->bits, inputs;

    m->e->width = enc->input.width;
    if (m->e->width == 0 && lut_encode_rule(enc->kind))
        m->e->width = (uint32_t)enc->bits; /* whole numbers of so many bits */
    m->is_signed = enc->input.width && enc->input.is_signed;
    inputs = enc->features * (m->e->width ? m->e->width : enc->thresholds);
    if (inputs > MOST_INPUTS || bits > MOST_INPUTS)
        return lut_fail(err, LUT_EINVAL,
                        "an encoder of %zu inputs and %zu bits, want at most %d",
                        inputs, bits, MOST_INPUTS);
    m->read = calloc(bits + 1, 1);
    m->compared = malloc((enc->thresholds + 1) * sizeof *m->compared);
    m->output = calloc(bits + 1, sizeof *m->output);
    if (!m->read || !m->compared || !m->output)
        return lut_fail(err, LUT_ENOMEM, "no memory for an encoder of %zu bits", bits);
    mark_read(m, core, bits);
    return lut_build_open(&m->b, (uint32_t)inputs, (uint32_t)bits, err);
}

static lut_status make(maker *m, const lut_netlist *core, lut_err *err)
{
    LUT_TRY(open_maker(m, core, err));
    for (size_t f = 0; f < m->enc->features; f++)
        LUT_TRY(add_feature(m, f, err));
    return lut_build_finish(&m->b, &m->e->net, m->output,
                            (uint32_t)(m->enc->features * m->enc->bits), err);
}

lut_status lut_encoder_net_make(lut_encoder_net *e, const lut_encoder *enc,
                                const lut_netlist *core, lut_err *err)
{
    maker m = { .enc = enc, .e = e };
    lut_status st;

    *e = (lut_encoder_net){ 0 };
    st = make(&m, core, err);
    lut_build_close(&m.b);
    free(m.read);
    free(m.compared);
    free(m.output);
    if (st != LUT_OK)
        lut_encoder_net_fini(e);
    return st;
}

void lut_encoder_net_fini(lut_encoder_net *e)
{
    lut_netlist_fini(&e->net);
    *e = (lut_encoder_net){ 0 };
}

lut_status lut_encoder_net_same(const lut_encoder_net *e, uint32_t *as, lut_err *err)
{
    size_t signals = (size_t)1 + e->net.inputs + e->net.nnodes;
    uint32_t *first = calloc(signals, sizeof *first); /* literal of it, in as */

    if (!first)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
    for (uint32_t i = 0; i < e->net.noutputs; i++) {
        uint32_t signal = e->net.output[i] >> 1, phase = e->net.output[i] & 1;

        if (signal && !first[signal])
            first[signal] = 2 * (1 + i) ^ phase;
        as[i] = first[signal] ^ phase;
    }
    free(first);
    return LUT_OK;
}
