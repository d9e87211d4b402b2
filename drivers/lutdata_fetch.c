/* lutdata fetch: the files of a known set, downloaded, checked, put where they are found. */
#include "drivers/folders.h"
#include "drivers/lutdata.h"
#include "sweep/replace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A set on its way. */
typedef struct fetch {
    const lutdata_args *a;
    const lut_known *known;
    const char *root; /* where it goes: root/NAME/FILE; NULL: not said */
    const char *folder[SWEEP_FOLDERS]; /* where it may be already */
    emit_json json;
    int code;     /* CLI_OK until a file fails */
    bool stopped; /* no sense in trying the next file */
    bool got[LUT_KNOWN_FILES];
} fetch;

typedef enum state { HERE, FETCHED, FAILED } state;

/* ---- what is printed ---- */

static void tell(fetch *f, const lut_known_file *file, const char *path, state s)
{
    static const char *const word[] = {
        [HERE] = "here", [FETCHED] = "fetched", [FAILED] = "failed"
    };

    if (f->a->output == LUTDATA_CSV) {
        printf("%s,%s,", file->name, word[s]);
        emit_cell(stdout, path);
        putchar('\n');
    } else if (f->a->output == LUTDATA_JSON) {
        emit_open(&f->json, NULL, '{');
        emit_text(&f->json, "file", file->name);
        emit_text(&f->json, "state", word[s]);
        emit_text(&f->json, "path", path);
        emit_close(&f->json, '}');
    } else if (f->a->output == LUTDATA_QUIET) {
        if (s != FAILED)
            printf("%s\n", path);
    } else if (s == HERE) {
        printf("%s: already there, %s\n", path,
               lutdata_has_sum(file) ? "as published"
                                     : "not verified: no sum is known");
    } else if (s == FETCHED) {
        printf("%s: downloaded, as published\n", path);
    }
    fflush(stdout);
}

static void open_list(fetch *f)
{
    if (f->a->output == LUTDATA_CSV)
        printf("file,state,path\n");
    if (f->a->output != LUTDATA_JSON)
        return;
    f->json.out = stdout;
    emit_open(&f->json, NULL, '{');
    emit_text(&f->json, "format", "lutdata-fetch");
    emit_number(&f->json, "format_version", LUTDATA_FORMAT);
    emit_text(&f->json, "name", f->known->name);
    emit_open(&f->json, "file", '[');
}

static void close_list(fetch *f)
{
    if (f->a->output != LUTDATA_JSON)
        return;
    emit_close(&f->json, ']');
    emit_close(&f->json, '}');
}

/* Whoever is offline, or has no curl, can still do it. */
static void explain(const fetch *f)
{
    const char *root = f->root ? f->root : "FOLDER";

    fprintf(stderr,
            "By hand: put these files into %s/%s, then run lutdata fetch %s --into %s, "
            "which checks them.\n",
            root, f->known->name, f->known->name, root);
    for (size_t i = 0; i < lutdata_files(f->known); i++) {
        const lut_known_file *file = &f->known->file[i];

        if (f->got[i])
            continue;
        fprintf(stderr, "  %s\n    from %s\n", file->name,
                file->url ? file->url : f->known->obtain);
        if (file->bytes)
            fprintf(stderr, "    bytes %llu\n", (unsigned long long)file->bytes);
        if (file->sha256)
            fprintf(stderr, "    sha256 %s\n", file->sha256);
        if (file->unpacked)
            fprintf(stderr, "    sha256 unpacked %s\n", file->unpacked);
    }
    fprintf(stderr,
            "Programs look for them where the environment says LUTSWEEP_DATA=%s.\n",
            root);
}

/* ---- one file ---- */

static void fail(fetch *f, const lut_known_file *file, const lut_err *why)
{
    int code = cli_fail(why);

    tell(f, file, NULL, FAILED);
    if (f->code == CLI_OK || f->code == CLI_USAGE)
        f->code = code;
}

/* Readers unpack what ends in ".gz"; the sum of the contents would be right without. */
static bool gzipped(const char *path)
{
    FILE *f = fopen(path, "rb");
    bool so = f && fgetc(f) == 0x1f && fgetc(f) == 0x8b;

    if (f)
        fclose(f);
    return so;
}

static lut_status check(const lut_known_file *file, const char *path, lut_err *err)
{
    struct stat s;

    if (file->bytes && stat(path, &s) == 0 && (uint64_t)s.st_size != file->bytes)
        return lut_fail(err, LUT_EFORMAT, "%lld bytes, want %llu", (long long)s.st_size,
                        (unsigned long long)file->bytes);
    if (lutdata_packed(file) && !gzipped(path))
        return lut_fail(err, LUT_EFORMAT, "no gzip file, want one by its name");
    return lutdata_verify(file, path, err);
}

/* Under a name of its own until it is known to be right. */
static lut_status download(fetch *f, const lut_known_file *file, const char *path,
                           const char *url, lut_err *err)
{
    sweep_replace part = { 0 };
    lut_status st;

    LUT_TRY(sweep_replace_begin(&part, path, err));
    st = lutdata_download(part.temp, url, f->a->from != NULL, err);
    f->stopped = st == LUT_ENOENT || st == LUT_ESTOP;
    if (st == LUT_OK && (st = check(file, part.temp, err)) != LUT_OK)
        lut_err_wrap(err, "%s: not what was published, removed", url);
    if (st == LUT_OK)
        st = sweep_replace_commit(&part, err);
    sweep_replace_abort(&part);
    return st;
}

