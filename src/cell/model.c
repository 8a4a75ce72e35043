/* model.c: a network with its family, its readout, its start and what was assumed to read it.
 *
 * A family is a cell some of whose numbers are formulas in named parameters. Numbers with the same formula
 * share one parsed expression. A change of a parameter first computes every formula, and touches the cell
 * only when all of them are finite, so that a refused change leaves the model as it was.
 *
 * Formulas read the parameters from the model, also in grl_model_tangent, which moves a parameter and puts it
 * back: calls on one model from several threads at once are not allowed. */
#include <grulens/model.h>

#include "base/error.h"
#include "base/memory.h"
#include "cell/expression.h"
#include "cell/linear.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PARAMETERS = 1000, MAX_FORMULAS = 1000, MAX_EXPRESSIONS = 100000 };
#define LARGEST_NUMBER 1e100 /* as in grl_cell_check */

/* One number of the cell and the formula behind it. */
typedef struct entry {
    grl_block block;
    size_t index;
    size_t formula;
} entry;

/* A number that was set. */
typedef struct change {
    char name[48]; /* "U_h[16383,16383]" */
    grl_block block;
    size_t index;
} change;

typedef struct formula {
    char *text;
    grl_expression *expression;
    double value, derivative; /* workspace of one call */
} formula;

struct grl_model {
    grl_cell *cell;
    grl_variable **parameters; /* each by itself, since expressions point to them */
    size_t parameter_count, parameter_capacity;
    formula *formulas;
    size_t formula_count, formula_capacity;
    entry *entries; /* sorted by block and index */
    size_t entry_count, entry_capacity;
    grl_linear readout, start;
    char **notes;
    size_t note_count, note_capacity;
    change *changes;
    size_t change_count, change_capacity;
};

grl_status grl_model_create(grl_cell *cell, grl_model **model, grl_error *error)
{
    *model = grl_calloc(1, sizeof **model);
    if (!*model) {
        grl_cell_free(cell);
        return grl_fail_memory(error, 1, sizeof **model);
    }
    (*model)->cell = cell;
    return GRL_OK;
}

void grl_model_free(grl_model *model)
{
    if (!model) return;
    grl_cell_free(model->cell);
    for (size_t i = 0; i < model->formula_count; i++) {
        grl_expression_free(model->formulas[i].expression);
        free(model->formulas[i].text);
    }
    for (size_t i = 0; i < model->parameter_count; i++) {
        free((char *)model->parameters[i]->name);
        free(model->parameters[i]);
    }
    for (size_t i = 0; i < model->note_count; i++) free(model->notes[i]);
    free(model->formulas);
    free(model->parameters);
    free(model->entries);
    free(model->notes);
    free(model->changes);
    grl_linear_drop(&model->readout);
    grl_linear_drop(&model->start);
    free(model);
}

const grl_cell *grl_model_cell(const grl_model *model)
{
    return model->cell;
}

static bool is_number(double value)
{
    return fabs(value) <= LARGEST_NUMBER; /* false for not-a-number */
}

static grl_variable *find_parameter(const grl_model *model, const char *name)
{
    for (size_t i = 0; i < model->parameter_count; i++)
        if (strcmp(model->parameters[i]->name, name) == 0) return model->parameters[i];
    return NULL;
}

grl_status grl_model_add_parameter(grl_model *model, const char *name, double value, grl_error *error)
{
    if (!grl_expression_name_allowed(name))
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a parameter's name (letters, digits and _, no function), found \"%.*s\"",
                        GRL_MAX_NAME, name);
    if (find_parameter(model, name))
        return grl_fail(error, GRL_BAD_INPUT, "expected the parameter \"%s\" once, found it twice", name);
    if (!is_number(value))
        return grl_fail(error, GRL_BAD_INPUT, "expected a finite value of the parameter \"%s\", found %g",
                        name, value);
    if (model->parameter_count == MAX_PARAMETERS)
        return grl_fail(error, GRL_BAD_INPUT, "expected at most %d parameters, found more", MAX_PARAMETERS);
    grl_variable *made = grl_calloc(1, sizeof *made);
    if (!made || !(made->name = grl_strdup(name)) ||
        !grl_grow((void **)&model->parameters, &model->parameter_capacity, model->parameter_count,
                  sizeof *model->parameters)) {
        if (made) free((char *)made->name);
        free(made);
        return grl_fail_memory(error, 1, sizeof *made);
    }
    made->value = value;
    model->parameters[model->parameter_count++] = made;
    return GRL_OK;
}

