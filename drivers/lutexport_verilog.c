/* --verify of Verilog: the files read back and simulated here, always; the bench in iverilog
 * or, where rows are many, in verilator; synthesis by yosys, for its count of LUTs beside
 * ours.  SystemVerilog is not read back, the tools are the same. */
#include "drivers/lutexport.h"
#include "lib/export/verilog_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MANY_ROWS = 20000,
    WORDS = 160,
    SEED = 1,
    FEWEST = 200,       /* vectors of a part: all that are made, and some rows */
    EVENTS = 24000000,  /* vectors times LUTs that iverilog simulates within a minute */
    SQUARES = 200000000 /* vectors times squared bits of vectors, in some seconds */
};

typedef struct language {
    const char *format, *ending; /* of --format, of sources */
    const char *standard;        /* option of iverilog */
    const char *script;          /* of yosys: NAME is in front */
    const char *result;          /* that it writes */
} language;

static const language verilog = { "verilog", ".v", "-g2005", "_yosys.ys",
                                  "_yosys.json" },
                      systemverilog = { "systemverilog", ".sv", "-g2012",
                                        "_sv_yosys.ys", "_sv_yosys.json" };

static const void *options_of(const export_job *j)
{
    for (size_t i = 0; i < j->nformats; i++)
        if (strcmp(j->ops[i]->name, "verilog") == 0)
            return j->cfg[i];
    return NULL;
}

/* Sources; `bench`: that one too, and the models of LUTs. */
static bool is_source(const export_file *f, const language *l, bool bench)
{
    const char *dot = strrchr(f->name, '.');
    bool simulates = (dot && dot - f->name >= 3 && strncmp(dot - 3, "_tb", 3) == 0) ||
                     strcmp(f->name, "sim_lut.v") == 0;

    return f->format && strcmp(f->format, l->format) == 0 && dot &&
           strcmp(dot, l->ending) == 0 && (bench || !simulates);
}

/* ---- here ---- */

static lut_status read_files(verilog_source **source, size_t *n, const export_job *j,
                             const export_work *w, lut_err *err)
{
    *n = 0;
    *source = calloc(j->folder.nfiles + 1, sizeof **source);
    if (!*source)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu files", j->folder.nfiles);
    for (size_t i = 0; i < j->folder.nfiles; i++) {
        const export_file *f = &j->folder.file[i];
        char *text =
            is_source(f, &verilog, false) ? export_tool_log(w->files, f->name) : NULL;

        if (text)
            (*source)[(*n)++] = (verilog_source){ f->name, text };
        else if (is_source(f, &verilog, false))
            return lut_fail(err, LUT_EIO, "%s/%s: cannot be read", w->files, f->name);
    }
    return LUT_OK;
}

static void report(export_job *j, const verilog_finding *f)
{
    export_check *c = export_check_add(j, "verilog", f->what);

    snprintf(c->tool, sizeof c->tool, "lutexport, the files read back");
    c->proof = f->proof;
    c->cases = f->cases;
    c->verdict = f->wrong ? EXPORT_DIFFERENT : EXPORT_EQUAL;
    if (f->wrong)
        snprintf(c->note, sizeof c->note, "%zu wrong, the first: %s", f->wrong,
                 f->first);
}

static lut_status simulate(export_job *j, const export_work *w, lut_err *err)
{
    verilog_finding finding[VERILOG_FINDINGS];
    verilog_source *source = NULL;
    size_t n = 0, nfindings = 0;
    lut_err why;
    lut_status st = read_files(&source, &n, j, w, err);

    if (st == LUT_OK) {
        st = verilog_check(finding, &nfindings, options_of(j), &j->design, source, n,
                           SEED, &why);
        if (st == LUT_EFORMAT) {
            export_check *c = export_check_add(j, "verilog", "the files read back");

            c->verdict = EXPORT_DIFFERENT;
            snprintf(c->note, sizeof c->note, "%.399s", why.text);
            st = LUT_OK;
        } else if (st != LUT_OK) {
            *err = why;
        }
        for (size_t i = 0; i < nfindings; i++)
            report(j, &finding[i]);
    }
    for (size_t i = 0; i < n; i++)
        free((void *)(uintptr_t)source[i].text);
    free(source);
    return st;
}

/* ---- tools ---- */

/* The files behind the first words of a command. */
static void add_files(const char *argv[WORDS], size_t at, const export_job *j,
                      const language *l)
{
    for (size_t i = 0; i < j->folder.nfiles && at + 1 < WORDS; i++)
        if (is_source(&j->folder.file[i], l, true))
            argv[at++] = j->folder.file[i].name;
    argv[at] = NULL;
}

