/* arc.c: pseudo-arclength continuation (Keller 1977): predictor along the tangent, Newton on the hyperplane
 * through the predicted point.
 *
 * A step of length s is accepted if Newton's correction is below s / 4 and the tangent turns by less than
 * acos(0.968) = 14.5 degrees: then the curve between both points is close to an arc, and neither a turn nor
 * another branch hides in it unless it is much smaller than s. Else the step is halved; the longest step is
 * the caller's. After easy steps it grows by half.
 *
 * What makes it fail: points where the system is singular to rounding over a length of the shortest step. */
#include "bifurcation/arc.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Shorter steps are lost in the rounding of states near 1. */
static const double shortest = 1e-10, straight = 0.968, first = 1e-3;

grl_status grl_arc_create(grl_extended *extended, double longest, grl_arc **arc, grl_error *error)
{
    const size_t N = extended->unknowns;
    grl_arc *made = grl_calloc(1, sizeof *made);
    *arc = NULL;
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    made->u = grl_calloc(5 * N, sizeof(double));
    if (!made->u) {
        free(made);
        return grl_fail_memory(error, 5 * N, sizeof(double));
    }
    made->tangent = made->u + N;
    made->border = made->tangent + N;
    made->next = made->border + N;
    made->turned = made->next + N;
    made->extended = extended;
    made->longest = longest;
    *arc = made;
    return GRL_OK;
}

void grl_arc_free(grl_arc *arc)
{
    if (!arc) return;
    free(arc->u);
    free(arc);
}

/* h and t of v; zero elsewhere. */
static void make_border(const grl_extended *x, const double *v, double *border)
{
    memset(border, 0, x->unknowns * sizeof *border);
    memcpy(border, v, x->equation->n * sizeof *border);
    memcpy(border + x->t, v + x->t, (x->unknowns - x->t) * sizeof *border);
}

bool grl_arc_start(grl_arc *arc, const double *u, const double *towards)
{
    grl_extended *x = arc->extended;
    const size_t N = x->unknowns, n = x->equation->n;
    memcpy(arc->u, u, N * sizeof *u);
    arc->step = fmin(first, arc->longest);
    bool found = false;
    if (towards) {
        make_border(x, towards, arc->border);
        found = grl_extended_tangent(x, u, arc->border, arc->tangent);
    }
    /* Along t, then along each unit: one of them is not orthogonal to the curve. */
    for (size_t i = 0; i < x->unknowns - x->t + n && !found; i++) {
        memset(arc->border, 0, N * sizeof *u);
        arc->border[i < N - x->t ? x->t + i : i - (N - x->t)] = 1;
        found = grl_extended_tangent(x, u, arc->border, arc->tangent) &&
                grl_extended_product(x, arc->border, arc->tangent) > 0.05;
    }
    if (!found) return false;
    make_border(x, arc->tangent, arc->border);
    if (!grl_extended_tangent(x, u, arc->border, arc->tangent)) return false;
    if (towards && grl_extended_product(x, towards, arc->tangent) < 0) {
        for (size_t i = 0; i < N; i++) arc->tangent[i] = -arc->tangent[i];
        make_border(x, arc->tangent, arc->border);
        if (!grl_extended_tangent(x, u, arc->border, arc->tangent)) return false;
    }
    make_border(x, arc->tangent, arc->border);
    arc->determinant = x->determinant;
    return true;
}

/* One trial of length s: the new point in next, its tangent in turned. */
static bool attempt(grl_arc *arc, double s)
{
    grl_extended *x = arc->extended;
    const size_t N = x->unknowns, n = x->equation->n;
    double error, moved = 0;
    for (size_t i = 0; i < N; i++) arc->next[i] = arc->u[i] + s * arc->tangent[i];
    const double target = grl_extended_product(x, arc->border, arc->next);
    if (!grl_extended_correct(x, arc->next, arc->border, target, 6, 1e-11, &error)) return false;
    for (size_t i = 0; i < N; i++) {
        if (i >= n && i < x->t) continue;
        const double d = arc->next[i] - arc->u[i] - s * arc->tangent[i];
        moved += d * d;
    }
    if (!(sqrt(moved) <= s / 4)) return false;
    if (!grl_extended_tangent(x, arc->next, arc->border, arc->turned)) return false;
    return grl_extended_product(x, arc->tangent, arc->turned) >= straight;
}

bool grl_arc_advance(grl_arc *arc)
{
    grl_extended *x = arc->extended;
    const size_t N = x->unknowns;
    bool halved = false;
    while (!attempt(arc, arc->step)) {
        arc->step /= 2;
        halved = true;
        if (arc->step < shortest) {
            arc->step = shortest;
            return false;
        }
    }
    memcpy(arc->u, arc->next, N * sizeof(double));
    memcpy(arc->tangent, arc->turned, N * sizeof(double));
    make_border(x, arc->tangent, arc->border);
    arc->determinant = x->determinant;
    if (!halved) arc->step = fmin(1.5 * arc->step, arc->longest);
    return true;
}
