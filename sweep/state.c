#include "sweep/state.h"
#include "lib/base/log.h"
#include "sweep/record.h"
#include "sweep/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

lut_status sweep_state_name(sweep_state *s, const char *file, lut_err *err)
{
    if (!*file || strlen(file) > SWEEP_ROOT - 8)
        return lut_fail(err, LUT_EINVAL,
                        "\"%.60s\": want a file name of 1 to %d characters", file,
                        SWEEP_ROOT - 8);
    snprintf(s->file, sizeof s->file, "%s", file);
    snprintf(s->root, sizeof s->root, "%.890s.run", file);
    return LUT_OK;
}

char *sweep_state_path(const sweep_state *s, char buf[SWEEP_PATH], const char *folder,
                       const char *name)
{
    snprintf(buf, SWEEP_PATH, "%s/%s%s%.100s", s->root, folder, *name ? "/" : "", name);
    return buf;
}

char *sweep_state_record(const sweep_state *s, char buf[SWEEP_PATH], const char *key)
{
    snprintf(buf, SWEEP_PATH, "%s/rec/%.2s/%s.rec", s->root, key, key);
    return buf;
}

char *sweep_state_rung(const sweep_state *s, char buf[SWEEP_PATH], const char *key)
{
    snprintf(buf, SWEEP_PATH, "%s/rec/%.2s/%s.rung", s->root, key, key);
    return buf;
}

char *sweep_state_log(const sweep_state *s, char buf[SWEEP_PATH], const char *key)
{
    snprintf(buf, SWEEP_PATH, "%s/log/%s.log", s->root, key);
    return buf;
}

static bool same_place(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

bool sweep_state_same(const sweep_state *a, const sweep_state *b)
{
    return !strcmp(a->file, b->file) || same_place(a->file, b->file) ||
           same_place(a->root, b->root);
}

bool sweep_state_exists(const sweep_state *s)
{
    struct stat st;

    return stat(s->root, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A full disk often still makes names: only bytes that are synced prove room. */
static lut_status probe(const sweep_state *s, lut_err *err)
{
    static const char block[4096];
    char path[SWEEP_PATH];
    int fd;
    bool good;

    sweep_state_path(s, path, "probe", "");
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0)
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    errno = 0;
    good = write(fd, block, sizeof block) == (ssize_t)sizeof block && fsync(fd) == 0;
    if (!good)
        lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno ? errno : ENOSPC));
    close(fd);
    unlink(path);
    return good ? LUT_OK : LUT_EIO;
}

static const char *const folders[] = { "journal", "rec", "data",
                                       "log",     "run", "checkpoint" };

static lut_status make_folders(const sweep_state *s, lut_err *err)
{
    char path[SWEEP_PATH];

    LUT_TRY(sweep_folder_make(s->root, err));
    for (size_t i = 0; i < LUT_COUNT(folders); i++)
        LUT_TRY(sweep_folder_make(sweep_state_path(s, path, folders[i], ""), err));
    return probe(s, err);
}

/* Only what is empty goes: another run may have begun here. */
static void remove_folders(const sweep_state *s)
{
    char path[SWEEP_PATH];

    for (size_t i = 0; i < LUT_COUNT(folders); i++)
        rmdir(sweep_state_path(s, path, folders[i], ""));
    rmdir(s->root);
}

lut_status sweep_state_create(const sweep_state *s, lut_err *err)
{
    const bool fresh = !sweep_state_exists(s);
    lut_status st = make_folders(s, err);

    if (st != LUT_OK && fresh)
        remove_folders(s);
    return st;
}

lut_status sweep_state_make_room(const sweep_state *s, const char *key, lut_err *err)
{
    char path[SWEEP_PATH];

    snprintf(path, sizeof path, "%s/rec/%.2s", s->root, key);
    return sweep_folder_make(path, err);
}

static bool is_paused(const char *status)
{
    return !strcmp(status, "paused");
}

