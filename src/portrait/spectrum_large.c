/* spectrum_large.c: eigenvalues at a fixed point for any number of units, and proof of how many are stable.
 *
 * Eigenvalues: LAPACK's QR iteration (dgeev, with balancing). Backward stable: they are those of a matrix
 * within a few units of rounding of J, so a badly conditioned one (near a defective matrix) may be off by
 * much more.
 *
 * Proof. At a fixed point n(h) = h, so exactly Df = diag(1 - z) (diag(1 - h^2) dp/dh - I), and the derivative
 * of 1 - z plays no part. With B the middle of Df (or of I + dt Df) over the box, as rounded, approximate
 * eigenvalues Lambda and eigenvectors X of B, and Y ~ 1/X, let F = I - Y X. If |F| < 1 (maximum norm), X is
 * regular, and for every matrix A in the enclosure
 *
 *     X^-1 A X = Lambda + C,   C = (I - F)^-1 Y (A X - X Lambda),
 *     row sums of |C| <= c + |F|1 max(c) / (1 - |F|),   c = |Y| (|B X - X Lambda| + |A - B| |X|) 1.
 *
 * So A's eigenvalues lie in Gershgorin's discs around Lambda with these radii. If no disc meets the border of
 * stability, the number of eigenvalues on each side is the number of discs there, because eigenvalues of
 * Lambda + t C move continuously and stay in the discs for 0 <= t <= 1 (Wilkinson 1965, section 2.14; Rump
 * 2010, section 13.4). |A - B| is applied to a vector, never formed (enclose_large.h); products of complex
 * matrices obey |error| <= sqrt(2) gamma_2n |Y| |X| (Higham 2002, section 3.6), taken twice as large.
 * Undecided where X is badly conditioned: near multiple eigenvalues. */
#include "portrait/spectrum_large.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"
#include "num/kernels.h"
#include "portrait/enclose_large.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

grl_status grl_spectrum_dense(size_t n, const double *J, double *eigenvalues, double *eigenvectors,
                              grl_error *error)
{
    size_t size = grl_dense_eigen_work(n, eigenvectors != NULL);
    for (size_t k = 0; k < n * n; k++)
        if (!isfinite(J[k]))
            return grl_fail(error, GRL_BAD_INPUT, "eigenvalues: expected finite entries, found %g in row %zu",
                            J[k], k / n);
    double *work = grl_calloc(size, sizeof *work);
    if (!work) return grl_fail_memory(error, size, sizeof *work);
    grl_dense_serial();
    bool done = grl_dense_eigen(n, J, eigenvalues, eigenvectors, work);
    free(work);
    if (!done)
        return grl_fail(error, GRL_NOT_REACHED,
                        "eigenvalues: the QR iteration did not converge for a %zu x %zu matrix", n, n);
    return GRL_OK;
}

typedef struct ranked {
    double key;
    size_t place;
} ranked;

static int by_falling_key(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->key != y->key) return x->key > y->key ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

grl_status grl_spectrum_sort(size_t n, grl_time time, double *eigenvalues, double *eigenvectors,
                             grl_error *error)
{
    grl_status status = GRL_OK;
    size_t row = 2 * n, size = eigenvectors ? row * n : 0;
    ranked *order = grl_calloc(n, sizeof *order);
    double *copy = grl_calloc(size + row, sizeof *copy);
    if (!order || !copy) {
        status = grl_fail_memory(error, size + row, sizeof *copy);
        goto done;
    }
    for (size_t k = 0; k < n; k++) {
        double re = eigenvalues[2 * k], im = eigenvalues[2 * k + 1];
        order[k] = (ranked){time == GRL_DISCRETE ? hypot(re, im) : re, k};
    }
    qsort(order, n, sizeof *order, by_falling_key);
    for (size_t k = 0; k < n; k++) {
        memcpy(copy + 2 * k, eigenvalues + 2 * order[k].place, 2 * sizeof *copy);
        if (eigenvectors)
            memcpy(copy + row + k * row, eigenvectors + order[k].place * row, row * sizeof *copy);
    }
    memcpy(eigenvalues, copy, row * sizeof *copy);
    if (eigenvectors) memcpy(eigenvectors, copy + row, size * sizeof *copy);
done:
    free(order);
    free(copy);
    return status;
}

