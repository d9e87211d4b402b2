#include "sweep/space_impl.h"

#include "sweep/columns.h"
#include "sweep/sample.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- number to trial ---- */

static bool is_axis(const sweep_axis *a, const char *name)
{
    return strcmp(a->field ? a->field->name : a->option, name) == 0;
}

static const sweep_axis *find_axis(const sweep_block *b, const char *name)
{
    for (size_t i = 0; i < b->naxes; i++)
        if (is_axis(&b->axis[i], name))
            return &b->axis[i];
    return NULL;
}

/* Drawn configurations run with every seed. */
static bool is_drawn(const sweep_axis *a)
{
    return !a->field || strcmp(a->field->name, "seed") != 0;
}

/* Does a sample choose its value? */
static bool varies(const sweep_axis *a)
{
    return is_drawn(a) && a->n != 1;
}

/* Samples of a block: sample j of all belongs to block j mod nblocks. */
static uint64_t samples(const sweep_spec *spec, const sweep_block *b)
{
    const size_t index = (size_t)(b - spec->block);

    return (spec->search.samples + spec->nblocks - 1 - index) / spec->nblocks;
}

/* Combinations of a block, SWEEP_MAX_COMBINATIONS + 1 when there are more. */
static uint64_t combinations(const sweep_spec *spec, const sweep_block *b)
{
    const bool draws = sweep_source_draws(spec->search.source);
    uint64_t n = draws ? samples(spec, b) : 1;

    for (size_t i = 0; i < b->naxes; i++) {
        if (draws && is_drawn(&b->axis[i]))
            continue;
        n *= b->axis[i].n;
        if (n > SWEEP_MAX_COMBINATIONS)
            return SWEEP_MAX_COMBINATIONS + 1;
    }
    return n;
}

/* What all combinations of a block start from. */
static void start(sweep_trial *t, const sweep_block *b)
{
    size_t n;
    const lut_field *fields = sweep_trial_fields(&n);

    memset(t, 0, sizeof *t);
    lut_fields_default(fields, n, t);
    /* Not said: resolved to suit the data set. */
    if (!find_axis(b, "width"))
        t->width = (double)NAN;
    if (!find_axis(b, "validation"))
        t->validation = (double)NAN;
}

static lut_status add_option(sweep_trial *t, const char *option, const char *value,
                             lut_err *err)
{
    size_t used = strlen(t->options), room = sizeof t->options - used;
    int n =
        snprintf(t->options + used, room, "%s%s %s", used ? " " : "", option, value);

    if (n < 0 || (size_t)n >= room)
        return lut_fail(
            err, LUT_EINVAL,
            "%s = \"%.100s\": all options together are longer than %zu characters",
            option, value, sizeof t->options - 1);
    return LUT_OK;
}

static lut_status set_axis(sweep_trial *t, const sweep_axis *a, const char *value,
                           lut_err *err)
{
    if (a->field)
        return lut_field_set_text(a->field, t, value, err);
    return add_option(t, a->option, value, err);
}

/* Mixed radix, the last axis fastest. */
static lut_status decode_product(sweep_trial *t, const sweep_block *b, uint64_t number,
                                 lut_err *err)
{
    size_t i = b->naxes;

    while (i-- > 0) {
        const sweep_axis *a = &b->axis[i];

        LUT_TRY(set_axis(t, a, a->value[number % a->n], err));
        number /= a->n;
    }
    return LUT_OK;
}

/* Value of an axis at u in [0, 1). */
static const char *pick(char text[32], const sweep_axis *a, double u)
{
    size_t i = (size_t)(u * (double)a->n);

    return a->n ? a->value[i < a->n ? i : a->n - 1]
                : sweep_range_at(text, &a->range, u);
}

/* Seeds vary fastest, samples slowest.  A block counts its samples by itself, since every
 * nblocks-th point of Sobol's sequence does not fill the cube. */
static lut_status decode_drawn(sweep_trial *t, const sweep_spec *spec,
                               const sweep_block *b, uint64_t number, lut_err *err)
{
    const uint64_t n = samples(spec, b), j = number / (combinations(spec, b) / n);
    const sweep_sample s = sweep_sample_make(spec->search.source, spec->search.seed,
                                             (uint64_t)(b - spec->block), n);
    unsigned dim = 0;

    for (size_t i = b->naxes; i-- > 0;) {
        const sweep_axis *a = &b->axis[i];

        if (is_drawn(a))
            continue;
        LUT_TRY(set_axis(t, a, a->value[number % a->n], err));
        number /= a->n;
    }
    for (size_t i = 0; i < b->naxes; i++) {
        const sweep_axis *a = &b->axis[i];
        double u = varies(a) ? sweep_sample_at(&s, j, dim++) : 0;
        char text[32];

        if (is_drawn(a))
            LUT_TRY(set_axis(t, a, pick(text, a, u), err));
    }
    return LUT_OK;
}

