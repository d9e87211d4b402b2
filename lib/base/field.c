#include "lib/base/field.h"
#include "lib/base/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const lut_field *lut_field_find(const lut_field *field, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(field[i].name, name) == 0)
            return &field[i];
    return NULL;
}

void lut_fields_default(const lut_field *field, size_t n, void *object)
{
    for (size_t i = 0; i < n; i++) {
        lut_status st = lut_field_set_text(&field[i], object, field[i].fallback, NULL);

        LUT_CHECK(st == LUT_OK); /* a default is in its own range */
    }
}

static void *member(const lut_field *f, void *object)
{
    return (char *)object + f->offset;
}

static bool is_whole(double v)
{
    return v == floor(v);
}

static lut_status refuse(const lut_field *f, const char *found, lut_err *err)
{
    char range[LUT_FIELD_TEXT];

    return lut_fail(err, LUT_EINVAL, "%s, want %s", found, lut_field_range(f, range));
}

static lut_status refuse_number(const lut_field *f, double v, lut_err *err)
{
    char found[80], real[32];

    snprintf(found, sizeof found, "%s is %s", lut_real_text(real, v),
             f->type == LUT_TEXT                  ? "no text"
             : f->type == LUT_BOOL                ? "no boolean"
             : f->type != LUT_F64 && !is_whole(v) ? "no whole number"
                                                  : "out of range");
    return refuse(f, found, err);
}

lut_status lut_field_set_number(const lut_field *f, void *object, double v,
                                lut_err *err)
{
    void *p = member(f, object);

    if (f->type == LUT_TEXT || f->type == LUT_BOOL)
        return refuse_number(f, v, err);
    if (!(v >= f->lo && v <= f->hi) || (f->type != LUT_F64 && !is_whole(v)))
        return refuse_number(f, v, err);
    if (f->type == LUT_U32)
        *(uint32_t *)p = (uint32_t)v;
    else
        *(double *)p = v + 0.0; /* no negative zero */
    return LUT_OK;
}

static bool listed(const char *choices, const char *v)
{
    size_t n = strlen(v);

    while (*choices) {
        size_t m = strcspn(choices, "|");

        if (m == n && memcmp(choices, v, n) == 0)
            return true;
        choices += m + (choices[m] == '|');
    }
    return false;
}

static lut_status set_text(const lut_field *f, char *p, const char *v, lut_err *err)
{
    char found[200];
    size_t n = strlen(v);

    if (n >= f->size)
        return lut_fail(err, LUT_EINVAL,
                        "\"%.100s\" is too long, want at most %zu characters", v,
                        f->size - 1);
    if (f->choices && f->choices[0] != '@' && !listed(f->choices, v)) {
        snprintf(found, sizeof found, "\"%.100s\" is not known", v);
        return refuse(f, found, err);
    }
    memset(p, 0, f->size);
    memcpy(p, v, n);
    return LUT_OK;
}

static lut_status set_bool(const lut_field *f, int8_t *p, const char *v, lut_err *err)
{
    char found[200];

    if (!listed("true|false|1|0", v)) {
        snprintf(found, sizeof found, "\"%.100s\" is no boolean", v);
        return refuse(f, found, err);
    }
    *p = v[0] == 't' || v[0] == '1';
    return LUT_OK;
}

lut_status lut_field_set_text(const lut_field *f, void *object, const char *v,
                              lut_err *err)
{
    char found[200], *end;
    double number;

    if (f->type == LUT_TEXT)
        return set_text(f, member(f, object), v, err);
    if (f->type == LUT_BOOL)
        return set_bool(f, member(f, object), v, err);
    if (strcmp(v, "nan") == 0 && f->type != LUT_U32) {
        *(double *)member(f, object) = (double)NAN;
        return LUT_OK;
    }
    number = strtod(v, &end);
    if (end == v || *end) {
        snprintf(found, sizeof found, "\"%.100s\" is no number", v);
        return refuse(f, found, err);
    }
    return lut_field_set_number(f, object, number, err);
}

double lut_field_number(const lut_field *f, const void *object)
{
    const void *p = (const char *)object + f->offset;

    switch (f->type) {
    case LUT_U32:
        return *(const uint32_t *)p;
    case LUT_F64:
    case LUT_WHOLE:
        return *(const double *)p;
    case LUT_BOOL:
        return *(const int8_t *)p;
    case LUT_TEXT:
        break;
    }
    return (double)NAN;
}

