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
#include "lib/param/init.h"
#include "lib/param/param.h"

enum { MAX_WIDTH = 64, MAX_DEPTH = 16 };

typedef struct neural_cfg {
    uint32_t hidden_width, depth;
    char activation[16],
        skip[16]; /* choices of `fields`: first letters tell them apart */
    uint32_t skip_interval;
    double leaky_slope;
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

/* Layer i of the network, and where its weights are. */
typedef struct stage {
    unsigned in, out;
    unsigned skip; /* inputs of the skip; 0: none */
    bool from_x;   /* the skip's source: x, or h_1 */
    size_t a, b, r, c, end;
} stage;

static stage stage_at(const neural_cfg *cfg, unsigned k, unsigned i, size_t first)
{
    bool two = cfg->skip[0] == 't';
    bool interval = !two && cfg->skip_interval && i && i % cfg->skip_interval == 0;
    stage s = { .in = i ? cfg->hidden_width : k,
                .out = i + 1 < cfg->depth ? cfg->hidden_width : 1,
                .from_x = !two || i == 1 };

    s.skip = interval || (two && i == 1) ? k : two && i == 3 ? cfg->hidden_width : 0;
    s.a = first;
    s.b = s.a + s.out * s.in;
    s.r = s.b + s.out;
    s.c = s.r + s.out * s.skip;
    s.end = s.c + (s.skip ? s.out : 0);
    return s;
}

static size_t nweights(const void *cfg, unsigned k)
{
    const neural_cfg *c = cfg;
    size_t n = 0;

    for (unsigned i = 0; i < c->depth; i++)
        n = stage_at(c, k, i, n).end;
    return n;
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
    size_t first = 0;

    (void)how;
    for (unsigned i = 0; i < c->depth; i++) {
        stage s = stage_at(c, k, i, first);

        init_uniform(w + s.a, s.r - s.a, s.in, rng);
        if (s.skip)
            init_uniform(w + s.r, s.end - s.r, s.skip, rng);
        first = s.end;
    }
}

/* The activation, and its derivative from the value h that it gave. */
static lut_f activate(const neural_cfg *cfg, lut_f v)
{
    lut_f zero = lut_set1(0);
    lut_f below = cfg->activation[0] == 'l' ? (float)cfg->leaky_slope * v : zero;

    if (cfg->activation[0] == 's')
        return lut_sigmoid(v);
    return lut_select(lut_greater(v, zero), v, below);
}

static lut_f activation_slope(const neural_cfg *cfg, lut_f h)
{
    float below = cfg->activation[0] == 'l' ? (float)cfg->leaky_slope : 0;

    if (cfg->activation[0] == 's')
        return h * (1.0f - h);
    return lut_select(lut_greater(h, lut_set1(0)), lut_set1(1), lut_set1(below));
}

static lut_f dot(lut_f sum, const lut_f *w, const lut_f *v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        sum = lut_fma(w[i], v[i], sum);
    return sum;
}

typedef lut_f layers[MAX_DEPTH][MAX_WIDTH];

/* Values of all layers, activated; stages as it goes. */
static void forward(const neural_cfg *cfg, unsigned k, layers h, stage *s,
                    const lut_f *w, const lut_f *x)
{
    size_t first = 0;

    for (unsigned i = 0; i < cfg->depth; i++) {
        const lut_f *in = i ? h[i - 1] : x, *from;

        s[i] = stage_at(cfg, k, i, first);
        from = s[i].from_x ? x : h[1];
        for (unsigned o = 0; o < s[i].out; o++) {
            lut_f v = dot(w[s[i].b + o], w + s[i].a + o * s[i].in, in, s[i].in);

            if (s[i].skip)
                v += dot(w[s[i].c + o], w + s[i].r + o * s[i].skip, from, s[i].skip);
            h[i][o] = i + 1 < cfg->depth ? activate(cfg, v) : v;
        }
        first = s[i].end;
    }
}

static void field(const lut_tile *t, lut_f *z, const lut_f *w, const lut_f *x)
{
    const neural_cfg *cfg = t->cfg;
    stage s[MAX_DEPTH];
    layers h;

    forward(cfg, t->k, h, s, w, x);
    *z = h[cfg->depth - 1][0];
}

/* Of g = dL/dv for one output v = sum_i w[i] from[i] + bias. */
static void dot_backward(lut_f *dw, lut_f *dfrom, lut_f *dbias, lut_f g, const lut_f *w,
                         const lut_f *from, unsigned n)
{
    *dbias += g;
    for (unsigned i = 0; i < n; i++) {
        dw[i] = lut_fma(g, from[i], dw[i]);
        dfrom[i] = lut_fma(g, w[i], dfrom[i]);
    }
}

static void field_backward(const lut_tile *t, lut_f *dw, lut_f *dx, const lut_f *dz,
                           const lut_f *w, const lut_f *x)
{
    const neural_cfg *cfg = t->cfg;
    unsigned last = cfg->depth - 1;
    stage s[MAX_DEPTH];
    layers h, dh;

    forward(cfg, t->k, h, s, w, x);
    memset(dx, 0, t->k * sizeof *dx);
    for (unsigned i = 0; i < last; i++)
        memset(dh[i], 0, s[i].out * sizeof *dh[i]);
    dh[last][0] = *dz;
    for (unsigned i = last + 1; i-- > 0;)
        for (unsigned o = 0; o < s[i].out; o++) {
            size_t a = s[i].a + o * s[i].in, r = s[i].r + o * s[i].skip;
            lut_f g = i < last ? dh[i][o] * activation_slope(cfg, h[i][o]) : dh[i][o];

            dot_backward(dw + a, i ? dh[i - 1] : dx, dw + s[i].b + o, g, w + a,
                         i ? h[i - 1] : x, s[i].in);
            if (s[i].skip)
                dot_backward(dw + r, s[i].from_x ? dx : dh[1], dw + s[i].c + o, g,
                             w + r, s[i].from_x ? x : h[1], s[i].skip);
        }
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
    .nweights = nweights,
    .nsaved = lut_param_none,
    .init = init,
    .field = field,
    .field_backward = field_backward,
};
