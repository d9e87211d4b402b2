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
 * blocking: a panel of slots shares the addresses, chunks of samples keep the tables of a
 * panel in the cache, tiles of inputs the sums. */
#include "lib/net/choose.h"
#include "lib/base/check.h"

enum {
    PANEL = 4,   /* slots at a time, where all read the same inputs */
    TILE = 64,   /* vectors of inputs */
    CHUNK = 256, /* samples */
    FOURS = CHUNK / 4
};

/* Slots and inputs that are correlated. */
typedef struct panel {
    const lut_choice *c;
    size_t slot, slots;    /* 1 or PANEL */
    const uint32_t *input; /* [vectors * 16] */
    size_t vectors;        /* 1 .. TILE */
} panel;

/* ---- correlation with bits ---- */

/* Entry e of t[q]: the sum over samples 4 q + i of +g where bit i of e is set, else -g. */
static void sign_tables(lut_f *t, const float *g, size_t fours)
{
    const lut_f s0 = { -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1 };
    const lut_f s1 = { -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1 };
    const lut_f s2 = { -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1 };
    const lut_f s3 = { -1, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1 };

    for (size_t q = 0; q < fours; q++, g += 4)
        t[q] = (s0 * g[0] + s1 * g[1]) + (s2 * g[2] + s3 * g[3]);
}

/* 32 samples of 16 inputs, one input a lane. */
static lut_i half_words(const panel *p, size_t vector, size_t half)
{
    const lut_bits *b = p->c->bits;
    const uint32_t *input = p->input + vector * LUT_LANES;
    int32_t word[LUT_LANES];
    lut_i v;

    for (size_t i = 0; i < LUT_LANES; i++)
        word[i] =
            (int32_t)(uint32_t)(b->p[input[i] * b->ld + half / 2] >> (32 * (half % 2)));
    memcpy(&v, word, sizeof v);
    return v;
}

LUT_INLINE void add_chunk(lut_f (*sum)[TILE], const lut_f (*table)[FOURS],
                          const panel *p, size_t first_half, size_t halves,
                          size_t slots)
{
    for (size_t v = 0; v < p->vectors; v++) {
        lut_f at[PANEL];

        for (size_t k = 0; k < slots; k++)
            at[k] = sum[k][v];
        for (size_t h = 0; h < halves; h++) {
            lut_u bits = (lut_u)half_words(p, v, first_half + h);

            for (size_t q = 0; q < 8; q++, bits >>= 4)
                for (size_t k = 0; k < slots; k++)
                    at[k] += lut_gather((const float *)&table[k][8 * h + q], 4,
                                        (lut_i)(bits & 15));
        }
        for (size_t k = 0; k < slots; k++)
            sum[k][v] = at[k];
    }
}

static void correlate_bits(lut_f (*sum)[TILE], const panel *p)
{
    const lut_choice *c = p->c;
    lut_f table[PANEL][FOURS];

    for (size_t k = 0; k < p->slots; k++)
        memset(sum[k], 0, p->vectors * sizeof sum[k][0]);
    for (size_t s = 0; s < c->n; s += CHUNK) {
        size_t n = c->n - s < CHUNK ? c->n - s : CHUNK, halves = lut_ceil_div(n, 32);

        for (size_t k = 0; k < p->slots; k++)
            sign_tables(table[k], c->dslot + (p->slot + k) * c->ld + s, 8 * halves);
        if (p->slots == PANEL)
            add_chunk(sum, table, p, s / 32, halves, PANEL);
        else
            add_chunk(sum, table, p, s / 32, halves, 1);
    }
}

/* ---- correlation with reals ---- */

