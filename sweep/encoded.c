#include "sweep/encoded.h"
#include "lib/base/arena.h"
#include "sweep/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static const char magic[8] = "LUTENC3";

/* Start of the block; the sections follow in the order of `sections`. */
typedef struct header {
    char magic[8];
    uint64_t size; /* of the block */
    uint32_t crc;  /* of the whole block, with 0 in its own place */
    uint32_t classes;
    uint64_t features, thresholds, bits, outputs, ntrain, nvalid, ntest;
    uint32_t selected; /* whether there is a column section */
    uint32_t valued;   /* whether there are sections of raw values */
    uint32_t width, is_signed;
    int32_t frac; /* of the inputs */
    char kind[32];
} header;

typedef struct sections {
    header *head;
    float *threshold;
    uint8_t *codes;
    char (*name)[LUT_FEATURE_NAME];
    uint32_t *column;
    uint64_t *x, *xtest;
    float *value, *vtest;
    uint16_t *label, *ltest;
} sections;

static size_t row_words(const header *h)
{
    return lut_ceil_div(h->outputs, 64);
}

static uint32_t crc_of(const header *h)
{
    header head = *h;
    uLong crc;

    head.crc = 0;
    crc = crc32_z(0, (const Bytef *)&head, sizeof head);
    return (uint32_t)crc32_z(crc, (const Bytef *)(h + 1), h->size - sizeof head);
}

/* Sizes that can be true, so that none of the sums of `place` wraps. */
static bool plausible(const header *h, size_t size)
{
    const uint64_t most = 1u << 30; /* samples */

    return size >= sizeof *h && memcmp(h->magic, magic, sizeof magic) == 0 &&
           h->size == size && h->features <= 1u << 24 &&
           h->thresholds <= LUT_MAX_THRESHOLDS && h->bits <= LUT_MAX_ENCODER_BITS &&
           h->outputs <= h->features * h->bits && h->ntrain <= most &&
           h->nvalid <= most && h->ntest <= most;
}

/* Where the sections are; run with an empty arena first for the size. */
static void place(sections *s, lut_arena *a, const header *h)
{
    size_t rows = h->ntrain + h->nvalid, ld = row_words(h);

    s->head = lut_arena_take(a, 1, sizeof *s->head);
    s->threshold = lut_arena_take(a, h->features * h->thresholds, sizeof *s->threshold);
    s->codes = lut_arena_take(a, (h->thresholds + 1) * h->bits, 1);
    s->name = lut_arena_take(a, h->features, sizeof *s->name);
    s->column = lut_arena_take(a, h->selected ? h->outputs : 0, sizeof *s->column);
    s->x = lut_arena_take(a, rows * ld, sizeof *s->x);
    s->xtest = lut_arena_take(a, h->ntest * ld, sizeof *s->xtest);
    s->value = lut_arena_take(a, h->valued ? rows * h->features : 0, sizeof *s->value);
    s->vtest =
        lut_arena_take(a, h->valued ? h->ntest * h->features : 0, sizeof *s->vtest);
    s->label = lut_arena_take(a, rows, sizeof *s->label);
    s->ltest = lut_arena_take(a, h->ntest, sizeof *s->ltest);
}

static void attach_encoder(lut_encoder *enc, const header *h, const sections *s)
{
    *enc = (lut_encoder){ .features = h->features,
                          .thresholds = h->thresholds,
                          .bits = h->bits,
                          .threshold = s->threshold,
                          .codes = s->codes,
                          .name = s->name,
                          .input = { h->width, h->frac, h->is_signed != 0 },
                          .column = h->selected ? s->column : NULL,
                          .outputs = h->outputs };
    memcpy(enc->kind, h->kind, sizeof enc->kind);
}

