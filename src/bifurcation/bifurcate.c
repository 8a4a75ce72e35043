/* bifurcate.c: the diagram of a network along one or two parameters: what is computed in which order. */
#include <grulens/bifurcation.h>

#include "base/error.h"
#include "bifurcation/chart.h"
#include "bifurcation/curves.h"
#include "bifurcation/cycle_branch.h"
#include "bifurcation/cycle_curves.h"
#include "bifurcation/diagram.h"
#include "bifurcation/equilibria.h"
#include "bifurcation/path.h"
#include "bifurcation/regions.h"
#include "bifurcation/samples.h"

#include <math.h>

static grl_status check(size_t count, const grl_vary *vary, const grl_bifurcation_options *options,
                        grl_error *error)
{
    if (count < 1 || count > GRL_PATH_PARAMETERS)
        return grl_fail(error, GRL_BAD_INPUT, "expected one or two parameters to vary, found %zu", count);
    for (size_t k = 0; k < count; k++)
        if (!isfinite(vary[k].low) || !isfinite(vary[k].high) || !(vary[k].low < vary[k].high))
            return grl_fail(error, GRL_BAD_INPUT,
                            "expected a range LO:HI with LO below HI for %.60s, found %g:%g", vary[k].name,
                            vary[k].low, vary[k].high);
    if (options->time == GRL_DISCRETE && !(options->dt > 0))
        return grl_fail(error, GRL_BAD_INPUT, "expected a positive step of the map, found %g", options->dt);
    if (options->max_points < 2)
        return grl_fail(error, GRL_BAD_INPUT, "expected at least 2 points of a branch, found %lld",
                        options->max_points);
    return GRL_OK;
}

/* Branches of fixed points from the samples; the proof that no fold or Hopf point is missing, where there is
 * one; branches of cycles. */
static grl_status one_parameter(grl_equation *equation, const grl_bifurcation_options *options,
                                grl_diagram *diagram, grl_error *error)
{
    grl_samples *samples = NULL;
    int proven;
    grl_status status = grl_samples_compute(equation, options->samples, options, &samples, error);
    if (status == GRL_OK) status = grl_equilibrium_branches(equation, samples, options, diagram, error);
    if (status == GRL_OK)
        status = grl_chart_line(equation->path, options, diagram->low[0], diagram->high[0], diagram, &proven,
                                error);
    if (status == GRL_OK && options->cycles && options->time == GRL_CONTINUOUS)
        status =
            grl_cycle_branches(equation->path, options, diagram->low[0], diagram->high[0], diagram, error);
    grl_samples_free(samples);
    return status;
}

/* Curves of equilibria, proven complete or by continuation; then what lies between the curves. */
static grl_status two_parameters(grl_equation *equation, const grl_bifurcation_options *options,
                                 grl_diagram *diagram, grl_error *error)
{
    int proven;
    grl_status status =
        grl_chart_equilibria(equation->path, options, diagram->low, diagram->high, diagram, &proven, error);
    if (status == GRL_OK && !proven) status = grl_equilibrium_curves(equation, options, diagram, error);
    if (status == GRL_OK && options->cycles && options->time == GRL_CONTINUOUS)
        status = grl_cycle_curves(equation->path, options, diagram->low, diagram->high, diagram, error);
    if (status == GRL_OK && options->portraits)
        status = grl_chart_regions(equation->path, options, diagram, error);
    return status;
}

grl_status grl_bifurcation_compute(const grl_model *model, const double *x, const grl_model *other,
                                   size_t count, const grl_vary *vary, const grl_bifurcation_options *options,
                                   grl_diagram **diagram, grl_error *error)
{
    const grl_bifurcation_options defaults = grl_bifurcation_defaults();
    const char *names[GRL_PATH_PARAMETERS] = {NULL};
    double low[GRL_PATH_PARAMETERS] = {0}, high[GRL_PATH_PARAMETERS] = {0};
    grl_path *path = NULL;
    grl_equation *equation = NULL;
    if (!options) options = &defaults;
    *diagram = NULL;
    grl_status status = check(count, vary, options, error);
    if (status != GRL_OK) return status;
    for (size_t k = 0; k < count; k++) {
        names[k] = vary[k].name;
        low[k] = vary[k].low;
        high[k] = vary[k].high;
    }
    status = grl_path_create(model, x, other, count, names, &path, error);
    if (status == GRL_OK)
        status = grl_diagram_create(grl_cell_hidden_size(grl_path_cell(path)), count, names, low, high,
                                    options->time, options->dt, diagram, error);
    if (status == GRL_OK)
        status = grl_equation_create(path, low, high, options->time == GRL_DISCRETE ? options->dt : 0,
                                     &equation, error);
    if (status == GRL_OK)
        status = count == 1 ? one_parameter(equation, options, *diagram, error)
                            : two_parameters(equation, options, *diagram, error);
    grl_equation_free(equation);
    grl_path_free(path);
    if (status != GRL_OK) {
        grl_diagram_free(*diagram);
        *diagram = NULL;
    }
    return status;
}
