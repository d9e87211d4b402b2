#include "lib/kern/slices.h"
#include "lib/kern/vec.h"

/* A register; a slice is one or several of them. */
typedef uint64_t native __attribute__((vector_size(LUT_NATIVE), may_alias));
typedef uint64_t loose __attribute__((vector_size(LUT_NATIVE), aligned(8), may_alias));
typedef uint8_t octets __attribute__((vector_size(LUT_NATIVE), aligned(1), may_alias));
enum { PIECES = sizeof(lut_slice) / LUT_NATIVE, LANES = LUT_NATIVE / 8 };

LUT_INLINE native piece(const lut_slice *v, size_t i, unsigned p)
{
    return ((const native *)&v[i])[p];
}

LUT_INLINE void put(lut_slice *v, size_t i, unsigned p, native x)
{
    ((native *)&v[i])[p] = x;
}

/* ---- gates ---- */

/* A function of three inputs by its table, as the instruction has it: the first input is the
 * most significant.  A macro: the table has to be a constant. */
#if defined(LUT_VEC_AVX512)
#define TERNARY(a, b, c, table) \
    ((native)_mm512_ternarylogic_epi64((__m512i)(a), (__m512i)(b), (__m512i)(c), table))
#else
LUT_INLINE native binary(native a, native b, unsigned table)
{
    native r = a ^ a;

    if (table == 6)
        return a ^ b;
    if (table == 9)
        return ~(a ^ b);
    if (table & 1)
        r |= ~(a | b);
    if (table & 2)
        r |= ~a & b;
    if (table & 4)
        r |= a & ~b;
    if (table & 8)
        r |= a & b;
    return r;
}

LUT_INLINE native ternary(native a, native b, native c, unsigned table)
{
    native lo = binary(b, c, table & 15), hi = binary(b, c, table >> 4);

    if (table == 0xca)
        return c ^ (a & (b ^ c));
    if (table == 0x96)
        return a ^ b ^ c;
    if (table == 0xe8)
        return (a & b) | ((a | b) & c);
    return lo ^ (a & (lo ^ hi));
}

#define TERNARY(a, b, c, table) ternary(a, b, c, table)
#endif
#define MUX(s, lo, hi)    TERNARY(s, hi, lo, 0xca)
#define PARITY(a, b, c)   TERNARY(a, b, c, 0x96)
#define MAJORITY(a, b, c) TERNARY(a, b, c, 0xe8)

typedef void (*gates_fn)(lut_slice *v, const lut_slice_gate *gate, size_t n);

#define GATES(name, value)                                                 \
    static void name(lut_slice *v, const lut_slice_gate *gate, size_t n)   \
    {                                                                      \
        for (size_t i = 0; i < n; i++) {                                   \
            const lut_slice_gate g = gate[i];                              \
                                                                           \
            for (unsigned p = 0; p < PIECES; p++) {                        \
                native a = piece(v, g.in[0], p), b = piece(v, g.in[1], p); \
                                                                           \
                put(v, g.out, p, value);                                   \
            }                                                              \
        }                                                                  \
    }

GATES(gates_2, ~a &b)
GATES(gates_6, a ^ b)
GATES(gates_8, a &b)
GATES(gates_14, a | b)

/* Functions of three inputs up to their order, with entry 0 clear (a node's inverse is as
 * good as the node): lut_slice_canonical. */
#define TABLES(X)                                                                    \
    X(2)                                                                             \
    X(6)                                                                             \
    X(8)                                                                             \
    X(14) X(22) X(24) X(26) X(30) X(40) X(42) X(44) X(46) X(62) X(104) X(106) X(110) \
        X(126) X(128) X(130) X(134) X(138) X(142) X(150) X(152) X(154) X(158) X(168) \
            X(172) X(174) X(188) X(190) X(232) X(234) X(254)

#define X(table) GATES(ternary_##table, TERNARY(a, b, piece(v, g.in[2], p), table))
TABLES(X)
#undef X

