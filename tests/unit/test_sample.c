/* sweep/sobol, sweep/sample, sweep/range: where drawn configurations come from. */
#include "sweep/range.h"
#include "sweep/sample.h"
#include "sweep/sobol.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
/* Points j of the sequence in the order of the Gray code, times 1024: made by scipy 1.10.1,
 * qmc.Sobol(32, scramble=False), which reads the published table itself. */
static const struct published {
    uint32_t j;
    uint32_t x[SWEEP_SOBOL_DIMS];
} published[] = {
    { 1, { 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512,
           512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512, 512 } },
    { 2, { 768, 256, 256, 256, 768, 768, 256, 768, 768, 768, 768, 768, 256, 256, 768, 256,
           768, 256, 768, 256, 256, 768, 256, 256, 256, 768, 256, 768, 256, 768, 256, 256 } },
    { 5, { 896, 896, 128, 384, 896, 640, 896, 384, 384, 128, 384, 896, 896, 128, 896, 384,
           896, 384, 384, 640, 640, 640, 896, 384, 384, 384, 896, 128, 640, 640, 896, 640 } },
    { 100, { 424, 264, 792, 744, 904, 760, 24, 488, 648, 712, 472, 696, 488, 872, 328, 504,
             696, 760, 856, 344, 776, 408, 8, 504, 24, 8, 968, 680, 248, 744, 728, 424 } },
    { 1023, { 1, 771, 627, 149, 191, 449, 143, 633, 353, 871, 695, 37, 133, 681, 371, 475,
              321, 897, 599, 327, 887, 19, 813, 201, 245, 385, 521, 779, 861, 445, 951, 629 } },
};
/* clang-format on */

static void test_published(void)
{
    for (size_t i = 0; i < LUT_COUNT(published); i++)
        for (unsigned dim = 0; dim < SWEEP_SOBOL_DIMS; dim++) {
            const uint32_t j = published[i].j;

            CU_ASSERT_EQUAL(sweep_sobol(j ^ j >> 1, dim), published[i].x[dim] << 22);
        }
    CU_ASSERT_EQUAL(sweep_sobol(0x80000000u, 0), 1);
}

/* Every run of 2^m points that starts at a multiple of 2^m has one point in each interval
 * of length 2^-m. */
static bool fills(uint32_t first, unsigned m, unsigned dim, bool scrambled,
                  uint32_t seed)
{
    unsigned char seen[256] = { 0 };

    for (uint32_t j = first; j < first + (1u << m); j++) {
        uint32_t x = sweep_sobol(j, dim);

        if (scrambled)
            x = sweep_scramble(x, seed);
        if (seen[m ? x >> (32 - m) : 0]++)
            return false;
    }
    return true;
}

static void test_dyadic(void)
{
    for (unsigned dim = 0; dim < SWEEP_SOBOL_DIMS; dim++)
        for (unsigned m = 0; m <= 8; m++)
            for (uint32_t block = 0; block < 5; block++)
                for (uint32_t seed = 0; seed < 4; seed++)
                    CU_ASSERT(
                        fills(block << m, m, dim, seed > 0, seed * 0x9e3779b9u + dim));
}

/* A permutation of all bits, different for each seed. */
static void test_scramble(void)
{
    unsigned same = 0, low = 0;

    for (uint32_t seed = 0; seed < 2000; seed++) {
        uint32_t hashed = seed * 0x9e3779b9u, x = sweep_scramble(0, hashed);

        same += x == sweep_scramble(0, hashed + 0x01234567u);
        low += x < 0x80000000u;
    }
    CU_ASSERT(same < 5);
    CU_ASSERT(low > 850 && low < 1150); /* 6.7 deviations */
}

static void test_permutation(void)
{
    unsigned fixed = 0;

    for (uint64_t n = 1; n <= 300; n++) {
        lut_rng stream = lut_rng_make(n, LUT_RNG_TEST, 0);
        unsigned char seen[300] = { 0 };

        for (uint64_t i = 0; i < n; i++) {
            uint64_t to = sweep_permute(&stream, i, n);

            CU_ASSERT_FATAL(to < n);
            CU_ASSERT_EQUAL(seen[to]++, 0);
            fixed += n > 1 && to == i;
        }
    }
    CU_ASSERT(fixed > 200 && fixed < 400); /* one expected for each n */
}