#define EPS GRL_ELEMENTARY_ERROR

/* Everything of one proof. Eigenvectors are rows here: V = X^T. */
typedef struct inertia {
    const grl_cell *cell;
    size_t n;
    double shift, factor; /* the matrix is shift I + factor Df */
    grl_enclosure box;
    double *s, *ds, *D, *dD;                    /* 1 - z and 1 - h^2 over the box */
    double *x, *spread, *size, *rounding, *sum; /* n each */
    double *values, *B, *V, *Y, *F, *scratch;   /* 2n; n x n; 2 n n each; scratch 3 n n */
    double *memory;
    int *pivots;
} inertia;

static grl_status inertia_create(const grl_cell *cell, inertia *p, grl_error *error)
{
    size_t n = cell->n, total = 10 * n * n + 48 * n + grl_enclosure_work(n);
    *p = (inertia){.cell = cell, .n = n};
    p->memory = grl_calloc(total, sizeof(double));
    p->pivots = grl_calloc(n, sizeof(int));
    if (!p->memory || !p->pivots) {
        free(p->memory);
        free(p->pivots);
        return grl_fail_memory(error, total, sizeof(double));
    }
    double *next = p->memory;
    double **const vectors[] = {&p->s,      &p->ds,   &p->D,        &p->dD, &p->x,
                                &p->spread, &p->size, &p->rounding, &p->sum};
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++, next += n) *vectors[k] = next;
    p->values = next, next += 2 * n;
    grl_enclosure_begin(&p->box, cell, next), next += grl_enclosure_work(n);
    p->B = next, next += n * n;
    p->V = next, next += 2 * n * n;
    p->Y = next, next += 2 * n * n;
    p->F = next, next += 2 * n * n;
    p->scratch = next; /* 3 n n, and what the eigenvalues need beyond two matrices */
    return GRL_OK;
}

/* 1 - z = sigma(-u), u = U_z h + b_z, and 1 - h^2, over the box. */
static void enclose_rates(inertia *p)
{
    const grl_cell *cell = p->cell;
    size_t n = p->n;
    double grow = grl_outward(n), round = GRL_ROUND(n + 8);
    const double *h = p->box.h, *dh = p->box.dh, *b_z = cell->block[GRL_B_Z];

    for (size_t j = 0; j < n; j++) p->x[j] = round * fabs(h[j]) + dh[j];
    grl_dense_absolute(n, n, cell->block[GRL_U_Z], p->x, p->ds);
    grl_dense_multiply(n, n, cell->block[GRL_U_Z], h, p->s);
    for (size_t i = 0; i < n; i++) {
        double u = p->s[i] + b_z[i], radius = cell->bias_radius ? cell->bias_radius[i] : 0;
        p->ds[i] = (p->ds[i] + round * fabs(b_z[i]) + radius) * grow + GRL_TINY;
        /* sigma' = sech^2(u / 2) / 4 */
        p->ds[i] *= grl_sech2_upper(u / 2, p->ds[i] / 2) / 4 * grow;
        p->s[i] = -u;
    }
    grl_kernels_best()->sigma(n, p->s, p->s);
    for (size_t i = 0; i < n; i++) {
        p->ds[i] = (p->ds[i] + 2 * EPS * p->s[i]) * grow + GRL_TINY;
        p->D[i] = (1 - h[i]) * (1 + h[i]);
        p->dD[i] = (dh[i] * (2 * fabs(h[i]) + dh[i]) + 0x1p-50 * p->D[i]) * grow + GRL_TINY;
    }
}

/* B = the middle of shift I + factor Df at a fixed point in the box, as rounded. */
static void middle(inertia *p)
{
    size_t n = p->n;
    grl_enclosure_matrix(&p->box, p->B, p->scratch);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            p->B[i * n + j] =
                p->factor * (p->s[i] * (p->D[i] * p->B[i * n + j] - (i == j))) + (i == j ? p->shift : 0);
}

