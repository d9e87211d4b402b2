/* sweep/run, sweep/encoded: one trial from data to result. */
#include "lib/net/backend.h"
#include "sweep/encoded.h"
#include "sweep/facts.h"
#include "sweep/hardware.h"
#include "sweep/record.h"
#include "sweep/run.h"
#include "tests/support/unit.h"

#include <math.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const options =
    "synth.samples 400 synth.test_samples 200 synth.features 8 synth.classes 4 "
    "synth.noise 4 synth.seed 1";
static sweep_lab lab = { .exec = { .threads = 1 } };

static void set(sweep_trial *t, const char *name, const char *value)
{
    size_t n;
    const lut_field *fields = sweep_trial_fields(&n),
                    *f = lut_field_find(fields, n, name);

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL_FATAL(lut_field_set_text(f, t, value, NULL), LUT_OK);
}

/* A resolved trial of made-up data, its key and its digest. */
static void prepare(sweep_trial *t, char key[SWEEP_KEY], char digest[SWEEP_DIGEST],
                    const char *parametrization, const char *rank)
{
    size_t n;
    const lut_field *fields = sweep_trial_fields(&n);
    sweep_data_facts facts;
    lut_err err = { 0 };

    lut_fields_default(fields, n, t);
    set(t, "dataset", "synth");
    set(t, "options", options);
    set(t, "parametrization", parametrization);
    set(t, "lut_rank", rank);
    set(t, "width", "80");
    set(t, "batch", "300");
    set(t, "epochs", "4");
    CU_ASSERT_EQUAL_FATAL(
        sweep_facts_load((void *)lab.folder, &facts, "synth", options, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_trial_resolve(t, &facts, &err), LUT_OK);
    sweep_trial_key(key, t, facts.digest);
    memcpy(digest, facts.digest, SWEEP_DIGEST);
}

static uint64_t hash_of(const sweep_lab *where, const sweep_trial *t, const char *key,
                        const char *digest)
{
    sweep_result r;
    lut_err err = { 0 };
    uint64_t hash = 0;

    if (sweep_run(where, &r, t, key, digest, NULL, NULL, &err) == LUT_OK) {
        hash = sweep_result_hash(&r);
        CU_ASSERT_STRING_EQUAL(r.row.status, "ok");
    } else {
        CU_FAIL("sweep_run");
        fprintf(stderr, "%s\n", err.text);
    }
    sweep_result_fini(&r);
    return hash;
}

static void test_result(void)
{
    sweep_trial t;
    sweep_result r;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    lut_err err;
    size_t right = 0;
    double share;

    prepare(&t, key, digest, "warp", "4");
    CU_ASSERT_EQUAL_FATAL(sweep_run(&lab, &r, &t, key, digest, NULL, NULL, &err),
                          LUT_OK);
    CU_ASSERT_STRING_EQUAL(r.row.key, key);
    CU_ASSERT_EQUAL(r.nhistory, 4);
    CU_ASSERT_EQUAL(r.row.epochs_run, 4);
    CU_ASSERT(r.row.best_epoch >= 1 && r.row.best_epoch <= 4);
    CU_ASSERT_EQUAL(r.row.luts, 160);
    CU_ASSERT_EQUAL(r.row.parameters, 160 * 16);
    CU_ASSERT(isnan(r.row.lut6)); /* real inputs */
    CU_ASSERT(r.row.lut6_core > 80);
    CU_ASSERT(r.row.lut6_core < 300);
    CU_ASSERT(r.row.lut_levels >= 4);
    CU_ASSERT_EQUAL(r.row.latency_cycles, 4);
    CU_ASSERT(r.row.flip_flops > 4 + 4 * 2 * r.row.latency_cycles);
    CU_ASSERT_EQUAL(r.ntest, 200);
    for (uint32_t i = 0; i < r.classes; i++)
        right += r.confusion[i * r.classes + i];
    share = 100.0 * (double)right / 200;
    CU_ASSERT_EQUAL(r.row.test_accuracy, share);
    CU_ASSERT_EQUAL(r.row.valid_accuracy,
                    r.history[(size_t)r.row.best_epoch - 1].valid_accuracy);
    right = 0;
    for (size_t i = 0; i < 200; i++)
        right += r.correct[i / 8] >> (7 - i % 8) & 1;
    CU_ASSERT_EQUAL(100.0 * (double)right / 200, r.row.test_accuracy);
    CU_ASSERT_EQUAL(lut_circuit_check(&r.circuit, &err), LUT_OK);
    sweep_result_fini(&r);
}

/* Fixed-point inputs have an encoder of known size. */
static void test_hardware(void)
{
    sweep_trial t;
    sweep_result r;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    lut_err err;

    prepare(&t, key, digest, "dwn", "6");
    set(&t, "input_width", "9");
    CU_ASSERT_EQUAL_FATAL(sweep_run(&lab, &r, &t, key, digest, NULL, NULL, &err),
                          LUT_OK);
    CU_ASSERT(r.row.lut6 > r.row.lut6_core);
    CU_ASSERT(r.row.lut6 <= r.row.lut6_core + 2 * 8 * 3); /* of 9 bits: two at most */
    sweep_result_fini(&r);
}

/* ---- one training, several designs ---- */

static const struct {
    const char *stages, *tree, *width, *smallest;
} designs[] = {
    { "4", "false", "0", "false" }, { "0", "false", "0", "false" },
    { "6", "true", "0", "false" },  { "4", "false", "3", "false" },
    { "1", "true", "3", "false" },  { "4", "false", "0", "true" },
};

static void prepare_design(sweep_trial *t, char key[SWEEP_KEY],
                           char digest[SWEEP_DIGEST], size_t i, const char *learn)
{
    prepare(t, key, digest, "light", "4");
    set(t, "validation", "0.3");
    set(t, "encoder_learn", learn);
    set(t, "pipeline_stages", designs[i].stages);
    set(t, "adder_tree", designs[i].tree);
    set(t, "hw_input_width", designs[i].width);
    set(t, "hw_input_smallest", designs[i].smallest);
    sweep_trial_key(key, t, digest);
}

/* Whichever was trained, the others come out of it as if they had been. */
static void derive_all(const char *learn)
{
    char key[SWEEP_KEY], digest[SWEEP_DIGEST], training[SWEEP_KEY], other[SWEEP_KEY];
    sweep_trial t;
    sweep_result r;
    lut_err err = { .text = "" };

    for (size_t i = 0; i < LUT_COUNT(designs); i++) {
        prepare_design(&t, key, digest, i, learn);
        uint64_t want = hash_of(&lab, &t, key, digest);

        sweep_training_key(training, &t, digest);
        for (size_t from = 0; from < LUT_COUNT(designs); from++) {
            sweep_trial base;
            sweep_result b;

            prepare_design(&base, other, digest, from, learn);
            CU_ASSERT_EQUAL_FATAL(
                sweep_run(&lab, &b, &base, other, digest, NULL, NULL, &err), LUT_OK);
            CU_ASSERT(sweep_derives(&b, training));
            CU_ASSERT_FALSE(sweep_derives(&b, "0123456789abcdef"));
            CU_ASSERT_EQUAL_FATAL(sweep_derive(&lab, &r, &t, key, digest, &b, &err),
                                  LUT_OK);
            CU_ASSERT_EQUAL(sweep_result_hash(&r), want);
            CU_ASSERT(r.timing.train_seconds > 0);
            CU_ASSERT_FALSE(b.has_network); /* it is used up */
            sweep_result_fini(&r);
            sweep_result_fini(&b);
        }
    }
}

static void test_derive(void)
{
    derive_all("false");
    derive_all("true");
}

static double valid_with(const char *width, double *bits)
{
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    sweep_trial t;
    sweep_result r;
    lut_err err = { .text = "" };
    double valid;

    prepare_design(&t, key, digest, width ? 0 : 5, "false");
    if (width)
        set(&t, "hw_input_width", width);
    CU_ASSERT_EQUAL_FATAL(sweep_run(&lab, &r, &t, key, digest, NULL, NULL, &err),
                          LUT_OK);
    valid = r.row.valid_accuracy;
    *bits = r.row.hw_input_bits;
    CU_ASSERT_EQUAL(r.encoder.input.width, isnan(*bits) ? 0 : *bits);
    CU_ASSERT(isnan(*bits) == isnan(r.row.lut6));
    CU_ASSERT_EQUAL(r.row.discretization_gap,
                    r.row.test_accuracy_soft - r.row.test_accuracy);
    sweep_result_fini(&r);
    return valid;
}

/* No smaller width is as good as real inputs, and the one that is taken is. */
static void test_smallest(void)
{
    double bits, none, real = valid_with("0", &none), least = valid_with(NULL, &bits);

    CU_ASSERT(isnan(none));
    CU_ASSERT(bits >= 2 && bits <= 32);
    CU_ASSERT(least >= real);
    for (uint32_t w = 1; w < bits; w++) {
        char text[8];
        double own;

        snprintf(text, sizeof text, "%u", (unsigned)w);
        CU_ASSERT(valid_with(text, &own) < real);
        CU_ASSERT_EQUAL(own, w);
    }
}

/* Learnt thresholds: validation rows have values and bits of their own, before and after. */
static void test_learnt(void)
{
    sweep_trial t;
    sweep_result r;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    lut_err err;
    double last;

    prepare(&t, key, digest, "light", "4");
    set(&t, "encoder_learn", "true");
    set(&t, "encoder_clip", "0");
    set(&t, "validation", "0.3");
    set(&t, "batch", "32");
    set(&t, "epochs", "60");
    CU_ASSERT_EQUAL_FATAL(sweep_run(&lab, &r, &t, key, digest, NULL, NULL, &err),
                          LUT_OK);
    last = r.history[(size_t)r.row.best_epoch - 1].valid_accuracy;
    CU_ASSERT_EQUAL(r.row.valid_accuracy, last);
    CU_ASSERT(r.row.valid_accuracy > 70);
    CU_ASSERT(r.row.test_accuracy > 60);
    CU_ASSERT(r.row.train_accuracy > 80);
    CU_ASSERT_EQUAL(r.row.parameters, 160 * 16 + 8 * 3);
    sweep_result_fini(&r);
}

/* Other bits at a place counted from the end, or from the start. */
static int spoil_at(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    int whence = at < 0 ? SEEK_END : SEEK_SET;
    int c = f && fseek(f, at, whence) == 0 ? fgetc(f) : EOF;
    int bad = c == EOF || fseek(f, at, whence) || fputc(c ^ 1, f) == EOF;

    return (f && fclose(f)) || bad;
}

static int spoil(const char *path)
{
    return spoil_at(path, -100);
}

/* The number of classes, behind magic, size and check sum. */
static int spoil_header(const char *path)
{
    return spoil_at(path, 20);
}

/* Files of the folder, do applied to each. */
static int each_file(const char *folder, int (*act)(const char *path))
{
    DIR *d = opendir(folder);
    char path[512];
    int n = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(d);
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            CU_ASSERT_EQUAL(act(path), 0);
            n++;
        }
    closedir(d);
    return n;
}

