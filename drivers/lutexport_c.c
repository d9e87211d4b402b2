/* The exported C, compiled by what is here and run on the test rows, on values at and beside
 * the thresholds, and on encoded bits of any pattern. */
#include "drivers/lutexport.h"
#include "lib/base/rng.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NEAR = 1024, WORDS = 1024 }; /* rows near thresholds, of random bits */

/* Batches of all kinds in memory of its own, then everything at once on the stack if that is wide
 * enough: the two must agree.  The answers go to a
 * file, so that they are compared here and not by what is to be checked. */
static const char *const program_text[] = {
    "#include \"NAME.h\"\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "#include <string.h>\n"
    "\n"
    "static const size_t batch[] = { 1, 2, 63, 64, 65, 255, 256, 257, 1000 };\n"
    "static uint16_t *label, *again;\n"
    "static uint32_t *score, *more;\n"
    "static uint64_t *work;\n"
    "\n"
    "static int check(size_t n)\n"
    "{\n"
    "    return memcmp(label, again, n * sizeof *label) != 0 ||\n"
    "           memcmp(score, more, n * NAME_CLASSES * sizeof *score) != 0;\n"
    "}\n"
    "\n",
    "static int features(const float *x, size_t n)\n"
    "{\n"
    "    size_t i, b, k = 0;\n"
    "\n"
    "    for (i = 0; i < n; i += b) {\n"
    "        b = batch[k++ % 9] < n - i ? batch[(k - 1) % 9] : n - i;\n"
    "        NAME_run_in(work, x + i * NAME_FEATURES, b, label + i,\n"
    "                    score + i * NAME_CLASSES);\n"
    "    }\n"
    "#if 8 * NAME_WORK <= NAME_STACK\n"
    "    NAME_predict(x, n, again);\n"
    "    NAME_scores(x, n, more);\n"
    "#else\n"
    "    NAME_run_in(work + 1, x, n, again, NULL);\n"
    "    NAME_run_in(work + 1, x, n, NULL, more);\n"
    "#endif\n"
    "    return check(n);\n"
    "}\n"
    "\n",
    "static int words(const uint64_t *x, size_t n)\n"
    "{\n"
    "    size_t i, b, k = 0;\n"
    "\n"
    "    for (i = 0; i < n; i += b) {\n"
    "        b = batch[k++ % 9] < n - i ? batch[(k - 1) % 9] : n - i;\n"
    "        NAME_run_bits_in(work + 1, x + i * NAME_BIT_WORDS, b, label + i,\n"
    "                         score + i * NAME_CLASSES);\n"
    "    }\n"
    "#if 8 * NAME_WORK <= NAME_STACK\n"
    "    NAME_predict_bits(x, n, again);\n"
    "    NAME_scores_bits(x, n, more);\n"
    "#else\n"
    "    NAME_run_bits_in(work, x, n, again, NULL);\n"
    "    NAME_run_bits_in(work, x, n, NULL, more);\n"
    "#endif\n"
    "    return check(n);\n"
    "}\n"
    "\n",
    "int main(int argc, char **argv)\n"
    "{\n"
    "    size_t n = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;\n"
    "    size_t m = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;\n"
    "    size_t most = (n > m ? n : m) + 1, bad = 0;\n"
    "    float *x = malloc((n + 1) * NAME_FEATURES * sizeof *x);\n"
    "    uint64_t *bits = malloc((m + 1) * NAME_BIT_WORDS * sizeof *bits);\n"
    "    FILE *in = fopen(\"in.bin\", \"rb\"), *out = fopen(\"out.bin\", \"wb\");\n"
    "\n"
    "    work = malloc((NAME_WORK + 1) * sizeof *work);\n"
    "    label = malloc(most * sizeof *label);\n"
    "    again = malloc(most * sizeof *again);\n"
    "    score = malloc(most * NAME_CLASSES * sizeof *score);\n"
    "    more = malloc(most * NAME_CLASSES * sizeof *more);\n",
    "    if (!x || !bits || !work || !label || !again || !score || !more || !in || "
    "!out)\n"
    "        return 2;\n"
    "    if (fread(x, NAME_FEATURES * sizeof *x, n, in) != n ||\n"
    "        fread(bits, NAME_BIT_WORDS * sizeof *bits, m, in) != m)\n"
    "        return 2;\n"
    "    bad += (size_t)features(x, n);\n"
    "    fwrite(label, sizeof *label, n, out);\n"
    "    fwrite(score, NAME_CLASSES * sizeof *score, n, out);\n"
    "    bad += (size_t)words(bits, m);\n"
    "    fwrite(label, sizeof *label, m, out);\n"
    "    fwrite(score, NAME_CLASSES * sizeof *score, m, out);\n"
    "    return fclose(out) != 0 ? 2 : bad != 0;\n"
    "}\n",
};

