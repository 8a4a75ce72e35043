/* format.h: models in and out of files. Formats are told by content first, then by file name. Every file is
 * treated as hostile: sizes are bounded and checked, nothing in a file is executed. */
#ifndef GRULENS_FORMAT_H
#define GRULENS_FORMAT_H

#include <grulens/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_gate_order { GRL_GATES_FROM_FILE = 0, GRL_GATES_RZN = 1, GRL_GATES_ZRN = 2 } grl_gate_order;
typedef enum grl_reset_choice {
    GRL_RESET_FROM_FILE = 0,
    GRL_RESET_FORCE_BEFORE = 1,
    GRL_RESET_FORCE_AFTER = 2
} grl_reset_choice;

/* What a file cannot always tell. Start from grl_load_defaults(). */
typedef struct grl_load_options {
    int layer;   /* which layer of a stack, from 0; -1: not chosen (an error if the file has several) */
    int reverse; /* 1: the backward direction of a bidirectional layer; 0: forward; -1: not chosen */
    const char *prefix; /* which GRU of several ("encoder.gru"); NULL: not chosen */
    grl_reset_choice reset;
    grl_gate_order gate_order;
} grl_load_options;

grl_load_options grl_load_defaults(void);

/* Reads a model. `options` may be NULL. Free it with grl_model_free. */
grl_status grl_model_load(const char *path, const grl_load_options *options, grl_model **model,
                          grl_error *error);

/* The same from memory; `name` stands for the path in messages and decides where content does not. */
grl_status grl_model_read(const char *name, const void *bytes, size_t size, const grl_load_options *options,
                          grl_model **model, grl_error *error);

/* Writes a model; the format follows the file name's ending. The file appears whole or not at all. */
grl_status grl_model_save(const grl_model *model, const char *path, grl_error *error);

/* The formats there are: name, endings ("json"), and whether they are written too. NULL at the end of the
 * list. */
const char *grl_format_name(size_t i);
const char *grl_format_endings(size_t i);
int grl_format_writable(size_t i);

#ifdef __cplusplus
}
#endif
#endif
