#include "analysis/appendix.h"
#include "analysis/identity.h"
#include "analysis/sheet_impl.h"
#include "analysis/trainings.h"
#include "lib/data/dataset.h"
#include "sweep/digest.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A heading, where there is no text, or a question with its answer. */
typedef struct item {
    char *label, *text; /* owned */
} item;

struct appendix {
    item *item; /* [n]; owned */
    size_t n;
    const report_data *data; /* while it is made */
    const appendix_facts *facts;
    lut_err *err;
    char **joined; /* [njoined] texts that answers are made of; owned */
    size_t njoined;
    bool no_memory; /* for one of them */
};

static const char todo[] = "TODO";

/* ---- items ---- */

static lut_status add(appendix *a, const char *label, char *text)
{
    void *more = realloc(a->item, (a->n + 1) * sizeof *a->item);
    char *copy = strdup(label);

    if (more)
        a->item = more;
    if (!more || !copy) {
        free(copy);
        free(text);
        return lut_fail(a->err, LUT_ENOMEM, "no memory for an appendix");
    }
    a->item[a->n++] = (item){ copy, text };
    return LUT_OK;
}

static lut_status heading(appendix *a, const char *text)
{
    return add(a, text, NULL);
}

static lut_status answer(appendix *a, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static lut_status answer(appendix *a, const char *label, const char *fmt, ...)
{
    char *text;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0)
        return lut_fail(a->err, LUT_ENOMEM, "no memory for an appendix");
    return add(a, label, text);
}

/* ---- what files say ---- */

/* Different texts, joined. */
typedef struct words {
    char *text; /* owned; NULL: none */
    bool no_memory;
} words;

static bool has_word(const words *w, const char *word)
{
    const size_t n = strlen(word);

    for (const char *at = w->text; at && (at = strstr(at, word)); at++)
        if ((at == w->text || (at - w->text > 1 && !memcmp(at - 2, "; ", 2))) &&
            (!at[n] || !strncmp(at + n, "; ", 2)))
            return true;
    return false;
}

static void add_word(words *w, const char *word)
{
    char *more;

    if (!word[0] || has_word(w, word))
        return;
    if (asprintf(&more, "%s%s%s", w->text ? w->text : "", w->text ? "; " : "", word) <
        0) {
        w->no_memory = true;
        return;
    }
    free(w->text);
    w->text = more;
}

/* The text, which the appendix owns from here, or TODO. */
static const char *join(appendix *a, const words *w)
{
    void *more = realloc(a->joined, (a->njoined + 1) * sizeof *a->joined);

    a->no_memory |= !more || w->no_memory;
    if (!more) {
        free(w->text);
        return todo;
    }
    a->joined = more;
    a->joined[a->njoined++] = w->text;
    return w->text ? w->text : todo;
}

static words words_of(const report_data *d, const char *name)
{
    const size_t col = report_data_find(d, name);
    words w = { .text = NULL };

    for (size_t i = 0; col != SIZE_MAX && i < report_data_rows(d); i++) {
        const sweep_value v = report_data_value(d, i, col);

        add_word(&w, v.text ? v.text : "");
    }
    return w;
}

static const char *column_words(appendix *a, const char *name)
{
    const words w = words_of(a->data, name);

    return join(a, &w);
}

typedef void (*run_fn)(words *w, const sweep_provenance *run, const void *arg);

/* What fn adds for every run of every file. */
static const char *each_run(appendix *a, run_fn fn, const void *arg)
{
    words w = { .text = NULL };
    size_t n;

    for (size_t f = 0; f < report_data_files(a->data); f++) {
        const sweep_provenance *r =
            sweep_store_provenance(report_data_store(a->data, f), &n);

        for (size_t i = 0; i < n; i++)
            fn(&w, &r[i], arg);
    }
    return join(a, &w);
}

static void add_member(words *w, const sweep_provenance *run, const void *offset)
{
    add_word(w, (const char *)run + *(const size_t *)offset);
}

static const char *run_words(appendix *a, size_t offset)
{
    return each_run(a, add_member, &offset);
}

#define RUN_WORDS(a, member) run_words(a, offsetof(sweep_provenance, member))

/* "8 cores, 16.0 GiB" of every kind of host. */
static void add_host(words *w, const sweep_provenance *run, const void *arg)
{
    char text[200];

    (void)arg;
    if (!run->cores)
        return;
    snprintf(text, sizeof text, "%s: %u cores, %.1f GiB",
             run->cpu[0] ? run->cpu : "processor not noted", run->cores,
             run->memory / 1073741824.0);
    add_word(w, text);
}

static void add_digests(words *w, const sweep_provenance *run, const void *set)
{
    const char *at = run->digests ? run->digests : "";

    for (char digest[SWEEP_DIGEST]; report_next_digest(digest, &at, set);)
        add_word(w, digest);
}

/* ---- sections ---- */

