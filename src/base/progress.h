/* progress.h: the computing side of a grl_progress. All take NULL as "nobody watches". */
#ifndef GRL_BASE_PROGRESS_H
#define GRL_BASE_PROGRESS_H

#include <grulens/status.h>
#include <stdbool.h>

void grl_progress_expect(grl_progress *progress, long long total); /* adds to the total */
void grl_progress_begin(grl_progress *progress,
                        const char *part); /* counts from zero; static storage, not NULL */
void grl_progress_add(grl_progress *progress, long long done);
bool grl_progress_stopped(const grl_progress *progress);

#endif
