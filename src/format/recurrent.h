/* recurrent.h: recurrent layers among named tensors. */
#ifndef GRL_FORMAT_RECURRENT_H
#define GRL_FORMAT_RECURRENT_H

#include "format/tensors.h"

typedef enum grl_names { GRL_NAMES_PYTORCH, GRL_NAMES_CELL, GRL_NAMES_FLAX } grl_names;

/* One layer in one direction. */
typedef struct grl_recurrent {
    const grl_tensor *hidden; /* the tensor by which it was found; its name begins with the prefix */
    size_t prefix_length;     /* without the separator; 0: none */
    grl_names names;
    size_t layer;
    bool reverse;
    size_t gates; /* 3: GRU, 4: LSTM, 1: RNN, else unknown */
} grl_recurrent;

typedef struct grl_recurrents {
    grl_recurrent *items;
    size_t count, capacity;
} grl_recurrents;

/* Called by grl_recurrent_read; both add a note. A linear readout, if exactly one can be told, of the layer whose state is
 * what the rest of the network sees. And the start, if exactly one can be told, of the only layer. */
grl_status grl_readout_read(const grl_tensors *tensors, grl_model *model, grl_error *error);
grl_status grl_start_read(const grl_tensors *tensors, grl_model *model, grl_error *error);

/* The cell of one chosen GRU, with notes on what was assumed. */
grl_status grl_recurrent_build(const grl_tensors *tensors, const grl_recurrent *chosen, size_t file_size,
                               const grl_load_options *options, grl_model **model, grl_error *error);

#endif
