#include "sweep/story.h"
#include "sweep/record.h"
#include "sweep/store.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 4 }; /* keys of one prefix that a message names */

typedef struct work {
    sweep_story *s;
    const sweep_survey *v;
    char prefix[SWEEP_KEY];
    char key[MOST][SWEEP_KEY]; /* that start so */
    size_t nkeys;
    bool in_parts; /* the last run had a part of its configuration */
    char stamp[SWEEP_STAMP], file[64], host[64]; /* of the journal being read */
    unsigned run, *run_of; /* [s->n] which run each attempt is of; owned */
} work;

/* ---- which trial ---- */

static void offer(work *w, const char *key)
{
    if (!sweep_is_key(key) || strncmp(key, w->prefix, strlen(w->prefix)) != 0)
        return;
    for (size_t i = 0; i < w->nkeys; i++)
        if (!strcmp(w->key[i], key))
            return;
    if (w->nkeys < MOST)
        memcpy(w->key[w->nkeys++], key, SWEEP_KEY);
}

static lut_status offer_entry(void *arg, const sweep_entry *e, lut_err *err)
{
    (void)err;
    offer(arg, e->key);
    return LUT_OK;
}

static lut_status offer_order(work *w, lut_err *err)
{
    char(*key)[SWEEP_KEY];
    size_t n;

    LUT_TRY(sweep_state_order(&w->v->state, w->v->past.last, &key, &n, err));
    for (size_t i = 0; i < n; i++)
        offer(w, key[i]);
    w->in_parts = key && w->v->past.trials && w->v->past.trials < n;
    w->s->planned = w->nkeys > 0;
    free(key);
    return LUT_OK;
}

static lut_status offer_records(work *w, lut_err *err)
{
    char(*key)[SWEEP_KEY];
    size_t n;

    LUT_TRY(sweep_state_keys(&w->v->state, &key, &n, err));
    for (size_t i = 0; i < n; i++)
        offer(w, key[i]);
    free(key);
    return LUT_OK;
}

static lut_status offer_rows(work *w, const sweep_store *store, lut_err *err)
{
    const sweep_column *key = sweep_store_text(store, "key", err);

    if (!key)
        return LUT_EFORMAT;
    for (size_t i = 0; i < sweep_store_rows(store); i++)
        offer(w, key->text[i]);
    return LUT_OK;
}

static lut_status take_prefix(work *w, const char *prefix, lut_err *err)
{
    size_t n = 0;

    for (; isxdigit((unsigned char)prefix[n]) && n + 1 < sizeof w->prefix; n++)
        w->prefix[n] = (char)tolower((unsigned char)prefix[n]);
    if (n && !prefix[n])
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "\"%.40s\": no key, want up to 16 digits of 0-9a-f", prefix);
}

static lut_status one_key(work *w, lut_err *err)
{
    if (w->nkeys == 0)
        return lut_fail(
            err, LUT_ENOENT,
            "%s: no trial of %s has a key that starts so: its last "
            "configuration has none, or skips it, and no earlier run had one",
            w->prefix, w->v->state.file);
    if (w->nkeys > 1)
        return lut_fail(err, LUT_EINVAL,
                        "%s: several keys start so, give more digits: %s, %s%s",
                        w->prefix, w->key[0], w->key[1], w->nkeys > 2 ? ", ..." : "");
    memcpy(w->s->key, w->key[0], SWEEP_KEY);
    return LUT_OK;
}

static lut_status find(work *w, const sweep_store *store, lut_err *err)
{
    if (w->v->has_folder) {
        LUT_TRY(offer_order(w, err));
        LUT_TRY(offer_records(w, err));
        LUT_TRY(sweep_state_replay(&w->v->state, offer_entry, w, err));
    }
    if (store)
        LUT_TRY(offer_rows(w, store, err));
    return one_key(w, err);
}

/* ---- its attempts ---- */

