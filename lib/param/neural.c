/* Neural: a small network inside each LUT, y = sigmoid(z / temperature) of its only output:
 *     h_i = act(A_i h_(i-1) + b_i + R_i s_i + c_i),  i = 0 .. depth - 1,  h_-1 = x,
 * with no activation on the last layer, and the skip (R_i, c_i) only where the rule says so:
 *   interval: from s = x where i > 0 and skip_interval divides i (0: nowhere);
 *   two_skip: depth 4, from s = x into layer 1 and from s = h_1 into layer 3.
 * Weights layer by layer: A_i row by row, b_i, R_i row by row, c_i.  math.md 6; Andronic and
 * Constantinides 2024, "NeuraLUT" (two_skip; inputs and outputs of several bits, batch
 * normalization), DiffLUT's NeuralLUT (interval; always logistic noise in training: that is
 * gumbel_soft here; a logit of 0 is a 1), BitLogic NeuralLUT (defaults not known).  All of
 * them start, as here, at uniform weights within 1 / sqrt(inputs of the matrix).
 */
#include "lib/base/check.h"
#include "lib/param/init.h"
#include "lib/param/param.h"

enum {
    MAX_WIDTH = 64,
    MAX_DEPTH = 16,
    MAX_VALUES =
        168 /* of all layers: LUT_MAX_WEIGHTS leave 166, 16 layers of width 11 */
};

/* Layer i of the network: where its weights are, and its values. */
typedef struct stage {
    unsigned in, out;
    unsigned skip; /* inputs of the skip; 0: none */
    bool from_x;   /* the skip's source: x, or h_1 */
    unsigned a, b, r, c, end;
    unsigned h;
} stage;

typedef struct neural_cfg {
    uint32_t hidden_width, depth;
    char activation[16],
        skip[16]; /* choices of `fields`: first letters tell them apart */
    uint32_t skip_interval;
    double leaky_slope;
    stage stage[MAX_DEPTH]; /* from prepare */
} neural_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(neural_cfg, hidden_width, "", 1, MAX_WIDTH, "8",
                   "outputs of each layer but the last"),
    LUT_OPTION_U32(neural_cfg, depth, "layers", 1, MAX_DEPTH, "2",
                   "layers of the network inside a LUT; 1: as linear"),
    LUT_OPTION_TEXT(neural_cfg, activation, "relu|sigmoid|leakyrelu", "relu",
                    "of all layers but the last"),
    LUT_OPTION_F64(neural_cfg, leaky_slope, "", 0, 1, "0.01", "of leakyrelu below 0"),
    LUT_OPTION_TEXT(neural_cfg, skip, "interval|two_skip", "interval",
                    "connections past layers: from the inputs into every "
                    "skip_interval-th layer, or NeuraLUT's two (depth 4)"),
    LUT_OPTION_U32(neural_cfg, skip_interval, "layers", 0, MAX_DEPTH, "2",
                   "interval only; 0: no connections past layers"),
};

/* before: the layer below; NULL: there is none. */
static stage stage_at(const neural_cfg *cfg, unsigned k, unsigned i,
                      const stage *before)
{
    bool two = cfg->skip[0] == 't';
    bool interval = !two && cfg->skip_interval && i && i % cfg->skip_interval == 0;
    stage s = { .in = i ? cfg->hidden_width : k,
                .out = i + 1 < cfg->depth ? cfg->hidden_width : 1,
                .from_x = !two || i == 1 };

    s.skip = interval || (two && i == 1) ? k : two && i == 3 ? cfg->hidden_width : 0;
    s.a = before ? before->end : 0;
    s.b = s.a + s.out * s.in;
    s.r = s.b + s.out;
    s.c = s.r + s.out * s.skip;
    s.end = s.c + (s.skip ? s.out : 0);
    s.h = before ? before->h + before->out : 0;
    return s;
}

static void stages(stage s[MAX_DEPTH], const neural_cfg *cfg, unsigned k)
{
    for (unsigned i = 0; i < cfg->depth; i++)
        s[i] = stage_at(cfg, k, i, i ? &s[i - 1] : NULL);
}

static void prepare(void *cfg_, unsigned k)
{
    neural_cfg *cfg = cfg_;

    stages(cfg->stage, cfg, k);
    LUT_ASSERT(cfg->stage[cfg->depth - 1].h < MAX_VALUES);
}

