/* lutsweep: run a sweep, alone or under mpirun, and look after its state. */
#include "drivers/lutsweep.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static lutsweep_args args;

static const cli_option options[] = {
    { "output-file", 'o', "FILE", "results file (default: NAME.h5 here)", &args.out },
    { "workers", 'w', "N", "trials at a time (default: cores / threads; 1 a rank)",
      &args.workers },
    { "threads", 't', "T", "threads of a trial (default: OMP_NUM_THREADS, else 1)",
      &args.threads },
    { "dry-run", 'n', NULL, "list what would run", &args.dry_run },
    { "retry", 0, "CAUSES", "failures to try again: all, none, crashed,timeout,...",
      &args.retry },
    { "max-fails", 0, "N", "stop after more than N failed trials", &args.max_fails },
    { "order", 0, "ORDER", "longest, config or random", &args.order },
    { "part", 0, "I/N", "only the I-th of N parts", &args.part },
    { "checkpoint-every", 0, "N",
      "save running trials every N epochs, to go on after a kill",
      &args.checkpoint_every },
    { "time-limit", 0, "TIME", "save and stop in time: 90s, 30m, 2h (or Slurm's)",
      &args.time_limit },
    { "isolate", 0, "HOW", "fork, spawn, or none for debuggers", &args.isolate },
    { "beat", 0, "SECONDS", "between signs of life of a rank (5)", &args.beat },
    { "status", 0, NULL, "how far the sweep of FILE is", &args.status },
    { "explain", 0, NULL, "what happened to trial KEY of FILE", &args.explain },
    { "merge", 0, NULL, "make FILE again from its directory, or join FILEs in -o",
      &args.merge },
    { "output", 0, "FORMAT", "of --status and --explain: text or json", &args.output },
    { "clean", 0, NULL, "remove FILE's directory, all of it being in FILE",
      &args.clean },
    { "simulate", 0, "RANKS",
      "how long a sweep takes on so many ranks: 64 or 2,64,1024", &args.simulate },
    { "keys", 0, NULL, "every key of a configuration", &args.keys },
    { "list", 0, NULL, "every plug-in", &args.list },
    { "recipes", 0, NULL, "published settings that a configuration can start from",
      &args.recipes },
};

static const cli_program program = {
    .name = "lutsweep",
    .usage = "CONFIG [KEY=VALUE ...] | --status FILE | --explain FILE KEY | ...",
    .purpose = "Train the networks of a configuration and keep them in one HDF5 file.",
    .option = options,
    .noptions = LUT_COUNT(options),
    .examples = "  lutsweep configs/quickstart.cfg\n"
                "  mpirun -n 8 lutsweep configs/quickstart.cfg -o big.h5 seeds=4\n"
                "  lutsweep --status big.h5\n",
    .more = "Running a command again goes on where it stopped.  See docs/cli.md.\n",
};

/* Jobs that need no ranks: rank 0 does them. */
static int print_keys(const lutsweep_args *a);
static int print_plugins(const lutsweep_args *a);
static int print_recipes(const lutsweep_args *a);

static const struct job {
    const char **asked;
    int (*fn)(const lutsweep_args *a);
    size_t least, most; /* operands */
    const char *use;
} jobs[] = {
    { &args.keys, print_keys, 0, 0, "--keys" },
    { &args.list, print_plugins, 0, 0, "--list" },
    { &args.recipes, print_recipes, 0, 0, "--recipes" },
    { &args.status, lutsweep_status, 1, 1, "--status FILE" },
    { &args.explain, lutsweep_explain, 2, 2, "--explain FILE KEY" },
    { &args.merge, lutsweep_merge, 1, SIZE_MAX, "--merge FILE..." },
    { &args.clean, lutsweep_clean, 1, 1, "--clean FILE" },
    { &args.simulate, lutsweep_simulate, 1, SIZE_MAX,
      "--simulate RANKS CONFIG [KEY=VALUE ...]" },
    { &args.dry_run, lutsweep_dry_run, 1, SIZE_MAX,
      "--dry-run CONFIG [KEY=VALUE ...]" },
};

static void print_line(void *arg, const char *line)
{
    (void)arg;
    puts(line);
}

static int print_keys(const lutsweep_args *a)
{
    (void)a;
    sweep_spec_keys(print_line, NULL);
    return CLI_OK;
}

static int print_plugins(const lutsweep_args *a)
{
    (void)a;
    sweep_spec_list(print_line, NULL);
    return CLI_OK;
}

