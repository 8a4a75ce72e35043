/* readout.c: states of a network as places in the plane of its outputs.
 *
 * Two units with two outputs: y = C h + d has an inverse unless C is singular, and y' = C f(C^-1 (y - d)). An
 * ill-conditioned C, whose determinant is below 1e-6 of the square of its norm, counts as singular: its plane would be
 * drawn from states that are known to a few digits only. */
#include "draw/readout.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void invert(grl_readout *r)
{
    const double least = 1e-6, *C = grl_model_readout_C(r->model);
    if (r->n != 2 || r->k != 2) return;
    const double det = C[0] * C[3] - C[1] * C[2];
    const double norm2 = C[0] * C[0] + C[1] * C[1] + C[2] * C[2] + C[3] * C[3];
    r->invertible = fabs(det) > least * norm2;
    if (!r->invertible) return;
    r->inverse[0] = C[3] / det;
    r->inverse[1] = -C[1] / det;
    r->inverse[2] = -C[2] / det;
    r->inverse[3] = C[0] / det;
}

/* The principal components of the outputs of `count` states. */
static grl_status find_axes(grl_readout *r, size_t count, const double *states, grl_error *error)
{
    size_t size = 0;
    double *outputs = grl_product(count, r->k, &size) ? grl_calloc(size, sizeof *outputs) : NULL;
    if (!outputs) return grl_fail_memory(error, count, r->k * sizeof *outputs);
    for (size_t i = 0; i < count; i++) grl_model_output(r->model, states + i * r->n, outputs + i * r->k);
    grl_status status = grl_pca_compute(count, r->k, outputs, &r->pca, error);
    free(outputs);
    return status;
}

grl_status grl_readout_open(const grl_model *model, const grl_cell *cell, const grl_portrait *portrait,
                            size_t target_count, const double *targets, size_t state_count,
                            const double *states, grl_readout *r, grl_error *error)
{
    *r = (grl_readout){.model = model,
                       .cell = cell,
                       .n = grl_cell_hidden_size(cell),
                       .k = grl_model_outputs(model),
                       .map = portrait->time == GRL_DISCRETE,
                       .dt = portrait->time == GRL_DISCRETE ? portrait->dt : 1};
    r->output = grl_calloc(r->k, sizeof *r->output);
    r->field = grl_calloc(r->n, sizeof *r->field);
    r->work = grl_calloc(grl_cell_work(cell), sizeof *r->work);
    if (!r->output || !r->field || !r->work)
        return grl_fail_memory(error, r->n + r->k + grl_cell_work(cell), sizeof *r->output);
    invert(r);
    if (r->k < 3) return GRL_OK;
    return targets && target_count > 0 ? grl_pca_compute(target_count, r->k, targets, &r->pca, error)
                                       : find_axes(r, states ? state_count : 0, states, error);
}

void grl_readout_close(grl_readout *r)
{
    free(r->output);
    free(r->field);
    free(r->work);
    grl_pca_free(&r->pca);
    *r = (grl_readout){0};
}

void grl_readout_place(const grl_readout *r, const double *output, double p[2])
{
    if (r->k > 2) {
        grl_pca_project(&r->pca, output, p);
        return;
    }
    p[0] = output[0];
    p[1] = r->k == 2 ? output[1] : 0;
}

void grl_readout_project(const void *context, const double *h, double p[2])
{
    const grl_readout *r = context;
    grl_model_output(r->model, h, r->output);
    grl_readout_place(r, r->output, p);
    if (r->k > 1) return;
    const double *C = grl_model_readout_C(r->model);
    grl_cell_field(r->cell, NULL, h, r->field, r->work);
    for (size_t i = 0; i < r->n; i++) p[1] += r->dt * C[i] * r->field[i];
}

/* The state that puts p out; whether it lies in (-1, 1)^2. */
static int state_of(const grl_readout *r, const double p[2], double h[2])
{
    const double *d = grl_model_readout_d(r->model), y[2] = {p[0] - d[0], p[1] - d[1]};
    for (int i = 0; i < 2; i++) h[i] = r->inverse[2 * i] * y[0] + r->inverse[2 * i + 1] * y[1];
    return fabs(h[0]) < 1 && fabs(h[1]) < 1;
}

int grl_readout_reached(const grl_readout *r, const double p[2])
{
    double h[2];
    return state_of(r, p, h);
}

void grl_readout_field(const grl_readout *r, const double p[2], double v[2])
{
    const double *C = grl_model_readout_C(r->model);
    double h[2];
    v[0] = v[1] = 0;
    if (!state_of(r, p, h)) return;
    grl_cell_field(r->cell, NULL, h, r->field, r->work);
    for (int i = 0; i < 2; i++) v[i] = r->dt * (C[2 * i] * r->field[0] + C[2 * i + 1] * r->field[1]);
}

void grl_readout_label(const grl_readout *r, int axis, char text[64])
{
    if (r->k > 2) {
        const double share = r->pca.total > 0 ? 100 * r->pca.variance[axis] / r->pca.total : 0;
        snprintf(text, 64, "outputs, PC %d (%.0f %%)", axis + 1, share);
    } else if (r->k == 2 || axis == 0) {
        snprintf(text, 64, "$y$[%d]", axis);
    } else {
        snprintf(text, 64, r->map ? "change of $y$[0] in a step" : "rate of change of $y$[0]");
    }
}
