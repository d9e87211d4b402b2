#include "lib/export/export.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const lut_export_ops *lut_export_find(const char *name)
{
    for (size_t i = 0; lut_export_table[i]; i++)
        if (strcmp(lut_export_table[i]->name, name) == 0)
            return lut_export_table[i];
    return NULL;
}

/* ---- names ---- */

/* Words that C99, C++, Verilog-2005 or SystemVerilog-2017 reserve: those that somebody might
 * call a sweep.  All files put something behind the name ("NAME_top", "NAME_predict"), so
 * that these stay out of the way already; the module or model of the bare name does not. */
static const char *const reserved[] = { "always",
                                        "and",
                                        "assert",
                                        "assign",
                                        "auto",
                                        "begin",
                                        "bind",
                                        "bit",
                                        "bool",
                                        "buf",
                                        "byte",
                                        "case",
                                        "cell",
                                        "char",
                                        "class",
                                        "config",
                                        "const",
                                        "cover",
                                        "default",
                                        "define",
                                        "delete",
                                        "design",
                                        "disable",
                                        "do",
                                        "double",
                                        "edge",
                                        "else",
                                        "end",
                                        "enum",
                                        "event",
                                        "export",
                                        "extern",
                                        "final",
                                        "float",
                                        "for",
                                        "force",
                                        "function",
                                        "goto",
                                        "global",
                                        "if",
                                        "initial",
                                        "inline",
                                        "inout",
                                        "input",
                                        "int",
                                        "integer",
                                        "join",
                                        "large",
                                        "library",
                                        "local",
                                        "logic",
                                        "long",
                                        "medium",
                                        "module",
                                        "nand",
                                        "negedge",
                                        "new",
                                        "nor",
                                        "not",
                                        "null",
                                        "or",
                                        "output",
                                        "package",
                                        "parameter",
                                        "posedge",
                                        "primitive",
                                        "priority",
                                        "private",
                                        "program",
                                        "property",
                                        "public",
                                        "pure",
                                        "rand",
                                        "real",
                                        "ref",
                                        "reg",
                                        "register",
                                        "release",
                                        "repeat",
                                        "restrict",
                                        "return",
                                        "scalared",
                                        "sequence",
                                        "short",
                                        "signed",
                                        "small",
                                        "specify",
                                        "static",
                                        "string",
                                        "strong",
                                        "struct",
                                        "super",
                                        "supply0",
                                        "supply1",
                                        "switch",
                                        "table",
                                        "tagged",
                                        "task",
                                        "this",
                                        "time",
                                        "timeprecision",
                                        "timeunit",
                                        "tran",
                                        "tri",
                                        "type",
                                        "typedef",
                                        "union",
                                        "unique",
                                        "unsigned",
                                        "use",
                                        "var",
                                        "vectored",
                                        "virtual",
                                        "void",
                                        "volatile",
                                        "wait",
                                        "weak",
                                        "while",
                                        "wildcard",
                                        "wire",
                                        "with",
                                        "within",
                                        "wor",
                                        "xnor",
                                        "xor" };

static bool is_reserved(const char *text)
{
    for (size_t i = 0; i < LUT_COUNT(reserved); i++)
        if (strcmp(reserved[i], text) == 0)
            return true;
    return false;
}

static bool is_plain(char c)
{
    unsigned char u = (unsigned char)c;

    return u < 128 && (isalnum(u) || u == '_');
}

bool lut_export_is_name(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        if (!is_plain(text[i]))
            return false;
    return n > 0 && n < LUT_DESIGN_NAME && isalpha((unsigned char)text[0]) &&
           !is_reserved(text);
}

void lut_export_name(char name[LUT_DESIGN_NAME], const char *text)
{
    size_t n = 0;

    if (!isalpha((unsigned char)text[0]) || !is_plain(text[0]) || is_reserved(text)) {
        name[n++] = 'n';
        name[n++] = '_';
    }
    while (*text && n + 1 < LUT_DESIGN_NAME) {
        name[n++] = is_plain(*text) ? *text : '_';
        text++;
    }
    name[n] = 0;
}

/* ---- what no writer could use ---- */

static lut_status check_encoder(const lut_encoder *e, const lut_circuit *c,
                                lut_err *err)
{
    if (e->column || e->features * e->bits != c->inputs)
        return lut_fail(err, LUT_EINVAL,
                        "%zu features of %zu bits for a network of %u inputs",
                        e->features, e->bits, (unsigned)c->inputs);
    if (e->input.width > LUT_MAX_INPUT_WIDTH)
        return lut_fail(err, LUT_EINVAL, "inputs of %u bits, want at most %d",
                        (unsigned)e->input.width, LUT_MAX_INPUT_WIDTH);
    if (e->thresholds == 0 && !lut_encode_rule(e->kind))
        return lut_fail(err, LUT_EINVAL,
                        "encoder \"%s\" has no thresholds and no known rule", e->kind);
    return lut_encoder_check(e, err);
}

lut_status lut_export_check(const lut_export_design *d, lut_err *err)
{
    if (!lut_export_is_name(d->name))
        return lut_fail(err, LUT_EINVAL,
                        "name \"%.80s\": want a letter, then letters, digits and _, "
                        "less than %d, and no reserved word of C or Verilog",
                        d->name, LUT_DESIGN_NAME);
    LUT_TRY(lut_circuit_check(d->circuit, err));
    return check_encoder(d->encoder, d->circuit, err);
}

/* ---- what does not survive the inputs ---- */

static void inspect_feature(lut_export_facts *out, const lut_encoder *e, size_t f)
{
    const float *t = e->threshold + f * e->thresholds;

    out->thresholds += e->thresholds;
    for (size_t i = 0; i < e->thresholds; i++) {
        float edge = lut_fixed_edge(&e->input, t[i]);

        if (isinf(edge) && !isinf(t[i]))
            out->beyond++;
        else if (i && t[i - 1] < t[i] && lut_fixed_edge(&e->input, t[i - 1]) == edge)
            out->collide++;
    }
}

lut_status lut_export_inspect(lut_export_facts *out, const lut_export_design *d, lut_err *err)
{
    const lut_circuit_layer *first = &d->circuit->layer[0];
    const lut_encoder *e = d->encoder;
    uint8_t *read = calloc(d->circuit->inputs, 1);

    *out = (lut_export_facts){ .bits = d->circuit->inputs };
    if (!read)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u inputs",
                        (unsigned)d->circuit->inputs);
    for (size_t i = 0; i < (size_t)first->luts * first->k; i++)
        read[first->wire[i]] = 1;
    for (size_t f = 0; f < e->features; f++) {
        size_t used = 0;

        for (size_t b = 0; b < e->bits; b++)
            used += read[f * e->bits + b];
        out->used += used;
        if (used)
            inspect_feature(out, e, f);
    }
    free(read);
    return LUT_OK;
}
