#include "sweep/spec_search.h"

#include "sweep/guess.h"
#include "sweep/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const lut_field sweep_search_fields[SWEEP_SEARCH_FIELDS] = {
    LUT_OPTION_TEXT(sweep_search, source, "grid|list|random|sobol|latin", "grid",
                    "where trials come from; the strategy, where it names a source"),
    LUT_OPTION_U32(sweep_search, samples, "configurations", 1, 16777216, "1",
                   "of random, sobol, latin: how many are drawn, each for all seeds"),
    LUT_OPTION_U32(sweep_search, seed, "", 0, 4294967295, "1",
                   "of random, sobol, latin, and of the brackets of hyperband"),
    LUT_OPTION_U32(sweep_search, eta, "", 2, 1000, "3",
                   "of halving, hyperband, asha: one trial of so many goes on"),
    LUT_OPTION_U32(sweep_search, min_epochs, "epochs", 1, 1000000, "1",
                   "of the same: epochs before the first decision"),
    LUT_OPTION_F64(
        sweep_search, luts_weight, "percentage points", 0, 1000, "0",
        "of the same: validation accuracy that ten times the LUTs must bring"),
    LUT_OPTION_TEXT(sweep_search, file, NULL, "",
                    "of list: CSV, a column a key, a row a block; beside this file"),
};

/* Who has a use for what. */
enum { DRAWN = 1, HALVED = 2, HYPERBAND = 4, LISTED = 8 };

static const struct strategy {
    const char *name;
    unsigned uses;
} strategies[] = {
    { "grid", 0 },      { "random", DRAWN },
    { "sobol", DRAWN }, { "latin", DRAWN },
    { "list", LISTED }, { "halving", HALVED },
    { "asha", HALVED }, { "hyperband", HALVED | HYPERBAND },
};

static const struct option {
    const char *name;
    unsigned users;
    const char *who;
} options[] = {
    { "search.samples", DRAWN, "random, sobol and latin" },
    { "search.seed", DRAWN | HYPERBAND, "random, sobol, latin and hyperband" },
    { "search.eta", HALVED, "halving, hyperband and asha" },
    { "search.min_epochs", HALVED, "halving, hyperband and asha" },
    { "search.luts_weight", HALVED, "halving, hyperband and asha" },
    { "search.file", LISTED, "list" },
};

static const struct strategy *find_strategy(const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(strategies); i++)
        if (strcmp(strategies[i].name, name) == 0)
            return &strategies[i];
    return NULL;
}

/* ---- single values ---- */

static lut_status unknown(const char *what, const char *name, size_t n, const char *all,
                          lut_err *err)
{
    sweep_guess g = sweep_guess_start(name);

    for (size_t i = 0; i < n; i++)
        sweep_guess_offer(&g, strategies[i].name);
    return lut_fail(err, LUT_EINVAL, "no such %s (%s%s%swant %s)", what,
                    g.best[0] ? "did you mean " : "", g.best, g.best[0] ? "? " : "",
                    all);
}

lut_status sweep_strategy_check(const char *name, lut_err *err)
{
    if (find_strategy(name))
        return LUT_OK;
    return unknown("strategy", name, LUT_COUNT(strategies),
                   "grid, random, sobol, latin, list, halving, hyperband or asha", err);
}

lut_status sweep_source_check(const char *name, lut_err *err)
{
    const struct strategy *s = find_strategy(name);

    if (s && !(s->uses & HALVED))
        return LUT_OK;
    return unknown("source", name, 5, "grid, list, random, sobol or latin", err);
}

/* ---- all of them together ---- */

static bool is_list(const sweep_node *n)
{
    return n && n->type == SWEEP_NODE_TEXT && strcmp(n->text, "list") == 0;
}

typedef struct settler {
    sweep_search *s;
    const sweep_entries *top;
    const sweep_entry *strategy, *source;
    char chosen[16];                          /* what the key strategy says */
    const char *drop[LUT_COUNT(options) + 1]; /* members of the group */
    size_t ndrop;
    sweep_problems *p;
} settler;

