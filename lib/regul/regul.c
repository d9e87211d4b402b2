#include "lib/regul/regul.h"

#include <string.h>

size_t lut_regul_find(const char *name)
{
    for (size_t i = 0; lut_regul_table_scalar[i]; i++)
        if (strcmp(lut_regul_table_scalar[i]->name, name) == 0)
            return i;
    return SIZE_MAX;
}
