/* The bench: inputs and expected outputs as hexadecimal words, the first of which is the set
 * that all files belong to, and a module that sends, receives with random pauses, and counts. */
#include "lib/export/verilog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned at_least_64(uint32_t bits)
{
    return bits < 64 ? 64 : (unsigned)bits;
}

/* A number of `bits` bits, the highest digit first. */
static void put_hex(lut_text *t, const uint64_t *x, size_t words, unsigned bits)
{
    for (size_t digit = lut_ceil_div(bits, 4); digit-- > 0;) {
        size_t word = digit / 16;
        unsigned v = word < words ? x[word] >> (digit % 16 * 4) & 15 : 0;

        lut_text_bytes(t, &"0123456789abcdef"[v], 1);
    }
    lut_text_bytes(t, "\n", 1);
}

/* Vector i of the files: those that are made stand before the rows, so that a bench that
 * takes the first few (+n) has them all. */
static size_t vector(const verilog_samples *s, size_t i)
{
    return (i + s->rows) % s->n;
}

static void write_inputs(lut_text *t, const lut_export_out *out, const verilog_plan *p,
                         const verilog_bench *b, const verilog_samples *s)
{
    char suffix[32];

    snprintf(suffix, sizeof suffix, "%s_in.hex", b->tag);
    verilog_file(t, out, p, suffix);
    put_hex(t, &p->set, 1, at_least_64(p->in_bits));
    for (size_t i = 0; i < s->n; i++)
        put_hex(t, s->x + vector(s, i) * s->ld, s->ld, at_least_64(p->in_bits));
}

static void place(uint64_t *x, size_t at, uint64_t v, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++)
        x[(at + i) / 64] |= (v >> i & 1) << ((at + i) % 64);
}

static void write_expected(lut_text *t, const lut_export_out *out,
                           const verilog_plan *p, const verilog_bench *b,
                           const verilog_samples *s, const uint32_t *score,
                           const uint16_t *label, uint64_t *word)
{
    uint32_t classes = p->classes, bits = p->iw + classes * p->w;
    size_t words = lut_ceil_div(at_least_64(bits), 64);
    char suffix[32];

    snprintf(suffix, sizeof suffix, "%s_exp.hex", b->tag);
    verilog_file(t, out, p, suffix);
    put_hex(t, &p->set, 1, at_least_64(bits));
    for (size_t i = 0; i < s->n; i++) {
        size_t v = vector(s, i);

        memset(word, 0, words * sizeof *word);
        for (uint32_t c = 0; c < classes; c++)
            place(word, (size_t)c * p->w, score[v * classes + c], (unsigned)p->w);
        place(word, (size_t)classes * p->w, label[v], (unsigned)p->iw);
        put_hex(t, word, words, at_least_64(bits));
    }
}

static const char ports[] = "reg clk;\n"
                            "reg rst_n;\n"
                            "reg s_valid;\n"
                            "reg [WORD-1:0] s_word;\n"
                            "wire [IW-1:0] m_class;\n"
                            "wire [SW-1:0] m_score;\n"
                            "wire m_valid;\n"
                            "wire [IN-1:0] s_data = s_word[IN-1:0];\n"
                            "wire unused = &{1'b0, s_word};\n";

static const char stalling[] = "reg m_ready;\nwire s_ready;\n";
static const char flowing[] = "wire m_ready = 1'b1;\nwire s_ready = 1'b1;\n";

/* Only outputs at a clock edge count: m_valid and the others are read before registers
 * change. */
