/* What the files of the merge share. */
#ifndef SWEEP_MERGE_IMPL_H
#define SWEEP_MERGE_IMPL_H

#include "sweep/emit.h"
#include "sweep/merge.h"
#include "sweep/past.h"
#include "sweep/store.h"

/* Where a row can come from, the best first. */
typedef enum sweep_origin {
    SWEEP_FROM_RECORD,
    SWEEP_FROM_ROW,
    SWEEP_FROM_FAILURE,
    SWEEP_FROM_FAILED_ROW
} sweep_origin;

/* One of the results that there are for a key. */
typedef struct sweep_merge_item {
    char key[SWEEP_KEY];
    sweep_origin from;
    uint32_t source;
    size_t index; /* of the row, or of the failure */
} sweep_merge_item;

typedef struct sweep_merge_place {
    char key[SWEEP_KEY];
    size_t place;
} sweep_merge_place;

/* A key, with all there is for it: the items first .. first + n - 1. */
typedef struct sweep_merge_group {
    size_t first, n;
    size_t place;  /* in the configurations' order; SIZE_MAX: in none */
    size_t chosen; /* the item whose result is the row; SIZE_MAX: not chosen yet */
    unsigned char *bytes; /* [nbytes] the row as a record, until it is asked for again; NULL:
                             it is read again then; owned */
    size_t nbytes;
} sweep_merge_group;

typedef struct sweep_merge_source {
    sweep_state state;
    bool has_state;
    sweep_store *store; /* NULL: no file */
    sweep_past past;
} sweep_merge_source;

typedef struct sweep_merge_job {
    sweep_merge_source *source;
    size_t nsources;
    sweep_merge_item *item; /* by key, the best first */
    size_t n, room;
    sweep_merge_group *group; /* in the order of the rows */
    size_t ngroups;
    sweep_merge_place *place; /* keys of the orders with their places */
    size_t nplaces, place_room;
    sweep_failure *failure;
    size_t nfailures, failure_room;
    sweep_provenance *run; /* texts borrowed from the sources */
    size_t nruns;
    bool remember; /* rows, from one walk to the next: what they are from may vanish */
    sweep_store_input in;
    sweep_emitter emitter;
    sweep_merged *out;
    sweep_merge_with with;
    sweep_baselines baselines; /* of the folders */
} sweep_merge_job;

/* Room for one more element of a list; list: the address of its pointer. */
lut_status sweep_merge_grow(void *list, size_t n, size_t *room, size_t size, lut_err *err);

/* The groups of all items, in the order of the rows. */
lut_status sweep_merge_groups(sweep_merge_job *m, lut_err *err);

/* Row i (a sweep_store_input's get; arg: the job).  The first call for a group chooses. */
lut_status sweep_merge_get(void *arg, size_t i, sweep_result *out, lut_err *err);

/* Failures and runs of all sources, each once. */
lut_status sweep_merge_past(sweep_merge_job *m, lut_err *err);

/* One failure more, unless it is known; the list stays sorted. */
lut_status sweep_merge_failure(sweep_merge_job *m, const sweep_failure *f, lut_err *err);

/* What earlier merges found wrong with the Verilog of a key, which was compared anew. */
void sweep_merge_forget_verdict(sweep_merge_job *m, const char *key);

#endif
