#include "sweep/survey.h"
#include "lib/base/log.h"
#include "sweep/cover.h"
#include "sweep/lock.h"
#include "sweep/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *const sweep_final_names[SWEEP_FINALS] = { "ok", "diverged", "stopped",
                                                      "pruned" };

/* What became of an attempt, as far as a journal says. */
typedef struct step {
    char key[SWEEP_KEY], utc[SWEEP_UTC];
    uint32_t attempt, epoch;
    int rank, final; /* final: of sweep_final_names, -1: none */
    bool begun, ended, done, pruned;
    unsigned run;
    double seconds, valid_accuracy;
    size_t order;
} step;

/* A trial with a final result. */
typedef struct known {
    char key[SWEEP_KEY];
    int final;       /* -1: not known yet */
    unsigned pruned; /* run that gave it up last */
    double valid_accuracy;
} known;

typedef struct work {
    sweep_survey *v;
    char stamp[SWEEP_STAMP]; /* of the run whose journals are being read */
    unsigned run;            /* its number */
    step *step;
    size_t nsteps, step_room;
    known *known; /* by key */
    size_t nknown, known_room;
    char (*paused)[SWEEP_KEY]; /* by key */
    size_t npaused, paused_room, failed_room;
    char (*planned)
        [SWEEP_KEY]; /* keys of the last run's configuration, sorted; NULL: it does
                                   not say, all are */
    size_t nplanned;
    size_t unfinished; /* rows of the file without a final result */
} work;

static lut_status more(void **list, size_t n, size_t *room, size_t size, lut_err *err)
{
    void *p;

    if (n < *room)
        return LUT_OK;
    p = realloc(*list, (*room ? 2 * *room : 64) * size);
    if (!p)
        return lut_fail(err, LUT_ENOMEM, "no memory to look at %zu trials", n);
    *list = p;
    *room = *room ? 2 * *room : 64;
    return LUT_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Whether it is of the last run's configuration. */
static bool is_planned(const work *w, const char *key)
{
    return !w->planned || (w->nplanned && bsearch(key, w->planned, w->nplanned,
                                                  sizeof *w->planned, by_text));
}

static int final_of(const char *status)
{
    for (int i = 0; i < SWEEP_FINALS; i++)
        if (!strcmp(status, sweep_final_names[i]))
            return i;
    return -1;
}

/* ---- the folder ---- */

static lut_status add_known(work *w, const char *key, int final, double valid_accuracy,
                            lut_err *err)
{
    known *k;

    LUT_TRY(more((void **)&w->known, w->nknown, &w->known_room, sizeof *w->known, err));
    k = &w->known[w->nknown++];
    *k = (known){ .final = final, .valid_accuracy = valid_accuracy };
    snprintf(k->key, sizeof k->key, "%.16s", key);
    return LUT_OK;
}

/* "0123456789abcdef.rec" */
static lut_status note_file(work *w, const char *name, lut_err *err)
{
    char key[SWEEP_KEY];

    snprintf(key, sizeof key, "%.16s", name);
    if (!sweep_is_key(key))
        return LUT_OK;
    if (!strcmp(name + SWEEP_KEY - 1, ".rec"))
        return add_known(w, key, -1, (double)NAN, err);
    if (strcmp(name + SWEEP_KEY - 1, ".rung") != 0)
        return LUT_OK;
    LUT_TRY(
        more((void **)&w->paused, w->npaused, &w->paused_room, sizeof *w->paused, err));
    memcpy(w->paused[w->npaused++], key, sizeof key);
    return LUT_OK;
}

/* Files come and go meanwhile: what has gone does not count. */
static lut_status walk(work *w, int parent, const char *name, unsigned depth,
                       lut_err *err)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *e;
    struct stat s;
    lut_status st = LUT_OK;

    if (!d) {
        if (fd >= 0)
            close(fd);
        return LUT_OK;
    }
    while (st == LUT_OK && (e = readdir(d))) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
            fstatat(fd, e->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        w->v->bytes += 512 * (uint64_t)s.st_blocks;
        w->v->files += S_ISREG(s.st_mode);
        if (S_ISDIR(s.st_mode) && depth < 3)
            st = walk(w, fd, e->d_name, depth + 1, err);
        else if (S_ISREG(s.st_mode))
            st = note_file(w, e->d_name, err);
    }
    closedir(d);
    return st;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const known *)a)->key, ((const known *)b)->key);
}