static lut_status add_program(appendix *a)
{
    LUT_TRY(heading(a, "Check-list"));
    LUT_TRY(answer(a, "Algorithm",
                   "training of networks of look-up tables or logic gates "
                   "(parametrizations: %s), hardened to truth tables",
                   column_words(a, "parametrization")));
    LUT_TRY(answer(a, "Program", "lutsweep %s, revision %s; this list: %s",
                   RUN_WORDS(a, version), RUN_WORDS(a, revision), a->facts->program));
    LUT_TRY(answer(a, "Licence of the program",
                   "MIT; lutreport links GSL, which is under the GPL, version 3"));
    LUT_TRY(answer(a, "Compilation", "compiler %s; MPI: %s; HDF5: %s",
                   RUN_WORDS(a, compiler), RUN_WORDS(a, mpi), RUN_WORDS(a, hdf5)));
    return answer(a, "Publicly available", "%s: address and DOI of the archive", todo);
}

static lut_status add_machine(appendix *a)
{
    LUT_TRY(answer(a, "Hardware", "%s", each_run(a, add_host, NULL)));
    LUT_TRY(answer(
        a, "Special features",
        "instruction sets used: %s; none is needed, numbers do not depend on them",
        column_words(a, "kernels")));
    return answer(a, "Run-time environment", "%s", RUN_WORDS(a, system));
}

/* Rows, features, digests (of every draw of its rows) and licence of one data set. */
static lut_status add_set(appendix *a, const char *name)
{
    const lut_known *k = lut_known_find(name);
    double bytes = 0;
    char size[64] = "", shape[96] = "";

    for (size_t i = 0; k && i < LUT_KNOWN_FILES && k->file[i].name; i++)
        bytes += (double)k->file[i].bytes;
    if (bytes > 0)
        snprintf(size, sizeof size, ", %.1f MB to download", bytes / 1e6);
    if (k && k->shape.train)
        snprintf(shape, sizeof shape,
                 "%u training and %u test rows, %u features, %u classes",
                 k->shape.train, k->shape.test, k->shape.features, k->shape.classes);
    return answer(a, name, "%s%s; digest of its contents %s; %s",
                  shape[0] ? shape : todo, size, each_run(a, add_digests, name),
                  k && k->cite ? k->cite : "TODO: source and licence");
}

static lut_status add_sets(appendix *a)
{
    words sets = words_of(a->data, "dataset");
    lut_status st = heading(a, "Data sets");
    char *rest;

    a->no_memory |= sets.no_memory;
    for (char *name = sets.text ? strtok_r(sets.text, "; ", &rest) : NULL;
         name && st == LUT_OK; name = strtok_r(NULL, "; ", &rest))
        st = add_set(a, name);
    free(sets.text);
    return st;
}

static const char *hours(char buf[32], double seconds)
{
    if (seconds < 120)
        snprintf(buf, 32, "%.1f s", seconds);
    else if (seconds < 7200)
        snprintf(buf, 32, "%.1f min", seconds / 60);
    else
        snprintf(buf, 32, "%.1f h", seconds / 3600);
    return buf;
}

static lut_status add_times(appendix *a)
{
    static const unsigned cores[] = { 1, 2, 16 };
    report_spent spent;
    char text[32];

    LUT_TRY(report_spent_by(&spent, a->data, NULL, report_data_rows(a->data), a->err));
    LUT_TRY(heading(a, "Time and room"));
    LUT_TRY(answer(a, "Time to prepare", "%s: installation and data", todo));
    LUT_TRY(answer(a, "Core hours", "%.4g, %zu trainings", spent.core / 3600,
                   spent.trainings));
    for (size_t i = 0; i < LUT_COUNT(cores); i++) {
        char label[40];

        snprintf(label, sizeof label, "Time on %u core%s", cores[i],
                 cores[i] > 1 ? "s" : "");
        LUT_TRY(answer(a, label, "about %s",
                       hours(text, fmax(spent.core / cores[i], spent.longest))));
    }
    return answer(a, "Longest trial", "%s", hours(text, spent.longest));
}

static lut_status add_file(appendix *a, size_t i)
{
    const char *path = report_data_path(a->data, i);
    char hex[SWEEP_SHA256];
    struct stat info;

    if (report_data_in_memory(a->data, i))
        return answer(a, "File",
                      "%s: %s, size and digest when its sweep is finished (%s)", path,
                      todo, report_data_progress(a->data, i));
    LUT_TRY(sweep_sha256_file(hex, path, a->err));
    return answer(a, "File", "%s: %.1f MB, sha256 %s", path,
                  stat(path, &info) == 0 ? (double)info.st_size / 1e6 : 0.0, hex);
}

static lut_status add_files(appendix *a)
{
    for (size_t i = 0; i < report_data_files(a->data); i++)
        LUT_TRY(add_file(a, i));
    return answer(a, "Disk", "as much again while a sweep runs (its folder FILE.run)");
}

static lut_status add_status(appendix *a)
{
    const size_t col = report_data_find(a->data, "status");
    size_t ok = 0, n = report_data_rows(a->data);

    for (size_t i = 0; col != SIZE_MAX && i < n; i++)
        ok += !strcmp(report_data_value(a->data, i, col).text, "ok");
    return answer(a, "Experiments", "%zu trials, of which %zu ended ok", n, ok);
}

