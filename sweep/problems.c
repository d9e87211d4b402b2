#include "sweep/problems.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sweep_problem_line {
    int rank;   /* where it is told: by line, the command line last */
    size_t nth; /* among equals, first come */
    char *text;
};

static void keep(sweep_problems *p, int rank, const char *text)
{
    bool fresh = false;

    if (sweep_set_add(&p->seen, &fresh, sweep_text_hash(text), NULL) != LUT_OK) {
        p->no_memory = true;
        return;
    }
    if (!fresh)
        return;
    if (p->n == p->room) {
        size_t room = p->room ? p->room * 2 : 16;
        void *more = realloc(p->line, room * sizeof *p->line);

        p->no_memory |= !more;
        if (!more)
            return;
        p->line = more;
        p->room = room;
    }
    p->line[p->n] =
        (struct sweep_problem_line){ .rank = rank, .nth = p->n, .text = strdup(text) };
    p->no_memory |= !p->line[p->n].text;
    p->n += p->line[p->n].text != NULL;
}

void sweep_problem(sweep_problems *p, int line, const char *fmt, ...)
{
    char text[LUT_ERR_TEXT + 600];
    va_list ap;
    int used;

    if (line > SWEEP_LIST_LINE)
        used = snprintf(text, 500, "%s:%d: ", p->list, line - SWEEP_LIST_LINE);
    else if (line == SWEEP_LIST_LINE)
        used = snprintf(text, 500, "%s: ", p->list);
    else if (line > 0)
        used = snprintf(text, 500, "%s:%d: ", p->path, line);
    else if (line == SWEEP_COMMAND_LINE)
        used = snprintf(text, 500, "command line: ");
    else
        used = snprintf(text, 500, "%s: ", p->path);
    used = used > 499 ? 499 : used; /* the path was cut */
    va_start(ap, fmt);
    vsnprintf(text + used, sizeof text - (size_t)used, fmt, ap);
    va_end(ap);
    keep(p, line == SWEEP_COMMAND_LINE ? INT_MAX : line, text);
}

static int by_place(const void *a, const void *b)
{
    const struct sweep_problem_line *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->nth < y->nth ? -1 : x->nth > y->nth;
}

lut_status sweep_problems_tell(sweep_problems *p, sweep_problem_fn fn, void *arg,
                               lut_err *err)
{
    lut_status st = LUT_OK;

    if (p->n) {
        qsort(p->line, p->n, sizeof *p->line, by_place);
        st = lut_fail(err, LUT_EINVAL, "%zu problem%s, nothing was started", p->n,
                      p->n == 1 ? "" : "s");
    }
    if (p->no_memory)
        st = lut_fail(err, LUT_ENOMEM, "no memory to check the configuration");
    for (size_t i = 0; i < p->n; i++) {
        if (fn)
            fn(arg, p->line[i].text);
        free(p->line[i].text);
    }
    free(p->line);
    sweep_set_fini(&p->seen);
    *p = (sweep_problems){ .path = p->path };
    return st;
}
