#include "sweep/options.h"

#include "sweep/guess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lut_status sweep_plugin_unknown(const sweep_family *family, const char *name,
                                lut_err *err)
{
    sweep_guess guess = sweep_guess_start(name);
    sweep_plugin p;

    for (size_t i = 0; family->entry(&p, i); i++)
        sweep_guess_offer(&guess, p.name);
    return lut_fail(err, LUT_ENOENT, "no such %s (%s%s%sall: lutsweep --list)",
                    family->what, guess.best[0] ? "did you mean " : "", guess.best,
                    guess.best[0] ? "? " : "");
}

lut_status sweep_trial_plugin(sweep_plugin *out, const sweep_trial *t,
                              const char *field, lut_err *err)
{
    size_t n;
    const lut_field *all = sweep_trial_fields(&n), *f = lut_field_find(all, n, field);
    const char *name = (const char *)t + f->offset;
    const sweep_family *family = sweep_family_of(f);

    if (sweep_family_find(family, out, name))
        return LUT_OK;
    sweep_plugin_unknown(family, name, err);
    return lut_err_wrap(err, "%s = \"%.100s\"", field, name);
}

void *sweep_plugin_cfg(const sweep_plugin *p, const char *given, lut_err *err)
{
    void *cfg = calloc(1, p->cfg_size ? p->cfg_size : 1);

    if (!cfg) {
        lut_fail(err, LUT_ENOMEM, "no memory for options of %s", p->name);
        return NULL;
    }
    if (lut_options_parse(cfg, given, p->name, p->field, p->nfields, err) == LUT_OK)
        return cfg;
    free(cfg);
    return NULL;
}

/* The seed of a draw means nothing where nothing is drawn: it must not make other keys. */
static void reset_idle_seed(const sweep_plugin *p, void *cfg)
{
    const lut_field *share = lut_field_find(p->field, p->nfields, "test_share");
    const lut_field *seed = lut_field_find(p->field, p->nfields, "test_seed");

    if (share && seed && !(lut_field_number(share, cfg) > 0))
        lut_fields_default(seed, 1, cfg);
}

static lut_status append(char out[SWEEP_OPTIONS], const sweep_plugin *p,
                         const char *given, lut_err *err)
{
    lut_status st;
    void *cfg;

    if (!p->nfields)
        return LUT_OK;
    cfg = sweep_plugin_cfg(p, given, err);
    if (!cfg)
        return err ? err->code : LUT_EINVAL;
    reset_idle_seed(p, cfg);
    st =
        lut_options_append(out, SWEEP_OPTIONS, p->name, p->field, p->nfields, cfg, err);
    free(cfg);
    return st;
}

lut_status sweep_options_reader(char out[SWEEP_OPTIONS], const sweep_trial *t,
                                lut_err *err)
{
    sweep_plugin p;

    memset(out, 0, SWEEP_OPTIONS);
    LUT_TRY(sweep_trial_plugin(&p, t, "dataset", err));
    return append(out, &p, t->options, err);
}

lut_status sweep_options_complete(char out[SWEEP_OPTIONS], const sweep_trial *t,
                                  lut_err *err)
{
    static const char *const users[] = { "encoder",       "parametrization",
                                         "mapping_first", "mapping_rest",
                                         "optimizer",     "schedule" };
    sweep_plugin p, listed[SWEEP_LISTED];
    sweep_trial copy = *t; /* its list may be put in order */
    size_t n;

    LUT_TRY(sweep_options_reader(out, t, err));
    for (size_t i = 0; i < LUT_COUNT(users); i++) {
        char used[LUT_FIELD_TEXT];

        LUT_TRY(sweep_trial_plugin(&p, t, users[i], err));
        snprintf(used, sizeof used, "%s.%s", p.name, p.nfields ? p.field[0].name : "");
        if (p.nfields && sweep_options_get((char[LUT_FIELD_TEXT]){ 0 }, out, used))
            continue; /* both mappings are the same plug-in */
        LUT_TRY(append(out, &p, t->options, err));
    }
    LUT_TRY(sweep_trial_plugins(listed, &n, &copy, "regulariser", err));
    for (size_t i = 0; i < n; i++)
        LUT_TRY(append(out, &listed[i], t->options, err));
    return LUT_OK;
}

bool sweep_options_get(char value[LUT_FIELD_TEXT], const char *options,
                       const char *option)
{
    size_t n = strlen(option);
    bool found = false;

    for (const char *at = options; *at;) {
        size_t key = strcspn(at, " "), length;

        length = at[key] ? strcspn(at + key + 1, " ") : 0;
        if (key == n && memcmp(at, option, n) == 0 && length < LUT_FIELD_TEXT) {
            memcpy(value, at + key + 1, length);
            value[length] = 0;
            found = true;
        }
        at += key + (at[key] ? 1 + length : 0);
        at += strspn(at, " ");
    }
    return found;
}

const lut_field *sweep_option_find(const char *option)
{
    const char *dot = strchr(option, '.');
    char name[64];
    sweep_plugin p;

    if (!dot || (size_t)(dot - option) >= sizeof name)
        return NULL;
    memcpy(name, option, (size_t)(dot - option));
    name[dot - option] = 0;
    if (!sweep_plugin_find(&p, name))
        return NULL;
    return lut_field_find(p.field, p.nfields, dot + 1);
}

const lut_field *sweep_option_entry(char name[96], size_t i)
{
    size_t n;
    const sweep_family *family = sweep_families(&n);
    sweep_plugin p;

    for (size_t f = 0; f < n; f++)
        for (size_t j = 0; family[f].entry(&p, j); j++) {
            if (i < p.nfields) {
                snprintf(name, 96, "%s.%s", p.name, p.field[i].name);
                return &p.field[i];
            }
            i -= p.nfields;
        }
    return NULL;
}
