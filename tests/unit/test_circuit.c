/* lib/circuit: packed inference against a slow evaluator, checks of data from outside. */
#include "lib/base/rng.h"
#include "lib/circuit/direct.h"
#include "lib/circuit/packed.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static lut_rng rng;

static void fill_random(lut_circuit *c)
{
    uint32_t below = c->inputs;

    for (uint32_t l = 0; l < c->nlayers; l++) {
        lut_circuit_layer *layer = &c->layer[l];
        size_t words = lut_table_words(layer->k);
        uint64_t used =
            layer->k < 6 ? ((uint64_t)1 << (1u << layer->k)) - 1 : UINT64_MAX;

        for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
            layer->wire[i] = (uint32_t)lut_rng_below(&rng, below);
        for (size_t i = 0; i < layer->luts * words; i++)
            layer->tt[i] = lut_rng_next(&rng) & used;
        below = layer->luts;
    }
}

/* Label and votes [classes] by the rules of store.md, one sample at a time. */
static uint16_t slow_predict(uint32_t *votes, const lut_circuit *c,
                             const uint64_t *sample)
{
    uint8_t buffer[2][1024];
    uint32_t group, width = 0;
    uint16_t best = 0;

    for (uint32_t i = 0; i < c->inputs; i++)
        buffer[0][i] = sample[i / 64] >> (i % 64) & 1;
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];
        const uint8_t *in = buffer[l % 2];
        uint8_t *out = buffer[(l + 1) % 2];

        for (uint32_t m = 0; m < layer->luts; m++) {
            unsigned a = 0;

            for (uint32_t j = 0; j < layer->k; j++)
                a = 2 * a + in[layer->wire[m * layer->k + j]];
            out[m] = layer->tt[m * lut_table_words(layer->k) + a / 64] >> (a % 64) & 1;
        }
        width = layer->luts;
    }
    group = (width + c->classes - 1) / c->classes;
    memset(votes, 0, c->classes * sizeof *votes);
    for (uint32_t o = 0; o < width; o++)
        votes[o / group] += buffer[c->nlayers % 2][o];
    for (uint16_t k = 1; k < c->classes; k++)
        best = votes[k] > votes[best] ? k : best;
    return best;
}

static size_t count_wrong(const lut_samples *s, const uint16_t *found,
                          const uint16_t *expected)
{
    size_t wrong = 0;

    for (size_t i = 0; i < s->n; i++)
        wrong += found[i] != expected[i];
    return wrong;
}

