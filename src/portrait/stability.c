/* stability.c: eigenvalues and proofs of stability for up to three units.
 *
 * At a fixed point n(h) = h, so the term of z' drops out of the Jacobian (notation of field.c):
 *
 *     Df = diag(1 - z) (dn/dh - I)
 *     dn/dh = diag(1 - h^2) U_h [diag(r) + diag(h r (1 - r)) U_r]       reset before
 *     dn/dh = diag(1 - h^2) [diag(r) U_h + diag(v r (1 - r)) U_r]       reset after
 *
 * Over an interval that holds the point this gives an interval matrix, then an interval characteristic
 * polynomial, and Routh's scheme counts the roots to the right of the imaginary axis by the changes of sign
 * in its first column (Routh 1877; Gantmacher 1959, chapter XV), which proves the count where no sign is in
 * doubt. For the map, mu = (1 + w) / (1 - w) takes the unit disc to the left half-plane.
 *
 * Eigenvalues: the quadratic formula without cancellation. For three units, QR steps shifted by a real root
 * of the characteristic polynomial (found by bisection) split off one eigenvalue, and the quadratic formula
 * gives the others: backward stable, also where eigenvalues coincide. Where the rows of Df differ by many
 * orders of magnitude (saturated update gates) that loses the smallest eigenvalues, while the roots of the
 * polynomial keep their relative accuracy; these are taken there. */
#include "portrait/stability.h"

#include "cell/cell.h"
#include "num/interval.h"

#include <complex.h>
#include <math.h>
#include <string.h>

/* a b - c d to about one rounding (Kahan's scheme; Jeannerod, Louvet and Muller 2013). */
static double difference_of_products(double a, double b, double c, double d)
{
    double w = c * d, e = fma(-c, d, w);
    return fma(a, b, -w) + e;
}

static void quadratic(double sum, double product, double discriminant, double *eigenvalues)
{
    /* discriminant = (half the difference of the roots) squared */
    double half = sum / 2;
    if (discriminant < 0) {
        eigenvalues[0] = eigenvalues[2] = half;
        eigenvalues[1] = sqrt(-discriminant);
        eigenvalues[3] = -eigenvalues[1];
        return;
    }
    double larger = half + copysign(sqrt(discriminant), half);
    eigenvalues[0] = larger;
    eigenvalues[2] = larger != 0 ? product / larger : 0;
    eigenvalues[1] = eigenvalues[3] = 0;
}

/* lambda^3 + c2 lambda^2 + c1 lambda + c0: a real root. */
static double real_root(double c2, double c1, double c0)
{
    double bound = 1 + fmax(fabs(c2), fmax(fabs(c1), fabs(c0))), lo = -bound, hi = bound; /* Cauchy's bound */
    if (c0 == 0) return 0;
    if (c0 > 0)
        hi = 0;
    else
        lo = 0;
    for (int i = 0; i < 2000; i++) {
        double middle = 0.5 * (lo + hi), value = ((middle + c2) * middle + c1) * middle + c0;
        if (middle == lo || middle == hi) return middle;
        if (value == 0) return middle;
        if (value < 0)
            lo = middle;
        else
            hi = middle;
    }
    return 0.5 * (lo + hi);
}

/* The other two roots of lambda^3 + c2 lambda^2 + c1 lambda + c0 once one is known. */
static void other_roots(double c2, double c1, double c0, double root, double *eigenvalues)
{
    double product = c1, sum = -c2;
    if (root != 0) {
        product = -c0 / root;
        double error_forward = fabs(c2) + fabs(root),
               error_backward = (fabs(c1) + fabs(product)) / fabs(root);
        sum = error_forward < error_backward ? -c2 - root : (c1 - product) / root;
    }
    quadratic(sum, product, difference_of_products(sum / 2, sum / 2, 1, product), eigenvalues);
}

/* A := R Q + shift with A - shift = Q R, by three plane rotations. */
static void qr_step(double A[3][3], double shift)
{
    static const int planes[3][2] = {{0, 1}, {0, 2}, {1, 2}};
    double cosine[3], sine[3];
    for (int i = 0; i < 3; i++) A[i][i] -= shift;
    for (int p = 0; p < 3; p++) {
        int i = planes[p][0], j = planes[p][1];
        double length = hypot(A[i][i], A[j][i]);
        cosine[p] = length > 0 ? A[i][i] / length : 1;
        sine[p] = length > 0 ? A[j][i] / length : 0;
        for (int k = 0; k < 3; k++) {
            double upper = A[i][k], lower = A[j][k];
            A[i][k] = cosine[p] * upper + sine[p] * lower;
            A[j][k] = cosine[p] * lower - sine[p] * upper;
        }
    }
    for (int p = 0; p < 3; p++) {
        int i = planes[p][0], j = planes[p][1];
        for (int k = 0; k < 3; k++) {
            double left = A[k][i], right = A[k][j];
            A[k][i] = cosine[p] * left + sine[p] * right;
            A[k][j] = cosine[p] * right - sine[p] * left;
        }
    }
    for (int i = 0; i < 3; i++) A[i][i] += shift;
}