/* The same bytes from every kernel set, any number of threads, with and without cache. */
static void same_everywhere(const char *parametrization, const char *rank)
{
    sweep_trial t;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST], folder[] = "test_run.XXXXXX";
    sweep_lab other = lab;
    uint64_t first;

    prepare(&t, key, digest, parametrization, rank);
    first = hash_of(&lab, &t, key, digest);
    for (const lut_backend *const *b = lut_backends(); *b; b++) {
        other.kernels = (*b)->name;
        CU_ASSERT_EQUAL(hash_of(&other, &t, key, digest), first);
    }
    for (unsigned threads = 2; threads <= 7; threads += threads == 2 ? 1 : 4) {
        other.exec.threads = threads;
        CU_ASSERT_EQUAL(hash_of(&other, &t, key, digest), first);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    other.cache = folder;
    CU_ASSERT_EQUAL(hash_of(&other, &t, key, digest), first); /* makes the file */
    CU_ASSERT_EQUAL(hash_of(&other, &t, key, digest), first); /* maps it */
    CU_ASSERT_EQUAL(each_file(folder, spoil), 1);
    CU_ASSERT_EQUAL(hash_of(&other, &t, key, digest), first); /* makes it again */
    CU_ASSERT_EQUAL(each_file(folder, spoil_header), 1);
    CU_ASSERT_EQUAL(hash_of(&other, &t, key, digest), first); /* and again */
    CU_ASSERT_EQUAL(each_file(folder, unlink), 1);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void test_same_everywhere(void)
{
    same_everywhere("dwn", "6");
    same_everywhere("light", "3");
    same_everywhere("difflogic", "2");
}

/* Everything of training that a trial can ask for reaches the numbers. */
static void test_training_fields(void)
{
    static const char *const change[][2] = {
        { "regulariser", "weight_decay" },
        { "regulariser", "spectral_sigma_max+spectral_l1" },
        { "regulariser", "bit_flip_sensitivity" },
        { "clip_norm", "0.01" },
        { "optimizer", "adamw" },
        { "schedule", "cosine" },
        { "warmup", "2" },
        { "patience", "1" },
    };
    sweep_trial plain, t;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    uint64_t seen[LUT_COUNT(change) + 1];

    prepare(&plain, key, digest, "light", "4");
    plain.lr = 0.3;
    plain.epochs = 6;
    strcat(plain.options, " weight_decay.weight 0.1 spectral_sigma_max.weight 0.1 "
                          "spectral_l1.weight 0.1 bit_flip_sensitivity.weight 1 "
                          "adamw.decay 0.1");
    seen[0] = hash_of(&lab, &plain, key, digest);
    for (size_t i = 0; i < LUT_COUNT(change); i++) {
        t = plain;
        set(&t, change[i][0], change[i][1]);
        seen[i + 1] = hash_of(&lab, &t, key, digest);
        for (size_t j = 0; j <= i; j++)
            CU_ASSERT_NOT_EQUAL(seen[j], seen[i + 1]);
    }
}

static void test_changed_data(void)
{
    sweep_trial t;
    sweep_result r;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    lut_err err;

    prepare(&t, key, digest, "dwn", "4");
    digest[0] = digest[0] == '0' ? '1' : '0';
    CU_ASSERT_EQUAL(sweep_run(&lab, &r, &t, key, digest, NULL, NULL, &err),
                    LUT_EFORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "data set synth has changed"));
    sweep_result_fini(&r);
}

