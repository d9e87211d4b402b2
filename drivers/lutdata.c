/* lutdata: data sets known by name: what there is, what is in them, how to get them. */
#include "drivers/lutdata.h"
#include "sweep/guess.h"

#include <stdio.h>
#include <string.h>

static lutdata_args args = { .output_text = "text" };

static const cli_option options[] = {
    { "output", 0, "FORMAT", "text, csv, json or quiet: names alone",
      &args.output_text },
    { "verbose", 'v', NULL, "list: source, licence, citation; check: every column",
      &args.verbose },
    { "into", 0, "FOLDER", "fetch: where to, instead of LUTSWEEP_DATA", &args.into },
    { "from", 0, "URL", "fetch: from a mirror, URL/NAME/FILE", &args.from },
};

static const cli_program program = {
    .name = "lutdata",
    .usage = "list [NAME] | check NAME [KEY=VALUE ...] | fetch NAME",
    .purpose = "Data sets known by name: list them, look into them, download them.",
    .option = options,
    .noptions = LUT_COUNT(options),
    .examples =
        "  lutdata list -v\n"
        "  lutdata check optdigits\n"
        "  lutdata check csv csv.train=a.csv csv.test=b.csv data_path=folder\n"
        "  lutdata fetch mnist --into data    # then: export LUTSWEEP_DATA=data\n",
    .more = "Environment: LUTSWEEP_DATA, folders of data sets: FOLDER/NAME/FILE.\n",
};

static const struct job {
    const char *name;
    int (*fn)(const lutdata_args *a);
    size_t least, most; /* operands */
    const char *use;
} jobs[] = {
    { "list", lutdata_list, 0, 1, "list [NAME]" },
    { "check", lutdata_check, 1, SIZE_MAX, "check NAME [KEY=VALUE ...]" },
    { "fetch", lutdata_fetch, 1, 1, "fetch NAME" },
};

bool lutdata_named(const lut_known **known, const char *name, bool readers)
{
    sweep_guess guess = sweep_guess_start(name);

    *known = lut_known_find(name);
    if (*known || (readers && lut_data_reader(name, NULL)))
        return true;
    for (const lut_known *k = lut_known_table; k->name; k++)
        sweep_guess_offer(&guess, k->name);
    for (size_t i = 0; readers && lut_reader_table[i]; i++)
        sweep_guess_offer(&guess, lut_reader_table[i]->name);
    if (guess.best[0])
        cli_complain(CLI_USAGE,
                     "%s: no such data set (did you mean %s? all: lutdata list)", name,
                     guess.best);
    else
        cli_complain(CLI_USAGE, "%s: no such data set (all: lutdata list)", name);
    return false;
}

size_t lutdata_files(const lut_known *known)
{
    size_t n = 0;

    while (n < LUT_KNOWN_FILES && known->file[n].name)
        n++;
    return n;
}

bool lutdata_packed(const lut_known_file *file)
{
    size_t n = strlen(file->name);

    return n > 3 && strcmp(file->name + n - 3, ".gz") == 0;
}

lut_status lutdata_find(char path[LUT_FILE_PATH], const lut_known *known, size_t file,
                        const char *const *folder, lut_err *err)
{
    const lut_known_file *f = &known->file[file];
    char stem[LUT_FILE_PATH];

    /* The search adds the suffix itself, and finds what was unpacked too. */
    snprintf(stem, sizeof stem, "%.*s",
             (int)(strlen(f->name) - (lutdata_packed(f) ? 3 : 0)), f->name);
    return lut_file_find(path, known->name, stem, folder, err);
}

static bool read_output(void)
{
    static const char *const name[] = { [LUTDATA_TEXT] = "text",
                                        [LUTDATA_CSV] = "csv",
                                        [LUTDATA_JSON] = "json",
                                        [LUTDATA_QUIET] = "quiet" };

    for (size_t i = 0; i < LUT_COUNT(name); i++)
        if (strcmp(args.output_text, name[i]) == 0) {
            args.output = (lutdata_output)i;
            return true;
        }
    cli_complain(CLI_USAGE, "--output=%s: want text, csv, json or quiet",
                 args.output_text);
    return false;
}

static int run(const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(jobs); i++) {
        const struct job *job = &jobs[i];

        if (strcmp(job->name, name) != 0)
            continue;
        if (args.noperands < job->least || args.noperands > job->most)
            return cli_complain(CLI_USAGE, "too %s operands, want %s",
                                args.noperands < job->least ? "few" : "many", job->use);
        if ((args.into || args.from) && job->fn != lutdata_fetch)
            return cli_complain(CLI_USAGE, "--into and --from belong to fetch");
        return cli_printed(job->fn(&args));
    }
    return cli_complain(CLI_USAGE, "%s: want list, check or fetch; try --help", name);
}

int main(int argc, char **argv)
{
    int first, code;

    cli_start("lutdata", LUT_WARN);
    code = cli_parse(&program, argc, argv, &first);
    if (code >= 0)
        return code;
    if (first == argc)
        return cli_complain(CLI_USAGE, "want list, check or fetch; try --help");
    if (!read_output())
        return CLI_USAGE;
    args.operand = argv + first + 1;
    args.noperands = (size_t)(argc - first - 1);
    return run(argv[first]);
}
