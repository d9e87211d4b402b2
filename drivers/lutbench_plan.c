/* Before a measurement: which trial it is, its data encoded, how many rows and epochs fit. */
#include "drivers/folders.h"
#include "drivers/lutbench.h"
#include "sweep/encoded.h"
#include "sweep/facts.h"
#include "sweep/replace.h"
#include "sweep/run.h"
#include "sweep/space.h"

#include <stdlib.h>
#include <string.h>

/* ---- the file ---- */

static void plan_path(char path[1024], const char *folder)
{
    snprintf(path, 1024, "%s/plan", folder);
}

lut_status bench_plan_write(const char *folder, const sweep_trial *t,
                            const char *digest, lut_err *err)
{
    char path[1024], *text = sweep_trial_text(t), *all = NULL;
    size_t n = text ? strlen(text) + SWEEP_DIGEST + 2 : 0;
    lut_status st;

    plan_path(path, folder);
    all = malloc(n + 1);
    if (!text || !all) {
        st = lut_fail(err, LUT_ENOMEM, "no memory for the plan");
    } else {
        snprintf(all, n, "%s\n%s", digest, text);
        st = sweep_replace_bytes(path, all, strlen(all), err);
    }
    free(text);
    free(all);
    return st;
}

lut_status bench_plan_read(const char *folder, sweep_trial *t,
                           char digest[SWEEP_DIGEST], lut_err *err)
{
    char path[1024], text[16384];
    size_t n;
    FILE *f;

    plan_path(path, folder);
    f = fopen(path, "r");
    if (!f)
        return lut_fail(err, LUT_ENOENT, "%s: cannot be read: first --step=plan", path);
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    if (n < SWEEP_DIGEST || text[SWEEP_DIGEST - 1] != '\n')
        return lut_fail(err, LUT_EFORMAT, "%s: is no plan", path);
    memcpy(digest, text, SWEEP_DIGEST - 1);
    digest[SWEEP_DIGEST - 1] = 0;
    return sweep_trial_parse(t, text + SWEEP_DIGEST, err);
}

/* ---- the trial ---- */

typedef struct plan {
    const bench_task *task;
    const char *folder[SWEEP_FOLDERS];
    char data_path[512], problem[LUT_ERR_TEXT];
    sweep_data_facts facts;
    sweep_trial trial;
} plan;

/* The first one is the cause, mostly. */
static void keep_problem(void *arg, const char *line)
{
    plan *p = arg;

    if (!p->problem[0])
        snprintf(p->problem, sizeof p->problem, "%s", line);
}

static lut_status one_trial(plan *p, const bench_keys *keys, lut_err *err)
{
    sweep_spec *spec = NULL;
    sweep_space space = { 0 };
    lut_status st = sweep_space_load(
        &spec, &space, p->task->network->name, "name = \"lutbench\";", keys->key,
        keys->n, sweep_facts_load, (void *)p->folder, keep_problem, p, err);

    if (st != LUT_OK && p->problem[0])
        return lut_fail(err, st, "%s", p->problem);
    LUT_TRY(st);
    st = space.n == 1 ? sweep_space_trial(&space, &p->trial, 0, sweep_facts_load,
                                          (void *)p->folder, err)
                      : lut_fail(err, LUT_EINVAL,
                                 "%zu trials: want one value of each key", space.n);
    if (st == LUT_OK)
        p->facts = space.known[0].facts;
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
    return st;
}

static lut_status resolve(plan *p, lut_err *err)
{
    bench_keys keys;
    const bench_task *task = p->task;

    LUT_TRY(bench_keys_make(&keys, task->network, task->given, task->ngiven, err));
    sweep_spec_data_path(p->data_path, "", keys.key, keys.n);
    folders_of(p->folder, p->data_path);
    return one_trial(p, &keys, err);
}

/* ---- how much fits ---- */

/* Time at the ends of epochs: of the process, or what threads leave of it. */
typedef struct epoch_ends {
    bool wall;
    double at[3];
    uint32_t n;
} epoch_ends;

static int note_epoch_end(void *arg, const sweep_epoch *e, const sweep_row *row)
{
    epoch_ends *t = arg;

    (void)e;
    (void)row;
    if (t->n < LUT_COUNT(t->at))
        t->at[t->n++] = t->wall ? bench_wall_seconds() : bench_cpu_seconds();
    return 0;
}

