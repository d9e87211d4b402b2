/* sweep/merge over several files: every trial once, what differs is told, nothing is lost. */
#include "sweep/emit.h"
#include "sweep/merge.h"
#include "sweep/record.h"
#include "sweep/store.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 6 };

/* Rows of a made-up file. */
typedef struct rows {
    uint64_t first;
    double better;      /* added to the accuracy of the first one */
    const char *key;    /* of the first one; NULL: its own */
    const char *status; /* likewise */
    double epochs;      /* run by the first one; 0: its own */
} rows;

static lut_status get_fake(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    const rows *r = arg;

    (void)err;
    fake_result(out, r->first + i);
    fake_timing(out, i);
    if (i == 0)
        out->row.valid_accuracy += r->better;
    if (i == 0 && r->key)
        snprintf(out->row.key, sizeof out->row.key, "%s", r->key);
    if (i == 0 && r->status)
        snprintf(out->row.status, sizeof out->row.status, "%s", r->status);
    if (i == 0 && r->epochs > 0)
        out->row.epochs_run = r->epochs;
    return LUT_OK;
}

static const char *words = ""; /* last ones of the trial that failed */

static sweep_hardware_rule rule;      /* for Verilog */
static const char *cause = "crashed"; /* why its trial failed */
static uint64_t failing;              /* the made-up trial that did; 0: another one */

static lut_status refuse(void *arg, sweep_verilog *out, const sweep_result *r,
                         bool check, lut_err *err)
{
    (void)arg, (void)r, (void)check, (void)err;
    *out = (sweep_verilog){ .verdict = "refused" };
    return LUT_OK;
}

static const char *file_of(const char *name, rows r, const char *keep, uint32_t attempt)
{
    sweep_failure failure = { .key = "0123456789abcdef", .attempt = attempt };
    const sweep_store_input in = { .name = "quick",
                                   .config = "",
                                   .n = ROWS,
                                   .get = get_fake,
                                   .arg = &r,
                                   .keep = keep,
                                   .hw = rule,
                                   .emit = refuse,
                                   .failure = &failure,
                                   .nfailures = 1 };
    const char *path = fake_path(name);

    if (failing) {
        sweep_result made;

        fake_result(&made, failing);
        memcpy(failure.key, made.row.key, sizeof failure.key);
        sweep_result_fini(&made);
    }
    snprintf(failure.cause, sizeof failure.cause, "%s", cause);
    snprintf(failure.log, sizeof failure.log, "%s", words);
    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    return path;
}

static sweep_merged merged(const char *a, const char *b, const char *out)
{
    const char *const file[] = { a, b };
    sweep_merged m;
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(sweep_merge(&m, out, file, 2, &err), LUT_OK);
    return m;
}

static void test_conflicts(void)
{
    const char *a = file_of("a.h5", (rows){ .first = 1 }, "all", 1);
    const char *same = file_of("same.h5", (rows){ .first = 1 }, "all", 1);
    const char *other =
        file_of("other.h5", (rows){ .first = 1, .better = 1 }, "all", 1);
    const char *bare = file_of("bare.h5", (rows){ .first = 1 }, "none", 1);
    const char *out = fake_path("out.h5");

    CU_ASSERT_EQUAL(merged(a, same, out).conflicts, 0);
    CU_ASSERT_EQUAL(merged(a, other, out).conflicts, 1);
    CU_ASSERT_EQUAL(merged(other, bare, out).conflicts, 1);
    /* A network that was not kept is no other result. */
    CU_ASSERT_EQUAL(merged(a, bare, out).conflicts, 0);
    CU_ASSERT_EQUAL(merged(bare, a, out).rows, ROWS);
}

/* Row 0 of the file, its accuracy above that of the made-up one. */
static double excess(const char *file, char status[16], size_t *nfailures)
{
    sweep_store *s;
    sweep_result r, made;
    double more;

    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, file, NULL), LUT_OK);
    sweep_store_failures(s, nfailures);
    CU_ASSERT_EQUAL_FATAL(sweep_store_get(s, 0, &r, NULL), LUT_OK);
    fake_result(&made, 1);
    CU_ASSERT_STRING_EQUAL_FATAL(r.row.key, made.row.key);
    more = r.row.valid_accuracy - made.row.valid_accuracy;
    snprintf(status, 16, "%s", r.row.status);
    sweep_result_fini(&made);
    sweep_result_fini(&r);
    sweep_store_close(s);
    return more;
}

