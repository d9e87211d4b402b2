/* The group of a trial: everything needed to recompute its predictions. */
#include "sweep/store_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lut_status put_names(hid_t group, const lut_encoder *enc, lut_err *err)
{
    const hsize_t n = enc->features;
    size_t width = 1;
    hid_t file_type, mem_type = sweep_h5_text_type(LUT_FEATURE_NAME, true);
    lut_status st;

    for (size_t f = 0; f < enc->features; f++) {
        size_t length = strnlen(enc->name[f], LUT_FEATURE_NAME - 1);

        width = length > width ? length : width;
    }
    file_type = sweep_h5_text_type(width, true);
    st = sweep_h5_put_array(group, "features", file_type, mem_type, 1, &n, enc->name,
                            err);
    H5Tclose(file_type);
    H5Tclose(mem_type);
    return st;
}

/* What says how bits are made besides thresholds and codes. */
static lut_status put_encoder_notes(hid_t group, const lut_encoder *enc, lut_err *err)
{
    const char *rule = lut_encode_rule(enc->kind);

    LUT_TRY(sweep_h5_put_note(group, "kind", enc->kind, err));
    if (rule)
        LUT_TRY(sweep_h5_put_note(group, "doc", rule, err));
    LUT_TRY(sweep_h5_put_number(group, "input_width", enc->input.width, err));
    LUT_TRY(sweep_h5_put_number(group, "input_frac", enc->input.frac, err));
    return sweep_h5_put_number(group, "signed", enc->input.is_signed, err);
}

static lut_status put_encoder(hid_t trial, const lut_encoder *enc, lut_err *err)
{
    const hsize_t thresholds[] = { enc->features, enc->thresholds };
    const hsize_t codes[] = { enc->thresholds + 1, enc->bits };
    hid_t group = sweep_h5_group(trial, "encoder", 3);
    lut_status st;

    if (group < 0)
        return sweep_h5_fail(err, LUT_EIO, "encoder cannot be created");
    st = put_encoder_notes(group, enc, err);
    if (st == LUT_OK)
        st = sweep_h5_put_array(group, "thresholds", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
                                2, thresholds, enc->threshold, err);
    if (st == LUT_OK)
        st = sweep_h5_put_array(group, "codes", H5T_STD_U8LE, H5T_NATIVE_UINT8, 2,
                                codes, enc->codes, err);
    if (st == LUT_OK)
        st = put_names(group, enc, err);
    H5Gclose(group);
    return st;
}

/* A byte per table entry: what readers can use without knowing about words. */
static void tables_to_bytes(uint8_t *out, const lut_circuit_layer *layer)
{
    const size_t entries = (size_t)1 << layer->k, words = lut_table_words(layer->k);

    for (size_t m = 0; m < layer->luts; m++)
        for (size_t a = 0; a < entries; a++)
            *out++ = layer->tt[m * words + a / 64] >> a % 64 & 1;
}

static lut_status put_layer(hid_t layers, const lut_circuit_layer *layer, uint32_t l,
                            lut_err *err)
{
    const hsize_t inputs[] = { layer->luts, layer->k };
    const hsize_t tables[] = { layer->luts, (hsize_t)1 << layer->k };
    uint8_t *bytes = malloc((size_t)(tables[0] * tables[1]));
    char name[16];
    hid_t group;
    lut_status st;

    snprintf(name, sizeof name, "%u", (unsigned)l);
    if (!bytes)
        return lut_fail(err, LUT_ENOMEM, "layer %s: out of memory", name);
    tables_to_bytes(bytes, layer);
    group = sweep_h5_group(layers, name, 2);
    if (group < 0)
        st = sweep_h5_fail(err, LUT_EIO, "layer %s cannot be created", name);
    else
        st = sweep_h5_put_array(group, "inputs", H5T_STD_I32LE, H5T_NATIVE_UINT32, 2,
                                inputs, layer->wire, err);
    if (st == LUT_OK)
        st = sweep_h5_put_array(group, "tables", H5T_STD_U8LE, H5T_NATIVE_UINT8, 2,
                                tables, bytes, err);
    if (group >= 0)
        H5Gclose(group);
    free(bytes);
    return st;
}

static lut_status put_layers(hid_t trial, const lut_circuit *c, lut_err *err)
{
    hid_t group = sweep_h5_group(trial, "layer", c->nlayers);
    lut_status st = LUT_OK;

    if (group < 0)
        return sweep_h5_fail(err, LUT_EIO, "layer cannot be created");
    for (uint32_t l = 0; l < c->nlayers && st == LUT_OK; l++)
        st = put_layer(group, &c->layer[l], l, err);
    H5Gclose(group);
    return st;
}

