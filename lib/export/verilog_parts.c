/* Encoders and popcounts as netlists of LUTs.
 *
 * Comparison: u > B of W bits.  Trailing ones of B drop out, since u > B exactly where the
 * bits above them are; six bits are compared at first, five more with each LUT of a cascade:
 * above, or equal there and above below.  Equal LUTs are shared by the builder, so that
 * thresholds of one feature share what their low bits have in common. */
#include "lib/circuit/build.h"
#include "lib/circuit/table.h"
#include "lib/export/verilog.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = LUT_NODE_INPUTS, NEXT = LUT_NODE_INPUTS - 1 };

/* Table over `bits` bits of u, the highest first, and behind them what the bits below say. */
static uint64_t above_table(unsigned bits, uint64_t bound, bool chained)
{
    uint64_t tt = 0;

    for (unsigned a = 0; a < 1u << (bits + chained); a++) {
        unsigned u = a >> chained, below = a & chained;

        if (u > bound || (u == bound && below))
            tt |= (uint64_t)1 << a;
    }
    return tt;
}

/* first: signal of bit 0 of the feature. */
static lut_status compare(lut_build *b, uint32_t *literal, const lut_fixed *q,
                          uint32_t first, uint64_t bound, lut_err *err)
{
    unsigned at = 0;
    bool chained = false;

    while (at + 1 < q->width && bound >> at & 1)
        at++;
    while (at < q->width) {
        unsigned some = chained ? NEXT : FIRST;
        uint32_t in[LUT_NODE_INPUTS];

        some = some < q->width - at ? some : q->width - at;
        for (unsigned j = 0; j < some; j++) {
            unsigned bit = at + some - 1 - j;

            in[j] = 2 * (first + bit) + (q->is_signed && bit == q->width - 1);
        }
        if (chained)
            in[some] = *literal;
        LUT_TRY(lut_build_add(
            b, literal,
            above_table(some, bound >> at & (((uint64_t)1 << some) - 1), chained),
            some + chained, in, 0, err));
        chained = true;
        at += some;
    }
    return LUT_OK;
}

/* All comparisons of a feature as literals, constants among them. */
static lut_status compare_all(lut_build *b, uint32_t *literal, const lut_encoder *e,
                              const lut_fixed *q, size_t f, lut_err *err)
{
    for (size_t t = 0; t < e->thresholds; t++) {
        uint64_t bound;

        switch (verilog_bound(q, e->threshold[f * e->thresholds + t], &bound)) {
        case VERILOG_NEVER:
            literal[t] = 0;
            break;
        case VERILOG_ALWAYS:
            literal[t] = 1;
            break;
        case VERILOG_COMPARES:
            LUT_TRY(
                compare(b, &literal[t], q, (uint32_t)(1 + f * q->width), bound, err));
        }
    }
    return LUT_OK;
}

/* Bit b of the code of n passed thresholds is codes[0][b], inverted at each passed threshold
 * where the table changes: a parity. */
static lut_status code_bit(lut_build *b, uint32_t *out, const lut_encoder *e,
                           size_t bit, const uint32_t *literal, lut_err *err)
{
    uint32_t in[LUT_NODE_INPUTS];
    unsigned k = 0;
    uint32_t phase = e->codes[bit] & 1;

    *out = 0;
    for (size_t t = 0; t <= e->thresholds; t++) {
        if (t < e->thresholds &&
            e->codes[t * e->bits + bit] == e->codes[(t + 1) * e->bits + bit])
            continue;
        if (t < e->thresholds)
            in[k++] = literal[t];
        if (k == LUT_NODE_INPUTS || (t == e->thresholds && k)) {
            LUT_TRY(lut_build_add(b, out, 0x6996966996696996 & lut_table_all(k), k, in,
                                  0, err));
            in[0] = *out;
            k = 1;
        }
    }
    *out ^= phase;
    return LUT_OK;
}

