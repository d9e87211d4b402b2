/* Combinational blocks as modules: y of x, vectors outside, scalar wires inside. */
#include "lib/circuit/table.h"
#include "lib/export/verilog.h"

#include <stdlib.h>
#include <string.h>

static uint32_t width(uint32_t bits)
{
    return bits ? bits
                : 1; /* there are no vectors, and no lists of ports, of no bits */
}

static void put_port(lut_text *t, const char *direction, char port, uint32_t bits,
                     bool vector)
{
    lut_text_put(t, "    %s wire ", direction);
    if (vector)
        lut_text_put(t, "[%u:0] %c", (unsigned)width(bits) - 1, port);
    else
        for (uint32_t i = 0; i < width(bits); i++)
            lut_text_word(t, i ? ", " : "", ",\n        ", "%c%u", port, (unsigned)i);
}

/* A module of another set does not elaborate: the name that is missing says why. */
static void open_module(lut_text *t, const verilog_plan *p, const verilog_block *b)
{
    lut_text_put(t, "`default_nettype none\nmodule %s_%s #(\n", p->d->name, b->tag);
    lut_text_put(t, "    parameter [63:0] SET = 64'h%016llx\n) (\n",
                 (unsigned long long)p->set);
    put_port(t, "input", 'x', b->nin, b->vector_in);
    lut_text_put(t, ",\n");
    put_port(t, "output", 'y', b->nout, b->vector_out);
    lut_text_put(t, "\n);\ngenerate if (SET != 64'h%016llx) begin : g_set\n",
                 (unsigned long long)p->set);
    lut_text_put(
        t, "    these_files_belong_to_different_networks bad ();\nend endgenerate\n");
}

static void close_module(lut_text *t)
{
    lut_text_put(t, "endmodule\n`default_nettype wire\n");
}

/* The concatenation that a list of bits is, the last first.  bit: text of bit i. */
typedef void (*put_bit)(lut_text *t, const void *arg, uint32_t i);

static void put_list(lut_text *t, uint32_t n, put_bit bit, const void *arg)
{
    if (n == 0)
        lut_text_put(t, "1'b0");
    else if (n == 1)
        bit(t, arg, 0);
    for (uint32_t i = n; n > 1 && i-- > 0;) {
        lut_text_put(t, i + 1 == n ? "{" : t->column > 84 ? ",\n    " : ", ");
        bit(t, arg, i);
    }
    lut_text_put(t, n > 1 ? "}" : "");
}

static void put_input(lut_text *t, const verilog_block *b, uint32_t i)
{
    lut_text_put(t, b->vector_in ? "x[%u]" : "x%u", (unsigned)i);
}

/* y of a list of bits. */
static void put_outputs(lut_text *t, const verilog_block *b, put_bit bit,
                        const void *arg)
{
    if (b->vector_out) {
        lut_text_put(t, "assign y = ");
        put_list(t, b->nout, bit, arg);
        lut_text_put(t, ";\n");
        return;
    }
    for (uint32_t i = 0; i < b->nout; i++) {
        lut_text_put(t, "assign y%u = ", (unsigned)i);
        bit(t, arg, i);
        lut_text_put(t, ";\n");
    }
    if (b->nout == 0)
        lut_text_put(t, "assign y0 = 1'b0;\n");
}

/* For lint: ports that nobody reads. */
static void put_sink(lut_text *t, const verilog_block *b)
{
    lut_text_put(t, "wire unused = &{1'b0, %s};\n", b->vector_in ? "x" : "x0");
}

/* ---- LUTs ---- */

/* Names in a block: x is an input, or i its wire where inputs are a vector; n is the wire of a
 * LUT, k the inverse of any. */
typedef struct body {
    const verilog_plan *p;
    const verilog_block *b;
    uint8_t
        *flip; /* [signals] the wire of a LUT holds the inverse, in all stages; owned */
    uint8_t *here; /* [signals] the stage makes the signal */
    uint8_t *read; /* [signals] somebody reads it in this block */
    uint32_t *at;  /* [signals] input that it is; owned */
} body;

static void put_signal(lut_text *t, const body *w, uint32_t s)
{
    if (w->here[s])
        lut_text_put(t, "n%u", (unsigned)s);
    else if (w->b->vector_in)
        lut_text_put(t, "i%u", (unsigned)s);
    else
        put_input(t, w->b, w->at[s]);
}

/* Whether the wire of the signal is not what the literal says. */
static bool inverted(const body *w, uint32_t literal)
{
    return w->b == w->b->last && (literal & 1) != w->flip[literal >> 1];
}

