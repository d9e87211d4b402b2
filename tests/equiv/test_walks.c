/* Kernels of whole layers: the bytes of the kernels of one LUT, of the definitions in doubles
 * as near as rounding lets them be, whoever asks for which part, and the same on all sets. */
#include "lib/net/backend.h"
#include "lib/base/rng.h"
#include "tests/support/halves.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

enum {
    LUTS = 21,
    ROWS = 11,
    ROW =
        320, /* samples: more than any n, so that what follows shows when written to */
    WORDS = ROW / 64,
    ENTRIES = 1 << LUT_MAX_K
};

/* What a layer and its samples are. */
typedef struct layer {
    float x[ROWS][ROW], g[LUTS][ROW];
    uint16_t h[ROWS][ROW];       /* of x, where x are halves */
    uint64_t b[ROWS][WORDS];     /* from `shift` on */
    uint64_t plain[ROWS][WORDS]; /* the same from 0 on */
    float table[LUTS * ENTRIES + LUT_LANES], rise[LUTS * ENTRIES + LUT_LANES];
    float gain[LUTS * ENTRIES + LUT_LANES];
    uint64_t tt[LUTS * ENTRIES / 64 + LUTS];
    uint32_t wire[LUTS * LUT_MAX_K], dx_row[LUTS * LUT_MAX_K], g_row[LUTS];
} layer;

/* What kernels write. */
typedef struct result {
    float y[LUTS][ROW];
    uint16_t h[LUTS][ROW];
    uint64_t b[LUTS][WORDS];
    float grad[2 * LUT_LANES * ENTRIES], dx[ROWS][ROW];
} result;

/* One way to walk. */
typedef struct way {
    unsigned k;
    size_t n, begin, end;
    bool bits, half, gain, extreme;
    unsigned shift;
    float slope;
} way;

static layer in;
static result start, want, first_set, whole, part;

static const lut_backend *const *sets(void)
{
    return lut_backends();
}

/* ---- numbers ---- */

static float number(lut_rng *r, const way *v)
{
    return (float)lut_rng_normal(r) * (v->extreme ? 1e30f : 1);
}

/* Real inputs; halves are read from them, so that both are the same numbers. */
static float input(lut_rng *r, const way *v)
{
    double x = v->extreme ? (double)lut_rng_below(r, 2) : lut_rng_uniform(r);

    return (float)(v->half ? half_value(half_nearest(x)) : x);
}

static void fill_rows(lut_rng *r, const way *v)
{
    for (size_t i = 0; i < ROWS; i++) {
        uint64_t before = v->shift ? lut_rng_next(r) >> (64 - v->shift) : 0;

        for (size_t s = 0; s < ROW; s++) {
            in.x[i][s] = input(r, v);
            in.h[i][s] = half_nearest((double)in.x[i][s]);
            if (s < v->n)
                in.plain[i][s / 64] |= lut_rng_below(r, 2) << (s % 64);
        }
        for (size_t w = 0; w < WORDS; w++)
            in.b[i][w] = in.plain[i][w];
        if (v->shift) /* n samples in the middle of a word */
            in.b[i][0] = in.plain[i][0] << v->shift | before;
    }
    for (size_t m = 0; m < LUTS; m++)
        for (size_t s = 0; s < v->n; s++)
            in.g[m][s] = (float)(lut_rng_normal(r) * (v->extreme ? 1e-20 : 1));
}

static void fill_wires(lut_rng *r, unsigned k)
{
    for (size_t i = 0; i < LUTS * k; i++) {
        in.wire[i] = (uint32_t)lut_rng_below(r, ROWS);
        in.dx_row[i] = (uint32_t)lut_rng_below(r, ROWS);
    }
    for (size_t m = 0; m < LUTS; m++) {
        in.g_row[m] = (uint32_t)lut_rng_below(r, LUTS);
        if (k > 1 && m % 3 == 0) /* one row twice */
            in.wire[m * k + k - 1] = in.wire[m * k];
        if (k > 1 && m % 4 == 0)
            in.dx_row[m * k + 1] = in.dx_row[m * k];
    }
}

