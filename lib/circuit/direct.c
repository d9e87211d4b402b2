#include "lib/circuit/direct.h"
#include "lib/base/arena.h"
#include "lib/base/check.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORDS = 8, /* of 64 samples, evaluated together */
    SAMPLES = 64 * WORDS,
    COUNTER = 33,   /* bits that count the votes of any class */
    CLASS_BITS = 10 /* 2^10 = LUT_MAX_CLASSES */
};

_Static_assert(1 << CLASS_BITS >= LUT_MAX_CLASSES, "a class fits CLASS_BITS");

/* One bit of SAMPLES samples.  Passed by pointer: by value its ABI depends on flags. */
typedef uint64_t lanes __attribute__((vector_size(8 * WORDS), may_alias));

/* Work space of a thread. */
typedef struct scratch {
    lanes *input;     /* [inputs] */
    lanes *signal[2]; /* [widest layer], layers alternate between the two */
} scratch;

/* ---- layers ---- */

/* out = s ? hi : lo */
#define MUX(s, lo, hi) ((lo) ^ ((s) & ((lo) ^ (hi))))

/* All bits of a lane to bit i of a table. */
static inline uint64_t spread(uint64_t table, unsigned i)
{
    return -(table >> i & 1);
}

/* The 16 functions of two inputs, numbered by their tables (entry 2 a + b). */
static inline void functions(lanes f[16], const lanes *a, const lanes *b)
{
    f[0] = *a ^ *a;
    f[1] = ~(*a | *b);
    f[2] = ~*a & *b;
    f[4] = *a & ~*b;
    f[8] = *a & *b;
    for (unsigned i = 3; i < 16; i++)
        if (i & (i - 1))
            f[i] = f[i & (i - 1)] | f[i & -i];
}

/* 1 or 2 inputs: multiplexers of constants. */
static void eval_small(lanes *out, const uint64_t *tt, unsigned k,
                       const lanes *const x[])
{
    uint64_t t = k == 1 ? (*tt & 1) | (*tt & 2) << 2 : *tt; /* as a function of x, x */
    const lanes *b = x[k - 1];
    lanes lo = spread(t, 0) ^ (*b & (spread(t, 0) ^ spread(t, 1)));
    lanes hi = spread(t, 2) ^ (*b & (spread(t, 2) ^ spread(t, 3)));

    *out = MUX(*x[0], lo, hi);
}

/* 3 inputs or more: the last two select among 16 functions, four table entries each; a
 * tree of multiplexers does the others. */
static void eval_tree(lanes *out, const uint64_t *tt, unsigned k,
                      const lanes *const x[])
{
    lanes f[16], v[1 << (LUT_MAX_K - 3)];
    size_t n = (size_t)1 << (k - 3);

    functions(f, x[k - 2], x[k - 1]);
    for (size_t i = 0; i < n; i++) {
        unsigned pair = tt[i / 8] >> (i % 8 * 8) & 0xff;

        v[i] = MUX(*x[k - 3], f[pair & 15], f[pair >> 4]);
    }
    for (unsigned j = k - 3; j-- > 0;) {
        n /= 2;
        for (size_t i = 0; i < n; i++)
            v[i] = MUX(*x[j], v[2 * i], v[2 * i + 1]);
    }
    *out = v[0];
}

static void eval_layer(const lut_circuit_layer *layer, lanes *out, const lanes *in)
{
    unsigned k = layer->k;
    size_t words = lut_table_words(k);

    for (size_t m = 0; m < layer->luts; m++) {
        const uint32_t *wire = layer->wire + m * k;
        const lanes *x[LUT_MAX_K];

        for (unsigned j = 0; j < k; j++)
            x[j] = &in[wire[j]];
        if (k <= 2)
            eval_small(&out[m], layer->tt + m * words, k, x);
        else
            eval_tree(&out[m], layer->tt + m * words, k, x);
    }
}

/* ---- votes ---- */

/* Number of set inputs, bit j in count[j].  At most one carry waits at each level, and it
 * does where bit j of the number of inputs so far is set: one full adder an input. */
static void count_votes(lanes *count, unsigned bits, const lanes *vote, size_t n)
{
    lanes waiting[COUNTER], carry;

    memset(count, 0, bits * sizeof *count);
    for (size_t i = 0; i < n; i++) {
        unsigned j = 0;

        for (carry = vote[i]; i >> j & 1; j++) {
            lanes half = count[j] ^ waiting[j], sum = half ^ carry;

            carry = (count[j] & waiting[j]) | (half & carry);
            count[j] = sum;
        }
        waiting[j] = carry;
    }
    for (unsigned level = 0; n >> level; level++) {
        if (!(n >> level & 1))
            continue;
        carry = waiting[level];
        for (unsigned j = level; j < bits; j++) {
            lanes sum = count[j] ^ carry;

            carry &= count[j];
            count[j] = sum;
        }
    }
}

