/* Sizes, levels and times of simplification and mapping: map [ABC [FILE ...]].  Not a test:
 * machines are shared.
 *
 * For the networks of results files, or without any for networks at random, of the shapes and
 * table statistics that occur: LUTs of the circuit, what is left of them, LUT6 and levels of
 * the cover, milliseconds of both; where ABC names the program (berkeley-abc; "-": none), what
 * its `if -K 6 -a` (least area) and `if -K 6` (least depth) make of the same simplified
 * netlist; then LUTs of popcounts, of the election, of all parts
 * but the encoder, and milliseconds for all. */
#include "lib/base/rng.h"
#include "lib/circuit/cost.h"
#include "lib/circuit/table.h"
#include "sweep/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct shape {
    const char *name;
    uint32_t inputs, classes, nlayers, luts[6], k;
    bool residual; /* half of the tables are input 0 */
} shape;

static const shape shapes[] = {
    { "2352-2000-1000, rank 6", 2352, 10, 2, { 2000, 1000 }, 6, false },
    { "2352-2000-1000, rank 5", 2352, 10, 2, { 2000, 1000 }, 5, false },
    { "2352-2000-1000, rank 4", 2352, 10, 2, { 2000, 1000 }, 4, false },
    { "2352-2000-1000, rank 3", 2352, 10, 2, { 2000, 1000 }, 3, false },
    { "2352-4000-4000-2000, rank 2", 2352, 10, 3, { 4000, 4000, 2000 }, 2, false },
    { "784-6x8000, rank 2",
      784,
      10,
      6,
      { 8000, 8000, 8000, 8000, 8000, 8000 },
      2,
      false },
    { "784-6x8000, rank 2, residual",
      784,
      10,
      6,
      { 8000, 8000, 8000, 8000, 8000, 8000 },
      2,
      true },
    { "3200-360, rank 6", 3200, 5, 1, { 360 }, 6, false },
    { "64-3x200, rank 7", 64, 10, 3, { 200, 200, 200 }, 7, false },
    { "64-3x200, rank 8", 64, 10, 3, { 200, 200, 200 }, 8, false },
};

static lut_rng rng;

static double milliseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "map: %s\n", what);
    exit(1);
}

static void fill_layer(lut_circuit_layer *layer, uint32_t below, bool residual)
{
    size_t words = lut_table_words(layer->k);

    for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
        layer->wire[i] = (uint32_t)lut_rng_below(&rng, below);
    for (size_t i = 0; i < layer->luts * words; i++)
        layer->tt[i] = residual && lut_rng_below(&rng, 2)
                           ? lut_table_bit(layer->k - 1) & lut_table_all(layer->k)
                           : lut_rng_next(&rng) & lut_table_all(layer->k);
}

static lut_circuit make(const shape *s)
{
    uint32_t k[6], below = s->inputs;
    lut_circuit c;

    for (uint32_t l = 0; l < s->nlayers; l++)
        k[l] = s->k;
    if (lut_circuit_alloc(&c, s->inputs, s->classes, s->nlayers, s->luts, k, NULL))
        die("no memory");
    for (uint32_t l = 0; l < s->nlayers; l++) {
        fill_layer(&c.layer[l], below, s->residual);
        below = c.layer[l].luts;
    }
    return c;
}

/* ---- the same netlist in ABC ---- */

static void write_node(FILE *f, const lut_netlist *n, uint32_t i)
{
    const lut_node *node = &n->node[i];

    fprintf(f, ".names");
    for (unsigned j = 0; j < node->k; j++)
        fprintf(f, " s%u", (unsigned)node->in[j]);
    fprintf(f, " s%u\n", (unsigned)lut_netlist_signal(n, i));
    for (unsigned a = 0; a < 1u << node->k; a++) {
        if (!(node->tt >> a & 1))
            continue;
        for (unsigned j = node->k; j-- > 0;)
            fputc('0' + (int)(a >> j & 1), f);
        fputs(" 1\n", f);
    }
}

/* Votes once each: repeated ones and inverters are no LUTs. */
static void write_blif(const char *path, const lut_netlist *n)
{
    uint8_t *seen = calloc((size_t)1 + n->inputs + n->nnodes, 1);
    FILE *f = fopen(path, "w");

    if (!f || !seen)
        die(path);
    fprintf(f, ".model m\n.inputs");
    for (uint32_t i = 0; i < n->inputs; i++)
        fprintf(f, " s%u", 1 + (unsigned)i);
    fprintf(f, "\n.outputs");
    for (uint32_t o = 0; o < n->noutputs; o++)
        if (n->output[o] >> 1 > n->inputs && !seen[n->output[o] >> 1]++)
            fprintf(f, " s%u", (unsigned)n->output[o] >> 1);
    fputc('\n', f);
    for (uint32_t i = 0; i < n->nnodes; i++)
        write_node(f, n, i);
    fprintf(f, ".end\n");
    if (fclose(f))
        die(path);
    free(seen);
}

