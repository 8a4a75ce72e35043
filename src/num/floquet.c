/* floquet.c: eigenvalues of a product of matrices, the Floquet multipliers of a cycle.
 *
 * A cycle near a homoclinic orbit has multipliers of 1 and 1e-30 side by side, and rounding in a product of
 * matrices would bury the small one. Instead an orthogonal matrix is carried through the factors, again and
 * again: A_i Q_i = Q_(i+1) R_i with R_i upper triangular. Q converges to the basis of the periodic Schur form
 * (Bojanczyk, Golub and Van Dooren 1992; this is their iteration without shifts, i.e. simultaneous iteration
 * with the cyclic product), as fast as the moduli of the eigenvalues differ. Where they differ an eigenvalue
 * is the product of the diagonal entries of all R_i, to full relative accuracy; eigenvalues of nearly equal
 * modulus stay together in a diagonal block, whose product is formed and whose eigenvalues are of one size.
 *
 * What makes it fail: nothing but a QR iteration (LAPACK) that does not converge. Moduli that differ a little
 * make blocks larger than they need be, which costs nothing. */
#include "num/floquet.h"

#include "num/dense.h"

#include <math.h>
#include <string.h>

enum { SWEEPS = 12 };

/* What is left below a block is that part of the vectors that a further sweep would turn away. */
static const double separate = 1e-11;

size_t grl_floquet_work(size_t n, size_t count)
{
    return count * n * n + 6 * n * n + 2 * n + grl_dense_eigen_work(n, false);
}

/* Y (n x n, columns one after another) = Q R by Gram and Schmidt, twice; R row-major. */
static void orthogonalise(size_t n, double *Y, double *R)
{
    memset(R, 0, n * n * sizeof *R);
    for (size_t k = 0; k < n; k++) {
        double *y = Y + k * n, square = 0, before = 0;
        for (size_t i = 0; i < n; i++) before += y[i] * y[i];
        for (int pass = 0; pass < 2; pass++)
            for (size_t l = 0; l < k; l++) {
                double sum = 0;
                for (size_t i = 0; i < n; i++) sum += Y[l * n + i] * y[i];
                for (size_t i = 0; i < n; i++) y[i] -= sum * Y[l * n + i];
                R[l * n + k] += sum;
            }
        for (size_t i = 0; i < n; i++) square += y[i] * y[i];
        double norm = sqrt(square);
        R[k * n + k] = norm;
        /* A vector lost to rounding is replaced by any that is perpendicular to the others; its R_kk is 0. */
        for (size_t try = 0; !(norm > 1e-15 * sqrt(before)) && try < n; try++) {
            memset(y, 0, n * sizeof *y);
            y[try] = 1;
            for (int pass = 0; pass < 2; pass++)
                for (size_t l = 0; l < k; l++) {
                    double sum = 0;
                    for (size_t i = 0; i < n; i++) sum += Y[l * n + i] * y[i];
                    for (size_t i = 0; i < n; i++) y[i] -= sum * Y[l * n + i];
                }
            norm = 0;
            for (size_t i = 0; i < n; i++) norm += y[i] * y[i];
            norm = sqrt(norm);
            R[k * n + k] = 0;
            before = 0;
            if (norm < 0.1 / (double)n) norm = 0;
        }
        for (size_t i = 0; i < n; i++) y[i] /= norm;
    }
}

/* The first row below `from` where nothing is left below the block, or n. */
static size_t block_end(size_t n, const double *G, size_t from)
{
    for (size_t end = from + 1; end < n; end++) {
        double below = 0;
        for (size_t i = end; i < n; i++)
            for (size_t j = from; j < end; j++) below = fmax(below, fabs(G[i * n + j]));
        if (below < separate) return end;
    }
    return n;
}

bool grl_floquet(size_t n, size_t count, const double *A, double *values, double *work)
{
    double *R = work, *Q = R + count * n * n, *start = Q + n * n, *Y = start + n * n, *G = Y + n * n;
    double *H = G + n * n, *product = H + n * n, *pairs = product + n * n, *room = pairs + 2 * n;
    memset(Q, 0, n * n * sizeof *Q);
    for (size_t i = 0; i < n; i++) Q[i * n + i] = 1;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        memcpy(start, Q, n * n * sizeof *Q);
        for (size_t i = 0; i < count; i++) {
            const double *matrix = A + i * n * n;
            for (size_t k = 0; k < n; k++)
                for (size_t a = 0; a < n; a++) {
                    double sum = 0;
                    for (size_t b = 0; b < n; b++) sum += matrix[a * n + b] * Q[k * n + b];
                    Y[k * n + a] = sum;
                }
            orthogonalise(n, Y, R + i * n * n);
            memcpy(Q, Y, n * n * sizeof *Q);
        }
        double below = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = 0;
                for (size_t a = 0; a < n; a++) sum += start[i * n + a] * Q[j * n + a];
                G[i * n + j] = sum;
                if (i > j) below = fmax(below, fabs(sum));
            }
        if (sweep > 0 && below < separate) break;
    }

    for (size_t from = 0, end; from < n; from = end) {
        end = block_end(n, G, from);
        size_t size = end - from;
        double scale = 0; /* logarithm of what was divided out of `product` */
        memset(product, 0, size * size * sizeof *product);
        for (size_t a = 0; a < size; a++) product[a * size + a] = 1;
        for (size_t i = 0; i < count; i++) {
            double largest = 0;
            for (size_t a = 0; a < size; a++)
                for (size_t b = 0; b < size; b++) {
                    double sum = 0;
                    for (size_t k = a; k < size; k++)
                        sum += R[i * n * n + (from + a) * n + from + k] * product[k * size + b];
                    H[a * size + b] = sum;
                    largest = fmax(largest, fabs(sum));
                }
            if (!(largest > 0)) largest = 1;
            for (size_t k = 0; k < size * size; k++) product[k] = H[k] / largest;
            scale += log(largest);
        }
        for (size_t a = 0; a < size; a++)
            for (size_t b = 0; b < size; b++) {
                double sum = 0;
                for (size_t k = 0; k < size; k++) sum += G[(from + a) * n + from + k] * product[k * size + b];
                H[a * size + b] = sum;
            }
        if (size == 1) {
            pairs[0] = H[0];
            pairs[1] = 0;
        } else if (!grl_dense_eigen(size, H, pairs, NULL, room))
            return false;
        for (size_t k = 0; k < 2 * size; k++) values[2 * from + k] = exp(scale) * pairs[k];
    }
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0; k--) {
            double *b = values + 2 * k, *a = b - 2;
            if (!(hypot(b[0], b[1]) > hypot(a[0], a[1]))) break;
            for (int l = 0; l < 2; l++) {
                double swap = a[l];
                a[l] = b[l];
                b[l] = swap;
            }
        }
    return true;
}
