/* The transport of many processes: the only user of MPI.
 *
 * Two communicators, so that a message of rank 0 to itself is never taken for one of the
 * other direction.  Sends are nonblocking from slots of their own: a blocking send to a
 * peer that sleeps between polls would stall the coordinator.  Receives are nonblocking, since
 * a peer that is dead or stopped would stall it for ever.  Collectives are nonblocking too and
 * waited for asleep, because MPI itself waits at full speed.
 */
#include "sweep/transport.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 16, TAG = 1 };

typedef struct slot {
    MPI_Request request; /* MPI_REQUEST_NULL: free */
    unsigned char bytes[SWEEP_MESSAGE];
} slot;

/* On its way in; bytes that are not sent are zero. */
typedef struct letter {
    struct letter *next;
    MPI_Request request;
    int from;
    unsigned char bytes[SWEEP_MESSAGE];
} letter;

typedef struct mpi {
    sweep_transport base;
    MPI_Comm comm[2]; /* [up] */
    slot **slot;      /* [nslots] */
    size_t nslots;
    letter *coming[2]; /* [up] in the order of their announcements */
} mpi;

static lut_status failed(int code, const char *what, lut_err *err)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length;

    MPI_Error_string(code, text, &length);
    return lut_fail(err, LUT_EIO, "%s: %s", what, text);
}

static void sleep_milliseconds(long ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000L }, NULL);
}

/* until: on the clock of sweep_transport_now; 0: for ever.  LUT_ESTOP: it came first. */
static lut_status wait_until(double until, MPI_Request *r, const char *what,
                             lut_err *err)
{
    int done = 0, code;

    for (;;) {
        code = MPI_Test(r, &done, MPI_STATUS_IGNORE);
        if (code != MPI_SUCCESS)
            return failed(code, what, err);
        if (done)
            return LUT_OK;
        if (until > 0 && sweep_transport_now(NULL) > until)
            return lut_fail(err, LUT_ESTOP, "%s: a rank does not come", what);
        sleep_milliseconds(2);
    }
}

static lut_status wait_asleep(MPI_Request *r, const char *what, lut_err *err)
{
    return wait_until(0, r, what, err);
}

static lut_status add_slots(mpi *m, lut_err *err)
{
    slot **more = realloc(m->slot, (m->nslots + SLOTS) * sizeof *more);

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for messages");
    m->slot = more;
    for (int i = 0; i < SLOTS; i++) {
        slot *s = malloc(sizeof *s);

        if (!s)
            return lut_fail(err, LUT_ENOMEM, "no memory for messages");
        s->request = MPI_REQUEST_NULL;
        m->slot[m->nslots++] = s;
    }
    return LUT_OK;
}

static lut_status free_slot(mpi *m, slot **out, lut_err *err)
{
    for (size_t i = 0; i < m->nslots; i++) {
        int done = 1;

        if (m->slot[i]->request != MPI_REQUEST_NULL)
            MPI_Test(&m->slot[i]->request, &done, MPI_STATUS_IGNORE);
        if (done) {
            *out = m->slot[i];
            return LUT_OK;
        }
    }
    LUT_TRY(add_slots(m, err));
    *out = m->slot[m->nslots - 1];
    return LUT_OK;
}

/* Without the zeros at the end: what is short goes out at once, what is long waits for the
 * receiver. */
static int used(const unsigned char *bytes)
{
    int n = SWEEP_MESSAGE;

    while (n > 1 && !bytes[n - 1])
        n--;
    return n;
}

static lut_status mpi_send(sweep_transport *t, int to, bool up, const void *bytes,
                           lut_err *err)
{
    mpi *m = t->state;
    slot *s;
    int code;

    LUT_TRY(free_slot(m, &s, err));
    memcpy(s->bytes, bytes, sizeof s->bytes);
    code = MPI_Isend(s->bytes, used(s->bytes), MPI_BYTE, to, TAG, m->comm[up],
                     &s->request);
    return code == MPI_SUCCESS ? LUT_OK : failed(code, "MPI_Isend", err);
}

/* Begin to receive what is announced.  Never MPI_Recv: of a long message a rank may have sent
 * the announcement alone and then died, and nobody would be told. */
static lut_status open_letter(mpi *m, bool up, lut_err *err)
{
    letter **last = &m->coming[up], *l;
    MPI_Message message;
    MPI_Status status;
    int there = 0, code;

    code = MPI_Improbe(MPI_ANY_SOURCE, TAG, m->comm[up], &there, &message, &status);
    if (code != MPI_SUCCESS)
        return failed(code, "MPI_Improbe", err);
    if (!there)
        return LUT_OK;
    l = calloc(1, sizeof *l);
    if (!l)
        return lut_fail(err, LUT_ENOMEM, "no memory for messages");
    l->from = status.MPI_SOURCE;
    while (*last)
        last = &(*last)->next;
    *last = l;
    code = MPI_Imrecv(l->bytes, SWEEP_MESSAGE, MPI_BYTE, &message, &l->request);
    return code == MPI_SUCCESS ? LUT_OK : failed(code, "MPI_Imrecv", err);
}