size_t grl_model_parameters(const grl_model *model)
{
    return model->parameter_count;
}

const char *grl_model_parameter_name(const grl_model *model, size_t i)
{
    return model->parameters[i]->name;
}

double grl_model_parameter_value(const grl_model *model, size_t i)
{
    return model->parameters[i]->value;
}

/* The place of a number among the entries, or the place where it would stand. */
static size_t find_entry(const grl_model *model, grl_block block, size_t index, bool *found)
{
    size_t low = 0, high = model->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const entry *e = &model->entries[middle];
        if (e->block < block || (e->block == block && e->index < index))
            low = middle + 1;
        else
            high = middle;
    }
    *found =
        low < model->entry_count && model->entries[low].block == block && model->entries[low].index == index;
    return low;
}

const char *grl_model_expression(const grl_model *model, grl_block block, size_t index)
{
    bool found;
    size_t place = find_entry(model, block, index, &found);
    return found ? model->formulas[model->entries[place].formula].text : NULL;
}

/* The formula with this text, parsed if it is new. */
static grl_status get_formula(grl_model *model, const char *text, size_t *number, grl_error *error)
{
    for (*number = 0; *number < model->formula_count; ++*number)
        if (strcmp(model->formulas[*number].text, text) == 0) return GRL_OK;
    if (model->formula_count == MAX_FORMULAS)
        return grl_fail(error, GRL_BAD_INPUT, "expected at most %d different expressions, found more",
                        MAX_FORMULAS);
    formula made = {0};
    grl_status status =
        grl_expression_create(text, model->parameters, model->parameter_count, &made.expression, error);
    if (status != GRL_OK) return status;
    made.value = grl_expression_value(made.expression);
    if (!is_number(made.value)) {
        status =
            grl_fail(error, GRL_BAD_INPUT, "expected \"%.60s\" to be finite, found %g", text, made.value);
    } else if (!(made.text = grl_strdup(text)) ||
               !grl_grow((void **)&model->formulas, &model->formula_capacity, model->formula_count,
                         sizeof made)) {
        status = grl_fail_memory(error, 1, sizeof made);
    }
    if (status != GRL_OK) {
        grl_expression_free(made.expression);
        free(made.text);
        return status;
    }
    model->formulas[model->formula_count++] = made;
    return GRL_OK;
}

grl_status grl_model_add_expression(grl_model *model, grl_block block, size_t index, const char *text,
                                    grl_error *error)
{
    size_t rows, columns, number;
    bool found;
    grl_block_shape(block, grl_cell_hidden_size(model->cell), grl_cell_input_size(model->cell), &rows,
                    &columns);
    if (index >= rows * columns)
        return grl_fail(error, GRL_BAD_INPUT, "expected an entry of %s below %zu, found %zu",
                        grl_block_name(block), rows * columns, index);
    size_t place = find_entry(model, block, index, &found);
    if (found)
        return grl_fail(error, GRL_BAD_INPUT, "expected one expression for entry %zu of %s, found two", index,
                        grl_block_name(block));
    if (model->entry_count == MAX_EXPRESSIONS)
        return grl_fail(error, GRL_BAD_INPUT, "expected at most %d expressions, found more", MAX_EXPRESSIONS);
    if (!grl_grow((void **)&model->entries, &model->entry_capacity, model->entry_count,
                  sizeof *model->entries))
        return grl_fail_memory(error, 1, sizeof *model->entries);
    grl_status status = get_formula(model, text, &number, error);
    if (status != GRL_OK) return status;
    memmove(model->entries + place + 1, model->entries + place,
            (model->entry_count - place) * sizeof *model->entries);
    model->entries[place] = (entry){.block = block, .index = index, .formula = number};
    model->entry_count++;
    grl_cell_block(model->cell, block)[index] = grl_expression_value(model->formulas[number].expression);
    return GRL_OK;
}

