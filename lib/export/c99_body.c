/* What of the C file is the same, or nearly so, for all networks. */
#include "lib/export/c99.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Pieces of text, each shorter than lut_text_put cuts. */
static void put_all(lut_text *t, const char *const *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        lut_text_bytes(t, text[i], strlen(text[i]));
    t->column = 0;
}

#define PUT(t, text) put_all(t, text, LUT_COUNT(text))

/* ---- features to bits ---- */

static const char *const by_edges[] = {
    "\nstatic void turn_above(block *bit, const float *x, float at)\n"
    "{\n"
    "    int w, i;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++) {\n"
    "        uint64_t above = 0;\n"
    "\n"
    "        for (i = 0; i < 64; i++)\n"
    "            above |= (uint64_t)(x[64 * w + i] > at) << i;\n"
    "        bit->w[w] ^= above;\n"
    "    }\n"
    "}\n",
    "\nstatic void encode_input(block *value, size_t i, const float *x)\n"
    "{\n"
    "    uint32_t e;\n"
    "    int w;\n"
    "\n"
    "    if (start[i] == 2) { /* the same thresholds as the bit before */\n"
    "        value[i] = value[i - 1];\n"
    "        return;\n"
    "    }\n"
    "    for (w = 0; w < WORDS; w++)\n"
    "        value[i].w[w] = start[i] ? UINT64_MAX : 0;\n"
    "    for (e = first_edge[i]; e < first_edge[i + 1]; e++)\n"
    "        turn_above(&value[i], x, edge[e]);\n"
    "}\n",
};

/* Clamped first, then rounded down: the ends are whole numbers, so the order does not matter,
 * and the conversion to an integer is always defined. */
static const char *const by_bits[] = {
    "\nstatic int64_t whole(float x)\n"
    "{\n"
    "    double v = (double)x * SCALE;\n"
    "    int64_t down;\n"
    "\n",
    /* the ends come here */
    "    down = (int64_t)v;\n"
    "    return (double)down > v ? down - 1 : down;\n"
    "}\n",
    "\nstatic void encode_input(block *value, size_t i, const float *x)\n"
    "{\n"
    "    const uint32_t place = input[i] % PER_FEATURE;\n"
    "    int w, s;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++) {\n"
    "        value[i].w[w] = 0;\n"
    "        for (s = 0; s < 64; s++)\n"
    "            value[i].w[w] |= ((uint64_t)whole(x[64 * w + s]) >> place & 1) << s;\n"
    "    }\n"
    "}\n",
};

static const char *const load_features[] = {
    "\n/* x: [n][FEATURES].  Samples past n are zeros. */\n"
    "static void load_features(block *value, const float *x, size_t n)\n"
    "{\n"
    "    float column[SAMPLES];\n"
    "    size_t i, s;\n"
    "\n"
    "    for (s = 0; s < SAMPLES; s++)\n"
    "        column[s] = 0;\n"
    "    for (i = 0; i < inputs; i++) {\n"
    "        const size_t f = input[i] / PER_FEATURE;\n"
    "\n"
    "        if (i == 0 || f != input[i - 1] / PER_FEATURE)\n"
    "            for (s = 0; s < n; s++)\n"
    "                column[s] = x[s * FEATURES + f];\n"
    "        encode_input(value, i, column);\n"
    "    }\n"
    "}\n",
};

/* An integer below 2^62 is exact as a double here; a float beyond is a multiple of 2^38, so
 * that no bit that is asked for is set: zero stands for it. */
static void put_by_bits(lut_text *t, const lut_fixed *in)
{
    double lo = in->is_signed ? -ldexp(1, (int)in->width - 1) : 0;
    double hi = ldexp(1, (int)in->width - in->is_signed) - 1;

    lut_text_put(t, "\n#define SCALE %a\n", in->width ? ldexp(1, in->frac) : 1.0);
    put_all(t, &by_bits[0], 1);
    if (in->width)
        lut_text_put(t, "    v = v > %.1f ? v : %.1f;\n    v = v < %.1f ? v : %.1f;\n",
                     lo, lo, hi, hi);
    else
        lut_text_put(t, "    v = v > -0x1p62 && v < 0x1p62 ? v : 0;\n");
    put_all(t, &by_bits[1], LUT_COUNT(by_bits) - 1);
}

/* ---- bits that somebody else has made ---- */

