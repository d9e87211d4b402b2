#include "sweep/spec_key.h"

#include "sweep/guess.h"
#include "sweep/options.h"
#include "sweep/spec_search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- keys of the sweep ---- */

static lut_status check_name(const char *v, lut_err *err)
{
    if (v[0] && !strchr(v, '/') && strcspn(v, " \t\r\n\"") == strlen(v))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "want a file name without blanks, quotes and slashes");
}

static lut_status check_keep(const char *v, lut_err *err)
{
    static const char *const fixed[] = { "all", "pareto", "none" };

    for (size_t i = 0; i < LUT_COUNT(fixed); i++)
        if (strcmp(v, fixed[i]) == 0)
            return LUT_OK;
    if (strncmp(v, "best:", 5) == 0 && v[5] >= '1' && v[5] <= '9' && strlen(v) < 15 &&
        v[5 + strspn(v + 5, "0123456789")] == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "want all, pareto, best:N with N from 1, or none");
}

static lut_status check_order(const char *v, lut_err *err)
{
    static const char *const orders[] = { "longest", "config", "random" };

    for (size_t i = 0; i < LUT_COUNT(orders); i++)
        if (strcmp(v, orders[i]) == 0)
            return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "want longest, config or random");
}

#define MEMBER(m) \
    .offset = offsetof(sweep_spec, m), .size = sizeof(((sweep_spec *)0)->m)
#define SEARCH(f) .field = &sweep_search_fields[SWEEP_SEARCH_##f]
static const sweep_spec_key whole_keys[] = {
    { "name", "text", "file name", "of the file", "name of the sweep", MEMBER(name),
      .check = check_name },
    { "recipe", "text", "a name of --recipes", "",
      "published settings for whatever is not said here", .size = 0 },
    { "grid", "blocks", "( { ... }, ... )", "one block",
      "blocks; each is the product of its lists, the sweep their union", .size = 0 },
    { "skip", "text", "condition", "",
      "combinations to leave out: depth > 3 and width < 1000", .size = 0 },
    { "keep", "text", "all|pareto|best:N|none", "", "networks to store", MEMBER(keep),
      .check = check_keep },
    { "order", "text", "longest|config|random", "longest", "what runs first",
      MEMBER(order), .check = check_order },
    { "data_path", "text", "folder", "", "where data sets are looked for first",
      MEMBER(data_path) },
    { "trial_time", "duration", "seconds, or 90s, 30m, 2h, 1d", "0",
      "time a trial may take; 0: any", MEMBER(trial_time), .read = sweep_duration_read },
    { "trial_memory", "size", "bytes, or 64K, 512M, 4G, 1T", "0",
      "memory of its own that a trial may have; 0: any", MEMBER(trial_memory),
      .read = sweep_size_read },
    { "strategy", "text", "grid|random|sobol|latin|list|halving|hyperband|asha", "grid",
      "where trials come from, or which of them go on", MEMBER(search.strategy),
      .check = sweep_strategy_check },
    { "search.source", SEARCH(SOURCE), .check = sweep_source_check },
    { "search.samples", SEARCH(SAMPLES), .fallback = "" },
    { "search.seed", SEARCH(SEED) },
    { "search.eta", SEARCH(ETA) },
    { "search.min_epochs", SEARCH(MIN_EPOCHS) },
    { "search.luts_weight", SEARCH(LUTS_WEIGHT) },
    { "search.file", SEARCH(FILE) },
    { "hw", "group", "", "", "hardware to emit and verify", .later = true },
};

const sweep_spec_key *sweep_spec_key_table(size_t *n)
{
    *n = LUT_COUNT(whole_keys);
    return whole_keys;
}

/* ---- groups that are only for reading ---- */

static const struct reading_group {
    const char *name;
    const char *prefix; /* of flat names; NULL: members are keys of the sweep */
    const char *kind;   /* flat name of the member `kind`, or NULL */
} groups[] = {
    { "encoder", "encoder_", "encoder" },
    { "mapping", "mapping_", NULL },
    { "train", "", NULL },
    { "data", "", NULL },
    { "network", "", NULL },
    { "search", NULL, NULL },
};

static const struct reading_group *find_group(const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(groups); i++)
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    return NULL;
}

bool sweep_key_is_group(const char *name)
{
    sweep_plugin p;

    return find_group(name) || sweep_plugin_find(&p, name);
}

/* ---- names to keys ---- */

