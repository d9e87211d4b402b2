/* Groups of which all members are joined to each other, none of them part of a larger one:
 * maximal cliques, after Bron and Kerbosch (1973, CACM 16, 575) with the pivot of Tomita and
 * others (2006).  Pure functions. */
#ifndef ANALYSIS_CLIQUES_H
#define ANALYSIS_CLIQUES_H

#include "lib/base/base.h"

enum { CLIQUES_NODES = 64 };

/* joined[n]: bit j of joined[i], i and j joined; symmetric, n <= CLIQUES_NODES; a node is not
 * joined to itself.  out[most]: groups of two nodes and more, as bits, in no order.  How many
 * there are; most + 1 where there are more than that, and out has the first. */
size_t cliques_find(uint64_t *out, size_t most, const uint64_t *joined, size_t n);

#endif
