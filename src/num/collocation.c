/* collocation.c: Newton's method for boundary value problems discretised by Gauss collocation.
 *
 * On an interval of length w that begins at x the collocation polynomial is given by its values U_j at the
 * Gauss points c_j (Ascher, Mattheij and Russell 1995, ch. 5; the implicit Runge-Kutta form):
 *
 *     U_j = x + w sum_k a_jk F(U_k, q),   next x = x + w sum_k b_k F(U_k, q)
 *
 * The linear system of a Newton step is solved in three stages. (1) In each interval the U_j are expressed by
 * x and q, so that dx[i+1] = A_i dx[i] + B_i dq + c_i. (2) The dx[1] .. dx[N-1] are eliminated one after
 * another from these equations and from the conditions, by Householder's reflections of pairs of block rows
 * (structured orthogonal factorisation, Wright 1992): growing and decaying solutions together do no harm, as
 * they would in a product of the A_i. (3) What is left, in dx[0], dx[N] and dq, is solved by LU.
 *
 * The values at the mesh are exact to O(w^8), those between to O(w^5).
 *
 * What makes it fail: a start too far away, and solutions that are not isolated. Newton's steps are not
 * damped: continuation gives good starts, and a step that does not contract is a reason for a smaller one. */
#include "num/collocation.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS };

/* Corrections that no longer shrink are rounding if they are below this many tolerances. */
static const double stagnant = 100;

struct grl_bvp_solver {
    size_t n, parameters, capacity;
    double gauss[M], weight[M], a[M][M];
    /* For each interval: */
    double *V;     /* (n + parameters + 1) columns of 4 n: dU = V dx + W dq + w */
    double *A, *B; /* n x n, n x parameters, row-major */
    double *c;     /* n */
    double *C;     /* conditions x n: of dx[i] in the conditions */
    double *E;     /* (2 n + parameters + 1) columns of n: dx[i] by dx[0], dx[i+1], dq, 1 */
    /* For all: */
    double *D, *right; /* conditions x parameters, conditions */
    double *J, *Q, *f; /* of the Gauss points of one interval */
    double *g, *Gu, *Gq, *G0, *G1;
    double *local; /* 4n x 4n */
    double *pair;  /* 2n x (3n + parameters + 1), column-major */
    double *dense, *solution;
    int *pivots;
    double *dx, *dq;
    double *block;
};

void grl_bvp_gauss(double *points, double *weights)
{
    /* Zeros of Legendre's P_4 = (35 x^4 - 30 x^2 + 3) / 8. */
    double outer = sqrt((15 + 2 * sqrt(30.0)) / 35), inner = sqrt((15 - 2 * sqrt(30.0)) / 35);
    double small = (18 - sqrt(30.0)) / 72, large = (18 + sqrt(30.0)) / 72;
    const double x[M] = {-outer, -inner, inner, outer}, w[M] = {small, large, large, small};
    for (int j = 0; j < M; j++) {
        points[j] = 0.5 + 0.5 * x[j];
        weights[j] = w[j];
    }
}

/* a_jk: the integral of the k-th Lagrange polynomial from 0 to c_j; the rule itself is exact for it. */
static void runge_kutta(grl_bvp_solver *solver)
{
    const double *c = solver->gauss;
    for (int j = 0; j < M; j++)
        for (int k = 0; k < M; k++) {
            double sum = 0;
            for (int l = 0; l < M; l++) {
                double s = c[j] * c[l], value = solver->weight[l];
                for (int i = 0; i < M; i++)
                    if (i != k) value *= (s - c[i]) / (c[k] - c[i]);
                sum += value;
            }
            solver->a[j][k] = c[j] * sum;
        }
}

static double *take(double **next, size_t count)
{
    double *at = *next;
    if (at) *next = at + count;
    return at;
}

/* Lays the arrays out from `next` on, and returns how many numbers they take. n and the parameters are small
 * numbers here (checked in create), so that nothing overflows. */
