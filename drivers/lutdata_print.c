/* What lutdata check says: for people, as CSV, as JSON. */
#include "drivers/lutdata_check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 8 }; /* names of a list in text */

static const char *const part_name[LUT_PARTS] = {
    [LUT_TRAIN] = "train", [LUT_TEST] = "test"
};

static double percent(size_t part, size_t whole)
{
    return 100.0 * (double)part / (double)whole;
}

static bool is_constant(const lutdata_findings *f, size_t column)
{
    const lut_part_facts *train = &f->seen.part[LUT_TRAIN];

    return train->low[column] >= train->high[column];
}

static bool is_copy(const lutdata_findings *f, size_t column)
{
    return f->seen.same[column] != column && !is_constant(f, column);
}

/* ---- text ---- */

static void put_pair(const char *what, double train, double test)
{
    printf("%-32s  %10.10g  %10.10g\n", what, train, test);
}

static void put_rows(const lutdata_findings *f)
{
    const lut_data_inspection *s = &f->seen;
    const lut_part_facts *train = &s->part[LUT_TRAIN], *test = &s->part[LUT_TEST];
    const lut_data *d = f->data;

    printf("%-32s  %10s  %10s\n", "", "train", "test");
    put_pair("rows", (double)train->rows, (double)test->rows);
    if (d->train.dropped + d->test.dropped)
        put_pair("  left out, with a missing cell", (double)d->train.dropped,
                 (double)d->test.dropped);
    if (d->train.gaps + d->test.gaps)
        put_pair("  with a missing cell", (double)d->train.gaps, (double)d->test.gaps);
    put_pair("  that repeat an earlier one", (double)train->repeated,
             (double)test->repeated);
    put_pair("  alike, with another label", (double)train->disputed,
             (double)test->disputed);
    put_pair("  alike in the other part", (double)s->covered, (double)s->shared);
    printf("%-32s  %10s  %10zu\n", "    with another label", "", s->contested);
    for (uint32_t c = 0; c < s->classes; c++) {
        char what[40];

        snprintf(what, sizeof what, "class %u", (unsigned)c);
        printf("%-32s  %10zu  %10zu   %6.2f %%  %6.2f %%\n", what, train->count[c],
               test->count[c], percent(train->count[c], train->rows),
               percent(test->count[c], test->rows));
    }
}

/* "2: x0, x39": how many columns are so, and the first of them. */
static void put_columns(const lutdata_findings *f, const char *what,
                        bool (*is)(const lutdata_findings *f, size_t column), size_t n)
{
    size_t shown = 0;

    printf("%s: %zu", what, n);
    for (size_t i = 0; i < f->seen.features && shown < SHOWN; i++)
        if (is(f, i))
            printf("%s%s", shown++ ? ", " : " (", f->data->train.name[i]);
    printf("%s\n", shown < n ? ", ...)" : n ? ")" : "");
}

static void put_range(const lut_part_facts *p, size_t features, const char *name)
{
    float low = p->low[0], high = p->high[0];

    for (size_t i = 1; i < features; i++) {
        low = p->low[i] < low ? p->low[i] : low;
        high = p->high[i] > high ? p->high[i] : high;
    }
    printf(" %.7g to %.7g in %s", (double)low, (double)high, name);
}

static void put_every_column(const lutdata_findings *f)
{
    const lut_part_facts *p = f->seen.part;

    printf("%-32s  %21s  %21s\n", "column", "train", "test");
    for (size_t i = 0; i < f->seen.features; i++) {
        printf("%-32s", f->data->train.name[i]);
        for (size_t part = 0; part < LUT_PARTS; part++)
            printf("  %9.6g..%-10.6g", (double)p[part].low[i], (double)p[part].high[i]);
        if (is_constant(f, i))
            printf("  constant");
        else if (is_copy(f, i))
            printf("  same as %s", f->data->train.name[f->seen.same[i]]);
        printf("\n");
    }
}

static void print_text(const lutdata_findings *f, bool verbose)
{
    const lut_data_inspection *s = &f->seen;

    printf("%s%s%s\n", f->name, f->known ? ": " : "", f->known ? f->known->doc : "");
    if (f->known && f->known->note)
        printf("note: %s%s\n", f->known->note,
               f->known->partial ? "; not comparable with published numbers" : "");
    if (f->options[0])
        printf("options: %s\n", f->options);
    printf("digest: %s\n\n", f->digest);
    put_rows(f);
    printf("\nfeatures: %zu, values", s->features);
    put_range(&s->part[LUT_TRAIN], s->features, "train,");
    put_range(&s->part[LUT_TEST], s->features, "test");
    printf("\n");
    put_columns(f, "constant in train", is_constant, s->constant);
    put_columns(f, "same as an earlier one", is_copy, s->copies);
    if (verbose)
        put_every_column(f);
    for (size_t i = 0; i < f->nwarnings; i++)
        printf("%swarning: %s\n", i ? "" : "\n", f->warning[i]);
}

/* ---- CSV: item, name, train, test ---- */

static void csv_line(const char *item, const char *name, double train, double test)
{
    const double v[] = { train, test };
    char text[32];

    emit_cell(stdout, item);
    putchar(',');
    emit_cell(stdout, name);
    for (size_t i = 0; i < LUT_COUNT(v); i++)
        printf(",%s", isnan(v[i]) ? "" : lut_real_text(text, v[i]));
    putchar('\n');
}

