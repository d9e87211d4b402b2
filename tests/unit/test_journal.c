/* sweep/journal: what is written comes back; damage is noticed and harms nothing else. */
#include "sweep/journal.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
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
    CU_ASSERT_EQUAL(damaged, 1);
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
        }
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

static void test_tidy(void)
{
    unlink(path);
}

int main(void)
{
    static const unit_test tests[] = { UNIT(test_round_trip), UNIT(test_torn_tail),
                                       UNIT(test_flipped_bit),
                                       UNIT(test_fields_are_bounded), UNIT(test_tidy) };
    int fd = mkstemp(path);

    if (fd < 0)
        return 99;
    close(fd);
    return unit_run("journal", tests, sizeof tests / sizeof tests[0]);
}
