/* Expressions of the subset that is read, broken into tables of single bits. */
#include "lib/export/verilog_words.h"

#include <string.h>

static vector constant(reader *r)
{
    vector v = { r->used, r->w.bits };

    if (r->w.bits == 0)
        verilog_refuse(r, "want a size for the number");
    for (unsigned i = 0; READ(r) && i < r->w.bits; i++)
        verilog_pool_push(r, r->w.value >> i & 1);
    verilog_next(r);
    return v;
}

static void turn(reader *r, size_t first, size_t n)
{
    for (size_t i = 0; READ(r) && i < n / 2; i++) {
        uint32_t x = r->pool[first + i];

        r->pool[first + i] = r->pool[first + n - 1 - i];
        r->pool[first + n - 1 - i] = x;
    }
}

/* {high, ..., low}: the parts are read high first and stand low first.  All turned is each
 * turned, in turned order. */
static vector concatenation(reader *r)
{
    size_t first = r->used;

    do {
        vector part = verilog_expression(r);

        turn(r, part.at, part.n);
    } while (verilog_accept(r, ","));
    verilog_want(r, "}");
    turn(r, first, r->used - first);
    return (vector){ first, (uint32_t)(r->used - first) };
}

/* NAME, NAME[i], NAME[high:low] */
static vector selection(reader *r)
{
    vector all = verilog_find(r, verilog_take_name(r)), v = all;
    uint32_t high, low;

    if (!verilog_accept(r, "["))
        return all;
    high = low = verilog_take_small(r);
    if (verilog_accept(r, ":"))
        low = verilog_take_small(r);
    verilog_want(r, "]");
    if (READ(r) && (low > high || high >= all.n))
        verilog_refuse(r, "bits beyond the vector");
    if (!READ(r))
        return v;
    memmove(r->pool + all.at, r->pool + all.at + low,
            (high - low + 1) * sizeof *r->pool);
    v.n = high - low + 1;
    r->used = v.at + v.n;
    return v;
}

static vector primary(reader *r)
{
    vector v = { r->used, 0 };

    if (++r->depth > NAMES)
        verilog_refuse(r, "brackets nested too deep");
    if (!READ(r))
        return v;
    if (r->w.number)
        v = constant(r);
    else if (verilog_accept(r, "{"))
        v = concatenation(r);
    else if (verilog_accept(r, "(")) {
        v = verilog_expression(r);
        verilog_want(r, ")");
    } else if (verilog_accept(r, "~") || verilog_accept(r, "!")) {
        v = primary(r);
        for (uint32_t i = 0; READ(r) && i < v.n; i++)
            r->pool[v.at + i] = verilog_table(r, 1, 1, r->pool[v.at + i], 0, 0);
    } else
        v = selection(r);
    r->depth--;
    return v;
}

/* The result takes the place of both operands. */
static vector replace(reader *r, vector a, const uint32_t *net, uint32_t n)
{
    for (uint32_t i = 0; READ(r) && i < n; i++)
        r->pool[a.at + i] = net[i];
    r->used = a.at + n;
    return (vector){ a.at, n };
}

/* A ripple of full adders; the carry out of the top is lost, as in Verilog. */
static vector sum(reader *r)
{
    vector a = primary(r), b;

    while (READ(r) && verilog_accept(r, "+")) {
        uint32_t carry = 0;

        b = primary(r);
        if (READ(r) && a.n != b.n)
            verilog_refuse(r, "widths of a sum differ");
        for (uint32_t i = 0; READ(r) && i < a.n; i++) {
            uint32_t x = verilog_bit_of(r, a, i), y = verilog_bit_of(r, b, i);

            r->pool[a.at + i] = verilog_table(r, 0x96, 3, x, y, carry);
            carry = verilog_table(r, 0xe8, 3, x, y, carry);
        }
        r->used = a.at + a.n;
    }
    return a;
}

/* Above at a bit, or equal there and above below. */
static vector comparison(reader *r)
{
    vector a = sum(r), b;
    uint32_t above = 0;

    if (!READ(r) || !verilog_accept(r, ">"))
        return a;
    b = sum(r);
    if (READ(r) && a.n != b.n)
        verilog_refuse(r, "widths of a comparison differ");
    for (uint32_t i = 0; READ(r) && i < a.n; i++)
        above = verilog_table(r, 0xb2, 3, verilog_bit_of(r, a, i),
                              verilog_bit_of(r, b, i), above);
    return replace(r, a, &above, 1);
}

static vector parity(reader *r)
{
    vector a = comparison(r), b;

    while (READ(r) && (verilog_is(r, "^") || verilog_is(r, "||"))) {
        uint64_t tt = verilog_is(r, "^") ? 6 : 14;
        uint32_t x;

        verilog_next(r);
        b = comparison(r);
        if (READ(r) && (a.n != 1 || b.n != 1))
            verilog_refuse(r, "want single bits");
        x = verilog_table(r, tt, 2, verilog_bit_of(r, a, 0), verilog_bit_of(r, b, 0),
                          0);
        a = replace(r, a, &x, 1);
    }
    return a;
}

vector verilog_expression(reader *r)
{
    vector s = parity(r), a, b;

    if (!READ(r) || !verilog_accept(r, "?"))
        return s;
    a = verilog_expression(r);
    verilog_want(r, ":");
    b = verilog_expression(r);
    if (READ(r) && (s.n != 1 || a.n != b.n))
        verilog_refuse(r, "widths of a choice differ");
    for (uint32_t i = 0; READ(r) && i < a.n; i++) {
        uint32_t x = verilog_bit_of(r, s, 0);

        r->pool[a.at + i] = verilog_table(r, 0xca, 3, x, verilog_bit_of(r, a, i),
                                          verilog_bit_of(r, b, i));
    }
    if (READ(r))
        memmove(r->pool + s.at, r->pool + a.at, a.n * sizeof *r->pool);
    r->used = s.at + a.n;
    return (vector){ s.at, a.n };
}
