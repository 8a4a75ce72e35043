/* homoclinic.c: orbits homoclinic to a saddle as a boundary value problem with projection conditions (Beyn
 * 1990; Champneys and Kuznetsov 1994).
 *
 *     u' = T f(u; p),   f(x; p) = 0
 *     L_s' (u(0) - x) = 0      the orbit leaves in the unstable eigenspace: its left stable vectors see nothing
 *     L_u' (u(1) - x) = 0      and comes back in the stable one
 *     int <u - v, f(v)> ds = 0
 *
 * T is fixed, so long that both ends are at a distance d of the saddle x; the parameter is then off by O(d^2)
 * and less. The eigenspaces are computed at every iterate, their derivatives are left out: Newton's method
 * still contracts by a factor of about d.
 *
 * At a saddle-node one eigenvalue vanishes. The conditions stay regular there if the vectors are counted and
 * not chosen by sign; the orbit then leaves (or comes back) along the centre manifold and comes back (leaves)
 * along the strong one: the saddle-node loop, where the curve of homoclinic orbits ends. Its position is
 * computed with "this eigenvalue is zero" as the last condition: with left and right eigenvectors w, v, w'v =
 * 1, the derivative of the eigenvalue is w' (B(v, dx) + J_p v).
 *
 * What makes it fail: a leading eigenvalue near zero, by which orbits become long; the ends are then farther
 * away from the saddle than wanted. */
#include "bifurcation/homoclinic.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS, INTERVALS = 240, MOST_UNITS = 60 };

/* No orbit is made longer than this, whatever its eigenvalues. */
static const double longest = 20000;

/* Eigenvalues nearer to zero than this count as this where the length of an orbit is chosen. */
static const double slowest = 0.002;

static bool move(const grl_loop *loop, const double *q)
{
    return grl_path_set(loop->path, q, NULL) == GRL_OK;
}

static bool field(void *context, const double *u, const double *q, double *f, double *J, double *Q)
{
    grl_loop *loop = context;
    size_t n = loop->n, scalars = loop->parameters + n;
    double *slope = loop->work + grl_cell_derivative_work(grl_path_cell(loop->path));
    if (!move(loop, q)) return false;
    grl_cell_linearize(grl_path_cell(loop->path), NULL, u, f, J, loop->work);
    memset(Q, 0, n * scalars * sizeof *Q);
    for (size_t k = 0; k < loop->parameters; k++) {
        const grl_cell *tangent = grl_path_tangent(loop->path, k, NULL);
        if (!tangent) return false;
        grl_cell_derivative(grl_path_cell(loop->path), NULL, u, 1, NULL, &tangent, slope, loop->work);
        for (size_t i = 0; i < n; i++) Q[i * scalars + k] = loop->T * slope[i];
    }
    for (size_t i = 0; i < n; i++) f[i] *= loop->T;
    for (size_t i = 0; i < n * n; i++) J[i] *= loop->T;
    return true;
}

/* Real vectors that span the eigenspaces of J' (transposed), by falling real part of the eigenvalue: those of
 * the unstable space first. loop->values: the eigenvalues in that order. */
static bool left_spaces(grl_loop *loop, const double *J)
{
    size_t n = loop->n, count = 0;
    double *transposed = loop->vectors + 2 * n * n, *values = transposed + n * n, *room = values + 2 * n;
    size_t order[MOST_UNITS];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) transposed[i * n + j] = J[j * n + i];
    if (!grl_dense_eigen(n, transposed, values, loop->vectors, room)) return false;
    for (size_t k = 0; k < n; k++) {
        size_t i = k;
        for (; i > 0 && values[2 * order[i - 1]] < values[2 * k]; i--) order[i] = order[i - 1];
        order[i] = k;
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = order[i];
        bool second = values[2 * k + 1] < 0;
        memcpy(loop->values + 2 * i, values + 2 * k, 2 * sizeof *values);
        for (size_t j = 0; j < n; j++)
            loop->left[count * n + j] = loop->vectors[2 * (k * n + j) + (second ? 1 : 0)];
        count++;
    }
    return true;
}

