/* What differs between two files: configuration, rows, environment. */
#include "analysis/cells.h"
#include "analysis/compare.h"
#include "sweep/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED = 50 }; /* trials that a table of differences names at most */

typedef struct maker {
    compare_files *c;
    const report_data *d;
    size_t key, first[2], rows[2]; /* first: row of each file */
    size_t *place[2];              /* [rows] of each file, by key; owned */
    char *config[2];               /* without comments; owned */
    sheet *s;
    size_t listed;
    lut_err *err;
} maker;

/* ---- rows ---- */

typedef struct entry {
    const char *key;
    size_t row;
} entry;

static int by_key(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    const int order = strcmp(a->key, b->key);

    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static const char *key_of(const maker *m, size_t row)
{
    return report_data_value(m->d, row, m->key).text;
}

static lut_status sort_file(maker *m, size_t file)
{
    const size_t n = m->rows[file];
    entry *e = malloc((n + 1) * sizeof *e);

    m->place[file] = malloc((n + 1) * sizeof *m->place[file]);
    if (!e || !m->place[file]) {
        free(e);
        return lut_fail(m->err, LUT_ENOMEM, "no memory for %zu rows", n);
    }
    for (size_t i = 0; i < n; i++)
        e[i] = (entry){ key_of(m, m->first[file] + i), m->first[file] + i };
    qsort(e, n, sizeof *e, by_key);
    for (size_t i = 0; i < n; i++)
        m->place[file][i] = e[i].row;
    free(e);
    return LUT_OK;
}

static lut_status list(maker *m, const char *key, const char *what, const char *a,
                       const char *b)
{
    const sheet_cell cell[] = { cell_text(key), cell_text(what), cell_text(a),
                                cell_text(b) };

    return m->listed++ < LISTED ? sheet_add_row(m->s, cell, m->err) : LUT_OK;
}

/* The first column in which they differ; without one the rest of the two does. */
static lut_status list_difference(maker *m, const sweep_result *a,
                                  const sweep_result *b)
{
    size_t n;
    const lut_field *field = sweep_row_fields(&n);
    char text[2][LUT_FIELD_TEXT];

    for (size_t i = 0; i < n; i++) {
        lut_field_text(&field[i], text[0], &a->row);
        lut_field_text(&field[i], text[1], &b->row);
        if (strcmp(text[0], text[1]))
            return list(m, a->row.key, field[i].name, text[0], text[1]);
    }
    return list(m, a->row.key, "history or network", NULL, NULL);
}

static lut_status compare_rows(maker *m, size_t row_a, size_t row_b)
{
    sweep_result a, b;
    lut_status st;

    sweep_result_init(&b);
    LUT_TRY(report_data_result(m->d, row_a, &a, m->err));
    st = report_data_result(m->d, row_b, &b, m->err);
    m->c->both++;
    if (st == LUT_OK && !sweep_result_same(&a, &b, NULL)) {
        m->c->differ++;
        st = list_difference(m, &a, &b);
    }
    sweep_result_fini(&a);
    sweep_result_fini(&b);
    return st;
}

static lut_status list_alone(maker *m, size_t file, size_t row)
{
    m->c->only[file]++;
    return list(m, key_of(m, row), "only in one", file ? NULL : "there",
                file ? "there" : NULL);
}

/* Both files in the order of their keys. */
static lut_status walk(maker *m)
{
    size_t i = 0, j = 0;

    while (i < m->rows[0] || j < m->rows[1]) {
        const size_t a = i < m->rows[0] ? m->place[0][i] : SIZE_MAX,
                     b = j < m->rows[1] ? m->place[1][j] : SIZE_MAX;
        const int order = a == SIZE_MAX   ? 1
                          : b == SIZE_MAX ? -1
                                          : strcmp(key_of(m, a), key_of(m, b));

        if (order == 0)
            LUT_TRY(compare_rows(m, a, b));
        else
            LUT_TRY(list_alone(m, order > 0, order > 0 ? b : a));
        i += order <= 0;
        j += order >= 0;
    }
    return LUT_OK;
}

static lut_status rows_sheet(maker *m)
{
    static const sheet_column column[] = {
        { .name = "key" },
        { .name = "what", .doc = "the first column that differs" },
        { .name = "a" },
        { .name = "b" },
    };
    compare_files *c = m->c;

    LUT_TRY(sheet_init(m->s, "rows", m->err, "Trials of a: %s, b: %s",
                       report_data_path(m->d, 0), report_data_path(m->d, 1)));
    LUT_TRY(cells_columns(m->s, column, LUT_COUNT(column), m->err));
    LUT_TRY(sort_file(m, 0));
    LUT_TRY(sort_file(m, 1));
    LUT_TRY(walk(m));
    LUT_TRY(sheet_add_note(
        m->s, m->err,
        "%zu trials are in both, of these %zu differ (timing apart); %zu "
        "are in a alone, %zu in b alone",
        c->both, c->differ, c->only[0], c->only[1]));
    return m->listed <= LISTED ? LUT_OK
                               : sheet_add_note(m->s, m->err, "%zu more are not listed",
                                                m->listed - LISTED);
}

/* ---- configuration ---- */

/* Length of what begins at p and stays together: a comment, a string, a character. */
static size_t piece(const char *p, bool *comment)
{
    const char *end;
    size_t n = 1;

    *comment = true;
    if (p[0] == '#' || (p[0] == '/' && p[1] == '/'))
        return strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        end = strstr(p + 2, "*/");
        return end ? (size_t)(end + 2 - p) : strlen(p);
    }
    *comment = false;
    if (p[0] != '"')
        return 1;
    for (; p[n] && p[n] != '"'; n++)
        n += p[n] == '\\' && p[n + 1];
    return n + (p[n] == '"');
}

