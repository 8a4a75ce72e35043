/* map_unstable.c: the manifold of a saddle of a planar map near the saddle, and the unstable branches.
 *
 * Near. On the curve p(s) = h + s v + s^2 a2 + s^3 a3 a step of the map is to be s -> l s, p(l s) = F(p(s)).
 * With A = DF, and B and C its second and third derivatives, equal powers of s give (Cabre, Fontich and de
 * la Llave 2005, section 2)
 *
 *     (A - l^2 I) a2 = -B(v,v)/2,     (A - l^3 I) a3 = -(B(v,a2) + C(v,v,v)/6),
 *
 * which are regular, since no power of l is an eigenvalue. `reach` is the largest s of a falling series at
 * which the two sides differ by less than 1e-12.
 *
 * Unstable branch. Every point is F^k(p(s)), with s in one fundamental interval [reach/|l|, reach): it needs
 * no interpolation, and errors of the start shrink, because the manifold attracts along it. The parameter is
 * u = k + log(s |l| / reach) / log |l|; its steps are halved until neighbours are near, the curve turns
 * little, and the point in the middle is where it should be (the criteria of Hobson 1993 and of Krauskopf
 * and Osinga 1998). For l < 0 the square of the map is taken, whose branches are those of the map.
 *
 * What makes it fail: a sharp fold of an unstable manifold of a map that is not invertible can be a cusp;
 * there, steps are accepted at the least size. Near l = 1 many steps are needed. */
#include "portrait/map_branch.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

static const double agreement = 1e-12, least_reach = 1e-7, turn_most = 0.25, flat = 2e-5, longest_step = 64,
                    least_step = 1e-15;
enum { PERIODS = 64, PATIENCE = 20000 };

void grl_map_step(grl_map_work *work, int twice, const double h[2], double image[2], double *D)
{
    double dt = work->portrait->dt, f[2], J[4];
    double at[2] = {h[0], h[1]};
    for (int k = 0; k <= (twice != 0); k++) {
        grl_cell_field(work->cell, NULL, at, f, work->work);
        if (D) {
            grl_cell_jacobian(work->cell, NULL, at, J, work->work);
            double M[4] = {1 + dt * J[0], dt * J[1], dt * J[2], 1 + dt * J[3]};
            if (k == 0) {
                memcpy(D, M, sizeof M);
            } else {
                double N[4] = {M[0] * D[0] + M[1] * D[2], M[0] * D[1] + M[1] * D[3],
                               M[2] * D[0] + M[3] * D[2], M[2] * D[1] + M[3] * D[3]};
                memcpy(D, N, sizeof N);
            }
        }
        at[0] += dt * f[0];
        at[1] += dt * f[1];
        work->steps++;
    }
    memcpy(image, at, sizeof at);
}

double grl_map_determinant(grl_map_work *work, const double h[2])
{
    double dt = work->portrait->dt, J[4];
    grl_cell_jacobian(work->cell, NULL, h, J, work->work);
    return (1 + dt * J[0]) * (1 + dt * J[3]) - dt * dt * J[1] * J[2];
}

void grl_map_local_at(const grl_map_local *local, double s, double h[2])
{
    for (int i = 0; i < 2; i++)
        h[i] = local->h[i] + s * (local->v[i] + s * (local->a2[i] + s * local->a3[i]));
}

/* x = (A - shift I)^-1 b. */
static void solve(const double A[4], double shift, const double b[2], double x[2])
{
    double p = A[0] - shift, q = A[3] - shift, det = p * q - A[1] * A[2];
    x[0] = (q * b[0] - A[1] * b[1]) / det;
    x[1] = (p * b[1] - A[2] * b[0]) / det;
}

static double mismatch(grl_map_work *work, const grl_map_local *local, double s)
{
    double p[2], image[2], wanted[2];
    grl_map_local_at(local, s, p);
    grl_map_step(work, 0, p, image, NULL);
    grl_map_local_at(local, local->multiplier * s, wanted);
    return hypot(image[0] - wanted[0], image[1] - wanted[1]);
}

