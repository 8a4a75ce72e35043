/* progress.c: counters that one thread writes while another reads.
 *
 * The fields are plain integers, so that any language can lay them out; OpenMP's atomic construct makes each
 * access whole. Built without OpenMP there is one thread and the accesses are plain. */
#include "base/progress.h"

void grl_progress_read(const grl_progress *progress, long long *done, long long *total)
{
    long long d, t;
#pragma omp atomic read
    d = progress->done;
#pragma omp atomic read
    t = progress->total;
    *done = d;
    *total = t;
}

const char *grl_progress_part(const grl_progress *progress)
{
    const char *part;
#pragma omp atomic read
    part = progress->part;
    return part;
}

void grl_progress_stop(grl_progress *progress)
{
#pragma omp atomic write
    progress->stop = 1;
}

void grl_progress_expect(grl_progress *progress, long long total)
{
    if (!progress) return;
#pragma omp atomic update
    progress->total += total;
}

void grl_progress_begin(grl_progress *progress, const char *part)
{
    if (!progress) return;
#pragma omp atomic write
    progress->done = 0;
#pragma omp atomic write
    progress->total = 0;
#pragma omp atomic write
    progress->part = part + 0; /* gcc 12 takes a bare parameter here for unused */
}

void grl_progress_add(grl_progress *progress, long long done)
{
    if (!progress) return;
#pragma omp atomic update
    progress->done += done;
}

bool grl_progress_stopped(const grl_progress *progress)
{
    int stop;
    if (!progress) return false;
#pragma omp atomic read
    stop = progress->stop;
    return stop != 0;
}