static const char *const load_bits[] = {
    "\n/* In each of the words: bit j of row i becomes bit i of row j. */\n"
    "static void transpose(block row[64])\n"
    "{\n"
    "    uint64_t mask = 0xffffffffu;\n"
    "    int step, i, w;\n"
    "\n"
    "    for (step = 32; step; step >>= 1, mask ^= mask << step)\n"
    "        for (i = 0; i < 64; i = ((i | step) + 1) & ~step)\n"
    "            for (w = 0; w < WORDS; w++) {\n"
    "                uint64_t a = row[i].w[w], b = row[i | step].w[w];\n"
    "                uint64_t swap = (a >> step ^ b) & mask;\n"
    "\n"
    "                row[i].w[w] = a ^ swap << step;\n"
    "                row[i | step].w[w] = b ^ swap;\n"
    "            }\n"
    "}\n",
    "\n/* Word `word` of n samples, x: [n][BIT_WORDS]. */\n"
    "static void load_word(block row[64], const uint64_t *x, size_t n, size_t word)\n"
    "{\n"
    "    size_t s;\n"
    "\n"
    "    for (s = 0; s < SAMPLES; s++)\n"
    "        row[s % 64].w[s / 64] = s < n ? x[s * BIT_WORDS + word] : 0;\n"
    "    transpose(row);\n"
    "}\n",
    "\nstatic void load_bits(block *value, const uint64_t *x, size_t n)\n"
    "{\n"
    "    block row[64];\n"
    "    size_t i;\n"
    "\n"
    "    for (i = 0; i < inputs; i++) {\n"
    "        if (i == 0 || input[i] / 64 != input[i - 1] / 64)\n"
    "            load_word(row, x, n, input[i] / 64);\n"
    "        value[i] = row[input[i] % 64];\n"
    "    }\n"
    "}\n",
};

/* ---- nodes ---- */

/* A table of two or three inputs by pairs of entries: constant, the last input, its inverse;
 * then multiplexers.  k - 1 of them are steps of a tree, as below. */
static const char *const node_small[] = {
    "\n/* One of two, by the sample's bit of s. */\n"
    "static inline uint64_t choose(uint64_t s, uint64_t high, uint64_t low)\n"
    "{\n"
    "    return low ^ (s & (high ^ low));\n"
    "}\n",
    "\n/* Entries 2 i and 2 i + 1 of a table, by the last input. */\n"
    "static inline uint64_t pair(uint64_t entries, int i, uint64_t last)\n"
    "{\n"
    "    uint64_t low = entries >> (2 * i) & 1, high = entries >> (2 * i + 1) & 1;\n"
    "\n"
    "    return (0 - low) ^ (last & (0 - (low ^ high)));\n"
    "}\n",
};

static const char *const node_1[] = {
    "\nstatic void node_1(block *value, const slot_t *at, uint64_t entries)\n"
    "{\n"
    "    int w;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++)\n"
    "        value[at[0]].w[w] = pair(entries, 0, value[at[1]].w[w]);\n"
    "}\n",
};

static const char *const node_2[] = {
    "\nstatic void node_2(block *value, const slot_t *at, uint64_t entries)\n"
    "{\n"
    "    int w;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++) {\n"
    "        uint64_t b = value[at[2]].w[w];\n"
    "\n"
    "        value[at[0]].w[w] = choose(value[at[1]].w[w], pair(entries, 1, b),\n"
    "                                   pair(entries, 0, b));\n"
    "    }\n"
    "}\n",
};

static const char *const node_3[] = {
    "\nstatic void node_3(block *value, const slot_t *at, uint64_t entries)\n"
    "{\n"
    "    int w;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++) {\n"
    "        uint64_t b = value[at[2]].w[w], c = value[at[3]].w[w];\n"
    "        uint64_t high = choose(b, pair(entries, 3, c), pair(entries, 2, c));\n"
    "        uint64_t low = choose(b, pair(entries, 1, c), pair(entries, 0, c));\n"
    "\n"
    "        value[at[0]].w[w] = choose(value[at[1]].w[w], high, low);\n"
    "    }\n"
    "}\n",
};

/* Four to six inputs: the sixteen functions of the last two are made once, four entries of
 * the table say which of them is meant, and the other inputs choose. */
