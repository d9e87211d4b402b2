#include "sweep/trial.h"

#include "lib/base/check.h"
#include "sweep/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_N(object, type_, member, unit_, lo_, hi_, fallback_, doc_) \
    { .name = #member,                                                   \
      .unit = unit_,                                                     \
      .doc = doc_,                                                       \
      .type = LUT_##type_,                                               \
      .offset = offsetof(object, member),                                \
      .size = sizeof(((object *)0)->member),                             \
      .lo = lo_,                                                         \
      .hi = hi_,                                                         \
      .fallback = fallback_ },
#define FIELD_T(object, size_, member, choices_, fallback_, doc_) \
    { .name = #member,                                            \
      .unit = "",                                                 \
      .doc = doc_,                                                \
      .type = LUT_TEXT,                                           \
      .offset = offsetof(object, member),                         \
      .size = size_,                                              \
      .choices = choices_,                                        \
      .fallback = fallback_ },

#define TRIAL_N(...)  FIELD_N(sweep_trial, __VA_ARGS__)
#define TRIAL_T(...)  FIELD_T(sweep_trial, __VA_ARGS__)
#define ROW_N(...)    FIELD_N(sweep_row, __VA_ARGS__)
#define ROW_T(...)    FIELD_T(sweep_row, __VA_ARGS__)
#define TIMING_N(...) FIELD_N(sweep_timing, __VA_ARGS__)
#define TIMING_T(...) FIELD_T(sweep_timing, __VA_ARGS__)
#define EPOCH_N(...)  FIELD_N(sweep_epoch, __VA_ARGS__)
#define EPOCH_T(...)  FIELD_T(sweep_epoch, __VA_ARGS__)

/* The trial leads its row, so its offsets are right for both. */
_Static_assert(offsetof(sweep_row, trial) == 0, "a row starts with its trial");

static const lut_field row_fields[] = { SWEEP_TRIAL_FIELDS(TRIAL_N, TRIAL_T)
                                            SWEEP_HARDWARE_FIELDS(TRIAL_N, TRIAL_T)
                                                SWEEP_RESULT_FIELDS(ROW_N, ROW_T) };
static const lut_field timing_fields[] = { SWEEP_TIMING_FIELDS(TIMING_N, TIMING_T) };
static const lut_field epoch_fields[] = { SWEEP_EPOCH_FIELDS(EPOCH_N, EPOCH_T) };

#define ONE(...) +1
enum {
    NTRAINING = 0 SWEEP_TRIAL_FIELDS(ONE, ONE),
    NTRIAL = NTRAINING SWEEP_HARDWARE_FIELDS(ONE, ONE)
};

const lut_field *sweep_trial_fields(size_t *n)
{
    *n = NTRIAL;
    return row_fields;
}

const lut_field *sweep_hardware_fields(size_t *n)
{
    *n = NTRIAL - NTRAINING;
    return row_fields + NTRAINING;
}

const lut_field *sweep_row_fields(size_t *n)
{
    *n = LUT_COUNT(row_fields);
    return row_fields;
}

const lut_field *sweep_timing_fields(size_t *n)
{
    *n = LUT_COUNT(timing_fields);
    return timing_fields;
}

const lut_field *sweep_epoch_fields(size_t *n)
{
    *n = LUT_COUNT(epoch_fields);
    return epoch_fields;
}

/* ---- results ---- */

void sweep_result_init(sweep_result *r)
{
    memset(r, 0, sizeof *r);
    lut_fields_default(row_fields, LUT_COUNT(row_fields), &r->row);
    lut_fields_default(timing_fields, LUT_COUNT(timing_fields), &r->timing);
}

void sweep_result_fini(sweep_result *r)
{
    lut_encoder_fini(&r->encoder);
    lut_circuit_fini(&r->circuit);
    free(r->history);
    free(r->confusion);
    free(r->correct);
    free(r->log);
    sweep_result_init(r);
}

void sweep_result_complete(sweep_result *r)
{
    sweep_row *row = &r->row;

    if (row->training_key[0] || !sweep_status_final(row->status))
        return;
    memcpy(row->training_key, row->key, SWEEP_KEY);
    if (row->trial.input_width && !isnan(row->test_accuracy)) {
        row->hw_input_bits = row->trial.input_width;
        row->hw_input_frac = row->trial.input_frac;
    }
}

