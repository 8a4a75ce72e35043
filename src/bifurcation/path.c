/* path.c: a network along one or two parameters.
 *
 * With M(p) the model's numbers after its own parameters are set, S the scales of blocks and B the numbers of
 * another model, the network at p is
 *
 *     C(p) = (1 - s) S M(p) + s B,     biases of C + W x
 *
 * where s is the parameter "path" (0 without it) and x the constant input of both. All derivatives but those
 * of expressions are exact; those are grl_model_tangent's.
 *
 * What makes it fail: an expression that is not finite at some p, which is then refused. */
#include "bifurcation/path.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum kind { OWN, INPUT, SCALE, STRAIGHT } kind;

typedef struct parameter {
    kind kind;
    char *name;
    size_t which; /* INPUT: the component; SCALE: the block */
    double start, value;
} parameter;

struct grl_path {
    grl_model *model;
    grl_cell *other; /* NULL: none */
    double *x;       /* m */
    size_t count;
    parameter parameters[GRL_PATH_PARAMETERS];
    double values[GRL_PATH_PARAMETERS];
    grl_cell *mixed;      /* C(p), with its inputs */
    grl_cell *autonomous; /* what is shown */
    grl_cell *tangents[GRL_PATH_PARAMETERS];
    int known[GRL_PATH_PARAMETERS];
};

size_t grl_path_count(const grl_path *path)
{
    return path->count;
}

const char *grl_path_name(const grl_path *path, size_t k)
{
    return path->parameters[k].name;
}

const double *grl_path_values(const grl_path *path)
{
    return path->values;
}

double grl_path_start(const grl_path *path, size_t k)
{
    return path->parameters[k].start;
}

const grl_cell *grl_path_cell(const grl_path *path)
{
    return path->autonomous;
}

void grl_path_free(grl_path *path)
{
    if (!path) return;
    for (size_t k = 0; k < path->count; k++) {
        free(path->parameters[k].name);
        grl_cell_free(path->tangents[k]);
    }
    grl_cell_free(path->autonomous);
    grl_cell_free(path->mixed);
    grl_cell_free(path->other);
    grl_model_free(path->model);
    free(path->x);
    free(path);
}

static const parameter *find(const grl_path *path, kind wanted)
{
    for (size_t k = 0; k < path->count; k++)
        if (path->parameters[k].kind == wanted) return &path->parameters[k];
    return NULL;
}

/* A decimal number below `limit` between a prefix and a closing bracket. */
static int indexed(const char *name, const char *prefix, size_t limit, size_t *index)
{
    const size_t length = strlen(prefix);
    char *end;
    if (strncmp(name, prefix, length) != 0 || name[length] < '0' || name[length] > '9') return 0;
    unsigned long long value = strtoull(name + length, &end, 10);
    if (strcmp(end, "]") != 0 || value >= limit) return 0;
    *index = (size_t)value;
    return 1;
}

static int is_block(const char *name, size_t *block)
{
    char text[16];
    for (int b = 0; b < GRL_BLOCKS; b++) {
        snprintf(text, sizeof text, "scale(%s)", grl_block_name((grl_block)b));
        if (strcmp(name, text) != 0) continue;
        *block = (size_t)b;
        return 1;
    }
    return 0;
}

/* The value of a family parameter or of a number of the cell. */
static grl_status own_value(const grl_model *model, const char *name, double *value, grl_error *error)
{
    grl_block block;
    size_t index;
    grl_cell *tangent;
    for (size_t i = 0; i < grl_model_parameters(model); i++)
        if (strcmp(grl_model_parameter_name(model, i), name) == 0) {
            *value = grl_model_parameter_value(model, i);
            return GRL_OK;
        }
    /* Refuses what cannot be varied, with its own sentence. */
    grl_status status = grl_model_tangent(model, name, &tangent, error);
    if (status != GRL_OK) return status;
    grl_cell_free(tangent);
    status = grl_cell_find(grl_model_cell(model), name, &block, &index, error);
    if (status == GRL_OK) *value = grl_cell_values(grl_model_cell(model), block)[index];
    return status;
}

static grl_status describe(grl_path *path, const char *name, parameter *p, grl_error *error)
{
    const size_t m = grl_cell_input_size(grl_model_cell(path->model));
    p->name = grl_strdup(name);
    if (!p->name) return grl_fail_memory(error, 1, strlen(name) + 1);
    if (strcmp(name, "path") == 0 && path->other) {
        p->kind = STRAIGHT;
    } else if (strncmp(name, "scale(", 6) == 0) {
        p->kind = SCALE;
        p->start = 1;
        if (!is_block(name, &p->which))
            return grl_fail(error, GRL_BAD_INPUT,
                            "expected scale(BLOCK) with a block from U_z to c_h, found \"%.60s\"", name);
    } else if (strncmp(name, "input[", 6) == 0) {
        p->kind = INPUT;
        if (!indexed(name, "input[", m, &p->which))
            return grl_fail(error, GRL_BAD_INPUT, "expected input[k] with k below %zu, found \"%.60s\"", m,
                            name);
        p->start = path->x[p->which];
    } else {
        p->kind = OWN;
        grl_status status = own_value(path->model, name, &p->start, error);
        if (status != GRL_OK) return status;
    }
    p->value = p->start;
    return GRL_OK;
}