static const char *const node_large[] = {
    "\n/* Function i of a and b: bit 2 a + b of i. */\n"
    "static void make_functions(block f[16], const block *a, const block *b)\n"
    "{\n"
    "    int w;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++) {\n"
    "        uint64_t p = a->w[w], q = b->w[w];\n"
    "\n"
    "        f[0].w[w] = 0;\n"
    "        f[1].w[w] = ~(p | q);\n"
    "        f[2].w[w] = ~p & q;\n"
    "        f[3].w[w] = ~p;\n"
    "        f[4].w[w] = p & ~q;\n"
    "        f[5].w[w] = ~q;\n"
    "        f[6].w[w] = p ^ q;\n"
    "        f[7].w[w] = ~(p & q);\n",
    "        f[8].w[w] = p & q;\n"
    "        f[9].w[w] = ~(p ^ q);\n"
    "        f[10].w[w] = q;\n"
    "        f[11].w[w] = ~p | q;\n"
    "        f[12].w[w] = p;\n"
    "        f[13].w[w] = p | ~q;\n"
    "        f[14].w[w] = p | q;\n"
    "        f[15].w[w] = UINT64_MAX;\n"
    "    }\n"
    "}\n",
    "\nstatic void choose_block(block *out, const block *s, const block *high,\n"
    "                         const block *low)\n"
    "{\n"
    "    int w;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++)\n"
    "        out->w[w] = choose(s->w[w], high->w[w], low->w[w]);\n"
    "}\n",
    "\nstatic inline void node_large(block *value, const slot_t *at, uint64_t entries, "
    "int "
    "k)\n"
    "{\n"
    "    block f[16], half[8];\n"
    "    int i, j, n = 1 << (k - 3);\n"
    "\n"
    "    make_functions(f, &value[at[k - 1]], &value[at[k]]);\n"
    "    for (i = 0; i < n; i++)\n"
    "        choose_block(&half[i], &value[at[k - 2]], &f[entries >> (8 * i + 4) & "
    "15],\n"
    "                     &f[entries >> (8 * i) & 15]);\n"
    "    for (j = k - 3; j > 0; j--) {\n"
    "        n /= 2;\n"
    "        for (i = 0; i < n; i++)\n"
    "            choose_block(&half[i], &value[at[j]], &half[2 * i + 1], &half[2 * "
    "i]);\n"
    "    }\n"
    "    value[at[0]] = half[0];\n"
    "}\n",
};

static void put_node_functions(lut_text *t, unsigned ranks)
{
    if (ranks >> 2)
        put_all(t, &node_small[0], 1);
    if (ranks & 14)
        put_all(t, &node_small[1], 1);
    if (ranks & 1u << 1)
        PUT(t, node_1);
    if (ranks & 1u << 2)
        PUT(t, node_2);
    if (ranks & 1u << 3)
        PUT(t, node_3);
    if (ranks >> 4)
        PUT(t, node_large);
}

static void put_case(lut_text *t, unsigned k)
{
    lut_text_put(t, "        case %u:\n            for (; n > 0; n--, at += %u)\n", k,
                 k + 1);
    if (k < 4)
        lut_text_put(t, "                node_%u(value, at, *entries++);\n", k);
    else
        lut_text_put(t, "                node_large(value, at, *entries++, %u);\n", k);
    lut_text_put(t, "            break;\n");
}

static void put_evaluate(lut_text *t, unsigned ranks)
{
    put_node_functions(t, ranks);
    if (!ranks)
        return;
    lut_text_put(
        t, "\nstatic void evaluate(block *value)\n{\n    const slot_t *at = wire;\n"
           "    const uint64_t *entries = table;\n    uint32_t r, n;\n\n"
           "    for (r = 0; run[r].nodes; r++) {\n        n = run[r].nodes;\n"
           "        switch (run[r].inputs) {\n");
    for (unsigned k = 1; k <= LUT_NODE_INPUTS; k++)
        if (ranks >> k & 1)
            put_case(t, k);
    lut_text_put(t, "        default: break;\n        }\n    }\n}\n");
}

/* ---- votes ---- */

/* Adders that keep their carries: at most two rows of a weight wait, a third makes of them a
 * sum and a carry of the next weight.  Which rows meet depends on their number alone, so all
 * samples go together. */
