#include "lib/export/verilog_check.h"
#include "lib/base/rng.h"
#include "lib/export/verilog.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_WORDS = 64, WIDEST = 16 /* bits of which all values are tried */ };

typedef struct checker {
    const verilog_plan *p;
    verilog_model *m;
    uint64_t *value; /* [m->nnets] */
    lut_rng rng;
    verilog_finding *f;
    lut_err *err;
} checker;

/* Bit s of a number that counts samples: sample i of word w is 64 w + i. */
static uint64_t counting(size_t word, unsigned bit)
{
    static const uint64_t low[6] = { 0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc,
                                     0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00,
                                     0xffff0000ffff0000, 0xffffffff00000000 };

    return bit < 6 ? low[bit] : -(uint64_t)(word >> (bit - 6) & 1);
}

static uint64_t number(const verilog_bus *b, const uint64_t *value, size_t at,
                       unsigned width, unsigned sample)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < width; i++)
        v |= (value[b->net[at + i]] >> sample & 1) << i;
    return v;
}

__attribute__((format(printf, 2, 3))) static void differs(verilog_finding *f,
                                                          const char *fmt, ...)
{
    va_list ap;

    if (f->wrong++)
        return;
    va_start(ap, fmt);
    vsnprintf(f->first, sizeof f->first, fmt, ap);
    va_end(ap);
}

/* ---- the whole ---- */

static void compare_block(checker *k, const verilog_samples *s, size_t first,
                          size_t count, const uint32_t *score, const uint16_t *label)
{
    const verilog_plan *p = k->p;
    uint32_t classes = p->design.core.classes;

    for (uint32_t j = 0; j < p->in_bits; j++) {
        uint64_t *v = &k->value[k->m->input.net[j]];

        *v = 0;
        for (size_t i = 0; i < count; i++)
            *v |= (s->x[(first + i) * s->ld + j / 64] >> (j % 64) & 1) << i;
    }
    verilog_eval(k->m, k->value);
    for (size_t i = 0; i < count; i++) {
        const uint32_t *row = score + (first + i) * classes;
        uint64_t found = number(&k->m->klass, k->value, 0, p->iw, (unsigned)i);

        if (found != label[first + i])
            differs(k->f, "input %zu: class %u, want %u", first + i, (unsigned)found,
                    (unsigned)label[first + i]);
        for (uint32_t c = 0; c < classes; c++) {
            found = number(&k->m->score, k->value, c * p->w, p->w, (unsigned)i);
            if (found != row[c])
                differs(k->f, "input %zu: score %u of class %u, want %u", first + i,
                        (unsigned)found, (unsigned)c, (unsigned)row[c]);
        }
    }
}

static lut_status compare(checker *k, const verilog_samples *s)
{
    uint32_t *score = malloc(s->n * k->p->design.core.classes * sizeof *score);
    uint16_t *label = malloc(s->n * sizeof *label);
    lut_status st = LUT_ENOMEM;

    if (score && label)
        st = verilog_expect(score, label, k->p, s, k->err);
    else
        lut_fail(k->err, LUT_ENOMEM, "no memory for %zu samples", s->n);
    for (size_t i = 0; st == LUT_OK && i < s->n; i += 64)
        compare_block(k, s, i, s->n - i < 64 ? s->n - i : 64, score, label);
    k->f->cases += (double)s->n;
    free(score);
    free(label);
    return st;
}

static lut_status compare_made(checker *k)
{
    verilog_samples s;
    lut_status st = verilog_samples_make(&s, k->p, k->err);

    LUT_TRY(st);
    st = compare(k, &s);
    free(s.x);
    return st;
}