static void fill(const way *v)
{
    lut_rng r = lut_rng_make(v->k, LUT_RNG_TEST, v->n);
    float *to = (float *)&start;

    memset(&in, 0, sizeof in);
    fill_rows(&r, v);
    fill_wires(&r, v->k);
    for (size_t e = 0; e < LUT_COUNT(in.table); e++) {
        in.table[e] = number(&r, v);
        in.rise[e] = (float)lut_rng_normal(&r);
        in.gain[e] = v->extreme ? 1e-39f : (float)lut_rng_uniform(&r);
    }
    for (size_t w = 0; w < LUT_COUNT(in.tt); w++)
        in.tt[w] = lut_rng_next(&r);
    for (size_t i = 0; i < sizeof start / sizeof *to; i++)
        to[i] = (float)lut_rng_uniform(&r);
}

/* ---- walks ---- */

static lut_walk forward_walk(const way *v, result *to)
{
    lut_walk w = { .k = v->k,
                   .luts = LUTS,
                   .ahead = v->n % 9,
                   .begin = v->begin,
                   .end = v->end,
                   .n = v->n,
                   .wire = in.wire,
                   .table = in.table,
                   .tt = in.tt,
                   .slope = v->slope };

    if (v->bits)
        w.in = (lut_signal){ .b = in.b[0], .ld = WORDS, .shift = v->shift };
    else if (v->half)
        w.in = (lut_signal){ .h = in.h[0], .ld = ROW };
    else
        w.in = (lut_signal){ .f = in.x[0], .ld = ROW };
    w.out = v->half ? (lut_signal){ .h = to->h[0], .ld = ROW }
                    : (lut_signal){ .f = to->y[0], .ld = ROW };
    return w;
}

/* Outputs, which a sigmoid's gradient needs, are those of `to`. */
static lut_walk backward_walk(const way *v, result *to)
{
    lut_walk w = forward_walk(v, to);

    w.g = in.g[0];
    w.g_ld = ROW;
    w.g_row = v->n % 3 ? in.g_row : NULL;
    w.grad = to->grad;
    w.grad_first = v->begin;
    w.dx = to->dx[0];
    w.dx_ld = ROW;
    w.dx_row = in.dx_row;
    w.rise = in.rise;
    w.gain = v->gain ? in.gain : NULL;
    return w;
}

static void forward(const lut_kernels *kern, const way *v, const lut_walk *w)
{
    if (v->bits)
        kern->lookup_luts(w);
    else
        kern->interpolate_luts(w);
}

static void backward(const lut_kernels *kern, const way *v, const lut_walk *w)
{
    if (v->bits)
        kern->lookup_backward_luts(w);
    else
        kern->interpolate_backward_luts(w);
}

static void fail(const lut_kernels *kern, const way *v, const char *what)
{
    fprintf(stderr,
            "\n%s, rank %u, %zu samples, LUTs %zu..%zu, %s%s, slope %g, shift %u: %s",
            kern->name, v->k, v->n, v->begin, v->end, v->bits ? "bits" : "reals",
            v->half ? ", halves" : "", (double)v->slope, v->shift, what);
    CU_FAIL("layer kernels");
}

static void same(const lut_kernels *kern, const way *v, const result *a,
                 const result *b, const char *what)
{
    bool bytes = memcmp(a, b, sizeof *a) == 0;

    CU_ASSERT(bytes);
    if (!bytes)
        fail(kern, v, what);
}

static const float *gradient_of(const lut_walk *w, size_t m)
{
    return in.g[w->g_row ? w->g_row[m] : m];
}

/* ---- LUT by LUT ---- */

typedef struct wires {
    const float *f[LUT_MAX_K];
    const uint64_t *b[LUT_MAX_K];
    float *dx[LUT_MAX_K];
} wires;

static wires wires_of(const lut_walk *w, size_t m, result *to)
{
    wires x = { { 0 }, { 0 }, { 0 } };

    for (unsigned j = 0; j < w->k; j++) {
        x.f[j] = in.x[in.wire[m * w->k + j]];
        x.b[j] = in.plain[in.wire[m * w->k + j]];
        x.dx[j] = to->dx[in.dx_row[m * w->k + j]];
    }
    return x;
}

/* Samples that whole vectors hold. */
static size_t padded(size_t n)
{
    return lut_round_up(n, LUT_LANES);
}

