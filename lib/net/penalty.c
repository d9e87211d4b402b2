/* Penalties of layers: their factors and values.  Their gradients are added where the tiles'
 * own are made (lib/net/tile.c); those of outputs in the backward pass (lib/net/flip.c). */
#include "lib/net/meet.h"

#include "lib/base/check.h"

#include <math.h>

static double weight_of(const lut_penalty *p)
{
    return ((const lut_regul_cfg *)p->cfg)->weight;
}

/* ---- creation ---- */

lut_status lut_penalties_check(const lut_net *net, const lut_net_cfg *cfg, lut_err *err)
{
    LUT_CHECK(cfg->nregul <= LUT_MAX_REGULS);
    for (size_t i = 0; i < cfg->nregul; i++) {
        const lut_regul_ops *r = net->backend->regul[cfg->regul[i].regul];

        for (uint32_t l = 0; r->param && l < net->nlayers; l++)
            if (strcmp(net->layer[l].param->name, r->param) != 0)
                return lut_fail(
                    err, LUT_EINVAL, "layer %u: \"%s\" is about \"%s\", found \"%s\"",
                    (unsigned)l + 1, r->name, r->param, net->layer[l].param->name);
    }
    return LUT_OK;
}

static void add_penalty(lut_net *net, lut_layer *l, lut_penalty p)
{
    lut_arena *a = &net->arena;

    if (p.ops->principal)
        p.direction = lut_arena_take(a, l->entries, sizeof *p.direction);
    if (l->tiles.penalty)
        l->tiles.penalty[l->tiles.npenalties] = p;
    l->tiles.npenalties++;
}

/* Room for the widest layer. */
static void place_gram(lut_net *net)
{
    size_t table = 0, entries = 0;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        table = l->luts * l->entries > table ? l->luts * l->entries : table;
        entries = l->entries > entries ? l->entries : entries;
    }
    net->table = lut_arena_take(&net->arena, table, sizeof *net->table);
    net->gram = lut_arena_take(&net->arena, entries * entries, sizeof *net->gram);
}

void lut_penalties_place(lut_net *net, const lut_net_cfg *cfg)
{
    lut_arena *a = &net->arena;
    bool principal = false;

    net->nflips = 0;
    net->flip = lut_arena_take(a, cfg->nregul, sizeof *net->flip);
    for (uint32_t i = 0; cfg->nregul && i < net->nlayers; i++) {
        lut_layer *l = &net->layer[i];

        l->tiles.npenalties = 0;
        l->tiles.penalty = lut_arena_take(a, cfg->nregul, sizeof *l->tiles.penalty);
        l->sum = lut_arena_take(a, l->ntiles, sizeof *l->sum);
    }
    for (size_t i = 0; i < cfg->nregul; i++) {
        const lut_regul_ops *ops = net->backend->regul[cfg->regul[i].regul];
        lut_penalty p = { .ops = ops };

        p.cfg = lut_arena_copy(a, cfg->regul[i].cfg, ops->cfg_size);
        principal |= ops->principal;
        for (uint32_t n = 0; ops->on != LUT_ON_OUTPUTS && n < net->nlayers; n++)
            add_penalty(net, &net->layer[n], p);
        if (ops->on == LUT_ON_OUTPUTS && net->flip)
            net->flip[net->nflips] = p;
        net->nflips += ops->on == LUT_ON_OUTPUTS;
    }
    if (principal)
        place_gram(net);
}

/* ---- principal direction ---- */

typedef struct layer_job {
    const lut_net *net;
    const lut_layer *l;
    const lut_penalty *p;
} layer_job;

static void entries_of_tile(void *arg, size_t tile)
{
    const layer_job *job = arg;

    job->net->backend->entries(&job->l->tiles, tile, job->net->table);
}

/* Row a of the Gram matrix, LUT after LUT. */
static void gram_row(void *arg, size_t a)
{
    const layer_job *job = arg;
    size_t n = job->l->entries;
    double *row = job->net->gram + a * n;

    memset(row, 0, n * sizeof *row);
    for (size_t m = 0; m < job->l->luts; m++) {
        const float *q = job->net->table + m * n;

        for (size_t b = 0; b < n; b++)
            row[b] += (double)q[a] * (double)q[b];
    }
}

