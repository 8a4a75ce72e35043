/* cell.h: the gated recurrent unit itself: its numbers, its field, its map and their derivatives.
 *
 * With n hidden units, m inputs x and state h (Cho et al. 2014; Jordan, Sokol and Park 2021, eq. 1 to 5):
 *
 *     z = sigma(W_z x + U_z h + b_z)                    update gate: z keeps the state
 *     r = sigma(W_r x + U_r h + b_r)                    reset gate
 *     n = tanh(W_h x + U_h (r * h) + b_h)               GRL_RESET_BEFORE
 *     n = tanh(W_h x + b_h + r * (U_h h + c_h))         GRL_RESET_AFTER (PyTorch, cuDNN, Keras' default)
 *     flow:  h' = f(h) = (1 - z) * (n - h)
 *     map:   h+ = h + dt f(h);   dt = 1 is the network, h+ = z h + (1 - z) n
 *
 * All matrices are row-major, rows are units: U_* is n x n, W_* is n x m, b_* and c_h have n entries. A cell
 * is a plain table of doubles: immutable use of one cell from many threads is safe. */
#ifndef GRULENS_CELL_H
#define GRULENS_CELL_H

#include <grulens/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grl_cell grl_cell;

typedef enum grl_reset { GRL_RESET_BEFORE = 0, GRL_RESET_AFTER = 1 } grl_reset;

/* Which of the two ways to look at a network: the flow or the map. */
typedef enum grl_time { GRL_CONTINUOUS = 0, GRL_DISCRETE = 1 } grl_time;

/* The blocks of numbers that make a cell, in the order in which they are stored. */
typedef enum grl_block {
    GRL_U_Z,
    GRL_U_R,
    GRL_U_H,
    GRL_W_Z,
    GRL_W_R,
    GRL_W_H,
    GRL_B_Z,
    GRL_B_R,
    GRL_B_H,
    GRL_C_H,
    GRL_BLOCKS /* how many there are */
} grl_block;

/* Limits that every constructor checks: 1 <= n <= GRL_MAX_UNITS, 0 <= m <= GRL_MAX_INPUTS. */
enum { GRL_MAX_UNITS = 16384, GRL_MAX_INPUTS = 65536 };

/* A new cell with every number zero. Free it with grl_cell_free. */
grl_status grl_cell_create(size_t hidden_size, size_t input_size, grl_reset reset, grl_cell **cell,
                           grl_error *error);
grl_status grl_cell_copy(const grl_cell *cell, grl_cell **copy, grl_error *error);
void grl_cell_free(grl_cell *cell); /* NULL is allowed */

size_t grl_cell_hidden_size(const grl_cell *cell);
size_t grl_cell_input_size(const grl_cell *cell);
grl_reset grl_cell_reset(const grl_cell *cell);

/* The numbers of one block, to read or to write. Shape as above; rows x columns from grl_block_shape. */
double *grl_cell_block(grl_cell *cell, grl_block block);
const double *grl_cell_values(const grl_cell *cell, grl_block block);
void grl_block_shape(grl_block block, size_t hidden_size, size_t input_size, size_t *rows, size_t *columns);
const char *grl_block_name(grl_block block); /* "U_z" ... "c_h" */

/* GRL_BAD_INPUT, naming the entry, unless every number is finite and at most 1e100 in absolute value. */
grl_status grl_cell_check(const grl_cell *cell, grl_error *error);

/* Finds an entry by its name: "U_h[0,1]", "W_z[1,0]", "b_h[0]". */
grl_status grl_cell_find(const grl_cell *cell, const char *name, grl_block *block, size_t *index,
                         grl_error *error);

/* The cell at constant input x (m numbers; NULL is zero): a cell without inputs whose biases contain W x. The
 * rounding of those sums is kept inside the new cell as a radius for each bias, so that what is proven about
 * it holds for the exact sums too. */
grl_status grl_cell_at_input(const grl_cell *cell, const double *x, grl_cell **autonomous, grl_error *error);

/* Evaluation. h, f, next: n numbers; x: m numbers or NULL for zero; J: n x n, J[i*n+j] = d f_i / d h_j; work:
 * grl_cell_work(cell) doubles, one block for each thread. Outputs must not overlap inputs. */
size_t grl_cell_work(const grl_cell *cell);
void grl_cell_field(const grl_cell *cell, const double *x, const double *h, double *f, double *work);
void grl_cell_map(const grl_cell *cell, const double *x, double dt, const double *h, double *next,
                  double *work);
void grl_cell_jacobian(const grl_cell *cell, const double *x, const double *h, double *J, double *work);

/* Mixed directional derivative of the field, of order 1, 2 or 3, in state and numbers together:
 *
 *     out = d^order/de_1..de_order  f(h + sum e_k u_k;  cell + sum e_k tangent_k)  at e = 0
 *
 * u[k]: n numbers or NULL for zero; tangents[k]: a cell of the same sizes, or NULL for zero; `tangents`
 * itself may be NULL. Order 1 with u is the Jacobian applied to u; order 2 and 3 with u alone are the
 * bilinear and trilinear forms B(u,v) and C(u,v,w) of normal forms (Kuznetsov 2004, eq. 5.18); with a tangent
 * it is the derivative with respect to any weight. work: grl_cell_derivative_work(cell) doubles. */
size_t grl_cell_derivative_work(const grl_cell *cell);
void grl_cell_derivative(const grl_cell *cell, const double *x, const double *h, int order,
                         const double *const *u, const grl_cell *const *tangents, double *out, double *work);

/* Many states of one network: H and F are count x n, row-major (one state a row). Large networks go through
 * BLAS. work: grl_cell_batch_work(cell, count) doubles. */
size_t grl_cell_batch_work(const grl_cell *cell, size_t count);
void grl_cell_field_batch(const grl_cell *cell, const double *x, size_t count, const double *H, double *F,
                          double *work);

#ifdef __cplusplus
}
#endif
#endif