bool sweep_is_key(const char *text)
{
    return strlen(text) == SWEEP_KEY - 1 &&
           strspn(text, "0123456789abcdef") == SWEEP_KEY - 1;
}

bool sweep_status_final(const char *status)
{
    static const char *const final[] = { "ok", "diverged", "stopped", "pruned" };

    for (size_t i = 0; i < LUT_COUNT(final); i++)
        if (strcmp(status, final[i]) == 0)
            return true;
    return false;
}

bool sweep_status_early(const char *status)
{
    return !strcmp(status, "pruned") || !strcmp(status, "stopped");
}

int sweep_row_order(const sweep_row *a, const sweep_row *b)
{
    const bool x = sweep_status_early(a->status), y = sweep_status_early(b->status);

    if (x != y)
        return x ? 1 : -1;
    return x ? (a->epochs_run < b->epochs_run) - (a->epochs_run > b->epochs_run) : 0;
}

void sweep_best_until(const sweep_result *r, size_t epochs, double *valid_accuracy,
                      double *best_epoch)
{
    double epoch = NAN;

    *valid_accuracy = NAN;
    for (size_t i = 0; i < r->nhistory && i < epochs; i++) {
        const sweep_epoch *e = &r->history[i];

        /* As training keeps its weights: NaN is no better than NaN, but it is later. */
        if (e->valid_accuracy <= *valid_accuracy)
            continue;
        *valid_accuracy = e->valid_accuracy;
        epoch = e->epoch;
    }
    if (best_epoch)
        *best_epoch = epoch;
}

/* ---- canonical text ---- */

static int by_name(const void *a, const void *b)
{
    const lut_field *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

void sweep_trial_write(char text[SWEEP_TRIAL_TEXT], const sweep_trial *t)
{
    const lut_field *sorted[NTRIAL];
    char value[LUT_FIELD_TEXT];
    size_t used = 0;

    for (size_t i = 0; i < NTRIAL; i++)
        sorted[i] = &row_fields[i];
    qsort(sorted, NTRAINING, sizeof sorted[0], by_name);
    qsort(sorted + NTRAINING, NTRIAL - NTRAINING, sizeof sorted[0], by_name);
    for (size_t i = 0; i < NTRIAL; i++)
        used += (size_t)snprintf(text + used, SWEEP_TRIAL_TEXT - used, "%s = %s\n",
                                 sorted[i]->name, lut_field_text(sorted[i], value, t));
    LUT_CHECK(used < SWEEP_TRIAL_TEXT);
}

char *sweep_trial_text(const sweep_trial *t)
{
    char text[SWEEP_TRIAL_TEXT];

    sweep_trial_write(text, t);
    return strdup(text);
}

/* Split "name = value" at text; *next is the start of the line behind it. */
static bool split_line(const char *text, char name[64], char value[LUT_FIELD_TEXT],
                       const char **next)
{
    size_t length = strcspn(text, "\n");
    const char *sign = strstr(text, " = ");
    size_t n, m;

    *next = text + length + (text[length] == '\n');
    if (!sign || sign + 3 > text + length)
        return false;
    n = (size_t)(sign - text);
    m = length - n - 3;
    if (n >= 64 || m >= LUT_FIELD_TEXT)
        return false;
    memcpy(name, text, n);
    name[n] = 0;
    memcpy(value, sign + 3, m);
    value[m] = 0;
    return true;
}

lut_status sweep_trial_parse(sweep_trial *t, const char *text, lut_err *err)
{
    char name[64], value[LUT_FIELD_TEXT];
    bool seen[NTRIAL] = { false };

    memset(t, 0, sizeof *t);
    lut_fields_default(row_fields, NTRIAL, t);
    while (*text) {
        const lut_field *f;
        const char *next;

        if (!split_line(text, name, value, &next))
            return lut_fail(err, LUT_EFORMAT, "\"%.60s\" found, want NAME = VALUE",
                            text);
        f = lut_field_find(row_fields, NTRIAL, name);
        if (!f)
            return lut_fail(err, LUT_ENOENT, "%s: a trial has no such field", name);
        if (seen[f - row_fields])
            return lut_fail(err, LUT_EFORMAT, "%s is given twice", name);
        seen[f - row_fields] = true;
        if (lut_field_set_text(f, t, value, err) != LUT_OK)
            return lut_err_wrap(err, "%s", name);
        text = next;
    }
    return LUT_OK;
}
