/* analysis: effects of complete grids against statsmodels 0.15.0 and by their laws; which grids
 * are complete. */
#include "analysis/anova.h"
#include "analysis/blocks.h"
#include "lib/base/rng.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static anova made(const anova_design *d)
{
    anova r;

    CU_ASSERT_EQUAL_FATAL(anova_make(&r, d, 0.05, NULL), LUT_OK);
    return r;
}

static double sum_of(const anova *r)
{
    double sum = r->higher.share;

    for (size_t i = 0; i < r->n; i++)
        sum += r->effect[i].share;
    return sum;
}

/* 3 x 2 x 2 cells, 3 seeds, as the numbers in test_published. */
static void small_grid(double *value)
{
    for (size_t i = 0; i < 12; i++)
        for (size_t s = 0; s < 3; s++) {
            const size_t a = i / 4, b = i / 2 % 2, c = i % 2;
            const size_t h = (i * 37 + s * 101 + i * s * 7) % 23;

            value[i * 3 + s] = 90 + 2.0 * (double)a - 1.5 * (double)b +
                               0.5 * (double)(c * (a == 1)) + (double)h / 10;
        }
}

/* statsmodels: anova_lm(ols("v ~ C(a) * C(b) * C(c)").fit()), sums of squares over that of the
 * cells, PR(>F). */
static void test_published(void)
{
    static double value[36];
    const anova_design d = { 3, 12, 3, { 3, 2, 2 }, value };
    const double share[] = { 0.819150905670996,   0.162206193812112,
                             0.00296212917845359, 0.00195870791925232,
                             0.00784593966142872, 0 },
                 p[] = { 8.2357743682078e-13, 7.96387738830971e-07, 0.381377602564092,
                         0.770987193555366,   0.364400249026214,    1 };
    anova r;

    small_grid(value);
    r = made(&d);
    CU_ASSERT_EQUAL_FATAL(r.n, 6);
    for (size_t i = 0; i < r.n; i++) {
        CU_ASSERT_DOUBLE_EQUAL(r.effect[i].share, share[i], 1e-12);
        CU_ASSERT_DOUBLE_EQUAL(r.effect[i].p, p[i],
                               1e-6 * p[i] + 1e-14 + (i == 5) * 1e-6);
        CU_ASSERT_EQUAL(anova_seen(&r.effect[i]), p[i] < 0.05);
        CU_ASSERT(r.effect[i].lo <= r.effect[i].hi);
    }
    CU_ASSERT_DOUBLE_EQUAL(r.higher.share, 0.00587612375775744, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.higher.p, 0.465833472529074, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(r.variance, 4.16783950617285, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.mean, 92.4111111111111, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.sd, 0.747588716400194, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.noise, 0.0409736518609577, 1e-13);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[0].floor, 0.0253502203970904, 1e-12);
    CU_ASSERT(r.effect[0].lo < r.effect[0].share && r.effect[0].share < r.effect[0].hi);
    CU_ASSERT_DOUBLE_EQUAL(sum_of(&r), 1, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[0].lo, 0.7203613690990096,
                           1e-10); /* by NumPy 2.4.6 */
    CU_ASSERT_DOUBLE_EQUAL(r.effect[0].hi, 0.9764477390927138, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[1].lo, 0.033049362061969706, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[1].hi, 0.30231923264806826, 1e-10);
    CU_ASSERT_EQUAL(r.effect[3].lo, 0);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[3].hi, 0.027993814044370277, 1e-10);
    anova_fini(&r);
}

/* Two knobs of any numbers: the pair is all that the knobs leave, nothing is higher. */
static void test_sum(void)
{
    double value[5 * 7];
    const anova_design d = { 2, 35, 1, { 5, 7 }, value };
    lut_rng g = lut_rng_make(3, LUT_RNG_TEST, 0);
    anova r;

    for (size_t i = 0; i < 35; i++)
        value[i] = lut_rng_normal(&g);
    r = made(&d);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[0].share + r.effect[1].share + r.effect[2].share, 1,
                           1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.higher.share, 0, 1e-12);
    CU_ASSERT(isnan(r.sd) && isnan(r.noise) && isnan(r.effect[0].floor));
    CU_ASSERT(isnan(r.effect[0].lo) && anova_seen(&r.effect[0]));
    anova_fini(&r);
}

/* What is added up has no pairs; what is multiplied has nothing else, when its factors have mean
 * 0; a product of three is higher. */
