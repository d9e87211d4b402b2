#include "lib/export/verilog_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- failures ---- */

static unsigned line_of(const reader *r)
{
    unsigned line = 1;

    for (const char *c = r->file->text; c < r->w.at && *c; c++)
        line += *c == '\n';
    return line;
}

/* The first failure stays; reading then runs dry, since every word is the end. */
void verilog_refuse(reader *r, const char *what)
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
        verilog_refuse(r, "want a number that fits its size");
}

void verilog_next(reader *r)
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
        r->w.n = *c == 0 ? 0
                 : (c[0] == '|' && c[1] == '|') || (*c == '!' && c[1] == '=') ||
                         (*c == '=' && c[1] == '=')
                     ? 2
                     : 1;
    }
    r->at = c + r->w.n;
}

bool verilog_is(const reader *r, const char *text)
{
    return READ(r) && !r->w.number && r->w.n == strlen(text) &&
           memcmp(r->w.at, text, r->w.n) == 0;
}

bool verilog_accept(reader *r, const char *text)
{
    bool found = verilog_is(r, text);

    if (found)
        verilog_next(r);
    return found;
}

void verilog_want(reader *r, const char *text)
{
    char what[60] = "want ";

    if (verilog_accept(r, text))
        return;
    strncat(what, text, 40);
    verilog_refuse(r, what);
}

word verilog_take_name(reader *r)
{
    word w = r->w;

    if (!READ(r) || w.number || w.n == 0 || !is_name(*w.at))
        verilog_refuse(r, "want a name");
    verilog_next(r);
    return w;
}

uint32_t verilog_take_small(reader *r)
{
    uint64_t v = r->w.value;

    if (!READ(r) || !r->w.number || v > 1 << 24) {
        verilog_refuse(r, "want a small number");
        return 0;
    }
    verilog_next(r);
    return (uint32_t)v;
}

/* ---- numbers of registers ---- */

static whole whole_primary(reader *r)
{
    whole x = { { 0 } };

    if (++r->depth > NAMES)
        verilog_refuse(r, "brackets nested too deep");
    if (verilog_accept(r, "(")) {
        x = verilog_whole(r);
        verilog_want(r, ")");
    } else if (READ(r) && r->w.number) {
        uint32_t v = verilog_take_small(r);

        for (unsigned i = 0; i < PROBES; i++)
            x.v[i] = v;
    } else {
        word name = verilog_take_name(r);
        unsigned i = 0;

        while (i < r->nparameters &&
               (r->parameter[i].name.n != name.n ||
                memcmp(r->parameter[i].name.at, name.at, name.n) != 0))
            i++;
        if (i == r->nparameters)
            verilog_refuse(r, "no such parameter");
        else
            x = r->parameter[i].value;
    }
    r->depth--;
    return x;
}

static whole whole_quotient(reader *r)
{
    whole a = whole_primary(r), b;

    if (!verilog_accept(r, "/"))
        return a;
    b = whole_primary(r);
    for (unsigned i = 0; i < PROBES; i++) {
        if (b.v[i] == 0)
            verilog_refuse(r, "division by zero");
        a.v[i] = b.v[i] ? a.v[i] / b.v[i] : 0;
    }
    return a;
}

static whole whole_sum(reader *r)
{
    whole a = whole_quotient(r), b;

    while (verilog_is(r, "+") || verilog_is(r, "-")) {
        int sign = verilog_is(r, "+") ? 1 : -1;

        verilog_next(r);
        b = whole_quotient(r);
        for (unsigned i = 0; i < PROBES; i++)
            a.v[i] += sign * b.v[i];
    }
    return a;
}

/* NAME, numbers, brackets, a / b, + and -, a > b, c ? a : b: what shares out registers. */
whole verilog_whole(reader *r)
{
    whole a = whole_sum(r), b;

    if (verilog_accept(r, ">")) {
        b = whole_sum(r);
        for (unsigned i = 0; i < PROBES; i++)
            a.v[i] = a.v[i] > b.v[i];
    }
    if (verilog_accept(r, "?")) {
        whole yes = verilog_whole(r), no;

        verilog_want(r, ":");
        no = verilog_whole(r);
        for (unsigned i = 0; i < PROBES; i++)
            a.v[i] = a.v[i] ? yes.v[i] : no.v[i];
    }
    return a;
}