/* out := numbers of `in` times the scales and times `factor`. */
static void scaled(const grl_path *path, const grl_cell *in, double factor, grl_cell *out)
{
    for (size_t i = 0; i < in->total; i++) out->numbers[i] = factor * in->numbers[i];
    for (size_t k = 0; k < path->count; k++) {
        const parameter *p = &path->parameters[k];
        size_t rows, columns;
        if (p->kind != SCALE) continue;
        grl_block_shape((grl_block)p->which, in->n, in->m, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++) out->block[p->which][i] *= p->value;
    }
}

static grl_status mix(grl_path *path, grl_error *error)
{
    const parameter *straight = find(path, STRAIGHT);
    const double s = straight ? straight->value : 0;
    const grl_cell *model = grl_model_cell(path->model);
    grl_cell *autonomous;
    scaled(path, model, 1 - s, path->mixed);
    for (size_t i = 0; straight && i < path->mixed->total; i++)
        path->mixed->numbers[i] += s * path->other->numbers[i];
    grl_status status = grl_cell_check(path->mixed, error);
    if (status == GRL_OK) status = grl_cell_at_input(path->mixed, path->x, &autonomous, error);
    if (status != GRL_OK) return status;
    grl_cell_free(path->autonomous);
    path->autonomous = autonomous;
    return GRL_OK;
}

static grl_status move(grl_path *path, const double *p, grl_error *error)
{
    grl_status status = GRL_OK;
    for (size_t k = 0; k < path->count && status == GRL_OK; k++) {
        parameter *q = &path->parameters[k];
        if (!isfinite(p[k]))
            return grl_fail(error, GRL_BAD_INPUT, "expected a finite value of %s, found %g", q->name, p[k]);
        if (q->kind == OWN) status = grl_model_set(path->model, q->name, p[k], error);
        if (q->kind == INPUT) path->x[q->which] = p[k];
        q->value = p[k];
    }
    return status == GRL_OK ? mix(path, error) : status;
}

grl_status grl_path_set(grl_path *path, const double *p, grl_error *error)
{
    double before[GRL_PATH_PARAMETERS];
    memcpy(before, path->values, sizeof before);
    if (path->autonomous && memcmp(p, path->values, path->count * sizeof *p) == 0) return GRL_OK;
    grl_status status = move(path, p, error);
    if (status == GRL_OK)
        memcpy(path->values, p, path->count * sizeof *p);
    else
        move(path, before, NULL);
    memset(path->known, 0, sizeof path->known);
    return status;
}

/* The tangent before its inputs become part of the biases. */
static grl_status full_tangent(const grl_path *path, const parameter *p, grl_cell **out, grl_error *error)
{
    const grl_cell *model = grl_model_cell(path->model);
    const parameter *straight = find(path, STRAIGHT);
    const double s = straight ? straight->value : 0;
    grl_status status;
    if (p->kind == OWN) {
        grl_cell *own;
        status = grl_model_tangent(path->model, p->name, &own, error);
        if (status != GRL_OK) return status;
        *out = own;
        scaled(path, own, 1 - s, own);
        return GRL_OK;
    }
    status = grl_cell_create(model->n, model->m, model->reset, out, error);
    if (status != GRL_OK) return status;
    if (p->kind == STRAIGHT) {
        scaled(path, model, -1, *out);
        for (size_t i = 0; i < model->total; i++) (*out)->numbers[i] += path->other->numbers[i];
    } else if (p->kind == SCALE) {
        size_t rows, columns;
        grl_block_shape((grl_block)p->which, model->n, model->m, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++)
            (*out)->block[p->which][i] = (1 - s) * model->block[p->which][i];
    }
    return GRL_OK;
}