static known *find_known(const work *w, const char *key)
{
    known k;

    if (!w->nknown)
        return NULL;
    snprintf(k.key, sizeof k.key, "%.16s", key);
    return bsearch(&k, w->known, w->nknown, sizeof k, by_key);
}

/* ---- the journals ---- */

/* "STAMP.RANK.jl" */
int sweep_survey_rank(const char *journal)
{
    const char *end = strrchr(journal, '.');

    while (end && end > journal && end[-1] != '.')
        end--;
    return end ? atoi(end) : 0;
}

bool sweep_survey_next_run(char stamp[SWEEP_STAMP], const char *journal)
{
    const char *end = strrchr(journal, '.');
    size_t n;

    while (end && end > journal && end[-1] != '.')
        end--;
    n = end && end > journal ? (size_t)(end - journal) - 1 : 0;
    if (n >= SWEEP_STAMP || (!strncmp(stamp, journal, n) && !stamp[n]))
        return false;
    memcpy(stamp, journal, n);
    stamp[n] = 0;
    return true;
}

/* How far a trial is may be told a thousand times: the last one of its own rank's counts. */
static bool note_epoch(work *w, const sweep_entry *e)
{
    const size_t most = 256; /* slots of a rank */
    const uint32_t epoch = (uint32_t)sweep_entry_number(e, "epoch", 0);

    for (size_t i = w->nsteps; i-- > 0 && w->nsteps - i <= most;) {
        step *s = &w->step[i];

        if (s->run != w->run || s->rank != sweep_survey_rank(e->file))
            return false;
        if (s->attempt != e->attempt || strcmp(s->key, e->key) != 0)
            continue;
        s->epoch = epoch;
        return true;
    }
    return false;
}

static lut_status note_step(void *arg, const sweep_entry *e, lut_err *err)
{
    work *w = arg;
    char status[16];
    step *s;

    LUT_TRY(sweep_past_take(&w->v->past, e, err));
    w->run += sweep_survey_next_run(w->stamp, e->file);
    if (!strcmp(e->event, "END"))
        sweep_entry_text(e, "reason", w->v->reason, sizeof w->v->reason);
    if (!strcmp(e->event, "RUN"))
        w->v->reason[0] = 0;
    if (!sweep_is_key(e->key) || (!strcmp(e->event, "EPOCH") && note_epoch(w, e)))
        return LUT_OK;
    LUT_TRY(more((void **)&w->step, w->nsteps, &w->step_room, sizeof *w->step, err));
    s = &w->step[w->nsteps];
    *s = (step){ .attempt = e->attempt, .order = w->nsteps++ };
    memcpy(s->key, e->key, sizeof s->key);
    memcpy(s->utc, e->utc, sizeof s->utc);
    s->rank = sweep_survey_rank(e->file);
    s->run = w->run;
    sweep_entry_text(e, "status", status, sizeof status);
    s->final = final_of(status);
    s->done = !strcmp(e->event, "DONE");
    s->pruned = !strcmp(e->event, "PRUNE");
    s->begun = !strcmp(e->event, "START");
    s->ended = !s->begun && strcmp(e->event, "EPOCH") != 0;
    s->epoch = (uint32_t)sweep_entry_number(e, "epoch", 0);
    s->seconds = sweep_entry_number(e, "seconds", (double)NAN);
    s->valid_accuracy = sweep_entry_number(e, "valid_accuracy", (double)NAN);
    return LUT_OK;
}

/* What happened to a trial stands in the order in which it happened: seconds are too coarse
 * for that within an attempt, and clocks of hosts differ between attempts. */