/* Conditions: n of the saddle, n projections, then perhaps the vanishing eigenvalue. */
static bool ends(void *context, const double *u0, const double *u1, const double *q, double *g, double *G0,
                 double *G1, double *Gq)
{
    grl_loop *loop = context;
    size_t n = loop->n, k = loop->parameters, scalars = k + n;
    const double *x = q + k;
    double *J = loop->J, *slope = loop->work + grl_cell_derivative_work(grl_path_cell(loop->path));
    if (!move(loop, q)) return false;
    grl_cell_linearize(grl_path_cell(loop->path), NULL, x, g, J, loop->work);
    for (size_t i = 0; i < n; i++) memcpy(Gq + i * scalars + k, J + i * n, n * sizeof *J);
    for (size_t l = 0; l < k; l++) {
        const grl_cell *tangent = grl_path_tangent(loop->path, l, NULL);
        if (!tangent) return false;
        grl_cell_derivative(grl_path_cell(loop->path), NULL, x, 1, NULL, &tangent, slope, loop->work);
        for (size_t i = 0; i < n; i++) Gq[i * scalars + l] = slope[i];
    }
    if (!left_spaces(loop, J)) return false;
    for (size_t r = 0; r < n; r++) {
        const double *vector = loop->left + r * n, *u = r < loop->unstable ? u1 : u0;
        double *G = r < loop->unstable ? G1 : G0;
        for (size_t i = 0; i < n; i++) {
            g[n + r] += vector[i] * (u[i] - x[i]);
            G[(n + r) * n + i] = vector[i];
            Gq[(n + r) * scalars + k + i] = -vector[i];
        }
    }
    if (loop->critical == 0) return true;

    /* The eigenvalue, its left vector from above; the right one from the matrix itself. */
    size_t which = loop->critical > 0 ? loop->unstable - 1 : loop->unstable, best = 0;
    double lambda = loop->values[2 * which], *values = loop->vectors + 3 * n * n, *room = values + 2 * n;
    double v[MOST_UNITS], w[MOST_UNITS], unit[MOST_UNITS], dot = 0;
    memcpy(w, loop->left + which * n, n * sizeof *w);
    if (!grl_dense_eigen(n, J, values, loop->vectors, room)) return false;
    for (size_t i = 1; i < n; i++)
        if (fabs(values[2 * i] - lambda) < fabs(values[2 * best] - lambda)) best = i;
    for (size_t i = 0; i < n; i++) {
        v[i] = loop->vectors[2 * (best * n + i)];
        dot += v[i] * w[i];
    }
    g[2 * n] = lambda;
    for (size_t j = 0; j < scalars; j++) {
        const double *u[2] = {v, unit};
        const grl_cell *tangents[2] = {NULL, NULL};
        if (j < k) {
            u[1] = NULL;
            tangents[1] = grl_path_tangent(loop->path, j, NULL);
            if (!tangents[1]) return false;
        } else {
            memset(unit, 0, n * sizeof *unit);
            unit[j - k] = 1;
        }
        grl_cell_derivative(grl_path_cell(loop->path), NULL, x, 2, u, tangents, slope, loop->work);
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += w[i] * slope[i];
        Gq[2 * n * scalars + j] = sum / dot;
    }
    return true;
}

static bool phase(void *context, size_t at, const double *u, const double *q, double *g, double *Gu,
                  double *Gq)
{
    const grl_loop *loop = context;
    size_t n = loop->n;
    const double *f = loop->reference + at * n, *v = loop->arc.predicted.stage + at * n;
    (void)q;
    (void)Gq;
    for (size_t i = 0; i < n; i++) {
        g[0] += (u[i] - v[i]) * f[i];
        Gu[i] = f[i];
    }
    return true;
}

static void prepare(void *context, const grl_bvp_solution *predicted)
{
    grl_loop *loop = context;
    size_t n = loop->n;
    if (!move(loop, predicted->q)) return;
    for (size_t k = 0; k < predicted->intervals * M; k++)
        grl_cell_field(grl_path_cell(loop->path), NULL, predicted->stage + k * n, loop->reference + k * n,
                       loop->work);
}

