/* A reader of the subset of Verilog that the writer uses: one pass over the words of a module
 * for each instance, expressions broken into tables of single bits as they are read. */
#include "lib/export/verilog_read.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FREE, INPUT, TABLE, CONSTANT }; /* kinds of nets */
enum { DEPTH = 8, NAMES = 64, PORTS = 16 };

typedef struct word {
    const char *at;
    size_t n;
    uint64_t value; /* of numbers */
    unsigned bits;  /* of numbers; 0: without a size */
    bool number;
} word;

typedef struct symbol {
    const char *name; /* in the text; NULL: free place */
    size_t n;
    verilog_bus bus;
} symbol;

/* A vector on the way: nets, bit 0 first, in the pool.  That of an expression begins where the
 * pool ended before and ends where it ends now. */
typedef struct vector {
    size_t at;
    uint32_t n;
} vector;

typedef struct port {
    word name;
    vector outer; /* n 0: not connected */
    bool output;
    uint32_t width;
} port;

typedef struct scope {
    symbol *symbol;
    size_t used, places;
} scope;

typedef struct reader {
    verilog_model *m;
    uint32_t room;
    const verilog_source *source, *file; /* file: that is read now */
    size_t nsources;
    const char *at;
    word w; /* the next word */
    scope *names;
    uint32_t *pool;
    size_t used, places;
    unsigned depth;
    uint64_t set;
    bool has_set;
    lut_err *err;
    lut_status st;
} reader;

#define READ(r) ((r)->st == LUT_OK)

/* ---- failures ---- */

static unsigned line_of(const reader *r)
{
    unsigned line = 1;

    for (const char *c = r->file->text; c < r->w.at && *c; c++)
        line += *c == '\n';
    return line;
}

/* The first failure stays; reading then runs dry, since every word is the end. */
static void refuse(reader *r, const char *what)
{
    if (!READ(r))
        return;
    r->st = lut_fail(r->err, LUT_EFORMAT, "%s:%u: %s, at \"%.*s\"", r->file->name,
                     line_of(r), what, r->w.n < 40 ? (int)r->w.n : 40, r->w.at);
    r->w.n = 0;
}

static void no_memory(reader *r)
{
    if (READ(r))
        r->st =
            lut_fail(r->err, LUT_ENOMEM, "%s: no memory for its nets", r->file->name);
    r->w.n = 0;
}

/* ---- words ---- */

