#include "lib/circuit/popcount.h"
#include "lib/circuit/build.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 32, MOST_PARTS = LUT_MAX_LAYERS - 1 };

/* Bits of equal weight, oldest first. */
typedef struct column {
    uint32_t *bit;  /* literals; [room] */
    uint8_t *level; /* compressors below */
    uint32_t first, last;
} column;

typedef struct tree {
    lut_popcount *p;
    lut_build b;
    column column[WIDTH];
    unsigned width;
    uint32_t *bits;  /* owned, shared out to columns */
    uint8_t *levels; /* the same */
} tree;

static uint32_t height(const column *c)
{
    return c->last - c->first;
}

static void push(tree *t, unsigned weight, uint32_t literal, uint8_t level)
{
    column *c = &t->column[weight];

    c->bit[c->last] = literal;
    c->level[c->last++] = level;
}

/* ---- votes ---- */

/* A compressor leaves fewer bits than it takes, and at most one in a column: no more of them
 * than bits, no more bits in a column than of both. */
static lut_status open_columns(tree *t, uint32_t votes, lut_err *err)
{
    size_t bits = (size_t)votes + WIDTH, room = 2 * bits;

    t->bits = malloc(t->width * room * sizeof *t->bits);
    t->levels = malloc(t->width * room);
    t->p->compressor = malloc(bits * sizeof *t->p->compressor);
    t->p->signal = malloc(bits * sizeof *t->p->signal);
    if (!t->bits || !t->levels || !t->p->compressor || !t->p->signal)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u votes", (unsigned)votes);
    for (unsigned w = 0; w < t->width; w++) {
        t->column[w].bit = t->bits + w * room;
        t->column[w].level = t->levels + w * room;
    }
    return LUT_OK;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The votes in order, so that equal ones stand together; votes [n]. */
static void enter_votes(tree *t, const uint32_t *votes, uint32_t n)
{
    lut_popcount *p = t->p;
    uint32_t inputs = 0;

    for (uint32_t i = 0, times; i < n; i += times) {
        for (times = 1; i + times < n && votes[i + times] == votes[i]; times++)
            ;
        if (inputs == 0 || p->signal[inputs - 1] != votes[i] >> 1)
            p->signal[inputs++] = votes[i] >> 1;
        for (unsigned w = 0; times >> w; w++)
            if (times >> w & 1)
                push(t, w, 2 * inputs + (votes[i] & 1), 0);
    }
    t->b.inputs = inputs;
}

/* ---- compressors ---- */

/* Bit j of the number of set inputs, as a table. */
static uint64_t sum_table(unsigned n, unsigned j)
{
    uint64_t tt = 0;

    for (unsigned a = 0; a < 1u << n; a++)
        tt |= (uint64_t)((unsigned)__builtin_popcount(a) >> j & 1) << a;
    return tt;
}

static lut_status compress(tree *t, unsigned weight, unsigned n, lut_err *err)
{
    column *c = &t->column[weight];
    lut_compressor *x = &t->p->compressor[t->p->ncompressors++];
    uint8_t level = 0;

    *x = (lut_compressor){ .n = (uint8_t)n, .weight = (uint8_t)weight };
    for (unsigned j = 0; j < n; j++, c->first++) {
        x->in[j] = c->bit[c->first];
        level = c->level[c->first] > level ? c->level[c->first] : level;
    }
    for (unsigned j = 0; (n >> j) && weight + j < t->width; j++) {
        LUT_TRY(lut_build_add(&t->b, &x->out[j], sum_table(n, j), n, x->in,
                              level < MOST_PARTS ? level : MOST_PARTS, err));
        if (x->out[j] != 0)
            push(t, weight + j, x->out[j], level + 1);
        x->outputs++;
    }
    return LUT_OK;
}

/* Level by level, sixes of what the level before left. */
static lut_status compress_sixes(tree *t, lut_err *err)
{
    uint32_t ready[WIDTH];
    bool some = true;

    while (some) {
        some = false;
        for (unsigned w = 0; w < t->width; w++)
            ready[w] = height(&t->column[w]);
        for (unsigned w = 0; w < t->width; w++)
            for (; ready[w] >= 6; ready[w] -= 6) {
                LUT_TRY(compress(t, w, 6, err));
                some = true;
            }
    }
    return LUT_OK;
}

/* From the lowest column, whose carries the next one has too, to two bits a column. */
static lut_status compress_rest(tree *t, lut_err *err)
{
    for (unsigned w = 0; w < t->width; w++)
        for (uint32_t h; (h = height(&t->column[w])) > 2;)
            LUT_TRY(compress(t, w, h >= 6 ? 6 : h == 5 ? 5 : 3, err));
    return LUT_OK;
}

static lut_status compress_all(tree *t, uint32_t bias, lut_err *err)
{
    LUT_TRY(compress_sixes(t, err));
    for (unsigned w = 0; w < t->width; w++)
        if (bias >> w & 1)
            push(t, w, 1, 0);
    return compress_rest(t, err);
}

/* ---- rows ---- */

enum { LITERALS = 9 }; /* of a compressor */

static void list_literals(const lut_popcount *p, uint32_t *to)
{
    for (uint32_t i = 0; i < p->ncompressors; i++, to += LITERALS) {
        memcpy(to, p->compressor[i].in, sizeof p->compressor[i].in);
        memcpy(to + 6, p->compressor[i].out, sizeof p->compressor[i].out);
    }
}

static void read_literals(lut_popcount *p, const uint32_t *from)
{
    for (uint32_t i = 0; i < p->ncompressors; i++, from += LITERALS) {
        memcpy(p->compressor[i].in, from, sizeof p->compressor[i].in);
        memcpy(p->compressor[i].out, from + 6, sizeof p->compressor[i].out);
    }
}

/* Literals of the compressors are renumbered with the rows: as outputs, for a moment. */
static lut_status finish(tree *t, lut_err *err)
{
    lut_popcount *p = t->p;
    size_t nrows = 2 * (size_t)t->width,
           all = nrows + LITERALS * (size_t)p->ncompressors;
    uint32_t *literal = calloc(all, sizeof *literal);
    lut_status st;

    if (!literal)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu compressors",
                        (size_t)p->ncompressors);
    for (unsigned w = 0; w < t->width; w++)
        for (unsigned r = 0; r < height(&t->column[w]); r++)
            literal[r * t->width + w] = t->column[w].bit[t->column[w].first + r];
    list_literals(p, literal + nrows);
    st = lut_build_finish(&t->b, &p->net, literal, (uint32_t)all, err);
    free(literal);
    if (st != LUT_OK)
        return st;
    read_literals(p, p->net.output + nrows);
    p->net.noutputs = p->net.group = p->net.first[1] = (uint32_t)nrows;
    p->width = t->width;
    p->row[0] = p->net.output;
    p->row[1] = p->net.output + t->width;
    return LUT_OK;
}

