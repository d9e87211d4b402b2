/* --status: how far a sweep is, for people and as JSON. */
#include "analysis/emit.h"
#include "drivers/lutsweep.h"
#include "sweep/journal.h"
#include "sweep/survey.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORMAT_VERSION = 1,
    SHOWN = 10
}; /* SHOWN: lines of a list, the rest is counted */

bool lutsweep_output(bool *json, const char *output)
{
    *json = output && !strcmp(output, "json");
    if (!output || *json || !strcmp(output, "text"))
        return true;
    cli_complain(CLI_USAGE, "--output=%s: want text or json", output);
    return false;
}

/* Only what a shell would not take apart goes without quotes. */
static void put_command(FILE *out, const char *command, const char *file,
                        const char *key)
{
    fputs(command, out);
    fputc(' ', out);
    emit_word(out, file);
    if (key)
        fprintf(out, " %s", key);
}

static const sweep_provenance *last_run(const sweep_survey *v)
{
    return v->past.nruns ? &v->past.run[v->past.nruns - 1] : NULL;
}

static bool is_running(const sweep_survey *v, const sweep_active *a)
{
    return v->running && a->last_run;
}

/* ---- what to type next; owned (free) ---- */

static char *next_command(const sweep_survey *v)
{
    const sweep_provenance *r = last_run(v);
    const bool open = v->finished + v->nfailed < v->total;
    const char *file = v->state.file;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    if (!v->running && open && r && r->command[0])
        fputs(r->command, out);
    else if (!v->running && !open && v->nfailed)
        put_command(out, "lutsweep --explain", file, v->failed[0].key);
    else if (!v->running && v->unmerged)
        put_command(out, "lutsweep --merge", file, NULL);
    else
        put_command(out, "lutreport", file, NULL);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- text ---- */

static void print_counts(const sweep_survey *v)
{
    const char *sign = ": ";

    printf("%s: sweep %s, %zu of %zu trials finished", v->state.file, v->name,
           v->finished, v->total);
    for (size_t i = 0; i < SWEEP_FINALS; i++) {
        if (!v->final[i])
            continue;
        printf("%s%zu %s", sign, v->final[i], sweep_final_names[i]);
        sign = ", ";
    }
    puts("");
    if (v->paused)
        printf("%zu trial%s paused at a rung\n", v->paused, v->paused == 1 ? "" : "s");
    if (v->others)
        printf("%zu more of earlier configurations\n", v->others);
}

static void print_run(const sweep_survey *v)
{
    const sweep_provenance *r = last_run(v);

    if (!r)
        printf("no run is recorded\n");
    else if (v->running)
        printf("running on %s since %s", v->who, r->started);
    else if (v->reason[0])
        printf("not running: the last run, on %s, ended %s: %s", r->host, r->ended,
               v->reason);
    else
        printf("not running: the last run, on %s since %s, died without an end",
               r->host, r->started);
    if (r)
        printf("; %u rank%s of %u thread%s\n", r->ranks, r->ranks == 1 ? "" : "s",
               r->threads, r->threads == 1 ? "" : "s");
}

static void print_more(size_t n, size_t shown)
{
    if (n > shown)
        printf("  ... and %zu more\n", n - shown);
}

static void print_active(const sweep_survey *v)
{
    size_t shown = 0;

    if (v->nactive)
        printf("%s:\n", v->running ? "started and not ended" : "interrupted");
    for (size_t i = 0; i < v->nactive && shown < SHOWN; i++, shown++) {
        const sweep_active *a = &v->active[i];

        printf("  %s  %s since %s, rank %d, attempt %u", a->key,
               is_running(v, a) ? "running" : "interrupted", a->since, a->rank,
               a->attempt);
        if (a->epoch)
            printf(", epoch %u", a->epoch);
        puts("");
    }
    print_more(v->nactive, shown);
}

static void count_causes(const sweep_survey *v, size_t count[SWEEP_CAUSES + 1])
{
    memset(count, 0, (SWEEP_CAUSES + 1) * sizeof *count);
    for (size_t i = 0; i < v->nfailed; i++)
        count[v->failed[i].cause]++;
}

/* Trials with more than one result.  Their results stand together. */
static size_t count_conflicts(const sweep_survey *v)
{
    const sweep_failure *f = v->past.failure;
    const char *last = "";
    size_t n = 0;

    for (size_t i = 0; i < v->past.nfailures; i++) {
        if (strcmp(f[i].cause, SWEEP_STORE_CONFLICT) != 0 || !strcmp(f[i].key, last))
            continue;
        last = f[i].key;
        n++;
    }
    return n;
}

static void print_conflicts(const sweep_survey *v)
{
    const size_t n = count_conflicts(v);

    if (n)
        printf("%zu trial%s ran twice with different results: see /failures of %s\n", n,
               n == 1 ? "" : "s", v->state.file);
}

static void print_failed(const sweep_survey *v)
{
    size_t count[SWEEP_CAUSES + 1], shown = 0;
    const char *sign = ": ";

    if (!v->nfailed)
        return;
    count_causes(v, count);
    printf("%zu failed", v->nfailed);
    for (unsigned c = 0; c <= SWEEP_CAUSES; c++) {
        if (!count[c])
            continue;
        printf("%s%zu %s", sign, count[c], sweep_cause_name((sweep_cause)c));
        sign = ", ";
    }
    puts("");
    for (; shown < v->nfailed && shown < SHOWN; shown++) {
        const sweep_failed *f = &v->failed[shown];

        printf("  %s  %s after %u attempt%s%s%s\n", f->key, sweep_cause_name(f->cause),
               f->attempts, f->attempts == 1 ? "" : "s", f->log[0] ? ": " : "", f->log);
    }
    print_more(v->nfailed, shown);
}

static void print_size(const sweep_survey *v)
{
    if (v->has_folder)
        printf("%s: %zu files, %.1f MB%s\n", v->state.root, v->files,
               (double)v->bytes / 1e6,
               v->unmerged ? "; it has results that the file does not have yet" : "");
    if (v->has_folder && !v->unmerged && !v->running && v->finished == v->total)
        printf("all of it is in %s: lutsweep --clean removes it\n", v->state.file);
}

static void print_text(const sweep_survey *v, const char *next)
{
    char text[2][16];

    print_counts(v);
    if (v->has_folder)
        print_run(v);
    print_active(v);
    print_failed(v);
    print_conflicts(v);
    if (!isnan(v->left))
        printf("time left: about %s, at %s a trial\n", sweep_duration(text[0], v->left),
               sweep_duration(text[1], v->seconds));
    if (v->best_key[0])
        printf("best so far: %s, %.2f %% on validation rows\n", v->best_key, v->best);
    print_size(v);
    if (next)
        printf("next: %s\n", next);
}

/* ---- JSON ---- */

static void emit_counts(emit_json *j, const sweep_survey *v)
{
    size_t count[SWEEP_CAUSES + 1];

    count_causes(v, count);
    count[SWEEP_CONFLICT] = count_conflicts(v);
    emit_number(j, "total", (double)v->total);
    emit_number(j, "finished", (double)v->finished);
    for (size_t i = 0; i < SWEEP_FINALS; i++)
        emit_number(j, sweep_final_names[i], (double)v->final[i]);
    emit_number(j, "paused", (double)v->paused);
    emit_number(j, "earlier", (double)v->others);
    emit_number(j, "unmerged", (double)v->unmerged);
    emit_open(j, "failed", '{');
    for (unsigned c = SWEEP_CRASHED; c < SWEEP_CAUSES; c++)
        emit_number(j, sweep_cause_name((sweep_cause)c), (double)count[c]);
    emit_close(j, '}');
}

static void emit_active(emit_json *j, const sweep_survey *v)
{
    emit_open(j, "active", '[');
    for (size_t i = 0; i < v->nactive; i++) {
        const sweep_active *a = &v->active[i];

        emit_open(j, NULL, '{');
        emit_text(j, "key", a->key);
        emit_text(j, "state", is_running(v, a) ? "running" : "interrupted");
        emit_text(j, "since", a->since);
        emit_number(j, "rank", a->rank);
        emit_number(j, "attempt", a->attempt);
        emit_number(j, "epoch", a->epoch ? (double)a->epoch : (double)NAN);
        emit_close(j, '}');
    }
    emit_close(j, ']');
}

static void emit_failures(emit_json *j, const sweep_survey *v)
{
    emit_open(j, "failure", '[');
    for (size_t i = 0; i < v->nfailed; i++) {
        const sweep_failed *f = &v->failed[i];

        emit_open(j, NULL, '{');
        emit_text(j, "key", f->key);
        emit_text(j, "cause", sweep_cause_name(f->cause));
        emit_number(j, "attempts", f->attempts);
        emit_text(j, "log", f->log);
        emit_close(j, '}');
    }
    emit_close(j, ']');
}

static void emit_run(emit_json *j, const sweep_survey *v)
{
    const sweep_provenance *r = last_run(v);

    emit_text(j, "state",
              v->running       ? "running"
              : !v->has_folder ? "merged"
              : v->reason[0]   ? "ended"
                               : "died");
    emit_text(j, "reason", v->reason[0] && !v->running ? v->reason : NULL);
    emit_text(j, "holder", v->running ? v->who : NULL);
    emit_text(j, "host", r ? r->host : NULL);
    emit_text(j, "started", r ? r->started : NULL);
    emit_text(j, "ended", r && r->ended[0] ? r->ended : NULL);
    emit_number(j, "ranks", r ? r->ranks : (double)NAN);
    emit_number(j, "threads", r ? r->threads : (double)NAN);
    emit_text(j, "command", r ? r->command : NULL);
}

static void print_json(const sweep_survey *v, const char *next)
{
    emit_json j = { .out = stdout };

    emit_open(&j, NULL, '{');
    emit_text(&j, "format", "lutsweep-status");
    emit_number(&j, "format_version", FORMAT_VERSION);
    emit_text(&j, "file", v->state.file);
    emit_text(&j, "sweep", v->name);
    emit_run(&j, v);
    emit_counts(&j, v);
    emit_active(&j, v);
    emit_failures(&j, v);
    emit_text(&j, "best", v->best_key[0] ? v->best_key : NULL);
    emit_number(&j, "best_valid_accuracy", v->best);
    emit_number(&j, "seconds_left", v->left);
    emit_number(&j, "seconds_of_a_trial", v->seconds);
    emit_number(&j, "folder_files", (double)v->files);
    emit_number(&j, "folder_bytes", (double)v->bytes);
    emit_text(&j, "next", next);
    emit_close(&j, '}');
}

int lutsweep_status(const lutsweep_args *a)
{
    sweep_survey v;
    char *next;
    bool json;
    lut_err err;

    if (!lutsweep_output(&json, a->output))
        return CLI_USAGE;
    if (sweep_survey_make(&v, a->operand[0], &err) != LUT_OK)
        return cli_fail(&err);
    next = next_command(&v);
    if (json)
        print_json(&v, next);
    else
        print_text(&v, next);
    free(next);
    sweep_survey_fini(&v);
    return CLI_OK;
}