static lut_status put_evaluation(hid_t trial, const sweep_result *r, lut_err *err)
{
    const hsize_t confusion[] = { r->classes, r->classes };
    const hsize_t bytes = (r->ntest + 7) / 8;
    hid_t set;
    lut_status st;

    LUT_TRY(sweep_h5_put_array(trial, "confusion", H5T_STD_U32LE, H5T_NATIVE_UINT32, 2,
                               confusion, r->confusion, err));
    LUT_TRY(sweep_h5_put_array(trial, "correct", H5T_STD_U8LE, H5T_NATIVE_UINT8, 1,
                               &bytes, r->correct, err));
    set = H5Dopen2(trial, "correct", H5P_DEFAULT);
    st = sweep_h5_put_number(set, "rows", (int64_t)r->ntest, err);
    H5Dclose(set);
    return st;
}

static lut_status put_config(hid_t trial, const sweep_result *r, lut_err *err)
{
    char *text = sweep_trial_text(&r->row.trial);
    lut_status st;

    if (!text)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    st = sweep_h5_put_text(trial, "config", text, err);
    free(text);
    return st;
}

lut_status sweep_store_put_trial(hid_t trials, const sweep_result *r, lut_err *err)
{
    bool there;
    hid_t group;
    lut_status st;

    if (!sweep_is_key(r->row.key))
        return lut_fail(err, LUT_EINVAL, "\"%s\" is no key: want 16 hex digits",
                        r->row.key);
    LUT_TRY(sweep_h5_exists(trials, r->row.key, &there, err));
    if (there)
        return lut_fail(err, LUT_EINVAL, "two rows have the key %s", r->row.key);
    group = sweep_h5_group(trials, r->row.key, 6);
    if (group < 0)
        return sweep_h5_fail(err, LUT_EIO, "/trial/%s cannot be created", r->row.key);
    st = put_config(group, r, err);
    if (st == LUT_OK)
        st = put_encoder(group, &r->encoder, err);
    if (st == LUT_OK)
        st = put_layers(group, &r->circuit, err);
    if (st == LUT_OK)
        st = put_evaluation(group, r, err);
    if (st == LUT_OK && r->log)
        st = sweep_h5_put_text(group, "log", r->log, err);
    H5Gclose(group);
    return st;
}

static lut_status put_verdict(hid_t group, const sweep_verilog *v, lut_err *err)
{
    LUT_TRY(sweep_h5_put_note(group, "name", v->name, err));
    LUT_TRY(sweep_h5_put_note(group, "verdict", v->verdict, err));
    LUT_TRY(sweep_h5_put_number(group, "rows", (int64_t)v->rows, err));
    LUT_TRY(sweep_h5_put_number(group, "cases", (int64_t)v->cases, err));
    LUT_TRY(sweep_h5_put_number(group, "mismatches", (int64_t)v->wrong, err));
    return sweep_h5_put_note(group, "checks", v->checks, err);
}

lut_status sweep_store_put_verilog(hid_t trials, const char *key,
                                   const sweep_verilog *v, lut_err *err)
{
    char name[SWEEP_KEY + 16];
    lut_status st;
    hid_t group;

    snprintf(name, sizeof name, "%.16s/verilog", key);
    group = sweep_h5_group(trials, name, (unsigned)v->n);
    if (group < 0)
        return sweep_h5_fail(err, LUT_EIO, "/trial/%s cannot be created", name);
    st = put_verdict(group, v, err);
    for (size_t i = 0; st == LUT_OK && i < v->n; i++)
        st = sweep_h5_put_text(group, v->file[i].name, v->file[i].text, err);
    H5Gclose(group);
    return st;
}

static void *room(hsize_t n, size_t size)
{
    return calloc(n ? (size_t)n : 1, size);
}

static lut_status get_names(hid_t trial, lut_encoder *enc, lut_err *err)
{
    const hsize_t n = enc->features;
    hid_t type = sweep_h5_text_type(LUT_FEATURE_NAME, true);
    lut_status st =
        sweep_h5_get_array(trial, "encoder/features", type, 1, &n, enc->name, err);

    H5Tclose(type);
    if (st != LUT_OK)
        return st;
    for (size_t f = 0; f < enc->features; f++)
        if (enc->name[f][LUT_FEATURE_NAME - 1])
            return lut_fail(err, LUT_EFORMAT, "encoder/features: name %zu is too long",
                            f);
    return LUT_OK;
}

