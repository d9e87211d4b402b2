#include "sweep/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* O_EXCL makes the name unique whatever other hosts do with the same process number. */
static int create_unique(char *name, size_t size, const char *path)
{
    for (unsigned i = 0; i < 10000; i++) {
        int fd;

        snprintf(name, size, "%s.tmp.%ld.%u", path, (long)getpid(), i);
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

lut_status sweep_replace_begin(sweep_replace *r, const char *path, lut_err *err)
{
    size_t size = strlen(path) + 48;
    int fd;

    r->path = path;
    r->temp = malloc(size);
    if (!r->temp)
        return lut_fail(err, LUT_ENOMEM, "%s: out of memory", path);
    fd = create_unique(r->temp, size, path);
    if (fd < 0) {
        lut_fail(err, LUT_EIO, "%s: cannot be created: %s", path, strerror(errno));
        free(r->temp);
        r->temp = NULL;
        return LUT_EIO;
    }
    close(fd);
    return LUT_OK;
}

/* 0 or errno.  A folder that cannot be synced as such (EINVAL) is not an error: the file
 * system offers no more. */
static int sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC), error = 0;

    if (fd < 0)
        return errno;
    if (fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && !error)
        error = errno;
    return error == EINVAL && (flags & O_DIRECTORY) ? 0 : error;
}

static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    int error;

    if (!slash)
        return sync_path(".", O_RDONLY | O_DIRECTORY);
    folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (!folder)
        return ENOMEM;
    error = sync_path(folder, O_RDONLY | O_DIRECTORY);
    free(folder);
    return error;
}

lut_status sweep_replace_commit(sweep_replace *r, lut_err *err)
{
    lut_status st = LUT_OK;
    int error = sync_path(r->temp, O_RDWR);

    if (error)
        st = lut_fail(err, LUT_EIO, "%s: cannot be synced to disk: %s", r->temp,
                      strerror(error));
    else if (rename(r->temp, r->path) != 0)
        st = lut_fail(err, LUT_EIO, "%s: cannot be renamed to %s: %s", r->temp, r->path,
                      strerror(errno));
    if (st != LUT_OK) {
        sweep_replace_abort(r);
        return st;
    }
    free(r->temp);
    r->temp = NULL;
    error = sync_folder(r->path);
    if (error)
        return lut_fail(err, LUT_EIO, "%s: its folder cannot be synced to disk: %s",
                        r->path, strerror(error));
    return LUT_OK;
}

void sweep_replace_abort(sweep_replace *r)
{
    if (r->temp) {
        /* A library may still hold it open, and the disk be full: give the room back. */
        int ignored = truncate(r->temp, 0);

        (void)ignored;
        unlink(r->temp);
    }
    free(r->temp);
    r->temp = NULL;
}
