/* Values of one knob held against one of them, in trials that agree in all else: a line each
 * with the mean paired difference and Student's interval (a forest plot).  What pairs up is
 * compare_groups.c's.
 *
 * Which value the others are held against, unless it is named: the one that most settings
 * have where they are more than twice as many as of any other, as in sweeps of one knob at a
 * time; else the best by mean validation accuracy, never by the test split. */
#include "analysis/figure_impl.h"
#include "analysis/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RIVALS = 24 };

typedef struct rival {
    char name[REPORT_VALUE];
    size_t settings;        /* that have it */
    double valid;           /* mean of theirs; NaN: none */
    size_t pairs;           /* settings that both have, with a seed in common */
    bool mixed;             /* it differs from the base throughout in more than that */
    compare_setting pooled; /* its value minus the base's */
} rival;

typedef struct rivals {
    const figure_source *s;
    figure *f;
    size_t col, metric; /* columns */
    report_settings t;
    rival of[RIVALS + 1]; /* one more, for a name that is none */
    size_t n, base;
    enum { BEST, COMMONEST, NAMED } why; /* the base is it */
    char also[600]; /* what else differs between a value and the base */
    bool more;      /* of others too, for which also has no room */
    bool seeds;     /* pairs of some are seeds, of some settings */
    bool settings;
    lut_err *err;
} rivals;

static const report_column *column_of(const rivals *r, size_t col)
{
    size_t n;

    return &report_data_columns(r->s->data, &n)[col];
}

/* ---- values ---- */

/* Mean validation accuracy over the trials of a setting that have one. */
static double valid_of(const rivals *r, size_t setting)
{
    const report_settings *t = &r->t;
    double sum = 0;
    size_t n = 0;

    for (size_t i = t->start[setting]; i < t->start[setting + 1]; i++) {
        const double v = figure_value(r->s, t->run[i].row, "valid_accuracy");

        sum += isnan(v) ? 0 : v;
        n += !isnan(v);
    }
    return n ? sum / (double)n : (double)NAN;
}

/* Settings of each value and the means of their validation accuracies. */
static void count_values(rivals *r, const uint32_t *code, const size_t *place)
{
    double sum[RIVALS] = { 0 };
    size_t valid[RIVALS] = { 0 };

    for (size_t i = 0; i < r->t.n; i++) {
        const size_t at = place[code[i]];
        const double v = at < r->n ? valid_of(r, i) : (double)NAN;

        if (at < r->n)
            r->of[at].settings++;
        if (isnan(v))
            continue;
        sum[at] += v;
        valid[at]++;
    }
    for (size_t i = 0; i < r->n; i++)
        r->of[i].valid = valid[i] ? sum[i] / (double)valid[i] : (double)NAN;
}

/* Texts too long for a label are no values that one would compare. */
static bool has_name(sweep_value v)
{
    return !report_is_missing(v) && (!v.text || strlen(v.text) < REPORT_VALUE);
}

/* Levels that are there get a place, in their order. */
static void place_values(rivals *r, size_t *place, const report_levels *l)
{
    r->n = 0;
    for (size_t i = 0; i < l->n; i++) {
        place[i] = SIZE_MAX;
        if (!has_name(l->value[i]))
            continue;
        place[i] = r->n;
        if (r->n < RIVALS) {
            r->of[r->n] = (rival){ .valid = (double)NAN };
            report_value_text(r->of[r->n].name, l->value[i]);
        }
        r->n++;
    }
}

/* Values of the column; r->n may be more than there is room for. */
static lut_status find_values(rivals *r)
{
    const size_t n = r->t.n + 1;
    size_t *row = malloc(n * sizeof *row), *place = malloc(n * sizeof *place);
    uint32_t *code = malloc(n * sizeof *code);
    report_levels l = { 0 };
    lut_status st =
        row && place && code ? LUT_OK : lut_fail(r->err, LUT_ENOMEM, "out of memory");

    for (size_t i = 0; st == LUT_OK && i < r->t.n; i++)
        row[i] = r->t.run[r->t.start[i]].row;
    if (st == LUT_OK)
        st = (r->s->by ? report_code_values : report_code)(&l, code, r->s->data, r->col,
                                                           row, r->t.n, r->err);
    if (st == LUT_OK)
        place_values(r, place, &l);
    if (st == LUT_OK && r->n <= RIVALS)
        count_values(r, code, place);
    report_levels_fini(&l);
    free(row);
    free(place);
    free(code);
    return st;
}

