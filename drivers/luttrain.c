/* luttrain: one trial, no MPI, a line an epoch. */
#include "drivers/cli.h"
#include "drivers/folders.h"
#include "sweep/checkpoint.h"
#include "sweep/facts.h"
#include "sweep/replace.h"
#include "sweep/run.h"
#include "sweep/space.h"
#include "sweep/store.h"
#include "sweep/record.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What the command line says. */
static const char *output, *from, *wanted, *checkpoint, *every_text,
    *threads_text = "1";

static const cli_option options[] = {
    { "output-file", 'o', "FILE", "write a results file with this trial", &output },
    { "from", 0, "FILE", "train a stored trial again; with --key", &from },
    { "key", 0, "KEY", "which trial, of --from or of a CONFIG with several", &wanted },
    { "checkpoint", 0, "FILE",
      "go on from FILE; written while training and on SIGINT or SIGUSR1", &checkpoint },
    { "checkpoint-every", 0, "N", "epochs from one checkpoint to the next; 1",
      &every_text },
    { "threads", 't', "T", "threads, 1..256; results don't depend on it",
      &threads_text },
};

static const cli_program program = {
    .name = "luttrain",
    .usage = "CONFIG [KEY=VALUE ...]",
    .purpose = "Train one trial and print a line an epoch.",
    .option = options,
    .noptions = LUT_COUNT(options),
    .examples =
        "  luttrain configs/smoke.cfg parametrization=warp lut_rank=4 width=200 tau=5\n"
        "  lutreport quickstart.h5 --by key --best 1     # the KEY of a stored trial\n"
        "  luttrain --from quickstart.h5 --key KEY\n",
    .more =
        "Environment: LUTSWEEP_DATA, folders of data sets; LUT_KERNELS, scalar, avx2 "
        "or avx512.\nKeys: lutsweep --keys.\n",
};

/* A trial and what its key was made of. */
typedef struct task {
    sweep_trial trial;
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    bool stored; /* expected holds what the file has */
    sweep_result expected;
    const char *folder[SWEEP_FOLDERS];
    char data_path[512];
    char *config; /* text of the configuration; owned */
    char name[64];
} task;

static void print_problem(void *arg, const char *line)
{
    (void)arg;
    fprintf(stderr, "luttrain: %s\n", line);
}

static lut_status choose(task *t, const sweep_space *space, lut_err *err)
{
    size_t i = 0;

    if (!wanted && space->n != 1)
        return lut_fail(err, LUT_EINVAL,
                        "the configuration has %zu trials: narrow it down "
                        "by KEY=VALUE, or give --key (lutsweep --dry-run lists them)",
                        space->n);
    while (wanted && i < space->n && strcmp(space->point[i].key, wanted) != 0)
        i++;
    if (i == space->n)
        return lut_fail(err, LUT_ENOENT, "--key=%s: none of the %zu trials", wanted,
                        space->n);
    memcpy(t->key, space->point[i].key, SWEEP_KEY);
    return sweep_space_trial(space, &t->trial, i, sweep_facts_load, (void *)t->folder,
                             err);
}

static lut_status load_space(task *t, sweep_spec **spec, sweep_space *space,
                             const char *path, const char *const *override, size_t n,
                             lut_err *err)
{
    sweep_spec_data_path(t->data_path, t->config, override, n);
    folders_of(t->folder, t->data_path);
    LUT_TRY(sweep_space_load(spec, space, path, t->config, override, n,
                             sweep_facts_load, (void *)t->folder, print_problem, NULL,
                             err));
    snprintf(t->name, sizeof t->name, "%s", (*spec)->name);
    return choose(t, space, err);
}

static lut_status task_from_config(task *t, int argc, char **argv, lut_err *err)
{
    sweep_spec *spec = NULL;
    sweep_space space = { 0 };
    lut_status st;

    if (argc < 1)
        return lut_fail(err, LUT_EINVAL, "which configuration? try --help");
    LUT_TRY(cli_read_text(&t->config, argv[0], err));
    st = load_space(t, &spec, &space, argv[0], (const char *const *)argv + 1,
                    (size_t)argc - 1, err);
    if (st == LUT_OK) {
        free(t->config);
        t->config = strdup(spec->text);
        if (!t->config)
            st = lut_fail(err, LUT_ENOMEM, "no memory for the configuration");
    }
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
    return st;
}

static lut_status find_stored(task *t, sweep_store *s, lut_err *err)
{
    for (size_t i = 0; i < sweep_store_rows(s); i++) {
        LUT_TRY(sweep_store_get(s, i, &t->expected, err));
        if (strcmp(t->expected.row.key, wanted) == 0) {
            t->stored = true;
            return LUT_OK;
        }
        sweep_result_fini(&t->expected);
    }
    return lut_fail(err, LUT_ENOENT, "%s: no trial %s", from, wanted);
}

