/* What is on the disk: --status, --explain, --merge, --clean. */
#include "drivers/lutsweep.h"
#include "sweep/lock.h"
#include "sweep/merge.h"
#include "sweep/past.h"
#include "sweep/resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lut_status open_state(sweep_state *s, const char *file, lut_err *err)
{
    LUT_TRY(sweep_state_name(s, file, err));
    if (sweep_state_exists(s))
        return LUT_OK;
    return lut_fail(err, LUT_ENOENT,
                    "%s: no such directory: nothing runs or ran for %s", s->root, file);
}

/* ---- --status ---- */

static size_t count_lines(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static size_t planned(const sweep_state *s, const sweep_past *past)
{
    char name[SWEEP_STAMP + 8], *text;
    size_t n;

    snprintf(name, sizeof name, "%s.order", past->last);
    if (sweep_state_get(s, name, &text, NULL) != LUT_OK)
        return 0;
    n = count_lines(text);
    free(text);
    return n;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void print_failures(const sweep_past *p, char (*done)[SWEEP_KEY], size_t n)
{
    for (size_t i = 0; i < p->ntrials; i++) {
        const sweep_past_trial *t = &p->trial[i];
        const sweep_failure *f;

        if (t->failure == SIZE_MAX ||
            (n && bsearch(t->key, done, n, sizeof *done, by_text)))
            continue;
        f = &p->failure[t->failure];
        printf("%s  %s after %u attempts: %s\n", t->key, f->cause, t->attempts, f->log);
    }
}

static void print_last_run(const sweep_past *p)
{
    const sweep_provenance *r = p->nruns ? &p->run[p->nruns - 1] : NULL;

    if (r)
        printf("last run: %s on %s, %u ranks of %u threads, %s%s\n", r->started,
               r->host, r->ranks, r->threads,
               r->ended[0] ? "ended " : "no end recorded", r->ended);
}

static lut_status status(const char *file, lut_err *err)
{
    sweep_state s;
    sweep_past past;
    char(*done)[SWEEP_KEY], path[SWEEP_PATH], who[128];
    size_t n;
    lut_status st;

    LUT_TRY(open_state(&s, file, err));
    LUT_TRY(sweep_past_read(&past, &s, err));
    st = sweep_state_keys(&s, &done, &n, err);
    if (st == LUT_OK) {
        bool held =
            sweep_lock_held(sweep_state_path(&s, path, "lock", ""), who, sizeof who);

        printf("%s: sweep %s, %zu trials finished, %zu in its last configuration\n",
               file, past.name, n, planned(&s, &past));
        print_last_run(&past);
        printf("%s%s\n", held ? "running: " : "not running", who);
        print_failures(&past, done, n);
    }
    free(done);
    sweep_past_fini(&past);
    return st;
}

int lutsweep_status(const lutsweep_args *a)
{
    lut_err err;

    return status(a->operand[0], &err) == LUT_OK ? CLI_OK : cli_fail(&err);
}

/* ---- --explain ---- */

typedef struct story {
    const char *prefix;
    char key[SWEEP_KEY]; /* "": not met yet */
    size_t lines;
    bool ambiguous;
} story;

static lut_status tell(void *arg, const sweep_entry *e, lut_err *err)
{
    story *s = arg;

    (void)err;
    if (strncmp(e->key, s->prefix, strlen(s->prefix)) != 0)
        return LUT_OK;
    if (s->key[0] && strcmp(s->key, e->key) != 0)
        s->ambiguous = true;
    snprintf(s->key, sizeof s->key, "%s", e->key);
    s->lines++;
    printf("%s  %-6s attempt %u%.*s\n", e->utc, e->event, e->attempt,
           (int)(strstr(e->fields, " trial=") ? strstr(e->fields, " trial=") - e->fields
                                              : (long)strlen(e->fields)),
           e->fields);
    return LUT_OK;
}

static void print_file(const char *path, const char *title)
{
    FILE *f = fopen(path, "r");
    char line[512];

    if (!f)
        return;
    printf("%s %s\n", title, path);
    if (fseek(f, -4096, SEEK_END) != 0)
        rewind(f);
    while (fgets(line, sizeof line, f))
        printf("  %s%s", line, strchr(line, '\n') ? "" : "\n");
    fclose(f);
}

static void print_record(const sweep_state *s, const char *key)
{
    sweep_result r;
    char *text;

    if (sweep_state_read(s, &r, key, NULL) != LUT_OK) {
        puts("no finished record");
        return;
    }
    text = sweep_trial_text(&r.row.trial);
    printf("status %s, validation accuracy %.2f, test accuracy %.2f\n%s", r.row.status,
           r.row.valid_accuracy, r.row.test_accuracy, text ? text : "");
    free(text);
    sweep_result_fini(&r);
}

static lut_status explain(const char *file, const char *key, lut_err *err)
{
    sweep_state s;
    char path[SWEEP_PATH];
    story told = { .prefix = key };

    LUT_TRY(open_state(&s, file, err));
    LUT_TRY(sweep_state_replay(&s, tell, &told, err));
    if (!told.lines)
        return lut_fail(err, LUT_ENOENT, "%s: no trial of %s was ever started", key,
                        file);
    if (told.ambiguous)
        return lut_fail(err, LUT_EINVAL, "%s: several keys start so, give more digits",
                        key);
    print_record(&s, told.key);
    print_file(sweep_state_log(&s, path, told.key), "log, last lines:");
    return LUT_OK;
}

int lutsweep_explain(const lutsweep_args *a)
{
    lut_err err;

    if (strlen(a->operand[1]) < 4)
        return cli_complain(CLI_USAGE, "%s: at least 4 digits of a key", a->operand[1]);
    return explain(a->operand[0], a->operand[1], &err) == LUT_OK ? CLI_OK
                                                                 : cli_fail(&err);
}

/* ---- --merge and --clean ---- */

/* What is in `out` already, and not among the sources, stays: it is one more source, the
 * last.  So joining again gives the same, and another sweep's file is refused. */
static lut_status merge_into(sweep_merged *m, const sweep_state *out,
                             const lutsweep_args *a, lut_err *err)
{
    const char **file = malloc((a->noperands + 1) * sizeof *file);
    size_t n = a->noperands;
    bool named = false;
    lut_status st;

    if (!file)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu names", n);
    for (size_t i = 0; i < n; i++) {
        file[i] = a->operand[i];
        named |= !strcmp(file[i], out->file);
    }
    if (!named && (access(out->file, F_OK) == 0 || sweep_state_exists(out)))
        file[n++] = out->file;
    st = sweep_merge(m, out->file, file, n, err);
    free(file);
    return st;
}

/* A directory that is there stays locked while its file is written. */
static lut_status merge_locked(sweep_merged *m, const char *out, const lutsweep_args *a,
                               lut_err *err)
{
    sweep_state s;
    sweep_lock lock = { .fd = -1 };
    char path[SWEEP_PATH];
    lut_status st = LUT_OK;

    LUT_TRY(sweep_state_name(&s, out, err));
    if (sweep_state_exists(&s))
        st = sweep_lock_take(&lock, sweep_state_path(&s, path, "lock", ""), err);
    if (st == LUT_OK)
        st = merge_into(m, &s, a, err);
    sweep_lock_release(&lock);
    return st;
}

int lutsweep_merge(const lutsweep_args *a)
{
    const char *out = a->out ? a->out : a->operand[0];
    sweep_merged m;
    lut_err err;

    if (a->noperands > 1 && !a->out)
        return cli_complain(CLI_USAGE,
                            "several files to join: name the result with -o");
    if (merge_locked(&m, out, a, &err) != LUT_OK ||
        lutsweep_print_best(out, &err) != LUT_OK)
        return cli_fail(&err);
    return m.conflicts ? CLI_FAILED : CLI_OK;
}

static lut_status clean(const char *file, lut_err *err)
{
    sweep_state s;
    sweep_lock lock;
    char path[SWEEP_PATH];
    lut_status st;

    LUT_TRY(open_state(&s, file, err));
    LUT_TRY(sweep_lock_take(&lock, sweep_state_path(&s, path, "lock", ""), err));
    st = sweep_covered(&s, err);
    if (st == LUT_OK)
        st = sweep_state_remove(&s, err);
    sweep_lock_release(&lock);
    return st;
}

int lutsweep_clean(const lutsweep_args *a)
{
    lut_err err;

    return clean(a->operand[0], &err) == LUT_OK ? CLI_OK : cli_fail(&err);
}