static int stop_at_two(void *arg, const sweep_epoch *e, const sweep_row *row)
{
    (void)arg;
    (void)row;
    return e->epoch == 2;
}

static void test_stopped(void)
{
    sweep_trial t;
    sweep_result r;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    lut_err err;

    prepare(&t, key, digest, "light", "4");
    CU_ASSERT_EQUAL_FATAL(sweep_run(&lab, &r, &t, key, digest, stop_at_two, NULL, &err),
                          LUT_OK);
    CU_ASSERT_STRING_EQUAL(r.row.status, "stopped");
    CU_ASSERT_EQUAL(r.nhistory, 2);
    CU_ASSERT_FALSE(isnan(r.row.test_accuracy));
    sweep_result_fini(&r);
}

/* A result, not an error: the row says so and has no accuracy.  Walsh coefficients grow
 * without bound under a wild learning rate; their sums overflow. */
static void test_diverged(void)
{
    sweep_trial t;
    sweep_result r;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    lut_err err;
    uint64_t hash;
    const double no_number = (double)NAN;

    prepare(&t, key, digest, "warp", "4");
    strcpy(t.optimizer, "sgd");
    t.lr = 1e38;
    t.tau = 1e-6;
    t.epochs = 50;
    CU_ASSERT_EQUAL_FATAL(sweep_run(&lab, &r, &t, key, digest, NULL, NULL, &err),
                          LUT_OK);
    CU_ASSERT_STRING_EQUAL(r.row.status, "diverged");
    CU_ASSERT(r.row.epochs_run < 50);
    CU_ASSERT(isnan(r.row.test_accuracy) && isnan(r.row.best_epoch));
    CU_ASSERT_FALSE(r.has_network);
    CU_ASSERT_EQUAL(
        memcmp(&r.history[r.nhistory - 1].train_loss, &no_number, sizeof(double)),
        0); /* of all NaNs this one */
    hash = sweep_result_hash(&r);
    sweep_result_fini(&r);
    for (const lut_backend *const *b = lut_backends(); *b; b++) {
        sweep_lab other = lab;

        other.kernels = (*b)->name;
        CU_ASSERT_EQUAL_FATAL(sweep_run(&other, &r, &t, key, digest, NULL, NULL, &err),
                              LUT_OK);
        CU_ASSERT_EQUAL(sweep_result_hash(&r),
                        hash); /* missing numbers are alike, too */
        sweep_result_fini(&r);
    }
}

