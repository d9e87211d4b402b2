/* lib/circuit/care: free entries take values that drop the most inputs, and nothing that
 * counts tells the result from the network. */
#include "lib/base/rng.h"
#include "lib/circuit/care.h"
#include "lib/circuit/table.h"
#include "tests/support/unit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lut_rng rng;

static bool bit_of(const uint64_t *tt, unsigned a)
{
    return tt[a / 64] >> (a % 64) & 1;
}

/* ---- one table ---- */

static unsigned support_of(const uint64_t *tt, unsigned k)
{
    unsigned support = 0;

    for (unsigned p = 0; p < k; p++)
        for (unsigned a = 0; a < 1u << k; a++)
            if (bit_of(tt, a) != bit_of(tt, a ^ 1u << p)) {
                support++;
                break;
            }
    return support;
}

/* Of all completions of a table of at most three inputs. */
static unsigned least_support(uint64_t tt, uint64_t care, unsigned k)
{
    unsigned least = k;

    for (uint64_t x = 0; x <= lut_table_all(k); x++)
        if (((x ^ tt) & care) == 0 && support_of(&x, k) < least)
            least = support_of(&x, k);
    return least;
}

static void test_fill_exact(void)
{
    for (unsigned k = 1; k <= 3; k++)
        for (uint64_t tt = 0; tt <= lut_table_all(k); tt++)
            for (uint64_t care = 0; care <= lut_table_all(k); care++) {
                uint64_t x = tt;

                lut_care_fill(&x, &care, k);
                if (((x ^ tt) & care) || x > lut_table_all(k) ||
                    support_of(&x, k) != least_support(tt, care, k))
                    CU_FAIL("not the smallest completion");
                if (support_of(&tt, k) == support_of(&x, k) && x != tt)
                    CU_FAIL("changed for nothing");
            }
}

/* A function of some inputs hidden behind entries that are free: no more inputs are kept. */
static void test_fill_large(void)
{
    rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    for (unsigned i = 0; i < 400; i++) {
        unsigned k = 4 + i % 5, n = 1u << k, hidden = 0;
        uint64_t tt[4] = { 0 }, was[4], care[4] = { 0 };
        uint64_t keep = lut_rng_next(&rng) & (n - 1), f[4];

        for (unsigned w = 0; w < 4; w++)
            f[w] = lut_rng_next(&rng);
        for (unsigned a = 0; a < n; a++) {
            bool cared = lut_rng_below(&rng, 3) > 0;

            care[a / 64] |= (uint64_t)cared << (a % 64);
            tt[a / 64] |= (cared ? (uint64_t)bit_of(f, a & (unsigned)keep)
                                 : lut_rng_next(&rng) & 1)
                          << (a % 64);
        }
        memcpy(was, tt, sizeof was);
        lut_care_fill(tt, care, k);
        for (unsigned w = 0; w < lut_table_words(k); w++)
            hidden += ((tt[w] ^ was[w]) & care[w]) != 0;
        CU_ASSERT_EQUAL(hidden, 0);
        CU_ASSERT(support_of(tt, k) <= (unsigned)__builtin_popcountll(keep));
        CU_ASSERT(k >= 6 || tt[0] <= lut_table_all(k));
    }
}

/* ---- circuits ---- */

static lut_circuit make(uint32_t inputs, uint32_t nlayers, uint32_t luts, uint32_t k)
{
    uint32_t width[LUT_MAX_LAYERS], rank[LUT_MAX_LAYERS];
    lut_circuit c;

    for (uint32_t l = 0; l < nlayers; l++) {
        width[l] = luts;
        rank[l] = k;
    }
    CU_ASSERT_EQUAL_FATAL(lut_circuit_alloc(&c, inputs, 2, nlayers, width, rank, NULL),
                          LUT_OK);
    for (uint32_t l = 0; l < nlayers; l++) {
        lut_circuit_layer *layer = &c.layer[l];

        for (uint32_t i = 0; i < luts * k; i++)
            layer->wire[i] = (uint32_t)lut_rng_below(&rng, l ? luts : inputs);
        for (size_t i = 0; i < luts * lut_table_words(k); i++)
            layer->tt[i] = lut_rng_next(&rng) & lut_table_all(k);
    }
    return c;
}

