/* A made-up problem that is the same everywhere: integers only, from the counter-based
 * generator.  Each class has several prototypes of features 0..16, and a sample is one of
 * them with noise on top, so that classes overlap and are no single blob. */
#include "lib/base/rng.h"
#include "lib/data/dataset.h"

#include <stdlib.h>

enum { TOP = 16, STYLES = 3 };

typedef struct synth_cfg {
    uint32_t samples, test_samples, features, classes, noise, seed;
} synth_cfg;

static const lut_field synth_fields[] = {
    LUT_OPTION_U32(synth_cfg, samples, "", 1, 10000000, "2000",
                   "rows of the training part"),
    LUT_OPTION_U32(synth_cfg, test_samples, "", 1, 10000000, "1000",
                   "rows of the test part"),
    LUT_OPTION_U32(synth_cfg, features, "", 1, 65536, "16", "features of a row"),
    LUT_OPTION_U32(synth_cfg, classes, "", 2, LUT_MAX_CLASSES, "10", "classes"),
    LUT_OPTION_U32(synth_cfg, noise, "", 0, 64, "8",
                   "largest step away from the prototype; features run from 0 to 16"),
    LUT_OPTION_U32(synth_cfg, seed, "", 0, UINT32_MAX, "1",
                   "seed of the whole problem"),
};

/* Streams of a problem: prototypes, training rows, test rows. */
enum { PROTOTYPES, TRAIN, TEST };

/* Sum of two even steps: small ones are likelier. */
static int step(lut_rng *rng, uint32_t noise)
{
    uint64_t sum = lut_rng_below(rng, noise + 1u) + lut_rng_below(rng, noise + 1u);

    return (int)sum - (int)noise;
}

static void fill(lut_dataset *d, const synth_cfg *cfg, const uint8_t *prototype,
                 size_t part)
{
    lut_rng stream = lut_rng_make(cfg->seed, LUT_RNG_DATA, part);

    d->classes = cfg->classes;
    for (size_t s = 0; s < d->samples; s++) {
        lut_rng rng =
            lut_rng_sub(&stream, s); /* rows do not depend on how many there are */
        const uint8_t *p;

        d->label[s] = (uint16_t)(s % cfg->classes);
        p = prototype +
            (d->label[s] * STYLES + lut_rng_below(&rng, STYLES)) * d->features;
        for (size_t f = 0; f < d->features; f++) {
            int v = p[f] + step(&rng, cfg->noise);

            d->x[f * d->samples + s] = (float)(v < 0 ? 0 : v > TOP ? TOP : v);
        }
    }
}

static lut_status read(const void *cfg_, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err)
{
    const synth_cfg *cfg = cfg_;
    lut_rng rng = lut_rng_make(cfg->seed, LUT_RNG_DATA, PROTOTYPES);
    size_t n = (size_t)cfg->classes * STYLES * cfg->features;
    uint8_t *prototype;

    (void)set;
    (void)folder;
    LUT_TRY(lut_dataset_alloc(&out->train, cfg->samples, cfg->features, err));
    LUT_TRY(lut_dataset_alloc(&out->test, cfg->test_samples, cfg->features, err));
    prototype = malloc(n);
    if (!prototype)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu prototype features", n);
    for (size_t i = 0; i < n; i++)
        prototype[i] = (uint8_t)lut_rng_below(&rng, TOP + 1);
    fill(&out->train, cfg, prototype, TRAIN);
    fill(&out->test, cfg, prototype, TEST);
    free(prototype);
    return LUT_OK;
}

const lut_reader_ops lut_reader_synth = {
    .name = "synth",
    .doc = "made-up classes around random prototypes; needs no file",
    .fields = synth_fields,
    .nfields = LUT_COUNT(synth_fields),
    .cfg_size = sizeof(synth_cfg),
    .read = read,
};