/* Fields that a run has state in besides its weights. */
typedef struct variant {
    const char *parametrization, *rank, *field[6], *value[6];
} variant;

static const variant variants[] = {
    { "dwn", "6", { "mapping_first", "mapping_rest" }, { "learnable", "learnable" } },
    { "light",
      "4",
      { "sampling", "temperature_schedule", "temperature", "temperature_end" },
      { "gumbel_soft", "exponential", "2", "0.5" } },
    { "warp",
      "4",
      { "optimizer", "schedule", "warmup", "regulariser", "clip_norm" },
      { "adamw", "cosine", "2", "spectral_l1+weight_decay", "0.1" } },
    { "warp", "2", { "patience" }, { "3" } },
    { "difflogic", "2", { "moments" }, { "bfloat16" } },
    { "light", "4", { "encoder_learn", "validation" }, { "true", "0.3" } },
    { "poly", "3", { "validation" }, { "0" } },
};

static void prepare_variant(sweep_trial *t, char key[SWEEP_KEY],
                            char digest[SWEEP_DIGEST], const variant *v)
{
    prepare(t, key, digest, v->parametrization, v->rank);
    set(t, "epochs", "9");
    set(t, "batch", "64");
    for (size_t i = 0; i < LUT_COUNT(v->field) && v->field[i]; i++)
        set(t, v->field[i], v->value[i]);
}

