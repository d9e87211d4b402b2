/* Two groups of trials, paired by setting and seed. */
#include "analysis/compare.h"
#include "analysis/report.h"
#include "analysis/signs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char default_metrics[] = "valid_accuracy,test_accuracy";

typedef struct maker {
    compare_groups *c;
    const report_data *d;
    const compare_query *q;
    report_rows group[2]; /* rows of each, whatever their status */
    bool *named;          /* [columns] not compared: what the groups are made by */
    size_t columns;
    lut_err *err;
} maker;

static lut_status no_memory(lut_err *err)
{
    return lut_fail(err, LUT_ENOMEM, "out of memory");
}

/* ---- who is in a group ---- */

static bool has_value(sweep_value v, const char *text)
{
    char *end;
    double number;

    if (v.text)
        return !strcmp(v.text, text);
    number = strtod(text, &end);
    return end != text && !*end && number <= v.number && number >= v.number;
}

/* "--compare: no row has parametrization = dwm (there are dwn, light)" */
static lut_status refuse_value(const maker *m, size_t col, const char *text)
{
    const size_t rows = report_data_rows(m->d);
    size_t *row = malloc((rows + 1) * sizeof *row), n;
    uint32_t *code = malloc((rows + 1) * sizeof *code);
    char list[400] = "", value[REPORT_VALUE];
    report_levels l = { 0 };

    for (size_t i = 0; row && i < rows; i++)
        row[i] = i;
    if (row && code &&
        report_code_values(&l, code, m->d, col, row, rows, m->err) == LUT_OK)
        for (size_t i = 0; i < l.n && strlen(list) + sizeof value < sizeof list; i++)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                     i ? ", " : "", report_value_text(value, l.value[i]));
    report_levels_fini(&l);
    free(code);
    free(row);
    return lut_fail(m->err, LUT_EINVAL, "--compare: no row has %s = %s (there are: %s)",
                    report_data_columns(m->d, &n)[col].name, text, list);
}

static lut_status choose_by_value(maker *m, size_t group, size_t col)
{
    const char *text = group ? m->q->b : m->q->a;
    report_rows *r = &m->group[group];
    size_t kept = 0;

    LUT_TRY(report_select(r, m->d, "--where", m->q->where, m->err));
    for (size_t i = 0; i < r->n; i++)
        if (has_value(report_data_value(m->d, r->row[i], col), text))
            r->row[kept++] = r->row[i];
    r->n = kept;
    m->named[col] = true;
    return kept ? LUT_OK : refuse_value(m, col, text);
}

static int by_row(const void *pa, const void *pb)
{
    const size_t a = *(const size_t *)pa, b = *(const size_t *)pb;

    return (a > b) - (a < b);
}

static void intersect(report_rows *r, const report_rows *other)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->n; i++)
        if (bsearch(&r->row[i], other->row, other->n, sizeof *other->row, by_row))
            r->row[kept++] = r->row[i];
    r->n = kept;
}

static lut_status choose_by_condition(maker *m, size_t group)
{
    const char *text = group ? m->q->b : m->q->a;
    report_rows *r = &m->group[group], where;

    LUT_TRY(report_select(r, m->d, "--compare", text, m->err));
    LUT_TRY(report_select(&where, m->d, "--where", m->q->where, m->err));
    intersect(r, &where);
    report_rows_fini(&where);
    for (size_t i = 0; i < m->columns; i++)
        m->named[i] |= r->named[i];
    return r->n ? LUT_OK
                : lut_fail(m->err, LUT_EINVAL, "--compare: no row has %s", text);
}

static lut_status refuse_both(const maker *m)
{
    const report_rows *a = &m->group[0], *b = &m->group[1];

    for (size_t i = 0; i < a->n; i++)
        if (bsearch(&a->row[i], b->row, b->n, sizeof *b->row, by_row))
            return lut_fail(m->err, LUT_EINVAL,
                            "--compare: row %zu is in both groups, %s and %s",
                            a->row[i], m->c->name[0], m->c->name[1]);
    return LUT_OK;
}

static lut_status choose_rows(maker *m)
{
    size_t col = 0;

    if (m->q->by)
        LUT_TRY(report_data_column(m->d, &col, "--by", m->q->by, m->err));
    for (size_t i = 0; i < 2; i++) {
        snprintf(m->c->name[i], COMPARE_TEXT, "%s", i ? m->q->b : m->q->a);
        LUT_TRY(m->q->by ? choose_by_value(m, i, col) : choose_by_condition(m, i));
    }
    return refuse_both(m);
}

