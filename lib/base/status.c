#include "lib/base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

lut_status lut_fail(lut_err *err, lut_status code, const char *fmt, ...)
{
    va_list ap;

    if (!err)
        return code;
    err->code = code;
    va_start(ap, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    return code;
}

lut_status lut_err_wrap(lut_err *err, const char *fmt, ...)
{
    char old[sizeof err->text];
    va_list ap;
    int used;

    if (!err)
        return LUT_EINVAL;
    memcpy(old, err->text, sizeof old);
    va_start(ap, fmt);
    used = vsnprintf(err->text, sizeof err->text, fmt, ap);
    va_end(ap);
    if (used >= 0 && (size_t)used < sizeof err->text)
        snprintf(err->text + used, sizeof err->text - (size_t)used, ": %s", old);
    return err->code;
}

const char *lut_status_name(lut_status code)
{
    static const char *const name[] = {
        "ok",         "invalid value", "out of memory", "input or output error",
        "bad format", "not found",     "busy",          "stopped"
    };

    return (size_t)code < LUT_COUNT(name) ? name[code] : "unknown status";
}