static lut_status get_input(hid_t group, lut_fixed *input, lut_err *err)
{
    uint64_t width, is_signed;
    int64_t frac;

    *input = (lut_fixed){ .width = 0 };
    if (H5Aexists(group, "input_width") <= 0) /* older than they are: real inputs */
        return LUT_OK;
    LUT_TRY(sweep_h5_get_number(group, "input_width", &width, err));
    LUT_TRY(sweep_h5_get_signed(group, "input_frac", &frac, err));
    LUT_TRY(sweep_h5_get_number(group, "signed", &is_signed, err));
    if (width > LUT_MAX_INPUT_WIDTH || frac < -LUT_MAX_INPUT_FRAC ||
        frac > LUT_MAX_INPUT_FRAC || is_signed > 1)
        return lut_fail(err, LUT_EFORMAT, "encoder: input_width is out of range");
    *input = (lut_fixed){ (uint32_t)width, (int32_t)frac, is_signed != 0 };
    return LUT_OK;
}

static lut_status get_notes(hid_t trial, lut_encoder *enc, lut_err *err)
{
    hid_t group = H5Gopen2(trial, "encoder", H5P_DEFAULT);
    char *kind;
    lut_status st;

    if (group < 0)
        return sweep_h5_fail(err, LUT_EFORMAT, "encoder cannot be read");
    st = sweep_h5_get_note(group, "kind", &kind, err);
    if (st == LUT_OK)
        snprintf(enc->kind, sizeof enc->kind, "%s", kind);
    if (st == LUT_OK)
        st = get_input(group, &enc->input, err);
    H5Gclose(group);
    free(kind);
    return st;
}

static lut_status get_encoder(hid_t trial, lut_encoder *enc, lut_err *err)
{
    hsize_t thresholds[2], codes[2];

    LUT_TRY(get_notes(trial, enc, err));
    LUT_TRY(sweep_h5_dims(trial, "encoder/thresholds", 2, thresholds, err));
    LUT_TRY(sweep_h5_dims(trial, "encoder/codes", 2, codes, err));
    if (thresholds[0] > UINT32_MAX || thresholds[1] > UINT16_MAX ||
        codes[0] != thresholds[1] + 1 || codes[1] == 0 ||
        codes[1] > LUT_MAX_ENCODER_BITS)
        return lut_fail(err, LUT_EFORMAT, "encoder: thresholds and codes do not agree");
    enc->features = (size_t)thresholds[0];
    enc->thresholds = (size_t)thresholds[1];
    enc->bits = (size_t)codes[1];
    enc->outputs = enc->features * enc->bits;
    enc->threshold = room(thresholds[0] * thresholds[1], sizeof *enc->threshold);
    enc->codes = room(codes[0] * codes[1], 1);
    enc->name = room(thresholds[0], sizeof *enc->name);
    if (!enc->threshold || !enc->codes || !enc->name)
        return lut_fail(err, LUT_ENOMEM, "encoder: out of memory");
    LUT_TRY(sweep_h5_get_array(trial, "encoder/thresholds", H5T_NATIVE_FLOAT, 2,
                               thresholds, enc->threshold, err));
    LUT_TRY(sweep_h5_get_array(trial, "encoder/codes", H5T_NATIVE_UINT8, 2, codes,
                               enc->codes, err));
    return get_names(trial, enc, err);
}

/* LUTs and inputs of every layer, checked before memory is asked for. */
static lut_status layer_shapes(hid_t trial, uint32_t *nlayers, uint32_t *luts,
                               uint32_t *k, lut_err *err)
{
    char name[40];

    for (*nlayers = 0; *nlayers < LUT_MAX_LAYERS; ++*nlayers) {
        hsize_t dims[2];
        bool there;

        snprintf(name, sizeof name, "layer/%u", (unsigned)*nlayers);
        LUT_TRY(sweep_h5_exists(trial, name, &there, err));
        if (!there)
            return LUT_OK;
        strcat(name, "/inputs");
        LUT_TRY(sweep_h5_dims(trial, name, 2, dims, err));
        if (dims[0] == 0 || dims[0] > UINT32_MAX / 256 || dims[1] == 0 ||
            dims[1] > LUT_MAX_K)
            return lut_fail(err, LUT_EFORMAT, "%s: %llu LUTs of %llu inputs", name,
                            (unsigned long long)dims[0], (unsigned long long)dims[1]);
        luts[*nlayers] = (uint32_t)dims[0];
        k[*nlayers] = (uint32_t)dims[1];
    }
    return LUT_OK;
}

static lut_status bytes_to_tables(lut_circuit_layer *layer, const uint8_t *bytes,
                                  lut_err *err)
{
    const size_t entries = (size_t)1 << layer->k, words = lut_table_words(layer->k);

    for (size_t m = 0; m < layer->luts; m++)
        for (size_t a = 0; a < entries; a++, bytes++) {
            if (*bytes > 1)
                return lut_fail(err, LUT_EFORMAT,
                                "LUT %zu: entry %zu is %u, want 0 or 1", m, a,
                                (unsigned)*bytes);
            layer->tt[m * words + a / 64] |= (uint64_t)*bytes << a % 64;
        }
    return LUT_OK;
}