/* ---- pairs ---- */

/* A row that counts. */
typedef struct entry {
    const struct pairing *p;
    size_t at, row; /* at: in the codes */
    double seed, value;
    bool in_b;
} entry;

typedef struct pairing {
    maker *m;
    compare_metric *out;
    entry *e; /* [n] rows of a, then of b */
    size_t n, of_a;
    uint32_t *code; /* [matched columns][n] */
    size_t matched;
    double *a, *b; /* [seeds] of a setting */
} pairing;

static lut_status gather(pairing *p, size_t metric)
{
    const report_data *d = p->m->d;
    const size_t seed = report_data_find(d, "seed");
    report_counted rows[2];
    lut_status st = report_count_rows(&rows[0], d, &p->m->group[0], metric, p->m->err);

    if (st != LUT_OK)
        return st;
    st = report_count_rows(&rows[1], d, &p->m->group[1], metric, p->m->err);
    if (st == LUT_OK) {
        p->of_a = rows[0].n;
        p->n = rows[0].n + rows[1].n;
        p->e = calloc(p->n + 1, sizeof *p->e);
    }
    for (size_t i = 0; st == LUT_OK && p->e && i < p->n; i++) {
        const size_t row = i < p->of_a ? rows[0].row[i] : rows[1].row[i - p->of_a];

        p->e[i] =
            (entry){ .p = p,
                     .at = i,
                     .row = row,
                     .seed =
                         seed == SIZE_MAX ? 0 : report_data_value(d, row, seed).number,
                     .value = report_data_value(d, row, metric).number,
                     .in_b = i >= p->of_a };
    }
    report_counted_fini(&rows[0]);
    if (st != LUT_OK)
        return st;
    report_counted_fini(&rows[1]);
    return p->e ? LUT_OK : no_memory(p->m->err);
}

static void append(char text[COMPARE_TEXT], const char *fmt, const char *a,
                   const char *b, const char *c)
{
    const size_t n = strlen(text);

    snprintf(text + n, COMPARE_TEXT - n, "%s", n ? ", " : "");
    snprintf(text + strlen(text), COMPARE_TEXT - strlen(text), fmt, a, b, c);
}

/* What a column is to the two groups. */
typedef enum role {
    ROLE_SAME,    /* one value where there is any */
    ROLE_MATCHED, /* must agree */
    ROLE_GOES,    /* one value in all of a, another in all of b */
    ROLE_VARIANT  /* missing in all of one, several values in the other */
} role;

static role role_of(const pairing *p, const report_levels *l, const uint32_t *code)
{
    bool one[2] = { true, true }, missing[2] = { true, true };
    size_t there = 0;

    for (size_t i = 0; i < p->n; i++) {
        const bool b = p->e[i].in_b;

        one[b] &= code[i] == code[b ? p->of_a : 0];
        missing[b] &= report_is_missing(l->value[code[i]]);
    }
    for (size_t i = 0; i < l->n; i++)
        there += !report_is_missing(l->value[i]);
    if (l->n < 2 || p->of_a == 0 || p->of_a == p->n)
        return ROLE_SAME;
    if (one[0] && one[1])
        return ROLE_GOES;
    if (!missing[0] && !missing[1])
        return ROLE_MATCHED;
    return there > 1 ? ROLE_VARIANT : ROLE_SAME;
}

/* Said once, for the first metric. */
static void tell(const pairing *p, role of, const report_levels *l,
                 const uint32_t *code)
{
    compare_groups *c = p->m->c;
    char text[2][REPORT_VALUE];
    size_t n;
    const char *name = report_data_columns(p->m->d, &n)[l->col].name;
    const sweep_value a = l->value[code[0]], b = l->value[code[p->of_a]];

    if (p->out != &c->metric[0])
        return;
    if (of == ROLE_VARIANT)
        append(c->variants, "%s%s%s", name, "", "");
    else if (!report_is_missing(a) && !report_is_missing(b))
        append(c->also, "%s (%s against %s)", name, report_value_text(text[0], a),
               report_value_text(text[1], b));
}

