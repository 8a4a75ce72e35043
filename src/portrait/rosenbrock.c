/* rosenbrock.c: a linearly implicit Runge-Kutta step in the plane, for gates that differ in speed by orders
 * of magnitude.
 *
 *     (I / (gamma h) - J) k_i = f(y + sum_j a_ij k_j) + sum_j (c_ij / h) k_j,   y+ = y + sum_i b_i k_i
 *
 * with Shampine's coefficients of order 4 with an error estimate of order 3 (Shampine 1982, Implementation of
 * Rosenbrock methods, ACM TOMS 8): gamma = 1/2, A-stable, |R(infinity)| = 1/3. Only J at y is needed.
 *
 * What makes it fail: beyond its order it is less accurate than explicit methods, and it has no dense output of
 * its own; the caller bounds the length of a step instead. */
#include "portrait/rosenbrock.h"

#include <float.h>
#include <math.h>

enum { TRIES = 200 };

static const double a[4][3] = {{0}, {2}, {48.0 / 25, 6.0 / 25}, {48.0 / 25, 6.0 / 25}};
static const double c[4][3] = {{0}, {-8}, {372.0 / 25, 12.0 / 5}, {-112.0 / 125, -54.0 / 125, -2.0 / 5}};
static const double b[4] = {19.0 / 9, 1.0 / 2, 25.0 / 108, 125.0 / 108};
static const double e[4] = {17.0 / 54, 7.0 / 36, 0, 125.0 / 108};

double grl_rosenbrock_step(const grl_pair *pair, int sign, double longest, double rtol, double atol,
                           const double y[2], const double f[2], const double J[4], double *step,
                           double next[2])
{
    double slope[2], k[4][2];
    for (int attempt = 0; attempt < TRIES; attempt++) {
        double h = *step, error = 0, length, place[2];
        double d0 = 2 / h - J[0], d3 = 2 / h - J[3], det = d0 * d3 - J[1] * J[2];
        for (int i = 0; i < 4; i++) {
            double right[2];
            for (int m = 0; m < 2; m++) {
                place[m] = y[m];
                for (int j = 0; j < i && j < 3; j++) place[m] += a[i][j] * k[j][m];
            }
            if (i == 1 || i == 2) /* the last stage is at the third's place */
                pair->field(pair, place, slope);
            for (int m = 0; m < 2; m++) {
                right[m] = i == 0 ? f[m] : sign * slope[m];
                for (int j = 0; j < i; j++) right[m] += c[i][j] / h * k[j][m];
            }
            k[i][0] = (d3 * right[0] + J[1] * right[1]) / det;
            k[i][1] = (J[2] * right[0] + d0 * right[1]) / det;
        }
        for (int m = 0; m < 2; m++) {
            double off = 0;
            next[m] = y[m];
            for (int i = 0; i < 4; i++) {
                next[m] += b[i] * k[i][m];
                off += e[i] * k[i][m];
            }
            error = fmax(error, fabs(off) / (atol + rtol * fmax(fabs(y[m]), fabs(next[m]))));
        }
        length = hypot(next[0] - y[0], next[1] - y[1]);
        if (!(h > DBL_MIN)) return 0;
        if (!(error <= 1) || !(length <= longest) || !isfinite(length)) {
            double factor = isfinite(error) && isfinite(length)
                                ? fmin(0.9 * pow(fmax(error, 1e-10), -1.0 / 3), 0.8 * longest / length)
                                : 0.1;
            *step = h * fmin(0.8, fmax(0.1, factor));
            continue;
        }
        *step = h * fmin(fmin(4, 0.9 * pow(fmax(error, 1e-10), -0.25)), 0.9 * longest / fmax(length, 1e-300));
        return h;
    }
    return 0;
}