static void gates(lut_slice *v, const lut_slice_run *run, const lut_slice_gate *gate)
{
    static const gates_fn of_two[16] = {
        [2] = gates_2, [6] = gates_6, [8] = gates_8, [14] = gates_14
    };
#define X(table) [table] = ternary_##table,
    static const gates_fn of_three[256] = { TABLES(X) };
#undef X

    (run->k == 2 ? of_two : of_three)[run->table](v, gate + run->first, run->n);
}

/* ---- LUTs ---- */

/* The 16 functions of two inputs, numbered by their tables (entry 2 a + b). */
LUT_INLINE void functions(native f[16], native a, native b)
{
    f[0] = a ^ a;
    f[1] = ~(a | b);
    f[2] = ~a & b;
    f[3] = ~a;
    f[4] = a & ~b;
    f[5] = ~b;
    f[6] = a ^ b;
    f[7] = ~(a & b);
    f[8] = a & b;
    f[9] = ~(a ^ b);
    f[10] = b;
    f[11] = ~a | b;
    f[12] = a;
    f[13] = a | ~b;
    f[14] = a | b;
    f[15] = ~f[0];
}

/* The last two inputs select among the 16 functions, four entries each; multiplexers do the
 * others. */
LUT_INLINE void luts_of(lut_slice *v, const lut_slice_lut *lut, size_t n, unsigned k)
{
    native f[16], t[8];

    for (size_t i = 0; i < n; i++)
        for (unsigned p = 0; p < PIECES; p++) {
            const uint32_t *in = lut[i].in;
            uint64_t tt = lut[i].tt;
            native s = piece(v, in[k - 3], p);
            unsigned m = 1u << (k - 3);

            functions(f, piece(v, in[k - 2], p), piece(v, in[k - 1], p));
            for (unsigned j = 0; j < m; j++, tt >>= 8)
                t[j] = MUX(s, f[tt & 15], f[tt >> 4 & 15]);
            for (unsigned j = k - 3; j-- > 0;) {
                s = piece(v, in[j], p);
                m /= 2;
                for (unsigned e = 0; e < m; e++)
                    t[e] = MUX(s, t[2 * e], t[2 * e + 1]);
            }
            put(v, lut[i].out, p, t[0]);
        }
}

static void luts(lut_slice *v, const lut_slice_run *run, const lut_slice_lut *lut)
{
    lut += run->first;
    if (run->k == 4)
        luts_of(v, lut, run->n, 4);
    else if (run->k == 5)
        luts_of(v, lut, run->n, 5);
    else
        luts_of(v, lut, run->n, 6);
}

/* ---- votes ---- */

/* A full adder: sum and carry of three bits of the same weight, the sum in *s. */
LUT_INLINE native add(native *s, native x, native y)
{
    native carry = MAJORITY(*s, x, y);

    *s = PARITY(*s, x, y);
    return carry;
}

/* Adds a bit of weight 2^j. */
LUT_INLINE void ripple(native *count, unsigned j, unsigned bits, native carry)
{
    for (; j < bits; j++) {
        native both = count[j] & carry;

        count[j] ^= carry;
        carry = both;
    }
}

typedef struct ballot {
    const lut_slice *v;
    const uint32_t *in;
    unsigned p;
    native flip; /* all ones: those that are not set count */
} ballot;

LUT_INLINE native vote(const ballot *b, size_t i)
{
    return piece(b->v, b->in[i], b->p) ^ b->flip;
}

/* Carries of adding 2, 4, 8 and 16 votes to the lowest bits of the count. */
LUT_INLINE native add2(native *c, const ballot *b, size_t i)
{
    return add(&c[0], vote(b, i), vote(b, i + 1));
}

LUT_INLINE native add4(native *c, const ballot *b, size_t i)
{
    native first = add2(c, b, i);

    return add(&c[1], first, add2(c, b, i + 2));
}

LUT_INLINE native add8(native *c, const ballot *b, size_t i)
{
    native first = add4(c, b, i);

    return add(&c[2], first, add4(c, b, i + 4));
}

LUT_INLINE native add16(native *c, const ballot *b, size_t i)
{
    native first = add8(c, b, i);

    return add(&c[3], first, add8(c, b, i + 8));
}

