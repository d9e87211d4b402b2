/* The kernels on the 16-lane vector, compiled once per instruction set: squashes, samples,
 * the head, and the table of all. */
#include "lib/base/mathx.h"
#include "lib/kern/loops.h"

/* ---- squash ---- */

static void squash(float *y, float slope, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES)
        lut_store(y + s, lut_sigmoid(lut_load(y + s) * lut_set1(slope)));
}

static void squash_backward(float *h, const float *g, const float *y, float slope,
                            size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f v = lut_load(y + s);

        lut_store(h + s, lut_load(g + s) * (v * (1.0f - v) * lut_set1(slope)));
    }
}

/* Values of a vector of logits that starts at sample s of the row, and derivatives. */
LUT_INLINE lut_f output(const lut_output *o, lut_f z, size_t s, lut_f *slope)
{
    lut_f u = lut_set1(0.5f), one = lut_set1(1), zero = lut_set1(0);

    if (o->squash == LUT_CLAMP) { /* derivative 1 up to the ends, as autograd has it */
        lut_f y = lut_min(lut_max(z, zero), one);

        *slope = lut_select(lut_greater(zero, z) | lut_greater(z, one), zero, one);
        return o->sampling == LUT_SOFT
                   ? y
                   : lut_select(lut_greater(z, lut_set1(0.5f)), one, zero);
    }
    if (lut_sampling_noisy(o->sampling))
        u = lut_uniform(o->noise, lut_iota() + lut_seti((int32_t)(o->first + s)));
    return lut_sampled(o->sampling, o->temperature, z, u, slope);
}

/* Sixteen bits of a row of words. */
LUT_INLINE void put_bits(uint64_t *bits, size_t s, size_t n, lut_i mask)
{
    uint64_t live = n - s < LUT_LANES ? (1u << (n - s)) - 1 : 0xffff;

    if (s % 64 == 0)
        bits[s / 64] = 0;
    bits[s / 64] |= (lut_unmask(mask) & live) << (s % 64);
}

static void sample(float *y, uint64_t *bits, const lut_output *o, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f slope, v = output(o, lut_load(y + s), s, &slope);

        if (bits)
            put_bits(bits, s, n, lut_greater(v, lut_set1(0.5f)));
        else
            lut_store(y + s, v);
    }
}

static void sample_backward(float *h, const float *g, const lut_output *o, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f slope;

        (void)output(o, lut_load(h + s), s, &slope);
        lut_store(h + s, lut_load(g + s) * slope);
    }
}

static void expand(float *y, const uint64_t *x, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_i mask = lut_mask((unsigned)(x[s / 64] >> (s % 64)) & 0xffff);

        lut_store(y + s, lut_select(mask, lut_set1(1), lut_set1(0)));
    }
}

static void binarize(uint64_t *y, const float *x, float threshold, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES)
        put_bits(y, s, n, lut_greater(lut_load(x + s), lut_set1(threshold)));
}

/* ---- head ---- */

/* Four sums side by side break the chain of dependent additions. */
LUT_INLINE void vote_rows(float *sum, const lut_signal *y, size_t begin, size_t end,
                          float scale, float offset, size_t n, bool half)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        lut_f part[4] = { { 0 } };
        size_t m = begin;

        for (; m + 4 <= end; m += 4)
            for (size_t i = 0; i < 4; i++)
                part[i] += lut_row_load(lut_row_of(y, m + i, half), s, half);
        for (; m < end; m++)
            part[(m - begin) % 4] += lut_row_load(lut_row_of(y, m, half), s, half);
        lut_store(sum + s,
                  scale * (((part[0] + part[1]) + (part[2] + part[3])) + offset));
    }
}

static void vote_bits(float *sum, const lut_signal *y, size_t begin, size_t end,
                      float scale, float offset, size_t n)
{
    for (size_t s = 0; s < n; s += LUT_LANES) {
        const uint64_t *word = y->b + s / 64;
        lut_i votes = { 0 };

        for (size_t m = begin; m < end; m++)
            votes -= lut_mask((unsigned)(word[m * y->ld] >> (s % 64)) & 0xffff);
        lut_store(sum + s, scale * (__builtin_convertvector(votes, lut_f) + offset));
    }
}

static void vote(float *sum, const lut_signal *y, size_t begin, size_t end, float scale,
                 float offset, size_t n)
{
    if (y->b)
        vote_bits(sum, y, begin, end, scale, offset, n);
    else if (y->h)
        vote_rows(sum, y, begin, end, scale, offset, n, true);
    else
        vote_rows(sum, y, begin, end, scale, offset, n, false);
}

