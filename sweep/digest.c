#include "sweep/digest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

static void finish(struct sha256_ctx *sha, char hex[SWEEP_SHA256])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned)digest[i]);
}

void sweep_sha256(char hex[SWEEP_SHA256], const void *bytes, size_t n)
{
    struct sha256_ctx sha;

    sha256_init(&sha);
    sha256_update(&sha, n, bytes);
    finish(&sha, hex);
}

lut_status sweep_sha256_file(char hex[SWEEP_SHA256], const char *path, lut_err *err)
{
    FILE *f = fopen(path, "rb");
    uint8_t block[8192];
    struct sha256_ctx sha;
    size_t n;
    bool bad;

    if (!f)
        return lut_fail(err, errno == ENOENT ? LUT_ENOENT : LUT_EIO, "%s: %s", path,
                        strerror(errno));
    sha256_init(&sha);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        sha256_update(&sha, n, block);
    bad = ferror(f);
    fclose(f);
    if (bad)
        return lut_fail(err, LUT_EIO, "%s: cannot be read", path);
    finish(&sha, hex);
    return LUT_OK;
}