lut_status sweep_state_write(const sweep_state *s, const sweep_result *r, lut_err *err)
{
    const bool paused = is_paused(r->row.status);
    const char *const key = r->row.key;
    char record[SWEEP_PATH], rung[SWEEP_PATH];

    sweep_state_record(s, record, key);
    sweep_state_rung(s, rung, key);
    LUT_TRY(sweep_state_make_room(s, key, err));
    LUT_TRY(sweep_record_write(paused ? rung : record, r, err));
    if (!paused)
        unlink(rung);
    return LUT_OK;
}

/* of_status: what the status has to be. */
static lut_status read_record(const char *path, sweep_result *r, const char *key,
                              bool (*of_status)(const char *status), lut_err *err)
{
    lut_status st;

    if (access(path, F_OK) != 0)
        return lut_fail(err, LUT_ENOENT, "%s: no such record", path);
    st = sweep_record_read(r, path, err);
    if (st == LUT_OK && !strcmp(r->row.key, key) && of_status(r->row.status))
        return LUT_OK;
    if (st == LUT_OK) {
        lut_fail(err, LUT_EFORMAT, "%s: holds trial %.16s, status %.15s", path,
                 r->row.key, r->row.status);
        sweep_result_fini(r);
    } else if (st == LUT_EIO || st == LUT_ENOMEM) {
        return st;
    }
    lut_log(LUT_WARN, "record ignored, its trial counts as not run: %s",
            err ? err->text : path);
    return err ? (err->code = LUT_ENOENT) : LUT_ENOENT;
}

lut_status sweep_state_read(const sweep_state *s, sweep_result *r, const char *key,
                            lut_err *err)
{
    char path[SWEEP_PATH];

    return read_record(sweep_state_record(s, path, key), r, key, sweep_status_final,
                       err);
}

lut_status sweep_state_read_rung(const sweep_state *s, sweep_result *r, const char *key,
                                 lut_err *err)
{
    char path[SWEEP_PATH];

    return read_record(sweep_state_rung(s, path, key), r, key, is_paused, err);
}

static lut_status change_status(const sweep_state *s, sweep_result *r,
                                const char *status, lut_err *err)
{
    lut_status st;

    memset(r->row.status, 0, sizeof r->row.status);
    strcpy(r->row.status, status);
    st = sweep_state_write(s, r, err);
    sweep_result_fini(r);
    return st;
}

/* Its final record, where it was pruned. */
static lut_status read_pruned(const sweep_state *s, sweep_result *r, const char *key,
                              lut_err *err)
{
    LUT_TRY(sweep_state_read(s, r, key, err));
    if (!strcmp(r->row.status, "pruned"))
        return LUT_OK;
    lut_fail(err, LUT_ENOENT, "trial %s: status %.15s, not pruned", key, r->row.status);
    sweep_result_fini(r);
    return LUT_ENOENT;
}

lut_status sweep_state_prune(const sweep_state *s, const char *key, lut_err *err)
{
    char path[SWEEP_PATH], name[SWEEP_KEY + 8];
    sweep_result r;
    lut_status st = sweep_state_read_rung(s, &r, key, err);

    if (st == LUT_ENOENT) {
        LUT_TRY(read_pruned(s, &r, key, err));
        sweep_result_fini(&r);
    } else if (st != LUT_OK) {
        return st;
    } else {
        LUT_TRY(change_status(s, &r, "pruned", err));
    }
    snprintf(name, sizeof name, "%.16s.ckpt", key);
    unlink(sweep_state_path(s, path, "checkpoint", name));
    return LUT_OK;
}

lut_status sweep_state_unprune(const sweep_state *s, const char *key, lut_err *err)
{
    char path[SWEEP_PATH];
    sweep_result r;

    LUT_TRY(read_pruned(s, &r, key, err));
    LUT_TRY(change_status(s, &r, "paused", err));
    if (unlink(sweep_state_record(s, path, key)) == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
}

/* ---- lists of files ---- */

typedef struct names {
    char (*name)[SWEEP_STAMP + 24];
    size_t n, room;
} names;

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && !strcmp(text + n - m, end);
}