static const char *skip_blank(const char *c)
{
    for (;;) {
        if (isspace((unsigned char)*c))
            c++;
        else if (*c == '`' || (c[0] == '/' && c[1] == '/'))
            c += strcspn(c, "\n");
        else
            return c;
    }
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* 64'h0123, 4'd7, 1'b0, 12 */
static void take_number(reader *r, const char *c)
{
    char *end;
    uint64_t v = strtoull(c, &end, 10);

    r->w.number = true;
    r->w.bits = 0;
    if (*end == '\'') {
        int base = end[1] == 'h' ? 16 : end[1] == 'd' ? 10 : end[1] == 'b' ? 2 : 0;

        r->w.bits = v < 65 ? (unsigned)v : 65;
        if (base && is_name(end[2]))
            v = strtoull(end + 2, &end, base);
        else
            r->w.bits = 65;
    }
    r->w.value = v;
    r->w.n = (size_t)(end - c);
    if (r->w.bits > 64 || is_name(*end) ||
        (r->w.bits && r->w.bits < 64 && v >> r->w.bits))
        refuse(r, "want a number that fits its size");
}

static void next(reader *r)
{
    const char *c = skip_blank(r->at);

    if (!READ(r))
        return;
    r->w = (word){ .at = c };
    if (isdigit((unsigned char)*c)) {
        take_number(r, c);
    } else if (is_name(*c) || *c == '$') {
        while (is_name(c[r->w.n]) || c[r->w.n] == '$')
            r->w.n++;
    } else {
        r->w.n = *c == 0                                                        ? 0
                 : (c[0] == '|' && c[1] == '|') || (c[0] == '!' && c[1] == '=') ? 2
                                                                                : 1;
    }
    r->at = c + r->w.n;
}

static bool is(const reader *r, const char *text)
{
    return READ(r) && !r->w.number && r->w.n == strlen(text) &&
           memcmp(r->w.at, text, r->w.n) == 0;
}

static bool accept(reader *r, const char *text)
{
    bool found = is(r, text);

    if (found)
        next(r);
    return found;
}

static void expect(reader *r, const char *text)
{
    char what[60] = "want ";

    if (accept(r, text))
        return;
    strncat(what, text, 40);
    refuse(r, what);
}

static word take_name(reader *r)
{
    word w = r->w;

    if (!READ(r) || w.number || w.n == 0 || !is_name(*w.at))
        refuse(r, "want a name");
    next(r);
    return w;
}

static uint32_t take_small(reader *r)
{
    uint64_t v = r->w.value;

    if (!READ(r) || !r->w.number || v > 1 << 24) {
        refuse(r, "want a small number");
        return 0;
    }
    next(r);
    return (uint32_t)v;
}

/* To the bracket that closes the one before. */
static void skip_brackets(reader *r)
{
    for (unsigned open = 1; READ(r) && open;) {
        if (r->w.n == 0)
            refuse(r, "the text ends inside brackets");
        open += is(r, "(");
        open -= is(r, ")");
        next(r);
    }
}

/* ---- nets ---- */

static uint32_t new_net(reader *r, const verilog_net *net)
{
    verilog_model *m = r->m;

    if (m->nnets == r->room) {
        uint32_t room = r->room ? 2 * r->room : 4096;
        verilog_net *more = realloc(m->net, room * sizeof *more);

        if (!more) {
            no_memory(r);
            return 0;
        }
        m->net = more;
        r->room = room;
    }
    m->net[m->nnets] = *net;
    return m->nnets++;
}

static void pool_push(reader *r, uint32_t net)
{
    if (r->used == r->places) {
        size_t places = r->places ? 2 * r->places : 4096;
        uint32_t *more = realloc(r->pool, places * sizeof *more);

        if (!more) {
            no_memory(r);
            return;
        }
        r->pool = more;
        r->places = places;
    }
    r->pool[r->used++] = net;
}

static uint32_t bit_of(const reader *r, vector v, uint32_t i)
{
    return i < v.n ? r->pool[v.at + i] : 0;
}

static uint32_t table(reader *r, uint64_t tt, unsigned k, uint32_t a, uint32_t b,
                      uint32_t c)
{
    return new_net(
        r,
        &(verilog_net){ .tt = tt, .k = (uint8_t)k, .in = { a, b, c }, .kind = TABLE });
}

/* The net takes the value of another. */
static void drive(reader *r, uint32_t net, uint32_t from)
{
    if (!READ(r))
        return;
    if (r->m->net[net].kind != FREE)
        refuse(r, "a bit has two drivers");
    else
        r->m->net[net] =
            (verilog_net){ .tt = 2, .k = 1, .in = { from }, .kind = TABLE };
}

static void drive_all(reader *r, vector to, vector from)
{
    if (READ(r) && to.n != from.n)
        refuse(r, "widths differ");
    for (uint32_t i = 0; READ(r) && i < to.n; i++)
        drive(r, bit_of(r, to, i), bit_of(r, from, i));
}

/* ---- names ---- */

static size_t hash(const char *name, size_t n)
{
    size_t h = 14695981039346656037u;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)name[i]) * 1099511628211u;
    return h;
}

static symbol *place_of(const scope *s, const char *name, size_t n)
{
    size_t i = hash(name, n) & (s->places - 1);

    while (s->symbol[i].name &&
           (s->symbol[i].n != n || memcmp(s->symbol[i].name, name, n) != 0))
        i = (i + 1) & (s->places - 1);
    return &s->symbol[i];
}

static void grow(reader *r, scope *s)
{
    scope wide = { .used = s->used, .places = s->places ? 2 * s->places : 256 };

    wide.symbol = calloc(wide.places, sizeof *wide.symbol);
    if (!wide.symbol) {
        no_memory(r);
        return;
    }
    for (size_t i = 0; i < s->places; i++)
        if (s->symbol[i].name)
            *place_of(&wide, s->symbol[i].name, s->symbol[i].n) = s->symbol[i];
    free(s->symbol);
    *s = wide;
}

