/* sweep/place: what a rank says of itself, there and back, and what is wrong with it. */
#include "sweep/place.h"
#include "tests/support/unit.h"

#include <math.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void test_here(void)
{
    sweep_place p;
    cpu_set_t all, one;
    size_t first = 0;

    sweep_place_here(&p, "/tmp", "avx2");
    CU_ASSERT(p.host[0] != 0);
    CU_ASSERT_STRING_EQUAL(p.kernels, "avx2");
    CU_ASSERT_EQUAL(p.pid, (long)getpid());
    CU_ASSERT(p.memory > 1e6 && p.memory < 1e15);
    CU_ASSERT(p.disk >= 0);
    CU_ASSERT(fabs(p.clock - (double)time(NULL)) < 10);
    CU_ASSERT_EQUAL_FATAL(sched_getaffinity(0, sizeof all, &all), 0);
    CU_ASSERT_EQUAL(p.cores, (uint32_t)CPU_COUNT(&all));
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    CU_ASSERT_EQUAL_FATAL(sched_setaffinity(0, sizeof one, &one), 0);
    sweep_place_here(&p, "/nowhere/at/all", NULL);
    CU_ASSERT_EQUAL(p.cores, 1); /* what it may use, not what there is */
    CU_ASSERT(isnan(p.disk));
    CU_ASSERT_STRING_EQUAL(p.kernels, "");
    sched_setaffinity(0, sizeof all, &all);
}

static bool alike(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b;
}

static void there_and_back(const sweep_place *p)
{
    char text[SWEEP_PLACE_TEXT];
    sweep_place q;

    sweep_place_text(text, p);
    CU_ASSERT(strlen(text) < sizeof text - 1);
    sweep_place_parse(&q, text);
    CU_ASSERT_STRING_EQUAL(p->host, q.host);
    CU_ASSERT_STRING_EQUAL(p->kernels, q.kernels);
    CU_ASSERT(p->pid == q.pid && p->cores == q.cores && p->allotted == q.allotted);
    CU_ASSERT(alike(p->memory, q.memory));
    CU_ASSERT(alike(p->disk, q.disk));
    CU_ASSERT(alike(p->clock, q.clock));
}

static void test_text(void)
{
    const sweep_place some = { .host = "node 7=%x",
                               .kernels = "avx512",
                               .pid = 4194304,
                               .cores = 128,
                               .allotted = 3,
                               .memory = 1.5e12,
                               .disk = 0,
                               .clock = 1795350000.123456 };
    const sweep_place none = { .memory = (double)NAN,
                               .disk = (double)NAN,
                               .clock = (double)NAN };
    sweep_place longest = some;
    sweep_place q;

    there_and_back(&some);
    there_and_back(&none);
    memset(longest.host, ' ', sizeof longest.host - 1);
    there_and_back(&longest);
    sweep_place_parse(&q, "more=1 host=a cores=2 news=x");
    CU_ASSERT_STRING_EQUAL(q.host, "a");
    CU_ASSERT_EQUAL(q.cores, 2);
}

static void test_judge(void)
{
    const double gib = 1024.0 * 1024 * 1024;
    sweep_place p = { .cores = 4, .memory = 8 * gib, .disk = 100 * gib };
    char text[SWEEP_PLACE_TEXT];

    sweep_place_judge(text, &p, 2, 2, 4 * gib);
    CU_ASSERT_STRING_EQUAL(text, "");
    sweep_place_judge(text, &p, 1, 8, 0);
    CU_ASSERT_STRING_EQUAL(text, "1 trial of 8 threads on 4 cores (with mpirun: "
                                 "--map-by slot:PE=8, or --bind-to none)");
    p.allotted = 2;
    sweep_place_judge(text, &p, 1, 3, 0);
    CU_ASSERT_STRING_EQUAL(text,
                           "1 trial of 3 threads where 2 cores of time are allotted");
    p.disk = 0;
    sweep_place_judge(text, &p, 1, 1, 9 * gib);
    CU_ASSERT_STRING_EQUAL(text,
                           "1 trial of 9.0 GiB with 8.0 GiB available; 0 MiB left "
                           "on the disk");
    p = (sweep_place){ .memory = (double)NAN, .disk = (double)NAN };
    sweep_place_judge(text, &p, 64, 64, 9 * gib); /* of what is not known, nothing */
    CU_ASSERT_STRING_EQUAL(text, "");
}

UNIT_MAIN("place", UNIT(test_here), UNIT(test_text), UNIT(test_judge))
