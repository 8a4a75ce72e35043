/* chart_normal.c: coefficients of the normal forms of folds, cusps, Bogdanov-Takens and Hopf points in the plane.
 *
 * With the field J y + B(y,y)/2 + C(y,y,y)/6 + .. and J q = 0, J^T p = 0, <p,q> = 1, |q| = 1 (Kuznetsov 2004,
 * eq. 5.21, 8.126 and 8.128; the second for one zero eigenvalue):
 *
 *     fold   a = <p, B(q,q)> / 2
 *     cusp   c = <p, C(q,q,q) + 3 B(q,s)> / 6,  J s = -B(q,q) with <p,s> = 0
 *     BT     a = <p1, B(q0,q0)> / 2, b = <p0, B(q0,q0)> + <p1, B(q0,q1)>,  J q1 = q0, J^T p0 = p1, <p0,q1> = 0
 *
 * Hopf points by a formal first integral (Poincare 1885; Andronov et al. 1971): in z with h = z q + conj,
 * z' = i omega z + g(z, conj z), the terms of V = |z|^2 + .. are chosen, order by order, such that
 *
 *     V' = eta_1 |z|^4 + eta_2 |z|^6 + ..;    the term z^j conj(z)^k of V is divided by i omega (j - k)
 *
 * and l1 = eta_1 / (2 omega), l2 = eta_2 / (2 omega) as in Kuznetsov (2004, section 3.5 and 8.3). */
#include "bifurcation/chart_normal.h"

#include <complex.h>
#include <math.h>
#include <string.h>

void grl_chart_taylor_at(const grl_chart_map *map, int order, const double a[2], grl_chart_taylor *field)
{
    const grl_interval point[2] = {interval_exactly(a[0]), interval_exactly(a[1])};
    grl_jet jets[2];
    grl_chart_field(map, order, point, jets);
    memset(field, 0, sizeof *field);
    for (int i = 0; i < 2; i++)
        for (size_t k = 0; k < jet_terms(order); k++) field->c[i][k] = interval_middle(jets[i].c[k]);
}

static void linear(const grl_chart_taylor *f, double J[2][2])
{
    for (int i = 0; i < 2; i++) {
        J[i][0] = f->c[i][jet_index(1, 0)];
        J[i][1] = f->c[i][jet_index(0, 1)];
    }
}

/* B(u,v): the quadratic terms, polarised. */
static void bilinear(const grl_chart_taylor *f, const double *u, const double *v, double *out)
{
    for (int i = 0; i < 2; i++)
        out[i] = 2 * f->c[i][jet_index(2, 0)] * u[0] * v[0] +
                 f->c[i][jet_index(1, 1)] * (u[0] * v[1] + u[1] * v[0]) +
                 2 * f->c[i][jet_index(0, 2)] * u[1] * v[1];
}

static double dot(const double *u, const double *v)
{
    return u[0] * v[0] + u[1] * v[1];
}

/* A unit vector in the kernel of M, taken from the longer row; `transposed`: of M^T. */
static void kernel(double M[2][2], int transposed, double *v)
{
    double rows[2][2];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) rows[i][j] = transposed ? M[j][i] : M[i][j];
    const int i = hypot(rows[1][0], rows[1][1]) > hypot(rows[0][0], rows[0][1]);
    const double size = hypot(rows[i][0], rows[i][1]);
    v[0] = -rows[i][1] / size;
    v[1] = rows[i][0] / size;
}

double grl_chart_fold(const grl_chart_taylor *field, double near[2])
{
    double J[2][2], q[2], p[2], B[2];
    linear(field, J);
    kernel(J, 0, q);
    kernel(J, 1, p);
    if (dot(q, near) < 0)
        for (int i = 0; i < 2; i++) q[i] = -q[i];
    memcpy(near, q, sizeof q);
    bilinear(field, q, q, B);
    return 0.5 * dot(p, B) / dot(p, q);
}

double grl_chart_cusp(const grl_chart_taylor *field)
{
    double J[2][2], q[2], p[2], B[2], mixed[2], s[2];
    linear(field, J);
    kernel(J, 0, q);
    kernel(J, 1, p);
    const double scale = dot(p, q);
    bilinear(field, q, q, B);
    /* B has no part along q here, so s = -B / (the other eigenvalue), an eigenvector of it. */
    const double other = J[0][0] + J[1][1], along = dot(p, B) / scale;
    for (int i = 0; i < 2; i++) s[i] = -(B[i] - along * q[i]) / other;
    bilinear(field, q, s, mixed);
    double c = 0.5 * dot(p, mixed);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j <= 3; j++)
            c += p[i] * field->c[i][jet_index(3 - j, j)] * pow(q[0], 3 - j) * pow(q[1], j);
    return c / scale;
}