/* The same samples as bools, one behind the other. */
static uint8_t *bools_of(const lut_samples *s)
{
    uint8_t *x = malloc(s->n * s->inputs + 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(x);
    for (size_t i = 0; i < s->n; i++)
        for (size_t f = 0; f < s->inputs; f++)
            x[i * s->inputs + f] = s->x[i * s->ld + f / 64] >> (f % 64) & 1;
    return x;
}

/* What the slow evaluator says of all samples. */
typedef struct truth {
    uint16_t *class; /* [n] */
    uint32_t *votes; /* [n][classes] */
} truth;

static truth truth_of(const lut_circuit *c, const lut_samples *s)
{
    truth t = { malloc((s->n + 1) * sizeof *t.class),
                malloc((s->n * c->classes + 1) * sizeof *t.votes) };

    CU_ASSERT_PTR_NOT_NULL_FATAL(t.class);
    CU_ASSERT_PTR_NOT_NULL_FATAL(t.votes);
    for (size_t i = 0; i < s->n; i++)
        t.class[i] = slow_predict(t.votes + i * c->classes, c, s->x + i * s->ld);
    return t;
}

static void check_scores(lut_packed *p, uint16_t *found, const lut_samples *s,
                         const truth *expected, uint32_t classes)
{
    const size_t n = s->n * classes;
    uint32_t *votes = malloc((n + 1) * sizeof *votes);

    CU_ASSERT_PTR_NOT_NULL_FATAL(votes);
    memset(votes, 0xff, (n + 1) * sizeof *votes);
    lut_packed_scores(p, found, votes, s);
    CU_ASSERT_EQUAL(count_wrong(s, found, expected->class), 0);
    CU_ASSERT_EQUAL(memcmp(votes, expected->votes, n * sizeof *votes), 0);
    CU_ASSERT_EQUAL(votes[n], UINT32_MAX); /* nothing is written past the end */
    free(votes);
}

static void compare_on(const char *kernels, const lut_circuit *c, const lut_samples *s,
                       const truth *expected, unsigned threads)
{
    lut_packed *p;
    lut_err err = { 0 };
    uint16_t *found = malloc((s->n + 1) * sizeof *found);
    uint8_t *bools = bools_of(s);

    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    found[s->n] = 0xbeef; /* nothing is written past the end */
    CU_ASSERT_EQUAL_FATAL(
        lut_packed_create_on(&p, c, kernels, &(lut_exec){ .threads = threads }, &err),
        LUT_OK);
    for (int again = 0; again < 2; again++) { /* no state is left behind */
        lut_packed_predict(p, found, s);
        CU_ASSERT_EQUAL(count_wrong(s, found, expected->class), 0);
    }
    memset(found, 0xff, s->n * sizeof *found);
    lut_packed_predict_bools(p, found, bools, s->inputs, s->n);
    CU_ASSERT_EQUAL(count_wrong(s, found, expected->class), 0);
    check_scores(p, found, s, expected, c->classes);
    CU_ASSERT_EQUAL(found[s->n], 0xbeef);
    lut_packed_destroy(p);
    free(bools);
    free(found);
}

/* On every kernel set that runs here; NULL: the best one. */
static const char *const sets[] = { NULL, "scalar", "avx2", "avx512" };

static bool runs_here(const char *set)
{
    lut_circuit c;
    lut_packed *p;
    lut_status st;

    CU_ASSERT_EQUAL_FATAL(
        lut_circuit_alloc(&c, 1, 1, 1, &(uint32_t){ 1 }, &(uint32_t){ 1 }, NULL),
        LUT_OK);
    st = lut_packed_create_on(&p, &c, set, &(lut_exec){ .threads = 1 }, NULL);
    CU_ASSERT(st == LUT_OK || (st == LUT_ENOENT && !p));
    lut_packed_destroy(p);
    lut_circuit_fini(&c);
    return st == LUT_OK;
}

static void compare(const lut_circuit *c, const lut_samples *s, unsigned threads)
{
    truth expected = truth_of(c, s);
    uint16_t *direct = malloc((s->n + 1) * sizeof *direct);

    CU_ASSERT_PTR_NOT_NULL_FATAL(direct);
    for (size_t i = 0; i < LUT_COUNT(sets); i++)
        if (runs_here(sets[i])) {
            CU_ASSERT_EQUAL(lut_direct_predict(direct, c, s, lut_slices_find(sets[i]),
                                               &(lut_exec){ .threads = threads }, NULL),
                            LUT_OK);
            CU_ASSERT_EQUAL(count_wrong(s, direct, expected.class), 0);
        }
    for (size_t i = 0; i < LUT_COUNT(sets); i++)
        if (runs_here(sets[i]))
            compare_on(sets[i], c, s, &expected, threads);
    free(direct);
    free(expected.votes);
    free(expected.class);
}

static lut_samples random_samples(size_t n, size_t inputs)
{
    size_t ld = lut_ceil_div(inputs, 64) + 1; /* one word of padding, not zero */
    uint64_t *x = malloc(n * ld * sizeof *x + 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(x);
    for (size_t i = 0; i < n * ld; i++)
        x[i] = lut_rng_next(&rng);
    return (lut_samples){ .x = x, .ld = ld, .inputs = inputs, .n = n };
}

static void drop_samples(lut_samples *s)
{
    free((void *)(uintptr_t)s->x);
}

static lut_circuit random_circuit(uint32_t inputs, uint32_t classes, uint32_t nlayers,
                                  const uint32_t *luts, const uint32_t *k)
{
    lut_circuit c;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(
        lut_circuit_alloc(&c, inputs, classes, nlayers, luts, k, &err), LUT_OK);
    fill_random(&c);
    CU_ASSERT_EQUAL(lut_circuit_check(&c, &err), LUT_OK);
    return c;
}

static void test_ranks(void)
{
    rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    for (uint32_t k = 1; k <= LUT_MAX_K; k++)
        for (uint32_t other = 1; other <= LUT_MAX_K; other++) {
            lut_circuit c = random_circuit(70, 5, 3, (uint32_t[]){ 90, 70, 40 },
                                           (uint32_t[]){ k, other, k });
            lut_samples s = random_samples(100, 70);

            compare(&c, &s, 1);
            drop_samples(&s);
            lut_circuit_fini(&c);
        }
}

static void test_sample_counts(void)
{
    static const size_t large[] = { 447, 448, 449, 511, 512, 513, 700, 1024 };
    lut_circuit c;

    rng = lut_rng_make(2, LUT_RNG_TEST, 0);
    c = random_circuit(13, 3, 2, (uint32_t[]){ 30, 21 }, (uint32_t[]){ 4, 3 });
    for (size_t i = 0; i <= 130 + LUT_COUNT(large); i++) {
        lut_samples s = random_samples(i <= 130 ? i : large[i - 131], 13);

        compare(&c, &s, 1);
        drop_samples(&s);
    }
    lut_circuit_fini(&c);
}

/* Inputs about the widths of registers and words, samples about whole slices. */
static void test_widths(void)
{
    static const uint32_t inputs[] = {
        15, 16, 17, 63, 64, 65, 127, 128, 511, 513, 700
    };
    static const size_t n[] = { 63, 512, 577, 1100, 2100 };

    rng = lut_rng_make(5, LUT_RNG_TEST, 0);
    for (size_t i = 0; i < LUT_COUNT(inputs); i++) {
        lut_circuit c = random_circuit(inputs[i], 3, 2, (uint32_t[]){ 70, 30 },
                                       (uint32_t[]){ 5, 2 });
        lut_samples s = random_samples(n[i % LUT_COUNT(n)], inputs[i]);

        compare(&c, &s, 1 + i % 3);
        drop_samples(&s);
        lut_circuit_fini(&c);
    }
}

/* Every function of 1, 2 and 3 inputs at every address: class 1 iff the one LUT of class 1
 * is set (that of class 0 never is). */
static void test_all_functions(void)
{
    uint64_t address[8];
    uint16_t found[8];

    for (uint64_t i = 0; i < 8; i++)
        address[i] = i; /* input j is bit j */
    for (uint32_t k = 1; k <= 3; k++)
        for (uint64_t table = 0; table < (uint64_t)1 << (1u << k); table++) {
            lut_circuit c;
            lut_packed *p;
            lut_samples s = { .x = address, .ld = 1, .inputs = 3, .n = 8 };

            CU_ASSERT_EQUAL_FATAL(
                lut_circuit_alloc(&c, 3, 2, 1, &(uint32_t){ 2 }, &k, NULL), LUT_OK);
            c.layer[0].tt[1] = table;
            for (uint32_t j = 0; j < k; j++)
                c.layer[0].wire[k + j] = j;
            CU_ASSERT_EQUAL_FATAL(
                lut_packed_create(&p, &c, &(lut_exec){ .threads = 1 }, NULL), LUT_OK);
            lut_packed_predict(p, found, &s);
            for (unsigned i = 0; i < 8; i++) {
                unsigned a = 0; /* input 0 is the most significant */

                for (uint32_t j = 0; j < k; j++)
                    a = 2 * a + (i >> j & 1);
                CU_ASSERT_EQUAL_FATAL(found[i], table >> a & 1);
            }
            lut_packed_destroy(p);
            lut_circuit_fini(&c);
        }
}

/* Classes that the outputs do not fill, in part or at all, and sizes of the counters. */
static void test_votes(void)
{
    static const struct {
        uint32_t luts, classes;
    } shape[] = { { 1, 1 },   { 5, 1 },     { 1, 2 },    { 3, 2 },
                  { 10, 3 },  { 11, 10 },   { 12, 10 },  { 7, 10 },
                  { 60, 26 }, { 100, 100 }, { 1000, 7 }, { 300, 1024 },
                  { 127, 1 }, { 128, 1 },   { 254, 2 },  { 256, 2 } };

    rng = lut_rng_make(3, LUT_RNG_TEST, 0);
    for (size_t i = 0; i < LUT_COUNT(shape); i++) {
        lut_circuit c =
            random_circuit(20, shape[i].classes, 1, &shape[i].luts, &(uint32_t){ 2 });
        lut_samples s = random_samples(70, 20);

        compare(&c, &s, 1);
        for (size_t m = 0; m < shape[i].luts;
             m++) /* all set: a tie, or all but padded */
            c.layer[0].tt[m] = 15;
        compare(&c, &s, 1);
        c.layer[0].tt[0] = 0; /* the first class falls behind by one */
        compare(&c, &s, 1);
        drop_samples(&s);
        lut_circuit_fini(&c);
    }
}

static void test_tie(void)
{
    lut_circuit c = random_circuit(1, 4, 1, &(uint32_t){ 8 }, &(uint32_t){ 1 });
    lut_packed *p;
    lut_samples s = { .x = (uint64_t[]){ 0, 1 }, .ld = 1, .inputs = 1, .n = 2 };
    uint16_t found[2];

    for (uint32_t m = 0; m < 8; m++) { /* votes 0 1 2 2 at 0, and 0 1 1 1 at 1 */
        c.layer[0].wire[m] = 0;
        c.layer[0].tt[m] = (uint64_t[]){ 0, 0, 3, 0, 3, 1, 3, 1 }[m];
    }
    CU_ASSERT_EQUAL_FATAL(lut_packed_create(&p, &c, &(lut_exec){ .threads = 1 }, NULL),
                          LUT_OK);
    lut_packed_predict(p, found, &s);
    CU_ASSERT_EQUAL(found[0], 2);
    CU_ASSERT_EQUAL(found[1], 1);
    lut_packed_destroy(p);
    lut_circuit_fini(&c);
}

static void test_threads(void)
{
    static const unsigned threads[] = { 1, 2, 3, 7 };
    enum { N = 5000 };
    static uint16_t first[N], found[N];
    lut_circuit c;
    lut_samples s;

    rng = lut_rng_make(4, LUT_RNG_TEST, 0);
    c = random_circuit(200, 10, 2, (uint32_t[]){ 300, 200 }, (uint32_t[]){ 6, 6 });
    s = random_samples(N, 200);
    for (size_t i = 0; i < LUT_COUNT(threads); i++) {
        lut_packed *p;

        CU_ASSERT_EQUAL_FATAL(
            lut_packed_create(&p, &c, &(lut_exec){ .threads = threads[i] }, NULL),
            LUT_OK);
        memset(found, 0xff, sizeof found);
        lut_packed_predict(p, i ? found : first, &s);
        CU_ASSERT(i == 0 || memcmp(first, found, sizeof first) == 0);
        lut_packed_destroy(p);
    }
    for (s.n = 0; s.n <= N; s.n += N / 2) { /* as it stands, and by a program */
        double percent;

        s.label = first;
        CU_ASSERT_EQUAL(lut_circuit_accuracy(&percent, found, &c, &s,
                                             &(lut_exec){ .threads = 2 }, NULL),
                        LUT_OK);
        CU_ASSERT(s.n == 0 ? percent != percent : percent == 100.0);
        CU_ASSERT_EQUAL(count_wrong(&s, found, first), 0);
        for (size_t i = 0; i < LUT_COUNT(sets); i++) {
            memset(found, 0xff, sizeof found);
            CU_ASSERT_EQUAL(lut_circuit_accuracy_on(&percent, found, &c, &s, sets[i],
                                                    &(lut_exec){ .threads = 1 }, NULL),
                            runs_here(sets[i]) ? LUT_OK : LUT_ENOENT);
            CU_ASSERT(!runs_here(sets[i]) || count_wrong(&s, found, first) == 0);
        }
        CU_ASSERT_EQUAL(lut_circuit_accuracy_on(&percent, found, &c, &s, "abacus",
                                                &(lut_exec){ .threads = 1 }, NULL),
                        LUT_ENOENT);
    }
    CU_ASSERT((int)N >= (int)LUT_DIRECT_SAMPLES);
    s.n = 300; /* fewer blocks than threads */
    compare(&c, &s, 7);
    drop_samples(&s);
    lut_circuit_fini(&c);
    lut_packed_destroy(NULL);
}

/* ---- data from outside ---- */

static void alloc_refused(uint32_t inputs, uint32_t classes, uint32_t nlayers,
                          uint32_t luts, uint32_t k, const char *message)
{
    uint32_t all_luts[64], all_k[64];
    lut_circuit c;
    lut_err err = { 0 };

    for (size_t l = 0; l < 64; l++) {
        all_luts[l] = l == 1 ? luts : 4;
        all_k[l] = l == 1 ? k : 2;
    }
    CU_ASSERT_EQUAL(
        lut_circuit_alloc(&c, inputs, classes, nlayers, all_luts, all_k, &err),
        LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, message);
    CU_ASSERT_PTR_NULL(c.layer);
}

static void check_refused(const lut_circuit *c, const char *message)
{
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(lut_circuit_check(c, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, message);
}

static void test_refused(void)
{
    lut_circuit c;

    alloc_refused(0, 2, 1, 4, 2, "0 inputs, want at least one");
    alloc_refused(8, 0, 1, 4, 2, "0 classes, want 1..1024");
    alloc_refused(8, 1025, 1, 4, 2, "1025 classes, want 1..1024");
    alloc_refused(8, 2, 0, 4, 2, "0 layers, want 1..32");
    alloc_refused(8, 2, 33, 4, 2, "33 layers, want 1..32");
    alloc_refused(8, 2, 2, 0, 2, "layer 1: 0 LUTs, want at least one");
    alloc_refused(8, 2, 2, 4, 0, "layer 1: LUTs of 0 inputs, want 1..8");
    alloc_refused(8, 2, 2, 4, 9, "layer 1: LUTs of 9 inputs, want 1..8");
    c = random_circuit(8, 2, 2, (uint32_t[]){ 6, 5 }, (uint32_t[]){ 2, 3 });
    c.layer[0].wire[5] = 8;
    check_refused(&c, "layer 0: LUT 2, input 1 reads output 8 of the layer before, "
                      "want 0..7");
    c.layer[0].wire[5] = 7;
    c.layer[1].wire[0] = 6;
    check_refused(&c, "layer 1: LUT 0, input 0 reads output 6 of the layer before, "
                      "want 0..5");
    c.layer[1].wire[0] = 5;
    c.layer[0].tt[3] = 16;
    check_refused(&c, "layer 0: LUT 3: table has bits beyond its 4 entries");
    c.layer[0].tt[3] = 15;
    c.layer[1].tt[4] = 256;
    check_refused(&c, "layer 1: LUT 4: table has bits beyond its 8 entries");
    c.layer[1].tt[4] = 255;
    CU_ASSERT_EQUAL(lut_circuit_check(&c, NULL), LUT_OK);
    c.layer[1].k = 9;
    check_refused(&c, "layer 1: LUTs of 9 inputs, want 1..8");
    c.layer[1].k = 3;
    lut_circuit_fini(&c);
    lut_circuit_fini(&c);
}

UNIT_MAIN("circuit", UNIT(test_ranks), UNIT(test_sample_counts), UNIT(test_widths),
          UNIT(test_all_functions), UNIT(test_votes), UNIT(test_tie),
          UNIT(test_threads), UNIT(test_refused))