static lut_status note_told(compare_groups *c, size_t col, lut_err *err)
{
    size_t *more;

    for (size_t i = 0; i < c->ntold; i++)
        if (c->told[i] == col)
            return LUT_OK;
    more = realloc(c->told, (c->ntold + 1) * sizeof *more);
    if (!more)
        return no_memory(err);
    c->told = more;
    c->told[c->ntold++] = col;
    return LUT_OK;
}

static lut_status match_column(pairing *p, size_t col, const size_t *row)
{
    maker *m = p->m;
    uint32_t *code = p->code + p->matched * p->n;
    report_levels l;
    role of;
    lut_status st = LUT_OK;

    LUT_TRY(report_code(&l, code, m->d, col, row, p->n, m->err));
    of = role_of(p, &l, code);
    if (of == ROLE_MATCHED) {
        p->matched++;
        if (!report_is_decided(m->d, &l))
            st = note_told(m->c, col, m->err);
    } else if (of != ROLE_SAME)
        tell(p, of, &l, code);
    report_levels_fini(&l);
    return st;
}

/* Pairs share the drawn split as well. */
static bool is_matched(const maker *m, size_t col)
{
    size_t n;
    const report_column *column = report_data_columns(m->d, &n);

    return !m->named[col] &&
           (report_is_setting(m->d, col) || report_is_split(&column[col]));
}

static lut_status match(pairing *p)
{
    maker *m = p->m;
    size_t settings = 0, *row = malloc((p->n + 1) * sizeof *row);
    lut_status st = LUT_OK;

    for (size_t col = 0; col < m->columns; col++)
        settings += is_matched(m, col);
    p->code = malloc((settings + 1) * (p->n + 1) * sizeof *p->code);
    if (!row || !p->code)
        st = no_memory(m->err);
    for (size_t i = 0; row && i < p->n; i++)
        row[i] = p->e[i].row;
    for (size_t col = 0; col < m->columns && st == LUT_OK; col++)
        if (is_matched(m, col))
            st = match_column(p, col, row);
    free(row);
    return st;
}

static int by_setting(const entry *a, const entry *b)
{
    const pairing *p = a->p;

    for (size_t j = 0; j < p->matched; j++) {
        const uint32_t x = p->code[j * p->n + a->at], y = p->code[j * p->n + b->at];

        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int by_seed(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    const int order = by_setting(a, b);

    if (order)
        return order;
    if (a->seed < b->seed || a->seed > b->seed)
        return a->seed < b->seed ? -1 : 1;
    return a->in_b != b->in_b ? a->in_b - b->in_b : (a->at > b->at) - (a->at < b->at);
}

/* Means of each group over entries of one seed; NaN where it has none. */
static void pair_seed(const entry *e, size_t n, double *a, double *b)
{
    double sum[2] = { 0, 0 };
    size_t count[2] = { 0, 0 };

    for (size_t i = 0; i < n; i++) {
        sum[e[i].in_b] += e[i].value;
        count[e[i].in_b]++;
    }
    *a = count[0] ? sum[0] / (double)count[0] : (double)NAN;
    *b = count[1] ? sum[1] / (double)count[1] : (double)NAN;
}

/* What the means of pairs say; a and b without NaN. */
static void judge(compare_setting *s, const double *a, const double *b, size_t n,
                  double alpha)
{
    double d[SIGNS_FLIPS];

    s->a = report_summary(a, n).mean;
    s->b = report_summary(b, n).mean;
    s->pairs = student_paired(a, b, n, alpha);
    s->exact = (double)NAN;
    if (n > SIGNS_FLIPS || n < signs_needed(alpha))
        return;
    for (size_t i = 0; i < n; i++)
        d[i] = a[i] - b[i];
    s->exact = signs_flip(d, n);
}

/* Entries of one setting. */
static void pair_setting(pairing *p, const entry *e, size_t n)
{
    compare_metric *out = p->out;
    compare_setting *s = &out->setting[out->n];
    size_t pairs = 0, has[2] = { 0, 0 };

    for (size_t i = 0; i < n; i++)
        has[e[i].in_b]++;
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first; end < n && !(e[end].seed > e[first].seed); end++)
            ;
        if (end == first) /* a seed that is not known */
            end++;
        pair_seed(e + first, end - first, &p->a[pairs], &p->b[pairs]);
        pairs += !isnan(p->a[pairs]) && !isnan(p->b[pairs]);
    }
    out->alone[0] += !has[1];
    out->alone[1] += !has[0];
    out->strangers += has[0] && has[1] && !pairs;
    if (!pairs)
        return;
    while (e->in_b)
        e++;
    s->row = e->row;
    judge(s, p->a, p->b, pairs, p->m->c->alpha);
    out->higher[0] += s->a > s->b;
    out->higher[1] += s->b > s->a;
    out->n++;
}

