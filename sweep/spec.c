#include "sweep/spec_impl.h"

#include "sweep/columns.h"
#include "sweep/recipes.h"
#include "sweep/sample.h"
#include "sweep/spec_search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys of the whole sweep ---- */

static lut_status set_skip(sweep_spec *spec, const sweep_node *n, sweep_problems *p,
                           lut_err *err)
{
    sweep_expr *e;
    lut_err why;
    lut_status st = sweep_expr_parse(&e, n->text, sweep_column_find, NULL, &why);

    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_OK)
        sweep_problem(p, n->line, "skip: %s", why.text);
    sweep_expr_destroy(e);
    spec->skip = strdup(n->text);
    spec->skip_line = n->line;
    return spec->skip ? LUT_OK : lut_fail(err, LUT_ENOMEM, "no memory for skip");
}

/* A typed member of `search`. */
static void set_search(sweep_spec *spec, const sweep_entry *e, sweep_problems *p)
{
    const lut_field *f = e->key.whole->field;
    sweep_key key = e->key;
    char text[LUT_FIELD_TEXT];
    lut_err why;

    key.field = f;
    if (key.whole->check && e->node->type == SWEEP_NODE_TEXT &&
        key.whole->check(e->node->text, &why) != LUT_OK)
        sweep_value_refuse(p, &key, e->node, why.text);
    else if (sweep_value_text(text, e->node, &key, &why) != LUT_OK)
        sweep_value_refuse(p, &key, e->node, why.text);
    else
        lut_field_set_text(f, &spec->search, text, NULL);
}

/* A number, or a text with a unit. */
static void set_amount(sweep_spec *spec, const sweep_entry *e, sweep_problems *p)
{
    const sweep_node *n = e->node;
    double *member = (double *)(void *)((char *)spec + e->key.whole->offset);
    char text[32];
    lut_err why;

    if (n->type == SWEEP_NODE_INT || n->type == SWEEP_NODE_REAL)
        lut_real_text(text, n->number);
    else
        snprintf(text, sizeof text, "%.31s", n->text ? n->text : "");
    if (e->key.whole->read(member, text, &why) == LUT_OK)
        return;
    *member = 0;
    sweep_value_refuse(p, &e->key, n, why.text);
}

static lut_status set_whole(sweep_spec *spec, const sweep_entry *e, sweep_problems *p,
                            lut_err *err)
{
    const sweep_spec_key *key = e->key.whole;
    const sweep_node *n = e->node;
    char value[128];
    lut_err why;

    if (strcmp(key->name, "grid") == 0)
        return LUT_OK; /* its blocks come last */
    sweep_node_show(n, value);
    if (key->field)
        set_search(spec, e, p);
    else if (key->read)
        set_amount(spec, e, p);
    else if (n->type != SWEEP_NODE_TEXT)
        sweep_problem(p, n->line, "%s = %s: want a text", key->name, value);
    else if (strcmp(key->name, "skip") == 0)
        return set_skip(spec, n, p, err);
    else if (key->check && key->check(n->text, &why) != LUT_OK)
        sweep_problem(p, n->line, "%s = %s: %s", key->name, value, why.text);
    else if (key->size && strlen(n->text) >= key->size)
        sweep_problem(p, n->line, "%s = %s: want at most %zu characters", key->name,
                      value, key->size - 1);
    else if (key->size)
        strcpy((char *)spec + key->offset, n->text);
    return LUT_OK;
}

/* Base name of the path without its suffix. */
static void default_name(sweep_spec *spec, sweep_problems *p)
{
    const char *slash = strrchr(p->path, '/'), *base = slash ? slash + 1 : p->path;
    const char *dot = strrchr(base, '.');
    size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);

    if (spec->name[0])
        return;
    if (n == 0 || n >= sizeof spec->name || strcspn(base, " \t\r\n\"") < n) {
        sweep_problem(p, SWEEP_WHOLE_FILE,
                      "no name for the sweep: want name = \"...\" of at "
                      "most %zu characters",
                      sizeof spec->name - 1);
        return;
    }
    memcpy(spec->name, base, n);
}