/* y = gram x / |gram x|; returns how far that is from x, squared. */
static double power_step(double *y, const double *gram, const double *x, size_t n)
{
    double square = 0, off = 0;

    for (size_t a = 0; a < n; a++) {
        y[a] = 0;
        for (size_t b = 0; b < n; b++)
            y[a] += gram[a * n + b] * x[b];
        square += y[a] * y[a];
    }
    for (size_t a = 0; a < n; a++) {
        y[a] = square > 0 ? y[a] / sqrt(square) : x[a];
        off += (y[a] - x[a]) * (y[a] - x[a]);
    }
    return off;
}

/* Eigenvector of the largest eigenvalue, by power iteration from a start that no structure
 * of tables is orthogonal to, as long as it moves.  Singular values that are closer than
 * about one percent leave a mixture of their vectors: any of them is a direction of the
 * largest value within that percent. */
static void principal(float *direction, const double *gram, size_t n)
{
    enum { MOST_STEPS = 2000 };
    double x[1 << LUT_MAX_K], y[1 << LUT_MAX_K], golden = 0, off = 1;

    for (size_t a = 0; a < n; a++) {
        golden += 0.6180339887498949;
        golden -= golden >= 1 ? 1 : 0;
        x[a] = 0.5 + golden;
    }
    for (int i = 0; i < MOST_STEPS && off > 1e-26; i++) {
        off = power_step(y, gram, x, n);
        memcpy(x, y, n * sizeof *x);
    }
    for (size_t a = 0; a < n; a++)
        direction[a] = (float)x[a];
}

static void find_direction(const layer_job *job, const lut_exec *exec)
{
    lut_for(exec, job->l->ntiles, entries_of_tile, (void *)job);
    lut_for(exec, job->l->entries, gram_row, (void *)job);
    principal(job->p->direction, job->net->gram, job->l->entries);
}

/* ---- values and factors ---- */

static void sum_of_tile(void *arg, size_t tile)
{
    const layer_job *job = arg;
    float s[LUT_LANES];
    double sum = 0;

    job->net->backend->penalty(&job->l->tiles, job->p, tile, s);
    for (size_t i = 0; i < LUT_LANES; i++)
        sum += (double)s[i];
    job->l->sum[tile] = sum;
}

/* Sum of the parts of all LUTs of a layer. */
static double sum_of(const layer_job *job, const lut_exec *exec)
{
    double sum = 0;

    if (job->p->ops->principal)
        find_direction(job, exec);
    lut_for(exec, job->l->ntiles, sum_of_tile, (void *)job);
    for (size_t i = 0; i < job->l->ntiles; i++)
        sum += job->l->sum[i];
    return sum;
}

/* R as the root of a sum: half the weight over the root. */
static float factor_of(const layer_job *job, const lut_exec *exec)
{
    double weight = weight_of(job->p), root;

    if (job->p->ops->of == LUT_SUM)
        return (float)weight;
    if (job->p->ops->of == LUT_MEAN)
        return (float)(weight / job->l->luts);
    root = sqrt(sum_of(job, exec));
    return root > 0 ? (float)(weight / (2 * root)) : 0;
}

void lut_penalties_prepare(lut_net *net, const lut_exec *exec)
{
    for (uint32_t i = 0; i < net->nlayers; i++)
        for (size_t j = 0; j < net->layer[i].tiles.npenalties; j++) {
            lut_penalty *p = &net->layer[i].tiles.penalty[j];

            p->scale = factor_of(&(layer_job){ net, &net->layer[i], p }, exec);
        }
}

static double value_of(const layer_job *job, const lut_exec *exec)
{
    double sum = sum_of(job, exec);

    switch (job->p->ops->of) {
    case LUT_MEAN:
        return sum / job->l->luts;
    case LUT_ROOT:
        return sqrt(sum);
    default:
        return sum;
    }
}

double lut_net_penalty(lut_net *net, const lut_exec *exec)
{
    double total = 0;

    for (uint32_t i = 0; i < net->nlayers; i++)
        for (size_t j = 0; j < net->layer[i].tiles.npenalties; j++) {
            layer_job job = { net, &net->layer[i], &net->layer[i].tiles.penalty[j] };

            total += weight_of(job.p) * value_of(&job, exec);
        }
    return total;
}
