#include "sweep/emit.h"
#include "config.h"
#include "lib/base/log.h"
#include "lib/export/verilog_check.h"
#include "sweep/facts.h"
#include "sweep/fault.h"
#include "sweep/network_digest.h"
#include "sweep/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts ---- */

/* A sink of files in memory. */
typedef struct collector {
    sweep_verilog *v;
    size_t room, used; /* of the file that is written */
    lut_err *err;
} collector;

static lut_status begin_file(void *arg, const char *name)
{
    collector *c = arg;
    sweep_verilog *v = c->v;
    sweep_verilog_file *more = realloc(v->file, (v->n + 1) * sizeof *more);

    if (!more)
        return lut_fail(c->err, LUT_ENOMEM, "no memory for %s", name);
    v->file = more;
    v->file[v->n] = (sweep_verilog_file){ .text = calloc(1, 1) };
    snprintf(v->file[v->n].name, sizeof v->file[v->n].name, "%s", name);
    if (!v->file[v->n].text)
        return lut_fail(c->err, LUT_ENOMEM, "no memory for %s", name);
    v->n++;
    c->room = 1;
    c->used = 0;
    return LUT_OK;
}

static lut_status add_text(void *arg, const char *text, size_t n)
{
    collector *c = arg;
    sweep_verilog_file *f = &c->v->file[c->v->n - 1];

    if (c->used + n + 1 > c->room) {
        const size_t room = 2 * (c->used + n + 1);
        char *more = realloc(f->text, room);

        if (!more)
            return lut_fail(c->err, LUT_ENOMEM, "no memory for %s", f->name);
        f->text = more;
        c->room = room;
    }
    memcpy(f->text + c->used, text, n);
    c->used += n;
    f->text[c->used] = 0;
    return LUT_OK;
}

/* ---- the design ---- */

enum { NOTES = 3, NOTE = 400 };

typedef struct design {
    lut_export_design d;
    lut_export_vectors vectors;
    char name[LUT_DESIGN_NAME], digest[SWEEP_DIGEST];
    char text[NOTES][NOTE];
    const char *note[NOTES];
    void *cfg;     /* options of the writer; owned */
    bool has_rows; /* the emitter's data are the network's */
} design;

static lut_status set(void *cfg, const char *name, const char *value, lut_err *err)
{
    const lut_export_ops *ops = lut_export_find("verilog");
    const lut_field *f = lut_field_find(ops->fields, ops->nfields, name);

    return lut_field_set_text(f, cfg, value, err);
}

/* What the row says, in the words of the writer's options. */
static lut_status set_options(design *x, const sweep_emitter *e, const sweep_result *r,
                              lut_err *err)
{
    const lut_export_ops *ops = lut_export_find("verilog");
    const sweep_trial *t = &r->row.trial;
    char number[32];

    x->cfg = calloc(1, ops->cfg_size);
    if (!x->cfg)
        return lut_fail(err, LUT_ENOMEM, "no memory for options");
    lut_fields_default(ops->fields, ops->nfields, x->cfg);
    snprintf(number, sizeof number, "%u", (unsigned)t->pipeline_stages);
    LUT_TRY(set(x->cfg, "pipeline_stages", number, err));
    LUT_TRY(set(x->cfg, "adder_tree", t->adder_tree ? "true" : "false", err));
    if (r->encoder.input.width == 0)
        LUT_TRY(set(x->cfg, "encoder", "none", err));
    snprintf(number, sizeof number, "%u", (unsigned)e->rows);
    return set(x->cfg, "rows", number, err);
}

static void describe(design *x, const sweep_emitter *e, const sweep_row *row)
{
    const sweep_trial *t = &row->trial;

    snprintf(x->text[0], NOTE, "trial %s of sweep %.63s", row->key, e->sweep);
    snprintf(x->text[1], NOTE,
             "%s, %s rank %u, layers %.60s, encoder %s of %u bits, seed %u", t->dataset,
             t->parametrization, (unsigned)t->lut_rank, t->layers, t->encoder,
             (unsigned)t->encoder_bits, (unsigned)t->seed);
    snprintf(x->text[2], NOTE, "test accuracy %.4f %%", row->test_accuracy);
    for (size_t i = 0; i < NOTES; i++)
        x->note[i] = x->text[i];
}

