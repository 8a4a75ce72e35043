/* equation.c: the field of a network along a path, its derivatives in state and parameters, and its spectrum.
 *
 * All derivatives are those of grl_cell_derivative, exact to rounding; along a direction d in the space of
 * parameters they are sums over the path's tangents, since each is linear in its tangent. For eigenvalues of
 * up to three units the routine of the portraits is used, which keeps small ones accurate. */
#include "bifurcation/equation.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"
#include "portrait/stability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* work: cell | derivative | one vector | eigenvalues and eigenvectors by LAPACK */
static double *derivative_work(const grl_equation *equation)
{
    return equation->work + grl_cell_work(grl_path_cell(equation->path));
}

static double *vector_work(const grl_equation *equation)
{
    return derivative_work(equation) + grl_cell_derivative_work(grl_path_cell(equation->path));
}

grl_status grl_equation_create(grl_path *path, const double *low, const double *high, double step,
                               grl_equation **equation, grl_error *error)
{
    grl_equation *made = grl_calloc(1, sizeof *made);
    const grl_cell *cell = grl_path_cell(path);
    *equation = NULL;
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    made->path = path;
    made->n = grl_cell_hidden_size(cell);
    made->k = made->active = grl_path_count(path);
    made->step = step;
    for (size_t j = 0; j < made->k; j++) {
        made->origin[j] = low[j];
        made->direction[j][j] = high[j] - low[j];
    }
    const size_t room =
        grl_cell_work(cell) + grl_cell_derivative_work(cell) + made->n + grl_dense_eigen_work(made->n, true);
    made->work = grl_calloc(room, sizeof(double));
    if (!made->work) {
        free(made);
        return grl_fail_memory(error, room, sizeof(double));
    }
    *equation = made;
    return GRL_OK;
}

void grl_equation_free(grl_equation *equation)
{
    if (!equation) return;
    free(equation->work);
    free(equation);
}

void grl_equation_line(grl_equation *equation, const double *from, const double *to)
{
    equation->active = 1;
    memset(equation->direction, 0, sizeof equation->direction);
    for (size_t i = 0; i < equation->k; i++) {
        equation->origin[i] = from[i];
        equation->direction[0][i] = to[i] - from[i];
    }
}

void grl_equation_parameters(const grl_equation *equation, const double *t, double *p)
{
    for (size_t i = 0; i < equation->k; i++) {
        p[i] = equation->origin[i];
        for (size_t j = 0; j < equation->active; j++) p[i] += t[j] * equation->direction[j][i];
    }
}

bool grl_equation_move(grl_equation *equation, const double *t)
{
    double p[GRL_PATH_PARAMETERS] = {0};
    grl_equation_parameters(equation, t, p);
    return grl_path_set(equation->path, p, NULL) == GRL_OK;
}

void grl_equation_field(const grl_equation *equation, const double *h, double *f, double *J)
{
    grl_cell_linearize(grl_path_cell(equation->path), NULL, h, f, J, equation->work);
}

void grl_equation_second(const grl_equation *equation, const double *h, const double *u, const double *v,
                         double *out)
{
    const double *const along[] = {u, v};
    grl_cell_derivative(grl_path_cell(equation->path), NULL, h, 2, along, NULL, out,
                        derivative_work(equation));
}

void grl_equation_third(const grl_equation *equation, const double *h, const double *u, const double *v,
                        const double *w, double *out)
{
    const double *const along[] = {u, v, w};
    grl_cell_derivative(grl_path_cell(equation->path), NULL, h, 3, along, NULL, out,
                        derivative_work(equation));
}

/* Mixed derivative along u (NULL: none) and along t[j]. */
static bool along_parameter(const grl_equation *equation, const double *h, size_t j, const double *u,
                            double *out)
{
    const size_t n = equation->n;
    double *part = vector_work(equation);
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0; i < equation->k; i++) {
        const double d = equation->direction[j][i];
        if (d == 0) continue;
        const grl_cell *tangent = grl_path_tangent(equation->path, i, NULL);
        if (!tangent) return false;
        const double *const directions[] = {NULL, u};
        const grl_cell *const tangents[] = {tangent, NULL};
        grl_cell_derivative(grl_path_cell(equation->path), NULL, h, u ? 2 : 1, directions, tangents, part,
                            derivative_work(equation));
        for (size_t m = 0; m < n; m++) out[m] += d * part[m];
    }
    return true;
}

bool grl_equation_slope(const grl_equation *equation, const double *h, size_t j, double *out)
{
    return along_parameter(equation, h, j, NULL, out);
}

bool grl_equation_slope_of(const grl_equation *equation, const double *h, size_t j, const double *u,
                           double *out)
{
    return along_parameter(equation, h, j, u, out);
}

bool grl_equation_spectrum(const grl_equation *equation, const double *J, double *values, double *vectors)
{
    const size_t n = equation->n;
    if (n > GRL_SMALL_UNITS) return grl_dense_eigen(n, J, values, vectors, vector_work(equation) + n);
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(J[i])) return false;
    grl_spectrum_small(n, J, values, vectors);
    return true;
}

int grl_equation_stability(const grl_equation *equation, const double *values, double *shown)
{
    const double step = equation->step;
    int unstable = 0;
    for (size_t i = 0; i < equation->n; i++) {
        double re = values[2 * i], im = values[2 * i + 1];
        /* |1 + step lambda| > 1 without the cancellation of forming the left side. */
        unstable += step > 0 ? 2 * re + step * (re * re + im * im) > 0 : re > 0;
        double key = re;
        if (step > 0) {
            re = 1 + step * re;
            im = step * im;
            key = hypot(re, im);
        }
        size_t j = i;
        for (; j > 0; j--) {
            double before = step > 0 ? hypot(shown[2 * j - 2], shown[2 * j - 1]) : shown[2 * j - 2];
            if (!(before < key)) break;
            shown[2 * j] = shown[2 * j - 2];
            shown[2 * j + 1] = shown[2 * j - 1];
        }
        shown[2 * j] = re;
        shown[2 * j + 1] = im;
    }
    return unstable;
}
