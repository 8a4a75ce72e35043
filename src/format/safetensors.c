/* safetensors.c: the safetensors container.
 *
 *   8 bytes   N, little-endian
 *   N bytes   JSON: {"NAME": {"dtype": "F32", "shape": [r, c], "data_offsets": [begin, end]}, ...,
 *             "__metadata__": {"KEY": "TEXT", ...}}
 *   the rest  the numbers, little-endian, row-major; offsets count from here
 *
 * Refused: a header above 100 MB, offsets outside the file, sizes that do not fit the shape, tensors that
 * overlap or leave a hole (as the format demands), names that are there twice. Written with PyTorch's names
 * in F64, so that nothing is lost; where the reset is before, which PyTorch's names cannot say, the metadata
 * "reset" says it. */
#include "format/tensors.h"

#include "base/error.h"
#include "base/memory.h"

#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER = 100000000 };

typedef struct span {
    size_t begin, end;
} span;

static size_t header_size(const grl_source *source)
{
    uint64_t size = 0;
    if (source->size < 8) return SIZE_MAX;
    for (int i = 0; i < 8; i++) size |= (uint64_t)source->bytes[i] << 8 * i;
    return size <= MAX_HEADER ? (size_t)size : SIZE_MAX;
}

static bool recognise(const grl_source *source)
{
    return source->size > 8 && source->bytes[8] == '{' && header_size(source) <= MAX_HEADER;
}

static grl_dtype find_dtype(const char *word)
{
    static const struct {
        const char *word;
        grl_dtype dtype;
    } known[] = {
        {"F16", GRL_DTYPE_F16}, {"BF16", GRL_DTYPE_BF16}, {"F32", GRL_DTYPE_F32}, {"F64", GRL_DTYPE_F64}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].word, word) == 0) return known[i].dtype;
    return GRL_DTYPE_OTHER;
}

/* Bits of an element of a type that holds no weights; 0 for an unknown type. */
static size_t other_bits(const char *word)
{
    static const struct {
        const char *word;
        size_t bits;
    } known[] = {{"BOOL", 8}, {"U8", 8},   {"I8", 8},   {"I16", 16}, {"U16", 16},    {"I32", 32},
                 {"U32", 32}, {"I64", 64}, {"U64", 64}, {"C64", 64}, {"F8_E4M3", 8}, {"F8_E5M2", 8}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].word, word) == 0) return known[i].bits;
    return 0;
}

static grl_status get_count(const json_t *value, const char *name, const char *what, size_t *count,
                            grl_error *error)
{
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number > INT64_C(1) << 52)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a whole number from 0 as %s, found another", name,
                        what);
    *count = (size_t)number;
    return GRL_OK;
}

/* One tensor of the header: shape, type and place, each checked against `data_size` bytes. */
static grl_status read_tensor(const char *shown, const json_t *item, const unsigned char *data,
                              size_t data_size, grl_tensor *tensor, span *place, grl_error *error)
{
    const char *dtype = json_string_value(json_object_get(item, "dtype"));
    const json_t *shape = json_object_get(item, "shape"), *offsets = json_object_get(item, "data_offsets");
    size_t count = 1;
    if (!dtype || !json_is_array(shape) || !json_is_array(offsets) || json_object_size(item) != 3)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected an object of dtype, shape and data_offsets, found something else",
                        shown);
    if (json_array_size(shape) > GRL_MAX_DIMS)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a shape of at most %d numbers, found %zu", shown,
                        GRL_MAX_DIMS, json_array_size(shape));
    tensor->dtype = find_dtype(dtype);
    size_t bits = tensor->dtype == GRL_DTYPE_OTHER ? other_bits(dtype) : 8 * grl_dtype_size(tensor->dtype);
    if (bits == 0)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected the dtype F16, BF16, F32 or F64, found %s", shown,
                        grl_show(dtype, strlen(dtype)).text);
    tensor->dims = json_array_size(shape);
    for (size_t k = tensor->dims; k-- > 0;) {
        grl_status status = get_count(json_array_get(shape, k), shown, "shape", &tensor->shape[k], error);
        if (status != GRL_OK) return status;
        tensor->stride[k] = count;
        if (!grl_product(count, tensor->shape[k], &count) || count > SIZE_MAX / 64)
            return grl_fail(error, GRL_BAD_INPUT,
                            "%s: expected a shape that fits the file, found a larger one", shown);
    }
    if (json_array_size(offsets) != 2)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected two data_offsets, found %zu", shown,
                        json_array_size(offsets));
    grl_status status = get_count(json_array_get(offsets, 0), shown, "data offset", &place->begin, error);
    if (status == GRL_OK)
        status = get_count(json_array_get(offsets, 1), shown, "data offset", &place->end, error);
    if (status != GRL_OK) return status;
    if (place->begin > place->end || place->end > data_size)
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected data offsets in order and up to %zu, found %zu to %zu", shown,
                        data_size, place->begin, place->end);
    if (place->end - place->begin != count * bits / 8)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected %zu bytes for its shape, found %zu", shown,
                        count * bits / 8, place->end - place->begin);
    tensor->data = data + place->begin;
    return GRL_OK;
}

