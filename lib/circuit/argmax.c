#include "lib/circuit/argmax.h"
#include "lib/circuit/build.h"
#include "lib/circuit/table.h"

#include <stdlib.h>

enum { WIDTH = 32, CHOOSE = 0xac /* of (x, lo, hi): x ? hi : lo */ };

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

/* right > left, of `bits` bits of both and, after them, what lower bits said. */
static uint64_t greater_table(unsigned bits, bool chained)
{
    unsigned k = 2 * bits + chained, mask = (1u << bits) - 1;
    uint64_t tt = 0;

    for (unsigned a = 0; a < 1u << k; a++) {
        unsigned both = a >> chained, right = both >> bits, left = both & mask;

        tt |= (uint64_t)(right > left || (right == left && chained && (a & 1))) << a;
    }
    return tt;
}

static lut_status compare(tournament *t, uint32_t *greater, const entry *left,
                          const entry *right, uint8_t part, lut_err *err)
{
    uint32_t in[LUT_NODE_INPUTS];

    for (unsigned at = 0; at < t->width;) {
        unsigned most = at ? 2 : 3, bits = t->width - at < most ? t->width - at : most;

        for (unsigned j = 0; j < bits; j++) {
            in[j] = right->score[at + bits - 1 - j];
            in[bits + j] = left->score[at + bits - 1 - j];
        }
        in[2 * bits % LUT_NODE_INPUTS] = at ? *greater : in[0];
        LUT_TRY(lut_build_add(&t->b, greater, greater_table(bits, at > 0),
                              2 * bits + (at > 0), in, part, err));
        at += bits;
    }
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
