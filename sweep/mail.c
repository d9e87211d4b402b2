#include "sweep/mail.h"

#include <stdlib.h>
#include <string.h>

lut_status sweep_mail_keep(sweep_mail *box, const sweep_message *m, lut_err *err)
{
    if (box->n == box->room) {
        const size_t room = box->room ? 2 * box->room : 8;
        sweep_message *more = realloc(box->m, room * sizeof *more);

        if (!more)
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu messages", room);
        box->m = more;
        box->room = room;
    }
    box->m[box->n++] = *m;
    return LUT_OK;
}

void sweep_mail_drop(sweep_mail *box, size_t i)
{
    memmove(&box->m[i], &box->m[i + 1], (box->n - i - 1) * sizeof *box->m);
    box->n--;
}

size_t sweep_mail_find(const sweep_mail *box, const sweep_message *m)
{
    size_t i = 0;

    while (i < box->n &&
           (box->m[i].number != m->number || box->m[i].attempt != m->attempt))
        i++;
    return i;
}