static void put_output(lut_text *t, const void *arg, uint32_t i)
{
    const body *w = arg;
    uint32_t literal = w->b->out[i];

    if (literal < 2)
        lut_text_put(t, "1'b%u", (unsigned)literal);
    else if (inverted(w, literal))
        lut_text_put(t, "k%u", (unsigned)(literal >> 1));
    else
        put_signal(t, w, literal >> 1);
}

/* Vivado's I0 is the lowest bit of the address; here input 0 is the highest. */
static void put_lut(lut_text *t, const body *w, uint32_t s)
{
    const lut_node *node = &w->b->n->node[s - 1 - w->b->n->inputs];
    uint64_t tt = node->tt;

    for (unsigned j = 0; j < node->k; j++)
        if (w->flip[node->in[j]])
            tt = lut_table_flip(tt, node->k - 1u - j);
    if (w->flip[s])
        tt = ~tt & lut_table_all(node->k);
    lut_text_put(t, "wire n%u;\nLUT%u #(.INIT(%u'h%0*llx)) u%u (.O(n%u)", (unsigned)s,
                 (unsigned)node->k, 1u << node->k, node->k < 2 ? 1 : 1 << (node->k - 2),
                 (unsigned long long)tt, (unsigned)s, (unsigned)s);
    for (unsigned j = 0; j < node->k; j++) {
        lut_text_put(t, ", .I%u(", j);
        put_signal(t, w, node->in[node->k - 1 - j]);
        lut_text_put(t, ")");
    }
    lut_text_put(t, ");\n");
}

static void put_inverter(lut_text *t, const body *w, uint32_t s)
{
    lut_text_put(t, "wire k%u;\nLUT1 #(.INIT(2'h1)) v%u (.O(k%u), .I0(", (unsigned)s,
                 (unsigned)s, (unsigned)s);
    put_signal(t, w, s);
    lut_text_put(t, "));\n");
}

/* A LUT whose first output is inverted holds the inverse, so that only those wanted in both
 * phases, and inverted inputs, need an inverter. */
static void survey_outputs(body *w)
{
    const verilog_block *last = w->b->last;

    for (uint32_t o = last->nout; o-- > 0;) {
        uint32_t s = last->out[o] >> 1;

        if (s > last->n->inputs)
            w->flip[s] = last->out[o] & 1;
    }
    for (uint32_t o = 0; o < w->b->nout; o++)
        w->read[w->b->out[o] >> 1] = 1;
}

/* Which signals the stage makes and reads. */
static void survey(body *w, uint64_t cuts)
{
    const lut_netlist *n = w->b->n;

    for (uint32_t i = 0; i < n->nnodes; i++) {
        uint32_t s = lut_netlist_signal(n, i);

        w->here[s] = lut_netlist_stage(cuts, n->node[i].part) == w->b->stage;
        for (unsigned j = 0; w->here[s] && j < n->node[i].k; j++)
            w->read[n->node[i].in[j]] = 1;
    }
    for (uint32_t i = 0; i < w->b->nin; i++)
        w->at[w->b->in[i]] = i;
    survey_outputs(w);
}

static void put_inputs(lut_text *t, const body *w)
{
    bool all = w->b->nin > 0;

    for (uint32_t i = 0; i < w->b->nin; i++) {
        uint32_t s = w->b->in[i];

        all = all && w->read[s];
        if (w->read[s] && w->b->vector_in)
            lut_text_put(t, "wire i%u = x[%u];\n", (unsigned)s, (unsigned)i);
    }
    if (!all)
        put_sink(t, w->b);
}

static void put_luts(lut_text *t, const body *w)
{
    const lut_netlist *n = w->b->n;
    uint8_t *done = w->read; /* not needed any more */

    for (uint32_t i = 0; i < n->nnodes; i++)
        if (w->here[lut_netlist_signal(n, i)])
            put_lut(t, w, lut_netlist_signal(n, i));
    memset(done, 0, lut_netlist_signal(n, n->nnodes));
    for (uint32_t o = 0; o < w->b->nout; o++) {
        uint32_t literal = w->b->out[o];

        if (literal >= 2 && inverted(w, literal) && !done[literal >> 1]) {
            put_inverter(t, w, literal >> 1);
            done[literal >> 1] = 1;
        }
    }
    put_outputs(t, w->b, put_output, w);
}

static void write_luts(lut_text *t, const verilog_plan *p, const verilog_block *b)
{
    uint32_t signals = lut_netlist_signal(b->n, b->n->nnodes);
    uint8_t *flags = calloc(signals, 3);
    uint32_t *at = calloc(signals, sizeof *at);
    body w = { .p = p, .b = b, .flip = flags, .at = at };

    if (flags && at) {
        w.here = flags + signals;
        w.read = w.here + signals;
        survey(&w, b->n == &p->design.core ? p->design.cuts
                   : b->n == &p->votes     ? 1
                                           : 0);
        put_inputs(t, &w);
        put_luts(t, &w);
    } else {
        t->st = LUT_ENOMEM;
    }
    free(flags);
    free(at);
}

