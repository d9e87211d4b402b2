/* Faults of one bit in an emitted design, for tests/manual/faults.sh: faults DIR N [OPTION VALUE ...]
 *
 * DIR/good is the design, DIR/0 .. DIR/N-1 are broken copies.  A line for each: its number,
 * the part that is broken, what the files read back say ("caught", "missed"), and whether any
 * input tells it from the good one ("differs", "same"; "text": it cannot be read). */
#include "tests/support/shelf.h"

#include <sys/stat.h>

static void write_folder(const shelf *s, const char *dir, const char *name)
{
    char path[1000];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    shelf_want(mkdir(path, 0777) == 0, "a folder cannot be made");
    for (size_t i = 0; i < s->n; i++) {
        FILE *f;

        snprintf(path, sizeof path, "%s/%s/%s", dir, name, s->name[i]);
        f = fopen(path, "w");
        shelf_want(f && fwrite(s->text[i], 1, s->size[i], f) == s->size[i] &&
                       fclose(f) == 0,
                   "a file cannot be written");
    }
}

/* Tables by themselves; everything else is wiring, of constants too. */
static void name_part(char part[64], const shelf *s, shelf_spot p)
{
    const char *text = s->text[p.file], *line = shelf_line(text, text + p.at);
    const char *table = strstr(line, ".INIT("), *end = strchr(line, '\n');
    const char *close = table ? strchr(table, ')') : NULL;
    bool in_table = table && table < end && text + p.at > table && text + p.at < close;
    size_t n = strcspn(s->name[p.file] + 4, "0123456789.");

    snprintf(part, 64, "%.*s%s", (int)n, s->name[p.file] + 4,
             in_table ? " tables" : "");
}

static const char *effect(const shelf *s, const verilog_model *good)
{
    verilog_model bad;
    lut_err err = { 0 };
    bool same;

    if (shelf_read(&bad, s, &err) != LUT_OK)
        return "text";
    same = bad.input.width == good->input.width &&
           bad.klass.width == good->klass.width &&
           bad.score.width == good->score.width && shelf_same(good, &bad);
    verilog_model_fini(&bad);
    return same ? "same" : "differs";
}

static void break_one(shelf *s, const verilog_cfg *cfg, const random_design *r,
                      const verilog_model *good, const char *dir, size_t number,
                      lut_rng *rng)
{
    shelf_spot p = shelf_pick(s, rng);
    char part[64], name[32];

    name_part(part, s, p);
    s->text[p.file][p.at] = p.now;
    snprintf(name, sizeof name, "%zu", number);
    write_folder(s, dir, name);
    printf("%zu;%s;%s;%s\n", number, part,
           shelf_differences(s, cfg, r, false) ? "caught" : "missed", effect(s, good));
    s->text[p.file][p.at] = p.was;
}

int main(int argc, char **argv)
{
    design_shape shape = { "distributive", 3,        4, 60, { 4, 0, false }, 2, 3,
                           { 24, 30 },     { 4, 6 }, 5 };
    char options[400] = "";
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, 3);
    lut_err err = { 0 };
    verilog_model good;
    verilog_cfg cfg;
    random_design r;
    shelf s;

    shelf_want(argc >= 3, "usage: faults DIR N [verilog.OPTION VALUE ...]");
    for (int i = 3; i < argc; i++)
        snprintf(options + strlen(options), sizeof options - strlen(options), "%s ",
                 argv[i]);
    shelf_options(&cfg, options);
    shelf_want(design_make(&r, &shape, &err) == LUT_OK, err.text);
    shelf_write(&s, &cfg, &r);
    write_folder(&s, argv[1], "good");
    shelf_want(shelf_read(&good, &s, &err) == LUT_OK, err.text);
    for (size_t i = 0; i < strtoul(argv[2], NULL, 10); i++)
        break_one(&s, &cfg, &r, &good, argv[1], i, &rng);
    verilog_model_fini(&good);
    shelf_clear(&s);
    design_free(&r);
    return 0;
}
