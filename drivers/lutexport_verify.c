/* lutexport --verify: what each installed tool says of the files. */
#include "drivers/lutexport.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

export_check *export_check_add(export_job *j, const char *format, const char *what)
{
    export_checks *all = &j->checks;
    export_check *last = &all->check[EXPORT_CHECKS - 1], *c;

    if (all->n < EXPORT_CHECKS)
        c = &all->check[all->n++];
    else
        c = last->verdict == EXPORT_DIFFERENT ? &all->dropped : last;

    *c = (export_check){ .format = format,
                         .cases = (double)NAN,
                         .verdict = EXPORT_SKIPPED };
    snprintf(c->what, sizeof c->what, "%s", what);
    return c;
}

void export_check_skip(export_check *c, const char *fmt, ...)
{
    va_list ap;

    c->verdict = EXPORT_SKIPPED;
    c->proof = false;
    va_start(ap, fmt);
    vsnprintf(c->note, sizeof c->note, fmt, ap);
    va_end(ap);
}

/* ---- a place to work ---- */

static lut_status begin(export_work *w, const export_job *j, lut_err *err)
{
    const char *place = getenv("TMPDIR");

    if (!realpath(j->folder.temp, w->files))
        return lut_fail(err, LUT_EIO, "%s: %s", j->folder.temp, strerror(errno));
    snprintf(w->path, sizeof w->path, "%s/lutexport.XXXXXX",
             place && place[0] == '/' ? place : "/tmp");
    if (mkdtemp(w->path)) {
        export_doom(EXPORT_DOOMED_WORK, w->path);
        return LUT_OK;
    }
    return lut_fail(err, LUT_EIO, "%s: cannot be created: %s", w->path,
                    strerror(errno));
}

static void end(const export_work *w)
{
    DIR *d = opendir(w->path);

    for (struct dirent *e; d && (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    rmdir(w->path);
    export_doom(EXPORT_DOOMED_WORK, NULL);
}

/* ---- who verifies what ---- */

typedef lut_status (*verify_fn)(export_job *j, const export_work *w, lut_err *err);

static const struct {
    const char *format;
    verify_fn run;
} verifiers[] = {
    { "c", export_verify_c },
    { "blif", export_verify_layers },
    { "aiger", export_verify_layers },
    { "verilog", export_verify_verilog },
    { "systemverilog", export_verify_systemverilog },
};

static verify_fn verifier_of(const char *format)
{
    for (size_t i = 0; i < LUT_COUNT(verifiers); i++)
        if (strcmp(verifiers[i].format, format) == 0)
            return verifiers[i].run;
    return NULL;
}

lut_status export_verify(export_job *j, lut_err *err)
{
    export_work w;
    lut_status st;

    LUT_TRY(begin(&w, j, err));
    st = export_verify_care(j, err);
    for (size_t i = 0; i < j->nformats && st == LUT_OK; i++) {
        verify_fn run = verifier_of(j->ops[i]->name);
        bool done = false; /* by a format before it, with the same verifier */

        for (size_t k = 0; k < i; k++)
            done |= run && verifier_of(j->ops[k]->name) == run;
        if (run && !done)
            st = run(j, &w, err);
        else if (!run)
            export_check_skip(export_check_add(j, j->ops[i]->name, "the files"),
                              "nothing verifies this format");
    }
    end(&w);
    return st;
}