/* ---- operators ---- */

static bool changes(const lut_encoder *e, size_t t, size_t bit)
{
    return e->codes[t * e->bits + bit] != e->codes[(t + 1) * e->bits + bit];
}

static void put_comparison(lut_text *t, const verilog_plan *p, size_t f, size_t at)
{
    const lut_encoder *e = p->d->encoder;
    unsigned width = p->input.width, first = (unsigned)(f * width);
    uint64_t bound;
    verilog_limit limit =
        verilog_bound(&p->input, e->threshold[f * e->thresholds + at], &bound);

    if (limit != VERILOG_COMPARES)
        lut_text_put(t, "1'b%d", limit == VERILOG_ALWAYS);
    else if (!p->input.is_signed)
        lut_text_put(t, "(x[%u:%u] > %u'd%llu)", first + width - 1, first, width,
                     (unsigned long long)bound);
    else if (width == 1)
        lut_text_put(t, "(~x[%u] > 1'd%llu)", first, (unsigned long long)bound);
    else
        lut_text_put(t, "({~x[%u], x[%u:%u]} > %u'd%llu)", first + width - 1,
                     first + width - 2, first, width, (unsigned long long)bound);
}

static void put_encoded(lut_text *t, const verilog_plan *p, uint32_t i)
{
    const lut_encoder *e = p->d->encoder;
    size_t f = p->bit[i] / e->bits, bit = p->bit[i] % e->bits;
    const char * xor = "";

    lut_text_put(t, "assign y%u = ", (unsigned)i);
    if (!p->encodes) {
        lut_text_put(t, "x[%u];\n", (unsigned)p->bit[i]);
        return;
    }
    if (lut_encode_rule(e->kind)) {
        lut_text_put(t, "x[%u];\n", (unsigned)(f * p->input.width + bit));
        return;
    }
    if (e->codes[bit]) {
        lut_text_put(t, "1'b1");
        xor = " ^ ";
    }
    for (size_t at = 0; at < e->thresholds; at++)
        if (changes(e, at, bit)) {
            lut_text_put(t, "%s", xor);
            put_comparison(t, p, f, at);
            xor = t->column > 60 ? "\n    ^ " : " ^ ";
        }
    lut_text_put(t, "%s;\n", *xor? "" : "1'b0");
}

static void write_comparators(lut_text *t, const verilog_plan *p,
                              const verilog_block *b)
{
    put_sink(t, b);
    for (uint32_t i = 0; i < b->nout; i++)
        put_encoded(t, p, i);
    if (b->nout == 0)
        lut_text_put(t, "assign y0 = 1'b0;\n");
}

/* Row r of the final add of a class, from column `from` up. */
typedef struct row {
    const verilog_column *column;
    uint32_t r;
} row;

static void put_row_bit(lut_text *t, const void *arg, uint32_t i)
{
    const row *w = arg;

    if (w->r >= w->column[i].n)
        lut_text_put(t, "1'b0");
    else if (w->column[i].at[w->r] == UINT32_MAX)
        lut_text_put(t, "1'b1");
    else
        lut_text_put(t, "x%u", (unsigned)w->column[i].at[w->r]);
}

/* Columns below the first with two bits are digits of the sum already. */
static void write_final_add(lut_text *t, const verilog_plan *p, uint32_t c)
{
    const verilog_column *column = p->column + (size_t)c * p->w;
    uint32_t low = 0;

    while (low < p->w && column[low].n < VERILOG_ROWS)
        low++;
    if (low < p->w) {
        lut_text_put(t, "wire [%u:0] a%u = ", (unsigned)(p->w - low - 1), (unsigned)c);
        put_list(t, p->w - low, put_row_bit, &(row){ column + low, 0 });
        lut_text_put(t, "\n    + ");
        put_list(t, p->w - low, put_row_bit, &(row){ column + low, 1 });
        lut_text_put(t, ";\n");
    }
    lut_text_put(t, "wire [%u:0] s%u = {", (unsigned)p->w - 1, (unsigned)c);
    if (low < p->w)
        lut_text_put(t, "a%u%s", (unsigned)c, low ? ", " : "");
    if (low)
        put_list(t, low, put_row_bit, &(row){ column, 0 });
    lut_text_put(t, "};\n");
}

static void put_score(lut_text *t, const void *arg, uint32_t i)
{
    (void)arg;
    lut_text_put(t, "s%u", (unsigned)i);
}

