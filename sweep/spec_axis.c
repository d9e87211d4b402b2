/* Values of a key as an axis: types, ranges, names of plug-ins, repetitions. */
#include "sweep/options.h"
#include "sweep/spec_impl.h"

#include "lib/base/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SEEDS = 100000 };

/* Room for one member of any struct, aligned for numbers. */
typedef union scratch {
    double number;
    char bytes[2048];
} scratch;

static const char *kind(const sweep_node *n)
{
    static const char *const kinds[] = { "a group",  "a list",    "a number",
                                         "a number", "a boolean", "a text" };

    return kinds[n->type];
}

static bool has_type(const sweep_node *n, const lut_field *f)
{
    if (f->type == LUT_TEXT)
        return n->type == SWEEP_NODE_TEXT;
    if (f->type == LUT_BOOL)
        return n->type == SWEEP_NODE_BOOL;
    return n->type == SWEEP_NODE_INT || n->type == SWEEP_NODE_REAL;
}

/* Options are stored as words in one text. */
static lut_status check_option_text(const char *v, lut_err *err)
{
    if (v[0] && v[strcspn(v, " \t\r\n")] == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "want text without blanks");
}

static bool is_number(const lut_field *f)
{
    return f->type != LUT_TEXT && f->type != LUT_BOOL;
}

static bool is_range(const sweep_node *n, const sweep_key *key)
{
    return n->type == SWEEP_NODE_TEXT && is_number(key->field) &&
           sweep_range_is(n->text);
}

static bool is_seed(const sweep_key *key)
{
    return !key->is_option && strcmp(key->field->name, "seed") == 0;
}

static lut_status check_type(const sweep_node *n, const sweep_key *key, lut_err *err)
{
    const sweep_family *family = sweep_family_of(key->field);
    char range[LUT_FIELD_TEXT];

    if (has_type(n, key->field))
        return LUT_OK;
    if (is_range(n, key))
        return lut_fail(err, LUT_EINVAL, "%s",
                        is_seed(key)
                            ? "seeds are not drawn, want their number or a list"
                            : "a range, which stands alone and only where strategy or "
                              "search.source is random, sobol or latin");
    if (family)
        return lut_fail(err, LUT_EINVAL,
                        "%s, want a name as text (%s; all: lutsweep --list)", kind(n),
                        family->what);
    return lut_fail(err, LUT_EINVAL, "%s, want %s", kind(n),
                    lut_field_range(key->field, range));
}

/* One plug-in, or as many as the field takes. */
static lut_status check_names(const lut_field *f, const sweep_family *family,
                              const char *names, lut_err *err)
{
    sweep_plugin found[SWEEP_LISTED];
    size_t n;

    if (sweep_family_lists(f))
        return sweep_plugins_parse(found, &n, family, names, err);
    if (sweep_family_find(family, found, names))
        return LUT_OK;
    return sweep_plugin_unknown(family, names, err);
}

lut_status sweep_value_text(char text[LUT_FIELD_TEXT], const sweep_node *n,
                            const sweep_key *key, lut_err *err)
{
    lut_field f = *key->field;
    const sweep_family *family = sweep_family_of(&f);
    scratch s;

    LUT_CHECK(f.size <= sizeof s);
    f.offset = 0;
    LUT_TRY(check_type(n, key, err));
    if (f.type == LUT_TEXT) {
        if (key->is_option)
            LUT_TRY(check_option_text(n->text, err));
        if (family)
            LUT_TRY(check_names(&f, family, n->text, err));
        LUT_TRY(lut_field_set_text(&f, &s, n->text, err));
    } else if (f.type == LUT_BOOL) {
        LUT_TRY(lut_field_set_text(&f, &s, n->number != 0 ? "true" : "false", err));
    } else {
        LUT_TRY(lut_field_set_number(&f, &s, n->number, err));
    }
    lut_field_text(&f, text, &s);
    return LUT_OK;
}

