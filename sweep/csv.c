#include "sweep/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 28 };

lut_status sweep_csv_file(char **text, size_t *n, const char **why, const char *path,
                          lut_err *err)
{
    FILE *f = fopen(path, "rb");
    long size = -1;

    *text = NULL;
    *n = 0;
    *why = f ? "cannot be read" : strerror(errno);
    if (!f)
        return LUT_OK;
    if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && size <= MOST_BYTES) {
        *text = malloc((size_t)size + 1);
        if (!*text) {
            fclose(f);
            return lut_fail(err, LUT_ENOMEM, "no memory for %s", path);
        }
        rewind(f);
        *n = fread(*text, 1, (size_t)size, f);
        (*text)[*n] = 0;
    }
    if (size > MOST_BYTES)
        *why = "too large, want at most 256 MiB";
    if (*text && (*n != (size_t)size || ferror(f))) {
        free(*text);
        *text = NULL;
    }
    fclose(f);
    return LUT_OK;
}

static char *quoted_cell(sweep_csv *r, char *end)
{
    char *from = r->at + 1, *to = r->at, *cell = r->at;
    const int line = r->line;

    for (; *from && (*from != '"' || from[1] == '"'); from++) {
        from += *from == '"';
        r->line += *from == '\n';
        *to++ = *from;
    }
    if (!*from) {
        r->line = line;
        r->wrong = "the quote that ends a cell is missing";
        return NULL;
    }
    from += 1;
    from += from[0] == '\r' && (from[1] == '\n' || !from[1]);
    if (*from && *from != ',' && *from != '\n') {
        r->wrong = "want a comma behind the quote that ends a cell";
        return NULL;
    }
    *end = *from;
    r->at = from + (*from != 0);
    *to = 0;
    return cell;
}

char *sweep_csv_cell(sweep_csv *r, char *end)
{
    char *cell = r->at;
    size_t n = strcspn(cell, ",\n\"");

    if (*cell == '"')
        return quoted_cell(r, end);
    if (cell[n] == '"') {
        r->wrong = "a quote inside a cell, want the whole cell in quotes and each of "
                   "its own twice";
        return NULL;
    }
    *end = cell[n];
    r->at += n + (*end != 0);
    cell[n] = 0;
    if (*end != ',' && n && cell[n - 1] == '\r')
        cell[n - 1] = 0;
    return cell;
}