static int print_recipes(const lutsweep_args *a)
{
    lut_err err;

    (void)a;
    return sweep_spec_recipes(print_line, NULL, &err) == LUT_OK ? CLI_OK
                                                                : cli_fail(&err);
}

/* libgomp reads its environment when it is loaded: threads that wait must sleep, or they
 * take the cores of other trials. */
static void wait_passively(char **argv)
{
    if (getenv("OMP_WAIT_POLICY"))
        return;
    setenv("OMP_WAIT_POLICY", "passive", 1);
    execv("/proc/self/exe", argv);
}

/* Started without standard files, a pipe to a trial would get their numbers and be closed
 * when the trial redirects its output. */
static void open_standard_files(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

static bool launched(void)
{
    static const char *const names[] = { "OMPI_COMM_WORLD_SIZE", "PMIX_RANK",
                                         "PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS" };

    for (size_t i = 0; i < LUT_COUNT(names); i++)
        if (getenv(names[i]))
            return true;
    return false;
}

/* What all ranks would say of the command line is rank 0's to say.  Returns what
 * speak_again takes. */
static int silence(const sweep_transport *t)
{
    int null = t->rank ? open("/dev/null", O_WRONLY) : -1;
    int kept = null < 0 ? -1 : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

    if (null < 0)
        return -1;
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    close(null);
    return kept;
}

/* From here on a rank has something of its own to say: why it cannot go on. */
static void speak_again(int kept)
{
    if (kept < 0)
        return;
    dup2(kept, STDERR_FILENO);
    close(kept);
}

static char *one_line(int argc, char **argv)
{
    size_t n = 1;
    char *text;

    for (int i = 0; i < argc; i++)
        n += strlen(argv[i]) + 1;
    text = calloc(1, n);
    for (int i = 0; text && i < argc; i++) {
        strcat(text, i ? " " : "");
        strcat(text, argv[i]);
    }
    return text;
}

/* srun without the launcher's help starts N programs that each believe to be alone. */
static bool duplicated(const sweep_transport *t)
{
    const char *tasks = getenv("SLURM_NTASKS");

    if (!tasks || atoi(tasks) <= 1 || t->size > 1)
        return false;
    cli_complain(
        CLI_USAGE,
        "SLURM_NTASKS is %s, but this process is alone: every task would run the "
        "whole sweep. Start it with mpirun or srun --mpi=pmix, or unset "
        "SLURM_NTASKS to run in one process",
        tasks);
    return true;
}

static int dispatch(sweep_transport *t, int kept)
{
    for (size_t i = 0; i < LUT_COUNT(jobs); i++) {
        if (!*jobs[i].asked)
            continue;
        if (args.noperands < jobs[i].least || args.noperands > jobs[i].most)
            return cli_complain(CLI_USAGE, "too %s operands, want %s",
                                args.noperands < jobs[i].least ? "few" : "many",
                                jobs[i].use);
        return t->rank == 0 ? cli_printed(jobs[i].fn(&args)) : CLI_OK;
    }
    if (args.noperands == 0)
        return cli_complain(CLI_USAGE, "which configuration? try --help");
    speak_again(kept);
    return duplicated(t) ? CLI_USAGE : lutsweep_run(&args, t);
}

/* This program as the child of another (--isolate spawn): no ranks, no options, nothing of
 * the terminal's. */
static int run_one(const char *operand)
{
    cli_start("lutsweep", LUT_WARN);
    return sweep_attempt_serve(operand, sweep_run);
}

int main(int argc, char **argv)
{
    sweep_transport *t;
    lut_err err;
    lut_status st;
    int code, first, kept;

    if (argc == 3 && !strcmp(argv[1], "--run-trial"))
        return run_one(argv[2]);
    open_standard_files();
    wait_passively(argv);
    args.begun = sweep_transport_now(NULL);
    prctl(PR_SET_NAME, "lutsweep"); /* started anew it would be called exe */
    cli_start("lutsweep", LUT_WARN);
    st = launched() ? sweep_transport_mpi(&t, &argc, &argv, &err)
                    : sweep_transport_local(&t, &err);
    if (st != LUT_OK)
        return cli_fail(&err);
    kept = silence(t);
    args.command = one_line(argc, argv);
    code = cli_parse(&program, argc, argv, &first);
    if (code < 0) {
        args.operand = argv + first;
        args.noperands = (size_t)(argc - first);
        code = dispatch(t, kept);
    }
    free(args.command);
    t->close(t);
    return code;
}
