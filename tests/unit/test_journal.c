/* sweep/journal: what is written comes back; damage is noticed and harms nothing else. */
#include "sweep/journal.h"
#include "tests/support/unit.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

typedef struct seen {
    size_t n;
    char events[256], last[64];
    double number;
} seen;

static lut_status look(void *arg, const sweep_entry *e, lut_err *err)
{
    seen *s = arg;

    (void)err;
    s->n++;
    strcat(s->events, e->event);
    sweep_entry_text(e, "log", s->last, sizeof s->last);
    s->number = sweep_entry_number(e, "x", -1);
    return LUT_OK;
}

static char path[] = "/tmp/test_journal.XXXXXX";

static void write_three(void)
{
    sweep_journal j;
    sweep_fields f = { 0 };
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&j, path, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "RUN", NULL, 0, NULL, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "START", "0123456789abcdef", 1, NULL, &err),
                    LUT_OK);
    sweep_fields_text(&f, "log", "100% of\n\"this\" \xc3\xa4");
    sweep_fields_number(&f, "x", 0.1);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "FAIL", "0123456789abcdef", 1, &f, &err),
                    LUT_OK);
    CU_ASSERT(j.dirty);
    CU_ASSERT_EQUAL(sweep_journal_sync(&j, &err), LUT_OK);
    CU_ASSERT_FALSE(j.dirty);
    sweep_journal_close(&j);
}

static seen replay(size_t *damaged)
{
    seen s = { 0 };
    lut_err err;

    CU_ASSERT_EQUAL(sweep_journal_replay(path, damaged, look, &s, &err), LUT_OK);
    return s;
}

static void fresh(void)
{
    CU_ASSERT_EQUAL_FATAL(truncate(path, 0), 0);
    write_three();
}

static void test_round_trip(void)
{
    size_t damaged;
    seen s;

    fresh();
    s = replay(&damaged);
    CU_ASSERT_EQUAL(s.n, 3);
    CU_ASSERT_EQUAL(damaged, 0);
    CU_ASSERT_STRING_EQUAL(s.events, "RUNSTARTFAIL");
    CU_ASSERT_STRING_EQUAL(s.last, "100% of\n\"this\" \xc3\xa4");
    CU_ASSERT_EQUAL(s.number, 0.1);
    CU_ASSERT_EQUAL(sweep_journal_replay("/nowhere/x", &damaged, look, &s, NULL),
                    LUT_ENOENT);
}

static size_t read_file(char *text, size_t size)
{
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, size, f) : 0;

    if (f)
        fclose(f);
    return n;
}

static void write_file(const char *text, size_t n)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(text, 1, n, f), n);
    fclose(f);
}

/* Cut anywhere: whole lines stay, the torn one goes; what is appended later is read. */
static void test_torn_tail(void)
{
    char text[2048];
    size_t n, damaged;

    fresh();
    n = read_file(text, sizeof text);
    for (size_t cut = 0; cut < n; cut++) {
        size_t lines = 0;
        seen s;

        for (size_t i = 0; i < cut; i++)
            lines += text[i] == '\n';
        write_file(text, cut);
        s = replay(&damaged);
        CU_ASSERT_EQUAL(s.n, lines);
        CU_ASSERT_EQUAL(damaged, 0);
    }
    write_file(text, n - 5);
    write_three();
    CU_ASSERT_EQUAL(replay(&damaged).n, 5);
    CU_ASSERT_EQUAL(damaged, 0);
}

/* Any flipped bit costs its own line (two, where it was the newline) and no other. */
static void test_flipped_bit(void)
{
    char text[2048];
    size_t n, damaged;

    fresh();
    n = read_file(text, sizeof text);
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit += 3) {
            const bool newline = text[i] == '\n';
            const size_t n0 = newline && i + 1 < n ? 1 : 2;

            text[i] ^= (char)(1 << bit);
            write_file(text, n);
            text[i] ^= (char)(1 << bit);
            CU_ASSERT_EQUAL(replay(&damaged).n, n0);
            CU_ASSERT_EQUAL(damaged, newline && i + 1 == n ? 0 : 1);
        }
}