static int by_time(const void *a, const void *b)
{
    const step *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (!order)
        order = (x->attempt > y->attempt) - (x->attempt < y->attempt);
    if (!order)
        order = strcmp(x->utc, y->utc);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static lut_status add_active(work *w, const step *first, const step *last, lut_err *err)
{
    sweep_survey *v = w->v;
    sweep_active *a;

    a = realloc(v->active, (v->nactive + 1) * sizeof *a);
    if (!a)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", v->nactive);
    v->active = a;
    a += v->nactive++;
    *a = (sweep_active){ .attempt = last->attempt,
                         .epoch = last->epoch,
                         .rank = last->rank,
                         .last_run = last->run == w->run };
    memcpy(a->key, last->key, sizeof a->key);
    memcpy(a->since, first->utc, sizeof a->since);
    return LUT_OK;
}

/* Decisions, of attempt 0, stand before attempts: a trial that was pruned and later went on is
 * what it ended as, and one that did not is as good as where it paused.  Begun by a later run
 * it has been asked for again, and its record may be of that. */
static void take_result(known *k, const step *s)
{
    if (s->pruned) {
        k->final = SWEEP_PRUNED;
        k->pruned = s->run;
    }
    if (s->begun && k->final == SWEEP_PRUNED && s->run > k->pruned)
        k->final = -1;
    if (s->done)
        k->final = s->final;
    if (!isnan(s->valid_accuracy))
        k->valid_accuracy = s->valid_accuracy;
}

/* The steps first .. end - 1 are those of one key. */
static lut_status take_steps(work *w, size_t first, size_t end, lut_err *err)
{
    const step *last = &w->step[end - 1];
    known *k = find_known(w, last->key);
    size_t begun;

    for (size_t i = first; k && i < end; i++)
        take_result(k, &w->step[i]);
    if (k || last->ended || !is_planned(w, last->key))
        return LUT_OK;
    for (begun = end - 1; begun > first && !w->step[begun].begun;)
        begun--;
    return add_active(w, &w->step[begun], last, err);
}

static lut_status take_journals(work *w, lut_err *err)
{
    double sum = 0;
    size_t n = 0, first = 0;

    if (w->nsteps)
        qsort(w->step, w->nsteps, sizeof *w->step, by_time);
    for (size_t i = 0; i < w->nsteps; i++) {
        if (w->step[i].done && w->step[i].run == w->run && w->step[i].seconds > 0) {
            sum += w->step[i].seconds;
            n++;
        }
        if (i + 1 < w->nsteps && !strcmp(w->step[i + 1].key, w->step[i].key))
            continue;
        LUT_TRY(take_steps(w, first, i + 1, err));
        first = i + 1;
    }
    w->v->seconds = n ? sum / (double)n : (double)NAN;
    return LUT_OK;
}

/* ---- the file ---- */

static lut_status add_failed(work *w, const char *key, sweep_cause cause,
                             uint32_t attempts, const char *log, lut_err *err)
{
    sweep_survey *v = w->v;
    sweep_failed *f;

    LUT_TRY(
        more((void **)&v->failed, v->nfailed, &w->failed_room, sizeof *v->failed, err));
    f = &v->failed[v->nfailed++];
    *f = (sweep_failed){ .cause = cause, .attempts = attempts, .log = log };
    snprintf(f->key, sizeof f->key, "%.16s", key);
    return LUT_OK;
}

/* A row that was pruned and whose trial is to go on from its rung. */
static bool is_reopened(const work *w, const char *key, int final)
{
    return final == SWEEP_PRUNED && w->npaused &&
           bsearch(key, w->paused, w->npaused, sizeof *w->paused, by_text);
}

static bool has_failed(const work *w, const char *key)
{
    const sweep_past_trial *t = sweep_past_find(&w->v->past, key);

    return t && t->failure != SIZE_MAX;
}

typedef struct row {
    const char *key, *status;
    double valid_accuracy, epochs_run;
} row;

/* Its trial has that record.  What the journals do not tell of it the row does, unless the
 * record came later. */
static void take_recorded(work *w, known *record, const row *r, int final)
{
    if (!sweep_row_covers(&w->v->state, r->key, r->status, r->epochs_run))
        return;
    w->v->unmerged--;
    if (record->final >= 0)
        return;
    record->final = final;
    record->valid_accuracy = r->valid_accuracy;
}

/* records: how many of w->known are records. */
static lut_status take_row(work *w, size_t records, const row *r, lut_err *err)
{
    const int final = final_of(r->status);
    known k, *record;

    snprintf(k.key, sizeof k.key, "%.16s", r->key);
    record = records ? bsearch(&k, w->known, records, sizeof k, by_key) : NULL;
    if (final >= 0 && record)
        take_recorded(w, record, r, final);
    else if (final >= 0 && !is_reopened(w, r->key, final))
        return add_known(w, r->key, final, r->valid_accuracy, err);
    else if (final < 0 && !w->v->has_folder)
        return add_failed(w, r->key, sweep_cause_find(r->status), 0, "", err);
    else if (is_planned(w, r->key) && (final < 0 || has_failed(w, r->key)))
        w->unfinished++;
    return LUT_OK;
}

static double number_of(const sweep_column *c, size_t i)
{
    return c && c->number ? c->number[i] : (double)NAN;
}

static lut_status take_rows(work *w, const sweep_store *s, lut_err *err)
{
    const size_t records = w->nknown;
    const sweep_column *key = sweep_store_text(s, "key", err);
    const sweep_column *status = sweep_store_text(s, "status", err);
    const sweep_column *valid = sweep_store_find(s, "valid_accuracy");
    const sweep_column *epochs = sweep_store_find(s, "epochs_run");

    if (!key || !status)
        return LUT_EFORMAT;
    for (size_t i = 0; i < sweep_store_rows(s); i++) {
        const row r = { key->text[i], status->text[i], number_of(valid, i),
                        number_of(epochs, i) };

        LUT_TRY(take_row(w, records, &r, err));
    }
    if (!w->v->name[0])
        snprintf(w->v->name, sizeof w->v->name, "%s", sweep_store_name(s));
    return LUT_OK;
}

/* With a folder, a file that cannot be read is one that can be made again. */
static lut_status take_file(work *w, lut_err *err)
{
    sweep_store *s;
    lut_err why;
    lut_status st = sweep_store_open(&s, w->v->state.file, &why);

    w->v->unmerged = w->nknown;
    if (st == LUT_ENOENT)
        return LUT_OK;
    if (st != LUT_OK && !w->v->has_folder)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_OK) {
        lut_log(LUT_WARN, "%s", why.text);
        return LUT_OK;
    }
    w->v->has_file = true;
    st = take_rows(w, s, err);
    if (w->nknown)
        qsort(w->known, w->nknown, sizeof *w->known, by_key);
    sweep_store_close(s);
    return st;
}

