/* archive.c: zip archives in memory, by libzip.
 *
 * A few kilobytes of zip can declare terabytes, so the declared size of each entry counts against an
 * allowance before anything is allocated, and an entry that does not hold exactly what it declares is
 * refused. Only stored and deflated entries are read: other methods may ask for much memory of their own.
 * libzip checks each entry's CRC, so a damaged entry is refused too. */
#include "format/archive.h"

#include "base/error.h"
#include "base/memory.h"
#include "format/format.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum { MAX_EXPANSION = 64 };
#define SMALL_ALLOWANCE ((size_t)64 << 20)

struct grl_archive {
    zip_t *zip;
    size_t count;
    size_t allowance; /* bytes that may still be read */
};

bool grl_archive_recognise(const unsigned char *bytes, size_t size)
{
    return size >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

static grl_status check_names(const grl_archive *archive, grl_error *error)
{
    for (size_t i = 0; i < archive->count; i++) {
        const char *name = grl_archive_name(archive, i);
        if (grl_archive_find(archive, name) != i)
            return grl_fail(error, GRL_BAD_INPUT,
                            "%s: expected one entry of this name in the archive, found two",
                            grl_show(name, strlen(name)).text);
    }
    return GRL_OK;
}

grl_status grl_archive_open(const unsigned char *bytes, size_t size, grl_archive **archive, grl_error *error)
{
    zip_error_t problem;
    grl_status status = GRL_OK;
    *archive = NULL;
    zip_error_init(&problem);
    grl_archive *made = grl_calloc(1, sizeof *made);
    zip_source_t *source = made ? zip_source_buffer_create(bytes, size, 0, &problem) : NULL;
    if (!source) {
        free(made);
        zip_error_fini(&problem);
        return grl_fail_memory(error, 1, sizeof *made);
    }
    made->zip = zip_open_from_source(source, ZIP_RDONLY, &problem);
    if (!made->zip) {
        if (zip_error_code_zip(&problem) == ZIP_ER_MEMORY)
            status = grl_fail_memory(error, size, 1);
        else
            status = grl_fail(error, GRL_BAD_INPUT,
                              "expected a zip archive, found one that is damaged or cut off: %s",
                              zip_error_strerror(&problem));
        zip_source_free(source);
        free(made);
        zip_error_fini(&problem);
        return status;
    }
    zip_error_fini(&problem);
    made->count = (size_t)zip_get_num_entries(made->zip, 0);
    made->allowance = size > GRL_MAX_FILE / MAX_EXPANSION ? GRL_MAX_FILE : MAX_EXPANSION * size;
    if (made->allowance < SMALL_ALLOWANCE) made->allowance = SMALL_ALLOWANCE;
    status = check_names(made, error);
    if (status != GRL_OK) {
        grl_archive_close(made);
        return status;
    }
    *archive = made;
    return GRL_OK;
}

void grl_archive_close(grl_archive *archive)
{
    if (!archive) return;
    zip_discard(archive->zip);
    free(archive);
}

size_t grl_archive_count(const grl_archive *archive)
{
    return archive->count;
}

const char *grl_archive_name(const grl_archive *archive, size_t i)
{
    const char *name = zip_get_name(archive->zip, i, 0);
    return name ? name : "";
}

size_t grl_archive_find(const grl_archive *archive, const char *name)
{
    zip_int64_t place = zip_name_locate(archive->zip, name, 0);
    return place < 0 ? archive->count : (size_t)place;
}

grl_status grl_archive_read(grl_archive *archive, size_t i, unsigned char **bytes, size_t *size,
                            grl_error *error)
{
    zip_stat_t facts;
    zip_file_t *file = NULL;
    grl_status status = GRL_OK;
    const char *name = grl_archive_name(archive, i);
    grl_shown shown = grl_show(name, strlen(name));
    size_t got = 0;
    char more;
    *bytes = NULL;
    *size = 0;
    zip_stat_init(&facts);
    if (zip_stat_index(archive->zip, i, 0, &facts) != 0 || !(facts.valid & ZIP_STAT_SIZE))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected an entry with a size, found: %s", shown.text,
                        zip_strerror(archive->zip));
    if (facts.size > archive->allowance)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected at most %zu bytes more in the archive, found %llu", shown.text,
                        archive->allowance, (unsigned long long)facts.size);
    if (!(facts.valid & ZIP_STAT_COMP_METHOD) ||
        (facts.comp_method != ZIP_CM_STORE && facts.comp_method != ZIP_CM_DEFLATE))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a stored or deflated entry, found method %d",
                        shown.text, facts.comp_method);
    if (facts.comp_method == ZIP_CM_STORE && facts.size != facts.comp_size)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected %llu bytes stored, found %llu", shown.text,
                        (unsigned long long)facts.size, (unsigned long long)facts.comp_size);
    size_t expected = (size_t)facts.size;
    unsigned char *data = grl_calloc(expected + 1, 1);
    if (!data) return grl_fail_memory(error, expected, 1);
    file = zip_fopen_index(archive->zip, i, 0);
    if (!file && zip_error_code_zip(zip_get_error(archive->zip)) == ZIP_ER_MEMORY) {
        status = grl_fail_memory(error, expected, 1);
        goto done;
    }
    if (!file) {
        status = grl_fail(error, GRL_BAD_INPUT, "%s: expected a readable entry, found: %s", shown.text,
                          zip_strerror(archive->zip));
        goto done;
    }
    for (zip_int64_t n = 1; got < expected && n > 0;) {
        n = zip_fread(file, data + got, expected - got);
        if (n > 0) got += (size_t)n;
    }
    /* The read beyond the end lets libzip compare the checksum. */
    if (got != expected || zip_fread(file, &more, 1) != 0) {
        const char *why = zip_file_strerror(file);
        status = grl_fail(error, GRL_BAD_INPUT, "%s: expected %zu bytes, found a damaged entry: %s",
                          shown.text, expected, why ? why : "it ends early");
        goto done;
    }
    archive->allowance -= expected;
    *bytes = data;
    *size = expected;
    data = NULL;
