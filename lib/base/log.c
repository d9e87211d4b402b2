#include "lib/base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static struct {
    lut_log_level max;
    lut_log_fn fn;
    void *arg;
} sink;

void lut_log_sink(lut_log_level max, lut_log_fn fn, void *arg)
{
    sink.max = max;
    sink.fn = fn;
    sink.arg = arg;
}

void lut_log(lut_log_level level, const char *fmt, ...)
{
    char line[1200];
    va_list ap;

    if (!sink.fn || level > sink.max)
        return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    sink.fn(sink.arg, level, line);
}