char *lut_real_text(char *buf, double v)
{
    if (isnan(v))
        return strcpy(buf, "nan");
    if (v == floor(v) && fabs(v) < 1e15) { /* 10, not 1e+01 */
        snprintf(buf, 32, "%.0f", v);
        return buf;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buf, 32, "%.*g", digits, v);
        if (strtod(buf, NULL) == v)
            break;
    }
    return buf;
}

char *lut_field_text(const lut_field *f, char buf[LUT_FIELD_TEXT], const void *object)
{
    const void *p = (const char *)object + f->offset;
    double v = lut_field_number(f, object);

    if (f->type == LUT_TEXT)
        snprintf(buf, LUT_FIELD_TEXT, "%.*s", (int)f->size, (const char *)p);
    else if (f->type == LUT_BOOL)
        strcpy(buf, v != 0 ? "true" : "false");
    else if (f->type == LUT_F64 || isnan(v) || fabs(v) >= 1e15)
        lut_real_text(buf, v);
    else
        snprintf(buf, LUT_FIELD_TEXT, "%.0f", v);
    return buf;
}

char *lut_field_range(const lut_field *f, char buf[LUT_FIELD_TEXT])
{
    char lo[32], hi[32];

    if (f->type == LUT_BOOL)
        return strcpy(buf, "true|false");
    if (f->type == LUT_TEXT) {
        snprintf(buf, LUT_FIELD_TEXT, "%s", f->choices ? f->choices : "text");
        return buf;
    }
    snprintf(buf, LUT_FIELD_TEXT, "%s..%s", lut_real_text(lo, f->lo),
             lut_real_text(hi, f->hi));
    return buf;
}

lut_status lut_options_append(char *out, size_t size, const char *name,
                              const lut_field *field, size_t n, const void *cfg,
                              lut_err *err)
{
    char value[LUT_FIELD_TEXT];

    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(out);
        int more;

        lut_field_text(&field[i], value, cfg);
        if (value[0] == 0 || strpbrk(value, " \t\n"))
            return lut_fail(err, LUT_EINVAL, "%s.%s: \"%s\" is empty or has blanks",
                            name, field[i].name, value);
        more = snprintf(out + used, size - used, "%s%s.%s %s", used ? " " : "", name,
                        field[i].name, value);
        if (more < 0 || (size_t)more >= size - used)
            return lut_fail(err, LUT_EINVAL, "the options do not fit %zu characters",
                            size);
    }
    return LUT_OK;
}

/* One "NAME.FIELD VALUE" pair off the front of *text; false at its end. */
static bool next_option(const char **text, char key[128], char value[LUT_FIELD_TEXT])
{
    int used = 0;

    if (sscanf(*text, " %127s %1023s%n", key, value, &used) < 2)
        return false;
    *text += used;
    return true;
}

lut_status lut_options_parse(void *cfg, const char *text, const char *name,
                             const lut_field *field, size_t n, lut_err *err)
{
    char key[128], value[LUT_FIELD_TEXT];
    size_t prefix = strlen(name);

    lut_fields_default(field, n, cfg);
    while (next_option(&text, key, value)) {
        const lut_field *f;

        if (strncmp(key, name, prefix) != 0 || key[prefix] != '.')
            continue;
        f = lut_field_find(field, n, key + prefix + 1);
        if (!f)
            return lut_fail(err, LUT_ENOENT, "%s: no such option", key);
        if (lut_field_set_text(f, cfg, value, err) != LUT_OK)
            return lut_err_wrap(err, "%s", key);
    }
    return LUT_OK;
}

unsigned lut_name_distance(const char *a, const char *b)
{
    enum { MAX = 64 };
    unsigned row[3][MAX] = { { 0 } };
    size_t n = strnlen(a, MAX - 1), m = strnlen(b, MAX - 1);

    for (size_t j = 0; j <= m; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3], *up = row[(i + 2) % 3], *up2 = row[(i + 1) % 3];

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = up[j - 1] + (a[i - 1] != b[j - 1]);

            best = up[j] + 1 < best ? up[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}
