#include "sweep/guess.h"

#include "lib/base/field.h"

#include <stdio.h>
#include <string.h>

sweep_guess sweep_guess_start(const char *name)
{
    return (sweep_guess){ .name = name, .distance = 2 + (unsigned)(strlen(name) / 4) };
}

void sweep_guess_offer(sweep_guess *g, const char *candidate)
{
    unsigned d = lut_name_distance(g->name, candidate);

    if (d >= g->distance || d >= strlen(candidate))
        return;
    g->distance = d;
    snprintf(g->best, sizeof g->best, "%s", candidate);
}
