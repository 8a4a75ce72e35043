/* readout.c: the linear readout beside a GRU, where it can be told.
 *
 * A candidate is a matrix "X.weight" of outputs x n (PyTorch's Linear) or "X.kernel" of n x outputs (Flax's
 * Dense), with a bias "X.bias" that fits or none. One candidate, or one of several whose name says what it
 * is, is taken; otherwise none is, and a note tells. An embedding or an encoder can have the same shape: the
 * note names what was taken. */
#include "format/recurrent.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_OUTPUTS = 65536 };

typedef struct candidate {
    const grl_tensor *weight;
    size_t parent; /* length of "X" */
    bool transposed;
} candidate;

static bool is_gate_of_flax(const char *parent, size_t length)
{
    return length == 2 && (parent[0] == 'i' || parent[0] == 'h') && strchr("rznifgo", parent[1]);
}

static bool ends_with(const char *name, size_t length, const char *end)
{
    size_t size = strlen(end);
    return length >= size && memcmp(name + length - size, end, size) == 0;
}

/* The last component of X. */
static const char *own_name(const candidate *c, size_t *length)
{
    const char *name = c->weight->name;
    size_t start = c->parent;
    while (start > 0 && name[start - 1] != '.' && name[start - 1] != '/') start--;
    *length = c->parent - start;
    return name + start;
}

static bool is_candidate(const grl_tensor *tensor, size_t n, candidate *found)
{
    size_t length = strlen(tensor->name), own;
    if (tensor->dims != 2 || tensor->dtype == GRL_DTYPE_OTHER) return false;
    bool flax = ends_with(tensor->name, length, ".kernel") || ends_with(tensor->name, length, "/kernel");
    if (!flax && !ends_with(tensor->name, length, ".weight")) return false;
    size_t outputs = tensor->shape[flax ? 1 : 0];
    if (tensor->shape[flax ? 0 : 1] != n || outputs == 0 || outputs > MAX_OUTPUTS) return false;
    *found = (candidate){.weight = tensor, .parent = length - 7, .transposed = flax};
    const char *name = own_name(found, &own);
    return !(flax && is_gate_of_flax(name, own));
}

static bool is_named_readout(const candidate *c)
{
    static const char *const names[] = {"readout", "output", "out", "head", "readout_layer", "output_layer"};
    size_t length;
    const char *name = own_name(c, &length);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0) return true;
    return false;
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
    size_t outputs = c->weight->shape[c->transposed ? 1 : 0];
    if (*bias && ((*bias)->dims != 1 || (*bias)->shape[0] != outputs || (*bias)->dtype == GRL_DTYPE_OTHER))
        *bias = NULL;
    return GRL_OK;
}

static grl_status take(const grl_tensors *tensors, const candidate *c, size_t n, grl_model *model,
                       grl_error *error)
{
    const grl_tensor *bias = NULL;
    grl_text note = {0};
    size_t outputs = c->weight->shape[c->transposed ? 1 : 0];
    grl_status status = find_bias(tensors, c, &bias, error);
    if (status != GRL_OK) return status;
    double *C = grl_calloc(outputs * n, sizeof *C), *d = grl_calloc(outputs, sizeof *d);
    if (!C || !d) {
        status = grl_fail_memory(error, outputs * n, sizeof *C);
        goto done;
    }
    for (size_t i = 0; i < outputs; i++) {
        for (size_t j = 0; j < n; j++)
            C[i * n + j] = grl_tensor_value(c->weight, c->transposed ? j : i, c->transposed ? i : j);
        if (bias) d[i] = grl_tensor_value(bias, i, 0);
    }
    grl_shown shown = grl_show(c->weight->name, c->parent);
    status = grl_fail_in(error, grl_model_set_readout(model, outputs, C, d, error), shown.text);
    if (status != GRL_OK) goto done;
    grl_text_addf(&note, "linear readout: %s (%zu output%s%s)", shown.text, outputs, outputs == 1 ? "" : "s",
                  bias ? "" : ", no bias");
    status = note.failed ? grl_fail_memory(error, 1, 100) : grl_model_add_note(model, note.data, error);
done:
    grl_text_drop(&note);
    free(C);
    free(d);
    return status;
}

grl_status grl_readout_read(const grl_tensors *tensors, bool last, grl_model *model, grl_error *error)
{
    size_t n = grl_cell_hidden_size(grl_model_cell(model)), found = 0, named = 0;
    candidate chosen = {0}, chosen_name = {0}, c;
    grl_text note = {0};
    if (!last) return GRL_OK;
    for (size_t i = 0; i < tensors->count; i++) {
        if (!is_candidate(&tensors->items[i], n, &c)) continue;
        if (found++ == 0) chosen = c;
        if (is_named_readout(&c) && named++ == 0) chosen_name = c;
    }
    if (found == 1) return take(tensors, &chosen, n, model, error);
    if (named == 1) return take(tensors, &chosen_name, n, model, error);
    if (found == 0) return GRL_OK;
    grl_text_addf(&note, "%zu matrices could be the readout, %s among them: none was taken", found,
                  grl_show(chosen.weight->name, chosen.parent).text);
    grl_status status =
        note.failed ? grl_fail_memory(error, 1, 100) : grl_model_add_note(model, note.data, error);
    grl_text_drop(&note);
    return status;
}