static unsigned address_of(const lut_circuit_layer *layer, uint32_t u, const uint8_t *x)
{
    unsigned a = 0;

    for (uint32_t j = 0; j < layer->k; j++)
        a = 2 * a + x[layer->wire[u * layer->k + j]];
    return a;
}

/* Outputs of the last layer for one sample. */
static void run(const lut_circuit *c, const uint8_t *x, uint8_t *out)
{
    uint8_t in[512];

    memcpy(in, x, c->inputs);
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        for (uint32_t u = 0; u < layer->luts; u++)
            out[u] = bit_of(layer->tt + u * lut_table_words(layer->k),
                            address_of(layer, u, in));
        memcpy(in, out, layer->luts);
    }
}

static uint32_t outputs_of(const lut_circuit *c)
{
    return c->layer[c->nlayers - 1].luts;
}

static bool agree(const lut_circuit *a, const lut_circuit *b, const uint8_t *x)
{
    uint8_t ya[512], yb[512];

    run(a, x, ya);
    run(b, x, yb);
    return memcmp(ya, yb, outputs_of(a)) == 0;
}

/* ---- the encoder's rule ---- */

typedef struct kind {
    size_t features, thresholds, bits;
    lut_fixed input;
    uint8_t codes[8][4];
    float threshold[3][5];
} kind;

/* Thermometers with thresholds that coincide, are beyond the range or infinite, a Gray code
 * and a one-hot code. */
static const kind kinds[] = {
    { 3,
      3,
      3,
      { 0 },
      { { 0, 0, 0 }, { 1, 0, 0 }, { 1, 1, 0 }, { 1, 1, 1 } },
      { { -1, 0, 2 }, { 1, 1, 4 }, { -INFINITY, 3, FLT_MAX } } },
    { 3,
      3,
      3,
      { 3, 0, false },
      { { 0, 0, 0 }, { 1, 0, 0 }, { 1, 1, 0 }, { 1, 1, 1 } },
      { { -1, 0, 2 }, { 1.25f, 1.5f, 4 }, { 2, 7, 9 } } },
    { 3,
      3,
      2,
      { 0 },
      { { 0, 0 }, { 0, 1 }, { 1, 1 }, { 1, 0 } },
      { { -1, 0, 2 }, { 1, 1, 4 }, { 0, 3, 5 } } },
    { 3,
      3,
      4,
      { 4, 0, true },
      { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } },
      { { -1, 0, 2 }, { 1, 1, 4 }, { -9, 3, 5 } } },
};

static lut_encoder encoder_of(const kind *k, float *threshold, uint8_t *codes)
{
    for (size_t f = 0; f < k->features; f++)
        memcpy(threshold + f * k->thresholds, k->threshold[f],
               k->thresholds * sizeof *threshold);
    for (size_t n = 0; n <= k->thresholds; n++)
        memcpy(codes + n * k->bits, k->codes[n], k->bits);
    return (lut_encoder){ .kind = "test",
                          .features = k->features,
                          .thresholds = k->thresholds,
                          .bits = k->bits,
                          .threshold = threshold,
                          .codes = codes,
                          .input = k->input,
                          .outputs = k->features * k->bits };
}

enum { VALUES = 64 }; /* -16 .. 15.5 by halves, but for the ends */

static float value_of(unsigned i)
{
    return i == 0 ? -FLT_MAX : i == VALUES - 1 ? FLT_MAX : (float)i / 2 - 16;
}

