/* The sweep itself. */
#include "config.h"
#include "drivers/folders.h"
#include "drivers/lutsweep.h"
#include "sweep/build.h"
#include "sweep/lock.h"
#include "sweep/machine.h"
#include "sweep/message.h"
#include "sweep/merge.h"
#include "sweep/replace.h"
#include "sweep/resume.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- signals ---- */

static volatile sig_atomic_t stop_level, tell_who;

/* Until trials can run there is nothing to end in order: whoever is told to go at once goes. */
static volatile sig_atomic_t preparing;

static void leave_now(void)
{
    if (preparing && stop_level == SWEEP_STOP_KILL)
        _exit(CLI_AGAIN);
}

static void on_interrupt(int number)
{
    (void)number;
    if (stop_level < SWEEP_STOP_KILL)
        stop_level++;
    leave_now();
}

static void on_notice(int number)
{
    (void)number;
    if (stop_level < SWEEP_STOP_SAVE)
        stop_level = SWEEP_STOP_SAVE;
}

static void on_terminate(int number)
{
    (void)number;
    stop_level = SWEEP_STOP_KILL;
    leave_now();
}

static void on_question(int number)
{
    (void)number;
    tell_who = 1;
}

static void catch_signals(void)
{
    static const struct {
        int number;
        void (*fn)(int);
    } table[] = { { SIGINT, on_interrupt },  { SIGUSR1, on_notice },
                  { SIGTERM, on_terminate }, { SIGHUP, on_terminate },
                  { SIGUSR2, on_question },  { SIGPIPE, SIG_IGN } };

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        struct sigaction s = { .sa_handler = table[i].fn }, old;

        /* nohup has it ignored. */
        if (table[i].number == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 &&
            old.sa_handler == SIG_IGN)
            continue;
        sigaction(table[i].number, &s, NULL);
    }
    signal(SIGCHLD, SIG_DFL); /* ignored, the ends of trials would be lost */
}

/* ---- what rank 0 prepares ---- */

typedef struct boss {
    lutsweep_job job;
    lutsweep_settings settings;
    sweep_state state;
    sweep_lock lock;
    sweep_leases leases;
    lutsweep_screen screen;
    sweep_plan plan;
    sweep_strategy *strategy; /* NULL: every trial runs to its end */
    sweep_known *known;       /* [job.n] */
    char (*base)[SWEEP_KEY];  /* [job.n] */
    sweep_fields fields;
    char stamp[SWEEP_STAMP];
} boss;

static lut_status write_order(const boss *b, lut_err *err)
{
    const sweep_space *space = &b->job.space;
    char name[SWEEP_STAMP + 8], *text = malloc(space->n * SWEEP_KEY + 1);
    lut_status st;

    if (!text)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu keys", space->n);
    for (size_t i = 0; i < space->n; i++)
        sprintf(text + i * SWEEP_KEY, "%.16s\n", space->point[i].key);
    snprintf(name, sizeof name, "%s.order", b->stamp);
    st = sweep_state_put(&b->state, name, text, err);
    free(text);
    if (st != LUT_OK)
        return st;
    snprintf(name, sizeof name, "%s.cfg", b->stamp);
    return sweep_state_put(&b->state, name, b->job.spec->text, err);
}

static void note_machine(sweep_fields *f)
{
    sweep_machine m;
    char hdf5[32];

    sweep_machine_read(&m);
    sweep_fields_text(f, "cpu", m.cpu);
    sweep_fields_number(f, "cores", m.cores);
    if (!isnan(m.memory))
        sweep_fields_number(f, "memory", m.memory);
    sweep_fields_text(f, "system", m.system);
    sweep_store_library(hdf5);
    sweep_fields_text(f, "hdf5", hdf5);
}

