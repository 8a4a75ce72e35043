/* run.c: a survey: which part is next, who computes it, and when it is written.
 *
 * Networks are handed out in chunks whose size follows from the settings. Whoever is free takes the next one: a
 * thread of the writing process, or another process (processes.h) that asks for it and sends the tally of the
 * last one back in the same message. Slow ones hold nobody up, and since tallies add up in any order, the
 * catalogue does not depend on who did what. A chunk of which a part is in the catalogue, because an earlier run
 * asked for fewer networks, is continued from there.
 *
 * What makes it fail: a file that cannot be written. Everything up to the last transaction, at most some seconds
 * ago, is then kept. */
#include "survey/catalogue.h"
#include "survey/classify.h"
#include "survey/processes.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Seconds between transactions: one takes milliseconds. */
static const double commit_every = 1;

typedef struct part {
    uint64_t chunk, first, count; /* count 0: there is nothing more to do */
} part;

typedef struct desk {
    grl_catalogue *catalogue;
    const grl_survey_settings *settings;
    const grl_survey_options *options;
    long long run;
    uint64_t size, chunk; /* of chunks; the next to be looked at */
    double committed;
    int stopped;
    grl_status status;
    grl_error error;
    omp_lock_t lock; /* of everything here */
} desk;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* About a tenth of a second of work. */
static uint64_t chunk_size(const grl_survey_settings *settings)
{
    if (settings->climbing.objective != GRL_OBJECTIVE_NONE) return 1;
    if (settings->level != GRL_LEVEL_INVENTORY) return 64;
    switch (settings->sampling.units) {
    case 1:
    case 2:
        return 16384;
    case 3:
        return 256;
    default:
        return 8;
    }
}

grl_survey_options grl_survey_options_defaults(void)
{
    return (grl_survey_options){.shards = 1};
}

/* The next part. */
static part next(desk *d)
{
    const grl_survey_settings *settings = d->settings;
    while (d->status == GRL_OK && !d->stopped) {
        part p = {.chunk = d->chunk};
        if (grl_progress_stopped(d->options->progress)) {
            d->stopped = 1;
            break;
        }
        if (p.chunk > (settings->count - 1) / d->size) break;
        uint64_t start = p.chunk * d->size, left = settings->count - start, done;
        uint64_t whole = left < d->size ? left : d->size;
        d->chunk += d->options->shards;
        d->status = grl_catalogue_done(d->catalogue, d->run, p.chunk, &done, &d->error);
        if (d->status != GRL_OK) break;
        grl_progress_add(d->options->progress, (long long)(done < whole ? done : whole));
        if (done >= whole) continue;
        p.first = start + done;
        p.count = whole - done;
        return p;
    }
    return (part){0};
}

static void deliver(desk *d, const part *p, const grl_tally *tally)
{
    if (d->status != GRL_OK) return;
    uint64_t done = p->first + p->count - p->chunk * d->size;
    d->status = grl_catalogue_add(d->catalogue, d->run, p->chunk, done, tally, &d->error);
    grl_progress_add(d->options->progress, (long long)p->count);
    if (d->status != GRL_OK || now() - d->committed < commit_every) return;
    d->status = grl_catalogue_commit(d->catalogue, &d->error);
    d->committed = now();
}

static void fail(desk *d, grl_status status, const grl_error *error)
{
    if (status == GRL_OK || d->status != GRL_OK) return;
    d->status = status;
    d->error = *error;
}

/* One thread of the writing process. */
static void work_here(desk *d)
{
    grl_tally tally = {0};
    for (;;) {
        part p;
        omp_set_lock(&d->lock);
        p = next(d);
        omp_unset_lock(&d->lock);
        if (p.count == 0) break;
        grl_error error = {0};
        grl_status status = grl_classify_range(d->settings, p.first, (size_t)p.count, &tally, &error);
        omp_set_lock(&d->lock);
        fail(d, status, &error);
        deliver(d, &p, &tally);
        omp_unset_lock(&d->lock);
        grl_tally_clear(&tally);
    }
    grl_tally_free(&tally);
}

/* What another process sends: this, then its packed tally. */
typedef struct report {
    part part;
    grl_status status;
    grl_error error;
} report;

/* The writing process' talk with one that asks for work. 1: that one was sent home. */
static int answer(desk *d, int from)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    grl_tally tally = {0};
    grl_error error = {0};
    report r = {0};
    part p = {0};
    grl_status status = grl_processes_receive(from, &bytes, &size, &error);
    if (status == GRL_OK && size >= sizeof r) {
        memcpy(&r, bytes, sizeof r);
        if (r.part.count > 0 && r.status == GRL_OK)
            status = grl_tally_unpack(bytes + sizeof r, size - sizeof r, &tally, &error);
    }
    omp_set_lock(&d->lock);
    fail(d, status, &error);
    fail(d, r.status, &r.error);
    if (r.part.count > 0) deliver(d, &r.part, &tally);
    p = next(d);
    omp_unset_lock(&d->lock);
    status = grl_processes_send(from, &p, sizeof p, &error);
    omp_set_lock(&d->lock);
    fail(d, status, &error);
    omp_unset_lock(&d->lock);
    grl_tally_free(&tally);
    free(bytes);
    return p.count == 0;
}

/* Until all other processes are sent home. Looks for messages a few thousand times a second, so that a thread
 * that computes on the same core loses nothing. */
