/* lutdata list: what there is, and where. */
#include "drivers/folders.h"
#include "drivers/lutdata.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A known set and what of it is on this machine. */
typedef struct entry {
    const lut_known *known;
    size_t files, found;
    char folder[LUT_FILE_PATH]; /* of the first file; "" where none is here */
} entry;

static entry look(const lut_known *known, const char *const *folder)
{
    entry e = { .known = known, .files = lutdata_files(known) };
    char path[LUT_FILE_PATH];

    for (size_t i = 0; i < e.files; i++) {
        lut_err err;
        lut_status st = lutdata_find(path, known, i, folder, &err);

        if (st != LUT_OK && st != LUT_ENOENT)
            cli_fail(&err);
        if (st != LUT_OK)
            continue;
        e.found++;
        *strrchr(path, '/') = 0; /* found in a folder, so there is one */
        if (!e.folder[0])
            memcpy(e.folder, path, sizeof e.folder);
    }
    return e;
}

static bool here(const entry *e)
{
    return e->files && e->found == e->files;
}

/* What to do about it. */
static void put_missing(const entry *e)
{
    if (e->found)
        printf("only %zu of its %zu files are in %s: ", e->found, e->files, e->folder);
    if (lut_known_public(e->known))
        printf("lutdata fetch %s", e->known->name);
    else
        printf("%s", e->known->obtain);
}

/* ---- text ---- */

/* "-" where the table does not say. */
static void put_count(uint32_t n, int width)
{
    if (n)
        printf("  %*u", width, n);
    else
        printf("  %*s", width, "-");
}

static void put_more(const entry *e)
{
    const lut_known *k = e->known;

    printf("    %s\n", k->doc);
    if (k->note)
        printf("    note: %s\n", k->note);
    printf("    source: %s\n", k->cite);
    if (!here(e))
        printf("    to get it: %s\n", k->obtain);
}

static void put_heading(const lutdata_args *a)
{
    if (a->output == LUTDATA_TEXT)
        printf("%-16s  %6s  %6s  %8s  %7s  %s\n", "name", "train", "test", "features",
               "classes", "where");
    else if (a->output == LUTDATA_CSV)
        printf("name,train,test,features,classes,here,folder,fetchable,partial,note,"
               "cite,obtain\n");
}

static void put_line(const entry *e, bool verbose)
{
    const lut_known *k = e->known;

    printf("%-16s", k->name);
    put_count(k->shape.train, 6);
    put_count(k->shape.test, 6);
    put_count(k->shape.features, 8);
    put_count(k->shape.classes, 7);
    printf("  ");
    if (here(e))
        printf("%s", e->folder);
    else
        put_missing(e);
    printf("\n");
    if (verbose)
        put_more(e);
}

/* ---- for machines ---- */

static void put_csv(const entry *e)
{
    const lut_known *k = e->known;
    const uint32_t count[] = { k->shape.train, k->shape.test, k->shape.features,
                               k->shape.classes };
    const char *text[] = { k->note, k->cite, k->obtain };

    emit_cell(stdout, k->name);
    for (size_t i = 0; i < LUT_COUNT(count); i++)
        printf(count[i] ? ",%u" : ",", count[i]);
    printf(",%s,", here(e) ? "true" : "false");
    emit_cell(stdout, e->folder);
    printf(",%s,%s", lut_known_public(k) ? "true" : "false",
           k->partial ? "true" : "false");
    for (size_t i = 0; i < LUT_COUNT(text); i++) {
        putchar(',');
        emit_cell(stdout, text[i]);
    }
    putchar('\n');
}

static double number(uint32_t n)
{
    return n ? n : (double)NAN;
}

static void put_json(emit_json *j, const entry *e)
{
    const lut_known *k = e->known;

    emit_open(j, NULL, '{');
    emit_text(j, "name", k->name);
    emit_text(j, "doc", k->doc);
    emit_number(j, "train", number(k->shape.train));
    emit_number(j, "test", number(k->shape.test));
    emit_number(j, "features", number(k->shape.features));
    emit_number(j, "classes", number(k->shape.classes));
    emit_bool(j, "here", here(e));
    emit_text(j, "folder", e->folder[0] ? e->folder : NULL);
    emit_number(j, "files", (double)e->files);
    emit_number(j, "files_found", (double)e->found);
    emit_bool(j, "fetchable", lut_known_public(k));
    emit_bool(j, "partial", k->partial);
    emit_text(j, "note", k->note);
    emit_text(j, "cite", k->cite);
    emit_text(j, "obtain", k->obtain);
    emit_close(j, '}');
}

static void put(const lutdata_args *a, emit_json *j, const entry *e)
{
    if (a->output == LUTDATA_JSON)
        put_json(j, e);
    else if (a->output == LUTDATA_CSV)
        put_csv(e);
    else if (a->output == LUTDATA_QUIET)
        printf("%s\n", e->known->name);
    else
        put_line(e, a->verbose != NULL);
}

static void open_list(const lutdata_args *a, emit_json *j)
{
    if (a->output != LUTDATA_JSON) {
        put_heading(a);
        return;
    }
    emit_open(j, NULL, '{');
    emit_text(j, "format", "lutdata-list");
    emit_number(j, "format_version", LUTDATA_FORMAT);
    emit_open(j, "set", '[');
}

static void close_list(const lutdata_args *a, emit_json *j)
{
    if (a->output != LUTDATA_JSON)
        return;
    emit_close(j, ']');
    emit_close(j, '}');
}

int lutdata_list(const lutdata_args *a)
{
    const char *folder[SWEEP_FOLDERS];
    const lut_known *only = NULL;
    emit_json j = { .out = stdout };

    if (a->noperands && !lutdata_named(&only, a->operand[0], false))
        return CLI_USAGE;
    folders_of(folder, NULL);
    open_list(a, &j);
    for (const lut_known *k = lut_known_table; k->name; k++) {
        entry e;

        if (only && only != k)
            continue;
        e = look(k, folder);
        put(a, &j, &e);
    }
    close_list(a, &j);
    return CLI_OK;
}
