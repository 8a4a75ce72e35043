/* recurrent.c: finds the recurrent layers among named tensors, and the one that was chosen.
 *
 *   PyTorch RNN    PREFIX.weight_hh_l0, _l1, _l0_reverse     gates x n rows, n columns
 *   PyTorch cell   PREFIX.weight_hh
 *   Flax           PREFIX.hn.kernel or PREFIX/hn/kernel      (LSTM: hf)
 *
 * Where a file holds several, nothing is guessed: the message lists what there is and names the option. */
#include "format/recurrent.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool is_separator(char c)
{
    return c == '.' || c == '/';
}

/* Where the last component of name[0..length) begins. */
static size_t last_component(const char *name, size_t length)
{
    while (length > 0 && !is_separator(name[length - 1])) length--;
    return length;
}

static bool parse_pytorch(const char *component, grl_recurrent *found)
{
    static const char stem[] = "weight_hh";
    if (strncmp(component, stem, sizeof stem - 1) != 0) return false;
    const char *rest = component + sizeof stem - 1;
    found->names = GRL_NAMES_CELL;
    if (*rest == '\0') return true;
    found->names = GRL_NAMES_PYTORCH;
    if (rest[0] != '_' || rest[1] != 'l') return false;
    rest += 2;
    size_t digits = strspn(rest, "0123456789");
    if (digits == 0 || digits > 6 || (digits > 1 && rest[0] == '0')) return false;
    found->layer = (size_t)strtoul(rest, NULL, 10);
    rest += digits;
    found->reverse = strcmp(rest, "_reverse") == 0;
    return *rest == '\0' || found->reverse;
}

/* Tells a recurrent layer by the name of its hidden weights. */
static bool parse_name(const grl_tensor *tensor, grl_recurrent *found)
{
    const char *name = tensor->name;
    size_t start = last_component(name, strlen(name));
    *found = (grl_recurrent){.hidden = tensor};
    if (parse_pytorch(name + start, found)) {
        size_t n = tensor->dims == 2 ? tensor->shape[1] : 0;
        found->gates = n > 0 && tensor->shape[0] % n == 0 ? tensor->shape[0] / n : 0;
    } else if (start > 0 && strcmp(name + start, "kernel") == 0) {
        size_t parent = last_component(name, start - 1);
        bool gru = strncmp(name + parent, "hn", start - 1 - parent) == 0;
        bool lstm = strncmp(name + parent, "hf", start - 1 - parent) == 0;
        if (start - 1 - parent != 2 || (!gru && !lstm)) return false;
        found->names = GRL_NAMES_FLAX;
        found->gates = gru ? 3 : 4;
        start = parent;
    } else {
        return false;
    }
    found->prefix_length = start > 0 ? start - 1 : 0;
    return true;
}

static int compare_prefix(const grl_recurrent *a, const grl_recurrent *b)
{
    size_t shorter = a->prefix_length < b->prefix_length ? a->prefix_length : b->prefix_length;
    int order = shorter > 0 ? memcmp(a->hidden->name, b->hidden->name, shorter) : 0;
    if (order != 0) return order;
    return a->prefix_length < b->prefix_length ? -1 : a->prefix_length > b->prefix_length;
}

static int compare(const void *left, const void *right)
{
    const grl_recurrent *a = left, *b = right;
    int order = compare_prefix(a, b);
    if (order != 0) return order;
    if (a->layer != b->layer) return a->layer < b->layer ? -1 : 1;
    return (int)a->reverse - (int)b->reverse;
}

static grl_status find_all(const grl_tensors *tensors, grl_recurrents *all, grl_error *error)
{
    for (size_t i = 0; i < tensors->count; i++) {
        grl_recurrent found;
        if (!parse_name(&tensors->items[i], &found)) continue;
        if (!grl_grow((void **)&all->items, &all->capacity, all->count, sizeof found))
            return grl_fail_memory(error, all->count, sizeof found);
        all->items[all->count++] = found;
    }
    if (all->count > 0) {
        qsort(all->items, all->count, sizeof *all->items, compare);
        return GRL_OK;
    }
    if (tensors->count == 0)
        return grl_fail(error, GRL_BAD_INPUT, "expected the weights of a GRU, found no tensor");
    const char *first = tensors->items[0].name;
    return grl_fail(error, GRL_BAD_INPUT,
                    "expected the weights of a GRU (weight_hh_l0, weight_hh or hn.kernel), found %zu other "
                    "tensors, the first %s",
                    tensors->count, grl_show(first, strlen(first)).text);
}

static grl_shown show_prefix(const grl_recurrent *item)
{
    return item->prefix_length ? grl_show(item->hidden->name, item->prefix_length) : grl_show("\"\"", 2);
}

/* The prefixes there are, at most eight of them, as "a, b, c". */
static void list_prefixes(const grl_recurrents *all, grl_text *list)
{
    size_t distinct = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (i > 0 && compare_prefix(&all->items[i - 1], &all->items[i]) == 0) continue;
        if (distinct++ < 8)
            grl_text_addf(list, "%s%s", distinct > 1 ? ", " : "", show_prefix(&all->items[i]).text);
    }
    if (distinct > 8) grl_text_addf(list, " and %zu more", distinct - 8);
}

