/* The networks that are measured: names that others compare by, so they do not change. */
#include "drivers/lutbench.h"

#include <string.h>

/* Steps of so many samples as the libraries that they are compared with. */
#define PIXELS                                                  \
    "encoder=distributive encoder_bits=1 batch=100 lut_rank=2 " \
    "parametrization=difflogic "
#define GATES "encoder=distributive encoder_bits=3 batch=128 width=4000 depth=2 tau=30 "
#define DWN                                                                     \
    "encoder=distributive encoder_bits=3 batch=32 layers=2000-1000 lut_rank=6 " \
    "tau=3.333 parametrization=dwn "
#define NODES    "encoder=distributive encoder_bits=3 batch=128 width=1000 depth=2 tau=10 "
#define RANK(k)  "lut_rank=" #k " "
#define OF(name) "parametrization=" #name " "

/* clang-format off */
const bench_network bench_networks[] = {
    { "difflogic-6x8000", PIXELS "width=8000 depth=6 tau=10", 0 },
    { "difflogic-6x64000", PIXELS "width=64000 depth=6 tau=30", 6000 },
    { "raw2-2x4000", GATES OF(difflogic) RANK(2), 0 },
    { "light2-2x4000", GATES OF(light) RANK(2), 0 },
    { "light4-2x4000", GATES OF(light) RANK(4), 0 },
    { "light6-2x4000", GATES OF(light) RANK(6), 0 },
    { "warp2-2x4000", GATES OF(warp) RANK(2), 0 },
    { "warp4-2x4000", GATES OF(warp) RANK(4), 0 },
    { "warp6-2x4000", GATES OF(warp) RANK(6), 0 },
    { "dwn-2000-1000", DWN, 0 },
    { "dwn-learnable-2000-1000", DWN "mapping_first=learnable learnable.candidates=0", 4000 },
    { "dwn-candidates-2000-1000", DWN "mapping_first=learnable learnable.candidates=16", 0 },
    { "linear4-2x1000", NODES OF(linear) RANK(4), 0 },
    { "linear6-2x1000", NODES OF(linear) RANK(6), 0 },
    { "poly4-2x1000", NODES OF(poly) RANK(4), 0 },
    { "poly6-2x1000", NODES OF(poly) RANK(6), 0 },
    { "neural4-2x1000", NODES OF(neural) RANK(4), 0 },
    { "neural6-2x1000", NODES OF(neural) RANK(6), 0 },
    { NULL, NULL, 0 }
};
/* clang-format on */

/* No validation: nothing but steps is measured. */
static const char common_keys[] =
    "dataset=fashion-mnist validation=0 lr=0.01 optimizer=adam seed=1";

const bench_network *bench_network_find(const char *name)
{
    for (const bench_network *b = bench_networks; b->name; b++)
        if (strcmp(b->name, name) == 0)
            return b;
    return NULL;
}

void bench_network_keys(char text[BENCH_KEYS_TEXT], const bench_network *network)
{
    snprintf(text, BENCH_KEYS_TEXT, "%s %s", common_keys, network->keys);
}

/* Of a key that is given twice the last one counts. */
lut_status bench_keys_make(bench_keys *k, const bench_network *network,
                           const char *const *given, size_t ngiven, lut_err *err)
{
    char *rest = NULL;

    k->n = 0;
    bench_network_keys(k->text, network);
    for (char *p = strtok_r(k->text, " ", &rest); p; p = strtok_r(NULL, " ", &rest))
        k->key[k->n++] = p;
    if (k->n + ngiven > BENCH_KEYS)
        return lut_fail(err, LUT_EINVAL, "%zu keys: want %zu at most", ngiven,
                        BENCH_KEYS - k->n);
    for (size_t i = 0; i < ngiven; i++)
        k->key[k->n++] = given[i];
    return LUT_OK;
}
