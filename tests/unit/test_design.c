/* lib/circuit: popcounts, elections and encoders are right on all inputs where there are few,
 * and a design's parts together say what the network says. */
#include "lib/base/rng.h"
#include "lib/circuit/build.h"
#include "lib/circuit/cost.h"
#include "lib/circuit/table.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static lut_rng rng;
static lut_err err;

static uint64_t *values_of(const lut_netlist *n)
{
    uint64_t *value = calloc((size_t)1 + n->inputs + n->nnodes, sizeof *value);

    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    return value;
}

/* Bits of the outputs of one of 64 samples, lowest first. */
static uint64_t outputs_of(const lut_netlist *n, const uint64_t *value, unsigned bit)
{
    uint64_t x = 0;

    for (uint32_t o = 0; o < n->noutputs; o++)
        x |= (lut_netlist_literal(value, n->output[o]) >> bit & 1) << o;
    return x;
}

/* ---- popcounts ---- */

/* A class of so many votes among so many inputs: repeated and inverse ones too. */
static lut_netlist random_votes(uint32_t inputs, uint32_t votes)
{
    lut_circuit c;
    lut_netlist n;

    CU_ASSERT_EQUAL_FATAL(
        lut_circuit_alloc(&c, inputs, 1, 1, &votes, &(uint32_t){ 1 }, &err), LUT_OK);
    for (uint32_t u = 0; u < votes; u++) {
        c.layer[0].wire[u] = (uint32_t)lut_rng_below(&rng, inputs);
        c.layer[0].tt[u] = lut_rng_below(&rng, 8) ? 2 - lut_rng_below(&rng, 2)
                                                  : 3 * lut_rng_below(&rng, 2);
    }
    CU_ASSERT_EQUAL_FATAL(lut_netlist_from(&n, &c, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(lut_netlist_simplify(&n, NULL, &err), LUT_OK);
    lut_circuit_fini(&c);
    return n;
}

static void check_compressors(const lut_popcount *p, const uint64_t *value)
{
    unsigned wrong = 0;

    for (uint32_t i = 0; i < p->ncompressors; i++) {
        const lut_compressor *x = &p->compressor[i];

        for (unsigned bit = 0; bit < 64; bit++) {
            unsigned in = 0, out = 0;

            for (unsigned j = 0; j < x->n; j++)
                in += lut_netlist_literal(value, x->in[j]) >> bit & 1;
            for (unsigned j = 0; j < x->outputs; j++)
                out += (unsigned)(lut_netlist_literal(value, x->out[j]) >> bit & 1)
                       << j;
            wrong += in != out;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Entry a: bit `o` of the number of set literals where they have value a. */
static uint64_t sum_bit(const lut_compressor *c, const uint64_t *value, unsigned o)
{
    uint64_t want = 0;

    for (unsigned a = 0; a < 64; a++) {
        unsigned set = 0;

        for (unsigned j = 0; j < c->n; j++)
            set += lut_netlist_literal(value, c->in[j]) >> a & 1;
        want |= (uint64_t)(set >> o & 1) << a;
    }
    return want;
}

/* An output is a LUT of the compressor's inputs, or one of these. */
static uint64_t output_of(const lut_popcount *p, uint64_t *value, uint32_t literal)
{
    uint32_t first = lut_netlist_signal(&p->net, 0);
    uint64_t x[LUT_NODE_INPUTS];

    if (literal >> 1 >= first) {
        const lut_node *node = &p->net.node[(literal >> 1) - first];

        for (unsigned j = 0; j < node->k; j++)
            x[j] = value[node->in[j]];
        value[literal >> 1] = lut_table_eval(node->tt, node->k, x);
    }
    return lut_netlist_literal(value, literal);
}

/* All inputs of each compressor at once: six are 64 samples. */
static void check_all_inputs(const lut_popcount *p)
{
    uint64_t *value = values_of(&p->net);
    unsigned wrong = 0;

    for (uint32_t i = 0; i < p->ncompressors; i++) {
        const lut_compressor *c = &p->compressor[i];

        for (unsigned j = 0; j < c->n; j++)
            if (c->in[j] > 1)
                value[c->in[j] >> 1] = lut_table_bit(j);
        for (unsigned o = 0; o < c->outputs; o++) {
            uint64_t want = sum_bit(c, value, o);

            wrong += output_of(p, value, c->out[o]) != want;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(value);
}

static void check_popcount(const lut_netlist *n)
{
    unsigned wrong = 0;
    uint64_t *value = values_of(n), *bits;
    lut_popcount p;

    CU_ASSERT_EQUAL_FATAL(lut_popcount_make(&p, n, 0, lut_bits_for(n->group), &err),
                          LUT_OK);
    bits = values_of(&p.net);
    check_all_inputs(&p);
    for (int word = 0; word < 4; word++) {
        for (uint32_t i = 0; i < n->inputs; i++)
            value[1 + i] = word == 0   ? 0
                           : word == 1 ? ~(uint64_t)0
                                       : lut_rng_next(&rng);
        lut_netlist_eval(n, value);
        for (uint32_t i = 0; i < p.net.inputs; i++)
            bits[1 + i] = value[p.signal[i]];
        lut_netlist_eval(&p.net, bits);
        for (unsigned bit = 0; bit < 64; bit++)
            wrong += lut_popcount_score(&p, bits, bit) !=
                     lut_netlist_votes(n, value, 0, bit);
        check_compressors(&p, bits);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(value);
    free(bits);
    lut_popcount_fini(&p);
}

static void test_popcounts(void)
{
    rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    for (uint32_t votes = 1; votes <= 130; votes++) {
        lut_netlist n = random_votes(votes, votes), dense = random_votes(9, votes);

        check_popcount(&n);
        check_popcount(&dense);
        lut_netlist_fini(&n);
        lut_netlist_fini(&dense);
    }
    for (uint32_t votes = 200; votes <= 1000; votes += 200) {
        lut_netlist n = random_votes(3 * votes, votes);

        check_popcount(&n);
        lut_netlist_fini(&n);
    }
}

/* Parts, behind which registers stand, are levels. */
static void check_levels(const lut_popcount *p)
{
    uint32_t depth[LUT_MAX_LAYERS + 1];

    CU_ASSERT_EQUAL_FATAL(lut_netlist_depth(&p->net, UINT32_MAX, depth, &err), LUT_OK);
    for (unsigned s = 0; s <= LUT_MAX_LAYERS; s++)
        CU_ASSERT(depth[s] <= 1);
}

/* Sizes do not grow unnoticed: LUTs with the addition, of votes that are all different. */
static void test_popcount_sizes(void)
{
    static const uint32_t size[][2] = { { 1, 0 },     { 2, 1 },     { 3, 2 },
                                        { 6, 3 },     { 10, 8 },    { 20, 21 },
                                        { 72, 70 },   { 100, 99 },  { 200, 198 },
                                        { 480, 477 }, { 800, 798 }, { 1000, 998 } };

    for (size_t i = 0; i < LUT_COUNT(size); i++) {
        uint32_t votes = size[i][0], first[] = { 0, votes }, bias = 0;
        uint32_t *output = malloc(votes * sizeof *output);
        lut_netlist n = { .inputs = votes,
                          .classes = 1,
                          .group = votes,
                          .noutputs = votes,
                          .output = output,
                          .first = first,
                          .bias = &bias };
        lut_popcount p;

        CU_ASSERT_PTR_NOT_NULL_FATAL(output);
        for (uint32_t v = 0; v < votes; v++)
            output[v] = 2 * (1 + v);
        CU_ASSERT_EQUAL_FATAL(lut_popcount_make(&p, &n, 0, lut_bits_for(votes), &err),
                              LUT_OK);
        CU_ASSERT_EQUAL(p.net.nnodes + lut_popcount_adder(&p), size[i][1]);
        check_levels(&p);
        lut_popcount_fini(&p);
        free(output);
    }
}

/* ---- elections ---- */

static uint32_t first_maximum(const uint32_t *score, uint32_t classes)
{
    uint32_t best = 0;

    for (uint32_t c = 1; c < classes; c++)
        best = score[c] > score[best] ? c : best;
    return best;
}

/* Scores from few numbers, so that they tie. */
static void check_election(uint32_t classes, unsigned width)
{
    uint32_t score[64][70];
    unsigned wrong = 0;
    lut_netlist n;
    uint64_t *value;

    CU_ASSERT_EQUAL_FATAL(lut_argmax_make(&n, classes, width, &err), LUT_OK);
    value = values_of(&n);
    for (unsigned range = 1; range <= 4; range++) {
        uint32_t most = range == 4 ? UINT32_MAX >> (32 - width) : range;

        memset(value, 0, ((size_t)1 + n.inputs) * sizeof *value);
        for (uint32_t c = 0; c < classes; c++)
            for (unsigned bit = 0; bit < 64; bit++) {
                score[bit][c] = (uint32_t)lut_rng_below(&rng, (uint64_t)most + 1) &
                                (UINT32_MAX >> (32 - width));
                for (unsigned j = 0; j < width; j++)
                    value[1 + c * width + j] |= (uint64_t)(score[bit][c] >> j & 1)
                                                << bit;
            }
        lut_netlist_eval(&n, value);
        for (unsigned bit = 0; bit < 64; bit++)
            wrong += outputs_of(&n, value, bit) != first_maximum(score[bit], classes);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(n.noutputs, lut_class_bits(classes));
    free(value);
    lut_netlist_fini(&n);
}

static void test_elections(void)
{
    rng = lut_rng_make(2, LUT_RNG_TEST, 0);
    for (uint32_t classes = 1; classes <= 20; classes++)
        for (unsigned width = 1; width <= 11; width++)
            check_election(classes, width);
    check_election(70, 3);
}

/* Three classes of two bits: all 64 scores. */
static void test_election_all(void)
{
    unsigned wrong = 0;
    lut_netlist n;
    uint64_t *value;

    CU_ASSERT_EQUAL_FATAL(lut_argmax_make(&n, 3, 2, &err), LUT_OK);
    value = values_of(&n);
    for (unsigned i = 0; i < 6; i++)
        value[1 + i] = lut_table_bit(i);
    lut_netlist_eval(&n, value);
    for (uint32_t s = 0; s < 64; s++)
        wrong += outputs_of(&n, value, s) !=
                 first_maximum((uint32_t[]){ s & 3, s >> 2 & 3, s >> 4 }, 3);
    CU_ASSERT_EQUAL(wrong, 0);
    free(value);
    lut_netlist_fini(&n);
}

/* ---- encoders ---- */

typedef struct coder {
    lut_encoder enc;
    float threshold[64];
    uint8_t codes[65 * 40];
    char name[4][LUT_FEATURE_NAME];
} coder;

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Two features, thresholds at random from a bit beyond the range, some equal; codes that are
 * thermometers, or anything. */
static void make_coder(coder *k, lut_fixed input, size_t thresholds, bool thermometer)
{
    size_t bits = thermometer ? thresholds : 5;

    *k = (coder){ .enc = { .kind = "uniform",
                           .features = 2,
                           .thresholds = thresholds,
                           .bits = bits,
                           .input = input } };
    k->enc.threshold = k->threshold;
    k->enc.codes = k->codes;
    k->enc.name = k->name;
    for (size_t i = 0; i < 2 * thresholds; i++) {
        double span = ldexp(1, (int)input.width - input.frac);

        k->threshold[i] =
            (float)(span * (1.2 * lut_rng_uniform(&rng) - 0.1 - 0.5 * input.is_signed));
    }
    k->threshold[1] = k->threshold[0];
    for (size_t f = 0; f < 2; f++)
        qsort(k->threshold + f * thresholds, thresholds, sizeof *k->threshold,
              ascending);
    for (size_t t = 0; t <= thresholds; t++)
        for (size_t b = 0; b < bits; b++)
            k->codes[t * bits + b] =
                thermometer ? b < t : (uint8_t)lut_rng_below(&rng, 2);
}

/* Encoded bit by the rule of store.md, from the integer. */
static bool slow_bit(const lut_encoder *enc, size_t f, size_t b, int64_t x)
{
    size_t n = 0;

    for (size_t t = 0; t < enc->thresholds; t++)
        n += (double)x > floor(ldexp((double)enc->threshold[f * enc->thresholds + t],
                                     enc->input.frac));
    return enc->codes[n * enc->bits + b];
}

/* Both features run through all values of their bits. */
static void check_coder(const coder *k)
{
    const lut_encoder *enc = &k->enc;
    unsigned width = enc->input.width, wrong = 0;
    lut_encoder_net e;
    uint64_t *value;

    CU_ASSERT_EQUAL_FATAL(lut_encoder_net_make(&e, enc, NULL, &err), LUT_OK);
    value = values_of(&e.net);
    for (int64_t from = 0; from < (int64_t)1 << width; from += 64) {
        for (unsigned j = 0; j < 2 * width; j++)
            value[1 + j] = j % width < 6 ? lut_table_bit(j % width)
                                         : -(uint64_t)(from >> (j % width) & 1);
        lut_netlist_eval(&e.net, value);
        for (unsigned bit = 0; bit < 64; bit++)
            for (size_t i = 0; i < e.net.noutputs; i++) {
                int64_t x = (from + bit) & (((int64_t)1 << width) - 1);

                if (enc->input.is_signed && x >> (width - 1))
                    x -= (int64_t)1 << width;
                wrong += (lut_netlist_literal(value, e.net.output[i]) >> bit & 1) !=
                         slow_bit(enc, i / enc->bits, i % enc->bits, x);
            }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(value);
    lut_encoder_net_fini(&e);
}

static void test_encoders(void)
{
    static coder k;

    rng = lut_rng_make(3, LUT_RNG_TEST, 0);
    for (uint32_t width = 1; width <= 13; width++)
        for (int kind = 0; kind < 4; kind++) {
            make_coder(&k, (lut_fixed){ width, kind - 1, kind & 1 }, 2 + width,
                       kind & 2);
            check_coder(&k);
        }
}

/* LUTs of thresholds of eight bits: trailing ones drop out, lower parts are shared. */
static void test_encoder_sizes(void)
{
    static const struct {
        float threshold[2];
        uint32_t luts;
    } want[] = { { { 127, 127 }, 0 }, { { 63, 127 }, 1 }, { { 0, 0 }, 2 },
                 { { 0, 8 }, 3 },     { { 3, 15 }, 2 },   { { 0, 1 }, 4 } };
    static coder k;
    lut_encoder_net e;

    for (size_t i = 0; i < LUT_COUNT(want); i++) {
        make_coder(&k, (lut_fixed){ 8, 0, false }, 2, true);
        memcpy(k.threshold, want[i].threshold, sizeof want[i].threshold);
        k.enc.features = 1;
        CU_ASSERT_EQUAL_FATAL(lut_encoder_net_make(&e, &k.enc, NULL, &err), LUT_OK);
        CU_ASSERT_EQUAL(e.net.nnodes, want[i].luts);
        lut_encoder_net_fini(&e);
    }
}

/* What coincides or is constant is found; comparators are those that remain. */
static void test_same(void)
{
    static coder k;
    lut_encoder_net e;
    uint32_t as[14];

    make_coder(&k, (lut_fixed){ 4, 0, false }, 7, true);
    memcpy(k.threshold,
           (float[]){ -1, 3, 3.5f, 7, 7, 15, 99, /* */
                      0, 1, 2, 4, 8, 14, 16 },
           14 * sizeof(float));
    CU_ASSERT_EQUAL_FATAL(lut_encoder_net_make(&e, &k.enc, NULL, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(lut_encoder_net_same(&e, as, &err), LUT_OK);
    CU_ASSERT_EQUAL(e.comparators, 2 + 6);
    CU_ASSERT_EQUAL(as[0], 1);
    CU_ASSERT_EQUAL(as[1], 2 * 2);
    CU_ASSERT_EQUAL(as[2], 2 * 2);
    CU_ASSERT_EQUAL(as[3], 2 * 4);
    CU_ASSERT_EQUAL(as[4], 2 * 4);
    CU_ASSERT_EQUAL(as[5], 0);
    CU_ASSERT_EQUAL(as[6], 0);
    CU_ASSERT_EQUAL(as[12], 2 * 13);
    CU_ASSERT_EQUAL(as[13], 0);
    lut_encoder_net_fini(&e);
    k.enc.input.width = 0; /* real: 99 is no constant, 3 and 3.5 are not the same */
    CU_ASSERT_EQUAL_FATAL(lut_encoder_net_make(&e, &k.enc, NULL, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(lut_encoder_net_same(&e, as, &err), LUT_OK);
    CU_ASSERT_EQUAL(e.comparators, 6 + 7);
    CU_ASSERT_EQUAL(e.net.nnodes, 0);
    CU_ASSERT_EQUAL(as[4], 2 * 4);
    CU_ASSERT_EQUAL(as[2], 2 * 3);
    lut_encoder_net_fini(&e);
    k.threshold[3] = (float)NAN;
    CU_ASSERT_EQUAL(lut_encoder_net_make(&e, &k.enc, NULL, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NULL(e.net.node);
}

/* ---- whole designs ---- */

static lut_circuit random_circuit(uint32_t inputs)
{
    lut_circuit c;
    uint32_t below = inputs;

    CU_ASSERT_EQUAL_FATAL(lut_circuit_alloc(&c, inputs, 3, 3,
                                            (uint32_t[]){ 60, 50, 40 },
                                            (uint32_t[]){ 4, 2, 3 }, &err),
                          LUT_OK);
    for (uint32_t l = 0; l < 3; l++) {
        for (uint32_t i = 0; i < c.layer[l].luts * c.layer[l].k; i++)
            c.layer[l].wire[i] = (uint32_t)lut_rng_below(&rng, below);
        for (uint32_t u = 0; u < c.layer[l].luts; u++)
            c.layer[l].tt[u] = lut_rng_next(&rng) & lut_table_all(c.layer[l].k);
        below = c.layer[l].luts;
    }
    return c;
}

static void evaluate_scores(const lut_design *d, const uint64_t *core, uint64_t *elect)
{
    for (uint32_t c = 0; c < d->core.classes; c++) {
        const lut_popcount *p = &d->popcount[c];
        uint64_t *bits = values_of(&p->net);

        for (uint32_t i = 0; i < p->net.inputs; i++)
            bits[1 + i] = core[p->signal[i]];
        lut_netlist_eval(&p->net, bits);
        for (unsigned bit = 0; bit < 64; bit++)
            for (unsigned j = 0; j < d->width; j++)
                elect[1 + c * d->width + j] |=
                    (uint64_t)(lut_popcount_score(p, bits, bit) >> j & 1) << bit;
        free(bits);
    }
}

/* Samples whose class, by all parts of the design, is not that of the circuit. */
static unsigned design_errors(const lut_design *d, const lut_netlist *plain,
                              const lut_encoder_net *all)
{
    uint64_t *in = values_of(&d->encoder.net), *core = values_of(&d->core);
    uint64_t *elect = values_of(&d->argmax), *want = values_of(plain);
    uint64_t *bits = values_of(&all->net);
    uint32_t score[3];
    unsigned wrong = 0;

    for (uint32_t i = 0; i < all->net.inputs; i++)
        in[1 + i] = bits[1 + i] = lut_rng_next(&rng);
    lut_netlist_eval(&d->encoder.net, in);
    lut_netlist_eval(&all->net, bits);
    for (uint32_t i = 0; i < plain->inputs; i++) {
        core[1 + i] = lut_netlist_literal(in, d->encoder.net.output[i]);
        want[1 + i] = lut_netlist_literal(bits, all->net.output[i]);
    }
    lut_netlist_eval(&d->core, core);
    evaluate_scores(d, core, elect);
    lut_netlist_eval(&d->argmax, elect);
    lut_netlist_eval(plain, want);
    for (unsigned bit = 0; bit < 64; bit++) {
        for (uint32_t c = 0; c < 3; c++)
            score[c] = lut_netlist_votes(plain, want, c, bit);
        wrong += outputs_of(&d->argmax, elect, bit) != first_maximum(score, 3);
    }
    free(in);
    free(core);
    free(elect);
    free(want);
    free(bits);
    return wrong;
}

/* LUTs and flip-flops are counted in what is written: tests/unit/test_verilog.c. */
static void check_stage_levels(const lut_cost *cost)
{
    uint32_t levels = 0;

    for (uint32_t s = 0; s < cost->nstages; s++)
        levels += cost->stage_levels[s];
    CU_ASSERT_EQUAL(levels, lut_cost_levels(cost));
}

static const lut_pipeline pipelines[] = {
    { 0 },
    { .encoder = 1, .layer = { 0, 0, 1 }, .popcount = 1, .output = 1 },
    { .encoder = 2, .layer = { 1, 1, 1 }, .popcount = 2, .output = 1 },
    { .layer = { 0, 3, 0 }, .popcount = 3 },
    { .encoder = 1, .layer = { 1, 0, 2 }, .popcount = 5, .output = 2 },
};

static void test_designs(void)
{
    static const uint32_t stages[] = { 1, 4, 7, 5, 9 }, latency[] = { 0, 4, 8, 6, 11 };
    static coder k;

    rng = lut_rng_make(4, LUT_RNG_TEST, 0);
    for (size_t i = 0; i < LUT_COUNT(pipelines); i++) {
        lut_circuit c = random_circuit(24);
        lut_design d;
        lut_cost cost;
        lut_netlist plain;
        lut_encoder_net all;

        make_coder(&k, (lut_fixed){ 7, 0, true }, 12, true);
        CU_ASSERT_EQUAL_FATAL(lut_netlist_from(&plain, &c, &err), LUT_OK);
        CU_ASSERT_EQUAL_FATAL(lut_encoder_net_make(&all, &k.enc, NULL, &err), LUT_OK);
        CU_ASSERT_EQUAL_FATAL(lut_design_make(&d, &c, &k.enc, &pipelines[i], &err),
                              LUT_OK);
        for (int word = 0; word < 20; word++)
            CU_ASSERT_EQUAL(design_errors(&d, &plain, &all), 0);
        CU_ASSERT_EQUAL_FATAL(lut_cost_of(&cost, &d, &err), LUT_OK);
        check_stage_levels(&cost);
        CU_ASSERT_EQUAL(cost.latency, latency[i]);
        CU_ASSERT(cost.nstages <= cost.latency + 1);
        CU_ASSERT(cost.nstages == stages[i] || i == 4);
        CU_ASSERT((cost.latency == 0) == (lut_cost_flip_flops(&cost) == 0));
        lut_design_fini(&d);
        lut_netlist_fini(&plain);
        lut_encoder_net_fini(&all);
        lut_circuit_fini(&c);
    }
}

/* A design whose registers can be counted by hand: two inputs, AND and XOR of them, the first
 * kept by a wire for one layer more. */
static void test_flip_flops(void)
{
    const lut_pipeline all = {
        .encoder = 1, .layer = { 2, 1 }, .popcount = 1, .output = 1
    };
    lut_circuit c;
    lut_design d;
    lut_cost cost;
    uint64_t gates;

    CU_ASSERT_EQUAL_FATAL(lut_circuit_alloc(&c, 2, 2, 2, (uint32_t[]){ 2, 2 },
                                            (uint32_t[]){ 2, 2 }, &err),
                          LUT_OK);
    memcpy(c.layer[0].wire, (uint32_t[]){ 0, 1, 0, 1 }, 4 * sizeof(uint32_t));
    memcpy(c.layer[1].wire, (uint32_t[]){ 0, 1, 0, 1 }, 4 * sizeof(uint32_t));
    c.layer[0].tt[0] = 8;
    c.layer[0].tt[1] = 12; /* input 0 */
    c.layer[1].tt[0] = 12; /* the AND */
    c.layer[1].tt[1] = 6;
    CU_ASSERT_EQUAL_FATAL(lut_design_make(&d, &c, NULL, &all, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(lut_cost_of(&cost, &d, &err), LUT_OK);
    CU_ASSERT_EQUAL(cost.layers, 2);
    CU_ASSERT_EQUAL(cost.ff_encoder, 2 + 1);
    CU_ASSERT_EQUAL(cost.ff_layers, 2 * (2 + 1) + (2 + 1));
    CU_ASSERT_EQUAL(cost.ff_popcount, 2 + 1);
    CU_ASSERT_EQUAL(cost.ff_output, 1 + 2 + 1);
    d.pipeline.popcount =
        5; /* two votes behind first compressors, as rows, thrice as scores */
    CU_ASSERT_EQUAL(lut_cost_of(&cost, &d, &err), LUT_OK);
    CU_ASSERT_EQUAL(cost.ff_popcount, 5 * (2 + 1));
    d.pipeline.popcount = 1;
    CU_ASSERT_EQUAL(lut_cost_of(&cost, &d, &err), LUT_OK);
    CU_ASSERT_EQUAL(cost.latency, 6);
    CU_ASSERT_EQUAL(cost.argmax, 1);
    CU_ASSERT_EQUAL(cost.popcount, 0);
    CU_ASSERT_EQUAL(lut_cost_area_cycles(&cost, true), 3 * 6);
    CU_ASSERT_EQUAL(lut_cost_nand2(&gates, &d.core, &err), LUT_OK);
    CU_ASSERT_EQUAL(gates, 1 + 3);
    lut_design_fini(&d);
    lut_circuit_fini(&c);
}

/* Which of output, layers, scores and encoder have registers: bits, in that order. */
static uint32_t places(const lut_pipeline *p, uint32_t nlayers)
{
    uint32_t bits = p->output;

    for (uint32_t l = 0; l < nlayers; l++)
        bits |= p->layer[l] << (1 + l);
    return bits | p->popcount << (1 + nlayers) | p->encoder << (3 + nlayers);
}

static void test_stages(void)
{
    /* Of five layers: class, the last, scores, encoder, one other, two, three, all four. */
    static const uint32_t five[] = { 0x000, 0x001, 0x021, 0x061, 0x161, 0x165,
                                     0x16b, 0x16f, 0x17f, 0x1bf, 0x1ff };
    lut_pipeline p = { .adder_tree = true };

    for (uint32_t n = 0; n < LUT_COUNT(five); n++) {
        CU_ASSERT_EQUAL(lut_pipeline_stages(&p, 5, n, &err), LUT_OK);
        CU_ASSERT_EQUAL(places(&p, 5), five[n]);
        CU_ASSERT(p.adder_tree);
    }
    CU_ASSERT_EQUAL(lut_pipeline_places(5), LUT_COUNT(five) - 1);
    CU_ASSERT_EQUAL(lut_pipeline_stages(&p, 5, 11, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "11 register stages: a network of 5 layers has 10 places");
    CU_ASSERT_EQUAL(lut_pipeline_stages(&p, 1, 6, &err), LUT_OK);
    CU_ASSERT_EQUAL(lut_pipeline_stages(&p, 1, 7, &err), LUT_EINVAL);
    lut_pipeline_default(&p, 5);
    CU_ASSERT_EQUAL(places(&p, 5), five[4]);
    for (uint32_t layers = 1; layers <= LUT_MAX_LAYERS; layers++)
        for (uint32_t n = 0; n <= lut_pipeline_places(layers); n++) {
            uint32_t sum = 0;

            CU_ASSERT_EQUAL(lut_pipeline_stages(&p, layers, n, &err), LUT_OK);
            for (uint32_t l = 0; l < layers; l++) {
                sum += p.layer[l];
                CU_ASSERT(p.layer[l] <= 1);
            }
            CU_ASSERT_EQUAL(sum + p.output + p.popcount + p.encoder, n);
        }
}

/* Seven votes of one class and two of the other, by hand. */
static void test_tree(void)
{
    lut_pipeline pipe = { .adder_tree = true, .popcount = 4, .output = 1 };
    lut_circuit c;
    lut_design d;
    lut_cost cost;

    CU_ASSERT_EQUAL_FATAL(lut_circuit_alloc(&c, 14, 2, 1, (uint32_t[]){ 14 },
                                            (uint32_t[]){ 1 }, &err),
                          LUT_OK);
    for (uint32_t i = 0; i < 14; i++) {
        c.layer[0].wire[i] = i;
        c.layer[0].tt[i] = i < 9 ? 2 : 0; /* the input, or a vote that is never there */
    }
    CU_ASSERT_EQUAL_FATAL(lut_design_make(&d, &c, NULL, &pipe, &err), LUT_OK);
    CU_ASSERT_PTR_NULL(d.popcount);
    CU_ASSERT_EQUAL(d.width, 3);
    CU_ASSERT_EQUAL(lut_tree_levels(&d.core), 3);
    CU_ASSERT_EQUAL_FATAL(lut_cost_of(&cost, &d, &err), LUT_OK);
    /* 7: three pairs of a bit, two of two bits, one of three; 2: one pair. */
    CU_ASSERT_EQUAL(cost.popcount, 3 * 1 + 2 * 2 + 1 * 3 + 1);
    CU_ASSERT_EQUAL(cost.popcount_levels, 3);
    /* Of four registers one is behind each level, a second one behind the last: four numbers
     * and one of two bits, two and one of three, two scores of three twice. */
    CU_ASSERT_EQUAL(cost.ff_popcount, 5 * 2 + 3 * 3 + 2 * (2 * 3) + 4);
    CU_ASSERT_EQUAL(cost.latency, 5);
    lut_design_fini(&d);
    lut_circuit_fini(&c);
}

UNIT_MAIN("design", UNIT(test_stages), UNIT(test_tree), UNIT(test_designs), UNIT(test_flip_flops), UNIT(test_popcounts),
          UNIT(test_popcount_sizes), UNIT(test_elections), UNIT(test_election_all),
          UNIT(test_encoders), UNIT(test_encoder_sizes), UNIT(test_same))