/* ---- what goes in and what must come out ---- */

typedef struct part {
    size_t n;
    const uint16_t *label;
    const uint32_t *score;
} part;

typedef struct cases {
    lut_dataset near; /* owned */
    uint64_t *bits;   /* [WORDS][ld]; owned */
    size_t ld;
    uint16_t label[NEAR + WORDS];
    uint32_t *score;           /* [NEAR + WORDS][classes]; owned */
    part test, around, random; /* test: n is 0 without data */
} cases;

/* Without thresholds every whole number is one: quarters of both signs. */
static float around(lut_rng *rng, const lut_encoder *e, size_t f)
{
    const float *t = e->threshold + f * e->thresholds;
    float unit = e->input.width ? ldexpf(1, -e->input.frac) : 1;
    float v = e->thresholds ? t[lut_rng_below(rng, e->thresholds)]
                            : unit / 4 * ((float)lut_rng_below(rng, 256) - 128);

    switch (lut_rng_below(rng, 8)) {
    case 0:
        return nextafterf(v, FLT_MAX);
    case 1:
        return nextafterf(v, -FLT_MAX);
    case 2:
        return fmaxf(-FLT_MAX, fminf(FLT_MAX, v + unit));
    case 3:
        return fmaxf(-FLT_MAX, fminf(FLT_MAX, v - unit));
    case 4:
        return lut_rng_below(rng, 2) ? FLT_MAX : -FLT_MAX;
    case 5:
        return e->input.width ? floorf(v / unit) * unit : -v;
    default:
        return v;
    }
}

static lut_status make_near(cases *c, const sweep_result *r, lut_err *err)
{
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    size_t F = r->encoder.features;

    LUT_TRY(lut_dataset_alloc(&c->near, NEAR, F, err));
    for (size_t f = 0; f < F; f++)
        for (size_t i = 0; i < NEAR; i++) {
            float v = around(&rng, &r->encoder, f);

            c->near.x[f * NEAR + i] = isfinite(v) ? v : 0;
        }
    return stored_decide(r, &c->near, NEAR, c->label, c->score, err);
}

static lut_status make_bits(cases *c, const sweep_result *r, lut_err *err)
{
    lut_rng rng = lut_rng_make(2, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < WORDS * c->ld; i++)
        c->bits[i] = lut_rng_next(&rng);
    return stored_decide_bits(&r->circuit, c->bits, c->ld, WORDS, c->label + NEAR,
                              c->score + NEAR * (size_t)r->circuit.classes, err);
}

static void forget(cases *c)
{
    lut_dataset_fini(&c->near);
    free(c->bits);
    free(c->score);
    free(c);
}

static lut_status make_cases(cases *c, const export_job *j, lut_err *err)
{
    const sweep_result *r = &j->net.result;
    size_t classes = r->circuit.classes;

    c->ld = lut_ceil_div(r->circuit.inputs, 64);
    c->bits = malloc(WORDS * c->ld * sizeof *c->bits);
    c->score = malloc((NEAR + WORDS) * classes * sizeof *c->score);
    if (!c->bits || !c->score)
        return lut_fail(err, LUT_ENOMEM, "no memory for cases");
    LUT_TRY(make_near(c, r, err));
    LUT_TRY(make_bits(c, r, err));
    if (j->has_data)
        c->test = (part){ j->data.test.samples, j->label, j->score };
    c->around = (part){ NEAR, c->label, c->score };
    c->random = (part){ WORDS, c->label + NEAR, c->score + NEAR * classes };
    return LUT_OK;
}