static lut_status describe(boss *b, const lutsweep_args *a, int ranks, lut_err *err)
{
    const sweep_spec *spec = b->job.spec;
    char host[64] = "", *digests = lutsweep_job_digests(&b->job);

    if (!digests)
        return lut_fail(err, LUT_ENOMEM, "no memory for digests of data sets");
    gethostname(host, sizeof host - 1);
    sweep_fields_text(&b->fields, "stamp", b->stamp);
    sweep_fields_text(&b->fields, "name", spec->name);
    sweep_fields_text(&b->fields, "keep", spec->keep);
    sweep_fields_text(&b->fields, "hw_emit", spec->hw_emit);
    sweep_fields_text(&b->fields, "hw_verify", spec->hw_verify);
    sweep_fields_number(&b->fields, "hw_rows", spec->hw_rows);
    sweep_fields_text(&b->fields, "host", host);
    sweep_fields_number(&b->fields, "ranks", ranks);
    sweep_fields_number(&b->fields, "workers", b->settings.slots);
    sweep_fields_number(&b->fields, "threads", b->settings.threads);
    sweep_fields_number(&b->fields, "trials", (double)b->job.n);
    sweep_fields_text(&b->fields, "compiler", __VERSION__);
    sweep_fields_text(&b->fields, "mpi", LUT_MPI);
    sweep_fields_text(&b->fields, "revision", sweep_revision());
    sweep_fields_text(&b->fields, "version", PACKAGE_VERSION);
    note_machine(&b->fields);
    sweep_fields_text(&b->fields, "digests", digests);
    sweep_fields_text(&b->fields, "command", a->command ? a->command : "");
    free(digests);
    return LUT_OK;
}

static void keep_lock(void *arg)
{
    sweep_lock_beat(arg);
}

static lut_status prune(void *arg, const char *key, lut_err *err)
{
    return sweep_state_prune(arg, key, err);
}

static size_t rungs(void *arg, uint32_t rung[SWEEP_RUNGS], size_t i)
{
    const boss *b = arg;

    return b->strategy && i < b->job.ranked ? sweep_strategy_rungs(b->strategy, rung, i)
                                            : 0;
}

/* Which trials take the training of which; who has to train after all costs what it costs. */
static lut_status share(boss *b, lut_err *err)
{
    lutsweep_job *j = &b->job;
    const sweep_sharing sharing = { .key = (const char(*)[SWEEP_KEY])j->key,
                                    .training = (const char(*)[SWEEP_KEY])j->training,
                                    .primary = j->primary,
                                    .derived = j->derived,
                                    .base = b->base };

    LUT_TRY(
        sweep_resume_sharing(&b->leases, b->known, &b->state, &sharing, rungs, b, err));
    for (size_t i = 0; i < j->n; i++)
        if (!j->derived[i])
            j->cost[i] = j->space.point[j->number[i]].cost;
    return LUT_OK;
}

static lut_status go_on(boss *b, int ranks, lut_err *err)
{
    const char(*key)[SWEEP_KEY] = (const char(*)[SWEEP_KEY])b->job.key;
    sweep_past past;
    lut_status st;

    LUT_TRY(sweep_past_read(&past, &b->state, err));
    st = sweep_import(&b->state, &past, b->job.spec->name, err);
    if (st == LUT_OK)
        st = lutsweep_job_strategy(&b->strategy, &b->job, err);
    if (st == LUT_OK)
        st = sweep_leases_init(&b->leases, b->job.n, ranks, err);
    b->known = calloc(b->job.n + 1, sizeof *b->known);
    b->base = calloc(b->job.n + 1, sizeof *b->base);
    if (st == LUT_OK && (!b->known || !b->base))
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", b->job.n);
    if (st == LUT_OK)
        st =
            sweep_resume(&b->leases, b->known, &b->state, &past, key, b->settings.retry,
                         rungs, b, &b->plan.best, b->plan.best_key, err);
    if (st == LUT_OK)
        st = share(b, err);
    sweep_past_fini(&past);
    return st;
}

static lut_status take_state(boss *b, int ranks, lut_err *err)
{
    char path[SWEEP_PATH];

    LUT_TRY(sweep_state_create(&b->state, err));
    LUT_TRY(
        sweep_lock_take(&b->lock, sweep_state_path(&b->state, path, "lock", ""), err));
    sweep_replace_tidy(b->state.file);
    sweep_state_tidy(&b->state);
    sweep_state_stamp(b->stamp);
    LUT_TRY(go_on(b, ranks, err));
    return write_order(b, err);
}

static double grace(double limit)
{
    return isfinite(limit) ? lutsweep_margin(limit) / 2 : 60;
}

/* The limit counts from the start of the program, of which the preparations are a part. */
static double seconds_left(double limit, double begun)
{
    const double left = limit - lutsweep_margin(limit),
                 used = sweep_transport_now(NULL) - begun;

    if (isinf(limit))
        return limit;
    if (left <= used)
        cli_complain(CLI_AGAIN,
                     "of the time limit of %.0f s, %.0f s went by before a trial could "
                     "start, and %.0f s are kept for the end: allow more",
                     limit, used, limit - left);
    return fmax(0, left - used);
}

