/* recurrent_build.c: the cell of one GRU, out of its tensors.
 *
 * PyTorch stores the gates one below the other, weight_ih (3n x m), weight_hh (3n x n), bias_ih and bias_hh
 * (3n), in the order r, z, n, with the reset after: b_z = b_iz + b_hz, b_r = b_ir + b_hr, b_h = b_in,
 * c_h = b_hn. Flax has one Dense layer for each gate, ir iz in hr hz hn, with kernels (inputs x units), and
 * the same equations. Others use PyTorch's names with the order z, r, n or with the reset before; then b_h =
 * b_in + b_hn, since nothing stands between the two. A file cannot tell, so the options decide, then the
 * file's metadata, then the framework's convention; a note says which. */
#include "format/recurrent.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One gate's part of a tensor: rows from `row` on of PyTorch's, or the transposed kernel of Flax. */
typedef struct part {
    const grl_tensor *tensor; /* NULL: zero */
    size_t row;
    bool transposed;
} part;

/* In the order of grl_block: z, r, h. */
typedef struct parts {
    part U[3], W[3], from_input[3], from_hidden[3]; /* the last two are biases */
    size_t n, m;
    bool biases;
} parts;

/* PREFIX.last, in *tensor; NULL if there is none. */
static grl_status find(const grl_tensors *tensors, const grl_recurrent *chosen, const char *last,
                       const grl_tensor **tensor, grl_error *error)
{
    grl_text name = {0};
    const char *found = chosen->hidden->name;
    if (chosen->prefix_length)
        grl_text_add_bytes(&name, found, chosen->prefix_length + 1);
    else if (found[0] == '.' || found[0] == '/')
        grl_text_add_bytes(&name, found, 1);
    grl_text_add(&name, last);
    if (name.failed) {
        grl_text_drop(&name);
        return grl_fail_memory(error, 1, 100);
    }
    *tensor = grl_tensors_find(tensors, name.data);
    grl_text_drop(&name);
    return GRL_OK;
}

static grl_status check_dtype(const grl_tensor *tensor, grl_error *error)
{
    if (tensor->dtype == GRL_DTYPE_OTHER)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected floating-point numbers, found another type",
                        grl_show(tensor->name, strlen(tensor->name)).text);
    return GRL_OK;
}

static grl_status check_shape(const grl_tensor *tensor, size_t rows, size_t columns, grl_error *error)
{
    grl_shown shown = grl_show(tensor->name, strlen(tensor->name));
    if (tensor->dims != 2)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a matrix of %zu x %zu, found %zu dimensions",
                        shown.text, rows, columns, tensor->dims);
    if (tensor->shape[0] != rows || tensor->shape[1] != columns)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected %zu x %zu numbers, found %zu x %zu", shown.text,
                        rows, columns, tensor->shape[0], tensor->shape[1]);
    return check_dtype(tensor, error);
}

static grl_status check_bias(const grl_tensor *tensor, size_t count, grl_error *error)
{
    grl_shown shown = grl_show(tensor->name, strlen(tensor->name));
    if (tensor->dims != 1)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a list of %zu numbers, found %zu dimensions",
                        shown.text, count, tensor->dims);
    if (tensor->shape[0] != count)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected %zu numbers, found %zu", shown.text, count,
                        tensor->shape[0]);
    return check_dtype(tensor, error);
}

static grl_status expect_gru(const grl_recurrent *chosen, grl_error *error)
{
    const grl_tensor *hidden = chosen->hidden;
    grl_shown shown = grl_show(hidden->name, strlen(hidden->name));
    if (chosen->names == GRL_NAMES_FLAX && chosen->gates == 4)
        return grl_fail(error, GRL_BAD_INPUT, "%s: looks like an LSTM (gates i, f, g, o), expected a GRU",
                        shown.text);
    if (hidden->dims != 2)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a matrix, found %zu dimensions", shown.text,
                        hidden->dims);
    size_t rows = hidden->shape[0], n = hidden->shape[1];
    if (rows == 0 || n == 0)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected at least one unit, found %zu x %zu numbers",
                        shown.text, rows, n);
    if (chosen->names == GRL_NAMES_FLAX && rows != n)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a square matrix, found %zu x %zu", shown.text,
                        rows, n);
    if (chosen->names != GRL_NAMES_FLAX && chosen->gates == 4)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: looks like an LSTM (4 x %zu rows), expected a GRU (3 x %zu rows)", shown.text, n,
                        n);
    if (chosen->names != GRL_NAMES_FLAX && chosen->gates == 1)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: looks like a network without gates (%zu rows), expected a GRU (3 x %zu rows)",
                        shown.text, n, n);
    if (chosen->gates != 3)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected 3 x %zu rows, found %zu", shown.text, n, rows);
    return GRL_OK;
}

