/* recipe = "NAME": keys that the file does not say itself, at its top level. */
#include "sweep/recipes.h"
#include "sweep/spec_impl.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_said(const sweep_entries *own, const sweep_key *key)
{
    for (size_t i = 0; i < own->n; i++)
        if (sweep_key_same(&own->entry[i].key, key))
            return true;
    return false;
}

/* What the recipe would add: `layers` would override a width or a depth. */
static bool is_wanted(const sweep_entries *own, const sweep_key *key)
{
    static const char *const uniform[] = { "width", "depth" };
    sweep_key k;

    if (is_said(own, key))
        return false;
    for (size_t i = 0; i < LUT_COUNT(uniform); i++)
        if (!key->is_option && !strcmp(key->name, "layers") &&
            sweep_key_find(&k, NULL, uniform[i]) && is_said(own, &k))
            return false;
    return true;
}

/* Problems with what a recipe says are found in the line that names it. */
static void move_lines(sweep_node *n, int line)
{
    n->line = line;
    for (size_t i = 0; i < n->n; i++)
        move_lines(&n->child[i], line);
}

static lut_status add_keys(sweep_node *root, sweep_node *keys, lut_err *err)
{
    sweep_entries own = { 0 }, more = { 0 };
    lut_status st = sweep_entries_collect(&own, root, false, NULL, err);

    if (st == LUT_OK)
        st = sweep_entries_collect(&more, keys, false, NULL, err);
    /* Nodes of own may move with what is added: only its keys are looked at. */
    for (size_t i = 0; st == LUT_OK && i < more.n; i++)
        if (is_wanted(&own, &more.entry[i].key))
            st = sweep_tree_put(root, &more.entry[i].key, more.entry[i].node, err);
    free(own.entry);
    free(more.entry);
    return st;
}

static lut_status add_recipe(sweep_node *root, const sweep_recipe *r, int line,
                             lut_err *err)
{
    sweep_node keys;
    lut_status st;

    if (!sweep_tree_read(&keys, r->text, NULL))
        return lut_fail(err, LUT_ENOMEM, "no memory for recipe %s", r->name);
    move_lines(&keys, line);
    st = add_keys(root, &keys, err);
    sweep_node_fini(&keys);
    return st;
}

lut_status sweep_recipe_expand(sweep_spec *spec, sweep_node *root, sweep_problems *p,
                               lut_err *err)
{
    const sweep_node *n = sweep_node_member(root, "recipe");
    const sweep_recipe *r;
    const char *guess;
    int line;

    if (!n || n->type != SWEEP_NODE_TEXT)
        return LUT_OK; /* what is no text is refused as any other key */
    r = sweep_recipe_find(n->text);
    line = n->line;
    guess = r ? "" : sweep_recipe_guess(n->text);
    if (!r)
        sweep_problem(
            p, line,
            "recipe = \"%.60s\": no such recipe (%s%s%sall: lutsweep --recipes)",
            n->text, guess[0] ? "did you mean " : "", guess, guess[0] ? "? " : "");
    sweep_node_drop(root, "recipe");
    spec->recipe = r;
    return r ? add_recipe(root, r, line, err) : LUT_OK;
}

/* ---- what --recipes prints ---- */

typedef struct teller {
    void (*fn)(void *arg, const char *line);
    void *arg;
    lut_err *err;
} teller;

static lut_status tell(const teller *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static lut_status tell(const teller *t, const char *fmt, ...)
{
    char *line;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&line, fmt, ap);
    va_end(ap);
    if (n < 0)
        return lut_fail(t->err, LUT_ENOMEM, "no memory for a recipe");
    t->fn(t->arg, line);
    free(line);
    return LUT_OK;
}

static lut_status tell_text(const teller *t, const char *text)
{
    while (*text) {
        const size_t n = strcspn(text, "\n");

        LUT_TRY(tell(t, "    %.*s", (int)n, text));
        text += n + (text[n] != 0);
    }
    return LUT_OK;
}

lut_status sweep_spec_recipe(const sweep_recipe *r,
                             void (*fn)(void *arg, const char *line), void *arg,
                             lut_err *err)
{
    const teller t = { fn, arg, err };

    LUT_TRY(tell(&t, "%s: %s", r->name, r->doc));
    LUT_TRY(tell(&t, "  published: %g %% (%s)", r->published, r->source));
    LUT_TRY(tell(&t, "  here: %s", r->measured ? r->measured : "not measured yet"));
    if (r->ours)
        LUT_TRY(tell(&t, "  ours: %s", r->ours));
    return tell_text(&t, r->text);
}

lut_status sweep_spec_recipes(void (*fn)(void *arg, const char *line), void *arg,
                              lut_err *err)
{
    for (const sweep_recipe *r = sweep_recipe_table; r->name; r++)
        LUT_TRY(sweep_spec_recipe(r, fn, arg, err));
    return LUT_OK;
}