/* "dwn,light": these alone, in that order. */
static lut_status take_named(rivals *r)
{
    r->n = 0;
    for (const char *at = r->s->compare; *at;) {
        const size_t n = strcspn(at, ",");
        rival *new = &r->of[r->n];

        if (n == 0 || n >= sizeof new->name || r->n == RIVALS)
            return lut_fail(r->err, LUT_EINVAL,
                            "--compare: \"%s\": want up to %d values with commas "
                            "between",
                            at, RIVALS);
        *new = (rival){ .valid = (double)NAN };
        memcpy(new->name, at, n);
        new->name[n] = 0;
        r->n++;
        at += n + (at[n] == ',');
    }
    if (r->n < 2)
        return lut_fail(r->err, LUT_EINVAL,
                        "--compare: \"%s\": want two values or more", r->s->compare);
    r->why = NAMED;
    r->base = r->n - 1;
    return LUT_OK;
}

/* "5" and "5.0" are the same. */
static bool is_same(const char *a, const char *b)
{
    char *end[2];
    const double x = strtod(a, &end[0]), y = strtod(b, &end[1]);

    return !strcmp(a, b) || (*a && *b && !*end[0] && !*end[1] && x <= y && x >= y);
}

/* All values, held against the one that was named; a name that is none is compare_groups' to
 * refuse. */
static void take_against(rivals *r)
{
    r->why = NAMED;
    for (r->base = 0; r->base < r->n; r->base++)
        if (is_same(r->of[r->base].name, r->s->compare))
            return;
    r->of[r->n] = (rival){ .valid = (double)NAN };
    snprintf(r->of[r->n++].name, sizeof r->of[0].name, "%s", r->s->compare);
}

static size_t best_of(const rivals *r)
{
    size_t best = 0;

    for (size_t i = 1; i < r->n; i++)
        if (r->of[i].valid > r->of[best].valid ||
            (isnan(r->of[best].valid) && !isnan(r->of[i].valid)))
            best = i;
    return best;
}

/* *second: settings of the value that has most of them after it. */
static size_t commonest_of(const rivals *r, size_t *second)
{
    size_t most = 0;

    *second = 0;
    for (size_t i = 1; i < r->n; i++)
        if (r->of[i].settings > r->of[most].settings)
            most = i;
    for (size_t i = 0; i < r->n; i++)
        if (i != most && r->of[i].settings > *second)
            *second = r->of[i].settings;
    return most;
}

static void choose_base(rivals *r)
{
    size_t second;
    const size_t most = commonest_of(r, &second);
    const bool common =
        r->of[most].settings > 2 * second || isnan(r->of[best_of(r)].valid);

    r->why = common ? COMMONEST : BEST;
    r->base = common ? most : best_of(r);
}

/* ---- pairs ---- */

/* For the caption: all of what is said of a value, or none of it. */
static void tell_also(rivals *r, const compare_groups *c, const rival *v)
{
    const size_t at = strlen(r->also), room = sizeof r->also - at;

    if (!c->also[0])
        return;
    if ((size_t)snprintf(r->also + at, room, "%s%s also differs throughout in %s",
                         at ? "; " : " * ", v->name, c->also) < room)
        return;
    r->also[at] = 0;
    r->more = true;
}

static lut_status note_groups(rivals *r, const compare_groups *c, const rival *v)
{
    const char *base = r->of[r->base].name;

    if (!c->metric[0].n)
        return sheet_add_note(&r->f->data, r->err,
                              "no trial with %s has a partner with %s", v->name, base);
    tell_also(r, c, v);
    if (c->also[0])
        LUT_TRY(sheet_add_note(&r->f->data, r->err, "%s also differs throughout in %s",
                               v->name, c->also));
    if (c->variants[0])
        LUT_TRY(sheet_add_note(&r->f->data, r->err,
                               "%s and %s: only one of them has %s, in several values: "
                               "their mean counts",
                               v->name, base, c->variants));
    return LUT_OK;
}

