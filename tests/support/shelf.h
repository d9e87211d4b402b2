/* Verilog of a random design in memory, read back and compared, and faults of one character. */
#ifndef TESTS_SUPPORT_SHELF_H
#define TESTS_SUPPORT_SHELF_H

#include "lib/export/verilog.h"
#include "lib/export/verilog_check.h"
#include "tests/support/designs.h"

#include <stdio.h>

enum { SHELF_FILES = 80 };

/* What cannot fail in a test ends it. */
static inline void shelf_want(bool is, const char *what)
{
    if (is)
        return;
    fprintf(stderr, "\n%s\n", what);
    exit(1);
}

/* Files in memory. */
typedef struct shelf {
    char *name[SHELF_FILES], *text[SHELF_FILES];
    size_t size[SHELF_FILES], n;
} shelf;

static inline lut_status shelf_start(void *arg, const char *name)
{
    shelf *s = arg;

    shelf_want(s->n < SHELF_FILES, "too many files");
    s->name[s->n] = strdup(name);
    s->text[s->n] = calloc(1, 1);
    s->size[s->n++] = 0;
    return LUT_OK;
}

static inline lut_status shelf_take(void *arg, const char *text, size_t n)
{
    shelf *s = arg;
    size_t at = s->n - 1;

    s->text[at] = realloc(s->text[at], s->size[at] + n + 1);
    memcpy(s->text[at] + s->size[at], text, n);
    s->size[at] += n;
    s->text[at][s->size[at]] = 0;
    return LUT_OK;
}

static inline void shelf_clear(shelf *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->name[i]);
        free(s->text[i]);
    }
    s->n = 0;
}

static inline void shelf_options(verilog_cfg *cfg, const char *text)
{
    lut_err err = { 0 };
    const lut_export_ops *ops = lut_export_find("verilog");

    shelf_want(ops && ops->cfg_size == sizeof *cfg, "no writer of Verilog");
    if (lut_options_parse(cfg, text, "verilog", ops->fields, ops->nfields, &err) != LUT_OK)
        shelf_want(false, err.text);
}

static inline void shelf_write(shelf *s, const verilog_cfg *cfg, const random_design *r)
{
    lut_export_out out = { shelf_start, shelf_take, s };
    lut_err err = { 0 };

    s->n = 0;
    if (lut_export_find("verilog")->write(cfg, &r->design, &out, &err) != LUT_OK)
        shelf_want(false, err.text);
}

/* Differences that are found: by reading (1) or by comparing. */
static inline size_t shelf_differences(const shelf *s, const verilog_cfg *cfg,
                                       const random_design *r, bool say)
{
    verilog_finding f[VERILOG_FINDINGS];
    verilog_source source[SHELF_FILES];
    lut_err err = { 0 };
    size_t n, nsources = 0, wrong = 0;

    for (size_t i = 0; i < s->n; i++)
        if (strstr(s->name[i], ".v") && !strstr(s->name[i], "_tb.v"))
            source[nsources++] = (verilog_source){ s->name[i], s->text[i] };
    if (verilog_check(f, &n, cfg, &r->design, source, nsources, 1, &err) != LUT_OK) {
        if (say)
            fprintf(stderr, "\n%s", err.text);
        return 1;
    }
    shelf_want(n >= 4, "parts that nobody looked at");
    for (size_t i = 0; i < n; i++) {
        wrong += f[i].wrong;
        if (say && f[i].wrong)
            fprintf(stderr, "\n%s: %zu of %.0f: %s", f[i].what, f[i].wrong, f[i].cases,
                    f[i].first);
    }
    return wrong;
}

static inline const char *shelf_line(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

/* Characters in which one bit decides something: digits of tables, of wires, of bits and of
 * constants.  What stands there after a fault, 0 for none. */
static inline char shelf_fault(const char *line, const char *at)
{
    static const char digit[] = "0123456789abcdef";
    const char *c = at, *found = *at ? strchr(digit, *at) : NULL;
    unsigned bit = (unsigned)(at - line) & 3;

    if (!found || strncmp(line, "wire unused", 11) == 0 || line[0] == '/' || line[0] == '`')
        return 0;
    while (c > line && strchr(digit, *c))
        c--;
    if (*c == 'h' && c > line + 3 && c[-3] == '(' && c[-2] == '2')
        bit &= 1; /* of the table of a LUT1 */
    if (*c == 'h')
        return digit[(unsigned)(found - digit) ^ 1u << bit];
    if (*at < '0' || *at > '9' || at[1] == '\'')
        return 0;
    return *at == '9' ? '8' : (char)(*at + 1);
}

/* A fault somewhere in the design: file and offset, what stands there and what does then. */
typedef struct shelf_spot {
    size_t file, at;
    char was, now;
} shelf_spot;

static inline shelf_spot shelf_pick(const shelf *s, lut_rng *rng)
{
    for (;;) {
        shelf_spot p = { .file = lut_rng_below(rng, s->n) };
        const char *text = s->text[p.file];

        if (!strstr(s->name[p.file], ".v") || strncmp(s->name[p.file], "net_", 4) != 0 ||
            strstr(s->name[p.file], "_tb.v"))
            continue;
        p.at = lut_rng_below(rng, s->size[p.file]);
        p.was = text[p.at];
        p.now = shelf_fault(shelf_line(text, text + p.at), text + p.at);
        if (p.now)
            return p;
    }
}

/* Whether the two give the same for all inputs. */
static inline bool shelf_same(const verilog_model *a, const verilog_model *b)
{
    uint64_t *va = calloc(a->nnets, 8), *vb = calloc(b->nnets, 8);
    bool same = true;

    for (size_t w = 0; same && w < (size_t)1 << a->input.width; w += 64) {
        for (uint32_t i = 0; i < a->input.width; i++) {
            uint64_t v = 0;

            for (size_t s = 0; s < 64; s++)
                v |= (uint64_t)((w + s) >> i & 1) << s;
            va[a->input.net[i]] = vb[b->input.net[i]] = v;
        }
        verilog_eval(a, va);
        verilog_eval(b, vb);
        for (uint32_t i = 0; i < a->klass.width; i++)
            same = same && va[a->klass.net[i]] == vb[b->klass.net[i]];
        for (uint32_t i = 0; i < a->score.width; i++)
            same = same && va[a->score.net[i]] == vb[b->score.net[i]];
    }
    free(va);
    free(vb);
    return same;
}

static inline lut_status shelf_read(verilog_model *m, const shelf *s, lut_err *err)
{
    verilog_source source[SHELF_FILES];
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (strstr(s->name[i], ".v") && !strstr(s->name[i], "_tb.v"))
            source[n++] = (verilog_source){ s->name[i], s->text[i] };
    return verilog_read(m, source, n, "net_top", err);
}

#endif
