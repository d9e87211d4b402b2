/* --dry-run: what would run, and what of it is dear. */
#include "drivers/lutsweep.h"
#include "sweep/record.h"
#include "sweep/resume.h"
#include "sweep/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_VALUES = 32, MOST_OPTIONS = 64 };

typedef struct table {
    lutsweep_job *job;
    sweep_trial *trial;               /* [job->n] */
    unsigned retry;                   /* what of the past is to be tried again */
    bool *done;                       /* [job->n] would not run */
    double total;                     /* cost of what would run */
    size_t left, failed;              /* failed: and are not tried again */
    const char *option[MOST_OPTIONS]; /* of plug-ins, that are said; borrowed */
    bool telling[MOST_OPTIONS];       /* do they tell trials apart? */
    size_t noptions;
} table;

/* A key that the configuration names: what it sets is what tells trials apart. */
static bool named(const sweep_spec *spec, const lut_field *f)
{
    for (size_t b = 0; b < spec->nblocks; b++)
        for (size_t a = 0; a < spec->block[b].naxes; a++)
            if (spec->block[b].axis[a].field == f)
                return true;
    return false;
}

static bool varies(const table *t, const lut_field *f)
{
    char a[LUT_FIELD_TEXT], b[LUT_FIELD_TEXT];

    for (size_t i = 1; i < t->job->n; i++)
        if (strcmp(lut_field_text(f, a, &t->trial[0]),
                   lut_field_text(f, b, &t->trial[i])))
            return true;
    return false;
}

/* An option of a plug-in, where this trial has it. */
static void print_option(const sweep_trial *trial, const char *option)
{
    const char *p = trial->options;
    const size_t n = strlen(option);

    while ((p = strstr(p, option)) != NULL) {
        if ((p == trial->options || p[-1] == ' ') && p[n] == ' ') {
            printf("  %s=%.*s", option, (int)strcspn(p + n + 1, " "), p + n + 1);
            return;
        }
        p += n;
    }
}

/* Does the option tell trials apart: is it swept, or said in some blocks only? */
static bool is_telling(const sweep_spec *spec, const sweep_axis *axis)
{
    size_t same = 0;

    for (size_t b = 0; b < spec->nblocks; b++)
        for (size_t a = 0; a < spec->block[b].naxes; a++) {
            const sweep_axis *other = &spec->block[b].axis[a];

            same += !other->field && !strcmp(other->option, axis->option) &&
                    other->n == 1 && axis->n == 1 &&
                    !strcmp(other->value[0], axis->value[0]);
        }
    return same < spec->nblocks;
}

static bool is_collected(const table *t, const char *option)
{
    for (size_t i = 0; i < t->noptions; i++)
        if (!strcmp(t->option[i], option))
            return true;
    return false;
}

static void collect_options(table *t)
{
    const sweep_spec *spec = t->job->spec;

    for (size_t b = 0; b < spec->nblocks; b++)
        for (size_t a = 0; a < spec->block[b].naxes; a++) {
            const sweep_axis *axis = &spec->block[b].axis[a];

            if (axis->field || t->noptions == MOST_OPTIONS ||
                is_collected(t, axis->option))
                continue;
            t->option[t->noptions] = axis->option;
            t->telling[t->noptions++] = is_telling(spec, axis);
        }
}

enum { MOST_SHOWN = 128 }; /* fields */

static void print_trial(const table *t, size_t i, const bool *shown)
{
    size_t n;
    const lut_field *f = sweep_trial_fields(&n);

    printf("%s %5.1f%%", t->job->key[i], 100 * t->job->cost[i] / t->total);
    for (size_t k = 0; k < n && k < MOST_SHOWN; k++) {
        char text[LUT_FIELD_TEXT];

        if (shown[k])
            printf("  %s=%s", f[k].name, lut_field_text(&f[k], text, &t->trial[i]));
    }
    for (size_t k = 0; k < t->noptions; k++)
        if (t->telling[k])
            print_option(&t->trial[i], t->option[k]);
    putchar('\n');
}

static void print_trials(table *t)
{
    bool shown[MOST_SHOWN];
    size_t n;
    const lut_field *f = sweep_trial_fields(&n);

    for (size_t k = 0; k < n && k < MOST_SHOWN; k++)
        shown[k] = named(t->job->spec, &f[k]) && varies(t, &f[k]);
    collect_options(t);
    for (size_t k = 0; k < t->job->n; k++)
        if (!t->done[t->job->listed[k]])
            print_trial(t, t->job->listed[k], shown);
}

typedef struct share {
    char value[64];
    double cost;
    size_t n;
} share;

/* Cost by value of a field; 0: too many values to be an axis. */
static size_t shares(share out[MOST_VALUES], const table *t, const lut_field *f)
{
    size_t used = 0;

    for (size_t i = 0; i < t->job->n; i++) {
        char text[LUT_FIELD_TEXT];
        size_t v = 0;

        if (t->done[i])
            continue;
        lut_field_text(f, text, &t->trial[i]);
        while (v < used && strncmp(out[v].value, text, sizeof out[v].value - 1) != 0)
            v++;
        if (v == MOST_VALUES)
            return 0;
        if (v == used) {
            out[used++] = (share){ .n = 0 };
            snprintf(out[v].value, sizeof out[v].value, "%.63s", text);
        }
        out[v].cost += t->job->cost[i];
        out[v].n++;
    }
    return used;
}

