/* backprop_lanes.h (internal): backpropagation through time for one group of sequences, each in a lane. Included by
 * backprop_single_isa.c and backprop_double_isa.c, which say what a REAL is.
 *
 * A column is an array [rows][lanes]. Everything is one of three products, each with a fixed order of sums in each
 * lane, and loops over the lanes:
 *
 *     product   out = A s             states and gates (A a matrix of the parameters), adjoints (A transposed)
 *     outer     G += sum over steps and lanes of d s^T          the gradient
 *
 * Forward, with p = 1 - z = sigma(-u_z):   h_t = h_{t-1} + dt p (n - h_{t-1}) + noise.
 * Backward, with g the adjoint of h_t (that of o_t included), where a hat is the adjoint of a pre-activation:
 *
 *     q = dt g p          n^ = q (1 - n^2)        z^ = -q (n - h) (1 - p)
 *     after:   a = U_h h + c_h     r^ = n^ a r (1 - r)      g <- g - q + U_z^T z^ + U_r^T r^ + U_h^T (n^ r)
 *     before:  s = U_h^T n^        r^ = s h r (1 - r)       g <- g - q + s r + U_z^T z^ + U_r^T r^
 *
 * and the gradient of each matrix is the sum of its rows' adjoints times what it acts on. The adjoints take the
 * place of the gates, which are not needed again. */
#include "learn/backprop_kernel.h"
#include "num/isa.h"

#include <string.h>

enum {
    WIDTH = 64 / sizeof(REAL), /* parts of a sum over lanes */
    VECTOR_LANES = sizeof(VECTOR) / sizeof(REAL),
    PANEL = 12, /* rows of a product that are computed together */
    BLOCK_STEPS = 32
};

#define ALWAYS static inline __attribute__((always_inline))

/* A: rows x columns with the strides given, into panels of at most PANEL rows, column after column. */
static void pack_panels(size_t rows, size_t columns, const double *A, size_t row, size_t column, REAL *packed)
{
    for (size_t i = 0; i < rows; i += PANEL) {
        size_t panel = rows - i < PANEL ? rows - i : PANEL;
        for (size_t j = 0; j < columns; j++)
            for (size_t k = 0; k < panel; k++) *packed++ = (REAL)A[(i + k) * row + j * column];
    }
}

/* A panel of `rows` rows (a constant where this is expanded) on one vector of lanes. */
ALWAYS void panel_product(const size_t rows, size_t columns, const REAL *restrict A, const REAL *restrict s,
                          size_t lanes, REAL *restrict out, int add)
{
    VECTOR sum[PANEL];
    for (size_t k = 0; k < rows; k++) {
        sum[k] = (VECTOR){0};
        if (add) sum[k] = *(const VECTOR *)(out + k * lanes);
    }
    for (size_t j = 0; j < columns; j++, A += rows, s += lanes) {
        VECTOR x = *(const VECTOR *)s;
        for (size_t k = 0; k < rows; k++) sum[k] = VECTOR_FMA(A[k] - (VECTOR){0}, x, sum[k]);
    }
    for (size_t k = 0; k < rows; k++) *(VECTOR *)(out + k * lanes) = sum[k];
}

static void product(size_t rows, size_t columns, const REAL *A, const REAL *s, size_t lanes, REAL *out,
                    int add)
{
    for (size_t i = 0; i < rows; i += PANEL)
        for (size_t l = 0; l < lanes; l += VECTOR_LANES) {
            const REAL *a = A + i * columns, *x = s + l;
            REAL *y = out + i * lanes + l;
            switch (rows - i) {
#define PANEL_CASE(R)                                                                                        \
    case R:                                                                                                  \
        panel_product(R, columns, a, x, lanes, y, add);                                                      \
        break;
                PANEL_CASE(1)
                PANEL_CASE(2)
                PANEL_CASE(3)
                PANEL_CASE(4)
                PANEL_CASE(5)
                PANEL_CASE(6)
                PANEL_CASE(7)
                PANEL_CASE(8)
                PANEL_CASE(9)
                PANEL_CASE(10)
                PANEL_CASE(11)
            default:
                panel_product(PANEL, columns, a, x, lanes, y, add);
            }
        }
}