bool grl_map_local_make(grl_map_work *work, const grl_fixed_point *saddle, int stable, grl_map_local *local)
{
    size_t own = stable ? 1 : 0;
    double dt = work->portrait->dt, A[4], image[2], second[2], third[2];
    *local = (grl_map_local){.multiplier = saddle->eigenvalues[2 * own]};
    memcpy(local->h, saddle->h, sizeof local->h);
    for (size_t i = 0; i < 2; i++) local->v[i] = saddle->eigenvectors[4 * own + 2 * i];
    double larger = fabs(local->v[1]) > fabs(local->v[0]) ? local->v[1] : local->v[0];
    double size = copysign(hypot(local->v[0], local->v[1]), larger);
    for (int i = 0; i < 2; i++) local->v[i] /= size;
    grl_map_step(work, 0, local->h, image, A);
    const double *twice[] = {local->v, local->v}, *thrice[] = {local->v, local->v, local->v},
                 *both[] = {local->v, local->a2};
    double l = local->multiplier;
    grl_cell_derivative(work->cell, NULL, local->h, 2, twice, NULL, second, work->work);
    for (int i = 0; i < 2; i++) second[i] *= -dt / 2;
    solve(A, l * l, second, local->a2);
    grl_cell_derivative(work->cell, NULL, local->h, 2, both, NULL, second, work->work);
    grl_cell_derivative(work->cell, NULL, local->h, 3, thrice, NULL, third, work->work);
    for (int i = 0; i < 2; i++) third[i] = -dt * (second[i] + third[i] / 6);
    solve(A, l * l * l, third, local->a3);
    double reach = fmin(0.05, 0.1 * work->nearest), factor = fmax(1, fabs(l));
    for (; reach >= least_reach; reach *= 0.8) {
        double p = reach / factor;
        if (mismatch(work, local, p) <= agreement && mismatch(work, local, -p) <= agreement &&
            mismatch(work, local, 0.7 * p) <= agreement && mismatch(work, local, -0.7 * p) <= agreement)
            break;
    }
    local->reach = reach;
    return reach >= least_reach;
}

grl_status grl_map_branch_add(grl_map_work *work, grl_map_branch *branch, const double h[2], grl_error *error)
{
    if (!grl_grow((void **)&branch->points, &work->capacity, branch->count, 2 * sizeof *branch->points))
        return grl_fail_memory(error, branch->count + 1, 2 * sizeof *branch->points);
    double *p = branch->points + 2 * branch->count;
    memcpy(p, h, 2 * sizeof *p);
    if (branch->count++ > 0) branch->length += hypot(p[0] - p[-2], p[1] - p[-1]);
    return GRL_OK;
}

long grl_map_caught(const grl_map_work *work, const grl_map_branch *branch, const double h[2], int sense)
{
    for (size_t k = 0; k < work->portrait->count; k++) {
        const grl_fixed_point *point = &work->portrait->points[k];
        double d = hypot(h[0] - point->h[0], h[1] - point->h[1]);
        int unstable = point->unstable, wanted = sense > 0 ? 0 : 2;
        if (k == branch->saddle || unstable != wanted) continue;
        if (point->type == GRL_DEGENERATE || point->type == GRL_CENTER) continue;
        if (d < fmin(1e-3, 0.2 * work->nearest)) return (long)k;
    }
    return -1;
}

typedef struct unstable {
    grl_map_work *work;
    const grl_map_local *local;
    double first, rate; /* s of u = 0; log of the factor of one step of u */
    int twice, side;
} unstable;

/* The point with u = k + part; the part alone, so that it keeps all its digits. */
static void place(unstable *p, long k, double part, double h[2])
{
    for (; part >= 1; part--) k++;
    grl_map_local_at(p->local, p->side * p->first * exp(part * p->rate), h);
    for (; k > 0; k--) grl_map_step(p->work, p->twice, h, h, NULL);
}

/* From a point of the branch a whole number of intervals on, and half of them. */
static void onward(unstable *p, const double a[2], long intervals, double m[2], double b[2])
{
    memcpy(b, a, 2 * sizeof *b);
    for (long k = 0; k < intervals; k++) {
        if (k == intervals / 2) memcpy(m, b, 2 * sizeof *m);
        grl_map_step(p->work, p->twice, b, b, NULL);
    }
}

/* Are a, m, b close enough for the curve to be seen, coming from direction `before` (zero: any)? */
static bool fine(const grl_map_options *o, const double before[2], const double a[2], const double m[2],
                 const double b[2])
{
    double dx = b[0] - a[0], dy = b[1] - a[1], chord = hypot(dx, dy);
    double way = hypot(m[0] - a[0], m[1] - a[1]) + hypot(b[0] - m[0], b[1] - m[1]);
    if (!(way <= o->spacing)) return false;
    if (way <= flat) return true;
    if (way > 1.05 * chord) return false;
    double size = hypot(before[0], before[1]);
    if (size == 0) return true;
    double sine = fabs(before[0] * dy - before[1] * dx) / (size * chord);
    return sine <= turn_most && before[0] * dx + before[1] * dy > 0;
}

