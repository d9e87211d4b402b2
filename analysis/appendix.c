#include "analysis/appendix.h"
#include "analysis/sheet_impl.h"
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

/* Different texts that a column or a member of runs has, joined. */
typedef struct words {
    char text[1024];
    size_t n;
} words;

static void add_word(words *w, const char *word)
{
    char find[300], all[sizeof w->text + 4];

    if (!word[0] || strlen(word) > 250)
        return;
    snprintf(find, sizeof find, "; %s;", word);
    snprintf(all, sizeof all, "; %s;", w->text);
    if (strstr(all, find) || strlen(w->text) + strlen(word) + 3 > sizeof w->text)
        return;
    if (w->n++)
        strcat(w->text, "; ");
    strcat(w->text, word);
}

static const char *or_todo(const words *w)
{
    return w->text[0] ? w->text : todo;
}

static words column_words(const report_data *d, const char *name)
{
    const size_t col = report_data_find(d, name);
    words w = { .n = 0 };

    for (size_t i = 0; col != SIZE_MAX && i < report_data_rows(d); i++) {
        const sweep_value v = report_data_value(d, i, col);

        add_word(&w, v.text ? v.text : "");
    }
    return w;
}

/* A text member of every run. */
static words run_words(const report_data *d, size_t offset)
{
    words w = { .n = 0 };
    size_t n;

    for (size_t f = 0; f < report_data_files(d); f++) {
        const sweep_provenance *r = sweep_store_provenance(report_data_store(d, f), &n);

        for (size_t i = 0; i < n; i++)
            add_word(&w, (const char *)&r[i] + offset);
    }
    return w;
}

#define RUN_WORDS(a, member) run_words((a)->data, offsetof(sweep_provenance, member))

/* "8 cores, 16.0 GiB" of every kind of host. */
static words hosts(const report_data *d)
{
    words w = { .n = 0 };
    char text[200];
    size_t n;

    for (size_t f = 0; f < report_data_files(d); f++) {
        const sweep_provenance *r = sweep_store_provenance(report_data_store(d, f), &n);

        for (size_t i = 0; i < n; i++) {
            if (!r[i].cores)
                continue;
            snprintf(text, sizeof text, "%s: %u cores, %.1f GiB",
                     r[i].cpu[0] ? r[i].cpu : "processor not noted", r[i].cores,
                     r[i].memory / 1073741824.0);
            add_word(&w, text);
        }
    }
    return w;
}

/* ---- sections ---- */

static lut_status add_program(appendix *a)
{
    const words version = RUN_WORDS(a, version), revision = RUN_WORDS(a, revision);
    const words compiler = RUN_WORDS(a, compiler), mpi = RUN_WORDS(a, mpi);
    const words hdf5 = RUN_WORDS(a, hdf5),
                param = column_words(a->data, "parametrization");

    LUT_TRY(heading(a, "Check-list"));
    LUT_TRY(answer(a, "Algorithm",
                   "training of networks of look-up tables or logic gates "
                   "(parametrizations: %s), hardened to truth tables",
                   or_todo(&param)));
    LUT_TRY(answer(a, "Program", "lutsweep %s, revision %s; this list: %s",
                   or_todo(&version), or_todo(&revision), a->facts->program));
    LUT_TRY(answer(a, "Licence of the program", "MIT"));
    LUT_TRY(answer(a, "Compilation", "compiler %s; MPI: %s; HDF5: %s",
                   or_todo(&compiler), or_todo(&mpi), or_todo(&hdf5)));
    return answer(a, "Publicly available", "%s: address and DOI of the archive", todo);
}

static lut_status add_machine(appendix *a)
{
    const words host = hosts(a->data), system = RUN_WORDS(a, system);
    const words kernels = column_words(a->data, "kernels");

    LUT_TRY(answer(a, "Hardware", "%s", or_todo(&host)));
    LUT_TRY(answer(
        a, "Special features",
        "instruction sets used: %s; none is needed, numbers do not depend on them",
        or_todo(&kernels)));
    return answer(a, "Run-time environment", "%s", or_todo(&system));
}