static void define(reader *r, word name, vector v)
{
    scope *s = r->names;
    symbol *at;

    if (2 * s->used >= s->places)
        grow(r, s);
    if (!READ(r))
        return;
    at = place_of(s, name.at, name.n);
    if (at->name) {
        refuse(r, "a name is there twice");
        return;
    }
    *at = (symbol){ .name = name.at, .n = name.n, .bus.width = v.n };
    at->bus.net = malloc((v.n + 1) * sizeof *at->bus.net);
    if (!at->bus.net) {
        no_memory(r);
        return;
    }
    for (uint32_t i = 0; i < v.n; i++)
        at->bus.net[i] = bit_of(r, v, i);
    s->used++;
}

static vector find(reader *r, word name)
{
    vector v = { r->used, 0 };
    const symbol *at = r->names->places ? place_of(r->names, name.at, name.n) : NULL;

    if (!READ(r))
        return v;
    if (!at || !at->name) {
        refuse(r, "no such wire");
        return v;
    }
    for (uint32_t i = 0; i < at->bus.width; i++)
        pool_push(r, at->bus.net[i]);
    v.n = at->bus.width;
    return v;
}

static void free_scope(scope *s)
{
    for (size_t i = 0; i < s->places; i++)
        free(s->symbol[i].bus.net);
    free(s->symbol);
}

static vector fresh(reader *r, uint32_t width)
{
    vector v = { r->used, width };

    for (uint32_t i = 0; READ(r) && i < width; i++)
        pool_push(r, new_net(r, &(verilog_net){ .kind = FREE }));
    return v;
}

/* ---- expressions ---- */

static vector expression(reader *r);

static vector constant(reader *r)
{
    vector v = { r->used, r->w.bits };

    if (r->w.bits == 0)
        refuse(r, "want a size for the number");
    for (unsigned i = 0; READ(r) && i < r->w.bits; i++)
        pool_push(r, r->w.value >> i & 1);
    next(r);
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
        vector part = expression(r);

        turn(r, part.at, part.n);
    } while (accept(r, ","));
    expect(r, "}");
    turn(r, first, r->used - first);
    return (vector){ first, (uint32_t)(r->used - first) };
}

