#include "analysis/identity.h"

#include <string.h>

bool report_next_digest(char digest[SWEEP_DIGEST], const char **at, const char *set)
{
    while (**at) {
        const char *p = *at + strspn(*at, " ");
        const size_t n = strcspn(p, " "), length = strlen(set);

        *at = p + n;
        if (n != length + SWEEP_DIGEST || strncmp(p, set, length) != 0 ||
            p[length] != ':')
            continue;
        memcpy(digest, p + length + 1, SWEEP_DIGEST - 1);
        digest[SWEEP_DIGEST - 1] = 0;
        return true;
    }
    return false;
}

bool report_identity(char digest[SWEEP_DIGEST], char first[SWEEP_KEY],
                     const sweep_result *r, const sweep_store *store)
{
    size_t n;
    const sweep_provenance *run = sweep_store_provenance(store, &n);

    first[0] = 0;
    for (size_t i = 0; i < n; i++) {
        char key[SWEEP_KEY];

        for (const char *at = run[i].digests ? run[i].digests : "";
             report_next_digest(digest, &at, r->row.trial.dataset);) {
            sweep_trial_key(key, &r->row.trial, digest);
            if (!first[0] || !strcmp(key, r->row.key))
                memcpy(first, key, sizeof key);
            if (!strcmp(first, r->row.key))
                return true;
        }
    }
    return false;
}
