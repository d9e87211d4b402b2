/* D3, which the interactive half of a page is drawn with: found as the distribution installs it,
 * and embedded in the page.  Versions 4 to 7 have what the page calls; Debian and Ubuntu have 5
 * as node-d3 (libjs-d3 is 3 and will not do). */
#ifndef ANALYSIS_PAGE_LIBRARY_H
#define ANALYSIS_PAGE_LIBRARY_H

#include "lib/base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Installed by the package that pages name. */
#define PAGE_LIBRARY_PACKAGE "node-d3"

typedef struct page_library {
    char *text;        /* the library, without what would end a <script>; owned */
    char *notice;      /* its licence, naming the holder; NULL: not found; owned */
    char *path;        /* owned */
    char version[24];  /* "5.16.0" */
    char holder[96];   /* "Copyright 2022 Mike Bostock" */
    const char *licence; /* its name; static */
} page_library;

/* path NULL: the first that is there of a fixed list of paths; *found is false where none is, or
 * none is of these versions.  A path that was asked for has to do: LUT_ENOENT, LUT_EIO,
 * LUT_EFORMAT (it is no D3, of another version, no UTF-8, or cannot stand in a page), LUT_ENOMEM.
 * *l is page_library_fini's, also after an error. */
lut_status page_library_read(page_library *l, bool *found, const char *path, lut_err *err);
void page_library_fini(page_library *l); /* accepts a zeroed struct */

#endif