static const char process[] =
    "integer n, sent, got, classes, scores, waited;\n"
    "reg [31:0] random;\n"
    "function [31:0] next_random(input [31:0] r);\n"
    "    reg [31:0] a;\n"
    "    begin\n"
    "        a = r ^ (r << 13);\n"
    "        a = a ^ (a >> 17);\n"
    "        next_random = a ^ (a << 5);\n"
    "    end\n"
    "endfunction\n"
    "initial begin\n"
    "    clk = 1'b0;\n"
    "    forever #5 clk = !clk;\n"
    "end\n"
    "initial begin\n"
    "    rst_n = 1'b0;\n"
    "    $readmemh(\"NAMETAG_in.hex\", in, 0, N);\n"
    "    $readmemh(\"NAMETAG_exp.hex\", expected, 0, N);\n"
    "    n = N;\n"
    "    if ($value$plusargs(\"n=%d\", n) && n > N) n = N;\n"
    "    if (in[0][63:0] !== SET || expected[0][63:0] !== SET) begin\n"
    "        $display(\"FAIL: NAMETAG_in.hex or NAMETAG_exp.hex belongs to another "
    "network\");\n"
    "        $finish;\n"
    "    end\n"
    "    #42 rst_n = 1'b1;\n"
    "end\n"
    "always @(posedge clk)\n"
    "    if (!rst_n) begin\n"
    "        random <= 32'd2463534242;\n"
    "        s_valid <= 1'b0;\n"
    "        s_word <= in[1];\n"
    "        sent <= 0;\n"
    "        got <= 0;\n"
    "        classes <= 0;\n"
    "        scores <= 0;\n"
    "        waited <= 0;\n"
    "READY_RESET"
    "    end else begin\n"
    "        random <= next_random(random);\n"
    "READY"
    "        if (!s_valid || s_ready) begin\n"
    "            s_valid <= sent < n && random[1:0] != 2'd0;\n"
    "            if (sent < n && random[1:0] != 2'd0) begin\n"
    "                s_word <= in[sent + 1];\n"
    "                sent <= sent + 1;\n"
    "            end\n"
    "        end\n"
    "        if (m_valid !== 1'b0 && m_ready) begin\n"
    "            got <= got + 1;\n"
    "            waited <= 0;\n"
    "            if (got >= n || m_class !== expected[got + 1][SW +: IW])\n"
    "                classes <= classes + 1;\n"
    "            if (got >= n || m_score !== expected[got + 1][SW-1:0])\n"
    "                scores <= scores + 1;\n"
    "        end else waited <= waited + 1;\n"
    "        if (waited > 1000 || got > n) begin\n"
    "            if (got == n && classes == 0 && scores == 0 && n > 0)\n"
    "                $display(\"PASS: NAME, %0d vectors, 0 wrong classes, 0 wrong "
    "scores\", n);\n"
    "            else\n"
    "                $display(\"FAIL: NAME, %0d of %0d vectors, %0d wrong classes, %0d "
    "wrong "
    "scores\",\n"
    "                    got, n, classes, scores);\n"
    "            $finish;\n"
    "        end\n"
    "    end\n";

/* Text with the places that differ filled in. */
static void put_process(lut_text *t, const verilog_plan *p, const verilog_bench *b)
{
    const struct {
        const char *word, *text;
    } place[] = { { "READY_RESET", b->stalls ? "        m_ready <= 1'b0;\n" : "" },
                  { "READY",
                    b->stalls ? "        m_ready <= random[9:8] != 2'd0;\n" : "" },
                  { "NAME", p->d->name },
                  { "TAG", b->tag } };

    for (const char *c = process; *c;) {
        size_t n = 1, i = 0;

        for (i = 0; i < LUT_COUNT(place); i++)
            if (strncmp(c, place[i].word, strlen(place[i].word)) == 0)
                break;
        if (i < LUT_COUNT(place)) {
            n = strlen(place[i].word);
            lut_text_put(t, "%s", place[i].text);
        } else {
            lut_text_bytes(t, c, 1);
        }
        c += n;
    }
}