/* All values of three features: all bits that the encoder gives, as [n][outputs] bytes. */
static uint8_t *encode_all(const lut_encoder *e, size_t n)
{
    lut_dataset d = { .samples = n, .features = 3 };
    uint64_t *x = calloc(n, sizeof *x);
    uint8_t *bits = malloc(n * e->outputs);

    d.x = malloc(3 * n * sizeof *d.x);
    CU_ASSERT_FATAL(x && bits && d.x);
    for (size_t i = 0; i < n; i++) {
        d.x[i] = value_of((unsigned)(i % VALUES));
        d.x[n + i] = value_of((unsigned)(i / VALUES % VALUES));
        d.x[2 * n + i] = value_of((unsigned)(i / VALUES / VALUES));
    }
    lut_encoder_apply(e, x, 1, &d, NULL, n);
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < e->outputs; b++)
            bits[i * e->outputs + b] = x[i] >> b & 1;
    free(d.x);
    free(x);
    return bits;
}

static uint64_t count_free(const lut_circuit_layer *layer, const uint8_t *x, size_t ld,
                           size_t n, unsigned fewest)
{
    uint64_t all = 0;

    for (uint32_t u = 0; u < layer->luts; u++) {
        unsigned count[256] = { 0 };

        for (size_t i = 0; i < n; i++)
            count[address_of(layer, u, x + i * ld)]++;
        for (unsigned a = 0; a < 1u << layer->k; a++)
            all += count[a] < fewest;
    }
    return all;
}