void grl_chart_bogdanov_takens(const grl_chart_taylor *field, double *a, double *b)
{
    double J[2][2], q0[2], p1[2], q1[2], p0[2], B00[2], B01[2];
    linear(field, J);
    kernel(J, 0, q0);
    kernel(J, 1, p1);
    /* J is q0 times a multiple of p1, since it is nilpotent: J v = k <p1, v> q0. */
    const double k =
        q0[0] * (J[0][0] * p1[0] + J[0][1] * p1[1]) + q0[1] * (J[1][0] * p1[0] + J[1][1] * p1[1]);
    for (int i = 0; i < 2; i++) q1[i] = p1[i] / k; /* at a right angle to q0 */
    /* <p1, q1> = 1 by scaling p1; then p0 with J^T p0 = p1 is q0 itself, and <p0, q1> = 0. */
    for (int i = 0; i < 2; i++) p1[i] *= k;
    memcpy(p0, q0, sizeof p0);
    bilinear(field, q0, q0, B00);
    bilinear(field, q0, q1, B01);
    *a = 0.5 * dot(p1, B00);
    *b = dot(p0, B00) + dot(p1, B01);
}

/* Polynomials in z and conj(z), placed as in a grl_jet, here up to order 6. */
enum { ORDER = 6, TERMS = 28 };

static void times(const double complex *a, const double complex *b, double complex *out)
{
    double complex sum[TERMS] = {0};
    for (int p = 0; p <= ORDER; p++)
        for (int i = 0; i <= p; i++)
            for (int q = 0; p + q <= ORDER; q++)
                for (int j = 0; j <= q; j++)
                    sum[jet_index(p + q - i - j, i + j)] += a[jet_index(p - i, i)] * b[jet_index(q - j, j)];
    memcpy(out, sum, sizeof sum);
}

/* g(z, conj z) = <p, f(z q + conj)>, terms of order 2 to 5. */
static void in_z(const grl_chart_taylor *f, const double complex *q, const double complex *p,
                 double complex *g)
{
    double complex powers[2][ORDER][TERMS] = {{{0}}}, product[TERMS];
    memset(g, 0, TERMS * sizeof *g);
    for (int i = 0; i < 2; i++) {
        double complex h[TERMS] = {0};
        h[jet_index(1, 0)] = q[i];
        h[jet_index(0, 1)] = conj(q[i]);
        powers[i][0][0] = 1;
        for (int k = 1; k < ORDER; k++) times(powers[i][k - 1], h, powers[i][k]);
    }
    for (int d = 2; d < ORDER; d++)
        for (int j = 0; j <= d; j++) {
            times(powers[0][d - j], powers[1][j], product);
            double complex value = 0;
            for (int i = 0; i < 2; i++) value += conj(p[i]) * f->c[i][jet_index(d - j, j)];
            for (int k = 0; k < TERMS; k++) g[k] += value * product[k];
        }
}

void grl_chart_hopf(const grl_chart_taylor *field, double *omega, double *l1, double *l2)
{
    double J[2][2];
    double complex g[TERMS], V[TERMS] = {0}, slope[TERMS], product[TERMS];
    linear(field, J);
    const double w = sqrt(J[0][0] * J[1][1] - J[0][1] * J[1][0]);
    double complex q[2] = {J[0][1], I * w - J[0][0]}, p[2] = {J[1][0], -I * w - J[0][0]};
    const double size = sqrt(creal(q[0] * conj(q[0]) + q[1] * conj(q[1])));
    for (int i = 0; i < 2; i++) q[i] /= size;
    const double complex scale = conj(conj(p[0]) * q[0] + conj(p[1]) * q[1]);
    for (int i = 0; i < 2; i++) p[i] /= scale;
    in_z(field, q, p, g);

    double eta[2] = {0, 0};
    V[jet_index(1, 1)] = 1;
    for (int d = 3; d <= (l2 ? ORDER : 4); d++) {
        /* V' = 2 Re (V_z g) at this order, of the terms of V found so far. */
        memset(slope, 0, sizeof slope);
        for (int e = 2; e < d; e++)
            for (int k = 0; k < e; k++) slope[jet_index(e - k - 1, k)] = (e - k) * V[jet_index(e - k, k)];
        times(slope, g, product);
        for (int k = 0; k <= d; k++) {
            const int j = d - k;
            const double complex rate = product[jet_index(j, k)] + conj(product[jet_index(k, j)]);
            if (j == k)
                eta[j - 2] = creal(rate);
            else
                V[jet_index(j, k)] = -rate / (I * w * (j - k));
        }
    }
    *omega = w;
    *l1 = eta[0] / (2 * w);
    if (l2) *l2 = eta[1] / (2 * w);
}
