/* Learnable mappings: gradient, optimizer, new candidates, and which one each slot reads.
 * Compiled once per instruction set.
 *
 * The gradient of candidate i is the correlation r_i = sum_b (2 x_bi - 1) g_b of its input
 * with what arrives at the slot; for a mixture it is p_i (r_i - sum_j p_j r_j) / (2 T), the
 * softmax's with c_i = sum_b x_bi g_b = (r_i + sum_b g_b) / 2, where the last sum cancels.
 *
 * Over bits, r is a product of a matrix of bits with one of reals, and four samples take
 * one look-up: a table holds the 16 sums +- g0 +- g1 +- g2 +- g3, and the four bits of an
 * input are the address in it.  Sums run over fours of samples in order, whatever the
 * blocking.
 *
 * Weights and state are many times larger than the caches and are read and written once a
 * step, so the memory bounds all of it: runs of weights go through gradient, optimizer and
 * back while they are in the first cache, and the next run is fetched meanwhile. */
#include "lib/net/choose.h"
#include "lib/base/check.h"
#include "lib/kern/draw.h"
#include "lib/kern/sums.h"
#include "lib/net/weights.h"

enum {
    RUN = 32,  /* vectors of weights at a time */
    PANEL = 4, /* slots at a time that share rows of reals */
    HALF = 32  /* samples of a word */
};

/* Slots in a row, and of each of them the same vectors of candidates; slots * vectors is
 * RUN at most. */
typedef struct run {
    const lut_choice *c;
    size_t slot, slots;
    size_t first, vectors;
    size_t ahead; /* bytes of a vector's state; 0: fetch nothing for the next run */
} run;

static size_t vectors_of(const lut_choice *c)
{
    return c->padded / LUT_LANES;
}

/* Where the weights of the run's slot k are. */
static size_t place_of(const run *r, size_t k)
{
    return (r->slot + k) * r->c->padded + r->first * LUT_LANES;
}

static lut_i lanes_below(size_t n)
{
    return lut_mask(n < LUT_LANES ? (1u << n) - 1 : 0xffff);
}

/* ---- correlation with bits ---- */

/* Words of HALF samples of the candidates in vector v of the run's slot k; anything past the
 * last candidate, which `correlate` clears.  listed: candidates are not all inputs. */
LUT_INLINE lut_u words_at(const run *r, const uint32_t *of_input, size_t k, size_t v,
                          bool listed)
{
    const lut_choice *c = r->c;
    size_t first = (r->first + v) * LUT_LANES, left = c->candidates - first;
    uint32_t last[LUT_LANES];
    const uint32_t *list;
    lut_u bits;

    if (!listed) {
        memcpy(&bits, of_input + first, sizeof bits);
        return bits;
    }
    list = c->candidate + (r->slot + k) * c->candidates + first;
    if (left >= LUT_LANES)
        return lut_look_up16(of_input, list);
    for (size_t i = 0; i < LUT_LANES;
         i++) /* no call: what is in registers stays there */
        last[i] = list[i < left ? i : left - 1];
    return lut_look_up16(of_input, last);
}

/* Fetches what the optimizer will read of slot k, vector v of the next run: while sums are
 * made the memory would be idle.  Past the end that is no error for the machine; for the
 * language, addresses are numbers here. */
LUT_INLINE void fetch_next(const run *r, size_t k, size_t v)
{
    size_t vector = place_of(r, k) / LUT_LANES + v + RUN;
    uintptr_t weight = (uintptr_t)r->c->weight + vector * sizeof(lut_f);
    uintptr_t state = (uintptr_t)r->c->state + vector * r->ahead;

    __builtin_prefetch((const void *)weight);
    __builtin_prefetch((const void *)state);
    __builtin_prefetch((const void *)(state + sizeof(lut_f)));
}

/* What is known when compiled, so that loops have no branches for it. */
typedef struct half_case {
    bool first; /* sums begin: nothing is there yet */
    bool fetch;
    bool listed;
} half_case;

