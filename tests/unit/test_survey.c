/* sweep/survey, sweep/story: what a folder tells of a sweep, from journals and records that
 * were made up. */
#include "sweep/cover.h"
#include "sweep/merge.h"
#include "sweep/story.h"
#include "sweep/survey.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OLD  "20260101T000000.000001-1"
#define NEW  "20260102T000000.000001-2"
#define NEXT "20260103T000000.000001-3"

static sweep_state state;

/* Key number i; those of one i / 16 start alike. */
static const char *key(unsigned i)
{
    static char text[4][SWEEP_KEY];
    static unsigned turn;
    char *p = text[turn++ % 4];

    snprintf(p, SWEEP_KEY, "%08x%08x", i / 16 + 0xabc00000u, i);
    return p;
}

static void note(const char *journal, const char *event, const char *of,
                 uint32_t attempt, const char *names)
{
    sweep_fields *f = calloc(1, sizeof *f);
    char path[SWEEP_PATH], list[400], *save = NULL;
    sweep_journal j;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    snprintf(list, sizeof list, "%s", names);
    for (char *p = strtok_r(list, " ", &save); p; p = strtok_r(NULL, " ", &save)) {
        char *value = strchr(p, '=');

        *value++ = 0;
        sweep_fields_text(f, p, value);
    }
    sweep_state_path(&state, path, "journal", journal);
    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&j, path, NULL), LUT_OK);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, event, of, attempt, f, NULL), LUT_OK);
    sweep_journal_close(&j);
    free(f);
}

static void put(unsigned i, const char *status)
{
    sweep_result r;

    fake_result(&r, 1);
    snprintf(r.row.key, sizeof r.row.key, "%s", key(i));
    snprintf(r.row.status, sizeof r.row.status, "%s", status);
    r.row.valid_accuracy = i;
    CU_ASSERT_EQUAL_FATAL(sweep_state_write(&state, &r, NULL), LUT_OK);
    sweep_result_fini(&r);
}

static void put_order(unsigned n)
{
    char *text = calloc(n + 1, SWEEP_KEY);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (unsigned i = 0; i < n; i++) {
        strcat(text, key(i));
        strcat(text, "\n");
    }
    CU_ASSERT_EQUAL(sweep_state_put(&state, NEW ".order", text, NULL), LUT_OK);
    free(text);
}

/* Twenty trials: 0 to 3 ended well, 4 was pruned, 5 is at a rung, 6 failed, 7 was stopped, 8
 * was interrupted, the others wait; 40 is of another configuration. */
