/* --simulate: how well N ranks would be used, in virtual time. */
#include "drivers/lutsweep.h"
#include "lib/base/rng.h"
#include "sweep/simulate.h"
#include "sweep/state.h"
#include "sweep/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What lies between two trials of a slot besides their own time, as measured with a journal
 * on a local disk; half of the interval at which ranks look for messages. */
static const double overhead = 0.003, delay = 0.0025; /* seconds */

enum { MOST_RANKS = 1000000 };

/* ---- what trials take ---- */

typedef struct times {
    lutsweep_job *job;
    size_t *by_key;  /* [n] trials in the order of their keys */
    double *seconds; /* [n] measured; 0: not */
    double *valid;   /* [n] NaN: not known */
    double *share;   /* [n] of the trial that they cover: 1 where it ended */
    double *reached; /* [n] epochs that they cover */
    sweep_cost cost;
    double spread;
    size_t measured, partly;
} times;

static int by_key(const void *a, const void *b, void *arg)
{
    const lutsweep_job *j = arg;

    return strcmp(j->key[*(const size_t *)a], j->key[*(const size_t *)b]);
}

/* SIZE_MAX: not a trial of this configuration. */
static size_t find(const times *t, const char *key)
{
    size_t low = 0, high = t->job->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int side = strcmp(key, t->job->key[t->by_key[middle]]);

        if (side == 0)
            return t->by_key[middle];
        if (side < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return SIZE_MAX;
}

/* Epochs that the last leg trained, from those that were trained before, and those that it
 * adds to what is known may differ: a leg may have gone on from a checkpoint of one that was
 * cut off, or have begun anew. */
static double scale(double reached, double from, double epoch)
{
    return epoch > from && epoch > reached ? (epoch - reached) / (epoch - from) : 1;
}

/* Legs between rungs add up; what was given up too early may tell of one a second time. */
static lut_status take_line(void *arg, const sweep_entry *e, lut_err *err)
{
    times *t = arg;
    const bool done = !strcmp(e->event, "DONE");
    double epoch;
    size_t i;

    (void)err;
    if (!done && strcmp(e->event, "PAUSE") != 0)
        return LUT_OK;
    i = find(t, e->key);
    epoch = sweep_entry_number(e, "epoch", 0);
    if (i == SIZE_MAX || t->share[i] >= 1 || (!done && epoch <= t->reached[i]))
        return LUT_OK;
    t->seconds[i] +=
        sweep_entry_number(e, "seconds", 0) *
        scale(t->reached[i], sweep_entry_number(e, "from", t->reached[i]), epoch);
    t->valid[i] = sweep_entry_number(e, "valid_accuracy", (double)NAN);
    t->share[i] = done ? 1 : epoch / t->job->epochs[i];
    t->reached[i] = epoch;
    return LUT_OK;
}

/* Without its directory, the file tells how long training took. */
static lut_status take_rows(times *t, const char *file, lut_err *err)
{
    const sweep_column *key, *seconds, *valid;
    sweep_store *s;

    LUT_TRY(sweep_store_open(&s, file, err));
    key = sweep_store_text(s, "key", err);
    seconds = sweep_store_find(s, "train_seconds");
    valid = sweep_store_find(s, "valid_accuracy");
    for (size_t r = 0; key && seconds && valid && r < sweep_store_rows(s); r++) {
        const size_t i = find(t, key->text[r]);

        if (i == SIZE_MAX || !(seconds->number[r] > 0))
            continue;
        t->seconds[i] = seconds->number[r];
        t->valid[i] = valid->number[r];
        t->share[i] = 1;
    }
    sweep_store_close(s);
    return key ? LUT_OK : err->code;
}

static lut_status measure(times *t, const char *file, lut_err *err)
{
    sweep_state s;

    LUT_TRY(sweep_state_name(&s, file, err));
    if (sweep_state_exists(&s))
        LUT_TRY(sweep_state_replay(&s, take_line, t, err));
    else if (access(file, F_OK) == 0)
        LUT_TRY(take_rows(t, file, err));
    for (size_t i = 0; i < t->job->n; i++) {
        if (!(t->seconds[i] > 0 && t->share[i] > 0))
            continue;
        t->measured += t->share[i] >= 1;
        t->partly += t->share[i] < 1;
        if (!t->job->derived[i])
            sweep_cost_learn(&t->cost, t->job->group[i], t->share[i] * t->job->cost[i],
                         t->seconds[i]);
    }
    t->spread = sweep_cost_spread(&t->cost);
    return LUT_OK;
}

static lut_rng draws(const times *t, size_t i)
{
    return lut_rng_make(1, LUT_RNG_SHUFFLE, strtoull(t->job->key[i], NULL, 16));
}

/* Log-normal about the expectation, by key. */
static double whole_trial(const times *t, size_t i)
{
    lut_rng rng = draws(t, i);

    if (t->job->derived[i])
        return t->job->cost[i];
    if (t->seconds[i] > 0 && t->share[i] > 0)
        return t->seconds[i] / t->share[i];
    return sweep_cost_seconds(&t->cost, t->job->group[i], t->job->cost[i]) *
           exp(t->spread * lut_rng_normal(&rng));
}

/* Where nothing is known, any score does: only who goes on depends on it, hardly how many. */
static double score(const times *t, size_t i, double share)
{
    lut_rng rng = draws(t, i);
    double end;

    lut_rng_normal(&rng);
    end = isnan(t->valid[i]) ? 90 + 3 * lut_rng_normal(&rng) : t->valid[i];
    return end - 10 * exp(-5 * share) * (1 + 0.2 * lut_rng_normal(&rng));
}

static void leg(void *arg, double *seconds, double *valid_accuracy, size_t i,
                uint32_t from, uint32_t until)
{
    const times *t = arg;
    const double epochs = t->job->epochs[i], to = until ? until : epochs;

    *seconds = whole_trial(t, i) * (to - from) / epochs;
    *valid_accuracy = score(t, i, to / epochs);
}

static lut_status times_open(times *t, lutsweep_job *j, const char *file, lut_err *err)
{
    *t = (times){ .job = j };
    t->by_key = malloc((j->n + 1) * sizeof *t->by_key);
    t->seconds = calloc(j->n + 1, sizeof *t->seconds);
    t->valid = malloc((j->n + 1) * sizeof *t->valid);
    t->share = calloc(j->n + 1, sizeof *t->share);
    t->reached = calloc(j->n + 1, sizeof *t->reached);
    if (!t->by_key || !t->seconds || !t->valid || !t->share || !t->reached)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", j->n);
    for (size_t i = 0; i < j->n; i++) {
        t->by_key[i] = i;
        t->valid[i] = (double)NAN;
    }
    qsort_r(t->by_key, j->n, sizeof *t->by_key, by_key, j);
    return measure(t, file, err);
}

static void times_close(times *t)
{
    free(t->by_key);
    free(t->seconds);
    free(t->valid);
    free(t->share);
    free(t->reached);
}

/* ---- one simulation ---- */

static lut_status run_plan(sweep_simulation *out, times *t, sweep_strategy *strategy,
                           sweep_leases *leases, sweep_order order,
                           const sweep_simulation_cfg *cfg, lut_err *err)
{
    lutsweep_job *j = t->job;
    const sweep_plan plan = {
        .schedule = { .n = j->n,
                      .order = order,
                      .cost = j->cost,
                      .group = j->group,
                      .stratum = j->stratum,
                      .epochs = j->epochs,
                      .strategy = strategy,
                      .ranked = j->ranked,
                      .derived = j->derived,
                      .job_seconds = (double)INFINITY },
        .key = (const char(*)[SWEEP_KEY])j->key,
        .trial = lutsweep_job_trial,
        .trial_arg = j,
        .leases = leases,
        .best = (double)NAN,
    };

    return sweep_simulate(out, &plan, cfg, err);
}

static lut_status simulate(sweep_simulation *out, times *t, sweep_order order,
                           const sweep_simulation_cfg *cfg, lut_err *err)
{
    sweep_strategy *strategy;
    sweep_leases leases;
    lut_status st;

    LUT_TRY(lutsweep_job_strategy(&strategy, t->job, err));
    st = sweep_leases_init(&leases, t->job->n, (int)cfg->ranks, err);
    for (size_t i = t->job->ranked; st == LUT_OK && i < t->job->n; i++)
        sweep_leases_follow(&leases, i, t->job->primary[i]);
    if (st == LUT_OK) {
        st = run_plan(out, t, strategy, &leases, order, cfg, err);
        sweep_leases_fini(&leases);
    }
    sweep_strategy_destroy(strategy);
    return st;
}

/* ---- the table ---- */

static void print_row(uint32_t ranks, const char *order, const sweep_simulation *s)
{
    printf(
        "%6u  %-7s  %10.1f  %6.3f  %5.1f%%  %10.1f  %8.1f  %8.0f  %9.3f  %7zu  %6zu\n",
        ranks, order, s->makespan, s->bound > 0 ? s->makespan / s->bound : 1,
        100 * s->idle, s->last_start, s->mean, s->peak, s->cpu_seconds, s->legs,
        s->pruned);
}

static lut_status print_ranks(times *t, uint32_t ranks, const lutsweep_settings *s,
                              lut_err *err)
{
    static const char *const names[] = { "longest", "config", "random" };
    const sweep_simulation_cfg cfg = {
        .ranks = ranks, .delay = delay, .overhead = overhead, .leg = leg, .leg_arg = t
    };
    sweep_simulation out;

    for (unsigned order = 0; order < LUT_COUNT(names); order++) {
        if (s->has_order && s->order != (sweep_order)order)
            continue;
        LUT_TRY(simulate(&out, t, (sweep_order)order, &cfg, err));
        print_row(ranks, names[order], &out);
    }
    if (s->has_order || strcmp(t->job->spec->search.strategy, "grid") != 0)
        return LUT_OK;
    sweep_simulate_static(&out, t->job->n, &cfg);
    print_row(ranks, "static", &out);
    return LUT_OK;
}

static lut_status print_group(const times *t, unsigned group, lut_err *err)
{
    const double n = t->cost.group[group].n;
    char digest[SWEEP_DIGEST];
    sweep_trial trial;
    double a, b;
    size_t i = 0;

    while (i < t->job->n && t->job->group[i] != group)
        i++;
    if (n < 1 || i == t->job->n)
        return LUT_OK;
    LUT_TRY(lutsweep_job_trial(t->job, &trial, digest, i, err));
    sweep_cost_line(&t->cost, &a, &b, group);
    printf("  %s, %s, %s: %.0f trials, %.3g * estimate^%.2f seconds\n",
           trial.parametrization, trial.mapping_first, trial.mapping_rest, n, exp(a),
           b);
    return LUT_OK;
}

static lut_status print_times(const times *t, const char *file, lut_err *err)
{
    const size_t n = t->job->n;
    double sum = 0, longest = 0;

    for (size_t i = 0; i < n; i++) {
        sum += whole_trial(t, i);
        longest = fmax(longest, whole_trial(t, i));
    }
    printf("%s: %zu trials, %zu measured, %zu in part, %zu modelled with a spread of "
           "%.0f%%; %.0f s in all, the longest %.1f s\n",
           file, n, t->measured, t->partly, n - t->measured - t->partly,
           100 * t->spread, sum, longest);
    for (unsigned g = 0; g < SWEEP_COST_GROUPS; g++)
        LUT_TRY(print_group(t, g, err));
    return LUT_OK;
}

static bool next_ranks(uint32_t *ranks, const char **text)
{
    char *end;
    const unsigned long n = strtoul(*text, &end, 10);

    if (end == *text || n < 1 || n > MOST_RANKS || (*end && *end != ',')) {
        cli_complain(CLI_USAGE, "--simulate=%s: want ranks from 1 to %d, as 64 or 2,64",
                     *text, MOST_RANKS);
        return false;
    }
    *ranks = (uint32_t)n;
    *text = *end ? end + 1 : end;
    return true;
}

static lut_status print_all(const lutsweep_args *a, lutsweep_job *j,
                            const lutsweep_settings *s, lut_err *err)
{
    char file[SWEEP_ROOT];
    const char *text = a->simulate;
    uint32_t ranks;
    times t;
    lut_status st;

    lutsweep_job_file(j, a, file);
    st = times_open(&t, j, file, err);
    if (st == LUT_OK)
        st = print_times(&t, file, err);
    if (st == LUT_OK)
        puts(" ranks  order    makespan/s  /bound    idle  last start       msg/s    "
             "peak  rank 0/s     legs  pruned");
    while (st == LUT_OK && *text && next_ranks(&ranks, &text))
        st = print_ranks(&t, ranks, s, err);
    times_close(&t);
    return st;
}

int lutsweep_simulate(const lutsweep_args *a)
{
    lutsweep_settings settings;
    lutsweep_job job;
    const char *text = a->simulate;
    uint32_t ranks;
    lut_err err;
    int code;

    while (*text || text == a->simulate)
        if (!next_ranks(&ranks, &text))
            return CLI_USAGE;
    if (!lutsweep_settings_read(&settings, a, false))
        return CLI_USAGE;
    cli_start("lutsweep",
              LUT_ERROR); /* that nothing ends for long means nothing here */
    code = lutsweep_job_open(&job, &settings, a);
    if (code == CLI_OK && print_all(a, &job, &settings, &err) != LUT_OK)
        code = cli_fail(&err);
    lutsweep_job_close(&job);
    return code;
}