static size_t nweights(const void *cfg, unsigned k)
{
    const neural_cfg *c = cfg;
    stage s[MAX_DEPTH];

    stages(s, c, k);
    return s[c->depth - 1].end;
}

static lut_status check(const void *cfg, unsigned k, lut_err *err)
{
    const neural_cfg *c = cfg;

    if (c->skip[0] == 't' && c->depth != 4)
        return lut_fail(err, LUT_EINVAL, "depth = %u: skip \"two_skip\" takes 4",
                        (unsigned)c->depth);
    return lut_param_check_size("hidden_width", c->hidden_width, k, nweights(cfg, k),
                                err);
}

static void init_uniform(float *w, size_t n, unsigned inputs, lut_rng *rng)
{
    double bound = 1 / sqrt((double)inputs);

    for (size_t i = 0; i < n; i++)
        w[i] = (float)(bound * (2 * lut_rng_uniform(rng) - 1));
}

static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    const neural_cfg *c = cfg;
    stage s[MAX_DEPTH];

    (void)how;
    stages(s, c, k);
    for (unsigned i = 0; i < c->depth; i++) {
        init_uniform(w + s[i].a, s[i].r - s[i].a, s[i].in, rng);
        if (s[i].skip)
            init_uniform(w + s[i].r, s[i].end - s[i].r, s[i].skip, rng);
    }
}

/* ---- matrices, times n vectors; those of value i are n i, n i + 1, ... ---- */

/* How many rows, or columns on the way back, go together: as many sums as registers hold. */
#if defined(LUT_VEC_AVX512)
enum { ROWS = 4, COLUMNS = 2 };
#elif defined(LUT_VEC_AVX2)
enum { ROWS = 2, COLUMNS = 1 };
#else
enum { ROWS = 1, COLUMNS = 1 };
#endif

/* y = W x + bias. */
typedef struct product {
    lut_f *y;
    const lut_f *w, *bias, *x;
    unsigned in, out;
} product;

/* One part of so many vectors, to and from registers. */
LUT_INLINE void load_part(lut_part *to, const lut_part *from, size_t count)
{
    LUT_UNROLL_FIELD
    for (size_t i = 0; i < count; i++)
        to[i] = from[i * LUT_PARTS];
}

LUT_INLINE void store_part(lut_part *to, const lut_part *from, size_t count)
{
    LUT_UNROLL_FIELD
    for (size_t i = 0; i < count; i++)
        to[i * LUT_PARTS] = from[i];
}

/* Rows o .. o + rows - 1, one part; rows and n are known where this is inlined. */
LUT_INLINE void some_rows(const product *p, unsigned o, size_t part, size_t rows,
                          size_t n)
{
    const size_t in = p->in * LUT_PARTS;
    const lut_part *bias = (const lut_part *)(p->bias + o) + part;
    const lut_part *w = (const lut_part *)p->w + o * in + part;
    const lut_part *x = (const lut_part *)p->x + part, *end = x + in * n;
    lut_part sum[ROWS * LUT_ABREAST];

    LUT_UNROLL_FIELD
    for (size_t i = 0; i < rows * n; i++)
        sum[i] = bias[i / n * LUT_PARTS];
    for (; x < end; x += n * LUT_PARTS, w += LUT_PARTS) {
        LUT_UNROLL_FIELD
        for (size_t i = 0; i < rows * n; i++)
            sum[i] = lut_fma_part(w[i / n * in], x[i % n * LUT_PARTS], sum[i]);
    }
    store_part((lut_part *)(p->y + o * n) + part, sum, rows * n);
}

LUT_INLINE void all_rows(const product *p, size_t n)
{
    for (size_t part = 0; part < LUT_PARTS; part++) {
        unsigned o = 0;

        for (; o + ROWS <= p->out; o += ROWS)
            some_rows(p, o, part, ROWS, n);
        for (; o < p->out; o++)
            some_rows(p, o, part, 1, n);
    }
}

static void multiply(const product *p, size_t n)
{
    if (n == 4)
        all_rows(p, 4);
    else if (n == 3)
        all_rows(p, 3);
    else if (n == 2)
        all_rows(p, 2);
    else
        all_rows(p, 1);
}

/* The way back from g, the gradient of y: adds to dw and dbias, and to dx or, where `fresh`,
 * writes it.  dw and dbias, or dx, may be NULL. */
typedef struct transposed {
    lut_f *dw, *dbias, *dx;
    const lut_f *g, *w, *x;
    unsigned in, out;
    bool fresh;
} transposed;

