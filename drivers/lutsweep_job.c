/* From the command line to validated trials. */
#include "drivers/lutsweep.h"
#include "drivers/folders.h"
#include "lib/net/backend.h"
#include "sweep/facts.h"
#include "sweep/options.h"
#include "sweep/place.h"
#include "sweep/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 256, MOST_SLOTS = 4096 };

/* ---- settings ---- */

static bool read_threads(lutsweep_settings *s, const lutsweep_args *a)
{
    const char *given = getenv("OMP_NUM_THREADS");
    long n = 1;

    if (a->threads && !cli_number(&n, "threads", a->threads, 1, MOST_THREADS))
        return false;
    if (!a->threads && given && atoi(given) >= 1 && atoi(given) <= MOST_THREADS)
        n = atoi(given);
    s->threads = (unsigned)n;
    return true;
}

static bool read_slots(lutsweep_settings *s, const lutsweep_args *a, bool ranks)
{
    long n = ranks ? 1 : (long)(sweep_place_cores() / s->threads);

    if (a->workers && !cli_number(&n, "workers", a->workers, 1, MOST_SLOTS))
        return false;
    s->slots = n < 1 ? 1 : (unsigned)n;
    return true;
}

static bool read_part(lutsweep_settings *s, const char *text)
{
    unsigned i, n;
    char more;

    s->part = 0;
    s->parts = 1;
    if (!text)
        return true;
    if (sscanf(text, "%u/%u%c", &i, &n, &more) == 2 && i >= 1 && i <= n &&
        n <= 1000000) {
        s->part = i - 1;
        s->parts = n;
        return true;
    }
    cli_complain(CLI_USAGE, "--part=%s: want I/N with I from 1 to N", text);
    return false;
}

static bool read_checkpoint_every(lutsweep_settings *s, const char *text)
{
    long n = 0;

    if (text && !cli_number(&n, "checkpoint-every", text, 1, 1000000))
        return false;
    s->checkpoint_every = (uint32_t)n;
    return true;
}

static bool read_max_fails(lutsweep_settings *s, const char *text)
{
    long n;

    s->max_fails = SIZE_MAX;
    if (!text)
        return true;
    if (!cli_number(&n, "max-fails", text, 0, 1L << 40))
        return false;
    s->max_fails = (size_t)n;
    return true;
}

/* What the scheduler grants, where it says so. */
static double granted(void)
{
    const char *end = getenv("SLURM_JOB_END_TIME");
    const double left = end ? atof(end) - (double)time(NULL) : 0;

    return left > 0 ? left : (double)INFINITY;
}

double lutsweep_margin(double limit)
{
    return fmin(120, fmax(2, 0.1 * limit));
}

static bool read_limit(double *limit, const char *text)
{
    lut_err err;

    *limit = INFINITY;
    if (!text)
        return true;
    if (sweep_duration_read(limit, text, &err) != LUT_OK || !(*limit > 0))
        cli_complain(CLI_USAGE, "--time-limit=%s: want seconds, or 90s, 30m, 2h, 1d",
                     text);
    else if (*limit <= lutsweep_margin(*limit))
        cli_complain(CLI_USAGE,
                     "--time-limit=%s: want more than the %g s that are kept for the "
                     "end: no trial would ever start",
                     text, lutsweep_margin(*limit));
    else
        return true;
    return false;
}

static bool read_times(lutsweep_settings *s, const lutsweep_args *a)
{
    double limit;

    if (!read_limit(&limit, a->time_limit))
        return false;
    s->time_limit = fmin(limit, granted() + sweep_transport_now(NULL) - a->begun);
    s->beat = a->beat ? atof(a->beat) : 5;
    if (s->beat >= 0.01 && s->beat <= 3600)
        return true;
    cli_complain(CLI_USAGE, "--beat=%s: want seconds from 0.01 to 3600", a->beat);
    return false;
}

static bool read_words(lutsweep_settings *s, const lutsweep_args *a)
{
    const char *retry = a->retry ? a->retry : "all";
    const char *isolate = a->isolate ? a->isolate : "fork";

    s->has_order = a->order != NULL;
    if (!sweep_cause_set(&s->retry, retry))
        cli_complain(CLI_USAGE,
                     "--retry=%s: want all, none, or some of crashed,timeout,"
                     "out_of_memory,lost,error,pruned",
                     retry);
    else if (a->order && !sweep_order_find(&s->order, a->order))
        cli_complain(CLI_USAGE, "--order=%s: want longest, config or random", a->order);
    else if (!sweep_isolate_find(&s->isolate, isolate))
        cli_complain(CLI_USAGE, "--isolate=%s: want fork, spawn or none", isolate);
    else
        return true;
    return false;
}

bool lutsweep_settings_read(lutsweep_settings *s, const lutsweep_args *a, bool ranks)
{
    *s = (lutsweep_settings){ .slots = 1 };
    return read_threads(s, a) && read_slots(s, a, ranks) && read_part(s, a->part) &&
           read_max_fails(s, a->max_fails) &&
           read_checkpoint_every(s, a->checkpoint_every) && read_times(s, a) &&
           read_words(s, a);
}