static void serve(desk *d, int others)
{
    const struct timespec rest = {.tv_nsec = 200000};
    int from;
    while (others > 0) {
        if (grl_processes_waiting(&from))
            others -= answer(d, from);
        else
            nanosleep(&rest, NULL);
    }
}

/* Splits a part among the threads of a process that helps. */
static grl_status compute(const grl_survey_settings *settings, const part *p, int threads, grl_tally *tally,
                          grl_error *error)
{
    enum { PIECES = 8 };
    grl_status status = GRL_OK;
    omp_lock_t lock;
    omp_init_lock(&lock);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (int k = 0; k < PIECES; k++) {
        uint64_t from = p->first + p->count * (uint64_t)k / PIECES,
                 to = p->first + p->count * (uint64_t)(k + 1) / PIECES;
        grl_tally own = {0};
        grl_error trouble = {0};
        grl_status s =
            from < to ? grl_classify_range(settings, from, (size_t)(to - from), &own, &trouble) : GRL_OK;
        omp_set_lock(&lock);
        for (size_t i = 0; i < own.count && s == GRL_OK; i++)
            s = grl_tally_add(tally, &own.classes[i], &trouble);
        for (size_t i = 0; i < own.odd_count && s == GRL_OK; i++)
            s = grl_tally_add_odd(tally, own.odd[i].index, own.odd[i].reason, &trouble);
        if (s != GRL_OK && status == GRL_OK) {
            status = s;
            if (error) *error = trouble;
        }
        omp_unset_lock(&lock);
        grl_tally_free(&own);
    }
    omp_destroy_lock(&lock);
    return status;
}

/* A process that computes for the writing one. */
static grl_status help(const grl_survey_settings *settings, int threads, grl_error *error)
{
    grl_tally tally = {0};
    report r = {0};
    grl_status status = GRL_OK;
    for (;;) {
        unsigned char *packed = NULL, *message, *reply = NULL;
        size_t size = 0;
        if (r.part.count > 0 && r.status == GRL_OK)
            r.status = grl_tally_pack(&tally, &packed, &size, &r.error);
        message = grl_calloc(sizeof r + size, 1);
        if (!message) {
            free(packed);
            status = grl_fail_memory(error, sizeof r + size, 1);
            break;
        }
        memcpy(message, &r, sizeof r);
        if (size > 0) memcpy(message + sizeof r, packed, size);
        status = grl_processes_send(0, message, sizeof r + size, error);
        free(packed);
        free(message);
        size = 0;
        if (status == GRL_OK) status = grl_processes_receive(0, &reply, &size, error);
        if (status == GRL_OK && size == sizeof r.part) memcpy(&r.part, reply, size);
        free(reply);
        if (status != GRL_OK || size != sizeof r.part || r.part.count == 0) break;
        grl_tally_clear(&tally);
        r.status = compute(settings, &r.part, threads, &tally, &r.error);
    }
    grl_tally_free(&tally);
    return status;
}

static grl_status check_options(const grl_survey_options *options, grl_error *error)
{
    if (options->shards < 1 || options->shard >= options->shards)
        return grl_fail(error, GRL_BAD_INPUT, "survey: expected a shard from 0 to %llu, found %llu",
                        options->shards ? options->shards - 1 : 0, options->shard);
    return GRL_OK;
}

static grl_status write_all(desk *d, const char *path, int processes, grl_survey_result *result,
                            grl_error *error)
{
    const grl_survey_options *options = d->options;
    const int own = options->threads > 0 ? options->threads : processes > 1 ? 1 : omp_get_max_threads();
    const int server = processes > 1;
    d->committed = now();
    omp_init_lock(&d->lock);
    d->status = grl_catalogue_open(path, options->resume ? GRL_CATALOGUE_RESUME : GRL_CATALOGUE_CREATE,
                                   &d->catalogue, &d->error);
    if (d->status == GRL_OK) d->status = grl_catalogue_run(d->catalogue, d->settings, &d->run, &d->error);
        /* Others that wait for work are sent home even then. */
#pragma omp parallel num_threads(own + server)
    {
        if (server && omp_get_thread_num() == 0)
            serve(d, processes - 1);
        else
            work_here(d);
    }
    if (d->status == GRL_OK) d->status = grl_catalogue_commit(d->catalogue, &d->error);
    if (d->status == GRL_OK) d->status = grl_catalogue_count(d->catalogue, d->run, result, &d->error);
    result->finished = d->status == GRL_OK && !d->stopped;
    grl_catalogue_close(d->catalogue);
    omp_destroy_lock(&d->lock);
    if (d->status != GRL_OK && error) *error = d->error;
    return d->status;
}

grl_status grl_survey_run(const char *path, const grl_survey_settings *settings,
                          const grl_survey_options *options, grl_survey_result *result, grl_error *error)
{
    const grl_survey_options defaults = grl_survey_options_defaults();
    int rank = 0, processes = 1;
    if (!options) options = &defaults;
    *result = (grl_survey_result){0};
    grl_status status = grl_survey_check(settings, error);
    if (status == GRL_OK) status = check_options(options, error);
    if (status == GRL_OK) status = grl_processes(&rank, &processes, error);
    if (status != GRL_OK) return status;
    if (rank > 0) {
        result->helper = 1;
        return help(settings, options->threads > 0 ? options->threads : 1, error);
    }
    desk d = {
        .settings = settings, .options = options, .size = chunk_size(settings), .chunk = options->shard};
    grl_progress_expect(options->progress, (long long)(settings->count / options->shards));
    return write_all(&d, path, processes, result, error);
}