static void forward_alone(const lut_kernels *kern, const way *v, result *to)
{
    lut_walk w = forward_walk(v, to);

    for (size_t m = v->begin; m < v->end; m++) {
        wires x = wires_of(&w, m, to);
        float y[ROW];

        if (v->bits)
            kern->lookup(y, x.b, v->k, in.table + (m << v->k), v->n);
        else
            kern->interpolate(y, x.f, v->k, in.table + (m << v->k), v->n);
        if (v->slope > 0)
            kern->squash(y, v->slope, v->n);
        if (!v->half)
            memcpy(to->y[m], y, padded(v->n) * sizeof *y);
        for (size_t s = 0; v->half && s < padded(v->n); s++)
            to->h[m][s] = half_nearest((double)y[s]);
    }
}

/* Gradient of what is below the sigmoid. */
static const float *unsquashed(const lut_kernels *kern, const lut_walk *w, size_t m,
                               float *h, const result *to)
{
    const float *g = gradient_of(w, m);
    float y[ROW];

    if (!(w->slope > 0))
        return g;
    for (size_t s = 0; s < ROW; s++)
        y[s] = w->out.h ? (float)half_value(to->h[m][s]) : to->y[m][s];
    memset(h, 0, ROW * sizeof *h);
    kern->squash_backward(h, g, y, w->slope, w->n);
    return h;
}

static void interpolate_backward_alone(const lut_kernels *kern, const way *v,
                                       result *to)
{
    lut_walk w = backward_walk(v, to);

    for (size_t m = v->begin; m < v->end; m++) {
        wires x = wires_of(&w, m, to);
        float h[ROW];
        const float *g = unsquashed(kern, &w, m, h, to);

        kern->interpolate_backward(to->grad + ((m - w.grad_first) << v->k), x.dx, g,
                                   x.f, v->k, in.table + (m << v->k), v->n);
    }
}

static unsigned address_of(const wires *x, unsigned k, size_t s)
{
    unsigned a = 0;

    for (unsigned j = 0; j < k; j++)
        a = 2 * a + (unsigned)(x->b[j][s / 64] >> (s % 64) & 1);
    return a;
}

/* Sums of entries run in no order that the kernels of one LUT know.  In doubles they are
 * exact; in floats each of n + 1 additions is off by half a unit of a part of the sum. */
static void check_entries(const lut_kernels *kern, const way *v, const lut_walk *w,
                          size_t m, float *lane)
{
    const float *g = gradient_of(w, m);
    wires x = wires_of(w, m, &want);
    double sum[ENTRIES] = { 0 }, size[ENTRIES] = { 0 };

    for (size_t s = 0; s < v->n; s++) {
        unsigned a = address_of(&x, v->k, s);

        sum[a] += (double)g[s];
        size[a] += fabs((double)g[s]);
    }
    for (size_t e = 0; e < (size_t)1 << v->k; e++) {
        float *entry = &lane[e * LUT_LANES],
              *before = start.grad + (entry - whole.grad);
        double off = (double)*entry - (double)*before - sum[e];

        if (!(fabs(off) <=
              (double)(v->n + 1) * 0x1p-24 * (size[e] + fabs((double)*before))))
            fail(kern, v, "sums of entries");
        *entry = *before; /* what is left shows what else was written */
    }
}

static void lookup_backward_alone(const lut_kernels *kern, const way *v, result *to)
{
    lut_walk w = backward_walk(v, to);
    float nowhere[ENTRIES] = { 0 };

    for (size_t m = v->begin; m < v->end; m++) {
        wires x = wires_of(&w, m, to);

        kern->lookup_backward(nowhere, x.dx, gradient_of(&w, m), x.b, v->k,
                              in.rise + (m << v->k),
                              w.gain ? w.gain + (m << v->k) : NULL, v->n);
    }
}

/* ---- asked for in other ways ---- */

static void one_by_one(const lut_kernels *kern, const way *v, result *to)
{
    lut_walk w = backward_walk(v, to), dx = w;

    w.dx = NULL;
    backward(kern, v, &w);
    dx.grad = NULL;
    backward(kern, v, &dx);
}