static void blame(export_check *c, const char *what, int code, const export_work *w)
{
    char *log = export_tool_log(w->path, "tool.log");

    c->verdict = EXPORT_DIFFERENT;
    if (!export_tool_excused(c, what, code))
        snprintf(c->note, sizeof c->note, "%s: exit status %d: %.300s", what, code,
                 log ? log : "");
    for (char *at = c->note; *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    free(log);
}

/* Tools run in the folder of the files, what they leave goes to the place to work. */
static int run(const char *const *argv, const export_work *w)
{
    char log[EXPORT_PATH + 16];

    snprintf(log, sizeof log, "%s/tool.log", w->path);
    return export_tool_run(argv, w->files, log, export_tool_seconds());
}

/* "PASS: NAME, 206 vectors, ..." */
static void judge(export_check *c, const export_work *w)
{
    char *log = export_tool_log(w->path, "tool.log");
    const char *pass = log ? strstr(log, "PASS: ") : NULL;
    const char *comma = pass ? strchr(pass, ',') : NULL;

    c->verdict = pass ? EXPORT_EQUAL : EXPORT_DIFFERENT;
    if (comma)
        c->cases = strtod(comma + 1, NULL);
    if (!pass)
        snprintf(c->note, sizeof c->note, "%.200s", log ? log : "no output");
    for (char *at = c->note; *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    free(log);
}

static double instances(const export_job *j, const export_work *w)
{
    double all = 0;

    for (size_t i = 0; i < j->folder.nfiles; i++) {
        const export_file *f = &j->folder.file[i];
        char *text =
            is_source(f, &verilog, false) ? export_tool_log(w->files, f->name) : NULL;

        for (const char *at = text; at && (at = strstr(at, "\nLUT")); at++)
            all++;
        free(text);
    }
    return all;
}

/* Vectors of the bench that iverilog is given.  In SystemVerilog each bit of a vector that
 * changes wakes all that read one of it. */
static double most_vectors(const export_job *j, const export_work *w, const language *l)
{
    const lut_circuit *c = &j->net.result.circuit;
    const lut_encoder *e = &j->net.result.encoder;
    double bits = (double)(e->features * (e->thresholds + e->bits));

    if (l == &verilog)
        return FEWEST + floor(EVENTS / fmax(instances(j, w), 1));
    for (uint32_t i = 0; i < c->nlayers; i++)
        bits += c->layer[i].luts;
    return FEWEST + floor(SQUARES / (bits * bits));
}

static void bench_iverilog(export_job *j, const export_work *w, const language *l,
                           char *iverilog, char *vvp)
{
    export_check *c = export_check_add(j, l->format, "the bench");
    char program[EXPORT_PATH + 16], most[32];
    const char *argv[WORDS] = { iverilog, l->standard, "-Wall", "-o", program };
    int code;

    snprintf(program, sizeof program, "%s/bench", w->path);
    snprintf(most, sizeof most, "+n=%.0f", most_vectors(j, w, l));
    export_tool_version(c->tool, sizeof c->tool,
                        (const char *[]){ iverilog, "-V", NULL }, w->path);
    add_files(argv, 5, j, l);
    code = run(argv, w);
    if (code == 0)
        code = run((const char *[]){ vvp, "-n", program, most, NULL }, w);
    if (code == 0)
        judge(c, w);
    else
        blame(c, "simulation", code, w);
}

static void bench_verilator(export_job *j, const export_work *w, const language *l,
                            char *verilator)
{
    export_check *c = export_check_add(j, l->format, "the bench");
    char folder[EXPORT_PATH + 16], program[EXPORT_PATH + 32], top[LUT_DESIGN_NAME + 8];
    const char *argv[WORDS] = { verilator, "--binary",     "-Wall", "-j",
                                "1",       "--Mdir",       folder,  "-o",
                                "bench",   "--top-module", top };
    int code;

    snprintf(folder, sizeof folder, "%s/verilator", w->path);
    snprintf(program, sizeof program, "%s/bench", folder);
    snprintf(top, sizeof top, "%s_tb", j->name);
    export_tool_version(c->tool, sizeof c->tool,
                        (const char *[]){ verilator, "--version", NULL }, w->path);
    add_files(argv, 11, j, l);
    code = run(argv, w);
    if (code == 0)
        code = run((const char *[]){ program, NULL }, w);
    if (code == 0)
        judge(c, w);
    else
        blame(c, "simulation", code, w);
    run((const char *[]){ "/bin/rm", "-r", folder, NULL }, w);
}

static void bench(export_job *j, const export_work *w, const language *l)
{
    char *iverilog = export_tool_find((const char *[]){ "iverilog", NULL });
    char *vvp = export_tool_find((const char *[]){ "vvp", NULL });
    char *verilator = export_tool_find((const char *[]){ "verilator", NULL });
    bool many = j->has_data && j->vectors.n > MANY_ROWS;

    if (verilator && (many || !iverilog))
        bench_verilator(j, w, l, verilator);
    else if (iverilog && vvp)
        bench_iverilog(j, w, l, iverilog, vvp);
    else
        export_check_skip(export_check_add(j, l->format, "the bench"),
                          "iverilog and verilator are not in PATH");
    free(iverilog);
    free(vvp);
    free(verilator);
}

/* ---- synthesis ---- */

/* Sum of the cells of these kinds in the last table of `stat -json`. */
static double count(const char *json, const char *const *kind)
{
    double all = 0;

    for (size_t i = 0; kind[i]; i++) {
        char key[24];
        const char *last = NULL;

        snprintf(key, sizeof key, "\"%s\":", kind[i]);
        for (const char *at = json; (at = strstr(at, key)); at++)
            last = at;
        all += last ? strtod(last + strlen(key), NULL) : 0;
    }
    return all;
}

static const char *const luts[] = { "LUT1", "LUT2", "LUT3", "LUT4",
                                    "LUT5", "LUT6", "INV",  NULL };

static void note_synthesis(export_job *j, const char *tool, const char *json)
{
    static const char *const registers[] = { "FDRE", "FDSE", "FDCE", "FDPE", NULL };
    static const char *const bram[] = { "RAMB18E1", "RAMB36E1", NULL };
    static const char *const dsp[] = { "DSP48E1", NULL };
    export_cost *c = &j->synthesised;

    snprintf(c->tool, sizeof c->tool, "yosys");
    snprintf(c->version, sizeof c->version, "%s", tool);
    c->part = "xc7";
    c->format = "verilog";
    c->total = count(json, luts);
    c->flip_flops = count(json, registers);
    c->bram = count(json, bram);
    c->dsp = count(json, dsp);
}

/* yosys writes where it runs: not among the files, which it finds by links. */
static int run_yosys(const char *yosys, const export_job *j, const export_work *w,
                     const language *l)
{
    char script[EXPORT_PATH + LUT_DESIGN_NAME + 32], from[EXPORT_PATH + 264],
        to[EXPORT_PATH + 264];

    for (size_t i = 0; i < j->folder.nfiles; i++) {
        const char *name = j->folder.file[i].name;

        snprintf(from, sizeof from, "%s/%s", w->files, name);
        snprintf(to, sizeof to, "%s/%s", w->path, name);
        if (is_source(&j->folder.file[i], l, false) && symlink(from, to) != 0)
            return -3;
    }
    snprintf(script, sizeof script, "%s/%s%s", w->files, j->name, l->script);
    return export_tool_run((const char *[]){ yosys, "-q", "-s", script, NULL }, w->path,
                           "tool.log", export_tool_seconds());
}

/* The design of this program's figures is that of Verilog: only its synthesis stands beside
 * them. */
static void note_luts(export_job *j, const export_work *w, const language *l,
                      export_check *c, const char *json)
{
    if (l == &verilog) {
        note_synthesis(j, c->tool, json);
        export_check_skip(
            c,
            "no proof; %.0f LUTs for xc7, %.0f of them instances, the rest additions",
            j->synthesised.total, instances(j, w));
    } else {
        export_check_skip(c, "no proof; %.0f LUTs for xc7, the encoder's included",
                          count(json, luts));
    }
}

static void synthesise(export_job *j, const export_work *w, const language *l)
{
    export_check *c = export_check_add(j, l->format, "synthesis");
    char *yosys = export_tool_find((const char *[]){ "yosys", NULL });
    char result[LUT_DESIGN_NAME + 32], *json;
    int code;

    if (!yosys) {
        export_check_skip(c, "yosys is not in PATH");
        return;
    }
    export_tool_version(c->tool, sizeof c->tool, (const char *[]){ yosys, "-V", NULL },
                        w->path);
    snprintf(result, sizeof result, "%s%s", j->name, l->result);
    code = run_yosys(yosys, j, w, l);
    c->seconds = export_tool_took();
    json = export_tool_log(w->path, result);
    if (code == 0 && json)
        note_luts(j, w, l, c, json);
    else
        blame(c, "yosys", code, w);
    free(json);
    free(yosys);
}

lut_status export_verify_verilog(export_job *j, const export_work *w, lut_err *err)
{
    LUT_TRY(simulate(j, w, err));
    bench(j, w, &verilog);
    synthesise(j, w, &verilog);
    return LUT_OK;
}

lut_status export_verify_systemverilog(export_job *j, const export_work *w,
                                       lut_err *err)
{
    (void)err;
    bench(j, w, &systemverilog);
    synthesise(j, w, &systemverilog);
    return LUT_OK;
}