grl_status grl_loop_create(grl_path *path, const double *range, double distance, grl_loop *loop,
                           grl_error *error)
{
    const grl_cell *cell = grl_path_cell(path);
    size_t n = cell->n, k = grl_path_count(path);
    *loop = (grl_loop){.path = path, .n = n, .parameters = k, .distance = distance};
    if (n < 2 || n > MOST_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "homoclinic orbits: expected 2 to %d units, found %zu",
                        MOST_UNITS, n);
    for (size_t l = 0; l < k; l++) loop->weights[l] = 1 / (range[l] * range[l]);
    for (size_t l = 0; l < n; l++) loop->weights[k + l] = 1;
    size_t sizes[] = {INTERVALS * M * n,
                      n * n,
                      2 * n,
                      3 * n * n + 2 * n + grl_dense_eigen_work(n, true),
                      n * n,
                      grl_cell_derivative_work(cell) + n};
    double **at[] = {&loop->reference, &loop->J, &loop->values, &loop->vectors, &loop->left, &loop->work};
    size_t total = 0;
    for (int i = 0; i < 6; i++) total += sizes[i];
    /* `vectors` is used as: vectors, a matrix, values, room. */
    double *next = loop->block = grl_calloc(total, sizeof *next);
    if (!next) return grl_fail_memory(error, total, sizeof *next);
    for (int i = 0; i < 6; i++) {
        *at[i] = next;
        next += sizes[i];
    }
    loop->arc.problem = (grl_bvp){n, k + n, 2 * n, 1, loop, field, ends, phase};
    loop->arc.weights = loop->weights;
    loop->arc.least = 30;
    loop->arc.most = INTERVALS;
    loop->arc.accuracy = 5;
    loop->arc.tolerance = 1e-11;
    loop->arc.prepare = prepare;
    grl_status status = grl_bvp_arc_create(&loop->arc, INTERVALS, error);
    if (status == GRL_OK) status = grl_bvp_solution_create(n, k + n, INTERVALS, &loop->extended, error);
    if (status != GRL_OK) grl_loop_free(loop);
    return status;
}

void grl_loop_free(grl_loop *loop)
{
    grl_bvp_arc_free(&loop->arc);
    grl_bvp_solution_free(&loop->extended);
    free(loop->block);
    loop->block = NULL;
}

static double distance_of(size_t n, const double *a, const double *b)
{
    double square = 0;
    for (size_t i = 0; i < n; i++) square += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(square);
}

bool grl_loop_describe(grl_loop *loop, const grl_bvp_solution *u)
{
    size_t n = loop->n;
    const double *x = u->q + loop->parameters;
    if (!move(loop, u->q)) return false;
    grl_cell_jacobian(grl_path_cell(loop->path), NULL, x, loop->J, loop->work);
    if (!left_spaces(loop, loop->J)) return false;
    loop->lambda_u = loop->values[2 * (loop->unstable - 1)];
    loop->lambda_s = loop->values[2 * loop->unstable];
    loop->sigma = loop->lambda_u + loop->lambda_s;
    loop->size = 0;
    for (size_t i = 0; i <= u->intervals; i++) loop->size = fmax(loop->size, distance_of(n, u->x + i * n, x));
    return true;
}

/* The state at time t (from the beginning, in units of the present T) with exponential ends. */
static void state_at(const grl_loop *loop, const grl_bvp_solution *u, bool tangent, double t, double *h)
{
    size_t n = loop->n;
    double s = t / loop->T;
    grl_bvp_at(u, fmin(1, fmax(0, s)), h);
    if (s >= 0 && s <= 1) return;
    double factor =
        s < 0 ? exp(fmax(loop->lambda_u, 1e-6) * t) : exp(fmin(loop->lambda_s, -1e-6) * (t - loop->T));
    const double *x = u->q + loop->parameters;
    for (size_t i = 0; i < n; i++) h[i] = tangent ? factor * h[i] : x[i] + factor * (h[i] - x[i]);
}

