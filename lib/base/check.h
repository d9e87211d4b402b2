/* LUT_CHECK: the caller is wrong; aborts in every build with file, line and expression.
 * LUT_ASSERT: we are wrong; only with --enable-checks. */
#ifndef LUT_BASE_CHECK_H
#define LUT_BASE_CHECK_H

/* Writes to stderr and aborts; the one place in lib that does either. */
void lut_check_failed(const char *expression, const char *file, int line)
    __attribute__((noreturn, cold));

#define LUT_CHECK(expression)                                                            \
    ((expression) ? (void)0 : lut_check_failed(#expression, __FILE__, __LINE__))

#ifdef LUT_ENABLE_CHECKS
#define LUT_ASSERT(expression) LUT_CHECK(expression)
#else
#define LUT_ASSERT(expression) ((void)0)
#endif

#endif
