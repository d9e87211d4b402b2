#include "sweep/family.h"

#include "lib/data/dataset.h"
#include "lib/encode/encode.h"
#include "lib/map/map.h"
#include "lib/optim/optim.h"
#include "lib/param/param.h"
#include "lib/regul/regul.h"

#include <string.h>

/* entry() of a family whose table is an array of pointers ended by NULL. */
#define ENTRY(function, table)                                   \
    static bool function(sweep_plugin *out, size_t i)            \
    {                                                            \
        if (!(table)[i])                                         \
            return false;                                        \
        *out = (sweep_plugin){ .name = (table)[i]->name,         \
                               .doc = (table)[i]->doc,           \
                               .field = (table)[i]->fields,      \
                               .nfields = (table)[i]->nfields,   \
                               .cfg_size = (table)[i]->cfg_size, \
                               .ops = (table)[i] };              \
        return true;                                             \
    }

ENTRY(reader_entry, lut_reader_table)
ENTRY(encode_entry, lut_encode_table)
ENTRY(param_entry, lut_param_table_scalar)
ENTRY(map_entry, lut_map_table)
ENTRY(optim_entry, lut_optim_table_scalar)
ENTRY(schedule_entry, lut_schedule_table)
ENTRY(regul_entry, lut_regul_table_scalar)

/* Sets known by name, which fix most of their reader's options, then the readers. */
static bool dataset_entry(sweep_plugin *out, size_t i)
{
    size_t known = 0;

    while (lut_known_table[known].name && known < i)
        known++;
    if (!lut_known_table[known].name)
        return reader_entry(out, i - known);
    *out = (sweep_plugin){ .name = lut_known_table[i].name,
                           .doc = lut_known_table[i].doc,
                           .field = lut_known_table[i].fields,
                           .nfields = lut_known_table[i].nfields,
                           .cfg_size = lut_known_table[i].cfg_size,
                           .ops = &lut_known_table[i] };
    return true;
}

static const sweep_family families[] = {
    { "dataset", "data set", dataset_entry },
    { "encoder", "encoder", encode_entry },
    { "param", "parametrization", param_entry },
    { "map", "mapping", map_entry },
    { "optim", "optimizer", optim_entry },
    { "schedule", "schedule", schedule_entry },
    { "regul", "regulariser", regul_entry },
};

const sweep_family *sweep_families(size_t *n)
{
    *n = LUT_COUNT(families);
    return families;
}

const sweep_family *sweep_family_of(const lut_field *f)
{
    if (!f->choices || f->choices[0] != '@')
        return NULL;
    for (size_t i = 0; i < LUT_COUNT(families); i++)
        if (strncmp(families[i].name, f->choices + 1, strlen(families[i].name)) == 0)
            return &families[i];
    return NULL;
}

bool sweep_family_lists(const lut_field *f)
{
    size_t n = f->choices ? strlen(f->choices) : 0;

    return n && f->choices[0] == '@' && f->choices[n - 1] == '+';
}

bool sweep_family_find(const sweep_family *family, sweep_plugin *out, const char *name)
{
    for (size_t i = 0; family->entry(out, i); i++)
        if (strcmp(out->name, name) == 0)
            return true;
    return false;
}

bool sweep_plugin_find(sweep_plugin *out, const char *name)
{
    for (size_t f = 0; f < LUT_COUNT(families); f++)
        if (sweep_family_find(&families[f], out, name))
            return true;
    return false;
}
