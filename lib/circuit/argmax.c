#include "lib/circuit/argmax.h"
#include "lib/circuit/build.h"
#include "lib/circuit/table.h"

#include <stdlib.h>

enum {
    WIDTH = 32,
    CHUNK = 3,     /* bits of two numbers that a LUT compares */
    CHOOSE = 0xac, /* of (x, lo, hi): x ? hi : lo */
    ABOVE_2 = 0xf8 /* of (g1, e1, g0): g1 | e1 g0 */
};

/* Of (g2, e2, g1, e1, g0): g2 | e2 (g1 | e1 g0). */
static const uint64_t ABOVE_3 = 0xfffff800;

/* Who is ahead: literals of the score and of the class. */
typedef struct entry {
    uint32_t score[WIDTH], index[WIDTH];
} entry;

typedef struct tournament {
    lut_build b;
    unsigned width;
    entry *seat; /* [classes] winner of the match that starts there; owned */
} tournament;

unsigned lut_class_bits(uint32_t classes)
{
    unsigned bits = 0;

    while ((uint64_t)classes > (uint64_t)1 << bits)
        bits++;
    return bits;
}

/* Of bits of right and of left: right > left, or right == left. */
static uint64_t chunk_table(unsigned bits, bool equal)
{
    uint64_t tt = 0;

    for (unsigned a = 0; a < 1u << (2 * bits); a++) {
        unsigned right = a >> bits, left = a & ((1u << bits) - 1);

        tt |= (uint64_t)(equal ? right == left : right > left) << a;
    }
    return tt;
}

/* What a run of bits says: literals. */
typedef struct verdict {
    uint32_t greater, equal;
} verdict;

/* Three bits of both at a time, from the lowest; their number. */
static lut_status compare_chunks(tournament *t, verdict *v, const entry *left,
                                 const entry *right, uint8_t part, lut_err *err)
{
    uint32_t in[LUT_NODE_INPUTS];

    for (unsigned at = 0; at < t->width; at += CHUNK, v++) {
        unsigned bits = t->width - at < CHUNK ? t->width - at : CHUNK;

        for (unsigned j = 0; j < bits; j++) {
            in[j] = right->score[at + bits - 1 - j];
            in[bits + j] = left->score[at + bits - 1 - j];
        }
        LUT_TRY(lut_build_add(&t->b, &v->greater, chunk_table(bits, false), 2 * bits,
                              in, part, err));
        LUT_TRY(lut_build_add(&t->b, &v->equal, chunk_table(bits, true), 2 * bits, in,
                              part, err));
    }
    return LUT_OK;
}

/* v [n <= 3] from the lowest: greater at the highest that is not equal. */
static lut_status join(tournament *t, verdict *out, const verdict *v, unsigned n,
                       uint8_t part, lut_err *err)
{
    uint32_t in[5], equal[3];
    unsigned k = 0;

    for (unsigned i = n; i-- > 0;) {
        equal[i] = v[i].equal;
        in[k++] = v[i].greater;
        if (i > 0)
            in[k++] = v[i].equal;
    }
    *out = v[0];
    if (n == 1)
        return LUT_OK;
    LUT_TRY(lut_build_add(&t->b, &out->equal, (uint64_t)1 << ((1u << n) - 1), n, equal,
                          part, err));
    return lut_build_add(&t->b, &out->greater, n == 2 ? ABOVE_2 : ABOVE_3, k, in, part,
                         err);
}

/* Equalities that nobody asks for are dead, and go in the end. */
static lut_status compare(tournament *t, uint32_t *greater, const entry *left,
                          const entry *right, uint8_t part, lut_err *err)
{
    verdict v[(WIDTH + CHUNK - 1) / CHUNK];
    unsigned n = (t->width + CHUNK - 1) / CHUNK;

    LUT_TRY(compare_chunks(t, v, left, right, part, err));
    for (unsigned joined; n > 1; n = joined) {
        joined = 0;
        for (unsigned i = 0; i < n; i += 3)
            LUT_TRY(join(t, &v[joined++], v + i, n - i < 3 ? n - i : 3, part, err));
    }
    *greater = v[0].greater;
    return LUT_OK;
}

static lut_status choose(tournament *t, uint32_t *left, uint32_t right,
                         uint32_t greater, uint8_t part, lut_err *err)
{
    uint32_t in[3] = { greater, *left, right };

    return lut_build_add(&t->b, left, CHOOSE, 3, in, part, err);
}

/* The right entry against the left one, whose side has 2^level classes. */
static lut_status play(tournament *t, entry *left, const entry *right, unsigned level,
                       lut_err *err)
{
    uint8_t part = (uint8_t)level;
    uint32_t greater = 0;

    LUT_TRY(compare(t, &greater, left, right, part, err));
    for (unsigned j = 0; j < t->width; j++)
        LUT_TRY(choose(t, &left->score[j], right->score[j], greater, part, err));
    for (unsigned j = 0; j < level; j++)
        LUT_TRY(choose(t, &left->index[j], right->index[j], greater, part, err));
    left->index[level] = greater;
    return LUT_OK;
}

static lut_status play_all(tournament *t, uint32_t classes, lut_err *err)
{
    for (uint32_t c = 0; c < classes; c++)
        for (unsigned j = 0; j < t->width; j++)
            t->seat[c].score[j] = 2 * (1 + c * t->width + j);
    for (unsigned level = 0; level < lut_class_bits(classes); level++) {
        uint32_t side = 1u << level;

        for (uint32_t c = 0; c + side < classes; c += 2 * side)
            LUT_TRY(play(t, &t->seat[c], &t->seat[c + side], level, err));
    }
    return LUT_OK;
}

lut_status lut_argmax_make(lut_netlist *n, uint32_t classes, unsigned width,
                           lut_err *err)
{
    tournament t = { .width = width, .seat = calloc(classes, sizeof *t.seat) };
    lut_status st = lut_build_open(&t.b, classes * width, 4 * classes * width, err);

    *n = (lut_netlist){ 0 };
    if (st == LUT_OK && !t.seat)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %u classes", (unsigned)classes);
    if (st == LUT_OK)
        st = play_all(&t, classes, err);
    if (st == LUT_OK)
        st = lut_build_finish(&t.b, n, t.seat[0].index, lut_class_bits(classes), err);
    lut_build_close(&t.b);
    free(t.seat);
    return st;
}
