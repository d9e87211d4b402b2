#include "sweep/farm.h"
#include "sweep/coordinator.h"
#include "sweep/worker.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Seconds between rounds in which nothing happens.  Alone, children wake the loop; MPI
 * cannot, so ranks look more often. */
static const double shortest_nap = 5e-5, longest_nap_alone = 0.02,
                    longest_nap_mpi = 0.005;

typedef struct farm {
    sweep_transport *t;
    sweep_journal journal;
    sweep_worker worker;
    sweep_coordinator coordinator; /* rank 0 */
    bool leads;
    double nap;
} farm;

static void nap(farm *f)
{
    enum { MAX = 256 };
    struct pollfd fd[MAX];
    nfds_t n = sweep_worker_fds(&f->worker, fd, MAX);
    const double longest = f->t->size > 1 ? longest_nap_mpi : longest_nap_alone;
    struct timespec s = { .tv_nsec = (long)(f->nap * 1e9) };

    ppoll(fd, n, &s, NULL);
    f->nap = 2 * f->nap < longest ? 2 * f->nap : longest;
}

/* What this rank cannot do alone is told to rank 0, which ends the sweep for all. */
static lut_status round_once(farm *f, bool *busy, lut_err *err)
{
    lut_err why;

    if (f->leads && sweep_coordinator_step(&f->coordinator, busy, &why) != LUT_OK)
        LUT_TRY(sweep_coordinator_fail(&f->coordinator, &why, err));
    if (sweep_worker_step(&f->worker, busy, &why) != LUT_OK)
        return sweep_worker_fail(&f->worker, &why, err);
    return LUT_OK;
}

static lut_status loop(farm *f, lut_err *err)
{
    f->nap = shortest_nap;
    while (!f->worker.released) {
        bool busy = false;

        LUT_TRY(round_once(f, &busy, err));
        if (busy)
            f->nap = shortest_nap;
        else
            nap(f);
    }
    return LUT_OK;
}

/* Whose trials the journal tells of. */
static lut_status introduce(farm *f, lut_err *err)
{
    sweep_fields fields = { 0 };
    char host[64] = "";

    gethostname(host, sizeof host - 1);
    sweep_fields_text(&fields, "host", host);
    sweep_fields_number(&fields, "process", (double)getpid());
    return sweep_journal_add(&f->journal, "RANK", NULL, 0, &fields, err);
}

static lut_status open_journal(farm *f, const sweep_crew *crew, const sweep_plan *plan,
                               lut_err *err)
{
    char name[SWEEP_STAMP + 16], path[SWEEP_PATH];

    snprintf(name, sizeof name, "%s.%d.jl", crew->stamp, f->t->rank);
    LUT_TRY(sweep_journal_open(
        &f->journal, sweep_state_path(crew->state, path, "journal", name), err));
    if (!plan)
        return introduce(f, err);
    LUT_TRY(sweep_journal_add(&f->journal, "RUN", NULL, 0, plan->run, err));
    return sweep_journal_sync(&f->journal, err);
}

static lut_status close_run(farm *f, lut_status st, lut_err *err)
{
    static const char *const reasons[] = { "complete", "stopped", "too_many_failures" };
    sweep_fields fields = { 0 };

    if (f->journal.fd < 0)
        return LUT_OK;
    sweep_fields_text(&fields, "reason",
                      st == LUT_OK ? reasons[f->coordinator.out.reason] : "error");
    LUT_TRY(sweep_journal_add(&f->journal, "END", NULL, 0, &fields,
                              st == LUT_OK ? err : NULL));
    return sweep_journal_sync(&f->journal, st == LUT_OK ? err : NULL);
}

static lut_status lead(farm *f, sweep_outcome *out, lut_status st, lut_err *err)
{
    const sweep_coordinator *c = &f->coordinator;
    lut_status ended;

    *out = c->out;
    out->together &= f->worker.released;
    if (st == LUT_OK && c->fatal.code != LUT_OK)
        st = lut_fail(err, c->fatal.code, "%s", c->fatal.text);
    ended = close_run(f, st, err);
    return st != LUT_OK ? st : ended;
}

/* A journal that cannot be opened is told to all: rank 0 must still be there to hear it. */
static lut_status set_up(farm *f, const sweep_crew *crew, const sweep_plan *plan,
                         lut_err *err)
{
    lut_err why;
    const bool open = open_journal(f, crew, plan, &why) == LUT_OK;

    if (plan)
        LUT_TRY(sweep_coordinator_init(&f->coordinator, plan, f->t,
                                       open ? &f->journal : NULL, err));
    LUT_TRY(sweep_worker_init(&f->worker, crew, f->t, &f->journal, err));
    return open ? LUT_OK : sweep_worker_fail(&f->worker, &why, err);
}

lut_status sweep_farm(sweep_outcome *out, sweep_transport *t, const sweep_crew *crew,
                      const sweep_plan *plan, lut_err *err)
{
    farm f = { .t = t, .journal = { .fd = -1 }, .leads = plan != NULL };
    lut_status st;

    *out = (sweep_outcome){ 0 };
    st = set_up(&f, crew, plan, err);
    if (st == LUT_OK)
        st = loop(&f, err);
    if (plan)
        st = lead(&f, out, st, err);
    sweep_worker_fini(&f.worker);
    sweep_coordinator_fini(&f.coordinator);
    sweep_journal_close(&f.journal);
    return st;
}
