/* --compare A,B: two networks by their keys, two groups of trials, or two files. */
#include "analysis/compare.h"
#include "drivers/cli.h"
#include "drivers/lutreport.h"

#include <stdlib.h>
#include <string.h>

static lut_status compare_keys(lutreport_made *out, const report_data *d, const char *a,
                               const char *b, double alpha, lut_err *err)
{
    compare_networks c;

    LUT_TRY(compare_networks_make(&c, d, a, b, alpha, err));
    out->n = 1;
    return compare_networks_sheet(&out->sheet[0], &c, err);
}

/* Values of a column, without the column. */
static lut_status want_column(const compare_query *q, lut_err *err)
{
    if (q->by || strpbrk(q->a, "=<>") || strpbrk(q->b, "=<>"))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "--compare=%s,%s: want two keys of trials, two conditions, or with "
                    "--by=COLUMN two of its values",
                    q->a, q->b);
}

static lut_status compare_trials(lutreport_made *out, const report_data *d,
                                 const compare_query *q, lut_err *err)
{
    compare_groups c;
    lut_status st;

    LUT_TRY(want_column(q, err));
    LUT_TRY(compare_groups_make(&c, d, q, err));
    out->n = 2;
    st = compare_groups_sheets(out->sheet, &c, err);
    compare_groups_fini(&c);
    return st;
}

/* Keys are networks, whatever else is said. */
static lut_status make_pairs(lutreport_made *out, const report_data *d,
                             const lutreport_options *o, lut_err *err)
{
    compare_query q = { .where = o->where, .by = o->by, .metric = o->metric };
    char *a, *b;
    lut_status st = compare_cut(&a, &b, o->compare, err);

    if (st == LUT_OK)
        st = lutreport_alpha(&q.alpha, o, err);
    q.a = a;
    q.b = b;
    if (st == LUT_OK)
        st = sweep_is_key(a) && sweep_is_key(b)
                 ? compare_keys(out, d, a, b, q.alpha, err)
                 : compare_trials(out, d, &q, err);
    free(a);
    free(b);
    return st;
}

static lut_status make_files(lutreport_made *out, const report_data *d,
                             const lutreport_options *o, lut_err *err)
{
    compare_files c;
    double alpha;

    LUT_TRY(lutreport_alpha(&alpha, o, err));
    LUT_TRY(compare_files_sheets(&c, out->sheet, &out->n, d, alpha, err));
    out->code = c.differ ? CLI_FAILED : CLI_OK;
    return LUT_OK;
}

/* The two are the files of the command. */
static int compare_paths(const lutreport_options *o)
{
    static const lutreport_verb files = { .make = make_files };
    lutreport_options both = *o;
    char *path[2];
    lut_err err;
    int code;

    if (o->where || o->by || o->metric)
        return cli_complain(
            CLI_USAGE,
            "--compare=%s: names files, so that --where, --by and --metric "
            "are of no use",
            o->compare);
    if (compare_cut(&path[0], &path[1], o->compare, &err) != LUT_OK)
        code = cli_fail(&err);
    else {
        both.path = path;
        both.npaths = 2;
        code = lutreport_sheets(&files, &both);
    }
    free(path[0]);
    free(path[1]);
    return code;
}

int lutreport_compare(const lutreport_options *o)
{
    static const lutreport_verb pairs = { .make = make_pairs };

    return o->npaths ? lutreport_sheets(&pairs, o) : compare_paths(o);
}
