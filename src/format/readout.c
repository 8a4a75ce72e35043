/* readout.c: the linear readout beside a GRU, and where it starts, where they can be told.
 *
 * A candidate for the readout is a matrix "X.weight" of outputs x n (PyTorch's Linear) or "X.kernel" of n x outputs (Flax's
 * Dense), with a bias "X.bias" that fits or none, whose name is not that of an encoder. One candidate, or one of several
 * whose name says what it is, is taken; otherwise none is, and a note tells.
 *
 * The start is told by its name alone: an encoder "X.weight" of n x observations ("X.kernel": observations x n), X ending in
 * "encoder" or the like, h_0 = E y + e; or the start itself, n numbers named "h0". Of several none is taken, and a
 * note tells.
 *
 * An embedding can look like either: notes name what was taken. */
#include "format/recurrent.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_SIZE = 65536 };

typedef struct candidate {
    const grl_tensor *weight;
    size_t parent; /* length of "X" */
    bool transposed;
} candidate;

/* What a name's last component may be. Ended by NULL. */
static const char *const readout_names[] = {"readout",       "output",       "out", "head",
                                            "readout_layer", "output_layer", NULL};
static const char *const encoder_names[] = {"encoder", "encode", "enc", "encoder_layer", "init", NULL};
static const char *const gates_of_flax[] = {"ir", "iz", "in", "ii", "if", "ig", "io", "hr",
                                            "hz", "hn", "hi", "hf", "hg", "ho", NULL};
static const char *const start_names[] = {"h0", "h_0", NULL};

static bool ends_with(const char *name, size_t length, const char *end)
{
    size_t size = strlen(end);
    return length >= size && memcmp(name + length - size, end, size) == 0;
}

/* Whether the last component of name[0..length) is one of these. */
static bool is_named(const char *name, size_t length, const char *const *names)
{
    size_t start = length;
    while (start > 0 && name[start - 1] != '.' && name[start - 1] != '/') start--;
    for (; *names; names++)
        if (strlen(*names) == length - start && memcmp(*names, name + start, length - start) == 0)
            return true;
    return false;
}

/* A linear layer. */
static bool is_linear(const grl_tensor *tensor, candidate *found)
{
    size_t length = strlen(tensor->name);
    if (tensor->dims != 2 || tensor->dtype == GRL_DTYPE_OTHER) return false;
    bool flax = ends_with(tensor->name, length, ".kernel") || ends_with(tensor->name, length, "/kernel");
    if (!flax && !ends_with(tensor->name, length, ".weight")) return false;
    *found = (candidate){.weight = tensor, .parent = length - 7, .transposed = flax};
    return !(flax && is_named(tensor->name, found->parent, gates_of_flax));
}

/* Numbers that it puts out, and that go in. */
static size_t rows_of(const candidate *c)
{
    return c->weight->shape[c->transposed ? 1 : 0];
}

static size_t columns_of(const candidate *c)
{
    return c->weight->shape[c->transposed ? 0 : 1];
}

static bool is_readout(const grl_tensor *tensor, size_t n, candidate *found)
{
    return is_linear(tensor, found) && columns_of(found) == n && rows_of(found) > 0 &&
           rows_of(found) <= MAX_SIZE && !is_named(tensor->name, found->parent, encoder_names);
}

static bool is_encoder(const grl_tensor *tensor, size_t n, candidate *found)
{
    return is_linear(tensor, found) && rows_of(found) == n && columns_of(found) > 0 &&
           columns_of(found) <= MAX_SIZE && is_named(tensor->name, found->parent, encoder_names);
}

/* n numbers, perhaps as a matrix of one row or more such dimensions, as torch.nn.GRU takes its start. */
static bool is_start(const grl_tensor *tensor, size_t n, candidate *found)
{
    const size_t length = strlen(tensor->name);
    if (tensor->dims == 0 || tensor->dtype == GRL_DTYPE_OTHER || !is_named(tensor->name, length, start_names))
        return false;
    for (size_t k = 0; k + 1 < tensor->dims; k++)
        if (tensor->shape[k] != 1) return false;
    *found = (candidate){.weight = tensor, .parent = length};
    return tensor->shape[tensor->dims - 1] == n;
}

static grl_status find_bias(const grl_tensors *tensors, const candidate *c, const grl_tensor **bias,
                            grl_error *error)
{
    grl_text name = {0};
    grl_text_add_bytes(&name, c->weight->name, c->parent + 1);
    grl_text_add(&name, "bias");
    if (name.failed) {
        grl_text_drop(&name);
        return grl_fail_memory(error, 1, 100);
    }
    *bias = grl_tensors_find(tensors, name.data);
    grl_text_drop(&name);
    if (*bias && ((*bias)->dims != 1 || (*bias)->shape[0] != rows_of(c) || (*bias)->dtype == GRL_DTYPE_OTHER))
        *bias = NULL;
    return GRL_OK;
}

