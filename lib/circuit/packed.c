#include "lib/circuit/packed.h"
#include "lib/base/arena.h"
#include "lib/base/check.h"
#include "lib/circuit/direct.h"
#include "lib/circuit/program.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLASS_BITS = 10 /* 2^10 = LUT_MAX_CLASSES */ };

_Static_assert(1 << CLASS_BITS >= LUT_MAX_CLASSES, "a class fits CLASS_BITS");

/* Work space of a thread. */
typedef struct scratch {
    lut_slice *v;     /* [width][slots] */
    lut_slice *votes; /* [width][classes][bits] */
} scratch;

struct lut_packed {
    lut_program program;
    const lut_slices *kern;
    size_t width; /* slices side by side: code is worth fetching for several only */
    lut_exec exec;
    lut_arena arena;
    scratch *part; /* [exec.threads] */
};

/* What is done to all samples; one of s and bools is set. */
typedef struct job {
    lut_packed *p;
    uint16_t *predicted;
    uint32_t *votes; /* NULL: not wanted */
    const lut_samples *s;
    const uint8_t *bools;
    size_t ld, n;
} job;

/* The votes of one class of n samples. */
static void write_votes(uint32_t *votes, size_t classes, const lut_slice *count,
                        unsigned bits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t sum = 0;

        for (unsigned j = 0; j < bits; j++)
            sum |= (uint32_t)(count[j].word[i / 64] >> (i % 64) & 1) << j;
        votes[i * classes] = sum;
    }
}

static void load_slice(const job *j, lut_slice *v, size_t first, size_t n)
{
    const lut_program *p = &j->p->program;

    if (j->bools)
        j->p->kern->from_bools(v, j->bools + first * j->ld, j->ld, p->inputs, n);
    else
        j->p->kern->from_words(v, j->s->x + first * j->s->ld, j->s->ld, p->inputs, n);
}

static void save_slice(const job *j, const lut_slice *class, const lut_slice *votes,
                       size_t first, size_t n)
{
    const lut_program *p = &j->p->program;

    j->p->kern->numbers(j->predicted + first, class, p->class_bits, n);
    for (uint32_t c = 0; j->votes && c < p->classes; c++)
        write_votes(j->votes + first * p->classes + c, p->classes,
                    votes + (size_t)c * p->bits, p->bits, n);
}

/* Samples of slice i of the n from the first one on. */
static size_t in_slice(size_t i, size_t n)
{
    return n - i * LUT_SLICE < LUT_SLICE ? n - i * LUT_SLICE : LUT_SLICE;
}

static void predict_block(const job *j, const scratch *w, size_t first, size_t n)
{
    const lut_program *p = &j->p->program;
    lut_slice class[LUT_PROGRAM_WIDTH * CLASS_BITS];
    size_t slices = lut_ceil_div(n, LUT_SLICE);

    for (size_t i = 0; i < slices; i++)
        load_slice(j, w->v + i * p->slots, first + i * LUT_SLICE, in_slice(i, n));
    lut_program_run(p, j->p->kern, slices, w->v, class, j->votes ? w->votes : NULL);
    for (size_t i = 0; i < slices; i++)
        save_slice(j, class + i * p->class_bits, w->votes + i * p->classes * p->bits,
                   first + i * LUT_SLICE, in_slice(i, n));
}

/* Every threads-th block: a part owns its work space. */
static void predict_part(void *arg, size_t part)
{
    const job *j = arg;
    size_t block = j->p->width * LUT_SLICE, step = j->p->exec.threads * block;

    for (size_t at = part * block; at < j->n; at += step)
        predict_block(j, &j->p->part[part], at, j->n - at < block ? j->n - at : block);
}

static void predict(job *j)
{
    lut_for(&j->p->exec, j->p->exec.threads, predict_part, j);
}

void lut_packed_predict(lut_packed *p, uint16_t *predicted, const lut_samples *s)
{
    LUT_CHECK(s->inputs == p->program.inputs);
    predict(&(job){ .p = p, .predicted = predicted, .s = s, .n = s->n });
}

void lut_packed_scores(lut_packed *p, uint16_t *predicted, uint32_t *votes,
                       const lut_samples *s)
{
    LUT_CHECK(s->inputs == p->program.inputs);
    predict(
        &(job){ .p = p, .predicted = predicted, .votes = votes, .s = s, .n = s->n });
}

void lut_packed_predict_bools(lut_packed *p, uint16_t *predicted, const uint8_t *x,
                              size_t ld, size_t n)
{
    LUT_CHECK(ld >= p->program.inputs);
    predict(&(job){ .p = p, .predicted = predicted, .bools = x, .ld = ld, .n = n });
}