static void two_by_two(double a, double b, double c, double d, double *eigenvalues)
{
    double half = (a - d) / 2;
    quadratic(a + d, difference_of_products(a, d, b, c), fma(half, half, b * c), eigenvalues);
}

static void spectrum_three(const double *J, double *eigenvalues)
{
    double m01 = difference_of_products(J[0], J[4], J[1], J[3]),
           m02 = difference_of_products(J[0], J[8], J[2], J[6]),
           m12 = difference_of_products(J[4], J[8], J[5], J[7]);
    double c2 = -(J[0] + J[4] + J[8]), c1 = m01 + m02 + m12;
    double c0 = -(J[0] * m12 - J[1] * difference_of_products(J[3], J[8], J[5], J[6]) +
                  J[2] * difference_of_products(J[3], J[7], J[4], J[6]));
    double root = real_root(c2, c1, c0), norm = 0, smallest = INFINITY, A[3][3];
    for (int i = 0; i < 9; i++) norm = fmax(norm, fabs(J[i]));
    eigenvalues[0] = root;
    eigenvalues[1] = 0;
    other_roots(c2, c1, c0, root, eigenvalues + 2);
    for (int k = 0; k < 3; k++) smallest = fmin(smallest, hypot(eigenvalues[2 * k], eigenvalues[2 * k + 1]));
    if (smallest < 1e-6 * norm) return;

    memcpy(A, J, sizeof A);
    for (int step = 0; step < 60; step++) {
        if (fabs(A[2][0]) + fabs(A[2][1]) <= 0x1p-52 * norm) {
            eigenvalues[0] = A[2][2];
            two_by_two(A[0][0], A[0][1], A[1][0], A[1][1], eigenvalues + 2);
            return;
        }
        if (fabs(A[1][0]) + fabs(A[2][0]) <= 0x1p-52 * norm) {
            eigenvalues[0] = A[0][0];
            two_by_two(A[1][1], A[1][2], A[2][1], A[2][2], eigenvalues + 2);
            return;
        }
        qr_step(A, step < 3 ? root : A[2][2]);
    }
}

static double complex at(const double *J, size_t n, double complex lambda, size_t i, size_t j)
{
    return J[i * n + j] - (i == j ? lambda : 0);
}

/* A null vector of J - lambda for n <= 3; `copy` tells apart the vectors of an eigenvalue that was met
 * before. */
static void null_vector(size_t n, const double *J, double complex lambda, int copy, double complex *v)
{
    double scale = cabs(lambda), tolerance;
    for (size_t i = 0; i < n * n; i++) scale = fmax(scale, fabs(J[i]));
    tolerance = 1e-12 * scale;
    memset(v, 0, n * sizeof *v);

    /* The largest row, and for three units the largest product of two rows. */
    size_t row = 0;
    double size = -1;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) sum += cabs(at(J, n, lambda, i, j));
        if (sum > size) {
            size = sum;
            row = i;
        }
    }
    if (n == 1 || size <= tolerance) {
        v[copy % (int)n] = 1;
        return;
    }
    if (n == 2) {
        v[0] = -at(J, n, lambda, row, 1);
        v[1] = at(J, n, lambda, row, 0);
        return;
    }
    double best = -1;
    for (size_t i = 0; i < 3; i++) {
        size_t p = (i + 1) % 3, q = (i + 2) % 3;
        double complex cross[3];
        double sum = 0;
        for (size_t k = 0; k < 3; k++) {
            size_t a = (k + 1) % 3, b = (k + 2) % 3;
            cross[k] = at(J, n, lambda, p, a) * at(J, n, lambda, q, b) -
                       at(J, n, lambda, p, b) * at(J, n, lambda, q, a);
            sum += cabs(cross[k]);
        }
        if (sum > best) {
            best = sum;
            memcpy(v, cross, sizeof cross);
        }
    }
    if (best > tolerance * scale) return;
    /* One independent row w: v and then w x v are orthogonal to it. */
    double complex w[3], first[3] = {0};
    size_t largest = 0;
    for (size_t k = 0; k < 3; k++) {
        w[k] = at(J, n, lambda, row, k);
        if (cabs(w[k]) > cabs(w[largest])) largest = k;
    }
    first[(largest + 1) % 3] = w[largest];
    first[largest] = -w[(largest + 1) % 3];
    if (copy == 0) {
        memcpy(v, first, sizeof first);
        return;
    }
    for (size_t k = 0; k < 3; k++)
        v[k] = w[(k + 1) % 3] * first[(k + 2) % 3] - w[(k + 2) % 3] * first[(k + 1) % 3];
}