/* A tree of full adders, one a vote, whose last carry alone runs through the high bits. */
LUT_INLINE void count_all(native *count, unsigned bits, const ballot *b, size_t begin,
                          size_t end)
{
    size_t i = begin;

    if (bits >= 4)
        for (; i + 16 <= end; i += 16) {
            native c[4] = { count[0], count[1], count[2], count[3] };
            native carry = add16(c, b, i);

            for (unsigned j = 0; j < 4; j++)
                count[j] = c[j];
            ripple(count, 4, bits, carry);
        }
    if (bits >= 2)
        for (; i + 4 <= end; i += 4)
            ripple(count, 2, bits, add4(count, b, i));
    for (; i < end; i++)
        ripple(count, 0, bits, vote(b, i));
}

static void votes(lut_slice *out, unsigned bits, const lut_slice *v, const uint32_t *in,
                  size_t n, size_t inverted, uint32_t bias)
{
    native count[LUT_VOTE_BITS], zero = { 0 };

    for (unsigned p = 0; p < PIECES; p++) {
        ballot b = { .v = v, .in = in, .p = p, .flip = zero };

        for (unsigned j = 0; j < bits; j++)
            count[j] = zero - (uint64_t)(j < 32 && bias >> j & 1);
        count_all(count, bits, &b, 0, n - inverted);
        b.flip = ~zero;
        count_all(count, bits, &b, n - inverted, n);
        for (unsigned j = 0; j < bits; j++)
            put(out, j, p, count[j]);
    }
}

static void challenge(lut_slice *best, lut_slice *class, const lut_slice *count,
                      unsigned bits, unsigned class_bits, uint32_t c)
{
    for (unsigned p = 0; p < PIECES; p++) {
        native above = { 0 }, zero = { 0 };

        for (unsigned j = 0; j < bits; j++) { /* a higher bit that differs decides */
            native x = piece(count, j, p), y = piece(best, j, p);

            above = MUX(x ^ y, above, x);
        }
        for (unsigned j = 0; j < bits; j++)
            put(best, j, p, MUX(above, piece(best, j, p), piece(count, j, p)));
        for (unsigned j = 0; j < class_bits; j++) {
            native bit = zero - (uint64_t)(c >> j & 1);

            put(class, j, p, MUX(above, piece(class, j, p), bit));
        }
    }
}

/* ---- numbers out ---- */

LUT_INLINE uint16_t number(const lut_slice *in, unsigned bits, size_t s)
{
    unsigned x = 0;

    for (unsigned j = 0; j < bits; j++)
        x |= (unsigned)(in[j].word[s / 64] >> (s % 64) & 1) << j;
    return (uint16_t)x;
}

static void numbers(uint16_t *out, const lut_slice *in, unsigned bits, size_t n)
{
    size_t s = 0;

#if defined(LUT_VEC_AVX512)
    for (; s + 32 <= n; s += 32) {
        __m512i x = _mm512_setzero_si512();

        for (unsigned j = 0; j < bits; j++) {
            __mmask32 set = (__mmask32)(in[j].word[s / 64] >> (s % 64));

            x = _mm512_or_si512(x, _mm512_maskz_set1_epi16(set, (short)(1u << j)));
        }
        _mm512_storeu_si512(out + s, x);
    }
#endif
    for (; s < n; s++)
        out[s] = number(in, bits, s);
}

/* ---- slices from words ---- */

/* Bits of the upper half of each 2 j in a for those of the lower half in b. */
LUT_INLINE void exchange(native *a, native *b, unsigned j)
{
    native zero = { 0 }, mask = zero + UINT64_MAX / (((uint64_t)1 << j) + 1);
#if defined(LUT_VEC_AVX512)
    native up = *b << j, down = *a >> j;

    *a = MUX(mask, up, *a);
    *b = MUX(mask, *b, down);
#else
    native t = ((*a >> j) ^ *b) & mask;

    *a ^= t << j;
    *b ^= t;
#endif
}

