/* status.h: how grulens says that something went wrong.
 *
 * Every call that can fail returns a grl_status and takes, last, a grl_error that may be NULL. On failure
 * the error holds one sentence: where, what was expected, what was found. The library never prints, never
 * exits and keeps no mutable global, so every function may be called from any thread on its own data.
 * Not converging is a result, told in the result, and not an error. */
#ifndef GRULENS_STATUS_H
#define GRULENS_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_status {
    GRL_OK = 0,
    GRL_BAD_INPUT = 1,   /* a file or an argument is not what was expected */
    GRL_NO_MEMORY = 2,   /* an allocation failed, or a size is beyond what can be addressed */
    GRL_IO = 3,          /* a file could not be opened, read or written */
    GRL_NOT_REACHED = 4, /* the computation stopped short of what was asked */
    GRL_STOPPED = 5      /* grl_progress asked the computation to stop */
} grl_status;

typedef struct grl_error {
    grl_status status;
    char message[1000]; /* one sentence, UTF-8, NUL-terminated, no line feed */
} grl_error;

/* A few words for a status ("bad input"). Never NULL; static storage. */
const char *grl_status_text(grl_status status);

/* The library's version, "MAJOR.MINOR.PATCH"; static storage. */
const char *grl_version(void);

/* Shared between a long computation and whoever watches it from another thread: the computation adds to
 * `done`; the watcher reads, and may set `stop`, upon which the computation returns GRL_STOPPED soon. All
 * fields start at zero. Read and written atomically by the library. `total` is 0 while unknown. A computation of
 * several parts counts each from zero, and `part` says which one it is at; else it is NULL. */
typedef struct grl_progress {
    long long done;
    long long total;
    int stop;
    const char *part; /* "fixed points"; static storage */
} grl_progress;

/* For the watcher, from any thread. */
void grl_progress_read(const grl_progress *progress, long long *done, long long *total);
const char *grl_progress_part(const grl_progress *progress);
void grl_progress_stop(grl_progress *progress);

#ifdef __cplusplus
}
#endif
#endif
