#include "lib/base/mathx.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static uint64_t bits_of(double x)
{
    uint64_t u;

    memcpy(&u, &x, sizeof u);
    return u;
}

static double double_of(uint64_t u)
{
    double x;

    memcpy(&x, &u, sizeof x);
    return x;
}

static const double ln2_hi = 0x1.62e42fee00000p-1, ln2_lo = 0x1.a39ef35793c76p-33;

/* ln x = e ln 2 + 2 atanh(s), s = (m - 1) / (m + 1), m in [sqrt(1/2), sqrt(2)). */
double lut_ln(double x)
{
    const uint64_t half_root = 0x3fe6a09e667f3bcdu; /* bits of sqrt(1/2) */
    uint64_t u = bits_of(x);
    int64_t e = (int64_t)(u - half_root) >> 52;
    double m = double_of(u - ((uint64_t)e << 52));
    double s = (m - 1) / (m + 1), z = s * s, sum = 0;

    if (!(x < (double)INFINITY))
        return x;
    for (int i = 23; i >= 3; i -= 2)
        sum = (sum + 1.0 / i) * z;
    return (double)e * ln2_hi + (2 * s + (2 * s * sum + (double)e * ln2_lo));
}

/* sum of (-1)^i t^(2 i + odd) / (2 i + odd)!, t <= pi / 4: sine for odd = 1, else cosine.
 * The first term left out is below 1e-18. */
static double taylor(double t, int odd)
{
    double sum = 1, z = t * t;

    for (int n = 18 + odd; n > odd; n -= 2)
        sum = 1 - z * sum / (double)(n * (n - 1));
    return odd ? t * sum : sum;
}

/* Reduced to the first eighth of the circle, where no result is close to 0. */
double lut_cos_pi(double x)
{
    const double pi = 0x1.921fb54442d18p+1;
    double sign = 1;

    x = fabs(x);
    x -= 2 * floor(x / 2);
    if (x > 1)
        x = 2 - x;
    if (x > 0.5) {
        x = 1 - x;
        sign = -1;
    }
    return sign * (x > 0.25 ? taylor(pi * (0.5 - x), 1) : taylor(pi * x, 0));
}

/* e^x = 2^i e^r, |r| <= ln 2 / 2; fourteen terms of the series leave less than 1e-17. */
double lut_exp(double x)
{
    const double magic = 0x1.8p52; /* adding it rounds to an integer */
    double i, r, sum = 1;

    if (!(x >= -700 && x <= 700))
        return x > 0 ? (double)INFINITY : x < 0 ? 0 : x;
    i = x * 0x1.71547652b82fep0 + magic;
    i -= magic;
    r = (x - i * ln2_hi) - i * ln2_lo;
    for (int n = 14; n >= 1; n--)
        sum = 1 + sum * r / n;
    return sum * double_of((uint64_t)(1023 + (int64_t)i) << 52);
}

static double rational(const double num[8], const double den[8], double x)
{
    double a = num[7], b = den[7];

    for (int i = 6; i >= 0; i--) {
        a = a * x + num[i];
        b = b * x + den[i];
    }
    return a / b;
}

double lut_normal_quantile(double p)
{
    static const double a[8] = { 3.3871328727963666080e0,  1.3314166789178437745e+2,
                                 1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3 };
    static const double b[8] = { 1,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3 };
    static const double c[8] = { 1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4 };
    static const double d[8] = { 1,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9 };
    static const double e[8] = { 6.65790464350110377720e0,  5.46378491116411436990e0,
                                 1.78482653991729133580e0,  2.96560571828504891230e-1,
                                 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7 };
    static const double f[8] = { 1,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15 };
    double q = p - 0.5, r;

    if (q >= -0.425 && q <= 0.425)
        return q * rational(a, b, 0.180625 - q * q);
    r = sqrt(-lut_ln(q < 0 ? p : 1 - p));
    r = r <= 5 ? rational(c, d, r - 1.6) : rational(e, f, r - 5);
    return q < 0 ? -r : r;
}