static lut_status decode(sweep_trial *t, const sweep_spec *spec, const sweep_block *b,
                         uint64_t number, lut_err *err)
{
    if (sweep_source_draws(spec->search.source))
        return decode_drawn(t, spec, b, number, err);
    return decode_product(t, b, number, err);
}

/* ---- all trials ---- */

typedef struct walk {
    sweep_space *space;
    const sweep_spec *spec;
    sweep_facts_fn facts;
    void *facts_arg;
    sweep_problems *p;
    sweep_expr *skip; /* NULL: no condition */
    sweep_set keys;
    size_t room; /* of space->point */
    char group[SWEEP_GROUPS][96];
    uint16_t ngroups;
    lut_err *err;
} walk;

/* Where a fault shows when the field itself was not said: its partner's line. */
static const struct partner {
    const char *field, *partner;
} partners[] = { { "lut_rank", "parametrization" } };

/* A message starts with the name of the field or option at fault. */
static int fault_line(const sweep_block *b, const char *message)
{
    char name[96];
    size_t n = strcspn(message, " :");
    const sweep_axis *a;

    snprintf(name, sizeof name, "%.*s", (int)(n < 95 ? n : 95), message);
    a = find_axis(b, name);
    for (size_t i = 0; !a && i < LUT_COUNT(partners); i++)
        if (strcmp(partners[i].field, name) == 0)
            a = find_axis(b, partners[i].partner);
    return a ? a->line : b->line;
}

static bool is_skipped(const walk *w, const sweep_trial *t)
{
    sweep_columns c = { .trial = t };

    return w->skip && sweep_expr_true(w->skip, sweep_column_get, &c);
}

static uint16_t group_of(walk *w, const sweep_trial *t)
{
    char name[sizeof *w->group];
    uint16_t g = 0;

    snprintf(name, sizeof name, "%.31s %.31s %.31s", t->parametrization,
             t->mapping_first, t->mapping_rest);
    while (g < w->ngroups && strcmp(w->group[g], name) != 0)
        g++;
    if (g == SWEEP_GROUPS)
        return SWEEP_GROUPS - 1;
    if (g == w->ngroups)
        memcpy(w->group[w->ngroups++], name, sizeof name);
    return g;
}

static double count_luts(const sweep_trial *t)
{
    uint32_t width[LUT_MAX_LAYERS], n = sweep_trial_layers(width, t->layers);
    double luts = 0;

    for (uint32_t i = 0; i < n; i++)
        luts += width[i];
    return luts;
}

static lut_status add_point(walk *w, const sweep_trial *t, uint64_t number,
                            const sweep_data_facts *facts)
{
    sweep_space *s = w->space;
    sweep_point point = { .number = number };
    bool fresh;

    sweep_trial_key(point.key, t, facts->digest);
    sweep_training_key(point.training, t, facts->digest);
    LUT_TRY(sweep_set_add(&w->keys, &fresh, strtoull(point.key, NULL, 16), w->err));
    s->repeated += !fresh;
    if (!fresh)
        return LUT_OK;
    point.cost = sweep_trial_cost(t, facts->samples);
    point.group = group_of(w, t);
    point.stratum = (uint16_t)(point.group * (LUT_MAX_K + 1) + t->lut_rank);
    point.epochs = t->epochs;
    point.luts = count_luts(t);
    if (s->n == w->room) {
        size_t room = w->room ? w->room * 2 : 64;
        sweep_point *more = realloc(s->point, room * sizeof *more);

        if (!more)
            return lut_fail(w->err, LUT_ENOMEM, "no memory for %zu trials", room);
        s->point = more;
        w->room = room;
    }
    s->point[s->n++] = point;
    return LUT_OK;
}

static lut_status refuse(walk *w, const sweep_block *b, const lut_err *why)
{
    if (why->code == LUT_ENOMEM)
        return lut_fail(w->err, LUT_ENOMEM, "%s", why->text);
    sweep_problem(w->p, fault_line(b, why->text), "%s", why->text);
    return LUT_OK;
}

/* Combination `number` of the block; `first` is the number of its combination 0. */
static lut_status visit(walk *w, const sweep_block *b, const sweep_trial *base,
                        uint64_t first, uint64_t number)
{
    const sweep_known_facts *k;
    sweep_trial t = *base;
    lut_err why = { 0 };
    lut_status st;

    if (decode(&t, w->spec, b, number, &why) != LUT_OK ||
        sweep_space_facts(w->space, &k, &t, w->facts, w->facts_arg, &why) != LUT_OK)
        return refuse(w, b, &why);
    st = sweep_trial_resolve(&t, &k->facts, &why);
    /* A condition may leave out what no trainer could run. */
    if (is_skipped(w, &t)) {
        w->space->skipped++;
        return LUT_OK;
    }
    if (k->why) {
        lut_err data;

        lut_fail(&data, LUT_EINVAL, "dataset = \"%s\": %s", t.dataset, k->why);
        LUT_TRY(refuse(w, b, &data));
    }
    if (st != LUT_OK)
        return refuse(w, b, &why);
    return k->why ? LUT_OK : add_point(w, &t, first + number, &k->facts);
}

