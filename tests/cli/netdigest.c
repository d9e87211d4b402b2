/* Digests of the networks in results files, a line each: what lutbench calls "digest". */
#include "drivers/lutbench.h"
#include "sweep/store.h"

#include <stdlib.h>

static int print_digests(const char *path)
{
    sweep_store *s;
    sweep_result r;
    lut_err err;
    char text[17];

    if (sweep_store_open(&s, path, &err) != LUT_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; i < sweep_store_rows(s); i++) {
        if (sweep_store_get(s, i, &r, &err) != LUT_OK || !r.has_network) {
            fprintf(stderr, "%s: row %zu has no network\n", path, i);
            return 1;
        }
        bench_digest(text, &r.circuit);
        puts(text);
        sweep_result_fini(&r);
    }
    sweep_store_close(s);
    return 0;
}

int main(int argc, char **argv)
{
    int code = argc < 2;

    for (int i = 1; i < argc; i++)
        code |= print_digests(argv[i]);
    return code;
}
