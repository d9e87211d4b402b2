#include "drivers/stored.h"
#include "sweep/digest.h"
#include "sweep/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- which trial ---- */

static lut_status refuse_several(char *const *key, size_t n, const char *path,
                                 const char *wanted, lut_err *err)
{
    char text[200] = "";
    size_t found = 0, length = strlen(wanted);

    for (size_t i = 0; i < n; i++) {
        if (strncmp(key[i], wanted, length) != 0)
            continue;
        if (found < 4)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.16s",
                     found ? ", " : "", key[i]);
        found++;
    }
    return lut_fail(err, LUT_EINVAL,
                    "%s: %zu trials begin with %s (%s%s): give more of "
                    "the key",
                    path, found, wanted, text, found > 4 ? ", ..." : "");
}

static lut_status check_wanted(const char *wanted, lut_err *err)
{
    size_t n = strlen(wanted);

    if (n >= STORED_KEY && n < SWEEP_KEY && strspn(wanted, "0123456789abcdef") == n)
        return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "key \"%.40s\": want %d to %d digits of 0-9a-f (lutreport FILE --by "
        "key lists them)",
        wanted, STORED_KEY, SWEEP_KEY - 1);
}

static lut_status find(size_t *row, const sweep_store *s, const char *path,
                       const char *wanted, lut_err *err)
{
    const sweep_column *c = sweep_store_text(s, "key", err);
    size_t n = sweep_store_rows(s), found = 0, length = strlen(wanted);

    if (!c)
        return LUT_EFORMAT;
    for (size_t i = 0; i < n; i++)
        if (strncmp(c->text[i], wanted, length) == 0) {
            *row = i;
            found++;
        }
    if (found > 1)
        return refuse_several(c->text, n, path, wanted, err);
    if (found == 0)
        return lut_fail(
            err, LUT_ENOENT,
            "%s: none of the %zu trials has the key %s (lutreport %s --by key "
            "lists them)",
            path, n, wanted, path);
    return LUT_OK;
}

static lut_status refuse_missing(const sweep_result *r, const char *path, lut_err *err)
{
    const char *key = r->row.key, *status = r->row.status;

    if (strcmp(status, "ok") != 0 && strcmp(status, "stopped") != 0)
        return lut_fail(err, LUT_EINVAL, "%s: trial %s is %s, so it has no network",
                        path, key, status);
    return lut_fail(
        err, LUT_EINVAL,
        "%s: the network of %s is not kept; make it again: luttrain --from %s "
        "--key %s -o %s.h5",
        path, key, path, key, key);
}

lut_status stored_open(stored *out, const char *path, const char *key, lut_err *err)
{
    sweep_store *s;
    size_t row = 0;
    lut_status st;

    *out = (stored){ .sweep = "" };
    LUT_TRY(check_wanted(key, err));
    LUT_TRY(sweep_store_open(&s, path, err));
    snprintf(out->sweep, sizeof out->sweep, "%s", sweep_store_name(s));
    st = find(&row, s, path, key, err);
    if (st == LUT_OK && (st = sweep_store_get(s, row, &out->result, err)) != LUT_OK)
        lut_err_wrap(err, "%s", path);
    sweep_store_close(s);
    if (st == LUT_OK && !out->result.has_network)
        st = refuse_missing(&out->result, path, err);
    if (st == LUT_OK && (st = lut_encoder_check(&out->result.encoder, err)) != LUT_OK)
        lut_err_wrap(err, "%s: %s", path, out->result.row.key);
    if (st != LUT_OK)
        stored_close(out);
    return st;
}

lut_status stored_open_any(stored *s, size_t *at, const char *const *path, size_t n,
                           const char *key, lut_err *err)
{
    lut_err first;
    size_t found = n;

    for (size_t i = 0; i < n; i++) {
        stored other;
        lut_err why;
        lut_status st = stored_open(found < n ? &other : s, path[i], key, &why);

        if (i == 0)
            first = why;
        if (st == LUT_ENOENT && n > 1 && access(path[i], F_OK) == 0)
            continue;
        if (st == LUT_OK && found == n) {
            found = i;
            continue;
        }
        if (found < n)
            stored_close(s);
        if (st == LUT_OK) {
            stored_close(&other);
            return lut_fail(err, LUT_ENOENT, "%s and %s both have a trial %s: name one file",
                            path[found], path[i], key);
        }
        *err = why;
        return st;
    }
    *at = found;
    return found < n ? LUT_OK
                     : lut_fail(err, LUT_ENOENT, "none of the %zu files; the first: %s",
                                n, first.text);
}

void stored_close(stored *s)
{
    sweep_result_fini(&s->result);
}

lut_status stored_any_data(lut_data *data, bool *same, const stored *s,
                           const char *const *folder, lut_err *err)
{
    const sweep_row *row = &s->result.row;
    char digest[SWEEP_DIGEST], key[SWEEP_KEY];

    LUT_TRY(
        sweep_facts_data(data, row->trial.dataset, row->trial.options, folder, err));
    sweep_data_digest(digest, data);
    sweep_trial_key(key, &row->trial, digest);
    *same = strcmp(key, row->key) == 0;
    return LUT_OK;
}

lut_status stored_data(lut_data *data, const stored *s, const char *const *folder,
                       lut_err *err)
{
    const sweep_row *row = &s->result.row;
    char digest[SWEEP_DIGEST];
    bool same;

    LUT_TRY(stored_any_data(data, &same, s, folder, err));
    if (same && data->test.features == s->result.encoder.features)
        return LUT_OK;
    sweep_data_digest(digest, data);
    lut_data_fini(data);
    return lut_fail(
        err, LUT_EFORMAT,
        "data set %s here (digest %s) is not the one that %s was trained on",
        row->trial.dataset, digest, row->key);
}