static void test_kinds(void)
{
    double value[24];
    const anova_design d = { 3, 24, 1, { 2, 3, 4 }, value };
    const double a[] = { -1, 1 }, b[] = { -1, 0, 1 }, c[] = { -3, -1, 1, 3 };
    anova r;

    for (size_t i = 0; i < 24; i++)
        value[i] = 5 + a[i / 12] + b[i / 4 % 3] + c[i % 4];
    r = made(&d);
    for (size_t i = 3; i < 6; i++)
        CU_ASSERT_DOUBLE_EQUAL(r.effect[i].share, 0, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[2].share, 5 / (1 + 2.0 / 3 + 5), 1e-12);
    anova_fini(&r);
    for (size_t i = 0; i < 24; i++)
        value[i] = b[i / 4 % 3] * c[i % 4];
    r = made(&d);
    CU_ASSERT_EQUAL(r.effect[5].a, 1);
    CU_ASSERT_EQUAL(r.effect[5].b, 2);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[5].share, 1, 1e-12);
    anova_fini(&r);
    for (size_t i = 0; i < 24; i++)
        value[i] = a[i / 12] * b[i / 4 % 3] * c[i % 4];
    r = made(&d);
    CU_ASSERT_DOUBLE_EQUAL(r.higher.share, 1, 1e-12);
    anova_fini(&r);
    for (size_t i = 0; i < 24; i++)
        value[i] = 7;
    r = made(&d);
    CU_ASSERT(isnan(r.effect[0].share) && isnan(r.higher.share));
    anova_fini(&r);
}

/* Other names of the levels, other order of the knobs, other units: the same shares. */
static void test_order(void)
{
    static double value[36], moved[36];
    const anova_design d = { 3, 12, 3, { 3, 2, 2 }, value },
                       m = { 3, 12, 3, { 2, 2, 3 }, moved };
    anova r, q;

    small_grid(value);
    for (size_t i = 0; i < 12; i++)
        for (size_t s = 0; s < 3; s++) {
            const size_t a = i / 4, b = i / 2 % 2, c = i % 2;

            moved[((c * 2 + 1 - b) * 3 + (a + 1) % 3) * 3 + s] =
                10 - 3 * value[i * 3 + s];
        }
    r = made(&d);
    q = made(&m);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[0].share, q.effect[2].share, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[3].share, q.effect[5].share, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[0].p, q.effect[2].p, 1e-20);
    CU_ASSERT_DOUBLE_EQUAL(r.effect[0].lo, q.effect[2].lo, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.noise, q.noise, 1e-12);
    anova_fini(&r);
    anova_fini(&q);
}

/* Noise alone: about one effect in twenty is seen at 5 %, and V is what the noise makes. */
static void test_noise(void)
{
    enum { TRIES = 100 };
    double value[24 * 4], noise = 0;
    const anova_design d = { 3, 24, 4, { 2, 3, 4 }, value };
    lut_rng g = lut_rng_make(5, LUT_RNG_TEST, 0);
    size_t seen = 0;

    for (size_t k = 0; k < TRIES; k++) {
        anova r;

        for (size_t i = 0; i < LUT_COUNT(value); i++)
            value[i] = lut_rng_normal(&g);
        r = made(&d);
        for (size_t i = 0; i < r.n; i++)
            seen += anova_seen(&r.effect[i]);
        noise += r.noise * r.variance / TRIES;
        anova_fini(&r);
    }
    CU_ASSERT(seen > 10 && seen < 60); /* of 600 */
    CU_ASSERT_DOUBLE_EQUAL(noise, 23.0 / 24 / 4, 0.02);
}

/* Intervals hold the share that there would be without noise about as often as they say. */
static void test_coverage(void)
{
    enum { TRIES = 300 };
    double value[24 * 4];
    const double a[] = { -1, 1 }, b[] = { -1, 0, 1 }, c[] = { -0.6, -0.2, 0.2, 0.6 };
    const double all = 1 + 2.0 / 3 + 0.2,
                 share[] = { 1 / all, 2.0 / 3 / all, 0.2 / all, 0, 0, 0 };
    const anova_design d = { 3, 24, 4, { 2, 3, 4 }, value };
    lut_rng g = lut_rng_make(7, LUT_RNG_TEST, 0);
    size_t held[3] = { 0, 0, 0 };

    for (size_t k = 0; k < TRIES; k++) {
        anova r;

        for (size_t i = 0; i < LUT_COUNT(value); i++)
            value[i] =
                a[i / 48] + b[i / 16 % 3] + c[i / 4 % 4] + 0.7 * lut_rng_normal(&g);
        r = made(&d);
        for (size_t i = 0; i < 3; i++)
            held[i] += r.effect[i].lo <= share[i] && share[i] <= r.effect[i].hi;
        anova_fini(&r);
    }
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT(held[i] > TRIES * 88 / 100 && held[i] < TRIES);
}