static grl_status find_pytorch(const grl_tensors *tensors, const grl_recurrent *chosen, grl_gate_order order,
                               parts *p, grl_error *error)
{
    static const size_t rzn[] = {1, 0, 2}, zrn[] = {0, 1, 2};
    const size_t *place = order == GRL_GATES_ZRN ? zrn : rzn;
    const grl_tensor *input = NULL, *bias_input = NULL, *bias_hidden = NULL;
    char suffix[32] = "", name[64];
    if (chosen->names == GRL_NAMES_PYTORCH)
        snprintf(suffix, sizeof suffix, "_l%zu%s", chosen->layer, chosen->reverse ? "_reverse" : "");
    p->n = chosen->hidden->shape[1];

    snprintf(name, sizeof name, "weight_ih%s", suffix);
    grl_status status = find(tensors, chosen, name, &input, error);
    if (status == GRL_OK && !input)
        status = grl_fail(error, GRL_BAD_INPUT, "%s: expected beside %s, found nothing", name,
                          grl_show(chosen->hidden->name, strlen(chosen->hidden->name)).text);
    if (status == GRL_OK) {
        p->m = input->dims == 2 ? input->shape[1] : 0;
        status = check_shape(input, 3 * p->n, p->m, error);
    }
    if (status == GRL_OK) status = check_dtype(chosen->hidden, error);
    snprintf(name, sizeof name, "bias_ih%s", suffix);
    if (status == GRL_OK) status = find(tensors, chosen, name, &bias_input, error);
    snprintf(name, sizeof name, "bias_hh%s", suffix);
    if (status == GRL_OK) status = find(tensors, chosen, name, &bias_hidden, error);
    if (status == GRL_OK && bias_input) status = check_bias(bias_input, 3 * p->n, error);
    if (status == GRL_OK && bias_hidden) status = check_bias(bias_hidden, 3 * p->n, error);
    p->biases = bias_input || bias_hidden;
    for (int g = 0; g < 3; g++) {
        size_t row = place[g] * p->n;
        p->U[g] = (part){.tensor = chosen->hidden, .row = row};
        p->W[g] = (part){.tensor = input, .row = row};
        p->from_input[g] = (part){.tensor = bias_input, .row = row};
        p->from_hidden[g] = (part){.tensor = bias_hidden, .row = row};
    }
    return status;
}

/* One Dense layer of Flax: a kernel of `inputs` x n, and perhaps a bias. */
static grl_status find_dense(const grl_tensors *tensors, const grl_recurrent *chosen, const char *gate,
                             size_t inputs, parts *p, part *kernel, part *bias, grl_error *error)
{
    char separator = chosen->hidden->name[strlen(chosen->hidden->name) - sizeof "kernel"], name[32];
    snprintf(name, sizeof name, "%s%ckernel", gate, separator);
    grl_status status = find(tensors, chosen, name, &kernel->tensor, error);
    if (status == GRL_OK && !kernel->tensor)
        status = grl_fail(error, GRL_BAD_INPUT, "%s: expected beside %s, found nothing", name,
                          grl_show(chosen->hidden->name, strlen(chosen->hidden->name)).text);
    if (status == GRL_OK) status = check_shape(kernel->tensor, inputs, p->n, error);
    kernel->transposed = true;
    snprintf(name, sizeof name, "%s%cbias", gate, separator);
    if (status == GRL_OK) status = find(tensors, chosen, name, &bias->tensor, error);
    if (status == GRL_OK && bias->tensor) status = check_bias(bias->tensor, p->n, error);
    if (bias->tensor) p->biases = true;
    return status;
}

static grl_status find_flax(const grl_tensors *tensors, const grl_recurrent *chosen, parts *p,
                            grl_error *error)
{
    static const char *const input[] = {"iz", "ir", "in"}, *const hidden[] = {"hz", "hr", "hn"};
    const grl_tensor *first = NULL;
    char separator = chosen->hidden->name[strlen(chosen->hidden->name) - sizeof "kernel"], name[32];
    p->n = chosen->hidden->shape[1];
    snprintf(name, sizeof name, "in%ckernel", separator);
    grl_status status = find(tensors, chosen, name, &first, error);
    p->m = first && first->dims == 2 ? first->shape[0] : 0;
    for (int g = 0; status == GRL_OK && g < 3; g++) {
        status = find_dense(tensors, chosen, input[g], p->m, p, &p->W[g], &p->from_input[g], error);
        if (status == GRL_OK)
            status = find_dense(tensors, chosen, hidden[g], p->n, p, &p->U[g], &p->from_hidden[g], error);
    }
    return status;
}

static void fill_matrix(const part *from, size_t rows, size_t columns, double *to)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[i * columns + j] = from->transposed ? grl_tensor_value(from->tensor, j, i)
                                                   : grl_tensor_value(from->tensor, from->row + i, j);
}

