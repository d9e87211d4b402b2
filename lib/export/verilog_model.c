/* What was read: an order of its bits, and their values. */
#include "lib/export/verilog_read.h"

#include <stdlib.h>

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

        if (net->kind == VERILOG_FREE)
            return lut_fail(err, LUT_EFORMAT,
                            "a bit that an output needs has no driver");
        mark[at] = mark[at] ? mark[at] : 1;
        for (unsigned j = 0; net->kind == VERILOG_TABLE && j < net->k; j++)
            if (mark[net->in[j]] < 2)
                todo = net->in[j];
        if (todo == at && mark[at] < 2) {
            mark[at] = 2;
            if (net->kind == VERILOG_TABLE)
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

lut_status verilog_order(verilog_model *m, const verilog_bus *wanted, size_t nwanted,
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
        m->net[bus->net[i]].kind = VERILOG_INPUT;
    return verilog_order(m, wanted, nwanted, err);
}

void verilog_model_fini(verilog_model *m)
{
    for (uint32_t i = 0; i < m->nbetween; i++)
        free(m->between[i].net);
    free(m->between);
    free(m->input.net);
    free(m->klass.net);
    free(m->score.net);
    free(m->valid.net);
    free(m->ready.net);
    free(m->valid_in.net);
    free(m->ready_in.net);
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