/* What the gradients g of one output do to one of its weights and to the input x. */
LUT_INLINE void one_weight(lut_part *dw, lut_part *dx, const lut_part *g,
                           const lut_part *w, const lut_part *x, size_t n)
{
    lut_part sum = dw ? *dw : (lut_part){ 0 };

    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++) {
        if (dw)
            sum = lut_fma_part(g[v], x[v], sum);
        if (dx)
            dx[v] = lut_fma_part(g[v], *w, dx[v]);
    }
    if (dw)
        *dw = sum;
}

/* Columns i .. i + columns - 1, one part; all that follows is known where this is inlined. */
LUT_INLINE void some_columns(const transposed *t, unsigned i, size_t part,
                             size_t columns, bool weights, bool inputs, size_t n)
{
    const size_t in = t->in * LUT_PARTS, count = columns * n;
    const lut_part *g = (const lut_part *)t->g + part;
    const lut_part *end = g + t->out * n * LUT_PARTS;
    const lut_part *w = (const lut_part *)(t->w + i) + part;
    lut_part *dw = weights ? (lut_part *)(t->dw + i) + part : NULL;
    lut_part *to = inputs ? (lut_part *)(t->dx + i * n) + part : NULL;
    lut_part x[COLUMNS * LUT_ABREAST], dx[COLUMNS * LUT_ABREAST] = { { 0 } };

    load_part(x, (const lut_part *)(t->x + i * n) + part, count);
    if (inputs && !t->fresh)
        load_part(dx, to, count);
    for (; g < end; g += n * LUT_PARTS, w += in) {
        lut_part own[LUT_ABREAST]; /* g might be where dw is, as far as anybody knows */

        load_part(own, g, n);
        LUT_UNROLL_FIELD
        for (size_t c = 0; c < columns; c++)
            one_weight(weights ? dw + c * LUT_PARTS : NULL, inputs ? dx + c * n : NULL,
                       own, w + c * LUT_PARTS, x + c * n, n);
        if (weights)
            dw += in;
    }
    if (inputs)
        store_part(to, dx, count);
}

LUT_INLINE void all_columns(const transposed *t, bool weights, bool inputs, size_t n)
{
    for (size_t part = 0; part < LUT_PARTS; part++) {
        unsigned i = 0;

        for (; i + COLUMNS <= t->in; i += COLUMNS)
            some_columns(t, i, part, COLUMNS, weights, inputs, n);
        for (; i < t->in; i++)
            some_columns(t, i, part, 1, weights, inputs, n);
    }
    for (size_t i = 0; weights && i < t->out * n; i++)
        t->dbias[i / n] += t->g[i];
}

LUT_INLINE void columns_asked_for(const transposed *t, size_t n)
{
    if (t->dw && t->dx)
        all_columns(t, true, true, n);
    else if (t->dw)
        all_columns(t, true, false, n);
    else if (t->dx)
        all_columns(t, false, true, n);
}

static void multiply_backward(const transposed *t, size_t n)
{
    if (n == 4)
        columns_asked_for(t, 4);
    else if (n == 3)
        columns_asked_for(t, 3);
    else if (n == 2)
        columns_asked_for(t, 2);
    else
        columns_asked_for(t, 1);
}

/* ---- the network ---- */

typedef lut_f values[MAX_VALUES * LUT_ABREAST];

static void activate(const neural_cfg *cfg, lut_f *h, size_t n)
{
    const lut_f zero = lut_set1(0), slope = lut_set1((float)cfg->leaky_slope);

    if (cfg->activation[0] == 's')
        for (size_t i = 0; i < n; i++)
            h[i] = lut_sigmoid(h[i]);
    else if (cfg->activation[0] == 'l')
        for (size_t i = 0; i < n; i++)
            h[i] = lut_select(lut_greater(h[i], zero), h[i], slope * h[i]);
    else
        for (size_t i = 0; i < n; i++)
            h[i] = lut_select(lut_greater(h[i], zero), h[i], zero);
}

/* g times the derivative, which follows from the value h. */
static void activate_backward(const neural_cfg *cfg, lut_f *g, const lut_f *h, size_t n)
{
    bool leaky = cfg->activation[0] == 'l';
    const lut_f one = lut_set1(1), zero = lut_set1(0);
    const lut_f below = lut_set1(leaky ? (float)cfg->leaky_slope : 0);

    if (cfg->activation[0] == 's')
        for (size_t i = 0; i < n; i++)
            g[i] *= h[i] * (1.0f - h[i]);
    else
        for (size_t i = 0; i < n; i++)
            g[i] *= lut_select(lut_greater(h[i], zero), one, below);
}

