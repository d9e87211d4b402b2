/* The layers: the AIGER file read again and run on the test rows, and what ABC proves of it,
 * of the BLIF file, and of the netlists that hardware and C are made of. */
#include "drivers/lutexport.h"
#include "lib/circuit/netlist.h"
#include "lib/export/netlist_blif.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- files that ABC reads: short names in the folder for work ---- */

static lut_status end_folder(export_folder *f, lut_status st, lut_err *err)
{
    if (st == LUT_OK)
        st = export_folder_close(f, err);
    else if (f->err.code)
        *err = f->err;
    f->temp[0] = 0; /* the folder stays */
    export_folder_abort(f);
    return st;
}

static lut_status work_folder(export_folder *f, const export_work *w, lut_err *err)
{
    *f = (export_folder){ .path = w->path };
    snprintf(f->temp, sizeof f->temp, "%s", w->path);
    f->file = calloc(EXPORT_FILES, sizeof *f->file);
    return f->file ? LUT_OK
                   : lut_fail(err, LUT_ENOMEM, "no memory for a list of files");
}

static bool is_exported(const export_job *j, const char *format)
{
    for (size_t i = 0; i < j->nformats; i++)
        if (strcmp(j->ops[i]->name, format) == 0)
            return true;
    return false;
}

/* "layers.SUFFIX": the exported file, or one made now for want of it. */
static lut_status put_file(const export_job *j, const export_work *w,
                           const char *format, const char *suffix, lut_err *err)
{
    char from[EXPORT_PATH + LUT_DESIGN_NAME + 8], to[EXPORT_PATH + 32];
    lut_export_design d = j->design;
    export_folder f;
    lut_export_out out;

    if (is_exported(j, format)) {
        snprintf(from, sizeof from, "%s/%s.%s", w->files, j->name, suffix);
        snprintf(to, sizeof to, "%s/layers.%s", w->path, suffix);
        return symlink(from, to) == 0
                   ? LUT_OK
                   : lut_fail(err, LUT_EIO, "%s: %s", to, strerror(errno));
    }
    LUT_TRY(work_folder(&f, w, err));
    d.name = "layers";
    out = export_folder_out(&f);
    return end_folder(&f, lut_export_find(format)->write(NULL, &d, &out, err), err);
}

/* ---- netlists ---- */

/* The circuit with a class for each output, so that outputs can be told apart. */
static lut_status netlist_of(lut_netlist *n, const lut_circuit *c, lut_err *err)
{
    lut_circuit apart = *c;

    apart.classes = c->layer[c->nlayers - 1].luts;
    LUT_TRY(lut_netlist_from(n, &apart, err));
    return lut_netlist_simplify(n, NULL, err);
}

static lut_status put_netlist(const lut_netlist *n, const char *name,
                              const export_work *w, lut_err *err)
{
    lut_export_out out;
    export_folder f;

    LUT_TRY(work_folder(&f, w, err));
    out = export_folder_out(&f);
    return end_folder(&f, lut_export_netlist_blif(n, name, &out, err), err);
}

static lut_status put_netlists(const export_job *j, const export_work *w, lut_err *err)
{
    lut_netlist n = { .inputs = 0 };
    lut_status st = netlist_of(&n, j->design.circuit, err);

    if (st == LUT_OK)
        st = put_netlist(&n, "simplified", w, err);
    if (st == LUT_OK)
        st = lut_netlist_map(&n, LUT_NODE_INPUTS, 0, err);
    if (st == LUT_OK)
        st = put_netlist(&n, "mapped", w, err);
    lut_netlist_fini(&n);
    return st;
}

/* ---- ABC ---- */

/* It says everything with exit status 0, and some of it in colour; what it said before it
 * died of something else does not count. */
static void judge(export_check *c, int code, const char *log)
{
    const char *different = log ? strstr(log, "NOT EQUIVALENT") : NULL;

    if (code == -2)
        export_check_skip(c, "not proved: no answer within %u s (--limit gives more)",
                          export_tool_seconds());
    else if (code != 0)
        export_check_skip(c, "not proved: ABC %s",
                          code == -4   ? "was killed, as where memory runs out"
                          : code == -3 ? "could not be started"
                          : code == -1 ? "died"
                                       : "failed");
    else if (different) {
        c->verdict = EXPORT_DIFFERENT;
        snprintf(c->note, sizeof c->note, "%.*s", (int)strcspn(different, "\n"),
                 different);
    } else if (log && strstr(log, "Networks are equivalent")) {
        c->verdict = EXPORT_EQUAL;
        c->proof = true;
    } else
        export_check_skip(c, "not proved: ABC did not decide");
}

static void prove(export_job *j, const export_work *w, const char *abc,
                  const char *format, const char *what, const char *file)
{
    export_check *c = export_check_add(j, format, what);
    char script[200], *log;
    const char *argv[] = { abc, "-c", script, NULL };
    int code;

    snprintf(script, sizeof script,
             "read_blif %s.blif; strash; write_aiger %s.aag.aig; &r layers.aig; &cec "
             "%s.aag.aig",
             file, file, file);
    snprintf(c->tool, sizeof c->tool, "%s &cec", strrchr(abc, '/') + 1);
    code = export_tool_run(argv, w->path, "tool.log", export_tool_seconds());
    c->seconds = export_tool_took();
    log = export_tool_log(w->path, "tool.log");
    judge(c, code, log);
    free(log);
}

static lut_status prove_all(export_job *j, const export_work *w, lut_err *err)
{
    static const char *const names[] = { "berkeley-abc", "yosys-abc", "abc", NULL };
    char *abc = export_tool_find(names);

    if (!abc) {
        export_check_skip(
            export_check_add(j, "layers", "equivalence for all inputs"),
            "not proved: ABC (berkeley-abc, yosys-abc or abc) is not in PATH");
        return LUT_OK;
    }
    if (put_netlists(j, w, err) != LUT_OK)
        return free(abc), err->code;
    prove(j, w, abc, "blif", "BLIF and AIGER of the trained tables", "layers");
    prove(j, w, abc, "layers", "simplified netlist against the trained tables",
          "simplified");
    prove(j, w, abc, "layers",
          "netlist mapped to six inputs against the trained tables", "mapped");
    free(abc);
    return LUT_OK;
}

lut_status export_verify_layers(export_job *j, const export_work *w, lut_err *err)
{
    LUT_TRY(put_file(j, w, "blif", "blif", err));
    LUT_TRY(put_file(j, w, "aiger", "aig", err));
    LUT_TRY(export_verify_aiger(j, w, err));
    return prove_all(j, w, err);
}
