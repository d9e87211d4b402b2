#include "analysis/origin.h"
#include "analysis/emit.h"
#include "sweep/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST = 32 }; /* digits printed: enough to tell files apart */

static lut_status put_files(FILE *out, const report_data *d, lut_err *err)
{
    for (size_t i = 0; i < report_data_files(d); i++) {
        const sweep_store *s = report_data_store(d, i);
        char hex[SWEEP_SHA256];

        if (report_data_in_memory(d, i)) {
            fprintf(out, "input: %s with its folder, sweep %s, %zu trials\n",
                    report_data_path(d, i), sweep_store_name(s), sweep_store_rows(s));
            continue;
        }
        LUT_TRY(sweep_sha256_file(hex, report_data_path(d, i), err));
        fprintf(out, "input: %s, sweep %s, %zu trials, sha256 %.*s\n",
                report_data_path(d, i), sweep_store_name(s), sweep_store_rows(s),
                (int)DIGEST, hex);
    }
    return LUT_OK;
}

lut_status report_origin(char **text, const report_data *d, const char *program,
                         int argc, char *const *argv, lut_err *err)
{
    size_t n;
    FILE *out = open_memstream(text, &n);
    lut_status st;

    *text = NULL;
    if (!out)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    fprintf(out, "%s\ncommand: lutreport", program);
    for (int i = 1; i < argc; i++) {
        fputc(' ', out);
        emit_word(out, argv[i]);
    }
    fputc('\n', out);
    st = put_files(out, d, err);
    if (fclose(out) != 0 && st == LUT_OK)
        st = lut_fail(err, LUT_ENOMEM, "out of memory");
    if (st != LUT_OK) {
        free(*text);
        *text = NULL;
    }
    return st;
}
