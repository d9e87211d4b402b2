/* "Did you mean": the nearest of many names. */
#ifndef SWEEP_GUESS_H
#define SWEEP_GUESS_H

typedef struct sweep_guess {
    const char *name;  /* what was given; borrowed */
    unsigned distance; /* only what is nearer counts */
    char best[96];     /* "" while nothing is near enough */
} sweep_guess;

/* The longer the name, the further away an offer may be. */
sweep_guess sweep_guess_start(const char *name);
void sweep_guess_offer(sweep_guess *g, const char *candidate);

#endif