/* How much dearer a trial of the dearest value is than one of the cheapest. */
static double spread(const share *s, size_t n)
{
    double low = s[0].cost / (double)s[0].n, high = low;

    for (size_t v = 1; v < n; v++) {
        double mean = s[v].cost / (double)s[v].n;

        low = mean < low ? mean : low;
        high = mean > high ? mean : high;
    }
    return low > 0 ? high / low : 1;
}

/* Drawn from a range of real numbers: hardly two trials share a value. */
static bool is_continuous(const sweep_spec *spec, const lut_field *f)
{
    for (size_t b = 0; b < spec->nblocks; b++)
        for (size_t a = 0; a < spec->block[b].naxes; a++) {
            const sweep_axis *axis = &spec->block[b].axis[a];

            if (axis->field == f && axis->n == 0 && axis->range.step <= 0)
                return true;
        }
    return false;
}

static void print_dearest(const table *t)
{
    size_t n;
    const lut_field *hardware = sweep_hardware_fields(&n); /* trains nothing */
    const lut_field *f = sweep_trial_fields(&n), *dearest = NULL;
    double most = 1.01;
    share s[MOST_VALUES];

    for (size_t k = 0; k < n; k++) {
        bool looked_at = f + k < hardware && strcmp(f[k].name, "options") != 0 &&
                         !is_continuous(t->job->spec, &f[k]);
        size_t values = looked_at ? shares(s, t, &f[k]) : 0;

        if (values < 2 || spread(s, values) <= most)
            continue;
        most = spread(s, values);
        dearest = &f[k];
    }
    if (!dearest)
        return;
    n = shares(s, t, dearest);
    printf("dearest axis: %s", dearest->name);
    for (size_t v = 0; v < n; v++)
        printf("%s %s %.0f%% of the time", v ? "," : ":", s[v].value,
               100 * s[v].cost / t->total);
    putchar('\n');
}

/* ---- what is finished ---- */

typedef struct finished {
    const char *key, *status; /* borrowed from the store */
} finished;

/* What ran before this. */
typedef struct before {
    sweep_state state;
    sweep_past past;
    finished *row; /* [n] final rows of the file, by key; owned */
    size_t n;
} before;

static int by_key(const void *a, const void *b)
{
    return strcmp(((const finished *)a)->key, ((const finished *)b)->key);
}

static lut_status find_finished(before *f, const sweep_store *s, lut_err *err)
{
    const sweep_column *key = sweep_store_text(s, "key", err);
    const sweep_column *status = sweep_store_text(s, "status", err);
    const size_t n = sweep_store_rows(s);

    if (!key || !status)
        return err->code;
    f->row = malloc((n + 1) * sizeof *f->row);
    if (!f->row)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu keys", n);
    for (size_t i = 0; i < n; i++)
        if (sweep_status_final(status->text[i]))
            f->row[f->n++] = (finished){ key->text[i], status->text[i] };
    qsort(f->row, f->n, sizeof *f->row, by_key);
    return LUT_OK;
}

/* A record is opened only where its status matters. */
static bool is_finished(const before *f, const char *key, unsigned retry)
{
    const finished wanted = { .key = key }, *row;
    char path[SWEEP_PATH];
    sweep_result r;
    bool pruned;

    if (access(sweep_state_record(&f->state, path, key), F_OK) == 0) {
        if (!(retry & SWEEP_RETRY_PRUNED))
            return true;
        if (sweep_state_read(&f->state, &r, key, NULL) == LUT_OK) {
            pruned = !strcmp(r.row.status, "pruned");
            sweep_result_fini(&r);
            return !pruned;
        }
    }
    row = f->n ? bsearch(&wanted, f->row, f->n, sizeof wanted, by_key) : NULL;
    return row && (!(retry & SWEEP_RETRY_PRUNED) || strcmp(row->status, "pruned") != 0);
}

static bool is_given_up(const before *f, const char *key, unsigned retry)
{
    const sweep_past_trial *t = sweep_past_find(&f->past, key);
    sweep_cause cause;

    if (!t || t->failure == SIZE_MAX)
        return false;
    cause = sweep_cause_find(f->past.failure[t->failure].cause);
    return cause != SWEEP_CAUSES && !(retry & 1u << cause);
}

/* Nobody trains for a family of which a trial is finished, if its network was kept; where it
 * was not this says too little. */
static void share_finished(table *t)
{
    lutsweep_job *j = t->job;

    for (size_t i = 0; i < j->n; i++) {
        const size_t p = j->primary[i];

        if (i == p || !t->done[i] || t->done[p])
            continue;
        t->total -= j->cost[p];
        j->cost[p] = j->cost[i];
        t->total += j->cost[p];
    }
}