static lut_status task_from_store(task *t, lut_err *err)
{
    sweep_store *s;
    lut_status st;

    if (!wanted)
        return lut_fail(err, LUT_EINVAL,
                        "--from needs --key=KEY (lutreport --by key lists them)");
    folders_of(t->folder, NULL);
    LUT_TRY(sweep_store_open(&s, from, err));
    st = find_stored(t, s, err);
    if (st == LUT_OK && !(t->config = strdup(sweep_store_config(s))))
        st = lut_fail(err, LUT_ENOMEM, "no memory for the configuration");
    if (st == LUT_OK) {
        snprintf(t->name, sizeof t->name, "%s", sweep_store_name(s));
        t->trial = t->expected.row.trial;
        memcpy(t->key, t->expected.row.key, SWEEP_KEY);
    }
    sweep_store_close(s);
    return st;
}

/* The key says which data the trial was trained on. */
static lut_status check_data(task *t, lut_err *err)
{
    sweep_data_facts facts;
    char key[SWEEP_KEY];

    LUT_TRY(sweep_facts_load((void *)t->folder, &facts, t->trial.dataset,
                             t->trial.options, err));
    sweep_trial_key(key, &t->trial, facts.digest);
    if (strcmp(key, t->key) != 0)
        return lut_fail(err, LUT_EFORMAT,
                        "data set %s here is not the one that trial %s "
                        "was trained on (digest %s)",
                        t->trial.dataset, t->key, facts.digest);
    memcpy(t->digest, facts.digest, SWEEP_DIGEST);
    return LUT_OK;
}

/* "-" for what there is not, as validation figures without validation rows. */
static const char *figure(char buf[24], int digits, double v)
{
    if (isnan(v))
        return "-";
    snprintf(buf, 24, "%.*f", digits, v);
    return buf;
}

static int print_epoch(void *arg, const sweep_epoch *e, const sweep_row *row)
{
    char loss[24], soft[24], hard[24];

    (void)arg;
    (void)row;
    if (e->epoch == 1)
        printf("%6s %9s %11s %10s %11s %10s %10s\n", "epoch", "lr", "train_loss",
               "train_%", "valid_loss", "soft_%", "valid_%");
    printf("%6u %9.3g %11.4f %10.2f %11s %10s %10s\n", e->epoch, e->lr, e->train_loss,
           e->train_accuracy, figure(loss, 4, e->valid_loss),
           figure(soft, 2, e->valid_accuracy_soft), figure(hard, 2, e->valid_accuracy));
    fflush(stdout);
    return 0;
}

/* Where a gap comes from. */
static void print_differences(const sweep_result *r, const double *differ)
{
    if (!r->has_network)
        return;
    printf("bits that differ, soft rounded against discrete, by layer:");
    for (uint32_t l = 0; l < r->circuit.nlayers; l++)
        printf(" %.2f %%", 100 * differ[l]);
    printf(" (test rows, at most %d)\n", SWEEP_DIFFER_ROWS);
}

static void print_summary(const sweep_result *r, const double *differ)
{
    const sweep_row *row = &r->row;
    char valid[24];

    printf("\n%s %s: %s rank %u, %s, tau %g, seed %u: %s\n", row->key,
           row->trial.dataset, row->trial.parametrization, row->trial.lut_rank,
           row->trial.layers, row->trial.tau, row->trial.seed, row->status);
    printf("%s epoch %.0f of %.0f; %.0f LUTs, %.0f trainable values\n",
           strcmp(row->status, "ok") == 0 && isnan(row->valid_accuracy)
               ? "no validation rows: last"
               : "best",
           row->best_epoch, row->epochs_run, row->luts, row->parameters);
    printf("discrete network: train %.2f %%, valid %s %%, test %.2f %%; soft test "
           "%.2f %%, "
           "gap %.2f\n",
           row->train_accuracy, figure(valid, 2, row->valid_accuracy),
           row->test_accuracy, row->test_accuracy_soft, row->discretization_gap);
    print_differences(r, differ);
    printf("%.2f s, %.0f samples/s (%s, %.0f threads)\n", r->timing.train_seconds,
           r->timing.train_samples_per_second, r->timing.kernels, r->timing.threads);
}

static lut_status give(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    unsigned char *bytes;
    size_t n;
    lut_status st;

    (void)i;
    LUT_TRY(sweep_record_pack(&bytes, &n, arg, err));
    st = sweep_record_unpack(out, bytes, n, err);
    free(bytes);
    return st;
}

static lut_status save(const task *t, sweep_result *r, lut_err *err)
{
    sweep_store_input in = { .name = t->name,
                             .config = t->config,
                             .n = 1,
                             .get = give,
                             .arg = r,
                             .keep = "all" };

    return sweep_store_write(output, &in, err);
}

/* Before the training: a file that holds anything but this trial is not overwritten, and
 * there is a place to write. */
