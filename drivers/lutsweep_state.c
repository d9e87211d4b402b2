/* What is on the disk made again, joined, removed: --merge, --clean. */
#include "drivers/folders.h"
#include "drivers/lutsweep.h"
#include "sweep/cover.h"
#include "sweep/lock.h"
#include "sweep/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is in `out` already, and not among the sources, stays: it is one more source, the
 * last.  So joining again gives the same, and another sweep's file is refused. */
static lut_status merge_into(sweep_merged *m, const sweep_state *out,
                             const lutsweep_args *a, lut_err *err)
{
    const char *folder[SWEEP_FOLDERS],
        **file = malloc((a->noperands + 1) * sizeof *file);
    const sweep_merge_with with = { .folder = folder };
    size_t n = a->noperands;
    bool named = false;
    lut_status st;

    if (!file)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu names", n);
    for (size_t i = 0; i < n; i++) {
        sweep_state s;

        file[i] = a->operand[i];
        named |=
            sweep_state_name(&s, file[i], NULL) == LUT_OK && sweep_state_same(&s, out);
    }
    if (!named && (access(out->file, F_OK) == 0 || sweep_state_exists(out)))
        file[n++] = out->file;
    folders_of(folder, NULL);
    st = sweep_merge_using(m, out->file, file, n, &with, err);
    free(file);
    return st;
}

/* Nobody else writes the file meanwhile: its folder is locked, or, where it has none, a file
 * beside it, which goes with the lock. */
static lut_status merge_locked(sweep_merged *m, const char *out, const lutsweep_args *a,
                               lut_err *err)
{
    sweep_state s;
    sweep_lock lock = { .fd = -1 };
    char path[SWEEP_PATH];
    bool has_folder;
    lut_status st;

    LUT_TRY(sweep_state_name(&s, out, err));
    has_folder = sweep_state_exists(&s);
    if (has_folder)
        sweep_state_path(&s, path, "lock", "");
    else
        snprintf(path, sizeof path, "%s.lock", out);
    st = sweep_lock_take(&lock, path, err);
    if (st == LUT_OK) {
        st = merge_into(m, &s, a, err);
        if (!has_folder)
            unlink(path);
    }
    sweep_lock_release(&lock);
    return st;
}

/* What is wrong with the rows. */
static int verdict(const char *file, const sweep_merged *m)
{
    if (m->failed)
        cli_complain(CLI_FAILED, "%s: %zu trial%s failed", file, m->failed,
                     m->failed == 1 ? "" : "s");
    if (m->conflicts)
        cli_complain(CLI_FAILED,
                     "%s: %zu trial%s with results that differ: see /failures", file,
                     m->conflicts, m->conflicts == 1 ? "" : "s");
    return m->failed || m->conflicts ? CLI_FAILED : CLI_OK;
}

int lutsweep_merge(const lutsweep_args *a)
{
    const char *out = a->out ? a->out : a->operand[0];
    sweep_merged m;
    lut_err err;

    if (a->noperands > 1 && !a->out)
        return cli_complain(CLI_USAGE,
                            "several files to join: name the result with -o");
    if (a->out)
        lutsweep_tell_parts(a);
    if (merge_locked(&m, out, a, &err) != LUT_OK ||
        lutsweep_print_best(out, &err) != LUT_OK)
        return cli_fail(&err);
    return verdict(out, &m);
}

static lut_status open_state(sweep_state *s, const char *file, lut_err *err)
{
    LUT_TRY(sweep_state_name(s, file, err));
    if (sweep_state_exists(s))
        return LUT_OK;
    return lut_fail(err, LUT_ENOENT,
                    "%s: no such directory: nothing runs or ran for %s", s->root, file);
}

static lut_status clean(const char *file, lut_err *err)
{
    sweep_state s;
    sweep_lock lock;
    char path[SWEEP_PATH];
    lut_status st;

    LUT_TRY(open_state(&s, file, err));
    LUT_TRY(sweep_lock_take(&lock, sweep_state_path(&s, path, "lock", ""), err));
    st = sweep_covered(&s, err);
    if (st == LUT_OK)
        st = sweep_state_remove(&s, err);
    sweep_lock_release(&lock);
    return st;
}

int lutsweep_clean(const lutsweep_args *a)
{
    lut_err err;

    return clean(a->operand[0], &err) == LUT_OK ? CLI_OK : cli_fail(&err);
}