/* ---- blocks ---- */

typedef struct builder {
    sweep_spec *spec;
    sweep_entries top;
    bool is_drawn; /* configurations are */
    bool is_open;  /* where they come from is not known: the key was refused */
    sweep_problems *p;
    lut_err *err;
} builder;

static bool is_field(const sweep_key *key, const char *name)
{
    return key->field && !key->is_option && strcmp(key->field->name, name) == 0;
}

/* Does the block beat this key of the top level?  Its width or depth also beats `layers`,
 * which would override them. */
static bool is_beaten(const sweep_key *key, const sweep_entries *block)
{
    for (size_t i = 0; i < block->n; i++) {
        const sweep_key *own = &block->entry[i].key;

        if (sweep_key_same(own, key) ||
            (is_field(key, "layers") &&
             (is_field(own, "width") || is_field(own, "depth"))))
            return true;
    }
    return false;
}

static lut_status add_axis(builder *b, sweep_block *block, const sweep_entry *e)
{
    bool good;

    LUT_TRY(sweep_axis_make(&block->axis[block->naxes++], e, b->is_drawn, &good, b->p,
                            b->err));
    block->broken |= !good;
    return LUT_OK;
}

/* Seeds vary fastest, so that rows that differ by seed only are neighbours. */
static lut_status add_axes(builder *b, sweep_block *block, const sweep_entries *own)
{
    for (int seeds = 0; seeds < 2; seeds++) {
        for (size_t i = 0; i < b->top.n; i++)
            if (b->top.entry[i].key.field &&
                is_field(&b->top.entry[i].key, "seed") == seeds &&
                !is_beaten(&b->top.entry[i].key, own))
                LUT_TRY(add_axis(b, block, &b->top.entry[i]));
        for (size_t i = 0; i < own->n; i++)
            if (is_field(&own->entry[i].key, "seed") == seeds)
                LUT_TRY(add_axis(b, block, &own->entry[i]));
    }
    return LUT_OK;
}

static lut_status add_block(builder *b, sweep_node *node)
{
    sweep_spec *spec = b->spec;
    sweep_entries own = { 0 };
    sweep_block *block;
    lut_status st = LUT_OK;
    void *more = realloc(spec->block, (spec->nblocks + 1) * sizeof *spec->block);

    if (!more)
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu blocks", spec->nblocks);
    spec->block = more;
    block = &spec->block[spec->nblocks++];
    *block = (sweep_block){ .line = node ? node->line : SWEEP_WHOLE_FILE };
    if (node)
        st = sweep_entries_collect(&own, node, true, b->p, b->err);
    if (st == LUT_OK) {
        block->axis = calloc(b->top.n + own.n + 1, sizeof *block->axis);
        st = block->axis ? add_axes(b, block, &own)
                         : lut_fail(b->err, LUT_ENOMEM, "no memory for a block");
    }
    free(own.entry);
    return st;
}

/* A key that every block beats is checked all the same. */
static lut_status check_top(builder *b)
{
    for (size_t i = 0; i < b->top.n; i++) {
        sweep_axis axis;
        lut_status st;
        bool good;

        if (!b->top.entry[i].key.field)
            continue;
        st = sweep_axis_make(&axis, &b->top.entry[i], b->is_drawn, &good, b->p, b->err);
        sweep_axis_fini(&axis);
        LUT_TRY(st);
    }
    return LUT_OK;
}

static lut_status add_grid(builder *b, sweep_node *root)
{
    sweep_node *grid = sweep_node_member(root, "grid"), *node;
    char value[128];

    if (!grid)
        return add_block(b, NULL);
    if (grid->type != SWEEP_NODE_GROUP && grid->type != SWEEP_NODE_LIST) {
        sweep_problem(b->p, grid->line, "grid = %s: want blocks, ( { ... }, { ... } )",
                      sweep_node_show(grid, value));
        return LUT_OK;
    }
    if (!sweep_tree_block(root, 0))
        sweep_problem(b->p, grid->line,
                      "grid: no block in it, want ( { ... }, { ... } )");
    for (size_t i = 0; (node = sweep_tree_block(root, i)); i++) {
        if (node->type == SWEEP_NODE_GROUP) {
            LUT_TRY(add_block(b, node));
            continue;
        }
        sweep_problem(b->p, node->line, "grid: %s found, want a block { KEY = VALUE; }",
                      sweep_node_show(node, value));
    }
    return LUT_OK;
}