/* scipy.stats.f.isf(.05, df, rest); the last three are where GSL's own inverse fails. */
static void test_quantile(void)
{
    const double want[][3] = {
        { 1, 1, 161.4476387975882 },    { 2, 24, 3.402826105350194 },
        { 7, 3, 8.886742955634274 },    { 1, 2924, 3.8446410517433067 },
        { 4, 8351, 2.372995893550973 }, { 3600, 16000, 1.0434963216633117 }
    };

    for (size_t i = 0; i < LUT_COUNT(want); i++)
        CU_ASSERT_DOUBLE_EQUAL(anova_quantile(0.05, want[i][0], want[i][1]), want[i][2],
                               1e-9 * want[i][2]);
}

static void test_means(void)
{
    static double value[36];
    const anova_design d = { 3, 12, 3, { 3, 2, 2 }, value };
    double mean[6], sum = 0;

    small_grid(value);
    anova_means(mean, &d, 0, 2, SIZE_MAX);
    for (size_t s = 0; s < 3; s++)
        sum += value[(4 + 1) * 3 + s] + value[(4 + 3) * 3 + s]; /* a = 1, c = 1 */
    CU_ASSERT_DOUBLE_EQUAL(mean[3], sum / 6, 1e-12);
    anova_means(mean, &d, 1, 1, 2);
    sum = 0;
    for (size_t i = 0; i < 12; i++)
        sum += i / 2 % 2 ? value[i * 3 + 2] : 0;
    CU_ASSERT_DOUBLE_EQUAL(mean[1], sum / 6, 1e-12);
}

/* ---- blocks ---- */

static blocks found(const uint32_t *level, size_t points, size_t knobs)
{
    blocks b;

    CU_ASSERT_EQUAL_FATAL(blocks_find(&b, level, points, knobs, NULL), LUT_OK);
    return b;
}

/* What it promises: cells are the combinations of the levels. */
static void check_block(const blocks_one *b, const uint32_t *level, size_t knobs)
{
    for (size_t c = 0; c < b->cells; c++) {
        const uint32_t *of = b->level;
        size_t each = b->cells;

        for (size_t j = 0; j < knobs; of += b->levels[j++]) {
            each /= b->levels[j];
            CU_ASSERT_EQUAL(level[b->cell[c] * knobs + j], of[c / each % b->levels[j]]);
        }
    }
}

/* 3 x 2 at knob 2 = 0, and 1 x 1 x 3 that shares a point: both, and a point alone. */
static void test_union(void)
{
    const uint32_t level[][3] = {
        { 0, 0, 0 }, { 0, 1, 0 }, { 1, 0, 0 }, { 1, 1, 0 }, { 2, 0, 0 },
        { 2, 1, 0 }, { 2, 1, 1 }, { 2, 1, 2 }, { 4, 4, 4 },
    };
    blocks b = found(level[0], 9, 3);

    CU_ASSERT_EQUAL_FATAL(b.n, 2);
    CU_ASSERT_EQUAL(b.block[0].cells, 6);
    CU_ASSERT_EQUAL(b.block[1].cells, 3);
    CU_ASSERT_EQUAL(b.block[1].cell[0], 5);
    CU_ASSERT_EQUAL(b.alone, 1);
    CU_ASSERT(!b.covered[8]);
    for (size_t i = 0; i < b.n; i++)
        check_block(&b.block[i], level[0], 3);
    blocks_fini(&b);
}

/* A cell is missing: the largest block without it, and no point of another is lost. */
static void test_hole(void)
{
    uint32_t level[24][3];
    size_t n = 0;
    blocks b;

    for (uint32_t i = 0; i < 24; i++)
        if (i != 13) {
            level[n][0] = i / 12;
            level[n][1] = i / 4 % 3;
            level[n++][2] = i % 4;
        }
    b = found(level[0], n, 3);
    CU_ASSERT_FATAL(b.n >= 2);
    CU_ASSERT_EQUAL(b.block[0].cells, 18); /* without one of the four levels */
    CU_ASSERT_EQUAL(b.alone, 0);
    for (size_t i = 0; i < b.n; i++)
        check_block(&b.block[i], level[0], 3);
    blocks_fini(&b);
}

/* The most cells that a full rectangle of a table has. */
enum { SIDE = 7 };

static size_t largest(const bool has[SIDE][SIDE])
{
    size_t most = 0;

    for (unsigned rows = 1; rows < 1u << SIDE; rows++) {
        unsigned columns = (1u << SIDE) - 1;

        for (size_t i = 0; i < SIDE; i++)
            for (size_t j = 0; j < SIDE; j++)
                if (rows >> i & 1 && !has[i][j])
                    columns &= ~(1u << j);
        if (most <
            (size_t)__builtin_popcount(rows) * (size_t)__builtin_popcount(columns))
            most =
                (size_t)__builtin_popcount(rows) * (size_t)__builtin_popcount(columns);
    }
    return most;
}

