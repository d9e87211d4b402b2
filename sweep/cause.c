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

bool sweep_cause_set(unsigned *set, const char *list)
{
    const unsigned all = (1u << SWEEP_CANCELLED) - 2;

    *set = 0;
    if (!strcmp(list, "none"))
        return true;
    if (!strcmp(list, "all")) {
        *set = all;
        return true;
    }
    for (;;) {
        size_t length = strcspn(list, ",");
        unsigned bit = 1u << find(list, length);

        if (!(bit & all))
            return false;
        *set |= bit;
        if (!list[length])
            return true;
        list += length + 1;
    }
}
