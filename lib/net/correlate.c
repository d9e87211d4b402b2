/* Correlations of candidates with what arrives at their slots.  Compiled once per instruction set.
 *
 * Over bits, they are a product of a matrix of bits with one of reals, and four samples take
 * one look-up: a table holds the 16 sums +- g0 +- g1 +- g2 +- g3, and the four bits of an
 * input are the address in it.  Sums run over fours of samples in order, whatever the
 * blocking. */
#include "lib/net/correlate.h"
#include "lib/base/check.h"
#include "lib/kern/sums.h"

enum { HALF = 32 }; /* samples of a word */

/* ---- with bits ---- */

/* Words of HALF samples of 16 candidates; of what is past the `left` that there are, anything,
 * which lut_correlate clears. */
LUT_INLINE lut_u listed_words(const uint32_t *of_input, const uint32_t *list,
                              size_t left)
{
    uint32_t last[LUT_LANES];

    if (left >= LUT_LANES)
        return lut_look_up16(of_input, list);
#pragma GCC unroll 1
    for (size_t i = 0; i < LUT_LANES;
         i++) /* no call: what is in registers stays there */
        last[i] = list[i < left ? i : left - 1];
    return lut_look_up16(of_input, last);
}

/* What is known when compiled, so that loops have no branches for it. */
typedef struct half_case {
    bool first; /* sums begin: nothing is there yet */
    bool fetch;
    bool listed;
    bool single; /* a slot has one vector */
} half_case;

/* What the optimizer will read after this run: fetched while sums are made, as the memory
 * would be idle.  Past the end that is no error for the machine; for the language, addresses
 * are numbers here. */
typedef struct fetching {
    uintptr_t weight, state;
    size_t step; /* of the state */
} fetching;

static fetching after_run(const lut_run *r)
{
    size_t vector = lut_run_place(r, 0) / LUT_LANES + r->slots * r->vectors;

    return (fetching){ .weight = (uintptr_t)r->c->weight + vector * sizeof(lut_f),
                       .state = (uintptr_t)r->c->state + vector * r->ahead,
                       .step = r->ahead };
}

LUT_INLINE void fetch_vector(fetching *f)
{
    __builtin_prefetch((const void *)f->weight);
    __builtin_prefetch((const void *)f->state);
    __builtin_prefetch((const void *)(f->state + sizeof(lut_f)));
    f->weight += sizeof(lut_f);
    f->state += f->step;
}

/* Adds to the sums what HALF samples give, from number s on. */
LUT_INLINE void add_half(lut_f *sum, const lut_run *r, size_t s, half_case is)
{
    const lut_choice *c = r->c;
    const size_t ld = c->ld, candidates = c->candidates, slots = r->slots;
    const size_t vectors = is.single ? 1 : r->vectors;
    const size_t skipped = r->first * LUT_LANES, left = candidates - skipped;
    const uint32_t *of_input = c->word + lut_choice_room(c->inputs, s);
    const uint32_t *list =
        is.listed ? c->candidate + r->slot * candidates + skipped : NULL;
    const float *g = lut_run_dslot(c, r->slot) + s;
    fetching next = after_run(r);
    lut_f table[8];

    for (size_t k = 0; k < slots; k++, sum += vectors, g += ld) {
        lut_sign_sums(table, g);
        for (size_t v = 0; v < vectors; v++) {
            lut_f at = is.first ? (lut_f){ 0 } : sum[v];
            lut_u bits;

            if (is.listed)
                bits =
                    listed_words(of_input, list + v * LUT_LANES, left - v * LUT_LANES);
            else
                memcpy(&bits, of_input + skipped + v * LUT_LANES, sizeof bits);
            if (is.fetch)
                fetch_vector(&next);
            for (size_t q = 0; q < 8; q++, bits >>= 4)
                at += lut_pick16(&table[q], bits);
            sum[v] = at;
        }
        list = is.listed ? list + candidates : NULL;
    }
}

LUT_INLINE void add_halves(lut_f *sum, const lut_run *r, bool listed, bool single)
{
    LUT_ASSERT(r->c->n > 0);
    if (r->ahead)
        add_half(sum, r, 0, (half_case){ true, true, listed, single });
    else
        add_half(sum, r, 0, (half_case){ true, false, listed, single });
    for (size_t s = HALF; s < r->c->n; s += HALF)
        add_half(sum, r, s, (half_case){ false, false, listed, single });
}

static void correlate_bits(lut_f *sum, const lut_run *r)
{
    if (r->c->candidate && r->vectors == 1)
        add_halves(sum, r, true, true);
    else if (r->c->candidate)
        add_halves(sum, r, true, false);
    else
        add_halves(sum, r, false, false);
}

/* ---- with reals ---- */

/* part[k]: sums of slot k lane by lane. */
LUT_INLINE void row_sums(lut_f (*part)[LUT_LANES], const lut_run *r, size_t i,
                         uint32_t input, size_t slot, size_t slots)
{
    const lut_choice *c = r->c;
    const float *x = c->rows->p + input * c->rows->ld, *g = lut_run_dslot(c, slot);
    lut_f at[LUT_PANEL] = { { 0 } };

    for (size_t s = 0; s < c->n; s += LUT_LANES) {
        lut_f sign = 2.0f * lut_load(x + s) - 1.0f;

        for (size_t k = 0; k < slots; k++)
            at[k] = lut_fma(sign, lut_load(g + k * c->ld + s), at[k]);
    }
    for (size_t k = 0; k < slots; k++)
        part[k][i] = at[k];
}

/* Slots at a time: LUT_PANEL of them where all read the same rows, else one. */
LUT_INLINE void correlate_panel(lut_f *sum, const lut_run *r, size_t k, size_t slots)
{
    const lut_choice *c = r->c;
    lut_f part[LUT_PANEL][LUT_LANES];

    for (size_t v = 0; v < r->vectors; v++) {
        for (size_t i = 0; i < LUT_LANES; i++) {
            size_t at = (r->first + v) * LUT_LANES + i;

            at = at < c->candidates ? at : c->candidates - 1;
            row_sums(part, r, i, lut_choice_input(c, r->slot + k, at), r->slot + k,
                     slots);
        }
        for (size_t p = 0; p < slots; p++)
            sum[(k + p) * r->vectors + v] = lut_sum16(part[p]);
    }
}

static void correlate_rows(lut_f *sum, const lut_run *r)
{
    for (size_t k = 0; k < r->slots;)
        if (!r->c->candidate && r->slots - k >= LUT_PANEL) {
            correlate_panel(sum, r, k, LUT_PANEL);
            k += LUT_PANEL;
        } else {
            correlate_panel(sum, r, k++, 1);
        }
}

void LUT_OF_SET(lut_correlate)(lut_f *sum, const lut_run *r)
{
    size_t left = r->c->candidates - r->first * LUT_LANES;

    if (r->c->bits)
        correlate_bits(sum, r);
    else
        correlate_rows(sum, r);
    for (size_t k = 0; left < r->vectors * LUT_LANES && k < r->slots; k++) {
        lut_f *last = &sum[(k + 1) * r->vectors - 1];

        *last = lut_select(lut_lanes_below(left % LUT_LANES), *last, (lut_f){ 0 });
    }
}