/* part[k]: sums of slot k lane by lane. */
LUT_INLINE void row_sums(lut_f (*part)[LUT_LANES], const panel *p, size_t i,
                         uint32_t input, size_t slots)
{
    const lut_choice *c = p->c;
    const float *x = c->rows->p + input * c->rows->ld, *g = c->dslot + p->slot * c->ld;
    lut_f at[PANEL] = { { 0 } };

    for (size_t s = 0; s < c->n; s += LUT_LANES) {
        lut_f sign = 2.0f * lut_load(x + s) - 1.0f;

        for (size_t k = 0; k < slots; k++)
            at[k] = lut_fma(sign, lut_load(g + k * c->ld + s), at[k]);
    }
    for (size_t k = 0; k < slots; k++)
        part[k][i] = at[k];
}

static void correlate_rows(lut_f (*sum)[TILE], const panel *p)
{
    lut_f part[PANEL][LUT_LANES];

    for (size_t v = 0; v < p->vectors; v++) {
        for (size_t i = 0; i < LUT_LANES; i++)
            if (p->slots == PANEL)
                row_sums(part, p, i, p->input[v * LUT_LANES + i], PANEL);
            else
                row_sums(part, p, i, p->input[v * LUT_LANES + i], 1);
        for (size_t k = 0; k < p->slots; k++)
            sum[k][v] = lut_sum16(part[k]);
    }
}

/* sum[slot of the panel][vector of inputs], lane by lane. */
static void correlate(lut_f (*sum)[TILE], const panel *p)
{
    if (p->c->bits)
        correlate_bits(sum, p);
    else
        correlate_rows(sum, p);
}

/* ---- the candidate that a slot reads, and its shares ---- */

static lut_i lanes_below(size_t n)
{
    return lut_mask(n < LUT_LANES ? (1u << n) - 1 : 0xffff);
}

