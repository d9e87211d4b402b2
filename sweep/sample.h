/* Where drawn configurations come from: numbers in [0, 1) for sample j and dimension dim.
 *
 * Each is a pure function of (source, seed, block, j, dim), for latin also of n: nothing is
 * kept between two, any process makes any of them.  The first samples of random and sobol
 * stay what they are when n grows.
 *
 *   random   independent, by counter (lib/base/rng.h)
 *   sobol    Sobol's points, scrambled (sweep/sobol.h)
 *   latin    one point in each of n strata of every dimension (M. McKay, R. Beckman,
 *            W. Conover, Technometrics 21(2), 1979), at a random place within it; the
 *            permutation of the strata is a Feistel network that walks its cycles back
 *            into range (J. Black, P. Rogaway, CT-RSA 2002)
 */
#ifndef SWEEP_SAMPLE_H
#define SWEEP_SAMPLE_H

#include "lib/base/rng.h"

typedef struct sweep_sample {
    double (*at)(const struct sweep_sample *s, uint64_t j, unsigned dim);
    lut_rng stream;
    uint64_t n; /* samples in all */
} sweep_sample;

/* Does the source draw?  grid and list do not. */
bool sweep_source_draws(const char *source);

/* Dimensions that the source has: of sobol SWEEP_SOBOL_DIMS, else UINT_MAX; 0: does not draw. */
unsigned sweep_source_dims(const char *source);

/* The samples of a block: other blocks draw other numbers.  source: one that draws. */
sweep_sample sweep_sample_make(const char *source, uint64_t seed, uint64_t block,
                               uint64_t n);

/* In [0, 1); j < n, dim < sweep_source_dims. */
double sweep_sample_at(const sweep_sample *s, uint64_t j, unsigned dim);

/* Number i < n under a permutation of 0 .. n - 1 that the stream chooses. */
uint64_t sweep_permute(const lut_rng *stream, uint64_t i, uint64_t n);

#endif