/* One rank's messages are read in their order. */
static bool is_first(const letter *list, const letter *l)
{
    while (list != l && list->from != l->from)
        list = list->next;
    return list == l;
}

static lut_status mpi_poll(sweep_transport *t, bool up, int *from, void *bytes,
                           lut_err *err)
{
    mpi *m = t->state;

    *from = -1;
    LUT_TRY(open_letter(m, up, err));
    for (letter **p = &m->coming[up]; *p; p = &(*p)->next) {
        letter *l = *p;
        int done = 0, code = MPI_SUCCESS;

        if (is_first(m->coming[up], l))
            code = MPI_Test(&l->request, &done, MPI_STATUS_IGNORE);
        if (code != MPI_SUCCESS)
            return failed(code, "MPI_Test", err);
        if (!done)
            continue;
        *from = l->from;
        memcpy(bytes, l->bytes, SWEEP_MESSAGE);
        *p = l->next;
        free(l);
        return LUT_OK;
    }
    return LUT_OK;
}

static lut_status broadcast(mpi *m, void *bytes, int n, lut_err *err)
{
    MPI_Request r;
    int code = MPI_Ibcast(bytes, n, MPI_BYTE, 0, m->comm[0], &r);

    if (code != MPI_SUCCESS)
        return failed(code, "MPI_Ibcast", err);
    return wait_asleep(&r, "MPI_Ibcast", err);
}

static lut_status mpi_share(sweep_transport *t, char **text, lut_err *err)
{
    int n = t->rank == 0 ? (int)strlen(*text) + 1 : 0;

    LUT_TRY(broadcast(t->state, &n, (int)sizeof n, err));
    if (t->rank != 0) {
        *text = calloc(1, (size_t)n);
        if (!*text)
            return lut_fail(err, LUT_ENOMEM, "no memory for %d bytes of settings", n);
    }
    return broadcast(t->state, *text, n, err);
}

/* What was sent has arrived, and everybody is here. */
static lut_status meet(mpi *m)
{
    const double patience = m->base.patience,
                 until = patience > 0 ? sweep_transport_now(NULL) + patience : 0;
    MPI_Request r;

    for (size_t i = 0; i < m->nslots; i++)
        if (m->slot[i]->request != MPI_REQUEST_NULL)
            LUT_TRY(wait_until(until, &m->slot[i]->request, "MPI_Isend", NULL));
    if (MPI_Ibarrier(m->comm[0], &r) != MPI_SUCCESS)
        return LUT_EIO;
    return wait_until(until, &r, "MPI_Ibarrier", NULL);
}

static void drop_letters(letter *l)
{
    while (l) {
        letter *next = l->next;

        free(l);
        l = next;
    }
}

static void mpi_close(sweep_transport *t)
{
    mpi *m = t->state;

    /* MPI's own end waits for those that died, too. */
    if (meet(m) != LUT_OK && t->patience > 0) {
        fflush(NULL);
        _exit(t->code);
    }
    MPI_Comm_free(&m->comm[0]);
    MPI_Comm_free(&m->comm[1]);
    MPI_Finalize();
    for (size_t i = 0; i < m->nslots; i++)
        free(m->slot[i]);
    free(m->slot);
    drop_letters(m->coming[0]);
    drop_letters(m->coming[1]);
    free(m);
}

lut_status sweep_transport_mpi(sweep_transport **t, int *argc, char ***argv,
                               lut_err *err)
{
    mpi *m = calloc(1, sizeof *m);
    int provided;

    if (!m)
        return lut_fail(err, LUT_ENOMEM, "no memory for a transport");
    m->base = (sweep_transport){ .state = m,
                                 .send = mpi_send,
                                 .poll = mpi_poll,
                                 .share = mpi_share,
                                 .now = sweep_transport_now,
                                 .close = mpi_close };
    if (MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS ||
        MPI_Comm_dup(MPI_COMM_WORLD, &m->comm[0]) != MPI_SUCCESS ||
        MPI_Comm_dup(MPI_COMM_WORLD, &m->comm[1]) != MPI_SUCCESS) {
        free(m);
        return lut_fail(err, LUT_EIO, "MPI did not start");
    }
    for (int up = 0; up < 2; up++)
        MPI_Comm_set_errhandler(m->comm[up], MPI_ERRORS_RETURN);
    MPI_Comm_rank(m->comm[0], &m->base.rank);
    MPI_Comm_size(m->comm[0], &m->base.size);
    *t = &m->base;
    return LUT_OK;
}