/* p->spread >= |A - B| x for every A in the enclosure, p->size >= |B| x, for p->x >= 0. */
static void apply_radius(inertia *p)
{
    size_t n = p->n;
    double grow = grl_outward(n), round = GRL_ROUND(16);
    grl_enclosure_spread(&p->box, p->x, p->spread);
    grl_enclosure_size(&p->box, p->x, p->size);
    for (size_t i = 0; i < n; i++) {
        double inner = p->D[i] * p->size[i] + p->x[i];
        double most = p->factor * p->s[i] * inner + p->shift * p->x[i];
        double apart = p->ds[i] * inner +
                       (p->s[i] + p->ds[i]) * (p->dD[i] * p->size[i] + (p->D[i] + p->dD[i]) * p->spread[i]);
        p->spread[i] = (p->factor * apart + round * most) * grow + GRL_TINY;
        p->size[i] = most * grow + GRL_TINY;
    }
}

/* sum_i = sum over k of |M_ki| (by_columns) or |M_ik|, M a complex n x n matrix; rounded up. */
static void sums(size_t n, const double *M, bool by_columns, double *sum)
{
    double grow = grl_outward(n);
    memset(sum, 0, n * sizeof *sum);
    for (size_t k = 0; k < n; k++)
        for (size_t j = 0; j < n; j++)
            sum[by_columns ? j : k] += hypot(M[2 * (k * n + j)], M[2 * (k * n + j) + 1]);
    for (size_t i = 0; i < n; i++) sum[i] = sum[i] * grow + GRL_TINY;
}

/* p->sum >= (|A X - X Lambda|) 1 for every A in the enclosure; p->x >= |X| 1. */
static void residual_sums(inertia *p)
{
    size_t n = p->n;
    double grow = grl_outward(n), round = 2 * GRL_ROUND(2 * n + 16);
    double *real = p->scratch, *imaginary = real + n * n, *part = imaginary + n * n, *weighted = p->rounding;

    sums(n, p->V, true, p->x);
    apply_radius(p);
    for (int im = 0; im < 2; im++) {
        double *product = im ? imaginary : real;
        for (size_t k = 0; k < n * n; k++) part[k] = p->V[2 * k + (size_t)im];
        memset(product, 0, n * n * sizeof *product);
        grl_dense_add_rows(n, n, n, part, p->B, product); /* rows: (B x_k)^T */
    }
    memset(p->sum, 0, n * sizeof *p->sum);
    memset(weighted, 0, n * sizeof *weighted);
    for (size_t k = 0; k < n; k++) {
        double re = p->values[2 * k], im = p->values[2 * k + 1], size = hypot(re, im);
        for (size_t i = 0; i < n; i++) {
            const double *v = p->V + 2 * (k * n + i);
            double a = real[k * n + i] - (re * v[0] - im * v[1]);
            double b = imaginary[k * n + i] - (re * v[1] + im * v[0]);
            p->sum[i] += hypot(a, b);
            weighted[i] += size * hypot(v[0], v[1]);
        }
    }
    for (size_t i = 0; i < n; i++)
        p->sum[i] = (p->sum[i] + round * (p->size[i] + weighted[i]) + p->spread[i]) * grow + GRL_TINY;
}

/* Gershgorin's radii into p->ds; false if X is not proven regular. */
static bool radii(inertia *p)
{
    size_t n = p->n;
    double grow = grl_outward(n), round = 2 * GRL_ROUND(2 * n + 16), norm = 0, most = 0;
    double *modulus = p->scratch, *c = p->ds, *rows = p->dD;

    /* V = X^T, so its inverse is Y^T, and F^T = I - V Y^T */
    memcpy(p->Y, p->V, 2 * n * n * sizeof *p->Y);
    if (!grl_dense_invert_complex(n, p->Y, p->pivots, p->scratch)) return false;
    grl_dense_product_complex(n, p->V, p->Y, p->F);
    for (size_t i = 0; i < n; i++) p->F[2 * (i * n + i)] -= 1;
    sums(n, p->F, true, rows);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            modulus[i * n + k] = hypot(p->Y[2 * (k * n + i)], p->Y[2 * (k * n + i) + 1]);
    grl_dense_absolute(n, n, modulus, p->sum, c);
    grl_dense_absolute(n, n, modulus, p->x, p->size);
    for (size_t i = 0; i < n; i++) {
        c[i] = c[i] * grow + GRL_TINY;
        rows[i] = (rows[i] + round * (p->size[i] + 1)) * grow + GRL_TINY;
        if (!isfinite(c[i]) || !isfinite(rows[i])) return false;
        norm = fmax(norm, rows[i]);
        most = fmax(most, c[i]);
    }
    if (!(norm < 0.5)) return false;
    for (size_t i = 0; i < n; i++) c[i] = (c[i] + rows[i] * most / (1 - norm)) * grow + GRL_TINY;
    return true;
}