void lutsweep_lab(sweep_lab *lab, const lutsweep_settings *s, const char *cache)
{
    *lab = (sweep_lab){ .cache = cache, .kernels = getenv("LUT_KERNELS") };
    lab->exec.threads = s->threads;
    folders_of(lab->folder, s->data);
}

/* ---- trials ---- */

static void print_problem(void *arg, const char *line)
{
    (void)arg;
    cli_complain(CLI_USAGE, "%s", line);
}

/* Parts are made of keys, so that costs spread evenly and every job can tell its own; those
 * that share a training are in one part. */
static bool in_part(const sweep_point *p, const lutsweep_settings *s)
{
    return strtoull(p->training, NULL, 16) % s->parts == s->part;
}

/* Of a trial that another one is trained for; of the order of what is done besides training. */
static const double derived_cost = 0.01;

/* Training keys with the trial of the space that was first to have them. */
typedef struct first {
    char training[SWEEP_KEY];
    size_t at, job;
} first;

static int by_first(const void *a, const void *b)
{
    const first *x = a, *y = b;
    const int order = strcmp(x->training, y->training);

    return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_training(const void *a, const void *b)
{
    return strcmp(a, ((const first *)b)->training);
}

/* Sorted, one for each training key; returns their number. */
static size_t find_firsts(first *f, const lutsweep_job *j, const lutsweep_settings *s)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < j->space.n; i++) {
        if (!in_part(&j->space.point[i], s))
            continue;
        memcpy(f[n].training, j->space.point[i].training, SWEEP_KEY);
        f[n++].at = i;
    }
    if (n)
        qsort(f, n, sizeof *f, by_first);
    for (size_t i = 0; i < n; i++)
        if (!kept || strcmp(f[kept - 1].training, f[i].training) != 0)
            f[kept++] = f[i];
    return kept;
}

static first *find_first(first *f, size_t n, const sweep_point *p)
{
    return bsearch(p->training, f, n, sizeof *f, by_training);
}

static void add_trial(lutsweep_job *j, size_t i, first *f)
{
    const sweep_point *p = &j->space.point[i];
    const size_t k = j->n++;
    const bool derived = f->at != i;

    if (!derived)
        f->job = k;
    j->number[k] = i;
    j->cost[k] = derived ? derived_cost : p->cost;
    j->luts[k] = p->luts;
    j->group[k] = p->group;
    j->stratum[k] = p->stratum;
    j->epochs[k] = p->epochs;
    j->primary[k] = f->job;
    j->derived[k] = derived;
    memcpy(j->key[k], p->key, SWEEP_KEY);
    memcpy(j->training[k], p->training, SWEEP_KEY);
}

static int by_number(const void *a, const void *b, void *arg)
{
    const lutsweep_job *j = arg;
    const size_t x = j->number[*(const size_t *)a], y = j->number[*(const size_t *)b];

    return (x > y) - (x < y);
}

static void add_trials(lutsweep_job *j, const lutsweep_settings *s, first *f)
{
    const size_t n = find_firsts(f, j, s);

    for (int derived = 0; derived < 2; derived++)
        for (size_t i = 0; i < j->space.n; i++) {
            first *own = in_part(&j->space.point[i], s)
                             ? find_first(f, n, &j->space.point[i])
                             : NULL;

            if (own && (own->at != i) == derived)
                add_trial(j, i, own);
        }
    j->ranked = n;
    for (size_t k = 0; k < j->n; k++)
        j->listed[k] = k;
    qsort_r(j->listed, j->n, sizeof *j->listed, by_number, j);
}

static bool choose_part(lutsweep_job *j, const lutsweep_settings *s)
{
    const size_t n = j->space.n;
    first *f = malloc((n + 1) * sizeof *f);

    j->number = malloc((n + 1) * sizeof *j->number);
    j->key = malloc((n + 1) * sizeof *j->key);
    j->cost = malloc((n + 1) * sizeof *j->cost);
    j->luts = malloc((n + 1) * sizeof *j->luts);
    j->group = malloc((n + 1) * sizeof *j->group);
    j->stratum = malloc((n + 1) * sizeof *j->stratum);
    j->epochs = malloc((n + 1) * sizeof *j->epochs);
    j->training = malloc((n + 1) * sizeof *j->training);
    j->primary = malloc((n + 1) * sizeof *j->primary);
    j->derived = malloc((n + 1) * sizeof *j->derived);
    j->listed = malloc((n + 1) * sizeof *j->listed);
    if (f && j->number && j->key && j->cost && j->luts && j->group && j->stratum &&
        j->epochs && j->training && j->primary && j->derived && j->listed) {
        add_trials(j, s, f);
        free(f);
        return true;
    }
    free(f);
    return false;
}

