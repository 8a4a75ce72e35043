/* rosenbrock.c: a linearly implicit Runge-Kutta step in the plane, for gates that differ in speed by orders of
 * magnitude.
 *
 *     (I / (gamma h) - J) k_i = f(y + sum_j a_ij k_j) + sum_j (c_ij / h) k_j,
 *     y+ = y + sum_{j<5} a_5j k_j + k_5 + k_6
 *
 * with the coefficients of RODAS (Hairer and Wanner 1996, Solving Ordinary Differential Equations II, IV.7):
 * six stages, gamma = 1/4, order 4; the last k is the error estimate, of order 3. It is L-stable and stiffly
 * accurate, so that what is fast is forgotten within a step, however fast. Only J at y is needed. Between the
 * ends the state is a cubic of order 3, of the same source.
 *
 * What makes it fail: beyond its order it is less accurate than explicit methods; for the cubic's sake the caller
 * bounds the length of a step. */
#include "portrait/rosenbrock.h"

#include <float.h>
#include <math.h>

enum { TRIES = 200 };

enum { STAGES = 6 };

static const double a[STAGES][5] = {
    {0},
    {1.544},
    {0.9466785280815826, 0.2557011698983284},
    {3.314825187068521, 2.896124015972201, 0.9986419139977817},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1}};
static const double c[STAGES][5] = {
    {0},
    {-5.6688},
    {-2.430093356833875, -0.2063599157091915},
    {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
    {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616},
    {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054}};

static const double d[2][5] = {
    {10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662},
    {-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872}};

double grl_rosenbrock_step(const grl_pair *pair, int sign, double longest, double rtol, double atol,
                           const double y[2], const double f[2], const double J[4], double *step,
                           double next[2], double dense[2][2])
{
    double slope[2], k[STAGES][2], place[2] = {0};
    for (int attempt = 0; attempt < TRIES; attempt++) {
        double h = *step, error = 0, length;
        double E0 = 4 / h - J[0], E3 = 4 / h - J[3], det = E0 * E3 - J[1] * J[2];
        for (int i = 0; i < STAGES; i++) {
            double right[2];
            for (int m = 0; m < 2; m++) {
                place[m] = y[m];
                for (int j = 0; j < i; j++) place[m] += a[i][j] * k[j][m];
            }
            if (i > 0) pair->field(pair, place, slope);
            for (int m = 0; m < 2; m++) {
                right[m] = i == 0 ? f[m] : sign * slope[m];
                for (int j = 0; j < i; j++) right[m] += c[i][j] / h * k[j][m];
            }
            k[i][0] = (E3 * right[0] + J[1] * right[1]) / det;
            k[i][1] = (J[2] * right[0] + E0 * right[1]) / det;
        }
        for (int m = 0; m < 2; m++) {
            next[m] = place[m] + k[STAGES - 1][m];
            error = fmax(error, fabs(k[STAGES - 1][m]) / (atol + rtol * fmax(fabs(y[m]), fabs(next[m]))));
            if (isnan(k[STAGES - 1][m])) error = INFINITY;
        }
        length = hypot(next[0] - y[0], next[1] - y[1]);
        for (int n = 0; n < 2; n++)
            for (int m = 0; m < 2; m++) {
                dense[n][m] = 0;
                for (int i = 0; i < 5; i++) dense[n][m] += d[n][i] * k[i][m];
            }
        if (!(h > DBL_MIN)) return 0;
        /* Near a pole of the step, where h times an eigenvalue is 4, cancellation can hide that it is too long. */
        double widest = fmax(hypot(dense[0][0], dense[0][1]), hypot(dense[1][0], dense[1][1]));
        if (!(error <= 1) || !(length <= longest) || !(widest <= 10 * longest)) {
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
