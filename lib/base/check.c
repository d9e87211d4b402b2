#include "lib/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void lut_check_failed(const char *expression, const char *file, int line)
{
    char text[512];
    int used;

    used = snprintf(text, sizeof text, "%s:%d: check failed: %s\n", file, line,
                    expression);
    if (used > 0 && write(STDERR_FILENO, text, strlen(text)) < 0)
        abort();
    abort();
}