static grl_status read_metadata(const json_t *metadata, grl_tensors *tensors, grl_error *error)
{
    const char *reset = json_string_value(json_object_get(metadata, "reset"));
    const char *order = json_string_value(json_object_get(metadata, "gate_order"));
    if (!json_is_object(metadata))
        return grl_fail(error, GRL_BAD_INPUT, "__metadata__: expected an object, found something else");
    if (reset && strcmp(reset, "before") == 0)
        tensors->reset = GRL_RESET_FORCE_BEFORE;
    else if (reset && strcmp(reset, "after") == 0)
        tensors->reset = GRL_RESET_FORCE_AFTER;
    else if (json_object_get(metadata, "reset"))
        return grl_fail(error, GRL_BAD_INPUT, "__metadata__: expected \"reset\" before or after, found %s",
                        reset ? grl_show(reset, strlen(reset)).text : "no text");
    if (order && strcmp(order, "rzn") == 0)
        tensors->gate_order = GRL_GATES_RZN;
    else if (order && strcmp(order, "zrn") == 0)
        tensors->gate_order = GRL_GATES_ZRN;
    else if (json_object_get(metadata, "gate_order"))
        return grl_fail(error, GRL_BAD_INPUT, "__metadata__: expected \"gate_order\" rzn or zrn, found %s",
                        order ? grl_show(order, strlen(order)).text : "no text");
    return GRL_OK;
}

static int by_begin(const void *a, const void *b)
{
    const span *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static grl_status check_places(span *places, size_t count, size_t data_size, grl_error *error)
{
    size_t end = 0;
    if (count > 0) qsort(places, count, sizeof *places, by_begin);
    for (size_t i = 0; i < count; i++) {
        if (places[i].begin != end)
            return grl_fail(error, GRL_BAD_INPUT,
                            "expected a tensor to begin at byte %zu of the data, found %s", end,
                            places[i].begin < end ? "two that overlap" : "a hole");
        end = places[i].end;
    }
    if (end != data_size)
        return grl_fail(error, GRL_BAD_INPUT, "expected %zu bytes of data, found %zu", end, data_size);
    return GRL_OK;
}

static grl_status read_header(json_t *root, const unsigned char *data, size_t data_size, grl_tensors *tensors,
                              grl_error *error)
{
    const char *name;
    json_t *item;
    size_t count = 0;
    if (!json_is_object(root))
        return grl_fail(error, GRL_BAD_INPUT, "header: expected a JSON object, found something else");
    span *places = grl_calloc(json_object_size(root), sizeof *places);
    if (!places) return grl_fail_memory(error, json_object_size(root), sizeof *places);
    grl_status status = GRL_OK;
    json_object_foreach(root, name, item)
    {
        grl_tensor tensor = {0};
        if (strcmp(name, "__metadata__") == 0) {
            status = read_metadata(item, tensors, error);
        } else {
            grl_shown shown = grl_show(name, strlen(name));
            status = read_tensor(shown.text, item, data, data_size, &tensor, &places[count++], error);
            if (status == GRL_OK) status = grl_tensors_add(tensors, name, &tensor, error);
        }
        if (status != GRL_OK) break;
    }
    if (status == GRL_OK) status = check_places(places, count, data_size, error);
    if (status == GRL_OK) status = grl_tensors_sort(tensors, error);
    free(places);
    return status;
}

static grl_status read_safetensors(const grl_source *source, const grl_load_options *options,
                                   grl_model **model, grl_error *error)
{
    grl_tensors tensors = {0};
    json_error_t problem;
    size_t size = header_size(source);
    if (source->size < 8)
        return grl_fail(error, GRL_BAD_INPUT, "expected a header's length in 8 bytes, found %zu bytes",
                        source->size);
    if (size > source->size - 8)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a header that fits the %zu bytes left and 100 MB, found a longer one",
                        source->size - 8);
    json_t *root = json_loadb((const char *)source->bytes + 8, size, JSON_REJECT_DUPLICATES, &problem);
    /* jansson has no words for a failed allocation. */
    if (!root && problem.text[0] == '\0') return grl_fail_memory(error, size, 1);
    if (!root)
        return grl_fail(error, GRL_BAD_INPUT, "header, byte %d: expected JSON, found: %s", problem.position,
                        problem.text);
    grl_status status = read_header(root, source->bytes + 8 + size, source->size - 8 - size, &tensors, error);
    if (status == GRL_OK) status = grl_recurrent_read(&tensors, source->size, options, model, error);
    grl_tensors_drop(&tensors);
    json_decref(root);
    return status;
}

