/* Random numbers by counter: a stream is (seed, purpose, layer), number i of it is a pure
 * function of the stream and i.  Adding a consumer never shifts another's numbers.
 *
 * The mixer is the finalizer of splitmix64 (Steele, Lea, Flood 2014; constants of
 * Stafford's variant 13), applied twice to the stream key plus i times the golden ratio. */
#ifndef LUT_BASE_RNG_H
#define LUT_BASE_RNG_H

#include "lib/base/base.h"

/* What a stream is for.  The numbers are part of every result: never change one. */
typedef enum lut_purpose {
    LUT_RNG_WIRING = 1,  /* of a layer; weights of its learnable mapping, too */
    LUT_RNG_INIT = 2,    /* initial weights of a layer; sub-stream: LUT */
    LUT_RNG_SHUFFLE = 3, /* order of the samples of an epoch */
    LUT_RNG_SPLIT = 5,   /* validation rows */
    LUT_RNG_REDRAW = 6,  /* candidates of a layer in training; sub-streams: step, slot */
    LUT_RNG_DATA = 7,    /* what readers draw */
    LUT_RNG_TEST = 8,
    LUT_RNG_NOISE = 9,   /* of the sampling in training; sub-streams: step, layer, LUT */
    LUT_RNG_SAMPLE = 10, /* configurations that a sweep draws; layer: block */
    LUT_RNG_BOOTSTRAP = 11 /* what a report resamples; sub-stream: draw */
} lut_purpose;

/* A stream and its place in it.  A value: copy it freely; one thread advances it. */
typedef struct lut_rng {
    uint64_t key, next;
} lut_rng;

/* A stream at its start.  `layer` is any sub-stream number (layer, epoch, LUT). */
lut_rng lut_rng_make(uint64_t seed, lut_purpose purpose, uint64_t layer);

/* Stream number i of the streams of `r`: independent, at its start. */
lut_rng lut_rng_sub(const lut_rng *r, uint64_t i);

uint64_t lut_rng_at(const lut_rng *r, uint64_t i); /* number i, any order */
uint64_t lut_rng_next(lut_rng *r);                 /* the next one */
double lut_rng_uniform(lut_rng *r);                /* in (0, 1), never 0 or 1 */
double lut_rng_normal(lut_rng *r);                 /* mean 0, deviation 1 */
uint64_t lut_rng_below(lut_rng *r, uint64_t n);    /* 0 .. n - 1; n > 0 */

/* Uniform permutation of p[0 .. n - 1] in place (Fisher and Yates). */
void lut_rng_shuffle(lut_rng *r, uint32_t *p, size_t n);

#endif
