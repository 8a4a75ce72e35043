/* clock.h: processor time of this process, which a busy machine disturbs less than the time on the wall. */
#ifndef GRL_BENCH_CLOCK_H
#define GRL_BENCH_CLOCK_H

#include <time.h>

static inline double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
