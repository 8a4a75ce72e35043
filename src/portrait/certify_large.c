/* certify_large.c: existence and uniqueness of a fixed point, for any number of units.
 *
 * Fixed points are zeros of G(a) = a - p(tanh a), p the pre-activation of the candidate. Krawczyk's test
 * (Krawczyk 1969; Rump 2010, theorem 13.2): for a box A = a + [-rho, rho], a matrix Y and a set S of matrices
 * that holds the derivative of G at every point of A, if
 *
 *     |Y G(a)| + |I - Y S| rho < rho        in every component,
 *
 * then A holds exactly one zero of G, and it lies within the left side of a. Y is an inverse of the
 * derivative at a nearby centre c, computed in floating point; nothing is assumed about its quality.
 *
 * S is never formed. With M = I - P diag(D), as rounded, P = dp/dh and D = sech^2 at c (enclose_large.h),
 *
 *     |G' - M| rho <= |dp/dh - P| (D + dD) rho + |P| dD rho + rounding of M  =: t
 *     |I - Y S| rho <= |R| rho + |Y| t + gamma (|Y| |M| rho + rho),     R = Y M - I as computed by BLAS,
 *
 * where gamma bounds the rounding of that product (Higham 2002, section 3.5) and |M| rho <= rho + |P| D rho.
 * So one inverse and one product cost n^3, and each trial rho some products of a matrix with a vector.
 * |D(a) - D(c)| <= max |2 tanh sech^2| |a - c|. D is 4 sigma(2a) sigma(-2a), which keeps its relative
 * accuracy where tanh rounds to 1. All bounds count the roundings in their own evaluation (grl_outward).
 *
 * Two boxes are tried: a tiny one made from the residual (epsilon-inflation), which gives the error bound,
 * and cubes as large as the test allows, within which the point is the only one.
 *
 * Fails at degenerate points, where M is singular, and next to them once the box must be larger than the
 * distance to the next singular matrix. */
#include "portrait/certify_large.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"
#include "num/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EPS GRL_ELEMENTARY_ERROR

enum { VECTORS = 11, REPAIRS = 12, CHORDS = 8, INFLATIONS = 6 };

grl_status grl_certifier_create(const grl_cell *autonomous, grl_certifier *certifier, grl_error *error)
{
    size_t n = autonomous->n, work = grl_enclosure_work(n);
    *certifier = (grl_certifier){.cell = autonomous, .n = n};
    certifier->M = grl_calloc(3 * n * n, sizeof(double));
    certifier->vectors = grl_calloc(VECTORS * n + 2 * work, sizeof(double));
    certifier->pivots = grl_calloc(n + 1, sizeof(int));
    if (!certifier->M || !certifier->vectors || !certifier->pivots) {
        grl_certifier_free(certifier);
        return grl_fail_memory(error, 3 * n * n, sizeof(double));
    }
    certifier->Y = certifier->M + n * n;
    certifier->R = certifier->Y + n * n;
    double **const vector[VECTORS] = {&certifier->centre, &certifier->D,     &certifier->away,
                                      &certifier->g,      &certifier->dg,    &certifier->step,
                                      &certifier->rho,    &certifier->image, &certifier->s,
                                      &certifier->t,      &certifier->x};
    for (size_t k = 0; k < VECTORS; k++) *vector[k] = certifier->vectors + k * n;
    grl_enclosure_begin(&certifier->box, autonomous, certifier->vectors + VECTORS * n);
    grl_enclosure_begin(&certifier->point, autonomous, certifier->vectors + VECTORS * n + work);
    grl_dense_serial();
    return GRL_OK;
}

void grl_certifier_free(grl_certifier *certifier)
{
    free(certifier->M);
    free(certifier->vectors);
    free(certifier->pivots);
    *certifier = (grl_certifier){0};
}

/* e becomes the bounds over the states tanh(a'), |a' - a| <= radius (NULL: at a alone). */
static void enclose(grl_enclosure *e, const double *a, const double *radius)
{
    size_t n = e->n;
    grl_kernels_best()->tanh(n, a, e->h);
    for (size_t i = 0; i < n; i++) {
        double spread = radius ? grl_sech2_upper(a[i], radius[i]) * radius[i] : 0;
        e->dh[i] = (2 * EPS * fabs(e->h[i]) + spread) * (1 + EPS) + GRL_TINY;
    }
    grl_enclosure_fill(e);
}

