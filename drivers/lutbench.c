/* lutbench: how fast training is, beside what the machine could do. */
#include "config.h"
#include "drivers/cli.h"
#include "drivers/lutbench.h"
#include "lib/net/backend.h"
#include "sweep/replace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the command line says. */
static const char *networks, *threads_text = "1", *seconds_text = "20", *kernels, *csv,
                             *list, *output, *dataset, *copies_text = "1",
                             *busy_text = "0", *cache, *step;

static const cli_option options[] = {
    { "network", 0, "NAME,...", "networks of --list; default: all", &networks },
    { "threads", 't', "T", "threads of a training, 1..256; 1", &threads_text },
    { "seconds", 0, "S", "measured of each network, 0.01..3600; 20", &seconds_text },
    { "kernels", 0, "NAME", "scalar, avx2, avx512 or all; the best of this machine",
      &kernels },
    { "copies", 0, "N", "trainings at once, as in a sweep; 1", &copies_text },
    { "busy", 0, "N", "foreign processes that only spin beside them; 0", &busy_text },
    { "dataset", 0, "NAME", "another data set than fashion-mnist", &dataset },
    { "csv", 0, NULL, "a header and a row per measurement", &csv },
    { "output-file", 'o', "FILE", "the same into a file, with its origin", &output },
    { "list", 0, NULL, "names of the networks", &list },
    { "cache", 0, "FOLDER", "keep encoded data there", &cache },
    { "step", 0, "STEP", "only plan, measure or probe, in this process, by --cache",
      &step },
};

static const cli_program program = {
    .name = "lutbench",
    .usage = "[KEY=VALUE ...]",
    .purpose = "Measure how fast networks train on this machine.",
    .option = options,
    .noptions = LUT_COUNT(options),
    .examples = "  lutbench --network light6-2x4000,dwn-2000-1000 --csv >now.csv\n"
                "  lutbench --network dwn-2000-1000 --copies 2 --seconds 5\n"
                "  lutbench --network light2-2x4000 width=8000 batch=256\n",
    .more = "KEY=VALUE replaces a key of the network (lutsweep --keys).\n"
            "Environment: LUTSWEEP_DATA, folders of data sets; LUT_KERNELS; TMPDIR.\n"
            "docs/performance.md says how it measures and what the columns mean.\n",
};

/* ---- output ---- */

typedef struct screen {
    FILE *file; /* of -o; NULL: none */
    sweep_replace replace;
    size_t rows;
    int code; /* CLI_FAILED once a row was not sound */
} screen;

static void print_head(void)
{
    printf("%-26s %7s %-7s %11s %10s %6s %-10s %8s %6s %6s %15s %7s\n", "network",
           "threads", "kernels", "samples/s", "ns/sample", "bound", "by", "memory",
           "rows", "epochs", "loss", "foreign");
}

static void print_row(const bench_row *r)
{
    char memory[24], loss[40];

    snprintf(memory, sizeof memory, "%.1f MB", r->peak_memory / 1e6);
    snprintf(loss, sizeof loss, "%.4f > %.4f", r->loss_first, r->loss_last);
    printf("%-26s %7.0f %-7s %11.0f %10.0f %5.1f%% %-10s %8s %6.0f %6.0f %15s %7.2f\n",
           r->network, r->threads, r->kernels, r->train_samples_per_second,
           r->ns_per_sample, 100 * r->bound_fraction, r->bound_by, memory, r->rows,
           r->epochs, loss, r->foreign_share);
}

static void put_row(screen *s, const bench_row *r)
{
    if (!s->rows++) {
        csv ? bench_csv_head(stdout) : print_head();
        if (s->file)
            bench_csv_head(s->file);
    }
    csv ? bench_csv_row(stdout, r) : print_row(r);
    fflush(stdout);
    if (s->file)
        bench_csv_row(s->file, r);
    if (!(r->loss_last < r->loss_first))
        s->code =
            cli_complain(CLI_FAILED,
                         "%s: the loss did not fall: %.4f in the first epoch, %.4f "
                         "in the last one",
                         r->network, r->loss_first, r->loss_last);
}

