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
    VECTORS = WIDTH / VECTOR_LANES,
    PANEL = 12,                        /* rows of a product that are computed together */
    OUTER_ROWS = VECTORS == 1 ? 5 : 3, /* sums, and what they are made of, fit into the registers */
    OUTER_COLUMNS = 4,
    FEW_UNITS = 32, /* with which the numbers of LONG_BLOCK steps stay in the cache */
    LONG_BLOCK = 128,
    SHORT_BLOCK = 64,
    GATHER_STEPS = 16
};

#define ALWAYS static inline __attribute__((always_inline))

/* The size of parts of `count` that are as equal as can be, of at most `most`. */
static size_t even_part(size_t count, size_t most)
{
    size_t parts = (count + most - 1) / most;
    return parts ? (count + parts - 1) / parts : 1;
}

/* A: rows x columns with the strides given, into panels, column after column. */
static void pack_panels(size_t rows, size_t columns, const double *A, size_t row, size_t column, REAL *packed)
{
    size_t most = even_part(rows, PANEL);
    for (size_t i = 0; i < rows; i += most) {
        size_t panel = rows - i < most ? rows - i : most;
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
        if (add) sum[k] = *(VECTOR *)(out + k * lanes);
    }
    for (size_t j = 0; j < columns; j++, A += rows, s += lanes) {
        VECTOR x = *(const VECTOR *)s;
        for (size_t k = 0; k < rows; k++) sum[k] = VECTOR_FMA(VECTOR_ALL(A[k]), x, sum[k]);
    }
    for (size_t k = 0; k < rows; k++) *(VECTOR *)(out + k * lanes) = sum[k];
}

static void product(size_t rows, size_t columns, const REAL *A, const REAL *s, size_t lanes, REAL *out,
                    int add)
{
    size_t most = even_part(rows, PANEL);
    for (size_t i = 0; i < rows; i += most)
        for (size_t l = 0; l < lanes; l += VECTOR_LANES) {
            const REAL *a = A + i * columns, *x = s + l;
            REAL *y = out + i * lanes + l;
            switch (rows - i < most ? rows - i : most) {
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

/* The steps of d and s that a block of the gradient is summed over. */
typedef struct span {
    const REAL *d, *s;
    size_t d_stride, s_stride, steps, lanes;
} span;

/* G[i][j] += sum over steps and lanes of d_i s_j for `rows` x `columns` (constants where this is expanded); G's rows are
 * `stride` apart. Each sum has WIDTH parts, which are halved until one is left. */
ALWAYS void block_outer(const size_t rows, const size_t columns, const size_t lanes, const span *of,
                        double *G, size_t stride)
{
    VECTOR part[VECTORS][OUTER_ROWS * OUTER_COLUMNS];
    for (size_t v = 0; v < VECTORS; v++) {
        VECTOR sum[OUTER_ROWS][OUTER_COLUMNS];
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) sum[i][j] = (VECTOR){0};
        for (size_t t = 0; t < of->steps; t++)
            for (size_t l = v * VECTOR_LANES; l < lanes; l += WIDTH) {
                const REAL *d = of->d + t * of->d_stride + l, *s = of->s + t * of->s_stride + l;
                VECTOR x[OUTER_ROWS];
                for (size_t i = 0; i < rows; i++) x[i] = *(const VECTOR *)(d + i * lanes);
                for (size_t j = 0; j < columns; j++) {
                    VECTOR y = *(const VECTOR *)(s + j * lanes);
                    for (size_t i = 0; i < rows; i++) sum[i][j] = VECTOR_FMA(x[i], y, sum[i][j]);
                }
            }
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) part[v][i * columns + j] = sum[i][j];
    }
    size_t count = rows * columns;
    for (size_t half = VECTORS / 2; half > 0; half /= 2)
        for (size_t v = 0; v < half; v++)
            for (size_t k = 0; k < count; k++) part[v][k] += part[v + half][k];
    VECTOR *sums = part[0];
    for (int run = VECTOR_LANES; run > 1; run /= 2) {
        for (size_t k = 0; k < count; k += 2)
            sums[k / 2] = VECTOR_FOLD_LANES(sums[k], sums[k + 1 < count ? k + 1 : k], run);
        count = (count + 1) / 2;
    }
    const REAL *total = (const REAL *)sums;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) G[i * stride + j] += (double)total[i * columns + j];
}

