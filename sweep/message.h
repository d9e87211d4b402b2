/* Messages of a sweep: SWEEP_MESSAGE bytes with magic, version, length and crc32.
 *
 * The bytes are those of the struct: all ranks run one build, which HELLO proves.
 */
#ifndef SWEEP_MESSAGE_H
#define SWEEP_MESSAGE_H

#include "sweep/transport.h"
#include "sweep/trial.h"

typedef enum sweep_message_type {
    /* worker to coordinator */
    SWEEP_MSG_HELLO = 1, /* slots; text: build */
    SWEEP_MSG_STARTED,   /* number, attempt */
    SWEEP_MSG_BEAT,      /* number, attempt, epoch, valid */
    SWEEP_MSG_DONE,      /* number, attempt, status, valid, seconds, hash */
    SWEEP_MSG_FAIL,      /* number, attempt, cause; text: log */
    SWEEP_MSG_SIGNAL,    /* level: this rank was told to stop */
    SWEEP_MSG_FATAL,     /* code; text: what this rank cannot go on without */
    SWEEP_MSG_BYE,       /* nothing runs here, nothing more will be sent */
    /* coordinator to worker */
    SWEEP_MSG_ASSIGN,    /* number, attempt, key, digest; text: canonical trial */
    SWEEP_MSG_ACK,       /* a DONE or FAIL is known */
    SWEEP_MSG_STOP,      /* level 0 and 1: no more work, finish what runs; 2: kill it */
    SWEEP_MSG_RELEASE    /* answers BYE; the last message */
} sweep_message_type;

typedef struct sweep_message {
    uint32_t magic, version, length, crc; /* set by sweep_message_pack */
    uint32_t type, number, attempt, slots;
    uint32_t epoch;
    int32_t level, cause, code;
    uint64_t hash;
    double valid_accuracy, seconds;
    char key[24], status[24], digest[24]; /* of the trial; of its data */
    char text[SWEEP_MESSAGE - 16 - 32 - 24 - 72];
} sweep_message;

_Static_assert(sizeof(sweep_message) == SWEEP_MESSAGE, "a message fills its bytes");

/* Sets the header; text must end within its array. */
void sweep_message_pack(sweep_message *m);

/* Checks the header: LUT_EFORMAT when these bytes are no whole message of ours. */
lut_status sweep_message_check(const sweep_message *m, lut_err *err);

/* pack and send. */
lut_status sweep_message_send(sweep_transport *t, int to, bool up, sweep_message *m,
                              lut_err *err);

#endif