static void make_plan(boss *b, double begun)
{
    sweep_plan *p = &b->plan; /* best and best_key are known already */

    p->seconds = seconds_left(b->settings.time_limit, begun);
    p->schedule = (sweep_schedule_cfg){ .n = b->job.n,
                                        .order = b->settings.order,
                                        .cost = b->job.cost,
                                        .group = b->job.group,
                                        .stratum = b->job.stratum,
                                        .epochs = b->job.epochs,
                                        .strategy = b->strategy,
                                        .ranked = b->job.ranked,
                                        .derived = b->job.derived,
                                        .known = b->known,
                                        .job_seconds = p->seconds };
    p->key = (const char(*)[SWEEP_KEY])b->job.key;
    p->base = (const char(*)[SWEEP_KEY])b->base;
    p->trial = lutsweep_job_trial;
    p->trial_arg = &b->job;
    p->leases = &b->leases;
    p->prune = prune;
    p->prune_arg = &b->state;
    p->beat = b->settings.beat;
    p->threads = b->settings.threads;
    p->memory = (uint64_t)b->job.spec->trial_memory;
    p->max_fails = b->settings.max_fails;
    p->run = &b->fields;
    p->show = lutsweep_screen_show;
    p->show_arg = &b->screen;
    p->alive = keep_lock;
    p->alive_arg = &b->lock;
    p->tell = &tell_who;
}

/* The orders of the other ranks have a name a line. */
static int check_names(const char *file, const char *data)
{
    const char *const bad = strchr(file, '\n')   ? file
                            : strchr(data, '\n') ? data
                                                 : NULL;

    if (!bad)
        return CLI_OK;
    return cli_complain(CLI_USAGE,
                        "\"%.*s...\": a name of a file or folder has a newline",
                        (int)strcspn(bad, "\n"), bad);
}

static int read_job(boss *b, const lutsweep_args *a, int ranks, char file[SWEEP_ROOT])
{
    int code;

    if (!lutsweep_settings_read(&b->settings, a, ranks > 1))
        return CLI_USAGE;
    code = lutsweep_job_open(&b->job, &b->settings, a);
    if (code != CLI_OK)
        return code;
    lutsweep_job_file(&b->job, a, file);
    code = check_names(file, b->settings.data);
    if (code == CLI_OK && stop_level > 0)
        code =
            cli_complain(CLI_AGAIN, "stopped before anything began; the same command "
                                    "goes on");
    return code;
}

static int prepare(boss *b, const lutsweep_args *a, int ranks)
{
    char file[SWEEP_ROOT];
    lut_err err;
    int code;

    b->lock.fd = -1;
    lutsweep_screen_init(&b->screen);
    code = read_job(b, a, ranks, file);
    if (code != CLI_OK)
        return code;
    if (sweep_state_name(&b->state, file, &err) != LUT_OK ||
        sweep_check(&b->state, b->job.spec->name, &err) != LUT_OK ||
        take_state(b, ranks, &err) != LUT_OK || describe(b, a, ranks, &err) != LUT_OK)
        return cli_fail(&err);
    make_plan(b, a->begun);
    return CLI_OK;
}

static void dismiss(boss *b)
{
    sweep_lock_release(&b->lock);
    sweep_strategy_destroy(b->strategy);
    free(b->known);
    free(b->base);
    sweep_leases_fini(&b->leases);
    lutsweep_job_close(&b->job);
    free(b);
}

static int exit_code(const sweep_outcome *out, const sweep_leases *l, size_t wrong)
{
    if (out->reason == SWEEP_STOPPED)
        return CLI_AGAIN;
    if (out->reason == SWEEP_TOO_MANY)
        return CLI_TOO_MANY;
    return l->failed || out->disagreements || wrong ? CLI_FAILED : CLI_OK;
}

static int fail_saved(const lut_err *err)
{
    if (err->code != LUT_EIO)
        return cli_fail(err);
    return cli_complain(CLI_STORE,
                        "%s; nothing finished is lost: once this is mended, the "
                        "same command goes on",
                        err->text);
}

/* Final rows stay as they are: who now wants all trials has to say so. */
static void tell_pruned(const boss *b)
{
    size_t n = 0;

    for (size_t i = 0; !b->strategy && i < b->job.n; i++)
        n += b->known[i].pruned;
    if (n)
        cli_complain(CLI_OK,
                     "%zu trial%s stay pruned, as an earlier run with a strategy left "
                     "them; --retry pruned trains them to their end",
                     n, n == 1 ? "" : "s");
}

