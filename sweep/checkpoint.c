#include "sweep/checkpoint.h"

#include "lib/base/log.h"
#include "sweep/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lut_status name(sweep_checkpoint *c, const sweep_lab *lab, const char *key,
                       lut_err *err)
{
    size_t n = lab->checkpoint ? strlen(lab->checkpoint) : 0;
    int used;

    memset(c, 0, sizeof *c);
    if (!n)
        return LUT_OK;
    c->own = lab->checkpoint[n - 1] == '/';
    used = snprintf(c->path, sizeof c->path, "%s%s%s", lab->checkpoint,
                    c->own ? key : "", c->own ? ".ckpt" : "");
    if (used < 0 || (size_t)used >= sizeof c->path)
        return lut_fail(err, LUT_EINVAL, "%.100s...: name of more than %zu characters",
                        lab->checkpoint, sizeof c->path - 1);
    return LUT_OK;
}

/* All of it; false with errno. */
static bool read_all(int fd, char *to, size_t n)
{
    while (n) {
        ssize_t got = read(fd, to, n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got ? errno : EIO;
            return false;
        }
        to += got;
        n -= (size_t)got;
    }
    return true;
}

static lut_status read_file(sweep_checkpoint *c, int fd, lut_err *err)
{
    struct stat s;

    if (fstat(fd, &s) != 0)
        return lut_fail(err, LUT_EIO, "%s: %s", c->path, strerror(errno));
    c->n = (size_t)s.st_size;
    c->bytes = malloc(c->n + 1);
    if (!c->bytes)
        return lut_fail(err, LUT_ENOMEM, "%s: no memory for %zu bytes", c->path, c->n);
    if (!read_all(fd, c->bytes, c->n))
        return lut_fail(err, LUT_EIO, "%s: %s", c->path, strerror(errno));
    return LUT_OK;
}

static lut_status read_named(sweep_checkpoint *c, lut_err *err)
{
    lut_status st;
    int fd = open(c->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 && errno == ENOENT)
        return LUT_OK;
    if (fd < 0)
        return lut_fail(err, LUT_EIO, "%s: %s", c->path, strerror(errno));
    st = read_file(c, fd, err);
    close(fd);
    return st;
}

lut_status sweep_checkpoint_open(sweep_checkpoint *c, const sweep_lab *lab,
                                 const char *key, lut_err *err)
{
    lut_err why;
    lut_status st;

    LUT_TRY(name(c, lab, key, err));
    if (!c->path[0])
        return LUT_OK;
    st = read_named(c, &why);
    if (st == LUT_OK)
        return LUT_OK;
    sweep_checkpoint_close(c);
    if (!c->own || st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    lut_log(LUT_WARN, "%s; starting anew", why.text);
    remove(c->path); /* even a folder: a new one must be able to take its place */
    return LUT_OK;
}

void sweep_checkpoint_close(sweep_checkpoint *c)
{
    free(c->bytes);
    c->bytes = NULL;
    c->n = 0;
}

lut_status sweep_checkpoint_save(void *arg, const void *bytes, size_t n, lut_err *err)
{
    const sweep_checkpoint *c = arg;

    return sweep_replace_bytes(c->path, bytes, n, err);
}

void sweep_checkpoint_remove(const sweep_lab *lab, const char *key)
{
    sweep_checkpoint c;

    if (name(&c, lab, key, NULL) == LUT_OK && c.path[0])
        unlink(c.path);
}
