/* What the coordinator says while it works. */
#include "lib/base/log.h"
#include "sweep/coordinator.h"

#include <math.h>

static const double show_every = 0.2, alive_every = 5; /* seconds */

void sweep_coordinator_tell(const sweep_coordinator *c, double now)
{
    const sweep_leases *l = c->plan->leases;

    for (size_t i = 0; i < l->n; i++)
        if (l->lease[i].state == SWEEP_LEASED)
            lut_log(LUT_WARN, "trial %s: rank %d, attempt %u, %.0f of about %.0f s",
                    c->plan->key[i], l->lease[i].rank, l->lease[i].attempt,
                    now - l->lease[i].since, l->lease[i].seconds);
}

/* Nothing has ended for three times as long as the longest that runs should take. */
void sweep_coordinator_worry(sweep_coordinator *c, double now)
{
    const sweep_leases *l = c->plan->leases;
    double longest = 60;

    if (c->worried || !c->schedule.learnt || l->leased == 0 ||
        now - c->ended < 3 * longest)
        return;
    for (size_t i = 0; i < l->n; i++)
        if (l->lease[i].state == SWEEP_LEASED)
            longest = fmax(longest, l->lease[i].seconds);
    if (now - c->ended < 3 * longest)
        return;
    c->worried = true;
    lut_log(LUT_WARN, "no trial has ended for %.0f s; expected were %.0f s at most",
            now - c->ended, longest);
    sweep_coordinator_tell(c, now);
}

void sweep_coordinator_show(sweep_coordinator *c, double now)
{
    const sweep_plan *p = c->plan;
    sweep_progress *g = &c->progress;

    if (p->alive && now - c->alive >= alive_every) {
        c->alive = now;
        p->alive(p->alive_arg);
    }
    if (!p->show || now - c->shown < show_every)
        return;
    c->shown = now;
    g->finished = p->leases->done;
    g->failed = p->leases->failed;
    g->running = p->leases->leased;
    g->elapsed = now - c->begun;
    g->slots = c->slots;
    if (!sweep_schedule_left(&c->schedule, &g->work, &g->uncertainty))
        g->work = (double)NAN;
    p->show(p->show_arg, g);
}
