#include "sweep/record.h"
#include "lib/base/check.h"
#include "sweep/record_network.h"
#include "sweep/replace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <nettle/sha2.h>
#include <zlib.h>

enum {
    HEADER = 24,
    VERSION = 2,
    NAME = 96
}; /* magic 8, version 4, length 8, crc32 4 */

static const unsigned char magic[8] = "LUTREC\0";

/* Entries of fields: type in the record by type of the field. */
static sweep_entry_type entry_type(const lut_field *f)
{
    static const sweep_entry_type type[] = { [LUT_U32] = SWEEP_ENTRY_U32,
                                             [LUT_F64] = SWEEP_ENTRY_F64,
                                             [LUT_WHOLE] = SWEEP_ENTRY_F64,
                                             [LUT_BOOL] = SWEEP_ENTRY_U8,
                                             [LUT_TEXT] = SWEEP_ENTRY_U8 };

    return type[f->type];
}

static void put_fields(sweep_entry_sink *s, const char *table, const lut_field *field,
                       size_t n, const void *object)
{
    char name[NAME];

    for (size_t i = 0; i < n; i++) {
        const char *p = (const char *)object + field[i].offset;

        snprintf(name, sizeof name, "%s.%s", table, field[i].name);
        sweep_entry_put(s, name, entry_type(&field[i]), p,
                        field[i].type == LUT_TEXT ? strnlen(p, field[i].size - 1) : 1);
    }
}

/* Column by column: a name once, not once an epoch. */
static void put_history(sweep_entry_sink *s, const sweep_result *r)
{
    const uint64_t count = r->nhistory;
    char name[NAME];
    size_t n;
    const lut_field *field = sweep_epoch_fields(&n);

    sweep_entry_put(s, "epochs", SWEEP_ENTRY_U64, &count, 1);
    for (size_t i = 0; i < n; i++) {
        snprintf(name, sizeof name, "history.%s", field[i].name);
        sweep_entry_begin(s, name, entry_type(&field[i]), r->nhistory);
        for (size_t e = 0; e < r->nhistory; e++)
            sweep_entry_more(s, entry_type(&field[i]),
                             (const char *)&r->history[e] + field[i].offset, 1);
    }
}

static void put_reproducible(sweep_entry_sink *s, const sweep_result *r)
{
    const uint8_t has_network = r->has_network;
    size_t n;
    const lut_field *field = sweep_row_fields(&n);

    put_fields(s, "row", field, n, &r->row);
    put_history(s, r);
    sweep_entry_put(s, "network", SWEEP_ENTRY_U8, &has_network, 1);
    if (r->has_network)
        sweep_record_put_network(s, r);
}

static void put_result(sweep_entry_sink *s, const sweep_result *r)
{
    size_t n;
    const lut_field *field = sweep_timing_fields(&n);

    put_reproducible(s, r);
    put_fields(s, "timing", field, n, &r->timing);
    if (r->log)
        sweep_entry_put(s, "log", SWEEP_ENTRY_U8, r->log, strlen(r->log));
}

/* arg: where to, advanced. */
static void copy(void *arg, const void *bytes, size_t n)
{
    unsigned char **p = arg;

    memcpy(*p, bytes, n);
    *p += n;
}

static void hash(void *arg, const void *bytes, size_t n)
{
    sha256_update(arg, n, bytes);
}

static void put_header(unsigned char *head, const unsigned char *payload, size_t n)
{
    sweep_entry_sink s = { .put = copy, .arg = &head };
    const uint32_t version = VERSION, crc = (uint32_t)crc32_z(0, payload, n);
    const uint64_t length = n;

    sweep_entry_more(&s, SWEEP_ENTRY_U8, magic, sizeof magic);
    sweep_entry_more(&s, SWEEP_ENTRY_U32, &version, 1);
    sweep_entry_more(&s, SWEEP_ENTRY_U64, &length, 1);
    sweep_entry_more(&s, SWEEP_ENTRY_U32, &crc, 1);
}

lut_status sweep_record_pack(unsigned char **bytes, size_t *n, const sweep_result *r,
                             lut_err *err)
{
    sweep_entry_sink s = { 0 };
    unsigned char *payload;

    put_result(&s, r);
    *n = HEADER + s.n;
    *bytes = malloc(*n);
    if (!*bytes)
        return lut_fail(err, LUT_ENOMEM, "no memory for a record of %zu bytes", *n);
    payload = *bytes + HEADER;
    s = (sweep_entry_sink){ .put = copy, .arg = &payload };
    put_result(&s, r);
    put_header(*bytes, *bytes + HEADER, s.n);
    return LUT_OK;
}