/* Three steps on eight rows that are `apart`: they stay in registers. */
LUT_INLINE void exchange_eight(native *a, unsigned apart)
{
    native x[8];

    for (unsigned i = 0; i < 8; i++)
        x[i] = a[i * apart];
    for (unsigned i = 0; i < 4; i++)
        exchange(&x[i], &x[i + 4], 4 * apart);
    for (unsigned i = 0; i < 4; i++)
        exchange(&x[i / 2 * 4 + i % 2], &x[i / 2 * 4 + i % 2 + 2], 2 * apart);
    for (unsigned i = 0; i < 4; i++)
        exchange(&x[2 * i], &x[2 * i + 1], apart);
    for (unsigned i = 0; i < 8; i++)
        a[i * apart] = x[i];
}

/* 64 samples of LANES words each, every lane a matrix of 64 by 64 bits: bit j of sample i
 * becomes bit i of row j.  Halves, quarters, ... are exchanged (H. S. Warren, Hacker's
 * Delight, 2nd ed. 2012, 7-3). */
LUT_INLINE void transpose(native a[64])
{
    for (unsigned i = 0; i < 8; i++)
        exchange_eight(a + i, 8);
    for (unsigned i = 0; i < 8; i++)
        exchange_eight(a + 8 * i, 1);
}

/* Words first .. first + count - 1 of 64 samples, or of the n that there are: row j of a has
 * bit j of each word.  Whole registers are moved by registers: a copy of a length that is not a
 * constant costs three times what all the rest does. */
LUT_INLINE void words_to_rows(native a[64], const uint64_t *x, size_t ld, size_t first,
                              size_t count, size_t n)
{
    if (n < 64 || count < LANES)
        memset(a, 0, 64 * sizeof *a);
    if (count == LANES)
        for (size_t i = 0; i < n; i++)
            a[i] = *(const loose *)(x + i * ld + first);
    else
        for (size_t i = 0; i < n; i++)
            memcpy(&a[i], x + i * ld + first, 8 * count);
    transpose(a);
}

/* Row i of eight: LANES words of block i.  Becomes LANES slices, a piece behind the other: word e
 * of row i becomes word i of slice e. */
#if defined(LUT_VEC_AVX512)
LUT_INLINE void turn(native row[8])
{
    __m512i r[8], t[8], u[8];

    memcpy(r, row, sizeof r);
    for (unsigned i = 0; i < 4; i++) { /* columns of one parity, in pairs of rows */
        t[i] = _mm512_unpacklo_epi64(r[2 * i], r[2 * i + 1]);
        t[4 + i] = _mm512_unpackhi_epi64(r[2 * i], r[2 * i + 1]);
    }
    for (unsigned i = 0; i < 4; i++) {
        u[i] = _mm512_shuffle_i64x2(t[2 * i], t[2 * i + 1], 0x88);
        u[4 + i] = _mm512_shuffle_i64x2(t[2 * i], t[2 * i + 1], 0xdd);
    }
    for (unsigned odd = 0; odd < 2; odd++) {
        r[odd] = _mm512_shuffle_i64x2(u[2 * odd], u[2 * odd + 1], 0x88);
        r[odd + 4] = _mm512_shuffle_i64x2(u[2 * odd], u[2 * odd + 1], 0xdd);
        r[odd + 2] = _mm512_shuffle_i64x2(u[4 + 2 * odd], u[5 + 2 * odd], 0x88);
        r[odd + 6] = _mm512_shuffle_i64x2(u[4 + 2 * odd], u[5 + 2 * odd], 0xdd);
    }
    memcpy(row, r, sizeof r);
}
#elif defined(LUT_VEC_AVX2)
LUT_INLINE void turn(native row[8])
{
    __m256i r[8], t[4];

    memcpy(r, row, sizeof r);
    for (unsigned half = 0; half < 2; half++) {
        for (unsigned i = 0; i < 2; i++) {
            t[2 * i] =
                _mm256_unpacklo_epi64(r[4 * half + 2 * i], r[4 * half + 2 * i + 1]);
            t[2 * i + 1] =
                _mm256_unpackhi_epi64(r[4 * half + 2 * i], r[4 * half + 2 * i + 1]);
        }
        for (unsigned e = 0; e < 2; e++) {
            __m256i low = _mm256_permute2x128_si256(t[e], t[2 + e], 0x20);
            __m256i high = _mm256_permute2x128_si256(t[e], t[2 + e], 0x31);

            memcpy(&row[2 * e + half], &low, sizeof low);
            memcpy(&row[2 * (e + 2) + half], &high, sizeof high);
        }
    }
}
#else
LUT_INLINE void turn(native row[8])
{
    native r[8];

    memcpy(r, row, sizeof r);
    for (unsigned e = 0; e < LANES; e++)
        for (unsigned i = 0; i < 8; i++)
            row[(e * 8 + i) / LANES][i % LANES] = r[i][e];
}
#endif

