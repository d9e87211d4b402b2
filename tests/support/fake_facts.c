#include "tests/support/fake_facts.h"

#include "sweep/options.h"
#include "sweep/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lut_status fake_facts_ask(void *arg, sweep_data_facts *out, const char *dataset,
                          const char *options, lut_err *err)
{
    fake_facts *f = arg;
    char both[2048], samples[LUT_FIELD_TEXT];

    if (f)
        f->asked++;
    if (strcmp(dataset, "mnist") == 0)
        return lut_fail(err, LUT_ENOENT, "train-images is not in any folder");
    *out = (sweep_data_facts){ .classes = 10, .samples = 1000, .features = 64 };
    if (sweep_options_get(samples, options, "synth.samples"))
        out->samples = (size_t)atoi(samples);
    snprintf(both, sizeof both, "%s %s", dataset, options);
    snprintf(out->digest, sizeof out->digest, "%016llx",
             (unsigned long long)sweep_text_hash(both));
    return LUT_OK;
}

void fake_lines_add(void *arg, const char *line)
{
    fake_lines *l = arg;
    size_t used = strlen(l->text);

    snprintf(l->text + used, sizeof l->text - used, "%s\n", line);
    l->n++;
}

/* libconfig 1.5 leaks the text at hand when it meets a syntax error: not our memory. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig\n";
}
