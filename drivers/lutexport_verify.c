/* lutexport --verify: what each installed tool says of the files. */
#include "drivers/lutexport.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

export_check *export_check_add(export_job *j, const char *format, const char *what)
{
    export_checks *all = &j->checks;
    export_check *c =
        &all->check[all->n < EXPORT_CHECKS ? all->n++ : EXPORT_CHECKS - 1];

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

lut_status export_verify(export_job *j, lut_err *err)
{
    (void)err;
    for (size_t i = 0; i < j->nformats; i++)
        export_check_skip(export_check_add(j, j->ops[i]->name, "the files"),
                          "no verifier for this format");
    return LUT_OK;
}