static size_t lay_out(grl_bvp_solver *s, double *next)
{
    size_t n = s->n, q = s->parameters, N = s->capacity, conditions = n + q, total = 0;
    const struct {
        double **at;
        size_t count;
    } parts[] = {{&s->V, N * M * n * (n + q + 1)},
                 {&s->A, N * n * n},
                 {&s->B, N * n * q},
                 {&s->c, N * n},
                 {&s->C, (N + 1) * conditions * n},
                 {&s->E, N * n * (2 * n + q + 1)},
                 {&s->D, conditions * q},
                 {&s->right, conditions},
                 {&s->J, M * n * n},
                 {&s->Q, M * n * q},
                 {&s->f, M * n},
                 {&s->g, conditions},
                 {&s->Gu, conditions * n},
                 {&s->Gq, conditions * q},
                 {&s->G0, conditions * n},
                 {&s->G1, conditions * n},
                 {&s->local, M * n * M * n},
                 {&s->pair, 2 * n * (3 * n + q + 1)},
                 {&s->dense, (2 * n + q) * (2 * n + q)},
                 {&s->solution, 2 * (2 * n + q)},
                 {&s->dx, (N + 1) * n},
                 {&s->dq, q}};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        if (next) *parts[k].at = take(&next, parts[k].count);
        total += parts[k].count;
    }
    return total;
}

grl_status grl_bvp_solver_create(size_t n, size_t parameters, size_t capacity, grl_bvp_solver **solver,
                                 grl_error *error)
{
    *solver = NULL;
    if (n < 1 || n > 4096 || parameters > 4096 || capacity < 1 || capacity > 100000)
        return grl_fail(error, GRL_BAD_INPUT, "a boundary value problem of %zu functions is too large", n);
    grl_bvp_solver *s = grl_calloc(1, sizeof *s);
    if (!s) return grl_fail_memory(error, 1, sizeof *s);
    s->n = n;
    s->parameters = parameters;
    s->capacity = capacity;
    grl_bvp_gauss(s->gauss, s->weight);
    runge_kutta(s);
    size_t total = lay_out(s, NULL);
    s->block = grl_calloc(total, sizeof *s->block);
    s->pivots = grl_calloc(M * n + 2 * n + parameters, sizeof *s->pivots);
    if (!s->block || !s->pivots) {
        grl_bvp_solver_free(s);
        return grl_fail_memory(error, total, sizeof(double));
    }
    lay_out(s, s->block);
    grl_dense_serial();
    *solver = s;
    return GRL_OK;
}

void grl_bvp_solver_free(grl_bvp_solver *solver)
{
    if (!solver) return;
    free(solver->block);
    free(solver->pivots);
    free(solver);
}

const double *grl_bvp_transition(const grl_bvp_solver *solver, size_t i)
{
    return solver->A + i * solver->n * solver->n;
}

/* Stage 1 for interval i: V, A, B, c, and what its Gauss points add to the integral conditions. */
static bool condense(grl_bvp_solver *s, const grl_bvp *problem, const grl_bvp_solution *u, size_t i)
{
    size_t n = s->n, q = s->parameters, size = M * n, columns = n + q + 1, first = problem->boundary;
    double width = u->mesh[i + 1] - u->mesh[i];
    const double *x = u->x + i * n, *next = x + n, *stage = u->stage + i * size;
    double *V = s->V + i * size * columns, *last = V + (n + q) * size;

    for (size_t k = 0; k < M; k++)
        if (!problem->field(problem->context, stage + k * n, u->q, s->f + k * n, s->J + k * n * n,
                            s->Q + k * n * q))
            return false;

    for (size_t j = 0; j < M; j++)
        for (size_t k = 0; k < M; k++) {
            double factor = -width * s->a[j][k];
            const double *J = s->J + k * n * n;
            for (size_t b = 0; b < n; b++) {
                double *column = s->local + (k * n + b) * size + j * n;
                for (size_t a = 0; a < n; a++) column[a] = factor * J[a * n + b];
                if (j == k) column[b] += 1;
            }
        }
    memset(V, 0, size * columns * sizeof *V);
    for (size_t j = 0; j < M; j++)
        for (size_t a = 0; a < n; a++) {
            size_t row = j * n + a;
            double residual = stage[row] - x[a];
            V[a * size + row] = 1;
            for (size_t k = 0; k < M; k++) {
                double factor = width * s->a[j][k];
                residual -= factor * s->f[k * n + a];
                for (size_t l = 0; l < q; l++) V[(n + l) * size + row] += factor * s->Q[(k * n + a) * q + l];
            }
            last[row] = -residual;
        }
    if (!grl_dense_solve_columns(size, s->local, s->pivots, columns, V)) return false;

    double *A = s->A + i * n * n, *B = s->B + i * n * q, *c = s->c + i * n;
    for (size_t a = 0; a < n; a++) {
        c[a] = x[a] - next[a];
        for (size_t b = 0; b < n; b++) A[a * n + b] = a == b;
        for (size_t l = 0; l < q; l++) B[a * q + l] = 0;
        for (size_t k = 0; k < M; k++) {
            double factor = width * s->weight[k];
            const double *J = s->J + (k * n + a) * n;
            c[a] += factor * s->f[k * n + a];
            for (size_t l = 0; l < q; l++) B[a * q + l] += factor * s->Q[(k * n + a) * q + l];
            for (size_t d = 0; d < n; d++) {
                double slope = factor * J[d];
                const double *row = V + k * n + d;
                for (size_t b = 0; b < n; b++) A[a * n + b] += slope * row[b * size];
                for (size_t l = 0; l < q; l++) B[a * q + l] += slope * row[(n + l) * size];
                c[a] += slope * row[(n + q) * size];
            }
        }
    }

    for (size_t k = 0; k < M && problem->integral > 0; k++) {
        double weight = width * s->weight[k];
        memset(s->g, 0, problem->integral * sizeof *s->g);
        memset(s->Gu, 0, problem->integral * n * sizeof *s->Gu);
        memset(s->Gq, 0, problem->integral * q * sizeof *s->Gq);
        if (!problem->integrand(problem->context, i * M + k, stage + k * n, u->q, s->g, s->Gu, s->Gq))
            return false;
        for (size_t r = 0; r < problem->integral; r++) {
            double *C = s->C + (i * (n + q) + first + r) * n, *D = s->D + (first + r) * q;
            s->right[first + r] -= weight * s->g[r];
            for (size_t l = 0; l < q; l++) D[l] += weight * s->Gq[r * q + l];
            for (size_t d = 0; d < n; d++) {
                double slope = weight * s->Gu[r * n + d];
                const double *row = V + k * n + d;
                for (size_t b = 0; b < n; b++) C[b] += slope * row[b * size];
                for (size_t l = 0; l < q; l++) D[l] += slope * row[(n + l) * size];
                s->right[first + r] -= slope * row[(n + q) * size];
            }
        }
    }
    return true;
}

