#include "analysis/figure_impl.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { WIDTH = 760 };

/* Files without a name: the three ends of a gnuplot, so that none of them can block. */
typedef struct ends {
    FILE *in, *out, *said;
} ends;

static void ends_close(ends *e)
{
    FILE *const file[] = { e->in, e->out, e->said };

    for (size_t i = 0; i < LUT_COUNT(file); i++)
        if (file[i])
            fclose(file[i]);
}

static lut_status ends_open(ends *e, lut_err *err)
{
    *e = (ends){ tmpfile(), tmpfile(), tmpfile() };
    if (e->in && e->out && e->said)
        return LUT_OK;
    ends_close(e);
    return lut_fail(err, LUT_EIO, "no temporary file for gnuplot: %s", strerror(errno));
}

/* Marks and clips are told apart by name within a page. */
static void put_terminal(FILE *out, const figure *f, figure_kind kind)
{
    switch (kind) {
    case FIGURE_SVG:
        fprintf(out,
                "set terminal svg size %d,%u dynamic font 'sans-serif,13' name '%s'\n",
                WIDTH, f->height, f->id);
        break;
    case FIGURE_PDF:
        fprintf(out, "set terminal pdfcairo size %.2f,%.2f font 'sans,10'\n",
                WIDTH / 120., f->height / 120.);
        break;
    case FIGURE_PNG:
        fprintf(out, "set terminal pngcairo size %d,%u font 'sans,10'\n", WIDTH,
                f->height);
        break;
    }
}

static void put_style(FILE *out)
{
    fputs("set termoption noenhanced\n"
          "set encoding utf8\n"
          "set border 3\n"
          "set tics nomirror out\n"
          "set grid lc rgb '#bbbbbb' lt 1 lw 0.5\n"
          "set key outside top center horizontal\n"
          "set datafile missing 'NaN'\n",
          out);
}

static lut_status run(bool *failed, ends *e, lut_err *err)
{
    char name[] = "gnuplot", defaults[] = "--default-settings";
    char *const argument[] = { name, defaults, NULL };
    posix_spawn_file_actions_t action;
    pid_t pid;
    int status, error;

    rewind(e->in);
    posix_spawn_file_actions_init(&action);
    posix_spawn_file_actions_adddup2(&action, fileno(e->in), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&action, fileno(e->out), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&action, fileno(e->said), STDERR_FILENO);
    error = posix_spawnp(&pid, argument[0], &action, NULL, argument, environ);
    posix_spawn_file_actions_destroy(&action);
    if (error == ENOENT)
        return lut_fail(err, LUT_ENOENT,
                        "figures are drawn by gnuplot, which is not installed (package "
                        "gnuplot-nox)");
    if (error)
        return lut_fail(err, LUT_EIO, "gnuplot: %s", strerror(error));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return lut_fail(err, LUT_EIO, "gnuplot: %s", strerror(errno));
    *failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    return LUT_OK;
}

static lut_status read_all(char **text, size_t *n, FILE *in, lut_err *err)
{
    long size;

    fseek(in, 0, SEEK_END);
    size = ftell(in);
    rewind(in);
    *n = size > 0 ? (size_t)size : 0;
    *text = malloc(*n + 1);
    if (!*text)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    if (fread(*text, 1, *n, in) != *n) {
        free(*text);
        return lut_fail(err, LUT_EIO, "gnuplot: what it drew cannot be read: %s",
                        strerror(errno));
    }
    (*text)[*n] = 0;
    return LUT_OK;
}

/* gnuplot warns of much that is as it should be, such as a method without a point; of what
 * it cannot draw it stops. */
static lut_status judge(const figure *f, bool failed, FILE *said, lut_err *err)
{
    char *text;
    size_t n;
    lut_status st = LUT_OK;

    LUT_TRY(read_all(&text, &n, said, err));
    if (failed)
        st = lut_fail(err, LUT_EIO, "gnuplot on figure %s: %.300s", f->name,
                      n ? text + strspn(text, " \n") : "failed without a word");
    free(text);
    return st;
}

/* ---- SVG inside a page ---- */

typedef struct swap {
    const char *from, *to; /* to: NULL: from with the figure's id in front */
} swap;

/* Names that would be those of other figures too, and colours that a dark page hides. */
static const swap swaps[] = {
    { "'black'", "'currentColor'" },
    { "\"black\"", "\"currentColor\"" },
    { "gpPt", NULL },
    { "gpDot", NULL },
    { "gnuplot_canvas", NULL },
    { "textbox", NULL },
    { "greybox", NULL },
    { "font-family=\"sans-serif\"", "" },
    { "<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n", "" },
};

static const swap *swap_at(const char *text)
{
    for (size_t i = 0; i < LUT_COUNT(swaps); i++)
        if (strncmp(text, swaps[i].from, strlen(swaps[i].from)) == 0)
            return &swaps[i];
    return NULL;
}

static lut_status fit_in(char **text, size_t *n, const char *id, lut_err *err)
{
    figure_pen pen;

    LUT_TRY(figure_begin(&pen, err));
    for (const char *at = *text; *at;) {
        const swap *s = swap_at(at);

        if (!s)
            fputc(*at++, pen.out);
        else {
            fprintf(pen.out, "%s%s%s", s->to ? "" : id, s->to ? "" : "_",
                    s->to ? s->to : s->from);
            at += strlen(s->from);
        }
    }
    fclose(pen.out);
    if (!pen.text)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    free(*text);
    *text = pen.text;
    *n = pen.n;
    return LUT_OK;
}

lut_status figure_draw(char **text, size_t *n, const figure *f, figure_kind kind,
                       lut_err *err)
{
    bool failed = false;
    ends e;
    lut_status st;

    *text = NULL;
    LUT_TRY(ends_open(&e, err));
    put_terminal(e.in, f, kind);
    put_style(e.in);
    fputs(f->script, e.in);
    if (fflush(e.in) != 0 || ferror(e.in)) {
        ends_close(&e);
        return lut_fail(err, LUT_EIO, "the script for gnuplot cannot be written: %s",
                        strerror(errno));
    }
    st = run(&failed, &e, err);
    if (st == LUT_OK)
        st = judge(f, failed, e.said, err);
    if (st == LUT_OK)
        st = read_all(text, n, e.out, err);
    ends_close(&e);
    if (st == LUT_OK && (!*n || (kind == FIGURE_SVG && !strstr(*text, "</svg>"))))
        st = lut_fail(err, LUT_EIO, "gnuplot on figure %s: it drew nothing", f->name);
    if (st == LUT_OK && kind == FIGURE_SVG)
        st = fit_in(text, n, f->id, err);
    if (st != LUT_OK) {
        free(*text);
        *text = NULL;
    }
    return st;
}