/* All inputs where they are few, else random ones. */
static lut_status check_whole(checker *k)
{
    uint32_t bits = k->p->in_bits;
    verilog_samples s = { .ld = lut_ceil_div(bits, 64), .n = 64 * RANDOM_WORDS };
    lut_status st;

    k->f->what = "classes and scores of the design";
    k->f->proof = bits <= WIDEST;
    LUT_TRY(compare_made(k));
    if (k->f->proof)
        s.n = (size_t)1 << bits;
    s.x = calloc(s.n * s.ld, sizeof *s.x);
    if (!s.x)
        return lut_fail(k->err, LUT_ENOMEM, "no memory for %zu samples", s.n);
    for (size_t i = 0; i < s.n * s.ld; i++)
        s.x[i] = k->f->proof ? i : lut_rng_next(&k->rng);
    st = compare(k, &s);
    free(s.x);
    return st;
}

/* ---- encoder ---- */

/* Encoded bit of the integer x of feature f. */
static bool encoded(const verilog_plan *p, uint32_t bit, uint64_t x)
{
    const lut_encoder *e = p->d->encoder;
    size_t f = bit / e->bits, n = 0;
    double v = (double)x;

    if (lut_encode_rule(e->kind))
        return x >> (bit % e->bits) & 1;
    if (p->input.is_signed && x >> (p->input.width - 1))
        v -= ldexp(1, (int)p->input.width);
    while (n < e->thresholds &&
           v > ldexp((double)e->threshold[f * e->thresholds + n], p->input.frac))
        n++;
    return e->codes[n * e->bits + bit % e->bits];
}

/* All values, in all features at once: a proof where each bit reads one feature alone. */
static void encode_word(checker *k, size_t word, const verilog_bus *out)
{
    const verilog_plan *p = k->p;
    unsigned width = p->input.width;
    uint64_t mask = ((uint64_t)1 << width) - 1;

    for (uint32_t i = 0; i < p->in_bits; i++)
        k->value[k->m->input.net[i]] = counting(word, i % width);
    verilog_eval(k->m, k->value);
    for (uint32_t o = 0; o < p->nbits; o++)
        for (unsigned s = 0; s < 64; s++) {
            uint64_t x = (64 * word + s) & mask;

            if ((k->value[out->net[o]] >> s & 1) != encoded(p, p->bit[o], x))
                differs(k->f, "encoded bit %u is wrong at input %llu",
                        (unsigned)p->bit[o], (unsigned long long)x);
        }
}

/* The features that an output depends on: more than one refutes that all values are all
 * inputs.  mark [nnets]: feature + 1; 0: none; UINT32_MAX: several. */
static lut_status check_support(checker *k, const verilog_bus *out)
{
    uint32_t *mark = calloc(k->m->nnets, sizeof *mark);

    if (!mark)
        return lut_fail(k->err, LUT_ENOMEM, "no memory for %u nets",
                        (unsigned)k->m->nnets);
    for (uint32_t i = 0; i < k->p->in_bits; i++)
        mark[k->m->input.net[i]] = 1 + i / k->p->input.width;
    for (uint32_t i = 0; i < k->m->norder; i++) {
        const verilog_net *net = &k->m->net[k->m->order[i]];
        uint32_t *own = &mark[k->m->order[i]];

        for (unsigned j = 0; j < net->k; j++) {
            uint32_t m = mark[net->in[j]];

            *own = m == 0 || *own == m ? *own : *own == 0 ? m : UINT32_MAX;
        }
    }
    for (uint32_t o = 0; o < k->p->nbits; o++) {
        uint32_t m = mark[out->net[o]];

        if (m != 1 + k->p->bit[o] / k->p->d->encoder->bits)
            differs(k->f, "encoded bit %u reads other features",
                    (unsigned)k->p->bit[o]);
    }
    free(mark);
    return LUT_OK;
}

static lut_status check_encoder(checker *k)
{
    const verilog_bus out = k->m->between[1];
    unsigned width = k->p->input.width;
    size_t words = width <= 6 ? 1 : (size_t)1 << (width - 6);

    if (!k->p->encodes || width > WIDEST || k->p->nbits == 0)
        return LUT_OK;
    k->f->what = "comparators";
    k->f->proof = true;
    k->f->cases = ldexp(1, (int)width);
    LUT_TRY(verilog_cut(k->m, &k->m->input, &out, 1, k->err));
    LUT_TRY(check_support(k, &out));
    for (size_t w = 0; w < words; w++)
        encode_word(k, w, &out);
    return LUT_OK;
}