/* A disk that fills up in the middle of a line costs that line alone. */
static void test_full_disk(void)
{
    struct rlimit was, less;
    sweep_journal j;
    size_t damaged;
    lut_err err;
    seen s;

    fresh();
    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&j, path, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &was), 0);
    signal(SIGXFSZ, SIG_IGN);
    less = was;
    less.rlim_cur = (rlim_t)lseek(j.fd, 0, SEEK_END) + 20;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &less), 0);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "DONE", NULL, 0, NULL, &err), LUT_EIO);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "DONE", NULL, 0, NULL, &err), LUT_EIO);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &was), 0);
    s = replay(&damaged);
    CU_ASSERT_EQUAL(s.n, 3);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "CANCEL", NULL, 0, NULL, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_journal_add(&j, "END", NULL, 0, NULL, &err), LUT_OK);
    s = replay(&damaged);
    CU_ASSERT_STRING_EQUAL(s.events, "RUNSTARTFAILCANCELEND");
    CU_ASSERT_EQUAL(damaged, 0); /* whoever went on knew of the piece */
    sweep_journal_close(&j);
}

static void test_fields_are_bounded(void)
{
    sweep_fields f = { 0 };
    sweep_journal j;
    char big[SWEEP_LINE + 100];
    lut_err err;
    size_t damaged;

    memset(big, '\n', sizeof big - 1);
    big[sizeof big - 1] = 0;
    sweep_fields_text(&f, "log", big);
    sweep_fields_text(&f, "x", "1");
    CU_ASSERT(strlen(f.text) < sizeof f.text);
    CU_ASSERT_EQUAL_FATAL(truncate(path, 0), 0);
    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&j, path, &err), LUT_OK);
    CU_ASSERT_EQUAL(
        sweep_journal_add(&j, "FAIL", "0123456789abcdef", 4294967295u, &f, &err),
        LUT_OK);
    sweep_journal_close(&j);
    CU_ASSERT_EQUAL(replay(&damaged).n, 1);
}

/* ---- any damage ---- */

enum { FUZZ_LINES = 40, FUZZ_ROUNDS = 3000, FUZZ_SIZE = 1 << 16 };

static uint64_t fuzz_state = 1;

/* Steele, Lea, Flood, OOPSLA 2014 (splitmix64). */
static uint32_t below(uint32_t n)
{
    uint64_t z = fuzz_state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) % n);
}

/* Lines that were written: line i says so in each of its parts. */
static lut_status look_at_line(void *arg, const sweep_entry *e, lut_err *err)
{
    size_t *n = arg;
    char key[17], text[64];
    const uint64_t i = e->sequence;

    (void)err;
    ++*n;
    snprintf(key, sizeof key, "%016llx", (unsigned long long)i * 0x9e3779b1u);
    snprintf(text, sizeof text, "value %llu\n%%", (unsigned long long)i);
    CU_ASSERT(i >= 1 && i <= FUZZ_LINES);
    CU_ASSERT_STRING_EQUAL(e->event, i % 2 ? "START" : "DONE");
    CU_ASSERT_STRING_EQUAL(e->key, key);
    CU_ASSERT_EQUAL(e->attempt, i % 7 + 1);
    CU_ASSERT(sweep_entry_text(e, "log", key, sizeof key));
    CU_ASSERT(!strncmp(key, text, sizeof key - 1));
    CU_ASSERT_EQUAL(sweep_entry_number(e, "x", -1), (double)i / 3);
    return LUT_OK;
}

static void write_lines(uint64_t n)
{
    sweep_journal j;

    CU_ASSERT_EQUAL_FATAL(truncate(path, 0), 0);
    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&j, path, NULL), LUT_OK);
    for (uint64_t i = 1; i <= n; i++) {
        sweep_fields f = { 0 };
        char key[17], text[64];

        snprintf(key, sizeof key, "%016llx", (unsigned long long)i * 0x9e3779b1u);
        snprintf(text, sizeof text, "value %llu\n%%", (unsigned long long)i);
        sweep_fields_text(&f, "log", text);
        sweep_fields_number(&f, "x", (double)i / 3);
        CU_ASSERT_EQUAL(sweep_journal_add(&j, i % 2 ? "START" : "DONE", key,
                                          (uint32_t)(i % 7) + 1, &f, NULL),
                        LUT_OK);
    }
    sweep_journal_close(&j);
}

