/* Learnable mappings: gradient, optimizer, new candidates, and which one each slot reads.
 * Compiled once per instruction set.
 *
 * The gradient of candidate i is the correlation r_i = sum_b (2 x_bi - 1) g_b of its input
 * with what arrives at the slot; for a mixture it is p_i (r_i - sum_j p_j r_j) / (2 T), the
 * softmax's with c_i = sum_b x_bi g_b = (r_i + sum_b g_b) / 2, where the last sum cancels.
 *
 * Weights and state are many times larger than the caches and are read and written once a
 * step, so the memory bounds all of it: runs of weights go through gradient, optimizer and
 * back while they are in the first cache, and the next run is fetched meanwhile. */
#include "lib/net/choose.h"
#include "lib/base/check.h"
#include "lib/kern/draw.h"
#include "lib/kern/sums.h"
#include "lib/net/correlate.h"
#include "lib/net/weights.h"

static size_t vectors_of(const lut_choice *c)
{
    return c->padded / LUT_LANES;
}

/* ---- the candidate that a slot reads, and its shares ---- */

/* NaN, and what is past the end, as the least of all. */
LUT_INLINE lut_f some_of(const float *p, size_t n, float sign)
{
    const lut_f least = lut_set1(-FLT_MAX);
    lut_f v = lut_max(lut_load(p) * sign, least);

    return n < LUT_LANES ? lut_select(lut_lanes_below(n), v, least) : v;
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

/* Those of the slots of a run. */
typedef struct leaders {
    float weight[LUT_RUN];
    uint32_t at[LUT_RUN];
} leaders;

/* Vectors of leaders, of LUT_LANES slots from `slot` on: n candidates from number `first` on. */
LUT_INLINE void look_across(lut_f *weight, lut_u *at, const lut_choice *c, size_t slot,
                            size_t first, size_t n)
{
    const float *w = c->weight + slot * c->padded + first;
    lut_u number = (lut_u)lut_seti((int32_t)first);
    lut_f row[LUT_LANES];

    for (size_t i = 0; i < LUT_LANES; i++)
        row[i] = lut_load(w + i * c->padded);
    lut_transpose16(row);
    for (size_t e = 0; e < n; e++, number += 1) {
        lut_f x = lut_max(row[e], lut_set1(-FLT_MAX));
        lut_i leads = lut_greater(x, *weight);

        *weight = lut_max(x, *weight);
        *at = (lut_u)lut_select(leads, (lut_f)number, (lut_f)*at);
    }
}

/* k: place among the leaders. */
LUT_INLINE void lead_across(leaders *l, size_t k, const lut_choice *c, size_t slot)
{
    lut_f weight = lut_set1(-INFINITY);
    lut_u at = { 0 };
    size_t first = 0;

    for (; first + LUT_LANES <= c->candidates; first += LUT_LANES)
        look_across(&weight, &at, c, slot, first, LUT_LANES);
    if (first < c->candidates)
        look_across(&weight, &at, c, slot, first, c->candidates - first);
    memcpy(&l->weight[k], &weight, sizeof weight);
    memcpy(&l->at[k], &at, sizeof at);
}

static void put_leader(leaders *l, size_t k, leader one)
{
    l->weight[k] = one.weight;
    l->at[k] = (uint32_t)one.at;
}

static void find_leaders(leaders *l, const lut_run *r)
{
    size_t k = 0;

    for (; k + LUT_LANES <= r->slots; k += LUT_LANES)
        lead_across(l, k, r->c, r->slot + k);
    for (; k < r->slots; k++)
        put_leader(l, k, leader_of(r->c, r->slot + k));
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

        e = lut_select(lut_lanes_below(c->candidates - i) & lut_greater(e, tiny), e,
                       zero);
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
static lut_run next_slots(const lut_choice *c, size_t slot, size_t end)
{
    size_t all = vectors_of(c), slots = all <= LUT_STRETCH ? LUT_RUN / all : 1;

    if (c->rows && !c->candidate && slots < LUT_PANEL)
        slots = LUT_PANEL;
    slots = slots < end - slot ? slots : end - slot;
    return (lut_run){ .c = c, .slot = slot, .slots = slots };
}

/* Whether one run takes all vectors of its slots. */
static bool takes_all(const lut_run *r)
{
    size_t all = vectors_of(r->c);

    return all <= LUT_STRETCH && all * r->slots <= LUT_RUN;
}

/* The next of its vectors, from r->first + r->vectors on; false: there are none. */
static bool next_vectors(lut_run *r)
{
    size_t all = vectors_of(r->c), most = takes_all(r) ? all : LUT_STRETCH / r->slots;

    r->first += r->vectors;
    r->vectors = all - r->first < most ? all - r->first : most;
    return r->vectors > 0;
}

/* The mean of the correlations under the shares, for each slot of the run. */
static void share_means(float *mean, lut_run r)
{
    lut_f sum[LUT_RUN], at[LUT_RUN] = { { 0 } };

    while (next_vectors(&r)) {
        LUT_OF_SET(lut_correlate)(sum, &r);
        for (size_t k = 0; k < r.slots; k++)
            for (size_t v = 0; v < r.vectors; v++)
                at[k] =
                    lut_fma(lut_load(r.c->share + lut_run_place(&r, k) + v * LUT_LANES),
                            sum[k * r.vectors + v], at[k]);
    }
    for (size_t k = 0; k < r.slots; k += 4)
        lut_sum4(mean + k, at + k);
}

/* Correlations to gradients of the weights of a mixture. */
static void to_softmax(lut_f *sum, const lut_run *r, const float *mean)
{
    float scale = 2.0f * r->c->temperature;

    for (size_t k = 0; k < r->slots; k++) {
        const float *share = r->c->share + lut_run_place(r, k);
        lut_f *g = sum + k * r->vectors;

        for (size_t v = 0; v < r->vectors; v++)
            g[v] = lut_load(share + v * LUT_LANES) * (g[v] - mean[k]) / scale;
    }
}

/* What becomes of the gradients g[slots][vectors] of a run. */
typedef void (*gradient_fn)(void *arg, const lut_run *r, lut_f *g);

/* All runs of some slots. */
static void walk_gradients(lut_run r, gradient_fn fn, void *arg)
{
    float mean[LUT_RUN];
    lut_f g[LUT_RUN];

    if (r.c->kind == LUT_MAP_MIX)
        share_means(mean, r);
    while (next_vectors(&r)) {
        LUT_OF_SET(lut_correlate)(g, &r);
        if (r.c->kind == LUT_MAP_MIX)
            to_softmax(g, &r, mean);
        fn(arg, &r, g);
    }
}

/* An update, and who leads after it in slots that several runs share. */
typedef struct stepping {
    const lut_tiles_update *u;
    leader lead[LUT_PANEL];
} stepping;

/* Slots that are whole lie one behind the other: the optimizer takes them in one call. */
static void step_weights(void *arg, const lut_run *r, lut_f *g)
{
    stepping *s = arg;
    const lut_tiles_update *u = s->u;
    const lut_choice *c = r->c;
    size_t n = r->slots * r->vectors, together = takes_all(r) ? n : r->vectors;
    size_t first = r->first * LUT_LANES, width = r->vectors * LUT_LANES;

    for (size_t v = 0; u->clip && v < n; v++)
        g[v] *= lut_set1(*u->clip);
    for (size_t v = 0; v < n; v += together) {
        size_t at = lut_run_place(r, v / r->vectors);

        lut_step_weights(u, false, (lut_f *)(c->weight + at),
                         lut_state_of(u, c->state, at / LUT_LANES), g + v, NULL,
                         together);
    }
    width = c->candidates - first < width ? c->candidates - first : width;
    for (size_t k = 0; !takes_all(r) && k < r->slots; k++)
        look_at(&s->lead[k], c->weight + lut_run_place(r, k), first, width);
}

static void add_squares(void *arg, const lut_run *r, lut_f *g)
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
        lut_run r = next_slots(c, begin, end);

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
    lut_run around = { .c = &pool, .slots = 1 };

    if (n < c->inputs)
        lut_draw_below(input, n, &rng, (uint32_t)c->inputs);
    else
        for (size_t i = 0; i < n; i++)
            input[i] = (uint32_t)i;
    pool.candidate = input;
    pool.candidates = n;
    pool.padded = lut_round_up(n, LUT_LANES);
    pool.dslot = lut_run_dslot(c, slot);
    pool.dslot_first = 0;
    while (next_vectors(&around)) {
        lut_f sum[LUT_RUN];

        LUT_OF_SET(lut_correlate)(sum, &around);
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

/* ---- the same of LUT_LANES slots, a lane each: redraw_slot mostly waits for itself ---- */

enum { FEW = 64 };

/* Of the pools and of the slots' own, value by value. */
typedef struct abreast {
    lut_f gain[FEW], weight[FEW];
    lut_u input[FEW], own[FEW];
    size_t pool, candidates;
} abreast;

/* Measured, slower where a vector is two registers. */
static bool goes_abreast(const lut_choice *c)
{
    return LUT_NATIVE == sizeof(lut_f) && c->candidates <= FEW &&
           c->redraw->pool <= FEW;
}

/* to[e] has value e of each of the rows, which are `step` apart and go on to the end of a
 * vector; the inverse is itself with n values a row. */
LUT_INLINE void turn_rows(lut_f *to, const float *rows, size_t step, size_t n)
{
    for (size_t e = 0; e < n; e += LUT_LANES) {
        lut_f r[LUT_LANES];

        for (size_t i = 0; i < LUT_LANES; i++)
            r[i] = lut_load(rows + i * step + e);
        lut_transpose16(r);
        memcpy(to + e, r, sizeof r);
    }
}

LUT_INLINE void turn_back(float *rows, size_t step, const lut_f *from, size_t n)
{
    for (size_t e = 0; e < n; e += LUT_LANES) {
        lut_f r[LUT_LANES];

        memcpy(r, from + e, sizeof r);
        lut_transpose16(r);
        for (size_t i = 0; i < LUT_LANES; i++)
            lut_store(rows + i * step + e, r[i]);
    }
}

static void load_abreast(abreast *a, const lut_choice *c, size_t slot)
{
    float gain[LUT_LANES][FEW] __attribute__((aligned(64)));
    uint32_t input[LUT_LANES][FEW], own[LUT_LANES][FEW];

    for (size_t i = 0; i < LUT_LANES; i++) {
        a->pool = look_around(input[i], gain[i], c, slot + i);
        memcpy(own[i], c->candidate + (slot + i) * c->candidates,
               c->candidates * sizeof **own);
    }
    a->candidates = c->candidates;
    turn_rows(a->gain, gain[0], FEW, a->pool);
    turn_rows((lut_f *)a->input, (float *)input[0], FEW, a->pool);
    turn_rows((lut_f *)a->own, (float *)own[0], FEW, a->candidates);
    turn_rows(a->weight, c->weight + slot * c->padded, c->padded, a->candidates);
}

static void store_abreast(const abreast *a, const lut_choice *c, size_t slot)
{
    uint32_t own[LUT_LANES][FEW];

    turn_back((float *)own[0], FEW, (const lut_f *)a->own, a->candidates);
    for (size_t i = 0; i < LUT_LANES; i++)
        memcpy(c->candidate + (slot + i) * c->candidates, own[i],
               c->candidates * sizeof **own);
    turn_back(c->weight + slot * c->padded, c->padded, a->weight, a->candidates);
}

/* As first_largest: number and value of the first of sign * v[n]. */
LUT_INLINE void first_abreast(lut_u *at, lut_f *value, const lut_f *v, size_t n,
                              float sign)
{
    lut_f most = lut_set1(-INFINITY);
    lut_u number = { 0 };

    for (size_t e = 0; e < n; e++, number += 1) {
        lut_f x = lut_max(v[e] * sign, lut_set1(-FLT_MAX));
        lut_i more = lut_greater(x, most);

        most = lut_max(x, most);
        *value = lut_select(more, v[e], *value);
        *at = (lut_u)lut_select(more, (lut_f)number, (lut_f)*at);
    }
}

/* v[at] = x in these lanes. */
LUT_INLINE void put_abreast(lut_f *v, size_t n, lut_u at, lut_i lanes, lut_f x)
{
    lut_u number = { 0 };

    for (size_t e = 0; e < n; e++, number += 1)
        v[e] = lut_select(lut_equal((lut_i)number, (lut_i)at) & lanes, x, v[e]);
}

LUT_INLINE lut_u input_abreast(const abreast *a, lut_u at)
{
    lut_u number = { 0 }, found = { 0 };

    for (size_t e = 0; e < a->pool; e++, number += 1)
        found |= a->input[e] & (lut_u)lut_equal((lut_i)number, (lut_i)at);
    return found;
}

LUT_INLINE lut_i are_candidates(const abreast *a, lut_u input)
{
    lut_i same = { 0 };

    for (size_t e = 0; e < a->candidates; e++)
        same |= lut_equal((lut_i)a->own[e], (lut_i)input);
    return same;
}

/* best_of_pool in the lanes `among`; returns those that found one. */
static lut_i best_abreast(lut_u *found, abreast *a, lut_i among)
{
    lut_i have = { 0 };

    while (lut_unmask(among)) {
        lut_u best = { 0 }, input;
        lut_f gain = { 0 };

        first_abreast(&best, &gain, a->gain, a->pool, 1);
        among &= lut_greater(gain, (lut_f){ 0 });
        put_abreast(a->gain, a->pool, best, among, (lut_f){ 0 });
        input = input_abreast(a, best);
        *found = (lut_u)lut_select(among, (lut_f)input, (lut_f)*found);
        have |= among & ~are_candidates(a, input);
        among &= are_candidates(a, input);
    }
    return have;
}

/* redraw_slot; k: place among the leaders. */
static void redraw_abreast(const lut_choice *c, size_t slot, leaders *l, size_t k)
{
    lut_f start = lut_load(l->weight + k) - c->redraw->margin;
    lut_i lanes = lut_seti(-1);
    abreast a;

    load_abreast(&a, c, slot);
    for (size_t i = 0; i < c->redraw->count && lut_unmask(lanes); i++) {
        lut_u out = { 0 }, found = { 0 };
        lut_f lightest = { 0 };

        first_abreast(&out, &lightest, a.weight, a.candidates, -1);
        lanes = best_abreast(&found, &a, lanes & lut_greater(start, lightest));
        put_abreast((lut_f *)a.own, a.candidates, out, lanes, (lut_f)found);
        put_abreast(a.weight, a.candidates, out, lanes, start);
    }
    store_abreast(&a, c, slot);
    lead_across(l, k, c, slot);
}

static void redraw_slots(const lut_run *r, leaders *l)
{
    const lut_choice *c = r->c;
    size_t k = 0;

    for (; goes_abreast(c) && k + LUT_LANES <= r->slots; k += LUT_LANES)
        redraw_abreast(c, r->slot + k, l, k);
    for (; k < r->slots; k++)
        put_leader(l, k,
                   redraw_slot(c, r->slot + k, (leader){ l->weight[k], l->at[k] }));
}

/* Wires, and shares where somebody reads them. */
static void choose_slots(const lut_run *r, const leaders *l)
{
    const lut_choice *c = r->c;

    for (size_t k = 0; k < r->slots; k++)
        c->wire[r->slot + k] = lut_choice_input(c, r->slot + k, l->at[k]);
    for (size_t k = 0; c->share && k < r->slots; k++)
        softmax_share(c, r->slot + k, l->at[k], c->next_temperature);
}

static void learn_slots(lut_run r, stepping *s)
{
    const lut_choice *c = r.c;
    leaders l;

    for (size_t k = 0; k < LUT_PANEL; k++)
        s->lead[k] = nobody;
    walk_gradients(r, step_weights, s);
    if (takes_all(&r))
        find_leaders(&l, &r);
    for (size_t k = 0; !takes_all(&r) && k < r.slots; k++)
        put_leader(&l, k, s->lead[k]);
    if (c->redraw)
        redraw_slots(&r, &l);
    choose_slots(&r, &l);
}

void LUT_OF_SET(lut_learn)(const lut_choice *c, const lut_tiles_update *u, size_t begin,
                           size_t end)
{
    stepping s = { .u = u };

    while (begin < end) {
        lut_run r = next_slots(c, begin, end);

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
