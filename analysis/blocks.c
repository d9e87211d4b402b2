#include "analysis/blocks.h"

#include <stdlib.h>
#include <string.h>

/* Combinations of a star that are looked at, times the points there are: a sweep without any
 * order has large stars and small blocks. */
enum { BLOCKS_TRIES = 64 };

typedef struct finder {
    const uint32_t *level; /* [points][knobs] */
    size_t points, knobs;
    size_t *sorted; /* [points] by levels */
    size_t *order;  /* [knobs][points] by the other knobs, then by this one */
    size_t *place;  /* [knobs][points] where order has a point */
    /* The block that is being made: for each knob candidates, those of it at the front in. */
    uint32_t *value;       /* candidates, knob after knob */
    size_t *first, *count; /* [knobs] */
    size_t *missing;       /* of each candidate */
    size_t *at;            /* [knobs] odometer */
    uint32_t *key;         /* [knobs] */
    blocks *out;
    lut_err *err;
} finder;

/* ---- order ---- */

static const uint32_t *levels_of(const finder *f, size_t point)
{
    return f->level + point * f->knobs;
}

static int compare_levels(const uint32_t *a, const uint32_t *b, size_t n)
{
    for (size_t j = 0; j < n; j++)
        if (a[j] != b[j])
            return a[j] < b[j] ? -1 : 1;
    return 0;
}

/* Order without one knob, which decides last; last >= knobs: all in their order. */
static int compare_points(const finder *f, size_t p, size_t q, size_t last)
{
    const uint32_t *a = levels_of(f, p), *b = levels_of(f, q);
    const size_t n = last < f->knobs ? last : f->knobs;
    int order = compare_levels(a, b, n);

    if (order == 0 && last < f->knobs)
        order = compare_levels(a + last + 1, b + last + 1, f->knobs - last - 1);
    return order;
}

typedef struct entry {
    const finder *f;
    size_t point, last;
} entry;

static int compare_entries(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    const finder *f = a->f;
    const int order = compare_points(f, a->point, b->point, a->last);

    if (order || a->last >= f->knobs)
        return order;
    return compare_levels(levels_of(f, a->point) + a->last,
                          levels_of(f, b->point) + a->last, 1);
}

static lut_status sort_points(size_t *order, const finder *f, size_t last)
{
    entry *e = malloc((f->points + 1) * sizeof *e);

    if (!e)
        return lut_fail(f->err, LUT_ENOMEM, "no memory for %zu points", f->points);
    for (size_t i = 0; i < f->points; i++)
        e[i] = (entry){ f, i, last };
    qsort(e, f->points, sizeof *e, compare_entries);
    for (size_t i = 0; i < f->points; i++)
        order[i] = e[i].point;
    free(e);
    return LUT_OK;
}

/* SIZE_MAX: not there. */
static size_t find_point(const finder *f, const uint32_t *key)
{
    size_t lo = 0, hi = f->points;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        const int order = compare_levels(levels_of(f, f->sorted[mid]), key, f->knobs);

        if (order == 0)
            return f->sorted[mid];
        *(order < 0 ? &lo : &hi) = order < 0 ? mid + 1 : mid;
    }
    return SIZE_MAX;
}

/* ---- a block ---- */

/* False: so many combinations that they are not worth it. */
static bool product(const finder *f, size_t *cells, size_t most)
{
    *cells = 1;
    for (size_t j = 0; j < f->knobs; j++)
        if (__builtin_mul_overflow(*cells, f->count[j], cells) || *cells > most)
            return false;
    return true;
}

static void take_star(finder *f, size_t point)
{
    size_t n = 0;

    for (size_t j = 0; j < f->knobs; j++) {
        const size_t *order = f->order + j * f->points;
        size_t lo = f->place[j * f->points + point], hi = lo + 1;

        while (lo > 0 && compare_points(f, order[lo - 1], point, j) == 0)
            lo--;
        while (hi < f->points && compare_points(f, order[hi], point, j) == 0)
            hi++;
        f->first[j] = n;
        f->count[j] = hi - lo;
        for (; lo < hi; lo++)
            f->value[n++] = levels_of(f, order[lo])[j];
    }
}