/* LANES words of all samples: slices are written whole. */
LUT_INLINE void words_to_slices(lut_slice *out, const uint64_t *x, size_t ld,
                                size_t inputs, size_t first, size_t count, size_t n)
{
    native a[LUT_SLICE_WORDS][64 + 1]; /* one more: not all in one set of the cache */

    for (size_t block = 0; block < LUT_SLICE_WORDS; block++) {
        size_t from = block * 64 < n ? block * 64 : n;

        words_to_rows(a[block], x + from * ld, ld, first, count,
                      n - from < 64 ? n - from : 64);
    }
    for (size_t j = 0; j < 64; j++) {
        native r[8];

        for (unsigned block = 0; block < 8; block++)
            r[block] = a[block][j];
        turn(r);
        for (size_t w = 0; w < count && (first + w) * 64 + j < inputs; w++)
            for (unsigned p = 0; p < PIECES; p++)
                put(out, (first + w) * 64 + j, p, r[w * PIECES + p]);
    }
}

static void from_words(lut_slice *out, const uint64_t *x, size_t ld, size_t inputs,
                       size_t n)
{
    size_t words = lut_ceil_div(inputs, 64), count = words < LANES ? words : LANES;

    /* The last words overlap those before, which are done once more. */
    for (size_t first = 0; first < words; first += LANES)
        words_to_slices(out, x, ld, inputs,
                        words - first < count ? words - count : first, count, n);
}

/* ---- slices from bools ---- */

/* The two halves of pairs of elements of 1, 2 and 4 bytes, taken in turn within 16 bytes. */
#if defined(LUT_VEC_AVX512)
typedef __m512i raw;
#define PAIRS(bits, half, x, y) _mm512_unpack##half##_epi##bits(x, y)
#elif defined(LUT_VEC_AVX2)
typedef __m256i raw;
#define PAIRS(bits, half, x, y) _mm256_unpack##half##_epi##bits(x, y)
#endif

/* The feature of an octet whose eight bytes rows_of_octets puts into word e of y[t]. */
LUT_INLINE unsigned feature_of(unsigned t, unsigned e)
{
    return e / 2 * 16 + 2 * t + e % 2;
}

/* Bytes f of eight vectors become the 8 bytes of word f, in the order of feature_of. */
#if defined(PAIRS)
LUT_INLINE void rows_of_octets(native out[8], const octets acc[8])
{
    raw x[8], y[8];

    memcpy(x, acc, sizeof x);
    for (unsigned i = 0; i < 4; i++) {
        y[i] = PAIRS(8, lo, x[2 * i], x[2 * i + 1]);
        y[4 + i] = PAIRS(8, hi, x[2 * i], x[2 * i + 1]);
    }
    for (unsigned i = 0; i < 4; i++) {
        unsigned at = i / 2 * 4 + i % 2;

        x[at] = PAIRS(16, lo, y[2 * i], y[2 * i + 1]);
        x[at + 2] = PAIRS(16, hi, y[2 * i], y[2 * i + 1]);
    }
    for (unsigned i = 0; i < 4; i++) {
        y[2 * i] = PAIRS(32, lo, x[2 * i], x[2 * i + 1]);
        y[2 * i + 1] = PAIRS(32, hi, x[2 * i], x[2 * i + 1]);
    }
    memcpy(out, y, sizeof y);
}
#else
LUT_INLINE void rows_of_octets(native out[8], const octets acc[8])
{
    for (unsigned t = 0; t < 8; t++)
        for (unsigned e = 0; e < LANES; e++) {
            uint64_t row = 0;

            for (unsigned g = 0; g < 8; g++)
                row |= (uint64_t)acc[g][feature_of(t, e)] << (8 * g);
            out[t][e] = row;
        }
}
#endif

