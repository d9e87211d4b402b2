/* Order and summary of numbers. */
#include "analysis/report.h"
#include "analysis/student.h"

#include <math.h>
#include <string.h>

/* Two passes: the mean first, so that the squares stay small. */
report_stats report_summary(const double *v, size_t n)
{
    report_stats s = {
        (double)NAN, (double)NAN, (double)NAN, (double)NAN, 0, (double)NAN, 0
    };
    double sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        if (isnan(v[i]))
            continue;
        sum += v[i];
        s.min = s.n == 0 || v[i] < s.min ? v[i] : s.min;
        s.max = s.n == 0 || v[i] > s.max ? v[i] : s.max;
        s.n++;
    }
    if (s.n == 0)
        return s;
    s.mean = sum / (double)s.n;
    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i]))
            squares += (v[i] - s.mean) * (v[i] - s.mean);
    if (s.n > 1)
        s.sd = sqrt(squares / (double)(s.n - 1));
    s.unit_sd = s.sd;
    s.units = s.n;
    return s;
}

double report_half(const report_stats *s, double alpha)
{
    return student_half(s->unit_sd, s->units, alpha);
}

int report_compare(sweep_value a, sweep_value b)
{
    if (a.text && b.text)
        return strcmp(a.text, b.text);
    if (isnan(a.number) || isnan(b.number))
        return (isnan(a.number) != 0) - (isnan(b.number) != 0);
    return (a.number > b.number) - (a.number < b.number);
}
