#include "lib/kern/code.h"
#include "lib/kern/machine.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#include <sys/mman.h>

/* Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, 2.7.
 * The slices are at rdi (the first argument, System V ABI), work is in zmm0 .. zmm15, which a
 * function may change. */
enum { RDI = 7, LUT_BYTES = 320, END_BYTES = 4 };

typedef struct writer {
    uint8_t *at;
} writer;

static void bytes(writer *w, const uint8_t *b, size_t n)
{
    memcpy(w->at, b, n);
    w->at += n;
}

/* EVEX prefix of a 512-bit instruction on 64-bit elements (W, 66), its opcode, its operands:
 * reg, vvvv, and rm, a register (mod 3) or rdi and 32 bits of displacement (mod 2). */
static void instruction(writer *w, unsigned map, unsigned opcode, unsigned reg,
                        unsigned vvvv, unsigned mod, unsigned rm)
{
    const uint8_t b[6] = { 0x62,
                           (uint8_t)(0x50 | map | (reg < 8) << 7 | (rm < 8) << 5),
                           (uint8_t)(0x85 | (~vvvv & 15) << 3),
                           0x48,
                           (uint8_t)opcode,
                           (uint8_t)(mod << 6 | (reg & 7) << 3 | (rm & 7)) };

    bytes(w, b, sizeof b);
}

static void displacement(writer *w, uint32_t slot)
{
    const uint32_t at = slot * (uint32_t)sizeof(lut_slice);

    bytes(w, (const uint8_t *)&at, sizeof at);
}

static void load(writer *w, unsigned reg, uint32_t slot) /* vmovdqa64 */
{
    instruction(w, 1, 0x6f, reg, 0, 2, RDI);
    displacement(w, slot);
}

static void store(writer *w, unsigned reg, uint32_t slot)
{
    instruction(w, 1, 0x7f, reg, 0, 2, RDI);
    displacement(w, slot);
}

static void copy(writer *w, unsigned to, unsigned from)
{
    instruction(w, 1, 0x6f, to, 0, 3, from);
}

/* a = function of (a, b, c) by its table, a most significant: vpternlogq. */
static void ternary(writer *w, unsigned a, unsigned b, unsigned c, uint8_t table)
{
    instruction(w, 3, 0x25, a, b, 3, c);
    bytes(w, &table, 1);
}

/* Inputs in zmm0 .. zmm(k - 1).  The functions of the last three inputs, then multiplexers by
 * the others, as soon as both of their inputs are there: depth first, so that k - 2 registers
 * of values are enough. */
static void write_lut(writer *w, const lut_slice_lut *lut, unsigned k)
{
    const uint8_t choose = 0xd8; /* (lo, hi, s): s ? hi : lo */
    const unsigned leaves = 1u << (k - 3);
    unsigned top = k; /* registers k .. top - 1 hold values that wait for others */

    for (unsigned j = 0; j < k; j++)
        load(w, j, lut->in[j]);
    for (unsigned i = 0; i < leaves; i++) {
        copy(w, top, k - 3);
        ternary(w, top, k - 2, k - 1, (uint8_t)(lut->tt >> (8 * i)));
        top++;
        for (unsigned j = k - 3, bit = i; j > 0 && (bit & 1); j--, bit >>= 1) {
            ternary(w, top - 2, top - 1, j - 1, choose);
            top--;
        }
    }
    store(w, k, lut->out);
}

static void write_end(writer *w)
{
    static const uint8_t end[END_BYTES] = { 0xc5, 0xf8, 0x77,
                                            0xc3 }; /* vzeroupper; ret */

    bytes(w, end, sizeof end);
}

static size_t chunks_of(const lut_slice_run *run)
{
    return run->k > 3 ? lut_ceil_div(run->n, LUT_CODE_CHUNK) : 0;
}

static void write_all(lut_code *c, uint32_t *chunk, const lut_slice_run *run,
                      size_t nruns, const lut_slice_lut *lut)
{
    writer w = { .at = c->base };
    size_t n = 0;

    for (size_t r = 0; r < nruns; r++) {
        chunk[r] = (uint32_t)n;
        for (size_t i = 0; run[r].k > 3 && i < run[r].n; i++) {
            if (i % LUT_CODE_CHUNK == 0)
                c->entry[n++] = (size_t)(w.at - (uint8_t *)c->base);
            write_lut(&w, &lut[run[r].first + i], run[r].k);
            if (i % LUT_CODE_CHUNK == LUT_CODE_CHUNK - 1 || i + 1 == run[r].n)
                write_end(&w);
        }
    }
    chunk[nruns] = (uint32_t)n;
    c->entry[n] = (size_t)(w.at - (uint8_t *)c->base);
}

bool lut_code_make(lut_code *c, uint32_t *chunk, const lut_slice_run *run, size_t nruns,
                   const lut_slice_lut *lut, size_t slots)
{
    size_t luts = 0;

    *c = (lut_code){ 0 };
    for (size_t r = 0; r < nruns; r++) {
        c->nchunks += chunks_of(&run[r]);
        luts += run[r].k > 3 ? run[r].n : 0;
    }
    if (!luts || !lut_has_avx512() || slots > INT32_MAX / sizeof(lut_slice))
        return false;
    c->size = luts * LUT_BYTES + c->nchunks * END_BYTES;
    c->entry = malloc((c->nchunks + 1) * sizeof *c->entry);
    c->base =
        mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c->base == MAP_FAILED)
        c->base = NULL;
    if (c->base && c->entry) {
        write_all(c, chunk, run, nruns, lut);
        if (mprotect(c->base, c->size, PROT_READ | PROT_EXEC) == 0)
            return true;
    }
    lut_code_fini(c);
    return false;
}

void lut_code_fini(lut_code *c)
{
    if (c->base)
        munmap(c->base, c->size);
    free(c->entry);
    *c = (lut_code){ 0 };
}
#else
bool lut_code_make(lut_code *c, uint32_t *chunk, const lut_slice_run *run, size_t nruns,
                   const lut_slice_lut *lut, size_t slots)
{
    (void)chunk;
    (void)run;
    (void)nruns;
    (void)lut;
    (void)slots;
    *c = (lut_code){ 0 };
    return false;
}

void lut_code_fini(lut_code *c)
{
    *c = (lut_code){ 0 };
}
#endif