/* Adds to the sums what HALF samples give, from number s on. */
LUT_INLINE void add_half(lut_f *sum, run r, size_t s, half_case is)
{
    const lut_choice *c = r.c;
    const uint32_t *of_input = c->word + lut_choice_room(c->inputs, s);
    lut_f table[8];

    for (size_t k = 0; k < r.slots; k++, sum += r.vectors) {
        lut_sign_sums(table, c->dslot + (r.slot + k) * c->ld + s);
        for (size_t v = 0; v < r.vectors; v++) {
            lut_f at = is.first ? (lut_f){ 0 } : sum[v];
            lut_u bits = words_at(&r, of_input, k, v, is.listed);

            if (is.fetch)
                fetch_next(&r, k, v);
            for (size_t q = 0; q < 8; q++, bits >>= 4)
                at += lut_pick16(&table[q], bits);
            sum[v] = at;
        }
    }
}

LUT_INLINE void add_halves(lut_f *sum, const run *r, bool listed)
{
    LUT_ASSERT(r->c->n > 0);
    if (r->ahead)
        add_half(sum, *r, 0,
                 (half_case){ .first = true, .fetch = true, .listed = listed });
    else
        add_half(sum, *r, 0, (half_case){ .first = true, .listed = listed });
    for (size_t s = HALF; s < r->c->n; s += HALF)
        add_half(sum, *r, s, (half_case){ .listed = listed });
}

static void correlate_bits(lut_f *sum, const run *r)
{
    if (r->c->candidate)
        add_halves(sum, r, true);
    else
        add_halves(sum, r, false);
}

/* ---- correlation with reals ---- */

/* part[k]: sums of slot k lane by lane. */
LUT_INLINE void row_sums(lut_f (*part)[LUT_LANES], const run *r, size_t i,
                         uint32_t input, size_t slot, size_t slots)
{
    const lut_choice *c = r->c;
    const float *x = c->rows->p + input * c->rows->ld, *g = c->dslot + slot * c->ld;
    lut_f at[PANEL] = { { 0 } };

    for (size_t s = 0; s < c->n; s += LUT_LANES) {
        lut_f sign = 2.0f * lut_load(x + s) - 1.0f;

        for (size_t k = 0; k < slots; k++)
            at[k] = lut_fma(sign, lut_load(g + k * c->ld + s), at[k]);
    }
    for (size_t k = 0; k < slots; k++)
        part[k][i] = at[k];
}