/* G (rows x columns, row-major) += sum over steps and lanes of d s^T; d and s go on by their strides each step. */
static void outer(size_t rows, size_t columns, size_t steps, const REAL *d, size_t d_stride, const REAL *s,
                  size_t s_stride, size_t lanes, double *G)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            REAL part[WIDTH] = {0};
            for (size_t t = 0; t < steps; t++)
                for (size_t l = 0; l < lanes; l += WIDTH)
                    for (size_t w = 0; w < WIDTH; w++)
                        part[w] = FMA(d[t * d_stride + i * lanes + l + w],
                                      s[t * s_stride + j * lanes + l + w], part[w]);
            for (size_t half = WIDTH / 2; half > 0; half /= 2)
                for (size_t w = 0; w < half; w++) part[w] += part[w + half];
            G[i * columns + j] += (double)part[0];
        }
}

/* Packed matrices: each as it is, at its place among the stacked ones; then transposed, without the columns of ones.
 */
#define WEIGHTS(which)    (weights + pass->stack[which].at)
#define TRANSPOSED(which) (weights + pass->stacked + pass->stack[which].at)

static void pack(const grl_pass *pass, const double *stacked, void *room)
{
    REAL *weights = room;
    for (int which = 0; which < STACKS; which++) {
        const grl_stack *a = &pass->stack[which];
        pack_panels(a->rows, a->columns, stacked + a->at, a->columns, 1, WEIGHTS(which));
        if (which == STACK_GATES || which == STACK_RESET || which == STACK_READ)
            pack_panels(a->rows ? pass->n : 0, a->rows, stacked + a->at, 1, a->columns, TRANSPOSED(which));
    }
}

/* Where things lie in the room of a group. */
typedef struct store {
    size_t s_stride, d_stride, e_stride;
    REAL *s;     /* T + 1 of (h, 1, x): the state before the step, and the step's input */
    REAL *d;     /* T of four blocks of n rows: p, r, a, n (after), or p, r, n, r h (before); then adjoints */
    REAL *e;     /* T of k rows: the adjoints of the outputs */
    REAL *begin; /* (y_0, 1) */
    REAL *g, *back; /* n rows each */
} store;

static store lay_out(const grl_pass *pass, REAL *room)
{
    size_t n = pass->n, m = pass->m, k = pass->k, L = pass->lanes, T = pass->batch->steps;
    store at = {.s_stride = (n + 1 + m) * L, .d_stride = 4 * n * L, .e_stride = k * L};
    at.s = room;
    at.d = at.s + (T + 1) * at.s_stride;
    at.e = at.d + T * at.d_stride;
    at.begin = at.e + (T + 1) * at.e_stride;
    at.g = at.begin + (k + 1) * L;
    at.back = at.g + n * L;
    return at;
}

/* Column of `rows` rows from the batch: from[(sequence * steps + t) * rows + row]. */
static void gather(const grl_pass *pass, const double *from, size_t first, size_t steps, size_t t,
                   size_t rows, REAL *column)
{
    size_t last = pass->batch->count - 1, L = pass->lanes;
    for (size_t i = 0; i < rows; i++)
        for (size_t l = 0; l < L; l++) {
            size_t sequence = first + l < last ? first + l : last;
            column[i * L + l] = (REAL)from[(sequence * steps + t) * rows + i];
        }
}

static void fill(size_t count, REAL value, REAL *x)
{
    for (size_t i = 0; i < count; i++) x[i] = value;
}

/* The gates and the next state, from pre-activations in d; count = units x lanes. */
static void step_after(size_t count, REAL dt, const REAL *restrict h, REAL *restrict d, REAL *restrict next)
{
    REAL *restrict p = d, *restrict r = d + count, *restrict a = d + 2 * count, *restrict n = d + 3 * count;
    for (size_t l = 0; l < count; l++) r[l] = SIGMA(r[l]);
    for (size_t l = 0; l < count; l++) n[l] = TANH(FMA(r[l], a[l], n[l]));
    for (size_t l = 0; l < count; l++) p[l] = SIGMA(-p[l]);
    for (size_t l = 0; l < count; l++) next[l] = FMA(dt * p[l], n[l] - h[l], h[l]);
}

static void gates_before(size_t count, const REAL *restrict h, REAL *restrict d)
{
    REAL *restrict p = d, *restrict r = d + count, *restrict q = d + 3 * count;
    for (size_t l = 0; l < count; l++) p[l] = SIGMA(-p[l]);
    for (size_t l = 0; l < count; l++) r[l] = SIGMA(r[l]);
    for (size_t l = 0; l < count; l++) q[l] = r[l] * h[l];
}

