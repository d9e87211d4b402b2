/* main() of a unit test program: list the tests, get a CUnit run with an exit status.
 *
 *   static void test_thing(void) { CU_ASSERT(...); }
 *   UNIT_MAIN("module", UNIT(test_thing), UNIT(test_other))
 */
#ifndef TESTS_SUPPORT_UNIT_H
#define TESTS_SUPPORT_UNIT_H

#include <CUnit/Basic.h>
#include <stdio.h>

typedef struct unit_test {
    const char *name;
    void (*fn)(void);
} unit_test;

#define UNIT(fn) { #fn, fn }
#define UNIT_MAIN(suite, ...)                                                            \
    int main(void)                                                                       \
    {                                                                                    \
        static const unit_test tests[] = { __VA_ARGS__ };                                \
        return unit_run(suite, tests, sizeof tests / sizeof tests[0]);                   \
    }

static inline int unit_run(const char *suite, const unit_test *tests, size_t n)
{
    CU_pSuite s;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 99;
    s = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; s && i < n; i++)
        if (!CU_add_test(s, tests[i].name, tests[i].fn))
            return 99;
    CU_basic_set_mode(CU_BRM_NORMAL);
    if (!s || CU_basic_run_tests() != CUE_SUCCESS || CU_get_number_of_tests_run() != n)
        return 99;
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}

#endif
