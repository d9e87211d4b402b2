/* Which columns each table has. */
#include "sweep/store_impl.h"

#include <string.h>

#define MEMBER(type, kind_, member, unit_, doc_)                              \
    {                                                                         \
        .name = #member, .unit = unit_, .doc = doc_, .kind = kind_,           \
        .offset = offsetof(type, member), .size = sizeof(((type *)0)->member) \
    }
#define MEMBER_U32(type, member, unit, doc) \
    MEMBER(type, SWEEP_KIND_U32, member, unit, doc)
#define MEMBER_TEXT(type, member, doc) MEMBER(type, SWEEP_KIND_TEXT, member, "", doc)
#define MEMBER_POINTER(type, member, doc) \
    MEMBER(type, SWEEP_KIND_POINTER, member, "", doc)

void sweep_store_trials(sweep_table *t)
{
    size_t n;
    const lut_field *field = sweep_row_fields(&n);

    sweep_table_init(
        t, "trials",
        "One row per trial: its configuration, then what came out and can be "
        "reproduced. nan: not known.");
    sweep_table_add_fields(t, field, n, 0);
}

void sweep_store_timing(sweep_table *t)
{
    size_t n;
    const lut_field *field = sweep_timing_fields(&n);

    sweep_table_init(
        t, "timing",
        "The rows of /trials: what differs from run to run. nan: not known.");
    sweep_table_add_fields(t, field, n, 0);
}

void sweep_store_history(sweep_table *t)
{
    static const sweep_member trial =
        MEMBER_U32(sweep_store_epoch, trial, "", "row of /trials, from 0");
    size_t n;
    const lut_field *field = sweep_epoch_fields(&n);

    sweep_table_init(t, "history",
                     "One row per epoch of each trial, in the order of /trials.");
    sweep_table_add(t, &trial, 1);
    sweep_table_add_fields(t, field, n, offsetof(sweep_store_epoch, epoch));
}

void sweep_store_failure(sweep_table *t)
{
    static const sweep_member member[] = {
        MEMBER_TEXT(sweep_failure, key, "the trial, as in /trials"),
        MEMBER_U32(sweep_failure, attempt, "", "which attempt failed, from 1"),
        MEMBER_TEXT(sweep_failure, cause,
                    "crashed, timeout, out_of_memory, lost or error; conflict: results "
                    "of the key differ, and this is one of them"),
        MEMBER_U32(sweep_failure, signal, "", "signal that ended it, 0: none"),
        MEMBER_U32(sweep_failure, exit_code, "", "exit status of its process, 0: none"),
        MEMBER_U32(sweep_failure, epoch, "epoch", "last epoch reported, 0: none"),
        MEMBER_TEXT(sweep_failure, log, "last log lines, joined by |"),
    };

    sweep_table_init(t, "failures", "One row per attempt at a trial that failed.");
    sweep_table_add(t, member, LUT_COUNT(member));
}

void sweep_store_runs(sweep_table *t)
{
    static const sweep_member member[] = {
        MEMBER_TEXT(sweep_provenance, started, "UTC, ISO 8601"),
        MEMBER_TEXT(sweep_provenance, ended, "UTC, ISO 8601"),
        MEMBER_TEXT(sweep_provenance, host, "host of rank 0"),
        MEMBER_U32(sweep_provenance, ranks, "", "processes"),
        MEMBER_U32(sweep_provenance, threads, "", "threads of a trial"),
        MEMBER_TEXT(sweep_provenance, compiler, "compiler of the program"),
        MEMBER_TEXT(sweep_provenance, mpi, "MPI library"),
        MEMBER_TEXT(sweep_provenance, hdf5, "HDF5 library"),
        MEMBER_TEXT(sweep_provenance, revision, "source revision"),
        MEMBER_TEXT(sweep_provenance, version, "version of the program"),
        MEMBER_TEXT(sweep_provenance, cpu, "processor of that host"),
        MEMBER_U32(sweep_provenance, cores, "", "its processors, 0: not known"),
        MEMBER(sweep_provenance, SWEEP_KIND_F64, memory, "bytes", "its memory"),
        MEMBER_TEXT(sweep_provenance, system, "its distribution, kernel and C library"),
        MEMBER_POINTER(sweep_provenance, digests,
                       "data sets and digests of their contents"),
        MEMBER_POINTER(sweep_provenance, command, "command line"),
        MEMBER_POINTER(sweep_provenance, config, "configuration text of that run"),
    };

    sweep_table_init(t, "provenance",
                     "One row per run that wrote results of this file.");
    sweep_table_add(t, member, LUT_COUNT(member));
}

typedef struct column {
    const char *table, *name, *unit, *doc;
} column;

typedef lut_status (*column_fn)(sweep_table *t, const column *c, lut_err *err);

static lut_status measure(sweep_table *t, const column *c, lut_err *err)
{
    (void)err;
    sweep_table_measure(t, c);
    return LUT_OK;
}

static lut_status append(sweep_table *t, const column *c, lut_err *err)
{
    return sweep_table_append(t, c, err);
}

static lut_status each_column(sweep_table *t, const sweep_table *const *table, size_t n,
                              column_fn fn, lut_err *err)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < table[i]->n; j++) {
            const sweep_member *m = &table[i]->member[j];
            const column c = { table[i]->name, m->name, m->unit, m->doc };

            LUT_TRY(fn(t, &c, err));
        }
    return LUT_OK;
}

lut_status sweep_store_put_columns(hid_t file, const sweep_table *const *table,
                                   size_t n, lut_err *err)
{
    static const sweep_member member[] = {
        MEMBER_POINTER(column, table, "table of this file"),
        MEMBER_POINTER(column, name, "its column"),
        MEMBER_POINTER(column, unit, "unit, empty where there is none"),
        MEMBER_POINTER(column, doc, "meaning"),
    };
    sweep_table t;
    size_t rows = 0;
    lut_status st;

    sweep_table_init(&t, "columns", "Every column of the tables in this file.");
    sweep_table_add(&t, member, LUT_COUNT(member));
    for (size_t i = 0; i < n; i++)
        rows += table[i]->n;
    each_column(&t, table, n, measure, NULL);
    st = sweep_table_create(&t, file, rows, err);
    if (st == LUT_OK)
        st = each_column(&t, table, n, append, err);
    if (st == LUT_OK)
        st = sweep_table_finish(&t, err);
    sweep_table_fini(&t);
    return st;
}