static void step_before(size_t count, REAL dt, const REAL *restrict h, REAL *restrict d, REAL *restrict next)
{
    REAL *restrict p = d, *restrict n = d + 2 * count;
    for (size_t l = 0; l < count; l++) n[l] = TANH(n[l]);
    for (size_t l = 0; l < count; l++) next[l] = FMA(dt * p[l], n[l] - h[l], h[l]);
}

static void forward(const grl_pass *pass, const REAL *weights, size_t first, store at)
{
    const grl_learn_batch *batch = pass->batch;
    size_t n = pass->n, m = pass->m, L = pass->lanes, T = batch->steps, count = n * L;
    REAL dt = (REAL)pass->dt;
    if (pass->features) gather(pass, batch->starts, first, 1, 0, pass->k, at.begin);
    fill(L, 1, at.begin + pass->features * L);
    if (pass->started)
        product(n, pass->features + 1, WEIGHTS(STACK_START), at.begin, L, at.s, 0);
    else
        fill(count, 0, at.s);
    for (size_t t = 0; t < T; t++) {
        REAL *h = at.s + t * at.s_stride, *one = h + count, *x = one + L, *d = at.d + t * at.d_stride,
             *next = h + at.s_stride;
        fill(L, 1, one);
        if (m) gather(pass, batch->inputs, first, T, t, m, x);
        product(pass->stack[STACK_GATES].rows, n + 1, WEIGHTS(STACK_GATES), h, L, d, 0);
        if (m) product(2 * n, m, WEIGHTS(STACK_INPUTS), x, L, d, 1);
        if (pass->after) {
            product(n, 1 + m, WEIGHTS(STACK_DRIVE), one, L, d + 3 * count, 0);
            step_after(count, dt, h, d, next);
        } else {
            gates_before(count, h, d);
            product(n, 1 + m, WEIGHTS(STACK_DRIVE), one, L, d + 2 * count, 0);
            product(n, n, WEIGHTS(STACK_RESET), d + 3 * count, L, d + 2 * count, 1);
            step_before(count, dt, h, d, next);
        }
        if (batch->noise) {
            gather(pass, batch->noise, first, T, t, n, at.back);
            for (size_t l = 0; l < count; l++) next[l] += at.back[l];
        }
    }
    fill(L, 1, at.s + T * at.s_stride + count);
}

/* What the states are read out as, the sum of squares, and the adjoints of the outputs. */
static double read_out(const grl_pass *pass, const REAL *weights, size_t first, store at, double *outputs)
{
    const grl_learn_batch *batch = pass->batch;
    size_t n = pass->n, k = pass->k, L = pass->lanes, T = batch->steps;
    size_t lanes = batch->count - first < L ? batch->count - first : L;
    double scale = 2 / ((double)batch->count * (double)(T - batch->first + 1) * (double)k), sum = 0;
    for (size_t t = outputs ? 1 : batch->first; t <= T; t++) {
        REAL *e = at.e + t * at.e_stride;
        product(k, n + 1, WEIGHTS(STACK_READ), at.s + t * at.s_stride, L, e, 0);
        for (size_t i = 0; i < k; i++)
            for (size_t l = 0; l < lanes; l++) {
                size_t place = ((first + l) * T + t - 1) * k + i;
                if (outputs) outputs[place] = (double)e[i * L + l];
                double error = (double)e[i * L + l] - batch->targets[place];
                if (t >= batch->first) sum += error * error;
                e[i * L + l] = (REAL)(scale * error);
            }
        for (size_t i = 0; i < k; i++) fill(L - lanes, 0, e + i * L + lanes);
    }
    return sum;
}

static void adjoint_after(size_t count, REAL dt, const REAL *restrict h, REAL *restrict d, REAL *restrict g)
{
    REAL *restrict p = d, *restrict r = d + count, *restrict a = d + 2 * count, *restrict n = d + 3 * count;
    for (size_t l = 0; l < count; l++) {
        REAL q = dt * g[l] * p[l], slope = q * ((1 - n[l]) * (1 + n[l]));
        p[l] = -q * (n[l] - h[l]) * (1 - p[l]);
        REAL back = slope * r[l];
        r[l] = back * a[l] * (1 - r[l]);
        a[l] = back;
        n[l] = slope;
        g[l] -= q;
    }
}