/* The matrix and the bias, zero if there is none, in one block to be freed, the bias last. NULL: not enough memory. */
static double *read_numbers(const candidate *c, const grl_tensor *bias)
{
    const size_t rows = rows_of(c), columns = columns_of(c);
    double *A = grl_calloc(rows, (columns + 1) * sizeof *A);
    for (size_t i = 0; A && i < rows; i++) {
        for (size_t j = 0; j < columns; j++)
            A[i * columns + j] = grl_tensor_value(c->weight, c->transposed ? j : i, c->transposed ? i : j);
        if (bias) A[rows * columns + i] = grl_tensor_value(bias, i, 0);
    }
    return A;
}

static grl_status add_note(grl_text *note, grl_model *model, grl_error *error)
{
    grl_status status =
        note->failed ? grl_fail_memory(error, 1, 100) : grl_model_add_note(model, note->data, error);
    grl_text_drop(note);
    return status;
}

/* As the encoder of the start, or as the readout. */
static grl_status take_linear(const grl_tensors *tensors, const candidate *c, bool encoder, grl_model *model,
                              grl_error *error)
{
    const size_t rows = rows_of(c), columns = columns_of(c), size = encoder ? columns : rows;
    const grl_tensor *bias = NULL;
    const grl_shown shown = grl_show(c->weight->name, c->parent);
    grl_text note = {0};
    grl_status status = find_bias(tensors, c, &bias, error);
    if (status != GRL_OK) return status;
    double *A = read_numbers(c, bias);
    if (!A) return grl_fail_memory(error, rows, (columns + 1) * sizeof *A);
    const double *b = A + rows * columns;
    status = encoder ? grl_model_set_start(model, size, A, b, error)
                     : grl_model_set_readout(model, size, A, b, error);
    free(A);
    if (status != GRL_OK) return grl_fail_in(error, status, shown.text);
    grl_text_addf(&note, "%s: %s (%s%zu %s%s%s)", encoder ? "start" : "linear readout", shown.text,
                  encoder ? "from " : "", size, encoder ? "observation" : "output", size == 1 ? "" : "s",
                  bias ? "" : ", no bias");
    return add_note(&note, model, error);
}

static grl_status take_start(const candidate *c, size_t n, grl_model *model, grl_error *error)
{
    const grl_shown shown = grl_show(c->weight->name, c->parent);
    grl_tensor last = *c->weight;
    grl_text note = {0};
    last.stride[0] = last.stride[last.dims - 1];
    last.dims = 1;
    double *e = grl_calloc(n, sizeof *e);
    if (!e) return grl_fail_memory(error, n, sizeof *e);
    for (size_t i = 0; i < n; i++) e[i] = grl_tensor_value(&last, i, 0);
    grl_status status = grl_model_set_start(model, 0, NULL, e, error);
    free(e);
    if (status != GRL_OK) return grl_fail_in(error, status, shown.text);
    grl_text_addf(&note, "start: %s", shown.text);
    return add_note(&note, model, error);
}

grl_status grl_readout_read(const grl_tensors *tensors, grl_model *model, grl_error *error)
{
    size_t n = grl_cell_hidden_size(grl_model_cell(model)), found = 0, named = 0;
    candidate chosen = {0}, chosen_name = {0}, c;
    grl_text note = {0};
    for (size_t i = 0; i < tensors->count; i++) {
        if (!is_readout(&tensors->items[i], n, &c)) continue;
        if (found++ == 0) chosen = c;
        if (is_named(c.weight->name, c.parent, readout_names) && named++ == 0) chosen_name = c;
    }
    if (found == 1) return take_linear(tensors, &chosen, false, model, error);
    if (named == 1) return take_linear(tensors, &chosen_name, false, model, error);
    if (found == 0) return GRL_OK;
    grl_text_addf(&note, "%zu matrices could be the readout, %s among them: none was taken", found,
                  grl_show(chosen.weight->name, chosen.parent).text);
    return add_note(&note, model, error);
}

grl_status grl_start_read(const grl_tensors *tensors, grl_model *model, grl_error *error)
{
    size_t n = grl_cell_hidden_size(grl_model_cell(model)), encoders = 0, starts = 0;
    candidate chosen = {0}, c;
    grl_text note = {0};
    for (size_t i = 0; i < tensors->count; i++) {
        const bool encoder = is_encoder(&tensors->items[i], n, &c);
        if (!encoder && !is_start(&tensors->items[i], n, &c)) continue;
        if (encoders + starts == 0) chosen = c;
        encoders += encoder;
        starts += !encoder;
    }
    if (encoders + starts == 0) return GRL_OK;
    if (encoders + starts == 1)
        return encoders ? take_linear(tensors, &chosen, true, model, error)
                        : take_start(&chosen, n, model, error);
    grl_text_addf(&note, "%zu tensors could be the start, %s among them: none was taken", encoders + starts,
                  grl_show(chosen.weight->name, chosen.parent).text);
    return add_note(&note, model, error);
}