static lut_status new_attempt(work *w, const sweep_entry *e, lut_err *err)
{
    sweep_story *s = w->s;
    sweep_episode *a = realloc(s->attempt, (s->n + 1) * sizeof *a);
    unsigned *run;

    if (a)
        s->attempt = a;
    run = realloc(w->run_of, (s->n + 1) * sizeof *run);
    if (run)
        w->run_of = run;
    if (!a || !run)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu attempts", s->n + 1);
    run[s->n] = w->run;
    a += s->n++;
    *a = (sweep_episode){ .number = e->attempt,
                          .rank = sweep_survey_rank(e->file),
                          .seconds = (double)NAN,
                          .valid_accuracy = (double)NAN };
    memcpy(a->host, w->host, sizeof a->host);
    return LUT_OK;
}

/* Of this attempt, in this run. */
static sweep_episode *open_attempt(const work *w, const sweep_entry *e)
{
    for (size_t i = w->s->n; i-- > 0;) {
        sweep_episode *a = &w->s->attempt[i];

        if (a->number == e->attempt && w->run_of[i] == w->run && !a->end[0])
            return a;
    }
    return NULL;
}

static void take_end(sweep_episode *a, const sweep_entry *e)
{
    const double none = (double)NAN;

    memcpy(a->ended, e->utc, sizeof a->ended);
    memcpy(a->end, e->event, sizeof a->end);
    sweep_entry_text(e, "cause", a->cause, sizeof a->cause);
    sweep_entry_text(e, "status", a->status, sizeof a->status);
    sweep_entry_text(e, "log", a->log, sizeof a->log);
    a->signal = (int)sweep_entry_number(e, "signal", 0);
    a->exit_code = (int)sweep_entry_number(e, "exit", 0);
    a->epoch = (uint32_t)sweep_entry_number(e, "epoch", a->epoch);
    a->seconds = sweep_entry_number(e, "seconds", none);
    a->valid_accuracy = sweep_entry_number(e, "valid_accuracy", none);
}

/* Decisions of the strategy are no attempts. */
static bool take_decision(sweep_story *s, const sweep_entry *e)
{
    const uint32_t rung = 1 + (uint32_t)sweep_entry_number(e, "rung", 0);

    if (!strcmp(e->event, "PROMOTE"))
        s->promoted = rung > s->promoted ? rung : s->promoted;
    else if (!strcmp(e->event, "PRUNE"))
        s->pruned = rung;
    else
        return false;
    return true;
}

static lut_status take_own(work *w, const sweep_entry *e, lut_err *err)
{
    sweep_episode *a = open_attempt(w, e);

    if (take_decision(w->s, e))
        return LUT_OK;
    if (!a || !strcmp(e->event, "START")) {
        LUT_TRY(new_attempt(w, e, err));
        a = &w->s->attempt[w->s->n - 1];
    }
    if (!strcmp(e->event, "START"))
        memcpy(a->started, e->utc, sizeof a->started);
    else if (!strcmp(e->event, "EPOCH"))
        a->epoch = (uint32_t)sweep_entry_number(e, "epoch", 0);
    else
        take_end(a, e);
    return LUT_OK;
}

static lut_status take(void *arg, const sweep_entry *e, lut_err *err)
{
    work *w = arg;

    w->run += sweep_survey_next_run(w->stamp, e->file);
    if (strcmp(w->file, e->file) != 0) {
        snprintf(w->file, sizeof w->file, "%.63s", e->file);
        w->host[0] = 0;
    }
    if (!strcmp(e->event, "RUN") || !strcmp(e->event, "RANK"))
        sweep_entry_text(e, "host", w->host, sizeof w->host);
    return strcmp(e->key, w->s->key) != 0 ? LUT_OK : take_own(w, e, err);
}

/* ---- its result ---- */

static lut_status stored_row(work *w, sweep_store *store, lut_err *err)
{
    const sweep_column *key = sweep_store_text(store, "key", err);
    const sweep_column *status = sweep_store_text(store, "status", err);

    for (size_t i = 0; key && status && i < sweep_store_rows(store); i++)
        if (!strcmp(key->text[i], w->s->key) && sweep_status_final(status->text[i])) {
            w->s->has_result = true;
            return sweep_store_get(store, i, &w->s->result, err);
        }
    return LUT_OK;
}