static bool check_kernels(const sweep_lab *lab)
{
    const lut_backend *const *b = lut_backends();
    char known[128] = "";

    if (lut_backend_find(lab->kernels))
        return true;
    for (size_t used = 0; *b && used < sizeof known; b++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                 used ? ", " : "", (*b)->name);
    cli_complain(CLI_USAGE,
                 "LUT_KERNELS=%s: not in this build or not of this machine, "
                 "which has %s",
                 lab->kernels, known);
    return false;
}

int lutsweep_job_open(lutsweep_job *j, lutsweep_settings *s, const lutsweep_args *a)
{
    char *text;
    lut_err err;
    lut_status st;

    *j = (lutsweep_job){ 0 };
    lutsweep_lab(&j->lab, s, NULL);
    if (!check_kernels(&j->lab))
        return CLI_USAGE;
    st = cli_read_text(&text, a->operand[0], &err);
    if (st != LUT_OK)
        return cli_fail(&err);
    /* It decides where facts come from, before the whole text is checked. */
    sweep_spec_data_path(s->data, text, (const char *const *)a->operand + 1,
                         a->noperands - 1);
    lutsweep_lab(&j->lab, s, NULL);
    st = sweep_space_load(&j->spec, &j->space, a->operand[0], text,
                          (const char *const *)a->operand + 1, a->noperands - 1,
                          sweep_facts_load, (void *)j->lab.folder, print_problem, NULL,
                          &err);
    free(text);
    if (st != LUT_OK)
        return cli_fail(&err);
    if (!s->has_order)
        sweep_order_find(&s->order, j->spec->order);
    if (!choose_part(j, s))
        return cli_complain(CLI_INTERNAL, "no memory for %zu trials", j->space.n);
    if (s->parts > 1 && strcmp(j->spec->search.strategy, "grid") != 0)
        return cli_complain(CLI_USAGE,
                            "--part: strategy = \"%s\" compares trials, which parts "
                            "that run alone cannot",
                            j->spec->search.strategy);
    if (j->space.n == 0)
        return cli_complain(CLI_USAGE,
                            "%s: no trials: skip leaves out all combinations",
                            a->operand[0]);
    return CLI_OK;
}

void lutsweep_job_close(lutsweep_job *j)
{
    free(j->number);
    free(j->key);
    free(j->cost);
    free(j->luts);
    free(j->group);
    free(j->stratum);
    free(j->epochs);
    free(j->training);
    free(j->primary);
    free(j->derived);
    free(j->listed);
    sweep_space_fini(&j->space);
    if (j->spec)
        sweep_spec_destroy(j->spec);
    *j = (lutsweep_job){ 0 };
}

lut_status lutsweep_job_trial(void *arg, sweep_trial *t, char digest[SWEEP_DIGEST],
                              size_t i, lut_err *err)
{
    lutsweep_job *j = arg;
    char options[SWEEP_OPTIONS];

    LUT_TRY(sweep_space_trial(&j->space, t, j->number[i], sweep_facts_load,
                              (void *)j->lab.folder, err));
    LUT_TRY(sweep_options_reader(options, t, err));
    for (size_t k = 0; k < j->space.nknown; k++) {
        const sweep_known_facts *known = &j->space.known[k];

        if (strcmp(known->dataset, t->dataset) != 0 ||
            strcmp(known->options, options) != 0)
            continue;
        memcpy(digest, known->facts.digest, SWEEP_DIGEST);
        return LUT_OK;
    }
    return lut_fail(err, LUT_ENOENT, "%s: nothing is known of this data set",
                    t->dataset);
}

lut_status lutsweep_job_strategy(sweep_strategy **s, const lutsweep_job *j,
                                 lut_err *err)
{
    const sweep_search *search = &j->spec->search;
    const sweep_strategy_cfg cfg = { .name = search->strategy,
                                     .eta = search->eta,
                                     .min_epochs = search->min_epochs,
                                     .luts_weight = search->luts_weight,
                                     .seed = search->seed,
                                     .n = j->ranked,
                                     .epochs = j->epochs,
                                     .luts = j->luts,
                                     .key = (const char(*)[SWEEP_KEY])j->training };

    *s = NULL;
    if (!strcmp(search->strategy, "grid"))
        return LUT_OK;
    return sweep_strategy_create(s, &cfg, err);
}

char *lutsweep_job_digests(const lutsweep_job *j)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (size_t k = 0; out && k < j->space.nknown; k++)
        fprintf(out, "%s%s:%s", k ? " " : "", j->space.known[k].dataset,
                j->space.known[k].facts.digest);
    if (out && fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

void lutsweep_job_file(const lutsweep_job *j, const lutsweep_args *a,
                       char out[SWEEP_ROOT])
{
    if (a->out)
        snprintf(out, SWEEP_ROOT, "%s", a->out);
    else
        snprintf(out, SWEEP_ROOT, "%s.h5", j->spec->name);
}