static lut_walk from_sample(lut_walk w, size_t first, size_t n)
{
    w.n = n;
    if (w.in.b) {
        w.in.b += (w.in.shift + first) / 64;
        w.in.shift = (unsigned)(w.in.shift + first) % 64;
    }
    w.in.f = w.in.f ? w.in.f + first : NULL;
    w.in.h = w.in.h ? w.in.h + first : NULL;
    w.out.f = w.out.f ? w.out.f + first : NULL;
    w.out.h = w.out.h ? w.out.h + first : NULL;
    w.g += first;
    w.dx += first;
    return w;
}

/* Gradients of inputs by slices of samples, those of tables by LUTs (of bits: by tiles). */
static void slices(const lut_kernels *kern, const way *v, result *to)
{
    static const size_t lengths[] = { 16, 32, 16, 64, 16, 16, 32, 128 };
    static const size_t luts[] = { 3, 1, 2, 7, 5 };
    lut_walk w = backward_walk(v, to);

    w.grad = NULL;
    for (size_t first = 0, i = 0; first < v->n; first += lengths[i++]) {
        size_t left = v->n - first, n = left < lengths[i] ? left : lengths[i];
        lut_walk slice = from_sample(w, first, n);

        backward(kern, v, &slice);
    }
    w.dx = NULL;
    w.grad = to->grad;
    for (size_t m = v->begin, i = 0; m < v->end; m = w.end) {
        size_t some = v->bits ? LUT_LANES : luts[i++ % LUT_COUNT(luts)];

        w.begin = m;
        w.end = m + some < v->end ? m + some : v->end;
        backward(kern, v, &w);
    }
}

/* Planes of any number of blocks. */
static void planes(const lut_kernels *kern, const way *v, result *to)
{
    size_t length = lut_block(v->k) * (v->n % 2 && lut_block(v->k) > 32 ? 2 : 1);
    lut_walk w = backward_walk(v, to);

    for (size_t first = 0; first < v->n; first += length) {
        size_t left = v->n - first;
        lut_walk plane = from_sample(w, first, left < length ? left : length);

        backward(kern, v, &plane);
    }
}

/* Tile by tile, as layers are updated; what is in the end where it is in `whole`. */
static void tiles(const lut_kernels *kern, const way *v, result *to)
{
    lut_walk w = backward_walk(v, to);
    size_t tile = LUT_LANES << v->k;

    for (size_t m = v->begin; m < v->end; m += LUT_LANES) {
        w.begin = w.grad_first = m;
        w.end = m + LUT_LANES < v->end ? m + LUT_LANES : v->end;
        w.grad = to->grad + (m - v->begin) / LUT_LANES * tile;
        backward(kern, v, &w);
    }
}

/* Rows one behind the other, as long as their samples: kernels have loops of their own for
 * some lengths.  Then what they wrote goes to where `whole` has it. */
static float close_x[ROWS * ROW], close_y[LUTS * ROW], close_g[LUTS * ROW],
    close_dx[ROWS * ROW];
static uint16_t close_hx[ROWS * ROW], close_hy[LUTS * ROW];

static void move_rows(float *to, size_t to_ld, const float *from, size_t from_ld,
                      size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        memcpy(to + i * to_ld, from + i * from_ld, n * sizeof *to);
}

static void move_halves(uint16_t *to, size_t to_ld, const uint16_t *from,
                        size_t from_ld, size_t rows, size_t n)
{
    for (size_t i = 0; i < rows; i++)
        memcpy(to + i * to_ld, from + i * from_ld, n * sizeof *to);
}

static void close_rows(lut_walk *w, const result *to)
{
    size_t ld = padded(w->n);

    move_rows(close_x, ld, in.x[0], ROW, ROWS, ld);
    move_rows(close_y, ld, to->y[0], ROW, LUTS, ld);
    move_rows(close_g, ld, in.g[0], ROW, LUTS, ld);
    move_rows(close_dx, ld, to->dx[0], ROW, ROWS, ld);
    move_halves(close_hx, ld, in.h[0], ROW, ROWS, ld);
    move_halves(close_hy, ld, to->h[0], ROW, LUTS, ld);
    if (w->in.f)
        w->in = (lut_signal){ .f = close_x, .ld = ld };
    if (w->in.h)
        w->in = (lut_signal){ .h = close_hx, .ld = ld };
    w->out = w->out.h ? (lut_signal){ .h = close_hy, .ld = ld }
                      : (lut_signal){ .f = close_y, .ld = ld };
    if (w->g)
        w->g = close_g;
    w->g_ld = w->dx_ld = ld;
    if (w->dx)
        w->dx = close_dx;
}