/* ---- nets ---- */

uint32_t verilog_new_net(reader *r, const verilog_net *net)
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

void verilog_pool_push(reader *r, uint32_t net)
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

uint32_t verilog_bit_of(const reader *r, vector v, uint32_t i)
{
    return i < v.n ? r->pool[v.at + i] : 0;
}

uint32_t verilog_table(reader *r, uint64_t tt, unsigned k, uint32_t a, uint32_t b,
                       uint32_t c)
{
    return verilog_new_net(
        r, &(verilog_net){
               .tt = tt, .k = (uint8_t)k, .in = { a, b, c }, .kind = VERILOG_TABLE });
}

port *verilog_push_port(reader *r)
{
    if (r->nports == r->port_room) {
        size_t room = r->port_room ? 2 * r->port_room : 64;
        port *more = realloc(r->port, room * sizeof *more);

        if (!more) {
            no_memory(r);
            return NULL;
        }
        r->port = more;
        r->port_room = room;
    }
    r->port[r->nports] = (port){ .outer = { 0, 0 } };
    return &r->port[r->nports++];
}

/* The net takes the value of another. */
static void drive(reader *r, uint32_t net, uint32_t from)
{
    if (!READ(r))
        return;
    if (r->m->net[net].kind != VERILOG_FREE)
        verilog_refuse(r, "a bit has two drivers");
    else
        r->m->net[net] =
            (verilog_net){ .tt = 2, .k = 1, .in = { from }, .kind = VERILOG_TABLE };
}

void verilog_drive_all(reader *r, vector to, vector from)
{
    if (READ(r) && to.n != from.n)
        verilog_refuse(r, "widths differ");
    for (uint32_t i = 0; READ(r) && i < to.n; i++)
        drive(r, verilog_bit_of(r, to, i), verilog_bit_of(r, from, i));
}

/* ---- names ---- */

static size_t hash(const char *name, size_t n)
{
    size_t h = 14695981039346656037u;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)name[i]) * 1099511628211u;
    return h;
}

symbol *verilog_place_of(const scope *s, const char *name, size_t n)
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
            *verilog_place_of(&wide, s->symbol[i].name, s->symbol[i].n) = s->symbol[i];
    free(s->symbol);
    *s = wide;
}

void verilog_define(reader *r, word name, vector v)
{
    scope *s = r->names;
    symbol *at;

    if (2 * s->used >= s->places)
        grow(r, s);
    if (!READ(r))
        return;
    at = verilog_place_of(s, name.at, name.n);
    if (at->name) {
        verilog_refuse(r, "a name is there twice");
        return;
    }
    *at = (symbol){ .name = name.at, .n = name.n, .bus.width = v.n };
    at->bus.net = malloc((v.n + 1) * sizeof *at->bus.net);
    if (!at->bus.net) {
        no_memory(r);
        return;
    }
    for (uint32_t i = 0; i < v.n; i++)
        at->bus.net[i] = verilog_bit_of(r, v, i);
    s->used++;
}

vector verilog_find(reader *r, word name)
{
    vector v = { r->used, 0 };
    const symbol *at =
        r->names->places ? verilog_place_of(r->names, name.at, name.n) : NULL;

    if (!READ(r))
        return v;
    if (!at || !at->name) {
        verilog_refuse(r, "no such wire");
        return v;
    }
    for (uint32_t i = 0; i < at->bus.width; i++)
        verilog_pool_push(r, at->bus.net[i]);
    v.n = at->bus.width;
    return v;
}

void verilog_free_scope(scope *s)
{
    for (size_t i = 0; i < s->places; i++)
        free(s->symbol[i].bus.net);
    free(s->symbol);
}

vector verilog_fresh(reader *r, uint32_t width)
{
    vector v = { r->used, width };

    for (uint32_t i = 0; READ(r) && i < width; i++)
        verilog_pool_push(r,
                          verilog_new_net(r, &(verilog_net){ .kind = VERILOG_FREE }));
    return v;
}
