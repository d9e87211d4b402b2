#include "lib/circuit/direct.h"
#include "lib/base/arena.h"
#include "lib/base/check.h"

#include <stdlib.h>
#include <string.h>

enum { CLASS_BITS = 10 /* 2^10 = LUT_MAX_CLASSES */ };

_Static_assert(1 << CLASS_BITS >= LUT_MAX_CLASSES, "a class fits CLASS_BITS");

/* A slice to calculate with.  Passed by pointer: by value its ABI depends on flags. */
typedef uint64_t lanes __attribute__((vector_size(sizeof(lut_slice)), may_alias));

/* Work space of a thread. */
typedef struct scratch {
    lut_slice *input;     /* [inputs] */
    lut_slice *signal[2]; /* [widest layer], layers alternate between the two */
} scratch;

typedef struct job {
    const lut_circuit *c;
    const lut_slices *kern;
    uint16_t *predicted;
    const lut_samples *s;
    uint32_t *vote; /* [last layer] 0, 1, ...: as they lie */
    scratch *part;  /* [parts] */
    size_t parts;
} job;

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

void lut_direct_layer(const lut_circuit_layer *layer, lut_slice *to,
                      const lut_slice *from)
{
    lanes *out = (lanes *)to;
    const lanes *in = (const lanes *)from;
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

/* The class of every sample, bit j in class[j].  Classes that lie wholly beyond the last
 * output have no votes and never win. */
static void elect(const job *j, lut_slice *class, unsigned class_bits,
                  const lut_slice *v)
{
    uint32_t luts = j->c->layer[j->c->nlayers - 1].luts;
    uint32_t group = lut_circuit_group(luts, j->c->classes);
    unsigned bits = lut_bits_for(group);
    lut_slice best[LUT_VOTE_BITS], count[LUT_VOTE_BITS];

    memset(class, 0, class_bits * sizeof *class);
    for (uint32_t c = 0; (size_t)c * group < luts; c++) {
        uint32_t first = c * group;

        j->kern->votes(c ? count : best, bits, v, j->vote + first,
                       luts - first < group ? luts - first : group, 0, 0);
        if (c)
            j->kern->challenge(best, class, count, bits, class_bits, c);
    }
}

/* ---- blocks of samples ---- */

static void predict_block(const job *j, scratch *w, size_t first, size_t n)
{
    const lut_circuit *c = j->c;
    const lut_slice *in = w->input;
    unsigned class_bits = lut_bits_for(c->classes - 1);
    lut_slice class[CLASS_BITS];

    j->kern->from_words(w->input, j->s->x + first * j->s->ld, j->s->ld, c->inputs, n);
    for (uint32_t l = 0; l < c->nlayers; l++) {
        lut_direct_layer(&c->layer[l], w->signal[l % 2], in);
        in = w->signal[l % 2];
    }
    elect(j, class, class_bits, in);
    j->kern->numbers(j->predicted + first, class, class_bits, n);
}

/* Every parts-th block: a part owns its work space. */
static void predict_part(void *arg, size_t part)
{
    const job *j = arg;

    for (size_t at = part * LUT_SLICE; at < j->s->n; at += j->parts * LUT_SLICE)
        predict_block(j, &j->part[part], at,
                      j->s->n - at < LUT_SLICE ? j->s->n - at : LUT_SLICE);
}

static void plan(job *j, lut_arena *a)
{
    const lut_circuit *c = j->c;
    size_t widest = 0;

    for (uint32_t l = 0; l < c->nlayers; l++)
        widest = c->layer[l].luts > widest ? c->layer[l].luts : widest;
    j->vote = lut_arena_take(a, c->layer[c->nlayers - 1].luts, sizeof *j->vote);
    for (size_t i = 0; i < j->parts; i++) {
        j->part[i].input = lut_arena_take(a, c->inputs, sizeof(lut_slice));
        for (int side = 0; side < 2; side++)
            j->part[i].signal[side] = lut_arena_take(a, widest, sizeof(lut_slice));
    }
}

lut_status lut_direct_predict(uint16_t *predicted, const lut_circuit *c,
                              const lut_samples *s, const lut_slices *kern,
                              const lut_exec *exec, lut_err *err)
{
    job j = {
        .c = c, .kern = kern, .predicted = predicted, .s = s, .parts = exec->threads
    };
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
        for (uint32_t i = 0; i < c->layer[c->nlayers - 1].luts; i++)
            j.vote[i] = i;
        lut_for(exec, j.parts, predict_part, &j);
    }
    lut_arena_fini(&a);
    free(j.part);
    return st;
}