static lut_status open_output(screen *s, int argc, char **argv, lut_err *err)
{
    if (!output)
        return LUT_OK;
    LUT_TRY(sweep_replace_begin(&s->replace, output, err));
    s->file = fopen(s->replace.temp, "w");
    if (!s->file)
        return lut_fail(err, LUT_EIO, "%s: cannot be written", output);
    fprintf(s->file, "# lutbench %s (%s)\n# command: lutbench", PACKAGE_VERSION,
            LUT_REVISION);
    for (int i = 1; i < argc; i++)
        fprintf(s->file, " %s", argv[i]);
    fputc('\n', s->file);
    return LUT_OK;
}

static lut_status close_output(screen *s, bool keep, lut_err *err)
{
    lut_status st = LUT_OK;
    bool good = true;

    if (s->file)
        good = fflush(s->file) == 0 && !ferror(s->file);
    if (s->file)
        good = fclose(s->file) == 0 && good;
    if (!good)
        st = lut_fail(err, LUT_EIO, "%s: cannot be written", output);
    else if (keep && s->file)
        st = sweep_replace_commit(&s->replace, err);
    sweep_replace_abort(&s->replace);
    return st;
}

/* ---- measurements ---- */

static lut_status measure_set(screen *s, bench_task *task, lut_err *err)
{
    char name[64];
    bench_rates rates;

    fprintf(stderr, "lutbench: probe of %s\n", task->kernels);
    LUT_TRY(bench_run_probe(&rates, task, err));
    for (const char *p = networks; p && *p; p += strcspn(p, ","), p += *p == ',') {
        bench_row row;

        snprintf(name, sizeof name, "%.*s", (int)strcspn(p, ","), p);
        task->network = bench_network_find(name);
        fprintf(stderr, "lutbench: %s, %s\n", name, task->kernels);
        if (bench_run(&row, task, &rates, err) != LUT_OK)
            return err->text[0] ? lut_err_wrap(err, "%s", name) : err->code;
        put_row(s, &row);
    }
    return LUT_OK;
}

static lut_status measure_sets(screen *s, bench_task *task, lut_err *err)
{
    const lut_backend *const *b = lut_backends();

    if (!kernels || strcmp(kernels, "all") != 0)
        return measure_set(s, task, err);
    for (; *b; b++) {
        task->kernels = (*b)->name;
        LUT_TRY(measure_set(s, task, err));
    }
    return LUT_OK;
}

static int measure(bench_task *task, int argc, char **argv)
{
    char folder[256] = "";
    screen s = { .code = CLI_OK };
    lut_err err, last;
    lut_status st;

    bench_catch_signals();
    st = open_output(&s, argc, argv, &err);
    if (st == LUT_OK && !cache) {
        st = bench_folder_make(folder, &err);
        task->cache = folder;
    }
    if (st == LUT_OK)
        st = measure_sets(&s, task, &err);
    if (folder[0] && !cache)
        bench_folder_remove(folder);
    if (close_output(&s, s.rows > 0, &last) != LUT_OK && st == LUT_OK) {
        err = last;
        st = err.code;
    }
    if (st == LUT_OK)
        return cli_printed(s.code);
    return err.text[0] ? cli_fail(&err) : cli_exit_code(err.code);
}

/* ---- steps ---- */

static int print_probe(const bench_task *task, lut_err *err)
{
    bench_rates r;
    bench_row row;

    if (bench_probe(&r, task->kernels, task->threads, err) != LUT_OK)
        return cli_fail(err);
    bench_row_init(&row);
    row.probe_fma = r.fma;
    row.probe_l1 = r.l1;
    row.probe_l2 = r.l2;
    row.probe_l3 = r.l3;
    row.probe_memory = r.memory;
    bench_csv_head(stdout);
    bench_csv_row(stdout, &row);
    return cli_printed(CLI_OK);
}

static int print_measure(const bench_task *task, lut_err *err)
{
    bench_row row;

    if (bench_measure(&row, task, err) != LUT_OK) {
        lut_err_wrap(err, "%s", task->network->name);
        return cli_fail(err);
    }
    bench_csv_head(stdout);
    bench_csv_row(stdout, &row);
    return cli_printed(CLI_OK);
}

static int make_plan(const bench_task *task, lut_err *err)
{
    if (bench_plan(task, err) == LUT_OK)
        return CLI_OK;
    lut_err_wrap(err, "%s", task->network->name);
    return cli_fail(err);
}