/* ---- files ---- */

static void put_rows(FILE *f, const lut_dataset *d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d->features; k++)
            fwrite(&d->x[k * d->samples + i], sizeof(float), 1, f);
}

static void put_program(FILE *f, const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(program_text); i++)
        for (const char *at = program_text[i]; *at;) {
            bool here = strncmp(at, "NAME", 4) == 0;

            fputs(here ? name : "", f);
            fputs(here ? "" : (char[]){ *at, 0 }, f);
            at += here ? 4 : 1;
        }
}

static FILE *open_file(const export_work *w, const char *name, const char *mode)
{
    char path[EXPORT_PATH + 64];

    snprintf(path, sizeof path, "%s/%s", w->path, name);
    return fopen(path, mode);
}

static lut_status end_file(FILE *f, const export_work *w, lut_err *err)
{
    bool bad = !f || ferror(f);

    if (f)
        bad |= fclose(f) != 0;
    return bad ? lut_fail(err, LUT_EIO, "%s: cannot be written: %s", w->path,
                          strerror(errno))
               : LUT_OK;
}

static lut_status put_files(const export_job *j, const cases *c, const export_work *w,
                            lut_err *err)
{
    FILE *f = open_file(w, "check.c", "w");

    if (f)
        put_program(f, j->name);
    LUT_TRY(end_file(f, w, err));
    f = open_file(w, "in.bin", "wb");
    if (f) {
        put_rows(f, &j->data.test, c->test.n);
        put_rows(f, &c->near, NEAR);
        fwrite(c->bits, c->ld * sizeof *c->bits, WORDS, f);
    }
    return end_file(f, w, err);
}

/* ---- one compiler ---- */

/* Answers from `first` on against what the network says. */
static void compare(export_check *check, const part *p, size_t first,
                    const uint16_t *label, const uint32_t *score, size_t classes)
{
    check->cases = (double)p->n;
    check->verdict = EXPORT_EQUAL;
    for (size_t i = 0; i < p->n; i++) {
        bool same = label[first + i] == p->label[i] &&
                    memcmp(score + (first + i) * classes, p->score + i * classes,
                           classes * sizeof *score) == 0;

        if (same)
            continue;
        check->verdict = EXPORT_DIFFERENT;
        snprintf(check->note, sizeof check->note,
                 "first at row %zu: class %u, want %u%s", i, (unsigned)label[first + i],
                 (unsigned)p->label[i],
                 label[first + i] == p->label[i] ? ", but other scores" : "");
        return;
    }
}

static bool read_answers(FILE *f, uint16_t *label, uint32_t *score, size_t n,
                         size_t classes)
{
    return fread(label, sizeof *label, n, f) == n &&
           fread(score, classes * sizeof *score, n, f) == n;
}

enum { TEST, AROUND, RANDOM, PARTS };

static lut_status compare_all(export_check *check[PARTS], const export_job *j,
                              const cases *c, const export_work *w, lut_err *err)
{
    size_t n = c->test.n + NEAR, most = n > WORDS ? n : WORDS;
    size_t classes = j->net.result.circuit.classes;
    uint16_t *label = malloc(most * sizeof *label);
    uint32_t *score = malloc(most * classes * sizeof *score);
    FILE *f = open_file(w, "out.bin", "rb");
    bool good = label && score && f && read_answers(f, label, score, n, classes);

    if (good) {
        compare(check[TEST], &c->test, 0, label, score, classes);
        compare(check[AROUND], &c->around, c->test.n, label, score, classes);
        good = read_answers(f, label, score, WORDS, classes);
    }
    if (good)
        compare(check[RANDOM], &c->random, 0, label, score, classes);
    if (f)
        fclose(f);
    free(label);
    free(score);
    return good ? LUT_OK
                : lut_fail(err, LUT_EIO, "%s: the answers cannot be read", w->path);
}