static bool add_ends(grl_bvp_solver *s, const grl_bvp *problem, const grl_bvp_solution *u)
{
    size_t n = s->n, q = s->parameters, conditions = n + q, N = u->intervals;
    if (problem->boundary == 0) return true;
    memset(s->g, 0, conditions * sizeof *s->g);
    memset(s->G0, 0, conditions * n * sizeof *s->G0);
    memset(s->G1, 0, conditions * n * sizeof *s->G1);
    memset(s->Gq, 0, conditions * q * sizeof *s->Gq);
    if (!problem->ends(problem->context, u->x, u->x + N * n, u->q, s->g, s->G0, s->G1, s->Gq)) return false;
    for (size_t r = 0; r < problem->boundary; r++) {
        s->right[r] -= s->g[r];
        for (size_t b = 0; b < n; b++) {
            s->C[r * n + b] += s->G0[r * n + b];
            s->C[(N * conditions + r) * n + b] += s->G1[r * n + b];
        }
        for (size_t l = 0; l < q; l++) s->D[r * q + l] += s->Gq[r * q + l];
    }
    return true;
}

/* Householder's reflections make the first n of `columns` columns of `pair` (2n rows) triangular. */
static bool reflect(size_t n, size_t columns, double *pair)
{
    size_t rows = 2 * n;
    for (size_t k = 0; k < n; k++) {
        double *v = pair + k * rows, square = 0;
        for (size_t i = k; i < rows; i++) square += v[i] * v[i];
        double norm = copysign(sqrt(square), v[k]);
        if (!(square > 0)) return false;
        double head = v[k] + norm, factor = 1 / (norm * head); /* 2 / |v|^2 with v[k] = head */
        v[k] = head;
        for (size_t j = k + 1; j < columns; j++) {
            double *column = pair + j * rows, sum = 0;
            for (size_t i = k; i < rows; i++) sum += v[i] * column[i];
            sum *= factor;
            for (size_t i = k; i < rows; i++) column[i] -= sum * v[i];
        }
        v[k] = -norm;
    }
    return true;
}

/* E = -U^-1 (top rows of the other columns); the last column with the other sign. */
static bool back_substitute(size_t n, size_t columns, const double *pair, double *E)
{
    for (size_t j = 0; j < columns; j++) {
        const double *column = pair + (n + j) * 2 * n;
        double *e = E + j * n, sign = j + 1 < columns ? -1 : 1;
        for (size_t a = n; a-- > 0;) {
            double sum = sign * column[a];
            for (size_t b = a + 1; b < n; b++) sum -= pair[b * 2 * n + a] * e[b];
            e[a] = sum / pair[a * 2 * n + a];
            if (!isfinite(e[a])) return false;
        }
    }
    return true;
}

