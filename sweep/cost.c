#include "sweep/cost.h"

#include <math.h>

/* Priors, from what they stand for: trials of one group scatter by a quarter; slopes of
 * groups differ by a third, levels by a half.  A prior weighs (scatter / difference)^2. */
static const double slope_weight = 0.6, level_weight = 0.25;
static const double prior_spread = 0.25, prior_trials = 3;

/* Times that grow by less or more than this with cost are an accident of few trials. */
static const double least_slope = 0.1, largest_slope = 3;

static void add(sweep_cost_sums *s, double x, double y)
{
    s->n += 1;
    s->x += x;
    s->y += y;
    s->xx += x * x;
    s->xy += x * y;
    s->yy += y * y;
}

static bool is_usable(double v)
{
    return v > 0 && isfinite(v);
}

void sweep_cost_learn(sweep_cost *c, unsigned group, double cost, double seconds)
{
    if (!is_usable(cost) || !is_usable(seconds))
        return;
    add(&c->group[group % SWEEP_COST_GROUPS], log(cost), log(seconds));
    add(&c->all, log(cost), log(seconds));
}

/* ---- sums about the mean of a group ---- */

static double spread_x(const sweep_cost_sums *s)
{
    return s->n > 0 ? fmax(s->xx - s->x * s->x / s->n, 0) : 0;
}

static double spread_xy(const sweep_cost_sums *s)
{
    return s->n > 0 ? s->xy - s->x * s->y / s->n : 0;
}

static double spread_y(const sweep_cost_sums *s)
{
    return s->n > 0 ? fmax(s->yy - s->y * s->y / s->n, 0) : 0;
}

static double slope_near(double near, double sxx, double sxy)
{
    const double b = (sxy + slope_weight * near) / (sxx + slope_weight);

    return fmin(fmax(b, least_slope), largest_slope);
}

/* Within groups only: groups differ in level, which must not tilt the slope. */
static double common_slope(const sweep_cost *c)
{
    double sxx = 0, sxy = 0;

    for (unsigned g = 0; g < SWEEP_COST_GROUPS; g++) {
        sxx += spread_x(&c->group[g]);
        sxy += spread_xy(&c->group[g]);
    }
    return slope_near(1, sxx, sxy);
}

void sweep_cost_line(const sweep_cost *c, double *a, double *b, unsigned group)
{
    const sweep_cost_sums *const s = &c->group[group % SWEEP_COST_GROUPS];
    const double slope = common_slope(c);
    double level;

    *a = 0;
    *b = 1;
    if (c->all.n == 0)
        return;
    level = (c->all.y - slope * c->all.x) / c->all.n;
    *a = level;
    *b = slope;
    if (s->n == 0)
        return;
    *b = slope_near(slope, spread_x(s), spread_xy(s));
    /* The group's own level where its trials lie, shrunk, and turned about that place. */
    level += slope * s->x / s->n;
    level += s->n / (s->n + level_weight) * (s->y / s->n - level);
    *a = level - *b * s->x / s->n;
}

double sweep_cost_seconds(const sweep_cost *c, unsigned group, double cost)
{
    double a, b;

    if (!is_usable(cost) || c->all.n == 0)
        return cost;
    sweep_cost_line(c, &a, &b, group);
    return exp(a + b * log(cost));
}

double sweep_cost_spread(const sweep_cost *c)
{
    double squares = prior_trials * prior_spread * prior_spread;

    for (unsigned g = 0; g < SWEEP_COST_GROUPS; g++) {
        const sweep_cost_sums *const s = &c->group[g];
        double a, b, off;

        if (s->n == 0)
            continue;
        sweep_cost_line(c, &a, &b, g);
        off = (s->y - b * s->x) / s->n - a;
        squares += s->n * off * off;
        squares += fmax(spread_y(s) - 2 * b * spread_xy(s) + b * b * spread_x(s), 0);
    }
    return sqrt(squares / (c->all.n + prior_trials));
}
