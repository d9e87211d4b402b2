/* strategy = "list": a table of trials, CSV as in RFC 4180, whose rows become blocks. */
#include "sweep/csv.h"
#include "sweep/spec_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file ---- */

/* Beside the configuration, unless the path is absolute. */
static char *join(const char *config, const char *file)
{
    const char *slash = file[0] == '/' ? NULL : strrchr(config, '/');
    size_t folder = slash ? (size_t)(slash - config) + 1 : 0;
    char *path = malloc(folder + strlen(file) + 1);

    if (!path)
        return NULL;
    memcpy(path, config, folder);
    strcpy(path + folder, file);
    return path;
}

/* ---- columns ---- */

typedef struct column {
    sweep_key key;
    bool is_options; /* of all plug-ins, "dwn.alpha 0.1 adam.beta1 0.9" */
    bool good;
} column;

typedef struct list {
    sweep_csv r;
    column *column; /* [n]; owned */
    size_t n;
    sweep_node *grid; /* gets the blocks */
    sweep_problems *p;
    lut_err *err;
} list;

static int place(int line)
{
    return SWEEP_LIST_LINE + line;
}

/* METRIC, or METRIC_mean as tables of results have it. */
static bool is_result_of(const lut_field *f, size_t n, const char *name)
{
    static const char *const ends[] = { "", "_mean", "_sd", "_min", "_max", "_n" };

    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(f[i].name);

        if (strncmp(f[i].name, name, length) != 0)
            continue;
        for (size_t e = 0; e < LUT_COUNT(ends); e++)
            if (strcmp(name + length, ends[e]) == 0)
                return true;
    }
    return false;
}

static bool is_result(const char *name)
{
    size_t trial, n;
    const lut_field *f;

    sweep_trial_fields(&trial);
    f = sweep_row_fields(&n);
    if (is_result_of(f + trial, n - trial, name))
        return true;
    f = sweep_timing_fields(&n);
    return is_result_of(f, n, name);
}

static bool find_key(sweep_key *key, const char *name)
{
    const char *dot = strchr(name, '.');
    char group[96];

    if (!dot)
        return sweep_key_find(key, NULL, name);
    snprintf(group, sizeof group, "%.*s", (int)(dot - name < 95 ? dot - name : 95),
             name);
    return sweep_key_find(key, group, dot + 1);
}

static void refuse_name(list *l, const char *name)
{
    const char *dot = strchr(name, '.');
    char group[96];

    if (name[0] == '#') {
        sweep_problem(l->p, place(1), "\"%.40s\": no comments, want names of keys",
                      name);
        return;
    }
    snprintf(group, sizeof group, "%.*s", (int)(dot ? dot - name : 0), name);
    sweep_key_unknown(l->p, place(1), dot ? group : NULL, dot ? dot + 1 : name);
}

static size_t find_same(const list *l, const column *c)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->column[i].good && l->column[i].is_options == c->is_options &&
            (c->is_options || sweep_key_same(&l->column[i].key, &c->key)))
            return i;
    return l->n;
}

static column make_column(list *l, const char *name)
{
    column c = { .is_options = strcmp(name, "options") == 0 };
    size_t same;

    c.good = c.is_options || find_key(&c.key, name);
    if (!c.good && is_result(name))
        sweep_problem(l->p, place(1),
                      "%s: a result, want keys only: leave this column out", name);
    else if (!c.good)
        refuse_name(l, name);
    else if (c.key.whole)
        sweep_problem(l->p, place(1), "%s: belongs to the whole sweep, not into a list",
                      name);
    else if ((same = find_same(l, &c)) < l->n)
        sweep_problem(l->p, place(1), "%s: already given in column %zu", name,
                      same + 1);
    else
        return c;
    c.good = false;
    return c;
}

static lut_status read_heading(list *l)
{
    char end = ',';

    while (end == ',') {
        char *cell = sweep_csv_cell(&l->r, &end);
        void *more;

        if (!cell)
            return LUT_OK;
        more = realloc(l->column, (l->n + 1) * sizeof *l->column);
        if (!more)
            return lut_fail(l->err, LUT_ENOMEM, "no memory for %zu columns", l->n);
        l->column = more;
        l->column[l->n] = make_column(l, cell);
        l->n++;
    }
    return LUT_OK;
}

/* ---- rows ---- */

/* Numbers and booleans where the field has them; what is neither is refused later, as a
 * text that stands for it is in a configuration. */
static void make_value(sweep_node *v, char *cell, const lut_field *f, int line)
{
    char *end;
    double number = strtod(cell, &end);

    *v = (sweep_node){ .type = SWEEP_NODE_TEXT, .text = cell, .line = place(line) };
    if (f->type == LUT_BOOL &&
        (strcmp(cell, "true") == 0 || strcmp(cell, "false") == 0))
        *v = (sweep_node){ .type = SWEEP_NODE_BOOL, .number = cell[0] == 't' };
    else if (f->type != LUT_TEXT && f->type != LUT_BOOL && !*end && !isnan(number))
        *v = (sweep_node){ .type = number == floor(number) && fabs(number) < 1e15
                                       ? SWEEP_NODE_INT
                                       : SWEEP_NODE_REAL,
                           .number = number };
    v->line = place(line);
}