/* Each block has its share of the samples; none may have nothing. */
static void check_samples(builder *b)
{
    const sweep_search *s = &b->spec->search;
    const size_t blocks = b->spec->nblocks;

    for (size_t i = 0; i < b->top.n; i++)
        if (b->top.entry[i].key.whole && s->samples && s->samples < blocks &&
            strcmp(b->top.entry[i].key.name, "search.samples") == 0)
            sweep_problem(b->p, b->top.entry[i].node->line,
                          "search.samples = %u: want at least one for each of the %zu "
                          "blocks",
                          s->samples, blocks);
}

static bool is_choice(const sweep_spec_key *key)
{
    return strcmp(key->name, "strategy") == 0 ||
           strcmp(key->name, "search.source") == 0;
}

static lut_status set_wholes(builder *b)
{
    for (size_t i = 0; i < b->top.n; i++) {
        const sweep_entry *e = &b->top.entry[i];
        const size_t told = b->p->n;

        if (!e->key.whole)
            continue;
        LUT_TRY(set_whole(b->spec, e, b->p, b->err));
        b->is_open |= is_choice(e->key.whole) && b->p->n > told;
    }
    return LUT_OK;
}

/* Without a choice ranges are read as if one drew, and nothing is looked at further. */
static void settle(builder *b, sweep_node *root)
{
    if (!b->is_open)
        sweep_search_settle(&b->spec->search, root, &b->top, b->p);
    b->is_drawn = b->is_open || sweep_source_draws(b->spec->search.source);
}

static void close_open(builder *b)
{
    for (size_t i = 0; i < b->spec->nblocks; i++)
        b->spec->block[i].broken |= b->is_open;
}

static lut_status fill(sweep_spec *spec, sweep_node *root, sweep_problems *p,
                       lut_err *err)
{
    builder b = { .spec = spec, .p = p, .err = err };
    lut_status st = sweep_entries_collect(&b.top, root, false, p, err);

    lut_fields_default(sweep_search_fields, SWEEP_SEARCH_FIELDS, &spec->search);
    strcpy(spec->search.strategy, "grid");
    if (st == LUT_OK)
        st = set_wholes(&b);
    if (st == LUT_OK) {
        settle(&b, root);
        st = check_top(&b);
    }
    if (st == LUT_OK)
        st = add_grid(&b, root);
    close_open(&b);
    check_samples(&b);
    default_name(spec, p);
    if (!spec->order[0])
        strcpy(spec->order, "longest");
    free(b.top.entry);
    return st;
}

/* ---- the text as stored ---- */

/* A comment line; control characters would end it. */
static void put_comment(FILE *f, const char *what, const char *text)
{
    fprintf(f, "# %s: ", what);
    for (; *text; text++)
        fputc((unsigned char)*text < ' ' ? '?' : *text, f);
    fputc('\n', f);
}

/* Says where rows came from and what was overridden. */
static char *comment(const sweep_spec *spec, const char *const *override, size_t n)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    bool bad;

    if (!f)
        return NULL;
    if (spec->list_path)
        put_comment(f, "list of trials", spec->search.file);
    if (spec->recipe)
        put_comment(f, "recipe", spec->recipe->name);
    for (size_t i = 0; i < n; i++)
        put_comment(f, "command line", override[i]);
    bad = ferror(f) != 0;
    if (fclose(f) == 0 && !bad)
        return text;
    free(text);
    return NULL;
}

