/* Figures of kept networks: where the LUTs of the best designs are, and what the best of all
 * confuses. */
#include "analysis/figure_impl.h"
#include "lib/circuit/cost.h"
#include "sweep/hardware.h"

#include <math.h>
#include <stdlib.h>

enum { DESIGNS = 12, CLASSES = 26 };

typedef struct ranked {
    size_t row;
    double valid, size;
} ranked;

/* Rows with a network, by validation accuracy and size. */
static lut_status collect(ranked **list, size_t *n, const figure_source *s,
                          lut_err *err)
{
    *n = 0;
    *list = malloc((s->rows->n + 1) * sizeof **list);
    if (!*list)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->rows->n; i++) {
        const size_t row = s->rows->row[i];
        const double valid = figure_value(s, row, "valid_accuracy");

        if (figure_ok(s, row) && !isnan(valid) && report_data_has_network(s->data, row))
            (*list)[(*n)++] = (ranked){ row, valid, figure_value(s, row, "lut6_core") };
    }
    return LUT_OK;
}

static int best_first(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->valid > y->valid || x->valid < y->valid)
        return x->valid > y->valid ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int small_first(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->size < y->size || x->size > y->size)
        return x->size < y->size ? -1 : 1;
    return best_first(a, b);
}

/* Those of a list of rising size that are better than all smaller ones. */
static size_t keep_front(ranked *list, size_t n)
{
    double best = -INFINITY;
    size_t n_kept = 0;

    for (size_t i = 0; i < n; i++)
        if (list[i].valid > best) {
            best = list[i].valid;
            list[n_kept++] = list[i];
        }
    return n_kept;
}

/* ---- where the LUTs go ---- */

static lut_status cost_of(lut_cost *c, const figure_source *s, size_t row, lut_err *err)
{
    sweep_result r;
    lut_design d = { 0 };
    lut_pipeline p;
    lut_status st = report_data_result(s->data, row, &r, err);

    if (st == LUT_OK)
        st = sweep_hardware_pipeline(&p, &r.row.trial, r.circuit.nlayers, err);
    if (st == LUT_OK)
        st = lut_design_make(&d, &r.circuit, &r.encoder, &p, err);
    if (st == LUT_OK)
        st = lut_cost_of(c, &d, err);
    lut_design_fini(&d);
    sweep_result_fini(&r);
    return st;
}

static lut_status parts_columns(figure *f, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "network", .doc = "validation accuracy, layers", .kind = SHEET_TEXT },
        { .name = "encoder", .unit = "LUTs", .kind = SHEET_WHOLE },
        { .name = "layers", .unit = "LUTs", .kind = SHEET_WHOLE },
        { .name = "popcount", .unit = "LUTs", .kind = SHEET_WHOLE },
        { .name = "argmax", .unit = "LUTs", .kind = SHEET_WHOLE },
    };

    LUT_TRY(sheet_init(&f->data, f->name, err, "LUTs of the parts of a design"));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    return LUT_OK;
}

static lut_status put_design(FILE *out, figure *f, const figure_source *s,
                             const ranked *r, lut_err *err)
{
    const size_t layers = report_data_find(s->data, "layers");
    char name[200], method[FIGURE_LABEL];
    lut_cost c;

    LUT_TRY(cost_of(&c, s, r->row, err));
    figure_method_name(method, s, figure_method(s, r->row));
    snprintf(name, sizeof name, "%.2f %%: %.30s %.60s", r->valid, method,
             report_data_value(s->data, r->row, layers).text);
    const sheet_cell cell[] = { { .text = name },
                                { .number = c.knows_encoder ? c.encoder : (double)NAN },
                                { .number = c.layers },
                                { .number = c.popcount },
                                { .number = c.argmax } };

    figure_quote(out, name);
    fprintf(out, " %u %u %u %u\n", c.knows_encoder ? c.encoder : 0, c.layers,
            c.popcount, c.argmax);
    return sheet_add_row(&f->data, cell, err);
}

static lut_status draw_parts(figure *f, const figure_source *s, const ranked *list,
                             size_t n, lut_err *err)
{
    const size_t shown = n < DESIGNS ? n : DESIGNS;
    figure_pen pen;
    lut_status st = LUT_OK;

    LUT_TRY(parts_columns(f, err));
    LUT_TRY(figure_begin(&pen, err));
    fputs("$parts << EOD\n", pen.out);
    for (size_t i = 0; i < shown && st == LUT_OK; i++) /* evenly along the front */
        st = put_design(pen.out, f, s, &list[shown > 1 ? i * (n - 1) / (shown - 1) : 0],
                        err);
    fputs("EOD\nset ylabel '6-input LUTs'\nset style data histograms\n"
          "set style histogram rowstacked\nset boxwidth 0.7\nset style fill solid 0.9 "
          "noborder\n"
          "set xtics rotate by 25 right font ',10'\nset yrange [0:*]\n"
          "plot $parts using 2:xtic(1) lc rgb '#E69F00' title 'encoder', \\\n"
          "$parts using 3 lc rgb '#0072B2' title 'layers', \\\n"
          "$parts using 4 lc rgb '#009E73' title 'popcount', \\\n"
          "$parts using 5 lc rgb '#CC79A7' title 'argmax'\n",
          pen.out);
    f->height = 460;
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    return st;
}

