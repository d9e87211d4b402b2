/* --explain: what happened to a trial, for people and as JSON. */
#include "analysis/emit.h"
#include "drivers/lutsweep.h"
#include "sweep/story.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_VERSION = 1, TAIL = 4096 }; /* TAIL: bytes of a log that are shown */

/* The end of the log, from the start of a line; owned (free), NULL: there is none. */
static char *log_tail(const sweep_survey *v, const char *key, char path[SWEEP_PATH])
{
    FILE *f = fopen(sweep_state_log(&v->state, path, key), "r");
    char *text = f ? calloc(1, TAIL + 1) : NULL;
    bool cut = f && fseek(f, -TAIL, SEEK_END) == 0;
    size_t n = 0;

    if (f && !cut)
        rewind(f);
    if (text)
        n = fread(text, 1, TAIL, f);
    if (f)
        fclose(f);
    cut = cut && n == TAIL && strchr(text, '\n');
    if (cut)
        memmove(text, strchr(text, '\n') + 1, strlen(strchr(text, '\n')));
    if (n == 0) {
        free(text);
        return NULL;
    }
    return text;
}

static const char *signal_name(int number)
{
    const char *name = number ? sigabbrev_np(number) : NULL;

    return name ? name : "";
}

/* What ended an attempt, in a word. */
static const char *ending(const sweep_story *s, const sweep_episode *a)
{
    if (!a->end[0])
        return a->last_run && !strcmp(s->state, "running") ? "running" : "interrupted";
    if (!strcmp(a->end, "PAUSE"))
        return "paused";
    if (!strcmp(a->end, "DONE"))
        return a->status[0] ? a->status : "ok";
    return a->cause[0] ? a->cause : a->end;
}

/* ---- text ---- */

static void print_attempt(const sweep_story *s, const sweep_episode *a)
{
    char text[16];

    printf("attempt %u: %s", a->number, ending(s, a));
    if (a->signal)
        printf(", signal %d%s%s", a->signal, signal_name(a->signal)[0] ? " SIG" : "",
               signal_name(a->signal));
    if (a->exit_code)
        printf(", exit status %d", a->exit_code);
    if (a->epoch)
        printf(", epoch %u", a->epoch);
    if (a->seconds < 10)
        printf(", after %.1fs", a->seconds);
    else if (!isnan(a->seconds))
        printf(", after %s", sweep_duration(text, a->seconds));
    printf("\n  on rank %d%s%s", a->rank, a->host[0] ? " of " : "", a->host);
    if (a->started[0])
        printf(", started %s", a->started);
    if (a->ended[0])
        printf(", ended %s", a->ended);
    puts("");
    if (a->log[0])
        printf("  it said: %s\n", a->log);
}

static void print_result(const sweep_result *r)
{
    char *text = sweep_trial_text(&r->row.trial);

    printf("status %s, validation accuracy %.2f, test accuracy %.2f\n%s", r->row.status,
           r->row.valid_accuracy, r->row.test_accuracy, text ? text : "");
    free(text);
}

static void print_log(const char *text, const char *path)
{
    printf("log, last lines: %s\n", path);
    while (*text) {
        size_t n = strcspn(text, "\n");

        printf("  %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void print_text(const sweep_story *s, const char *log, const char *path)
{
    printf("%s: %s: %s\n", s->key, s->state, s->why);
    for (size_t i = 0; i < s->n; i++)
        print_attempt(s, &s->attempt[i]);
    if (s->promoted)
        printf("let pass %u rung%s\n", s->promoted, s->promoted == 1 ? "" : "s");
    if (s->pruned)
        printf("pruned at rung %u\n", s->pruned);
    if (s->has_result)
        print_result(&s->result);
    if (log)
        print_log(log, path);
}

/* ---- JSON ---- */

static void emit_attempt(emit_json *j, const sweep_story *s, const sweep_episode *a)
{
    emit_open(j, NULL, '{');
    emit_number(j, "attempt", a->number);
    emit_text(j, "end", ending(s, a));
    emit_number(j, "signal", a->signal ? a->signal : (double)NAN);
    emit_text(j, "signal_name", a->signal ? signal_name(a->signal) : NULL);
    emit_number(j, "exit_code", a->exit_code ? a->exit_code : (double)NAN);
    emit_number(j, "epoch", a->epoch ? (double)a->epoch : (double)NAN);
    emit_number(j, "seconds", a->seconds);
    emit_number(j, "valid_accuracy", a->valid_accuracy);
    emit_number(j, "rank", a->rank);
    emit_text(j, "host", a->host[0] ? a->host : NULL);
    emit_text(j, "started", a->started[0] ? a->started : NULL);
    emit_text(j, "ended", a->ended[0] ? a->ended : NULL);
    emit_text(j, "log", a->log[0] ? a->log : NULL);
    emit_close(j, '}');
}

static void emit_result(emit_json *j, const sweep_result *r)
{
    char *text = sweep_trial_text(&r->row.trial);

    emit_open(j, "result", '{');
    emit_text(j, "status", r->row.status);
    emit_number(j, "valid_accuracy", r->row.valid_accuracy);
    emit_number(j, "test_accuracy", r->row.test_accuracy);
    emit_number(j, "epochs_run", r->row.epochs_run);
    emit_number(j, "best_epoch", r->row.best_epoch);
    emit_text(j, "config", text);
    emit_close(j, '}');
    free(text);
}

static void print_json(const sweep_story *s, const sweep_survey *v, const char *log)
{
    emit_json j = { .out = stdout };

    emit_open(&j, NULL, '{');
    emit_text(&j, "format", "lutsweep-explain");
    emit_number(&j, "format_version", FORMAT_VERSION);
    emit_text(&j, "file", v->state.file);
    emit_text(&j, "key", s->key);
    emit_text(&j, "state", s->state);
    emit_text(&j, "why", s->why);
    emit_bool(&j, "planned", s->planned);
    emit_number(&j, "rungs_passed", s->promoted);
    emit_number(&j, "pruned_at_rung", s->pruned ? (double)s->pruned : (double)NAN);
    emit_open(&j, "attempt", '[');
    for (size_t i = 0; i < s->n; i++)
        emit_attempt(&j, s, &s->attempt[i]);
    emit_close(&j, ']');
    if (s->has_result)
        emit_result(&j, &s->result);
    emit_text(&j, "log", log);
    emit_close(&j, '}');
}

static lut_status explain(const char *file, const char *key, bool json, lut_err *err)
{
    sweep_survey v;
    sweep_story s = { 0 };
    char path[SWEEP_PATH], *log;
    lut_status st;

    LUT_TRY(sweep_survey_make(&v, file, err));
    st = sweep_story_read(&s, &v, key, err);
    if (st == LUT_OK) {
        log = log_tail(&v, s.key, path);
        if (json)
            print_json(&s, &v, log);
        else
            print_text(&s, log, path);
        free(log);
        sweep_story_fini(&s);
    }
    sweep_survey_fini(&v);
    return st;
}

int lutsweep_explain(const lutsweep_args *a)
{
    bool json;
    lut_err err;

    if (!lutsweep_output(&json, a->output))
        return CLI_USAGE;
    if (strlen(a->operand[1]) < 4)
        return cli_complain(CLI_USAGE, "%s: at least 4 digits of a key", a->operand[1]);
    return explain(a->operand[0], a->operand[1], json, &err) == LUT_OK ? CLI_OK
                                                                       : cli_fail(&err);
}