/* Keeps those of one prefix. */
static grl_status choose_prefix(grl_recurrents *all, const char *prefix, grl_error *error)
{
    grl_text list = {0};
    grl_status status = GRL_OK;
    size_t kept = 0, others = 0;
    list_prefixes(all, &list);
    if (prefix) {
        size_t length = strlen(prefix);
        if (length > 0 && is_separator(prefix[length - 1])) length--;
        for (size_t i = 0; i < all->count; i++)
            if (all->items[i].prefix_length == length &&
                memcmp(all->items[i].hidden->name, prefix, length) == 0)
                all->items[kept++] = all->items[i];
        if (kept == 0 && list.data && strcmp(list.data, "\"\"") == 0)
            status = grl_fail(error, GRL_BAD_INPUT, "expected no --prefix (the names have none), found %s",
                              grl_show(prefix, strlen(prefix)).text);
        else if (kept == 0)
            status = grl_fail(error, GRL_BAD_INPUT, "expected a --prefix among %.700s, found %s",
                              list.data ? list.data : "", grl_show(prefix, strlen(prefix)).text);
    } else {
        /* An LSTM beside a GRU is no choice to make. */
        for (size_t i = 0; i < all->count; i++)
            if (all->items[i].gates != 4 && all->items[i].gates != 1) others++;
        for (size_t i = 0; i < all->count; i++)
            if (others == 0 || (all->items[i].gates != 4 && all->items[i].gates != 1))
                all->items[kept++] = all->items[i];
        if (compare_prefix(&all->items[0], &all->items[kept - 1]) != 0)
            status = grl_fail(error, GRL_BAD_INPUT,
                              "expected one recurrent network, found several: --prefix chooses among %.700s",
                              list.data ? list.data : "");
    }
    all->count = kept;
    grl_text_drop(&list);
    return status;
}

static grl_status choose_layer(grl_recurrents *all, int layer, size_t *layers, grl_error *error)
{
    size_t first = all->items[0].layer, last = all->items[all->count - 1].layer, kept = 0;
    *layers = last + 1;
    if (layer < 0 && first != last)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected one layer, found the layers %zu to %zu: --layer chooses", first, last);
    for (size_t i = 0; i < all->count; i++)
        if (layer < 0 || all->items[i].layer == (size_t)layer) all->items[kept++] = all->items[i];
    if (kept == 0 && first != last)
        return grl_fail(error, GRL_BAD_INPUT, "expected --layer %zu to %zu, found --layer %d", first, last,
                        layer);
    if (kept == 0)
        return grl_fail(error, GRL_BAD_INPUT, "expected --layer %zu (there is no other), found --layer %d",
                        first, layer);
    all->count = kept;
    return GRL_OK;
}

/* Layers are sorted with the forward direction first. */
static grl_status choose_direction(const grl_recurrents *all, int reverse, const grl_recurrent **chosen,
                                   grl_error *error)
{
    bool forward = !all->items[0].reverse, backward = all->items[all->count - 1].reverse;
    if (all->count > 2 || (all->count == 2 && !(forward && backward)))
        return grl_fail(error, GRL_BAD_INPUT, "expected one set of names for one layer, found %s and %s",
                        grl_show(all->items[0].hidden->name, strlen(all->items[0].hidden->name)).text,
                        grl_show(all->items[1].hidden->name, strlen(all->items[1].hidden->name)).text);
    if (reverse < 0 && forward && backward)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "expected one direction, found a bidirectional layer: --forward or --reverse chooses");
    if (reverse > 0 && !backward)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a backward direction for --reverse, found the forward one alone");
    if (reverse == 0 && !forward)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a forward direction for --forward, found the backward one alone");
    *chosen = &all->items[reverse > 0 || !forward ? all->count - 1 : 0];
    return GRL_OK;
}

/* "GRU rnn, layer 1 of 2, backward: its inputs are the outputs of layer 0". */
static grl_status note_choice(const grl_recurrent *chosen, size_t layers, bool bidirectional,
                              grl_model *model, grl_error *error)
{
    grl_text note = {0};
    if (layers < 2 && !bidirectional) return GRL_OK;
    grl_text_addf(&note, "of %s: layer %zu of the layers 0 to %zu",
                  chosen->prefix_length ? show_prefix(chosen).text : "the network", chosen->layer,
                  layers - 1);
    if (bidirectional) grl_text_addf(&note, ", %s", chosen->reverse ? "backward" : "forward");
    if (chosen->layer > 0)
        grl_text_addf(&note, "; its inputs are the outputs of layer %zu", chosen->layer - 1);
    grl_status status =
        note.failed ? grl_fail_memory(error, 1, 100) : grl_model_add_note(model, note.data, error);
    grl_text_drop(&note);
    return status;
}

grl_status grl_recurrent_read(const grl_tensors *tensors, size_t file_size, const grl_load_options *options,
                              grl_model **model, grl_error *error)
{
    grl_recurrents all = {0};
    const grl_recurrent *chosen = NULL;
    size_t layers = 0;
    bool bidirectional = false;
    grl_status status = find_all(tensors, &all, error);
    if (status == GRL_OK) status = choose_prefix(&all, options->prefix, error);
    if (status == GRL_OK)
        for (size_t i = 0; i < all.count; i++) bidirectional |= all.items[i].reverse;
    if (status == GRL_OK) status = choose_layer(&all, options->layer, &layers, error);
    if (status == GRL_OK) status = choose_direction(&all, options->reverse, &chosen, error);
    if (status == GRL_OK) status = grl_recurrent_build(tensors, chosen, file_size, options, model, error);
    if (status == GRL_OK) {
        status = note_choice(chosen, layers, bidirectional, *model, error);
        if (status == GRL_OK && chosen->layer + 1 == layers && !bidirectional)
            status = grl_readout_read(tensors, *model, error);
        if (status == GRL_OK && layers == 1 && !bidirectional)
            status = grl_start_read(tensors, *model, error);
        if (status != GRL_OK) {
            grl_model_free(*model);
            *model = NULL;
        }
    }
    free(all.items);
    return status;
}
