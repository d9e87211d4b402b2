#include "sweep/range.h"

#include "lib/base/mathx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text to range ---- */

bool sweep_range_is(const char *text)
{
    return strstr(text, "..") != NULL;
}

static lut_status malformed(lut_err *err)
{
    return lut_fail(err, LUT_EINVAL,
                    "want \"LOW..HIGH\", \"LOW..HIGH log\" or \"LOW..HIGH step S\"");
}

/* A number at *at, which must be n characters long where n is not 0. */
static bool read_number(double *v, const char **at, size_t n)
{
    char text[64], *end;

    if (n >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)(n ? n : sizeof text - 1), *at);
    *v = strtod(text, &end);
    if (end == text || (n && end[strspn(end, " \t")]))
        return false;
    *at += end - text;
    return true;
}

/* " log", " step S" or nothing, in any order. */
static bool read_words(sweep_range *r, const char *at)
{
    for (;;) {
        size_t n;

        at += strspn(at, " \t");
        n = strcspn(at, " \t");
        if (n == 0)
            return true;
        if (n == 3 && !r->log && strncmp(at, "log", n) == 0) {
            r->log = true;
            at += n;
        } else if (n == 4 && isnan(r->step) && strncmp(at, "step", n) == 0) {
            at += n;
            if (!read_number(&r->step, &at, 0) || !strchr(" \t", *at))
                return false;
        } else {
            return false;
        }
    }
}

static lut_status check_end(double v, const lut_field *f, lut_err *err)
{
    union {
        double number;
        uint32_t u32;
    } room;
    lut_field alone = *f;

    alone.offset = 0;
    return lut_field_set_number(&alone, &room, v, err);
}

static lut_status check_step(sweep_range *r, const lut_field *f, lut_err *err)
{
    const bool whole = f->type != LUT_F64;

    if (isnan(r->step))
        r->step = whole;
    else if (!(r->step > 0 && r->step <= r->hi - r->lo))
        return lut_fail(err, LUT_EINVAL, "want a step above 0 and at most HIGH - LOW");
    else if (whole && r->step != floor(r->step))
        return lut_fail(err, LUT_EINVAL, "want a step that is a whole number");
    return LUT_OK;
}

lut_status sweep_range_parse(sweep_range *r, const char *text, const lut_field *f,
                             lut_err *err)
{
    const char *dots = strstr(text, ".."), *at = text;

    *r = (sweep_range){ .step = (double)NAN };
    if (!dots || dots == text || !read_number(&r->lo, &at, (size_t)(dots - text)))
        return malformed(err);
    at = dots + 2;
    if (!read_number(&r->hi, &at, 0) || !strchr(" \t", *at) || !read_words(r, at))
        return malformed(err);
    LUT_TRY(check_end(r->lo, f, err));
    LUT_TRY(check_end(r->hi, f, err));
    if (r->lo >= r->hi)
        return lut_fail(err, LUT_EINVAL, "want LOW below HIGH");
    if (r->log && r->lo <= 0)
        return lut_fail(err, LUT_EINVAL, "want LOW above 0 with log");
    return check_step(r, f, err);
}

/* ---- range to values ---- */

/* Uniform in v, or in log v. */
static double between(double lo, double hi, bool log, double u)
{
    return log ? lo * lut_exp(u * lut_ln(hi / lo)) : lo + u * (hi - lo);
}

/* Each multiple of the step owns the values from it up to the next. */
static double stepped(const sweep_range *r, double u)
{
    const double steps = floor((r->hi - r->lo) / r->step * (1 + 0x1p-40));
    const double above = r->lo + (steps + 1) * r->step;
    double k = floor((between(r->lo, above, r->log, u) - r->lo) / r->step);

    k = k < 0 ? 0 : k > steps ? steps : k;
    return r->lo + k * r->step;
}

static int digits(const sweep_range *r)
{
    double grain = fmax(fabs(r->lo), fabs(r->hi)) * 1e-4;
    int n = 4;

    for (; r->step > 0 ? n < 12 : n < 15 && grain * 500 > r->hi - r->lo; n++)
        grain /= 10;
    return n;
}

char *sweep_range_at(char text[32], const sweep_range *r, double u)
{
    double v = r->step > 0 ? stepped(r, u) : between(r->lo, r->hi, r->log, u);

    snprintf(text, 32, "%.*g", digits(r), v);
    v = strtod(text, NULL);
    v = v < r->lo ? r->lo : v > r->hi ? r->hi : v;
    return lut_real_text(text, v + 0.0); /* no negative zero */
}
