#include "analysis/cliques.h"

typedef struct search {
    uint64_t *out;
    size_t most, n;
    const uint64_t *joined;
} search;

static size_t count(uint64_t set)
{
    return (size_t)__builtin_popcountll(set);
}

static size_t first_of(uint64_t set)
{
    return (size_t)__builtin_ctzll(set);
}

static void put(search *s, uint64_t group)
{
    if (count(group) < 2)
        return;
    if (s->n < s->most)
        s->out[s->n] = group;
    s->n++;
}

/* The node that spares most candidates: those joined to it are met with it, or never. */
static uint64_t to_try(const search *s, uint64_t may, uint64_t done)
{
    uint64_t left = may;

    for (uint64_t rest = may | done; rest; rest &= rest - 1) {
        const uint64_t others = may & ~s->joined[first_of(rest)];

        if (count(others) < count(left))
            left = others;
    }
    return left;
}

/* group: all joined; may, done: joined to all of it, those still to be added and those whose
 * groups are all found.  As deep as there are nodes. */
static void extend(search *s, uint64_t group, uint64_t may, uint64_t done)
{
    if (!may && !done)
        put(s, group);
    for (uint64_t left = to_try(s, may, done); left && s->n <= s->most;
         left &= left - 1) {
        const size_t at = first_of(left);
        const uint64_t bit = (uint64_t)1 << at;

        extend(s, group | bit, may & s->joined[at], done & s->joined[at]);
        may &= ~bit;
        done |= bit;
    }
}

size_t cliques_find(uint64_t *out, size_t most, const uint64_t *joined, size_t n)
{
    search s = { out, most, 0, joined };

    extend(&s, 0, n < CLIQUES_NODES ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0, 0);
    return s.n;
}