/* The views of the three parts; training rows come before validation rows. */
static void attach_samples(sweep_encoded *e, const header *h, const sections *s)
{
    const size_t ld = row_words(h);

    e->train = (lut_samples){ .x = s->x,
                              .ld = ld,
                              .inputs = h->outputs,
                              .label = s->label,
                              .n = h->ntrain,
                              .value = h->valued ? s->value : NULL,
                              .features = h->features };
    e->valid = e->test = e->train;
    e->valid.x += h->ntrain * ld;
    e->valid.label += h->ntrain;
    e->valid.n = h->nvalid;
    e->test.x = s->xtest;
    e->test.label = s->ltest;
    e->test.n = h->ntest;
    if (!h->valued)
        return;
    e->valid.value += h->ntrain * h->features;
    e->test.value = s->vtest;
}

/* Make the views from a whole block; false when it is not one. */
static bool attach(sweep_encoded *e)
{
    const header *h = e->block;
    lut_arena plan = { 0 }, real = { .base = e->block, .size = e->size };
    sections s;

    if (!plausible(h, e->size))
        return false;
    place(&s, &plan, h);
    if (plan.overflow || plan.used != e->size || crc_of(h) != h->crc)
        return false;
    place(&s, &real, h);
    attach_encoder(&e->encoder, h, &s);
    e->classes = h->classes;
    attach_samples(e, h, &s);
    return true;
}

/* ---- making a block ---- */

/* Raw values, sample by sample: what learnt thresholds are compared with. */
static void copy_values(float *out, const lut_dataset *d, const uint32_t *rows,
                        size_t n)
{
    for (size_t f = 0; f < d->features; f++)
        for (size_t i = 0; i < n; i++)
            out[i * d->features + f] = d->x[f * d->samples + (rows ? rows[i] : i)];
}

static void fill(sections *s, const header *h, const lut_encoder *enc,
                 const lut_data *d, const uint32_t *rows)
{
    size_t n = h->ntrain + h->nvalid, ld = row_words(h);

    *s->head = *h;
    memcpy(s->threshold, enc->threshold,
           h->features * h->thresholds * sizeof *s->threshold);
    memcpy(s->codes, enc->codes, (h->thresholds + 1) * h->bits);
    memcpy(s->name, enc->name, h->features * sizeof *s->name);
    if (h->selected)
        memcpy(s->column, enc->column, h->outputs * sizeof *s->column);
    lut_encoder_apply(enc, s->x, ld, &d->train, rows, n);
    lut_encoder_apply(enc, s->xtest, ld, &d->test, NULL, d->test.samples);
    if (h->valued) {
        copy_values(s->value, &d->train, rows, n);
        copy_values(s->vtest, &d->test, NULL, d->test.samples);
    }
    for (size_t i = 0; i < n; i++)
        s->label[i] = d->train.label[rows[i]];
    memcpy(s->ltest, d->test.label, d->test.samples * sizeof *s->ltest);
    s->head->crc = crc_of(s->head);
}

static lut_status encode(sweep_encoded *e, const lut_data *d, const lut_encoder *enc,
                         bool valued, const uint32_t *rows, size_t ntrain,
                         size_t nvalid, lut_err *err)
{
    header h = { .classes = d->train.classes,
                 .features = enc->features,
                 .thresholds = enc->thresholds,
                 .bits = enc->bits,
                 .outputs = enc->outputs,
                 .valued = valued,
                 .selected = enc->column != NULL,
                 .width = enc->input.width,
                 .frac = enc->input.frac,
                 .is_signed = enc->input.is_signed,
                 .ntrain = ntrain,
                 .nvalid = nvalid,
                 .ntest = d->test.samples };
    lut_arena a = { 0 };
    sections s;

    memcpy(h.magic, magic, sizeof magic);
    memcpy(h.kind, enc->kind, sizeof h.kind);
    place(&s, &a, &h);
    h.size = a.used;
    LUT_TRY(lut_arena_alloc(&a, err));
    place(&s, &a, &h);
    fill(&s, &h, enc, d, rows);
    e->block = a.base;
    e->size = a.size;
    return LUT_OK;
}

