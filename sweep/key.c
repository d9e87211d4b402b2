/* Identity: digests of trials and of data. */
#include "sweep/options.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(SWEEP_KEY == SWEEP_DIGEST, "both are 16 digits");

/* First 64 bits as 16 hex digits. */
static void finish(struct sha256_ctx *sha, char hex[SWEEP_KEY])
{
    uint8_t first[8];

    sha256_digest(sha, sizeof first, first);
    for (size_t i = 0; i < sizeof first; i++)
        snprintf(hex + 2 * i, 3, "%02x", first[i]);
}

static void add_text(struct sha256_ctx *sha, const char *text)
{
    sha256_update(sha, strlen(text), (const uint8_t *)text);
}

static bool is_line_of(const char *line, const char *name)
{
    const size_t n = strlen(name);

    return strncmp(line, name, n) == 0 && strncmp(line + n, " = ", 3) == 0;
}

/* Hardware at its default: trials had the same keys before there was such a field. */
static bool is_default(const char *line)
{
    size_t n;
    const lut_field *f = sweep_hardware_fields(&n);

    for (size_t i = 0; i < n; i++) {
        const char *value = line + strlen(f[i].name) + 3;

        if (is_line_of(line, f[i].name))
            return strcspn(value, "\n") == strlen(f[i].fallback) &&
                   strncmp(value, f[i].fallback, strlen(f[i].fallback)) == 0;
    }
    return false;
}

/* `layers` stands for both. */
static bool is_left_out(const char *line)
{
    return is_line_of(line, "width") || is_line_of(line, "depth") || is_default(line);
}

void sweep_training_key(char key[SWEEP_KEY], const sweep_trial *resolved,
                        const char digest[SWEEP_DIGEST])
{
    sweep_trial t = *resolved;
    size_t n;
    const lut_field *f = sweep_hardware_fields(&n);

    lut_fields_default(f, n, &t);
    sweep_trial_key(key, &t, digest);
}

void sweep_trial_key(char key[SWEEP_KEY], const sweep_trial *resolved,
                     const char digest[SWEEP_DIGEST])
{
    struct sha256_ctx sha;
    char head[64], text[SWEEP_TRIAL_TEXT];

    sha256_init(&sha);
    snprintf(head, sizeof head, "numerics = %d\ndata = %.16s\n", (int)SWEEP_NUMERICS,
             digest);
    add_text(&sha, head);
    sweep_trial_write(text, resolved);
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n") + 1;

        if (!is_left_out(line))
            sha256_update(&sha, n, (const uint8_t *)line);
        line += n;
    }
    finish(&sha, key);
}

/* ---- data, little-endian whatever the machine ---- */

static void add_number(struct sha256_ctx *sha, uint64_t v)
{
    uint8_t b[8];

    for (size_t i = 0; i < sizeof b; i++)
        b[i] = (uint8_t)(v >> (8 * i));
    sha256_update(sha, sizeof b, b);
}

enum { CHUNK = 1024 };

static void add_values(struct sha256_ctx *sha, const float *x, size_t n)
{
    uint8_t b[CHUNK * 4];

    while (n) {
        size_t count = n < CHUNK ? n : CHUNK;

        for (size_t i = 0; i < count; i++) {
            uint32_t v;

            memcpy(&v, &x[i], sizeof v);
            for (size_t j = 0; j < 4; j++)
                b[i * 4 + j] = (uint8_t)(v >> (8 * j));
        }
        sha256_update(sha, count * 4, b);
        x += count;
        n -= count;
    }
}

static void add_labels(struct sha256_ctx *sha, const uint16_t *label, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sha256_update(sha, 2,
                      (const uint8_t[]){ label[i] & 0xff, (uint8_t)(label[i] >> 8) });
}

void sweep_data_digest(char digest[SWEEP_DIGEST], const lut_data *d)
{
    const lut_dataset *part[] = { &d->train, &d->test };
    struct sha256_ctx sha;

    sha256_init(&sha);
    for (size_t i = 0; i < LUT_COUNT(part); i++) {
        add_number(&sha, part[i]->samples);
        add_number(&sha, part[i]->features);
        add_number(&sha, part[i]->classes);
        add_values(&sha, part[i]->x, part[i]->samples * part[i]->features);
        add_labels(&sha, part[i]->label, part[i]->samples);
    }
    finish(&sha, digest);
}
