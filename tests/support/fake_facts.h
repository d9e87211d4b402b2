/* What validation asks of data sets, without data: and what it says, caught. */
#ifndef TESTS_SUPPORT_FAKE_FACTS_H
#define TESTS_SUPPORT_FAKE_FACTS_H

#include "sweep/space.h"

typedef struct fake_facts {
    unsigned asked; /* calls so far */
} fake_facts;

/* A sweep_facts_fn: ten classes, 1000 rows or as many as synth is to make up, a digest that
 * depends on set and options; the set "mnist" cannot be had. */
lut_status fake_facts_ask(void *arg, sweep_data_facts *out, const char *dataset,
                          const char *options, lut_err *err);

/* Lines of a callback, joined by newlines. */
typedef struct fake_lines {
    char text[80000];
    size_t n;
} fake_lines;

void fake_lines_add(void *arg, const char *line);

#endif
