/* Where rows go: lines for people or CSV on stdout, a file, a comparison at the end. */
#include "drivers/cli.h"
#include "analysis/emit.h"
#include "drivers/lutbench.h"
#include "sweep/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the file ---- */

static lut_status read_before(bench_screen *s, lut_err *err)
{
    FILE *in = fopen(s->compare, "r");
    lut_status st;

    if (!in)
        return lut_fail(err, LUT_ENOENT, "%s: %s", s->compare, strerror(errno));
    st = bench_csv_read(&s->old, &s->nold, in, s->compare, err);
    fclose(in);
    return st;
}

static lut_status open_file(bench_screen *s, int argc, char **argv, lut_err *err)
{
    LUT_TRY(sweep_replace_begin(&s->replace, s->path, err));
    s->file = fopen(s->replace.temp, "w");
    if (!s->file)
        return lut_fail(err, LUT_EIO, "%s: %s", s->path, strerror(errno));
    fprintf(s->file, "# lutbench %s\n# command: lutbench", sweep_version());
    for (int i = 1; i < argc; i++) {
        fputc(' ', s->file);
        emit_word(s->file, argv[i]);
    }
    fputc('\n', s->file);
    return LUT_OK;
}

lut_status bench_screen_open(bench_screen *s, int argc, char **argv, lut_err *err)
{
    if (s->compare)
        LUT_TRY(read_before(s, err));
    return s->path ? open_file(s, argc, argv, err) : LUT_OK;
}

/* A file without a row would only replace one that has some. */
static lut_status close_file(bench_screen *s, lut_err *err)
{
    lut_status st = LUT_OK;
    bool bad;

    if (!s->file)
        return LUT_OK;
    bad = ferror(s->file) != 0;
    bad |= fclose(s->file) != 0;
    if (bad)
        st = lut_fail(err, LUT_EIO, "%s: cannot be written", s->path);
    else if (s->n)
        st = sweep_replace_commit(&s->replace, err);
    sweep_replace_abort(&s->replace);
    return st;
}

/* ---- rows ---- */

static void print_head(void)
{
    printf("%-26s %7s %-7s %11s %10s %6s %-10s %9s %6s %6s %15s %7s\n", "network",
           "threads", "kernels", "samples/s", "ns/sample", "bound", "by", "memory",
           "rows", "epochs", "loss", "foreign");
}

static void print_row(const bench_row *r)
{
    char memory[24], loss[40];

    snprintf(memory, sizeof memory, "%.1f MB", r->peak_memory / 1e6);
    snprintf(loss, sizeof loss, "%.4f > %.4f", r->loss_first, r->loss_last);
    printf("%-26s %7.0f %-7s %11.0f %10.0f %5.1f%% %-10s %9s %6.0f %6.0f %15s %7.2f\n",
           r->network, r->threads, r->kernels, r->train_samples_per_second,
           r->ns_per_sample, 100 * r->bound_fraction, r->bound_by, memory, r->rows,
           r->epochs, loss, r->foreign_share);
}

static void show(bench_screen *s, const bench_row *row)
{
    if (s->n == 1) {
        s->csv ? bench_csv_head(stdout) : print_head();
        if (s->file)
            bench_csv_head(s->file);
    }
    s->csv ? bench_csv_row(stdout, row) : print_row(row);
    fflush(stdout);
    if (s->file)
        bench_csv_row(s->file, row);
}

lut_status bench_screen_row(bench_screen *s, const bench_row *row, lut_err *err)
{
    bench_row *more = realloc(s->row, (s->n + 1) * sizeof *more);

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", s->n + 1);
    s->row = more;
    s->row[s->n++] = *row;
    show(s, row);
    if (!(row->loss_last < row->loss_first))
        s->code = cli_complain(CLI_FAILED,
                               "%s: the loss did not fall: %.4f in the first epoch, "
                               "%.4f in the last one",
                               row->network, row->loss_first, row->loss_last);
    return LUT_OK;
}

/* Beside CSV a comparison is a message. */
static void compare(bench_screen *s)
{
    size_t slower;

    if (!s->compare || !s->n)
        return;
    slower = bench_compare(s->csv ? stderr : stdout, s->row, s->n, s->old, s->nold,
                           s->tolerance);
    if (slower)
        s->code =
            cli_complain(CLI_FAILED, "%zu of %zu slower than in %s by more than %g",
                         slower, s->n, s->compare, s->tolerance);
}

lut_status bench_screen_close(bench_screen *s, lut_err *err)
{
    compare(s);
    free(s->row);
    free(s->old);
    s->row = s->old = NULL;
    return close_file(s, err);
}