/* Adds to y[n] what comes past the layers between. */
static void add_skip(const stage *s, lut_f *y, const lut_f *w, const lut_f *from,
                     size_t n)
{
    lut_f more[MAX_WIDTH * LUT_ABREAST];
    product skip = { more, w + s->r, w + s->c, from, s->skip, s->out };

    multiply(&skip, n);
    for (size_t i = 0; i < s->out * n; i++)
        y[i] += more[i];
}

/* Values of all layers, activated. */
static void forward(const neural_cfg *cfg, lut_f *h, const lut_f *w, const lut_f *x,
                    size_t n)
{
    const lut_f *in = x;

    for (unsigned i = 0; i < cfg->depth; i++) {
        const stage *s = &cfg->stage[i];
        lut_f *y = h + s->h * n;
        product main = { y, w + s->a, w + s->b, in, s->in, s->out };

        multiply(&main, n);
        if (s->skip)
            add_skip(s, y, w, s->from_x ? x : h + cfg->stage[1].h * n, n);
        if (i + 1 < cfg->depth)
            activate(cfg, y, s->out * n);
        in = y;
    }
}

static void field(const lut_tile *t, lut_f *z, const lut_f *w, const lut_f *x, size_t n)
{
    const neural_cfg *cfg = t->cfg;
    size_t last = cfg->stage[cfg->depth - 1].h * n;
    values h;

    forward(cfg, h, w, x, n);
    for (size_t v = 0; v < n; v++)
        z[v] = h[last + v];
}

/* From the gradients of layer i's values to those of its weights and its inputs.  begun[i]:
 * gradients of the values below layer i have their first part. */
static void layer_backward(const neural_cfg *cfg, unsigned i, lut_f *dw, lut_f *dx,
                           lut_f *dh, const lut_f *h, const lut_f *w, const lut_f *x,
                           bool *begun, size_t n)
{
    const stage *s = &cfg->stage[i];
    size_t below = i ? s[-1].h * n : 0, first = cfg->stage[1].h * n;
    unsigned source = s->from_x ? 0 : 2;
    lut_f *g = dh + s->h * n;
    transposed main = { dw ? dw + s->a : NULL,
                        dw ? dw + s->b : NULL,
                        i ? dh + below : dx,
                        g,
                        w + s->a,
                        i ? h + below : x,
                        s->in,
                        s->out,
                        !begun[i] };
    transposed skip = { dw ? dw + s->r : NULL,
                        dw ? dw + s->c : NULL,
                        s->from_x ? dx : dh + first,
                        g,
                        w + s->r,
                        s->from_x ? x : h + first,
                        s->skip,
                        s->out,
                        !begun[source] };

    if (i + 1 < cfg->depth)
        activate_backward(cfg, g, h + s->h * n, s->out * n);
    multiply_backward(&main, n);
    begun[i] = true;
    if (s->skip) {
        multiply_backward(&skip, n);
        begun[source] = true;
    }
}

static void field_backward(const lut_tile *t, lut_f *dw, lut_f *dx, const lut_f *dz,
                           const lut_f *w, const lut_f *x, size_t n)
{
    const neural_cfg *cfg = t->cfg;
    size_t last = cfg->stage[cfg->depth - 1].h * n;
    bool begun[MAX_DEPTH] = { false };
    values h, dh;

    forward(cfg, h, w, x, n);
    for (size_t v = 0; v < n; v++)
        dh[last + v] = dz[v];
    for (unsigned i = cfg->depth; i-- > 0;)
        layer_backward(cfg, i, dw, dx, dh, h, w, x, begun, n);
}

const lut_param_ops LUT_PARAM(neural) = {
    .name = "neural",
    .doc = "sigmoid of a small network of the inputs",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(neural_cfg),
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .no_residual = true,
    .form = { .forward = LUT_FIELD,
              .squash = LUT_SIGMOID,
              .samplings = LUT_ANY_SAMPLING },
    .check = check,
    .prepare = prepare,
    .nweights = nweights,
    .nsaved = lut_param_none,
    .init = init,
    .field = field,
    .field_backward = field_backward,
};