static lut_status compare(rivals *r, rival *v)
{
    const compare_query q = { .where = r->s->where,
                              .by = column_of(r, r->col)->name,
                              .a = v->name,
                              .b = r->of[r->base].name,
                              .metric = column_of(r, r->metric)->name,
                              .alpha = r->s->alpha };
    compare_groups c;
    lut_status st;

    LUT_TRY(compare_groups_make(&c, r->s->data, &q, r->err));
    v->pairs = c.metric[0].n;
    v->pooled = c.metric[0].pooled;
    v->mixed = c.also[0] != 0;
    r->settings |= v->pairs > 1;
    r->seeds |= v->pairs == 1;
    st = note_groups(r, &c, v);
    compare_groups_fini(&c);
    return st;
}

static lut_status begin_data(rivals *r)
{
    static const sheet_column column[] = {
        { .name = "value", .kind = SHEET_TEXT },
        { .name = "against", .kind = SHEET_TEXT },
        { .name = "difference",
          .kind = SHEET_REAL,
          .doc = "value minus what it is held against, paired" },
        { .name = "difference_lo",
          .head = "from",
          .kind = SHEET_REAL,
          .doc = "Student's t of the paired differences" },
        { .name = "difference_hi", .head = "to", .kind = SHEET_REAL },
        { .name = "n", .kind = SHEET_WHOLE },
        { .name = "of", .kind = SHEET_TEXT, .doc = "what n counts" },
        { .name = "p", .kind = SHEET_REAL, .doc = "paired t test, two-sided" },
    };

    sheet_fini(&r->f->data);
    LUT_TRY(sheet_init(&r->f->data, r->f->name, r->err,
                       "%s: values of %s held against %s",
                       column_of(r, r->metric)->name, column_of(r, r->col)->name,
                       r->of[r->base].name));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&r->f->data, &column[i], r->err));
    return LUT_OK;
}

static const char *unit_of(const rival *v)
{
    return v->pairs > 1 ? "settings" : "seeds";
}

static lut_status add_row(rivals *r, const rival *v)
{
    const student_interval *d = &v->pooled.pairs.difference;
    const sheet_cell cell[] = {
        { .text = v->name },
        { .text = r->of[r->base].name },
        { .number = v->pairs ? d->mean : (double)NAN },
        { .number = v->pairs ? d->lo : (double)NAN },
        { .number = v->pairs ? d->hi : (double)NAN },
        { .number = (double)d->n },
        { .text = v->pairs ? unit_of(v) : NULL },
        { .number = v->pairs ? v->pooled.pairs.p : (double)NAN },
    };

    return sheet_add_row(&r->f->data, cell, r->err);
}

/* *found: values that pair up with the base. */
static lut_status compare_all(rivals *r, size_t *found)
{
    *found = 0;
    r->seeds = r->settings = false;
    r->more = false;
    r->also[0] = 0;
    LUT_TRY(begin_data(r));
    for (size_t i = 0; i < r->n; i++) {
        if (i == r->base)
            continue;
        LUT_TRY(compare(r, &r->of[i]));
        LUT_TRY(add_row(r, &r->of[i]));
        *found += r->of[i].pairs > 0;
    }
    return LUT_OK;
}

/* ---- drawing ---- */

/* "dwn", "tau 10". */
static const char *base_name(char text[300], const rivals *r)
{
    const report_column *column = column_of(r, r->col);

    snprintf(text, 300, "%s%s%.150s", column->is_text ? "" : column->name,
             column->is_text ? "" : " ", r->of[r->base].name);
    return text;
}