static void forward_close(const lut_kernels *kern, const way *v, result *to)
{
    lut_walk w = forward_walk(v, to);

    close_rows(&w, to);
    forward(kern, v, &w);
    move_rows(to->y[0], ROW, close_y, padded(v->n), LUTS, padded(v->n));
    move_halves(to->h[0], ROW, close_hy, padded(v->n), LUTS, padded(v->n));
}

static void backward_close(const lut_kernels *kern, const way *v, result *to)
{
    lut_walk w = backward_walk(v, to);

    close_rows(&w, to);
    backward(kern, v, &w);
    move_rows(to->dx[0], ROW, close_dx, padded(v->n), ROWS, padded(v->n));
}

typedef void (*walker)(const lut_kernels *kern, const way *v, result *to);

static void check_nothing(const lut_kernels *kern, const way *v)
{
    lut_walk w = backward_walk(v, &part);

    w.dx = w.grad = NULL;
    part = start;
    backward(kern, v, &w);
    same(kern, v, &start, &part, "asked for nothing");
}

static void check_walker(const lut_kernels *kern, const way *v, const char *name,
                         walker fn)
{
    part = start;
    fn(kern, v, &part);
    same(kern, v, &whole, &part, name);
}

/* ---- one way on one set ---- */

/* Outputs of `start` are what a gradient reads: those of this layer. */
static void check_forward(const lut_kernels *kern, const way *v)
{
    lut_walk w = forward_walk(v, &whole);

    whole = want = start;
    forward(kern, v, &w);
    forward_alone(kern, v, &want);
    same(kern, v, &whole, &want, "outputs");
    check_walker(kern, v, "outputs, rows close together", forward_close);
}

static void check_backward(const lut_kernels *kern, const way *v)
{
    lut_walk w = backward_walk(v, &whole);
    static result sums;

    whole = want = start;
    backward(kern, v, &w);
    check_nothing(kern, v);
    check_walker(kern, v, "asked for one by one", one_by_one);
    check_walker(kern, v, "slices of samples, parts of LUTs", slices);
    check_walker(kern, v, "tiles", tiles);
    check_walker(kern, v, "rows close together", backward_close);
    if (v->shift == 0)
        check_walker(kern, v, "planes", planes);
    if (!v->bits) {
        interpolate_backward_alone(kern, v, &want);
        same(kern, v, &whole, &want, "gradients");
        return;
    }
    sums = whole;
    for (size_t m = v->begin; m < v->end && !v->extreme; m++) {
        size_t at = m - v->begin;

        check_entries(kern, v, &w, m,
                      whole.grad + (at / LUT_LANES * LUT_LANES << v->k) +
                          at % LUT_LANES);
    }
    lookup_backward_alone(kern, v, &want);
    if (v->extreme)
        memcpy(whole.grad, start.grad, sizeof whole.grad);
    same(kern, v, &whole, &want, "gradients of inputs");
    whole = sums;
}

static void check_bits(const lut_kernels *kern, const way *v)
{
    lut_walk w = forward_walk(v, &whole);
    size_t words = lut_ceil_div((size_t)1 << v->k, 64);

    whole = start;
    w.out = (lut_signal){ .b = whole.b[0], .ld = WORDS };
    kern->lookup_bits_luts(&w);
    want = start;
    for (size_t m = v->begin; m < v->end; m++) {
        wires x = wires_of(&w, m, &want);

        kern->lookup_bits(want.b[m], x.b, v->k, in.tt + m * words, v->n);
    }
    same(kern, v, &whole, &want, "bits");
}

/* Also compares with the first set, which is the scalar one. */
static void check_sets(const way *v, void (*check)(const lut_kernels *, const way *),
                       bool outputs_stay)
{
    for (const lut_backend *const *b = sets(); *b; b++) {
        check((*b)->kern, v);
        if (*b == sets()[0])
            first_set = whole;
        same((*b)->kern, v, &whole, &first_set, "not the scalar set's bytes");
    }
    if (outputs_stay)
        start = first_set;
}

