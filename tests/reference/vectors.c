/* Runs every case of a file of reference vectors through the library.
 *
 * usage: vectors [--kernels scalar|avx2|avx512|all] [--only KIND/NAME] [-v] FILE
 *
 * A table: a line for each kind, variant and kernel set, with the largest error in units of
 * its tolerance.  Exit status 0: every case is within its tolerance; 1: some are not, or
 * could not be run; 2: no file of this format, or damaged.
 */
#include "tests/reference/case.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 1024 };

static const struct {
    const char *name;
    void (*run)(vec_case *); /* NULL: may be skipped */
    const char *variant;     /* attribute that divides the kind */
    bool sets;               /* goes through the kernels */
} kinds[] = {
    { "lut", vec_lut, "parametrization", true },
    { "init", vec_init, "parametrization", true },
    { "network", vec_network, "parametrization", true },
    { "encoder", vec_encoder, "encoder", false },
    { "bits", vec_bits, "encoding", false },
    { "mapping_learnable", vec_mapping, "variant", true },
    { "head", vec_head, NULL, true },
    { "regulariser", vec_regulariser, "variant", true },
    { "conv", NULL, "parametrization", true },
};

typedef struct line {
    char kind[VEC_TEXT], variant[VEC_TEXT];
    const char *set;
    size_t at, cases, failed; /* at: its number when it was begun */
    double worst;
    char where[VEC_NAME + VEC_TEXT];
} line;

typedef struct run {
    const lut_backend *const *set; /* NULL-ended */
    const char *only;
    bool verbose;
    line line[MOST_LINES];
    size_t nlines, cases, failed, skipped;
    bool damaged;
} run;

/* ---- the table ---- */

static line *line_of(run *r, const vec_case *c, const char *set)
{
    line *l;

    for (size_t i = 0; i < r->nlines; i++) {
        l = &r->line[i];
        if (strcmp(l->kind, c->kind) == 0 && strcmp(l->variant, c->variant) == 0 &&
            strcmp(l->set, set) == 0)
            return l;
    }
    if (r->nlines == MOST_LINES) {
        fprintf(stderr, "vectors: more than %d kinds and variants\n", MOST_LINES);
        exit(2);
    }
    l = &r->line[r->nlines];
    l->at = r->nlines++;
    snprintf(l->kind, sizeof l->kind, "%s", c->kind);
    snprintf(l->variant, sizeof l->variant, "%s", c->variant);
    l->set = set;
    return l;
}

static void note(run *r, const vec_case *c, const char *set)
{
    line *l = line_of(r, c, set);
    bool failed = !vec_ok(c);

    l->cases++;
    l->failed += failed;
    r->damaged = r->damaged || c->damaged;
    if (c->worst > l->worst || !l->where[0]) {
        l->worst = c->worst;
        snprintf(l->where, sizeof l->where, "%s%s%s", c->name, c->where[0] ? ": " : "",
                 c->where);
    }
    if (failed)
        printf("FAILED %s %s: %s%s\n", c->name, set, c->first,
               c->problems > 1 ? " (and more)" : "");
    else if (r->verbose)
        printf("ok %s %s: %.3g in %s\n", c->name, set, c->worst, c->where);
}

/* Sets in the order they were run in. */
static int by_name(const void *a, const void *b)
{
    const line *x = a, *y = b;
    int d = strcmp(x->kind, y->kind);

    d = d ? d : strcmp(x->variant, y->variant);
    return d ? d : (x->at > y->at) - (x->at < y->at);
}

static void print_table(run *r)
{
    char what[2 * VEC_TEXT];

    qsort(r->line, r->nlines, sizeof *r->line, by_name);
    printf("%-42s %-7s %5s %6s %10s  %s\n", "kind/variant", "kernels", "cases",
           "failed", "error/tol", "worst case: array");
    for (size_t i = 0; i < r->nlines; i++) {
        const line *l = &r->line[i];

        snprintf(what, sizeof what, "%s%s%s", l->kind, l->variant[0] ? "/" : "",
                 l->variant);
        printf("%-42s %-7s %5zu %6zu %10.3g  %s\n", what, l->set, l->cases, l->failed,
               l->worst, l->where);
    }
}

/* ---- one case ---- */