/* u over the times from a to b instead of 0 to T. */
static void recut(grl_loop *loop, grl_bvp_solution *u, bool tangent, double a, double b)
{
    size_t n = loop->n, N = u->intervals;
    grl_bvp_solution *to = &loop->extended;
    double c[M], w[M];
    grl_bvp_gauss(c, w);
    to->intervals = N;
    memcpy(to->q, u->q, u->parameters * sizeof *u->q);
    /* The mesh keeps its shape; it is made anew right after. */
    memcpy(to->mesh, u->mesh, (N + 1) * sizeof *u->mesh);
    for (size_t i = 0; i <= N; i++) {
        state_at(loop, u, tangent, a + u->mesh[i] * (b - a), to->x + i * n);
        for (size_t j = 0; i < N && j < M; j++)
            state_at(loop, u, tangent, a + (u->mesh[i] + c[j] * (u->mesh[i + 1] - u->mesh[i])) * (b - a),
                     to->stage + (i * M + j) * n);
    }
    grl_bvp_copy(to, u);
}

void grl_loop_retime(grl_loop *loop)
{
    grl_bvp_solution *u = &loop->arc.now;
    size_t n = loop->n;
    const double *x = u->q + loop->parameters;
    if (!grl_loop_describe(loop, u)) return;
    double aim = loop->distance * fmin(1, loop->size), d0 = distance_of(n, u->x, x);
    double d1 = distance_of(n, u->x + u->intervals * n, x);
    double left = log(d0 / aim) / fmax(loop->lambda_u, slowest),
           right = log(d1 / aim) / fmax(-loop->lambda_s, slowest);
    /* Not for every small change, by at most half, and within reason. */
    if (!(fabs(left) + fabs(right) > 0.1 * loop->T)) return;
    left = fmin(0.5 * loop->T, fmax(-0.2 * loop->T, left));
    right = fmin(0.5 * loop->T, fmax(-0.2 * loop->T, right));
    if (left + right > 0 && loop->T + left + right > longest) return;
    recut(loop, u, false, -left, loop->T + right);
    if (loop->arc.tangent.intervals > 0) recut(loop, &loop->arc.tangent, true, -left, loop->T + right);
    loop->T += left + right;
    grl_bvp_arc_remesh(&loop->arc);
}

/* One solution with the other parameter, if there is one, held. */
static bool hold(grl_loop *loop, size_t other, double value)
{
    double size;
    return loop->parameters == 1 ? grl_bvp_arc_closed(&loop->arc, &size)
                                 : grl_bvp_arc_fixed(&loop->arc, other, value, &size);
}

