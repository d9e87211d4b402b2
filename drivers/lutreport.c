/* lutreport: tables from results files.  Options and verbs are lines of two tables. */
#include "drivers/lutreport.h"
#include "drivers/cli.h"
#include "lib/base/base.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct option_line {
    const char *name;
    char letter;
    const char *arg, *doc;
    size_t offset; /* in lutreport_options */
} option_line;

#define AT(member) offsetof(lutreport_options, member)

static const option_line options[] = {
    { "where", 0, "CONDITION", "only these trials: \"lut_rank = 6 and depth > 1\"",
      AT(where) },
    { "by", 0, "A,B", "a row for each value of these columns", AT(by) },
    { "metric", 0, "A,B", "columns to summarise", AT(metric) },
    { "sort", 0, "COLUMN", "order of the rows, -COLUMN for descending", AT(sort) },
    { "best", 0, "N",
      "only the best rows by validation; with --each=A,B for each value of these",
      AT(best) },
    { "each", 0, "A,B", NULL, AT(each) },
    { "alpha", 0, "P", "intervals of 1 - P (0.05)", AT(alpha) },
    { "pareto", 0, "X,Y", "the front of two columns: lut6,valid_accuracy", AT(pareto) },
    { "smallest", 0, "COLUMN", "the smallest row that reaches --at=valid_accuracy=98",
      AT(smallest) },
    { "at", 0, "COLUMN=VALUE", NULL, AT(at) },
    { "effects", 0, "METRIC", "which knobs matter: effects in complete grids",
      AT(effects) },
    { "compare", 0, "A,B",
      "two keys, values of --by, conditions; without FILE two files", AT(compare) },
    { "ranks", 0, "COLUMN", "its values ranked over the data sets", AT(ranks) },
    { "settings", 0, "best|all",
      "of --ranks: the best, or the mean of all; --nemenyi too", AT(settings) },
    { "nemenyi", 0, NULL, NULL, AT(nemenyi) },
    { "baselines", 0, NULL, "ours beside published results of the data sets",
      AT(baselines) },
    { "figure", 0, "NAME",
      "front, effects, rivals, ranks, ...: draw it, or its numbers", AT(figure) },
    { "d3", 0, "FILE", "of a page: D3 for its interactive half, or none (LUTREPORT_D3)",
      AT(d3) },
    { "verify", 0, NULL, "compute again what can be, and compare: exit code 3",
      AT(verify) },
    { "reproduce", 0, NULL,
      "train a sample of the trials again: exit code 3 if any differs", AT(reproduce) },
    { "budget", 0, "TIME", "of --reproduce: 90s, 2h (30m); --threads=T: 1..256 (1)",
      AT(budget) },
    { "threads", 0, "T", NULL, AT(threads) },
    { "appendix", 0, "FILE", "check-list of an artifact evaluation: .md or .tex",
      AT(appendix) },
    { "sample", 0, "N",
      "networks that --verify evaluates (32, or all), trials of --reproduce",
      AT(sample) },
    { "data", 0, "PATH", "where data sets are looked for, besides LUTSWEEP_DATA",
      AT(data) },
    { "format", 0, "FORMAT", "text, markdown, csv, json or latex", AT(format) },
    { "output", 0, "FORMAT", "text, json, or quiet: keys of the rows' trials alone",
      AT(output) },
    { "output-file", 'o', "FILE", "write to .txt, .md, .csv, .json, .tex, .nc or .html",
      AT(output_file) },
};

#define WRITING " format output output-file "
#define CHOICE  " where by metric alpha "

/* The last one is what lutreport does unasked. */
static const lutreport_verb verbs[] = {
    { "verify", NULL, " sample data ", NULL, lutreport_verify },
    { NULL, ".nc", " where output-file ", NULL, lutreport_netcdf },
    { "appendix", NULL, " ", NULL, lutreport_appendix },
    { "baselines", NULL, " where by alpha data " WRITING, lutreport_baselines, NULL },
    { "reproduce", NULL, " budget sample threads data " WRITING, lutreport_reproduce,
      NULL },
    { "pareto", NULL, CHOICE WRITING, lutreport_pareto, NULL },
    { "smallest", NULL, CHOICE " at " WRITING, lutreport_smallest, NULL },
    { "effects", NULL, " where alpha " WRITING, lutreport_effects, NULL },
    { "figure", NULL, CHOICE " compare settings nemenyi " WRITING, NULL,
      lutreport_figure },
    { "compare", NULL, CHOICE WRITING, NULL, lutreport_compare },
    { "ranks", NULL, " where metric alpha settings nemenyi " WRITING, lutreport_ranks,
      NULL },
    { NULL, ".html", " where alpha d3 output-file ", NULL, lutreport_page },
    { NULL, NULL, CHOICE " sort best each " WRITING, lutreport_tables, NULL },
};