/* Of two pairs an interval reaches far beyond all differences: it is cut. */
static void put_range(FILE *out, const rivals *r)
{
    double v[3 * RIVALS + 1] = { 0 };
    size_t n = 1;

    for (size_t i = 0; i < r->n; i++) {
        const student_interval *d = &r->of[i].pooled.pairs.difference;

        if (i == r->base || !r->of[i].pairs)
            continue;
        v[n++] = d->mean;
        v[n++] = d->n > 2 ? d->lo : (double)NAN;
        v[n++] = d->n > 2 ? d->hi : (double)NAN;
    }
    figure_range(out, "x", v, n);
}

static bool is_clear(const rival *v)
{
    return v->pooled.pairs.difference.lo > 0 || v->pooled.pairs.difference.hi < 0;
}

static bool is_drawn(const rivals *r, size_t i)
{
    return i != r->base && r->of[i].pairs;
}

/* Lines from the top, their values on the left, n on the right. */
static size_t put_lines(FILE *out, const rivals *r)
{
    size_t n = 0;

    fputs("$rivals << EOD\n", out);
    for (size_t i = 0; i < r->n; i++) {
        const student_interval *d = &r->of[i].pooled.pairs.difference;

        if (!is_drawn(r, i))
            continue;
        fprintf(out, "%zu", n++);
        figure_number(out, d->mean);
        figure_number(out, d->lo);
        figure_number(out, d->hi);
        fputs(is_clear(&r->of[i]) ? " 0x0072B2 1\n" : " 0x909090 0\n", out);
    }
    fputs("EOD\n", out);
    return n;
}

static void put_count(char text[64], const rival *v)
{
    const size_t pairs = v->pooled.pairs.difference.n;

    if (pairs > 1)
        snprintf(text, 64, "n = %zu %s", pairs, unit_of(v));
    else
        snprintf(text, 64, "one pair");
}

/* side: "y" or "y2". */
static void put_names(FILE *out, const rivals *r, const char *side)
{
    size_t n = 0;

    fprintf(out, "set %stics (", side);
    for (size_t i = 0; i < r->n; i++) {
        char text[64], name[REPORT_VALUE + 2];

        if (!is_drawn(r, i))
            continue;
        fputs(n ? ", " : "", out);
        put_count(text, &r->of[i]);
        snprintf(name, sizeof name, "%s%s", r->of[i].name, r->of[i].mixed ? "*" : "");
        if (side[1])
            figure_quote(out, text);
        else
            figure_short(out, name);
        fprintf(out, " %zu", n++);
    }
    fputs(")\n", out);
}

static void put_plot(FILE *out, const rivals *r, size_t n)
{
    const report_column *metric = column_of(r, r->metric);
    char label[500], base[300];

    put_names(out, r, "y");
    put_names(out, r, "y2");
    put_range(out, r);
    snprintf(label, sizeof label, "%s minus that of %s%s", metric->name,
             base_name(base, r),
             !strcmp(metric->unit, "percent") ? ", percentage points" : "");
    fputs("set xlabel ", out);
    figure_quote(out, label);
    fprintf(
        out,
        "\nset yrange [%zu.6:-0.6]\nset y2range [%zu.6:-0.6]\n"
        "set border 1\nset tics scale 0.6\nset ytics scale 0\nset y2tics scale 0\n"
        "unset key\nunset grid\nset grid x\n"
        "set arrow 1 from 0, graph 0 to 0, graph 1 nohead lw 1.6 lc rgb '#909090'\n"
        "plot $rivals using 2:1:3:4:5 with xerrorbars pt -1 lw 1.6 lc rgb variable, "
        "\\\n"
        " $rivals using 2:1:($6>0?7:6):5 with points pt variable ps 1 lc rgb "
        "variable\n",
        n - 1, n - 1);
}

static lut_status draw(rivals *r)
{
    figure_pen pen;
    size_t n;

    LUT_TRY(figure_begin(&pen, r->err));
    n = put_lines(pen.out, r);
    put_plot(pen.out, r, n);
    r->f->height = (unsigned)(100 + 30 * n);
    return figure_end(r->f, &pen, r->err);
}