/* A strip of `rows` rows of d against all of s, in blocks of columns as equal as can be. */
ALWAYS void strip_outer(const size_t rows, size_t columns, const size_t lanes, span of, double *G)
{
    size_t most = even_part(columns, OUTER_COLUMNS);
    for (size_t j = 0, some; j < columns; j += some, of.s += some * lanes) {
        some = columns - j < most ? columns - j : most;
        if (some == 4)
            block_outer(rows, 4, lanes, &of, G + j, columns);
        else if (some == 3)
            block_outer(rows, 3, lanes, &of, G + j, columns);
        else if (some == 2)
            block_outer(rows, 2, lanes, &of, G + j, columns);
        else
            block_outer(rows, 1, lanes, &of, G + j, columns);
    }
}

ALWAYS void lanes_outer(size_t rows, size_t columns, const size_t lanes, span of, double *G)
{
    size_t most = even_part(rows, OUTER_ROWS);
    for (size_t i = 0, some; i < rows; i += some, of.d += some * lanes, G += some * columns) {
        some = rows - i < most ? rows - i : most;
        if (OUTER_ROWS == 5 && some == 5)
            strip_outer(OUTER_ROWS, columns, lanes, of, G);
        else if (OUTER_ROWS == 5 && some == 4)
            strip_outer(OUTER_ROWS - 1, columns, lanes, of, G);
        else if (some == 3)
            strip_outer(3, columns, lanes, of, G);
        else if (some == 2)
            strip_outer(2, columns, lanes, of, G);
        else
            strip_outer(1, columns, lanes, of, G);
    }
}

/* G (rows x columns) += sum over steps and lanes of d s^T. */
static void outer(size_t rows, size_t columns, span of, double *G)
{
    if (of.lanes == GRL_BACKPROP_LANES)
        lanes_outer(rows, columns, GRL_BACKPROP_LANES, of, G);
    else
        lanes_outer(rows, columns, of.lanes, of, G);
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
        if (which == STACK_GATES || which == STACK_BACK || which == STACK_READ)
            pack_panels(pass->n, a->rows, stacked + a->at, 1, a->columns, TRANSPOSED(which));
    }
}

/* Where things lie in the room of a group. */
typedef struct store {
    size_t s_stride, d_stride, e_stride;
    REAL *s;     /* T + 1 of (h, 1, x): the state before the step, and the step's input */
    REAL *d;     /* T of four blocks of n rows: p, r, a, n (after), or p, r, n, r h (before); then adjoints */
    REAL *e, *y; /* T + 1 and T of k rows: the outputs, then their adjoints; the targets */
    REAL *begin; /* (y_0, 1) */
    REAL *g, *back; /* n rows each */
} store;

static store lay_out(const grl_pass *pass, REAL *room)
{
    size_t n = pass->n, m = pass->m, k = pass->k, L = pass->lanes, T = pass->batch->steps;
    store at = {.s_stride = ((n + 1 + m) * L / WIDTH | 1) * WIDTH,
                .d_stride = (4 * n * L / WIDTH | 1) * WIDTH,
                .e_stride = k * L};
    at.s = room;
    at.d = at.s + (T + 1) * at.s_stride;
    at.e = at.d + T * at.d_stride;
    at.y = at.e + (T + 1) * at.e_stride;
    at.begin = at.y + T * at.e_stride;
    at.g = at.begin + (k + 1) * L;
    at.back = at.g + n * L;
    return at;
}

/* Columns of `rows` rows, `stride` apart, from the sequences of the group, which have steps x rows numbers each. A few
 * steps of all lanes at a time, so that what is written to stays in the cache until it is full. */
static void gather(const grl_pass *pass, const double *from, size_t first, size_t steps, size_t rows,
                   size_t stride, REAL *columns)
{
    size_t last = pass->batch->count - 1, L = pass->lanes;
    for (size_t t = 0; t < steps; t += GATHER_STEPS, columns += GATHER_STEPS * stride) {
        size_t some = steps - t < GATHER_STEPS ? steps - t : GATHER_STEPS;
        for (size_t l = 0; l < L; l++) {
            const double *x = from + ((first + l < last ? first + l : last) * steps + t) * rows;
            for (size_t i = 0; i < rows; i++)
                for (size_t s = 0; s < some; s++) columns[s * stride + i * L + l] = (REAL)x[s * rows + i];
        }
    }
}

static void fill(size_t count, REAL value, REAL *x)
{
    for (size_t i = 0; i < count; i++) x[i] = value;
}

#define EACH_VECTOR for (size_t l = 0; l < count; l += VECTOR_LANES)
#define AT(x)       (*(VECTOR *)((x) + l))
#define CONST_AT(x) (*(const VECTOR *)((x) + l))

