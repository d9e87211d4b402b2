/* A stored network beside the same network as others compile it: bools in, class out, one core.
 *
 *   beside FILE KEY [KIND LIBRARY]...
 *
 * difflogicB  what CompiledLogicNet(num_bits=B) saves          (tools/peers/infer.py)
 * torchlogixB what Circuit.compile(pack_bits=B) makes          (tools/peers/infer.py)
 * c:NAME      NAME.c of lutexport as a shared library; bits in, packed
 *
 * LUT_KERNELS=NAME: of ours, this set.  Every prediction is compared before and after; all are
 * timed in turn in each round, by CPU time, and the median of the rounds counts. */
#include "drivers/cli.h"
#include "drivers/folders.h"
#include "drivers/luteval.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 15, MOST = 16, MULTIPLE = 64 };

typedef struct bench {
    eval e;
    size_t n, inputs,
        ld; /* samples: a multiple of MULTIPLE, the last ones repeat the first */
    uint32_t classes;
    uint8_t *bools;
    uint64_t *words;
    uint16_t *expected, *found;
    void *votes;
} bench;

typedef struct runner {
    const char *kind;
    void (*run)(bench *b, const struct runner *r);
    union {
        void *symbol;
        void (*difflogic)(const bool *in, int *votes, size_t blocks);
        void (*torchlogix)(const bool *in, void *votes, int n);
        void (*c)(const uint64_t *in, size_t n, uint16_t *label);
    } at;
    unsigned bits;
    double took[ROUNDS];
} runner;

static void die(const char *what, const char *why)
{
    fprintf(stderr, "beside: %s: %s\n", what, why);
    exit(1);
}

/* ---- who runs ---- */

static void ours(bench *b, const runner *r)
{
    (void)r;
    lut_packed_predict_bools(b->e.packed, b->found, b->bools, b->inputs, b->n);
}

static void ours_packed(bench *b, const runner *r)
{
    (void)r;
    lut_packed_predict(
        b->e.packed, b->found,
        &(lut_samples){ .x = b->words, .ld = b->ld, .inputs = b->inputs, .n = b->n });
}

#define FIRST_MAXIMUM(name, type)                                                  \
    static void name(uint16_t *out, const type *votes, size_t n, uint32_t classes) \
    {                                                                              \
        for (size_t i = 0; i < n; i++, votes += classes) {                         \
            uint32_t best = 0;                                                     \
                                                                                   \
            for (uint32_t c = 1; c < classes; c++)                                 \
                best = votes[c] > votes[best] ? c : best;                          \
            out[i] = (uint16_t)best;                                               \
        }                                                                          \
    }

FIRST_MAXIMUM(winner8, uint8_t)
FIRST_MAXIMUM(winner16, uint16_t)
FIRST_MAXIMUM(winner32, int)

static void difflogic(bench *b, const runner *r)
{
    r->at.difflogic((const bool *)b->bools, b->votes, b->n / r->bits);
    winner32(b->found, b->votes, b->n, b->classes);
}

/* Its numbers are as wide as they have to be. */
static void torchlogix(bench *b, const runner *r)
{
    const lut_circuit *c = &b->e.net.result.circuit;

    r->at.torchlogix((const bool *)b->bools, b->votes, (int)b->n);
    if (lut_circuit_group(c->layer[c->nlayers - 1].luts, b->classes) < 256)
        winner8(b->found, b->votes, b->n, b->classes);
    else
        winner16(b->found, b->votes, b->n, b->classes);
}

static void exported(bench *b, const runner *r)
{
    r->at.c(b->words, b->n, b->found);
}

static void *symbol(const char *path, const char *name)
{
    void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL), *at = NULL;

    if (lib)
        at = dlsym(lib, name);
    if (!at)
        die(path, dlerror());
    return at;
}

static runner runner_of(const char *kind, const char *path)
{
    runner r = { .kind = kind };
    char name[128];

    if (strncmp(kind, "difflogic", 9) == 0) {
        r.bits = (unsigned)atoi(kind + 9);
        r.at.symbol = symbol(path, "apply_logic_gate_net");
        r.run = difflogic;
    } else if (strncmp(kind, "torchlogix", 10) == 0) {
        r.bits = (unsigned)atoi(kind + 10);
        r.at.symbol = symbol(path, "circuit_bench_bool");
        r.run = torchlogix;
    } else if (strncmp(kind, "c:", 2) == 0) {
        snprintf(name, sizeof name, "%s_predict_bits", kind + 2);
        r.at.symbol = symbol(path, name);
        r.run = exported;
    } else {
        die(kind, "want difflogicB, torchlogixB or c:NAME");
    }
    if (r.run != exported && (!r.bits || MULTIPLE % r.bits))
        die(kind, "want a number of bits that divides 64");
    return r;
}