/* Slots at a time: PANEL of them where all read the same rows, else one. */
LUT_INLINE void correlate_panel(lut_f *sum, const run *r, size_t k, size_t slots)
{
    const lut_choice *c = r->c;
    lut_f part[PANEL][LUT_LANES];

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

static void correlate_rows(lut_f *sum, const run *r)
{
    for (size_t k = 0; k < r->slots;)
        if (!r->c->candidate && r->slots - k >= PANEL) {
            correlate_panel(sum, r, k, PANEL);
            k += PANEL;
        } else {
            correlate_panel(sum, r, k++, 1);
        }
}

/* sum[slot of the run][vector], 0 past the last candidate. */
static void correlate(lut_f *sum, const run *r)
{
    size_t left = r->c->candidates - r->first * LUT_LANES;

    if (r->c->bits)
        correlate_bits(sum, r);
    else
        correlate_rows(sum, r);
    for (size_t k = 0; left < r->vectors * LUT_LANES && k < r->slots; k++) {
        lut_f *last = &sum[(k + 1) * r->vectors - 1];

        *last = lut_select(lanes_below(left % LUT_LANES), *last, (lut_f){ 0 });
    }
}

/* ---- the candidate that a slot reads, and its shares ---- */

/* NaN, and what is past the end, as the least of all. */
LUT_INLINE lut_f some_of(const float *p, size_t n, float sign)
{
    const lut_f least = lut_set1(-FLT_MAX);
    lut_f v = lut_max(lut_load(p) * sign, least);

    return n < LUT_LANES ? lut_select(lanes_below(n), v, least) : v;
}

/* The largest of sign * p[n]; p to the end of a vector. */
LUT_INLINE float largest(const float *p, size_t n, float sign)
{
    lut_f most = some_of(p, n, sign);

    for (size_t i = LUT_LANES; i < n; i += LUT_LANES)
        most = lut_max(some_of(p + i, n - i, sign), most);
    return lut_largest(most);
}

/* Index of the first of sign * p[n] that is not below the largest of them. */
LUT_INLINE size_t first_of(const float *p, size_t n, float sign, float most)
{
    for (size_t i = 0;; i += LUT_LANES) {
        unsigned below =
            lut_unmask(lut_greater(lut_set1(most), some_of(p + i, n - i, sign)));

        if (below != 0xffff)
            return i + (size_t)__builtin_ctz(~below);
    }
}

LUT_INLINE size_t first_largest(const float *p, size_t n, float sign)
{
    return first_of(p, n, sign, largest(p, n, sign));
}

/* The candidate of the largest weight, the first on a tie, of those seen so far. */
typedef struct leader {
    float weight;
    size_t at;
} leader;

static const leader nobody = { -INFINITY, 0 };

/* Candidates from number `first` on. */
LUT_INLINE void look_at(leader *l, const float *w, size_t first, size_t n)
{
    float most = largest(w, n, 1);

    if (most > l->weight)
        *l = (leader){ most, first + first_of(w, n, 1, most) };
}

LUT_INLINE leader leader_of(const lut_choice *c, size_t slot)
{
    leader l = nobody;

    look_at(&l, c->weight + slot * c->padded, 0, c->candidates);
    return l;
}

/* What is below exp(-69) of the largest changes no sum and costs time: 0. */
static void softmax_share(const lut_choice *c, size_t slot, size_t best,
                          float temperature)
{
    const float *w = c->weight + slot * c->padded;
    const lut_f zero = { 0 }, tiny = lut_set1(1e-30f);
    float *share = c->share + slot * c->padded, total[4];
    lut_f sum[4] = { { 0 } };

    for (size_t i = 0; i < c->padded; i += LUT_LANES) {
        lut_f e = lut_expf((lut_load(w + i) - w[best]) / temperature);

        e = lut_select(lanes_below(c->candidates - i) & lut_greater(e, tiny), e, zero);
        lut_store(share + i, e);
        sum[0] += e;
    }
    lut_sum4(total, sum);
    for (size_t i = 0; i < c->padded; i += LUT_LANES)
        lut_store(share + i, lut_load(share + i) / total[0]);
}

LUT_INLINE void choose_slot(const lut_choice *c, size_t slot, size_t best,
                            float temperature)
{
    c->wire[slot] = lut_choice_input(c, slot, best);
    if (c->share)
        softmax_share(c, slot, best, temperature);
}

void LUT_OF_SET(lut_choose)(const lut_choice *c, size_t begin, size_t end)
{
    for (size_t slot = begin; slot < end; slot++)
        choose_slot(c, slot, leader_of(c, slot).at, c->temperature);
}

/* ---- learning ---- */

/* The run after r among the slots up to `end`; slots that fit are taken whole, and rows of
 * reals are shared by a panel of slots. */
static run next_slots(const lut_choice *c, size_t slot, size_t end)
{
    size_t all = vectors_of(c), slots = all < RUN ? RUN / all : 1;

    if (c->rows && !c->candidate && slots < PANEL)
        slots = PANEL;
    slots = slots < end - slot ? slots : end - slot;
    return (run){ .c = c, .slot = slot, .slots = slots };
}

/* Whether one run takes all vectors of its slots. */
static bool takes_all(const run *r)
{
    return vectors_of(r->c) <= RUN / r->slots;
}

/* The next of its vectors, from r->first + r->vectors on; false: there are none. */
static bool next_vectors(run *r)
{
    size_t all = vectors_of(r->c), most = RUN / r->slots;

    r->first += r->vectors;
    r->vectors = all - r->first < most ? all - r->first : most;
    return r->vectors > 0;
}

/* The mean of the correlations under the shares, for each slot of the run. */
static void share_means(float *mean, run r)
{
    lut_f sum[RUN], at[RUN] = { { 0 } };

    while (next_vectors(&r)) {
        correlate(sum, &r);
        for (size_t k = 0; k < r.slots; k++)
            for (size_t v = 0; v < r.vectors; v++)
                at[k] = lut_fma(lut_load(r.c->share + place_of(&r, k) + v * LUT_LANES),
                                sum[k * r.vectors + v], at[k]);
    }
    for (size_t k = 0; k < r.slots; k += 4)
        lut_sum4(mean + k, at + k);
}

/* Correlations to gradients of the weights of a mixture. */
static void to_softmax(lut_f *sum, const run *r, const float *mean)
{
    float scale = 2.0f * r->c->temperature;

    for (size_t k = 0; k < r->slots; k++) {
        const float *share = r->c->share + place_of(r, k);
        lut_f *g = sum + k * r->vectors;

        for (size_t v = 0; v < r->vectors; v++)
            g[v] = lut_load(share + v * LUT_LANES) * (g[v] - mean[k]) / scale;
    }
}

/* What becomes of the gradients g[slots][vectors] of a run. */
typedef void (*gradient_fn)(void *arg, const run *r, lut_f *g);

/* All runs of some slots. */
static void walk_gradients(run r, gradient_fn fn, void *arg)
{
    float mean[RUN];
    lut_f g[RUN];

    if (r.c->kind == LUT_MAP_MIX)
        share_means(mean, r);
    while (next_vectors(&r)) {
        correlate(g, &r);
        if (r.c->kind == LUT_MAP_MIX)
            to_softmax(g, &r, mean);
        fn(arg, &r, g);
    }
}

/* An update, and who leads after it in slots that several runs share. */
typedef struct stepping {
    const lut_tiles_update *u;
    leader lead[PANEL];
} stepping;

/* Slots that are whole lie one behind the other: the optimizer takes them in one call. */
static void step_weights(void *arg, const run *r, lut_f *g)
{
    stepping *s = arg;
    const lut_tiles_update *u = s->u;
    const lut_choice *c = r->c;
    size_t n = r->slots * r->vectors, together = takes_all(r) ? n : r->vectors;
    size_t first = r->first * LUT_LANES, width = r->vectors * LUT_LANES;

    for (size_t v = 0; u->clip && v < n; v++)
        g[v] *= lut_set1(*u->clip);
    for (size_t v = 0; v < n; v += together) {
        size_t at = place_of(r, v / r->vectors);

        lut_step_weights(u, false, (lut_f *)(c->weight + at),
                         lut_state_of(u, c->state, at / LUT_LANES), g + v, NULL,
                         together);
    }
    width = c->candidates - first < width ? c->candidates - first : width;
    for (size_t k = 0; !takes_all(r) && k < r->slots; k++)
        look_at(&s->lead[k], c->weight + place_of(r, k), first, width);
}

static void add_squares(void *arg, const run *r, lut_f *g)
{
    double *sum = arg;

    for (size_t k = 0; k < r->slots; k++) {
        const float *v = (const float *)(g + k * r->vectors);

        for (size_t i = 0; i < r->vectors * LUT_LANES; i++)
            sum[r->slot + k] += (double)v[i] * (double)v[i];
    }
}

void LUT_OF_SET(lut_square)(const lut_choice *c, size_t begin, size_t end, double *sum)
{
    memset(sum + begin, 0, (end - begin) * sizeof *sum);
    while (begin < end) {
        run r = next_slots(c, begin, end);

        walk_gradients(r, add_squares, sum);
        begin += r.slots;
    }
}

/* ---- new candidates ---- */

/* Random inputs and what their weights would grow by, to whole vectors; their number. */
static size_t look_around(uint32_t *input, float *gain, const lut_choice *c,
                          size_t slot)
{
    const lut_redraw *r = c->redraw;
    lut_rng rng = lut_rng_sub(&r->rng, slot);
    size_t n = r->pool < c->inputs ? r->pool : c->inputs;
    lut_choice pool = *c;
    run around = { .c = &pool, .slots = 1 };

    if (n < c->inputs)
        lut_draw_below(input, n, &rng, (uint32_t)c->inputs);
    else
        for (size_t i = 0; i < n; i++)
            input[i] = (uint32_t)i;
    pool.candidate = input;
    pool.candidates = n;
    pool.padded = lut_round_up(n, LUT_LANES);
    pool.dslot += slot * c->ld;
    while (next_vectors(&around)) {
        lut_f sum[RUN];

        correlate(sum, &around);
        for (size_t v = 0; v < around.vectors; v++)
            lut_store(gain + (around.first + v) * LUT_LANES, -sum[v]);
    }
    return n;
}

static bool is_candidate(const lut_choice *c, size_t slot, uint32_t input)
{
    const uint32_t *own = c->candidate + slot * c->candidates;
    const size_t whole = c->candidates / LUT_LANES * LUT_LANES;
    lut_i same = { 0 };
    bool found = false;

    for (size_t i = 0; i < whole; i += LUT_LANES) {
        lut_i some;

        memcpy(&some, own + i, sizeof some);
        same |= lut_equal(some, lut_seti((int32_t)input));
    }
    for (size_t i = whole; i < c->candidates; i++)
        found |= own[i] == input;
    return found || lut_unmask(same);
}

/* The input whose weight would grow most, taken out of the pool; false: none is left that
 * is no candidate yet. */
static bool best_of_pool(uint32_t *found, const lut_choice *c, size_t slot,
                         const uint32_t *input, float *gain, size_t n)
{
    for (;;) {
        size_t best = first_largest(gain, n, 1);

        if (!(gain[best] > 0))
            return false;
        gain[best] = 0;
        *found = input[best];
        if (!is_candidate(c, slot, *found))
            return true;
    }
}

/* In place of the lightest, which had their chance, inputs that the batch speaks for, a few
 * steps below the one in use.  They take over the optimizer's state: gradients of all
 * candidates of a slot are of one size, that of the slot's, so the scale of the steps fits,
 * where a state of zeros would let newcomers leap ahead on their first gradients. */
static leader redraw_slot(const lut_choice *c, size_t slot, leader lead)
{
    const lut_redraw *r = c->redraw;
    uint32_t input[LUT_MAX_POOL], found, *own = c->candidate + slot * c->candidates;
    float *weight = c->weight + slot * c->padded, start = lead.weight - r->margin;
    float gain[LUT_MAX_POOL] __attribute__((aligned(64)));
    size_t n = look_around(input, gain, c, slot);

    for (size_t i = 0; i < r->count; i++) {
        size_t out = first_largest(weight, c->candidates, -1);

        if (!(weight[out] < start) || !best_of_pool(&found, c, slot, input, gain, n))
            break;
        own[out] = found;
        weight[out] = start;
    }
    return leader_of(c, slot); /* without a margin, somebody before it may lead now */
}

static void learn_slots(run r, stepping *s)
{
    const lut_choice *c = r.c;

    for (size_t k = 0; k < PANEL; k++)
        s->lead[k] = nobody;
    walk_gradients(r, step_weights, s);
    for (size_t k = 0; k < r.slots; k++) {
        size_t slot = r.slot + k;
        leader lead = takes_all(&r) ? leader_of(c, slot) : s->lead[k];

        if (c->redraw)
            lead = redraw_slot(c, slot, lead);
        choose_slot(c, slot, lead.at, c->next_temperature);
    }
}

void LUT_OF_SET(lut_learn)(const lut_choice *c, const lut_tiles_update *u, size_t begin,
                           size_t end)
{
    stepping s = { .u = u };

    while (begin < end) {
        run r = next_slots(c, begin, end);

        if (vectors_of(c) > 1) /* else sums leave the memory no time to be idle */
            r.ahead = lut_moments_lines(u->moments, u->optim->nstate) * sizeof(lut_f);
        learn_slots(r, &s);
        begin += r.slots;
    }
}

/* ---- mixtures, and the gradient of inputs ---- */

void LUT_OF_SET(lut_mix)(const lut_choice *c, size_t slot, float *y, size_t n)
{
    const float *share = c->share + slot * c->padded;

    memset(y, 0, lut_round_up(n, LUT_LANES) * sizeof *y);
    for (size_t i = 0; i < c->candidates; i++) {
        uint32_t input = lut_choice_input(c, slot, i);

        if (!(share[i] > 0))
            continue;
        for (size_t s = 0; s < n; s += LUT_LANES) {
            lut_f at = lut_load(y + s), x;

            if (c->bits) {
                uint64_t word = c->bits->p[input * c->bits->ld + s / 64];

                x = lut_select(lut_mask((unsigned)(word >> (s % 64)) & 0xffff),
                               lut_set1(share[i]), (lut_f){ 0 });
                lut_store(y + s, at + x);
            } else {
                x = lut_load(c->rows->p + input * c->rows->ld + s);
                lut_store(y + s, lut_fma(x, lut_set1(share[i]), at));
            }
        }
    }
}

void LUT_OF_SET(lut_spread)(const lut_choice *c, size_t slot, float *below, size_t ld,
                            const float *d, size_t n)
{
    const float *share = c->share + slot * c->padded;

    for (size_t i = 0; i < c->candidates; i++) {
        float *to = below + lut_choice_input(c, slot, i) * ld;

        for (size_t s = 0; share[i] > 0 && s < n; s += LUT_LANES)
            lut_store(to + s,
                      lut_fma(lut_load(d + s), lut_set1(share[i]), lut_load(to + s)));
    }
}