static lut_status describe(rivals *r)
{
    static const char *const why[] = { ", the best by mean validation accuracy",
                                       ", the commonest value", "" };
    char base[300];

    return figure_words(
        r->f, r->err, "Differences between values",
        "%s of each value of %s minus that of %s%s: the mean over pairs that share the "
        "seed and all other settings, with %g %% intervals (Student's t). %sGrey and "
        "hollow: the interval holds 0, or there is none. Each speaks for itself, none "
        "is "
        "corrected for their number.%s%s%s",
        column_of(r, r->metric)->name, column_of(r, r->col)->name, base_name(base, r),
        why[r->why], 100 * (1 - r->s->alpha),
        r->settings && r->seeds ? "Where several settings pair up, n counts them, each "
                                  "with the mean of its seeds; else it counts seeds. "
        : r->settings           ? "n counts settings, each with the mean of its seeds. "
                                : "n counts seeds. ",
        r->also,
        !r->more     ? ""
        : r->also[0] ? "; and others, see the notes of the numbers"
                     : " * they also differ in more, see the notes of the numbers",
        r->also[0] || r->more ? "." : "");
}

/* ---- which knob ---- */

/* Tries a column; *found: values that pair up. */
static lut_status try_column(rivals *r, size_t col, size_t *found)
{
    size_t second;

    *found = 0;
    r->col = col;
    LUT_TRY(find_values(r));
    if (r->s->compare && strchr(r->s->compare, ','))
        LUT_TRY(take_named(r));
    else if (r->n > RIVALS)
        return figure_not(r->f, "%s has %zu values, more than %d",
                          column_of(r, col)->name, r->n, RIVALS);
    else if (r->s->compare)
        take_against(r);
    else
        choose_base(r);
    if (r->n < 2)
        return figure_not(r->f, "%s has one value", column_of(r, col)->name);
    LUT_TRY(compare_all(r, found));
    if (!*found &&
        r->why == BEST) { /* such as of a method that has a size of its own */
        r->why = COMMONEST;
        r->base = commonest_of(r, &second);
        LUT_TRY(compare_all(r, found));
    }
    if (!*found)
        return figure_not(r->f, "no two values of %s share seed and other settings",
                          column_of(r, col)->name);
    LUT_TRY(draw(r));
    return describe(r);
}

/* The methods' column, then the knobs, until values of one pair up. */
static lut_status try_columns(rivals *r)
{
    const size_t methods = r->s->method->n ? r->s->method->col : SIZE_MAX;
    size_t found = 0;

    if (methods != SIZE_MAX)
        LUT_TRY(try_column(r, methods, &found));
    for (size_t k = 0; k < r->t.nknobs && !found; k++)
        if (r->t.knob[k].col != methods && r->t.knob[k].n <= RIVALS)
            LUT_TRY(try_column(r, r->t.knob[k].col, &found));
    if (!found)
        return figure_not(r->f, "no trials share the seed and all settings but one");
    r->f->why[0] = 0;
    return LUT_OK;
}

static lut_status try_named(rivals *r)
{
    size_t col, found;

    LUT_TRY(figure_by(&col, r->s, r->err));
    return try_column(r, col, &found);
}

lut_status figure_rivals(figure *f, const figure_source *s, lut_err *err)
{
    const char *metric = s->metric ? s->metric : "test_accuracy";
    rivals r = { .s = s, .f = f, .err = err };
    lut_status st;

    if (s->compare && !s->by)
        return lut_fail(err, LUT_EINVAL, "--compare=%s: want --by COLUMN too",
                        s->compare);
    LUT_TRY(report_data_column(s->data, &r.metric, "--metric", metric, err));
    if (column_of(&r, r.metric)->is_text)
        return lut_fail(err, LUT_EINVAL, "--metric: %s is text, want a number", metric);
    LUT_TRY(report_settings_make(&r.t, s->data, s->rows, r.metric, REPORT_SPLITS_RUNS,
                                 err));
    if (!r.t.n)
        st = figure_not(f, "no trial that ended ok has %s", metric);
    else
        st = s->by ? try_named(&r) : try_columns(&r);
    report_settings_fini(&r.t);
    return st;
}