/* ---- popcount ---- */

static uint32_t votes(const checker *k, const verilog_bus *in, uint32_t c,
                      unsigned sample)
{
    const lut_netlist *n = &k->p->design.core;
    uint32_t sum = n->bias[c];

    for (uint32_t o = n->first[c]; o < n->first[c + 1]; o++) {
        uint32_t net = in->net[verilog_vote(k->p, n->output[o])];

        sum += (k->value[net] >> sample & 1) ^ (n->output[o] & 1);
    }
    return sum;
}

static void count_word(checker *k, const verilog_bus *in)
{
    verilog_eval(k->m, k->value);
    for (unsigned s = 0; s < 64; s++)
        for (uint32_t c = 0; c < k->p->design.core.classes; c++) {
            uint64_t found = number(&k->m->score, k->value, c * k->p->w, k->p->w, s);

            if (found != votes(k, in, c, s))
                differs(k->f, "class %u counts %u votes, want %u", (unsigned)c,
                        (unsigned)found, (unsigned)votes(k, in, c, s));
        }
    k->f->cases += 64;
}

/* Random votes of which few, half or most are set. */
static uint64_t random_word(checker *k, unsigned share)
{
    uint64_t a = lut_rng_next(&k->rng), b = lut_rng_next(&k->rng),
             c = lut_rng_next(&k->rng);

    return share == 0 ? a : share == 1 ? (a | b | c) : a & b & c;
}

static lut_status check_popcount(checker *k)
{
    const verilog_bus in = k->m->between[k->p->first_pop];
    uint32_t n = k->p->nsignals;
    bool all = n <= WIDEST;
    size_t words = all ? (n <= 6 ? 1 : (size_t)1 << (n - 6)) : 3 * RANDOM_WORDS;

    k->f->what = "popcounts";
    k->f->proof = all;
    LUT_TRY(verilog_cut(k->m, &in, &k->m->score, 1, k->err));
    for (size_t w = 0; w < words; w++) {
        for (uint32_t i = 0; i < in.width; i++)
            k->value[in.net[i]] = all ? counting(w, i) : random_word(k, w % 3);
        count_word(k, &in);
    }
    return LUT_OK;
}

/* ---- argmax ---- */

static void elect_word(checker *k, const verilog_bus *in)
{
    verilog_eval(k->m, k->value);
    for (unsigned s = 0; s < 64; s++) {
        uint32_t best = 0;
        uint64_t most = 0, found = number(&k->m->klass, k->value, 0, k->p->iw, s);

        for (uint32_t c = 0; c < k->p->design.core.classes; c++) {
            uint64_t v = number(in, k->value, c * k->p->w, k->p->w, s);

            best = c == 0 || v > most ? c : best;
            most = v > most ? v : most;
        }
        if (found != best)
            differs(k->f, "class %u wins, want %u", (unsigned)found, (unsigned)best);
    }
    k->f->cases += 64;
}

/* Sampled: scores that are all but equal, so that every comparison is close. */
static lut_status check_argmax(checker *k)
{
    const verilog_bus in = k->m->between[k->p->nblocks - 1];
    bool all = in.width <= WIDEST;
    size_t words =
        all ? (in.width <= 6 ? 1 : (size_t)1 << (in.width - 6)) : 4 * RANDOM_WORDS;

    k->f->what = "argmax";
    k->f->proof = all;
    LUT_TRY(verilog_cut(k->m, &in, &k->m->klass, 1, k->err));
    for (size_t w = 0; w < words; w++) {
        unsigned keep = (unsigned)(w / 2 % k->p->w);
        uint64_t common[64];

        for (unsigned b = 0; b < k->p->w; b++)
            common[b] = lut_rng_next(&k->rng);
        for (uint32_t i = 0; i < in.width; i++) {
            uint64_t own = w % 2 ? random_word(k, 2) : lut_rng_next(&k->rng);

            k->value[in.net[i]] = all                  ? counting(w, i)
                                  : i % k->p->w > keep ? common[i % k->p->w]
                                                       : own;
        }
        elect_word(k, &in);
    }
    return LUT_OK;
}