/* What is done over a long merge: others see that this rank lives. */
typedef struct vigil {
    boss *b;
    sweep_transport *t;
    double told;
} vigil;

static void show_life(void *arg)
{
    const double tell_every = 5; /* seconds */
    vigil *v = arg;
    const double now = v->t->now(v->t);

    if (now - v->told < tell_every)
        return;
    v->told = now;
    sweep_lock_beat(&v->b->lock);
    for (int r = 1; r < v->t->size; r++) {
        sweep_message m = { .type = SWEEP_MSG_HEARD, .level = -1 };

        if (sweep_message_send(v->t, r, false, &m, NULL) != LUT_OK)
            return;
    }
}

/* The results file, whatever the end was: what is finished is worth having. */
static int conclude(boss *b, const sweep_outcome *out, sweep_transport *t,
                    lut_status st, lut_err *err)
{
    vigil v = { .b = b, .t = t, .told = t->now(t) };
    const char *const file = b->state.file, *folder[SWEEP_FOLDERS];
    const sweep_merge_with with = { show_life, &v, folder };
    sweep_merged merged = { 0 };
    lut_err why;
    lut_status made;

    lutsweep_screen_clear(&b->screen);
    folders_of(folder, b->settings.data);
    made = sweep_merge_using(&merged, file, &file, 1, &with, &why);
    if (made == LUT_OK)
        made = lutsweep_print_best(file, &why);
    if (st != LUT_OK)
        return fail_saved(err);
    if (made != LUT_OK)
        return fail_saved(&why);
    if (b->leases.failed)
        cli_complain(CLI_FAILED, "%zu trial%s failed: lutsweep --status %s",
                     b->leases.failed, b->leases.failed == 1 ? "" : "s", file);
    if (out->reason == SWEEP_STOPPED)
        cli_complain(CLI_AGAIN, "stopped; the same command goes on");
    tell_pruned(b);
    if (merged.unequal)
        cli_complain(CLI_FAILED,
                     "Verilog of %zu network%s is not equal or could not be made: see "
                     "/failures of %s",
                     merged.unequal, merged.unequal == 1 ? "" : "s", file);
    return exit_code(out, &b->leases, merged.conflicts + merged.unequal);
}

/* ---- all ranks ---- */

/* What the others cannot read off the command line. */
typedef struct orders {
    int code;
    sweep_limits limits;
    char stamp[SWEEP_STAMP], file[SWEEP_ROOT], data[512];
} orders;

static lut_status share_orders(orders *o, sweep_transport *t, lut_err *err)
{
    char buffer[sizeof *o + 96], *text = buffer, *save = NULL, *line[6] = { 0 };

    if (t->rank == 0)
        snprintf(buffer, sizeof buffer, "%d\n%" PRIu64 "\n%.17g\n%s\n%s\n%s\n", o->code,
                 o->limits.memory, o->limits.seconds, o->stamp, o->file,
                 o->data[0] ? o->data : "-");
    LUT_TRY(t->share(t, &text, err));
    if (t->rank == 0)
        return LUT_OK;
    for (size_t i = 0; i < LUT_COUNT(line); i++)
        line[i] = strtok_r(i ? NULL : text, "\n", &save);
    o->code = line[0] ? atoi(line[0]) : CLI_INTERNAL;
    if (o->code == CLI_OK && line[5]) {
        o->limits.memory = strtoull(line[1], NULL, 10);
        o->limits.seconds = atof(line[2]);
        snprintf(o->stamp, sizeof o->stamp, "%s", line[3]);
        snprintf(o->file, sizeof o->file, "%s", line[4]);
        snprintf(o->data, sizeof o->data, "%s", strcmp(line[5], "-") ? line[5] : "");
    }
    free(text);
    return LUT_OK;
}

static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/* One by one: in a broadcast a rank that died would hold up all the others.  Sends to ranks
 * that live need a moment of ours, unless the orderly end gives it. */
static void tell_code(int code, bool together, sweep_transport *t)
{
    const double moment = 1, begun = t->now(t);
    unsigned char ignored[SWEEP_MESSAGE];
    int from;

    for (int r = 1; r < t->size; r++) {
        sweep_message m = { .type = SWEEP_MSG_CODE, .code = code, .level = together };

        if (sweep_message_send(t, r, false, &m, NULL) != LUT_OK)
            return;
    }
    for (; t->size > 1 && !together && t->now(t) - begun < moment; nap())
        if (t->poll(t, true, &from, ignored, NULL) != LUT_OK)
            return;
}

