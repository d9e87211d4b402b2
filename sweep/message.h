/* Messages of a sweep: SWEEP_MESSAGE bytes with magic, version, length and crc32.
 *
 * The bytes are those of the struct: all ranks run one build, which HELLO proves.  Any
 * message may be late, doubled or lost with its sender: what must be known is said again
 * with every BEAT until it is answered.
 */
#ifndef SWEEP_MESSAGE_H
#define SWEEP_MESSAGE_H

#include "sweep/transport.h"
#include "sweep/trial.h"

typedef enum sweep_message_type {
    /* worker to coordinator */
    SWEEP_MSG_HELLO = 1, /* slots; text: build, a newline, place; again until it is heard */
    SWEEP_MSG_BEAT,      /* held; text: their (number, attempt) as pairs of 32 bits */
    SWEEP_MSG_DONE,      /* number, attempt, rung, until, key, valid, seconds, hash, code */
    SWEEP_MSG_FAIL,      /* number, attempt, key, cause, code, seconds; text: log */
    SWEEP_MSG_SIGNAL,    /* level: this rank was told to stop */
    SWEEP_MSG_FATAL,     /* code; text: what this rank cannot go on without */
    SWEEP_MSG_BYE,       /* nothing runs here, nothing more will be sent */
    /* coordinator to worker */
    SWEEP_MSG_HEARD,     /* answers HELLO and BEAT; level of the last STOP, -1: none */
    SWEEP_MSG_ASSIGN,    /* number, attempt, rung, until, key, digest, base; text: trial */
    SWEEP_MSG_ACK,       /* number, attempt: a DONE or FAIL is known */
    SWEEP_MSG_STOP,      /* level: see sweep_stop */
    SWEEP_MSG_RELEASE,   /* answers BYE; the last message of the farm */
    SWEEP_MSG_CODE       /* code: exit code of the run; level: whether all ranks are here */
} sweep_message_type;

typedef struct sweep_message {
    uint32_t magic, version, length, crc; /* set by sweep_message_pack */
    uint32_t type, number, attempt, slots;
    uint32_t rung, until, held, bytes;    /* bytes of text, where it is no string; else 0 */
    int32_t level, cause, code;
    int32_t needs_base; /* of ASSIGN: as in sweep_attempt */
    char key[24]; /* of the trial */
    uint64_t hash;
    double valid_accuracy, seconds;
    char digest[24]; /* of its data */
    char base[24];   /* of ASSIGN: as in sweep_plan; "": none */
    char text[SWEEP_MESSAGE - 160];
} sweep_message;

_Static_assert(sizeof(sweep_message) == SWEEP_MESSAGE, "a message fills its bytes");

/* Of a BEAT: what fits; a rank that holds more says so in `held`. */
typedef struct sweep_holding {
    uint32_t number, attempt;
} sweep_holding;
enum { SWEEP_HOLDINGS = (SWEEP_MESSAGE - 168) / sizeof(sweep_holding) };

/* Sets the header; text must end within its array. */
void sweep_message_pack(sweep_message *m);

/* Checks the header: LUT_EFORMAT when these bytes are no whole message of ours. */
lut_status sweep_message_check(const sweep_message *m, lut_err *err);

/* pack and send. */
lut_status sweep_message_send(sweep_transport *t, int to, bool up, sweep_message *m,
                              lut_err *err);

#endif
