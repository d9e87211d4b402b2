/* The folder that lutexport fills: whole or not there. */
#include "drivers/lutexport.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An empty folder may stay: rename() takes its place. */
static lut_status check_free(const char *path, lut_err *err)
{
    DIR *d = opendir(path);
    struct dirent *e = NULL;
    size_t n = 0;

    if (!d && errno == ENOENT)
        return LUT_OK;
    if (!d)
        return lut_fail(err, errno == ENOTDIR ? LUT_EINVAL : LUT_EIO,
                        "%s: want a folder, new or empty: %s", path, strerror(errno));
    while (n == 0 && (e = readdir(d)))
        n = strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (n == 0) {
        closedir(d);
        return LUT_OK;
    }
    lut_fail(err, LUT_EINVAL,
             "%s: has files in it (%.60s, ...), nothing is overwritten: choose another "
             "folder with -o",
             path, e->d_name);
    closedir(d);
    return LUT_EINVAL;
}

lut_status export_folder_begin(export_folder *f, const char *path, lut_err *err)
{
    size_t n;

    *f = (export_folder){ .path = path };
    LUT_TRY(check_free(path, err));
    /* rename() takes the place of a folder, not of a link to one. */
    if (!realpath(path, f->real))
        snprintf(f->real, sizeof f->real, "%s", path);
    path = f->real;
    n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n + 32 > sizeof f->temp)
        return lut_fail(err, LUT_EINVAL, "-o: a name of %zu characters is too long", n);
    f->file = calloc(EXPORT_FILES, sizeof *f->file);
    if (!f->file)
        return lut_fail(err, LUT_ENOMEM, "no memory for a list of files");
    snprintf(f->temp, sizeof f->temp, "%.*s.tmp.%ld", (int)n, path, (long)getpid());
    if (mkdir(f->temp, 0777) == 0) {
        export_doom(EXPORT_DOOMED_EXPORT, f->temp);
        return LUT_OK;
    }
    lut_fail(err, LUT_EIO, "%s: cannot be created: %s", f->path, strerror(errno));
    f->temp[0] = 0;
    export_folder_abort(f);
    return LUT_EIO;
}

static lut_status fail(export_folder *f, const char *name)
{
    return lut_fail(&f->err, LUT_EIO, "%s/%s: cannot be written: %s", f->path, name,
                    strerror(errno));
}

lut_status export_folder_close(export_folder *f, lut_err *err)
{
    FILE *open = f->open;
    bool bad;

    f->open = NULL;
    if (!open)
        return LUT_OK;
    bad = fflush(open) != 0 || ferror(open) || fsync(fileno(open)) != 0;
    bad |= fclose(open) != 0;
    if (!bad)
        return LUT_OK;
    fail(f, f->file[f->nfiles - 1].name);
    return err ? *err = f->err, LUT_EIO : LUT_EIO;
}

static lut_status begin_file(void *arg, const char *name)
{
    export_folder *f = arg;
    char path[EXPORT_PATH + 256];

    LUT_TRY(export_folder_close(f, NULL));
    if (f->nfiles == EXPORT_FILES)
        return lut_fail(&f->err, LUT_EINVAL, "more than %d files", EXPORT_FILES);
    snprintf(path, sizeof path, "%s/%.255s", f->temp, name);
    f->open = fopen(path, "wx");
    if (!f->open && errno == EEXIST)
        return lut_fail(
            &f->err, LUT_EINVAL,
            "%s: two files have that name; want another --name, or a folder "
            "for each format",
            name);
    if (!f->open)
        return fail(f, name);
    snprintf(f->file[f->nfiles].name, sizeof f->file[0].name, "%.255s", name);
    f->file[f->nfiles++].format = f->format;
    return LUT_OK;
}

static lut_status put(void *arg, const char *text, size_t n)
{
    export_folder *f = arg;

    if (fwrite(text, 1, n, f->open) == n)
        return LUT_OK;
    return fail(f, f->file[f->nfiles - 1].name);
}

lut_export_out export_folder_out(export_folder *f)
{
    return (lut_export_out){ .file = begin_file, .sink = put, .arg = f };
}

lut_status export_folder_commit(export_folder *f, lut_err *err)
{
    LUT_TRY(export_folder_close(f, err));
    if (rename(f->temp, f->real) != 0) {
        int why = errno;

        LUT_TRY(check_free(f->path, err)); /* what has come since says more */
        return lut_fail(err, LUT_EIO, "%s: cannot be created: %s", f->path,
                        strerror(why));
    }
    export_doom(EXPORT_DOOMED_EXPORT, NULL);
    f->temp[0] = 0;
    return LUT_OK;
}

/* Verifying leaves files of its own, none of them a folder. */
static void remove_folder(const char *path)
{
    DIR *d = opendir(path);

    for (struct dirent *e; d && (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    rmdir(path);
}

void export_folder_abort(export_folder *f)
{
    export_folder_close(f, NULL);
    if (f->temp[0]) {
        remove_folder(f->temp);
        export_doom(EXPORT_DOOMED_EXPORT, NULL);
    }
    free(f->file);
    f->file = NULL;
    f->temp[0] = 0;
}