static lut_status fill_in(table *t, const before *f, lut_err *err)
{
    char digest[SWEEP_DIGEST];

    for (size_t i = 0; i < t->job->n; i++) {
        const char *key = t->job->key[i];

        LUT_TRY(lutsweep_job_trial(t->job, &t->trial[i], digest, i, err));
        t->done[i] = is_finished(f, key, t->retry);
        if (!t->done[i] && is_given_up(f, key, t->retry)) {
            t->done[i] = true;
            t->failed++;
        }
        if (t->done[i])
            continue;
        t->left++;
        t->total += t->job->cost[i];
    }
    share_finished(t);
    return LUT_OK;
}

/* A results file without its folder has finished trials as well. */
static lut_status fill(table *t, const char *file, lut_err *err)
{
    before f = { .row = NULL };
    sweep_store *store = NULL;
    lut_status st = sweep_state_name(&f.state, file, err);

    if (st == LUT_OK)
        st = sweep_check(&f.state, t->job->spec->name, err);
    if (st == LUT_OK && sweep_state_exists(&f.state))
        st = sweep_past_read(&f.past, &f.state, err);
    if (st == LUT_OK && access(file, F_OK) == 0)
        st = sweep_store_open(&store, file, err);
    if (st == LUT_OK && store)
        st = find_finished(&f, store, err);
    if (st == LUT_OK)
        st = fill_in(t, &f, err);
    sweep_past_fini(&f.past);
    free(f.row);
    sweep_store_close(store);
    return st;
}

/* Where trials come from and which go on, unless it is all of a grid. */
static void print_search(const sweep_spec *spec)
{
    const sweep_search *s = &spec->search;
    const bool runs_all = strcmp(s->strategy, "grid") == 0;

    if (runs_all && strcmp(s->source, "grid") == 0)
        return;
    printf("source: %s", s->source);
    if (s->samples)
        printf(", %u samples with seed %u", s->samples, s->seed);
    if (spec->list_path)
        printf(", %zu rows of %s", spec->nblocks, s->file);
    if (!runs_all)
        printf("; strategy: %s, 1 of %u goes on at a rung", s->strategy, s->eta);
    putchar('\n');
}

static int print_all(table *t, const char *file)
{
    const lutsweep_job *j = t->job;
    char failed[64] = "";
    lut_err err;

    if (fill(t, file, &err) != LUT_OK)
        return cli_fail(&err);
    print_trials(t);
    if (t->failed)
        snprintf(failed, sizeof failed, "%zu failed and not tried again, ", t->failed);
    printf(
        "%s: %zu trials, %zu finished, %s%zu would run (%zu combinations skipped, %zu "
        "repeated)\n",
        file, j->n, j->n - t->left - t->failed, failed, t->left, j->space.skipped,
        j->space.repeated);
    print_search(j->spec);
    print_dearest(t);
    return CLI_OK;
}

/* Those of the trial that has most: others have fewer epochs, or a bracket that begins later. */
static size_t most_rungs(const sweep_strategy *s, const lutsweep_job *j,
                         uint32_t rung[SWEEP_RUNGS], uint32_t *epochs)
{
    uint32_t one[SWEEP_RUNGS];
    size_t most = 0;

    for (size_t i = 0; i < j->ranked; i++) {
        const size_t n = sweep_strategy_rungs(s, one, i);

        if (n <= most)
            continue;
        most = n;
        memcpy(rung, one, n * sizeof *one);
        *epochs = j->epochs[i];
    }
    return most;
}

static int print_rungs(const lutsweep_job *j)
{
    sweep_strategy *s;
    uint32_t rung[SWEEP_RUNGS], epochs = 0;
    size_t n;
    lut_err err;

    if (lutsweep_job_strategy(&s, j, &err) != LUT_OK)
        return cli_fail(&err);
    if (!s)
        return CLI_OK;
    n = most_rungs(s, j, rung, &epochs);
    for (size_t k = 0; k < n; k++)
        printf("%s%u", k ? ", " : "rungs after ", rung[k]);
    if (n)
        printf(" of %u epochs\n", epochs);
    else
        printf(
            "no rungs: no trial has %u times min_epochs = %u, all run to their end\n",
            j->spec->search.eta, j->spec->search.min_epochs);
    sweep_strategy_destroy(s);
    return CLI_OK;
}

int lutsweep_dry_run(const lutsweep_args *a)
{
    lutsweep_settings settings;
    lutsweep_job job;
    table t = { .job = &job };
    char file[SWEEP_ROOT];
    int code;

    if (!lutsweep_settings_read(&settings, a, false))
        return CLI_USAGE;
    code = lutsweep_job_open(&job, &settings, a);
    if (code == CLI_OK) {
        t.trial = malloc((job.n + 1) * sizeof *t.trial);
        t.done = malloc((job.n + 1) * sizeof *t.done);
        t.retry = settings.retry;
        lutsweep_job_file(&job, a, file);
        code = t.trial && t.done ? print_all(&t, file)
                                 : cli_complain(CLI_INTERNAL, "no memory");
        if (code == CLI_OK)
            code = print_rungs(&job);
    }
    free(t.trial);
    free(t.done);
    lutsweep_job_close(&job);
    return code;
}