lut_packed_size lut_packed_look(const lut_packed *p)
{
    return (lut_packed_size){ .luts = p->program.nluts,
                              .gates = p->program.ngates,
                              .runs = p->program.nruns,
                              .memory = p->width * p->program.slots * sizeof(lut_slice),
                              .code = p->program.code.size,
                              .kernels = p->kern->name };
}

/* ---- making one ---- */

static lut_status make_program(lut_program *program, const lut_circuit *c, lut_err *err)
{
    lut_netlist n;
    lut_status st = lut_netlist_from(&n, c, err);

    if (st == LUT_OK)
        st = lut_netlist_simplify(&n, NULL, err);
    if (st == LUT_OK)
        st = lut_program_make(program, &n, err);
    lut_netlist_fini(&n);
    return st;
}

static void plan(lut_packed *p)
{
    const lut_program *g = &p->program;

    for (unsigned i = 0; i < p->exec.threads; i++) {
        p->part[i].v =
            lut_arena_take(&p->arena, p->width * g->slots, sizeof(lut_slice));
        p->part[i].votes = lut_arena_take(&p->arena, p->width * g->classes * g->bits,
                                          sizeof(lut_slice));
    }
}

static lut_status make_parts(lut_packed *p, lut_err *err)
{
    p->part = calloc(p->exec.threads, sizeof *p->part);
    if (!p->part)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u threads", p->exec.threads);
    plan(p);
    LUT_TRY(lut_arena_alloc(&p->arena, err));
    plan(p);
    return LUT_OK;
}

static lut_status find_kernels(const lut_slices **kern, const char *name, lut_err *err)
{
    *kern = lut_slices_find(name);
    return *kern ? LUT_OK
                 : lut_fail(err, LUT_ENOENT,
                            "kernel set \"%s\" is not in this build or not of this "
                            "machine",
                            name ? name : "best");
}

lut_status lut_packed_create_on(lut_packed **out, const lut_circuit *c,
                                const char *kernels, const lut_exec *exec, lut_err *err)
{
    const lut_slices *kern;
    lut_packed *p;
    lut_status st;

    *out = NULL;
    LUT_CHECK(exec->threads >= 1);
    LUT_TRY(find_kernels(&kern, kernels, err));
    p = calloc(1, sizeof *p);
    if (!p)
        return lut_fail(err, LUT_ENOMEM, "no memory for a network of %u layers",
                        (unsigned)c->nlayers);
    p->kern = kern;
    p->exec = *exec;
    st = make_program(&p->program, c, err);
    p->width = 1;
    if (st == LUT_OK && !kernels && lut_program_compile(&p->program))
        p->width = LUT_PROGRAM_WIDTH;
    if (st == LUT_OK)
        st = make_parts(p, err);
    if (st == LUT_OK)
        *out = p;
    else
        lut_packed_destroy(p);
    return st;
}

lut_status lut_packed_create(lut_packed **p, const lut_circuit *c, const lut_exec *exec,
                             lut_err *err)
{
    return lut_packed_create_on(p, c, NULL, exec, err);
}

void lut_packed_destroy(lut_packed *p)
{
    if (!p)
        return;
    lut_arena_fini(&p->arena);
    lut_program_fini(&p->program);
    free(p->part);
    free(p);
}

/* ---- accuracy ---- */

static lut_status predict_all(uint16_t *predicted, const lut_circuit *c,
                              const lut_samples *s, const char *kernels,
                              const lut_exec *exec, lut_err *err)
{
    const lut_slices *kern;
    lut_packed *p;

    LUT_TRY(find_kernels(&kern, kernels, err));
    if (s->n < LUT_DIRECT_SAMPLES)
        return lut_direct_predict(predicted, c, s, kern, exec, err);
    LUT_TRY(lut_packed_create_on(&p, c, kernels, exec, err));
    lut_packed_predict(p, predicted, s);
    lut_packed_destroy(p);
    return LUT_OK;
}

lut_status lut_circuit_accuracy_on(double *percent, uint16_t *predicted,
                                   const lut_circuit *c, const lut_samples *s,
                                   const char *kernels, const lut_exec *exec,
                                   lut_err *err)
{
    uint16_t *p = predicted ? predicted : malloc((s->n ? s->n : 1) * sizeof *p);
    size_t correct = 0;
    lut_status st;

    *percent = (double)NAN;
    if (!p)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu predictions", s->n);
    st = predict_all(p, c, s, kernels, exec, err);
    if (st == LUT_OK && s->n) {
        for (size_t i = 0; i < s->n; i++)
            correct += p[i] == s->label[i];
        *percent = 100.0 * (double)correct / (double)s->n;
    }
    if (!predicted)
        free(p);
    return st;
}

lut_status lut_circuit_accuracy(double *percent, uint16_t *predicted,
                                const lut_circuit *c, const lut_samples *s,
                                const lut_exec *exec, lut_err *err)
{
    return lut_circuit_accuracy_on(percent, predicted, c, s, NULL, exec, err);
}
