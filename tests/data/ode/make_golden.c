/* make_golden.c: golden values for test_ode.c and test_simulate.c, from SUNDIALS.
 *
 *     cc -O2 make_golden.c -o make_golden -lsundials_arkode -lsundials_cvode \
 *         -lsundials_sunlinsoldense -lsundials_sunmatrixdense -lsundials_nvecserial -lm
 *     ./make_golden > golden.csv
 *
 * Every value is computed twice: by ERKStep (an explicit Runge-Kutta pair of order 8) and by CVODE (Adams
 * methods of variable order, the linear systems by dense LU), both at relative tolerance 1e-13. What is
 * written is the first; the last column is the largest difference to the second.
 *
 * The GRU networks are made by formula: number k of the matrices and biases, counted through U_z, U_r, U_h,
 * W_z, W_r, W_h, b_z, b_r, b_h, c_h, all row-major, is 2 sin(k + 1). Their input has one component. */
#include <arkode/arkode_erkstep.h>
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

enum { MAX = 8 };

typedef struct network {
    int n, after;
    double U[3][MAX * MAX], W[3][MAX], b[3][MAX], c[MAX];
    double t0, t1, x0, x1; /* the input, linear between t0 and t1 */
} network;

static void fill(network *g, int n, int after)
{
    int k = 0;
    g->n = n;
    g->after = after;
    for (int q = 0; q < 3; q++)
        for (int i = 0; i < n * n; i++) g->U[q][i] = 2 * sin(++k);
    for (int q = 0; q < 3; q++)
        for (int i = 0; i < n; i++) g->W[q][i] = 2 * sin(++k);
    for (int q = 0; q < 3; q++)
        for (int i = 0; i < n; i++) g->b[q][i] = 2 * sin(++k);
    for (int i = 0; i < n; i++) g->c[i] = 2 * sin(++k);
}

static int gru(realtype t, N_Vector yv, N_Vector fv, void *user)
{
    const network *g = user;
    const double *h = N_VGetArrayPointer(yv);
    double *f = N_VGetArrayPointer(fv), r[MAX], z[MAX];
    int n = g->n;
    double x = g->x0 + (g->x1 - g->x0) * (t - g->t0) / (g->t1 - g->t0);
    for (int i = 0; i < n; i++) {
        double a = g->W[0][i] * x + g->b[0][i], d = g->W[1][i] * x + g->b[1][i];
        for (int j = 0; j < n; j++) {
            a += g->U[0][i * n + j] * h[j];
            d += g->U[1][i * n + j] * h[j];
        }
        z[i] = 1 / (1 + exp(-a));
        r[i] = 1 / (1 + exp(-d));
    }
    for (int i = 0; i < n; i++) {
        double a = g->W[2][i] * x + g->b[2][i], s = g->after ? g->c[i] : 0;
        for (int j = 0; j < n; j++) s += g->U[2][i * n + j] * (g->after ? 1 : r[j]) * h[j];
        f[i] = (1 - z[i]) * (tanh(a + (g->after ? r[i] : 1) * s) - h[i]);
    }
    return 0;
}

static int van_der_pol(realtype t, N_Vector yv, N_Vector fv, void *user)
{
    const double *y = N_VGetArrayPointer(yv);
    double *f = N_VGetArrayPointer(fv);
    (void)t;
    (void)user;
    f[0] = y[1];
    f[1] = (1 - y[0] * y[0]) * y[1] - y[0];
    return 0;
}

static void check(int flag, const char *what)
{
    if (flag < 0) {
        fprintf(stderr, "%s: %d\n", what, flag);
        exit(1);
    }
}