/* ---- the counts ---- */

/* A record that no journal tells of: killed behind its work, or taken over from the file. */
static void open_record(const work *w, known *k)
{
    sweep_result r;

    if (k->final >= 0 || sweep_state_read(&w->v->state, &r, k->key, NULL) != LUT_OK)
        return;
    k->final = final_of(r.row.status);
    k->valid_accuracy = r.row.valid_accuracy;
    sweep_result_fini(&r);
}

static void count_known(const work *w, known *k)
{
    sweep_survey *v = w->v;

    open_record(w, k);
    if (k->final < 0)
        return;
    v->finished++;
    v->final[k->final]++;
    if (isnan(k->valid_accuracy) || (v->best_key[0] && k->valid_accuracy <= v->best))
        return;
    v->best = k->valid_accuracy;
    memcpy(v->best_key, k->key, sizeof k->key);
}

static void count(work *w)
{
    sweep_survey *v = w->v;

    for (size_t i = 0; i < w->nknown; i++)
        if (is_planned(w, w->known[i].key))
            count_known(w, &w->known[i]);
        else
            v->others++;
    for (size_t i = 0; i < w->npaused; i++)
        v->paused += !find_known(w, w->paused[i]) && is_planned(w, w->paused[i]);
}

static void count_all(work *w)
{
    sweep_survey *v = w->v;

    v->total = w->planned ? w->nplanned : v->finished + v->nfailed;
    if (v->past.nruns && v->past.trials) /* a part of the configuration */
        v->total = v->past.trials;
}

static bool is_active(const sweep_survey *v, const char *key)
{
    for (size_t i = 0; i < v->nactive; i++)
        if (!strcmp(v->active[i].key, key) && v->running && v->active[i].last_run)
            return true;
    return false;
}

static lut_status list_failed(work *w, lut_err *err)
{
    const sweep_past *p = &w->v->past;

    for (size_t i = 0; i < p->ntrials; i++) {
        const sweep_past_trial *t = &p->trial[i];
        const sweep_failure *f;

        if (t->failure == SIZE_MAX || !is_planned(w, t->key) || find_known(w, t->key) ||
            is_active(w->v, t->key))
            continue;
        f = &p->failure[t->failure];
        LUT_TRY(add_failed(w, t->key, sweep_cause_find(f->cause), t->attempts, f->log,
                           err));
    }
    return LUT_OK;
}

