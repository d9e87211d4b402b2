/* --dont-care: the tables that are written, and in what they agree with the trained ones. */
#include "drivers/lutexport.h"
#include "lib/circuit/packed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FEWEST = 1000000 };

static const char *const names[] = { [EXPORT_CARE_ALL] = "none",
                                     [EXPORT_CARE_ENCODER] = "encoder",
                                     [EXPORT_CARE_DATA] = "data" };

const char *export_care_name(const export_care *care)
{
    return names[care->rule];
}

static bool parse_fewest(uint32_t *fewest, const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end == text || *end || n < 1 || n > MOST_FEWEST)
        return false;
    *fewest = (uint32_t)n;
    return true;
}

lut_status export_care_parse(export_care *care, const char *text, lut_err *err)
{
    care->fewest = 1;
    for (size_t i = 0; i < LUT_COUNT(names); i++)
        if (strcmp(text, names[i]) == 0)
            return care->rule = (export_rule)i, LUT_OK;
    care->rule = EXPORT_CARE_DATA;
    if (strncmp(text, "data:", 5) == 0 && parse_fewest(&care->fewest, text + 5))
        return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "--dont-care=%.40s: want none, encoder, data, or data:N for entries "
        "that fewer than N training samples address (1..%d)",
        text, MOST_FEWEST);
}

/* ---- samples ---- */

/* Encoded rows of a part with their labels; bits and labels are owned. */
static lut_status encode(lut_samples *s, const lut_encoder *e, const lut_dataset *d,
                         const uint32_t *rows, size_t n, lut_err *err)
{
    size_t ld = lut_ceil_div(e->outputs, 64);
    uint64_t *x = malloc((n * ld + 1) * sizeof *x);
    uint16_t *label = malloc((n + 1) * sizeof *label);

    *s =
        (lut_samples){ .x = x, .ld = ld, .inputs = e->outputs, .label = label, .n = n };
    if (!x || !label)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu encoded rows", n);
    lut_encoder_apply(e, x, ld, d, rows, n);
    for (size_t i = 0; i < n; i++)
        label[i] = d->label[rows ? rows[i] : i];
    return LUT_OK;
}

typedef struct parts {
    uint32_t *rows; /* of the training part: for training, then for validation; owned */
    lut_samples train, valid, test; /* bits and labels owned */
} parts;

static lut_status open_parts(parts *p, const export_job *j, lut_err *err)
{
    const sweep_trial *t = &j->net.result.row.trial;
    const lut_encoder *e = &j->net.result.encoder;
    const lut_dataset *d = &j->data.train;
    size_t ntrain, nvalid;

    p->rows = malloc((d->samples + 1) * sizeof *p->rows);
    if (!p->rows)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", d->samples);
    lut_data_split(p->rows, &ntrain, &nvalid, d->samples, t->validation, t->train_limit,
                   t->split_seed);
    LUT_TRY(encode(&p->train, e, d, p->rows, ntrain, err));
    LUT_TRY(encode(&p->valid, e, d, p->rows + ntrain, nvalid, err));
    return encode(&p->test, e, &j->data.test, NULL, j->data.test.samples, err);
}

static void close_samples(lut_samples *s)
{
    free((void *)(uintptr_t)s->x);
    free((void *)(uintptr_t)s->label);
}

static void close_parts(parts *p)
{
    close_samples(&p->train);
    close_samples(&p->valid);
    close_samples(&p->test);
    free(p->rows);
}

/* ---- before and after ---- */

static lut_status accuracies(export_accuracy *a, const lut_circuit *c, const parts *p,
                             lut_err *err)
{
    const lut_exec exec = { .threads = 1 };

    LUT_TRY(lut_circuit_accuracy(&a->train, NULL, c, &p->train, &exec, err));
    LUT_TRY(lut_circuit_accuracy(&a->valid, NULL, c, &p->valid, &exec, err));
    return lut_circuit_accuracy(&a->test, NULL, c, &p->test, &exec, err);
}

static lut_status votes_of(uint32_t *votes, uint16_t *label, const lut_circuit *c,
                           const lut_samples *s, lut_err *err)
{
    const lut_exec exec = { .threads = 1 };
    lut_packed *p;

    LUT_TRY(lut_packed_create(&p, c, &exec, err));
    lut_packed_scores(p, label, votes, s);
    lut_packed_destroy(p);
    return LUT_OK;
}