static lut_status get_layer(hid_t trial, lut_circuit_layer *layer, uint32_t l,
                            lut_err *err)
{
    const hsize_t inputs[] = { layer->luts, layer->k };
    const hsize_t tables[] = { layer->luts, (hsize_t)1 << layer->k };
    char name[40];
    uint8_t *bytes;
    lut_status st;

    snprintf(name, sizeof name, "layer/%u/inputs", (unsigned)l);
    LUT_TRY(sweep_h5_get_array(trial, name, H5T_NATIVE_UINT32, 2, inputs, layer->wire,
                               err));
    snprintf(name, sizeof name, "layer/%u/tables", (unsigned)l);
    bytes = room(tables[0] * tables[1], 1);
    if (!bytes)
        return lut_fail(err, LUT_ENOMEM, "%s: out of memory", name);
    st = sweep_h5_get_array(trial, name, H5T_NATIVE_UINT8, 2, tables, bytes, err);
    if (st == LUT_OK && bytes_to_tables(layer, bytes, err) != LUT_OK)
        st = lut_err_wrap(err, "%s", name);
    free(bytes);
    return st;
}

static lut_status get_circuit(hid_t trial, sweep_result *r, lut_err *err)
{
    uint32_t luts[LUT_MAX_LAYERS], k[LUT_MAX_LAYERS], nlayers = 0;
    lut_circuit *c = &r->circuit;

    LUT_TRY(layer_shapes(trial, &nlayers, luts, k, err));
    LUT_TRY(lut_circuit_alloc(c, (uint32_t)(r->encoder.features * r->encoder.bits),
                              r->classes, nlayers, luts, k, err));
    for (uint32_t l = 0; l < nlayers; l++)
        LUT_TRY(get_layer(trial, &c->layer[l], l, err));
    return lut_circuit_check(c, err);
}

static lut_status get_correct(hid_t trial, sweep_result *r, lut_err *err)
{
    hid_t set = H5Dopen2(trial, "correct", H5P_DEFAULT);
    uint64_t rows = 0;
    hsize_t bytes;
    lut_status st;

    if (set < 0)
        return sweep_h5_fail(err, LUT_EFORMAT, "correct cannot be read");
    st = sweep_h5_get_number(set, "rows", &rows, err);
    H5Dclose(set);
    if (st != LUT_OK)
        return st;
    bytes = rows / 8 + (rows % 8 != 0);
    r->ntest = (size_t)rows;
    r->correct = room(bytes, 1);
    if (!r->correct)
        return lut_fail(err, LUT_ENOMEM, "correct: out of memory");
    return sweep_h5_get_array(trial, "correct", H5T_NATIVE_UINT8, 1, &bytes, r->correct,
                              err);
}

static lut_status get_evaluation(hid_t trial, sweep_result *r, lut_err *err)
{
    hsize_t dims[2];

    LUT_TRY(sweep_h5_dims(trial, "confusion", 2, dims, err));
    if (dims[0] != dims[1] || dims[0] == 0 || dims[0] > LUT_MAX_CLASSES)
        return lut_fail(err, LUT_EFORMAT, "confusion: %llu x %llu",
                        (unsigned long long)dims[0], (unsigned long long)dims[1]);
    r->classes = (uint32_t)dims[0];
    r->confusion = room(dims[0] * dims[1], sizeof *r->confusion);
    if (!r->confusion)
        return lut_fail(err, LUT_ENOMEM, "confusion: out of memory");
    LUT_TRY(sweep_h5_get_array(trial, "confusion", H5T_NATIVE_UINT32, 2, dims,
                               r->confusion, err));
    return get_correct(trial, r, err);
}

lut_status sweep_store_get_trial(hid_t trials, sweep_result *r, lut_err *err)
{
    hid_t group = H5Gopen2(trials, r->row.key, H5P_DEFAULT);
    bool has_log = false;
    lut_status st;

    if (group < 0)
        return sweep_h5_fail(err, LUT_EFORMAT, "/trial/%s cannot be read", r->row.key);
    r->has_network = true;
    st = get_encoder(group, &r->encoder, err);
    if (st == LUT_OK)
        st = get_evaluation(group, r, err);
    if (st == LUT_OK)
        st = get_circuit(group, r, err);
    if (st == LUT_OK)
        st = sweep_h5_exists(group, "log", &has_log, err);
    if (st == LUT_OK && has_log)
        st = sweep_h5_get_text(group, "log", &r->log, err);
    H5Gclose(group);
    return st == LUT_OK ? st : lut_err_wrap(err, "/trial/%s", r->row.key);
}