/* p and r from their pre-activations, the first two blocks of d; count = units x lanes. */
static void gates(size_t count, REAL *d)
{
    REAL *p = d, *r = d + count;
    EACH_VECTOR
    {
        AT(p) = SIGMA(-AT(p));
        AT(r) = SIGMA(AT(r));
    }
}

/* The candidate n, and the next state, to which the noise is added that lies in its place. `after`, a constant: n's
 * pre-activation lacks r a. */
ALWAYS void advance(size_t count, REAL dt, const int after, int noise, const REAL *h, const REAL *d, REAL *n,
                    REAL *next)
{
    const REAL *p = d, *r = d + count, *a = d + 2 * count;
    EACH_VECTOR
    {
        VECTOR candidate = TANH(after ? VECTOR_FMA(CONST_AT(r), CONST_AT(a), AT(n)) : AT(n));
        VECTOR to = VECTOR_FMA(dt * CONST_AT(p), candidate - CONST_AT(h), CONST_AT(h));
        if (noise) to += AT(next);
        AT(n) = candidate;
        AT(next) = to;
    }
}

static void forward(const grl_pass *pass, const REAL *weights, size_t first, store at)
{
    const grl_learn_batch *batch = pass->batch;
    size_t n = pass->n, m = pass->m, L = pass->lanes, T = batch->steps, count = n * L;
    REAL dt = (REAL)pass->dt;
    int noise = batch->noise != NULL;
    if (pass->features) gather(pass, batch->starts, first, 1, pass->k, 0, at.begin);
    if (m) gather(pass, batch->inputs, first, T, m, at.s_stride, at.s + count + L);
    if (batch->noise) gather(pass, batch->noise, first, T, n, at.s_stride, at.s + at.s_stride);
    fill(L, 1, at.begin + pass->features * L);
    if (pass->started)
        product(n, pass->features + 1, WEIGHTS(STACK_START), at.begin, L, at.s, 0);
    else
        fill(count, 0, at.s);
    for (size_t t = 0; t < T; t++) {
        REAL *h = at.s + t * at.s_stride, *one = h + count, *d = at.d + t * at.d_stride,
             *next = h + at.s_stride;
        fill(L, 1, one);
        product(2 * n, n + 1 + m, WEIGHTS(STACK_GATES), h, L, d, 0);
        gates(count, d);
        if (pass->after) {
            REAL *a = d + 2 * count, *drive = d + 3 * count;
            product(n, n + 1, WEIGHTS(STACK_BACK), h, L, a, 0);
            product(n, 1 + m, WEIGHTS(STACK_DRIVE), one, L, drive, 0);
            advance(count, dt, 1, noise, h, d, drive, next);
        } else {
            REAL *r = d + count, *drive = d + 2 * count, *part = d + 3 * count;
            EACH_VECTOR AT(part) = AT(r) * AT(h);
            product(n, 1 + m, WEIGHTS(STACK_DRIVE), one, L, drive, 0);
            product(n, n, WEIGHTS(STACK_BACK), part, L, drive, 1);
            advance(count, dt, 0, noise, h, d, drive, next);
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
    double squares[GRL_BACKPROP_MOST_LANES] = {0}, sum = 0;
    REAL scale[GRL_BACKPROP_MOST_LANES] = {0}; /* zero in the lanes that only fill up */
    for (size_t l = 0; l < lanes; l++)
        scale[l] = (REAL)(2 / ((double)batch->count * (double)(T - batch->first + 1) * (double)k));
    gather(pass, batch->targets, first, T, k, at.e_stride, at.y);
    for (size_t t = outputs ? 1 : batch->first; t <= T; t++) {
        REAL *e = at.e + t * at.e_stride, *y = at.y + (t - 1) * at.e_stride;
        product(k, n + 1, WEIGHTS(STACK_READ), at.s + t * at.s_stride, L, e, 0);
        for (size_t i = 0; outputs && i < k; i++)
            for (size_t l = 0; l < lanes; l++)
                outputs[((first + l) * T + t - 1) * k + i] = (double)e[i * L + l];
        if (t < batch->first) continue;
        for (size_t i = 0; i < k; i++, e += L, y += L)
            for (size_t l = 0; l < L; l++) {
                REAL error = e[l] - y[l];
                squares[l] += (double)error * (double)error;
                e[l] = error * scale[l];
            }
    }
    for (size_t l = 0; l < lanes; l++) sum += squares[l];
    return sum;
}

/* What is the same for both resets: g less its way through p (n - h), and the adjoints of the pre-activations of
 * z and n, in their places. */
ALWAYS void adjoint_step(VECTOR dt, VECTOR h, VECTOR *p, VECTOR *n, VECTOR *g)
{
    VECTOR q = dt * *g * *p, slope = q * ((1 - *n) * (1 + *n));
    *p = q * (h - *n) * (1 - *p);
    *n = slope;
    *g -= q;
}

static void adjoint_after(size_t count, REAL dt, const REAL *h, REAL *d, REAL *g)
{
    REAL *p = d, *r = d + count, *a = d + 2 * count, *n = d + 3 * count;
    EACH_VECTOR
    {
        VECTOR x = AT(p), y = AT(n), adjoint = AT(g), reset = AT(r);
        adjoint_step(VECTOR_ALL(dt), CONST_AT(h), &x, &y, &adjoint);
        VECTOR back = y * reset;
        AT(p) = x;
        AT(r) = back * AT(a) * (1 - reset);
        AT(a) = back;
        AT(n) = y;
        AT(g) = adjoint;
    }
}

static void adjoint_before(size_t count, REAL dt, const REAL *h, REAL *d, REAL *g)
{
    REAL *p = d, *n = d + 2 * count;
    EACH_VECTOR adjoint_step(VECTOR_ALL(dt), CONST_AT(h), &AT(p), &AT(n), &AT(g));
}

/* The adjoint of r's pre-activation, from that of r h (reset before). */
static void adjoint_reset(size_t count, const REAL *h, const REAL *back, REAL *d, REAL *g)
{
    REAL *r = d + count;
    EACH_VECTOR
    {
        VECTOR part = CONST_AT(back) * AT(r);
        AT(g) += part;
        AT(r) = part * CONST_AT(h) * (1 - AT(r));
    }
}

/* The gradient of steps t + 1 .. t + steps, whose adjoints are there. */
static void accumulate(const grl_pass *pass, store at, size_t t, size_t steps, double *gradient)
{
    size_t n = pass->n, m = pass->m, L = pass->lanes, count = n * L;
    const grl_stack *stack = pass->stack;
    REAL *s = at.s + t * at.s_stride, *d = at.d + t * at.d_stride, *third = d + 2 * count,
         *last = d + 3 * count;
    outer(2 * n, n + 1 + m, (span){d, s, at.d_stride, at.s_stride, steps, L},
          gradient + stack[STACK_GATES].at);
    if (pass->after)
        outer(n, n + 1, (span){third, s, at.d_stride, at.s_stride, steps, L},
              gradient + stack[STACK_BACK].at);
    else
        outer(n, n, (span){third, last, at.d_stride, at.d_stride, steps, L}, gradient + stack[STACK_BACK].at);
    outer(n, 1 + m, (span){pass->after ? last : third, s + count, at.d_stride, at.s_stride, steps, L},
          gradient + stack[STACK_DRIVE].at);
    size_t first = t + 1 < pass->batch->first ? pass->batch->first : t + 1;
    if (first <= t + steps)
        outer(pass->k, n + 1,
              (span){at.e + first * at.e_stride, at.s + first * at.s_stride, at.e_stride, at.s_stride,
                     t + steps - first + 1, L},
              gradient + stack[STACK_READ].at);
}

static void backward(const grl_pass *pass, const REAL *weights, store at, double *gradient)
{
    size_t n = pass->n, L = pass->lanes, T = pass->batch->steps, count = n * L;
    REAL dt = (REAL)pass->dt;
    size_t block = even_part(T, n <= FEW_UNITS ? LONG_BLOCK : SHORT_BLOCK);
    fill(count, 0, at.g);
    for (size_t t = T, end = T; t-- > 0;) {
        REAL *h = at.s + t * at.s_stride, *d = at.d + t * at.d_stride;
        if (t + 1 >= pass->batch->first)
            product(n, pass->k, TRANSPOSED(STACK_READ), at.e + (t + 1) * at.e_stride, L, at.g, 1);
        if (pass->after) {
            adjoint_after(count, dt, h, d, at.g);
            product(n, n, TRANSPOSED(STACK_BACK), d + 2 * count, L, at.g, 1);
        } else {
            adjoint_before(count, dt, h, d, at.g);
            product(n, n, TRANSPOSED(STACK_BACK), d + 2 * count, L, at.back, 0);
            adjoint_reset(count, h, at.back, d, at.g);
        }
        product(n, 2 * n, TRANSPOSED(STACK_GATES), d, L, at.g, 1);
        if (t == 0 || end - t == block) {
            accumulate(pass, at, t, end - t, gradient);
            end = t;
        }
    }
    if (pass->started)
        outer(n, pass->features + 1, (span){at.g, at.begin, 0, 0, 1, L},
              gradient + pass->stack[STACK_START].at);
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
