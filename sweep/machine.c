#include "sweep/machine.h"

#include <gnu/libc-version.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Text behind NAME and a separator, without quotes and blanks around it; "" where the file
 * has no such line. */
static void read_line(char *out, size_t size, const char *path, const char *name,
                      char separator)
{
    FILE *f = fopen(path, "r");
    char line[512];

    out[0] = 0;
    while (f && !out[0] && fgets(line, sizeof line, f)) {
        const char *at = strchr(line, separator);

        if (!at || strncmp(line, name, strlen(name)) != 0)
            continue;
        at += 1 + strspn(at + 1, " \t\"");
        snprintf(out, size, "%.*s", (int)strcspn(at, "\"\n"), at);
    }
    if (f)
        fclose(f);
}

/* Tables hold printable ASCII. */
static void clean(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

void sweep_machine_read(sweep_machine *m)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    char distribution[64], memory[64];
    struct utsname u = { .release = "" };

    uname(&u);
    read_line(m->cpu, sizeof m->cpu, "/proc/cpuinfo", "model name", ':');
    read_line(distribution, sizeof distribution, "/etc/os-release", "PRETTY_NAME", '=');
    read_line(memory, sizeof memory, "/proc/meminfo", "MemTotal", ':');
    snprintf(m->system, sizeof m->system, "%s, %.10s %.30s, glibc %.10s",
             distribution[0] ? distribution : "unknown distribution", u.sysname,
             u.release, gnu_get_libc_version());
    m->cores = cores > 0 ? (uint32_t)cores : 0;
    m->memory = memory[0] ? 1024 * strtod(memory, NULL) : (double)NAN;
    clean(m->cpu);
    clean(m->system);
}