static size_t kind_of(const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static void start(vec_case *c, const lut_backend *be)
{
    c->be = be;
    c->path = "";
    c->worst = 0;
    c->where[0] = 0;
    c->problems = 0;
}

/* Kind and variant; false: cannot be run, and why is noted. */
static bool classify(vec_case *c, size_t *kind)
{
    start(c, NULL);
    if (c->group < 0) {
        vec_problem(c, "cannot be read: the file is damaged");
        c->damaged = true;
        return false;
    }
    snprintf(c->kind, sizeof c->kind, "%s", vec_text(c, "kind"));
    *kind = kind_of(c->kind);
    if (vec_ok(c) && *kind == SIZE_MAX)
        vec_problem(c, "kind \"%s\" is not known", c->kind);
    if (vec_ok(c) && kinds[*kind].variant)
        snprintf(c->variant, sizeof c->variant, "%s",
                 vec_text(c, kinds[*kind].variant));
    return vec_ok(c);
}

/* "KIND/NAME", either with wildcards; without a slash it is the kind. */
static bool chosen(const char *pattern, const vec_case *c)
{
    char kind[VEC_NAME];
    const char *slash = pattern ? strchr(pattern, '/') : NULL;

    if (!pattern)
        return true;
    snprintf(kind, sizeof kind, "%.*s",
             (int)(slash ? slash - pattern : (ptrdiff_t)strlen(pattern)), pattern);
    return fnmatch(kind, c->kind, 0) == 0 &&
           (!slash || fnmatch(slash + 1, c->name, 0) == 0);
}

static void run_case(run *r, vec_case *c)
{
    size_t kind, failed = 0;

    if (!classify(c, &kind)) {
        r->cases++;
        r->failed++;
        note(r, c, "-");
        return;
    }
    if (!chosen(r->only, c))
        return;
    if (!kinds[kind].run) {
        r->skipped++;
        if (r->verbose)
            printf("skipped %s\n", c->name);
        return;
    }
    for (size_t i = 0; r->set[i] && (i == 0 || kinds[kind].sets); i++) {
        start(c, r->set[i]);
        kinds[kind].run(c);
        if (vec_ok(c) && !c->where[0])
            vec_problem(c, "nothing was compared");
        failed += !vec_ok(c);
        note(r, c, kinds[kind].sets ? r->set[i]->name : "-");
        vec_release(c);
    }
    r->cases++;
    r->failed += failed > 0;
}

static herr_t visit(hid_t file, const char *name, const H5L_info_t *info, void *arg)
{
    vec_case c = { .group = H5Gopen2(file, name, H5P_DEFAULT), .path = "" };

    (void)info;
    snprintf(c.name, sizeof c.name, "%s", name);
    run_case(arg, &c);
    vec_release(&c);
    H5Gclose(c.group);
    return 0;
}

/* ---- the file ---- */

static int refuse(const char *file, const char *why)
{
    fprintf(stderr, "vectors: %s: %s\n", file, why);
    return 2;
}

/* What the file says of itself, or a message. */
static const char *check_format(hid_t file)
{
    vec_case root = { .group = file, .path = "" };
    const char *why = NULL;

    if (strcmp(vec_text(&root, "format"), "lut-vectors") != 0)
        why = "no file of reference vectors: attribute format is not \"lut-vectors\"";
    else if (vec_whole(&root, "format_version", 1, 1) != 1 || !vec_ok(&root))
        why = "another version of the format: want format_version 1";
    vec_release(&root);
    return why;
}

/* Every case that the file announces has to be there. */
static bool complete(const char *name, hid_t file, size_t cases)
{
    vec_case root = { .group = file, .path = "" };
    bool said = vec_has(&root, "cases");
    size_t n = said ? vec_whole(&root, "cases", 0, SIZE_MAX / 4) : cases;

    vec_release(&root);
    if (n != cases)
        printf("FAILED %s: announces %zu cases, holds %zu\n", name, n, cases);
    return n == cases;
}

static int run_file(run *r, const char *name)
{
    hid_t file;
    const char *why;
    bool all;

    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    file = H5Fopen(name, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0)
        return refuse(name,
                      "cannot be opened as HDF5: not there, truncated or foreign");
    why = check_format(file);
    if (why) {
        H5Fclose(file);
        return refuse(name, why);
    }
    if (H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, NULL, visit, r) < 0)
        r->damaged = true;
    all = r->only || complete(name, file, r->cases + r->skipped);
    H5Fclose(file);
    print_table(r);
    printf("%zu cases run, %zu failed, %zu skipped\n", r->cases, r->failed, r->skipped);
    if (r->damaged)
        return refuse(name, "parts cannot be read: the file is damaged");
    if (r->cases == 0)
        return refuse(name, r->only ? "no case of that kind and name" : "no cases");
    return r->failed > 0 || !all;
}

static int usage(void)
{
    fprintf(stderr,
            "usage: vectors [--kernels scalar|avx2|avx512|all] [--only KIND/NAME] [-v] "
            "FILE\n");
    return 2;
}

/* The sets of that name; false: not on this machine. */
static bool choose_sets(run *r, const char *name)
{
    static const lut_backend *one[2];

    r->set = lut_backends();
    if (strcmp(name, "all") == 0)
        return true;
    one[0] = lut_backend_find(name);
    r->set = one;
    return one[0] != NULL;
}

int main(int argc, char **argv)
{
    static run r;
    const char *file = NULL, *sets = "all";

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            r.verbose = true;
        else if (strcmp(argv[i], "--kernels") == 0 && i + 1 < argc)
            sets = argv[++i];
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            r.only = argv[++i];
        else if (argv[i][0] == '-' || file)
            return usage();
        else
            file = argv[i];
    }
    if (!file)
        return usage();
    if (!choose_sets(&r, sets)) {
        fprintf(stderr, "vectors: this machine has no kernel set \"%s\"\n", sets);
        return 2;
    }
    return run_file(&r, file);
}