/* lut_field says "VALUE is ..." itself. */
void sweep_value_refuse(sweep_problems *p, const sweep_key *key, const sweep_node *n,
                        const char *why)
{
    char value[128];
    size_t length = strlen(sweep_node_show(n, value));

    if (strncmp(why, value, length) == 0 && strncmp(why + length, " is ", 4) == 0)
        why += length + 4;
    sweep_problem(p, n->line, "%s = %s: %s", key->name, value, why);
}

static lut_status keep_value(sweep_axis *axis, const char *text, lut_err *err)
{
    char *copy = strdup(text);

    /* Room doubles at each power of two. */
    if (copy && (axis->n & (axis->n - 1)) == 0) {
        size_t room = axis->n ? axis->n * 2 : 1;
        char **more = realloc(axis->value, room * sizeof *more);

        if (more) {
            axis->value = more;
        } else {
            free(copy);
            copy = NULL;
        }
    }
    if (!copy)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu values", axis->n);
    axis->value[axis->n++] = copy;
    return LUT_OK;
}

static lut_status add_value(sweep_axis *axis, const sweep_entry *e, const sweep_node *n,
                            sweep_set *seen, bool *good, sweep_problems *p,
                            lut_err *err)
{
    char text[LUT_FIELD_TEXT];
    lut_err why;
    bool fresh;

    if (sweep_value_text(text, n, &e->key, &why) != LUT_OK) {
        sweep_value_refuse(p, &e->key, n, why.text);
        *good = false;
        return LUT_OK;
    }
    LUT_TRY(sweep_set_add(seen, &fresh, sweep_text_hash(text), err));
    if (fresh)
        return keep_value(axis, text, err);
    sweep_value_refuse(p, &e->key, n, "given twice");
    *good = false;
    return LUT_OK;
}

/* seeds = 8: 1 to 8. */
static lut_status count_seeds(sweep_axis *axis, const sweep_entry *e, bool *good,
                              sweep_problems *p, lut_err *err)
{
    double n = e->node->number;
    char text[32];

    *good = n >= 1 && n <= MAX_SEEDS && n == floor(n);
    if (!*good)
        sweep_value_refuse(p, &e->key, e->node,
                           "want 1..100000, their number, or a list of seeds");
    for (double i = 1; *good && i <= n; i++) {
        snprintf(text, sizeof text, "%.0f", i);
        LUT_TRY(keep_value(axis, text, err));
    }
    return LUT_OK;
}

static void set_range(sweep_axis *axis, const sweep_entry *e, bool *good,
                      sweep_problems *p)
{
    lut_err why;

    *good =
        sweep_range_parse(&axis->range, e->node->text, e->key.field, &why) == LUT_OK;
    if (!*good)
        sweep_value_refuse(p, &e->key, e->node, why.text);
}

lut_status sweep_axis_make(sweep_axis *axis, const sweep_entry *e, bool is_drawn,
                           bool *good, sweep_problems *p, lut_err *err)
{
    const sweep_node *n = e->node;
    lut_status st = LUT_OK;
    sweep_set seen = { 0 };

    *good = true;
    *axis = (sweep_axis){ .line = n->line };
    if (e->key.is_option)
        snprintf(axis->option, sizeof axis->option, "%s", e->key.name);
    else
        axis->field = e->key.field;
    if (e->key.is_seeds && (n->type == SWEEP_NODE_INT || n->type == SWEEP_NODE_REAL))
        return count_seeds(axis, e, good, p, err);
    if (is_drawn && is_range(n, &e->key) && !is_seed(&e->key)) {
        set_range(axis, e, good, p);
        return LUT_OK;
    }
    if (n->type != SWEEP_NODE_LIST) {
        st = add_value(axis, e, n, &seen, good, p, err);
    } else if (!n->n) {
        sweep_value_refuse(p, &e->key, n, "an empty list, want at least one value");
        *good = false;
    }
    for (size_t i = 0; n->type == SWEEP_NODE_LIST && st == LUT_OK && i < n->n; i++)
        st = add_value(axis, e, &n->child[i], &seen, good, p, err);
    sweep_set_fini(&seen);
    return st;
}

void sweep_axis_fini(sweep_axis *axis)
{
    for (size_t i = 0; i < axis->n; i++)
        free(axis->value[i]);
    free(axis->value);
    *axis = (sweep_axis){ 0 };
}
