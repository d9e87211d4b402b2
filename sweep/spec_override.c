#include "sweep/spec_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- VALUE: libconfig text; a bare word is a string; a,b is a list ---- */

static bool set_text(sweep_node *n, const char *text, size_t length)
{
    *n = (sweep_node){ .name = n->name, .type = SWEEP_NODE_TEXT };
    n->text = strndup(text, length);
    return n->text != NULL;
}

/* One value.  Numbers are words where text is wanted: layers=600, csv.train=2020. */
static bool read_scalar(sweep_node *n, const char *text, size_t length, bool want_text)
{
    char *copy = strndup(text, length), *end;
    sweep_node v;
    double number;
    bool good = copy != NULL;

    if (good && sweep_tree_read_value(&v, copy)) {
        if (!want_text || v.type == SWEEP_NODE_TEXT)
            sweep_node_replace(n, &v);
        else
            good = set_text(n, copy, length);
        sweep_node_fini(&v);
    } else if (good) {
        number = strtod(copy, &end);
        if (!want_text && end != copy && !*end)
            *n = (sweep_node){ .name = n->name,
                               .type = SWEEP_NODE_REAL,
                               .number = number };
        else
            good = set_text(n, copy, length);
    }
    n->line = SWEEP_COMMAND_LINE;
    free(copy);
    return good;
}

/* Length up to the comma that ends a value; commas in quotes do not count. */
static size_t value_length(const char *text, size_t room)
{
    bool quoted = false;

    for (size_t i = 0; i < room; i++) {
        quoted ^= text[i] == '"';
        if (text[i] == ',' && !quoted)
            return i;
    }
    return room;
}

static void trim(const char **text, size_t *n)
{
    while (*n && strchr(" \t", **text)) {
        (*text)++;
        (*n)--;
    }
    while (*n && strchr(" \t", (*text)[*n - 1]))
        (*n)--;
}

static bool is_bracketed(const char *text, size_t n)
{
    return n >= 2 && ((text[0] == '[' && text[n - 1] == ']') ||
                      (text[0] == '(' && text[n - 1] == ')'));
}

/* "a, b"; nothing at all is an empty list. */
static bool read_list(sweep_node *n, const char *text, size_t room, bool want_text)
{
    bool more;

    trim(&text, &room);
    more = room > 0;
    n->type = SWEEP_NODE_LIST;
    n->line = SWEEP_COMMAND_LINE;
    while (more) {
        size_t length = value_length(text, room), used = length;
        const char *at = text;
        sweep_node *c = sweep_node_add(n, NULL);

        trim(&at, &length);
        if (!c || !read_scalar(c, at, length, want_text))
            return false;
        more = used < room;
        text += used + more;
        room -= used + more;
    }
    return true;
}

static bool read_value(sweep_node *n, const char *text, const sweep_key *key)
{
    size_t length = strlen(text);
    const lut_field *field = key->whole ? key->whole->field : key->field;
    bool want_text = !field || field->type == LUT_TEXT;

    *n = (sweep_node){ 0 };
    trim(&text, &length);
    /* A condition or a path is one text, commas and all. */
    if (key->whole && want_text && text[0] != '"')
        return set_text(n, text, length);
    if (is_bracketed(text, length))
        return read_list(n, text + 1, length - 2, want_text);
    if (value_length(text, length) < length)
        return read_list(n, text, length, want_text);
    return read_scalar(n, text, length, want_text);
}

/* ---- where it goes ---- */

static bool copy_node(sweep_node *to, const sweep_node *from)
{
    *to =
        (sweep_node){ .type = from->type, .line = from->line, .number = from->number };
    if (from->text && !(to->text = strdup(from->text)))
        return false;
    for (size_t i = 0; i < from->n; i++) {
        sweep_node *c = sweep_node_add(to, NULL);

        if (!c || !copy_node(c, &from->child[i]))
            return false;
    }
    return true;
}

static bool put(sweep_node *n, const sweep_node *value, const sweep_key *key)
{
    sweep_node copy;
    char *name = NULL;

    /* seeds = 8 is no seed = 8 */
    if (key->field && strcmp(key->field->name, "seed") == 0) {
        name = strdup(key->name);
        if (!name)
            return false;
        free(n->name);
        n->name = name;
    }
    if (!copy_node(&copy, value)) {
        sweep_node_fini(&copy);
        return false;
    }
    sweep_node_replace(n, &copy);
    return true;
}

