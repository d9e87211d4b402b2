/* The transport of one process: two queues. */
#include "sweep/transport.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct letter {
    struct letter *next;
    unsigned char bytes[SWEEP_MESSAGE];
} letter;

typedef struct queue {
    letter *first, **last;
} queue;

typedef struct local {
    sweep_transport base;
    queue to[2]; /* [up] */
} local;

static lut_status local_send(sweep_transport *t, int to, bool up, const void *bytes,
                             lut_err *err)
{
    queue *q = &((local *)t->state)->to[up];
    letter *l = malloc(sizeof *l);

    if (to != 0 || !l) {
        free(l);
        return lut_fail(err, to ? LUT_EINVAL : LUT_ENOMEM, "message to rank %d", to);
    }
    memcpy(l->bytes, bytes, sizeof l->bytes);
    l->next = NULL;
    *q->last = l;
    q->last = &l->next;
    return LUT_OK;
}

static lut_status local_poll(sweep_transport *t, bool up, int *from, void *bytes,
                             lut_err *err)
{
    queue *q = &((local *)t->state)->to[up];
    letter *l = q->first;

    (void)err;
    *from = -1;
    if (!l)
        return LUT_OK;
    *from = 0;
    memcpy(bytes, l->bytes, sizeof l->bytes);
    q->first = l->next;
    if (!q->first)
        q->last = &q->first;
    free(l);
    return LUT_OK;
}

static lut_status local_share(sweep_transport *t, char **text, lut_err *err)
{
    (void)t;
    (void)text;
    (void)err;
    return LUT_OK;
}

double sweep_transport_now(sweep_transport *t)
{
    struct timespec s;

    (void)t;
    clock_gettime(CLOCK_MONOTONIC, &s);
    return (double)s.tv_sec + 1e-9 * (double)s.tv_nsec;
}

static void local_close(sweep_transport *t)
{
    unsigned char bytes[SWEEP_MESSAGE];
    int from = 0;

    for (int up = 0; up < 2; up++)
        do
            local_poll(t, up, &from, bytes, NULL);
        while (from >= 0);
    free(t->state);
}

lut_status sweep_transport_local(sweep_transport **t, lut_err *err)
{
    local *l = calloc(1, sizeof *l);

    if (!l)
        return lut_fail(err, LUT_ENOMEM, "no memory for a transport");
    for (int up = 0; up < 2; up++)
        l->to[up].last = &l->to[up].first;
    l->base = (sweep_transport){ .rank = 0,
                                 .size = 1,
                                 .state = l,
                                 .send = local_send,
                                 .poll = local_poll,
                                 .share = local_share,
                                 .now = sweep_transport_now,
                                 .close = local_close };
    *t = &l->base;
    return LUT_OK;
}