/* c->g = G(a) with radius c->dg, at the point a. */
static void residual(grl_certifier *c, const double *a)
{
    enclose(&c->point, a, NULL);
    for (size_t i = 0; i < c->n; i++) {
        c->g[i] = a[i] - c->point.p[i];
        c->dg[i] = (c->point.dp[i] + 0x1.02p-53 * fabs(c->g[i])) * (1 + EPS) + GRL_TINY;
    }
}

/* At the centre: c->D = sech^2, c->M = I - P diag(D) and c->Y = its inverse, as rounded. False if singular.
 */
static bool linearise(grl_certifier *c)
{
    size_t n = c->n;
    const grl_kernels *kernels = grl_kernels_best();
    enclose(&c->box, c->centre, NULL);
    for (size_t i = 0; i < n; i++) {
        c->s[i] = 2 * c->centre[i];
        c->t[i] = -2 * c->centre[i];
    }
    kernels->sigma(n, c->s, c->s);
    kernels->sigma(n, c->t, c->t);
    for (size_t i = 0; i < n; i++) c->D[i] = 4 * c->s[i] * c->t[i];
    grl_enclosure_matrix(&c->box, c->M, c->Y);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) c->M[i * n + j] = (i == j) - c->M[i * n + j] * c->D[j];
    memcpy(c->Y, c->M, n * n * sizeof *c->M);
    return grl_dense_invert(n, c->Y, c->pivots, c->R);
}

/* What all trials at the point a share: R = Y M - I, away >= |a - centre|, step >= |Y G(a)|. */
static void prepare(grl_certifier *c, const double *a)
{
    size_t n = c->n;
    double grow = grl_outward(n);

    memset(c->R, 0, n * n * sizeof *c->R);
    for (size_t i = 0; i < n; i++) c->R[i * n + i] = 1;
    grl_dense_product(n, 1, c->Y, c->M, -1, c->R);
    for (size_t i = 0; i < n; i++) c->away[i] = fabs(a[i] - c->centre[i]) * grow + GRL_TINY;

    residual(c, a);
    for (size_t i = 0; i < n; i++) c->s[i] = GRL_ROUND(n + 8) * fabs(c->g[i]) + c->dg[i];
    grl_dense_absolute(n, n, c->Y, c->s, c->step);
    grl_dense_multiply(n, n, c->Y, c->g, c->s);
    for (size_t i = 0; i < n; i++) c->step[i] = (c->step[i] + fabs(c->s[i])) * grow + GRL_TINY;
}

/* The test for the box a + [-rho, rho]: image >= |Y G(a)| + |I - Y S| rho, and whether image < rho. */
static bool maps_inside(grl_certifier *c, const double *rho, double *image)
{
    size_t n = c->n;
    double grow = grl_outward(n), round = GRL_ROUND(n + 8), *s = c->s, *t = c->t, *x = c->x;
    const double *D = c->D;
    bool inside = true;

    for (size_t i = 0; i < n; i++) s[i] = (c->away[i] + rho[i]) * grow;
    enclose(&c->box, c->centre, s);
    for (size_t i = 0; i < n; i++) {
        double top = grl_sech2_upper(c->centre[i], s[i]), size = fabs(c->box.h[i]) + c->box.dh[i];
        double dD = (2 * (size < 1 ? size : 1) * top * s[i] + 4 * EPS * D[i]) * grow + GRL_TINY;
        if (!(dD < top + D[i])) dD = (top + D[i]) * grow;
        s[i] = (D[i] + dD) * rho[i] * grow + GRL_TINY;
        x[i] = (dD + 2 * round * D[i]) * rho[i] * grow + GRL_TINY;
    }
    grl_enclosure_spread(&c->box, s, t);
    grl_enclosure_size(&c->box, x, s);
    for (size_t i = 0; i < n; i++) t[i] = (t[i] + s[i] + 2 * round * rho[i]) * grow + GRL_TINY;
    grl_dense_absolute(n, n, c->Y, t, s);
    grl_dense_absolute(n, n, c->R, rho, x);
    for (size_t i = 0; i < n; i++) {
        image[i] = (c->step[i] + s[i] + x[i] + round * rho[i]) * grow + GRL_TINY;
        if (!(image[i] < rho[i])) inside = false;
    }
    return inside;
}

