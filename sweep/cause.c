#include "sweep/cause.h"

#include <string.h>

static const char *const cause_name[SWEEP_CAUSES] = {
    [SWEEP_FINE] = "ok",
    [SWEEP_CRASHED] = "crashed",
    [SWEEP_TIMEOUT] = "timeout",
    [SWEEP_OUT_OF_MEMORY] = "out_of_memory",
    [SWEEP_LOST] = "lost",
    [SWEEP_ERROR] = "error",
    [SWEEP_CANCELLED] = "cancelled",
    [SWEEP_CONFLICT] = "conflict",
};

const char *sweep_cause_name(sweep_cause cause)
{
    return (size_t)cause < SWEEP_CAUSES ? cause_name[cause] : "unknown";
}

static sweep_cause find(const char *name, size_t length)
{
    for (unsigned c = 0; c < SWEEP_CAUSES; c++)
        if (strlen(cause_name[c]) == length && !memcmp(cause_name[c], name, length))
            return (sweep_cause)c;
    return SWEEP_CAUSES;
}

sweep_cause sweep_cause_find(const char *name)
{
    return find(name, strlen(name));
}

const char *sweep_cause_status(sweep_cause cause)
{
    return sweep_cause_name(cause == SWEEP_ERROR ? SWEEP_CRASHED : cause);
}

/* Bits of one word of a list; 0: unknown. */
static unsigned bits_of(const char *word, size_t length)
{
    const unsigned all = (1u << SWEEP_CANCELLED) - 2;

    if (length == 3 && !memcmp(word, "all", length))
        return all;
    if (length == 6 && !memcmp(word, "pruned", length))
        return SWEEP_RETRY_PRUNED;
    return 1u << find(word, length) & all;
}

bool sweep_cause_set(unsigned *set, const char *list)
{
    *set = 0;
    if (!strcmp(list, "none"))
        return true;
    for (;;) {
        size_t length = strcspn(list, ",");
        unsigned bits = bits_of(list, length);

        if (!bits)
            return false;
        *set |= bits;
        if (!list[length])
            return true;
        list += length + 1;
    }
}