static void test_latin(void)
{
    static const uint64_t sizes[] = { 1, 2, 7, 64, 1000 };

    for (size_t k = 0; k < LUT_COUNT(sizes); k++)
        for (unsigned dim = 0; dim < 40; dim += 13) {
            const uint64_t n = sizes[k];
            sweep_sample s = sweep_sample_make("latin", 5, 1, n);
            unsigned char seen[1000] = { 0 };

            for (uint64_t j = 0; j < n; j++) {
                double u = sweep_sample_at(&s, j, dim);

                CU_ASSERT_FATAL(u >= 0 && u < 1);
                CU_ASSERT_EQUAL(seen[(size_t)(u * (double)n)]++, 0);
            }
        }
}

enum { CELLS = 16, DRAWS = 16000 };

/* Chi-square over the cells of two dimensions together, or of neighbours in j. */
static double chi_square(const char *source, unsigned other_dim, uint64_t other_j)
{
    sweep_sample s = sweep_sample_make(source, 3, 0, DRAWS + 1);
    const double want = (double)DRAWS / (CELLS * CELLS);
    unsigned count[CELLS * CELLS] = { 0 };
    double sum = 0;

    for (uint64_t j = 0; j < DRAWS; j++) {
        int x = (int)(sweep_sample_at(&s, j, 0) * CELLS);
        int y = (int)(sweep_sample_at(&s, j + other_j, other_dim) * CELLS);

        count[x * CELLS + y]++;
    }
    for (int i = 0; i < CELLS * CELLS; i++)
        sum += (count[i] - want) * (count[i] - want) / want;
    return sum;
}

/* 255 degrees of freedom: between 166 and 358 with probability 1 - 2e-5 or so. */
static void test_uniform(void)
{
    double random = chi_square("random", 1, 0), next = chi_square("random", 0, 1);
    double latin = chi_square("latin", 1, 0), sobol = chi_square("sobol", 1, 0);

    CU_ASSERT(random > 166 && random < 358);
    CU_ASSERT(next > 166 && next < 358);
    CU_ASSERT(latin > 140 && latin < 358);
    CU_ASSERT(sobol < 30); /* two dimensions of Sobol's are far more even */
}

/* A pure function of seed, block and j; of n for latin alone. */
static void test_pure(void)
{
    static const char *const sources[] = { "random", "sobol", "latin" };

    for (size_t k = 0; k < LUT_COUNT(sources); k++) {
        sweep_sample s = sweep_sample_make(sources[k], 7, 0, 50);
        sweep_sample longer = sweep_sample_make(sources[k], 7, 0, 5000);
        sweep_sample seed = sweep_sample_make(sources[k], 8, 0, 50);
        sweep_sample block = sweep_sample_make(sources[k], 7, 1, 50);
        unsigned same[4] = { 0 };

        for (uint64_t j = 0; j < 50; j++)
            for (unsigned dim = 0; dim < 4; dim++) {
                double u = sweep_sample_at(&s, j, dim);

                same[0] += u == sweep_sample_at(&longer, j, dim);
                same[1] += u == sweep_sample_at(&seed, j, dim);
                same[2] += u == sweep_sample_at(&block, j, dim);
                same[3] += u == sweep_sample_at(&s, j, (dim + 1) % 4);
            }
        CU_ASSERT_EQUAL(same[0], k < 2 ? 200 : 0);
        CU_ASSERT(same[1] + same[2] + same[3] == 0);
    }
    CU_ASSERT(!sweep_source_draws("grid") && !sweep_source_draws("list"));
    CU_ASSERT_EQUAL(sweep_source_dims("sobol"), SWEEP_SOBOL_DIMS);
    CU_ASSERT_EQUAL(sweep_source_dims("grid"), 0);
}

/* ---- ranges ---- */

static const lut_field real = { .name = "x", .type = LUT_F64, .lo = -10, .hi = 1e6 };
static const lut_field whole = { .name = "n", .type = LUT_U32, .lo = 1, .hi = 4e9 };

static void gives(const char *text, const lut_field *f, double u, const char *value)
{
    sweep_range r;
    char got[32];
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(sweep_range_parse(&r, text, f, &err), LUT_OK);
    sweep_range_at(got, &r, u);
    if (strcmp(got, value) != 0)
        printf("\n%s at %g: %s, want %s\n", text, u, got, value);
    CU_ASSERT_STRING_EQUAL(got, value);
}