/* Samples where this count beats the best so far take it, and the class. */
static void challenge(lanes *best, lanes *class, const lanes *count, unsigned bits,
                      uint32_t c)
{
    lanes above = { 0 }, equal = ~above;

    for (unsigned j = bits; j-- > 0;) {
        above |= equal & count[j] & ~best[j];
        equal &= ~(count[j] ^ best[j]);
    }
    for (unsigned j = 0; j < bits; j++)
        best[j] = MUX(above, best[j], count[j]);
    for (unsigned j = 0; j < CLASS_BITS; j++)
        class[j] = (class[j] & ~above) | (above & spread(c, j));
}

/* The class of every sample, bit j in class[j].  Classes that lie wholly beyond the last
 * output have no votes and never win. */
static void elect(lanes class[CLASS_BITS], const lanes *vote, uint32_t luts,
                  uint32_t classes)
{
    uint32_t group = lut_circuit_group(luts, classes);
    unsigned bits = lut_bits_for(group);
    lanes best[COUNTER], count[COUNTER];

    memset(class, 0, CLASS_BITS * sizeof *class);
    count_votes(best, bits, vote, group < luts ? group : luts);
    for (uint32_t c = 1; (size_t)c * group < luts; c++) {
        uint32_t first = c * group;

        count_votes(count, bits, vote + first,
                    luts - first < group ? luts - first : group);
        challenge(best, class, count, bits, c);
    }
}

static void write_classes(uint16_t *predicted, const lanes class[CLASS_BITS],
                          uint32_t classes, size_t n)
{
    unsigned bits = lut_bits_for(classes - 1);

    for (size_t i = 0; i < n; i++) {
        unsigned c = 0;

        for (unsigned j = 0; j < bits; j++)
            c |= (unsigned)(class[j][i / 64] >> (i % 64) & 1) << j;
        predicted[i] = (uint16_t)c;
    }
}

/* ---- blocks of samples ---- */

static void predict_block(const lut_circuit *c, scratch *w, uint16_t *predicted,
                          const lut_samples *s, size_t first, size_t n)
{
    lut_bits input = { .p = (uint64_t *)w->input, .rows = c->inputs, .ld = WORDS };
    const lanes *in = w->input;
    lanes class[CLASS_BITS];

    lut_bits_gather(&input, s, NULL, first, n);
    for (uint32_t l = 0; l < c->nlayers; l++) {
        eval_layer(&c->layer[l], w->signal[l % 2], in);
        in = w->signal[l % 2];
    }
    elect(class, in, c->layer[c->nlayers - 1].luts, c->classes);
    write_classes(predicted + first, class, c->classes, n);
}

typedef struct job {
    const lut_circuit *c;
    uint16_t *predicted;
    const lut_samples *s;
    scratch *part; /* [parts] */
    size_t parts;
} job;

/* Every parts-th block: a part owns its work space. */
static void predict_part(void *arg, size_t part)
{
    const job *j = arg;

    for (size_t at = part * SAMPLES; at < j->s->n; at += j->parts * SAMPLES)
        predict_block(j->c, &j->part[part], j->predicted, j->s, at,
                      j->s->n - at < SAMPLES ? j->s->n - at : SAMPLES);
}

static void plan(job *j, lut_arena *a)
{
    const lut_circuit *c = j->c;
    size_t widest = 0;

    for (uint32_t l = 0; l < c->nlayers; l++)
        widest = c->layer[l].luts > widest ? c->layer[l].luts : widest;
    for (size_t i = 0; i < j->parts; i++) {
        j->part[i].input = lut_arena_take(a, c->inputs, sizeof(lanes));
        for (int side = 0; side < 2; side++)
            j->part[i].signal[side] = lut_arena_take(a, widest, sizeof(lanes));
    }
}

lut_status lut_direct_predict(uint16_t *predicted, const lut_circuit *c,
                              const lut_samples *s, const lut_exec *exec, lut_err *err)
{
    job j = { .c = c, .predicted = predicted, .s = s, .parts = exec->threads };
    lut_arena a = { 0 };
    lut_status st;

    LUT_CHECK(s->inputs == c->inputs && exec->threads >= 1);
    j.part = calloc(j.parts, sizeof *j.part);
    if (!j.part)
        return lut_fail(err, LUT_ENOMEM, "no memory for a network of %u layers",
                        (unsigned)c->nlayers);
    plan(&j, &a);
    st = lut_arena_alloc(&a, err);
    if (st == LUT_OK) {
        plan(&j, &a);
        lut_for(exec, j.parts, predict_part, &j);
    }
    lut_arena_fini(&a);
    free(j.part);
    return st;
}
