/* What a row says against what follows from the rest of it. */
#include "analysis/identity.h"
#include "analysis/verify_impl.h"
#include "sweep/cause.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

verify_row verify_begin(verify_job *job, verify_kind kind, const sweep_result *r)
{
    return (verify_row){ .job = job, .kind = kind, .r = r };
}

void verify_end(const verify_row *row)
{
    verify_check *c = &row->job->check[row->kind];

    c->checked++;
    c->differ += row->differs;
}

void verify_skip(verify_job *job, verify_kind kind, const char *fmt, ...)
{
    verify_check *c = &job->check[kind];
    va_list ap;

    c->skipped++;
    va_start(ap, fmt);
    vsnprintf(c->why, sizeof c->why, fmt, ap);
    va_end(ap);
}

void verify_text(verify_row *row, const char *column, const char *stored,
                 const char *recomputed)
{
    if (strcmp(stored, recomputed) == 0)
        return;
    row->differs = true;
    row->job->fn(row->job->arg, row->kind, row->r->row.key, column, stored, recomputed);
}

static bool same(double a, double b)
{
    return isnan(a) ? isnan(b) : a <= b && b <= a;
}

void verify_number(verify_row *row, const char *column, double stored,
                   double recomputed)
{
    char text[2][VERIFY_TEXT];

    if (!same(stored, recomputed))
        verify_text(row, column, lut_real_text(text[0], stored),
                    lut_real_text(text[1], recomputed));
}

void verify_that(verify_row *row, bool holds, const char *column, double stored,
                 const char *want)
{
    char text[VERIFY_TEXT];

    if (!holds)
        verify_text(row, column, lut_real_text(text, stored), want);
}

/* ---- keys ---- */

void verify_key(verify_job *job, const sweep_result *r, const sweep_store *store,
                verify_data *data)
{
    verify_row row = verify_begin(job, VERIFY_KEYS, r);
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];

    if (!report_identity(digest, key, r, store) && !key[0]) {
        if (!verify_data_of(data, &r->row.trial)) {
            verify_skip(job, VERIFY_KEYS, "no run noted a digest of %.64s; %.140s",
                        r->row.trial.dataset, data->why.text);
            return;
        }
        sweep_trial_key(key, &r->row.trial, data->digest);
    }
    if (key[0])
        verify_text(&row, "key", r->row.key, key);
    verify_end(&row);
}

/* ---- fields ---- */

/* Text columns are the configuration's, which the key covers, and the status. */
static void check_ranges(verify_row *row, const lut_field *field, size_t n,
                         const void *object)
{
    char want[LUT_FIELD_TEXT];

    for (size_t i = 0; i < n; i++) {
        const double v = lut_field_number(&field[i], object);

        if (field[i].type == LUT_TEXT || isnan(v))
            continue;
        verify_that(row,
                    v >= field[i].lo && v <= field[i].hi &&
                        (field[i].type != LUT_WHOLE || floor(v) >= v),
                    field[i].name, v, lut_field_range(&field[i], want));
    }
}

static void check_status(verify_row *row, const char *status)
{
    bool found = sweep_status_final(status);

    for (int c = SWEEP_FINE + 1; c < SWEEP_CAUSES; c++)
        found |= !strcmp(sweep_cause_status((sweep_cause)c), status);
    if (!found)
        verify_text(row, "status", status, "one of those of /columns");
}

/* width and depth stand for layers, and the other way round. */
static void check_layers(verify_row *row, const sweep_row *r)
{
    uint32_t width[LUT_MAX_LAYERS], n = sweep_trial_layers(width, r->trial.layers);
    double sum = 0, each = n ? width[0] : (double)NAN;

    for (uint32_t i = 0; i < n; i++) {
        sum += width[i];
        each = width[i] == width[0] ? each : (double)NAN;
    }
    verify_number(row, "depth", r->trial.depth, n);
    verify_number(row, "width", r->trial.width, each);
    if (!isnan(r->luts))
        verify_number(row, "luts", r->luts, sum);
}

