/* Errors: the world failed (no file, bad configuration, full disk, out of memory).
 *
 * A message is made once, where the cause is known, and carries the offending value and
 * what was expected; callers only put context in front of it.  A result is not an error:
 * divergence or a reached time limit are values in a row.  Thread-safe: no state.
 */
#ifndef LUT_BASE_STATUS_H
#define LUT_BASE_STATUS_H

#include "lib/base/base.h"

typedef enum lut_status {
    LUT_OK = 0,
    LUT_EINVAL,  /* a value is outside its documented range */
    LUT_ENOMEM,
    LUT_EIO,     /* the system refused; text holds strerror */
    LUT_EFORMAT, /* bytes are not what their format says */
    LUT_ENOENT,  /* no plug-in, key, run or column of that name */
    LUT_EBUSY,   /* somebody else holds it */
    LUT_ESTOP    /* a callback asked to stop */
} lut_status;

enum { LUT_ERR_TEXT = 1000 };

/* Caller-owned, on the stack; never allocated, so it can report LUT_ENOMEM. */
typedef struct lut_err {
    lut_status code;
    char text[LUT_ERR_TEXT]; /* one line, no newline, starts lower case */
} lut_err;

/* Set *err and give its code back, so that a failure is one statement: return lut_fail(...). */
lut_status               /* code */
lut_fail(
    lut_err *err,        /* may be NULL: the caller wants only the code */
    lut_status code,     /* not LUT_OK */
    const char *fmt, ... /* what was wrong, with the value and what was expected */
) __attribute__((format(printf, 3, 4)));

/* Put context in front of a message: "optdigits.tra.gz: ..." */
lut_status               /* err->code; LUT_EINVAL when err is NULL */
lut_err_wrap(
    lut_err *err,        /* holds a message, or NULL */
    const char *fmt, ...
) __attribute__((format(printf, 2, 3)));

const char *             /* "invalid value", static storage */
lut_status_name(
    lut_status code
);

/* Return on error.  Only where nothing is owned. */
#define LUT_TRY(call)                                                                    \
    do {                                                                                 \
        lut_status try_status_ = (call);                                                 \
        if (try_status_ != LUT_OK)                                                       \
            return try_status_;                                                          \
    } while (0)

#endif