static lut_status add_name(names *l, const char *name, lut_err *err)
{
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 64;
        void *p = realloc(l->name, room * sizeof *l->name);

        if (!p)
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu names", room);
        l->name = p;
        l->room = room;
    }
    snprintf(l->name[l->n++], sizeof *l->name, "%.*s", (int)sizeof *l->name - 1, name);
    return LUT_OK;
}

/* Names of a folder that end so, added to the list; no folder: none. */
static lut_status list_folder(names *l, const char *path, const char *suffix,
                              lut_err *err)
{
    DIR *d = opendir(path);
    struct dirent *e;
    lut_status st = LUT_OK;

    if (!d && errno == ENOENT)
        return LUT_OK;
    if (!d)
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    while (st == LUT_OK && (e = readdir(d)))
        if (e->d_name[0] != '.' && ends_with(e->d_name, suffix) &&
            strlen(e->d_name) < sizeof *l->name)
            st = add_name(l, e->d_name, err);
    closedir(d);
    return st;
}

/* "0123456789abcdef.rec" */
static bool is_of_key(const char *name)
{
    return strspn(name, "0123456789abcdef") == SWEEP_KEY - 1 &&
           name[SWEEP_KEY - 1] == '.';
}

/* Files of trials in rec that end so, added to the list. */
static lut_status list_records(names *l, const sweep_state *s, const char *suffix,
                               lut_err *err)
{
    char path[SWEEP_PATH];

    for (unsigned i = 0; i < 256; i++) {
        snprintf(path, sizeof path, "%s/rec/%02x", s->root, i);
        LUT_TRY(list_folder(l, path, suffix, err));
    }
    return LUT_OK;
}

lut_status sweep_state_keys(const sweep_state *s, char (**key)[SWEEP_KEY], size_t *n,
                            lut_err *err)
{
    names l = { 0 };
    lut_status st = list_records(&l, s, ".rec", err);

    *key = NULL;
    *n = 0;
    if (st == LUT_OK) {
        *key = malloc((l.n + 1) * sizeof **key);
        if (!*key)
            st = lut_fail(err, LUT_ENOMEM, "no memory for %zu keys", l.n);
    }
    for (size_t i = 0; st == LUT_OK && i < l.n; i++)
        if (is_of_key(l.name[i]))
            snprintf((*key)[(*n)++], sizeof **key, "%.16s", l.name[i]);
    if (st == LUT_OK)
        qsort(*key, *n, sizeof **key, by_name);
    free(l.name);
    return st;
}

lut_status sweep_state_count_open(const sweep_state *s, size_t *n, lut_err *err)
{
    char path[SWEEP_PATH], key[SWEEP_KEY], last[SWEEP_KEY] = "";
    names l = { 0 };
    lut_status st = list_records(&l, s, ".rung", err);

    *n = 0;
    if (st == LUT_OK)
        st = list_folder(&l, sweep_state_path(s, path, "checkpoint", ""), ".ckpt", err);
    if (st == LUT_OK && l.n)
        qsort(l.name, l.n, sizeof *l.name, by_name);
    for (size_t i = 0; st == LUT_OK && i < l.n; i++) {
        if (!is_of_key(l.name[i]))
            continue;
        snprintf(key, sizeof key, "%.16s", l.name[i]);
        *n += strcmp(key, last) != 0 &&
              access(sweep_state_record(s, path, key), F_OK) != 0;
        memcpy(last, key, sizeof last);
    }
    free(l.name);
    return st;
}

lut_status sweep_state_replay(const sweep_state *s, sweep_entry_fn fn, void *arg,
                              lut_err *err)
{
    char path[SWEEP_PATH];
    names l = { 0 };
    size_t damaged = 0;
    lut_status st =
        list_folder(&l, sweep_state_path(s, path, "journal", ""), ".jl", err);

    if (st == LUT_OK && l.n)
        qsort(l.name, l.n, sizeof *l.name, by_name);
    for (size_t i = 0; st == LUT_OK && i < l.n; i++) {
        sweep_state_path(s, path, "journal", l.name[i]);
        st = sweep_journal_replay(path, &damaged, fn, arg, err);
        if (damaged)
            lut_log(LUT_WARN, "%s: %zu damaged lines ignored", path, damaged);
    }
    free(l.name);
    return st;
}