/* Rank 0 writes the results file first and says now and then that it lives, but not while
 * the file system has the last word.  Where it dies over that, its launcher ends us or, if that
 * keeps survivors alive, our patience does. */
static int hear_code(bool *together, sweep_transport *t)
{
    const double patience = 1800;
    double heard = t->now(t);
    sweep_message m;
    lut_err err;
    int from;

    for (; t->now(t) - heard < patience; nap()) {
        if (t->poll(t, false, &from, &m, &err) != LUT_OK)
            return cli_fail(&err);
        if (from < 0 || sweep_message_check(&m, &err) != LUT_OK)
            continue;
        heard = t->now(t);
        if (m.type != SWEEP_MSG_CODE)
            continue;
        *together = m.level != 0;
        return m.code;
    }
    return cli_complain(CLI_AGAIN, "rank %d: rank 0 did not say how the run ended",
                        t->rank);
}

static lut_status work(sweep_outcome *out, boss *b, const orders *o,
                       const lutsweep_args *a, sweep_transport *t, lut_err *err)
{
    lutsweep_settings settings;
    sweep_state state;
    sweep_lab lab;
    char cache[SWEEP_PATH], checkpoints[SWEEP_PATH];
    sweep_crew crew = { .state = &state,
                        .stamp = o->stamp,
                        .lab = &lab,
                        .run = sweep_run,
                        .stop = &stop_level };

    LUT_TRY(sweep_state_name(&state, o->file, err));
    if (!lutsweep_settings_read(&settings, a, t->size > 1))
        return lut_fail(err, LUT_EINVAL, "bad settings");
    memcpy(settings.data, o->data, sizeof settings.data);
    lutsweep_lab(&lab, &settings, sweep_state_path(&state, cache, "data", ""));
    sweep_state_path(&state, checkpoints, "checkpoint", "");
    lab.checkpoint = strcat(checkpoints, "/");
    lab.checkpoint_every = settings.checkpoint_every;
    crew.slots = settings.slots;
    crew.isolate = settings.isolate;
    crew.limits = o->limits;
    crew.limits.threads = settings.threads;
    crew.beat = settings.beat;
    crew.grace = grace(settings.time_limit);
    t->patience = fmax(5, 2 * SWEEP_BEATS * settings.beat);
    return sweep_farm(out, t, &crew, b ? &b->plan : NULL, err);
}

static int run_all(boss *b, orders *o, const lutsweep_args *a, sweep_transport *t)
{
    sweep_outcome out = { 0 };
    int code = CLI_INTERNAL;
    lut_err err;
    lut_status st;

    st = share_orders(o, t, &err);
    if (st != LUT_OK)
        return cli_fail(&err);
    preparing = 0;
    if (o->code != CLI_OK)
        return o->code;
    st = work(&out, b, o, a, t, &err);
    if (b)
        code = conclude(b, &out, t, st, &err);
    else if (st != LUT_OK)
        code =
            st == LUT_ESTOP ? cli_complain(CLI_AGAIN, "%s", err.text) : cli_fail(&err);
    if (b)
        tell_code(code, out.together, t);
    else if (st == LUT_OK)
        code = hear_code(&out.together, t);
    /* Where a rank is missing nobody waits for an orderly end: his own ends the job. */
    if (t->size > 1 && !out.together) {
        fflush(NULL);
        _exit(code);
    }
    t->code = code;
    return code;
}

int lutsweep_run(const lutsweep_args *a, sweep_transport *t)
{
    orders o = { .code = CLI_OK };
    boss *b = t->rank == 0 ? calloc(1, sizeof *b) : NULL;
    int code;

    preparing = 1;
    catch_signals(); /* all of them, before the first of what takes long */
    if (t->rank == 0 && !b)
        o.code = cli_complain(CLI_INTERNAL, "no memory");
    if (b) {
        o.code = prepare(b, a, t->size);
        memcpy(o.stamp, b->stamp, sizeof o.stamp);
        memcpy(o.file, b->state.file, sizeof o.file);
        memcpy(o.data, b->settings.data, sizeof o.data);
    }
    if (o.code == CLI_OK && b)
        o.limits = (sweep_limits){ .memory = (uint64_t)b->job.spec->trial_memory,
                                   .seconds = b->job.spec->trial_time };
    code = run_all(b, &o, a, t);
    if (b)
        dismiss(b);
    return code;
}