/* "nd = 3000 ... lev = 2" of print_stats. */
static void run_abc(const char *abc, const char *blif, const char *script)
{
    char command[500], line[1000];
    FILE *p;
    int nodes = -1, levels = -1;
    const char *at;

    snprintf(command, sizeof command,
             "%s -c 'read_blif %s; strash; %s; print_stats' 2>/dev/null", abc, blif,
             script);
    p = popen(command, "r");
    while (p && fgets(line, sizeof line, p)) {
        at = strstr(line, "nd =");
        nodes = at ? atoi(at + 4) : nodes;
        at = strstr(line, "lev =");
        levels = at ? atoi(at + 5) : levels;
    }
    if (p)
        pclose(p);
    printf(" %7d (%d)", nodes, levels);
}

/* ---- ours ---- */

static uint32_t depth_of(const lut_netlist *n)
{
    uint32_t depth;

    if (lut_netlist_depth(n, 0, &depth, NULL) != LUT_OK)
        die("no memory");
    return depth;
}

/* All parts without an encoder. */
static void print_design(const lut_circuit *c)
{
    lut_pipeline pipeline;
    lut_design d;
    lut_cost cost;
    double start = milliseconds();

    lut_pipeline_default(&pipeline, c->nlayers);
    if (lut_design_make(&d, c, NULL, &pipeline, NULL) != LUT_OK ||
        lut_cost_of(&cost, &d, NULL) != LUT_OK)
        die("no memory");
    printf(" %6u %6u %6u (%u) %6.1f\n", (unsigned)cost.popcount, (unsigned)cost.argmax,
           (unsigned)lut_cost_luts(&cost, true), (unsigned)lut_cost_levels(&cost),
           milliseconds() - start);
    fflush(stdout);
    lut_design_fini(&d);
}

static void measure(const char *name, const lut_circuit *c, const char *abc)
{
    const char *blif = "map-tmp.blif";
    lut_netlist n;
    double start, simplified, mapped;
    uint32_t all, live;

    if (lut_netlist_from(&n, c, NULL) != LUT_OK)
        die("no memory");
    all = n.nnodes;
    start = milliseconds();
    if (lut_netlist_simplify(&n, NULL, NULL) != LUT_OK)
        die("no memory");
    simplified = milliseconds();
    live = n.nnodes;
    if (abc)
        write_blif(blif, &n);
    printf("%-37s %6u %6u", name, (unsigned)all, (unsigned)live);
    mapped = -milliseconds();
    if (lut_netlist_map(&n, 6, 0, NULL) != LUT_OK)
        die("no memory");
    mapped += milliseconds();
    printf(" %6u (%u) %6.1f %6.1f", (unsigned)n.nnodes, (unsigned)depth_of(&n),
           simplified - start, mapped);
    if (abc) {
        run_abc(abc, blif, "if -K 6 -a");
        run_abc(abc, blif, "if -K 6");
        unlink(blif);
    }
    print_design(c);
    lut_netlist_fini(&n);
}

static void measure_random(const char *abc)
{
    rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    for (size_t i = 0; i < LUT_COUNT(shapes); i++) {
        lut_circuit c = make(&shapes[i]);

        measure(shapes[i].name, &c, abc);
        lut_circuit_fini(&c);
    }
}

static void measure_stored(const char *path, const char *abc)
{
    sweep_store *s;
    sweep_result r;
    lut_err err;
    char name[200];

    if (sweep_store_open(&s, path, &err) != LUT_OK)
        die(err.text);
    for (size_t i = 0; i < sweep_store_rows(s); i++) {
        if (!sweep_store_has_network(s, i))
            continue;
        if (sweep_store_get(s, i, &r, &err) != LUT_OK)
            die(err.text);
        snprintf(name, sizeof name, "%s, rank %u, %s", r.row.trial.parametrization,
                 (unsigned)r.row.trial.lut_rank, r.row.trial.layers);
        measure(name, &r.circuit, abc);
        sweep_result_fini(&r);
    }
    sweep_store_close(s);
}

int main(int argc, char **argv)
{
    const char *abc = argc > 1 && strcmp(argv[1], "-") != 0 ? argv[1] : NULL;

    printf("%-37s %6s %6s %10s %6s %6s", "network", "LUTs", "live", "LUT6 (lev)", "ms",
           "ms map");
    if (abc)
        printf(" %11s %11s", "ABC if -a", "ABC if");
    printf(" %6s %6s %11s %6s\n", "votes", "argmax", "all (lev)", "ms all");
    for (int i = 2; i < argc; i++)
        measure_stored(argv[i], abc);
    if (argc <= 2)
        measure_random(abc);
    return 0;
}