/* Where further steps of the map lead from h: a fixed point, a periodic orbit, or nothing that is seen soon.
 */
static void find_limit(grl_map_work *work, grl_map_branch *branch, const double start[2])
{
    double h[2] = {start[0], start[1]}, first[2];
    for (int k = 0; k < PATIENCE; k++) grl_map_step(work, 0, h, h, NULL);
    for (size_t k = 0; k < work->portrait->count; k++) {
        const grl_fixed_point *point = &work->portrait->points[k];
        if (hypot(h[0] - point->h[0], h[1] - point->h[1]) > fmin(1e-6, 0.1 * work->nearest)) continue;
        branch->limit = GRL_MAP_LIMIT_POINT;
        branch->point = k;
        return;
    }
    memcpy(first, h, sizeof first);
    for (size_t period = 1; period <= PERIODS; period++) {
        grl_map_step(work, 0, h, h, NULL);
        if (hypot(h[0] - first[0], h[1] - first[1]) > 1e-9) continue;
        if (period == 1) return;
        branch->limit = GRL_MAP_LIMIT_ORBIT;
        branch->period = period;
        return;
    }
}

grl_status grl_map_branch_unstable(grl_map_work *work, const grl_map_local *local, grl_map_branch *branch,
                                   grl_error *error)
{
    const grl_map_options *o = work->options;
    unstable p = {work, local, 0, log(fabs(local->multiplier)), local->multiplier < 0, branch->side};
    double a[2], m[2], b[2], before[2] = {0, 0}, part = 0, step = 0.05, sign;
    long k = 0;
    bool halved = false;
    if (p.twice) p.rate *= 2;
    /* With two steps at a time the interval is a factor l^2 wide. */
    p.first = local->reach * exp(-p.rate);
    grl_status status = grl_map_branch_add(work, branch, local->h, error);
    place(&p, 0, 0, a);
    if (status == GRL_OK) status = grl_map_branch_add(work, branch, a, error);
    sign = grl_map_determinant(work, a);
    branch->end = GRL_MAP_END_STEPS;
    while (status == GRL_OK && work->steps < o->max_steps) {
        if (step >= 2) {
            step = floor(step);
            onward(&p, a, (long)step, m, b);
        } else {
            place(&p, k, part + step / 2, m);
            if (!halved) place(&p, k, part + step, b);
        }
        if (!fine(o, before, a, m, b) && step > least_step) {
            step /= 2;
            memcpy(b, m, sizeof b);
            halved = step < 1;
            continue;
        }
        halved = false;
        before[0] = b[0] - a[0];
        before[1] = b[1] - a[1];
        for (part += step; part >= 1; part--) k++;
        status = grl_map_branch_add(work, branch, b, error);
        double now = grl_map_determinant(work, b);
        branch->folds += (now < 0) != (sign < 0);
        sign = now;
        memcpy(a, b, sizeof a);
        long caught = grl_map_caught(work, branch, a, 1);
        if (caught >= 0) {
            if (status == GRL_OK)
                status = grl_map_branch_add(work, branch, work->portrait->points[caught].h, error);
            branch->end = GRL_MAP_END_POINT;
            branch->limit = GRL_MAP_LIMIT_POINT;
            branch->point = (size_t)caught;
            return status;
        }
        if (branch->length >= o->max_length) {
            branch->end = GRL_MAP_END_LENGTH;
            break;
        }
        /* At rest without being caught: beside a saddle, to which it comes as nearly as rounding tells. */
        if (step >= 0.25 && hypot(before[0], before[1]) < 1e-12) {
            branch->end = GRL_MAP_END_LOST;
            break;
        }
        if (hypot(before[0], before[1]) < 0.4 * o->spacing) step = fmin(1.5 * step, longest_step);
    }
    if (status != GRL_OK) return status;
    find_limit(work, branch, a);
    if (branch->end == GRL_MAP_END_LOST && branch->limit != GRL_MAP_LIMIT_UNDECIDED)
        branch->end = branch->limit == GRL_MAP_LIMIT_POINT ? GRL_MAP_END_POINT : GRL_MAP_END_ORBIT;
    return GRL_OK;
}
