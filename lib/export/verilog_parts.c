/* The popcounts of all classes as one netlist, and the columns of their final additions. */
#include "lib/export/verilog.h"

#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

uint32_t verilog_vote(const verilog_plan *p, uint32_t literal)
{
    const uint32_t *at = bsearch(&(uint32_t){ literal >> 1 }, p->signal, p->nsignals,
                                 sizeof *p->signal, ascending);

    return (uint32_t)(at - p->signal);
}

/* Signal of a class's popcount in the netlist of all, which had `before` nodes. */
static uint32_t signal_of(const verilog_plan *p, const lut_popcount *c, uint32_t before,
                          uint32_t s)
{
    if (s == 0)
        return 0;
    if (s <= c->net.inputs)
        return 1 + verilog_vote(p, 2 * c->signal[s - 1]);
    return 1 + p->nsignals + before + (s - 1 - c->net.inputs);
}

static lut_status append_nodes(verilog_plan *p, const lut_popcount *c, lut_err *err)
{
    lut_netlist *all = &p->votes;
    uint32_t before = all->nnodes;
    lut_node *more =
        realloc(all->node, ((size_t)before + c->net.nnodes + 1) * sizeof *more);

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u LUTs",
                        (unsigned)(before + c->net.nnodes));
    all->node = more;
    for (uint32_t i = 0; i < c->net.nnodes; i++) {
        lut_node node = c->net.node[i];

        for (unsigned j = 0; j < node.k; j++)
            node.in[j] = signal_of(p, c, before, node.in[j]);
        all->node[all->nnodes++] = node;
    }
    return LUT_OK;
}

/* The output that the literal is, of those of the class, which begin at `first`. */
static uint32_t output_of(lut_netlist *all, uint32_t first, uint32_t literal)
{
    for (uint32_t o = first; o < all->noutputs; o++)
        if (all->output[o] == literal)
            return o;
    all->output[all->noutputs] = literal;
    return all->noutputs++;
}

/* The rows, column by column; constants need no wire. */
static void append_columns(verilog_plan *p, const lut_popcount *c, uint32_t before,
                           verilog_column *column)
{
    uint32_t first = p->votes.noutputs;

    for (uint32_t i = 0; i < p->w; i++)
        for (unsigned r = 0; r < VERILOG_ROWS; r++) {
            uint32_t literal = c->row[r][i];

            if (literal == 0)
                continue;
            if (literal > 1)
                literal = 2 * signal_of(p, c, before, literal >> 1) + (literal & 1);
            column[i].at[column[i].n++] =
                literal == 1 ? UINT32_MAX : output_of(&p->votes, first, literal);
        }
}

lut_status verilog_votes(verilog_plan *p, lut_err *err)
{
    size_t columns = (size_t)p->design.core.classes * p->w;

    p->votes.inputs = p->nsignals;
    p->votes.output = malloc(columns * VERILOG_ROWS * sizeof *p->votes.output);
    p->column = calloc(columns, sizeof *p->column);
    if (!p->votes.output || !p->column)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu columns", columns);
    for (uint32_t c = 0; c < p->design.core.classes; c++) {
        const lut_popcount *count = &p->design.popcount[c];
        uint32_t before = p->votes.nnodes;

        LUT_TRY(append_nodes(p, count, err));
        append_columns(p, count, before, p->column + (size_t)c * p->w);
    }
    return LUT_OK;
}
