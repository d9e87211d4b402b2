/* C99, one file and its header, without any library: the simplified network as tables, and an
 * interpreter of them that works on 64 samples a word and several words at once, which
 * compilers turn into vector instructions.  Exact, as packed inference is; encoded bits of any
 * pattern give what the trained tables say. */
#include "lib/export/c99.h"

#include <stdio.h>
#include <string.h>

static const lut_field fields[] = { LUT_OPTION_U32(
    c99_cfg, words, "words", 1, 64, "4",
    "64-bit words that each step works on: more suits wide vectors, fewer a small "
    "stack") };

/* ---- lists ---- */

static void open_list(lut_text *t, const char *type, const char *name)
{
    lut_text_put(t, "\nstatic const %s %s[] = {\n   ", type, name);
}

static void item(lut_text *t, unsigned long long v)
{
    lut_text_word(t, " ", "\n    ", "%llu,", v);
}

/* A list is never empty, which C does not know. */
static void close_list(lut_text *t)
{
    lut_text_word(t, " ", "\n    ", "0\n};\n");
}

static void put_numbers(lut_text *t, const char *type, const char *name,
                        const uint32_t *v, size_t n)
{
    open_list(t, type, name);
    for (size_t i = 0; i < n; i++)
        item(t, v[i]);
    close_list(t);
}

/* ---- inputs ---- */

static void put_edges(lut_text *t, const c99_plan *p, const lut_encoder *e)
{
    put_numbers(t, "uint32_t", "first_edge", p->rank, (size_t)p->used + 1);
    open_list(t, "uint8_t", "start");
    for (uint32_t i = 0; i < p->used; i++)
        item(t, p->start[i]);
    close_list(t);
    lut_text_put(t, "\n/* A bit turns at each of its edges that x is greater than. */");
    open_list(t, "float", "edge");
    for (uint32_t i = 0; i < p->rank[p->used]; i++)
        lut_text_word(t, " ", "\n    ", "%af,", (double)p->edge[i]);
    close_list(t);
    (void)e;
}

static void put_inputs(lut_text *t, const c99_plan *p, const lut_encoder *e)
{
    lut_text_put(t,
                 "\n/* Encoded bits that are read: bit %% PER_FEATURE of feature bit / "
                 "PER_FEATURE. */");
    put_numbers(t, "uint32_t", "input", p->input, p->used);
    lut_text_put(t, "\nstatic const size_t inputs = %u;\n", (unsigned)p->used);
    if (e->thresholds)
        put_edges(t, p, e);
}

/* ---- nodes ---- */

static void put_runs(lut_text *t, const c99_plan *p)
{
    const lut_netlist *n = &p->n;

    lut_text_put(t, "\n/* So many nodes of so many inputs, one after the other. */\n"
                    "static const struct { uint32_t inputs, nodes; } run[] = {\n   ");
    for (uint32_t i = 0; i < n->nnodes;) {
        uint32_t k = n->node[p->order[i]].k, from = i;

        while (i < n->nnodes && n->node[p->order[i]].k == k)
            i++;
        lut_text_word(t, " ", "\n    ", "{ %u, %u },", (unsigned)k,
                      (unsigned)(i - from));
    }
    lut_text_word(t, " ", "\n    ", "{ 0, 0 }\n};\n");
}

static void put_nodes(lut_text *t, const c99_plan *p)
{
    const lut_netlist *n = &p->n;

    put_runs(t, p);
    lut_text_put(
        t, "\n/* Of each node: the slot it goes to, then those of its inputs, the "
           "most significant first. */");
    open_list(t, "slot_t", "wire");
    for (uint32_t i = 0; i < n->nnodes; i++) {
        const lut_node *node = &n->node[p->order[i]];

        item(t, p->slot[lut_netlist_signal(n, p->order[i])]);
        for (uint32_t j = 0; j < node->k; j++)
            item(t, p->slot[node->in[j]]);
    }
    close_list(t);
    lut_text_put(t, "\n/* Bit a is the output at address a. */");
    open_list(t, "uint64_t", "table");
    for (uint32_t i = 0; i < n->nnodes; i++)
        lut_text_word(t, " ", "\n    ", "0x%llxu,",
                      (unsigned long long)n->node[p->order[i]].tt);
    close_list(t);
}

