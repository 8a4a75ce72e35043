/* archive.h: zip archives in memory. */
#ifndef GRL_FORMAT_ARCHIVE_H
#define GRL_FORMAT_ARCHIVE_H

#include "base/text.h"

#include <grulens/status.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct grl_archive grl_archive;

/* True if the bytes begin like a zip archive. */
bool grl_archive_recognise(const unsigned char *bytes, size_t size);

/* Opens an archive; the bytes stay borrowed until grl_archive_close. */
grl_status grl_archive_open(const unsigned char *bytes, size_t size, grl_archive **archive, grl_error *error);
void grl_archive_close(grl_archive *archive); /* NULL is allowed */

size_t grl_archive_count(const grl_archive *archive);
const char *grl_archive_name(const grl_archive *archive, size_t i); /* never NULL */
/* The entry of this name, or grl_archive_count if there is none. */
size_t grl_archive_find(const grl_archive *archive, const char *name);

/* The bytes of an entry; free with free(). All entries read from one archive together may have at most 64
 * times its own size (or 64 MiB). */
grl_status grl_archive_read(grl_archive *archive, size_t i, unsigned char **bytes, size_t *size,
                            grl_error *error);

/* An archive of one uncompressed entry. The same bytes at any time of day. */
grl_status grl_archive_write(const char *name, const void *bytes, size_t size, grl_text *text,
                             grl_error *error);

#endif