static bool cube_maps_inside(grl_certifier *c, double size)
{
    for (size_t i = 0; i < c->n; i++) c->rho[i] = size;
    return maps_inside(c, c->rho, c->image);
}

/* The largest cube, to a factor of four, on which the test holds; 0 if none larger than `least` does. */
static double widest_cube(grl_certifier *c, double least)
{
    double size = 0x1p-6;
    if (cube_maps_inside(c, size)) {
        while (size < 4 && cube_maps_inside(c, 4 * size)) size *= 4;
        return size;
    }
    while (size > least) {
        size /= 4;
        if (cube_maps_inside(c, size)) return size;
    }
    return 0;
}

/* Largest absolute value; infinite if there is a NaN. */
static double largest(size_t n, const double *x)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) return INFINITY;
        if (fabs(x[i]) > most) most = fabs(x[i]);
    }
    return most;
}

/* Newton's method with the fixed inverse Y from the centre on; false if it runs away. */
static bool improve(grl_certifier *c, double *a)
{
    size_t n = c->n;
    double before = INFINITY;
    for (int k = 0; k < CHORDS; k++) {
        residual(c, a);
        grl_dense_multiply(n, n, c->Y, c->g, c->s);
        double size = largest(n, c->s);
        if (!isfinite(size)) return false;
        if (size > before / 2) break;
        for (size_t i = 0; i < n; i++) a[i] -= c->s[i];
        if (size <= 0x1p-50 * (1 + largest(n, a))) break;
        before = size;
    }
    return true;
}

bool grl_certifier_zero(grl_certifier *certifier, const double *a)
{
    residual(certifier, a);
    for (size_t i = 0; i < certifier->n; i++)
        if (!(fabs(certifier->g[i]) <= 4 * certifier->dg[i])) return false;
    return true;
}

bool grl_certify_box(grl_certifier *certifier, const double *a, const double *rho)
{
    size_t n = certifier->n;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(a[i]) || !(rho[i] > 0)) return false;
    memcpy(certifier->centre, a, n * sizeof *a);
    if (!linearise(certifier)) return false;
    prepare(certifier, a);
    return maps_inside(certifier, rho, certifier->image);
}

void grl_certify_large(grl_certifier *c, double *a, double *h, grl_certificate *certificate)
{
    size_t n = c->n;
    bool inside = false, regular = isfinite(largest(n, a));
    *certificate = (grl_certificate){.radius_a = INFINITY, .radius_h = INFINITY};

    for (int k = 0; k < REPAIRS && regular; k++) {
        memcpy(c->centre, a, n * sizeof *a);
        regular = linearise(c) && improve(c, a);
        for (size_t i = 0; i < n; i++) c->s[i] = a[i] - c->centre[i];
        if (largest(n, c->s) < 0x1p-24) break;
    }
    grl_kernels_best()->tanh(n, a, h);
    if (!regular) return;

    prepare(c, a);
    for (size_t i = 0; i < n; i++) c->rho[i] = 2 * c->step[i];
    for (int k = 0; k < INFLATIONS; k++) {
        inside = maps_inside(c, c->rho, c->image);
        if (inside) break;
        for (size_t i = 0; i < n; i++) c->rho[i] = 1.5 * c->image[i];
    }
    if (!inside) return;

    double radius_h = 0, unique = INFINITY;
    for (size_t i = 0; i < n; i++) {
        double d =
            (2 * EPS * fabs(h[i]) + grl_sech2_upper(a[i], c->image[i]) * c->image[i]) * (1 + EPS) + GRL_TINY;
        if (!(d <= radius_h)) radius_h = d;
        if (!(c->rho[i] >= unique)) unique = c->rho[i];
    }
    *certificate = (grl_certificate){.certified = isfinite(radius_h),
                                     .radius_a = largest(n, c->image),
                                     .radius_h = radius_h,
                                     .unique = unique};
    double cube = widest_cube(c, certificate->radius_a);
    if (cube > certificate->unique) certificate->unique = cube;
}