static void add_bias(const part *from, size_t count, double *to)
{
    for (size_t i = 0; from->tensor && i < count; i++)
        to[i] += grl_tensor_value(from->tensor, from->row + i, 0);
}

static void fill_cell(const parts *p, grl_reset reset, grl_cell *cell)
{
    for (int g = 0; g < 3; g++) {
        fill_matrix(&p->U[g], p->n, p->n, grl_cell_block(cell, (grl_block)(GRL_U_Z + g)));
        fill_matrix(&p->W[g], p->n, p->m, grl_cell_block(cell, (grl_block)(GRL_W_Z + g)));
        double *bias = grl_cell_block(cell, (grl_block)(GRL_B_Z + g));
        bool apart = g == 2 && reset == GRL_RESET_AFTER;
        add_bias(&p->from_input[g], p->n, bias);
        add_bias(&p->from_hidden[g], p->n, apart ? grl_cell_block(cell, GRL_C_H) : bias);
    }
}

static grl_status note_convention(const grl_tensors *tensors, const grl_recurrent *chosen, const parts *p,
                                  const grl_load_options *options, grl_reset reset, grl_gate_order order,
                                  grl_model *model, grl_error *error)
{
    bool flax = chosen->names == GRL_NAMES_FLAX;
    bool reset_assumed = !options->reset && !tensors->reset;
    bool order_assumed = !flax && !options->gate_order && !tensors->gate_order;
    const char *reset_word = reset == GRL_RESET_BEFORE ? "before" : "after";
    const char *order_words = order == GRL_GATES_ZRN ? "z, r, n" : "r, z, n";
    grl_text note = {0};
    grl_status status = GRL_OK;
    grl_text_add(&note, flax ? "Flax names: " : "PyTorch names: ");
    if (reset_assumed && order_assumed) {
        grl_text_add(&note, "assumed reset after, gate order r, z, n");
    } else {
        grl_text_addf(&note, "%s reset %s",
                      options->reset   ? "asked for"
                      : tensors->reset ? "the file says"
                                       : "assumed",
                      reset_word);
        if (!flax)
            grl_text_addf(&note, ", %s gate order %s",
                          options->gate_order   ? "asked for"
                          : tensors->gate_order ? "the file says"
                                                : "assumed",
                          order_words);
    }
    if (reset_assumed || order_assumed)
        grl_text_addf(&note, "; %s%s%s", reset_assumed ? "--reset" : "",
                      reset_assumed && order_assumed ? " and --gate-order change that"
                      : order_assumed                ? "--gate-order changes that"
                                                     : " changes that",
                      "");
    if (note.failed) status = grl_fail_memory(error, 1, 100);
    if (status == GRL_OK) status = grl_model_add_note(model, note.data, error);
    grl_text_drop(&note);
    if (status == GRL_OK && !p->biases) status = grl_model_add_note(model, "no biases: taken as zero", error);
    if (status == GRL_OK && p->biases && reset == GRL_RESET_BEFORE)
        status = grl_model_add_note(model, "reset before: b_h = b_in + b_hn, c_h = 0", error);
    if (status == GRL_OK && flax && options->gate_order)
        status = grl_model_add_note(model, "the file names its gates: --gate-order changes nothing", error);
    return status;
}

grl_status grl_recurrent_build(const grl_tensors *tensors, const grl_recurrent *chosen, size_t file_size,
                               const grl_load_options *options, grl_model **model, grl_error *error)
{
    parts p = {0};
    grl_cell *cell;
    grl_reset_choice choice = options->reset ? options->reset : tensors->reset;
    grl_reset reset = choice == GRL_RESET_FORCE_BEFORE ? GRL_RESET_BEFORE : GRL_RESET_AFTER;
    grl_gate_order order = options->gate_order ? options->gate_order : tensors->gate_order;
    grl_status status = expect_gru(chosen, error);
    if (status != GRL_OK) return status;
    status = grl_load_size(chosen->hidden->shape[1], 0, file_size, error);
    if (status == GRL_OK)
        status = chosen->names == GRL_NAMES_FLAX ? find_flax(tensors, chosen, &p, error)
                                                 : find_pytorch(tensors, chosen, order, &p, error);
    if (status == GRL_OK) status = grl_load_size(p.n, p.m, file_size, error);
    if (status == GRL_OK) status = grl_cell_create(p.n, p.m, reset, &cell, error);
    if (status != GRL_OK) return status;
    fill_cell(&p, reset, cell);
    status = grl_model_create(cell, model, error);
    if (status != GRL_OK) return status;
    status = note_convention(tensors, chosen, &p, options, reset, order, *model, error);
    if (status != GRL_OK) {
        grl_model_free(*model);
        *model = NULL;
    }
    return status;
}
