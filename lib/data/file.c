#include "lib/data/file.h"
#include "lib/data/dataset.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 1 << 16 };

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

/* *fd = -1, and no error, where there is no such file. */
static lut_status try_open(const lut_file *f, int *fd, lut_err *err)
{
    struct stat s;

    *fd = open(f->path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return LUT_OK;
    if (*fd < 0)
        return lut_fail(err, LUT_EIO, "%s: %s", f->path, strerror(errno));
    if (fstat(*fd, &s) == 0 && S_ISDIR(s.st_mode)) {
        close(*fd);
        return lut_fail(err, LUT_EFORMAT, "%s is a folder, want a file", f->path);
    }
    return LUT_OK;
}

/* The name below one folder, plain and packed. */
static lut_status try_place(lut_file *f, const char *folder, const char *set,
                            const char *name, int *fd, lut_err *err)
{
    static const char *const suffix[] = { "", ".gz" };

    for (size_t i = 0; i < LUT_COUNT(suffix); i++) {
        int used = snprintf(f->path, sizeof f->path, "%s%s%s%s%s%s", folder,
                            *folder ? "/" : "", set, *set ? "/" : "", name, suffix[i]);

        if (used < 0 || (size_t)used >= sizeof f->path)
            return lut_fail(err, LUT_EINVAL,
                            "%s: the path is longer than %zu characters", name,
                            sizeof f->path - 1);
        LUT_TRY(try_open(f, fd, err));
        if (*fd >= 0)
            break;
    }
    return LUT_OK;
}

/* Where a set's files may lie below a folder: its own one, its other one, the folder. */
enum { PLACES = 3 };

static const char *place(const char *set, size_t i)
{
    const lut_known *known = lut_known_find(set);

    return i == 0 ? set : i == 1 ? (known ? known->folder : NULL) : "";
}

static lut_status absent(const char *set, const char *name, const char *const *folder,
                         lut_err *err)
{
    const lut_known *known = lut_known_find(set);
    char places[LUT_ERR_TEXT] = "";
    size_t used = 0;

    for (size_t i = 0; folder[i / PLACES] && used < sizeof places; i++) {
        const char *below = place(set, i % PLACES);
        int more = 0;

        if (below)
            more =
                snprintf(places + used, sizeof places - used, "%s%s%s%s", i ? ", " : "",
                         folder[i / PLACES], *below ? "/" : "", below);
        used += more > 0 ? (size_t)more : 0;
    }
    return lut_fail(err, LUT_ENOENT,
                    "data set %s: no file %s or %s.gz%s%s; looked in %s", set, name,
                    name, known ? "; " : "", known ? known->obtain : "",
                    name[0] == '/' ? "/"
                    : used         ? places
                                   : "no folder");
}

static lut_status find(lut_file *f, int *fd, const char *set, const char *name,
                       const char *const *folder, lut_err *err)
{
    *fd = -1;
    if (name[0] == '/')
        LUT_TRY(try_place(f, "", "", name, fd, err));
    for (size_t i = 0; name[0] != '/' && *fd < 0 && folder[i / PLACES]; i++) {
        const char *below = place(set, i % PLACES);

        if (below)
            LUT_TRY(try_place(f, folder[i / PLACES], below, name, fd, err));
    }
    return *fd < 0 ? absent(set, name, folder, err) : LUT_OK;
}

lut_status lut_file_find(char path[LUT_FILE_PATH], const char *set, const char *name,
                         const char *const *folder, lut_err *err)
{
    lut_file f = { .size = 0 };
    int fd;

    LUT_TRY(find(&f, &fd, set, name, folder, err));
    close(fd);
    memcpy(path, f.path, LUT_FILE_PATH);
    return LUT_OK;
}

/* Room for another chunk and the 0 at the end. */
static lut_status grow(lut_file *f, size_t *room, lut_err *err)
{
    char *bytes;

    if (*room - f->size > CHUNK)
        return LUT_OK;
    *room = *room * 2 + 2 * CHUNK;
    bytes = realloc(f->bytes, *room);
    if (!bytes)
        return lut_fail(err, LUT_ENOMEM, "%s: no memory for %zu bytes", f->path, *room);
    f->bytes = bytes;
    return LUT_OK;
}

/* zlib gives what it has of a damaged file before it complains, and of one that ends early
 * it complains on closing only in some versions: ask after every read. */
static lut_status complaint(const lut_file *f, gzFile z, lut_err *err)
{
    int code = Z_OK;
    const char *text = gzerror(z, &code), *cause = strstr(text, ": ");

    if (code == Z_OK || code == Z_STREAM_END)
        return LUT_OK;
    if (code == Z_ERRNO)
        return lut_fail(err, LUT_EIO, "%s: %s", f->path, strerror(errno));
    if (code == Z_MEM_ERROR)
        return lut_fail(err, LUT_ENOMEM, "%s: no memory to unpack it", f->path);
    if (code == Z_BUF_ERROR)
        return lut_fail(
            err, LUT_EFORMAT,
            "%s: ends early after %zu unpacked bytes, want a whole gzip file", f->path,
            f->size);
    return lut_fail(err, LUT_EFORMAT, "%s: damaged after %zu unpacked bytes (%s)",
                    f->path, f->size, cause ? cause + 2 : text);
}

static lut_status read_all(lut_file *f, gzFile z, lut_err *err)
{
    size_t room = 0;
    int got;

    do {
        LUT_TRY(grow(f, &room, err));
        got = gzread(z, f->bytes + f->size, CHUNK);
        f->size += got > 0 ? (size_t)got : 0;
        LUT_TRY(complaint(f, z, err));
    } while (got > 0);
    f->bytes[f->size] = 0;
    if (ends_with(f->path, ".gz") && gzdirect(z))
        return lut_fail(err, LUT_EFORMAT, "%s: no gzip file, want one by its name",
                        f->path);
    return LUT_OK;
}

lut_status lut_file_load(lut_file *f, const char *set, const char *name,
                         const char *const *folder, lut_err *err)
{
    lut_status st;
    gzFile z;
    int fd;

    *f = (lut_file){ .size = 0 };
    LUT_TRY(find(f, &fd, set, name, folder, err));
    z = gzdopen(fd, "rb");
    if (!z) {
        close(fd);
        return lut_fail(err, LUT_ENOMEM, "%s: no memory to unpack it", f->path);
    }
    st = read_all(f, z, err);
    if (gzclose_r(z) != Z_OK && st == LUT_OK)
        st = lut_fail(err, LUT_EIO, "%s: cannot be closed", f->path);
    if (st != LUT_OK)
        lut_file_fini(f);
    return st;
}

void lut_file_fini(lut_file *f)
{
    free(f->bytes);
    *f = (lut_file){ .size = 0 };
}