static grl_status set_parameter(grl_model *model, grl_variable *parameter, double value, grl_error *error)
{
    double before = parameter->value;
    parameter->value = value;
    for (size_t i = 0; i < model->formula_count; i++) {
        formula *f = &model->formulas[i];
        f->value = grl_expression_value(f->expression);
        if (!is_number(f->value)) {
            parameter->value = before;
            return grl_fail(error, GRL_BAD_INPUT, "expected \"%.60s\" to be finite at %s = %.17g, found %g",
                            f->text, parameter->name, value, f->value);
        }
    }
    for (size_t i = 0; i < model->entry_count; i++) {
        const entry *e = &model->entries[i];
        grl_cell_block(model->cell, e->block)[e->index] = model->formulas[e->formula].value;
    }
    return GRL_OK;
}

/* An entry of the cell by its name, refused if a formula rules it. */
static grl_status find_number(const grl_model *model, const char *name, grl_block *block, size_t *index,
                              grl_error *error)
{
    grl_status status = grl_cell_find(model->cell, name, block, index, error);
    if (status != GRL_OK) return status;
    const char *text = grl_model_expression(model, *block, *index);
    if (text)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a number that is free to change, found that %.60s is \"%.60s\"", name,
                        text);
    return GRL_OK;
}

/* Of names without a bracket, which can only be parameters. */
static grl_status unknown_name(const grl_model *model, const char *name, grl_error *error)
{
    if (model->parameter_count == 0)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected the name of a number such as \"b_h[0]\" (the model has no parameters), "
                        "found \"%.60s\"",
                        name);
    return grl_fail(error, GRL_BAD_INPUT,
                    "expected a parameter of the model (the first is \"%s\") or a number such as \"b_h[0]\", "
                    "found \"%.60s\"",
                    model->parameters[0]->name, name);
}

/* Remembers that a number was set; on failure nothing has changed. */
static grl_status note_change(grl_model *model, grl_block block, size_t index, grl_error *error)
{
    size_t rows, columns;
    for (size_t i = 0; i < model->change_count; i++)
        if (model->changes[i].block == block && model->changes[i].index == index) return GRL_OK;
    if (!grl_grow((void **)&model->changes, &model->change_capacity, model->change_count,
                  sizeof *model->changes))
        return grl_fail_memory(error, model->change_count + 1, sizeof *model->changes);
    change *made = &model->changes[model->change_count++];
    *made = (change){.block = block, .index = index};
    grl_block_shape(block, grl_cell_hidden_size(model->cell), grl_cell_input_size(model->cell), &rows,
                    &columns);
    if (block <= GRL_W_H)
        snprintf(made->name, sizeof made->name, "%s[%zu,%zu]", grl_block_name(block), index / columns,
                 index % columns);
    else
        snprintf(made->name, sizeof made->name, "%s[%zu]", grl_block_name(block), index);
    return GRL_OK;
}

grl_status grl_model_set(grl_model *model, const char *name, double value, grl_error *error)
{
    grl_block block;
    size_t index;
    if (!is_number(value))
        return grl_fail(error, GRL_BAD_INPUT, "expected a finite value for %.60s, found %g", name, value);
    grl_variable *parameter = find_parameter(model, name);
    if (parameter) return set_parameter(model, parameter, value, error);
    if (!strchr(name, '[')) return unknown_name(model, name, error);
    grl_status status = find_number(model, name, &block, &index, error);
    if (status == GRL_OK) status = note_change(model, block, index, error);
    if (status == GRL_OK) grl_cell_block(model->cell, block)[index] = value;
    return status;
}

size_t grl_model_changes(const grl_model *model)
{
    return model->change_count;
}

const char *grl_model_change_name(const grl_model *model, size_t i)
{
    return model->changes[i].name;
}

double grl_model_change_value(const grl_model *model, size_t i)
{
    return grl_cell_values(model->cell, model->changes[i].block)[model->changes[i].index];
}

/* Central difference of one formula; restores the parameter. */
static double central_difference(grl_expression *expression, grl_variable *parameter, double step,
                                 double *scale)
{
    double at = parameter->value, above = at + step, below = at - step;
    parameter->value = above;
    double high = grl_expression_value(expression);
    parameter->value = below;
    double low = grl_expression_value(expression);
    parameter->value = at;
    *scale = fmax(fabs(high), fabs(low));
    return (high - low) / (above - below);
}

