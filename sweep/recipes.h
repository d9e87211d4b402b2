/* Published settings by name, for a sweep to start from: recipe = "dwn-mnist".  A table;
 * nothing of it but the keys of `text` decides a number. */
#ifndef SWEEP_RECIPES_H
#define SWEEP_RECIPES_H

typedef struct sweep_recipe {
    const char *name, *doc; /* doc: one line */
    const char *text;       /* keys of a trial as configuration text; no blocks */
    const char *source;     /* of settings and figure */
    double published;       /* percent on the test split */
    const char *ours;       /* settings that the source does not say or has otherwise; NULL:
                               none */
    const char *measured;   /* what this program gets, percent, with sd and number of runs; NULL:
                               not measured yet */
} sweep_recipe;

extern const sweep_recipe sweep_recipe_table[]; /* ended by name NULL */

const sweep_recipe *sweep_recipe_find(const char *name); /* NULL: no such recipe */

/* The name that is nearest to one that there is not, "" where none is near; static. */
const char *sweep_recipe_guess(const char *name);

#endif
