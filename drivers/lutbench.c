/* lutbench: how fast training is, beside what the machine could do. */
#include "drivers/cli.h"
#include "drivers/lutbench_kernels.h"
#include "lib/net/backend.h"

#include <stdlib.h>
#include <string.h>

/* What the command line says. */
static const char *networks, *threads_text = "1", *seconds_text = "20", *kernels, *csv,
                             *list, *output, *dataset, *copies_text = "1",
                             *busy_text = "0", *cache, *step, *before,
                             *tolerance_text = "1.5", *parts, *record, *alarm_file;

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
    { "compare", 0, "FILE", "an earlier CSV: ratio of each row, and their mean",
      &before },
    { "tolerance", 0, "R", "with --compare: exit 3 where slower by more; 1.5",
      &tolerance_text },
    { "parts", 0, NULL, "each kernel and layer kind by itself, on all sets", &parts },
    { "alarm", 0, "FILE", "exit 3 where a kernel is 1.5 times slower than recorded",
      &alarm_file },
    { "record", 0, "FILE", "record this CPU's kernels there for --alarm", &record },
    { "list", 0, NULL, "the networks, with the keys that luttrain takes", &list },
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

/* ---- lists of names ---- */

enum { NAME = 64 };

static const char *first_name(char name[NAME], const char *names)
{
    snprintf(name, NAME, "%.*s", (int)strcspn(names, ","), names);
    return name;
}

static const char *next_name(const char *names)
{
    names += strcspn(names, ",");
    return names + (*names == ',');
}

/* ---- measurements ---- */

/* rates: of the task's kernel set; rates->fma is 0 until they are known. */
static lut_status measure_network(bench_screen *s, const bench_task *task,
                                  bench_rates *rates, lut_err *err)
{
    bench_row row;

    fprintf(stderr, "lutbench: %s, %s\n", task->network->name, task->kernels);
    LUT_TRY(bench_run_plan(task, err));
    if (!(rates->fma > 0))
        LUT_TRY(bench_run_probe(rates, task, err));
    LUT_TRY(bench_run(&row, task, rates, err));
    return bench_screen_row(s, &row, err);
}

static lut_status measure_set(bench_screen *s, bench_task *task, lut_err *err)
{
    bench_rates rates = { .fma = 0 };

    for (const char *p = networks; *p; p = next_name(p)) {
        char name[NAME];

        task->network = bench_network_find(first_name(name, p));
        if (measure_network(s, task, &rates, err) != LUT_OK)
            return err->text[0] ? lut_err_wrap(err, "%s", name) : err->code;
    }
    return LUT_OK;
}

static lut_status measure_sets(bench_screen *s, bench_task *task, lut_err *err)
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

static int measure(bench_screen *s, bench_task *task, int argc, char **argv)
{
    char folder[256] = "";
    lut_err err = { LUT_OK, "" }, last;
    lut_status st;

    bench_catch_signals();
    st = bench_screen_open(s, argc, argv, &err);
    if (st == LUT_OK && !cache) {
        st = bench_folder_make(folder, &err);
        task->cache = folder;
    }
    if (st == LUT_OK)
        st = measure_sets(s, task, &err);
    if (folder[0])
        bench_folder_remove(folder);
    if (bench_screen_close(s, &last) != LUT_OK)
        return cli_fail(st == LUT_OK ? &last : &err);
    if (st == LUT_OK)
        return cli_printed(s->code);
    return err.text[0] ? cli_fail(&err) : cli_exit_code(st);
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
    for (const bench_network *b = bench_networks; b->name; b++) {
        char keys[BENCH_KEYS_TEXT];

        bench_network_keys(keys, b);
        printf("%-26s %s\n", b->name, keys);
    }
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

/* An empty list names a network without a name. */
static bool known_networks(void)
{
    const char *p = networks;

    do {
        char name[NAME];

        if (!bench_network_find(first_name(name, p))) {
            cli_complain(CLI_USAGE, "--network=%s: no such network; try --list", name);
            return false;
        }
        p = next_name(p);
    } while (*p);
    return true;
}

static bool read_real(double *out, const char *option, const char *text, double lo,
                      double hi)
{
    char *end;

    *out = strtod(text, &end);
    if (end != text && !*end && *out >= lo && *out <= hi)
        return true;
    cli_complain(CLI_USAGE, "--%s=%s: want a number from %g to %g", option, text, lo,
                 hi);
    return false;
}

static bool read_numbers(bench_task *task, bench_screen *screen)
{
    long threads, copies, busy;

    if (!cli_number(&threads, "threads", threads_text, 1, 256) ||
        !cli_number(&copies, "copies", copies_text, 1, 256) ||
        !cli_number(&busy, "busy", busy_text, 0, 256) ||
        !read_real(&task->seconds, "seconds", seconds_text, 0.01, 3600) ||
        !read_real(&screen->tolerance, "tolerance", tolerance_text, 1, 1000))
        return false;
    task->threads = (unsigned)threads;
    task->copies = (unsigned)copies;
    task->busy = (unsigned)busy;
    return true;
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
    bench_screen screen = { .code = CLI_OK };
    int first, code;

    cli_start("lutbench", LUT_WARN);
    code = cli_parse(&program, argc, argv, &first);
    if (code >= 0)
        return code;
    if (list)
        return print_list();
    if (parts)
        return bench_print_parts(csv != NULL);
    if (record)
        return bench_record_ratios(record);
    if (alarm_file)
        return bench_alarm(alarm_file);
    if (argc - first > BENCH_KEYS / 2)
        return cli_complain(CLI_USAGE, "more than %d keys", BENCH_KEYS / 2);
    read_keys(&task, given, argc - first, argv + first);
    task.cache = cache;
    if (!networks && !step)
        networks = all_networks();
    if ((networks && !known_networks()) || !read_numbers(&task, &screen) ||
        !read_kernels(&task))
        return CLI_USAGE;
    screen.csv = csv != NULL;
    screen.path = output;
    screen.compare = before;
    return step ? one_step(&task) : measure(&screen, &task, argc, argv);
}