static void looks_paused(const sweep_result *r, uint32_t until)
{
    double best, epoch;

    CU_ASSERT_STRING_EQUAL(r->row.status, "paused");
    CU_ASSERT_EQUAL(r->nhistory, until);
    CU_ASSERT_EQUAL(r->row.epochs_run, until);
    CU_ASSERT(r->row.parameters > 0 && r->row.luts == 160);
    CU_ASSERT(isnan(r->row.test_accuracy) && isnan(r->row.test_accuracy_soft) &&
              isnan(r->row.train_accuracy) && isnan(r->row.discretization_gap));
    CU_ASSERT_FALSE(r->has_network);
    sweep_best_until(r, until, &best, &epoch);
    CU_ASSERT_EQUAL(r->row.best_epoch, epoch);
    CU_ASSERT(isnan(best) ? isnan(r->row.valid_accuracy)
                          : best == r->row.valid_accuracy);
}

/* "NAME.XXXXXX/" becomes a folder of that name. */
static void own_folder(char *name)
{
    char *slash = strchr(name, '/');

    *slash = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(name));
    *slash = '/';
}

/* One leg of a trial: to `until`, or to its end with 0.  Its hash; 0 where it left. */
static uint64_t leg(const char *folder, const volatile int *leave, uint32_t until,
                    const sweep_trial *t, const char *key, const char *digest)
{
    sweep_lab where = lab;
    sweep_result r;
    lut_err err = { 0 };
    lut_status st;
    uint64_t hash = 0;

    where.checkpoint = folder;
    where.until = until;
    where.leave = leave;
    st = sweep_run(&where, &r, t, key, digest, NULL, NULL, &err);
    if (leave && st == LUT_ESTOP)
        return 0;
    CU_ASSERT_EQUAL_FATAL(st, LUT_OK);
    hash = sweep_result_hash(&r);
    if (until && strcmp(r.row.status, "ok") != 0)
        looks_paused(&r, until);
    else
        CU_ASSERT_STRING_EQUAL(r.row.status, "ok");
    sweep_result_fini(&r);
    return hash;
}

