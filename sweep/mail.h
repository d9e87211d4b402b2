/* Messages that are kept: a list that grows.  Starts zeroed; free(m) ends it. */
#ifndef SWEEP_MAIL_H
#define SWEEP_MAIL_H

#include "sweep/message.h"

/* In the order in which they came. */
typedef struct sweep_mail {
    sweep_message *m; /* [n] of room; owned */
    size_t n, room;
} sweep_mail;

/* A copy at the end. */
lut_status sweep_mail_keep(sweep_mail *box, const sweep_message *m, lut_err *err);

/* Removes number i; i < n. */
void sweep_mail_drop(sweep_mail *box, size_t i);

/* The place of what is of m's trial and attempt; n: it is not there. */
size_t sweep_mail_find(const sweep_mail *box, const sweep_message *m);

#endif