done:
    if (file) zip_fclose(file);
    free(data);
    return status;
}

grl_status grl_archive_write(const char *name, const void *bytes, size_t size, grl_text *text,
                             grl_error *error)
{
    grl_status status = GRL_NO_MEMORY;
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL), *entry = NULL;
    zip_t *zip = target ? zip_open_from_source(target, ZIP_TRUNCATE, NULL) : NULL;
    zip_stat_t facts;
    unsigned char *copy = NULL;
    if (!zip) {
        if (target) zip_source_free(target);
        return grl_fail_memory(error, 1, size);
    }
    zip_source_keep(target); /* zip_close would free it */
    entry = zip_source_buffer(zip, bytes, size, 0);
    zip_int64_t place = entry ? zip_file_add(zip, name, entry, ZIP_FL_ENC_UTF_8) : -1;
    if (place < 0 && entry) zip_source_free(entry);
    /* 1 January 1980, the earliest date there is. */
    if (place < 0 || zip_set_file_compression(zip, (zip_uint64_t)place, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(zip, (zip_uint64_t)place, 0, 0x21, 0) != 0 || zip_close(zip) != 0) {
        zip_discard(zip);
        goto done;
    }
    zip_stat_init(&facts);
    if (zip_source_stat(target, &facts) != 0 || !(facts.valid & ZIP_STAT_SIZE)) goto done;
    copy = grl_calloc((size_t)facts.size, 1);
    if (!copy || zip_source_open(target) != 0) goto done;
    if (zip_source_read(target, copy, facts.size) == (zip_int64_t)facts.size) {
        grl_text_add_bytes(text, (const char *)copy, (size_t)facts.size);
        if (!text->failed) status = GRL_OK;
    }
    zip_source_close(target);
done:
    free(copy);
    zip_source_free(target);
    return status == GRL_OK ? status : grl_fail_memory(error, 2, size);
}
