/* What --keys and --list print: from the tables that parse. */
#include "sweep/spec_key.h"

#include "sweep/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*line_fn)(void *arg, const char *line);

enum { COLUMNS = 6, CELL = 96 };

typedef struct table_row {
    char cell[COLUMNS - 1][CELL];
    const char *doc;
} table_row;

/* First pass: widths; second: lines.  Nothing is kept between the rows. */
typedef struct table {
    int width[COLUMNS - 1];
    line_fn fn; /* NULL: measure */
    void *arg;
} table;

static void put(table *t, const table_row *r)
{
    char line[COLUMNS * CELL + LUT_FIELD_TEXT];
    size_t used = 0;

    for (size_t i = 0; i < COLUMNS - 1; i++) {
        int n = (int)strlen(r->cell[i]);

        t->width[i] = n > t->width[i] ? n : t->width[i];
        used += (size_t)snprintf(line + used, sizeof line - used, "%-*s  ", t->width[i],
                                 r->cell[i]);
    }
    snprintf(line + used, sizeof line - used, "%s", r->doc);
    if (t->fn)
        t->fn(t->arg, line);
}

static table_row make_row(const char *name, const char *type, const char *unit,
                          const char *range, const char *fallback, const char *doc)
{
    const char *cell[COLUMNS - 1] = { name, type, unit, range, fallback };
    table_row r = { .doc = doc };

    for (size_t i = 0; i < COLUMNS - 1; i++)
        snprintf(r.cell[i], CELL, "%.95s", cell[i][0] ? cell[i] : "-");
    return r;
}

static void put_field(table *t, const char *name, const lut_field *f,
                      const char *fallback)
{
    static const char *const types[] = { "integer", "real", "integer", "boolean",
                                         "text" };
    const sweep_family *family = sweep_family_of(f);
    char range[LUT_FIELD_TEXT];
    table_row r;

    lut_field_range(f, range);
    if (family)
        snprintf(range, sizeof range, "%s, see --list", family->what);
    r = make_row(name, types[f->type], f->unit, range, fallback, f->doc);
    put(t, &r);
}

static void put_whole(table *t, const sweep_spec_key *k)
{
    table_row r;

    if (k->field) {
        put_field(t, k->name, k->field, k->fallback ? k->fallback : k->field->fallback);
        return;
    }
    r = make_row(k->name, k->type, "", k->range, k->fallback, k->doc);
    put(t, &r);
}

static void put_keys(table *t)
{
    size_t n;
    const sweep_spec_key *whole = sweep_spec_key_table(&n);
    const lut_field *f;
    char option[96];
    table_row r = make_row("key", "type", "unit", "range", "default", "meaning");

    put(t, &r);
    for (size_t i = 0; i < n; i++)
        put_whole(t, &whole[i]);
    f = sweep_trial_fields(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(f[i].name, "options") != 0)
            put_field(t, f[i].name, &f[i], f[i].fallback);
    r = make_row("seeds", "integer", "", "1..100000 or a list", "1",
                 "8: the seeds 1 to 8; a list names them");
    put(t, &r);
    for (size_t i = 0; (f = sweep_option_entry(option, i)); i++)
        put_field(t, option, f, f->fallback);
}

void sweep_spec_keys(line_fn fn, void *arg)
{
    table t = { 0 };

    put_keys(&t);
    t.fn = fn;
    t.arg = arg;
    put_keys(&t);
}

/* ---- plug-ins ---- */

static int widest(const sweep_family *family, size_t n)
{
    sweep_plugin p;
    size_t widest = 0;

    for (size_t f = 0; f < n; f++)
        for (size_t i = 0; family[f].entry(&p, i); i++)
            widest = strlen(p.name) > widest ? strlen(p.name) : widest;
    return (int)widest;
}

void sweep_spec_list(line_fn fn, void *arg)
{
    size_t n;
    const sweep_family *family = sweep_families(&n);
    int width = widest(family, n);
    char line[LUT_FIELD_TEXT];
    sweep_plugin p;

    for (size_t f = 0; f < n; f++) {
        fn(arg, family[f].what);
        for (size_t i = 0; family[f].entry(&p, i); i++) {
            snprintf(line, sizeof line, "  %-*s  %s", width, p.name, p.doc);
            fn(arg, line);
        }
    }
}
