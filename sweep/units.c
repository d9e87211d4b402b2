#include "sweep/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number of at least 0 with one letter behind it or none; letters and factors in turn. */
static bool read_scaled(double *v, const char *text, const char *letters,
                        const double *factor)
{
    char *end;
    const char *unit;

    *v = strtod(text, &end);
    if (end == text || !isfinite(*v) || *v < 0 || strpbrk(text, "xXpP"))
        return false;
    if (!*end)
        return true;
    unit = strchr(letters, *end);
    if (!unit || end[1])
        return false;
    *v *= factor[unit - letters];
    return true;
}

lut_status sweep_duration_read(double *seconds, const char *text, lut_err *err)
{
    static const double factor[] = { 1, 60, 3600, 86400 };

    if (read_scaled(seconds, text, "smhd", factor))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "want seconds, or 90s, 30m, 2h, 1d; 0: no limit");
}

lut_status sweep_size_read(double *bytes, const char *text, lut_err *err)
{
    static const double factor[] = { 0x1p10, 0x1p20, 0x1p30, 0x1p40 };

    if (read_scaled(bytes, text, "KMGT", factor))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "want bytes, or 64K, 512M, 4G, 1T; 0: no limit");
}