enum { RIDDERS_LEVELS = 8 };

/* Ridders (1982), "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4:
 * central differences at steps halved level by level, extrapolated to step zero in powers of step^2. The
 * answer is the entry of the triangle that differs least from its two parents. One start can be beyond a pole
 * or far above the formula's own scale, so smaller starts follow until the difference is at rounding level.
 */
static double derivative(grl_expression *expression, grl_variable *parameter)
{
    double best = NAN, smallest = INFINITY;
    double first = 0.125 * fmax(1, fabs(parameter->value));
    for (int start = 0; start < 10; start++, first /= 8) {
        double row[RIDDERS_LEVELS], scale = 0, size;
        for (int level = 0; level < RIDDERS_LEVELS; level++) {
            double above = 0, power = 1;
            double current = central_difference(expression, parameter, ldexp(first, -level), &size);
            scale = fmax(scale, size);
            for (int k = 0; k < level; k++) {
                power *= 4;
                above = row[k];
                row[k] = current;
                double next = (power * current - above) / (power - 1);
                double doubt = fmax(fabs(next - current), fabs(next - above));
                if (doubt < smallest) {
                    smallest = doubt;
                    best = next;
                }
                current = next;
            }
            row[level] = current;
        }
        if (smallest <= 16 * DBL_EPSILON * (fabs(best) + scale)) break;
    }
    return best;
}

static grl_status parameter_tangent(const grl_model *model, grl_variable *parameter, grl_cell *tangent,
                                    grl_error *error)
{
    for (size_t i = 0; i < model->formula_count; i++) {
        formula *f = &model->formulas[i];
        f->derivative = derivative(f->expression, parameter);
        if (!is_number(f->derivative))
            return grl_fail(error, GRL_BAD_INPUT,
                            "expected \"%.60s\" to have a derivative at %s = %.17g, found none", f->text,
                            parameter->name, parameter->value);
    }
    for (size_t i = 0; i < model->entry_count; i++) {
        const entry *e = &model->entries[i];
        grl_cell_block(tangent, e->block)[e->index] = model->formulas[e->formula].derivative;
    }
    return GRL_OK;
}

/* "input[k]": the biases move by column k of W. */
static grl_status input_tangent(const grl_model *model, const char *name, grl_cell *tangent, grl_error *error)
{
    static const grl_block from[] = {GRL_W_Z, GRL_W_R, GRL_W_H}, to[] = {GRL_B_Z, GRL_B_R, GRL_B_H};
    size_t n = grl_cell_hidden_size(model->cell), m = grl_cell_input_size(model->cell), k = 0, i = 6;
    for (; name[i] >= '0' && name[i] <= '9' && k <= GRL_MAX_INPUTS; i++) k = 10 * k + (size_t)(name[i] - '0');
    if (i == 6 || strcmp(name + i, "]") != 0 || k >= m)
        return grl_fail(error, GRL_BAD_INPUT, "expected input[k] with k below %zu, found \"%.60s\"", m, name);
    for (int b = 0; b < 3; b++)
        for (size_t j = 0; j < n; j++)
            grl_cell_block(tangent, to[b])[j] = grl_cell_values(model->cell, from[b])[j * m + k];
    return GRL_OK;
}

grl_status grl_model_tangent(const grl_model *model, const char *name, grl_cell **tangent, grl_error *error)
{
    grl_block block;
    size_t index;
    grl_status status = grl_cell_create(grl_cell_hidden_size(model->cell), grl_cell_input_size(model->cell),
                                        grl_cell_reset(model->cell), tangent, error);
    if (status != GRL_OK) return status;
    grl_variable *parameter = find_parameter(model, name);
    if (parameter) {
        status = parameter_tangent(model, parameter, *tangent, error);
    } else if (strncmp(name, "input[", 6) == 0) {
        status = input_tangent(model, name, *tangent, error);
    } else if (!strchr(name, '[')) {
        status = unknown_name(model, name, error);
    } else {
        status = find_number(model, name, &block, &index, error);
        if (status == GRL_OK) grl_cell_block(*tangent, block)[index] = 1;
    }
    if (status != GRL_OK) {
        grl_cell_free(*tangent);
        *tangent = NULL;
    }
    return status;
}

