/* Families of plug-ins as one list: names, one line of help, options.  The only place in
 * sweep that knows which families there are.  Pure; tables are static const. */
#ifndef SWEEP_FAMILY_H
#define SWEEP_FAMILY_H

#include "lib/base/field.h"

/* What every plug-in of every family has.  Everything borrowed from its table. */
typedef struct sweep_plugin {
    const char *name, *doc;
    const lut_field *field; /* options */
    size_t nfields, cfg_size;
    const void *ops; /* the family's own table entry; lut_known for a known data set */
} sweep_plugin;

typedef struct sweep_family {
    const char *name; /* as in fields.def behind '@': "param" */
    const char *what; /* as in messages: "parametrization" */
    bool (*entry)(sweep_plugin *out, size_t i); /* false behind the last one */
} sweep_family;

/* All families; *n is their number. */
const sweep_family *sweep_families(size_t *n);

/* Family behind the choices of a field ("@param", "@regul+"), or NULL.  No family's name is
 * the start of another's. */
const sweep_family *sweep_family_of(const lut_field *f);

/* Whether the field takes several names, joined by "+", or "none" ("@regul+"). */
bool sweep_family_lists(const lut_field *f);

/* Plug-in of that name; false when there is none. */
bool sweep_family_find(const sweep_family *family, sweep_plugin *out, const char *name);

/* The same over all families: plug-in names are unique. */
bool sweep_plugin_find(sweep_plugin *out, const char *name);

#endif