static const char *const counting[] = {
    "\ntypedef struct counter {\n"
    "    block row[PLANES][2];\n"
    "    int rows[PLANES];\n"
    "} counter;\n",
    "\n/* Adds a row of weight 2^plane. */\n"
    "static void add(counter *c, int plane, const block *more)\n"
    "{\n"
    "    block row = *more;\n"
    "    int w;\n"
    "\n"
    "    for (; c->rows[plane] == 2; plane++) {\n"
    "        block *a = &c->row[plane][0], *b = &c->row[plane][1];\n"
    "\n"
    "        for (w = 0; w < WORDS; w++) {\n"
    "            uint64_t differ = a->w[w] ^ b->w[w], both = a->w[w] & b->w[w];\n"
    "\n"
    "            a->w[w] = differ ^ row.w[w];\n"
    "            row.w[w] = both | (differ & row.w[w]);\n"
    "        }\n"
    "        c->rows[plane] = 1;\n"
    "    }\n"
    "    c->row[plane][c->rows[plane]++] = row;\n"
    "}\n",
    "\n/* Both rows of every weight into one. */\n"
    "static void add_up(block score[PLANES], counter *c)\n"
    "{\n"
    "    uint64_t carry[WORDS] = { 0 };\n"
    "    int p, w;\n"
    "\n"
    "    for (p = 0; p < PLANES; p++)\n"
    "        for (w = 0; w < WORDS; w++) {\n"
    "            uint64_t a = c->rows[p] > 0 ? c->row[p][0].w[w] : 0;\n"
    "            uint64_t b = c->rows[p] > 1 ? c->row[p][1].w[w] : 0;\n"
    "\n"
    "            score[p].w[w] = a ^ b ^ carry[w];\n"
    "            carry[w] = (a & b) | ((a ^ b) & carry[w]);\n"
    "        }\n"
    "}\n",
    "\nstatic void count(block score[PLANES], const block *value, int class)\n"
    "{\n"
    "    counter c;\n"
    "    block row;\n"
    "    uint32_t v;\n"
    "    int p, w;\n"
    "\n"
    "    for (p = 0; p < PLANES; p++) {\n"
    "        c.rows[p] = 0;\n"
    "        for (w = 0; w < WORDS; w++)\n"
    "            row.w[w] = UINT64_MAX;\n"
    "        if (bias[class] >> p & 1)\n"
    "            add(&c, p, &row);\n"
    "    }\n"
    "    for (v = first_vote[class]; v < first_vote[class + 1]; v++) {\n"
    "        for (w = 0; w < WORDS; w++)\n"
    "            row.w[w] = value[vote[v] / 2].w[w] ^ (0 - (uint64_t)(vote[v] & 1));\n"
    "        add(&c, 0, &row);\n"
    "    }\n"
    "    add_up(score, &c);\n"
    "}\n",
};

static const char *const electing[] = {
    "\n/* Where the class has more votes than the best one before it, it is the best: "
    "so the\n"
    " * first of several with as many votes stays. */\n"
    "static void elect(block best[PLANES], block label[LABEL_BITS],\n"
    "                  const block score[PLANES], int class)\n"
    "{\n"
    "    int p, w;\n"
    "\n"
    "    for (w = 0; w < WORDS; w++) {\n"
    "        uint64_t more = 0;\n"
    "\n"
    "        for (p = 0; p < PLANES; p++) {\n"
    "            uint64_t s = score[p].w[w], differ = s ^ best[p].w[w];\n"
    "\n"
    "            more = (s & differ) | (more & ~differ);\n"
    "        }\n"
    "        for (p = 0; p < PLANES; p++)\n"
    "            best[p].w[w] ^= more & (score[p].w[w] ^ best[p].w[w]);\n",
    "        for (p = 0; p < LABEL_BITS; p++)\n"
    "            label[p].w[w] = class >> p & 1 ? label[p].w[w] | more\n"
    "                                           : label[p].w[w] & ~more;\n"
    "    }\n"
    "}\n",
    "\n/* Number of sample i, whose binary digits lie in n blocks. */\n"
    "static uint32_t digits(const block *digit, int n, size_t i)\n"
    "{\n"
    "    uint32_t v = 0;\n"
    "\n"
    "    while (n-- > 0)\n"
    "        v = 2 * v + (uint32_t)(digit[n].w[i / 64] >> (i % 64) & 1);\n"
    "    return v;\n"
    "}\n",
};