static lut_status fit(lut_encoder *enc, const sweep_lab *lab, const sweep_trial *t,
                      const lut_dataset *d, const uint32_t *rows, size_t n,
                      lut_err *err)
{
    lut_encode_data in = {
        .d = d, .rows = rows, .n = n, .set = t->dataset, .folder = lab->folder
    };
    lut_encoder_cfg cfg = sweep_encoder_cfg(t);
    sweep_plugin plugin;
    lut_status st;
    void *options;

    LUT_TRY(sweep_trial_plugin(&plugin, t, "encoder", err));
    options = sweep_plugin_cfg(&plugin, t->options, err);
    if (!options)
        return err ? err->code : LUT_EINVAL;
    cfg.ops = plugin.ops;
    cfg.cfg = options;
    st = lut_encoder_fit(enc, &cfg, &in, err);
    free(options);
    return st;
}

static lut_status check_digest(const lut_data *d, const sweep_trial *t,
                               const char *digest, lut_err *err)
{
    char found[SWEEP_DIGEST];

    if (!digest)
        return LUT_OK;
    sweep_data_digest(found, d);
    if (strcmp(found, digest) == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EFORMAT,
                    "data set %s has changed: its digest is %s, the sweep "
                    "was planned with %s; run the command again",
                    t->dataset, found, digest);
}

lut_status sweep_rows_open(sweep_rows *r, const sweep_lab *lab, const sweep_trial *t,
                           const char *digest, lut_err *err)
{
    lut_status st;

    *r = (sweep_rows){ .row = NULL };
    LUT_TRY(lut_data_load(&r->data, t->dataset, t->options, lab->folder, err));
    st = check_digest(&r->data, t, digest, err);
    if (st == LUT_OK &&
        !(r->row = malloc((r->data.train.samples + 1) * sizeof *r->row)))
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", r->data.train.samples);
    if (st != LUT_OK) {
        sweep_rows_close(r);
        return st;
    }
    lut_data_split(r->row, &r->ntrain, &r->nvalid, r->data.train.samples, t->validation,
                   t->train_limit, t->split_seed);
    return LUT_OK;
}

void sweep_rows_close(sweep_rows *r)
{
    free(r->row);
    lut_data_fini(&r->data);
    *r = (sweep_rows){ .row = NULL };
}

static lut_status make(sweep_encoded *e, const sweep_lab *lab, const sweep_trial *t,
                       const char *digest, lut_err *err)
{
    lut_encoder enc = { 0 };
    sweep_rows r;
    lut_status st;

    LUT_TRY(sweep_rows_open(&r, lab, t, digest, err));
    st = fit(&enc, lab, t, &r.data.train, r.row, r.ntrain, err);
    if (st == LUT_OK)
        st = encode(e, &r.data, &enc, t->encoder_learn, r.row, r.ntrain, r.nvalid, err);
    lut_encoder_fini(&enc);
    sweep_rows_close(&r);
    return st;
}

/* ---- the cache file ---- */

/* Hash of what the block depends on, FNV-1a: part of the file's name. */
static uint64_t hash_text(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return (h ^ 0xff) * 0x100000001b3u;
}

/* Options of the reader and of the encoder; those of the network don't matter here. */
static lut_status data_options(char out[SWEEP_OPTIONS], const sweep_trial *t,
                               lut_err *err)
{
    sweep_plugin encoder;
    lut_status st;
    void *cfg;

    LUT_TRY(sweep_options_reader(out, t, err));
    LUT_TRY(sweep_trial_plugin(&encoder, t, "encoder", err));
    cfg = sweep_plugin_cfg(&encoder, t->options, err);
    if (!cfg)
        return err ? err->code : LUT_EINVAL;
    st = lut_options_append(out, SWEEP_OPTIONS, encoder.name, encoder.field,
                            encoder.nfields, cfg, err);
    free(cfg);
    return st;
}