/* A blank for each comment; owned, NULL without memory. */
static char *without_comments(const char *text)
{
    char *out = malloc(strlen(text) + 1), *to = out;
    bool comment;

    for (size_t n; out && *text; text += n) {
        n = piece(text, &comment);
        if (comment)
            *to++ = ' ';
        else
            to = mempcpy(to, text, n);
    }
    if (out)
        *to = 0;
    return out;
}

typedef struct line {
    const char *at; /* borrowed */
    size_t n;
} line;

/* The next line that is not empty, without space around; false: the last was before. */
static bool next_line(line *out, const char **at)
{
    static const char space[] = " \t\r\n";

    *at += strspn(*at, space);
    *out = (line){ *at, strcspn(*at, "\n") };
    *at += out->n;
    while (out->n && strchr(space, out->at[out->n - 1]))
        out->n--;
    return out->n > 0;
}

static size_t count_line(const char *text, const line *l)
{
    line other;
    size_t n = 0;

    while (next_line(&other, &text))
        n += other.n == l->n && !memcmp(other.at, l->at, l->n);
    return n;
}

static lut_status add_line(maker *m, const char *name, const line *l)
{
    char *text = strndup(l->at, l->n);
    const sheet_cell cell[] = { cell_text(name), cell_text(text) };
    lut_status st = text ? sheet_add_row(m->s, cell, m->err)
                         : lut_fail(m->err, LUT_ENOMEM, "no memory for a line");

    free(text);
    return st;
}

/* Lines that one has more often than the other, each time it comes too often. */
static lut_status lines_of(maker *m, const char *of, const char *not_in,
                           const char *name)
{
    const char *at = of;
    line l;

    while (next_line(&l, &at)) {
        const size_t here = count_line(of, &l) - count_line(at, &l);

        if (here > count_line(not_in, &l))
            LUT_TRY(add_line(m, name, &l));
    }
    return LUT_OK;
}

static lut_status add_lines(maker *m)
{
    for (size_t i = 0; i < 2; i++) {
        const char *text = sweep_store_config(report_data_store(m->d, i));

        m->config[i] = without_comments(text ? text : "");
        if (!m->config[i])
            return lut_fail(m->err, LUT_ENOMEM, "no memory for a configuration");
    }
    LUT_TRY(lines_of(m, m->config[0], m->config[1], "a"));
    return lines_of(m, m->config[1], m->config[0], "b");
}

static lut_status configuration_sheet(maker *m)
{
    static const sheet_column column[] = { { .name = "in" }, { .name = "line" } };

    LUT_TRY(sheet_init(m->s, "configuration", m->err,
                       "Lines of the configuration that only one of them has"));
    LUT_TRY(cells_columns(m->s, column, LUT_COUNT(column), m->err));
    LUT_TRY(add_lines(m));
    return m->s->nrows
               ? LUT_OK
               : sheet_add_note(m->s, m->err, "the configurations are the same");
}

/* ---- environment ---- */

typedef struct item {
    const char *name, *a, *b;
} item;

