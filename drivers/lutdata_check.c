/* lutdata check: load a set as a trial would and say what is in it. */
#include "drivers/lutdata_check.h"
#include "drivers/folders.h"
#include "sweep/facts.h"
#include "sweep/guess.h"
#include "sweep/options.h"

#include <stdio.h>
#include <string.h>

typedef struct request {
    const char *name;
    const lut_known *known;
    char options[SWEEP_OPTIONS];
    const char *data_path; /* NULL: not said */
} request;

static int refuse_option(const request *r, const char *key)
{
    sweep_guess guess = sweep_guess_start(key);
    const lut_reader_ops *reader = lut_data_reader(r->name, NULL);
    const lut_field *field = r->known ? r->known->fields : reader->fields;
    const size_t n = r->known ? r->known->nfields : reader->nfields;
    char option[128];

    sweep_guess_offer(&guess, "data_path");
    for (size_t i = 0; i < n; i++) {
        snprintf(option, sizeof option, "%s.%s", r->name, field[i].name);
        sweep_guess_offer(&guess, option);
    }
    if (guess.best[0])
        return cli_complain(CLI_USAGE, "%s: no option of %s (did you mean %s?)", key,
                            r->name, guess.best);
    return cli_complain(CLI_USAGE, "%s: no option of %s (all: lutsweep --keys)", key,
                        r->name);
}

/* KEY is an option of the reader, or one that a known set leaves open. */
static bool is_option(const request *r, const char *key)
{
    const size_t n = strlen(r->name);

    return strncmp(key, r->name, n) == 0 && key[n] == '.' && sweep_option_find(key);
}

static int add_option(request *r, const char *key, const char *value)
{
    size_t used = strlen(r->options), room = sizeof r->options - used;
    int n;

    /* Options are words of one text. */
    if (!value[0] || value[strcspn(value, " \t\r\n")])
        return cli_complain(CLI_USAGE, "%s=%s: want a value without blanks", key,
                            value);
    n = snprintf(r->options + used, room, "%s%s %s", used ? " " : "", key, value);
    if (n < 0 || (size_t)n >= room)
        return cli_complain(CLI_USAGE, "%s: all options together are too long", key);
    return CLI_OK;
}

static int read_setting(request *r, const char *text)
{
    const char *sign = strchr(text, '=');
    char key[96];

    if (!sign || sign == text || (size_t)(sign - text) >= sizeof key)
        return cli_complain(CLI_USAGE, "\"%s\": want KEY=VALUE", text);
    snprintf(key, sizeof key, "%.*s", (int)(sign - text), text);
    if (strcmp(key, "data_path") == 0) {
        r->data_path = sign + 1;
        return CLI_OK;
    }
    return is_option(r, key) ? add_option(r, key, sign + 1) : refuse_option(r, key);
}

static lut_status look(lutdata_findings *f, lut_err *err)
{
    LUT_TRY(lut_data_inspect(&f->seen, f->data, err));
    sweep_data_digest(f->digest, f->data);
    lutdata_warn(f);
    return LUT_OK;
}

static int check(const lutdata_args *a, const request *r)
{
    const char *folder[SWEEP_FOLDERS];
    lutdata_findings f = { .name = r->name, .known = r->known, .options = r->options };
    lut_data data;
    lut_err err;
    lut_status st;

    folders_of(folder, r->data_path);
    if (sweep_facts_data(&data, r->name, r->options, folder, &err) != LUT_OK)
        return cli_fail(&err);
    f.data = &data;
    st = look(&f, &err);
    if (st == LUT_OK)
        lutdata_print(&f, a->output, a->verbose != NULL);
    lut_data_inspection_fini(&f.seen);
    lut_data_fini(&data);
    return st == LUT_OK ? CLI_OK : cli_fail(&err);
}

int lutdata_check(const lutdata_args *a)
{
    request r = { .name = a->operand[0] };

    if (!lutdata_named(&r.known, r.name, true))
        return CLI_USAGE;
    for (size_t i = 1; i < a->noperands; i++) {
        int code = read_setting(&r, a->operand[i]);

        if (code != CLI_OK)
            return code;
    }
    return check(a, &r);
}