static void blame(export_check *check[PARTS], const char *what, int code,
                  const export_work *w)
{
    char *log = export_tool_log(w->path, "tool.log");

    for (size_t i = 0; i < PARTS; i++) {
        check[i]->verdict = EXPORT_DIFFERENT;
        if (!export_tool_excused(check[i], what, code))
            snprintf(check[i]->note, sizeof check[i]->note,
                     "%s: exit status %d: %.300s", what, code, log ? log : "");
        for (char *at = check[i]->note; *at; at++)
            *at = *at == '\n' ? ' ' : *at;
    }
    free(log);
}

/* -O2: the interpreter's code does not grow with the network. */
static int compile(char *cc, const export_job *j, const export_work *w)
{
    char source[EXPORT_PATH + LUT_DESIGN_NAME + 8], include[EXPORT_PATH + 8];
    const char *argv[] = { cc,          "-std=c99", "-O2",   "-Wall",   "-Wextra",
                           "-pedantic", "-Werror",  include, "check.c", source,
                           "-o",        "check",    NULL };

    snprintf(source, sizeof source, "%s/%s.c", w->files, j->name);
    snprintf(include, sizeof include, "-I%s", w->files);
    return export_tool_run(argv, w->path, "tool.log", export_tool_seconds());
}

static int execute(const cases *c, const export_work *w)
{
    char n[32], m[32], path[EXPORT_PATH + 16];
    const char *argv[] = { path, n, m, NULL };

    snprintf(path, sizeof path, "%s/check", w->path);
    snprintf(n, sizeof n, "%zu", c->test.n + NEAR);
    snprintf(m, sizeof m, "%d", WORDS);
    return export_tool_run(argv, w->path, "tool.log", export_tool_seconds());
}

static lut_status run_compiler(export_job *j, char *cc, const cases *c,
                               const export_work *w, lut_err *err)
{
    static const char *const what[] = {
        [TEST] = "classes and scores of the test rows",
        [AROUND] = "classes and scores at and beside thresholds",
        [RANDOM] = "classes and scores of random encoded bits",
    };
    export_check *check[PARTS];
    char tool[64];
    int code;

    export_tool_version(tool, sizeof tool, (const char *[]){ cc, "--version", NULL },
                        w->path);
    for (size_t i = 0; i < PARTS; i++) {
        check[i] = export_check_add(j, "c", what[i]);
        snprintf(check[i]->tool, sizeof check[i]->tool, "%s", tool);
    }
    code = compile(cc, j, w);
    if (code != 0)
        return blame(check, "compiling", code, w), LUT_OK;
    code = execute(c, w);
    for (size_t i = 0; code == 2 && i < PARTS; i++)
        export_check_skip(check[i], "no memory or no room for the cases");
    if (code == 2)
        return LUT_OK;
    if (code == 1 || code < 0)
        return blame(check, "running in batches and at once", code, w), LUT_OK;
    LUT_TRY(compare_all(check, j, c, w, err));
    if (c->test.n == 0)
        export_check_skip(check[TEST], "%s", j->no_data);
    return LUT_OK;
}

static lut_status run_compilers(export_job *j, const cases *c, const export_work *w,
                                lut_err *err)
{
    const char *own = getenv("CC");
    /* CC may be several words ("ccache gcc"), which names no program. */
    const char *first[] = { own && !strchr(own, ' ') ? own : "", "cc", "gcc", NULL };
    static const char *const second[] = { "clang", NULL };
    char *cc = export_tool_find(first), *clang = export_tool_find(second);
    lut_status st = LUT_OK;

    if (cc)
        st = run_compiler(j, cc, c, w, err);
    if (clang && st == LUT_OK && !(cc && strcmp(cc, clang) == 0))
        st = run_compiler(j, clang, c, w, err);
    if (!cc && !clang)
        export_check_skip(export_check_add(j, "c", "classes and scores"),
                          "no C compiler: cc, gcc and clang are not in PATH");
    free(cc);
    free(clang);
    return st;
}

lut_status export_verify_c(export_job *j, const export_work *w, lut_err *err)
{
    cases *c = calloc(1, sizeof *c);
    lut_status st;

    if (!c)
        return lut_fail(err, LUT_ENOMEM, "no memory for cases");
    st = make_cases(c, j, err);
    if (st == LUT_OK)
        st = put_files(j, c, w, err);
    if (st == LUT_OK)
        st = run_compilers(j, c, w, err);
    forget(c);
    return st;
}