static lut_status cache_path(char *path, size_t size, const sweep_lab *lab,
                             const sweep_trial *t, const char *digest, lut_err *err)
{
    char options[SWEEP_OPTIONS], numbers[200];
    uint64_t h = 0xcbf29ce484222325u;
    int used;

    LUT_TRY(data_options(options, t, err));
    snprintf(numbers, sizeof numbers, "%u %.17g %u %u %u %.17g %d", t->encoder_bits,
             t->validation, t->split_seed, t->train_limit, t->input_width,
             t->input_frac, t->encoder_learn);
    h = hash_text(h, digest);
    h = hash_text(h, t->encoder);
    h = hash_text(h, t->encoder_scope);
    h = hash_text(h, t->encoder_binary);
    h = hash_text(h, t->input_signed);
    h = hash_text(h, options);
    h = hash_text(h, numbers);
    used = snprintf(path, size, "%s/%.32s-%s-%u-%016llx.enc", lab->cache, t->dataset,
                    t->encoder, t->encoder_bits, (unsigned long long)h);
    if (used < 0 || (size_t)used >= size)
        return lut_fail(err, LUT_EINVAL,
                        "%.200s...: the path of encoded data is longer than "
                        "%zu characters",
                        lab->cache, size - 1);
    return LUT_OK;
}

/* LUT_ENOENT: no file, or not a whole one. */
static lut_status map_file(sweep_encoded *e, const char *path, lut_err *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = MAP_FAILED;

    if (fd < 0)
        return lut_fail(err, LUT_ENOENT, "%s: %s", path, strerror(errno));
    if (fstat(fd, &info) == 0 && info.st_size >= (off_t)sizeof(header))
        p = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return lut_fail(err, LUT_ENOENT, "%s: cannot be mapped", path);
    e->block = p;
    e->size = (size_t)info.st_size;
    e->mapped = true;
    if (attach(e))
        return LUT_OK;
    sweep_encoded_close(e);
    return lut_fail(err, LUT_ENOENT, "%s: is damaged", path);
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        p += done;
        n -= (size_t)done;
    }
    return true;
}

static lut_status save(const sweep_encoded *e, const char *path, lut_err *err)
{
    char temp[1200];
    int fd;
    bool good;

    snprintf(temp, sizeof temp, "%s.%ld.tmp", path, (long)getpid());
    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return lut_fail(err, LUT_EIO, "%s: %s", temp, strerror(errno));
    good = write_all(fd, e->block, e->size);
    good = close(fd) == 0 && good;
    if (good && rename(temp, path) == 0)
        return LUT_OK;
    lut_fail(err, LUT_EIO, "%s: %s", temp, strerror(errno));
    unlink(temp);
    return LUT_EIO;
}

static lut_status open_cached(sweep_encoded *e, const sweep_lab *lab,
                              const sweep_trial *trial, const char *digest,
                              lut_err *err)
{
    char path[1024];
    lut_status st;

    LUT_TRY(cache_path(path, sizeof path, lab, trial, digest, err));
    if (map_file(e, path, err) == LUT_OK)
        return LUT_OK;
    LUT_TRY(make(e, lab, trial, digest, err));
    st = save(e, path, err);
    sweep_encoded_close(e);
    return st == LUT_OK ? map_file(e, path, err) : st;
}

lut_status sweep_encoded_open(sweep_encoded *e, const sweep_lab *lab,
                              const sweep_trial *trial, const char *digest,
                              lut_err *err)
{
    *e = (sweep_encoded){ 0 };
    if (lab->cache && digest)
        return open_cached(e, lab, trial, digest, err);
    LUT_TRY(make(e, lab, trial, digest, err));
    if (attach(e))
        return LUT_OK;
    sweep_encoded_close(e);
    return lut_fail(err, LUT_EINVAL, "the encoded data set is too large");
}

void sweep_encoded_close(sweep_encoded *e)
{
    if (e->mapped)
        munmap(e->block, e->size);
    else
        free(e->block);
    *e = (sweep_encoded){ 0 };
}