/* Stages 2 and 3; `solution` has two columns: the Newton step, and the tangent. */
static bool eliminate(grl_bvp_solver *s, size_t N, bool tangent)
{
    size_t n = s->n, q = s->parameters, conditions = n + q, rows = 2 * n, columns = 2 * n + q + 1;
    size_t all = n + columns;
    double *pair = s->pair;
    /* Columns of `pair`: x[i], x[0], x[i+1], q, 1. The upper rows carry the relation of x[0] and x[i]. */
    memset(pair, 0, rows * all * sizeof *pair);
    for (size_t a = 0; a < n; a++) {
        pair[a * rows + a] = 1;
        for (size_t b = 0; b < n; b++) pair[(n + b) * rows + a] = -s->A[a * n + b];
        for (size_t l = 0; l < q; l++) pair[(3 * n + l) * rows + a] = -s->B[a * q + l];
        pair[(all - 1) * rows + a] = s->c[a];
    }
    for (size_t i = 1; i < N; i++) {
        const double *A = s->A + i * n * n, *B = s->B + i * n * q, *c = s->c + i * n;
        double *E = s->E + i * n * columns;
        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < n; b++) {
                pair[b * rows + n + a] = -A[a * n + b];
                pair[(n + b) * rows + n + a] = 0;
                pair[(2 * n + b) * rows + a] = 0;
                pair[(2 * n + b) * rows + n + a] = a == b;
            }
            for (size_t l = 0; l < q; l++) pair[(3 * n + l) * rows + n + a] = -B[a * q + l];
            pair[(all - 1) * rows + n + a] = c[a];
        }
        if (!reflect(n, all, pair) || !back_substitute(n, columns, pair, E)) return false;
        /* The lower rows become the new relation, between x[0] and x[i+1]. */
        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < n; b++) {
                pair[b * rows + a] = pair[(2 * n + b) * rows + n + a];
                pair[(n + b) * rows + a] = pair[(n + b) * rows + n + a];
            }
            for (size_t l = 0; l <= q; l++) pair[(3 * n + l) * rows + a] = pair[(3 * n + l) * rows + n + a];
        }
        for (size_t r = 0; r < conditions; r++) {
            const double *C = s->C + (i * conditions + r) * n;
            double *C0 = s->C + r * n, *C1 = s->C + ((i + 1) * conditions + r) * n, *D = s->D + r * q;
            for (size_t a = 0; a < n; a++) {
                double factor = C[a];
                if (factor == 0) continue;
                for (size_t b = 0; b < n; b++) {
                    C0[b] += factor * E[b * n + a];
                    C1[b] += factor * E[(n + b) * n + a];
                }
                for (size_t l = 0; l < q; l++) D[l] += factor * E[(2 * n + l) * n + a];
                s->right[r] -= factor * E[(columns - 1) * n + a];
            }
        }
    }

    size_t size = 2 * n + q;
    double *dense = s->dense;
    memset(s->solution, 0, 2 * size * sizeof *dense);
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++) {
            dense[b * size + a] = pair[(n + b) * rows + a];
            dense[(n + b) * size + a] = pair[b * rows + a];
        }
        for (size_t l = 0; l < q; l++) dense[(2 * n + l) * size + a] = pair[(3 * n + l) * rows + a];
        s->solution[a] = pair[(all - 1) * rows + a];
    }
    for (size_t r = 0; r < conditions; r++) {
        for (size_t b = 0; b < n; b++) {
            dense[b * size + n + r] = s->C[r * n + b];
            dense[(n + b) * size + n + r] = s->C[(N * conditions + r) * n + b];
        }
        for (size_t l = 0; l < q; l++) dense[(2 * n + l) * size + n + r] = s->D[r * q + l];
        s->solution[n + r] = s->right[r];
    }
    s->solution[2 * size - 1] = 1;
    return grl_dense_solve_columns(size, dense, s->pivots, tangent ? 2 : 1, s->solution);
}