void sweep_state_stamp(char stamp[SWEEP_STAMP])
{
    struct timespec now;
    struct tm tm;
    size_t n;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    n = strftime(stamp, SWEEP_STAMP, "%Y%m%dT%H%M%S", &tm);
    snprintf(stamp + n, SWEEP_STAMP - n, ".%06ld-%ld", now.tv_nsec / 1000,
             (long)getpid());
}

lut_status sweep_state_put(const sweep_state *s, const char *name, const char *text,
                           lut_err *err)
{
    char path[SWEEP_PATH];

    return sweep_replace_bytes(sweep_state_path(s, path, "run", name), text,
                               strlen(text), err);
}

lut_status sweep_state_get(const sweep_state *s, const char *name, char **text,
                           lut_err *err)
{
    char path[SWEEP_PATH];
    FILE *f = fopen(sweep_state_path(s, path, "run", name), "r");
    size_t size = 0;
    ssize_t n;

    *text = NULL;
    if (!f)
        return lut_fail(err, LUT_ENOENT, "%s: %s", path, strerror(errno));
    errno = 0;
    n = getdelim(text, &size, 0, f);
    fclose(f);
    if (n > 0)
        return LUT_OK;
    free(*text);
    *text = NULL;
    return lut_fail(err, LUT_ENOENT, "%s: empty", path);
}

/* Whoever wrote the record was killed before it could remove these. */
static void drop_spent(const sweep_state *s, const char *folder, const char *suffix)
{
    char path[SWEEP_PATH + SWEEP_STAMP];
    names l = { 0 };

    if (list_folder(&l, folder, suffix, NULL) != LUT_OK)
        l.n = 0; /* they are in nobody's way */
    for (size_t i = 0; i < l.n; i++) {
        char key[SWEEP_KEY];

        snprintf(key, sizeof key, "%.16s", l.name[i]);
        if (access(sweep_state_record(s, path, key), F_OK) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, l.name[i]);
        unlink(path);
    }
    free(l.name);
}

lut_status sweep_state_order(const sweep_state *s, const char *stamp,
                             char (**key)[SWEEP_KEY], size_t *n, lut_err *err)
{
    char name[SWEEP_STAMP + 8], *text, *save = NULL;
    lut_status st;

    *key = NULL;
    *n = 0;
    snprintf(name, sizeof name, "%s.order", stamp);
    st = sweep_state_get(s, name, &text, err);
    if (st != LUT_OK)
        return st == LUT_ENOENT ? LUT_OK : st;
    *key = malloc((strlen(text) / (SWEEP_KEY - 1) + 1) * sizeof **key);
    if (!*key)
        st = lut_fail(err, LUT_ENOMEM, "no memory for the keys of a configuration");
    for (char *k = strtok_r(text, "\n", &save); *key && k;
         k = strtok_r(NULL, "\n", &save))
        if (sweep_is_key(k))
            memcpy((*key)[(*n)++], k, SWEEP_KEY);
    free(text);
    return st;
}

void sweep_state_tidy(const sweep_state *s)
{
    static const char *const own[] = { "checkpoint", "run" };
    char path[SWEEP_PATH];

    drop_spent(s, sweep_state_path(s, path, "checkpoint", ""), ".ckpt");
    for (size_t i = 0; i < LUT_COUNT(own); i++)
        sweep_replace_tidy_folder(sweep_state_path(s, path, own[i], ""));
    for (unsigned i = 0; i < 256; i++) {
        snprintf(path, sizeof path, "%s/rec/%02x", s->root, i);
        sweep_replace_tidy_folder(path);
        drop_spent(s, path, ".rung");
    }
}

static int remove_entry(const char *path, const struct stat *s, int type, struct FTW *w)
{
    (void)s;
    (void)type;
    (void)w;
    return remove(path);
}

lut_status sweep_state_remove(const sweep_state *s, lut_err *err)
{
    if (nftw(s->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EIO, "%s: %s", s->root, strerror(errno));
}
