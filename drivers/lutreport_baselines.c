/* --baselines: our results beside published ones. */
#include "analysis/published.h"
#include "drivers/folders.h"
#include "drivers/lutreport.h"

#include <stdio.h>

static lut_status add_origin(sheet *s, const sweep_baselines *b, bool own,
                             const lutreport_options *o, lut_err *err)
{
    if (own)
        return sheet_add_note(s, err,
                              "published rows are those of %s (baselines.csv, "
                              "sha256 %.16s)",
                              o->npaths > 1 ? "the files" : o->path[0], b->digest);
    if (b->n)
        return sheet_add_note(
            s, err,
            "published rows are those that are installed (baselines.csv, "
            "sha256 %.16s): %s none",
            b->digest, o->npaths > 1 ? "the files have" : "the file has");
    return sheet_add_note(s, err, "no published rows: no baselines.csv in any folder");
}

static lut_status make(lutreport_made *out, const report_data *d,
                       const lutreport_options *o, const sweep_baselines *installed,
                       lut_err *err)
{
    sweep_baselines b;
    report_query q;
    bool own;
    lut_status st;

    LUT_TRY(lutreport_query(&q, o, err));
    LUT_TRY(report_published_rows(&b, &own, d, installed, err));
    st = report_published(out->sheet, d, &q, &b, err);
    out->n = PUBLISHED_SHEETS;
    if (st == LUT_OK)
        st = add_origin(&out->sheet[0], &b, own, o, err);
    sweep_baselines_fini(&b);
    return st;
}

lut_status lutreport_baselines(lutreport_made *out, const report_data *d,
                               const lutreport_options *o, lut_err *err)
{
    const char *folder[SWEEP_FOLDERS];
    sweep_baselines installed;
    lut_status st;

    folders_of(folder, o->data);
    LUT_TRY(sweep_baselines_load(&installed, folder, err));
    st = make(out, d, o, &installed, err);
    sweep_baselines_fini(&installed);
    return st;
}
