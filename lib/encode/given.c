/* Thresholds from outside: a list for all features, or a file with a line for each. */
#include "lib/data/file.h"
#include "lib/encode/encode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef struct given_cfg {
    char thresholds[512], file[128], crc[16];
} given_cfg;

static const lut_field given_fields[] = {
    LUT_OPTION_TEXT(
        given_cfg, thresholds, NULL, "-",
        "ascending numbers with commas between, for all features: 0.25,0.5"),
    LUT_OPTION_TEXT(given_cfg, file, NULL, "-",
                    "text file with such a line for all features, or one for each"),
    LUT_OPTION_TEXT(given_cfg, crc, NULL, "-",
                    "CRC-32 of that file, 8 hex digits: another file is another trial"),
};

static bool is_set(const char *option)
{
    return strcmp(option, "-") != 0;
}

/* Where a line comes from, for messages. */
typedef struct place_of {
    const char *name;
    size_t line; /* 0: it is an option */
} place_of;

static const char blanks[] = " \t\r";

/* "FILE:LINE", or the option's name. */
static char *where(char out[400], const place_of *at)
{
    if (at->line)
        snprintf(out, 400, "%.300s:%zu", at->name, at->line);
    else
        snprintf(out, 400, "%.300s", at->name);
    return out;
}

static lut_status refuse(const place_of *at, const char *found, const char *what,
                         lut_err *err)
{
    char place[400];

    return lut_fail(err, LUT_EINVAL, "%s: \"%.*s\" is %s", where(place, at),
                    (int)strcspn(found, " ,\t\r\n"), found, what);
}

static const char *skip(const char *text, const char *which)
{
    return text + strspn(text, which);
}

/* count ascending numbers, blanks or a comma between them, up to the end of the line. */
static lut_status read_line(float *out, size_t count, const char *text,
                            const place_of *at, lut_err *err)
{
    char place[400];
    size_t n = 0;

    for (text = skip(text, blanks); *text && *text != '\n'; n++) {
        char *end;
        float v = strtof(text, &end);

        if (end == text || !isfinite(v))
            return refuse(at, text, "no finite number", err);
        if (n && n < count && v < out[n - 1])
            return refuse(at, text, "less than the number before", err);
        if (n < count)
            out[n] = v + 0.0f;
        text = skip(end, blanks);
        text = *text == ',' ? skip(text + 1, blanks) : text;
    }
    if (n == count)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "%s: %zu thresholds, want %zu, one a bit",
                    where(place, at), n, count);
}

static void copy_to_all(lut_encoder *enc)
{
    for (size_t f = 1; f < enc->features; f++)
        memcpy(enc->threshold + f * enc->thresholds, enc->threshold,
               enc->thresholds * sizeof *enc->threshold);
}

/* The file's contents decide the trial's numbers, so its configuration has to name them. */
static lut_status check_crc(const given_cfg *cfg, const lut_file *file, lut_err *err)
{
    char found[16];

    snprintf(found, sizeof found, "%08lx",
             (unsigned long)crc32_z(0, (const Bytef *)file->bytes, file->size));
    if (strcmp(found, cfg->crc) == 0)
        return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "given.crc = \"%s\": that of %.300s is \"%s\", which has to be said so "
        "that another file is another trial",
        cfg->crc, file->path, found);
}

/* Lines that are empty or start with # don't count. */
static bool says_nothing(const char *line)
{
    const char *text = skip(line, blanks);

    return *text == '\n' || *text == 0 || *text == '#';
}

static lut_status read_lines(lut_encoder *enc, const lut_file *file, lut_err *err)
{
    const size_t count = enc->thresholds;
    place_of at = { .name = file->path, .line = 1 };
    size_t f = 0;

    for (const char *line = file->bytes; *line; at.line++) {
        const char *end = line + strcspn(line, "\n");

        if (!says_nothing(line) && f++ < enc->features)
            LUT_TRY(read_line(enc->threshold + (f - 1) * count, count, line, &at, err));
        line = end + (*end != 0);
    }
    if (f == 1)
        copy_to_all(enc);
    if (f == 1 || f == enc->features)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "%.300s has %zu lines of thresholds, want 1 or %zu, one a feature",
                    file->path, f, enc->features);
}

static lut_status read_file(const given_cfg *cfg, lut_encoder *enc,
                            const lut_encode_data *in, lut_err *err)
{
    static const char *const nowhere[] = { NULL };
    lut_file file;
    lut_status st;

    LUT_TRY(lut_file_load(&file, in->set ? in->set : "", cfg->file,
                          in->folder ? in->folder : nowhere, err));
    st = check_crc(cfg, &file, err);
    if (st == LUT_OK)
        st = read_lines(enc, &file, err);
    lut_file_fini(&file);
    return st;
}

static lut_status read_option(float *out, size_t count, const char *text, lut_err *err)
{
    return read_line(out, count, text, &(place_of){ .name = "given.thresholds" }, err);
}

/* One that no file can have is told before any is read. */
static lut_status check_digits(const char *crc, lut_err *err)
{
    if (!is_set(crc) || (strlen(crc) == 8 && strspn(crc, "0123456789abcdef") == 8))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "given.crc = \"%s\": want 8 hex digits, a to f small", crc);
}

static lut_status check_files(const void *cfg_, size_t features, size_t bits,
                              const char *set, const char *const *folder, lut_err *err)
{
    const given_cfg *cfg = cfg_;
    const lut_encode_data in = { .set = set, .folder = folder };
    lut_encoder enc = { .features = features, .thresholds = bits };
    lut_status st;

    if (!is_set(cfg->file))
        return LUT_OK;
    enc.threshold = malloc(features * bits * sizeof *enc.threshold);
    if (!enc.threshold)
        return lut_fail(err, LUT_ENOMEM, "no memory for the thresholds of %zu features",
                        features);
    st = read_file(cfg, &enc, &in, err);
    free(enc.threshold);
    return st == LUT_OK ? st : lut_err_wrap(err, "given.file = \"%s\"", cfg->file);
}

static lut_status check(const void *cfg_, size_t bits, const lut_fixed *input,
                        lut_err *err)
{
    const given_cfg *cfg = cfg_;
    float threshold[LUT_MAX_ENCODER_BITS];

    (void)input;
    if (is_set(cfg->thresholds) == is_set(cfg->file))
        return lut_fail(
            err, LUT_EINVAL,
            "given.thresholds = \"%s\", given.file = \"%s\": want one of them",
            cfg->thresholds, cfg->file);
    return is_set(cfg->file) ? check_digits(cfg->crc, err)
                             : read_option(threshold, bits, cfg->thresholds, err);
}

static lut_status place(const void *cfg_, lut_encoder *enc, const lut_encode_data *in,
                        lut_err *err)
{
    const given_cfg *cfg = cfg_;

    if (is_set(cfg->file))
        return read_file(cfg, enc, in, err);
    LUT_TRY(read_option(enc->threshold, enc->thresholds, cfg->thresholds, err));
    copy_to_all(enc);
    return LUT_OK;
}

const lut_encode_ops lut_encode_given = {
    .name = "given",
    .doc = "thresholds from an option or a file",
    .fields = given_fields,
    .nfields = LUT_COUNT(given_fields),
    .cfg_size = sizeof(given_cfg),
    .check = check,
    .place = place,
    .check_files = check_files,
};