static lut_status make(tree *t, const lut_netlist *n, uint32_t c, lut_err *err)
{
    uint32_t votes = n->first[c + 1] - n->first[c];
    uint32_t *sorted = malloc(((size_t)votes + 1) * sizeof *sorted);
    lut_status st =
        sorted ? open_columns(t, votes, err)
               : lut_fail(err, LUT_ENOMEM, "no memory for %u votes", (unsigned)votes);

    if (st == LUT_OK)
        st = lut_build_open(&t->b, 0, 2 * votes, err);
    if (st == LUT_OK) {
        memcpy(sorted, n->output + n->first[c], votes * sizeof *sorted);
        qsort(sorted, votes, sizeof *sorted, by_value);
        enter_votes(t, sorted, votes);
        st = compress_all(t, n->bias[c], err);
    }
    if (st == LUT_OK)
        st = finish(t, err);
    free(sorted);
    return st;
}

lut_status lut_popcount_make(lut_popcount *p, const lut_netlist *n, uint32_t c,
                             unsigned width, lut_err *err)
{
    tree t = { .p = p, .width = width };
    lut_status st;

    *p = (lut_popcount){ 0 };
    st = make(&t, n, c, err);
    free(t.bits);
    free(t.levels);
    lut_build_close(&t.b);
    if (st != LUT_OK)
        lut_popcount_fini(p);
    return st;
}

void lut_popcount_fini(lut_popcount *p)
{
    lut_netlist_fini(&p->net);
    free(p->signal);
    free(p->compressor);
    *p = (lut_popcount){ 0 };
}

/* ---- looking at one ---- */

unsigned lut_popcount_adder(const lut_popcount *p)
{
    unsigned first = 0, end = p->width;

    while (first < end && !(p->row[0][first] && p->row[1][first]))
        first++;
    while (end > first && !p->row[0][end - 1] && !p->row[1][end - 1])
        end--;
    return end - first;
}

static uint32_t number(const uint32_t *row, unsigned width, const uint64_t *value,
                       unsigned bit)
{
    uint32_t sum = 0;

    for (unsigned w = 0; w < width; w++)
        sum |= (uint32_t)(lut_netlist_literal(value, row[w]) >> bit & 1) << w;
    return sum;
}

uint32_t lut_popcount_score(const lut_popcount *p, const uint64_t *value, unsigned bit)
{
    return number(p->row[0], p->width, value, bit) +
           number(p->row[1], p->width, value, bit);
}
