/* check.h: what every test needs: cmocka, and comparisons that a NaN fails. */
#ifndef GRL_TEST_CHECK_H
#define GRL_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define check_near(a, b, tolerance)                                                                          \
    do {                                                                                                     \
        double near_a = (a), near_b = (b), near_t = (tolerance);                                             \
        if (!(fabs(near_a - near_b) <= near_t))                                                              \
            fail_msg("%s = %.17g, expected %.17g within %g, off by %g", #a, near_a, near_b, near_t,          \
                     fabs(near_a - near_b));                                                                 \
    } while (0)

/* Less work under sanitizers: GRL_TEST_QUICK=1. */
static inline int check_quick(void)
{
    const char *quick = getenv("GRL_TEST_QUICK");
    return quick && quick[0] == '1';
}

#endif