/* The next combination of the levels that are in; false behind the last. */
static bool turn(finder *f)
{
    for (size_t j = f->knobs; j-- > 0;) {
        if (++f->at[j] < f->count[j])
            return true;
        f->at[j] = 0;
    }
    return false;
}

static size_t point_at(const finder *f)
{
    for (size_t j = 0; j < f->knobs; j++)
        f->key[j] = f->value[f->first[j] + f->at[j]];
    return find_point(f, f->key);
}

static bool is_complete(finder *f)
{
    memset(f->at, 0, f->knobs * sizeof *f->at);
    do
        if (point_at(f) == SIZE_MAX)
            return false;
    while (turn(f));
    return true;
}

static bool count_missing(finder *f)
{
    bool any = false;

    memset(f->at, 0, f->knobs * sizeof *f->at);
    for (size_t j = 0; j < f->knobs; j++)
        memset(f->missing + f->first[j], 0, f->count[j] * sizeof *f->missing);
    do {
        if (point_at(f) != SIZE_MAX)
            continue;
        any = true;
        for (size_t j = 0; j < f->knobs; j++)
            f->missing[f->first[j] + f->at[j]]++;
    } while (turn(f));
    return any;
}

static void swap_values(finder *f, size_t i, size_t j)
{
    const uint32_t value = f->value[i];

    f->value[i] = f->value[j];
    f->value[j] = value;
}

/* Give up the level that misses the largest share; not one of the point itself.  The product
 * of a knob's slab is cells / count. */
static bool drop_worst(finder *f, size_t point)
{
    size_t knob = SIZE_MAX, worst = 0;
    double most = 0;

    for (size_t j = 0; j < f->knobs; j++)
        for (size_t i = f->first[j]; i < f->first[j] + f->count[j]; i++) {
            const double share = (double)f->missing[i] * (double)f->count[j];

            if (share <= most || f->value[i] == levels_of(f, point)[j])
                continue;
            most = share;
            knob = j;
            worst = i;
        }
    if (knob == SIZE_MAX)
        return false;
    swap_values(f, worst, f->first[knob] + --f->count[knob]);
    return true;
}

/* Levels that were given up stand behind those that are in. */
static void take_back(finder *f, const size_t *star)
{
    for (size_t j = 0; j < f->knobs; j++)
        for (size_t i = f->first[j] + f->count[j]; i < f->first[j] + star[j]; i++) {
            swap_values(f, i, f->first[j] + f->count[j]++);
            if (!is_complete(f))
                swap_values(f, i, f->first[j] + --f->count[j]);
        }
}

static lut_status trim(finder *f, size_t point)
{
    size_t *star = malloc((f->knobs + 1) * sizeof *star);

    if (!star)
        return lut_fail(f->err, LUT_ENOMEM, "out of memory");
    memcpy(star, f->count, f->knobs * sizeof *star);
    while (count_missing(f) && drop_worst(f, point))
        ;
    take_back(f, star);
    free(star);
    return LUT_OK;
}

static int by_level(const void *pa, const void *pb)
{
    const uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

    return (a > b) - (a < b);
}

static void fill_block(blocks_one *b, finder *f)
{
    size_t n = 0;

    memcpy(b->levels, f->count, f->knobs * sizeof *b->levels);
    for (size_t j = 0; j < f->knobs; j++) {
        qsort(f->value + f->first[j], f->count[j], sizeof *f->value, by_level);
        memcpy(b->level + n, f->value + f->first[j], f->count[j] * sizeof *b->level);
        n += f->count[j];
    }
    memset(f->at, 0, f->knobs * sizeof *f->at);
    n = 0;
    do {
        b->cell[n] = point_at(f);
        f->out->covered[b->cell[n++]] = true;
    } while (turn(f));
}

