/* fuzz_model.h: what each fuzz target of a model reader does with its bytes. */
#ifndef GRL_FUZZ_MODEL_H
#define GRL_FUZZ_MODEL_H

#include "format/format.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A failure must say where and what; a success must be a valid cell. */
static inline void fuzz_check(const char *name, const uint8_t *data, size_t size,
                              const grl_load_options *options, const struct grl_format *writer)
{
    grl_error error = {0};
    grl_model *model, *again;
    grl_status status = grl_model_read(name, data, size, options, &model, &error);
    if (status != GRL_OK) {
        if (model || strncmp(error.message, name, strlen(name)) != 0 || strchr(error.message, '\n')) abort();
        return;
    }
    if (grl_cell_check(grl_model_cell(model), NULL) != GRL_OK) abort();
    if (writer) { /* what was read can be written, and that can be read, with readout and start */
        grl_text text = {0};
        if (writer->write(model, &text, NULL) != GRL_OK || text.failed) abort();
        if (grl_model_read(name, text.data, text.size, NULL, &again, &error) != GRL_OK) abort();
        if (grl_model_outputs(again) != grl_model_outputs(model) ||
            grl_model_observations(again) != grl_model_observations(model) ||
            !grl_model_start_e(again) != !grl_model_start_e(model))
            abort();
        grl_model_free(again);
        grl_text_drop(&text);
    }
    grl_model_free(model);
}

/* Without choices, and with every convention turned round. */
static inline int fuzz_model(const char *name, const uint8_t *data, size_t size,
                             const struct grl_format *writer)
{
    grl_load_options options = {
        .layer = 0, .reverse = 0, .reset = GRL_RESET_FORCE_BEFORE, .gate_order = GRL_GATES_ZRN};
    fuzz_check(name, data, size, NULL, writer);
    fuzz_check(name, data, size, &options, NULL);
    return 0;
}

#endif