static void write_adds(lut_text *t, const verilog_plan *p, const verilog_block *b)
{
    if (b->nin == 0)
        put_sink(t, b);
    for (uint32_t c = 0; c < p->design.core.classes; c++)
        write_final_add(t, p, c);
    lut_text_put(t, "assign y = ");
    put_list(t, p->design.core.classes, put_score, NULL);
    lut_text_put(t, ";\n");
}

/* Operand `at` before a level of the tree, of the votes or from port at * own up, widened to
 * `wide` bits. */
static void put_operand(lut_text *t, const verilog_plan *p, unsigned level, uint32_t at,
                        uint32_t wide)
{
    uint32_t own = lut_tree_bits(level, p->npop, p->w);

    lut_text_put(t, wide > 1 ? "{" : "");
    if (wide > own)
        lut_text_put(t, "%u'd0, ", (unsigned)(wide - own));
    if (level == 0)
        lut_text_put(t, "%sx%u", p->design.core.output[at] & 1 ? "~" : "",
                     (unsigned)verilog_vote(p, p->design.core.output[at]));
    for (uint32_t i = own; level > 0 && i-- > 0;)
        lut_text_put(t, "x%u%s", (unsigned)(at * own + i), i ? ", " : "");
    lut_text_put(t, wide > 1 ? "}" : "");
}

/* Sum i of class c: two operands, or one that has no partner, and the bias at the end. */
static void put_tree_sum(lut_text *t, const verilog_plan *p, unsigned level, uint32_t c,
                         uint32_t at, uint32_t i)
{
    uint32_t have = lut_tree_numbers(&p->design.core, c, level);
    uint32_t wide = lut_tree_bits(level + 1, p->npop, p->w);
    const char *plus = "";

    lut_text_put(t, "wire [%u:0] s%u_%u = ", (unsigned)wide - 1, (unsigned)c,
                 (unsigned)i);
    for (uint32_t j = 2 * i; j < 2 * i + 2 && j < have; j++) {
        lut_text_put(t, "%s", plus);
        put_operand(t, p, level, at + j, wide);
        plus = " + ";
    }
    if (level + 1 == p->npop && (p->design.core.bias[c] || !*plus))
        lut_text_put(t, "%s%u'd%u", plus, (unsigned)wide,
                     (unsigned)p->design.core.bias[c]);
    lut_text_put(t, ";\n");
}

static uint32_t sums_of(const verilog_plan *p, uint32_t c, unsigned level)
{
    return level + 1 == p->npop ? 1 : lut_tree_numbers(&p->design.core, c, level + 1);
}

/* y of all sums of a level, those of the lowest class and place lowest. */
static void put_sums(lut_text *t, const verilog_plan *p, const verilog_block *b)
{
    uint32_t wide = lut_tree_bits(b->stage + 1, p->npop, p->w), y = 0;

    if (b->vector_out)
        lut_text_put(t, "assign y = {");
    for (uint32_t c = p->design.core.classes; b->vector_out && c-- > 0;)
        lut_text_word(t, c + 1 == p->design.core.classes ? "" : ", ", ",\n    ",
                      "s%u_0", (unsigned)c);
    if (b->vector_out)
        lut_text_put(t, "};\n");
    for (uint32_t c = 0; !b->vector_out && c < p->design.core.classes; c++)
        for (uint32_t i = 0; i < sums_of(p, c, b->stage); i++)
            for (uint32_t j = 0; j < wide; j++)
                lut_text_put(t, "assign y%u = s%u_%u[%u];\n", (unsigned)y++,
                             (unsigned)c, (unsigned)i, (unsigned)j);
    if (b->nout == 0)
        lut_text_put(t, "assign y0 = 1'b0;\n");
}

static void write_tree(lut_text *t, const verilog_plan *p, const verilog_block *b)
{
    unsigned level = b->stage;
    uint32_t at = 0;

    if (b->nin == 0)
        put_sink(t, b);
    for (uint32_t c = 0; c < p->design.core.classes; c++) {
        for (uint32_t i = 0; i < sums_of(p, c, level); i++)
            put_tree_sum(t, p, level, c, at, i);
        at += lut_tree_numbers(&p->design.core, c, level);
    }
    put_sums(t, p, b);
}

void verilog_write_block(lut_text *t, const verilog_plan *p, const verilog_block *b)
{
    open_module(t, p, b);
    if (b->n)
        write_luts(t, p, b);
    else if (strcmp(b->tag, "enc") == 0)
        write_comparators(t, p, b);
    else if (strcmp(b->tag, "argmax") == 0)
        lut_text_put(t,
                     "wire unused = &{1'b0, x};\nassign y = 1'b0;\n"); /* one class */
    else if (p->design.pipeline.adder_tree)
        write_tree(t, p, b);
    else
        write_adds(t, p, b);
    close_module(t);
}