bool grl_loop_from_cycle(grl_loop *loop, const grl_bvp_solution *cycle, const double *saddle, const double *p,
                         size_t vary)
{
    size_t n = loop->n, N = cycle->intervals, k = loop->parameters, far = 0;
    grl_bvp_solution *u = &loop->arc.now;
    double period = cycle->q[0], c[M], w[M], most = 0, held = p[k - 1 - vary];
    grl_bvp_gauss(c, w);
    if (!move(loop, p)) return false;
    grl_cell_jacobian(grl_path_cell(loop->path), NULL, saddle, loop->J, loop->work);
    if (!left_spaces(loop, loop->J)) return false;
    loop->unstable = 0;
    for (size_t i = 0; i < n; i++) loop->unstable += loop->values[2 * i] > 0;
    if (loop->unstable == 0 || loop->unstable == n) return false;
    for (size_t i = 0; i < N; i++) {
        double d = distance_of(n, cycle->x + i * n, saddle);
        if (d > most) {
            most = d;
            far = i;
        }
    }
    /* From the farthest point both ways, until it is near or has been nearer. */
    double ends_at[2];
    for (int side = 0; side < 2; side++) {
        double nearest = most, at = cycle->mesh[far], aim = 10 * loop->distance;
        for (size_t step = 1; step < N; step++) {
            size_t i = (far + (side == 0 ? N - step : step)) % N;
            double s = cycle->mesh[i] + (side == 0 ? (i > far ? -1 : 0) : (i < far ? 1 : 0));
            double d = distance_of(n, cycle->x + i * n, saddle);
            if (d < nearest) {
                nearest = d;
                at = s;
            }
            if (d < aim || (nearest < 0.1 * most && d > 5 * nearest)) break;
        }
        ends_at[side] = at;
    }
    double from = ends_at[0], to = ends_at[1];
    if (!(to > from)) return false;
    u->intervals = 150;
    for (size_t i = 0; i <= 150; i++) u->mesh[i] = (double)i / 150;
    /* A mesh like the cycle's own: its points inside, thinned or filled evenly in their number. */
    size_t inside = 0;
    double *points = loop->extended.mesh;
    for (int turn = -1; turn <= 1; turn++)
        for (size_t i = 0; i < N && inside < INTERVALS; i++) {
            double s = cycle->mesh[i] + turn;
            if (s > from && s < to) points[inside++] = (s - from) / (to - from);
        }
    if (inside < 5 || inside >= INTERVALS) return false;
    u->intervals = inside + 1;
    u->mesh[0] = 0;
    memcpy(u->mesh + 1, points, inside * sizeof *points);
    u->mesh[inside + 1] = 1;
    for (size_t i = 0; i <= u->intervals; i++)
        for (size_t j = 0; j <= M; j++) {
            if (i == u->intervals && j > 0) break;
            double s = u->mesh[i] + (j == 0 ? 0 : c[j - 1] * (u->mesh[i + 1] - u->mesh[i]));
            double at = from + s * (to - from);
            grl_bvp_at(cycle, at - floor(at), j == 0 ? u->x + i * n : u->stage + (i * M + j - 1) * n);
        }
    memcpy(u->q, p, k * sizeof *p);
    memcpy(u->q + k, saddle, n * sizeof *saddle);
    loop->T = period * (to - from);
    loop->arc.tangent.intervals = 0;
    loop->critical = 0;
    for (int round = 0; round < 4; round++) {
        if (!hold(loop, 1 - vary, held)) return false;
        grl_bvp_arc_accept(&loop->arc);
        if (k == 1) loop->arc.tangent.intervals = 0;
        double T = loop->T;
        grl_loop_retime(loop);
        if (round > 0 && T == loop->T) break;
    }
    if (!hold(loop, 1 - vary, held)) return false;
    grl_bvp_arc_take(&loop->arc);
    if (k == 1) loop->arc.tangent.intervals = 0;
    return grl_loop_describe(loop, &loop->arc.now);
}

bool grl_loop_critical(grl_loop *loop, int which)
{
    double size;
    loop->critical = which;
    loop->arc.problem.boundary++;
    bool good = grl_bvp_arc_closed(&loop->arc, &size);
    loop->arc.problem.boundary--;
    loop->critical = 0;
    return good;
}

bool grl_loop_passes(grl_loop *loop, double *h)
{
    const grl_bvp_solution *u = &loop->arc.now;
    size_t n = loop->n, place = SIZE_MAX;
    const double *x = u->q + loop->parameters;
    double f[MOST_UNITS], least = INFINITY, greatest = 0;
    int pivots[MOST_UNITS];
    if (!grl_loop_describe(loop, u)) return false;
    for (size_t i = 0; i <= u->intervals; i++) {
        grl_cell_field(grl_path_cell(loop->path), NULL, u->x + i * n, f, loop->work);
        double speed = 0;
        for (size_t k = 0; k < n; k++) speed += f[k] * f[k];
        greatest = fmax(greatest, speed);
        if (distance_of(n, u->x + i * n, x) < 0.1 * loop->size || !(speed < least)) continue;
        least = speed;
        place = i;
    }
    if (place == SIZE_MAX || !(least < 1e-4 * greatest)) return false;
    memcpy(h, u->x + place * n, n * sizeof *h);
    for (int step = 0; step < 20; step++) {
        double square = 0;
        grl_cell_linearize(grl_path_cell(loop->path), NULL, h, f, loop->J, loop->work);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) loop->left[j * n + i] = loop->J[i * n + j];
        if (!grl_dense_solve_columns(n, loop->left, pivots, 1, f)) return false;
        for (size_t k = 0; k < n; k++) {
            h[k] -= f[k];
            square += f[k] * f[k];
        }
        if (square < 1e-26) break;
    }
    return distance_of(n, h, u->x + place * n) < 0.05 * loop->size &&
           distance_of(n, h, x) > 0.05 * loop->size;
}
