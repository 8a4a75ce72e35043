/* format.h (internal): what a file format is, and what the readers share.
 *
 * Readers see the bytes of a whole file, and every file may be hostile: a reader bounds each size by the
 * bytes that are there before it allocates, and never follows what the file says further than that. Messages
 * name the place in the file; grl_model_read puts the file's name before them. */
#ifndef GRL_FORMAT_FORMAT_H
#define GRL_FORMAT_FORMAT_H

#include "base/text.h"

#include <grulens/format.h>
#include <grulens/table.h>
#include <stdbool.h>

typedef struct grl_source {
    const unsigned char *bytes;
    size_t size;
} grl_source;

struct grl_format {
    const char *name;
    const char *endings;                         /* "pt pth" */
    bool (*recognise)(const grl_source *source); /* by content */
    grl_status (*read)(const grl_source *source, const grl_load_options *options, grl_model **model,
                       grl_error *error);
    grl_status (*write)(const grl_model *model, grl_text *text, grl_error *error); /* NULL: only read */
};

extern const struct grl_format grl_format_json;
extern const struct grl_format grl_format_safetensors;
extern const struct grl_format grl_format_torch;

/* Largest file that is read. */
#define GRL_MAX_FILE ((size_t)1 << 33)

/* GRL_BAD_INPUT if the options choose a layer, a direction or a prefix in a file that holds one cell. */
grl_status grl_load_single(const grl_load_options *options, grl_error *error);

/* GRL_BAD_INPUT if a cell of this size would be far larger than the file that asks for it. */
grl_status grl_load_size(size_t hidden_size, size_t input_size, size_t file_size, grl_error *error);

/* Puts "name: " before the message of a failed call; returns status. */
grl_status grl_fail_in(grl_error *error, grl_status status, const char *name);

/* A piece of a file's text for a message: at most 60 bytes, what is not printable ASCII replaced. */
typedef struct grl_shown {
    char text[64];
} grl_shown;
grl_shown grl_show(const char *text, size_t length);

/* grl_table_load from memory; `name` stands for the path. */
grl_status grl_table_read(const char *name, const void *bytes, size_t size, const char *array,
                          grl_table **table, grl_error *error);

#endif