static void adjoint_before(size_t count, REAL dt, const REAL *restrict h, REAL *restrict d, REAL *restrict g)
{
    REAL *restrict p = d, *restrict n = d + 2 * count;
    for (size_t l = 0; l < count; l++) {
        REAL q = dt * g[l] * p[l], slope = q * ((1 - n[l]) * (1 + n[l]));
        p[l] = -q * (n[l] - h[l]) * (1 - p[l]);
        n[l] = slope;
        g[l] -= q;
    }
}

static void adjoint_reset(size_t count, const REAL *restrict h, const REAL *restrict back, REAL *restrict d,
                          REAL *restrict g)
{
    REAL *restrict r = d + count;
    for (size_t l = 0; l < count; l++) {
        REAL part = back[l] * r[l];
        g[l] += part;
        r[l] = part * h[l] * (1 - r[l]);
    }
}

/* The gradient of steps t + 1 .. t + steps, whose adjoints are there. */
static void accumulate(const grl_pass *pass, store at, size_t t, size_t steps, double *gradient)
{
    size_t n = pass->n, m = pass->m, L = pass->lanes, count = n * L;
    REAL *s = at.s + t * at.s_stride, *d = at.d + t * at.d_stride;
#define GRADIENT(which) (gradient + pass->stack[which].at)
    outer(pass->stack[STACK_GATES].rows, n + 1, steps, d, at.d_stride, s, at.s_stride, L,
          GRADIENT(STACK_GATES));
    outer(2 * n, m, steps, d, at.d_stride, s + count + L, at.s_stride, L, GRADIENT(STACK_INPUTS));
    outer(n, 1 + m, steps, d + (pass->after ? 3 : 2) * count, at.d_stride, s + count, at.s_stride, L,
          GRADIENT(STACK_DRIVE));
    if (!pass->after)
        outer(n, n, steps, d + 2 * count, at.d_stride, d + 3 * count, at.d_stride, L, GRADIENT(STACK_RESET));
    size_t first = t + 1 < pass->batch->first ? pass->batch->first : t + 1;
    if (first <= t + steps)
        outer(pass->k, n + 1, t + steps - first + 1, at.e + first * at.e_stride, at.e_stride,
              at.s + first * at.s_stride, at.s_stride, L, GRADIENT(STACK_READ));
}

static void backward(const grl_pass *pass, const REAL *weights, store at, double *gradient)
{
    size_t n = pass->n, L = pass->lanes, T = pass->batch->steps, count = n * L;
    REAL dt = (REAL)pass->dt;
    fill(count, 0, at.g);
    for (size_t t = T, end = T; t-- > 0;) {
        REAL *h = at.s + t * at.s_stride, *d = at.d + t * at.d_stride;
        if (t + 1 >= pass->batch->first)
            product(n, pass->k, TRANSPOSED(STACK_READ), at.e + (t + 1) * at.e_stride, L, at.g, 1);
        if (pass->after) {
            adjoint_after(count, dt, h, d, at.g);
        } else {
            adjoint_before(count, dt, h, d, at.g);
            product(n, n, TRANSPOSED(STACK_RESET), d + 2 * count, L, at.back, 0);
            adjoint_reset(count, h, at.back, d, at.g);
        }
        size_t rows = pass->stack[STACK_GATES].rows;
        product(n, rows, TRANSPOSED(STACK_GATES), d, L, at.g, 1);
        if (t == 0 || end - t == BLOCK_STEPS) {
            accumulate(pass, at, t, end - t, gradient);
            end = t;
        }
    }
    if (pass->started) outer(n, pass->features + 1, 1, at.g, 0, at.begin, 0, L, GRADIENT(STACK_START));
}

static double group(const grl_pass *pass, const void *packed, size_t first, void *room, double *gradient,
                    double *outputs)
{
    const REAL *weights = packed;
    store at = lay_out(pass, room);
    forward(pass, weights, first, at);
    double sum = read_out(pass, weights, first, at, outputs);
    if (gradient) backward(pass, weights, at, gradient);
    return sum;
}

extern const grl_backprop_kernel GRL_ISA_NAME(KERNEL);
const grl_backprop_kernel GRL_ISA_NAME(KERNEL) = {sizeof(REAL), pack, group};
