#include "analysis/friedman.h"
#include "analysis/signs.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

/* By counting, as k is small: what is higher comes before, what is equal shares. */
void friedman_ranks(double *rank, const double *figure, size_t k)
{
    for (size_t i = 0; i < k; i++) {
        size_t higher = 0, equal = 0;

        for (size_t j = 0; j < k; j++) {
            higher += figure[j] > figure[i];
            equal += figure[j] >= figure[i] && figure[j] <= figure[i];
        }
        rank[i] = (double)higher + (double)(equal + 1) / 2;
    }
}

/* Conover 1999, Practical Nonparametric Statistics, 5.8: sums of squares of the ranks that are
 * there take the place of those without ties. */
static double chi_square(const double *rank, size_t sets, size_t methods)
{
    const double n = (double)sets, k = (double)methods, middle = n * (k + 1) / 2;
    double squares = 0, between = 0;

    for (size_t j = 0; j < methods; j++) {
        double sum = 0;

        for (size_t i = 0; i < sets; i++) {
            sum += rank[i * methods + j];
            squares += rank[i * methods + j] * rank[i * methods + j];
        }
        between += (sum - middle) * (sum - middle);
    }
    squares -= n * k * (k + 1) * (k + 1) / 4;
    return squares > 0 ? (k - 1) * between / squares : 0;
}

friedman_test friedman(const double *rank, size_t sets, size_t methods)
{
    const double n = (double)sets, k = (double)methods, most = n * (k - 1);
    friedman_test t = { .sets = sets, .methods = methods };

    t.chi2 = chi_square(rank, sets, methods);
    t.p = gsl_cdf_chisq_Q(t.chi2, k - 1);
    t.least = gsl_cdf_chisq_Q(most, k - 1);
    t.f = t.chi2 < most * (1 - 1e-12) ? (n - 1) * t.chi2 / (most - t.chi2)
                                      : (double)INFINITY;
    t.f_p = isinf(t.f) ? 0 : gsl_cdf_fdist_Q(t.f, k - 1, (k - 1) * (n - 1));
    return t;
}

size_t friedman_needed(size_t methods, double alpha)
{
    const double df = (double)methods - 1;
    size_t n = 2;

    while (gsl_cdf_chisq_Q((double)n * df, df) > alpha)
        n++;
    return n;
}

size_t friedman_sets_needed(size_t methods, double alpha)
{
    return signs_needed(alpha / ((double)methods * (double)(methods - 1) / 2));
}

/* Where the integrand is smooth and 0 at both ends, equal steps converge faster than any power
 * of the step: 1/32 is exact to rounding. */
double friedman_range(double q, size_t k)
{
    const double step = 1.0 / 32;
    double sum = 0;

    if (!(q > 0))
        return 0;
    for (double z = -9; z <= 9 + q; z += step)
        sum += gsl_ran_ugaussian_pdf(z) *
               pow(gsl_cdf_ugaussian_P(z) - gsl_cdf_ugaussian_P(z - q), (double)k - 1);
    return fmin(1, (double)k * step * sum);
}

double friedman_nemenyi(size_t methods, size_t sets, double alpha)
{
    const double k = (double)methods;
    double lo = 0, hi = 100;

    for (int i = 0; i < 60; i++) {
        const double q = (lo + hi) / 2;

        *(friedman_range(q, methods) < 1 - alpha ? &lo : &hi) = q;
    }
    return hi / sqrt(2) * sqrt(k * (k + 1) / (6 * (double)sets));
}