static const char *const deciding[] = {
    "\n/* Of n <= SAMPLES samples that are loaded.  label, scores: where they go, or "
    "NULL. */\n"
    "static void decide(block *value, size_t n, uint16_t *label, uint32_t *scores)\n"
    "{\n"
    "    block best[PLANES], first[LABEL_BITS], score[PLANES];\n"
    "    size_t i;\n"
    "    int c, p, w;\n"
    "\n",
    /* the call of evaluate comes here */
    "    count(best, value, 0);\n"
    "    for (i = 0; scores && i < n; i++)\n"
    "        scores[i * CLASSES] = digits(best, PLANES, i);\n"
    "    for (p = 0; p < LABEL_BITS; p++)\n"
    "        for (w = 0; w < WORDS; w++)\n"
    "            first[p].w[w] = 0;\n"
    "    for (c = 1; c < CLASSES; c++) {\n"
    "        count(score, value, c);\n"
    "        elect(best, first, score, c);\n"
    "        for (i = 0; scores && i < n; i++)\n"
    "            scores[i * CLASSES + (size_t)c] = digits(score, PLANES, i);\n"
    "    }\n"
    "    for (i = 0; label && i < n; i++)\n"
    "        label[i] = (uint16_t)digits(first, LABEL_BITS, i);\n"
    "}\n",
};

/* Memory of the caller's, from the first place on that blocks may have. */
static const char *const placing[] = {
    "\nstatic block *blocks(uint64_t *work)\n"
    "{\n"
    "    return (block *)(work + (8 - (uintptr_t)work / 8 % 8) % 8);\n"
    "}\n",
};

static void put_entry(lut_text *t, const char *name, const char *suffix,
                      const char *type, const char *load, const char *stride)
{
    lut_text_put(
        t,
        "\nvoid %s_run%s_in(uint64_t *work, const %s *x, size_t n, uint16_t *label,\n"
        "    uint32_t *scores)\n"
        "{\n    block *value = blocks(work);\n    size_t i, some;\n\n"
        "    for (i = 0; i < n; i += SAMPLES) {\n"
        "        some = n - i < SAMPLES ? n - i : SAMPLES;\n"
        "        %s(value, x + i * %s, some);\n"
        "        decide(value, some, label ? label + i : NULL,\n"
        "               scores ? scores + i * CLASSES : NULL);\n    }\n}\n",
        name, suffix, type, load, stride);
    lut_text_put(t,
                 "\n#if 8 * %s_WORK <= %s_STACK\n"
                 "void %s_run%s(const %s *x, size_t n, uint16_t *label, uint32_t "
                 "*scores)\n"
                 "{\n    uint64_t work[%s_WORK];\n\n"
                 "    %s_run%s_in(work, x, n, label, scores);\n}\n",
                 name, name, name, suffix, type, name, name, suffix);
    lut_text_put(t,
                 "\nvoid %s_predict%s(const %s *x, size_t n, uint16_t *label)\n"
                 "{\n    %s_run%s(x, n, label, NULL);\n}\n",
                 name, suffix, type, name, suffix);
    lut_text_put(t,
                 "\nvoid %s_scores%s(const %s *x, size_t n, uint32_t *scores)\n"
                 "{\n    %s_run%s(x, n, NULL, scores);\n}\n#endif\n",
                 name, suffix, type, name, suffix);
}

void c99_put_body(lut_text *t, const lut_export_design *d, const c99_plan *p,
                  unsigned ranks)
{
    (void)p;
    if (d->encoder->thresholds)
        PUT(t, by_edges);
    else
        put_by_bits(t, &d->encoder->input);
    PUT(t, load_features);
    PUT(t, load_bits);
    put_evaluate(t, ranks);
    PUT(t, counting);
    PUT(t, electing);
    put_all(t, &deciding[0], 1);
    if (ranks)
        lut_text_put(t, "    evaluate(value);\n");
    put_all(t, &deciding[1], 1);
    PUT(t, placing);
    put_entry(t, d->name, "", "float", "load_features", "FEATURES");
    put_entry(t, d->name, "_bits", "uint64_t", "load_bits", "BIT_WORDS");
}

/* ---- header ---- */

static void put_encoder(lut_text *t, const lut_encoder *e)
{
    lut_text_put(t, " * Features: %zu, in the order and units of the training data",
                 e->features);
    if (e->input.width)
        lut_text_put(t, ";\n * quantised inside to %u bits, %d of them fraction%s",
                     (unsigned)e->input.width, (int)e->input.frac,
                     e->input.is_signed ? ", signed" : "");
    lut_text_put(t, ".\n");
}