/* ---- inputs ---- */

static void load(bench *b, const char *file, const char *key)
{
    const char *folder[SWEEP_FOLDERS];
    lut_err err;

    folders_of(folder, NULL);
    b->e.threads = 1;
    if (stored_open(&b->e.net, file, key, &err) != LUT_OK ||
        eval_load(&b->e, folder, false, &err) != LUT_OK ||
        eval_run(&b->e, getenv("LUT_KERNELS"), &err) != LUT_OK)
        die(file, err.text);
}

static void fill(bench *b)
{
    const lut_samples *s = &b->e.test;

    b->inputs = s->inputs;
    b->ld = s->ld;
    b->classes = b->e.net.result.circuit.classes;
    b->n = lut_ceil_div(s->n, MULTIPLE) * MULTIPLE;
    b->bools = malloc(b->n * b->inputs);
    b->words = malloc(b->n * b->ld * sizeof *b->words);
    b->expected = malloc(b->n * sizeof *b->expected);
    b->found = malloc(b->n * sizeof *b->found);
    b->votes = malloc(b->n * b->classes * sizeof(int));
    if (!b->bools || !b->words || !b->expected || !b->found || !b->votes)
        die("inputs", "no memory");
    for (size_t i = 0; i < b->n; i++) {
        const uint64_t *x = s->x + i % s->n * s->ld;

        memcpy(b->words + i * b->ld, x, b->ld * sizeof *x);
        for (size_t f = 0; f < b->inputs; f++)
            b->bools[i * b->inputs + f] = x[f / 64] >> (f % 64) & 1;
        b->expected[i] = b->e.predicted[i % s->n];
    }
}

/* ---- turns ---- */

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of a call, of which there are enough for the clock. */
static double once(bench *b, const runner *r)
{
    const double window = 0.02, start = now();
    double took;
    unsigned calls = 0;

    do {
        r->run(b, r);
        calls++;
        took = now() - start;
    } while (took < window);
    return took / calls;
}

static void check(bench *b, const runner *r)
{
    memset(b->found, 0xff, b->n * sizeof *b->found);
    r->run(b, r);
    for (size_t i = 0; i < b->n; i++)
        if (b->found[i] != b->expected[i]) {
            fprintf(stderr, "beside: %s: row %zu: class %u, want %u\n", r->kind, i,
                    b->found[i], b->expected[i]);
            exit(1);
        }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void report(const bench *b, runner *r, size_t n)
{
    printf("| | M/s | ns a sample | least, most | ours is |\n| --- | ---: | ---: | "
           "---: | ---: |\n");
    for (size_t i = 0; i < n; i++) {
        const double *t = r[i].took;
        const double one = 1e9 / (double)b->n;

        qsort(r[i].took, ROUNDS, sizeof *t, by_size);
        printf("| %s | %.3g | %.1f | %.1f, %.1f | %.2f |\n", r[i].kind,
               1e3 / (t[ROUNDS / 2] * one), t[ROUNDS / 2] * one, t[0] * one,
               t[ROUNDS - 1] * one, t[ROUNDS / 2] / r[0].took[ROUNDS / 2]);
    }
}

int main(int argc, char **argv)
{
    static bench b;
    runner r[MOST] = { { .kind = "ours, bools in", .run = ours },
                       { .kind = "ours, packed in", .run = ours_packed } };
    size_t n = 2;

    cli_start("beside", LUT_WARN);
    if (argc < 3 || argc % 2 == 0 || (size_t)argc / 2 + 1 > MOST)
        die("usage", "beside FILE KEY [KIND LIBRARY]...");
    load(&b, argv[1], argv[2]);
    fill(&b);
    for (int i = 3; i < argc; i += 2)
        r[n++] = runner_of(argv[i], argv[i + 1]);
    for (size_t i = 0; i < n; i++)
        check(&b, &r[i]);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < n; i++)
            r[i].took[round] = once(&b, &r[i]);
    for (size_t i = 0; i < n; i++)
        check(&b, &r[i]);
    printf("%s %s: %zu of %zu samples the same from all\n\n", argv[1], argv[2], b.n,
           b.n);
    report(&b, r, n);
    return 0;
}