void grl_spectrum_small(size_t n, const double *J, double *eigenvalues, double *eigenvectors)
{
    if (n == 1) {
        eigenvalues[0] = J[0];
        eigenvalues[1] = 0;
    } else if (n == 2) {
        two_by_two(J[0], J[1], J[2], J[3], eigenvalues);
    } else {
        spectrum_three(J, eigenvalues);
    }
    for (size_t k = 0; eigenvectors && k < n; k++) {
        double complex v[GRL_SMALL_UNITS], lambda = eigenvalues[2 * k] + eigenvalues[2 * k + 1] * I;
        int copy = 0;
        for (size_t j = 0; j < k; j++)
            copy += fabs(eigenvalues[2 * j] - eigenvalues[2 * k]) +
                        fabs(eigenvalues[2 * j + 1] - eigenvalues[2 * k + 1]) <=
                    1e-12 * cabs(lambda);
        null_vector(n, J, lambda, copy, v);
        double norm = 0;
        for (size_t i = 0; i < n; i++) norm = hypot(norm, cabs(v[i]));
        for (size_t i = 0; i < n; i++) {
            eigenvectors[2 * (k * n + i)] = creal(v[i]) / norm;
            eigenvectors[2 * (k * n + i) + 1] = cimag(v[i]) / norm;
        }
    }
}

/* sum_j U_j x_j + b, with the bias known to `radius`. */
static grl_interval affine(size_t n, const double *U, const grl_interval *x, double b, double radius)
{
    grl_interval sum = {interval_below(b - radius), interval_above(b + radius)};
    for (size_t j = 0; j < n; j++) sum = interval_add(sum, interval_multiply(interval_exactly(U[j]), x[j]));
    return sum;
}

/* Interval matrices that hold 1 - z and dn/dh - I at the fixed point in the box: Df = diag(pass) B. */
static void enclose_jacobian(const grl_cell *cell, const double *box, grl_interval *pass, grl_interval *B)
{
    size_t n = cell->n;
    grl_interval h[GRL_SMALL_UNITS], r[GRL_SMALL_UNITS], slope[GRL_SMALL_UNITS], w[GRL_SMALL_UNITS];
    const double *U_z = cell->block[GRL_U_Z], *U_r = cell->block[GRL_U_R], *U_h = cell->block[GRL_U_H];
    const grl_interval one = {1, 1};
    int after = cell->reset == GRL_RESET_AFTER;

    for (size_t i = 0; i < n; i++) h[i] = (grl_interval){box[2 * i], box[2 * i + 1]};
    interval_tanh(n, h);
    for (size_t i = 0; i < n; i++) {
        double radius_z = cell->bias_radius ? cell->bias_radius[i] : 0,
               radius_r = cell->bias_radius ? cell->bias_radius[n + i] : 0;
        slope[i] = interval_multiply(interval_subtract(one, h[i]), interval_add(one, h[i]));
        pass[i] = interval_negate(affine(n, U_z + i * n, h, cell->block[GRL_B_Z][i], radius_z));
        r[i] = affine(n, U_r + i * n, h, cell->block[GRL_B_R][i], radius_r);
    }
    interval_sigma(n, pass);
    interval_sigma(n, r);
    for (size_t i = 0; i < n; i++)
        w[i] = interval_multiply(interval_multiply(r[i], interval_subtract(one, r[i])),
                                 after ? affine(n, U_h + i * n, h, cell->block[GRL_C_H][i], 0) : h[i]);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            grl_interval sum = interval_multiply(interval_exactly(U_h[i * n + k]), after ? r[i] : r[k]);
            if (after) sum = interval_add(sum, interval_multiply(w[i], interval_exactly(U_r[i * n + k])));
            for (size_t j = 0; !after && j < n; j++)
                sum = interval_add(
                    sum, interval_multiply(interval_multiply(interval_exactly(U_h[i * n + j]), w[j]),
                                           interval_exactly(U_r[j * n + k])));
            sum = interval_multiply(slope[i], sum);
            if (i == k) sum = interval_subtract(sum, one);
            B[i * n + k] = sum;
        }
}