/* One kind of damage in text[*n]; the buffer has room for twice as much. */
static void spoil(char *text, size_t *n)
{
    const size_t at = below((uint32_t)*n), length = 1 + below(64);
    const size_t end = at + length < *n ? at + length : *n;

    switch (below(7)) {
    case 0:
        text[at] ^= (char)(1 << below(8));
        break;
    case 1: /* a block that was never written */
        memset(text + at, 0, end - at);
        break;
    case 2:
        *n = at + 1;
        break;
    case 3: /* a hole */
        memmove(text + at, text + end, *n - end);
        *n -= end - at;
        break;
    case 4: /* twice the same */
        memmove(text + end, text + at, *n - at);
        *n += end - at;
        break;
    case 5:
        for (size_t i = at; i < end; i++)
            text[i] = (char)below(256);
        break;
    default:
        text[at] = '\n';
        break;
    }
}

/* Whatever happens to the bytes: no crash, and no line that nobody wrote. */
static void test_any_damage(void)
{
    char *whole = malloc(FUZZ_SIZE), *text = malloc(2 * FUZZ_SIZE);
    size_t size, least = FUZZ_LINES, most = 0;

    CU_ASSERT_FATAL(whole && text);
    write_lines(FUZZ_LINES);
    size = read_file(whole, FUZZ_SIZE);
    CU_ASSERT_FATAL(size > 0 && size < FUZZ_SIZE);
    for (int round = 0; round < FUZZ_ROUNDS; round++) {
        size_t n = size, seen_lines = 0, damaged;

        memcpy(text, whole, size);
        for (uint32_t left = 1 + below(round % 2 ? 4 : 40);
             left > 0 && n > 0 && n < FUZZ_SIZE; left--)
            spoil(text, &n);
        write_file(text, n);
        CU_ASSERT_EQUAL(
            sweep_journal_replay(path, &damaged, look_at_line, &seen_lines, NULL),
            LUT_OK);
        CU_ASSERT(seen_lines + damaged <= 3 * FUZZ_LINES);
        least = seen_lines < least ? seen_lines : least;
        most = seen_lines > most ? seen_lines : most;
    }
    CU_ASSERT(least < FUZZ_LINES / 4); /* the damage was some, */
    CU_ASSERT(most >= FUZZ_LINES - 4); /* and not always a lot */
    free(whole);
    free(text);
}

static lut_status count_line(void *arg, const sweep_entry *e, lut_err *err)
{
    seen *s = arg;

    (void)err;
    s->n += e->attempt == 1;
    return LUT_OK;
}

/* As many lines as a large sweep has, in a fraction of a second. */
static void test_many_lines(void)
{
    enum { LINES = 100000 };
    size_t damaged;
    seen s = { 0 };
    sweep_journal j;
    clock_t start;

    CU_ASSERT_EQUAL_FATAL(truncate(path, 0), 0);
    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&j, path, NULL), LUT_OK);
    for (int i = 0; i < LINES; i++)
        CU_ASSERT_EQUAL(
            sweep_journal_add(&j, "START", "0123456789abcdef", 1, NULL, NULL), LUT_OK);
    CU_ASSERT_EQUAL(j.sequence, LINES);
    sweep_journal_close(&j);
    start = clock();
    CU_ASSERT_EQUAL(sweep_journal_replay(path, &damaged, count_line, &s, NULL), LUT_OK);
    CU_ASSERT((double)(clock() - start) < 2.0 * CLOCKS_PER_SEC);
    CU_ASSERT_EQUAL(s.n, LINES);
    CU_ASSERT_EQUAL(damaged, 0);
}

static void test_tidy(void)
{
    unlink(path);
}

int main(void)
{
    static const unit_test tests[] = {
        UNIT(test_round_trip),         UNIT(test_torn_tail),
        UNIT(test_flipped_bit),        UNIT(test_full_disk),
        UNIT(test_fields_are_bounded), UNIT(test_any_damage),
        UNIT(test_many_lines),         UNIT(test_tidy)
    };
    int fd = mkstemp(path);

    if (fd < 0)
        return 99;
    close(fd);
    return unit_run("journal", tests, sizeof tests / sizeof tests[0]);
}