enum { NOPTIONS = LUT_COUNT(options), NVERBS = LUT_COUNT(verbs) };

static const char **value_of(lutreport_options *o, const option_line *line)
{
    return (const char **)((char *)o + line->offset);
}

static const option_line *option_named(const char *name)
{
    for (size_t i = 0; i < NOPTIONS; i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

static bool asked_for(const lutreport_verb *v, lutreport_options *o)
{
    const char *dot = o->output_file ? strrchr(o->output_file, '.') : NULL;

    return (v->option && *value_of(o, option_named(v->option))) ||
           (v->suffix && dot && strcasecmp(dot, v->suffix) == 0);
}

static const lutreport_verb *choose(lutreport_options *o)
{
    size_t i = 0;

    while (i + 1 < NVERBS && !asked_for(&verbs[i], o))
        i++;
    return &verbs[i];
}

static bool takes(const lutreport_verb *v, const char *name)
{
    char word[64];

    snprintf(word, sizeof word, " %s ", name);
    return strstr(v->takes, word) || (v->option && strcmp(v->option, name) == 0);
}

/* "-o" or "--where". */
static const char *dashed(char out[64], const option_line *line)
{
    if (line->letter)
        snprintf(out, 64, "-%c", line->letter);
    else
        snprintf(out, 64, "--%s", line->name);
    return out;
}

static int complain(const lutreport_verb *v, const option_line *line)
{
    char name[64], others[256] = "";
    size_t at = 0;

    dashed(name, line);
    if (v->option)
        return cli_complain(CLI_USAGE, "%s: not with --%s", name, v->option);
    for (size_t i = 0; i + 1 < NVERBS && at < sizeof others; i++)
        if (verbs[i].option && takes(&verbs[i], line->name))
            at += (size_t)snprintf(others + at, sizeof others - at, "%s--%s",
                                   at ? " or " : "", verbs[i].option);
    if (v->suffix || !at)
        return cli_complain(CLI_USAGE, "%s: not with -o FILE%s", name,
                            v->suffix ? v->suffix : "");
    return cli_complain(CLI_USAGE, "%s: only with %s", name, others);
}

/* What is given must be of use. */
static int obey(lutreport_options *o)
{
    const lutreport_verb *v = choose(o);

    for (size_t i = 0; i < NOPTIONS; i++)
        if (*value_of(o, &options[i]) && !takes(v, options[i].name))
            return complain(v, &options[i]);
    return v->run ? v->run(o) : lutreport_sheets(v, o);
}

static int parse(lutreport_options *o, int argc, char **argv, int *first)
{
    cli_option option[NOPTIONS];
    const cli_program program = {
        .name = "lutreport",
        .usage = "FILE...",
        .purpose =
            "Tables from results files: rows pooled over seeds, with mean, sd and n.",
        .option = option,
        .noptions = NOPTIONS,
        .examples = "  lutreport quickstart.h5\n"
                    "  lutreport quickstart.h5 --by parametrization,lut_rank --metric "
                    "test_accuracy\n"
                    "  lutreport quickstart.h5 --pareto lut6_core,valid_accuracy\n"
                    "  lutreport quickstart.h5 -o page.html\n",
    };

    for (size_t i = 0; i < NOPTIONS; i++)
        option[i] = (cli_option){ options[i].name, options[i].letter, options[i].arg,
                                  options[i].doc, value_of(o, &options[i]) };
    return cli_parse(&program, argc, argv, first);
}

int main(int argc, char **argv)
{
    lutreport_options o = { .argc = argc };
    char **given = malloc((size_t)argc * sizeof *given); /* parsing reorders argv */
    int first, code;

    cli_start("lutreport", LUT_WARN);
    if (!given)
        return cli_complain(CLI_INTERNAL, "out of memory");
    memcpy(given, argv, (size_t)argc * sizeof *given);
    o.argv = given;
    code = parse(&o, argc, argv, &first);
    if (code < 0 && first == argc && (!o.compare || o.figure))
        code = cli_complain(CLI_USAGE, "no FILE given; try --help");
    if (code < 0) {
        o.path = argv + first;
        o.npaths = (size_t)(argc - first);
        code = obey(&o);
    }
    free(given);
    return code;
}