/* NAME, NAME[i], NAME[high:low] */
static vector selection(reader *r)
{
    vector all = find(r, take_name(r)), v = all;
    uint32_t high, low;

    if (!accept(r, "["))
        return all;
    high = low = take_small(r);
    if (accept(r, ":"))
        low = take_small(r);
    expect(r, "]");
    if (READ(r) && (low > high || high >= all.n))
        refuse(r, "bits beyond the vector");
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
        refuse(r, "brackets nested too deep");
    if (!READ(r))
        return v;
    if (r->w.number)
        v = constant(r);
    else if (accept(r, "{"))
        v = concatenation(r);
    else if (accept(r, "(")) {
        v = expression(r);
        expect(r, ")");
    } else if (accept(r, "~") || accept(r, "!")) {
        v = primary(r);
        for (uint32_t i = 0; READ(r) && i < v.n; i++)
            r->pool[v.at + i] = table(r, 1, 1, r->pool[v.at + i], 0, 0);
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

    while (READ(r) && accept(r, "+")) {
        uint32_t carry = 0;

        b = primary(r);
        if (READ(r) && a.n != b.n)
            refuse(r, "widths of a sum differ");
        for (uint32_t i = 0; READ(r) && i < a.n; i++) {
            uint32_t x = bit_of(r, a, i), y = bit_of(r, b, i);

            r->pool[a.at + i] = table(r, 0x96, 3, x, y, carry);
            carry = table(r, 0xe8, 3, x, y, carry);
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

    if (!READ(r) || !accept(r, ">"))
        return a;
    b = sum(r);
    if (READ(r) && a.n != b.n)
        refuse(r, "widths of a comparison differ");
    for (uint32_t i = 0; READ(r) && i < a.n; i++)
        above = table(r, 0xb2, 3, bit_of(r, a, i), bit_of(r, b, i), above);
    return replace(r, a, &above, 1);
}

static vector parity(reader *r)
{
    vector a = comparison(r), b;

    while (READ(r) && (is(r, "^") || is(r, "||"))) {
        uint64_t tt = is(r, "^") ? 6 : 14;
        uint32_t x;

        next(r);
        b = comparison(r);
        if (READ(r) && (a.n != 1 || b.n != 1))
            refuse(r, "want single bits");
        x = table(r, tt, 2, bit_of(r, a, 0), bit_of(r, b, 0), 0);
        a = replace(r, a, &x, 1);
    }
    return a;
}

static vector expression(reader *r)
{
    vector s = parity(r), a, b;

    if (!READ(r) || !accept(r, "?"))
        return s;
    a = expression(r);
    expect(r, ":");
    b = expression(r);
    if (READ(r) && (s.n != 1 || a.n != b.n))
        refuse(r, "widths of a choice differ");
    for (uint32_t i = 0; READ(r) && i < a.n; i++) {
        uint32_t x = bit_of(r, s, 0);

        r->pool[a.at + i] = table(r, 0xca, 3, x, bit_of(r, a, i), bit_of(r, b, i));
    }
    if (READ(r))
        memmove(r->pool + s.at, r->pool + a.at, a.n * sizeof *r->pool);
    r->used = s.at + a.n;
    return (vector){ s.at, a.n };
}

/* ---- modules ---- */

static void module(reader *r, port *outer, size_t nouter, uint64_t set,
                   verilog_model *top);

static uint32_t take_range(reader *r)
{
    uint32_t high;

    if (!accept(r, "["))
        return 1;
    high = take_small(r);
    expect(r, ":");
    if (take_small(r) != 0)
        refuse(r, "want vectors that end at 0");
    expect(r, "]");
    return high + 1;
}

static bool same_name(word a, const char *text)
{
    return a.n == strlen(text) && memcmp(a.at, text, a.n) == 0;
}

static bool same_word(word a, word b)
{
    return a.n == b.n && memcmp(a.at, b.at, a.n) == 0;
}

/* .NAME(expression), ... ) ; */
static size_t connections(reader *r, port *p)
{
    size_t n = 0;

    do {
        expect(r, ".");
        if (n == PORTS)
            refuse(r, "too many ports");
        if (!READ(r))
            break;
        p[n].name = take_name(r);
        expect(r, "(");
        p[n++].outer = expression(r);
        expect(r, ")");
    } while (READ(r) && accept(r, ","));
    expect(r, ")");
    expect(r, ";");
    return n;
}

static vector connected(reader *r, const port *p, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (same_name(p[i].name, name))
            return p[i].outer;
    refuse(r, "a port is not connected");
    return (vector){ 0, 0 };
}

/* LUTk #(.INIT(...)): pin I0 is the lowest bit of the address. */
static void lut_instance(reader *r, unsigned k)
{
    port p[PORTS];
    size_t n;
    verilog_net net = { .k = (uint8_t)k, .kind = TABLE };
    vector out;

    expect(r, "#");
    expect(r, "(");
    expect(r, ".");
    expect(r, "INIT");
    expect(r, "(");
    net.tt = r->w.value;
    if (!r->w.number || r->w.bits != 1u << k)
        refuse(r, "want a table of the size of the LUT");
    next(r);
    expect(r, ")");
    expect(r, ")");
    take_name(r);
    expect(r, "(");
    n = connections(r, p);
    out = connected(r, p, n, "O");
    if (READ(r) && n != k + 1)
        refuse(r, "too many pins");
    for (unsigned j = 0; READ(r) && j < k; j++) {
        const char pin[] = { 'I', (char)('0' + j), 0 };
        vector v = connected(r, p, n, pin);

        if (READ(r) && v.n != 1)
            refuse(r, "want one bit");
        net.in[k - 1 - j] = bit_of(r, v, 0);
    }
    if (READ(r) && (out.n != 1 || r->m->net[bit_of(r, out, 0)].kind != FREE))
        refuse(r, "a bit has two drivers");
    if (READ(r))
        r->m->net[bit_of(r, out, 0)] = net;
    r->m->luts++;
}

/* Register stages are wires. */
static void pipe_instance(reader *r)
{
    port p[PORTS];
    uint32_t width = 0;
    size_t n;

    expect(r, "#");
    expect(r, "(");
    expect(r, ".");
    expect(r, "W");
    expect(r, "(");
    width = take_small(r);
    expect(r, ")");
    expect(r, ",");
    skip_brackets(r);
    take_name(r);
    expect(r, "(");
    n = connections(r, p);
    if (READ(r) && connected(r, p, n, "m_data").n != width)
        refuse(r, "widths differ");
    drive_all(r, connected(r, p, n, "m_data"), connected(r, p, n, "s_data"));
    drive_all(r, connected(r, p, n, "m_valid"), connected(r, p, n, "s_valid"));
}

/* The text of a module, wherever it is; what follows is read there. */
static void find_module(reader *r, word name)
{
    for (size_t i = 0; i < r->nsources; i++) {
        r->file = &r->source[i];
        r->at = r->file->text;
        r->w = (word){ .at = r->at, .n = 0 };
        for (next(r); READ(r) && r->w.n;) {
            bool found = is(r, "module");

            next(r);
            if (found && r->w.n == name.n && memcmp(r->w.at, name.at, name.n) == 0)
                return;
        }
        if (!READ(r))
            return;
    }
    r->st = lut_fail(r->err, LUT_EFORMAT, "no file has the module %.*s", (int)name.n,
                     name.at);
}

static void module_instance(reader *r, word name)
{
    port p[PORTS];
    reader here;
    size_t n;
    uint64_t set;
    scope inner = { 0 };

    expect(r, "#");
    expect(r, "(");
    expect(r, ".");
    expect(r, "SET");
    expect(r, "(");
    set = r->w.value;
    if (!r->w.number)
        refuse(r, "want a number");
    next(r);
    expect(r, ")");
    expect(r, ")");
    take_name(r);
    expect(r, "(");
    n = connections(r, p);
    if (!READ(r))
        return;
    here = *r;
    r->names = &inner;
    find_module(r, name);
    module(r, p, n, set, NULL);
    free_scope(&inner);
    r->names = here.names;
    if (READ(r)) {
        r->file = here.file;
        r->at = here.at;
        r->w = here.w;
    }
}

static void instance(reader *r, word name)
{
    if (name.n == 4 && memcmp(name.at, "LUT", 3) == 0 && name.at[3] >= '1' &&
        name.at[3] <= '6')
        lut_instance(r, (unsigned)(name.at[3] - '0'));
    else if (same_name(name, "lutnet_pipe") || same_name(name, "lutnet_delay"))
        pipe_instance(r);
    else
        module_instance(r, name);
}

/* wire [range] name, name = expression; */
static void wires(reader *r)
{
    uint32_t width = take_range(r);
    word name = take_name(r);
    vector v;

    if (same_name(name, "unused")) { /* sinks for lint; nothing reads them */
        while (READ(r) && r->w.n && !is(r, ";"))
            next(r);
        expect(r, ";");
        return;
    }
    v = fresh(r, width);
    define(r, name, v);
    if (accept(r, "="))
        drive_all(r, v, expression(r));
    expect(r, ";");
}

static void guard(reader *r, uint64_t set)
{
    expect(r, "if");
    expect(r, "(");
    expect(r, "SET");
    expect(r, "!=");
    if (READ(r) && (!r->w.number || r->w.value != set))
        refuse(r, "the files belong to different networks");
    next(r);
    expect(r, ")");
    while (READ(r) && r->w.n && !is(r, "endgenerate"))
        next(r);
    expect(r, "endgenerate");
}

static void item(reader *r, uint64_t set)
{
    size_t mark = r->used;

    if (accept(r, "wire"))
        wires(r);
    else if (accept(r, "assign")) {
        vector to = find(r, take_name(r));

        expect(r, "=");
        drive_all(r, to, expression(r));
        expect(r, ";");
    } else if (accept(r, "generate"))
        guard(r, set);
    else
        instance(r, take_name(r));
    r->used = mark;
}

/* #( parameter ... ): SET has to be that of the instance. */
static void parameters(reader *r, uint64_t set)
{
    expect(r, "#");
    expect(r, "(");
    do {
        expect(r, "parameter");
        if (accept(r, "integer")) {
            take_name(r);
            expect(r, "=");
            take_small(r);
        } else {
            take_range(r);
            expect(r, "SET");
            expect(r, "=");
            if (READ(r) && r->w.value != set)
                refuse(r, "the files belong to different networks");
            next(r);
        }
    } while (READ(r) && accept(r, ","));
    expect(r, ")");
}

static void module_ports(reader *r, const port *outer, size_t nouter,
                         verilog_model *top)
{
    expect(r, "(");
    do {
        bool output = is(r, "output");
        uint32_t width;
        word name;
        vector v;

        if (!output && !is(r, "input"))
            refuse(r, "want a port");
        next(r);
        expect(r, "wire");
        width = take_range(r);
        name = take_name(r);
        v = (vector){ 0, 0 };
        for (size_t i = 0; i < nouter; i++)
            if (same_word(outer[i].name, name))
                v = outer[i].outer;
        if (top)
            v = fresh(r, width);
        if (READ(r) && v.n != width)
            refuse(r, "a port is not connected, or to another width");
        for (uint32_t i = 0; READ(r) && top && !output && i < width; i++)
            r->m->net[bit_of(r, v, i)].kind = INPUT;
        define(r, name, v);
    } while (READ(r) && accept(r, ","));
    expect(r, ")");
    expect(r, ";");
}

/* The reader stands at the name behind "module". */
static void module(reader *r, port *outer, size_t nouter, uint64_t set,
                   verilog_model *top)
{
    size_t mark = r->used;

    take_name(r);
    parameters(r, set);
    module_ports(r, outer, nouter, top);
    while (READ(r) && r->w.n && !is(r, "endmodule"))
        item(r, set);
    expect(r, "endmodule");
    r->used = mark;
}

/* ---- order ---- */

/* Depth first, with a stack of its own: networks are deep where adders ripple. */
static lut_status visit(verilog_model *m, uint8_t *mark, uint32_t *stack,
                        uint32_t first, lut_err *err)
{
    size_t n = 0;

    stack[n++] = first;
    while (n) {
        uint32_t at = stack[n - 1];
        const verilog_net *net = &m->net[at];
        uint32_t todo = at;

        if (net->kind == FREE)
            return lut_fail(err, LUT_EFORMAT,
                            "a bit that an output needs has no driver");
        mark[at] = mark[at] ? mark[at] : 1;
        for (unsigned j = 0; net->kind == TABLE && j < net->k; j++)
            if (mark[net->in[j]] < 2)
                todo = net->in[j];
        if (todo == at && mark[at] < 2) {
            mark[at] = 2;
            if (net->kind == TABLE)
                m->order[m->norder++] = at;
        }
        if (todo == at)
            n--;
        else if (mark[todo] == 1)
            return lut_fail(err, LUT_EFORMAT, "a bit depends on itself");
        else
            stack[n++] = todo;
    }
    return LUT_OK;
}

static lut_status sort_nets(verilog_model *m, const verilog_bus *wanted, size_t nwanted,
                            lut_err *err)
{
    uint8_t *mark = calloc(m->nnets, 1);
    uint32_t *stack = malloc(((size_t)m->nnets + 1) * sizeof *stack);
    lut_status st = LUT_OK;

    free(m->order);
    m->norder = 0;
    m->order = malloc(m->nnets * sizeof *m->order);
    if (!mark || !stack || !m->order)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %u nets", (unsigned)m->nnets);
    for (size_t i = 0; st == LUT_OK && i < nwanted; i++)
        for (uint32_t j = 0; st == LUT_OK && j < wanted[i].width; j++)
            if (mark[wanted[i].net[j]] < 2)
                st = visit(m, mark, stack, wanted[i].net[j], err);
    free(mark);
    free(stack);
    return st;
}

lut_status verilog_cut(verilog_model *m, const verilog_bus *bus,
                       const verilog_bus *wanted, size_t nwanted, lut_err *err)
{
    for (uint32_t i = 0; i < bus->width; i++)
        m->net[bus->net[i]].kind = INPUT;
    return sort_nets(m, wanted, nwanted, err);
}

/* ---- the whole ---- */

static lut_status copy_bus(verilog_bus *out, const scope *s, const char *name,
                           lut_err *err)
{
    const symbol *at = s->places ? place_of(s, name, strlen(name)) : NULL;

    if (!at || !at->name)
        return lut_fail(err, LUT_EFORMAT, "the top module has no %s", name);
    out->net = malloc(at->bus.width * sizeof *out->net);
    if (!out->net)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u bits",
                        (unsigned)at->bus.width);
    out->width = at->bus.width;
    memcpy(out->net, at->bus.net, at->bus.width * sizeof *out->net);
    return LUT_OK;
}

static lut_status keep_between(verilog_model *m, const scope *s, lut_err *err)
{
    char name[16];

    for (unsigned i = 0;; i++) {
        verilog_bus *more;

        snprintf(name, sizeof name, "d%u", i);
        if (!place_of(s, name, strlen(name))->name)
            return LUT_OK;
        more = realloc(m->between, (i + 1) * sizeof *more);
        if (!more)
            return lut_fail(err, LUT_ENOMEM, "no memory for %u blocks", i + 1);
        m->between = more;
        more[i] = (verilog_bus){ 0 };
        m->nbetween = i + 1;
        LUT_TRY(copy_bus(&more[i], s, name, err));
    }
}

static lut_status finish(verilog_model *m, const scope *s, lut_err *err)
{
    LUT_TRY(copy_bus(&m->input, s, "s_data", err));
    LUT_TRY(copy_bus(&m->klass, s, "m_class", err));
    LUT_TRY(copy_bus(&m->score, s, "m_score", err));
    LUT_TRY(keep_between(m, s, err));
    return sort_nets(m, (verilog_bus[]){ m->klass, m->score }, 2, err);
}

lut_status verilog_read(verilog_model *m, const verilog_source *source, size_t n,
                        const char *top, lut_err *err)
{
    scope names = { 0 };
    reader r = { .m = m,
                 .source = source,
                 .file = source,
                 .nsources = n,
                 .names = &names,
                 .err = err };

    *m = (verilog_model){ 0 };
    new_net(&r, &(verilog_net){ .tt = 0, .kind = CONSTANT });
    new_net(&r, &(verilog_net){ .tt = 1, .kind = CONSTANT });
    find_module(&r, (word){ .at = top, .n = strlen(top) });
    module(&r, NULL, 0, 0, m);
    if (READ(&r))
        r.st = finish(m, &names, err);
    free_scope(&names);
    free(r.pool);
    if (!READ(&r))
        verilog_model_fini(m);
    return r.st;
}

void verilog_model_fini(verilog_model *m)
{
    for (uint32_t i = 0; i < m->nbetween; i++)
        free(m->between[i].net);
    free(m->between);
    free(m->input.net);
    free(m->klass.net);
    free(m->score.net);
    free(m->order);
    free(m->net);
    *m = (verilog_model){ 0 };
}

/* Multiplexers from the last input to the first. */
static uint64_t look_up(const verilog_net *net, const uint64_t *value)
{
    uint64_t v[32], last = value[net->in[net->k - 1]];
    unsigned n = 1u << (net->k - 1);

    for (unsigned i = 0; i < n; i++) {
        uint64_t lo = -(net->tt >> (2 * i) & 1), hi = -(net->tt >> (2 * i + 1) & 1);

        v[i] = (lo & ~last) | (hi & last);
    }
    for (unsigned j = net->k - 1; j-- > 0;) {
        n /= 2;
        for (unsigned i = 0; i < n; i++)
            v[i] = (v[2 * i] & ~value[net->in[j]]) | (v[2 * i + 1] & value[net->in[j]]);
    }
    return v[0];
}

void verilog_eval(const verilog_model *m, uint64_t *value)
{
    value[0] = 0;
    value[1] = UINT64_MAX;
    for (uint32_t i = 0; i < m->norder; i++)
        value[m->order[i]] = look_up(&m->net[m->order[i]], value);
}