static bool find_flat(sweep_key *key, const char *name)
{
    size_t n;
    const lut_field *fields = sweep_trial_fields(&n);

    snprintf(key->name, sizeof key->name, "%.95s", name);
    key->is_seeds = strcmp(name, "seeds") == 0;
    key->field = lut_field_find(fields, n, key->is_seeds ? "seed" : name);
    /* `options` is made from the groups of the plug-ins. */
    return key->field && strcmp(name, "options") != 0;
}

static bool find_whole(sweep_key *key, const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(whole_keys); i++)
        if (strcmp(whole_keys[i].name, name) == 0) {
            key->whole = &whole_keys[i];
            return true;
        }
    return false;
}

bool sweep_key_find(sweep_key *key, const char *group, const char *member)
{
    const struct reading_group *g = group ? find_group(group) : NULL;
    char flat[128];

    *key = (sweep_key){ 0 };
    if (!group)
        return find_flat(key, member) || (!key->field && find_whole(key, member));
    if (g && g->kind && strcmp(member, "kind") == 0)
        return find_flat(key, g->kind);
    if (g && !g->prefix) {
        snprintf(key->name, sizeof key->name, "%.20s.%.70s", g->name, member);
        return find_whole(key, key->name);
    }
    if (g) {
        snprintf(flat, sizeof flat, "%s%.100s", g->prefix, member);
        return find_flat(key, flat);
    }
    snprintf(key->name, sizeof key->name, "%.40s.%.50s", group, member);
    key->field = sweep_option_find(key->name);
    key->is_option = key->field != NULL;
    return key->is_option;
}

bool sweep_key_same(const sweep_key *a, const sweep_key *b)
{
    if (a->is_option || b->is_option)
        return a->is_option && b->is_option && strcmp(a->name, b->name) == 0;
    return a->field == b->field && a->whole == b->whole;
}

/* ---- unknown ones ---- */

static void offer_flat(sweep_guess *g)
{
    size_t n;
    const lut_field *fields = sweep_trial_fields(&n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i].name, "options") != 0)
            sweep_guess_offer(g, fields[i].name);
    for (size_t i = 0; i < LUT_COUNT(whole_keys); i++)
        if (!whole_keys[i].later && !whole_keys[i].field)
            sweep_guess_offer(g, whole_keys[i].name);
    sweep_guess_offer(g, "seeds");
}

static void offer_search(sweep_guess *g)
{
    for (size_t i = 0; i < LUT_COUNT(whole_keys); i++)
        if (whole_keys[i].field)
            sweep_guess_offer(g, whole_keys[i].name);
}

/* Members of a reading group: flat names without the prefix, behind the group's. */
static void offer_members(sweep_guess *g, const struct reading_group *group)
{
    size_t n, prefix = strlen(group->prefix);
    const lut_field *fields = sweep_trial_fields(&n);
    char name[96];

    snprintf(name, sizeof name, "%s.kind", group->name);
    if (group->kind)
        sweep_guess_offer(g, name);
    for (size_t i = 0; i < n; i++) {
        if (strncmp(fields[i].name, group->prefix, prefix) != 0)
            continue;
        snprintf(name, sizeof name, "%s.%s", group->name, fields[i].name + prefix);
        sweep_guess_offer(g, name);
    }
}

static void offer_options(sweep_guess *g)
{
    char name[96];

    for (size_t i = 0; sweep_option_entry(name, i); i++)
        sweep_guess_offer(g, name);
}

static void offer_groups(sweep_guess *g)
{
    char name[96];

    for (size_t i = 0; i < LUT_COUNT(groups); i++)
        sweep_guess_offer(g, groups[i].name);
    for (size_t i = 0; sweep_option_entry(name, i); i++) {
        *strchr(name, '.') = 0;
        sweep_guess_offer(g, name);
    }
}

void sweep_key_unknown(sweep_problems *p, int line, const char *group,
                       const char *member)
{
    const struct reading_group *reading = group ? find_group(group) : NULL;
    char full[200];
    sweep_guess guess;

    snprintf(full, sizeof full, "%.60s%s%.100s", group ? group : "", group ? "." : "",
             member);
    guess = sweep_guess_start(full);
    if (reading && !reading->prefix)
        offer_search(&guess);
    else if (reading)
        offer_members(&guess, reading);
    else if (group)
        offer_options(&guess);
    else {
        offer_flat(&guess);
        offer_groups(&guess);
    }
    sweep_problem(p, line, "%s: no such key (%s%s%sall keys: lutsweep --keys)", full,
                  guess.best[0] ? "did you mean " : "", guess.best,
                  guess.best[0] ? "? " : "");
}
