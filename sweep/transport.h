/* Messages between ranks behind six functions, so that the same farm runs under MPI
 * (mpi.c), alone (local.c) and in tests.  Fixed-size messages; a send never blocks. */
#ifndef SWEEP_TRANSPORT_H
#define SWEEP_TRANSPORT_H

#include "lib/base/status.h"

enum { SWEEP_MESSAGE = 4096 };

typedef struct sweep_transport sweep_transport;

struct sweep_transport {
    int rank, size;
    void *state;
    /* Copies bytes[SWEEP_MESSAGE]; up: to the coordinator's side of `to` (rank 0), else to
     * its worker side, so that a rank can talk to itself. */
    lut_status (*send)(sweep_transport *t, int to, bool up, const void *bytes, lut_err *err);
    /* One waiting message for this rank's coordinator (up) or worker side; *from = -1 when
     * there is none. */
    lut_status (*poll)(sweep_transport *t, bool up, int *from, void *bytes, lut_err *err);
    /* Text from rank 0 to all, collective, before or after the farm; *text is owned by the
     * other ranks (free). */
    lut_status (*share)(sweep_transport *t, char **text, lut_err *err);
    double (*now)(sweep_transport *t); /* monotonic seconds */
    /* Collective; frees t.  Where patience is set (seconds; 0: none) and not all ranks come
     * in time, one of them is gone: the process leaves with `code` at once. */
    void (*close)(sweep_transport *t);
    double patience;
    int code;
};

/* One process, rank 0 of 1. */
lut_status sweep_transport_local(sweep_transport **t, lut_err *err);

/* MPI_Init and the world.  Only called where a launcher started us. */
lut_status sweep_transport_mpi(sweep_transport **t, int *argc, char ***argv, lut_err *err);

/* now of every transport on a real clock. */
double sweep_transport_now(sweep_transport *t);

#endif