static lut_status add_commands(appendix *a)
{
    LUT_TRY(heading(a, "How to run it"));
    for (size_t f = 0; f < report_data_files(a->data); f++) {
        size_t n;
        const sweep_provenance *r =
            sweep_store_provenance(report_data_store(a->data, f), &n);

        for (size_t i = 0; i < n; i++)
            LUT_TRY(answer(a, "Command", "%s (%s on %s, %u ranks, %u threads a trial)",
                           r[i].command ? r[i].command : todo, r[i].started, r[i].host,
                           r[i].ranks, r[i].threads));
    }
    LUT_TRY(answer(a, "Configuration", "/config in the file: h5dump -d /config FILE"));
    LUT_TRY(answer(a, "In minutes",
                   "lutreport --reproduce FILE --budget 30m: a sample of the "
                   "trials again, exit status 0 where all agree"));
    return answer(
        a, "Without training",
        "lutreport --verify FILE: keys, counts, and accuracies of stored networks "
        "computed again");
}

static lut_status add_results(appendix *a)
{
    LUT_TRY(heading(a, "Results"));
    LUT_TRY(answer(a, "Metrics",
                   "test_accuracy: discrete network on the test split, read once; "
                   "valid_accuracy: rows held out of training, which alone select; all "
                   "columns with unit and meaning: /columns"));
    LUT_TRY(answer(
        a, "Permitted deviation",
        "none: rows that are ok, diverged, stopped or pruned have the same bytes "
        "in /trials and /history for any number of ranks and threads and any "
        "instruction set, within numerics epoch %d; times in /timing differ",
        SWEEP_NUMERICS));
    for (size_t i = 0; i < a->facts->nclaims; i++) {
        const appendix_claim *c = &a->facts->claim[i];
        char label[32];

        snprintf(label, sizeof label, "Claim %zu", i + 1);
        LUT_TRY(answer(a, label, "%s (number in the paper: %s): %s, %zu rows", c->what,
                       todo, c->command, c->rows));
    }
    return answer(
        a, "Customisation",
        "every key of the configuration can be set on the command line: lutsweep "
        "CONFIG KEY=VALUE (lutsweep --keys)");
}

static lut_status fill(appendix *a)
{
    LUT_TRY(add_program(a));
    LUT_TRY(add_machine(a));
    LUT_TRY(add_status(a));
    LUT_TRY(add_sets(a));
    LUT_TRY(add_times(a));
    LUT_TRY(add_files(a));
    LUT_TRY(add_commands(a));
    LUT_TRY(add_results(a));
    return a->no_memory ? lut_fail(a->err, LUT_ENOMEM, "no memory for an appendix")
                        : LUT_OK;
}

lut_status appendix_create(appendix **out, const report_data *d,
                           const appendix_facts *f, lut_err *err)
{
    appendix *a = calloc(1, sizeof *a);
    lut_status st;

    *out = NULL;
    if (!a)
        return lut_fail(err, LUT_ENOMEM, "no memory for an appendix");
    *a = (appendix){ .data = d, .facts = f, .err = err };
    st = fill(a);
    if (st == LUT_OK)
        *out = a;
    else
        appendix_destroy(a);
    return st;
}

void appendix_destroy(appendix *a)
{
    for (size_t i = 0; a && i < a->n; i++) {
        free(a->item[i].label);
        free(a->item[i].text);
    }
    for (size_t i = 0; a && i < a->njoined; i++)
        free(a->joined[i]);
    if (a) {
        free(a->joined);
        free(a->item);
    }
    free(a);
}

/* ---- as a document ---- */

/* Names and commands may have what Markdown takes for its own. */
static void put_markdown(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_{}[]<>#|", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

void appendix_markdown(const appendix *a, FILE *out)
{
    fputs("# Artifact appendix\n", out);
    for (size_t i = 0; i < a->n; i++) {
        if (!a->item[i].text) {
            fprintf(out, "\n## %s\n\n", a->item[i].label);
            continue;
        }
        fputs("* **", out);
        put_markdown(out, a->item[i].label);
        fputs(":** ", out);
        put_markdown(out, a->item[i].text);
        fputc('\n', out);
    }
}

void appendix_latex(const appendix *a, FILE *out)
{
    bool open = false;

    fputs("\\section*{Artifact appendix}\n", out);
    for (size_t i = 0; i < a->n; i++) {
        if (!a->item[i].text) {
            fprintf(out, "%s\\subsection*{%s}\n\\begin{itemize}\n",
                    open ? "\\end{itemize}\n" : "", a->item[i].label);
            open = true;
            continue;
        }
        fputs("  \\item \\textbf{", out);
        sheet_put_tex(out, a->item[i].label);
        fputs(":} ", out);
        sheet_put_tex(out, a->item[i].text);
        fputc('\n', out);
    }
    fputs(open ? "\\end{itemize}\n" : "", out);
}