/* Rows, features, digest and licence of one data set. */
static lut_status add_set(appendix *a, const char *name, const words *digests)
{
    const lut_known *k = lut_known_find(name);
    const char *at = digests->text, *digest = NULL;
    const size_t length = strlen(name);
    double bytes = 0;
    char size[64] = "", shape[96] = "";

    for (; (at = strstr(at, name)); at += length)
        if (at[length] == ':' && (at == digests->text || strchr("; ", at[-1])))
            digest = at + length + 1;
    for (size_t i = 0; k && i < LUT_KNOWN_FILES && k->file[i].name; i++)
        bytes += (double)k->file[i].bytes;
    if (bytes > 0)
        snprintf(size, sizeof size, ", %.1f MB to download", bytes / 1e6);
    if (k && k->shape.train)
        snprintf(shape, sizeof shape,
                 "%u training and %u test rows, %u features, %u classes",
                 k->shape.train, k->shape.test, k->shape.features, k->shape.classes);
    return answer(a, name, "%s%s; digest of its contents %.16s; %s",
                  shape[0] ? shape : todo, size, digest ? digest : todo,
                  k && k->cite ? k->cite : "TODO: source and licence");
}

static lut_status add_sets(appendix *a)
{
    words sets = column_words(a->data, "dataset");
    const words digests = RUN_WORDS(a, digests);
    char *rest;

    LUT_TRY(heading(a, "Data sets"));
    for (char *name = strtok_r(sets.text, ";", &rest); name;
         name = strtok_r(NULL, ";", &rest))
        LUT_TRY(add_set(a, name + strspn(name, " "), &digests));
    return LUT_OK;
}

/* Of all trials: seconds of one core, and the longest of them. */
static void sum_times(const report_data *d, double *sum, double *longest, size_t *n)
{
    const size_t seconds = report_data_find(d, "train_seconds"),
                 threads = report_data_find(d, "threads");

    *sum = *longest = 0;
    *n = 0;
    for (size_t i = 0; seconds != SIZE_MAX && i < report_data_rows(d); i++) {
        const double s = report_data_value(d, i, seconds).number;
        const double t =
            threads == SIZE_MAX ? 1 : report_data_value(d, i, threads).number;

        if (isnan(s))
            continue;
        ++*n;
        *sum += s * (t >= 1 ? t : 1);
        *longest = fmax(*longest, s);
    }
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
    double sum, longest;
    size_t n;
    char text[32];

    sum_times(a->data, &sum, &longest, &n);
    LUT_TRY(heading(a, "Time and room"));
    LUT_TRY(answer(a, "Time to prepare", "%s: installation and data", todo));
    LUT_TRY(answer(a, "Core hours", "%.4g, the training of %zu trials", sum / 3600, n));
    for (size_t i = 0; i < LUT_COUNT(cores); i++) {
        char label[40];

        snprintf(label, sizeof label, "Time on %u core%s", cores[i],
                 cores[i] > 1 ? "s" : "");
        LUT_TRY(
            answer(a, label, "about %s", hours(text, fmax(sum / cores[i], longest))));
    }
    return answer(a, "Longest trial", "%s", hours(text, longest));
}

static lut_status add_files(appendix *a)
{
    for (size_t i = 0; i < report_data_files(a->data); i++) {
        const char *path = report_data_path(a->data, i);
        char hex[SWEEP_SHA256];
        struct stat info;

        LUT_TRY(sweep_sha256_file(hex, path, a->err));
        LUT_TRY(answer(a, "File", "%s: %.1f MB, sha256 %s", path,
                       stat(path, &info) == 0 ? (double)info.st_size / 1e6 : 0.0, hex));
    }
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
    return add_results(a);
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
    if (a)
        free(a->item);
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