static lut_status put_value(list *l, sweep_node *block, const sweep_key *key,
                            char *cell, int line)
{
    sweep_node value;

    /* Missing values of a table of results are "nan". */
    if (!*cell || (key->field->type != LUT_TEXT && strcmp(cell, "nan") == 0))
        return LUT_OK;
    make_value(&value, cell, key->field, line);
    return sweep_tree_put(block, key, &value, l->err);
}

/* Names and values in turn, between blanks. */
static lut_status put_options(list *l, sweep_node *block, char *cell, int line)
{
    char *rest, *name = strtok_r(cell, " ", &rest);

    for (; name; name = strtok_r(NULL, " ", &rest)) {
        char *value = strtok_r(NULL, " ", &rest);
        sweep_key key;

        if (!value || !find_key(&key, name) || !key.is_option) {
            sweep_problem(l->p, place(line),
                          "options: \"%.60s\": want options and values in turn, "
                          "\"dwn.alpha 0.1\"",
                          name);
            return LUT_OK;
        }
        LUT_TRY(put_value(l, block, &key, value, line));
    }
    return LUT_OK;
}

static lut_status put_cell(list *l, sweep_node *block, const column *c, char *cell,
                           int line)
{
    if (!c->good)
        return LUT_OK;
    return c->is_options ? put_options(l, block, cell, line)
                         : put_value(l, block, &c->key, cell, line);
}

static lut_status read_row(list *l)
{
    sweep_node *block = sweep_node_add(l->grid, NULL);
    const int line = l->r.line;
    size_t n = 0;
    char end = ',';

    if (!block)
        return lut_fail(l->err, LUT_ENOMEM, "no memory for %zu rows", l->grid->n);
    *block = (sweep_node){ .type = SWEEP_NODE_GROUP, .line = place(line) };
    for (; end == ','; n++) {
        char *cell = sweep_csv_cell(&l->r, &end);

        if (!cell)
            return LUT_OK;
        if (n < l->n)
            LUT_TRY(put_cell(l, block, &l->column[n], cell, line));
    }
    if (n != l->n)
        sweep_problem(l->p, place(line), "%zu cells, want %zu as in the first line", n,
                      l->n);
    return LUT_OK;
}

static lut_status read_rows(list *l)
{
    LUT_TRY(read_heading(l));
    for (; !l->r.wrong && *l->r.at;) {
        l->r.line++;
        if (l->r.at[0] == '\n' || (l->r.at[0] == '\r' && l->r.at[1] == '\n'))
            l->r.at += l->r.at[0] == '\r' ? 2 : 1;
        else
            LUT_TRY(read_row(l));
    }
    if (l->r.wrong)
        sweep_problem(l->p, place(l->r.line), "%s", l->r.wrong);
    else if (!l->grid->n)
        sweep_problem(l->p, place(0),
                      "no rows, want names of keys, then a trial in each "
                      "line");
    return LUT_OK;
}

/* ---- into the tree ---- */

static const sweep_node *find_file(sweep_node *root, sweep_problems *p)
{
    sweep_node *search = sweep_node_member(root, "search");
    const sweep_node *file = search ? sweep_node_member(search, "file") : NULL;
    const sweep_node *grid = sweep_node_member(root, "grid");
    const sweep_node *strategy = sweep_node_member(root, "strategy");

    if (grid) {
        sweep_problem(p, grid->line,
                      "grid: not beside a list of trials, whose rows are the blocks");
        return NULL;
    }
    if (file && file->type == SWEEP_NODE_TEXT && file->text[0])
        return file;
    if (!file)
        sweep_problem(
            p, strategy ? strategy->line : SWEEP_WHOLE_FILE,
            "search.file: not given, want a list of trials, search = { file = "
            "\"trials.csv\"; }");
    return NULL;
}

static lut_status add_rows(sweep_node *root, char *text, size_t n, sweep_problems *p,
                           lut_err *err)
{
    list l = { .r = { .at = text, .line = 1 }, .p = p, .err = err };
    lut_status st;

    if (strlen(text) != n) {
        sweep_problem(p, place(0), "not text: a byte of 0 in it");
        return LUT_OK;
    }
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        l.r.at += 3; /* the mark that spreadsheets put in front of UTF-8 */
    l.grid = sweep_node_add(root, "grid");
    if (!l.grid)
        return lut_fail(err, LUT_ENOMEM, "no memory for a list of trials");
    l.grid->type = SWEEP_NODE_LIST;
    l.grid->line = place(0);
    st = read_rows(&l);
    if (!l.grid->n)
        sweep_node_drop(root, "grid");
    free(l.column);
    return st;
}

lut_status sweep_list_expand(sweep_spec *spec, sweep_node *root, sweep_problems *p,
                             lut_err *err)
{
    const sweep_node *file = find_file(root, p);
    const char *why;
    lut_status st;
    char *text;
    size_t n;

    if (!file)
        return LUT_OK;
    spec->list_path = join(p->path, file->text);
    if (!spec->list_path)
        return lut_fail(err, LUT_ENOMEM, "no memory for a path");
    p->list = spec->list_path;
    LUT_TRY(sweep_csv_file(&text, &n, &why, spec->list_path, err));
    if (!text) {
        sweep_problem(p, file->line, "search.file = \"%.200s\": %s: %.200s", file->text,
                      spec->list_path, why);
        return LUT_OK;
    }
    st = add_rows(root, text, n, p, err);
    free(text);
    return st;
}