/* Settings are the units where there are several, else the seeds of the one. */
static void pool(pairing *p)
{
    compare_metric *out = p->out;

    out->pooled = (compare_setting){ .a = (double)NAN, .b = (double)NAN };
    if (out->n == 1)
        out->pooled = out->setting[0];
    for (size_t i = 0; i < out->n; i++) {
        p->a[i] = out->setting[i].a;
        p->b[i] = out->setting[i].b;
    }
    if (out->n > 1)
        judge(&out->pooled, p->a, p->b, out->n, p->m->c->alpha);
    out->pooled.row = SIZE_MAX;
}

static lut_status pair_all(pairing *p)
{
    p->a = malloc((p->n + 1) * sizeof *p->a);
    p->b = malloc((p->n + 1) * sizeof *p->b);
    p->out->setting = calloc(p->n + 1, sizeof *p->out->setting);
    if (!p->a || !p->b || !p->out->setting)
        return no_memory(p->m->err);
    qsort(p->e, p->n, sizeof *p->e, by_seed);
    for (size_t first = 0, end; first < p->n; first = end) {
        for (end = first + 1; end < p->n && !by_setting(&p->e[first], &p->e[end]);
             end++)
            ;
        pair_setting(p, p->e + first, end - first);
    }
    pool(p);
    return LUT_OK;
}

static lut_status add_metric(maker *m, const char *name)
{
    compare_groups *c = m->c;
    pairing p = { .m = m };
    size_t n;
    lut_status st;

    if (c->nmetrics == COMPARE_METRICS)
        return lut_fail(m->err, LUT_EINVAL, "--metric: more than %d columns",
                        COMPARE_METRICS);
    p.out = &c->metric[c->nmetrics++];
    LUT_TRY(report_data_column(m->d, &p.out->col, "--metric", name, m->err));
    if (report_data_columns(m->d, &n)[p.out->col].is_text)
        return lut_fail(m->err, LUT_EINVAL, "--metric: %s is text, want a number",
                        name);
    st = gather(&p, p.out->col);
    if (st == LUT_OK)
        st = match(&p);
    if (st == LUT_OK)
        st = pair_all(&p);
    free(p.e);
    free(p.code);
    free(p.a);
    free(p.b);
    return st;
}

/* ---- all of it ---- */

/* Of those that nobody asked for only what is there: an older file may lack one. */
static bool is_wanted(const maker *m, const char *name)
{
    return m->q->metric || report_data_find(m->d, name) != SIZE_MAX;
}

static lut_status add_metrics(maker *m)
{
    const char *list = m->q->metric ? m->q->metric : default_metrics;

    while (*list) {
        char name[128];
        const size_t n = strcspn(list, ",");

        if (n == 0 || n >= sizeof name)
            return lut_fail(m->err, LUT_EINVAL,
                            "--metric: \"%s\": want names with commas between", list);
        memcpy(name, list, n);
        name[n] = 0;
        if (is_wanted(m, name))
            LUT_TRY(add_metric(m, name));
        list += n + (list[n] == ',');
    }
    return LUT_OK;
}

lut_status compare_groups_make(compare_groups *c, const report_data *d,
                               const compare_query *q, lut_err *err)
{
    maker m = { .c = c, .d = d, .q = q, .err = err };
    lut_status st;

    *c = (compare_groups){ .data = d, .alpha = q->alpha };
    report_data_columns(d, &m.columns);
    m.named = calloc(m.columns + 1, sizeof *m.named);
    st = m.named ? choose_rows(&m) : no_memory(err);
    if (st == LUT_OK)
        st = add_metrics(&m);
    report_rows_fini(&m.group[0]);
    report_rows_fini(&m.group[1]);
    free(m.named);
    if (st != LUT_OK)
        compare_groups_fini(c);
    return st;
}

void compare_groups_fini(compare_groups *c)
{
    for (size_t i = 0; i < c->nmetrics; i++)
        free(c->metric[i].setting);
    free(c->told);
    *c = (compare_groups){ 0 };
}
