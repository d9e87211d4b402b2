/* Memory that runs out on demand.  Link with FAIL_ALLOC_WRAP (tests/local.mk): calls of
 * this program and the static libraries are seen, those of shared libraries are not. */
#ifndef TESTS_SUPPORT_FAIL_ALLOC_H
#define TESTS_SUPPORT_FAIL_ALLOC_H

/* The n-th allocation from now, counted from 0, fails, and only that; -1: none. */
void fail_alloc_at(long n);

#endif
