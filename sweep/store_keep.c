/* Which networks are kept: pure, no HDF5 calls. */
#include "sweep/store_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t all_limit = (size_t)1 << 30; /* keep is "all" below it by default */

/* Tables and wires as they compress, and what HDF5 needs for the objects of a group. */
size_t sweep_store_bytes(const sweep_result *r)
{
    size_t bytes = 4096;

    if (!r->has_network)
        return 0;
    bytes += 4 * r->encoder.features * (r->encoder.thresholds + 2);
    bytes += (size_t)r->classes * r->classes + r->ntest / 8;
    for (uint32_t l = 0; l < r->circuit.nlayers; l++) {
        const lut_circuit_layer *layer = &r->circuit.layer[l];

        bytes +=
            2048 + (size_t)layer->luts * (((size_t)1 << layer->k) / 6 + 2 * layer->k);
    }
    return bytes;
}

static int compare(double a, double b)
{
    return (a > b) - (a < b);
}

/* More accurate first, then smaller, then by key: a total order for any input order. */
static int by_accuracy(const void *pa, const void *pb)
{
    const sweep_candidate *a = *(const sweep_candidate *const *)pa;
    const sweep_candidate *b = *(const sweep_candidate *const *)pb;
    int order = compare(b->valid_accuracy, a->valid_accuracy);

    if (!order)
        order = compare(a->luts, b->luts);
    return order ? order : strcmp(a->key, b->key);
}

/* Smaller first, then more accurate. */
static int by_size(const void *pa, const void *pb)
{
    const sweep_candidate *a = *(const sweep_candidate *const *)pa;
    const sweep_candidate *b = *(const sweep_candidate *const *)pb;
    int order = compare(a->luts, b->luts);

    return order ? order : by_accuracy(pa, pb);
}

/* Candidates that can be ranked; *list is owned. */
static size_t ranked(const sweep_candidate ***list, const sweep_candidate *c, size_t n)
{
    size_t m = 0;

    *list = malloc((n ? n : 1) * sizeof **list);
    for (size_t i = 0; *list && i < n; i++)
        if (c[i].has_network && !isnan(c[i].valid_accuracy) && !isnan(c[i].luts))
            (*list)[m++] = &c[i];
    return m;
}

static void mark_front(bool *keep, const sweep_candidate *c,
                       const sweep_candidate **list, size_t n)
{
    double best = -1, best_luts = -1;

    qsort(list, n, sizeof *list, by_size);
    for (size_t i = 0; i < n; i++) {
        bool equal = compare(list[i]->valid_accuracy, best) == 0 &&
                     compare(list[i]->luts, best_luts) == 0;

        if (!(list[i]->valid_accuracy > best) && !equal)
            continue;
        keep[list[i] - c] = true;
        best = list[i]->valid_accuracy;
        best_luts = list[i]->luts;
    }
}

static void mark_best(bool *keep, const sweep_candidate *c,
                      const sweep_candidate **list, size_t n, size_t best)
{
    qsort(list, n, sizeof *list, by_accuracy);
    for (size_t i = 0; i < n && i < best; i++)
        keep[list[i] - c] = true;
}

typedef enum policy { ALL, PARETO, NONE, BEST } policy;

static bool parse(const char *text, policy *p, size_t *best)
{
    static const char *const name[] = {
        [ALL] = "all", [PARETO] = "pareto", [NONE] = "none"
    };
    char *end;

    for (size_t i = 0; i < LUT_COUNT(name); i++)
        if (strcmp(text, name[i]) == 0) {
            *p = (policy)i;
            return true;
        }
    if (strncmp(text, "best:", 5) != 0 || text[5] < '1' || text[5] > '9')
        return false;
    *p = BEST;
    *best = (size_t)strtoull(text + 5, &end, 10);
    return *end == 0;
}

static const char *by_default(const sweep_candidate *c, size_t n)
{
    size_t bytes = 0;

    for (size_t i = 0; i < n; i++)
        bytes += c[i].bytes;
    return bytes <= all_limit ? "all" : "pareto";
}

lut_status sweep_store_keep(bool *keep, const sweep_candidate *c, size_t n,
                            const char *text, lut_err *err)
{
    const sweep_candidate **list;
    policy p = NONE;
    size_t best = 0, m;

    if (!text || !text[0])
        text = by_default(c, n);
    if (!parse(text, &p, &best))
        return lut_fail(err, LUT_EINVAL,
                        "keep = \"%.40s\": want all, pareto, best:N or none", text);
    for (size_t i = 0; i < n; i++)
        keep[i] = p == ALL && c[i].has_network;
    if (p == ALL || p == NONE)
        return LUT_OK;
    m = ranked(&list, c, n);
    if (!list)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    if (p == PARETO)
        mark_front(keep, c, list, m);
    else
        mark_best(keep, c, list, m, best);
    free(list);
    return LUT_OK;
}
