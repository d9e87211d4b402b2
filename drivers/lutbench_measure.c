/* The measurement: a whole trial, timed from the end of its first epoch to that of its last
 * one, by the callback that every trial has. */
#include "drivers/cli.h"
#include "drivers/lutbench.h"
#include "sweep/build.h"
#include "sweep/encoded.h"
#include "sweep/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- digest ---- */

/* FNV-1a. */
static uint64_t mix(uint64_t h, uint64_t v)
{
    for (unsigned i = 0; i < 8; i++)
        h = (h ^ (v >> (8 * i) & 0xff)) * 0x100000001b3u;
    return h;
}

void bench_digest(char text[17], const lut_circuit *c)
{
    uint64_t h = mix(mix(0xcbf29ce484222325u, c->inputs), c->classes);

    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];
        size_t wires = (size_t)layer->luts * layer->k;
        size_t words = layer->luts * lut_table_words(layer->k);

        h = mix(mix(h, layer->luts), layer->k);
        for (size_t i = 0; i < wires; i++)
            h = mix(h, layer->wire[i]);
        for (size_t i = 0; i < words; i++)
            h = mix(h, layer->tt[i]);
    }
    snprintf(text, 17, "%016llx", (unsigned long long)h);
}

/* ---- epochs ---- */

typedef struct moment {
    double cpu, wall, machine;
} moment;

static moment now(void)
{
    return (moment){ bench_cpu_seconds(), bench_wall_seconds(),
                     bench_machine_seconds() };
}

typedef struct watch {
    const bench_task *task;
    uint32_t epochs, n;
    double *cpu, *wall; /* [epochs] seconds of each after the first; owned */
    moment begin, last;
    double peak_memory, loss_first, loss_last;
} watch;

/* Copies begin to be measured together: when nobody has standard input open for writing. */
static void wait_for_others(void)
{
    char c;

    puts("# ready");
    fflush(stdout);
    while (read(STDIN_FILENO, &c, 1) > 0)
        continue;
}

static int note_epoch(void *arg, const sweep_epoch *e, const sweep_row *row)
{
    watch *w = arg;
    moment t;

    (void)row;
    if (e->epoch == 1) {
        w->loss_first = e->train_loss;
        if (w->task->wait)
            wait_for_others();
        w->begin = w->last = now();
        return 0;
    }
    t = now();
    w->cpu[w->n] = t.cpu - w->last.cpu;
    w->wall[w->n++] = t.wall - w->last.wall;
    w->loss_last = e->train_loss;
    w->last = t;
    w->peak_memory = bench_peak_memory();
    return 0;
}

/* ---- the row ---- */

static bool by_wall(const bench_task *t)
{
    return t->threads > 1 || t->copies > 1 || t->busy > 0;
}

static void fill_trial(bench_row *row, const sweep_trial *t, const sweep_result *r)
{
    snprintf(row->dataset, sizeof row->dataset, "%s", t->dataset);
    row->batch = t->batch;
    row->epochs = r->row.epochs_run;
    row->parameters = r->row.parameters;
    if (r->has_network)
        bench_digest(row->digest, &r->circuit);
}

static void fill_times(bench_row *row, watch *w)
{
    bool wall = by_wall(w->task);
    double epoch;

    row->cpu_seconds = w->last.cpu - w->begin.cpu;
    row->wall_seconds = w->last.wall - w->begin.wall;
    row->foreign_share = fmax(
        0, (w->last.machine - w->begin.machine - row->cpu_seconds) / row->wall_seconds);
    epoch = bench_median(wall ? w->wall : w->cpu, w->n);
    row->train_samples_per_second = row->rows / epoch;
    row->ns_per_sample = 1e9 * epoch / row->rows;
    row->peak_memory = w->peak_memory;
    row->loss_first = w->loss_first;
    row->loss_last = w->loss_last;
    strcpy(row->clock, wall ? "wall" : "cpu");
}

static void fill_task(bench_row *row, const bench_task *task)
{
    int used = 0;

    snprintf(row->network, sizeof row->network, "%s", task->network->name);
    snprintf(row->kernels, sizeof row->kernels, "%s", task->kernels);
    row->threads = task->threads;
    row->copies = task->copies;
    row->busy = task->busy;
    for (size_t i = 0; i < task->ngiven && used < (int)sizeof row->keys; i++)
        used += snprintf(row->keys + used, sizeof row->keys - (size_t)used, "%s%s",
                         i ? " " : "", task->given[i]);
    bench_cpu_model(row->cpu, sizeof row->cpu);
    snprintf(row->version, sizeof row->version, "%s", sweep_version());
}

/* ---- the run ---- */

static lut_status data_size(bench_row *row, const sweep_lab *lab, const sweep_trial *t,
                            const char *digest, lut_err *err)
{
    sweep_encoded data;

    LUT_TRY(sweep_encoded_open(&data, lab, t, digest, err));
    row->rows = (double)data.train.n;
    row->data_memory = (double)data.size;
    sweep_encoded_close(&data);
    return LUT_OK;
}

static lut_status train(bench_row *row, watch *w, const sweep_lab *lab,
                        const sweep_trial *t, const char *digest, lut_err *err)
{
    char key[SWEEP_KEY];
    sweep_result r;

    sweep_trial_key(key, t, digest);
    LUT_TRY(sweep_run(lab, &r, t, key, digest, note_epoch, w, err));
    fill_trial(row, t, &r);
    if (w->n)
        fill_times(row, w);
    sweep_result_fini(&r);
    return LUT_OK;
}

lut_status bench_measure(bench_row *row, const bench_task *task, lut_err *err)
{
    sweep_lab lab = { .cache = task->cache,
                      .kernels = task->kernels,
                      .exec = { task->threads } };
    watch w = { .task = task };
    char digest[SWEEP_DIGEST];
    sweep_trial t;
    lut_status st;

    bench_row_init(row);
    fill_task(row, task);
    LUT_TRY(bench_plan_read(task->cache, &t, digest, err));
    LUT_TRY(data_size(row, &lab, &t, digest, err));
    w.epochs = t.epochs;
    w.cpu = malloc(t.epochs * sizeof *w.cpu);
    w.wall = malloc(t.epochs * sizeof *w.wall);
    st = w.cpu && w.wall
             ? train(row, &w, &lab, &t, digest, err)
             : lut_fail(err, LUT_ENOMEM, "no memory for %u epochs", t.epochs);
    free(w.cpu);
    free(w.wall);
    return st;
}
