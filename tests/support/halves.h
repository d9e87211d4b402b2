/* IEEE 754 binary16 by its definition, in doubles: what kernels' halves are compared with. */
#ifndef TESTS_SUPPORT_HALVES_H
#define TESTS_SUPPORT_HALVES_H

#include <math.h>
#include <stdint.h>

/* Infinity for 0x7c00, NaN above. */
static inline double half_value(uint16_t h)
{
    int exponent = h >> 10 & 31, fraction = h & 1023;
    double size = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);

    if (exponent == 31)
        size = fraction ? (double)NAN : (double)INFINITY;
    return copysign(size, h & 0x8000 ? -1 : 1);
}

/* The nearest half, the even one of two; x is no NaN. */
static inline uint16_t half_nearest(double x)
{
    uint16_t sign = signbit(x) ? 0x8000 : 0;
    double size = fabs(x), whole, rest;
    int exponent;

    if (size >= 65520) /* halfway from the largest half to 2^16 */
        return sign | 0x7c00;
    (void)frexp(size, &exponent); /* size < 2^exponent */
    exponent = size < 0x1p-14 ? -13 : exponent;
    size = ldexp(size, 11 - exponent); /* in units of the last place */
    whole = floor(size);
    rest = size - whole;
    whole += rest > 0.5 || (rest == 0.5 && fmod(whole, 2) == 1);
    /* a carry out of the fraction is the next exponent */
    return (uint16_t)(sign | (unsigned)((exponent + 13) * 1024 + (int)whole));
}

#endif
