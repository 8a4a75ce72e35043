/* file.c: whole files in, whole files out. */
#include "base/file.h"

#include "base/error.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

grl_status grl_file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
                         grl_error *error)
{
    grl_status status = GRL_OK;
    unsigned char *data = NULL;
    struct stat facts;
    *bytes = NULL;
    *size = 0;

    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return grl_fail(error, GRL_IO, "%s: cannot be opened: %s", path, strerror(errno));
    if (fstat(file, &facts) != 0) {
        status = grl_fail(error, GRL_IO, "%s: cannot be read: %s", path, strerror(errno));
        goto done;
    }
    if (!S_ISREG(facts.st_mode)) {
        status = grl_fail(error, GRL_BAD_INPUT, "%s: expected a file, found %s", path,
                          S_ISDIR(facts.st_mode) ? "a directory" : "something else");
        goto done;
    }
    if (facts.st_size < 0 || (size_t)facts.st_size > limit) {
        status = grl_fail(error, GRL_BAD_INPUT, "%s: expected at most %zu bytes, found %lld", path, limit,
                          (long long)facts.st_size);
        goto done;
    }
    size_t expected = (size_t)facts.st_size, got = 0;
    data = grl_calloc(expected + 1, 1);
    if (!data) {
        status = grl_fail_memory(error, expected + 1, 1);
        goto done;
    }
    while (got < expected) {
        ssize_t n = read(file, data + got, expected - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            status = grl_fail(error, GRL_IO, "%s: cannot be read: %s", path, strerror(errno));
            goto done;
        }
        if (n == 0) break;
        got += (size_t)n;
    }
    *bytes = data;
    *size = got;
    data = NULL;
done:
    free(data);
    close(file);
    return status;
}

grl_status grl_file_begin(const char *path, char **temporary, grl_error *error)
{
    static const char suffix[] = ".XXXXXX";
    size_t length = strlen(path);
    *temporary = NULL;
    struct stat facts;
    if (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected the name of a file to write, found %s there",
                        path, S_ISDIR(facts.st_mode) ? "a directory" : "something else");
    char *name = grl_calloc(length + sizeof suffix, 1);
    if (!name) return grl_fail_memory(error, length, 1);
    memcpy(name, path, length);
    memcpy(name + length, suffix, sizeof suffix);
    int file = mkstemp(name);
    if (file < 0) {
        free(name);
        return grl_fail(error, GRL_IO, "%s: cannot be written: %s", path, strerror(errno));
    }
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(file, 0666 & ~mask);
    close(file);
    *temporary = name;
    return GRL_OK;
}

grl_status grl_file_finish(char *temporary, const char *path, int keep, grl_error *error)
{
    grl_status status = GRL_OK;
    if (keep) {
        int file = open(temporary, O_RDONLY | O_CLOEXEC);
        int synced = file >= 0 && fsync(file) == 0;
        int saved = errno;
        if (file >= 0) close(file);
        if (!synced || rename(temporary, path) != 0) {
            status =
                grl_fail(error, GRL_IO, "%s: cannot be written: %s", path, strerror(synced ? errno : saved));
            keep = 0;
        }
    }
    if (!keep) unlink(temporary);
    free(temporary);
    return status;
}

grl_status grl_file_write(const char *path, const void *bytes, size_t size, grl_error *error)
{
    char *temporary;
    grl_status status = grl_file_begin(path, &temporary, error);
    if (status != GRL_OK) return status;
    FILE *file = fopen(temporary, "wb");
    int written = file && fwrite(bytes, 1, size, file) == size;
    int saved = errno;
    if (file && fclose(file) != 0) {
        saved = errno;
        written = 0;
    }
    if (!written) {
        grl_file_finish(temporary, path, 0, NULL);
        return grl_fail(error, GRL_IO, "%s: cannot be written: %s", path, strerror(saved));
    }
    return grl_file_finish(temporary, path, 1, error);
}

const char *grl_file_ending(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    return dot && dot[1] ? dot + 1 : "";
}