static lut_status read_result(work *w, sweep_store *store, lut_err *err)
{
    sweep_story *s = w->s;
    char path[SWEEP_PATH];
    lut_status st = LUT_ENOENT;

    sweep_result_init(&s->result);
    if (w->v->has_folder)
        st = sweep_state_read(&w->v->state, &s->result, s->key, err);
    s->has_result = st == LUT_OK;
    if (st == LUT_ENOENT && store)
        st = stored_row(w, store, err);
    s->paused = !s->has_result &&
                access(sweep_state_rung(&w->v->state, path, s->key), F_OK) == 0;
    return st == LUT_ENOENT ? LUT_OK : st;
}

/* ---- in words ---- */

static void say(sweep_story *s, const char *state, const char *why)
{
    snprintf(s->state, sizeof s->state, "%s", state);
    snprintf(s->why, sizeof s->why, "%s", why);
}

static void explain_end(sweep_story *s, const sweep_survey *v, const sweep_episode *a)
{
    const bool again = v->past.trials == 0 || s->planned;

    if (!a->end[0] && a->last_run && v->running)
        say(s, "running", "it runs now");
    else if (!a->end[0])
        say(s, "interrupted",
            "the run died, or was killed, while it ran: that is not its fault, the "
            "next "
            "run goes on with it");
    else if (!strcmp(a->end, "FAIL"))
        say(s, "failed",
            again
                ? "its last attempt failed: the next run tries it again, unless "
                  "--retry "
                  "says otherwise"
                : "its last attempt failed, and the last configuration has it no more");
    else if (!strcmp(a->end, "CANCEL"))
        say(s, "cancelled",
            "it was stopped on request: that counts as not run, the next run goes on "
            "with "
            "it");
    else
        say(s, "waiting",
            "an attempt ended well, but no record of it can be used: the next run "
            "trains "
            "it again");
}

/* Its turn has not come. */
static void explain_waiting(sweep_story *s, const work *w)
{
    const sweep_survey *v = w->v;

    if (!s->planned)
        say(s, "waiting", "the last configuration does not have it");
    else if (w->in_parts)
        say(s, "waiting",
            "the last run had a part of its configuration (--part): it is of another "
            "one, "
            "or its turn has not come");
    else if (v->running)
        say(s, "waiting", "its turn has not come yet");
    else if (v->reason[0])
        say(s, "waiting",
            "the last run ended before its turn came: run again to go on");
    else
        say(s, "waiting", "the last run died before its turn came: run again to go on");
}

static void explain(const work *w)
{
    sweep_story *s = w->s;
    const sweep_survey *v = w->v;

    if (s->has_result)
        say(s, "finished",
            s->planned || !v->has_folder
                ? "it has a final result, later runs skip it"
                : "it has a final result; the last configuration does not have it");
    else if (s->paused && (s->n == 0 || s->attempt[s->n - 1].end[0]))
        say(s, "paused",
            "it has trained as far as a rung, and goes on when it is among the best "
            "there");
    else if (s->n)
        explain_end(s, v, &s->attempt[s->n - 1]);
    else
        explain_waiting(s, w);
}

static lut_status read_all(work *w, const char *prefix, sweep_store *store,
                           lut_err *err)
{
    LUT_TRY(take_prefix(w, prefix, err));
    LUT_TRY(find(w, store, err));
    if (w->v->has_folder)
        LUT_TRY(sweep_state_replay(&w->v->state, take, w, err));
    for (size_t i = 0; i < w->s->n; i++)
        w->s->attempt[i].last_run = w->run_of[i] == w->run;
    LUT_TRY(read_result(w, store, err));
    explain(w);
    return LUT_OK;
}

lut_status sweep_story_read(sweep_story *s, const sweep_survey *v, const char *prefix,
                            lut_err *err)
{
    work w = { .s = s, .v = v };
    sweep_store *store = NULL;
    lut_status st = LUT_OK;

    *s = (sweep_story){ 0 };
    sweep_result_init(&s->result);
    if (v->has_file)
        st = sweep_store_open(&store, v->state.file, err);
    if (st == LUT_OK)
        st = read_all(&w, prefix, store, err);
    sweep_store_close(store);
    free(w.run_of);
    if (st != LUT_OK)
        sweep_story_fini(s);
    return st;
}

void sweep_story_fini(sweep_story *s)
{
    sweep_result_fini(&s->result);
    free(s->attempt);
    *s = (sweep_story){ 0 };
}