/* The first file's row stays, and both are told. */
static void test_conflict_rows(void)
{
    const char *a = file_of("a.h5", (rows){ .first = 1 }, "all", 1);
    const char *b = file_of("b.h5", (rows){ .first = 1, .better = 1 }, "all", 1);
    const char *out = fake_path("out.h5");
    sweep_store *s;
    const sweep_failure *f;
    size_t n;
    char status[16];

    CU_ASSERT_EQUAL(merged(b, a, out).conflicts, 1);
    CU_ASSERT_EQUAL(excess(out, status, &n), 1);
    CU_ASSERT_EQUAL_FATAL(n, 3);
    /* What is told already, once; and it stays a conflict. */
    CU_ASSERT_EQUAL(merged(out, a, fake_path("again.h5")).conflicts, 1);
    CU_ASSERT_EQUAL(merged(out, out, fake_path("again.h5")).conflicts, 1);
    excess(fake_path("again.h5"), status, &n);
    CU_ASSERT_EQUAL(n, 3);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, out, NULL), LUT_OK);
    f = sweep_store_failures(s, &n);
    for (size_t i = 0, told = 0; i < n; i++) {
        const char *file = told ? "b.h5: ok" : "a.h5: ok";

        if (strcmp(f[i].cause, "conflict") != 0)
            continue;
        CU_ASSERT_PTR_NOT_NULL(strstr(f[i].log, file));
        CU_ASSERT_PTR_NOT_NULL(strstr(f[i].log, "valid_accuracy"));
        told++;
    }
    sweep_store_close(s);
    CU_ASSERT_EQUAL(merged(a, b, out).conflicts, 1);
    CU_ASSERT_EQUAL(excess(out, status, &n), 0);
    CU_ASSERT_EQUAL(n, 3);
    fake_folder_remove();
}

/* What is told is what was compared: nothing of a network that the other one lacks. */
static void test_conflict_hash(void)
{
    const char *a =
        file_of("a.h5", (rows){ .first = 1, .status = "diverged" }, "none", 1);
    const char *b = file_of("b.h5", (rows){ .first = 1 }, "all", 1);
    const char *out = fake_path("out.h5");
    const sweep_failure *f;
    sweep_store *s;
    sweep_result r;
    size_t n, told = 0;
    char text[40];

    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, b, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_store_get(s, 0, &r, NULL), LUT_OK);
    CU_ASSERT(r.has_network);
    r.has_network = false;
    snprintf(text, sizeof text, "result %016llx",
             (unsigned long long)sweep_result_hash(&r));
    r.has_network = true;
    sweep_result_fini(&r);
    sweep_store_close(s);
    CU_ASSERT_EQUAL(merged(a, b, out).conflicts, 1);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, out, NULL), LUT_OK);
    f = sweep_store_failures(s, &n);
    for (size_t i = 0; i < n; i++)
        told += strstr(f[i].log, "b.h5: ok") && strstr(f[i].log, text);
    CU_ASSERT_EQUAL(told, 1);
    sweep_store_close(s);
    fake_folder_remove();
}

/* Files number their attempts for themselves: failures that agree in all are one. */
static void test_failures(void)
{
    const char *out = fake_path("out.h5"), *a, *b, *c;
    sweep_store *s;
    size_t n;

    words = "one";
    a = file_of("a.h5", (rows){ .first = 1 }, "none", 1);
    words = "two";
    b = file_of("b.h5", (rows){ .first = 1 }, "none", 1);
    c = file_of("c.h5", (rows){ .first = 1 }, "none", 1);
    words = "";
    merged(a, b, out);
    merged(out, c, out);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, out, NULL), LUT_OK);
    sweep_store_failures(s, &n);
    CU_ASSERT_EQUAL(n, 2);
    sweep_store_close(s);
    fake_folder_remove();
}