static uint64_t header_number(const unsigned char *p, sweep_entry_type type)
{
    const sweep_entry e = { .type = type, .data = p };
    uint64_t v64 = 0;
    uint32_t v32 = 0;

    sweep_entry_value(&e, 0, type == SWEEP_ENTRY_U64 ? (void *)&v64 : (void *)&v32);
    return type == SWEEP_ENTRY_U64 ? v64 : v32;
}

static lut_status check_header(const unsigned char *bytes, size_t n, lut_err *err)
{
    uint64_t version, length;

    if (n < HEADER || memcmp(bytes, magic, sizeof magic) != 0)
        return lut_fail(err, LUT_EFORMAT, "no record: it does not start with LUTREC");
    version = header_number(bytes + 8, SWEEP_ENTRY_U32);
    length = header_number(bytes + 12, SWEEP_ENTRY_U64);
    if (version != VERSION)
        return lut_fail(err, LUT_EFORMAT,
                        "record of version %llu, this program reads %d",
                        (unsigned long long)version, VERSION);
    if (length != n - HEADER)
        return lut_fail(err, LUT_EFORMAT,
                        "damaged record: %zu bytes of payload where %llu were written",
                        n - HEADER, (unsigned long long)length);
    if (crc32_z(0, bytes + HEADER, n - HEADER) !=
        header_number(bytes + 20, SWEEP_ENTRY_U32))
        return lut_fail(err, LUT_EFORMAT, "damaged record: the checksum does not fit");
    return LUT_OK;
}

static lut_status get_text(const sweep_entry *e, char *text, size_t size, lut_err *err)
{
    if (e->count >= size || memchr(e->data, 0, e->count))
        return lut_fail(err, LUT_EFORMAT, "%.*s is no text of at most %zu characters",
                        (int)e->name_length, (const char *)e->name, size - 1);
    memset(text, 0, size);
    memcpy(text, e->data, e->count);
    return LUT_OK;
}

/* A field that the record does not have keeps its default: an older program wrote it. */
static lut_status get_fields(const sweep_entries *e, const char *table,
                             const lut_field *field, size_t n, void *object,
                             lut_err *err)
{
    char name[NAME];

    for (size_t i = 0; i < n; i++) {
        char *p = (char *)object + field[i].offset;
        const sweep_entry *f;

        snprintf(name, sizeof name, "%s.%s", table, field[i].name);
        f = sweep_entries_find(e, name);
        if (f && f->type == SWEEP_ENTRY_U8 && field[i].type == LUT_TEXT)
            LUT_TRY(get_text(f, p, field[i].size, err));
        else if (f)
            LUT_TRY(sweep_entries_get(e, name, entry_type(&field[i]), p, 1, err));
    }
    return LUT_OK;
}

static lut_status get_history_column(sweep_result *r, const sweep_entries *e,
                                     const lut_field *field, lut_err *err)
{
    char name[NAME];
    const sweep_entry *f;

    snprintf(name, sizeof name, "history.%s", field->name);
    f = sweep_entries_find(e, name);
    if (!f)
        return LUT_OK;
    if (f->type != entry_type(field) || f->count != r->nhistory)
        return lut_fail(err, LUT_EFORMAT, "%s has %zu values, want %zu", name, f->count,
                        r->nhistory);
    for (size_t i = 0; i < r->nhistory; i++)
        sweep_entry_value(f, i, (char *)&r->history[i] + field->offset);
    return LUT_OK;
}

static lut_status get_history(sweep_result *r, const sweep_entries *e, lut_err *err)
{
    size_t n;
    const lut_field *field = sweep_epoch_fields(&n);
    const sweep_entry *epoch = sweep_entries_find(e, "history.epoch");
    uint64_t count;

    LUT_TRY(sweep_entries_get(e, "epochs", SWEEP_ENTRY_U64, &count, 1, err));
    if (!epoch || epoch->count != count) /* before memory is asked for */
        return lut_fail(err, LUT_EFORMAT, "epochs and history.epoch do not agree");
    if (count == 0)
        return LUT_OK;
    r->history = malloc((size_t)count * sizeof *r->history);
    if (!r->history)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    r->nhistory = (size_t)count;
    for (size_t i = 0; i < r->nhistory; i++)
        lut_fields_default(field, n, &r->history[i]);
    for (size_t i = 0; i < n; i++)
        LUT_TRY(get_history_column(r, e, &field[i], err));
    return LUT_OK;
}

