/* Loops of a team.  The threads are started here, not by OpenMP: ThreadSanitizer knows these
 * (tests/arch/races.sh) and doesn't know GNU libgomp's. */
#include "lib/base/team.h"
#include "tests/support/unit.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 8, MOST_PARTS = 1000, ROUNDS = 20000 };

typedef struct crew {
    lut_team team;
    lut_exec exec;
    pthread_t other[MOST_THREADS];
} crew;

static void *serve(void *arg)
{
    lut_team_serve(arg);
    return NULL;
}

static void open_crew(crew *c, unsigned threads)
{
    lut_team_open(&c->team, threads);
    c->exec = (lut_exec){ .threads = threads, .team = &c->team };
    for (unsigned i = 1; i < threads; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&c->other[i], NULL, serve, &c->team), 0);
}

static void close_crew(crew *c)
{
    lut_team_close(&c->team);
    for (unsigned i = 1; i < c->exec.threads; i++)
        pthread_join(c->other[i], NULL);
}

/* What parts write is plain memory: a loop must not end before its parts have. */
typedef struct tally {
    const lut_exec *exec;
    unsigned hits[MOST_PARTS];
} tally;

static void count(void *arg, size_t i)
{
    ((tally *)arg)->hits[i]++;
}

/* Parts that were not run exactly `each` times. */
static size_t wrong(const tally *t, size_t n, unsigned each)
{
    size_t bad = 0;

    for (size_t i = 0; i < n; i++)
        bad += t->hits[i] != each;
    return bad;
}

static void test_each_part_once(void)
{
    static const size_t sizes[] = { 0, 1, 2, 3, 7, 8, 9, 64, MOST_PARTS };
    static tally t;
    crew c;

    for (unsigned threads = 1; threads <= MOST_THREADS; threads++) {
        open_crew(&c, threads);
        for (size_t i = 0; i < LUT_COUNT(sizes); i++) {
            memset(&t, 0, sizeof t);
            for (unsigned round = 0; round < 20; round++)
                lut_for(&c.exec, sizes[i], count, &t);
            CU_ASSERT_EQUAL(wrong(&t, sizes[i], 20), 0);
            CU_ASSERT_EQUAL(wrong(&t, MOST_PARTS, 0), sizes[i]);
        }
        close_crew(&c);
    }
}

/* ---- late threads: each loop has its own function, argument and length ---- */

typedef struct stage {
    unsigned round;
    size_t n;
    unsigned seen[4]; /* of each part, the round that ran it */
    atomic_int wrong; /* parts of another loop */
} stage;

/* Long enough that others come to claim the next part. */
static void linger(unsigned turns)
{
    volatile unsigned turn = 0;

    while (turn < turns)
        turn++;
}

static void run_stage(stage *s, size_t i, unsigned parity)
{
    linger(parity ? 200 : 0);
    if (s->round % 2 == parity && i < s->n)
        s->seen[i] = s->round;
    else
        atomic_fetch_add(&s->wrong, 1);
}

static void even(void *arg, size_t i)
{
    run_stage(arg, i, 0);
}

static void odd(void *arg, size_t i)
{
    run_stage(arg, i, 1);
}

/* Two stages in turn, so that a thread that takes one loop for another is seen. */
static void test_late_threads(void)
{
    static const unsigned threads[] = { 2, 3, 8 };
    crew c;

    for (size_t t = 0; t < LUT_COUNT(threads); t++) {
        stage s[2] = { { 0 } };
        size_t bad = 0;

        open_crew(&c, threads[t]);
        for (unsigned round = 1; round <= ROUNDS; round++) {
            stage *now = &s[round % 2];

            now->round = round;
            now->n = 2 + round % 3;
            lut_for(&c.exec, now->n, round % 2 ? odd : even, now);
            for (size_t i = 0; i < now->n; i++)
                bad += now->seen[i] != round;
        }
        CU_ASSERT_EQUAL(bad, 0);
        CU_ASSERT_EQUAL(atomic_load(&s[0].wrong) + atomic_load(&s[1].wrong), 0);
        close_crew(&c);
    }
}

/* ---- nesting ---- */

