/* Where a rank is, and what it may use there: told once, at its start, so that a job that
 * was set up badly is noticed before it works.
 */
#ifndef SWEEP_PLACE_H
#define SWEEP_PLACE_H

#include "lib/base/status.h"

enum { SWEEP_PLACE_TEXT = 512 };

/* What is not known is NaN, 0 or "". */
typedef struct sweep_place {
    char host[64], kernels[16];
    long pid;
    uint32_t cores;     /* that this process may use */
    uint32_t allotted;  /* cores of CPU time that its control group has, rounded up; 0: no
                           limit */
    double memory;      /* bytes that are available now, or are left in its control group,
                           whichever is less */
    double disk;        /* free bytes where results go */
    double clock;       /* seconds since 1970 */
} sweep_place;

/* Cores that this process may use; 0: not known. */
uint32_t sweep_place_cores(void);

/* path: a file or folder on the disk in question; kernels: name of the kernel set. */
void sweep_place_here(sweep_place *p, const char *path, const char *kernels);

/* "host=n1 pid=7 cores=4 ..." as in journals; what is not known is left out. */
void sweep_place_text(char text[SWEEP_PLACE_TEXT], const sweep_place *p);

/* The inverse; unknown names are ignored, missing ones are not known. */
void sweep_place_parse(sweep_place *p, const char *text);

/* What is wrong with a rank of so many trials at a time with so many threads each:
 * sentences joined by "; ", or "".  memory: bytes that a trial may take; 0: not known. */
void sweep_place_judge(char text[SWEEP_PLACE_TEXT], const sweep_place *p, uint32_t slots,
                       uint32_t threads, double memory);

#endif