/* ---- handshake ---- */

static uint32_t latency_of(const verilog_plan *p)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < p->nblocks; i++)
        n += verilog_stages(p, &p->block[i]);
    return n;
}

/* Without registers, which are wires here, valid is handed on, and so is ready, or the one
 * that enables all registers says it. */
static lut_status check_handshake(checker *k)
{
    const verilog_model *m = k->m;
    const char *kind = k->p->cfg->handshake;
    const bool none = strcmp(kind, "none") == 0, full = strcmp(kind, "full") == 0;

    k->f->what = "valid and ready";
    k->f->proof = true;
    k->f->cases = 4;
    LUT_TRY(verilog_order(k->m, (verilog_bus[]){ m->valid, m->ready }, 2, k->err));
    if (m->valid.width != 1 || m->valid_in.width != 1 || m->ready.width != !none ||
        m->ready_in.width != !none) {
        differs(k->f, "the ports are not those of the handshake");
        return LUT_OK;
    }
    k->value[m->valid_in.net[0]] = counting(0, 0);
    if (!none)
        k->value[m->ready_in.net[0]] = counting(0, 1);
    verilog_eval(m, k->value);
    if (k->value[m->valid.net[0]] != counting(0, 0))
        differs(k->f, "m_valid is not s_valid");
    if (!none &&
        k->value[m->ready.net[0]] != (counting(0, 1) | (full ? 0 : ~counting(0, 0))))
        differs(k->f, "s_ready does not follow m_ready");
    if (m->latency != latency_of(k->p))
        differs(k->f, "%u registers in a row, want %u", (unsigned)m->latency,
                (unsigned)latency_of(k->p));
    return LUT_OK;
}

/* ---- all ---- */

static lut_status check_model(checker *k, size_t *n)
{
    static lut_status (*const check[])(checker *) = { check_whole, check_handshake,
                                                      check_encoder, check_popcount,
                                                      check_argmax };
    verilog_finding *all = k->f;

    if (k->m->input.width != k->p->in_bits || k->m->klass.width != k->p->iw ||
        k->m->score.width != k->p->design.core.classes * k->p->w ||
        k->m->nbetween != k->p->nblocks)
        return lut_fail(k->err, LUT_EFORMAT, "the ports are not those of the network");
    for (size_t i = 0; i < LUT_COUNT(check); i++) {
        k->f = &all[*n];
        *k->f = (verilog_finding){ .what = NULL };
        LUT_TRY(check[i](k));
        *n += k->f->what != NULL;
    }
    return LUT_OK;
}

lut_status verilog_check(verilog_finding finding[VERILOG_FINDINGS], size_t *nfindings,
                         const void *cfg, const lut_export_design *d,
                         const verilog_source *source, size_t n, uint64_t seed,
                         lut_err *err)
{
    verilog_plan p;
    verilog_model m = { 0 };
    char top[LUT_DESIGN_NAME + 8];
    lut_status st = verilog_plan_make(&p, cfg, d, err);
    checker k = { .p = &p,
                  .m = &m,
                  .f = finding,
                  .err = err,
                  .rng = lut_rng_make(seed, LUT_RNG_TEST, 1) };

    *nfindings = 0;
    snprintf(top, sizeof top, "%s_top", d->name);
    if (st == LUT_OK)
        st = verilog_read(&m, source, n, top, err);
    if (st == LUT_OK) {
        k.value = calloc(m.nnets, sizeof *k.value);
        st = k.value ? check_model(&k, nfindings)
                     : lut_fail(err, LUT_ENOMEM, "no memory for %u nets",
                                (unsigned)m.nnets);
    }
    free(k.value);
    verilog_model_fini(&m);
    verilog_plan_fini(&p);
    return st;
}