static void count_inside(void *arg, size_t i)
{
    tally *t = arg;
    size_t first = 10 * i;
    tally mine = { 0 };

    lut_for(t->exec, 10, count, &mine);
    for (size_t j = 0; j < 10; j++)
        t->hits[first + j] += mine.hits[j];
}

static void test_nested(void)
{
    static tally t;
    crew c;

    memset(&t, 0, sizeof t);
    open_crew(&c, 4);
    t.exec = &c.exec;
    for (int round = 0; round < 50; round++)
        lut_for(&c.exec, MOST_PARTS / 10, count_inside, &t);
    CU_ASSERT_EQUAL(wrong(&t, MOST_PARTS, 50), 0);
    close_crew(&c);
}

/* ---- who runs parts ---- */

typedef struct meeting {
    atomic_int there;
    pthread_t leader;
    unsigned late; /* what other threads write, long after the leader's part ended */
} meeting;

/* Two parts that wait for each other: each needs a thread of its own. */
static void meet(void *arg, size_t i)
{
    meeting *m = arg;

    (void)i;
    atomic_fetch_add(&m->there, 1);
    while (atomic_load(&m->there) < 2)
        sched_yield();
}

static void rest(long milliseconds)
{
    struct timespec t = { .tv_nsec = milliseconds * 1000 * 1000 };

    nanosleep(&t, NULL);
}

static void meet_and_rest(void *arg, size_t i)
{
    meeting *m = arg;

    meet(m, i);
    if (pthread_equal(pthread_self(), m->leader))
        return;
    rest(5);
    m->late++;
}

static void test_leader_waits(void)
{
    meeting m = { .leader = pthread_self() };
    crew c;

    open_crew(&c, 2);
    for (unsigned i = 1; i <= 3; i++) {
        atomic_store(&m.there, 0);
        lut_for(&c.exec, 2, meet_and_rest, &m);
        CU_ASSERT_EQUAL(m.late, i);
    }
    close_crew(&c);
}

/* A team whose others never run gets everything done. */
static void test_absent_others(void)
{
    static tally t;
    lut_team team;
    lut_exec exec = { .threads = 8, .team = &team };

    memset(&t, 0, sizeof t);
    lut_team_open(&team, 8);
    for (size_t n = 2; n <= 9; n++)
        lut_for(&exec, n, count, &t);
    lut_for(&exec, MOST_PARTS, count, &t);
    CU_ASSERT_EQUAL(wrong(&t, 2, 9), 0);
    CU_ASSERT_EQUAL(t.hits[8], 2);
    CU_ASSERT_EQUAL(wrong(&t, MOST_PARTS, 1), 9);
    lut_team_close(&team);
}

/* ---- which parts a thread runs ---- */

enum { SHARED_PARTS = 8 };

typedef struct place {
    atomic_uint begun;
    bool by_leader[SHARED_PARTS];
    pthread_t leader;
} place;

/* Two threads go from part to part in step, so neither helps with the other's share. */
static void go_in_step(void *arg, size_t i)
{
    place *p = arg;
    unsigned number = atomic_fetch_add(&p->begun, 1);

    p->by_leader[i] = pthread_equal(pthread_self(), p->leader);
    while (atomic_load(&p->begun) < number / 2 * 2 + 2)
        sched_yield();
}

static void test_own_share_first(void)
{
    crew c;

    open_crew(&c, 2);
    for (int round = 0; round < 100; round++) {
        place p = { .leader = pthread_self() };

        lut_for(&c.exec, SHARED_PARTS, go_in_step, &p);
        for (size_t i = 0; i < SHARED_PARTS; i++)
            CU_ASSERT_EQUAL(p.by_leader[i], i < SHARED_PARTS / 2);
    }
    close_crew(&c);
}

/* A thread that sleeps wakes up, for the next loop and for the end. */
static void test_rest_between_loops(void)
{
    meeting m = { 0 };
    crew c;

    open_crew(&c, 2);
    rest(20);
    lut_for(&c.exec, 2, meet, &m);
    CU_ASSERT_EQUAL(atomic_load(&m.there), 2);
    rest(20);
    close_crew(&c);
}

UNIT_MAIN("team", UNIT(test_each_part_once), UNIT(test_late_threads), UNIT(test_nested),
          UNIT(test_leader_waits), UNIT(test_absent_others), UNIT(test_own_share_first),
          UNIT(test_rest_between_loops))