static void begin(const char *more)
{
    const char *file = fake_path("x.h5");
    char text[300];

    CU_ASSERT_EQUAL_FATAL(sweep_state_name(&state, file, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_state_create(&state, NULL), LUT_OK);
    put_order(20);
    note(OLD ".0.jl", "RUN", NULL, 0, "stamp=" OLD " name=x host=there");
    note(OLD ".0.jl", "START", key(40), 1, "");
    note(OLD ".0.jl", "DONE", key(40), 1, "status=ok valid_accuracy=99 seconds=100");
    put(40, "ok");
    note(OLD ".0.jl", "START", key(8), 1, "");
    snprintf(text, sizeof text, "stamp=" NEW " name=x host=here ranks=2 workers=1 %s",
             more);
    note(NEW ".0.jl", "RUN", NULL, 0, text);
    for (unsigned i = 0; i < 4; i++) {
        note(NEW ".0.jl", "START", key(i), 1, "");
        if (i < 3) /* of the last one no journal tells */
            note(NEW ".0.jl", "DONE", key(i), 1,
                 i ? "status=ok valid_accuracy=50 seconds=2"
                   : "status=diverged seconds=4");
        put(i, i ? "ok" : "diverged");
    }
    note(NEW ".0.jl", "START", key(4), 1, "");
    note(NEW ".0.jl", "PAUSE", key(4), 1, "status=paused valid_accuracy=30 epoch=3");
    note(NEW ".0.jl", "PRUNE", key(4), 0, "rung=0");
    put(4, "pruned");
    note(NEW ".1.jl", "RANK", NULL, 0, "host=beside");
    note(NEW ".1.jl", "START", key(5), 1, "");
    note(NEW ".1.jl", "PAUSE", key(5), 1, "status=paused valid_accuracy=40");
    put(5, "paused");
    note(NEW ".1.jl", "START", key(6), 1, "");
    note(NEW ".1.jl", "FAIL", key(6), 1, "cause=lost");
    note(NEW ".1.jl", "START", key(6), 2, "");
    note(NEW ".1.jl", "FAIL", key(6), 2, "cause=crashed signal=11 log=oh seconds=7");
    note(NEW ".1.jl", "START", key(7), 1, "");
    note(NEW ".1.jl", "CANCEL", key(7), 1, "cause=cancelled");
    note(NEW ".1.jl", "START", key(8), 2, "");
    note(NEW ".1.jl", "EPOCH", key(8), 2, "epoch=12");
    note(NEW ".1.jl", "EPOCH", key(8), 2, "epoch=17");
}

static void test_counts(void)
{
    sweep_survey v;
    char line[200];

    begin("");
    CU_ASSERT_EQUAL_FATAL(sweep_survey_make(&v, state.file, NULL), LUT_OK);
    CU_ASSERT_FALSE(v.running);
    CU_ASSERT_STRING_EQUAL(v.reason, "");
    CU_ASSERT_EQUAL(v.total, 20);
    CU_ASSERT_EQUAL(v.finished, 5);
    CU_ASSERT_EQUAL(v.final[SWEEP_OK], 3);
    CU_ASSERT_EQUAL(v.final[SWEEP_DIVERGED], 1);
    CU_ASSERT_EQUAL(v.final[SWEEP_PRUNED], 1);
    CU_ASSERT_EQUAL(v.paused, 1);
    CU_ASSERT_EQUAL(v.others, 1);
    CU_ASSERT_EQUAL_FATAL(v.nfailed, 1);
    CU_ASSERT_STRING_EQUAL(v.failed[0].key, key(6));
    CU_ASSERT_EQUAL(v.failed[0].cause, SWEEP_CRASHED);
    CU_ASSERT_EQUAL(v.failed[0].attempts, 2);
    CU_ASSERT_EQUAL_FATAL(v.nactive, 1);
    CU_ASSERT_STRING_EQUAL(v.active[0].key, key(8));
    CU_ASSERT_EQUAL(v.active[0].attempt, 2);
    CU_ASSERT_EQUAL(v.active[0].rank, 1);
    CU_ASSERT_EQUAL(v.active[0].epoch, 17);
    CU_ASSERT(v.active[0].last_run);
    CU_ASSERT_STRING_EQUAL(v.best_key, key(1)); /* 40 is not of this configuration */
    CU_ASSERT_EQUAL(v.best, 50);
    CU_ASSERT_DOUBLE_EQUAL(v.seconds, (4 + 2 + 2) / 3.0, 1e-12);
    CU_ASSERT_EQUAL(v.unmerged, 6 + 1); /* records, and the one that failed */
    CU_ASSERT(v.bytes > 0 && v.files > 10);
    CU_ASSERT_PTR_NOT_NULL(strstr(sweep_survey_line(&v, line, sizeof line),
                                  "5 of 20 trials, not finished"));
    sweep_survey_fini(&v);
    fake_folder_remove();
}

/* A run that says how many trials were its own, and why it ended. */
static void test_part_and_end(void)
{
    sweep_survey v;
    char line[200];

    begin("trials=6");
    note(NEW ".0.jl", "END", NULL, 0, "reason=complete");
    CU_ASSERT_EQUAL_FATAL(sweep_survey_make(&v, state.file, NULL), LUT_OK);
    CU_ASSERT_EQUAL(v.total, 6);
    CU_ASSERT_STRING_EQUAL(v.reason, "complete");
    CU_ASSERT_STRING_EQUAL(sweep_survey_line(&v, line, sizeof line), "");
    sweep_survey_fini(&v);
    CU_ASSERT_EQUAL(sweep_survey_make(&v, fake_path("none.h5"), NULL), LUT_ENOENT);
    fake_folder_remove();
}

static void told(const sweep_survey *v, unsigned i, const char *what, size_t attempts)
{
    sweep_story s;

    CU_ASSERT_EQUAL_FATAL(sweep_story_read(&s, v, key(i), NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(s.key, key(i));
    CU_ASSERT_STRING_EQUAL(s.state, what);
    CU_ASSERT_EQUAL(s.n, attempts);
    CU_ASSERT_EQUAL(s.planned, i < 20);
    CU_ASSERT_EQUAL(s.has_result, i < 5 || i == 40);
    CU_ASSERT_EQUAL(s.pruned, i == 4 ? 1 : 0);
    sweep_story_fini(&s);
}

static void test_stories(void)
{
    sweep_survey v;
    sweep_story s;

    begin("");
    CU_ASSERT_EQUAL_FATAL(sweep_survey_make(&v, state.file, NULL), LUT_OK);
    told(&v, 1, "finished", 1);
    told(&v, 4, "finished", 1);
    told(&v, 5, "paused", 1);
    told(&v, 6, "failed", 2);
    told(&v, 7, "cancelled", 1);
    told(&v, 8, "interrupted", 2);
    told(&v, 9, "waiting", 0);
    told(&v, 40, "finished", 1);
    CU_ASSERT_EQUAL_FATAL(sweep_story_read(&s, &v, key(6), NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(s.attempt[0].cause, "lost");
    CU_ASSERT_STRING_EQUAL(s.attempt[1].cause, "crashed");
    CU_ASSERT_EQUAL(s.attempt[1].signal, 11);
    CU_ASSERT_EQUAL(s.attempt[1].seconds, 7);
    CU_ASSERT_STRING_EQUAL(s.attempt[1].host, "beside");
    CU_ASSERT_EQUAL(s.attempt[1].rank, 1);
    sweep_story_fini(&s);
    CU_ASSERT_EQUAL_FATAL(sweep_story_read(&s, &v, key(8), NULL), LUT_OK);
    CU_ASSERT_FALSE(s.attempt[0].last_run);
    CU_ASSERT_STRING_EQUAL(s.attempt[0].host, "there");
    CU_ASSERT_EQUAL(s.attempt[1].epoch, 17);
    sweep_story_fini(&s);
    sweep_survey_fini(&v);
    fake_folder_remove();
}

static void test_prefixes(void)
{
    sweep_survey v;
    sweep_story s;
    lut_err err;

    begin("");
    CU_ASSERT_EQUAL_FATAL(sweep_survey_make(&v, state.file, NULL), LUT_OK);
    CU_ASSERT_EQUAL(sweep_story_read(&s, &v, "abc00000", &err), LUT_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "several keys"));
    CU_ASSERT_EQUAL(sweep_story_read(&s, &v, "ABC00002", &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(s.key, key(40));
    sweep_story_fini(&s);
    CU_ASSERT_EQUAL(sweep_story_read(&s, &v, "ffff", &err), LUT_ENOENT);
    CU_ASSERT_EQUAL(sweep_story_read(&s, &v, "", &err), LUT_EINVAL);
    CU_ASSERT_EQUAL(sweep_story_read(&s, &v, "0123456789abcdef0", &err), LUT_EINVAL);
    CU_ASSERT_EQUAL(sweep_story_read(&s, &v, "../..", &err), LUT_EINVAL);
    sweep_survey_fini(&v);
    fake_folder_remove();
}

/* What of the twenty trials is of an earlier configuration alone is told by no list. */
static void test_earlier_configurations(void)
{
    sweep_survey v;

    begin("");
    note(OLD ".0.jl", "START", key(41), 1, "");
    note(OLD ".0.jl", "FAIL", key(41), 1, "cause=crashed signal=11 log=oh");
    note(OLD ".0.jl", "START", key(42), 1, "");
    note(OLD ".0.jl", "PAUSE", key(42), 1, "status=paused valid_accuracy=40");
    put(42, "paused");
    note(OLD ".0.jl", "START", key(43), 1, "");
    CU_ASSERT_EQUAL_FATAL(sweep_survey_make(&v, state.file, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(v.nfailed, 1);
    CU_ASSERT_STRING_EQUAL(v.failed[0].key, key(6));
    CU_ASSERT_EQUAL_FATAL(v.nactive, 1);
    CU_ASSERT_STRING_EQUAL(v.active[0].key, key(8));
    CU_ASSERT_EQUAL(v.paused, 1);
    CU_ASSERT_EQUAL(v.others, 1);
    sweep_survey_fini(&v);
    fake_folder_remove();
}

static void write_file(void)
{
    const char *file = state.file;
    sweep_merged m;

    CU_ASSERT_EQUAL_FATAL(sweep_merge(&m, file, &file, 1, NULL), LUT_OK);
}

static void looks(size_t unmerged, size_t ok, size_t pruned, size_t paused)
{
    sweep_survey v;

    CU_ASSERT_EQUAL_FATAL(sweep_survey_make(&v, state.file, NULL), LUT_OK);
    CU_ASSERT_EQUAL(v.unmerged, unmerged);
    CU_ASSERT_EQUAL(v.final[SWEEP_OK], ok);
    CU_ASSERT_EQUAL(v.final[SWEEP_PRUNED], pruned);
    CU_ASSERT_EQUAL(v.paused, paused);
    sweep_survey_fini(&v);
}

/* A trial that was pruned goes on when it is asked for again: its row in the file is then not
 * what became of it, and the folder must stay. */
static void test_pruned_then_finished(void)
{
    char path[SWEEP_PATH];
    lut_err err;

    begin("");
    write_file();
    looks(1, 3, 1, 1); /* of the one that failed no text is known */
    CU_ASSERT_EQUAL(sweep_covered(&state, &err), LUT_EINVAL); /* 5 is at a rung */
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "1 trials stand at a rung"));
    CU_ASSERT_EQUAL(unlink(sweep_state_rung(&state, path, key(5))), 0);
    CU_ASSERT_EQUAL(sweep_covered(&state, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_state_unprune(&state, key(4), NULL), LUT_OK);
    looks(1, 3, 0, 1);
    CU_ASSERT_EQUAL(sweep_covered(&state, &err), LUT_EINVAL);
    put(4, "ok"); /* and the run is killed before its journal says so */
    note(NEXT ".0.jl", "START", key(4), 2, "");
    looks(2, 4, 0, 0);
    CU_ASSERT_EQUAL(sweep_covered(&state, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "1 of its 6 finished trials are not in"));
    write_file();
    looks(1, 4, 0, 0);
    CU_ASSERT_EQUAL(sweep_covered(&state, &err), LUT_OK);
    CU_ASSERT_EQUAL(
        sweep_state_put(&state, "../checkpoint/0123456789abcdef.ckpt", "x", NULL),
        LUT_OK);
    CU_ASSERT_EQUAL(sweep_covered(&state, &err), LUT_EINVAL);
    fake_folder_remove();
}

UNIT_MAIN("survey", UNIT(test_counts), UNIT(test_part_and_end), UNIT(test_stories),
          UNIT(test_prefixes), UNIT(test_earlier_configurations),
          UNIT(test_pruned_then_finished))
