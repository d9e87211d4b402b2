#include "lib/data/inspect.h"
#include "lib/base/arena.h"

#include <stdlib.h>
#include <string.h>

/* A row of either part, or a column: equal ones have equal hashes. */
typedef struct ticket {
    uint64_t hash;
    uint32_t index; /* rows: those of the test part behind those of the training part */
} ticket;

typedef struct inspector {
    lut_data_inspection *out;
    const lut_data *d;
    ticket *row, *column;       /* [rows of both parts], [features] */
    uint32_t *count[LUT_PARTS]; /* [classes] of the group of equal rows at hand */
} inspector;

static const lut_dataset *part_of(const lut_data *d, size_t part)
{
    return part == LUT_TEST ? &d->test : &d->train;
}

/* One step of a multiplicative hash: every bit of the value reaches the high half, and the
 * shift brings it back to the low one. */
static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0xff51afd7ed558ccdu;
    return h ^ h >> 32;
}

static uint64_t bits_of(float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    return bits +
           0x9e3779b97f4a7c15u; /* a run of zeros must not leave the hash alone */
}

static void plan(inspector *in, lut_arena *a)
{
    lut_data_inspection *out = in->out;

    for (size_t p = 0; p < LUT_PARTS; p++) {
        out->part[p].count =
            lut_arena_take(a, out->classes, sizeof *out->part[p].count);
        out->part[p].low = lut_arena_take(a, out->features, sizeof *out->part[p].low);
        out->part[p].high = lut_arena_take(a, out->features, sizeof *out->part[p].high);
    }
    out->same = lut_arena_take(a, out->features, sizeof *out->same);
}

static void plan_work(inspector *in, lut_arena *a)
{
    size_t rows = in->d->train.samples + in->d->test.samples;

    in->row = lut_arena_take(a, rows, sizeof *in->row);
    in->column = lut_arena_take(a, in->out->features, sizeof *in->column);
    for (size_t p = 0; p < LUT_PARTS; p++)
        in->count[p] = lut_arena_take(a, in->out->classes, sizeof *in->count[p]);
}

/* One pass over the values, column by column: ranges, and the hashes of both kinds. */
static void scan(inspector *in, size_t part)
{
    const lut_dataset *d = part_of(in->d, part);
    lut_part_facts *facts = &in->out->part[part];
    ticket *row = in->row + (part == LUT_TEST ? in->d->train.samples : 0);

    for (size_t f = 0; f < d->features && d->samples; f++) {
        const float *x = d->x + f * d->samples;
        uint64_t column = in->column[f].hash;
        float low = x[0], high = x[0];

        for (size_t i = 0; i < d->samples; i++) {
            uint64_t v = bits_of(x[i]);

            row[i].hash = mix(row[i].hash, v);
            column = mix(column, v);
            low = x[i] < low ? x[i] : low;
            high = x[i] > high ? x[i] : high;
        }
        in->column[f].hash = column;
        facts->low[f] = low;
        facts->high[f] = high;
    }
    for (size_t i = 0; i < d->samples; i++)
        facts->count[d->label[i]]++;
}

