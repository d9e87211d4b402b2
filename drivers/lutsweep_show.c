/* What a person who waits sees: a line on stderr, a table at the end. */
#include "drivers/lutsweep.h"
#include "sweep/journal.h"
#include "sweep/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double plain_every = 30; /* seconds */

static size_t width_of_terminal(void)
{
    struct winsize w;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 20)
        return w.ws_col;
    return 80;
}

/* Messages come between two drawings of the line. */
static void print_message(void *screen, lut_log_level level, const char *line)
{
    (void)level;
    lutsweep_screen_clear(screen);
    fprintf(stderr, "lutsweep: %s\n", line);
}

void lutsweep_screen_init(lutsweep_screen *s)
{
    *s = (lutsweep_screen){ .terminal = isatty(STDERR_FILENO) != 0 };
    lut_log_sink(LUT_WARN, print_message, s);
}

void lutsweep_screen_clear(lutsweep_screen *s)
{
    if (s->drawn)
        fputs("\r\033[K", stderr);
    s->drawn = false;
}

void lutsweep_screen_show(void *screen, const sweep_progress *p)
{
    lutsweep_screen *s = screen;
    char line[256], utc[SWEEP_UTC];

    if (s->terminal) {
        size_t width = width_of_terminal();

        sweep_progress_line(p, line, width < sizeof line ? width : sizeof line);
        fprintf(stderr, "\r%s\033[K", line);
        s->drawn = true;
        return;
    }
    if (p->elapsed - s->printed < plain_every)
        return;
    s->printed = p->elapsed;
    sweep_utc(utc);
    fprintf(stderr, "%s %s\n", utc, sweep_progress_line(p, line, sizeof line));
}

/* ---- the end ---- */

enum { BEST = 5, COLUMNS = 8 };

static const char *const shown[COLUMNS] = {
    "key",      "valid_accuracy", "test_accuracy", "luts", "parametrization",
    "lut_rank", "layers",         "seed"
};

/* Rows of the highest validation accuracy, ties in file order; returns how many. */
static size_t choose(size_t best[BEST], const double *accuracy, size_t n)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = used;

        if (isnan(accuracy[i]))
            continue;
        while (at > 0 && accuracy[best[at - 1]] < accuracy[i])
            at--;
        if (at == BEST)
            continue;
        if (used < BEST)
            used++;
        memmove(best + at + 1, best + at, (used - at - 1) * sizeof *best);
        best[at] = i;
    }
    return used;
}

/* Trials that ended well but had no validation rows: no table can say which are best. */
static size_t count_unranked(const sweep_store *s, const sweep_column *valid)
{
    const sweep_column *status = sweep_store_find(s, "status");
    size_t n = 0;

    for (size_t i = 0; status && status->text && i < sweep_store_rows(s); i++)
        n += strcmp(status->text[i], "ok") == 0 && isnan(valid->number[i]);
    return n;
}

static void cell(char out[32], const sweep_column *c, size_t row)
{
    if (!c)
        snprintf(out, 32, "-");
    else if (c->is_text)
        snprintf(out, 32, strlen(c->text[row]) < 32 ? "%s" : "%.29s..", c->text[row]);
    else if (isnan(c->number[row]))
        snprintf(out, 32, "-");
    else if (!strcmp(c->unit, "percent"))
        snprintf(out, 32, "%.2f", c->number[row]);
    else
        snprintf(out, 32, "%g", c->number[row]);
}

static void print_rows(const sweep_store *s, const size_t *row, size_t n)
{
    char text[BEST + 1][COLUMNS][32];
    int width[COLUMNS] = { 0 };

    for (size_t c = 0; c < COLUMNS; c++) {
        const sweep_column *column = sweep_store_find(s, shown[c]);

        snprintf(text[0][c], sizeof text[0][c], "%s", shown[c]);
        for (size_t r = 0; r < n; r++)
            cell(text[r + 1][c], column, row[r]);
        for (size_t r = 0; r <= n; r++)
            if ((int)strlen(text[r][c]) > width[c])
                width[c] = (int)strlen(text[r][c]);
    }
    for (size_t r = 0; r <= n; r++) {
        for (size_t c = 0; c + 1 < COLUMNS; c++)
            printf("%-*s  ", width[c], text[r][c]);
        printf("%s\n", text[r][COLUMNS - 1]);
    }
}

/* Once for each data set of the rows. */
static void print_notes(const sweep_store *s)
{
    const sweep_column *set = sweep_store_find(s, "dataset");
    bool in;

    for (const lut_known *k = lut_known_table; k->name; k++) {
        in = false;
        for (size_t i = 0; set && set->text && i < sweep_store_rows(s) && !in; i++)
            in = strcmp(set->text[i], k->name) == 0;
        if (in && k->note)
            printf("data set %s: %s%s\n", k->name, k->note,
                   k->partial ? "; not comparable with published numbers" : "");
    }
}

lut_status lutsweep_print_best(const char *file, lut_err *err)
{
    sweep_store *s;
    const sweep_column *valid;
    size_t best[BEST], n = 0, unranked = 0;

    LUT_TRY(sweep_store_open(&s, file, err));
    valid = sweep_store_find(s, "valid_accuracy");
    if (valid && valid->number) {
        n = choose(best, valid->number, sweep_store_rows(s));
        unranked = count_unranked(s, valid);
    }
    if (n)
        print_rows(s, best, n);
    if (unranked)
        printf("%zu trial%s without validation rows: last epoch, not ranked\n",
               unranked, unranked == 1 ? "" : "s");
    print_notes(s);
    printf("%s: %zu trial%s.  Next: lutreport %s\n", file, sweep_store_rows(s),
           sweep_store_rows(s) == 1 ? "" : "s", file);
    sweep_store_close(s);
    return LUT_OK;
}
