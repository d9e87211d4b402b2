/* analysis: intervals, signs, ranks, McNemar, against SciPy 1.17.1 and statsmodels 0.15.0, and by
 * their laws.  Calls are noted beside the numbers. */
#include "analysis/association.h"
#include "analysis/friedman.h"
#include "analysis/mcnemar.h"
#include "analysis/signs.h"
#include "analysis/student.h"
#include "tests/support/unit.h"

#include <math.h>
#include <string.h>

static const double five[] = { 93.1, 92.4, 94.0, 93.3, 92.9 },
                    other[] = { 92.7, 92.6, 93.1, 92.8, 92.9 };

/* scipy.stats.t.interval(.95 and .99, 4, mean, sem) */
static void test_interval(void)
{
    student_interval s = student_mean(five, 5, 0.05);
    const double with_nan[] = { 93.1, 92.4, (double)NAN, 94.0, 93.3, 92.9 };

    CU_ASSERT_EQUAL(s.n, 5);
    CU_ASSERT_DOUBLE_EQUAL(s.mean, 93.14, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(s.sd, 0.5856620185738504, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(s.lo, 92.41280455642152, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(s.hi, 93.86719544357851, 1e-10);
    s = student_mean(five, 5, 0.01);
    CU_ASSERT_DOUBLE_EQUAL(s.lo, 91.93411380906439, 1e-10);
    CU_ASSERT_EQUAL(student_mean(with_nan, 6, 0.01).lo, s.lo);
    s = student_mean(five, 1, 0.05);
    CU_ASSERT(s.n == 1 && s.mean == five[0] && isnan(s.lo) && isnan(s.hi));
    CU_ASSERT(isnan(student_p(&s)));
    CU_ASSERT_EQUAL(student_mean(NULL, 0, 0.05).n, 0);
}

/* scipy.stats.ttest_rel; needed: the smallest n whose interval leaves out 0, by counting. */
static void test_paired(void)
{
    const student_pairs p = student_paired(five, other, 5, 0.05);
    const student_pairs back = student_paired(other, five, 5, 0.05);
    const student_pairs same = student_paired(five, five, 5, 0.05);

    CU_ASSERT_DOUBLE_EQUAL(p.p, 0.17333183168152075, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(p.difference.lo, -0.2169389291059155, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(p.difference.hi, 0.856938929105919, 1e-10);
    CU_ASSERT_EQUAL(p.needed, 10);
    CU_ASSERT_DOUBLE_EQUAL(back.p, p.p, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(back.difference.lo, -p.difference.hi, 1e-12);
    CU_ASSERT(same.p >= 1 && same.needed == 0);
    CU_ASSERT(same.alike && isnan(same.difference.lo));
    CU_ASSERT_EQUAL(student_needed(0.1, 1, 0.05), 387);
    CU_ASSERT_EQUAL(student_needed(-5, 0.1, 0.05), 2);
    CU_ASSERT_EQUAL(student_needed(0, 1, 0.05), 0);
    CU_ASSERT_EQUAL(student_needed(1, (double)NAN, 0.05), 0);
}

/* Equal differences say nothing of their spread before a test of signs could. */
static void test_alike(void)
{
    const double a[] = { 93.1, 92.4, 94.0, 93.3, 92.9, 91.7 };
    double b[6];
    student_pairs p;

    for (size_t i = 0; i < 6; i++)
        b[i] = a[i] - 0.3; /* the differences are equal but for rounding */
    for (size_t n = 2; n < 6; n++) {
        p = student_paired(a, b, n, 0.05);
        CU_ASSERT(p.alike && isnan(p.p) && p.needed == 0);
        CU_ASSERT(isnan(p.difference.lo) && isnan(p.difference.hi));
        CU_ASSERT_DOUBLE_EQUAL(p.difference.mean, 0.3, 1e-12);
    }
    p = student_paired(a, b, 6, 0.05);
    CU_ASSERT(!p.alike && p.p < 1e-6 && p.difference.lo > 0.29);
}

/* The table of smallest p: 3 seeds .25, 5 .0625, 10 .002. */
static void test_least(void)
{
    CU_ASSERT_EQUAL(signs_least(0), 1);
    CU_ASSERT_EQUAL(signs_least(3), 0.25);
    CU_ASSERT_EQUAL(signs_least(5), 0.0625);
    CU_ASSERT_EQUAL(signs_least(10), 1.0 / 512);
    CU_ASSERT_EQUAL(signs_needed(0.05), 6);
    CU_ASSERT_EQUAL(signs_needed(0.01), 8);
}

/* scipy.stats.permutation_test((d,), sum, permutation_type="samples", n_resamples=inf) */
static void test_flip(void)
{
    double d[] = { 1.2, -.3, .8, 2.2, .9, -.1, 1.5, .4, .7, -.6 }, e[5];

    for (size_t i = 0; i < 5; i++)
        e[i] = five[i] - other[i];
    CU_ASSERT_DOUBLE_EQUAL(signs_flip(e, 5), 0.25, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(signs_flip(d, 10), 0.0390625, 1e-15);
    for (size_t i = 0; i < 10; i++)
        d[i] = fabs(d[i]);
    CU_ASSERT_EQUAL(signs_flip(d, 10), signs_least(10));
    CU_ASSERT(isnan(signs_flip(d, SIGNS_FLIPS + 1)));
    d[3] = (double)NAN;
    CU_ASSERT(isnan(signs_flip(d, 10)));
}

static signs_ranks wilcoxon(const double *d, size_t n)
{
    signs_ranks r;

    CU_ASSERT_EQUAL(signs_wilcoxon(&r, d, n, NULL), LUT_OK);
    return r;
}

/* scipy.stats.wilcoxon(d, method="exact"), with ties PermutationMethod(n_resamples=inf) */
static void test_wilcoxon(void)
{
    double d[60] = { 1.2, -.3, .8, 2.2, .9, -.1, 1.5, .4, .7, -.6 };
    const double tied[] = { 1, -2, 2, 3, 0, 4, -1, 5, 2, 6 }, none[] = { 0, 0 };
    signs_ranks r = wilcoxon(d, 10);

    CU_ASSERT_EQUAL(r.minus, 7);
    CU_ASSERT_EQUAL(r.plus, 48);
    CU_ASSERT_DOUBLE_EQUAL(r.p, 0.037109375, 1e-15);
    r = wilcoxon(tied, 10);
    CU_ASSERT_EQUAL(r.n, 9);
    CU_ASSERT_EQUAL(r.minus, 5.5);
    CU_ASSERT_DOUBLE_EQUAL(r.p, 0.05078125, 1e-15);
    for (size_t i = 0; i < 60; i++)
        d[i] = -1 + 4 * (double)i / 59 + 2 * sin((double)i);
    CU_ASSERT_DOUBLE_EQUAL(wilcoxon(d, 60).p, 0.00010163733845525158, 1e-12);
    CU_ASSERT_EQUAL(wilcoxon(none, 2).p, 1);
    for (size_t i = 0; i < 12; i++)
        d[i] = 1 + (double)i;
    CU_ASSERT_EQUAL(wilcoxon(d, 12).p, signs_least(12));
    CU_ASSERT_EQUAL(signs_wilcoxon(&r, d, SIGNS_PAIRS + 1, NULL), LUT_EINVAL);
}

/* statsmodels.stats.multitest.multipletests(method="holm") */
static void test_holm(void)
{
    double p[] = { .01, .04, .03, .005, .2, .9 };
    double close[] = { .021, .02 };
    const double want[] = { .05, .12, .12, .03, .4, .9 };

    CU_ASSERT_EQUAL(signs_holm(p, 6, NULL), LUT_OK);
    for (size_t i = 0; i < 6; i++)
        CU_ASSERT_DOUBLE_EQUAL(p[i], want[i], 1e-15);
    CU_ASSERT_EQUAL(signs_holm(close, 2, NULL), LUT_OK);
    CU_ASSERT_DOUBLE_EQUAL(close[0], 0.04, 1e-15); /* none below that of a smaller p */
}

static const double figure[6][4] = {
    { 97.1, 96.3, 95.0, 95.0 }, { 88.2, 87.0, 88.4, 85.1 }, { 91.0, 90.5, 90.1, 89.9 },
    { 77.7, 78.1, 75.0, 74.2 }, { 99.0, 98.9, 98.7, 98.9 }, { 66.1, 60.2, 64.3, 61.0 },
};

/* scipy.stats.friedmanchisquare; the F by its formula and scipy.stats.f.sf */
static void test_friedman(void)
{
    double rank[6][4], same[2][3] = { { 2, 2, 2 }, { 2, 2, 2 } };
    const double sure[2][3] = { { 1, 2, 3 }, { 1, 2, 3 } };
    friedman_test t;

    for (size_t i = 0; i < 6; i++)
        friedman_ranks(rank[i], figure[i], 4);
    CU_ASSERT_EQUAL(rank[0][3], 3.5);
    CU_ASSERT_EQUAL(rank[1][2], 1);
    t = friedman(&rank[0][0], 6, 4);
    CU_ASSERT_DOUBLE_EQUAL(t.chi2, 9.051724137931034, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(t.p, 0.028611032154056103, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(t.f, 5.057803468208092, 1e-11);
    CU_ASSERT_DOUBLE_EQUAL(t.f_p, 0.012836969839667381, 1e-12);
    t = friedman(&same[0][0], 2, 3);
    CU_ASSERT(t.chi2 <= 0 && t.p >= 1);
    t = friedman(&sure[0][0], 2, 3);
    CU_ASSERT_DOUBLE_EQUAL(t.p, t.least, 1e-15);
    CU_ASSERT(isinf(t.f) && t.f_p <= 0);
}

/* Renaming the methods, or another order of the data sets, changes nothing. */
static void test_friedman_order(void)
{
    double rank[6][4], moved[6][4];

    for (size_t i = 0; i < 6; i++) {
        friedman_ranks(rank[i], figure[i], 4);
        for (size_t j = 0; j < 4; j++)
            moved[5 - i][(j + 1) % 4] = rank[i][j];
    }
    CU_ASSERT_DOUBLE_EQUAL(friedman(&rank[0][0], 6, 4).chi2,
                           friedman(&moved[0][0], 6, 4).chi2, 1e-12);
}

/* scipy.stats.studentized_range with infinitely many degrees of freedom: cdf(3) and ppf(.95),
 * and distances from it: 2.10 for 4 methods and 5 sets, and so on. */
static void test_nemenyi(void)
{
    const struct {
        size_t k;
        double at_3, q;
    } range[] = {
        { 2, 0.9661051464753106, 2.771807648699355 },
        { 4, 0.8537285189523403, 3.6331595749026278 },
        { 8, 0.5990613872186419, 4.286309409349043 },
        { 10, 0.48781592602919316, 4.474124221725907 },
        { 20, 0.15374353380562766, 5.0116887941184425 },
    };
    const struct {
        size_t k, n;
        double distance;
    } table[] = {
        { 4, 5, 2.0976056585788982 },  { 8, 5, 4.695416703894232 },
        { 8, 10, 3.320160991820198 },  { 8, 20, 2.347708351947116 },
        { 10, 15, 3.497583793498488 },
    };

    for (size_t i = 0; i < LUT_COUNT(range); i++) {
        CU_ASSERT_DOUBLE_EQUAL(friedman_range(3, range[i].k), range[i].at_3, 1e-9);
        CU_ASSERT_DOUBLE_EQUAL(friedman_range(range[i].q, range[i].k), 0.95, 1e-8);
    }
    for (size_t i = 0; i < LUT_COUNT(table); i++)
        CU_ASSERT_DOUBLE_EQUAL(friedman_nemenyi(table[i].k, table[i].n, 0.05),
                               table[i].distance, 1e-7);
    CU_ASSERT_EQUAL(friedman_range(0, 5), 0);
    CU_ASSERT_DOUBLE_EQUAL(friedman_range(60, 5), 1, 1e-12);
}

/* 4 methods need 8 data sets, 8 need 11, 10 need 11. */
static void test_sets_needed(void)
{
    CU_ASSERT_EQUAL(friedman_sets_needed(4, 0.05), 8);
    CU_ASSERT_EQUAL(friedman_sets_needed(8, 0.05), 11);
    CU_ASSERT_EQUAL(friedman_sets_needed(10, 0.05), 11);
    CU_ASSERT_EQUAL(friedman_sets_needed(2, 0.05), 6);
}

enum { ROWS = 1000 };

/* Rows from which only a, only b, then both are right. */
static void set_bits(uint8_t *a, uint8_t *b, size_t only_a, size_t only_b, size_t both)
{
    memset(a, 0, ROWS / 8);
    memset(b, 0, ROWS / 8);
    for (size_t i = 0; i < only_a + only_b + both; i++) {
        const size_t row = i * 7 % ROWS; /* a permutation, as 7 does not divide 1000 */
        const uint8_t bit = (uint8_t)(128 >> row % 8);

        if (i < only_a || i >= only_a + only_b)
            a[row / 8] |= bit;
        if (i >= only_a)
            b[row / 8] |= bit;
    }
}

/* scipy.stats.binomtest(4, 17) and (30, 100); the interval against the normal one, which it
 * must be near to with this many rows. */
static void test_mcnemar(void)
{
    uint8_t a[ROWS / 8], b[ROWS / 8];
    mcnemar_test t, back;

    set_bits(a, b, 13, 4, 900);
    CU_ASSERT_EQUAL(mcnemar(&t, a, b, ROWS, 0.05, NULL), LUT_OK);
    CU_ASSERT(t.only_a == 13 && t.only_b == 4 && t.both == 900 && t.neither == 83);
    CU_ASSERT_DOUBLE_EQUAL(t.p, 0.049041748046875, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(t.difference, 0.9, 1e-12);
    CU_ASSERT_EQUAL(mcnemar(&back, b, a, ROWS, 0.05, NULL), LUT_OK);
    CU_ASSERT_DOUBLE_EQUAL(back.p, t.p, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(back.difference, -t.difference, 1e-12);
    CU_ASSERT(back.lo == -t.hi && back.hi == -t.lo);
    set_bits(a, b, 70, 30, 800);
    CU_ASSERT_EQUAL(mcnemar(&t, a, b, ROWS, 0.05, NULL), LUT_OK);
    CU_ASSERT_DOUBLE_EQUAL(t.p, 7.85013964559367e-05, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(t.lo, 4 - 1.96 * sqrt((0.1 - 0.0016) / ROWS) * 100, 0.15);
    CU_ASSERT_DOUBLE_EQUAL(t.hi, 4 + 1.96 * sqrt((0.1 - 0.0016) / ROWS) * 100, 0.15);
    CU_ASSERT_EQUAL(mcnemar(&t, a, a, ROWS, 0.05, NULL), LUT_OK);
    CU_ASSERT(t.p >= 1 && t.difference >= 0 && t.lo >= 0 && t.hi <= 0);
    set_bits(a, b, ROWS, 0, 0);
    CU_ASSERT_EQUAL(mcnemar(&t, a, b, ROWS, 0.05, NULL), LUT_OK);
    CU_ASSERT(t.lo == 100 && t.hi == 100);
}

/* The last byte has the rows in its highest bits. */
static void test_bits(void)
{
    const uint8_t a[] = { 0x00, 0xa0 }, b[] = { 0x80, 0x3f };
    mcnemar_test t;

    CU_ASSERT_EQUAL(mcnemar(&t, a, b, 11, 0.05, NULL), LUT_OK);
    CU_ASSERT(t.both == 1 && t.only_a == 1 && t.only_b == 1 && t.neither == 8);
}

/* scipy.stats.spearmanr and kruskal; the interval by its formula in NumPy. */
static void test_association(void)
{
    const double x[] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8 },
                 y[] = { 2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5 },
                 k[] = { 1, 5, 7, 7, 2, 9, 9, 11, 3, 4, 12 }, flat[12] = { 0 };
    const uint32_t group[] = { 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2 };
    association a;

    CU_ASSERT_EQUAL(association_ranks(&a, x, y, 12, 0.05, NULL), LUT_OK);
    CU_ASSERT_DOUBLE_EQUAL(a.value, 0.1415796863640157, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(a.p, 0.6607268292868227, 1e-11);
    CU_ASSERT_DOUBLE_EQUAL(a.lo, -0.4730946598459608, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(a.hi, 0.6635469204756993, 1e-10);
    CU_ASSERT_EQUAL(association_ranks(&a, x, x, 12, 0.05, NULL), LUT_OK);
    CU_ASSERT(a.value == 1 && a.lo == 1 && a.p <= 0);
    CU_ASSERT_EQUAL(association_ranks(&a, x, flat, 12, 0.05, NULL), LUT_OK);
    CU_ASSERT(isnan(a.value) && isnan(a.p));
    CU_ASSERT_EQUAL(association_ranks(&a, x, y, 5, 0.05, NULL), LUT_OK);
    CU_ASSERT(isnan(a.value));
    CU_ASSERT_EQUAL(association_groups(&a, group, 3, k, 11, NULL), LUT_OK);
    CU_ASSERT_DOUBLE_EQUAL(a.value, 1.1467889908256919 / 10, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(a.p, 0.5636090196700034, 1e-12);
}

UNIT_MAIN("student", UNIT(test_interval), UNIT(test_paired), UNIT(test_alike),
          UNIT(test_least), UNIT(test_flip), UNIT(test_wilcoxon), UNIT(test_holm),
          UNIT(test_friedman), UNIT(test_friedman_order), UNIT(test_nemenyi),
          UNIT(test_sets_needed), UNIT(test_mcnemar), UNIT(test_bits),
          UNIT(test_association))
