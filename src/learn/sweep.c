/* sweep.c: which training is next, and the journal of those that are done.
 *
 * A line of the journal is {"run": NAME, "key": "HEX", "result": DOCUMENT}. It is written by one write() to a file that is
 * open for appending, and synchronised, so that a kill leaves at most one line that is not whole, at the end.
 * Processes share the directory and nothing else: each has its journal, and runs that nobody has done are dealt to them
 * in turn, costly ones first. At the beginning and at the end all wait for each other.
 *
 * What makes it fail: a directory that cannot be written. */
#include <grulens/learn.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "learn/meet.h"
#include "survey/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PROCESSES = 100000 };
static const size_t most_bytes = (size_t)1 << 36;

typedef struct named {
    const char *name;
    size_t run;
} named;

struct grl_sweep {
    char *dir;
    size_t count;
    grl_sweep_run *runs; /* with names of its own */
    named *names;        /* sorted */
    char **states;       /* names of files */
    char **lines;        /* documents of runs that are done, or NULL */
    size_t *queue;       /* what this process is to do */
    size_t queued, next, done;
    int rank, processes, file;
    omp_lock_t lock; /* of next, done, file */
};

static char *path_of(const char *format_begin, const char *middle, const char *end)
{
    grl_text text = {0};
    grl_text_add(&text, format_begin);
    grl_text_add(&text, middle);
    grl_text_add(&text, end);
    return grl_text_take(&text);
}

static grl_status make_directory(const char *path, grl_error *error)
{
    struct stat facts;
    if (mkdir(path, 0777) == 0) return GRL_OK;
    if (errno == EEXIST && stat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) return GRL_OK;
    if (errno == EEXIST) errno = ENOTDIR;
    return grl_fail(error, GRL_IO, "%s: cannot be made a directory: %s", path, strerror(errno));
}

void grl_sweep_close(grl_sweep *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->count; i++) {
        if (s->runs) free((char *)s->runs[i].name);
        if (s->states) free(s->states[i]);
        if (s->lines) free(s->lines[i]);
    }
    free(s->runs);
    free(s->names);
    free(s->states);
    free(s->lines);
    free(s->queue);
    free(s->dir);
    if (s->file >= 0) close(s->file);
    omp_destroy_lock(&s->lock);
    free(s);
}