static lut_status encode_feature(lut_build *b, uint32_t *out, uint32_t *literal,
                                 const lut_encoder *e, const lut_fixed *q, size_t f,
                                 lut_err *err)
{
    if (lut_encode_rule(e->kind)) { /* the bits themselves */
        for (size_t i = 0; i < e->bits; i++)
            out[i] = 2 * (uint32_t)(1 + f * q->width + i);
        return LUT_OK;
    }
    LUT_TRY(compare_all(b, literal, e, q, f, err));
    for (size_t i = 0; i < e->bits; i++)
        LUT_TRY(code_bit(b, &out[i], e, i, literal, err));
    return LUT_OK;
}

lut_status verilog_encoder(lut_netlist *n, const lut_encoder *e, const lut_fixed *q,
                           lut_err *err)
{
    lut_build b = { 0 };
    size_t bits = e->features * e->bits;
    uint32_t *out = malloc(bits * sizeof *out + 1);
    uint32_t *literal = malloc(e->thresholds * sizeof *literal + 1);
    lut_status st =
        lut_build_open(&b, (uint32_t)(e->features * q->width), (uint32_t)bits, err);

    if (st == LUT_OK && (!out || !literal))
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu encoded bits", bits);
    for (size_t f = 0; st == LUT_OK && f < e->features; f++)
        st = encode_feature(&b, out + f * e->bits, literal, e, q, f, err);
    if (st == LUT_OK)
        st = lut_build_sweep(&b, out, bits, err);
    if (st == LUT_OK)
        st = lut_build_finish(&b, n, out, (uint32_t)bits, err);
    lut_build_close(&b);
    free(out);
    free(literal);
    return st;
}

/* ---- votes ---- */

/* Columns of literals of one class while they are compressed. */
typedef struct heap {
    uint32_t *literal; /* [w][room] */
    uint32_t *height;  /* [w] */
    uint32_t w, room;
} heap;

static void push(heap *h, uint32_t column, uint32_t literal)
{
    if (column < h->w && literal != 0)
        h->literal[(size_t)column * h->room + h->height[column]++] = literal;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

uint32_t verilog_vote(const verilog_plan *p, uint32_t literal)
{
    const uint32_t *at = bsearch(&(uint32_t){ literal >> 1 }, p->signal, p->nsignals,
                                 sizeof *p->signal, ascending);

    return (uint32_t)(at - p->signal);
}

/* A literal that votes several times stands at the digits of that number. */
static void load(heap *h, const verilog_plan *p, uint32_t *vote, uint32_t c)
{
    const lut_netlist *n = &p->core;
    uint32_t count = n->first[c + 1] - n->first[c];

    memset(h->height, 0, h->w * sizeof *h->height);
    memcpy(vote, n->output + n->first[c], count * sizeof *vote);
    qsort(vote, count, sizeof *vote, ascending);
    for (uint32_t i = 0, j; i < count; i = j) {
        uint32_t bit = verilog_vote(p, vote[i]);

        for (j = i; j < count && vote[j] == vote[i]; j++)
            ;
        for (uint32_t digit = 0; digit < h->w; digit++)
            if ((j - i) >> digit & 1)
                push(h, digit, 2 * (1 + bit) + (vote[i] & 1));
    }
    for (uint32_t digit = 0; digit < h->w; digit++)
        if (n->bias[c] >> digit & 1)
            push(h, digit, 1);
}

/* Digit d of the number of ones in an address of k bits. */
static uint64_t count_table(unsigned k, unsigned d)
{
    uint64_t tt = 0;

    for (unsigned a = 0; a < 1u << k; a++)
        tt |= (uint64_t)((unsigned)__builtin_popcount(a) >> d & 1) << a;
    return tt;
}

/* k literals of a column to the digits of their number. */
static lut_status compress(lut_build *b, heap *to, uint32_t column, const uint32_t *in,
                           unsigned k, uint8_t part, lut_err *err)
{
    for (unsigned d = 0; k >> d; d++) {
        uint32_t literal;

        if (column + d >= to->w) /* the sum fits w digits: there this one is 0 */
            break;
        LUT_TRY(lut_build_add(b, &literal, count_table(k, d), k, in, part, err));
        push(to, column + d, literal);
    }
    return LUT_OK;
}

static uint32_t highest(const heap *h)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < h->w; i++)
        most = h->height[i] > most ? h->height[i] : most;
    return most;
}