static const sweep_provenance *last_run(const report_data *d, size_t file)
{
    static const sweep_provenance unknown = { .host = "", .command = NULL };
    size_t n;
    const sweep_provenance *run =
        sweep_store_provenance(report_data_store(d, file), &n);

    return n ? &run[n - 1] : &unknown;
}

/* The value of a column in the first row of a file; kernels, host: rows of one run agree. */
static const char *first_text(const maker *m, size_t file, const char *name)
{
    const size_t col = report_data_find(m->d, name);

    if (col == SIZE_MAX || !m->rows[file])
        return "";
    return report_data_value(m->d, m->first[file], col).text;
}

static lut_status add_items(maker *m, const item *it, size_t n)
{
    size_t differ = 0;

    for (size_t i = 0; i < n; i++) {
        const bool same = !strcmp(it[i].a ? it[i].a : "", it[i].b ? it[i].b : "");
        const sheet_cell cell[] = { cell_text(it[i].name), cell_text(it[i].a),
                                    cell_text(it[i].b),
                                    cell_text(same ? "same" : "differs") };

        differ += !same;
        LUT_TRY(sheet_add_row(m->s, cell, m->err));
    }
    if (!m->c->differ)
        return LUT_OK;
    return sheet_add_note(m->s, m->err, "%s",
                          differ
                              ? "trials of one key differ: what differs here may be why"
                              : "trials of one key differ, and nothing here says why");
}

static lut_status environment_sheet(maker *m)
{
    static const sheet_column column[] = {
        { .name = "what" }, { .name = "a" }, { .name = "b" }, { .name = "same" }
    };
    const sweep_provenance *a = last_run(m->d, 0), *b = last_run(m->d, 1);
    const item it[] = {
        { "version", a->version, b->version },
        { "revision", a->revision, b->revision },
        { "compiler", a->compiler, b->compiler },
        { "kernels", first_text(m, 0, "kernels"), first_text(m, 1, "kernels") },
        { "host", a->host, b->host },
        { "mpi", a->mpi, b->mpi },
        { "hdf5", a->hdf5, b->hdf5 },
        { "data", a->digests, b->digests },
        { "command", a->command, b->command },
    };

    LUT_TRY(sheet_init(m->s, "environment", m->err, "The last run of each"));
    LUT_TRY(cells_columns(m->s, column, LUT_COUNT(column), m->err));
    return add_items(m, it, LUT_COUNT(it));
}

/* ---- trials of equal settings and seeds ---- */

/* Trials of other versions or numerics pair up too.  What is the same needs no table. */
static lut_status groups(maker *m, sheet *out, size_t *n, double alpha)
{
    const compare_query q = { .by = "file",
                              .a = report_data_path(m->d, 0),
                              .b = report_data_path(m->d, 1),
                              .alpha = alpha };
    compare_groups c;
    lut_status st;

    if (!m->rows[0] || !m->rows[1] || m->c->both - m->c->differ == m->rows[0])
        return LUT_OK;
    LUT_TRY(compare_groups_make(&c, m->d, &q, m->err));
    ++*n;
    st = compare_groups_sheet(out, &c, m->err);
    compare_groups_fini(&c);
    return st;
}

static lut_status make(maker *m, sheet *out, size_t *n, double alpha)
{
    lut_status (*const sheets[])(maker *) = { rows_sheet, configuration_sheet,
                                              environment_sheet };

    if (report_data_files(m->d) != 2)
        return lut_fail(m->err, LUT_EINVAL, "%zu files, want two to compare",
                        report_data_files(m->d));
    LUT_TRY(report_data_column(m->d, &m->key, "key", "key", m->err));
    for (size_t i = 0; i < 2; i++)
        m->c->rows[i] = m->rows[i] = sweep_store_rows(report_data_store(m->d, i));
    m->first[1] = m->rows[0];
    for (size_t i = 0; i < LUT_COUNT(sheets); i++) {
        m->s = &out[(*n)++];
        LUT_TRY(sheets[i](m));
    }
    return groups(m, &out[*n], n, alpha);
}

lut_status compare_files_sheets(compare_files *c, sheet *out, size_t *n,
                                const report_data *d, double alpha, lut_err *err)
{
    maker m = { .c = c, .d = d, .err = err };
    lut_status st;

    *c = (compare_files){ .both = 0 };
    *n = 0;
    st = make(&m, out, n, alpha);
    free(m.place[0]);
    free(m.place[1]);
    free(m.config[0]);
    free(m.config[1]);
    return st;
}
