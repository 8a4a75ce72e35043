/* formats.c: the list of model formats, and loading and saving by it. */
#include "format/format.h"

#include "base/error.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Asked in this order whose the bytes are: a safetensors header can look like the start of JSON text, never
 * the other way round. */
static const struct grl_format *const formats[] = {&grl_format_safetensors, &grl_format_torch,
                                                   &grl_format_json};
enum { FORMATS = sizeof formats / sizeof *formats };

const char *grl_format_name(size_t i)
{
    return i < FORMATS ? formats[i]->name : NULL;
}

const char *grl_format_endings(size_t i)
{
    return i < FORMATS ? formats[i]->endings : NULL;
}

int grl_format_writable(size_t i)
{
    return i < FORMATS && formats[i]->write != NULL;
}

grl_load_options grl_load_defaults(void)
{
    return (grl_load_options){.layer = -1, .reverse = -1};
}

grl_status grl_fail_in(grl_error *error, grl_status status, const char *name)
{
    if (status != GRL_OK && error) {
        char message[sizeof error->message];
        memcpy(message, error->message, sizeof message);
        /* A path may be as long as the message: the sentence after it must stay readable. */
        size_t length = strlen(name), shown = length < 500 ? length : 500;
        grl_fail(error, status, "%s%s: %s", length > shown ? "..." : "", name + (length - shown), message);
    }
    return status;
}

grl_shown grl_show(const char *text, size_t length)
{
    grl_shown shown;
    size_t kept = length > 60 ? 57 : length;
    for (size_t i = 0; i < kept; i++) shown.text[i] = text[i];
    for (size_t i = 0; i < kept; i++)
        if (text[i] < 0x20 || text[i] > 0x7e) shown.text[i] = '?';
    memcpy(shown.text + kept, length > 60 ? "..." : "", length > 60 ? 4 : 1);
    return shown;
}

grl_status grl_load_single(const grl_load_options *options, grl_error *error)
{
    if (options->layer > 0)
        return grl_fail(error, GRL_BAD_INPUT, "expected --layer 0 (the file has one layer), found --layer %d",
                        options->layer);
    if (options->reverse > 0)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected no --reverse (the file has one direction), found it given");
    if (options->prefix && options->prefix[0])
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected no --prefix (the file has one network), found --prefix %.60s",
                        options->prefix);
    return GRL_OK;
}

grl_status grl_load_size(size_t hidden_size, size_t input_size, size_t file_size, grl_error *error)
{
    if (hidden_size < 1 || hidden_size > GRL_MAX_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "hidden_size: expected 1 to %d, found %zu", GRL_MAX_UNITS,
                        hidden_size);
    if (input_size > GRL_MAX_INPUTS)
        return grl_fail(error, GRL_BAD_INPUT, "input_size: expected 0 to %d, found %zu", GRL_MAX_INPUTS,
                        input_size);
    size_t numbers = 3 * hidden_size * (hidden_size + input_size);
    if (numbers > 1000000 && numbers / 16 > file_size)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a file of at least %zu bytes for %zu units and %zu inputs, found %zu bytes",
                        numbers / 16, hidden_size, input_size, file_size);
    return GRL_OK;
}

static bool has_ending(const struct grl_format *format, const char *ending)
{
    size_t length = strlen(ending);
    for (const char *word = format->endings; *word;) {
        size_t size = strcspn(word, " ");
        if (size == length && strncasecmp(word, ending, length) == 0) return true;
        word += size;
        while (*word == ' ') word++;
    }
    return false;
}

static const struct grl_format *find_by_ending(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (has_ending(formats[i], grl_file_ending(name))) return formats[i];
    return NULL;
}

static grl_status unknown_content(const grl_source *source, grl_error *error)
{
    const char *what = "something else";
    if (source->size == 0)
        what = "an empty file";
    else if (source->size >= 8 && memcmp(source->bytes, "\x89HDF\r\n\x1a\n", 8) == 0)
        what = "an HDF5 file";
    else if (source->size >= 4 && memcmp(source->bytes, "PK\3\4", 4) == 0)
        what = "a zip archive without data.pkl";
    return grl_fail(error, GRL_BAD_INPUT,
                    "expected a grulens model (.json), safetensors or a PyTorch state dict (.pt), found %s",
                    what);
}

static grl_status read_source(const char *name, const grl_source *source, const grl_load_options *options,
                              grl_model **model, grl_error *error)
{
    const struct grl_format *format = NULL;
    for (size_t i = 0; !format && i < FORMATS; i++)
        if (formats[i]->recognise(source)) format = formats[i];
    if (!format && source->size > 0) format = find_by_ending(name);
    if (!format) return unknown_content(source, error);
    grl_status status = format->read(source, options, model, error);
    if (status != GRL_OK) return status;
    status = grl_cell_check(grl_model_cell(*model), error);
    if (status != GRL_OK) {
        grl_model_free(*model);
        *model = NULL;
    }
    return status;
}

grl_status grl_model_read(const char *name, const void *bytes, size_t size, const grl_load_options *options,
                          grl_model **model, grl_error *error)
{
    grl_load_options chosen = options ? *options : grl_load_defaults();
    grl_source source = {.bytes = bytes, .size = size};
    *model = NULL;
    if (chosen.layer < -1 || chosen.reverse < -1 || chosen.reverse > 1 || (int)chosen.reset < 0 ||
        chosen.reset > GRL_RESET_FORCE_AFTER || (int)chosen.gate_order < 0 ||
        chosen.gate_order > GRL_GATES_ZRN)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected load options in their ranges, found layer %d, reverse %d, reset %d, "
                        "gate order %d",
                        name, chosen.layer, chosen.reverse, (int)chosen.reset, (int)chosen.gate_order);
    return grl_fail_in(error, read_source(name, &source, &chosen, model, error), name);
}

grl_status grl_model_load(const char *path, const grl_load_options *options, grl_model **model,
                          grl_error *error)
{
    unsigned char *bytes;
    size_t size;
    *model = NULL;
    grl_status status = grl_file_read(path, GRL_MAX_FILE, &bytes, &size, error);
    if (status != GRL_OK) return status;
    status = grl_model_read(path, bytes, size, options, model, error);
    free(bytes);
    return status;
}

grl_status grl_model_save(const grl_model *model, const char *path, grl_error *error)
{
    const struct grl_format *format = find_by_ending(path);
    grl_text text = {0};
    if (!format || !format->write)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected a file name ending in .json or .safetensors, found %s%s", path,
                        *grl_file_ending(path) ? "." : "none", grl_file_ending(path));
    grl_status status = format->write(model, &text, error);
    if (status == GRL_OK && text.failed) status = grl_fail_memory(error, text.capacity, 2);
    status = grl_fail_in(error, status, path);
    if (status == GRL_OK) status = grl_file_write(path, text.data, text.size, error);
    grl_text_drop(&text);
    return status;
}
