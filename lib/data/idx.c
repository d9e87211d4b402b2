/* The IDX format of MNIST: big-endian 32-bit magic and sizes, then bytes. */
#include "lib/data/dataset.h"
#include "lib/data/file.h"

#include <stdio.h>

enum {
    IMAGES = 2051, /* 0x803: bytes, three dimensions */
    LABELS = 2049, /* 0x801: bytes, one dimension */
    MAX_SIDE = 4096,
    BLOCK = 64 /* samples transposed in one go, so that both sides stay in cache */
};

typedef struct idx_cfg {
    char train_images[128], train_labels[128], test_images[128], test_labels[128];
    uint32_t border;
} idx_cfg;

static const lut_field idx_fields[] = {
    LUT_OPTION_TEXT(idx_cfg, train_images, NULL, "train-images-idx3-ubyte",
                    "file of the training images"),
    LUT_OPTION_TEXT(idx_cfg, train_labels, NULL, "train-labels-idx1-ubyte",
                    "file of the training labels"),
    LUT_OPTION_TEXT(idx_cfg, test_images, NULL, "t10k-images-idx3-ubyte",
                    "file of the test images"),
    LUT_OPTION_TEXT(idx_cfg, test_labels, NULL, "t10k-labels-idx1-ubyte",
                    "file of the test labels"),
    LUT_OPTION_U32(idx_cfg, border, "pixels", 0, MAX_SIDE / 2, "0",
                   "rows and columns left out at each of the four sides"),
};

/* Where to find the files of a part, and what it must be like. */
typedef struct idx_part {
    const char *set;
    const char *const *folder;
    uint32_t classes;       /* labels are less than this */
    uint32_t rows, columns; /* of an image in the file; 0: any */
    uint32_t border;
} idx_part;