lut_status figure_parts(figure *f, const figure_source *s, lut_err *err)
{
    ranked *list;
    size_t n;
    lut_status st = collect(&list, &n, s, err);

    if (st == LUT_OK)
        qsort(list, n, sizeof *list, small_first);
    n = st == LUT_OK ? keep_front(list, n) : 0;
    if (st == LUT_OK)
        st = figure_words(
            f, err, "LUTs of each part",
            "Designs on the front of validation accuracy against size without "
            "encoder, among the networks that are kept; counted from their "
            "netlists, with the registers and votes of their rows. Real inputs have an "
            "encoder of unknown size: it is missing there.");
    if (st == LUT_OK)
        st = n ? draw_parts(f, s, list, n, err) : figure_not(f, "no network is kept");
    free(list);
    return st;
}

/* ---- confusion ---- */

static lut_status confusion_columns(figure *f, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "class", .kind = SHEET_WHOLE },
        { .name = "predicted", .kind = SHEET_WHOLE },
        { .name = "count", .kind = SHEET_WHOLE },
        { .name = "share",
          .unit = "percent",
          .doc = "of the class",
          .kind = SHEET_PERCENT },
    };

    LUT_TRY(sheet_init(&f->data, f->name, err,
                       "Confusion of the best network, test split"));
    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(&f->data, &column[i], err));
    return LUT_OK;
}

static lut_status put_matrix(FILE *out, figure *f, const sweep_result *r, lut_err *err)
{
    const uint32_t n = r->classes;

    fputs("$confusion << EOD\n", out);
    for (uint32_t i = 0; i < n; i++) {
        double sum = 0;

        for (uint32_t j = 0; j < n; j++)
            sum += r->confusion[i * n + j];
        for (uint32_t j = 0; j < n; j++) {
            const double count = r->confusion[i * n + j];
            const double share = sum > 0 ? 100 * count / sum : 0;
            const sheet_cell cell[] = { { .number = i },
                                        { .number = j },
                                        { .number = count },
                                        { .number = share } };

            LUT_TRY(sheet_add_row(&f->data, cell, err));
            fprintf(out, "%u %u %.4g %.0f\n", j, i, i == j ? NAN : share, count);
        }
    }
    fputs("EOD\n", out);
    return LUT_OK;
}

static lut_status draw_confusion(figure *f, const sweep_result *r, lut_err *err)
{
    figure_pen pen;
    lut_status st;

    LUT_TRY(confusion_columns(f, err));
    LUT_TRY(figure_begin(&pen, err));
    st = put_matrix(pen.out, f, r, err);
    fprintf(pen.out,
            "unset grid\nunset key\nset xlabel 'predicted'\nset ylabel 'class'\n"
            "set cblabel 'percent of the class'\nset xtics 1\nset ytics 1\n"
            "set xrange [-0.5:%u.5]\nset yrange [%u.5:-0.5]\n"
            "set palette defined (0 '#f7fbff', 1 '#e6550d')\n"
            "plot $confusion using 1:2:(0.5):(0.5):3 with boxxyerror fs solid noborder "
            "lc palette%s",
            r->classes - 1, r->classes - 1, r->classes <= CLASSES ? ", \\\n" : "\n");
    if (r->classes <=
        CLASSES) /* the diagonal has no colour: its numbers take the text's */
        fprintf(
            pen.out,
            "$confusion using 1:2:($1==$2?sprintf('%%d',$4):'') with labels font "
            "',%d', \\\n"
            "$confusion using 1:2:($1!=$2&&$4>0?sprintf('%%d',$4):'') with labels font "
            "',%d' tc rgb '#111111'\n",
            r->classes > 12 ? 7 : 10, r->classes > 12 ? 7 : 10);
    f->height = 480;
    if (st == LUT_OK)
        st = figure_end(f, &pen, err);
    figure_drop(&pen);
    return st;
}

static lut_status of_best(figure *f, const figure_source *s, const ranked *best,
                          lut_err *err)
{
    const size_t key = report_data_find(s->data, "key");
    sweep_result r;
    lut_status st = report_data_result(s->data, best->row, &r, err);

    if (st == LUT_OK && r.classes && r.confusion)
        st = draw_confusion(f, &r, err);
    else if (st == LUT_OK)
        st = figure_not(f, "the best network has no confusion matrix");
    if (st == LUT_OK)
        st = figure_words(
            f, err, "Confusion",
            "Network %s, the one with the best validation accuracy (%.2f) among "
            "those that are kept: counts on the test split, colour by share of the "
            "class, what is right left white.",
            key == SIZE_MAX ? "" : report_data_value(s->data, best->row, key).text,
            best->valid);
    sweep_result_fini(&r);
    return st;
}

lut_status figure_confusion(figure *f, const figure_source *s, lut_err *err)
{
    ranked *list;
    size_t n;
    lut_status st = collect(&list, &n, s, err);

    if (st == LUT_OK && n) {
        qsort(list, n, sizeof *list, best_first);
        st = of_best(f, s, &list[0], err);
    } else if (st == LUT_OK)
        st = figure_not(f, "no network is kept");
    free(list);
    return st;
}