static lut_status get_log(sweep_result *r, const sweep_entries *e, lut_err *err)
{
    const sweep_entry *log = sweep_entries_find(e, "log");

    if (!log)
        return LUT_OK;
    r->log = malloc(log->count + 1);
    if (!r->log)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    return get_text(log, r->log, log->count + 1, err);
}

static lut_status get_result(sweep_result *r, const sweep_entries *e, lut_err *err)
{
    uint8_t has_network;
    size_t n;
    const lut_field *row = sweep_row_fields(&n);

    LUT_TRY(get_fields(e, "row", row, n, &r->row, err));
    sweep_result_complete(r);
    row = sweep_timing_fields(&n);
    LUT_TRY(get_fields(e, "timing", row, n, &r->timing, err));
    LUT_TRY(get_history(r, e, err));
    LUT_TRY(get_log(r, e, err));
    LUT_TRY(sweep_entries_get(e, "network", SWEEP_ENTRY_U8, &has_network, 1, err));
    r->has_network = has_network != 0;
    return has_network ? sweep_record_get_network(r, e, err) : LUT_OK;
}

lut_status sweep_record_unpack(sweep_result *r, const unsigned char *bytes, size_t n,
                               lut_err *err)
{
    sweep_entries e = { 0 };
    lut_status st;

    sweep_result_init(r);
    LUT_TRY(check_header(bytes, n, err));
    st = sweep_entries_init(&e, bytes + HEADER, n - HEADER, err);
    if (st == LUT_OK)
        st = get_result(r, &e, err);
    if (st == LUT_EINVAL) /* what makes no circuit is damage here */
        st = LUT_EFORMAT;
    if (st != LUT_OK) {
        sweep_result_fini(r);
        if (err)
            err->code = st;
        lut_err_wrap(err, "damaged record");
    }
    sweep_entries_fini(&e);
    return st;
}

lut_status sweep_record_write(const char *path, const sweep_result *r, lut_err *err)
{
    unsigned char *bytes;
    size_t n;
    lut_status st;

    LUT_TRY(sweep_record_pack(&bytes, &n, r, err));
    st = sweep_replace_bytes(path, bytes, n, err);
    free(bytes);
    return st;
}

/* The whole file; *bytes is owned (free). */
static lut_status read_all(const char *path, unsigned char **bytes, size_t *n,
                           lut_err *err)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    lut_status st = LUT_OK;

    *bytes = NULL;
    if (!file)
        return lut_fail(err, errno == ENOENT ? LUT_ENOENT : LUT_EIO, "%s",
                        strerror(errno));
    if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
        st = lut_fail(err, LUT_EIO, "no regular file");
    *n = st == LUT_OK ? (size_t)info.st_size : 0;
    if (st == LUT_OK && !(*bytes = malloc(*n ? *n : 1)))
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu bytes", *n);
    if (st == LUT_OK && fread(*bytes, 1, *n, file) != *n)
        st = lut_fail(err, LUT_EIO, "cannot be read: %s",
                      ferror(file) ? strerror(errno) : "it became shorter");
    fclose(file);
    return st;
}

lut_status sweep_record_read(sweep_result *r, const char *path, lut_err *err)
{
    unsigned char *bytes;
    size_t n = 0;
    lut_status st;

    sweep_result_init(r);
    st = read_all(path, &bytes, &n, err);
    if (st == LUT_OK)
        st = sweep_record_unpack(r, bytes, n, err);
    free(bytes);
    if (st != LUT_OK)
        lut_err_wrap(err, "%s", path);
    return st;
}

uint64_t sweep_result_hash(const sweep_result *r)
{
    struct sha256_ctx sha;
    sweep_entry_sink s = { .put = hash, .arg = &sha };
    uint8_t digest[8];
    uint64_t v = 0;

    sha256_init(&sha);
    put_reproducible(&s, r);
    sha256_digest(&sha, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        v = v << 8 | digest[i];
    return v;
}

bool sweep_result_same(const sweep_result *a, const sweep_result *b, uint64_t hash[2])
{
    sweep_result x = *a, y = *b; /* what they own stays theirs */
    uint64_t both[2];

    x.has_network = y.has_network = a->has_network && b->has_network;
    both[0] = sweep_result_hash(&x);
    both[1] = sweep_result_hash(&y);
    if (hash)
        memcpy(hash, both, sizeof both);
    return both[0] == both[1];
}
