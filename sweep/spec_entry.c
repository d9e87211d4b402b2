#include "sweep/spec_impl.h"

#include <stdlib.h>
#include <string.h>

typedef struct collector {
    sweep_entries *out;
    bool is_block;
    sweep_problems *p;
    lut_err *err;
} collector;

static void tell(const collector *c, int line, const char *name, const char *what)
{
    if (c->p)
        sweep_problem(c->p, line, "%s: %s", name, what);
}

/* A key may be said in two spellings: encoder_bits and encoder.bits. */
static bool is_repeated(const collector *c, const sweep_key *key,
                        const sweep_node *node)
{
    for (size_t i = 0; i < c->out->n; i++) {
        const sweep_entry *e = &c->out->entry[i];

        if (!sweep_key_same(&e->key, key))
            continue;
        if (c->p)
            sweep_problem(c->p, node->line, "%s: already given in line %d", key->name,
                          e->node->line);
        return true;
    }
    return false;
}

static lut_status add(collector *c, const char *group, sweep_node *node)
{
    sweep_entries *out = c->out;
    sweep_key key;
    void *more;

    if (!sweep_key_find(&key, group, node->name)) {
        if (c->p)
            sweep_key_unknown(c->p, node->line, group, node->name);
        return LUT_OK;
    }
    if (key.whole && c->is_block) {
        tell(c, node->line, key.name, "belongs to the whole sweep, not into a block");
        return LUT_OK;
    }
    if (is_repeated(c, &key, node))
        return LUT_OK;
    more = realloc(out->entry, (out->n + 1) * sizeof *out->entry);
    if (!more)
        return lut_fail(c->err, LUT_ENOMEM, "no memory for %zu keys", out->n);
    out->entry = more;
    out->entry[out->n++] = (sweep_entry){ .key = key, .node = node };
    return LUT_OK;
}

/* The name of a plug-in whose options are expected, but no group follows. */
static bool is_group_without_group(const sweep_node *n)
{
    sweep_key key;

    return sweep_key_is_group(n->name) && n->type != SWEEP_NODE_GROUP &&
           !sweep_key_find(&key, NULL, n->name);
}

lut_status sweep_entries_collect(sweep_entries *e, sweep_node *group, bool is_block,
                                 sweep_problems *p, lut_err *err)
{
    collector c = { .out = e, .is_block = is_block, .p = p, .err = err };

    *e = (sweep_entries){ 0 };
    for (size_t i = 0; i < group->n; i++) {
        sweep_node *n = &group->child[i];

        if (is_group_without_group(n)) {
            tell(&c, n->line, n->name, "want a group, { KEY = VALUE; }");
            continue;
        }
        if (n->type != SWEEP_NODE_GROUP || !sweep_key_is_group(n->name)) {
            LUT_TRY(add(&c, NULL, n));
            continue;
        }
        for (size_t j = 0; j < n->n; j++)
            LUT_TRY(add(&c, n->name, &n->child[j]));
    }
    return LUT_OK;
}

sweep_node *sweep_tree_block(const sweep_node *root, size_t i)
{
    sweep_node *grid = sweep_node_member(root, "grid");

    if (!grid || (grid->type == SWEEP_NODE_GROUP && i > 0))
        return NULL;
    if (grid->type == SWEEP_NODE_GROUP)
        return grid;
    if (grid->type != SWEEP_NODE_LIST || i >= grid->n)
        return NULL;
    return &grid->child[i];
}
