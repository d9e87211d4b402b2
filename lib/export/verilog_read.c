/* A reader of the subset of Verilog that the writer uses: one pass over the words of a module
 * for each instance, expressions broken into tables of single bits as they are read. */
#include "lib/export/verilog_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- modules ---- */

static void module(reader *r, ports outer, uint64_t set, verilog_model *top);

static uint32_t take_range(reader *r)
{
    uint32_t high;

    if (!verilog_accept(r, "["))
        return 1;
    high = verilog_take_small(r);
    verilog_want(r, ":");
    if (verilog_take_small(r) != 0)
        verilog_refuse(r, "want vectors that end at 0");
    verilog_want(r, "]");
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
static ports connections(reader *r)
{
    ports p = { r->nports, 0 };

    do {
        word name;
        vector outer;
        port *to;

        verilog_want(r, ".");
        name = verilog_take_name(r);
        verilog_want(r, "(");
        outer = verilog_expression(r);
        verilog_want(r, ")");
        to = READ(r) ? verilog_push_port(r) : NULL;
        if (to)
            *to = (port){ .name = name, .outer = outer };
    } while (READ(r) && verilog_accept(r, ","));
    verilog_want(r, ")");
    verilog_want(r, ";");
    p.n = r->nports - p.at;
    return p;
}

/* Most ports stand at the place where they are looked for. */
static const port *port_of(const reader *r, ports p, word name, size_t guess)
{
    for (size_t i = 0; i < p.n; i++) {
        const port *at = &r->port[p.at + (guess + i) % p.n];

        if (same_word(at->name, name))
            return at;
    }
    return NULL;
}

static vector connected(reader *r, ports p, const char *name)
{
    const port *at = port_of(r, p, (word){ .at = name, .n = strlen(name) }, 0);

    if (at)
        return at->outer;
    verilog_refuse(r, "a port is not connected");
    return (vector){ 0, 0 };
}

/* Of an instance or a generated block: no signal, but no tool takes two of one name. */
static void define_name(reader *r)
{
    word name = verilog_take_name(r);

    if (READ(r))
        verilog_define(r, name, (vector){ r->used, 0 });
}

/* LUTk #(.INIT(...)): pin I0 is the lowest bit of the address. */
static void lut_instance(reader *r, unsigned k)
{
    ports p;
    verilog_net net = { .k = (uint8_t)k, .kind = VERILOG_TABLE };
    vector out;

    verilog_want(r, "#");
    verilog_want(r, "(");
    verilog_want(r, ".");
    verilog_want(r, "INIT");
    verilog_want(r, "(");
    net.tt = r->w.value;
    if (!r->w.number || r->w.bits != 1u << k)
        verilog_refuse(r, "want a table of the size of the LUT");
    verilog_next(r);
    verilog_want(r, ")");
    verilog_want(r, ")");
    define_name(r);
    verilog_want(r, "(");
    p = connections(r);
    out = connected(r, p, "O");
    if (READ(r) && p.n != k + 1)
        verilog_refuse(r, "too many pins");
    for (unsigned j = 0; READ(r) && j < k; j++) {
        const char pin[] = { 'I', (char)('0' + j), 0 };
        vector v = connected(r, p, pin);

        if (READ(r) && v.n != 1)
            verilog_refuse(r, "want one bit");
        net.in[k - 1 - j] = verilog_bit_of(r, v, 0);
    }
    if (READ(r) &&
        (out.n != 1 || r->m->net[verilog_bit_of(r, out, 0)].kind != VERILOG_FREE))
        verilog_refuse(r, "a bit has two drivers");
    if (READ(r))
        r->m->net[verilog_bit_of(r, out, 0)] = net;
    r->m->luts++;
}

/* The two are the same bits, or the first are the second with a wire between. */
static void want_same(reader *r, vector to, vector from)
{
    if (READ(r) && to.n != from.n)
        verilog_refuse(r, "widths differ");
    for (uint32_t i = 0; READ(r) && i < to.n; i++) {
        uint32_t a = verilog_bit_of(r, to, i), b = verilog_bit_of(r, from, i);
        const verilog_net *net = &r->m->net[a];

        if (a != b && (net->kind != VERILOG_TABLE || net->k != 1 || net->tt != 2 ||
                       net->in[0] != b))
            verilog_refuse(r, "registers join other bits than wires do");
    }
}

/* .clk(clk): it, and nothing else. */
static void want_named(reader *r, ports p, const char *name)
{
    size_t mark = r->used;

    want_same(r, connected(r, p, name),
              verilog_find(r, (word){ .at = name, .n = strlen(name) }));
    r->used = mark;
}

/* `wired`: the wires that stand there without registers are read already. */
static void join(reader *r, vector to, vector from, bool wired)
{
    if (wired)
        want_same(r, to, from);
    else
        verilog_drive_all(r, to, from);
}

/* lutnet_pipe, or lutnet_delay, #(.W(n), .STAGES(e)): register stages are wires. */
static void pipe_instance(reader *r, bool full, bool wired)
{
    ports p;
    uint32_t width;
    whole stages;

    verilog_want(r, "#");
    verilog_want(r, "(");
    verilog_want(r, ".");
    verilog_want(r, "W");
    verilog_want(r, "(");
    width = verilog_take_small(r);
    verilog_want(r, ")");
    verilog_want(r, ",");
    verilog_want(r, ".");
    verilog_want(r, "STAGES");
    verilog_want(r, "(");
    stages = verilog_whole(r);
    verilog_want(r, ")");
    verilog_want(r, ")");
    for (unsigned i = 0; i < PROBES; i++)
        r->registers.v[i] += stages.v[i];
    define_name(r);
    verilog_want(r, "(");
    p = connections(r);
    if (READ(r) && connected(r, p, "m_data").n != width)
        verilog_refuse(r, "widths differ");
    want_named(r, p, "clk");
    want_named(r, p, "rst_n");
    if (!full)
        want_named(r, p, "enable");
    join(r, connected(r, p, "m_data"), connected(r, p, "s_data"), wired);
    join(r, connected(r, p, "m_valid"), connected(r, p, "s_valid"), wired);
    if (full)
        join(r, connected(r, p, "s_ready"), connected(r, p, "m_ready"), wired);
    if (READ(r) && p.n != (full ? 8 : 7))
        verilog_refuse(r, "want the ports of registers");
}

/* The text of a module, wherever it is; what follows is read there. */
static void find_module(reader *r, word name)
{
    for (size_t i = 0; i < r->nsources; i++) {
        r->file = &r->source[i];
        r->at = r->file->text;
        r->w = (word){ .at = r->at, .n = 0 };
        for (verilog_next(r); READ(r) && r->w.n;) {
            bool found = verilog_is(r, "module");

            verilog_next(r);
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
    ports p;
    reader here;
    uint64_t set;
    scope inner = { 0 };

    verilog_want(r, "#");
    verilog_want(r, "(");
    verilog_want(r, ".");
    verilog_want(r, "SET");
    verilog_want(r, "(");
    set = r->w.value;
    if (!r->w.number)
        verilog_refuse(r, "want a number");
    verilog_next(r);
    verilog_want(r, ")");
    verilog_want(r, ")");
    define_name(r);
    verilog_want(r, "(");
    p = connections(r);
    if (!READ(r))
        return;
    here = *r;
    r->names = &inner;
    find_module(r, name);
    module(r, p, set, NULL);
    verilog_free_scope(&inner);
    r->names = here.names;
    if (READ(r)) {
        r->file = here.file;
        r->at = here.at;
        r->w = here.w;
    }
}

static void instance(reader *r, word name, bool wired)
{
    size_t mark = r->nports;

    if (name.n == 4 && memcmp(name.at, "LUT", 3) == 0 && name.at[3] >= '1' &&
        name.at[3] <= '6')
        lut_instance(r, (unsigned)(name.at[3] - '0'));
    else if (same_name(name, "lutnet_pipe") || same_name(name, "lutnet_delay"))
        pipe_instance(r, same_name(name, "lutnet_pipe"), wired);
    else
        module_instance(r, name);
    r->nports = mark;
}

/* Sinks for lint; nothing reads them. */
static bool is_sink(word name)
{
    return same_name(name, "unused");
}

/* wire [range] name, name, ...; or wire [range] name = expression; */
static void wires(reader *r)
{
    uint32_t width = take_range(r);

    do {
        word name = verilog_take_name(r);
        size_t mark = r->used;
        vector v;

        while (is_sink(name) && READ(r) && r->w.n && !verilog_is(r, ";"))
            verilog_next(r);
        if (is_sink(name))
            break;
        v = verilog_fresh(r, width);
        verilog_define(r, name, v);
        if (verilog_accept(r, "="))
            verilog_drive_all(r, v, verilog_expression(r));
        r->used = mark;
    } while (READ(r) && verilog_accept(r, ","));
    verilog_want(r, ";");
}

static void assignment(reader *r)
{
    vector to = verilog_find(r, verilog_take_name(r));

    verilog_want(r, "=");
    verilog_drive_all(r, to, verilog_expression(r));
    verilog_want(r, ";");
}

static void guard(reader *r, uint64_t set)
{
    verilog_want(r, "!=");
    if (READ(r) && (!r->w.number || r->w.value != set))
        verilog_refuse(r, "the files belong to different networks");
    verilog_next(r);
    verilog_want(r, ")");
    while (READ(r) && r->w.n && !verilog_is(r, "endgenerate"))
        verilog_next(r);
    verilog_want(r, "endgenerate");
}

/* if (NUMBER == 0) wires, else registers: of the same bits, and as many as NUMBER says. */
static void registers(reader *r)
{
    whole n = verilog_whole(r), before;

    verilog_want(r, "==");
    if (READ(r) && (!r->w.number || r->w.value != 0))
        verilog_refuse(r, "want 0");
    verilog_next(r);
    verilog_want(r, ")");
    verilog_want(r, "begin");
    verilog_want(r, ":");
    define_name(r);
    while (verilog_accept(r, "assign")) {
        size_t mark = r->used;

        assignment(r);
        r->used = mark;
    }
    verilog_want(r, "end");
    verilog_want(r, "else");
    verilog_want(r, "begin");
    verilog_want(r, ":");
    define_name(r);
    before = r->registers;
    instance(r, verilog_take_name(r), true);
    for (unsigned i = 0; READ(r) && i < PROBES; i++)
        if (r->registers.v[i] - before.v[i] != n.v[i])
            verilog_refuse(r, "want as many registers as are asked for");
    verilog_want(r, "end");
    verilog_want(r, "endgenerate");
}

static void item(reader *r, uint64_t set)
{
    size_t mark = r->used;

    if (verilog_accept(r, "wire")) {
        wires(r);
    } else if (verilog_accept(r, "assign")) {
        assignment(r);
    } else if (verilog_accept(r, "generate")) {
        verilog_want(r, "if");
        verilog_want(r, "(");
        if (verilog_accept(r, "SET"))
            guard(r, set);
        else
            registers(r);
    } else {
        instance(r, verilog_take_name(r), false);
    }
    r->used = mark;
}

/* Probe i of a parameter: its default, then numbers that differ from each other's. */
static void define_parameter(reader *r, word name, uint32_t value)
{
    parameter *p = &r->parameter[r->nparameters];

    if (r->nparameters == PARAMETERS) {
        verilog_refuse(r, "too many parameters");
        return;
    }
    p->name = name;
    for (unsigned i = 0; i < PROBES; i++)
        p->value.v[i] = i ? (i * 7 + r->nparameters * 5) % (PROBES + 3) : value;
    r->nparameters++;
}

/* #( parameter ... ): SET has to be that of the instance. */
static void parameters(reader *r, uint64_t set)
{
    verilog_want(r, "#");
    verilog_want(r, "(");
    do {
        verilog_want(r, "parameter");
        if (verilog_accept(r, "integer")) {
            word name = verilog_take_name(r);

            verilog_want(r, "=");
            define_parameter(r, name, verilog_take_small(r));
        } else {
            take_range(r);
            verilog_want(r, "SET");
            verilog_want(r, "=");
            if (READ(r) && r->w.value != set)
                verilog_refuse(r, "the files belong to different networks");
            verilog_next(r);
        }
    } while (READ(r) && verilog_accept(r, ","));
    verilog_want(r, ")");
}

static void one_port(reader *r, ports outer, verilog_model *top, bool output,
                     uint32_t width, size_t number)
{
    word name = verilog_take_name(r);
    const port *at = port_of(r, outer, name, number);
    vector v = at ? at->outer : (vector){ 0, 0 };

    if (top)
        v = verilog_fresh(r, width);
    if (READ(r) && v.n != width)
        verilog_refuse(r, "a port is not connected, or to another width");
    for (uint32_t i = 0; READ(r) && top && !output && i < width; i++)
        r->m->net[verilog_bit_of(r, v, i)].kind = VERILOG_INPUT;
    verilog_define(r, name, v);
}

/* input wire [range] name, name, output wire name, ... */
static void module_ports(reader *r, ports outer, verilog_model *top)
{
    bool output = false;
    uint32_t width = 0;
    size_t number = 0;

    verilog_want(r, "(");
    do {
        if (verilog_is(r, "input") || verilog_is(r, "output")) {
            output = verilog_is(r, "output");
            verilog_next(r);
            verilog_want(r, "wire");
            width = take_range(r);
        } else if (number == 0) {
            verilog_refuse(r, "want a port");
        }
        one_port(r, outer, top, output, width, number++);
    } while (READ(r) && verilog_accept(r, ","));
    verilog_want(r, ")");
    verilog_want(r, ";");
    if (READ(r) && !top && number != outer.n)
        verilog_refuse(r, "want as many ports as are connected");
}

/* The reader stands at the name behind "module". */
static void module(reader *r, ports outer, uint64_t set, verilog_model *top)
{
    size_t mark = r->used;

    verilog_take_name(r);
    parameters(r, set);
    module_ports(r, outer, top);
    while (READ(r) && r->w.n && !verilog_is(r, "endmodule"))
        item(r, set);
    verilog_want(r, "endmodule");
    r->used = mark;
}

/* ---- the whole ---- */

static lut_status copy_bus(verilog_bus *out, const scope *s, const char *name,
                           lut_err *err)
{
    const symbol *at = s->places ? verilog_place_of(s, name, strlen(name)) : NULL;

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

static const symbol *symbol_of(const scope *s, const char *name)
{
    const symbol *at = verilog_place_of(s, name, strlen(name));

    return at->name ? at : NULL;
}

/* d<i>_0, d<i>_1, ... */
static lut_status copy_bits(verilog_bus *out, const scope *s, unsigned i, lut_err *err)
{
    char name[32];

    do {
        snprintf(name, sizeof name, "d%u_%u", i, (unsigned)out->width);
    } while (symbol_of(s, name) && ++out->width);
    out->net = malloc((out->width + 1) * sizeof *out->net);
    if (!out->net)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u bits", (unsigned)out->width);
    for (uint32_t j = 0; j < out->width; j++) {
        snprintf(name, sizeof name, "d%u_%u", i, (unsigned)j);
        out->net[j] = symbol_of(s, name)->bus.net[0];
    }
    return LUT_OK;
}

static lut_status keep_between(verilog_model *m, const scope *s, lut_err *err)
{
    char name[32], bit[32];

    for (unsigned i = 0;; i++) {
        verilog_bus *more;

        snprintf(name, sizeof name, "d%u", i);
        snprintf(bit, sizeof bit, "d%u_0", i);
        if (!symbol_of(s, name) && !symbol_of(s, bit))
            return LUT_OK;
        more = realloc(m->between, (i + 1) * sizeof *more);
        if (!more)
            return lut_fail(err, LUT_ENOMEM, "no memory for %u blocks", i + 1);
        m->between = more;
        more[i] = (verilog_bus){ 0 };
        m->nbetween = i + 1;
        LUT_TRY(symbol_of(s, name) ? copy_bus(&more[i], s, name, err)
                                   : copy_bits(&more[i], s, i, err));
    }
}

/* Registers in a row are the sum of the parameters, whatever these are. */
static lut_status add_up(verilog_model *m, const reader *r, lut_err *err)
{
    for (unsigned i = 0; i < PROBES; i++) {
        int64_t sum = 0;

        for (unsigned j = 0; j < r->nparameters; j++)
            sum += r->parameter[j].value.v[i];
        if (sum != r->registers.v[i])
            return lut_fail(err, LUT_EFORMAT,
                            "parameters that add up to %d give %d registers", (int)sum,
                            (int)r->registers.v[i]);
    }
    m->latency = (uint32_t)r->registers.v[0];
    return LUT_OK;
}

static lut_status finish(verilog_model *m, const reader *r, const scope *s,
                         lut_err *err)
{
    LUT_TRY(copy_bus(&m->input, s, "s_data", err));
    LUT_TRY(copy_bus(&m->klass, s, "m_class", err));
    LUT_TRY(copy_bus(&m->score, s, "m_score", err));
    LUT_TRY(keep_between(m, s, err));
    LUT_TRY(verilog_order(m, (verilog_bus[]){ m->klass, m->score }, 2, err));
    LUT_TRY(add_up(m, r, err));
    LUT_TRY(copy_bus(&m->valid, s, "m_valid", err));
    LUT_TRY(copy_bus(&m->valid_in, s, "s_valid", err));
    if (!symbol_of(s, "s_ready"))
        return LUT_OK;
    LUT_TRY(copy_bus(&m->ready, s, "s_ready", err));
    return copy_bus(&m->ready_in, s, "m_ready", err);
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
    verilog_new_net(&r, &(verilog_net){ .tt = 0, .kind = VERILOG_CONSTANT });
    verilog_new_net(&r, &(verilog_net){ .tt = 1, .kind = VERILOG_CONSTANT });
    find_module(&r, (word){ .at = top, .n = strlen(top) });
    module(&r, (ports){ 0, 0 }, 0, m);
    if (READ(&r))
        r.st = finish(m, &r, &names, err);
    verilog_free_scope(&names);
    free(r.port);
    free(r.pool);
    if (!READ(&r))
        verilog_model_fini(m);
    return r.st;
}