/* What was ended early gives way, whatever the order of the files, and differs from nothing. */
static void test_ended_early(void)
{
    const rows ok = { .first = 1 };
    const rows pruned = { .first = 1, .better = -2, .status = "pruned", .epochs = 3 };
    const rows later = { .first = 1, .better = -1, .status = "pruned", .epochs = 9 };
    const rows other = { .first = 1, .better = -3, .status = "pruned", .epochs = 9 };
    const struct {
        rows a, b;
        double excess;
        const char *status;
        size_t conflicts;
    } table[] = {
        { pruned, ok, 0, "ok", 0 },         { ok, pruned, 0, "ok", 0 },
        { pruned, later, -1, "pruned", 0 }, { later, pruned, -1, "pruned", 0 },
        { later, other, -1, "pruned", 1 },
    };
    const char *out = fake_path("out.h5");

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        const char *a = file_of("a.h5", table[i].a, "all", 1);
        const char *b = file_of("b.h5", table[i].b, "all", 1);
        char status[16];
        size_t n;

        CU_ASSERT_EQUAL(merged(a, b, out).conflicts, table[i].conflicts);
        CU_ASSERT_EQUAL(excess(out, status, &n), table[i].excess);
        CU_ASSERT_STRING_EQUAL(status, table[i].status);
    }
    fake_folder_remove();
}