const grl_cell *grl_path_tangent(grl_path *path, size_t k, grl_error *error)
{
    const parameter *p = &path->parameters[k];
    grl_cell *full, *out = path->tangents[k];
    if (path->known[k]) return out;
    if (full_tangent(path, p, &full, error) != GRL_OK) return NULL;
    const size_t n = full->n, m = full->m;
    for (int b = 0; b <= GRL_U_H; b++) memcpy(out->block[b], full->block[b], n * n * sizeof(double));
    for (size_t gate = 0; gate < 3; gate++)
        for (size_t i = 0; i < n; i++) {
            double sum = full->block[GRL_B_Z + gate][i];
            const double *row = full->block[GRL_W_Z + gate] + i * m;
            for (size_t j = 0; j < m; j++) sum += row[j] * path->x[j];
            if (p->kind == INPUT) sum += path->mixed->block[GRL_W_Z + gate][i * m + p->which];
            out->block[GRL_B_Z + gate][i] = sum;
        }
    memcpy(out->block[GRL_C_H], full->block[GRL_C_H], n * sizeof(double));
    grl_cell_free(full);
    path->known[k] = 1;
    return out;
}

static grl_status check(const grl_model *model, const grl_model *other, size_t count,
                        const char *const *names, grl_error *error)
{
    const grl_cell *a = grl_model_cell(model), *b = other ? grl_model_cell(other) : NULL;
    int straight = 0;
    if (count < 1 || count > GRL_PATH_PARAMETERS)
        return grl_fail(error, GRL_BAD_INPUT, "expected one or two parameters to vary, found %zu", count);
    if (count == 2 && strcmp(names[0], names[1]) == 0)
        return grl_fail(error, GRL_BAD_INPUT, "expected two different parameters to vary, found %.60s twice",
                        names[0]);
    for (size_t k = 0; k < count; k++) straight |= strcmp(names[k], "path") == 0;
    if (b && !straight)
        return grl_fail(error, GRL_BAD_INPUT, "expected \"path\" among what is varied towards another model");
    if (b && (b->n != a->n || b->m != a->m || b->reset != a->reset))
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected another model of %zu unit%s and %zu input%s with the same reset, found %zu "
                        "unit%s and %zu input%s%s",
                        a->n, a->n == 1 ? "" : "s", a->m, a->m == 1 ? "" : "s", b->n, b->n == 1 ? "" : "s",
                        b->m, b->m == 1 ? "" : "s", b->reset == a->reset ? "" : " and the other reset");
    return GRL_OK;
}

/* A path with its models and inputs, without parameters. */
static grl_status begin(const grl_model *model, const double *x, const grl_cell *other, grl_path **made,
                        grl_error *error)
{
    const grl_cell *cell = grl_model_cell(model);
    const size_t n = cell->n, m = cell->m;
    grl_path *path = *made = grl_calloc(1, sizeof *path);
    if (!path) return grl_fail_memory(error, 1, sizeof *path);
    path->x = grl_calloc(m + 1, sizeof *path->x);
    if (!path->x) return grl_fail_memory(error, m, sizeof *path->x);
    if (x) memcpy(path->x, x, m * sizeof *x);
    grl_status status = grl_model_copy(model, &path->model, error);
    if (status == GRL_OK) status = grl_cell_create(n, m, cell->reset, &path->mixed, error);
    if (status == GRL_OK && other) status = grl_cell_copy(other, &path->other, error);
    return status;
}

static grl_status add_parameters(grl_path *path, size_t count, const char *const *names, grl_error *error)
{
    const grl_cell *cell = grl_model_cell(path->model);
    grl_status status = GRL_OK;
    for (size_t k = 0; k < count && status == GRL_OK; k++) {
        path->count++;
        status = describe(path, names[k], &path->parameters[k], error);
        path->values[k] = path->parameters[k].value;
        if (status == GRL_OK) status = grl_cell_create(cell->n, 0, cell->reset, &path->tangents[k], error);
    }
    return status == GRL_OK ? mix(path, error) : status;
}

grl_status grl_path_create(const grl_model *model, const double *x, const grl_model *other, size_t count,
                           const char *const *names, grl_path **path, grl_error *error)
{
    *path = NULL;
    grl_status status = check(model, other, count, names, error);
    if (status == GRL_OK) status = begin(model, x, other ? grl_model_cell(other) : NULL, path, error);
    if (status == GRL_OK) status = add_parameters(*path, count, names, error);
    if (status != GRL_OK) {
        grl_path_free(*path);
        *path = NULL;
    }
    return status;
}

grl_status grl_path_copy(const grl_path *path, grl_path **copy, grl_error *error)
{
    const char *names[GRL_PATH_PARAMETERS];
    *copy = NULL;
    for (size_t k = 0; k < path->count; k++) names[k] = path->parameters[k].name;
    grl_status status = begin(path->model, path->x, path->other, copy, error);
    if (status == GRL_OK) status = add_parameters(*copy, path->count, names, error);
    for (size_t k = 0; k < path->count && status == GRL_OK; k++)
        (*copy)->parameters[k].start = path->parameters[k].start;
    if (status == GRL_OK) status = grl_path_set(*copy, path->values, error);
    if (status != GRL_OK) {
        grl_path_free(*copy);
        *copy = NULL;
    }
    return status;
}