/* Approximate eigenvalues and eigenvectors of B: those of Df, if given, else computed. */
static bool approximate(inertia *p, const double *eigenvalues, const double *eigenvectors)
{
    size_t n = p->n;
    if (!eigenvalues || !eigenvectors) return grl_dense_eigen(n, p->B, p->values, p->V, p->scratch);
    for (size_t k = 0; k < n; k++) {
        p->values[2 * k] = p->shift + p->factor * eigenvalues[2 * k];
        p->values[2 * k + 1] = p->factor * eigenvalues[2 * k + 1];
    }
    memcpy(p->V, eigenvectors, 2 * n * n * sizeof *p->V);
    return true;
}

grl_status grl_inertia_certify(const grl_cell *cell, grl_time time, double dt, const double *h, double radius,
                               const double *eigenvalues, const double *eigenvectors, int *decided,
                               size_t *stable, size_t *unstable, grl_error *error)
{
    size_t n = cell->n;
    inertia p;
    *decided = 0;
    *stable = *unstable = 0;
    if (!(radius >= 0) || !isfinite(radius)) return GRL_OK;
    grl_status status = inertia_create(cell, &p, error);
    if (status != GRL_OK) return status;
    grl_dense_serial();
    p.shift = time == GRL_DISCRETE ? 1 : 0;
    p.factor = time == GRL_DISCRETE ? dt : 1;
    memcpy(p.box.h, h, n * sizeof *h);
    for (size_t i = 0; i < n; i++) p.box.dh[i] = radius;
    grl_enclosure_fill(&p.box);
    enclose_rates(&p);
    middle(&p);
    bool regular = true;
    for (size_t k = 0; k < n * n && regular; k++) regular = isfinite(p.B[k]);
    regular = regular && approximate(&p, eigenvalues, eigenvectors);
    if (!regular) goto done;
    residual_sums(&p);
    if (!radii(&p)) goto done;

    size_t inside = 0, outside = 0;
    for (size_t k = 0; k < n; k++) {
        double re = p.values[2 * k], size = hypot(re, p.values[2 * k + 1]), r = p.ds[k] * (1 + 8 * EPS);
        bool left = time == GRL_DISCRETE ? size * (1 + EPS) + r < 1 : re + r < 0;
        bool right = time == GRL_DISCRETE ? size * (1 - EPS) - r > 1 : re - r > 0;
        inside += left;
        outside += right;
    }
    if (inside + outside == n) {
        *decided = 1;
        *stable = inside;
        *unstable = outside;
    }
done:
    free(p.memory);
    free(p.pivots);
    return GRL_OK;
}

/* det(-Df) has the sign of det(I - diag(1 - h^2) dp/dh), because 1 - z > 0. */
grl_status grl_index_dense(const grl_cell *cell, const double *h, int *index, grl_error *error)
{
    size_t n = cell->n;
    grl_enclosure point;
    double *memory = grl_calloc(2 * n * n + grl_enclosure_work(n), sizeof *memory), *B = memory;
    int *pivots = grl_calloc(n, sizeof *pivots);
    grl_status status = GRL_OK;
    if (!memory || !pivots) {
        status = grl_fail_memory(error, 2 * n * n + grl_enclosure_work(n), sizeof *memory);
        goto done;
    }
    grl_dense_serial();
    grl_enclosure_begin(&point, cell, memory + 2 * n * n);
    memcpy(point.h, h, n * sizeof *h);
    memset(point.dh, 0, n * sizeof *h);
    grl_enclosure_fill(&point);
    grl_enclosure_matrix(&point, B, memory + n * n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) B[i * n + j] = (i == j) - (1 - h[i]) * (1 + h[i]) * B[i * n + j];
    *index = grl_dense_determinant_sign(n, B, pivots);
done:
    free(memory);
    free(pivots);
    return status;
}