static void put_state(const char *file, const sweep_result *r, const char *suffix)
{
    char path[SWEEP_PATH];
    sweep_state s;
    sweep_journal j;
    sweep_fields *f = calloc(1, sizeof *f);

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL_FATAL(sweep_state_name(&s, file, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_state_create(&s, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_state_make_room(&s, r->row.key, NULL), LUT_OK);
    sweep_state_record(&s, path, r->row.key);
    strcpy(strrchr(path, '.'), suffix);
    CU_ASSERT_EQUAL_FATAL(sweep_record_write(path, r, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(
        sweep_journal_open(&j, sweep_state_path(&s, path, "journal", "A.0.jl"), NULL),
        LUT_OK);
    sweep_fields_text(f, "name", "quick");
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "RUN", NULL, 0, f, NULL), LUT_OK);
    sweep_journal_close(&j);
    free(f);
}

/* A pruned record does not hide the better row of its own file; a paused one is no row. */
static void test_rungs(void)
{
    const char *file = file_of("a.h5", (rows){ .first = 1 }, "all", 1);
    const char *out = fake_path("out.h5");
    sweep_result r;
    char status[16];
    size_t n;

    fake_result(&r, 1);
    strcpy(r.row.status, "pruned");
    put_state(file, &r, ".rec");
    sweep_result_fini(&r);
    fake_result(&r, 100);
    strcpy(r.row.status, "paused");
    put_state(file, &r, ".rung");
    sweep_result_fini(&r);
    CU_ASSERT_EQUAL(merged(file, file, out).rows, ROWS);
    CU_ASSERT_EQUAL(excess(out, status, &n), 0);
    CU_ASSERT_STRING_EQUAL(status, "ok");
    fake_folder_remove();
}

/* What a merge would give, without networks and without a file. */
static void test_view(void)
{
    const char *file = fake_path("view.h5");
    sweep_result r, again;
    sweep_store *s;
    sweep_merged m;

    fake_result(&r, 100);
    put_state(file, &r, ".rec");
    CU_ASSERT_EQUAL_FATAL(sweep_merge_view(&s, &m, file, NULL), LUT_OK);
    CU_ASSERT_EQUAL(m.rows, 1);
    CU_ASSERT_EQUAL_FATAL(sweep_store_rows(s), 1);
    CU_ASSERT_STRING_EQUAL(sweep_store_name(s), "quick");
    CU_ASSERT_FALSE(sweep_store_has_network(s, 0));
    CU_ASSERT_EQUAL_FATAL(sweep_store_get(s, 0, &again, NULL), LUT_OK);
    r.has_network = false;
    CU_ASSERT_EQUAL(sweep_result_hash(&again), sweep_result_hash(&r));
    CU_ASSERT_EQUAL(again.timing.attempts, r.timing.attempts);
    r.has_network = true;
    sweep_result_fini(&again);
    sweep_result_fini(&r);
    sweep_store_close(s);
    CU_ASSERT_NOT_EQUAL(access(file, F_OK), 0);
    CU_ASSERT_EQUAL(sweep_merge_view(&s, &m, fake_path("none.h5"), NULL), LUT_ENOENT);
    CU_ASSERT_PTR_NULL(s);
    fake_folder_remove();
}

/* Published results are those of the folders; where these have none, those that there were. */
static void test_baselines(void)
{
    static const char *const folder[] = { SOURCE_DATA, NULL };
    const char *file = fake_path("published.h5");
    const sweep_merge_with with = { .folder = folder };
    sweep_store *s;
    sweep_merged m;
    sweep_result r;
    size_t n;

    fake_result(&r, 1);
    strcpy(r.row.trial.dataset, "iris");
    put_state(file, &r, ".rec");
    sweep_result_fini(&r);
    CU_ASSERT_EQUAL_FATAL(sweep_merge_using(&m, file, &file, 1, &with, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, file, NULL), LUT_OK);
    n = sweep_store_published(s)->n;
    CU_ASSERT(n > 0);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_STRING_EQUAL(sweep_store_published(s)->row[i].dataset, "iris");
    sweep_store_close(s);
    CU_ASSERT_EQUAL(sweep_merge(&m, file, &file, 1, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, file, NULL), LUT_OK);
    CU_ASSERT_EQUAL(sweep_store_published(s)->n, n);
    CU_ASSERT_EQUAL(strlen(sweep_store_published(s)->digest), 64);
    sweep_store_close(s);
    fake_folder_remove();
}

static void note_done(sweep_journal *j, uint32_t attempt, const char *hash)
{
    sweep_fields *f = calloc(1, sizeof *f);

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    sweep_fields_text(f, "status", "ok");
    sweep_fields_text(f, "hash", hash);
    CU_ASSERT_EQUAL(sweep_journal_add(j, "DONE", "00000000000000aa", attempt, f, NULL),
                    LUT_OK);
    free(f);
}

/* Two results of one key in the journals: both are told, a repeated one once. */
static void test_ran_twice(void)
{
    const char *file = fake_path("twice.h5"), *out = fake_path("out.h5");
    const sweep_failure *f;
    char path[SWEEP_PATH];
    sweep_result r;
    sweep_state s;
    sweep_journal j;
    sweep_store *store;
    sweep_merged m;
    size_t n;

    fake_result(&r, 1);
    put_state(file, &r, ".rec");
    sweep_result_fini(&r);
    CU_ASSERT_EQUAL_FATAL(sweep_state_name(&s, file, NULL), LUT_OK);
    sweep_state_path(&s, path, "journal", "A.1.jl");
    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&j, path, NULL), LUT_OK);
    note_done(&j, 1, "00000000000000b1");
    note_done(&j, 2, "00000000000000b1");
    CU_ASSERT_EQUAL(sweep_merge(&m, out, &file, 1, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&store, out, NULL), LUT_OK);
    sweep_store_failures(store, &n);
    CU_ASSERT_EQUAL(n, 0);
    sweep_store_close(store);
    note_done(&j, 3, "00000000000000b2");
    CU_ASSERT_EQUAL(sweep_merge(&m, out, &file, 1, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&store, out, NULL), LUT_OK);
    f = sweep_store_failures(store, &n);
    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_STRING_EQUAL(f[0].cause, "conflict");
    CU_ASSERT_PTR_NOT_NULL(strstr(f[0].log, "00000000000000b1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(f[1].log, "00000000000000b2"));
    sweep_store_close(store);
    sweep_journal_close(&j);
    fake_folder_remove();
}

static size_t told(const sweep_store *s, const char *log)
{
    size_t n, found = 0;
    const sweep_failure *f = sweep_store_failures(s, &n);

    for (size_t i = 0; i < n; i++)
        found += !strcmp(f[i].log, log);
    return found;
}

static void has_rule(const char *file, const char *emit, size_t failures)
{
    sweep_store *s;

    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, file, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(sweep_store_hardware(s)->emit, emit);
    CU_ASSERT_EQUAL(told(s, "old"), failures);
    sweep_store_close(s);
}

/* Verilog, and what is wrong with it, is kept in any order of files until it is made anew. */
static void test_verilog(void)
{
    const char *out = fake_path("out.h5"), *a, *b;
    sweep_merged m;
    sweep_store *view;
    lut_err err;

    b = file_of("b.h5", (rows){ .first = 9 }, "all", 1);
    cause = SWEEP_STORE_HARDWARE;
    words = "old";
    rule = (sweep_hardware_rule){ .emit = "best:1", .verify = "none", .rows = 4 };
    a = file_of("a.h5", (rows){ .first = 1 }, "all", 1);
    merged(a, b, out);
    has_rule(out, "best:1", 1);
    merged(b, a, out);
    has_rule(out, "best:1", 1);
    rule = (sweep_hardware_rule){ .emit = "all", .verify = "simulate", .rows = 4 };
    failing = 1;
    a = file_of("a.h5", (rows){ .first = 1 }, "all", 1);
    CU_ASSERT_EQUAL_FATAL(sweep_merge_view(&view, &m, a, &err), LUT_OK);
    CU_ASSERT_EQUAL(told(view, "old"), 1);
    sweep_store_close(view);
    merged(b, a, out);
    has_rule(out, "all", 0);
    rule = (sweep_hardware_rule){ .emit = "" };
    cause = "crashed";
    words = "";
    failing = 0;
    fake_folder_remove();
}

/* A result on synth, its key that of the data or of others. */
static void on_synth(sweep_result *r, char digest[SWEEP_DIGEST])
{
    sweep_trial *t = &r->row.trial;
    lut_data data;
    lut_err err;

    fake_result(r, 1);
    strcpy(t->dataset, "synth");
    strcpy(t->encoder, "distributive");
    t->pipeline_stages = 0;
    snprintf(t->options, sizeof t->options,
             "synth.samples %u synth.test_samples 20 synth.features %u", 50u,
             (unsigned)r->encoder.features);
    if (digest[0] == 0) {
        CU_ASSERT_EQUAL_FATAL(lut_data_load(&data, "synth", t->options, NULL, &err),
                              LUT_OK);
        sweep_data_digest(digest, &data);
        lut_data_fini(&data);
    }
    sweep_trial_key(r->row.key, t, digest);
}

/* A row of other data has none in its bench, and takes none from the others. */
static void test_rows(void)
{
    static const char *const folder[] = { NULL };
    char digest[2][SWEEP_DIGEST] = { "", "0123456789abcdef" };
    static const size_t data[] = { 0, 1, 0, 1, 0 };
    sweep_emitter e = { .sweep = "quick", .folder = folder, .rows = 5 };

    for (size_t i = 0; i < LUT_COUNT(data); i++) {
        sweep_verilog v;
        sweep_result r;
        lut_err err;

        on_synth(&r, digest[data[i]]);
        CU_ASSERT_EQUAL_FATAL(sweep_emit(&e, &v, &r, &err), LUT_OK);
        CU_ASSERT_EQUAL(v.rows, data[i] ? 0 : 5);
        sweep_verilog_fini(&v);
        sweep_result_fini(&r);
    }
    sweep_emitter_fini(&e);
}

static void test_union(void)
{
    const char *a = file_of("a.h5", (rows){ .first = 1 }, "all", 2);
    const char *b = file_of("b.h5", (rows){ .first = 4 }, "all", 1);
    const char *out = fake_path("out.h5");
    sweep_store *s;
    const sweep_failure *f;
    size_t n;

    CU_ASSERT_EQUAL(merged(a, b, out).rows, ROWS + 3);
    merged(out, b, out); /* again: nothing new */
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, out, NULL), LUT_OK);
    CU_ASSERT_EQUAL(sweep_store_rows(s), ROWS + 3);
    f = sweep_store_failures(s, &n);
    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_EQUAL(f[0].attempt, 1);
    CU_ASSERT_EQUAL(f[1].attempt, 2);
    sweep_store_close(s);
    fake_folder_remove();
}

/* A key names files: nothing outside the directory can be meant. */
static void test_foreign_keys(void)
{
    const char *a =
        file_of("a.h5", (rows){ .first = 1, .key = "../../etc/passwd" }, "none", 1);
    const char *out = fake_path("out.h5");
    sweep_merged m;
    lut_err err;

    CU_ASSERT_EQUAL(sweep_merge(&m, out, &a, 1, &err), LUT_EFORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "16 hex digits"));
    fake_folder_remove();
}

UNIT_MAIN("merge", UNIT(test_conflicts), UNIT(test_conflict_rows),
          UNIT(test_conflict_hash), UNIT(test_failures), UNIT(test_ended_early),
          UNIT(test_rungs), UNIT(test_ran_twice), UNIT(test_view), UNIT(test_baselines),
          UNIT(test_union), UNIT(test_verilog), UNIT(test_rows),
          UNIT(test_foreign_keys))