static lut_status store_text(sweep_spec *spec, const sweep_node *root, const char *text,
                             const char *const *override, size_t n, lut_err *err)
{
    char *head = NULL;

    if (n || spec->list_path || spec->recipe) {
        head = comment(spec, override, n);
        spec->text = head ? sweep_tree_text(root, head) : NULL;
    } else {
        spec->text = strdup(text);
    }
    free(head);
    return spec->text ? LUT_OK
                      : lut_fail(err, LUT_ENOMEM, "no memory for a specification");
}

static lut_status override_all(sweep_node *root, const char *const *override, size_t n,
                               bool searches, sweep_problems *p, lut_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (sweep_override_searches(override[i]) == searches)
            LUT_TRY(sweep_override(root, override[i], p, err));
    return LUT_OK;
}

/* The command line says whether there is a list, and beats its rows. */
static lut_status fill_all(sweep_spec *spec, sweep_node *root, const char *text,
                           const char *const *override, size_t n, sweep_problems *p,
                           lut_err *err)
{
    LUT_TRY(override_all(root, override, n, true, p, err));
    if (sweep_search_lists(root))
        LUT_TRY(sweep_list_expand(spec, root, p, err));
    LUT_TRY(override_all(root, override, n, false, p, err));
    LUT_TRY(sweep_recipe_expand(spec, root, p, err));
    LUT_TRY(fill(spec, root, p, err));
    if (spec->list_path)
        sweep_search_unlist(root);
    return store_text(spec, root, text, override, n, err);
}

lut_status sweep_spec_make(sweep_spec **out, const char *text,
                           const char *const *override, size_t noverrides,
                           sweep_problems *p, lut_err *err)
{
    sweep_spec *spec;
    sweep_node root;
    lut_status st;

    *out = NULL;
    if (!sweep_tree_read(&root, text, p))
        return LUT_OK;
    spec = calloc(1, sizeof *spec);
    st = spec ? fill_all(spec, &root, text, override, noverrides, p, err)
              : lut_fail(err, LUT_ENOMEM, "no memory for a specification");
    if (st == LUT_OK) {
        *out = spec;
        spec = NULL;
    }
    sweep_spec_destroy(spec);
    sweep_node_fini(&root);
    return st;
}

lut_status sweep_spec_parse(sweep_spec **spec, const char *path, const char *text,
                            const char *const *override, size_t noverrides,
                            sweep_problem_fn problem, void *arg, lut_err *err)
{
    sweep_problems p = { .path = path };
    lut_err first = { 0 };
    lut_status st = sweep_spec_make(spec, text, override, noverrides, &p, &first);
    lut_status told = sweep_problems_tell(&p, problem, arg, err);

    if (st != LUT_OK)
        st = lut_fail(err, st, "%s", first.text);
    else
        st = told;
    if (st == LUT_OK)
        return st;
    sweep_spec_destroy(*spec);
    *spec = NULL;
    return st;
}

void sweep_spec_data_path(char path[512], const char *text, const char *const *override,
                          size_t noverrides)
{
    sweep_problems p = { .path = "" };
    const sweep_node *n;
    sweep_node root;

    path[0] = 0;
    if (sweep_tree_read(&root, text, &p)) {
        for (size_t i = 0; i < noverrides; i++)
            sweep_override(&root, override[i], &p, NULL);
        n = sweep_node_member(&root, "data_path");
        if (n && n->type == SWEEP_NODE_TEXT && strlen(n->text) < 512)
            strcpy(path, n->text);
        sweep_node_fini(&root);
    }
    sweep_problems_tell(&p, NULL, NULL, NULL);
}

void sweep_spec_destroy(sweep_spec *spec)
{
    if (!spec)
        return;
    for (size_t i = 0; i < spec->nblocks; i++) {
        for (size_t j = 0; j < spec->block[i].naxes; j++)
            sweep_axis_fini(&spec->block[i].axis[j]);
        free(spec->block[i].axis);
    }
    free(spec->block);
    free(spec->skip);
    free(spec->list_path);
    free(spec->text);
    free(spec);
}
