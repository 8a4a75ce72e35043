/* orthonormal.c: random matrices with orthonormal rows. A row that is nearly in the span of the others, which has
 * probability zero up to rounding, is drawn again. */
#include "num/orthonormal.h"

#include <math.h>

void grl_orthonormal_rows(grl_random *random, size_t rows, size_t columns, double *A)
{
    for (size_t i = 0; i < rows; i++) {
        double *row = A + i * columns, length = 0;
        while (!(length > 1e-6)) {
            for (size_t k = 0; k < columns; k++) row[k] = grl_random_normal(random);
            for (int round = 0; round < 2; round++)
                for (size_t j = 0; j < i; j++) {
                    double part = 0;
                    for (size_t k = 0; k < columns; k++) part += row[k] * A[j * columns + k];
                    for (size_t k = 0; k < columns; k++) row[k] -= part * A[j * columns + k];
                }
            length = 0;
            for (size_t k = 0; k < columns; k++) length += row[k] * row[k];
            length = sqrt(length);
        }
        for (size_t k = 0; k < columns; k++) row[k] /= length;
    }
}