static int by_hash(const void *pa, const void *pb)
{
    const ticket *a = pa, *b = pb;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void sort(ticket *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        t[i].index = (uint32_t)i;
    qsort(t, n, sizeof *t, by_hash);
}

/* A hash that is equal by chance must not make rows or columns equal. */
static bool same_row(const inspector *in, uint32_t a, uint32_t b)
{
    const uint32_t ntrain = (uint32_t)in->d->train.samples;
    const lut_dataset *da = part_of(in->d, a >= ntrain),
                      *db = part_of(in->d, b >= ntrain);

    a -= a >= ntrain ? ntrain : 0;
    b -= b >= ntrain ? ntrain : 0;
    for (size_t f = 0; f < in->out->features; f++)
        if (memcmp(&da->x[f * da->samples + a], &db->x[f * db->samples + b],
                   sizeof(float)) != 0)
            return false;
    return true;
}

static bool same_column(const inspector *in, uint32_t a, uint32_t b)
{
    for (size_t p = 0; p < LUT_PARTS; p++) {
        const lut_dataset *d = part_of(in->d, p);

        if (memcmp(d->x + a * d->samples, d->x + b * d->samples,
                   d->samples * sizeof *d->x) != 0)
            return false;
    }
    return true;
}

/* Those among t[0 .. n - 1], all of one hash, that equal the first are brought to the
 * front; nothing else changes its order.  Returns how many. */
static size_t gather(const inspector *in, ticket *t, size_t n,
                     bool (*same)(const inspector *in, uint32_t a, uint32_t b))
{
    size_t used = 1;

    for (size_t i = 1; i < n; i++) {
        ticket found = t[i];

        if (!same(in, t[0].index, found.index))
            continue;
        memmove(t + used + 1, t + used, (i - used) * sizeof *t);
        t[used++] = found;
    }
    return used;
}

/* ---- groups of equal rows ---- */

static size_t label_of(const inspector *in, uint32_t row, size_t *part)
{
    const size_t ntrain = in->d->train.samples;

    *part = row >= ntrain ? LUT_TEST : LUT_TRAIN;
    return part_of(in->d, *part)->label[row - (*part == LUT_TEST ? ntrain : 0)];
}

/* Each test row of the group against all of its training rows. */
static void note_shared(inspector *in, const ticket *t, size_t n, size_t ntrain)
{
    lut_data_inspection *out = in->out;

    out->shared += n - ntrain;
    out->covered += ntrain;
    for (size_t i = 0; i < n; i++) {
        size_t part, label = label_of(in, t[i].index, &part);

        out->contested += part == LUT_TEST && in->count[LUT_TRAIN][label] < ntrain;
    }
}

static void note_part(lut_part_facts *facts, size_t rows, size_t most)
{
    facts->repeated += rows ? rows - 1 : 0;
    facts->disputed += most < rows ? rows : 0;
    facts->reachable += most;
}

static void note_group(inspector *in, const ticket *t, size_t n)
{
    size_t rows[LUT_PARTS] = { 0 }, most[LUT_PARTS] = { 0 }, part;

    for (size_t i = 0; i < n; i++) {
        size_t label = label_of(in, t[i].index, &part);
        size_t count = ++in->count[part][label];

        rows[part]++;
        most[part] = count > most[part] ? count : most[part];
    }
    for (size_t p = 0; p < LUT_PARTS; p++)
        note_part(&in->out->part[p], rows[p], most[p]);
    if (rows[LUT_TRAIN] && rows[LUT_TEST])
        note_shared(in, t, n, rows[LUT_TRAIN]);
    for (size_t i = 0; i < n; i++) {
        size_t label = label_of(in, t[i].index, &part);

        in->count[part][label] = 0;
    }
}

static void compare_rows(inspector *in)
{
    const size_t n = in->d->train.samples + in->d->test.samples;

    sort(in->row, n);
    for (size_t first = 0, end; first < n; first = end) {
        end = first + 1;
        while (end < n && in->row[end].hash == in->row[first].hash)
            end++;
        for (size_t at = first, m; at < end; at += m) {
            m = gather(in, in->row + at, end - at, same_row);
            note_group(in, in->row + at, m);
        }
    }
}

/* ---- columns ---- */

static bool constant(const inspector *in, size_t column)
{
    const lut_part_facts *train = &in->out->part[LUT_TRAIN];

    return !(train->low[column] < train->high[column]);
}

static void compare_columns(inspector *in)
{
    lut_data_inspection *out = in->out;
    const size_t n = out->features;

    sort(in->column, n);
    for (size_t first = 0, end; first < n; first = end) {
        end = first + 1;
        while (end < n && in->column[end].hash == in->column[first].hash)
            end++;
        for (size_t at = first, m; at < end; at += m) {
            m = gather(in, in->column + at, end - at, same_column);
            for (size_t i = at; i < at + m; i++)
                out->same[in->column[i].index] = in->column[at].index;
        }
    }
    for (size_t f = 0; f < n; f++) {
        out->constant += constant(in, f);
        out->copies += out->same[f] != f && !constant(in, f);
    }
}

lut_status lut_data_inspect(lut_data_inspection *out, const lut_data *d, lut_err *err)
{
    inspector in = { .out = out, .d = d };
    lut_arena kept = { 0 }, work = { 0 };
    lut_status st;

    *out = (lut_data_inspection){ .classes = d->train.classes,
                                  .features = d->train.features };
    for (size_t p = 0; p < LUT_PARTS; p++)
        out->part[p].rows = part_of(d, p)->samples;
    plan(&in, &kept);
    plan_work(&in, &work);
    st = lut_arena_alloc(&kept, err);
    if (st == LUT_OK)
        st = lut_arena_alloc(&work, err);
    if (st != LUT_OK) {
        lut_arena_fini(&kept);
        *out = (lut_data_inspection){ 0 };
        return st;
    }
    plan(&in, &kept);
    plan_work(&in, &work);
    out->block = kept.base;
    for (size_t p = 0; p < LUT_PARTS; p++)
        scan(&in, p);
    compare_rows(&in);
    compare_columns(&in);
    lut_arena_fini(&work);
    return LUT_OK;
}

void lut_data_inspection_fini(lut_data_inspection *i)
{
    free(i->block);
    *i = (lut_data_inspection){ 0 };
}