static lut_status check_output(const task *t, lut_err *err)
{
    sweep_replace probe = { 0 };
    sweep_store *s;
    size_t n;
    bool other = true;
    lut_status st = sweep_store_open(&s, output, err);

    if (st != LUT_OK && st != LUT_ENOENT)
        return st;
    if (st == LUT_OK) {
        const sweep_column *c = sweep_store_columns(s, &n);

        for (size_t i = 0; i < n && sweep_store_rows(s) == 1; i++)
            other &= !c[i].is_text || strcmp(c[i].name, "key") ||
                     strcmp(c[i].text[0], t->key);
        sweep_store_close(s);
        if (other)
            return lut_fail(err, LUT_EBUSY,
                            "%s: holds other trials, which would be lost: "
                            "choose another file with -o",
                            output);
    }
    st = sweep_replace_begin(&probe, output, err);
    sweep_replace_abort(&probe);
    return st;
}

/* The same for the checkpoint.  A name that ends in "/" is a sweep's folder of them. */
static lut_status check_checkpoint(lut_err *err)
{
    const size_t n = strlen(checkpoint);
    sweep_replace probe = { 0 };
    struct stat info;
    lut_status st;

    if (n == 0 || checkpoint[n - 1] == '/' ||
        (stat(checkpoint, &info) == 0 && S_ISDIR(info.st_mode)))
        return lut_fail(err, LUT_EINVAL,
                        "--checkpoint=%s: is a folder, want the name of a file",
                        checkpoint);
    st = sweep_replace_begin(&probe, checkpoint, err);
    sweep_replace_abort(&probe);
    return st;
}

/* A file that keeps no network of a trial keeps no log of it either. */
static uint64_t hash_as_kept(const task *t, const sweep_result *r)
{
    sweep_result kept = *r;

    kept.has_network &= t->expected.has_network;
    if (!t->expected.has_network)
        kept.log = NULL;
    return sweep_result_hash(&kept);
}

static int compare(const task *t, const sweep_result *r)
{
    if (!t->stored)
        return CLI_OK;
    if (hash_as_kept(t, r) == sweep_result_hash(&t->expected)) {
        printf("agrees with %s, bit for bit\n", from);
        return CLI_OK;
    }
    printf("differs from %s: test accuracy there %.2f %%\n", from,
           t->expected.row.test_accuracy);
    return CLI_FAILED;
}

static volatile int leave;

static void on_leave(int number)
{
    (void)number;
    leave = 1;
}

/* Where there is nothing to go on from, and the second time, they end the program at once. */
static void catch_signals(void)
{
    const struct sigaction s = { .sa_handler = on_leave,
                                 .sa_flags = SA_RESTART | (int)SA_RESETHAND };

    if (!checkpoint)
        return;
    sigaction(SIGINT, &s, NULL);
    sigaction(SIGUSR1, &s, NULL);
}

static int say_left(const lut_err *err)
{
    if (err->code != LUT_ESTOP)
        return cli_fail(err);
    return cli_complain(CLI_AGAIN, "%s; the same command goes on from %s", err->text,
                        checkpoint);
}

static int train(task *t, unsigned threads, uint32_t every)
{
    double differ[LUT_MAX_LAYERS] = { 0 };
    sweep_lab lab = { .kernels = getenv("LUT_KERNELS"),
                      .exec = { .threads = threads },
                      .checkpoint = checkpoint,
                      .checkpoint_every = every,
                      .differ = differ,
                      .leave = &leave };
    sweep_result r;
    lut_err err;
    int code;

    memcpy(lab.folder, t->folder, sizeof lab.folder);
    if (check_data(t, &err) != LUT_OK || (output && check_output(t, &err) != LUT_OK) ||
        (checkpoint && check_checkpoint(&err) != LUT_OK))
        return cli_fail(&err);
    catch_signals();
    if (sweep_run(&lab, &r, &t->trial, t->key, t->digest, print_epoch, NULL, &err) !=
        LUT_OK)
        return say_left(&err);
    print_summary(&r, differ);
    code = compare(t, &r);
    if (output && save(t, &r, &err) != LUT_OK) {
        code = cli_fail(&err); /* with room again, the checkpoint saves the work */
    } else {
        sweep_checkpoint_remove(&lab, t->key);
        if (output)
            printf("wrote %s\n", output);
    }
    sweep_result_fini(&r);
    return code;
}

int main(int argc, char **argv)
{
    task t = { 0 };
    lut_err err;
    lut_status st;
    long threads, every = 1;
    int first, code;

    cli_start("luttrain", LUT_WARN);
    code = cli_parse(&program, argc, argv, &first);
    if (code >= 0)
        return code;
    if (!cli_number(&threads, "threads", threads_text, 1, 256))
        return CLI_USAGE;
    if (every_text && !cli_number(&every, "checkpoint-every", every_text, 1, 1000000))
        return CLI_USAGE;
    if (every_text && !checkpoint) {
        fprintf(stderr, "luttrain: --checkpoint-every needs --checkpoint=FILE\n");
        return CLI_USAGE;
    }
    sweep_result_init(&t.expected);
    st = from ? task_from_store(&t, &err)
              : task_from_config(&t, argc - first, argv + first, &err);
    code =
        st == LUT_OK ? train(&t, (unsigned)threads, (uint32_t)every) : cli_fail(&err);
    sweep_result_fini(&t.expected);
    free(t.config);
    return code;
}