static void check_way(const way *v)
{
    way tiles_of = *v;

    fill(v);
    check_sets(v, check_forward, true);
    if (v->bits) /* gradients of whole tiles, to their last LUT */
        tiles_of.begin = v->begin / LUT_LANES * LUT_LANES;
    check_sets(&tiles_of, check_backward, false);
    if (v->bits && v->shift == 0)
        check_sets(v, check_bits, false);
}

/* ---- all of them ---- */

static const size_t counts[] = { 1,   2,   3,   7,   8,   15,  16,  17,  18,  31,
                                 32,  33,  34,  40,  47,  48,  49,  63,  64,  65,
                                 66,  79,  80,  81,  95,  96,  97,  111, 112, 113,
                                 127, 128, 129, 130, 144, 160, 175, 176, 191, 192,
                                 193, 209, 224, 239, 255, 256, 257, 260 };

/* Large tables take their time: every third of the counts, another third for each rank. */
static bool is_tried(unsigned k, size_t i)
{
    return k <= 4 || i % 3 == k % 3;
}

static way range_of(unsigned k, size_t i)
{
    static const size_t range[][2] = { { 0, LUTS }, { 3, 18 },    { 5, 6 },
                                       { 16, 19 },  { 16, LUTS }, { 0, 16 } };
    const size_t *r = range[(i / 3 + k) % LUT_COUNT(range)];

    return (way){ .k = k, .n = counts[i], .begin = r[0], .end = r[1] };
}

static void each(bool bits, bool extreme)
{
    for (unsigned k = 1; k <= LUT_MAX_K; k++)
        for (size_t i = 0; i < LUT_COUNT(counts); i++) {
            way v = range_of(k, i);

            if (!is_tried(k, i))
                continue;
            v.bits = bits;
            v.extreme = extreme;
            v.half = i / 4 % 2;
            v.slope = !bits && i / 2 % 2 ? 0.75f : 0;
            v.gain = i % 2;
            check_way(&v);
            v.half = !v.half;
            if (k <= 4)
                check_way(&v);
        }
}

static void test_reals(void)
{
    each(false, false);
}

static void test_bits(void)
{
    each(true, false);
}

static void test_extremes(void)
{
    each(false, true);
    each(true, true);
}

/* Samples in the middle of words of bits. */
static void test_shifts(void)
{
    for (unsigned k = 1; k <= LUT_MAX_K; k++)
        for (unsigned shift = 16; shift < 64; shift += 16)
            for (size_t n = 1; n + shift <= 64; n += 1 + (k > 4) * 4) {
                way v = range_of(k, n % LUT_COUNT(counts));

                v.n = n;
                v.bits = true;
                v.shift = shift;
                v.gain = n % 2;
                v.half = n % 3 == 0;
                check_way(&v);
            }
}

/* ---- definitions ---- */

/* A number and the sum of the sizes of what it is the sum of. */
typedef struct exact {
    double sum, size;
} exact;

static exact exact_dx[ROWS][ROW], exact_grad[LUTS][ENTRIES];

static void add(exact *to, double x)
{
    to->sum += x;
    to->size += fabs(x);
}

/* `roundings`: how many each term may have seen. */
static void near(const way *v, const exact *e, float x, size_t roundings,
                 const char *what)
{
    if (!(fabs((double)x - e->sum) <= (double)roundings * 0x1p-24 * e->size))
        fail(sets()[0]->kern, v, what);
}

/* Product of the inputs in S but for those of `without`. */
static double monomial(const wires *x, unsigned k, unsigned S, unsigned without,
                       size_t s)
{
    double product = 1;

    for (unsigned j = 0; j < k; j++)
        if ((S & ~without) >> (k - 1 - j) & 1)
            product *= (double)x->f[j][s];
    return product;
}