/* dx and dq from a column of `solution`; constant: with the residuals' part (a Newton step) or without. */
static void substitute(grl_bvp_solver *s, size_t N, const double *column, bool constant)
{
    size_t n = s->n, q = s->parameters, columns = 2 * n + q + 1;
    memcpy(s->dx, column, n * sizeof *s->dx);
    memcpy(s->dx + N * n, column + n, n * sizeof *s->dx);
    memcpy(s->dq, column + 2 * n, q * sizeof *s->dq);
    for (size_t i = N - 1; i > 0; i--) {
        const double *E = s->E + i * n * columns;
        double *dx = s->dx + i * n;
        for (size_t a = 0; a < n; a++) {
            double sum = constant ? E[(columns - 1) * n + a] : 0;
            for (size_t b = 0; b < n; b++) sum += E[b * n + a] * s->dx[b] + E[(n + b) * n + a] * dx[n + b];
            for (size_t l = 0; l < q; l++) sum += E[(2 * n + l) * n + a] * s->dq[l];
            dx[a] = sum;
        }
    }
}

/* target += scale * (dx, the stages' part, dq), or = if `fresh`. Returns the largest change, NaN if any is. */
static double apply(grl_bvp_solver *s, size_t N, bool constant, bool fresh, grl_bvp_solution *target)
{
    size_t n = s->n, q = s->parameters, size = M * n;
    double largest = 0;
    if (fresh) {
        memset(target->x, 0, (N + 1) * n * sizeof(double));
        memset(target->stage, 0, N * size * sizeof(double));
        memset(target->q, 0, q * sizeof(double));
    }
    for (size_t k = 0; k < (N + 1) * n; k++) {
        target->x[k] += s->dx[k];
        if (!(fabs(s->dx[k]) <= largest)) largest = fabs(s->dx[k]);
    }
    for (size_t l = 0; l < q; l++) {
        double relative = fabs(s->dq[l]) / (1 + fabs(target->q[l]));
        target->q[l] += s->dq[l];
        if (!(relative <= largest)) largest = relative;
    }
    for (size_t i = 0; i < N; i++) {
        const double *V = s->V + i * size * (n + q + 1), *dx = s->dx + i * n;
        double *stage = target->stage + i * size;
        for (size_t b = 0; b < n; b++)
            for (size_t row = 0; row < size; row++) stage[row] += V[b * size + row] * dx[b];
        for (size_t l = 0; l < q; l++)
            for (size_t row = 0; row < size; row++) stage[row] += V[(n + l) * size + row] * s->dq[l];
        if (constant)
            for (size_t row = 0; row < size; row++) stage[row] += V[(n + q) * size + row];
    }
    return largest;
}

grl_bvp_outcome grl_bvp_solve(grl_bvp_solver *solver, const grl_bvp *problem, grl_bvp_solution *u,
                              double tolerance, int most, grl_bvp_solution *tangent)
{
    grl_bvp_solver *s = solver;
    size_t n = s->n, q = s->parameters, conditions = n + q, N = u->intervals, size = 2 * n + q;
    grl_bvp_outcome outcome = {false, 0, INFINITY, INFINITY};
    double before = INFINITY;
    for (; outcome.iterations < most; outcome.iterations++) {
        memset(s->C, 0, (N + 1) * conditions * n * sizeof *s->C);
        memset(s->D, 0, conditions * q * sizeof *s->D);
        memset(s->right, 0, conditions * sizeof *s->right);
        for (size_t i = 0; i < N; i++)
            if (!condense(s, problem, u, i)) return outcome;
        if (!add_ends(s, problem, u) || !eliminate(s, N, tangent)) return outcome;
        substitute(s, N, s->solution, true);
        outcome.last = apply(s, N, true, false, u);
        if (outcome.iterations == 0) outcome.first = outcome.last;
        /* Quadratic convergence: the next correction is about last^2 / before. Where corrections are so small
           that they do not shrink, only rounding is left. */
        double next = outcome.last * fmin(1, isinf(before) ? 1 : outcome.last / before);
        outcome.converged =
            next <= tolerance || (outcome.last < stagnant * tolerance && outcome.last > 0.5 * before);
        if (outcome.converged || !(outcome.last < 1e3) || (outcome.iterations > 1 && outcome.last > before))
            break;
        before = outcome.last;
    }
    outcome.iterations++;
    if (tangent && outcome.converged) {
        substitute(s, N, s->solution + size, false);
        tangent->intervals = N;
        memcpy(tangent->mesh, u->mesh, (N + 1) * sizeof *u->mesh);
        apply(s, N, false, true, tangent);
    }
    return outcome;
}