/* A network that was trained to its end has been counted and tested. */
static void check_complete(verify_row *row, const sweep_row *r)
{
    const struct {
        const char *name;
        double value;
    } table[] = {
        { "test_accuracy", r->test_accuracy },
        { "test_accuracy_soft", r->test_accuracy_soft },
        { "train_accuracy", r->train_accuracy },
        { "parameters", r->parameters },
        { "luts", r->luts },
        { "epochs_run", r->epochs_run },
        { "best_epoch", r->best_epoch },
    };

    for (size_t i = 0; i < LUT_COUNT(table); i++)
        verify_that(row, !isnan(table[i].value), table[i].name, table[i].value,
                    "a number, as status is ok");
    verify_that(row, isnan(r->parameters) || isnan(r->luts) || r->parameters >= r->luts,
                "parameters", r->parameters, "at least one of each LUT");
}

void verify_fields(verify_job *job, const sweep_result *r)
{
    verify_row row = verify_begin(job, VERIFY_ROWS, r);
    const sweep_row *w = &r->row;
    size_t n;
    const lut_field *field = sweep_row_fields(&n);

    check_ranges(&row, field, n, w);
    check_status(&row, w->status);
    check_layers(&row, w);
    if (!strcmp(w->status, "ok"))
        check_complete(&row, w);
    verify_number(&row, "discretization_gap", w->discretization_gap,
                  w->test_accuracy_soft - w->test_accuracy);
    if (!isnan(w->epochs_run))
        verify_that(&row, w->epochs_run <= w->trial.epochs, "epochs_run", w->epochs_run,
                    "at most epochs");
    verify_end(&row);
}

/* ---- histories ---- */

static void check_best(verify_row *row, const sweep_result *r)
{
    double accuracy, epoch;

    sweep_best_until(r, r->nhistory, &accuracy, &epoch);
    verify_number(row, "best_epoch", r->row.best_epoch, epoch);
    verify_number(row, "valid_accuracy", r->row.valid_accuracy, accuracy);
}

/* Where training did not diverge each epoch has a rate and a loss. */
static void check_epoch(verify_row *row, const sweep_epoch *e)
{
    verify_that(row, !isnan(e->lr), "history.lr", e->lr, "a number");
    verify_that(row, !isnan(e->train_loss), "history.train_loss", e->train_loss,
                "a number");
}

void verify_history(verify_job *job, const sweep_result *r)
{
    verify_row row = verify_begin(job, VERIFY_HISTORY, r);
    size_t n;
    const lut_field *field = sweep_epoch_fields(&n);

    if (!sweep_status_final(r->row.status))
        return;
    verify_number(&row, "epochs_run", r->row.epochs_run, (double)r->nhistory);
    for (size_t i = 0; i < r->nhistory; i++) {
        verify_number(&row, "history.epoch", r->history[i].epoch, (double)i + 1);
        check_ranges(&row, field, n, &r->history[i]);
        if (strcmp(r->row.status, "diverged") != 0)
            check_epoch(&row, &r->history[i]);
    }
    if (r->nhistory && !isnan(r->row.best_epoch))
        check_best(&row, r);
    verify_end(&row);
}

/* ---- timing ---- */

static bool is_time(const char *text)
{
    static const char like[] = "0000-00-00T00:00:00Z";

    if (strlen(text) != sizeof like - 1)
        return false;
    for (size_t i = 0; i < sizeof like - 1; i++)
        if (like[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != like[i])
            return false;
    return true;
}

void verify_timing(verify_job *job, const sweep_result *r)
{
    verify_row row = verify_begin(job, VERIFY_TIMING, r);
    const sweep_timing *t = &r->timing;
    size_t n;
    const lut_field *field = sweep_timing_fields(&n);

    check_ranges(&row, field, n, t);
    if (sweep_status_final(r->row.status)) {
        verify_that(&row, t->attempts >= 1, "attempts", t->attempts, "at least 1");
        verify_that(&row, t->threads >= 1, "threads", t->threads, "at least 1");
        if (!is_time(t->started))
            verify_text(&row, "started", t->started, "a time, YYYY-MM-DDTHH:MM:SSZ");
    }
    verify_end(&row);
}