/* y = sum_S c[S] prod_{j in S} x[j]. */
static void define_interpolation(const way *v, const lut_walk *w, size_t m, size_t s)
{
    wires x = wires_of(w, m, &whole);
    double g = (double)gradient_of(w, m)[s];
    exact y = { 0, 0 };

    for (unsigned S = 0; S < 1u << v->k; S++) {
        double c = (double)in.table[(m << v->k) + S];

        add(&y, c * monomial(&x, v->k, S, 0, s));
        add(&exact_grad[m][S], g * monomial(&x, v->k, S, 0, s));
        for (unsigned j = 0; j < v->k; j++)
            if (S >> (v->k - 1 - j) & 1)
                add(&exact_dx[in.dx_row[m * v->k + j]][s],
                    c * g * monomial(&x, v->k, S, 1u << (v->k - 1 - j), s));
    }
    near(v, &y, whole.y[m][s], 2 * v->k + 2, "interpolation");
}

/* y = c[address]; the gradient of an input is the difference that it makes. */
static void define_lookup(const way *v, const lut_walk *w, size_t m, size_t s)
{
    wires x = wires_of(w, m, &whole);
    unsigned a = address_of(&x, v->k, s);
    const float *rise = in.rise + (m << v->k);
    double g = (double)gradient_of(w, m)[s] * (double)in.gain[(m << v->k) + a];

    if (memcmp(&whole.y[m][s], &in.table[(m << v->k) + a], sizeof(float)) != 0)
        fail(sets()[0]->kern, v, "look-up");
    for (unsigned j = 0; j < v->k; j++) {
        unsigned bit = 1u << (v->k - 1 - j);

        add(&exact_dx[in.dx_row[m * v->k + j]][s],
            g * ((double)rise[a | bit] - (double)rise[a & ~bit]));
    }
}

static void define(const way *v)
{
    lut_walk w = backward_walk(v, &whole);
    size_t entries = (size_t)1 << v->k, sums = LUTS * v->k + 2 * v->k + 4;

    memset(exact_dx, 0, sizeof exact_dx);
    memset(exact_grad, 0, sizeof exact_grad);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t s = 0; s < v->n; s++)
            add(&exact_dx[i][s], (double)start.dx[i][s]);
    for (size_t i = 0; i < (size_t)LUTS << v->k; i++)
        add(&exact_grad[i / entries][i % entries], (double)start.grad[i]);
    for (size_t m = 0; m < LUTS; m++)
        for (size_t s = 0; s < v->n; s++)
            if (v->bits)
                define_lookup(v, &w, m, s);
            else
                define_interpolation(v, &w, m, s);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t s = 0; s < v->n; s++)
            near(v, &exact_dx[i][s], whole.dx[i][s], sums, "inputs' gradients");
    for (size_t i = 0; i < (size_t)LUTS << v->k && !v->bits; i++)
        near(v, &exact_grad[i / entries][i % entries], whole.grad[i], v->n + v->k + 2,
             "tables' gradients");
}

/* Bits out are those of the truth table, and 0 past n. */
static void define_bits(const way *v)
{
    lut_walk w = forward_walk(v, &whole);
    size_t words = lut_ceil_div((size_t)1 << v->k, 64);

    w.out = (lut_signal){ .b = whole.b[0], .ld = WORDS };
    sets()[0]->kern->lookup_bits_luts(&w);
    for (size_t m = 0; m < LUTS; m++)
        for (size_t s = 0; s < lut_round_up(v->n, 64); s++) {
            wires x = wires_of(&w, m, &whole);
            unsigned a = address_of(&x, v->k, s);
            uint64_t bit = in.tt[m * words + a / 64] >> (a % 64) & (s < v->n);

            if ((whole.b[m][s / 64] >> (s % 64) & 1) != bit)
                fail(sets()[0]->kern, v, "bit of a truth table");
        }
}

static void test_definitions(void)
{
    for (unsigned k = 1; k <= LUT_MAX_K; k++)
        for (size_t n = 13 + k; n<200; n += k> 6 ? 87 : 41) {
            way v = { .k = k, .n = n, .end = LUTS, .gain = true };

            for (int bits = 0; bits < 2; bits++) {
                lut_walk w = backward_walk(&v, &whole);

                v.bits = bits;
                fill(&v);
                whole = start;
                w = backward_walk(&v, &whole);
                forward(sets()[0]->kern, &v, &w);
                backward(sets()[0]->kern, &v, &w);
                define(&v);
            }
            define_bits(&v);
        }
}

UNIT_MAIN("walks", UNIT(test_definitions), UNIT(test_reals), UNIT(test_bits),
          UNIT(test_shifts), UNIT(test_extremes))