static void test_range_values(void)
{
    const double last = 1 - 0x1p-53;

    gives("0..1", &real, 0, "0");
    gives("0..1", &real, 1.0 / 3, "0.3333");
    gives("0..1", &real, last, "1");
    gives("-1 .. 1", &real, 0.25, "-0.5");
    gives("0.001..0.1 log", &real, 0.5, "0.01");
    gives("0.0012344..0.1 log", &real, 0, "0.0012344"); /* not rounded out of it */
    gives("1000.1..1000.2", &real, 0.25, "1000.125");   /* narrow: more digits */
    gives("0..1 step 0.1", &real, 0.35, "0.3");
    gives("0..1 step 0.1", &real, last, "1");
    gives("0..1 step 0.3", &real, last, "0.9");
    gives("1..4", &whole, 0.2499, "1");
    gives("1..4", &whole, 0.25, "2");
    gives("1..4", &whole, last, "4");
    gives("100..2000 step 100", &whole, 0.5, "1100");
    gives("100..2000 step 100 log", &whole, 0, "100");
    gives("1..1000 log", &whole, 0.5, "31");
    gives("1..1000\tlog  step 10", &whole, last, "991");
    gives("1..4000000000", &whole, 0.1234567891, "493827157");
}

/* Log steps: from one to the next the chance falls as 1/x does. */
static void test_log_steps(void)
{
    sweep_range r;
    unsigned ones = 0, n = 10000;

    CU_ASSERT_EQUAL_FATAL(sweep_range_parse(&r, "1..7 log", &whole, NULL), LUT_OK);
    for (unsigned i = 0; i < n; i++) {
        char text[32];

        ones += strcmp(sweep_range_at(text, &r, (i + 0.5) / n), "1") == 0;
    }
    CU_ASSERT(abs((int)ones - 3333) <= 1); /* log 2 / log 8 */
}

static void test_range_refusals(void)
{
    static const struct bad {
        const char *text;
        const lut_field *field;
        const char *why;
    } bads[] = {
        { "1..", &real, "want \"LOW..HIGH\"" },
        { "..1", &real, "want \"LOW..HIGH\"" },
        { "1..2x", &real, "want \"LOW..HIGH\"" },
        { "1..2..3", &real, "want \"LOW..HIGH\"" },
        { "1..2 lg", &real, "want \"LOW..HIGH\"" },
        { "1..2 log log", &real, "want \"LOW..HIGH\"" },
        { "1..2 step", &real, "want \"LOW..HIGH\"" },
        { "1..2 step 1 step 1", &real, "want \"LOW..HIGH\"" },
        { "nan..2", &real, "nan is out of range" },
        { "-11..2", &real, "-11 is out of range, want -10..1000000" },
        { "1..2e6", &real, "2000000 is out of range" },
        { "2..1", &real, "want LOW below HIGH" },
        { "1..1", &real, "want LOW below HIGH" },
        { "0..1 log", &real, "want LOW above 0 with log" },
        { "0..1 step 0", &real, "want a step above 0" },
        { "0..1 step 2", &real, "want a step above 0 and at most HIGH - LOW" },
        { "1.5..2", &whole, "1.5 is no whole number" },
        { "1..5 step 0.5", &whole, "want a step that is a whole number" },
    };
    sweep_range r;
    lut_err err;

    for (size_t i = 0; i < LUT_COUNT(bads); i++) {
        CU_ASSERT_EQUAL(sweep_range_parse(&r, bads[i].text, bads[i].field, &err),
                        LUT_EINVAL);
        if (strncmp(err.text, bads[i].why, strlen(bads[i].why)) != 0)
            printf("\n%s: %s\n", bads[i].text, err.text);
        CU_ASSERT_EQUAL(strncmp(err.text, bads[i].why, strlen(bads[i].why)), 0);
    }
    CU_ASSERT(!sweep_range_is("0.1") && sweep_range_is("1..2"));
}

UNIT_MAIN("sample", UNIT(test_published), UNIT(test_dyadic), UNIT(test_scramble),
          UNIT(test_permutation), UNIT(test_latin), UNIT(test_uniform), UNIT(test_pure),
          UNIT(test_range_values), UNIT(test_log_steps), UNIT(test_range_refusals))
