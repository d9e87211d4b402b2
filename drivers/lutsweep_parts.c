/* Parts that were forgotten: X.part-2.h5 was never written, its folder X.part-2.h5.run has
 * results all the same, and a shell's X.part-*.h5 does not see it. */
#include "drivers/lutsweep.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file's name around its last number: "DIR/X.part-", "2", ".h5". */
typedef struct numbered {
    const char *file, *base;
    size_t before,
        after; /* where the number begins and ends in file; equal: there is none */
} numbered;

static numbered take_apart(const char *file)
{
    const char *slash = strrchr(file, '/');
    numbered n = { .file = file, .base = slash ? slash + 1 : file };
    const size_t first = (size_t)(n.base - file);

    n.after = strlen(file);
    if (n.after > first + 3 && !strcmp(file + n.after - 3, ".h5"))
        n.after -= 3; /* its digit counts nothing */
    while (n.after > first && !isdigit((unsigned char)file[n.after - 1]))
        n.after--;
    n.before = n.after;
    while (n.before > first && isdigit((unsigned char)file[n.before - 1]))
        n.before--;
    return n;
}

static bool alike(const numbered *a, const numbered *b)
{
    return a->before == b->before && !strncmp(a->file, b->file, a->before) &&
           !strcmp(a->file + a->after, b->file + b->after);
}

static bool find_folder(struct stat *s, const char *file)
{
    char path[SWEEP_ROOT + 8];

    return snprintf(path, sizeof path, "%s.run", file) < (int)sizeof path &&
           stat(path, s) == 0;
}

/* However the two are spelled. */
static bool same_place(const char *a, const char *b)
{
    struct stat x, y;

    return !strcmp(a, b) || (find_folder(&x, a) && find_folder(&y, b) &&
                             x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

static bool is_named(const lutsweep_args *a, const char *file)
{
    for (size_t i = 0; i < a->noperands; i++)
        if (same_place(file, a->operand[i]))
            return true;
    return a->out && same_place(file, a->out);
}

/* entry: NAME.run in the folder of n. */
static void tell_entry(const lutsweep_args *a, const numbered *n, const char *entry)
{
    const size_t size = strlen(entry);
    char file[SWEEP_ROOT];
    numbered found;

    if (size < 5 || strcmp(entry + size - 4, ".run") != 0 ||
        snprintf(file, sizeof file, "%.*s%.*s", (int)(n->base - n->file), n->file,
                 (int)(size - 4), entry) >= (int)sizeof file)
        return;
    found = take_apart(file);
    if (found.before < found.after && alike(&found, n) && !is_named(a, file))
        cli_complain(
            CLI_OK,
            "%s.run is there as well, but %s was not named: what it holds is not "
            "joined",
            file, file);
}

static void look_around(const lutsweep_args *a, const numbered *n)
{
    char folder[SWEEP_ROOT];
    DIR *d;

    snprintf(folder, sizeof folder, "%.*s", (int)(n->base - n->file), n->file);
    d = opendir(folder[0] ? folder : ".");
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
        tell_entry(a, n, e->d_name);
    if (d)
        closedir(d);
}

void lutsweep_tell_parts(const lutsweep_args *a)
{
    numbered last = { .file = "" };

    for (size_t i = 0; i < a->noperands; i++) {
        numbered n = take_apart(a->operand[i]);

        if (n.before < n.after && (i == 0 || !alike(&n, &last)))
            look_around(a, &n);
        last = n;
    }
}
