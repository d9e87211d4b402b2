/* Speed of packed inference, one thread: median of process CPU time, bit for bit checked
 * against the direct evaluator before it is timed.
 *
 *   make tests/manual/infer && tests/manual/infer [SECONDS]
 *
 * Random tables and wires are the hard case: training leaves wires and constants that
 * simplification takes away.  Of trained networks `luteval` tells the same figures. */
#include "lib/base/rng.h"
#include "lib/circuit/direct.h"
#include "lib/circuit/packed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES = 8192, REPEATS = 15 };

typedef struct bench {
    lut_circuit c;
    lut_packed *p;
    lut_samples s;
    uint8_t *bools;
    uint16_t *found;
    double seconds; /* at least, of one measurement */
} bench;

typedef void (*work_fn)(bench *b);

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void direct(bench *b)
{
    lut_direct_predict(b->found, &b->c, &b->s, lut_slices_find(NULL),
                       &(lut_exec){ .threads = 1 }, NULL);
}

static void words(bench *b)
{
    lut_packed_predict(b->p, b->found, &b->s);
}

static void bools(bench *b)
{
    lut_packed_predict_bools(b->p, b->found, b->bools, b->s.inputs, b->s.n);
}

static void make(bench *b)
{
    lut_packed *p;

    if (lut_packed_create(&p, &b->c, &(lut_exec){ .threads = 1 }, NULL) != LUT_OK)
        abort();
    lut_packed_destroy(p);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Seconds of one call. */
static double measure(bench *b, work_fn work)
{
    double t[REPEATS];

    for (size_t i = 0; i < REPEATS; i++) {
        double start = now(), took;
        unsigned calls = 0;

        do {
            work(b);
            calls++;
            took = now() - start;
        } while (took < b->seconds);
        t[i] = took / calls;
    }
    qsort(t, REPEATS, sizeof *t, by_size);
    return t[REPEATS / 2];
}

static void speed(bench *b, const char *what, work_fn work)
{
    double t = measure(b, work) / (double)b->s.n;

    printf("  %-28s %8.2f M/s %8.1f ns a sample\n", what, 1e-6 / t, 1e9 * t);
}

static void fill(bench *b)
{
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    size_t ld = lut_ceil_div(b->c.inputs, 64);
    uint64_t *x = malloc(SAMPLES * ld * sizeof *x);
    uint32_t below = b->c.inputs;

    b->bools = malloc((size_t)SAMPLES * b->c.inputs);
    b->found = malloc(SAMPLES * sizeof *b->found);
    if (!x || !b->bools || !b->found)
        abort();
    for (uint32_t l = 0; l < b->c.nlayers; l++) {
        lut_circuit_layer *layer = &b->c.layer[l];
        uint64_t used = layer->k == 6 ? UINT64_MAX : 15;

        for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
            layer->wire[i] = (uint32_t)lut_rng_below(&rng, below);
        for (size_t i = 0; i < layer->luts; i++)
            layer->tt[i] = lut_rng_next(&rng) & used;
        below = layer->luts;
    }
    for (size_t i = 0; i < SAMPLES * ld; i++)
        x[i] = lut_rng_next(&rng);
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t f = 0; f < b->c.inputs; f++)
            b->bools[i * b->c.inputs + f] = x[i * ld + f / 64] >> (f % 64) & 1;
    b->s = (lut_samples){ .x = x, .ld = ld, .inputs = b->c.inputs, .n = SAMPLES };
}

static void check(bench *b, const uint16_t *expected, work_fn work)
{
    memset(b->found, 0xff, SAMPLES * sizeof *b->found);
    work(b);
    if (memcmp(b->found, expected, SAMPLES * sizeof *expected) != 0) {
        printf("  differs from the direct evaluator\n");
        exit(1);
    }
}

static void run_set(bench *b, const char *set)
{
    static uint16_t expected[SAMPLES];
    char text[64];
    lut_packed_size size;

    if (lut_packed_create_on(&b->p, &b->c, set, &(lut_exec){ .threads = 1 }, NULL) !=
        LUT_OK)
        return;
    direct(b);
    memcpy(expected, b->found, sizeof expected);
    check(b, expected, words);
    check(b, expected, bools);
    size = lut_packed_look(b->p);
    set = set ? set : "best";
    printf("  %s: %zu gates, %zu LUTs, %zu runs, %zu kB of values, %zu of code\n", set,
           size.gates, size.luts, size.runs, size.memory / 1024, size.code / 1024);
    snprintf(text, sizeof text, "%s, packed in", set);
    speed(b, text, words);
    snprintf(text, sizeof text, "%s, bools in", set);
    speed(b, text, bools);
    lut_packed_destroy(b->p);
}

static void run(const char *name, double seconds, uint32_t inputs, uint32_t nlayers,
                const uint32_t *luts, const uint32_t *k)
{
    bench b = { .seconds = seconds };

    if (lut_circuit_alloc(&b.c, inputs, 10, nlayers, luts, k, NULL) != LUT_OK)
        abort();
    fill(&b);
    printf("%s\n", name);
    printf("  %-28s %8.2f ms\n", "made", 1e3 * measure(&b, make));
    speed(&b, "direct", direct);
    run_set(&b, "scalar");
    run_set(&b, "avx2");
    run_set(&b, "avx512");
    run_set(&b, NULL);
    free((void *)(uintptr_t)b.s.x);
    free(b.bools);
    free(b.found);
    lut_circuit_fini(&b.c);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 0.05;

    run("6 x 8000 random gates, 784 inputs", seconds, 784, 6,
        (uint32_t[]){ 8000, 8000, 8000, 8000, 8000, 8000 },
        (uint32_t[]){ 2, 2, 2, 2, 2, 2 });
    run("2000-1000 random LUT6, 2352 inputs", seconds, 2352, 2,
        (uint32_t[]){ 2000, 1000 }, (uint32_t[]){ 6, 6 });
    return 0;
}
