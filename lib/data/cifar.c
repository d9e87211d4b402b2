/* The binary version of CIFAR-10: records of a label and 3 planes (red, green, blue) of
 * 32 x 32 bytes, row by row. */
#include "lib/data/dataset.h"
#include "lib/data/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIDE = 32,
    PLANE = SIDE * SIDE,
    PIXELS = 3 * PLANE,
    RECORD = 1 + PIXELS,
    CLASSES = 10,
    MAX_FILES = 16,
    BLOCK = 64 /* samples transposed in one go, so that both sides stay in cache */
};

typedef struct cifar_cfg {
    char train[160], test[160];
} cifar_cfg;

static const lut_field cifar_fields[] = {
    LUT_OPTION_TEXT(cifar_cfg, train, NULL,
                    "data_batch_1.bin,data_batch_2.bin,data_batch_3.bin,"
                    "data_batch_4.bin,data_batch_5.bin",
                    "files of the training part, in order: A,B,..."),
    LUT_OPTION_TEXT(cifar_cfg, test, NULL, "test_batch.bin", "files of the test part"),
};

/* The files of a part. */
typedef struct batches {
    lut_file file[MAX_FILES];
    size_t n, records;
} batches;

static lut_status add(batches *b, const char *set, const char *name,
                      const char *const *folder, lut_err *err)
{
    lut_file *f = &b->file[b->n];

    LUT_TRY(lut_file_load(f, set, name, folder, err));
    b->n++;
    if (f->size == 0 || f->size % RECORD)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: %zu bytes, want records of %d: a label and 3 planes of "
                        "32 x 32",
                        f->path, f->size, RECORD);
    b->records += f->size / RECORD;
    return LUT_OK;
}

static lut_status load(batches *b, const char *list, const char *set,
                       const char *const *folder, lut_err *err)
{
    char name[160];

    while (b->n < MAX_FILES) {
        size_t length = strcspn(list, ",");

        memcpy(name, list, length); /* shorter than the option, whose size this is */
        name[length] = 0;
        LUT_TRY(add(b, set, name, folder, err));
        if (!list[length])
            return LUT_OK;
        list += length + 1;
    }
    return lut_fail(err, LUT_EINVAL, "cifar: more than %d files of a part", MAX_FILES);
}

static lut_status copy_labels(lut_dataset *d, size_t first, const lut_file *f,
                              lut_err *err)
{
    for (size_t r = 0; r < f->size / RECORD; r++) {
        unsigned char label = (unsigned char)f->bytes[r * RECORD];

        if (label >= CLASSES)
            return lut_fail(err, LUT_EFORMAT, "%s: byte %zu: label %u, want 0..%d",
                            f->path, r * RECORD, label, CLASSES - 1);
        d->label[first + r] = label;
    }
    return LUT_OK;
}

/* The file's records become samples first, first + 1, ... */
static void copy_pixels(lut_dataset *d, size_t first, const lut_file *f)
{
    const unsigned char *p = (const unsigned char *)f->bytes + 1;
    size_t records = f->size / RECORD;

    for (size_t from = 0; from < records; from += BLOCK) {
        size_t end = from + BLOCK < records ? from + BLOCK : records;

        for (size_t j = 0; j < PIXELS; j++)
            for (size_t r = from; r < end; r++)
                d->x[j * d->samples + first + r] = p[r * RECORD + j];
    }
}

static void name_pixels(lut_dataset *d)
{
    for (size_t j = 0; j < PIXELS; j++)
        snprintf(d->name[j], sizeof d->name[j], "%s_r%zuc%zu",
                 j < PLANE       ? "red"
                 : j < 2 * PLANE ? "green"
                                 : "blue",
                 j % PLANE / SIDE, j % SIDE);
}

static lut_status fill(lut_dataset *d, const batches *b, lut_err *err)
{
    size_t first = 0;

    LUT_TRY(lut_dataset_alloc(d, b->records, PIXELS, err));
    d->classes = CLASSES;
    name_pixels(d);
    for (size_t i = 0; i < b->n; i++) {
        LUT_TRY(copy_labels(d, first, &b->file[i], err));
        copy_pixels(d, first, &b->file[i]);
        first += b->file[i].size / RECORD;
    }
    return LUT_OK;
}

static lut_status read_part(lut_dataset *d, const char *list, const char *set,
                            const char *const *folder, lut_err *err)
{
    batches b = { .n = 0 };
    lut_status st = load(&b, list, set, folder, err);

    if (st == LUT_OK)
        st = fill(d, &b, err);
    for (size_t i = 0; i < b.n; i++)
        lut_file_fini(&b.file[i]);
    return st;
}

static lut_status read(const void *cfg_, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err)
{
    const cifar_cfg *cfg = cfg_;

    LUT_TRY(read_part(&out->train, cfg->train, set, folder, err));
    return read_part(&out->test, cfg->test, set, folder, err);
}

const lut_reader_ops lut_reader_cifar = {
    .name = "cifar",
    .doc = "32x32 colour images in the binary version of CIFAR-10",
    .fields = cifar_fields,
    .nfields = LUT_COUNT(cifar_fields),
    .cfg_size = sizeof(cifar_cfg),
    .read = read,
};