/* Seconds of a sample, by two epochs over so many rows. */
static lut_status try_rows(double *seconds, const plan *p, uint32_t rows, lut_err *err)
{
    sweep_lab lab = { .kernels = p->task->kernels, .exec = { p->task->threads } };
    sweep_trial t = p->trial;
    char key[SWEEP_KEY] = "";
    epoch_ends ends = { .wall = p->task->threads > 1 };
    sweep_result r;

    memcpy(lab.folder, p->folder, sizeof lab.folder);
    t.train_limit = rows;
    t.epochs = 2;
    LUT_TRY(sweep_run(&lab, &r, &t, key, p->facts.digest, note_epoch_end, &ends, err));
    sweep_result_fini(&r);
    if (ends.n < 2)
        return lut_fail(err, LUT_EINVAL, "the training diverged at once");
    *seconds = (ends.at[1] - ends.at[0]) / rows;
    return LUT_OK;
}

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Few batches first, as there are networks that take minutes for all rows; more where that
 * was too short to tell anything. */
static lut_status estimate(double *seconds, const plan *p, uint32_t most, lut_err *err)
{
    enum { FEW = 4, MORE = 64 };
    const double telling = 0.05;
    uint32_t rows = at_most(FEW * p->trial.batch, most);

    LUT_TRY(try_rows(seconds, p, rows, err));
    if (*seconds * rows > telling || rows == most)
        return LUT_OK;
    return try_rows(seconds, p, at_most(MORE * p->trial.batch, most), err);
}

/* Whole batches, at least one: rows of which `epochs` fit the time. */
static uint32_t fitting(const plan *p, double seconds, uint32_t most, unsigned epochs)
{
    double rows = p->task->seconds / epochs / seconds;
    uint32_t batch = at_most(p->trial.batch, most);

    if (rows >= most)
        return most;
    return rows < 2.0 * batch ? at_most(2 * batch, most)
                              : (uint32_t)(rows / batch) * batch;
}

static bool says(const bench_task *task, const char *key)
{
    size_t n = strlen(key);

    for (size_t i = 0; i < task->ngiven; i++)
        if (strncmp(task->given[i], key, n) == 0 && task->given[i][n] == '=')
            return true;
    return false;
}

/* Epochs of so many rows that fit the time, and the warm-up. */
static uint32_t fitting_epochs(const plan *p, double seconds, uint32_t rows)
{
    enum { FEWEST = 2, MOST = 100000 };
    double epochs = p->task->seconds / (seconds * rows);

    return 1 + (epochs < FEWEST ? FEWEST : epochs > MOST ? MOST : (uint32_t)epochs);
}

/* Rows and epochs that the command line fixes stay as they are: so others can be asked to
 * train the same. */
static lut_status size(plan *p, lut_err *err)
{
    enum { FEWEST_EPOCHS = 3 };
    sweep_trial *t = &p->trial;
    bool fixed_rows = says(p->task, "train_limit"), fixed = says(p->task, "epochs");
    uint32_t all = (uint32_t)p->facts.samples, most = all, rows;
    double seconds;

    if (t->train_limit)
        most = at_most(most, t->train_limit);
    if (!fixed_rows && p->task->network->rows)
        most = at_most(most, p->task->network->rows);
    if (fixed_rows && fixed)
        return LUT_OK;
    LUT_TRY(estimate(&seconds, p, most, err));
    rows = fixed_rows ? most : fitting(p, seconds, most, FEWEST_EPOCHS);
    if (!fixed_rows)
        t->train_limit = rows == all ? 0 : rows;
    if (!fixed)
        t->epochs = fitting_epochs(p, seconds, rows);
    return LUT_OK;
}

lut_status bench_plan(const bench_task *task, lut_err *err)
{
    plan p = { .task = task };
    sweep_lab lab = { .cache = task->cache, .kernels = task->kernels, .exec = { 1 } };
    sweep_encoded data;

    LUT_TRY(resolve(&p, err));
    if (p.trial.validation > 0)
        return lut_fail(err, LUT_EINVAL,
                        "validation = %g: want 0, nothing but training is measured",
                        p.trial.validation);
    LUT_TRY(size(&p, err));
    if (p.trial.epochs < 2)
        return lut_fail(err, LUT_EINVAL,
                        "epochs = %u: want 2 at least, the first is "
                        "the warm-up",
                        p.trial.epochs);
    memcpy(lab.folder, p.folder, sizeof lab.folder);
    LUT_TRY(sweep_encoded_open(&data, &lab, &p.trial, p.facts.digest, err));
    sweep_encoded_close(&data);
    return bench_plan_write(task->cache, &p.trial, p.facts.digest, err);
}
