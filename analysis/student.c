#include "analysis/student.h"
#include "analysis/report.h"
#include "analysis/signs.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double student_half(double sd, size_t n, double alpha)
{
    if (n < 2)
        return (double)NAN;
    return gsl_cdf_tdist_Qinv(alpha / 2, (double)(n - 1)) * sd / sqrt((double)n);
}

student_interval student_of(double mean, double sd, size_t n, double alpha)
{
    student_interval s = { n, mean, sd, (double)NAN, (double)NAN };

    if (n < 2 || isnan(sd))
        return s;
    s.lo = mean - student_half(sd, n, alpha);
    s.hi = mean + student_half(sd, n, alpha);
    return s;
}

student_interval student_mean(const double *v, size_t n, double alpha)
{
    const report_stats s = report_summary(v, n);

    return student_of(s.mean, s.sd, s.n, alpha);
}

double student_p(const student_interval *s)
{
    if (s->n < 2 || isnan(s->sd))
        return (double)NAN;
    if (s->sd <= 0)
        return s->mean < 0 || s->mean > 0 ? 0 : 1;
    return 2 * gsl_cdf_tdist_Q(fabs(s->mean) * sqrt((double)s->n) / s->sd,
                               (double)(s->n - 1));
}

/* The reach falls with n, so that halving finds the place. */
size_t student_needed(double mean, double sd, double alpha)
{
    const double gap = fabs(mean);
    size_t lo = 1, hi = 2;

    if (!(gap > 0) || isnan(sd))
        return 0;
    while (student_half(sd, hi, alpha) >= gap) {
        lo = hi;
        hi *= 2;
        if (hi > (size_t)1 << 40)
            return 0;
    }
    while (hi - lo > 1) {
        const size_t n = lo + (hi - lo) / 2;

        *(student_half(sd, n, alpha) >= gap ? &lo : &hi) = n;
    }
    return hi;
}

/* Few equal differences, as of accuracies on few rows, have no spread to judge them by: t would
 * be sure of what two pairs cannot know. */
static void doubt(student_pairs *p, double largest, double alpha)
{
    const double rounding = 1e-12 * largest;

    p->alike = p->difference.n > 1 && p->difference.sd <= rounding &&
               p->difference.n < signs_needed(alpha);
    if (!p->alike)
        return;
    p->difference.lo = p->difference.hi = (double)NAN;
    p->needed = 0;
    p->p = fabs(p->difference.mean) <= rounding ? 1 : (double)NAN;
}

/* Two passes, so that the squares stay small and nothing is kept. */
student_pairs student_paired(const double *a, const double *b, size_t n, double alpha)
{
    double sum = 0, squares = 0, largest = 0, mean;
    student_pairs p = { .needed = 0 };
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(a[i] - b[i])) {
            sum += a[i] - b[i];
            largest = fmax(largest, fmax(fabs(a[i]), fabs(b[i])));
            m++;
        }
    mean = m ? sum / (double)m : (double)NAN;
    for (size_t i = 0; i < n; i++)
        if (!isnan(a[i] - b[i]))
            squares += (a[i] - b[i] - mean) * (a[i] - b[i] - mean);
    p.difference = student_of(
        mean, m < 2 ? (double)NAN : sqrt(squares / (double)(m - 1)), m, alpha);
    p.p = student_p(&p.difference);
    p.needed = student_needed(p.difference.mean, p.difference.sd, alpha);
    doubt(&p, largest, alpha);
    return p;
}