static lut_status keep_block(finder *f, size_t cells)
{
    blocks *out = f->out;
    blocks_one *more = realloc(out->block, (out->n + 1) * sizeof *more), *b;
    size_t levels = 0;

    if (!more)
        return lut_fail(f->err, LUT_ENOMEM, "out of memory");
    out->block = more;
    b = &out->block[out->n++];
    for (size_t j = 0; j < f->knobs; j++)
        levels += f->count[j];
    *b = (blocks_one){ .levels = malloc((f->knobs + 1) * sizeof *b->levels),
                       .level = malloc((levels + 1) * sizeof *b->level),
                       .cell = malloc(cells * sizeof *b->cell),
                       .cells = cells };
    if (!b->levels || !b->level || !b->cell)
        return lut_fail(f->err, LUT_ENOMEM, "no memory for a block of %zu", cells);
    fill_block(b, f);
    return LUT_OK;
}

/* complete: only where the star is. */
static lut_status try_point(finder *f, size_t point, bool complete)
{
    size_t cells;

    take_star(f, point);
    if (complete ? !product(f, &cells, f->points) || !is_complete(f)
                 : !product(f, &cells, f->points * BLOCKS_TRIES))
        return LUT_OK;
    if (!complete)
        LUT_TRY(trim(f, point));
    return product(f, &cells, f->points) && cells > 1 ? keep_block(f, cells) : LUT_OK;
}

static lut_status find_all(finder *f)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < f->points; i++)
            if (!f->out->covered[i])
                LUT_TRY(try_point(f, i, pass == 0));
    for (size_t i = 0; i < f->points; i++)
        f->out->alone += !f->out->covered[i];
    return LUT_OK;
}

/* ---- all of them ---- */

static lut_status begin(finder *f)
{
    const size_t n = f->points + 1, k = f->knobs + 1;

    f->sorted = malloc(n * sizeof *f->sorted);
    f->order = malloc(k * n * sizeof *f->order);
    f->place = malloc(k * n * sizeof *f->place);
    f->value = malloc(k * n * sizeof *f->value);
    f->missing = malloc(k * n * sizeof *f->missing);
    f->first = malloc(k * sizeof *f->first);
    f->count = malloc(k * sizeof *f->count);
    f->at = malloc(k * sizeof *f->at);
    f->key = malloc(k * sizeof *f->key);
    f->out->covered = calloc(n, sizeof *f->out->covered);
    if (!f->sorted || !f->order || !f->place || !f->value || !f->missing || !f->first ||
        !f->count || !f->at || !f->key || !f->out->covered)
        return lut_fail(f->err, LUT_ENOMEM, "no memory for %zu points", f->points);
    LUT_TRY(sort_points(f->sorted, f, SIZE_MAX));
    for (size_t j = 0; j < f->knobs; j++) {
        LUT_TRY(sort_points(f->order + j * f->points, f, j));
        for (size_t i = 0; i < f->points; i++)
            f->place[j * f->points + f->order[j * f->points + i]] = i;
    }
    return LUT_OK;
}

static void end(finder *f)
{
    free(f->sorted);
    free(f->order);
    free(f->place);
    free(f->value);
    free(f->missing);
    free(f->first);
    free(f->count);
    free(f->at);
    free(f->key);
}

static int larger(const void *pa, const void *pb)
{
    const blocks_one *a = pa, *b = pb;

    if (a->cells != b->cells)
        return a->cells > b->cells ? -1 : 1;
    return (a->cell[0] > b->cell[0]) - (a->cell[0] < b->cell[0]);
}

lut_status blocks_find(blocks *b, const uint32_t *level, size_t points, size_t knobs,
                       lut_err *err)
{
    finder f = {
        .level = level, .points = points, .knobs = knobs, .out = b, .err = err
    };
    lut_status st;

    *b = (blocks){ 0 };
    st = begin(&f);
    if (st == LUT_OK)
        st = find_all(&f);
    end(&f);
    if (st != LUT_OK)
        blocks_fini(b);
    else if (b->n)
        qsort(b->block, b->n, sizeof *b->block, larger);
    return st;
}

void blocks_fini(blocks *b)
{
    for (size_t i = 0; i < b->n; i++) {
        free(b->block[i].levels);
        free(b->block[i].level);
        free(b->block[i].cell);
    }
    free(b->block);
    free(b->covered);
    *b = (blocks){ 0 };
}