/* ---- what it decides ---- */

/* Outputs of a layer for one sample, a byte each. */
static void layer_outputs(const lut_circuit_layer *layer, uint8_t *out,
                          const uint8_t *in)
{
    size_t words = lut_table_words(layer->k);

    for (uint32_t m = 0; m < layer->luts; m++) {
        const uint32_t *wire = layer->wire + (size_t)m * layer->k;
        unsigned a = 0;

        for (uint32_t j = 0; j < layer->k; j++)
            a = 2 * a + in[wire[j]];
        out[m] = layer->tt[m * words + a / 64] >> (a % 64) & 1;
    }
}

static uint16_t first_maximum(const uint32_t *votes, uint32_t classes)
{
    uint16_t best = 0;

    for (uint16_t c = 1; c < classes; c++)
        best = votes[c] > votes[best] ? c : best;
    return best;
}

/* One sample; value: two rows of the widest layer or the inputs. */
static uint16_t decide(const lut_circuit *c, const uint64_t *x, uint8_t *value,
                       size_t room, uint32_t *votes)
{
    uint32_t outputs = c->layer[c->nlayers - 1].luts;
    uint32_t group = lut_circuit_group(outputs, c->classes);
    uint8_t *in = value, *out = value + room;

    for (uint32_t i = 0; i < c->inputs; i++)
        in[i] = x[i / 64] >> (i % 64) & 1;
    for (uint32_t l = 0; l < c->nlayers; l++) {
        uint8_t *next = in;

        layer_outputs(&c->layer[l], out, in);
        in = out;
        out = next;
    }
    memset(votes, 0, c->classes * sizeof *votes);
    for (uint32_t o = 0; o < outputs; o++)
        votes[o / group] += in[o];
    return first_maximum(votes, c->classes);
}

lut_status stored_decide_bits(const lut_circuit *c, const uint64_t *x, size_t ld,
                              size_t n, uint16_t *label, uint32_t *score, lut_err *err)
{
    uint32_t votes[LUT_MAX_CLASSES];
    size_t room = c->inputs;
    uint8_t *value;

    for (uint32_t l = 0; l < c->nlayers; l++)
        room = c->layer[l].luts > room ? c->layer[l].luts : room;
    value = malloc(2 * room);
    if (!value)
        return lut_fail(err, LUT_ENOMEM, "no memory for layers of %zu", room);
    for (size_t i = 0; i < n; i++)
        label[i] =
            decide(c, x + i * ld, value, room, score ? score + i * c->classes : votes);
    free(value);
    return LUT_OK;
}

lut_status stored_decide(const sweep_result *r, const lut_dataset *d, size_t n,
                         uint16_t *label, uint32_t *score, lut_err *err)
{
    size_t ld = lut_ceil_div(r->encoder.outputs, 64);
    uint64_t *x = malloc((n * ld + 1) * sizeof *x);
    lut_status st;

    if (!x)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu encoded rows", n);
    lut_encoder_apply(&r->encoder, x, ld, d, NULL, n);
    st = stored_decide_bits(&r->circuit, x, ld, n, label, score, err);
    free(x);
    return st;
}

/* ---- digest ---- */

/* Bytes one after the other; NULL to find out how many. */
static size_t append(unsigned char *to, size_t at, const void *bytes, size_t n)
{
    if (to && n)
        memcpy(to + at, bytes, n);
    return at + n;
}

static size_t append_number(unsigned char *to, size_t at, uint64_t v)
{
    unsigned char byte[8];

    for (size_t i = 0; i < sizeof byte; i++)
        byte[i] = (unsigned char)(v >> (8 * i));
    return append(to, at, byte, sizeof byte);
}

static size_t append_network(unsigned char *to, const sweep_result *r)
{
    const lut_encoder *e = &r->encoder;
    const lut_circuit *c = &r->circuit;
    size_t at = append(to, 0, e->kind, strlen(e->kind));

    at = append_number(to, at, e->features);
    at = append_number(to, at, e->thresholds);
    at = append_number(to, at, e->bits);
    at = append_number(to, at, e->input.width);
    at = append_number(to, at, (uint64_t)(int64_t)e->input.frac);
    at = append_number(to, at, e->input.is_signed);
    at = append(to, at, e->threshold,
                e->features * e->thresholds * sizeof *e->threshold);
    at = append(to, at, e->codes, (e->thresholds + 1) * e->bits);
    at = append_number(to, at, c->classes);
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        at = append_number(to, at, layer->luts);
        at = append_number(to, at, layer->k);
        at = append(to, at, layer->wire,
                    (size_t)layer->luts * layer->k * sizeof *layer->wire);
        at = append(to, at, layer->tt,
                    layer->luts * lut_table_words(layer->k) * sizeof *layer->tt);
    }
    return at;
}

lut_status stored_digest(char digest[17], const sweep_result *r, lut_err *err)
{
    size_t n = append_network(NULL, r);
    unsigned char *bytes = malloc(n);
    char hex[SWEEP_SHA256];

    if (!bytes)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu bytes of a network", n);
    append_network(bytes, r);
    sweep_sha256(hex, bytes, n);
    free(bytes);
    memcpy(digest, hex, 16);
    digest[16] = 0;
    return LUT_OK;
}
