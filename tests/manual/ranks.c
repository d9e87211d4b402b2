/* What handing out costs: trials that do nothing, or sleep, through the real farm.
 *
 *   make tests/manual/ranks
 *   mpirun --oversubscribe -n 4 tests/manual/ranks FILE TRIALS MILLISECONDS [SLOTS]
 *
 * FILE.run/ is made and left there.  Prints trials per second, and the share of a core that
 * the supervisors took for themselves, children apart, and rank 0's memory. */
#include "sweep/farm.h"
#include "sweep/transport.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static long milliseconds;
static volatile sig_atomic_t no_stop;

static lut_status idle_run(const sweep_lab *lab, sweep_result *out,
                           const sweep_trial *trial, const char *key,
                           const char *digest, sweep_epoch_fn fn, void *arg,
                           lut_err *err)
{
    (void)lab, (void)digest, (void)fn, (void)arg, (void)err;
    sweep_result_init(out);
    out->row.trial = *trial;
    snprintf(out->row.key, sizeof out->row.key, "%s", key);
    strcpy(out->row.status, "ok");
    if (milliseconds)
        nanosleep(&(struct timespec){ milliseconds / 1000,
                                      milliseconds % 1000 * 1000000 },
                  NULL);
    return LUT_OK;
}

static lut_status give_trial(void *arg, sweep_trial *t, char digest[SWEEP_DIGEST],
                             size_t i, lut_err *err)
{
    sweep_result r;

    (void)arg, (void)err;
    sweep_result_init(&r);
    *t = r.row.trial;
    t->seed = (uint32_t)i + 1;
    strcpy(digest, "0000000000000000");
    return LUT_OK;
}

static double own_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* Rank 0's half. */
typedef struct boss {
    char (*key)[SWEEP_KEY];
    double *cost;
    sweep_leases leases;
    sweep_fields fields;
    sweep_plan plan;
} boss;

static lut_status prepare(boss *b, size_t n, int ranks, lut_err *err)
{
    b->key = malloc((n + 1) * sizeof *b->key);
    b->cost = malloc((n + 1) * sizeof *b->cost);
    if (!b->key || !b->cost)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", n);
    for (size_t i = 0; i < n; i++) {
        snprintf(b->key[i], SWEEP_KEY, "%016zx", (i + 1) * 0x9e3779b97f4a7c15u);
        b->cost[i] = 1e-3 * (double)milliseconds + 1e-3;
    }
    sweep_fields_text(&b->fields, "name", "idle");
    b->plan = (sweep_plan){ .schedule = { .n = n, .cost = b->cost,
                                          .job_seconds = INFINITY },
                            .key = (const char(*)[SWEEP_KEY])b->key,
                            .trial = give_trial,
                            .leases = &b->leases,
                            .seconds = INFINITY,
                            .beat = 5,
                            .max_fails = SIZE_MAX,
                            .best = NAN,
                            .run = &b->fields };
    return sweep_leases_init(&b->leases, n, ranks, err);
}

static void print(const boss *b, const sweep_transport *t, double wall, double cpu)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    printf("%d ranks, %zu trials of %ld ms: %.2f s, %.1f trials/s, %.3f ms each; "
           "rank 0 used %.2f %% of a core and %.1f MB\n",
           t->size, b->leases.done, milliseconds, wall, (double)b->leases.done / wall,
           1e3 * wall / (double)b->leases.done, 100 * cpu / wall,
           (double)u.ru_maxrss / 1024);
}

static lut_status run(sweep_transport *t, const char *file, size_t n, unsigned slots,
                      lut_err *err)
{
    boss b = { .key = NULL };
    sweep_state state;
    char stamp[SWEEP_STAMP] = "idle";
    sweep_lab lab = { .exec = { .threads = 1 } };
    sweep_crew crew = { .state = &state, .stamp = stamp, .lab = &lab, .run = idle_run,
                        .slots = slots, .isolate = SWEEP_ISOLATE_FORK, .beat = 5,
                        .grace = 5, .stop = &no_stop };
    sweep_outcome out;
    double wall, cpu;

    LUT_TRY(sweep_state_name(&state, file, err));
    LUT_TRY(sweep_state_create(&state, err));
    if (t->rank == 0)
        LUT_TRY(prepare(&b, n, t->size, err));
    wall = t->now(t);
    cpu = own_seconds();
    LUT_TRY(sweep_farm(&out, t, &crew, t->rank ? NULL : &b.plan, err));
    if (t->rank == 0)
        print(&b, t, t->now(t) - wall, own_seconds() - cpu);
    return LUT_OK;
}

int main(int argc, char **argv)
{
    sweep_transport *t;
    lut_err err;
    lut_status st;

    st = getenv("OMPI_COMM_WORLD_SIZE") ? sweep_transport_mpi(&t, &argc, &argv, &err)
                                        : sweep_transport_local(&t, &err);
    if (st != LUT_OK || argc < 4)
        return 2;
    milliseconds = atol(argv[3]);
    st = run(t, argv[1], strtoul(argv[2], NULL, 10),
             argc > 4 ? (unsigned)atoi(argv[4]) : 1, &err);
    if (st != LUT_OK)
        fprintf(stderr, "%s\n", err.text);
    t->close(t);
    return st != LUT_OK;
}