/* The largest weight, the lowest index on a tie: lane by lane, then among the lanes. */
static size_t best_candidate(const lut_choice *c, size_t slot)
{
    const float *w = c->weight + slot * c->padded;
    const lut_f least = lut_set1(-FLT_MAX);
    lut_f most = least;
    lut_i at = { 0 };
    float value[LUT_LANES];
    int32_t index[LUT_LANES];
    size_t best = 0;

    for (size_t i = 0; i < c->candidates; i += LUT_LANES) {
        lut_f v = lut_select(lanes_below(c->candidates - i), lut_load(w + i), least);
        lut_i more = lut_greater(v, most);

        most = lut_select(more, v, most);
        at = (at & ~more) | ((lut_iota() + lut_seti((int32_t)i)) & more);
    }
    memcpy(value, &most, sizeof value);
    memcpy(index, &at, sizeof index);
    for (size_t i = 1; i < LUT_LANES; i++)
        if (value[i] > value[best] ||
            (value[i] >= value[best] && index[i] < index[best]))
            best = i;
    return (size_t)index[best];
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

static void choose_slot(const lut_choice *c, size_t slot, float temperature)
{
    size_t best = best_candidate(c, slot);

    c->wire[slot] = lut_choice_input(c, slot, best);
    if (c->share)
        softmax_share(c, slot, best, temperature);
}

void LUT_OF_SET(lut_choose)(const lut_choice *c, size_t begin, size_t end)
{
    for (size_t slot = begin; slot < end; slot++)
        choose_slot(c, slot, c->temperature);
}

/* ---- learning ---- */

/* Inputs of `count` candidates from number `first` on; the last one again past the end. */
static size_t fill_tile(uint32_t *input, const uint32_t *list, size_t first,
                        size_t count)
{
    size_t vectors = lut_ceil_div(count - first, LUT_LANES);

    vectors = vectors < TILE ? vectors : TILE;
    for (size_t i = 0; i < vectors * LUT_LANES; i++) {
        size_t at = first + i < count ? first + i : count - 1;

        input[i] = list ? list[at] : (uint32_t)at;
    }
    return vectors;
}

/* Correlations of a tile of candidates; the number of its vectors. */
static size_t correlate_tile(lut_f (*sum)[TILE], panel *p, size_t first)
{
    const lut_choice *c = p->c;
    uint32_t input[TILE * LUT_LANES];
    const uint32_t *list = c->candidate ? c->candidate + p->slot * c->candidates : NULL;
    size_t left = c->candidates - first;

    p->input = input;
    p->vectors = fill_tile(input, list, first, c->candidates);
    correlate(sum, p);
    if (left < p->vectors * LUT_LANES)
        for (size_t k = 0; k < p->slots; k++) {
            lut_f *last = &sum[k][p->vectors - 1];

            *last = lut_select(lanes_below(left % LUT_LANES), *last, (lut_f){ 0 });
        }
    return p->vectors;
}

/* The mean of the correlations under the shares, for each slot of the panel. */
static void share_means(float mean[PANEL], panel *p, lut_f (*sum)[TILE])
{
    const lut_choice *c = p->c;
    lut_f at[PANEL] = { { 0 } };

    for (size_t first = 0; first < c->candidates; first += TILE * LUT_LANES) {
        size_t vectors = correlate_tile(sum, p, first);

        for (size_t k = 0; k < p->slots; k++)
            for (size_t v = 0; v < vectors; v++)
                at[k] = lut_fma(lut_load(c->share + (p->slot + k) * c->padded + first +
                                         v * LUT_LANES),
                                sum[k][v], at[k]);
    }
    lut_sum4(mean, at);
}

/* Correlations to gradients of the weights of a mixture. */
static void to_softmax(lut_f *sum, const float *share, size_t vectors, float mean,
                       float temperature)
{
    for (size_t v = 0; v < vectors; v++)
        sum[v] =
            lut_load(share + v * LUT_LANES) * (sum[v] - mean) / (2.0f * temperature);
}

/* What becomes of the gradients g of vectors of weights of one slot, from weight `first`
 * of the mapping on. */
typedef void (*gradient_fn)(void *arg, const lut_choice *c, size_t slot, size_t first,
                            lut_f *g, size_t vectors);

static void walk_gradients(panel *p, gradient_fn fn, void *arg)
{
    const lut_choice *c = p->c;
    lut_f sum[PANEL][TILE];
    float mean[PANEL] = { 0 };

    if (c->kind == LUT_MAP_MIX)
        share_means(mean, p, sum);
    for (size_t first = 0; first < c->candidates; first += TILE * LUT_LANES) {
        size_t vectors = correlate_tile(sum, p, first);

        for (size_t k = 0; k < p->slots; k++) {
            size_t at = (p->slot + k) * c->padded + first;

            if (c->kind == LUT_MAP_MIX)
                to_softmax(sum[k], c->share + at, vectors, mean[k], c->temperature);
            fn(arg, c, p->slot + k, at, sum[k], vectors);
        }
    }
}

static void step_weights(void *arg, const lut_choice *c, size_t slot, size_t first,
                         lut_f *g, size_t vectors)
{
    const lut_tiles_update *u = arg;

    (void)slot;
    for (size_t v = 0; u->clip && v < vectors; v++)
        g[v] *= *u->clip;
    lut_optim_plain(u->optim)(u->optim_cfg, u->step, (lut_f *)(c->weight + first),
                              (lut_f *)(c->state + first * u->optim->nstate), g, NULL,
                              vectors);
}

static void add_squares(void *arg, const lut_choice *c, size_t slot, size_t first,
                        lut_f *g, size_t vectors)
{
    double *sum = arg;
    const float *v = (const float *)g;

    (void)c;
    (void)first;
    for (size_t i = 0; i < vectors * LUT_LANES; i++)
        sum[slot] += (double)v[i] * (double)v[i];
}

/* Slots that share the addresses of their inputs go together. */
static panel panel_at(const lut_choice *c, size_t slot, size_t end)
{
    bool together = !c->candidate && end - slot >= PANEL;

    return (panel){ .c = c, .slot = slot, .slots = together ? PANEL : 1 };
}

void LUT_OF_SET(lut_square)(const lut_choice *c, size_t begin, size_t end, double *sum)
{
    memset(sum + begin, 0, (end - begin) * sizeof *sum);
    for (size_t slot = begin; slot < end;) {
        panel p = panel_at(c, slot, end);

        walk_gradients(&p, add_squares, sum);
        slot += p.slots;
    }
}

/* ---- new candidates ---- */

/* Random inputs and the gradients their weights would have; their number. */
static size_t look_around(uint32_t *input, float *gradient, const lut_choice *c,
                          size_t slot)
{
    const lut_redraw *r = c->redraw;
    lut_rng rng = lut_rng_sub(&r->rng, slot);
    size_t n = r->pool < c->inputs ? r->pool : c->inputs;
    panel p = { .c = c, .slot = slot, .slots = 1, .input = input };
    lut_f sum[1][TILE];

    for (size_t i = 0; i < n; i++)
        input[i] =
            n < c->inputs ? (uint32_t)lut_rng_below(&rng, c->inputs) : (uint32_t)i;
    p.vectors = lut_ceil_div(n, LUT_LANES);
    for (size_t i = n; i < p.vectors * LUT_LANES; i++)
        input[i] = input[n - 1];
    correlate(sum, &p);
    memcpy(gradient, sum, n * sizeof *gradient);
    return n;
}

static bool is_candidate(const lut_choice *c, size_t slot, uint32_t input)
{
    for (size_t i = 0; i < c->candidates; i++)
        if (c->candidate[slot * c->candidates + i] == input)
            return true;
    return false;
}

/* The input whose weight would grow most, taken out of the pool; false: none is left that
 * is no candidate yet. */
static bool best_of_pool(uint32_t *found, const lut_choice *c, size_t slot,
                         const uint32_t *input, float *gradient, size_t n)
{
    for (;;) {
        size_t best = 0;

        for (size_t i = 1; i < n; i++)
            if (gradient[i] < gradient[best])
                best = i;
        if (!(gradient[best] < 0))
            return false;
        gradient[best] = 0;
        *found = input[best];
        if (!is_candidate(c, slot, *found))
            return true;
    }
}

static size_t lightest(const float *weight, size_t n, float below)
{
    size_t least = 0;

    for (size_t i = 1; i < n; i++)
        if (weight[i] < weight[least])
            least = i;
    return weight[least] < below ? least : n;
}

/* In place of the lightest, which had their chance, inputs that the batch speaks for, a few
 * steps below the one in use.  They take over the optimizer's state: gradients of all
 * candidates of a slot are of one size, that of the slot's, so the scale of the steps fits,
 * where a state of zeros would let newcomers leap ahead on their first gradients. */
static void redraw_slot(const lut_choice *c, size_t slot)
{
    const lut_redraw *r = c->redraw;
    uint32_t input[LUT_MAX_POOL], found, *own = c->candidate + slot * c->candidates;
    float *weight = c->weight + slot * c->padded, gradient[LUT_MAX_POOL];
    float start = weight[best_candidate(c, slot)] - r->margin;
    size_t n = look_around(input, gradient, c, slot);

    for (size_t i = 0; i < r->count; i++) {
        size_t out = lightest(weight, c->candidates, start);

        if (out == c->candidates || !best_of_pool(&found, c, slot, input, gradient, n))
            return;
        own[out] = found;
        weight[out] = start;
    }
}

void LUT_OF_SET(lut_learn)(const lut_choice *c, const lut_tiles_update *u, size_t begin,
                           size_t end)
{
    lut_tiles_update how = *u;

    for (size_t slot = begin; slot < end;) {
        panel p = panel_at(c, slot, end);

        walk_gradients(&p, step_weights, &how);
        if (c->redraw)
            redraw_slot(c, slot);
        for (size_t k = 0; k < p.slots; k++)
            choose_slot(c, slot++, c->next_temperature);
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