static void put_votes(lut_text *t, const c99_plan *p)
{
    const lut_netlist *n = &p->n;

    lut_text_put(
        t, "\n/* Slots that vote, class by class: 2 slot + 1 votes when it is 0. */");
    open_list(t, "uint32_t", "vote");
    for (uint32_t o = 0; o < n->noutputs; o++)
        item(t,
             2 * (unsigned long long)p->slot[n->output[o] >> 1] + (n->output[o] & 1));
    close_list(t);
    put_numbers(t, "uint32_t", "first_vote", n->first, (size_t)n->classes + 1);
    lut_text_put(t, "\n/* Votes that a class always has. */");
    put_numbers(t, "uint32_t", "bias", n->bias, n->classes);
}

/* ---- the file ---- */

static void put_sizes(lut_text *t, const lut_export_design *d, const c99_plan *p,
                      const char *slot)
{
    lut_text_put(t, "#include \"%s.h\"\n\n#define WORDS %s_WORDS\n\n", d->name,
                 d->name);
    lut_text_put(t,
                 "enum {\n    SAMPLES = 64 * WORDS,\n    FEATURES = %zu,\n"
                 "    CLASSES = %u,\n    BIT_WORDS = %zu,\n",
                 d->encoder->features, (unsigned)d->circuit->classes,
                 lut_ceil_div(d->circuit->inputs, 64));
    lut_text_put(
        t,
        "    SLOTS = %u,\n    PLANES = %u,      /* binary digits of a score */\n"
        "    LABEL_BITS = %u\n};\n\n",
        (unsigned)(p->slots ? p->slots : 1), lut_bits_for(p->most),
        lut_bits_for(d->circuit->classes - 1));
    lut_text_put(t, "#define PER_FEATURE %zuu\n\n", d->encoder->bits);
    lut_text_put(t,
                 "typedef %s slot_t;\n\n"
                 "/* SAMPLES samples of one signal.  A vector that lies across two lines of "
                 "a cache takes two\n * accesses. */\n"
                 "#if defined __GNUC__ && WORDS %% 8 == 0\n"
                 "#define ALIGNED __attribute__((aligned(64)))\n"
                 "#elif defined __GNUC__ && WORDS %% 4 == 0\n"
                 "#define ALIGNED __attribute__((aligned(32)))\n"
                 "#else\n#define ALIGNED\n#endif\n"
                 "typedef struct block {\n    uint64_t w[WORDS];\n} ALIGNED block;\n",
                 slot);
}

static unsigned ranks_of(const lut_netlist *n)
{
    unsigned ranks = 0;

    for (uint32_t i = 0; i < n->nnodes; i++)
        ranks |= 1u << n->node[i].k;
    return ranks;
}

static void put_source(lut_text *t, const lut_export_design *d, const c99_plan *p)
{
    lut_text_head(t, d, "/* ", " */");
    put_sizes(t, d, p, p->slots > UINT16_MAX ? "uint32_t" : "uint16_t");
    put_inputs(t, p, d->encoder);
    if (p->n.nnodes) /* compilers warn of what is not used */
        put_nodes(t, p);
    put_votes(t, p);
    c99_put_body(t, d, p, ranks_of(&p->n));
}

static lut_status write(const void *cfg, const lut_export_design *d, const lut_export_out *out,
                        lut_err *err)
{
    const c99_cfg *options = cfg;
    lut_text t = { .st = LUT_OK };
    c99_plan p;
    lut_status st;

    LUT_TRY(c99_plan_make(&p, d, err));
    lut_text_file(&t, out, "%s.h", d->name);
    c99_put_header(&t, d, &p, options->words);
    lut_text_file(&t, out, "%s.c", d->name);
    put_source(&t, d, &p);
    st = lut_text_end(&t, err);
    c99_plan_fini(&p);
    return st;
}

const lut_export_ops lut_export_c99 = {
    .name = "c",
    .doc = "one C99 file with a header, without dependencies",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(c99_cfg),
    .write = write,
};
