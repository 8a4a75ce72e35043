/* watch.c: watching a computation from a second thread: the progress bar, and Ctrl-C.
 *
 * The signal handler only counts. The watcher looks at the count twenty times a second and asks the
 * computation to stop; a second Ctrl-C takes the default way out, for a computation that does not listen. */
#include "cli/cli.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 50, BAR_WIDTH = 30 };

static const double QUIET_SECONDS = 2;

static struct {
    grl_progress progress;
    const char *what;
    grl_cli_watch_rows *rows; /* NULL: a bar */
    void *context;
    int height;      /* of the rows that are on the screen */
    long long first; /* done in the first tenth of a second */
    int bar;         /* a bar may be shown */
    int running, ending;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct sigaction old_interrupt, old_terminate;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static volatile sig_atomic_t interrupts;

static void count_interrupt(int signal_number)
{
    if (++interrupts > 1) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* What is being done, once it is another part than `*part`: its clock starts anew. */
static int turned(const char **part)
{
    const char *now = grl_progress_part(&watch.progress);
    if (now == *part) return 0;
    *part = now;
    watch.what = now;
    watch.first = 0;
    return 1;
}

static void show_bar(double seconds)
{
    char bar[BAR_WIDTH + 1];
    long long done, total;
    grl_progress_read(&watch.progress, &done, &total);
    if (total <= 0) {
        fprintf(stderr, "\r%s: %lld done, %.0f s \033[K", watch.what, done, seconds);
        return;
    }
    double part = done >= total ? 1 : (double)done / (double)total;
    int filled = (int)(part * BAR_WIDTH);
    for (int i = 0; i < BAR_WIDTH; i++) bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r%s [%s] %3.0f %%, %.0f s", watch.what, bar, 100 * part, seconds);
    /* What was done before this run, in a catalogue that is resumed, counts at once and would be too fast a rate. */
    if (done > watch.first && done < total) {
        const double rate = (double)(done - watch.first) / seconds;
        fprintf(stderr, ", %.*f/s, %.0f s left", rate < 10 ? 2 : 0, rate, (double)(total - done) / rate);
    }
    fputs(" \033[K", stderr);
}

/* The rows, over those that were shown before. */
static void show_rows(double seconds)
{
    long long done, total;
    grl_progress_read(&watch.progress, &done, &total);
    if (watch.height > 0) fprintf(stderr, "\033[%dA", watch.height);
    watch.height = watch.rows(watch.context, done, seconds);
}

static void clear(void)
{
    if (watch.height > 0)
        fprintf(stderr, "\033[%dA\033[J", watch.height);
    else
        fputs("\r\033[K", stderr);
}

static void *look(void *unused)
{
    double start = seconds_now(), shown = 0;
    int visible = 0;
    const char *part = NULL;
    (void)unused;
    pthread_mutex_lock(&watch.lock);
    while (!watch.ending) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_EVERY_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&watch.wake, &watch.lock, &until);
        if (interrupts) grl_progress_stop(&watch.progress);
        if (turned(&part)) {
            start = seconds_now();
            shown = 0;
        }
        double seconds = seconds_now() - start;
        if (seconds < 0.1) {
            long long total;
            grl_progress_read(&watch.progress, &watch.first, &total);
        }
        if (watch.bar && seconds > QUIET_SECONDS && seconds > shown + 0.2) {
            if (watch.rows)
                show_rows(seconds);
            else
                show_bar(seconds);
            shown = seconds;
            visible = 1;
        }
    }
    pthread_mutex_unlock(&watch.lock);
    if (visible) clear();
    return NULL;
}

static grl_progress *begin(const char *what, grl_cli_watch_rows *rows, void *context, int quiet)
{
    struct sigaction action = {.sa_handler = count_interrupt};
    watch.progress = (grl_progress){0};
    watch.what = what;
    watch.rows = rows;
    watch.context = context;
    watch.height = 0;
    watch.first = 0;
    watch.bar = !quiet && isatty(STDERR_FILENO);
    watch.ending = 0;
    interrupts = 0;
    /* Without a watcher there is no bar, and Ctrl-C keeps its default meaning. */
    watch.running = pthread_create(&watch.thread, NULL, look, NULL) == 0;
    if (watch.running) {
        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, &watch.old_interrupt);
        sigaction(SIGTERM, &action, &watch.old_terminate);
    }
    return &watch.progress;
}

grl_progress *grl_cli_watch_begin(const char *what, int quiet)
{
    return begin(what, NULL, NULL, quiet);
}

grl_progress *grl_cli_watch_begin_rows(grl_cli_watch_rows *rows, void *context, int quiet)
{
    return begin("", rows, context, quiet);
}

void grl_cli_watch_end(void)
{
    if (!watch.running) return;
    pthread_mutex_lock(&watch.lock);
    watch.ending = 1;
    pthread_cond_signal(&watch.wake);
    pthread_mutex_unlock(&watch.lock);
    pthread_join(watch.thread, NULL);
    sigaction(SIGINT, &watch.old_interrupt, NULL);
    sigaction(SIGTERM, &watch.old_terminate, NULL);
    watch.running = 0;
}
