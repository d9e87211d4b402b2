#include "lib/data/dataset.h"
#include "lib/base/check.h"
#include "lib/base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lut_status lut_dataset_alloc(lut_dataset *d, size_t samples, size_t features,
                             lut_err *err)
{
    size_t values;

    *d = (lut_dataset){ .samples = samples, .features = features };
    if (!__builtin_mul_overflow(samples, features, &values)) {
        d->x = calloc(values ? values : 1, sizeof *d->x);
        d->label = calloc(samples ? samples : 1, sizeof *d->label);
        d->name = calloc(features ? features : 1, sizeof *d->name);
    }
    if (!d->x || !d->label || !d->name) {
        lut_dataset_fini(d);
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu samples of %zu features",
                        samples, features);
    }
    for (size_t f = 0; f < features; f++)
        snprintf(d->name[f], sizeof d->name[f], "x%zu", f);
    return LUT_OK;
}

void lut_dataset_fini(lut_dataset *d)
{
    free(d->x);
    free(d->label);
    free(d->name);
    *d = (lut_dataset){ 0 };
}

void lut_data_fini(lut_data *d)
{
    lut_dataset_fini(&d->train);
    lut_dataset_fini(&d->test);
}

const lut_reader_ops *lut_data_reader(const char *set, const char **options)
{
    const lut_known *known = lut_known_find(set);
    const char *name = known ? known->reader : set;

    if (options)
        *options = known ? known->options : NULL;
    for (size_t i = 0; lut_reader_table[i]; i++)
        if (strcmp(lut_reader_table[i]->name, name) == 0)
            return lut_reader_table[i];
    return NULL;
}

static lut_status unknown(const char *set, lut_err *err)
{
    char all[512] = "";
    size_t used = 0;

    for (const lut_known *k = lut_known_table; k->name && used < sizeof all; k++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s, ", k->name);
    for (size_t i = 0; lut_reader_table[i] && used < sizeof all; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "",
                                 lut_reader_table[i]->name);
    return lut_fail(err, LUT_ENOENT, "\"%s\" is no data set, want one of %s", set, all);
}

/* What the trial says of a known set, into the reader's options. */
static lut_status open_options(void *cfg, const lut_known *known,
                               const lut_reader_ops *reader, const char *options,
                               lut_err *err)
{
    void *own = calloc(1, known->cfg_size ? known->cfg_size : 1);
    char value[LUT_FIELD_TEXT];
    lut_status st;

    if (!own)
        return lut_fail(err, LUT_ENOMEM, "no memory for the options of %s",
                        known->name);
    st = lut_options_parse(own, options, known->name, known->fields, known->nfields,
                           err);
    for (size_t i = 0; st == LUT_OK && i < known->nfields; i++) {
        const lut_field *f = &known->fields[i];
        const lut_field *to = lut_field_find(reader->fields, reader->nfields, f->name);

        LUT_CHECK(to);
        st = lut_field_set_text(to, cfg, lut_field_text(f, value, own), err);
    }
    free(own);
    return st;
}

lut_status lut_data_load(lut_data *out, const char *set, const char *options,
                         const char *const *folder, lut_err *err)
{
    const char *fixed;
    const lut_reader_ops *reader = lut_data_reader(set, &fixed);
    const char *text = fixed ? fixed : options ? options : "";
    lut_status st;
    void *cfg;

    *out = (lut_data){ .train = { .samples = 0 } };
    if (!reader)
        return unknown(set, err);
    cfg = calloc(1, reader->cfg_size);
    if (!cfg)
        return lut_fail(err, LUT_ENOMEM, "no memory for the options of %s",
                        reader->name);
    st = lut_options_parse(cfg, text, reader->name, reader->fields, reader->nfields,
                           err);
    if (st == LUT_OK && fixed)
        st =
            open_options(cfg, lut_known_find(set), reader, options ? options : "", err);
    if (st == LUT_OK)
        st = reader->read(cfg, out, set, folder, err);
    if (st != LUT_OK)
        lut_data_fini(out);
    free(cfg);
    return st;
}

void lut_data_split(uint32_t *rows, size_t *ntrain, size_t *nvalid, size_t samples,
                    double validation, size_t limit, uint64_t seed)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_SPLIT, 0);
    size_t used = limit && limit < samples ? limit : samples;

    LUT_CHECK(samples > 0 && samples <= UINT32_MAX);
    LUT_CHECK(validation >= 0 && validation <= 0.9);
    for (size_t i = 0; i < samples; i++)
        rows[i] = (uint32_t)i;
    lut_rng_shuffle(&rng, rows, samples);
    *nvalid = (size_t)floor((double)used * validation + 0.5);
    if (*nvalid >= used)
        *nvalid = used - 1;
    *ntrain = used - *nvalid;
}