/* No row or column could be added to a block. */
static void check_largest(const blocks_one *b, const bool has[SIDE][SIDE])
{
    bool row[SIDE] = { false }, column[SIDE] = { false };

    for (size_t i = 0; i < b->levels[0]; i++)
        row[b->level[i]] = true;
    for (size_t j = 0; j < b->levels[1]; j++)
        column[b->level[b->levels[0] + j]] = true;
    for (size_t i = 0; i < SIDE; i++) {
        bool fits[2] = { !row[i], !column[i] };

        for (size_t j = 0; j < SIDE; j++) {
            fits[0] &= !column[j] || has[i][j];
            fits[1] &= !row[j] || has[j][i];
        }
        CU_ASSERT(!fits[0] && !fits[1]);
    }
}

/* Tables with holes: blocks are complete and cannot grow, every point that has a neighbour is
 * in one, and the largest there is is mostly found. */
static void test_holes(void)
{
    enum { TRIES = 300 };
    lut_rng g = lut_rng_make(9, LUT_RNG_TEST, 0);
    size_t found_largest = 0;

    for (size_t k = 0; k < TRIES; k++) {
        bool has[SIDE][SIDE];
        uint32_t level[SIDE * SIDE][2];
        size_t n = 0;
        blocks b;

        for (uint32_t i = 0; i < SIDE * SIDE; i++) {
            has[i / SIDE][i % SIDE] = lut_rng_below(&g, 10) < 8;
            level[n][0] = i / SIDE;
            level[n][1] = i % SIDE;
            n += has[i / SIDE][i % SIDE];
        }
        b = found(level[0], n, 2);
        for (size_t i = 0; i < b.n; i++) {
            check_block(&b.block[i], level[0], 2);
            check_largest(&b.block[i], has);
        }
        found_largest += b.n && b.block[0].cells == largest(has);
        for (size_t i = 0; i < n; i++) {
            size_t others = 0;

            for (size_t j = 0; j < SIDE; j++)
                others += has[level[i][0]][j] + has[j][level[i][1]];
            CU_ASSERT_EQUAL(b.covered[i], others > 2);
        }
        blocks_fini(&b);
    }
    CU_ASSERT(found_largest > TRIES * 90 / 100);
}

/* Points that differ in every knob make no block; the order of points does not matter. */
static void test_alone_and_order(void)
{
    uint32_t level[36][2], mixed[36][2];
    blocks b, q;

    for (uint32_t i = 0; i < 36; i++)
        level[i][0] = level[i][1] = i;
    b = found(level[0], 36, 2);
    CU_ASSERT(b.n == 0 && b.alone == 36);
    blocks_fini(&b);
    for (uint32_t i = 0; i < 36; i++) {
        level[i][0] = i / 6;
        level[i][1] = i % 6;
        mixed[i * 5 % 36][0] = i / 6;
        mixed[i * 5 % 36][1] = i % 6;
    }
    b = found(level[0], 36, 2);
    q = found(mixed[0], 36, 2);
    CU_ASSERT(b.n == 1 && q.n == 1 && b.block[0].cells == 36 && q.block[0].cells == 36);
    check_block(&q.block[0], mixed[0], 2);
    blocks_fini(&b);
    blocks_fini(&q);
    b = found(NULL, 0, 0);
    CU_ASSERT(b.n == 0 && b.alone == 0);
    blocks_fini(&b);
}

static void test_no_memory(void)
{
    static double value[36];
    const anova_design d = { 3, 12, 3, { 3, 2, 2 }, value };
    const uint32_t level[][2] = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 2, 2 }, { 2, 0 } };
    long refused[2] = { 0, 0 };
    lut_status st;

    small_grid(value);
    for (long i = 0; i < 40; i++) {
        anova r;
        blocks b;

        fail_alloc_at(i);
        st = anova_make(&r, &d, 0.05, NULL);
        refused[0] += st == LUT_ENOMEM;
        anova_fini(&r);
        fail_alloc_at(i);
        st = blocks_find(&b, level[0], 5, 2, NULL);
        refused[1] += st == LUT_ENOMEM;
        blocks_fini(&b);
        fail_alloc_at(-1);
    }
    CU_ASSERT_EQUAL(refused[0], 7);
    CU_ASSERT(refused[1] > 13 && refused[1] < 40);
}

UNIT_MAIN("anova", UNIT(test_published), UNIT(test_sum), UNIT(test_kinds),
          UNIT(test_order), UNIT(test_noise), UNIT(test_coverage), UNIT(test_quantile),
          UNIT(test_means), UNIT(test_union), UNIT(test_hole), UNIT(test_holes),
          UNIT(test_alone_and_order), UNIT(test_no_memory))
