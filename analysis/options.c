#include "analysis/options.h"

#include <stdlib.h>
#include <string.h>

char *report_options_cut(const char *options)
{
    const size_t n = strlen(options);
    char *cut = calloc(1, n + 3),
         *out = cut; /* a name without value has an empty one */

    for (const char *at = options; cut && *(at += strspn(at, " "));) {
        size_t length = strcspn(at, " ");

        memcpy(out, at, length);
        out += length + 1;
        at += length;
    }
    return cut;
}

bool report_options_next(report_option *o, const char **at)
{
    if (!**at)
        return false;
    o->name = *at;
    o->value = o->name + strlen(o->name) + 1;
    *at = o->value + strlen(o->value) + 1;
    return true;
}

const char *report_options_get(const char *cut, const char *name)
{
    const char *found = "";
    report_option o;

    while (report_options_next(&o, &cut))
        if (strcmp(o.name, name) == 0)
            found = o.value;
    return found;
}

bool report_options_number(double *v, const char *text)
{
    char *end;

    *v = strtod(text, &end);
    return end != text && !*end;
}
