/* file.h: whole files in, whole files out. */
#ifndef GRL_BASE_FILE_H
#define GRL_BASE_FILE_H

#include <grulens/status.h>
#include <stddef.h>

/* The bytes of a file of at most `limit` bytes, with a NUL after them; free with free(). Directories, pipes
 * and devices are refused. */
grl_status grl_file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
                         grl_error *error);

/* Writing whole or not at all: first grl_file_begin gives a temporary name beside `path` (free with free());
 * whoever writes, writes there; then grl_file_finish moves it into place (keep = 1) or deletes it (keep = 0).
 * The temporary is freed. */
grl_status grl_file_begin(const char *path, char **temporary, grl_error *error);
grl_status grl_file_finish(char *temporary, const char *path, int keep, grl_error *error);

/* Both steps for bytes in memory. */
grl_status grl_file_write(const char *path, const void *bytes, size_t size, grl_error *error);

/* The ending of a file name without its dot ("json"), or "" if there is none. Points into path. */
const char *grl_file_ending(const char *path);

#endif