/* One level.  Six bits to three are the cheapest per bit that goes, so others wait until no
 * column has six. */
static lut_status one_level(lut_build *b, heap *to, const heap *from, uint8_t part,
                            lut_err *err)
{
    bool six = highest(from) >= 6;

    memset(to->height, 0, to->w * sizeof *to->height);
    for (uint32_t i = 0; i < from->w; i++) {
        const uint32_t *in = from->literal + (size_t)i * from->room;
        uint32_t left = from->height[i];

        while (left >= 6 || (!six && left >= 3)) {
            unsigned k = left >= 6 ? 6 : left == 5 ? 5 : 3;

            LUT_TRY(compress(b, to, i, in, k, part, err));
            in += k;
            left -= k;
        }
        while (left--)
            push(to, i, *in++);
    }
    return LUT_OK;
}

/* Columns of the class to outputs. */
static lut_status reduce(lut_build *b, heap h[2], verilog_column *column, uint32_t *out,
                         uint32_t *nout, lut_err *err)
{
    unsigned side = 0;

    for (uint8_t part = 0; highest(&h[side]) > VERILOG_ROWS; part = 1, side = !side)
        LUT_TRY(one_level(b, &h[!side], &h[side], part, err));
    for (uint32_t i = 0; i < h[side].w; i++) {
        column[i] = (verilog_column){ *nout, h[side].height[i] };
        for (uint32_t j = 0; j < h[side].height[i]; j++)
            out[(*nout)++] = h[side].literal[(size_t)i * h[side].room + j];
    }
    return LUT_OK;
}

static lut_status reduce_all(verilog_plan *p, lut_build *b, heap h[2], uint32_t *vote,
                             uint32_t *out, lut_err *err)
{
    uint32_t nout = 0;

    for (uint32_t c = 0; c < p->core.classes; c++) {
        load(&h[0], p, vote, c);
        LUT_TRY(reduce(b, h, p->column + (size_t)c * p->w, out, &nout, err));
    }
    LUT_TRY(lut_build_sweep(b, out, nout, err));
    return lut_build_finish(b, &p->votes, out, nout, err);
}

static lut_status alloc_heap(heap *h, uint32_t w, uint32_t room)
{
    h->w = w;
    h->room = room;
    h->literal = malloc((size_t)w * room * sizeof *h->literal);
    h->height = calloc(w, sizeof *h->height);
    return h->literal && h->height ? LUT_OK : LUT_ENOMEM;
}

lut_status verilog_votes(verilog_plan *p, lut_err *err)
{
    heap h[2] = { 0 };
    lut_build b = { 0 };
    uint32_t room =
        p->core.group + 8; /* a column never gets more than it had, but carries */
    uint32_t *vote = malloc((size_t)room * sizeof *vote);
    uint32_t *out = malloc((size_t)p->core.classes * p->w * VERILOG_ROWS * sizeof *out);
    lut_status st = lut_build_open(&b, p->nsignals, p->nsignals, err);

    p->column = calloc((size_t)p->core.classes * p->w, sizeof *p->column);
    if (st == LUT_OK && (!vote || !out || !p->column || alloc_heap(&h[0], p->w, room) ||
                         alloc_heap(&h[1], p->w, room)))
        st = lut_fail(err, LUT_ENOMEM, "no memory for the votes of %u classes",
                      (unsigned)p->core.classes);
    if (st == LUT_OK)
        st = reduce_all(p, &b, h, vote, out, err);
    lut_build_close(&b);
    for (unsigned i = 0; i < 2; i++) {
        free(h[i].literal);
        free(h[i].height);
    }
    free(vote);
    free(out);
    return st;
}