static lut_status make_design(design *x, const sweep_emitter *e, const sweep_result *r,
                              lut_err *err)
{
    char text[LUT_DESIGN_NAME];

    LUT_TRY(set_options(x, e, r, err));
    LUT_TRY(sweep_network_digest(x->digest, r, err));
    snprintf(text, sizeof text, "%.48s_%.8s", e->sweep, r->row.key);
    lut_export_name(x->name, text);
    describe(x, e, &r->row);
    x->d = (lut_export_design){ .name = x->name,
                                .digest = x->digest,
                                .note = x->note,
                                .nnotes = NOTES,
                                .circuit = &r->circuit,
                                .encoder = &r->encoder };
    if (!x->has_rows)
        return LUT_OK;
    x->vectors.data = &e->data.test;
    x->vectors.n = e->data.test.samples < e->rows ? e->data.test.samples : e->rows;
    x->d.vectors = &x->vectors;
    return LUT_OK;
}

/* ---- rows ---- */

static void forget_data(sweep_emitter *e)
{
    if (e->digest[0])
        lut_data_fini(&e->data);
    free(e->of);
    e->of = NULL;
    e->digest[0] = 0;
}

void sweep_emitter_fini(sweep_emitter *e)
{
    forget_data(e);
}

static void complain(sweep_emitter *e, const sweep_trial *t, const char *why)
{
    if (!e->told)
        lut_log(LUT_WARN, "Verilog without test rows of %s: %s", t->dataset, why);
    e->told = true;
}

static lut_status load(sweep_emitter *e, const sweep_trial *t, lut_err *err)
{
    char options[SWEEP_OPTIONS], of[SWEEP_OPTIONS + 80];
    lut_err why;
    lut_status st;

    LUT_TRY(sweep_options_reader(options, t, err));
    snprintf(of, sizeof of, "%s %s", t->dataset, options);
    if (e->of && !strcmp(e->of, of))
        return LUT_OK;
    forget_data(e);
    e->of = strdup(of);
    if (!e->of)
        return lut_fail(err, LUT_ENOMEM, "no memory for %s", t->dataset);
    st = e->folder ? sweep_facts_data(&e->data, t->dataset, t->options, e->folder, &why)
                   : lut_fail(&why, LUT_ENOENT, "no folders of data sets");
    if (st == LUT_OK)
        sweep_data_digest(e->digest, &e->data);
    else if (st != LUT_ENOMEM)
        complain(e, t, why.text);
    return st == LUT_ENOMEM ? lut_fail(err, st, "%s", why.text) : LUT_OK;
}

/* Whether the data set is there, and the one of the key.  It stays for the rows that follow,
 * whose it may be. */
static lut_status find_rows(sweep_emitter *e, bool *found, const sweep_result *r,
                            lut_err *err)
{
    char key[SWEEP_KEY];

    *found = false;
    LUT_TRY(load(e, &r->row.trial, err));
    if (!e->digest[0])
        return LUT_OK;
    sweep_trial_key(key, &r->row.trial, e->digest);
    *found = !strcmp(key, r->row.key) && e->data.test.features == r->encoder.features;
    if (!*found)
        complain(e, &r->row.trial, "it is not the one that the network was trained on");
    return LUT_OK;
}

/* ---- comparing ---- */

/* The bench and models of LUTs are for simulators. */
static bool is_design(const char *name)
{
    const size_t n = strlen(name);

    return n > 2 && !strcmp(name + n - 2, ".v") && !strstr(name, "_tb.v") &&
           strcmp(name, "sim_lut.v") != 0;
}

