/* What users were promised of configurations: messages and trials, as numbered files.
 *
 * NNN.cfg is read with the overrides of NNN.args (one a line), NNN.csv where it names that.
 * Then either NNN.err holds
 * every problem, or NNN.trials every trial.  REGEN=1 writes both anew: review the
 * difference.  What depends on which plug-ins exist is cut out.
 */
#include "sweep/options.h"
#include "tests/support/fake_facts.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ARGS = 16, ROOM = 100000 };

/* NULL where there is no such file. */
static char *read_file(unsigned number, const char *suffix)
{
    char path[600], *text = NULL;
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, "%s/%03u.%s", GOLDEN, number, suffix);
    f = fopen(path, "rb");
    if (!f)
        return NULL;
    text = calloc(1, ROOM);
    n = text ? fread(text, 1, ROOM - 1, f) : 0;
    CU_ASSERT_FATAL(text && n < ROOM - 1);
    fclose(f);
    return text;
}

static void write_file(unsigned number, const char *suffix, const char *text)
{
    char path[600];
    FILE *f;

    snprintf(path, sizeof path, "%s/%03u.%s", GOLDEN, number, suffix);
    remove(path);
    if (!text)
        return;
    f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(text, f);
    fclose(f);
}

/* "(other ranks: light, warp)" lists whatever plug-ins there are. */
static void cut_lists(char *text)
{
    while ((text = strstr(text, "(other ranks: "))) {
        char *from = text + 14, *to = strchr(from, ')');

        memmove(from + 3, to, strlen(to) + 1);
        memcpy(from, "...", 3);
        text = from + 3;
    }
}

/* Options that the first block names; those of all plug-ins would be too many. */
static size_t describe_options(char *out, size_t room, const sweep_trial *t,
                               const sweep_block *b)
{
    char value[LUT_FIELD_TEXT];
    size_t used = 0;

    for (size_t i = 0; i < b->naxes; i++)
        if (!b->axis[i].field &&
            sweep_options_get(value, t->options, b->axis[i].option))
            used += (size_t)snprintf(out + used, room - used, "%s=%s ",
                                     b->axis[i].option, value);
    return used;
}

/* Fields that are not at their defaults. */
static void describe(char *out, size_t room, const sweep_trial *t, const sweep_block *b)
{
    size_t n, used = strlen(out);
    const lut_field *f = sweep_trial_fields(&n);
    char value[LUT_FIELD_TEXT];

    for (size_t i = 0; i < n; i++) {
        lut_field_text(&f[i], value, t);
        if (strcmp(value, f[i].fallback) == 0 || strcmp(f[i].name, "options") == 0 ||
            strcmp(f[i].name, "width") == 0 || strcmp(f[i].name, "depth") == 0)
            continue;
        used += (size_t)snprintf(out + used, room - used, "%s=%s ", f[i].name, value);
    }
    used += describe_options(out + used, room - used, t, b);
    CU_ASSERT_FATAL(used + 2 < room);
    out[used - 1] = '\n';
}

static char *list_trials(const sweep_space *space)
{
    char *out = calloc(1, ROOM), head[100];
    fake_facts facts = { 0 };
    sweep_trial t;

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    snprintf(head, sizeof head, "%zu trials, %zu skipped, %zu repeated\n", space->n,
             space->skipped, space->repeated);
    strcpy(out, head);
    for (size_t i = 0; i < space->n; i++) {
        CU_ASSERT_EQUAL(sweep_space_trial(space, &t, i, fake_facts_ask, &facts, NULL),
                        LUT_OK);
        describe(out, ROOM, &t, space->spec->block);
    }
    CU_ASSERT_EQUAL(facts.asked, 0); /* all is known */
    return out;
}

static void compare(unsigned number, const char *suffix, const char *got)
{
    char *want = read_file(number, suffix);
    bool same = want && got ? strcmp(want, got) == 0 : !want && !got;

    if (!same)
        printf("\n%03u.%s: got\n%s-- want\n%s--\n", number, suffix,
               got ? got : "(none)\n", want ? want : "(none)\n");
    CU_ASSERT(same);
    free(want);
}

static size_t split(const char **arg, char *lines)
{
    size_t n = 0;

    for (char *line = strtok(lines, "\n"); line && n < MAX_ARGS;
         line = strtok(NULL, "\n"))
        arg[n++] = line;
    return n;
}

static void check(unsigned number, const char *config)
{
    char *lines = read_file(number, "args"), *trials = NULL, path[16];
    const char *arg[MAX_ARGS];
    fake_lines said = { .n = 0 };
    sweep_spec *spec;
    sweep_space space;
    lut_err err;
    lut_status st;

    snprintf(path, sizeof path, "%03u.cfg", number);
    st = sweep_space_load(&spec, &space, path, config, arg,
                          lines ? split(arg, lines) : 0, fake_facts_ask, NULL,
                          fake_lines_add, &said, &err);
    if (st == LUT_OK)
        trials = list_trials(&space);
    else
        fake_lines_add(&said, err.text);
    CU_ASSERT_EQUAL(st == LUT_OK, said.n == 0);
    cut_lists(said.text);
    if (getenv("REGEN")) {
        write_file(number, "trials", trials);
        write_file(number, "err", said.n ? said.text : NULL);
    }
    compare(number, "trials", trials);
    compare(number, "err", said.n ? said.text : NULL);
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
    free(trials);
    free(lines);
}

static void test_all(void)
{
    unsigned number = 1;

    /* Lists of trials lie beside their configurations, which have no folder here. */
    CU_ASSERT_EQUAL_FATAL(chdir(GOLDEN), 0);
    for (char *config; (config = read_file(number, "cfg")); number++) {
        check(number, config);
        free(config);
    }
    CU_ASSERT(number > 40);
}

UNIT_MAIN("golden", UNIT(test_all))
