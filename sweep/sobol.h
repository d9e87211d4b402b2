/* Sobol's sequence: points that fill the unit cube evenly, each a pure function of its index.
 *
 * Of the first 2^m points, and of every later run of 2^m whose first index is a multiple of
 * 2^m, exactly one lies in each interval of length 2^-m of every dimension.
 * Direction numbers: S. Joe, F. Y. Kuo, "Constructing Sobol sequences with better
 * two-dimensional projections", SIAM J. Sci. Comput. 30 (2008), their table new-joe-kuo-6.
 * Points come in the order of the index itself; the authors' program has them in the order
 * of the Gray code: its point j is ours of index j ^ (j >> 1).
 * Pure functions, no state.
 */
#ifndef SWEEP_SOBOL_H
#define SWEEP_SOBOL_H

#include <stdint.h>

enum { SWEEP_SOBOL_DIMS = 32 };

/* Coordinate of the point in units of 2^-32; dim < SWEEP_SOBOL_DIMS. */
uint32_t sweep_sobol(uint32_t index, unsigned dim);

/* The coordinate after nested uniform scrambling (A. Owen, 1995) by a hash: bits change as
 * seed and higher bits say, so intervals of length 2^-m keep their numbers of points.  B. Burley,
 * "Practical hash-based Owen scrambling", JCGT 9(4), 2020, with the hash of S. Laine and
 * T. Karras, "Stratified sampling for stochastic transparency", EGSR 2011, and Burley's
 * constants.  Every dimension wants a seed of its own. */
uint32_t sweep_scramble(uint32_t x, uint32_t seed);

#endif
