#include "sweep/replace.h"
#include "sweep/fault.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* The folder that a name is in; owned (free). */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static lut_status sync_folder(const char *path, lut_err *err)
{
    char *folder = folder_of(path);
    int error = folder ? sync_path(folder, O_RDONLY | O_DIRECTORY) : ENOMEM;

    free(folder);
    if (!error)
        return LUT_OK;
    return lut_fail(err, LUT_EIO, "%s: its folder cannot be synced to disk: %s", path,
                    strerror(error));
}

/* 0 or errno. */
static int rename_now(const sweep_replace *r)
{
    int error = SWEEP_FAULT_FILE(r->path, "rename");

    if (!error && rename(r->temp, r->path) != 0)
        error = errno;
    return error;
}

lut_status sweep_replace_commit(sweep_replace *r, lut_err *err)
{
    lut_status st = LUT_OK;
    int error = SWEEP_FAULT_FILE(r->path, "write");

    if (!error)
        error = sync_path(r->temp, O_RDWR);
    if (error)
        st = lut_fail(err, LUT_EIO, "%s: cannot be synced to disk: %s", r->temp,
                      strerror(error));
    else if ((error = rename_now(r)) != 0)
        st = lut_fail(err, LUT_EIO, "%s: cannot be renamed to %s: %s", r->temp, r->path,
                      strerror(error));
    if (st != LUT_OK) {
        sweep_replace_abort(r);
        return st;
    }
    free(r->temp);
    r->temp = NULL;
    return sync_folder(r->path, err);
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

static lut_status write_all(const char *path, const unsigned char *bytes, size_t n,
                            lut_err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;
    size_t done = 0;

    if (fd < 0)
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    while (done < n && !error) {
        ssize_t got = write(fd, bytes + done, n - done);

        if (got >= 0)
            done += (size_t)got;
        else if (errno != EINTR)
            error = errno;
    }
    if (close(fd) != 0 && !error)
        error = errno;
    if (error)
        return lut_fail(err, LUT_EIO, "%s: cannot be written: %s", path,
                        strerror(error));
    return LUT_OK;
}

lut_status sweep_replace_bytes(const char *path, const void *bytes, size_t n,
                               lut_err *err)
{
    sweep_replace file = { 0 };
    lut_status st = sweep_replace_begin(&file, path, err);

    if (st == LUT_OK)
        st = write_all(file.temp, bytes, n, err);
    if (st == LUT_OK)
        st = sweep_replace_commit(&file, err);
    sweep_replace_abort(&file);
    return st;
}

/* "NAME.tmp.17.0" of "NAME"; of any name where name is NULL */
static bool is_left_over(const char *entry, const char *name)
{
    const char *end = strstr(entry, ".tmp.");

    for (const char *next = end; next; next = strstr(end + 1, ".tmp."))
        end = next;
    if (!end || (name && (strlen(name) != (size_t)(end - entry) ||
                          strncmp(entry, name, strlen(name)) != 0)))
        return false;
    end += 5;
    return isdigit((unsigned char)*end) && strspn(end, "0123456789.") == strlen(end);
}

static void tidy(const char *folder, const char *name)
{
    DIR *d = opendir(folder);
    const struct dirent *e;

    while (d && (e = readdir(d)))
        if (is_left_over(e->d_name, name))
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}

void sweep_replace_tidy(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = folder_of(path);

    if (folder)
        tidy(folder, slash ? slash + 1 : path);
    free(folder);
}

void sweep_replace_tidy_folder(const char *folder)
{
    tidy(folder, NULL);
}

lut_status sweep_folder_make(const char *path, lut_err *err)
{
    if (mkdir(path, 0777) == 0)
        return sync_folder(path, err);
    if (errno == EEXIST)
        return LUT_OK;
    return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
}