static int by_name(const void *a, const void *b)
{
    const named *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* The place of a run, or `count`. */
static size_t find(const grl_sweep *s, const char *name)
{
    const named wanted = {name, 0};
    const named *found = bsearch(&wanted, s->names, s->count, sizeof *s->names, by_name);
    return found ? found->run : s->count;
}

/* What stands in a line before the document of a run. */
static void add_head(grl_text *line, const grl_sweep_run *run)
{
    grl_text_add(line, "{\"run\":");
    grl_text_add_quoted(line, run->name);
    grl_text_addf(line, ",\"key\":\"%llx\",\"result\":", run->key);
}

/* The document's own bytes in a line; NULL if the line was not written as it is here, or memory is lacking. */
static char *document_of(const grl_sweep_run *run, const char *line, size_t size)
{
    grl_text head = {0};
    add_head(&head, run);
    const size_t at = head.size;
    const int ours =
        !head.failed && size > at + 1 && memcmp(line, head.data, at) == 0 && line[size - 1] == '}';
    char *copy = ours ? grl_calloc(size - at, 1) : NULL;
    if (copy) memcpy(copy, line + at, size - 1 - at);
    grl_text_drop(&head);
    return copy;
}

/* One line of a journal. A run that is not asked for now is left alone. */
static grl_status read_line(grl_sweep *s, const char *path, size_t number, const char *line, size_t size,
                            grl_error *error)
{
    const char *name, *key;
    json_t *result;
    json_error_t where;
    json_t *root = json_loadb(line, size, JSON_REJECT_DUPLICATES, &where);
    grl_status status = GRL_OK;
    if (!root || json_unpack(root, "{s:s, s:s, s:o}", "run", &name, "key", &key, "result", &result) != 0) {
        status = grl_fail(error, GRL_BAD_INPUT, "%s: line %zu: expected a finished run, found something else",
                          path, number);
        goto done;
    }
    const size_t i = find(s, name);
    if (i == s->count) goto done;
    if (strtoull(key, NULL, 16) != s->runs[i].key) {
        status = grl_fail(error, GRL_BAD_INPUT,
                          "%s: line %zu: run %s was made with other settings or data than are asked for now",
                          path, number, name);
        goto done;
    }
    if (s->lines[i]) goto done;
    s->lines[i] = document_of(&s->runs[i], line, size);
    if (!s->lines[i])
        status = grl_fail(error, GRL_BAD_INPUT, "%s: line %zu: run %s was changed since it was written", path,
                          number, name);
done:
    json_decref(root);
    return status;
}

/* Reads a journal; *whole: the bytes up to the end of its last whole line. *found = 0: there is none. */
static grl_status read_journal(grl_sweep *s, const char *path, int *found, size_t *whole, grl_error *error)
{
    struct stat facts;
    unsigned char *bytes;
    size_t size, number = 1;
    *whole = 0;
    *found = stat(path, &facts) == 0;
    if (!*found) return GRL_OK;
    grl_status status = grl_file_read(path, most_bytes, &bytes, &size, error);
    if (status != GRL_OK) return status;
    for (const unsigned char *at = bytes, *end; status == GRL_OK; at = end + 1, number++) {
        end = memchr(at, '\n', size - (size_t)(at - bytes));
        if (!end) break;
        status = read_line(s, path, number, (const char *)at, (size_t)(end - at), error);
        *whole = (size_t)(end - bytes) + 1;
    }
    free(bytes);
    return status;
}

static char *journal_path(const grl_sweep *s, int rank)
{
    grl_text text = {0};
    grl_text_addf(&text, "%s/journal", s->dir);
    if (rank > 0) grl_text_addf(&text, ".%d", rank);
    grl_text_add(&text, ".jsonl");
    return grl_text_take(&text);
}

/* All journals there are, those of this many processes and of more, from an earlier time. */
static grl_status read_all(grl_sweep *s, int *any, grl_error *error)
{
    *any = 0;
    for (int rank = 0; rank < MOST_PROCESSES; rank++) {
        int found;
        size_t whole;
        char *path = journal_path(s, rank);
        if (!path) return grl_fail_memory(error, 1, 1);
        grl_status status = read_journal(s, path, &found, &whole, error);
        free(path);
        if (status != GRL_OK) return status;
        *any |= found;
        if (!found && rank >= s->processes) break;
    }
    return GRL_OK;
}

/* This process's journal, for appending, without a line that is not whole; locked, so that nobody else who was started
 * in the directory takes the same runs and states, where there are locks. */
static grl_status open_journal(grl_sweep *s, grl_error *error)
{
    int found;
    size_t whole;
    char *path = journal_path(s, s->rank);
    if (!path) return grl_fail_memory(error, 1, 1);
    grl_status status = GRL_OK;
    s->file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (s->file >= 0 && flock(s->file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        status = grl_fail(error, GRL_IO, "%s: another process trains in this directory", s->dir);
    else if (s->file >= 0)
        status = read_journal(s, path, &found, &whole, error);
    if (status == GRL_OK && (s->file < 0 || ftruncate(s->file, (off_t)whole) != 0))
        status = grl_fail(error, GRL_IO, "%s: cannot be written: %s", path, strerror(errno));
    free(path);
    return status;
}

typedef struct due {
    double cost;
    size_t run;
} due;

static int by_cost(const void *a, const void *b)
{
    const due *x = a, *y = b;
    if (x->cost != y->cost) return x->cost > y->cost ? -1 : 1;
    return (x->run > y->run) - (x->run < y->run);
}

/* What is left, dealt to the processes. */
static grl_status deal(grl_sweep *s, grl_error *error)
{
    size_t left = 0;
    due *dues = grl_calloc(s->count, sizeof *dues);
    s->queue = grl_calloc(s->count, sizeof *s->queue);
    if (!dues || !s->queue) {
        free(dues);
        return grl_fail_memory(error, s->count, sizeof *dues);
    }
    for (size_t i = 0; i < s->count; i++)
        if (!s->lines[i]) dues[left++] = (due){s->runs[i].cost, i};
    s->done = s->count - left;
    qsort(dues, left, sizeof *dues, by_cost);
    for (size_t i = (size_t)s->rank; i < left; i += (size_t)s->processes) s->queue[s->queued++] = dues[i].run;
    free(dues);
    return GRL_OK;
}

static grl_status fill_in(grl_sweep *s, const char *dir, const grl_sweep_run *runs, grl_error *error)
{
    const size_t count = s->count;
    s->dir = grl_strdup(dir);
    s->runs = grl_calloc(count, sizeof *s->runs);
    s->states = grl_calloc(count, sizeof(char *));
    s->lines = grl_calloc(count, sizeof(char *));
    s->names = grl_calloc(count, sizeof *s->names);
    if (!s->dir || !s->runs || !s->names || !s->states || !s->lines)
        return grl_fail_memory(error, count, sizeof *s->runs);
    char *under = path_of(dir, "/runs", "/");
    if (!under) return grl_fail_memory(error, 1, 1);
    for (size_t i = 0; i < count; i++) {
        s->runs[i] = runs[i];
        s->runs[i].name = grl_strdup(runs[i].name);
        s->states[i] = path_of(under, runs[i].name, ".state");
        if (!s->runs[i].name || !s->states[i]) {
            free(under);
            return grl_fail_memory(error, 1, 1);
        }
    }
    grl_status status = make_directory(dir, error);
    if (status == GRL_OK) status = make_directory(under, error);
    free(under);
    for (size_t i = 0; i < count; i++) s->names[i] = (named){s->runs[i].name, i};
    qsort(s->names, count, sizeof *s->names, by_name);
    for (size_t i = 1; i < count && status == GRL_OK; i++)
        if (strcmp(s->names[i].name, s->names[i - 1].name) == 0)
            status = grl_fail(error, GRL_BAD_INPUT, "sweep: two runs are named %s", s->names[i].name);
    return status;
}

grl_status grl_sweep_open(const char *dir, size_t count, const grl_sweep_run *runs, int resume,
                          grl_sweep **sweep, grl_error *error)
{
    int any;
    grl_sweep *s = grl_calloc(1, sizeof *s);
    *sweep = NULL;
    if (!s) return grl_fail_memory(error, 1, sizeof *s);
    s->count = count;
    s->file = -1;
    omp_init_lock(&s->lock);
    grl_status status = grl_processes(&s->rank, &s->processes, error);
    if (status == GRL_OK) status = fill_in(s, dir, runs, error);
    if (status == GRL_OK) status = read_all(s, &any, error);
    if (status == GRL_OK && any && !resume)
        status = grl_fail(error, GRL_BAD_INPUT,
                          "%s: there is a journal of trainings already; --resume goes on with it", dir);
    /* Every process reads the same journals before any of them writes. */
    status = grl_processes_meet(s->rank, s->processes, status, error);
    if (status == GRL_OK) {
        status = open_journal(s, error);
        if (status == GRL_OK) status = deal(s, error);
        status = grl_processes_meet(s->rank, s->processes, status, error);
    }
    if (status != GRL_OK) {
        grl_sweep_close(s);
        return status;
    }
    *sweep = s;
    return GRL_OK;
}

size_t grl_sweep_next(grl_sweep *s)
{
    omp_set_lock(&s->lock);
    const size_t run = s->next < s->queued ? s->queue[s->next++] : s->count;
    omp_unset_lock(&s->lock);
    return run;
}

const char *grl_sweep_state(const grl_sweep *s, size_t run)
{
    return s->states[run];
}

/* All bytes in one write where the system does so. */
static int write_all(int file, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        const ssize_t n = write(file, bytes + at, size - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        at += (size_t)n;
    }
    return fsync(file) == 0;
}

grl_status grl_sweep_done(grl_sweep *s, size_t run, const char *json, grl_error *error)
{
    grl_text line = {0};
    grl_status status = GRL_OK;
    add_head(&line, &s->runs[run]);
    grl_text_add(&line, json);
    grl_text_add(&line, "}\n");
    char *copy = grl_strdup(json);
    if (line.failed || !copy) {
        free(copy);
        grl_text_drop(&line);
        return grl_fail_memory(error, strlen(json), 2);
    }
    omp_set_lock(&s->lock);
    if (!write_all(s->file, line.data, line.size))
        status = grl_fail(error, GRL_IO, "%s: the journal cannot be written: %s", s->dir, strerror(errno));
    else {
        free(s->lines[run]);
        s->lines[run] = copy;
        copy = NULL;
        s->done++;
        unlink(s->states[run]);
    }
    omp_unset_lock(&s->lock);
    free(copy);
    grl_text_drop(&line);
    return status;
}

int grl_sweep_is_done(grl_sweep *s, size_t run)
{
    omp_set_lock(&s->lock);
    const int done = s->lines[run] != NULL;
    omp_unset_lock(&s->lock);
    return done;
}

size_t grl_sweep_count_done(grl_sweep *s)
{
    omp_set_lock(&s->lock);
    const size_t done = s->done;
    omp_unset_lock(&s->lock);
    return done;
}

grl_status grl_sweep_collect(grl_sweep *s, const char *const **lines, int *helper, grl_error *error)
{
    int any;
    *helper = s->rank > 0;
    grl_status status = grl_processes_meet(s->rank, s->processes, GRL_OK, error);
    /* The first process reads what the others wrote. */
    if (status == GRL_OK && !*helper && s->processes > 1) status = read_all(s, &any, error);
    for (size_t i = 0; *helper && i < s->count; i++) {
        free(s->lines[i]);
        s->lines[i] = NULL;
    }
    *lines = (const char *const *)s->lines;
    return status;
}