/* Paused, left, continued, gone back to an earlier pause, started anew: the end is that of a
 * trial that was left alone, and so is every pause. */
static void test_pauses(void)
{
    static const volatile int leave = 1;
    char folder[] = "test_pauses.XXXXXX/";

    own_folder(folder);
    for (size_t i = 0; i < LUT_COUNT(variants); i++) {
        sweep_trial t;
        char key[SWEEP_KEY], digest[SWEEP_DIGEST], path[128];
        uint64_t whole, at_two, at_four;

        prepare_variant(&t, key, digest, &variants[i]);
        snprintf(path, sizeof path, "%s%s.ckpt", folder, key);
        whole = leg(folder, NULL, 0, &t, key, digest);
        at_four = leg(folder, NULL, 4, &t, key, digest);
        CU_ASSERT_EQUAL(access(path, F_OK), 0);
        CU_ASSERT_EQUAL(leg(folder, NULL, 0, &t, key, digest), whole);
        unlink(path);
        at_two = leg(folder, NULL, 2, &t, key, digest);
        CU_ASSERT_EQUAL(leg(folder, &leave, 0, &t, key, digest), 0);
        CU_ASSERT_EQUAL(leg(folder, NULL, 4, &t, key, digest), at_four);
        CU_ASSERT_EQUAL(leg(folder, NULL, 2, &t, key, digest), at_two);
        CU_ASSERT_NOT_EQUAL(at_two, at_four);
        CU_ASSERT_EQUAL(leg(folder, NULL, 4, &t, key, digest), at_four);
        CU_ASSERT_EQUAL(leg(folder, NULL, 0, &t, key, digest), whole);
        CU_ASSERT_EQUAL(leg(folder, NULL, 9, &t, key, digest), whole);
        if (leg(folder, NULL, 8, &t, key, digest) != whole) /* and not one epoch more */
            CU_ASSERT_NOT_EQUAL(leg(folder, NULL, 8, &t, key, digest), whole);
        unlink(path);
        CU_ASSERT_EQUAL(leg(folder, &leave, 0, &t, key, digest), 0); /* a first epoch */
        CU_ASSERT_EQUAL(leg(folder, NULL, 0, &t, key, digest), whole);
        unlink(path);
    }
    rmdir(folder);
}

/* What ends by itself before or at the pause has ended. */
static void test_no_pause(void)
{
    const variant patient = { "warp", "2", { "patience", "lr" }, { "2", "1e-9" } };
    sweep_trial t;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST], path[128];
    char folder[] = "test_pauses.XXXXXX/";
    uint64_t whole;
    lut_err err;
    sweep_lab nowhere = lab;
    sweep_result r;

    prepare_variant(&t, key, digest, &patient);
    own_folder(folder);
    snprintf(path, sizeof path, "%s%s.ckpt", folder, key);
    whole = leg(folder, NULL, 0, &t, key, digest); /* after three epochs */
    CU_ASSERT_EQUAL(leg(folder, NULL, 3, &t, key, digest), whole);
    CU_ASSERT_EQUAL(leg(folder, NULL, 7, &t, key, digest), whole);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    CU_ASSERT_NOT_EQUAL(leg(folder, NULL, 2, &t, key, digest), whole);
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    unlink(path);
    rmdir(folder);
    nowhere.until = 2;
    CU_ASSERT_EQUAL(sweep_run(&nowhere, &r, &t, key, digest, NULL, NULL, &err),
                    LUT_EINVAL);
    sweep_result_fini(&r);
}

UNIT_MAIN("run", UNIT(test_result), UNIT(test_hardware), UNIT(test_derive),
          UNIT(test_smallest), UNIT(test_learnt), UNIT(test_same_everywhere),
          UNIT(test_training_fields), UNIT(test_changed_data), UNIT(test_stopped),
          UNIT(test_diverged), UNIT(test_pauses), UNIT(test_no_pause))