static const sweep_entry *find_entry(const sweep_entries *top, const char *name)
{
    for (size_t i = 0; i < top->n; i++)
        if (top->entry[i].key.whole && strcmp(top->entry[i].key.name, name) == 0)
            return &top->entry[i];
    return NULL;
}

static bool from_command_line(const sweep_entry *e)
{
    return e && e->node->line == SWEEP_COMMAND_LINE;
}

/* Nothing has a use for the key.  strategy=grid for a file that halves is no mistake. */
static void refuse_unused(settler *t, const sweep_entry *e, const char *who)
{
    char value[128];

    if (!from_command_line(e) &&
        (from_command_line(t->strategy) || from_command_line(t->source)))
        t->drop[t->ndrop++] = strchr(e->key.name, '.') + 1;
    else
        sweep_problem(t->p, e->node->line, "%s = %s: only for %s; strategy is %s",
                      e->key.name, sweep_node_show(e->node, value), who, t->chosen);
}

/* A strategy that is the name of a source: everything runs to its end. */
static void settle_source(settler *t)
{
    bool other;

    if (find_strategy(t->chosen)->uses & HALVED)
        return;
    other = t->source && strcmp(t->s->source, t->chosen) != 0;
    strcpy(t->s->source, t->chosen);
    strcpy(t->s->strategy, "grid");
    if (other)
        refuse_unused(t, t->source, "halving, hyperband and asha");
}

static void settle_samples(settler *t)
{
    const sweep_entry *e = t->source ? t->source : t->strategy;

    if (!sweep_source_draws(t->s->source))
        t->s->samples = 0;
    else if (!find_entry(t->top, "search.samples"))
        sweep_problem(t->p, e ? e->node->line : SWEEP_WHOLE_FILE,
                      "search.samples: not given, want the number of configurations "
                      "to draw, search = { samples = 100; }");
}

void sweep_search_settle(sweep_search *s, sweep_node *root, const sweep_entries *top,
                         sweep_problems *p)
{
    settler t = { .s = s,
                  .top = top,
                  .strategy = find_entry(top, "strategy"),
                  .source = find_entry(top, "search.source"),
                  .p = p };
    unsigned uses;

    strcpy(t.chosen, s->strategy);
    settle_source(&t);
    uses = find_strategy(s->source)->uses | find_strategy(s->strategy)->uses;
    for (size_t i = 0; i < LUT_COUNT(options); i++) {
        const sweep_entry *e = find_entry(top, options[i].name);

        if (!e || options[i].users & uses)
            continue;
        refuse_unused(&t, e, options[i].who);
        lut_field_set_text(e->key.whole->field, s, e->key.whole->field->fallback, NULL);
    }
    settle_samples(&t);
    for (size_t i = 0; i < t.ndrop; i++)
        sweep_node_drop(sweep_node_member(root, "search"), t.drop[i]);
}

void sweep_search_unlist(sweep_node *root)
{
    sweep_node *group;

    if (is_list(sweep_node_member(root, "strategy")))
        sweep_node_drop(root, "strategy");
    group = sweep_node_member(root, "search");
    if (group) {
        sweep_node_drop(group, "source");
        sweep_node_drop(group, "file");
        if (!group->n)
            sweep_node_drop(root, "search");
    }
}

bool sweep_search_lists(const sweep_node *root)
{
    const sweep_node *strategy = sweep_node_member(root, "strategy");
    const sweep_node *search = sweep_node_member(root, "search");
    const struct strategy *s = strategy && strategy->type == SWEEP_NODE_TEXT
                                   ? find_strategy(strategy->text)
                                   : NULL;

    if (is_list(strategy))
        return true;
    return s && s->uses & HALVED && search &&
           is_list(sweep_node_member(search, "source"));
}