grl_status grl_model_set_readout(grl_model *model, size_t outputs, const double *C, const double *d,
                                 grl_error *error)
{
    static const char *const names[] = {"readout C", "readout d"};
    return grl_linear_set(&model->readout, names, outputs, grl_cell_hidden_size(model->cell), C, d, error);
}

size_t grl_model_outputs(const grl_model *model)
{
    return model->readout.rows;
}

const double *grl_model_readout_C(const grl_model *model)
{
    return model->readout.A;
}

const double *grl_model_readout_d(const grl_model *model)
{
    return model->readout.b;
}

void grl_model_output(const grl_model *model, const double *h, double *output)
{
    grl_linear_apply(&model->readout, h, output);
}

grl_status grl_model_set_start(grl_model *model, size_t observations, const double *E, const double *e,
                               grl_error *error)
{
    static const char *const names[] = {"start E", "start e"};
    const size_t rows = E || e ? grl_cell_hidden_size(model->cell) : 0;
    return grl_linear_set(&model->start, names, rows, observations, E, e, error);
}

size_t grl_model_observations(const grl_model *model)
{
    return model->start.columns;
}

const double *grl_model_start_E(const grl_model *model)
{
    return model->start.A;
}

const double *grl_model_start_e(const grl_model *model)
{
    return model->start.b;
}

void grl_model_start(const grl_model *model, const double *y, double *h)
{
    memset(h, 0, grl_cell_hidden_size(model->cell) * sizeof *h);
    grl_linear_apply(&model->start, y, h);
}

grl_status grl_model_add_note(grl_model *model, const char *note, grl_error *error)
{
    char *copy = grl_strdup(note);
    if (!copy ||
        !grl_grow((void **)&model->notes, &model->note_capacity, model->note_count, sizeof *model->notes)) {
        free(copy);
        return grl_fail_memory(error, 1, strlen(note) + 1);
    }
    model->notes[model->note_count++] = copy;
    return GRL_OK;
}

size_t grl_model_notes(const grl_model *model)
{
    return model->note_count;
}

const char *grl_model_note(const grl_model *model, size_t i)
{
    return model->notes[i];
}

static grl_status copy_changes(const grl_model *model, grl_model *copy, grl_error *error)
{
    if (model->change_count == 0) return GRL_OK;
    copy->changes = grl_calloc(model->change_count, sizeof *copy->changes);
    if (!copy->changes) return grl_fail_memory(error, model->change_count, sizeof *copy->changes);
    memcpy(copy->changes, model->changes, model->change_count * sizeof *copy->changes);
    copy->change_count = copy->change_capacity = model->change_count;
    return GRL_OK;
}

grl_status grl_model_copy(const grl_model *model, grl_model **copy, grl_error *error)
{
    grl_cell *cell;
    *copy = NULL;
    grl_status status = grl_cell_copy(model->cell, &cell, error);
    if (status == GRL_OK) status = grl_model_create(cell, copy, error);
    if (status != GRL_OK) return status;
    for (size_t i = 0; i < model->parameter_count && status == GRL_OK; i++)
        status =
            grl_model_add_parameter(*copy, model->parameters[i]->name, model->parameters[i]->value, error);
    for (size_t i = 0; i < model->entry_count && status == GRL_OK; i++) {
        const entry *e = &model->entries[i];
        status = grl_model_add_expression(*copy, e->block, e->index, model->formulas[e->formula].text, error);
    }
    if (status == GRL_OK)
        status = grl_model_set_readout(*copy, model->readout.rows, model->readout.A, model->readout.b, error);
    if (status == GRL_OK)
        status = grl_model_set_start(*copy, model->start.columns, model->start.A, model->start.b, error);
    for (size_t i = 0; i < model->note_count && status == GRL_OK; i++)
        status = grl_model_add_note(*copy, model->notes[i], error);
    if (status == GRL_OK) status = copy_changes(model, *copy, error);
    if (status != GRL_OK) {
        grl_model_free(*copy);
        *copy = NULL;
    }
    return status;
}