/* y from t0 to t1 by both programs; y gets ERKStep's answer, other CVODE's. */
static void solve(int (*field)(realtype, N_Vector, N_Vector, void *), void *user, int n, double t0, double t1,
                  double *y, double *other)
{
    SUNContext sun;
    SUNContext_Create(NULL, &sun);
    realtype t;
    N_Vector v = N_VMake_Serial(n, y, sun);
    void *erk = ERKStepCreate(field, t0, v, sun);
    check(ERKStepSStolerances(erk, 1e-13, 1e-14), "tolerances");
    check(ERKStepSetOrder(erk, 8), "order");
    check(ERKStepSetUserData(erk, user), "data");
    check(ERKStepSetMaxNumSteps(erk, 10000000), "steps");
    check(ERKStepSetStopTime(erk, t1), "stop");
    check(ERKStepEvolve(erk, t1, v, &t, ARK_NORMAL), "ERKStep");
    N_Vector w = N_VMake_Serial(n, other, sun);
    void *cv = CVodeCreate(CV_ADAMS, sun);
    check(CVodeInit(cv, field, t0, w), "init");
    check(CVodeSStolerances(cv, 1e-13, 1e-14), "tolerances");
    SUNMatrix A = SUNDenseMatrix(n, n, sun);
    SUNLinearSolver S = SUNLinSol_Dense(w, A, sun);
    check(CVodeSetLinearSolver(cv, S, A), "solver");
    check(CVodeSetUserData(cv, user), "data");
    check(CVodeSetMaxNumSteps(cv, 10000000), "steps");
    check(CVodeSetStopTime(cv, t1), "stop");
    check(CVode(cv, t1, w, &t, CV_NORMAL), "CVODE");
    ERKStepFree(&erk);
    CVodeFree(&cv);
    SUNLinSolFree(S);
    SUNMatDestroy(A);
    N_VDestroy(v);
    N_VDestroy(w);
    SUNContext_Free(&sun);
}

static void print(const char *name, int n, double t, const double *y, const double *other)
{
    double difference = 0;
    printf("%s,%.17g", name, t);
    for (int i = 0; i < n; i++) {
        printf(",%.17g", y[i]);
        difference = fmax(difference, fabs(y[i] - other[i]));
    }
    printf(",%.1e\n", difference);
}

/* A course of the input: value k at time[k]; held or linear in between; constant at both ends. */
static void course(const char *name, int n, int after, int linear)
{
    static const double time[] = {0, 1.5, 2, 6, 7}, value[] = {0.5, -1, 2, 0.25, -0.75};
    network g;
    double y[MAX], other[MAX];
    fill(&g, n, after);
    for (int i = 0; i < n; i++) y[i] = other[i] = 0.1 * (i + 1);
    for (int k = 0; k < 5; k++) {
        g.t0 = time[k];
        g.t1 = k < 4 ? time[k + 1] : 20;
        g.x0 = value[k];
        g.x1 = linear && k < 4 ? value[k + 1] : value[k];
        solve(gru, &g, n, g.t0, g.t1, y, other);
        print(name, n, g.t1, y, other);
    }
}

int main(void)
{
    puts("# problem, t, y..., difference between ERKStep and CVODE; made by make_golden.c");
    {
        static const double ends[] = {1, 5, 10, 20};
        double y[2] = {2, 0}, other[2] = {2, 0}, t = 0;
        for (int k = 0; k < 4; k++) {
            solve(van_der_pol, NULL, 2, t, ends[k], y, other);
            print("van_der_pol", 2, t = ends[k], y, other);
        }
    }
    {
        /* U_h = 3 R(0.5), the rest zero: towards a cycle. */
        static const double ends[] = {10, 30, 75};
        network g;
        memset(&g, 0, sizeof g);
        g.n = 2;
        g.t1 = 1;
        g.U[2][0] = g.U[2][3] = 3 * cos(0.5);
        g.U[2][1] = -3 * sin(0.5);
        g.U[2][2] = 3 * sin(0.5);
        double y[2] = {0.1, 0}, other[2] = {0.1, 0}, t = 0;
        for (int k = 0; k < 3; k++) {
            solve(gru, &g, 2, t, ends[k], y, other);
            print("rotation", 2, t = ends[k], y, other);
        }
    }
    course("held_before", 3, 0, 0);
    course("held_after", 3, 1, 0);
    course("linear_before", 3, 0, 1);
    course("linear_after", 5, 1, 1);
    return 0;
}