/* Vectors of LUT_NATIVE features that are read side by side, row after row. */
enum { TILE = 40 };

/* Eight samples become one byte of each feature by adding, the last one first. */
LUT_INLINE octets add_eight(const uint8_t *x, size_t ld)
{
    octets sum = { 0 };

    for (unsigned s = 8; s-- > 0;)
        sum += sum + *(const octets *)(x + s * ld);
    return sum;
}

/* A block of 64 samples: its words of vector v to mid + 64 v, eight apart.  Eight rows are read to
 * the end before the next eight: as many streams the machine fetches ahead. */
LUT_INLINE void bools_to_words(native *mid, const uint8_t *x, size_t ld, size_t vectors)
{
    octets acc[TILE][8];
    native y[8];

    for (size_t g = 0; g < 8; g++)
        for (size_t v = 0; v < vectors; v++)
            acc[v][g] = add_eight(x + 8 * g * ld + v * LUT_NATIVE, ld);
    for (size_t v = 0; v < vectors; v++) {
        rows_of_octets(y, acc[v]);
        for (unsigned t = 0; t < 8; t++)
            mid[64 * v + 8 * t] = y[t];
    }
}

/* Vectors of features, of `whole` blocks of samples.  mid: 64 for each vector, may be where the
 * slices go. */
LUT_INLINE void bools_to_slices(lut_slice *out, native *mid, const uint8_t *x,
                                size_t ld, size_t vectors, size_t whole)
{
    const native none = { 0 };
    native m[64];

    for (size_t block = 0; block < whole; block++)
        bools_to_words(mid + block, x + block * 64 * ld, ld, vectors);
    for (size_t v = 0; v < vectors; v++) {
        memcpy(m, mid + 64 * v, sizeof m);
        for (unsigned t = 0; t < 8; t++) {
            for (size_t block = whole; block < LUT_SLICE_WORDS; block++)
                m[8 * t + block] = none;
            turn(m + 8 * t);
            for (unsigned i = 0; i < 8; i++)
                put(out, v * LUT_NATIVE + feature_of(t, i / PIECES), i % PIECES,
                    m[8 * t + i]);
        }
    }
}

/* Any number of features and samples, one by one. */
static void few_bools_to_rows(lut_slice *out, const uint8_t *x, size_t ld,
                              size_t inputs, size_t block, size_t n)
{
    for (size_t f = 0; f < inputs; f++) {
        uint64_t row = 0;

        for (size_t s = 0; s < n; s++)
            row |= (uint64_t)(x[s * ld + f] & 1) << s;
        out[f].word[block] = row;
    }
}

static void from_bools(lut_slice *out, const uint8_t *x, size_t ld, size_t inputs,
                       size_t n)
{
    size_t whole = inputs >= LUT_NATIVE ? n / 64 : 0; /* blocks of samples */
    size_t vectors = whole ? inputs / LUT_NATIVE : 0;
    native mid[64];

    for (size_t v = 0; v < vectors; v += TILE) {
        lut_slice *to = out + v * LUT_NATIVE;

        bools_to_slices(to, (native *)to, x + v * LUT_NATIVE, ld,
                        vectors - v < TILE ? vectors - v : TILE, whole);
    }
    if (whole && inputs % LUT_NATIVE) /* with features of those before, once more */
        bools_to_slices(out + inputs - LUT_NATIVE, mid, x + inputs - LUT_NATIVE, ld, 1,
                        whole);
    for (size_t block = whole; block < LUT_SLICE_WORDS; block++) {
        size_t from = block * 64 < n ? block * 64 : n;

        few_bools_to_rows(out, x + from * ld, ld, inputs, block,
                          n - from < 64 ? n - from : 64);
    }
}

const lut_slices LUT_OF_SET(lut_slices) = {
    .name = LUT_SET_TEXT,
    .gates = gates,
    .luts = luts,
    .votes = votes,
    .challenge = challenge,
    .numbers = numbers,
    .from_words = from_words,
    .from_bools = from_bools,
};
