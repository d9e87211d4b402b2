/* Lists of plug-ins joined by "+": regularisers. */
#include "sweep/options.h"

#include <stdio.h>
#include <string.h>

/* Marks the family's entry of that name. */
static lut_status mark(bool marked[SWEEP_LISTED], const sweep_family *family,
                       const char *name, lut_err *err)
{
    sweep_plugin p;

    for (size_t i = 0; i < SWEEP_LISTED && family->entry(&p, i); i++) {
        if (strcmp(p.name, name) != 0)
            continue;
        if (marked[i])
            return lut_fail(err, LUT_EINVAL, "%s is named twice", name);
        marked[i] = true;
        return LUT_OK;
    }
    sweep_plugin_unknown(family, name, err);
    return lut_err_wrap(err, "\"%.60s\"", name);
}

static lut_status mark_all(bool marked[SWEEP_LISTED], const sweep_family *family,
                           const char *names, lut_err *err)
{
    for (const char *at = names;; at++) {
        size_t n = strcspn(at, "+");
        char name[64];

        snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name),
                 at);
        LUT_TRY(mark(marked, family, name, err));
        at += n;
        if (!*at)
            return LUT_OK;
    }
}

lut_status sweep_plugins_parse(sweep_plugin out[SWEEP_LISTED], size_t *n,
                               const sweep_family *family, const char *names,
                               lut_err *err)
{
    bool marked[SWEEP_LISTED] = { false };

    *n = 0;
    if (strcmp(names, "none") == 0)
        return LUT_OK;
    LUT_TRY(mark_all(marked, family, names, err));
    for (size_t i = 0; i < SWEEP_LISTED; i++)
        if (marked[i])
            family->entry(&out[(*n)++], i);
    return LUT_OK;
}

lut_status sweep_trial_plugins(sweep_plugin out[SWEEP_LISTED], size_t *n,
                               sweep_trial *t, const char *field, lut_err *err)
{
    size_t fields, used = 0;
    const lut_field *all = sweep_trial_fields(&fields),
                    *f = lut_field_find(all, fields, field);
    char *names = (char *)t + f->offset;

    if (sweep_plugins_parse(out, n, sweep_family_of(f), names, err) != LUT_OK)
        return lut_err_wrap(err, "%s", field);
    for (size_t i = 0; i < *n; i++)
        used += (size_t)snprintf(names + used, f->size - used, "%s%s", i ? "+" : "",
                                 out[i].name);
    return LUT_OK;
}