static void add_entry(grl_text *header, const char *name, size_t rows, size_t columns, size_t *offset)
{
    size_t numbers = rows * (columns ? columns : 1);
    grl_text_addf(header, ",\"%s\":{\"dtype\":\"F64\",\"shape\":[%zu", name, rows);
    if (columns) grl_text_addf(header, ",%zu", columns);
    grl_text_addf(header, "],\"data_offsets\":[%zu,%zu]}", *offset, *offset + 8 * numbers);
    *offset += 8 * numbers;
}

static void add_numbers(grl_text *text, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char bytes[8];
        uint64_t bits = 0;
        if (numbers) memcpy(&bits, &numbers[i], sizeof bits);
        for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)(bits >> 8 * k);
        grl_text_add_bytes(text, (const char *)bytes, sizeof bytes);
    }
}

static grl_status write_safetensors(const grl_model *model, grl_text *text, grl_error *error)
{
    const grl_cell *cell = grl_model_cell(model);
    size_t n = grl_cell_hidden_size(cell), m = grl_cell_input_size(cell), offset = 0;
    size_t outputs = grl_model_outputs(model), observations = grl_model_observations(model);
    const double *E = grl_model_start_E(model), *e = grl_model_start_e(model);
    bool after = grl_cell_reset(cell) == GRL_RESET_AFTER;
    static const grl_block W[] = {GRL_W_R, GRL_W_Z, GRL_W_H}, U[] = {GRL_U_R, GRL_U_Z, GRL_U_H};
    static const grl_block b[] = {GRL_B_R, GRL_B_Z, GRL_B_H};
    grl_text header = {0};

    grl_text_addf(&header, "{\"__metadata__\":{\"format\":\"pt\",\"reset\":\"%s\",\"gate_order\":\"rzn\"}",
                  after ? "after" : "before");
    add_entry(&header, "weight_hh_l0", 3 * n, n, &offset);
    if (m) {
        add_entry(&header, "weight_ih_l0", 3 * n, m, &offset);
    } else {
        grl_text_addf(&header,
                      ",\"weight_ih_l0\":{\"dtype\":\"F64\",\"shape\":[%zu,0],\"data_offsets\":[%zu,%zu]}",
                      3 * n, offset, offset);
    }
    add_entry(&header, "bias_ih_l0", 3 * n, 0, &offset);
    add_entry(&header, "bias_hh_l0", 3 * n, 0, &offset);
    if (outputs) {
        add_entry(&header, "readout.weight", outputs, n, &offset);
        add_entry(&header, "readout.bias", outputs, 0, &offset);
    }
    if (E) add_entry(&header, "encoder.weight", n, observations, &offset);
    if (e) add_entry(&header, E ? "encoder.bias" : "h0", n, 0, &offset);
    grl_text_add(&header, "}");
    while (header.size % 8 != 0 && !header.failed) grl_text_add(&header, " ");
    if (header.failed) {
        grl_text_drop(&header);
        return grl_fail_memory(error, 1000, 1);
    }
    for (int k = 0; k < 8; k++) {
        char byte = (char)((uint64_t)header.size >> 8 * k & 255);
        grl_text_add_bytes(text, &byte, 1);
    }
    grl_text_add_bytes(text, header.data, header.size);
    grl_text_drop(&header);
    for (int g = 0; g < 3; g++) add_numbers(text, grl_cell_values(cell, U[g]), n * n);
    for (int g = 0; g < 3; g++) add_numbers(text, grl_cell_values(cell, W[g]), n * m);
    for (int g = 0; g < 3; g++) add_numbers(text, grl_cell_values(cell, b[g]), n);
    add_numbers(text, NULL, 2 * n);
    add_numbers(text, after ? grl_cell_values(cell, GRL_C_H) : NULL, n);
    if (outputs) {
        add_numbers(text, grl_model_readout_C(model), outputs * n);
        add_numbers(text, grl_model_readout_d(model), outputs);
    }
    if (E) add_numbers(text, E, n * observations);
    if (e) add_numbers(text, e, n);
    return GRL_OK;
}

const struct grl_format grl_format_safetensors = {.name = "safetensors",
                                                  .endings = "safetensors",
                                                  .recognise = recognise,
                                                  .read = read_safetensors,
                                                  .write = write_safetensors};