/* Rows of training whose votes are others. */
static lut_status compare(size_t *differ, const lut_circuit *a, const lut_circuit *b,
                          const lut_samples *s, lut_err *err)
{
    size_t size = a->classes * sizeof(uint32_t);
    uint32_t *of_a = malloc((s->n + 1) * size), *of_b = malloc((s->n + 1) * size);
    uint16_t *label = malloc((s->n + 1) * sizeof *label);
    lut_status st = LUT_OK;

    if (!of_a || !of_b || !label)
        st = lut_fail(err, LUT_ENOMEM, "no memory for the votes of %zu rows", s->n);
    if (st == LUT_OK)
        st = votes_of(of_a, label, a, s, err);
    if (st == LUT_OK)
        st = votes_of(of_b, label, b, s, err);
    *differ = 0;
    for (size_t i = 0; st == LUT_OK && i < s->n; i++)
        *differ += memcmp(of_a + i * a->classes, of_b + i * a->classes, size) != 0;
    free(of_a);
    free(of_b);
    free(label);
    return st;
}

/* With the data at hand both rules are looked at on it. */
static lut_status look(export_job *j, const parts *p, lut_err *err)
{
    export_care *care = &j->care;
    const lut_circuit *c = &j->net.result.circuit;

    care->samples = p->train.n;
    LUT_TRY(accuracies(&care->before, &care->trained, p, err));
    LUT_TRY(accuracies(&care->after, c, p, err));
    return compare(&care->differ, &care->trained, c, &p->train, err);
}

/* ---- the rules ---- */

static lut_status fill(export_job *j, const parts *p, lut_err *err)
{
    export_care *care = &j->care;
    lut_circuit *c = &j->net.result.circuit;
    uint32_t *rows;
    lut_status st;

    if (care->rule == EXPORT_CARE_ENCODER)
        return lut_care_encoder(c, &care->facts, &j->net.result.encoder, err);
    rows = malloc((p->train.n + 1) * sizeof *rows);
    if (!rows)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", p->train.n);
    for (uint32_t i = 0; i < p->train.n; i++)
        rows[i] = i;
    st = lut_care_data(c, &care->facts, &p->train, rows, p->train.n, care->fewest, err);
    free(rows);
    return st;
}

/* The samples that count are those of the inputs that the network was trained on. */
static lut_status refuse_data(const export_job *j, lut_err *err)
{
    export_plan plan;

    if (j->care.rule != EXPORT_CARE_DATA)
        return LUT_OK;
    if (!j->has_data)
        return lut_fail(err, LUT_ENOENT, "--dont-care=data: no training rows: %.300s",
                        j->no_data);
    LUT_TRY(export_plan_of(&plan, j, err));
    if (plan.hw.input.width != j->net.result.encoder.input.width)
        return lut_fail(err, LUT_EINVAL,
                        "--dont-care=data with input_width = %u: the network was "
                        "trained on real inputs, and quantised ones may address other "
                        "entries; want --dont-care=encoder",
                        (unsigned)plan.hw.input.width);
    return LUT_OK;
}

static lut_status check_promise(const export_job *j, lut_err *err)
{
    const export_care *care = &j->care;

    if (care->differ == 0 || (care->rule == EXPORT_CARE_DATA && care->fewest > 1))
        return LUT_OK;
    return lut_fail(
        err, LUT_EFORMAT,
        "--dont-care=%s: the votes of %zu of %zu training rows are not those "
        "of the network",
        export_care_name(care), care->differ, care->samples);
}

lut_status export_care_apply(export_job *j, lut_err *err)
{
    const double none = (double)NAN;
    parts p = { .rows = NULL };
    lut_status st;

    j->care.before = j->care.after = (export_accuracy){ none, none, none };
    if (j->care.rule == EXPORT_CARE_ALL)
        return LUT_OK;
    LUT_TRY(refuse_data(j, err));
    LUT_TRY(lut_circuit_copy(&j->care.trained, &j->net.result.circuit, err));
    st = j->has_data ? open_parts(&p, j, err) : LUT_OK;
    if (st == LUT_OK)
        st = fill(j, &p, err);
    if (st == LUT_OK && j->has_data)
        st = look(j, &p, err);
    close_parts(&p);
    return st == LUT_OK ? check_promise(j, err) : st;
}
