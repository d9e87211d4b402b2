#include "sweep/entry.h"
#include "lib/base/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t type_size[] = { 1, 4, 8, 4, 8 }; /* by sweep_entry_type */

enum { HEAD = 10 }; /* bytes before the name */

static void put_bytes(sweep_entry_sink *s, const void *bytes, size_t n)
{
    if (s->put && n)
        s->put(s->arg, bytes, n);
    s->n += n;
}

static void put_number(sweep_entry_sink *s, uint64_t v, size_t size)
{
    unsigned char b[8];

    for (size_t i = 0; i < size; i++)
        b[i] = (unsigned char)(v >> (8 * i));
    put_bytes(s, b, size);
}

static uint64_t bits_of_float(float v)
{
    uint32_t u;

    v = isnan(v) ? (float)NAN : v + 0.0f;
    memcpy(&u, &v, sizeof u);
    return u;
}

static uint64_t bits_of_double(double v)
{
    uint64_t u;

    v = isnan(v) ? (double)NAN : v + 0.0;
    memcpy(&u, &v, sizeof u);
    return u;
}

static uint64_t load(const void *data, sweep_entry_type type, size_t i)
{
    switch (type) {
    case SWEEP_ENTRY_U8:
        return ((const uint8_t *)data)[i];
    case SWEEP_ENTRY_U32:
        return ((const uint32_t *)data)[i];
    case SWEEP_ENTRY_U64:
        return ((const uint64_t *)data)[i];
    case SWEEP_ENTRY_F32:
        return bits_of_float(((const float *)data)[i]);
    case SWEEP_ENTRY_F64:
        return bits_of_double(((const double *)data)[i]);
    }
    return 0;
}

static void store(void *out, sweep_entry_type type, uint64_t v)
{
    uint8_t v8 = (uint8_t)v;
    uint32_t v32 = (uint32_t)v;

    memcpy(out,
           type_size[type] == 8   ? (const void *)&v
           : type_size[type] == 4 ? (const void *)&v32
                                  : (const void *)&v8,
           type_size[type]);
}

static uint64_t get_number(const unsigned char *p, size_t size)
{
    uint64_t v = 0;

    while (size-- > 0)
        v = v << 8 | p[size];
    return v;
}

void sweep_entry_begin(sweep_entry_sink *s, const char *name, sweep_entry_type type,
                       size_t count)
{
    size_t length = strlen(name);

    LUT_CHECK(length > 0 && length <= 255);
    put_number(s, (uint64_t)type, 1);
    put_number(s, length, 1);
    put_number(s, count, 8);
    put_bytes(s, name, length);
}

void sweep_entry_more(sweep_entry_sink *s, sweep_entry_type type, const void *data,
                      size_t count)
{
    size_t size = type_size[type];

    if (size == 1)
        put_bytes(s, data, count);
    else if (!s->put)
        s->n += count * size;
    else
        for (size_t i = 0; i < count; i++)
            put_number(s, load(data, type, i), size);
}

void sweep_entry_put(sweep_entry_sink *s, const char *name, sweep_entry_type type,
                     const void *data, size_t count)
{
    sweep_entry_begin(s, name, type, count);
    sweep_entry_more(s, type, data, count);
}

/* The entry at bytes[*at]; false when it does not lie within n bytes. */
static bool parse(sweep_entry *e, const unsigned char *bytes, size_t n, size_t *at)
{
    size_t left = n - *at, size;
    const unsigned char *p = bytes + *at;
    uint64_t count;

    if (left < HEAD || p[0] >= LUT_COUNT(type_size) || p[1] > left - HEAD)
        return false;
    size = type_size[p[0]];
    count = get_number(p + 2, 8);
    left -= HEAD + (size_t)p[1];
    if (count > left / size)
        return false;
    *e = (sweep_entry){ .type = (sweep_entry_type)p[0],
                        .name = p + HEAD,
                        .data = p + HEAD + p[1],
                        .name_length = p[1],
                        .count = (size_t)count };
    *at = n - left + e->count * size;
    return true;
}

lut_status sweep_entries_init(sweep_entries *e, const unsigned char *bytes, size_t n,
                              lut_err *err)
{
    size_t at = 0, room = 0;

    *e = (sweep_entries){ 0 };
    while (at < n) {
        if (e->n == room) {
            sweep_entry *more;

            room = room ? 2 * room : 128;
            more = realloc(e->entry, room * sizeof *more);
            if (!more) {
                sweep_entries_fini(e);
                return lut_fail(err, LUT_ENOMEM, "out of memory");
            }
            e->entry = more;
        }
        if (!parse(&e->entry[e->n++], bytes, n, &at)) {
            sweep_entries_fini(e);
            return lut_fail(err, LUT_EFORMAT, "no entry at byte %zu of the payload",
                            at);
        }
    }
    return LUT_OK;
}

void sweep_entries_fini(sweep_entries *e)
{
    free(e->entry);
    *e = (sweep_entries){ 0 };
}

const sweep_entry *sweep_entries_find(const sweep_entries *e, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < e->n; i++)
        if (e->entry[i].name_length == length &&
            memcmp(e->entry[i].name, name, length) == 0)
            return &e->entry[i];
    return NULL;
}

void sweep_entry_value(const sweep_entry *e, size_t i, void *out)
{
    size_t size = type_size[e->type];

    store(out, e->type, get_number(e->data + i * size, size));
}

lut_status sweep_entries_get(const sweep_entries *e, const char *name,
                             sweep_entry_type type, void *out, size_t count,
                             lut_err *err)
{
    const sweep_entry *f = sweep_entries_find(e, name);

    if (!f)
        return lut_fail(err, LUT_EFORMAT, "%s is missing", name);
    if (f->type != type || f->count != count)
        return lut_fail(err, LUT_EFORMAT,
                        "%s has %zu values of type %d, want %zu of %d", name, f->count,
                        (int)f->type, count, (int)type);
    for (size_t i = 0; i < count; i++)
        sweep_entry_value(f, i, (char *)out + i * type_size[type]);
    return LUT_OK;
}
