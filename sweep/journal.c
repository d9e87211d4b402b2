#include "sweep/journal.h"
#include "sweep/fault.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

static bool plain(unsigned char c)
{
    return c > ' ' && c < 127 && c != '%';
}

void sweep_fields_text(sweep_fields *f, const char *name, const char *value)
{
    static const char hex[] = "0123456789abcdef";
    size_t length = strlen(name), room = sizeof f->text - 5;
    char *p;

    if (f->used + length + 3 > room)
        return;
    p = f->text + f->used;
    p += sprintf(p, " %s=", name);
    for (; *value && (size_t)(p - f->text) < room; value++) {
        unsigned char c = (unsigned char)*value;

        if (plain(c)) {
            *p++ = *value;
            continue;
        }
        *p++ = '%';
        *p++ = hex[c >> 4];
        *p++ = hex[c & 15];
    }
    *p = 0;
    f->used = (size_t)(p - f->text);
}

void sweep_fields_number(sweep_fields *f, const char *name, double value)
{
    char text[32];

    snprintf(text, sizeof text, "%.17g", value);
    sweep_fields_text(f, name, text);
}

static int nibble(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10;
}

static char unescape(const char **p)
{
    const char *s = *p;

    if (*s == '%' && isxdigit((unsigned char)s[1]) && isxdigit((unsigned char)s[2])) {
        *p += 3;
        return (char)(nibble(s[1]) << 4 | nibble(s[2]));
    }
    *p += 1;
    return *s;
}

/* Start of a name's value in the fields, or NULL. */
static const char *value_of(const char *fields, const char *name)
{
    size_t length = strlen(name);

    for (const char *p = fields; *p;) {
        p += strspn(p, " ");
        if (!strncmp(p, name, length) && p[length] == '=')
            return p + length + 1;
        p += strcspn(p, " ");
    }
    return NULL;
}

bool sweep_entry_text(const sweep_entry *e, const char *name, char *out, size_t size)
{
    const char *p = value_of(e->fields, name);
    size_t n = 0;

    while (p && *p && *p != ' ' && n + 1 < size)
        out[n++] = unescape(&p);
    out[n] = 0;
    return p != NULL;
}

double sweep_entry_number(const sweep_entry *e, const char *name, double fallback)
{
    char text[64];
    char *end;
    double v;

    if (!sweep_entry_text(e, name, text, sizeof text))
        return fallback;
    v = strtod(text, &end);
    return end != text && !*end ? v : fallback;
}

void sweep_utc(char out[SWEEP_UTC])
{
    time_t now = time(NULL);
    struct tm tm;

    gmtime_r(&now, &tm);
    strftime(out, SWEEP_UTC, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* Behind a line that came out in part: whoever goes on knows of it, it is no damage. */
#define CUT "\x18\n" /* ASCII's "cancel" */
enum { CUT_LENGTH = sizeof CUT - 1 };

/* A process that died while it appended left a line without its end, which is to swallow none
 * of ours. */
static lut_status end_torn_line(int fd, const char *path, lut_err *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char last = '\n';

    if (size < 0 || (size > 0 && pread(fd, &last, 1, size - 1) != 1) ||
        (last != '\n' && write(fd, CUT, CUT_LENGTH) != CUT_LENGTH))
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    return LUT_OK;
}

lut_status sweep_journal_open(sweep_journal *j, const char *path, lut_err *err)
{
    *j = (sweep_journal){ .fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
                                     0666) };
    if (j->fd < 0)
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    if (end_torn_line(j->fd, path, err) != LUT_OK) {
        sweep_journal_close(j);
        return LUT_EIO;
    }
    return LUT_OK;
}

/* The line behind CUT, which counts where the line before it is torn. */
static lut_status put(sweep_journal *j, const char *line, size_t n, lut_err *err)
{
    const size_t skip = j->torn ? 0 : CUT_LENGTH;
    ssize_t done = write(j->fd, line + skip, n - skip);

    j->torn = done > 0 ? (size_t)done < n - skip : j->torn;
    if (done != (ssize_t)(n - skip))
        return lut_fail(err, LUT_EIO, "journal: %s",
                        strerror(done < 0 ? errno : ENOSPC));
    j->dirty = true;
    return LUT_OK;
}

lut_status sweep_journal_add(sweep_journal *j, const char *event, const char *key,
                             uint32_t attempt, const sweep_fields *fields, lut_err *err)
{
    enum { CRC = CUT_LENGTH, TEXT = CRC + 9 }; /* where they start */
    char line[SWEEP_LINE], utc[SWEEP_UTC], crc[10];
    int n;

    sweep_utc(utc);
    n = snprintf(line, sizeof line, CUT "         %" PRIu64 " %s %s %s %" PRIu32 "%s\n",
                 ++j->sequence, utc, event, key ? key : "-", attempt,
                 fields ? fields->text : "");
    if (n < 0 || (size_t)n >= sizeof line)
        return lut_fail(err, LUT_EINVAL, "journal: a line of %d bytes, at most %d", n,
                        SWEEP_LINE - 1);
    snprintf(crc, sizeof crc, "%08lx",
             crc32(0, (Bytef *)line + TEXT, (uInt)(n - TEXT - 1)));
    memcpy(line + CRC, crc, 8);
    LUT_TRY(SWEEP_FAULT_CHECK("journal-add", err));
    return put(j, line, (size_t)n, err);
}

lut_status sweep_journal_sync(sweep_journal *j, lut_err *err)
{
    if (j->dirty)
        LUT_TRY(SWEEP_FAULT_CHECK("journal-sync", err));
    if (j->dirty && fdatasync(j->fd) != 0)
        return lut_fail(err, LUT_EIO, "journal: sync: %s", strerror(errno));
    j->dirty = false;
    return LUT_OK;
}

void sweep_journal_close(sweep_journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    j->fd = -1;
}

/* A line without its newline; false when it is damaged. */
static bool parse(sweep_entry *e, const char *line, size_t length)
{
    unsigned long crc;
    char *end;
    int used = 0;

    if (length < 10 || memchr(line, 0, length) || line[8] != ' ')
        return false;
    crc = strtoul(line, &end, 16);
    if (end != line + 8 || crc != crc32(0, (const Bytef *)line + 9, (uInt)(length - 9)))
        return false;
    if (sscanf(line + 9, "%" SCNu64 " %23s %11s %16s %" SCNu32 "%n", &e->sequence,
               e->utc, e->event, e->key, &e->attempt, &used) != 5)
        return false;
    e->fields = line + 9 + used;
    return true;
}

lut_status sweep_journal_replay(const char *path, size_t *damaged, sweep_entry_fn fn,
                                void *arg, lut_err *err)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t n;
    const char *slash = strrchr(path, '/');
    sweep_entry e = { .file = slash ? slash + 1 : path };
    lut_status st = LUT_OK;

    *damaged = 0;
    if (!f)
        return lut_fail(err, errno == ENOENT ? LUT_ENOENT : LUT_EIO, "%s: %s", path,
                        strerror(errno));
    while (st == LUT_OK && (n = getline(&line, &size, f)) > 0) {
        if (line[n - 1] != '\n')
            break; /* torn: its writer died in the middle */
        line[--n] = 0;
        if (parse(&e, line, (size_t)n))
            st = fn(arg, &e, err);
        else
            *damaged += n > 0 && line[n - 1] != CUT[0];
    }
    if (st == LUT_OK && ferror(f))
        st = lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    free(line);
    fclose(f);
    return st;
}
