/* What lutexport prints when it is done: text, JSON, or the key alone. */
#include "analysis/emit.h"
#include "drivers/lutexport.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void print_check(const export_check *c)
{
    static const char *const word[] = { [EXPORT_EQUAL] = "equal",
                                        [EXPORT_DIFFERENT] = "DIFFERENT",
                                        [EXPORT_SKIPPED] = "skipped" };
    char how[64] = "", took[32] = "";

    if (c->verdict != EXPORT_SKIPPED && c->proof)
        snprintf(how, sizeof how, "proved for all inputs");
    else if (c->verdict != EXPORT_SKIPPED)
        snprintf(how, sizeof how, "%.0f samples", c->cases);
    if (c->seconds > 0)
        snprintf(took, sizeof took, ", %.1f s", c->seconds);
    printf("%-9s %s: %s%s%s%s%s%s%s%s%s\n", word[c->verdict], c->format, c->what,
           how[0] ? ", " : "", how, c->tool[0] ? " (" : "", c->tool, took,
           c->tool[0] ? ")" : "", c->note[0] ? ": " : "", c->note);
}

static double share(uint32_t part, uint32_t all)
{
    return 100.0 * part / all;
}

static void print_layers(const export_job *j)
{
    printf("%-6s %8s %9s %6s %9s %6s %6s %6s\n", "layer", "LUTs", "constant", "wire",
           "inverter", "same", "dead", "left");
    for (uint32_t l = 0; l < j->design.circuit->nlayers; l++) {
        const lut_layer_look *k = &j->layer[l];

        printf("%-6u %8u %8.1f%% %5.1f%% %8.1f%% %5.1f%% %5.1f%% %6u\n", (unsigned)l,
               (unsigned)k->luts, share(k->constant, k->luts), share(k->wire, k->luts),
               share(k->inverter, k->luts), share(k->same, k->luts),
               share(k->dead, k->luts), (unsigned)k->left);
    }
}

/* "3524", or "?" for what is not known. */
static const char *number(char text[32], double v)
{
    snprintf(text, 32, isnan(v) ? "?" : "%.0f", v);
    return text;
}

static void print_cost(const export_job *j)
{
    const export_cost *c = &j->estimated;
    char a[32], b[32], d[32], e[32], f[32], g[32], h[32];

    printf(
        "estimated: %s LUTs: encoder %s, layers %s, votes %s, class %s; %s flip-flops, "
        "%s cycles, 0 BRAM, 0 DSP\n",
        number(a, c->total), number(b, c->encoder), number(d, c->layers),
        number(e, c->popcount), number(f, c->argmax), number(g, c->flip_flops),
        number(h, c->latency));
}

static void print_care(const export_job *j)
{
    const export_care *care = &j->care;
    const lut_care_facts *f = &care->facts;
    char was[32], is[32];

    if (care->rule == EXPORT_CARE_ALL)
        return;
    printf("don't-cares, %s: %llu of %llu entries free, %llu changed in %u tables, %u "
           "inputs gone, %u LUTs merged; LUTs of layers %s before, %s now\n",
           export_care_name(care), (unsigned long long)f->free,
           (unsigned long long)f->entries, (unsigned long long)f->changed,
           (unsigned)f->luts, (unsigned)f->dropped, (unsigned)f->merged,
           number(was, care->was.layers), number(is, j->estimated.layers));
    if (!j->has_data)
        return;
    printf(
        "don't-cares, votes: other ones for %zu of %zu training rows; accuracy before "
        "and now: training %.4f %.4f, validation %.4f %.4f, test %.4f %.4f\n",
        care->differ, care->samples, care->before.train, care->after.train,
        care->before.valid, care->after.valid, care->before.test, care->after.test);
}

static void print_text(const export_job *j, const char *folder, const char *formats)
{
    printf("wrote %s: %zu files of %s, network %s\n", folder, j->folder.nfiles, j->name,
           j->digest);
    print_layers(j);
    print_cost(j);
    print_care(j);
    for (size_t i = 0; i < j->checks.n; i++)
        print_check(&j->checks.check[i]);
    if (j->verify)
        printf("next: see %s/%s.json\n", folder, j->name);
    else
        printf("next: lutexport %s %.8s --format %s -o %s.verified --verify\n", j->path,
               j->net.result.row.key, formats, folder);
}

static bool differs(const export_job *j)
{
    for (size_t i = 0; i < j->checks.n; i++)
        if (j->checks.check[i].verdict == EXPORT_DIFFERENT)
            return true;
    return false;
}

int export_say(const export_job *j, const char *folder, const char *formats)
{
    if (j->output == EXPORT_TEXT)
        print_text(j, folder, formats);
    else if (j->output == EXPORT_JSON)
        export_describe_to(stdout, j);
    else
        printf("%s\n", j->net.result.row.key);
    return differs(j) ? CLI_FAILED : CLI_OK;
}

int export_say_failure(const export_job *j, const lut_err *err)
{
    emit_json json = { .out = stdout };

    if (j->output == EXPORT_JSON) {
        emit_open(&json, NULL, '{');
        emit_text(&json, "format", "lutexport");
        emit_number(&json, "format_version", EXPORT_VERSION);
        emit_text(&json, "error", err->text);
        emit_number(&json, "exit_code", cli_exit_code(err->code));
        emit_close(&json, '}');
    }
    return cli_fail(err);
}