static void write_module(lut_text *t, const lut_export_out *out, const verilog_plan *p,
                         const verilog_bench *b, const verilog_samples *s)
{
    uint32_t sw = p->classes * p->w;

    verilog_file(t, out, p, b->suffix);
    lut_text_put(
        t,
        "// all 0, all 1, a walking bit, random and tied inputs, then %zu test rows\n",
        s->rows);
    lut_text_put(t, "`default_nettype none\nmodule %s_tb;\n", p->d->name);
    lut_text_put(
        t, "localparam integer N = %zu, WORD = %u, IN = %u, IW = %u, SW = %u;\n", s->n,
        at_least_64(p->in_bits), (unsigned)p->in_bits, (unsigned)p->iw, (unsigned)sw);
    lut_text_put(t, "localparam [63:0] SET = 64'h%016llx;\n",
                 (unsigned long long)p->set);
    lut_text_put(t, "reg [WORD-1:0] in [0:N];\nreg [%u:0] expected [0:N];\n",
                 at_least_64(p->iw + sw) - 1);
    lut_text_put(t, "%s%s", ports, b->stalls ? stalling : flowing);
    lut_text_put(t, "%s_top dut (\n%s);\n", p->d->name, b->ports);
    put_process(t, p, b);
    lut_text_put(t, "endmodule\n`default_nettype wire\n");
}

/* The rows that somebody else has evaluated too must agree. */
static lut_status check_given(const verilog_plan *p, const verilog_samples *s,
                              const uint32_t *score, lut_err *err)
{
    const lut_export_vectors *v = p->d->vectors;
    uint32_t classes = p->classes;

    if (memcmp(&p->input, &p->d->encoder->input, sizeof p->input) != 0)
        return LUT_OK; /* inputs are quantised here and were not there */
    for (size_t i = 0; v && v->score && i < s->rows * classes; i++)
        if (score[i] != v->score[i])
            return lut_fail(
                err, LUT_EFORMAT,
                "test row %zu: class %zu has %u votes, the encoder and packed "
                "inference say %u",
                i / classes, i % classes, (unsigned)score[i], (unsigned)v->score[i]);
    return LUT_OK;
}

lut_status verilog_write_bench_of(lut_text *t, const lut_export_out *out,
                                  const verilog_plan *p, const verilog_bench *b,
                                  lut_err *err)
{
    verilog_samples s;
    uint32_t *score;
    uint16_t *label;
    uint64_t *word;
    lut_status st;

    LUT_TRY(verilog_samples_make(&s, p, err));
    score = malloc(s.n * p->classes * sizeof *score);
    label = malloc(s.n * sizeof *label);
    word = malloc(((size_t)p->classes * p->w + p->iw + 128) / 8);
    st =
        score && label && word
            ? verilog_expect(score, label, p, &s, err)
            : lut_fail(err, LUT_ENOMEM, "no memory for the scores of %zu samples", s.n);
    if (st == LUT_OK)
        st = check_given(p, &s, score, err);
    if (st == LUT_OK) {
        write_inputs(t, out, p, b, &s);
        write_expected(t, out, p, b, &s, score, label, word);
        write_module(t, out, p, b, &s);
    }
    free(word);
    free(label);
    free(score);
    free(s.x);
    return st;
}

lut_status verilog_write_bench(lut_text *t, const lut_export_out *out,
                               const verilog_plan *p, lut_err *err)
{
    static const char always[] =
        "    .clk(clk), .rst_n(rst_n), .s_data(s_data), .s_valid(s_valid),\n"
        "    .m_class(m_class), .m_score(m_score), .m_valid(m_valid)";
    static const char stalling_too[] =
        "    .clk(clk), .rst_n(rst_n), .s_data(s_data), .s_valid(s_valid),\n"
        "    .m_class(m_class), .m_score(m_score), .m_valid(m_valid),\n"
        "    .s_ready(s_ready), .m_ready(m_ready)";
    bool stalls = strcmp(p->cfg->handshake, "none") != 0;
    const verilog_bench b = { "_tb.v", "", stalls ? stalling_too : always, stalls };

    return verilog_write_bench_of(t, out, p, &b, err);
}