/* *found: how often the key occurs in the group. */
static lut_status replace_in(sweep_node *group, bool is_block, const sweep_key *key,
                             const sweep_node *value, bool *found, lut_err *err)
{
    sweep_entries e;
    lut_status st = sweep_entries_collect(&e, group, is_block, NULL, err);

    *found = false;
    for (size_t i = 0; st == LUT_OK && i < e.n; i++) {
        if (!sweep_key_same(&e.entry[i].key, key))
            continue;
        *found = true;
        if (!put(e.entry[i].node, value, key))
            st = lut_fail(err, LUT_ENOMEM, "no memory for %s", key->name);
    }
    free(e.entry);
    return st;
}

/* A group `encoder` without `kind` gets one. */
lut_status sweep_tree_put(sweep_node *root, const sweep_key *key,
                          const sweep_node *value, lut_err *err)
{
    char group[96];
    const char *dot = strchr(key->name, '.');
    const char *flat = key->whole || key->is_seeds ? key->name : key->field->name;
    sweep_node *n = root;

    if (dot) {
        snprintf(group, sizeof group, "%.*s", (int)(dot - key->name), key->name);
        n = sweep_node_member(root, group);
        if (!n)
            n = sweep_node_add(root, group);
        flat = dot + 1;
    } else if ((n = sweep_node_member(root, flat)) && n->type == SWEEP_NODE_GROUP) {
        flat = "kind";
    } else {
        n = root;
    }
    n = n ? sweep_node_add(n, flat) : NULL;
    if (!n || !put(n, value, key))
        return lut_fail(err, LUT_ENOMEM, "no memory for %s", key->name);
    return LUT_OK;
}

static lut_status apply(sweep_node *root, const sweep_key *key, const sweep_node *value,
                        lut_err *err)
{
    sweep_node *block;
    bool found;

    for (size_t i = 0; (block = sweep_tree_block(root, i)); i++)
        if (block->type == SWEEP_NODE_GROUP && !key->whole)
            LUT_TRY(replace_in(block, true, key, value, &found, err));
    LUT_TRY(replace_in(root, false, key, value, &found, err));
    return found ? LUT_OK : sweep_tree_put(root, key, value, err);
}

/* The key of KEY=VALUE; false when it was refused. */
static bool find_key(sweep_key *key, const char *text, size_t n, sweep_problems *p)
{
    char name[160], *member;
    bool known;

    if (n == 0 || n >= sizeof name || !text[n]) {
        sweep_problem(p, SWEEP_COMMAND_LINE, "\"%.100s\": want KEY=VALUE", text);
        return false;
    }
    snprintf(name, sizeof name, "%.*s", (int)n, text);
    name[strcspn(name, " \t")] = 0;
    member = strchr(name, '.');
    if (member)
        *member++ = 0;
    known = sweep_key_find(key, member ? name : NULL, member ? member : name);
    if (!known && !member && sweep_key_is_group(name))
        sweep_problem(p, SWEEP_COMMAND_LINE, "%s: a group, want %s.KEY=VALUE", name,
                      name);
    else if (!known)
        sweep_key_unknown(p, SWEEP_COMMAND_LINE, member ? name : NULL,
                          member ? member : name);
    else if (key->whole && !key->whole->size && !key->whole->field &&
             strcmp(key->whole->name, "skip") != 0 &&
             strcmp(key->whole->name, "recipe") != 0)
        sweep_problem(p, SWEEP_COMMAND_LINE, "%s: only in a configuration file", name);
    else
        return true;
    return false;
}

bool sweep_override_searches(const char *text)
{
    size_t n = strcspn(text, "= \t");

    return strncmp(text, "search.", 7) == 0 ||
           (n == strlen("strategy") && strncmp(text, "strategy", n) == 0);
}

lut_status sweep_override(sweep_node *root, const char *text, sweep_problems *p,
                          lut_err *err)
{
    size_t n = strcspn(text, "=");
    sweep_node value = { 0 };
    lut_status st = LUT_OK;
    sweep_key key;

    if (!find_key(&key, text, n, p))
        return LUT_OK;
    if (!text[n + 1 + strspn(text + n + 1, " \t")])
        sweep_problem(p, SWEEP_COMMAND_LINE, "%s: no value, want %s=VALUE", key.name,
                      key.name);
    else if (!read_value(&value, text + n + 1, &key))
        st = lut_fail(err, LUT_ENOMEM, "no memory for %s", key.name);
    else
        st = apply(root, &key, &value, err);
    sweep_node_fini(&value);
    return st;
}