static void threshold_backward(float *sum, const float *g, const float *x,
                               float threshold, float slope, size_t n)
{
    for (size_t block = 0; block < n; block += LUT_BLOCK) {
        lut_f acc[4] = { 0 };
        float total[4];

        for (size_t s = block; s < block + LUT_BLOCK; s += LUT_LANES) {
            lut_f y = lut_sigmoid(slope * (lut_load(x + s) - threshold));

            acc[0] = lut_fma(lut_load(g + s), y * (1.0f - y), acc[0]);
        }
        lut_sum4(total, acc);
        *sum += total[0];
    }
}

/* Class of the largest logit, the first on a tie, and that logit. */
LUT_INLINE lut_i largest(lut_f *most, const float *logits, size_t ld, size_t classes)
{
    lut_i best = { 0 };

    *most = lut_load(logits);
    for (size_t c = 1; c < classes; c++) {
        lut_f v = lut_load(logits + c * ld);
        lut_i more = lut_greater(v, *most);

        *most = lut_select(more, v, *most);
        best = (best & ~more) | (lut_seti((int32_t)c) & more);
    }
    return best;
}

/* One vector of 16 samples; loss of those in `live` is added up in lane order. */
LUT_INLINE size_t softmax_vector(float *logits, size_t ld, size_t classes, double *loss,
                                 lut_i label, lut_i live, float scale)
{
    lut_f most, sum = { 0 }, mine = { 0 };
    lut_i best = largest(&most, logits, ld, classes);
    float z[LUT_LANES], margin[LUT_LANES];
    unsigned alive = lut_unmask(live);

    for (size_t c = 0; c < classes; c++) {
        lut_f v = lut_load(logits + c * ld) - most, e = lut_expf(v);

        mine = lut_select(lut_equal(label, lut_seti((int32_t)c)), v, mine);
        sum += e;
        lut_store(logits + c * ld, e);
    }
    for (size_t c = 0; c < classes; c++) {
        lut_f p = lut_load(logits + c * ld) / sum;

        p = lut_select(lut_equal(label, lut_seti((int32_t)c)), p - 1.0f, p) *
            lut_set1(scale);
        lut_store(logits + c * ld, lut_select(live, p, lut_set1(0)));
    }
    lut_store(z, sum);
    lut_store(margin, mine);
    for (unsigned i = 0; i < LUT_LANES; i++)
        if (alive >> i & 1)
            *loss += lut_ln((double)z[i]) - (double)margin[i];
    return (size_t)__builtin_popcount(lut_unmask(lut_equal(best, label) & live) &
                                      alive);
}

static size_t softmax(float *logits, size_t ld, size_t classes, double *loss,
                      const uint16_t *label, float scale, size_t n)
{
    size_t correct = 0;

    for (size_t s = 0; s < n; s += LUT_LANES) {
        size_t count_live = n - s < LUT_LANES ? n - s : LUT_LANES;
        lut_i mine = { 0 };
        int32_t lane[LUT_LANES] = { 0 };

        for (size_t i = 0; i < count_live; i++)
            lane[i] = label[s + i];
        memcpy(&mine, lane, sizeof mine);
        if (s % LUT_LOSS_BLOCK == 0)
            loss[s / LUT_LOSS_BLOCK] = 0;
        correct += softmax_vector(logits + s, ld, classes, &loss[s / LUT_LOSS_BLOCK],
                                  mine, lut_mask((1u << count_live) - 1), scale);
    }
    return correct;
}

const lut_kernels LUT_OF_SET(lut_kernels) = {
    .name = LUT_SET_TEXT,
    .interpolate_luts = LUT_OF_SET(lut_interpolate_luts),
    .lookup_luts = LUT_OF_SET(lut_lookup_luts),
    .lookup_bits_luts = LUT_OF_SET(lut_lookup_bits_luts),
    .interpolate_backward_luts = LUT_OF_SET(lut_interpolate_backward_luts),
    .lookup_backward_luts = LUT_OF_SET(lut_lookup_backward_luts),
    .interpolate = LUT_OF_SET(lut_interpolate),
    .interpolate_backward = LUT_OF_SET(lut_interpolate_backward),
    .lookup = LUT_OF_SET(lut_lookup),
    .lookup_bits = LUT_OF_SET(lut_lookup_bits),
    .lookup_backward = LUT_OF_SET(lut_lookup_backward),
    .gather_word = LUT_OF_SET(lut_gather_word),
    .squash = squash,
    .squash_backward = squash_backward,
    .sample = sample,
    .sample_backward = sample_backward,
    .expand = expand,
    .binarize = binarize,
    .threshold_backward = threshold_backward,
    .vote = vote,
    .softmax = softmax,
};