static int one_step(bench_task *task)
{
    static const struct {
        const char *name;
        int (*run)(const bench_task *, lut_err *);
    } steps[] = { { "plan", make_plan },
                  { "measure", print_measure },
                  { "probe", print_probe } };
    lut_err err;

    task->wait = task->copies > 1;
    task->network = networks ? bench_network_find(networks) : NULL;
    for (size_t i = 0; i < LUT_COUNT(steps); i++) {
        if (strcmp(step, steps[i].name) != 0)
            continue;
        if (steps[i].run != print_probe && (!task->network || !cache))
            return cli_complain(CLI_USAGE, "--step=%s: needs one --network and --cache",
                                step);
        return steps[i].run(task, &err);
    }
    return cli_complain(CLI_USAGE, "--step=%s: want plan, measure or probe", step);
}

/* ---- command line ---- */

static int print_list(void)
{
    for (const bench_network *b = bench_networks; b->name; b++)
        printf("%-26s %s\n", b->name, b->doc);
    return cli_printed(CLI_OK);
}

/* All names joined; storage of the program. */
static const char *all_networks(void)
{
    static char text[1024];

    for (const bench_network *b = bench_networks; b->name; b++) {
        size_t used = strlen(text);

        snprintf(text + used, sizeof text - used, "%s%s", used ? "," : "", b->name);
    }
    return text;
}

static bool known_networks(void)
{
    for (const char *p = networks; *p; p += strcspn(p, ","), p += *p == ',') {
        char name[64];

        snprintf(name, sizeof name, "%.*s", (int)strcspn(p, ","), p);
        if (!bench_network_find(name)) {
            cli_complain(CLI_USAGE, "--network=%s: no such network; try --list", name);
            return false;
        }
    }
    return true;
}

static bool read_numbers(bench_task *task)
{
    long threads, copies, busy;
    char *end;

    if (!cli_number(&threads, "threads", threads_text, 1, 256) ||
        !cli_number(&copies, "copies", copies_text, 1, 256) ||
        !cli_number(&busy, "busy", busy_text, 0, 256))
        return false;
    task->threads = (unsigned)threads;
    task->copies = (unsigned)copies;
    task->busy = (unsigned)busy;
    task->seconds = strtod(seconds_text, &end);
    if (end != seconds_text && !*end && task->seconds >= 0.01 && task->seconds <= 3600)
        return true;
    cli_complain(CLI_USAGE, "--seconds=%s: want a number from 0.01 to 3600",
                 seconds_text);
    return false;
}

static bool read_kernels(bench_task *task)
{
    const char *name = kernels ? kernels : getenv("LUT_KERNELS");
    bool all = name && strcmp(name, "all") == 0;
    const lut_backend *b = lut_backend_find(all ? NULL : name);

    if (b) {
        task->kernels = b->name;
        return true;
    }
    cli_complain(CLI_USAGE,
                 "--kernels=%s: not in this build or not of this machine, want scalar, "
                 "avx2, avx512 or all",
                 name);
    return false;
}

/* Operands and --dataset as keys; storage of the program. */
static void read_keys(bench_task *task, const char **given, int argc, char **argv)
{
    static char set[256];

    task->given = given;
    for (int i = 0; i < argc; i++)
        given[task->ngiven++] = argv[i];
    if (!dataset)
        return;
    snprintf(set, sizeof set, "dataset=%s", dataset);
    given[task->ngiven++] = set;
}

int main(int argc, char **argv)
{
    const char *given[BENCH_KEYS];
    bench_task task = { .cache = NULL };
    int first, code;

    cli_start("lutbench", LUT_WARN);
    code = cli_parse(&program, argc, argv, &first);
    if (code >= 0)
        return code;
    if (list)
        return print_list();
    if (argc - first > BENCH_KEYS / 2)
        return cli_complain(CLI_USAGE, "more than %d keys", BENCH_KEYS / 2);
    read_keys(&task, given, argc - first, argv + first);
    task.cache = cache;
    if (!networks && !step)
        networks = all_networks();
    if ((networks && !known_networks()) || !read_numbers(&task) || !read_kernels(&task))
        return CLI_USAGE;
    return step ? one_step(&task) : measure(&task, argc, argv);
}