static grl_interval minor_of(size_t n, const grl_interval *J, size_t i, size_t j, size_t k, size_t l)
{
    return interval_subtract(interval_multiply(J[i * n + k], J[j * n + l]),
                             interval_multiply(J[i * n + l], J[j * n + k]));
}

/* det(lambda - J) = sum c_k lambda^k, c_n = 1. */
static void characteristic(size_t n, const grl_interval *J, grl_interval *c)
{
    c[n] = interval_exactly(1);
    c[n - 1] = interval_negate(J[0]);
    for (size_t i = 1; i < n; i++) c[n - 1] = interval_subtract(c[n - 1], J[i * n + i]);
    if (n == 2) c[0] = minor_of(n, J, 0, 1, 0, 1);
    if (n == 3) {
        c[1] = interval_add(minor_of(n, J, 0, 1, 0, 1),
                            interval_add(minor_of(n, J, 0, 2, 0, 2), minor_of(n, J, 1, 2, 1, 2)));
        grl_interval det = interval_multiply(J[0], minor_of(n, J, 1, 2, 1, 2));
        det = interval_subtract(det, interval_multiply(J[1], minor_of(n, J, 1, 2, 0, 2)));
        det = interval_add(det, interval_multiply(J[2], minor_of(n, J, 1, 2, 0, 1)));
        c[0] = interval_negate(det);
    }
}

/* From sum c_k lambda^k to q(w) = sum c_k (2 w / dt)^k (1 - w)^(n - k): 1 + dt lambda = (1 + w) / (1 - w). In
 * lambda, not in the eigenvalues of the map, because these round to 1 where an update gate is saturated. */
static void to_half_plane(size_t n, double dt, const grl_interval *c, grl_interval *q)
{
    grl_interval rate = {interval_below(2 / dt), interval_above(2 / dt)}, power = interval_exactly(1);
    for (size_t i = 0; i <= n; i++) q[i] = interval_exactly(0);
    for (size_t k = 0; k <= n; k++) {
        double binomial = 1; /* (-1)^i (n - k over i), small integers: exact */
        grl_interval factor = interval_multiply(c[k], power);
        for (size_t i = 0; i + k <= n; i++) {
            q[i + k] = interval_add(q[i + k], interval_multiply(factor, interval_exactly(binomial)));
            binomial = -binomial * (double)(n - k - i) / (double)(i + 1);
        }
        power = interval_multiply(power, rate);
    }
}

void grl_inertia_small(const grl_cell *autonomous, grl_time time, double dt, const double *box, int *index,
                       int *decided, int *stable, int *unstable)
{
    size_t n = autonomous->n;
    grl_interval J[GRL_SMALL_UNITS * GRL_SMALL_UNITS] = {{0, 0}}, c[GRL_SMALL_UNITS + 1],
                                     q[GRL_SMALL_UNITS + 1], pass[GRL_SMALL_UNITS];
    int column[GRL_SMALL_UNITS + 1];

    /* 1 - z > 0 has no part in the index, and may be so small that products of it underflow. */
    enclose_jacobian(autonomous, box, pass, J);
    *index = *decided = *stable = *unstable = 0;
    for (size_t i = 0; i < n * n; i++) /* so that no product below overflows */
        if (!(J[i].lo > -1e80 && J[i].hi < 1e80)) return;
    characteristic(n, J, c);
    *index = interval_sign(c[0]);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) J[i * n + k] = interval_multiply(pass[i], J[i * n + k]);
    characteristic(n, J, c);
    if (time == GRL_DISCRETE) {
        to_half_plane(n, dt, c, q);
    } else {
        memcpy(q, c, sizeof q);
    }

    /* The first column of Routh's scheme up to positive factors. */
    column[0] = interval_sign(q[n]);
    column[1] = interval_sign(q[n - 1]);
    if (n == 2) {
        column[2] = interval_sign(q[0]);
        if (column[0] * column[2] < 0 && column[1] == 0)
            column[1] = column[0]; /* one change, whatever its sign */
    }
    if (n == 3) {
        grl_interval inner = interval_subtract(interval_multiply(q[2], q[1]), interval_multiply(q[3], q[0]));
        column[2] = interval_sign(inner) * column[1];
        column[3] = interval_sign(q[0]);
    }
    int changes = 0;
    *decided = 1;
    for (size_t i = 0; i <= n; i++) {
        if (column[i] == 0) *decided = 0;
        if (i > 0 && column[i] * column[i - 1] < 0) changes++;
    }
    *unstable = *decided ? changes : 0;
    *stable = *decided ? (int)n - changes : 0;
}