/* Threads with less than a megabyte of stack are rare. */
enum { STACK = 512 * 1024 };

static void put_space(lut_text *t, const char *name, const c99_plan *p, unsigned words)
{
    lut_text_put(
        t,
        "/* Of 64 samples, that are worked on at once: the same for all files. */\n"
        "#ifndef %s_WORDS\n"
        "#define %s_WORDS %u\n#endif\n\n",
        name, name, words);
    lut_text_put(t,
                 "/* Work space of a call, in words of 64 bits.  Where that is more "
                 "than %s_STACK "
                 "bytes, too much to\n * lie on a stack, only the functions that are "
                 "given it are declared. */\n"
                 "#define %s_WORK (%uull * %s_WORDS + 7)\n#ifndef %s_STACK\n"
                 "#define %s_STACK %d\n#endif\n\n",
                 name, name, (unsigned)(p->slots ? p->slots : 1), name, name, name,
                 STACK);
}

/* What x has, and whether the stack is wide enough, is said before. */
static void put_functions(lut_text *t, const char *name, const char *suffix,
                          const char *type)
{
    lut_text_put(t,
                 "/* label: [n], the class with most votes, the first of several. */\n"
                 "void %s_predict%s(const %s *x, size_t n, uint16_t *label);\n\n"
                 "/* scores: [n][%s_CLASSES], votes. */\n"
                 "void %s_scores%s(const %s *x, size_t n, uint32_t *scores);\n\n",
                 name, suffix, type, name, name, suffix, type);
    lut_text_put(t,
                 "/* Both; either may be NULL. */\n"
                 "void %s_run%s(const %s *x, size_t n, uint16_t *label, uint32_t "
                 "*scores);\n#endif\n\n",
                 name, suffix, type);
    lut_text_put(t,
                 "/* The same in memory that no other call uses meanwhile: "
                 "[%s_WORK]. */\n"
                 "void %s_run%s_in(uint64_t *work, const %s *x, size_t n, uint16_t "
                 "*label,\n    uint32_t *scores);\n\n",
                 name, name, suffix, type);
}

static void put_all_functions(lut_text *t, const lut_export_design *d)
{
    const char *name = d->name;

    lut_text_put(
        t, "/* Of samples, x: [n][%s_FEATURES]. */\n#if 8 * %s_WORK <= %s_STACK\n",
        name, name, name);
    put_functions(t, name, "", "float");
    lut_text_put(
        t,
        "/* Of encoded samples, x: [n][%s_BIT_WORDS]: bit i is bit i %% 64 of word i / "
        "64,\n * bit b of feature f being bit f * %zu + b. */\n#if 8 * %s_WORK <= "
        "%s_STACK\n",
        name, d->encoder->bits, name, name);
    put_functions(t, name, "_bits", "uint64_t");
}

void c99_put_header(lut_text *t, const lut_export_design *d, const c99_plan *p,
                    unsigned words)
{
    const char *name = d->name;

    lut_text_head(t, d, "/* ", " */");
    lut_text_put(
        t, "/*\n * Classes of samples.  Any number of samples; nothing is allocated, "
           "nothing is kept: threads may\n * call at the same time.\n");
    put_encoder(t, d->encoder);
    lut_text_put(
        t,
        " * A feature that is not a number passes no threshold.\n */\n"
        "#ifndef %s_H_INCLUDED\n#define %s_H_INCLUDED\n\n#include <stddef.h>\n"
        "#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
        name, name);
    lut_text_put(t, "#define %s_DIGEST \"%s\"\n\n", name, d->digest);
    put_space(t, name, p, words);
    lut_text_put(t, "enum {\n    %s_FEATURES = %zu,\n    %s_CLASSES = %u,\n", name,
                 d->encoder->features, name, (unsigned)d->circuit->classes);
    lut_text_put(t,
                 "    %s_BITS = %u,       /* encoded bits of a sample */\n"
                 "    %s_BIT_WORDS = %zu, /* and words that hold them */\n"
                 "    %s_MAX_SCORE = %u\n};\n\n",
                 name, (unsigned)d->circuit->inputs, name,
                 lut_ceil_div(d->circuit->inputs, 64), name, (unsigned)p->most);
    put_all_functions(t, d);
    lut_text_put(t, "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