/* Values that were drawn may be wrong each in their own way: a few say enough. */
enum { MOST_DRAWN_PROBLEMS = 5 };

static lut_status visit_block(walk *w, const sweep_block *b, uint64_t first, uint64_t n)
{
    const bool draws = sweep_source_draws(w->spec->search.source);
    const size_t told = w->p->n;
    sweep_trial base;

    start(&base, b);
    for (uint64_t number = 0; number < n; number++) {
        LUT_TRY(visit(w, b, &base, first, number));
        if (draws && w->p->n >= told + MOST_DRAWN_PROBLEMS)
            break;
    }
    return LUT_OK;
}

/* Can the source draw so many keys at once? */
static bool check_dims(walk *w, const sweep_block *b)
{
    const sweep_search *s = &w->spec->search;
    unsigned dims = 0;

    for (size_t i = 0; i < b->naxes; i++)
        dims += varies(&b->axis[i]);
    if (!sweep_source_draws(s->source) || dims <= sweep_source_dims(s->source))
        return true;
    sweep_problem(w->p, b->line,
                  "%u keys are to be drawn: %s takes at most %u (random and latin take "
                  "any number)",
                  dims, s->source, sweep_source_dims(s->source));
    return false;
}

static lut_status visit_all(walk *w)
{
    uint64_t first = 0;
    bool broken = false;

    for (size_t i = 0; i < w->spec->nblocks; i++) {
        const sweep_block *b = &w->spec->block[i];
        uint64_t n;

        w->space->first[i] = first;
        if (b->broken || !check_dims(w, b)) {
            broken = true;
            continue;
        }
        n = combinations(w->spec, b);
        if (first + n > SWEEP_MAX_COMBINATIONS) {
            sweep_problem(w->p, b->line, "%s: more than %" PRIu64 " combinations",
                          w->spec->search.source, SWEEP_MAX_COMBINATIONS);
            return LUT_OK;
        }
        LUT_TRY(visit_block(w, b, first, n));
        first += n;
    }
    if (!broken && first && w->space->skipped == first)
        sweep_problem(w->p, w->spec->skip_line, "skip: every combination was left out");
    return LUT_OK;
}

lut_status sweep_space_make(sweep_space *space, const sweep_spec *spec,
                            sweep_facts_fn facts, void *facts_arg, sweep_problems *p,
                            lut_err *err)
{
    walk w = { .space = space,
               .spec = spec,
               .facts = facts,
               .facts_arg = facts_arg,
               .p = p,
               .err = err };
    lut_status st = LUT_OK;

    *space = (sweep_space){ .spec = spec };
    /* A bad condition was told when the specification was read. */
    if (spec->skip && sweep_expr_parse(&w.skip, spec->skip, sweep_column_find, NULL,
                                       err) == LUT_ENOMEM)
        return LUT_ENOMEM;
    space->first = calloc(spec->nblocks + 1, sizeof *space->first);
    st = space->first
             ? visit_all(&w)
             : lut_fail(err, LUT_ENOMEM, "no memory for %zu blocks", spec->nblocks);
    sweep_expr_destroy(w.skip);
    sweep_set_fini(&w.keys);
    if (st != LUT_OK)
        sweep_space_fini(space);
    return st;
}

lut_status sweep_space_build(sweep_space *space, const sweep_spec *spec,
                             const char *path, sweep_facts_fn facts, void *facts_arg,
                             sweep_problem_fn problem, void *arg, lut_err *err)
{
    sweep_problems p = { .path = path, .list = spec->list_path };
    lut_err first = { 0 };
    lut_status st = sweep_space_make(space, spec, facts, facts_arg, &p, &first);
    lut_status told = sweep_problems_tell(&p, problem, arg, err);

    if (st != LUT_OK)
        return lut_fail(err, st, "%s", first.text);
    if (told != LUT_OK)
        sweep_space_fini(space);
    return told;
}

/* The last block that starts at or before the number. */
static size_t find_block(const sweep_space *space, uint64_t number)
{
    size_t low = 0, high = space->spec->nblocks;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (space->first[middle] <= number)
            low = middle;
        else
            high = middle;
    }
    return low;
}

lut_status sweep_space_trial(const sweep_space *space, sweep_trial *t, size_t i,
                             sweep_facts_fn facts, void *facts_arg, lut_err *err)
{
    const uint64_t number = space->point[i].number;
    const size_t block = find_block(space, number);
    const sweep_block *b = &space->spec->block[block];
    sweep_data_facts known;

    start(t, b);
    LUT_TRY(decode(t, space->spec, b, number - space->first[block], err));
    LUT_TRY(sweep_space_known(space, &known, t, facts, facts_arg, err));
    return sweep_trial_resolve(t, &known, err);
}