static uint32_t word(const lut_file *f, size_t i)
{
    const unsigned char *p = (const unsigned char *)f->bytes + 4 * i;

    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Header of `words` words, of which the first is the magic. */
static lut_status check_header(const lut_file *f, size_t words, uint32_t magic,
                               const char *what, lut_err *err)
{
    if (f->size < 4 * words)
        return lut_fail(err, LUT_EFORMAT, "%s: %zu bytes, want a header of %zu (%s)",
                        f->path, f->size, 4 * words, what);
    if (word(f, 0) != magic)
        return lut_fail(err, LUT_EFORMAT, "%s: byte 0: magic number %u, want %u (%s)",
                        f->path, word(f, 0), magic, what);
    if (word(f, 1) == 0)
        return lut_fail(err, LUT_EFORMAT, "%s: byte 4: 0 %s, want at least one",
                        f->path, what);
    return LUT_OK;
}

static lut_status check_size(const lut_file *f, size_t want, lut_err *err)
{
    if (f->size == want)
        return LUT_OK;
    return lut_fail(err, LUT_EFORMAT, "%s: %zu bytes, want %zu by its header", f->path,
                    f->size, want);
}

static lut_status check_images(const lut_file *f, const idx_part *part, lut_err *err)
{
    LUT_TRY(check_header(f, 4, IMAGES, "images", err));
    for (size_t i = 2; i < 4; i++)
        if (word(f, i) < 1 || word(f, i) > MAX_SIDE)
            return lut_fail(err, LUT_EFORMAT, "%s: byte %zu: %u %s, want 1..%d",
                            f->path, 4 * i, word(f, i), i == 2 ? "rows" : "columns",
                            MAX_SIDE);
    if (part->rows && (word(f, 2) != part->rows || word(f, 3) != part->columns))
        return lut_fail(err, LUT_EFORMAT,
                        "%s: images of %u x %u, want %u x %u as in the training part",
                        f->path, word(f, 2), word(f, 3), part->rows, part->columns);
    for (size_t i = 2; i < 4; i++)
        if (word(f, i) <= 2 * part->border)
            return lut_fail(err, LUT_EINVAL,
                            "border = %u: nothing is left of images of %u x %u of %s",
                            part->border, word(f, 2), word(f, 3), f->path);
    return check_size(f, 16 + (size_t)word(f, 1) * word(f, 2) * word(f, 3), err);
}

static lut_status check_labels(const lut_file *f, const lut_file *images, lut_err *err)
{
    LUT_TRY(check_header(f, 2, LABELS, "labels", err));
    LUT_TRY(check_size(f, 8 + (size_t)word(f, 1), err));
    if (word(f, 1) != word(images, 1))
        return lut_fail(err, LUT_EFORMAT,
                        "%s: %u labels, want %u as there are images in %s", f->path,
                        word(f, 1), word(images, 1), images->path);
    return LUT_OK;
}

static void copy_images(lut_dataset *d, const lut_file *f, const idx_part *part)
{
    const unsigned char *p = (const unsigned char *)f->bytes + 16;
    const size_t image = (size_t)part->rows * part->columns;
    const uint32_t border = part->border, columns = part->columns - 2 * border;

    for (size_t first = 0; first < d->samples; first += BLOCK) {
        size_t end = first + BLOCK < d->samples ? first + BLOCK : d->samples;

        for (size_t j = 0; j < d->features; j++) {
            size_t at = (j / columns + border) * part->columns + j % columns + border;

            for (size_t s = first; s < end; s++)
                d->x[j * d->samples + s] = p[s * image + at];
        }
    }
    for (size_t j = 0; j < d->features; j++) /* places in the whole image */
        snprintf(d->name[j], sizeof d->name[j], "r%uc%u",
                 (uint32_t)j / columns + border, (uint32_t)j % columns + border);
}

/* Labels below `classes`; d->classes = the largest + 1. */
static lut_status copy_labels(lut_dataset *d, const lut_file *f, uint32_t classes,
                              lut_err *err)
{
    for (size_t s = 0; s < d->samples; s++) {
        d->label[s] = (unsigned char)f->bytes[8 + s];
        if (d->label[s] >= classes)
            return lut_fail(
                err, LUT_EFORMAT,
                "%s: byte %zu: label %u, want 0..%u as in the training part", f->path,
                8 + s, d->label[s], classes - 1);
        if (d->label[s] >= d->classes)
            d->classes = d->label[s] + 1u;
    }
    return LUT_OK;
}

static lut_status fill(lut_dataset *d, idx_part *part, const lut_file *images,
                       const lut_file *labels, lut_err *err)
{
    LUT_TRY(check_images(images, part, err));
    LUT_TRY(check_labels(labels, images, err));
    part->rows = word(images, 2);
    part->columns = word(images, 3);
    LUT_TRY(lut_dataset_alloc(d, word(images, 1),
                              (size_t)(part->rows - 2 * part->border) *
                                  (part->columns - 2 * part->border),
                              err));
    copy_images(d, images, part);
    return copy_labels(d, labels, part->classes, err);
}

static lut_status read_part(lut_dataset *d, idx_part *part, const char *images,
                            const char *labels, lut_err *err)
{
    lut_file x = { .size = 0 }, y = { .size = 0 };
    lut_status st;

    st = lut_file_load(&x, part->set, images, part->folder, err);
    if (st == LUT_OK)
        st = lut_file_load(&y, part->set, labels, part->folder, err);
    if (st == LUT_OK)
        st = fill(d, part, &x, &y, err);
    lut_file_fini(&x);
    lut_file_fini(&y);
    return st;
}

static lut_status read(const void *cfg_, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err)
{
    const idx_cfg *cfg = cfg_;
    idx_part part = {
        .set = set, .folder = folder, .classes = LUT_MAX_CLASSES, .border = cfg->border
    };

    LUT_TRY(read_part(&out->train, &part, cfg->train_images, cfg->train_labels, err));
    if (out->train.classes < 2)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: all labels are 0, want two classes or more",
                        cfg->train_labels);
    part.classes = out->train.classes;
    LUT_TRY(read_part(&out->test, &part, cfg->test_images, cfg->test_labels, err));
    out->test.classes = out->train.classes;
    return LUT_OK;
}

const lut_reader_ops lut_reader_idx = {
    .name = "idx",
    .doc = "images and labels in the IDX format of MNIST",
    .fields = idx_fields,
    .nfields = LUT_COUNT(idx_fields),
    .cfg_size = sizeof(idx_cfg),
    .read = read,
};
