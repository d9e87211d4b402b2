#include "analysis/page_library.h"
#include "analysis/emit.h"
#include "lib/base/base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Far above any D3: what is larger was given by mistake. */
enum { MOST_BYTES = 4 << 20, FIRST_MAJOR = 4, LAST_MAJOR = 7 };

static const struct place {
    const char *library, *notice;
} places[] = {
    { "/usr/share/nodejs/d3/dist/d3.min.js", "/usr/share/doc/node-d3/copyright" },
};

static lut_status no_memory(lut_err *err)
{
    return lut_fail(err, LUT_ENOMEM, "out of memory");
}

/* ---- files ---- */

static lut_status read_open(char **text, FILE *in, const char *path, lut_err *err)
{
    size_t n;

    *text = malloc(MOST_BYTES + 1);
    if (!*text)
        return no_memory(err);
    n = fread(*text, 1, MOST_BYTES, in);
    (*text)[n] = 0;
    if (ferror(in))
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    if (n == MOST_BYTES || strlen(*text) != n)
        return lut_fail(err, LUT_EFORMAT, "%s: want a JavaScript of less than %d MiB",
                        path, MOST_BYTES >> 20);
    return LUT_OK;
}

static lut_status read_text(char **text, const char *path, lut_err *err)
{
    FILE *in = fopen(path, "rb");
    lut_status st;

    *text = NULL;
    if (!in)
        return lut_fail(err, errno == ENOENT ? LUT_ENOENT : LUT_EIO, "%s: %s", path,
                        strerror(errno));
    st = read_open(text, in, path, err);
    fclose(in);
    if (st != LUT_OK) {
        free(*text);
        *text = NULL;
    }
    return st;
}

/* ---- what the file is ---- */

/* The heading of every D3 since 4: "// https://d3js.org v5.16.0 Copyright 2022 Mike Bostock", of
 * 4 "// https://d3js.org Version 4.13.0. Copyright 2018 Mike Bostock". */
static bool read_heading(page_library *l)
{
    static const char before[] = "d3js.org ";
    const char *at = strstr(l->text, before), *end = l->text + strcspn(l->text, "\n");
    size_t n;

    if (!at || at > end)
        return false;
    at += strlen(before);
    at += strcspn(at, "0123456789\n");
    n = strspn(at, "0123456789.");
    snprintf(l->version, sizeof l->version, "%.*s",
             (int)(n && at[n - 1] == '.' ? n - 1 : n), at);
    at += n + strspn(at + n, " ");
    snprintf(l->holder, sizeof l->holder, "%.*s", (int)(end - at), at);
    return n > 0;
}

static lut_status judge_version(page_library *l, lut_err *err)
{
    const long major = read_heading(l) ? strtol(l->version, NULL, 10) : -1;

    if (major < 0)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: its first line does not say \"d3js.org v5.16.0\" or the "
                        "like: want the d3.min.js of D3 %d to %d",
                        l->path, FIRST_MAJOR, LAST_MAJOR);
    if (major < FIRST_MAJOR || major > LAST_MAJOR)
        return lut_fail(err, LUT_EFORMAT, "%s: is D3 %s, want %d to %d", l->path,
                        l->version, FIRST_MAJOR, LAST_MAJOR);
    l->licence = major < 7 ? "BSD-3-Clause" : "ISC";
    return LUT_OK;
}

/* HTML looks for the end of a script in all of its text, strings of JavaScript included.  Of
 * other bytes than UTF-8 a browser makes other signs, and what is signed is not what it reads. */
static lut_status judge_text(const page_library *l, lut_err *err)
{
    static const char *const refused[] = { "</script", "<script", "<!--" };

    if (!emit_is_utf8(l->text))
        return lut_fail(err, LUT_EFORMAT,
                        "%s: is not UTF-8, as which browsers read a page", l->path);
    for (const char *at = l->text; (at = strchr(at, '<')); at++)
        for (size_t i = 0; i < LUT_COUNT(refused); i++)
            if (!strncasecmp(at, refused[i], strlen(refused[i])))
                return lut_fail(err, LUT_EFORMAT,
                                "%s: contains \"%s\", which cannot stand inside a page",
                                l->path, refused[i]);
    return LUT_OK;
}

/* Browsers read line ends as newlines: what is signed must be what they read. */
static void drop_returns(char *text)
{
    char *to = text;

    for (; *text; text++)
        if (*text != '\r')
            *to++ = *text;
    *to = 0;
}

static lut_status read_library(page_library *l, const char *path, lut_err *err)
{
    *l = (page_library){ .path = strdup(path) };
    if (!l->path)
        return no_memory(err);
    LUT_TRY(read_text(&l->text, path, err));
    drop_returns(l->text);
    LUT_TRY(judge_version(l, err));
    return judge_text(l, err);
}

/* ---- its licence ---- */

/* Whose the heading says it is, without "Copyright 2022" and what ends the sentence. */
static size_t holder_name(const page_library *l, const char **name)
{
    static const char before[] = "Copyright";
    const char *at = l->holder;
    size_t n;

    if (!strncmp(at, before, strlen(before)))
        at += strlen(before);
    *name = at + strspn(at, " 0123456789-,");
    n = strlen(*name);
    while (n && strchr(" .", (*name)[n - 1]))
        n--;
    return n;
}

/* Where a d3.min.js was copied into another program, that program's licence is beside it. */
static void judge_notice(page_library *l)
{
    const char *name;
    const size_t n = holder_name(l, &name);

    if (l->notice && n)
        for (const char *at = l->notice; (at = strchr(at, *name)); at++)
            if (!strncmp(at, name, n))
                return;
    free(l->notice);
    l->notice = NULL;
}

/* Beside dist/d3.min.js, as the archives of D3 have it; owned, NULL without memory. */
static char *notice_beside(const char *path)
{
    static const char name[] = "/../LICENSE";
    const char *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash - path) : 1;
    char *out = malloc(folder + sizeof name);

    if (out)
        snprintf(out, folder + sizeof name, "%.*s%s", (int)folder, slash ? path : ".",
                 name);
    return out;
}

/* A page without the text still names the licence. */
static lut_status read_notice(page_library *l, const char *path, lut_err *err)
{
    lut_err why;

    return read_text(&l->notice, path, &why) == LUT_ENOMEM
               ? lut_fail(err, LUT_ENOMEM, "%s", why.text)
               : LUT_OK;
}

static lut_status read_notice_beside(page_library *l, lut_err *err)
{
    char *path = notice_beside(l->path);
    const lut_status st = path ? read_notice(l, path, err) : no_memory(err);

    judge_notice(l);
    free(path);
    return st;
}

/* ---- */

static lut_status look(page_library *l, bool *found, lut_err *err)
{
    for (size_t i = 0; i < LUT_COUNT(places); i++) {
        const lut_status st = read_library(l, places[i].library, err);

        if (st == LUT_ENOMEM)
            return st;
        if (st == LUT_OK) {
            *found = true;
            return read_notice(l, places[i].notice, err);
        }
        page_library_fini(l);
    }
    return LUT_OK;
}

lut_status page_library_read(page_library *l, bool *found, const char *path,
                             lut_err *err)
{
    *l = (page_library){ 0 };
    *found = false;
    if (!path)
        return look(l, found, err);
    LUT_TRY(read_library(l, path, err));
    *found = true;
    return read_notice_beside(l, err);
}

void page_library_fini(page_library *l)
{
    free(l->text);
    free(l->notice);
    free(l->path);
    *l = (page_library){ 0 };
}