static void csv_columns(const lutdata_findings *f)
{
    const lut_part_facts *p = f->seen.part;

    for (size_t i = 0; i < f->seen.features; i++) {
        const char *name = f->data->train.name[i];

        csv_line("low", name, (double)p[LUT_TRAIN].low[i], (double)p[LUT_TEST].low[i]);
        csv_line("high", name, (double)p[LUT_TRAIN].high[i],
                 (double)p[LUT_TEST].high[i]);
        if (is_constant(f, i))
            csv_line("constant", name, (double)NAN, (double)NAN);
        if (is_copy(f, i))
            csv_line("copy", name, (double)NAN, (double)NAN);
    }
}

static void print_csv(const lutdata_findings *f)
{
    const lut_data_inspection *s = &f->seen;
    const lut_part_facts *train = &s->part[LUT_TRAIN], *test = &s->part[LUT_TEST];
    const lut_data *d = f->data;
    char class[16];

    printf("item,name,train,test\n");
    if (f->known && f->known->note)
        csv_line("note", f->known->note, (double)NAN, (double)NAN);
    csv_line("digest", f->digest, (double)NAN, (double)NAN);
    csv_line("rows", NULL, (double)train->rows, (double)test->rows);
    csv_line("dropped", NULL, (double)d->train.dropped, (double)d->test.dropped);
    csv_line("gaps", NULL, (double)d->train.gaps, (double)d->test.gaps);
    csv_line("repeated", NULL, (double)train->repeated, (double)test->repeated);
    csv_line("disputed", NULL, (double)train->disputed, (double)test->disputed);
    csv_line("reachable", NULL, (double)train->reachable, (double)test->reachable);
    csv_line("shared", NULL, (double)s->covered, (double)s->shared);
    csv_line("contested", NULL, (double)NAN, (double)s->contested);
    for (uint32_t c = 0; c < s->classes; c++) {
        snprintf(class, sizeof class, "%u", (unsigned)c);
        csv_line("class", class, (double)train->count[c], (double)test->count[c]);
    }
    csv_columns(f);
    for (size_t i = 0; i < f->nwarnings; i++)
        csv_line("warning", f->warning[i], (double)NAN, (double)NAN);
}

/* ---- JSON ---- */

static void json_part(emit_json *j, const lutdata_findings *f, size_t part)
{
    const lut_data_inspection *s = &f->seen;
    const lut_part_facts *p = &s->part[part];
    const lut_dataset *d = part == LUT_TEST ? &f->data->test : &f->data->train;

    emit_open(j, part_name[part], '{');
    emit_number(j, "rows", (double)p->rows);
    emit_number(j, "dropped", (double)d->dropped);
    emit_number(j, "gaps", (double)d->gaps);
    emit_number(j, "repeated", (double)p->repeated);
    emit_number(j, "disputed", (double)p->disputed);
    emit_number(j, "reachable", (double)p->reachable);
    emit_number(j, "shared", (double)(part == LUT_TRAIN ? s->covered : s->shared));
    if (part == LUT_TEST)
        emit_number(j, "contested", (double)s->contested);
    emit_open(j, "class", '[');
    for (uint32_t c = 0; c < s->classes; c++)
        emit_number(j, NULL, (double)p->count[c]);
    emit_close(j, ']');
    emit_close(j, '}');
}

static void json_column(emit_json *j, const lutdata_findings *f, size_t i)
{
    emit_open(j, NULL, '{');
    emit_text(j, "name", f->data->train.name[i]);
    for (size_t part = 0; part < LUT_PARTS; part++) {
        emit_open(j, part_name[part], '[');
        emit_number(j, NULL, (double)f->seen.part[part].low[i]);
        emit_number(j, NULL, (double)f->seen.part[part].high[i]);
        emit_close(j, ']');
    }
    emit_bool(j, "constant", is_constant(f, i));
    emit_text(j, "same_as",
              f->seen.same[i] == i ? NULL : f->data->train.name[f->seen.same[i]]);
    emit_close(j, '}');
}

static void print_json(const lutdata_findings *f)
{
    emit_json j = { .out = stdout };

    emit_open(&j, NULL, '{');
    emit_text(&j, "format", "lutdata-check");
    emit_number(&j, "format_version", LUTDATA_FORMAT);
    emit_text(&j, "name", f->name);
    emit_text(&j, "options", f->options);
    emit_text(&j, "digest", f->digest);
    emit_text(&j, "note", f->known ? f->known->note : NULL);
    emit_number(&j, "features", (double)f->seen.features);
    emit_number(&j, "classes", f->seen.classes);
    for (size_t part = 0; part < LUT_PARTS; part++)
        json_part(&j, f, part);
    emit_open(&j, "column", '[');
    for (size_t i = 0; i < f->seen.features; i++)
        json_column(&j, f, i);
    emit_close(&j, ']');
    emit_open(&j, "warning", '[');
    for (size_t i = 0; i < f->nwarnings; i++)
        emit_text(&j, NULL, f->warning[i]);
    emit_close(&j, ']');
    emit_close(&j, '}');
}

static void print_names(const lutdata_findings *f)
{
    for (size_t i = 0; i < f->seen.features; i++)
        printf("%s\n", f->data->train.name[i]);
}

void lutdata_print(const lutdata_findings *f, lutdata_output output, bool verbose)
{
    if (output == LUTDATA_JSON)
        print_json(f);
    else if (output == LUTDATA_CSV)
        print_csv(f);
    else if (output == LUTDATA_QUIET)
        print_names(f);
    else
        print_text(f, verbose);
}
