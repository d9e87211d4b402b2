/* A random network as hardware: hardware DIR ENCODER WIDTH FRAC SIGNED LUTS K [OPTION=VALUE ...]
 * LUTS and K: of the layers, with commas between.  LUT_FORMAT in the environment: the format,
 * verilog. */
#include "tests/support/designs.h"

#include <stdio.h>

typedef struct target {
    const char *folder;
    FILE *open;
} target;

static lut_status start(void *arg, const char *name)
{
    target *to = arg;
    char path[1000];

    if (to->open)
        fclose(to->open);
    snprintf(path, sizeof path, "%s/%s", to->folder, name);
    to->open = fopen(path, "w");
    return to->open ? LUT_OK : LUT_EIO;
}

static lut_status take(void *arg, const char *text, size_t n)
{
    target *to = arg;

    return fwrite(text, 1, n, to->open) == n ? LUT_OK : LUT_EIO;
}

static uint32_t list(uint32_t *out, const char *text)
{
    uint32_t n = 0;

    for (char *end = (char *)(uintptr_t)text; n < 4; text = end + 1) {
        out[n++] = (uint32_t)strtoul(text, &end, 10);
        if (*end != ',')
            break;
    }
    return n;
}

static lut_status options(void *cfg, const lut_export_ops *ops, char **word,
                          lut_err *err)
{
    lut_fields_default(ops->fields, ops->nfields, cfg);
    for (; *word; word++) {
        char *equals = strchr(*word, '=');
        const lut_field *f;

        if (!equals)
            return lut_fail(err, LUT_EINVAL, "%s: want OPTION=VALUE", *word);
        *equals = 0;
        f = lut_field_find(ops->fields, ops->nfields, *word);
        if (!f)
            return lut_fail(err, LUT_EINVAL, "%s: no such option", *word);
        LUT_TRY(lut_field_set_text(f, cfg, equals + 1, err));
    }
    return LUT_OK;
}

static lut_status make(char **arg, lut_err *err)
{
    const char *format = getenv("LUT_FORMAT");
    const lut_export_ops *ops = lut_export_find(format ? format : "verilog");
    design_shape s = {
        .encoder = arg[2], .features = 7, .bits = 5, .rows = 60, .classes = 5, .seed = 7
    };
    target to = { .folder = arg[1] };
    lut_export_out out = { start, take, &to };
    random_design r;
    double cfg[64];
    lut_status st;

    s.input = (lut_fixed){ (uint32_t)atoi(arg[3]), atoi(arg[4]), atoi(arg[5]) != 0 };
    s.bits = strcmp(s.encoder, "bits") == 0 ? s.input.width : s.bits;
    s.nlayers = list(s.luts, arg[6]);
    list(s.k, arg[7]);
    st = options(cfg, ops, arg + 8, err);
    if (st == LUT_OK)
        st = design_make(&r, &s, err);
    if (st == LUT_OK)
        st = ops->check(cfg, &r.design, err);
    if (st == LUT_OK)
        st = ops->write(cfg, &r.design, &out, err);
    if (to.open && fclose(to.open) != 0 && st == LUT_OK)
        st = lut_fail(err, LUT_EIO, "%s: cannot write", to.folder);
    design_free(&r);
    return st;
}

int main(int argc, char **argv)
{
    lut_err err = { 0 };

    if (argc < 8 || make(argv, &err) != LUT_OK) {
        fprintf(stderr, "hardware: %s\n", err.text);
        return 1;
    }
    return 0;
}