static void check_encoder(const kind *k, uint32_t rank)
{
    const size_t n = (size_t)VALUES * VALUES * VALUES;
    float threshold[3 * 5];
    uint8_t codes[8 * 4], *x;
    lut_encoder e = encoder_of(k, threshold, codes);
    lut_circuit c = make((uint32_t)e.outputs, 2, 40, rank), was;
    lut_care_facts facts;
    size_t wrong = 0;

    x = encode_all(&e, n);
    CU_ASSERT_EQUAL_FATAL(lut_circuit_copy(&was, &c, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_care_encoder(&c, &facts, &e, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_circuit_check(&c, NULL), LUT_OK);
    CU_ASSERT_EQUAL(facts.free, count_free(&was.layer[0], x, e.outputs, n, 1));
    CU_ASSERT_EQUAL(facts.entries, (uint64_t)80 << rank);
    CU_ASSERT(facts.dropped > 0 && facts.changed > 0 && facts.luts > 0);
    for (size_t i = 0; i < n; i += 7)
        wrong += !agree(&c, &was, x + i * e.outputs);
    CU_ASSERT_EQUAL(wrong, 0);
    free(x);
    lut_circuit_fini(&c);
    lut_circuit_fini(&was);
}

static void test_encoder(void)
{
    rng = lut_rng_make(2, LUT_RNG_TEST, 0);
    for (size_t i = 0; i < LUT_COUNT(kinds); i++)
        for (uint32_t rank = 2; rank <= 8; rank += 3)
            check_encoder(&kinds[i], rank);
}

/* ---- the data's rule ---- */

enum { SAMPLES = 150, INPUTS = 40 };

typedef struct sample_set {
    uint64_t x[SAMPLES];
    uint8_t bits[SAMPLES][INPUTS];
    uint32_t rows[SAMPLES];
    lut_samples s;
} sample_set;

/* Inputs 0 .. 9 are constant or the same as others, or their inverse. */
static void draw(sample_set *d)
{
    for (unsigned i = 0; i < SAMPLES; i++) {
        uint64_t v = lut_rng_next(&rng) & lut_rng_next(&rng);

        v = (v & ~(uint64_t)0x3ff) | (v >> 10 & 0x1f) | (~v >> 15 & 0xf) << 5;
        d->x[i] = v;
        for (unsigned b = 0; b < INPUTS; b++)
            d->bits[i][b] = v >> b & 1;
        d->rows[i] = (i * 7) % SAMPLES; /* the first half are those that count */
    }
    d->s = (lut_samples){ .x = d->x, .ld = 1, .inputs = INPUTS, .n = SAMPLES };
}

static size_t wrong_rows(const lut_circuit *a, const lut_circuit *b,
                         const sample_set *d, size_t first, size_t end)
{
    size_t wrong = 0;

    for (size_t i = first; i < end; i++)
        wrong += !agree(a, b, d->bits[d->rows[i]]);
    return wrong;
}

static void check_data(uint32_t rank, uint32_t nlayers, size_t n, uint32_t fewest)
{
    static sample_set d;
    uint8_t first[SAMPLES][INPUTS];
    lut_circuit c, was;
    lut_care_facts facts;

    draw(&d);
    c = make(INPUTS, nlayers, 200, rank);
    for (size_t i = 0; i < n; i++)
        memcpy(first[i], d.bits[d.rows[i]], INPUTS);
    CU_ASSERT_EQUAL_FATAL(lut_circuit_copy(&was, &c, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_care_data(&c, &facts, &d.s, d.rows, n, fewest, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_circuit_check(&c, NULL), LUT_OK);
    if (fewest == 1)
        CU_ASSERT_EQUAL(wrong_rows(&c, &was, &d, 0, n), 0);
    if (nlayers ==
        1) /* rewired to signals that are the same, tables have as many free */
        CU_ASSERT_EQUAL(facts.free,
                        count_free(&was.layer[0], first[0], INPUTS, n, fewest));
    CU_ASSERT(facts.changed > 0);
    lut_circuit_fini(&c);
    lut_circuit_fini(&was);
}

static void test_data(void)
{
    static const size_t n[] = { 1, 63, 64, 65, SAMPLES };

    rng = lut_rng_make(3, LUT_RNG_TEST, 0);
    for (uint32_t rank = 1; rank <= 8; rank++)
        for (size_t i = 0; i < LUT_COUNT(n); i++) {
            check_data(rank, 1, n[i], 1);
            check_data(rank, 4, n[i], 1);
            check_data(rank, 1, n[i], 3);
        }
}

/* Samples that do not count may get other votes: else nothing was done with the freedom. */
static void test_others_change(void)
{
    static sample_set d;
    lut_circuit c, was;
    lut_care_facts facts;

    rng = lut_rng_make(4, LUT_RNG_TEST, 0);
    draw(&d);
    c = make(INPUTS, 2, 200, 4);
    CU_ASSERT_EQUAL_FATAL(lut_circuit_copy(&was, &c, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_care_data(&c, &facts, &d.s, d.rows, 20, 1, NULL), LUT_OK);
    CU_ASSERT_EQUAL(wrong_rows(&c, &was, &d, 0, 20), 0);
    CU_ASSERT(wrong_rows(&c, &was, &d, 20, SAMPLES) > 0);
    lut_circuit_fini(&c);
    lut_circuit_fini(&was);
}

/* Two ANDs whose inputs differ where no sample is: the second becomes the first, or its
 * inverse where it is that. */
static void test_merged(void)
{
    static const uint64_t x[] = { 0x0, 0x5, 0xa, 0xf };
    static const uint32_t rows[] = { 0, 1, 2, 3 };
    const lut_samples s = { .x = x, .ld = 1, .inputs = 4, .n = 4 };

    for (unsigned inverse = 0; inverse < 2; inverse++) {
        lut_circuit c = make(4, 1, 2, 2);
        lut_care_facts facts;

        memcpy(c.layer[0].wire, (uint32_t[]){ 0, 1, 2, 3 }, 4 * sizeof(uint32_t));
        c.layer[0].tt[0] = 8;
        c.layer[0].tt[1] = inverse ? 7 : 8;
        CU_ASSERT_EQUAL(lut_care_data(&c, &facts, &s, rows, 4, 1, NULL), LUT_OK);
        CU_ASSERT_EQUAL(facts.merged, 1);
        CU_ASSERT_EQUAL(c.layer[0].wire[2], 0);
        CU_ASSERT_EQUAL(c.layer[0].wire[3], 1);
        CU_ASSERT_EQUAL(c.layer[0].tt[1], inverse ? 7u : 8u);
        lut_circuit_fini(&c);
    }
}

UNIT_MAIN("care", UNIT(test_fill_exact), UNIT(test_fill_large), UNIT(test_encoder),
          UNIT(test_data), UNIT(test_others_change), UNIT(test_merged))