static void note_finding(sweep_verilog *v, const verilog_finding *f)
{
    const size_t used = strlen(v->checks);

    v->wrong += (double)f->wrong;
    v->cases += f->cases;
    snprintf(v->checks + used, sizeof v->checks - used,
             "%s%s: %s, %.0f inputs, %zu wrong%s%s", used ? "\n" : "", f->what,
             f->proof ? "all" : "a sample", f->cases, f->wrong,
             f->wrong ? ", the first: " : "", f->first);
}

/* Tests want a design that is not equal: a digit of its first LUT's table is another one. */
static void spoil(sweep_verilog *v)
{
    const bool wanted = SWEEP_FAULT("verilog") != 0;

    for (size_t i = 0; wanted && i < v->n; i++) {
        char *table =
            strstr(v->file[i].name, "_l0.v") ? strstr(v->file[i].text, ".INIT(") : NULL;
        char *digit = table ? strstr(table, "'h") : NULL;

        if (digit)
            digit[2] = digit[2] == '0' ? '1' : '0';
    }
}

static lut_status compare(sweep_verilog *v, const design *x, lut_err *err)
{
    verilog_finding finding[VERILOG_FINDINGS];
    verilog_source *source = calloc(v->n + 1, sizeof *source);
    size_t n = 0, found = 0;
    lut_err why;
    lut_status st;

    if (!source)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu files", v->n);
    for (size_t i = 0; i < v->n; i++)
        if (is_design(v->file[i].name))
            source[n++] = (verilog_source){ v->file[i].name, v->file[i].text };
    spoil(v);
    st = verilog_check(finding, &found, x->cfg, &x->d, source, n, 1, &why);
    free(source);
    for (size_t i = 0; i < found; i++)
        note_finding(v, &finding[i]);
    if (st == LUT_EFORMAT) { /* what cannot be read is not what was meant */
        v->wrong++;
        snprintf(v->checks, sizeof v->checks, "%.299s", why.text);
    } else if (st != LUT_OK) {
        return lut_fail(err, st, "%s", why.text);
    }
    snprintf(v->verdict, sizeof v->verdict, v->wrong > 0 ? "different" : "equal");
    return LUT_OK;
}

/* ---- the whole ---- */

static lut_status write(sweep_verilog *v, const design *x, lut_err *err)
{
    const lut_export_ops *ops = lut_export_find("verilog");
    collector c = { .v = v, .err = err };
    const lut_export_out out = { .file = begin_file, .sink = add_text, .arg = &c };

    LUT_TRY(lut_export_check(&x->d, err));
    LUT_TRY(ops->check(x->cfg, &x->d, err));
    return ops->write(x->cfg, &x->d, &out, err);
}

static lut_status emit(sweep_emitter *e, design *x, sweep_verilog *v,
                       const sweep_result *r, lut_err *err)
{
    lut_err why;
    lut_status st;

    LUT_TRY(find_rows(e, &x->has_rows, r, err));
    LUT_TRY(make_design(x, e, r, err));
    v->rows = x->vectors.n;
    snprintf(v->verdict, sizeof v->verdict, "unverified");
    snprintf(v->name, sizeof v->name, "%s", x->name);
    st = write(v, x, &why);
    if (st == LUT_OK)
        return e->check ? compare(v, x, err) : LUT_OK;
    if (st != LUT_EINVAL && st != LUT_EFORMAT)
        return lut_fail(err, st, "%s", why.text);
    sweep_verilog_fini(v);
    snprintf(v->verdict, sizeof v->verdict, "refused");
    snprintf(v->checks, sizeof v->checks, "%.299s", why.text);
    return LUT_OK;
}

lut_status sweep_emit(sweep_emitter *e, sweep_verilog *out, const sweep_result *r,
                      lut_err *err)
{
    design x = { .cfg = NULL };
    lut_status st;

    *out = (sweep_verilog){ .file = NULL };
    st = emit(e, &x, out, r, err);
    free(x.cfg);
    if (st != LUT_OK)
        sweep_verilog_fini(out);
    return st;
}