static lut_status make_folders(const fetch *f, lut_err *err)
{
    char path[LUT_FILE_PATH];

    LUT_TRY(sweep_folder_make(f->root, err));
    snprintf(path, sizeof path, "%s/%s", f->root, f->known->name);
    return sweep_folder_make(path, err);
}

static lut_status address(const fetch *f, const lut_known_file *file, char *url,
                          size_t size, lut_err *err)
{
    const char *from = f->a->from;
    size_t n = from ? strlen(from) : 0;
    int used;

    while (n > 0 && from[n - 1] == '/')
        n--;
    if (from)
        used =
            snprintf(url, size, "%.*s/%s/%s", (int)n, from, f->known->name, file->name);
    else if (file->url)
        used = snprintf(url, size, "%s", file->url);
    else
        return lut_fail(err, LUT_ENOENT, "%s: has no public address: %s", file->name,
                        f->known->obtain);
    if (used < 0 || (size_t)used >= size)
        return lut_fail(err, LUT_EINVAL, "--from=%s: is too long", from);
    return LUT_OK;
}

static lut_status fetch_file(fetch *f, const lut_known_file *file,
                             char path[LUT_FILE_PATH], lut_err *err)
{
    char url[2 * LUT_FILE_PATH];
    int used;

    f->stopped = !f->root;
    if (!f->root)
        return lut_fail(err, LUT_EINVAL,
                        "where to? give --into FOLDER or set "
                        "LUTSWEEP_DATA");
    used =
        snprintf(path, LUT_FILE_PATH, "%s/%s/%s", f->root, f->known->name, file->name);
    if (used < 0 || used >= LUT_FILE_PATH)
        return lut_fail(err, LUT_EINVAL, "%s: the path is too long", f->root);
    LUT_TRY(address(f, file, url, sizeof url, err));
    if (!lutdata_has_sum(file))
        return lut_fail(err, LUT_ENOENT,
                        "%s: no sum is known to verify a download by: %s", file->name,
                        f->known->obtain);
    LUT_TRY(make_folders(f, err));
    return download(f, file, path, url, err);
}

/* What readers would take is looked at, before and afterwards. */
static lut_status see(const fetch *f, size_t i, char path[LUT_FILE_PATH], lut_err *err)
{
    LUT_TRY(lutdata_find(path, f->known, i, f->folder, err));
    if (lutdata_verify(&f->known->file[i], path, err) == LUT_OK)
        return LUT_OK;
    return lut_err_wrap(err, "%s: not what was published", path);
}

static lut_status get(fetch *f, size_t i, lut_err *err)
{
    const lut_known_file *file = &f->known->file[i];
    char path[LUT_FILE_PATH], found[LUT_FILE_PATH];
    lut_status st = see(f, i, found, err);

    if (st == LUT_OK) {
        tell(f, file, found, HERE);
        return LUT_OK;
    }
    if (st == LUT_EFORMAT)
        cli_fail(err);
    else if (st != LUT_ENOENT)
        return st;
    LUT_TRY(fetch_file(f, file, path, err));
    tell(f, file, path, FETCHED);
    if (see(f, i, found, err) == LUT_OK)
        return LUT_OK;
    return lut_err_wrap(err, "remove what is found before %s", path);
}

static void get_all(fetch *f)
{
    const size_t n = lutdata_files(f->known);

    open_list(f);
    for (size_t i = 0; i < n; i++) {
        lut_err err;

        if (f->stopped) {
            tell(f, &f->known->file[i], NULL, FAILED);
            continue;
        }
        f->got[i] = get(f, i, &err) == LUT_OK;
        if (!f->got[i])
            fail(f, &f->known->file[i], &err);
    }
    close_list(f);
}

/* Whether a list "A:B" names any. */
static bool has_folder(const char *list)
{
    return list && list[strspn(list, ":")];
}

/* Where programs will look, from whatever folder they are started; folders that were set
 * stay so. */
static void put_next(const fetch *f)
{
    const char *before = getenv("LUTSWEEP_DATA");
    const char *folder[SWEEP_FOLDERS], *into = f->a->into;
    char *full = into ? realpath(into, NULL) : NULL;
    bool known = false;

    folders_of(folder, NULL);
    for (size_t i = 0; full && folder[i]; i++)
        known |= strcmp(folder[i], full) == 0;
    if (full && !known && f->a->output == LUTDATA_TEXT) {
        printf("Next: export LUTSWEEP_DATA=");
        emit_word(stdout, full);
        if (has_folder(before)) {
            putchar(':');
            emit_word(stdout, before);
        }
        putchar('\n');
    }
    free(full);
}

/* --into alone, or all that readers look into, the first of LUTSWEEP_DATA before all. */
static void choose_folders(fetch *f)
{
    const char *variable = getenv("LUTSWEEP_DATA");

    folders_of(f->folder, NULL);
    if (f->a->into) {
        f->folder[0] = f->a->into;
        f->folder[1] = NULL;
    }
    if (f->a->into || has_folder(variable))
        f->root = f->folder[0];
}

int lutdata_fetch(const lutdata_args *a)
{
    fetch f = { .a = a, .code = CLI_OK };

    if (!lutdata_named(&f.known, a->operand[0], false))
        return CLI_USAGE;
    if (!lutdata_files(f.known))
        return cli_complain(CLI_USAGE, "%s: no files are known to fetch: %s",
                            f.known->name, f.known->obtain);
    choose_folders(&f);
    get_all(&f);
    if (f.code == CLI_USAGE)
        explain(&f);
    else if (f.code == CLI_OK)
        put_next(&f);
    return f.code;
}