/* ---- what is left ---- */

static double elapsed(const char *utc)
{
    struct tm tm = { 0 };

    if (sscanf(utc, "%d-%d-%dT%d:%d:%dZ", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    return fmax(0, difftime(time(NULL), timegm(&tm)));
}

/* At the mean of what this run has finished; what runs has done a part of its own. */
static double time_left(const sweep_survey *v)
{
    const sweep_provenance *r = v->past.nruns ? &v->past.run[v->past.nruns - 1] : NULL;
    const double slots = r ? fmax(1, r->ranks) * fmax(1, v->past.workers) : 1;
    const size_t ended = v->finished + v->nfailed;
    double sum;

    if (!v->running || isnan(v->seconds) || ended > v->total)
        return (double)NAN;
    sum = (double)(v->total - ended) * v->seconds;
    for (size_t i = 0; i < v->nactive; i++)
        if (v->active[i].last_run)
            sum -= fmin(elapsed(v->active[i].since), v->seconds);
    return fmax(0, sum) / slots;
}

/* ---- the whole ---- */

static lut_status look_at_folder(work *w, lut_err *err)
{
    sweep_survey *v = w->v;
    char path[SWEEP_PATH];

    v->running = sweep_lock_held(sweep_state_path(&v->state, path, "lock", ""), v->who,
                                 sizeof v->who);
    LUT_TRY(sweep_state_replay(&v->state, note_step, w, err));
    LUT_TRY(sweep_past_end(&v->past, &v->state, err));
    snprintf(v->name, sizeof v->name, "%s", v->past.name);
    LUT_TRY(sweep_state_order(&v->state, v->past.last, &w->planned, &w->nplanned, err));
    if (w->nplanned)
        qsort(w->planned, w->nplanned, sizeof *w->planned, by_text);
    LUT_TRY(walk(w, AT_FDCWD, v->state.root, 0, err));
    if (w->nknown)
        qsort(w->known, w->nknown, sizeof *w->known, by_key);
    if (w->npaused)
        qsort(w->paused, w->npaused, sizeof *w->paused, by_text);
    return take_journals(w, err);
}

static lut_status look(work *w, lut_err *err)
{
    sweep_survey *v = w->v;

    v->has_folder = sweep_state_exists(&v->state);
    v->seconds = (double)NAN;
    if (v->has_folder)
        LUT_TRY(look_at_folder(w, err));
    LUT_TRY(take_file(w, err));
    if (!v->has_folder && !v->has_file)
        return lut_fail(err, LUT_ENOENT,
                        "%s: no such file, and no %s: nothing runs or ran for %s",
                        v->state.file, v->state.root, v->state.file);
    count(w);
    LUT_TRY(list_failed(w, err));
    count_all(w);
    if (v->has_folder && v->nfailed > w->unfinished)
        v->unmerged += v->nfailed - w->unfinished;
    v->left = time_left(v);
    return LUT_OK;
}

lut_status sweep_survey_make(sweep_survey *v, const char *file, lut_err *err)
{
    work w = { .v = v };
    lut_status st;

    *v = (sweep_survey){ .best = (double)NAN };
    st = sweep_state_name(&v->state, file, err);
    if (st == LUT_OK)
        st = look(&w, err);
    free(w.step);
    free(w.known);
    free(w.paused);
    free(w.planned);
    if (st != LUT_OK)
        sweep_survey_fini(v);
    return st;
}

void sweep_survey_fini(sweep_survey *v)
{
    sweep_past_fini(&v->past);
    free(v->failed);
    free(v->active);
    *v = (sweep_survey){ 0 };
}

char *sweep_survey_line(const sweep_survey *v, char *buf, size_t size)
{
    const sweep_provenance *r = v->past.nruns ? &v->past.run[v->past.nruns - 1] : NULL;

    buf[0] = 0;
    if (v->running)
        snprintf(buf, size, "%zu of %zu trials so far, running on %.*s since %s",
                 v->finished, v->total, (int)strcspn(v->who, " "), v->who,
                 r ? r->started : "just now");
    else if (v->finished + v->nfailed < v->total)
        snprintf(buf, size, "%zu of %zu trials, not finished: run again to go on",
                 v->finished, v->total);
    return buf;
}
