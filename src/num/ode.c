/* ode.c: one step of an explicit Runge-Kutta method, the choice of its size, and dense output.
 *
 * The size follows the error estimate err (1 is what is allowed, the largest over the coordinates) by a
 * proportional-integral controller, h+ = h 0.9 err^(-1/q + 0.75 beta) err_old^beta (Gustafsson 1991; Hairer,
 * Norsett and Wanner 1993, IV.2 and the code of II.5); the first size is chosen as there (II.4). With theta =
 * (t - t_old)/h the dense output is
 *
 *     y = y_old + theta (F0 + (1-theta) (F1 + theta (F2 + (1-theta) (F3 + theta ...
 *     F0 = y_new - y_old,  F1 = h f_old - F0,  F2 = 2 F0 - h (f_old + f_new),  F3.. = h sum_j d_j k_j
 *
 * F0 to F2 alone are the cubic Hermite polynomial. The polynomials meet in value and slope between steps.
 *
 * What makes it fail: a step is not allowed below four roundings of t, so a field with NaN, a pole, or
 * eigenvalues times the time span beyond about 1e15 ends as GRL_ODE_TOO_SMALL. Very stiff fields are slow,
 * not wrong. */
#include "num/ode.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double safety = 0.9;

/* out = y + h sum_{j<count} w_j k_j. Eight coordinates at a time, so that the compiler can keep the sums in
 * registers. */
static void combine(size_t n, int count, const double *w, const double *k, double h, const double *y,
                    double *out)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        double sum[8] = {0};
        for (int j = 0; j < count; j++) {
            const double *kj = k + (size_t)j * n + i;
            for (size_t l = 0; l < 8; l++) sum[l] += w[j] * kj[l];
        }
        for (size_t l = 0; l < 8; l++) out[i + l] = y[i + l] + h * sum[l];
    }
    for (; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < count; j++) sum += w[j] * k[(size_t)j * n + i];
        out[i] = y[i] + h * sum;
    }
}

/* The weights of stage i (row i of the triangle; row 0 is empty). */
static const double *row(const grl_ode_method *method, int i)
{
    return method->a + i * (i - 1) / 2;
}

static double scale(const grl_ode *ode, double y)
{
    return ode->settings.atol + ode->settings.rtol * fabs(y);
}

/* The larger of both, and NaN if one of them is. */
static double worse(double a, double b)
{
    return b > a || isnan(b) ? b : a;
}

/* The estimated error of the step, in units of what is allowed. */
static double step_error(const grl_ode *ode, double h, const double *y_new)
{
    const grl_ode_method *m = ode->settings.method;
    const size_t n = ode->n;
    double worst = 0, worst3 = 0;
    for (size_t i = 0; i < n; i++) {
        double allowed = scale(ode, fmax(fabs(ode->y[i]), fabs(y_new[i])));
        double e = 0;
        for (int j = 0; j < m->stages; j++) e += m->error[j] * ode->k[(size_t)j * n + i];
        worst = worse(worst, fabs(e) / allowed);
        if (m->error3) {
            double e3 = 0;
            for (int j = 0; j < m->stages; j++) e3 += m->error3[j] * ode->k[(size_t)j * n + i];
            worst3 = worse(worst3, fabs(e3) / allowed);
        }
    }
    if (m->error3 && worst > 0) worst *= worst / hypot(worst, 0.1 * worst3);
    return h * worst;
}

/* A first step from the sizes of y, f and the change of f over a small Euler step. Costs one evaluation. */
static double first_step(grl_ode *ode, double span)
{
    const size_t n = ode->n;
    const double *f0 = ode->k;
    double *f1 = ode->k + n;
    double size0 = 0, size1 = 0, size2 = 0;
    for (size_t i = 0; i < n; i++) {
        double allowed = scale(ode, ode->y[i]);
        size0 = worse(size0, fabs(ode->y[i]) / allowed);
        size1 = worse(size1, fabs(f0[i]) / allowed);
    }
    double h0 = size0 < 1e-5 || size1 < 1e-5 ? 1e-6 : 0.01 * size0 / size1;
    h0 = fmin(h0, span);
    for (size_t i = 0; i < n; i++) ode->stage[i] = ode->y[i] + ode->direction * h0 * f0[i];
    ode->field(ode->t + ode->direction * h0, ode->stage, f1, ode->context);
    ode->evaluations++;
    for (size_t i = 0; i < n; i++) size2 = worse(size2, fabs(f1[i] - f0[i]) / scale(ode, ode->y[i]) / h0);
    double fastest = fmax(size1, size2);
    double h1 =
        fastest <= 1e-15 ? fmax(1e-6, h0 * 1e-3) : pow(0.01 / fastest, 1 / ode->settings.method->exponent);
    return fmin(fmin(100 * h0, h1), span);
}

size_t grl_ode_work(const grl_ode_method *method, size_t n)
{
    const grl_ode_method *m = method ? method : &grl_ode_dopri5;
    return n * (size_t)(m->stages + m->extra + m->rows + 3 + 4);
}

void grl_ode_start(grl_ode *ode, const grl_ode_settings *settings, size_t n, grl_ode_field *field,
                   void *context, double t0, const double *y0, double *work)
{
    *ode =
        (grl_ode){.settings = *settings, .field = field, .context = context, .n = n, .fresh = 1, .event = -1};
    if (!ode->settings.method) ode->settings.method = &grl_ode_dopri5;
    const grl_ode_method *m = ode->settings.method;
    ode->t = ode->t_old = t0;
    ode->h = settings->first_step;
    ode->old_error = 1e-4;
    ode->y = work;
    ode->y_old = ode->y + n;
    ode->event_y = ode->y_old + n;
    ode->stage = ode->event_y + n;
    ode->k = ode->stage + n;
    ode->dense = ode->k + (size_t)(m->stages + m->extra) * n;
    ode->f = ode->k + (size_t)(m->stages - 1) * n;
    memcpy(ode->y, y0, n * sizeof *y0);
    memcpy(ode->y_old, y0, n * sizeof *y0);
}

void grl_ode_jump(grl_ode *ode)
{
    ode->fresh = 1;
    ode->old_error = 1e-4;
}

/* Takes the new point over and proposes the next size. */
static void accept(grl_ode *ode, double h, double t_new, double factor, int clipped, double proposed)
{
    double *swap = ode->y_old;
    ode->y_old = ode->y;
    ode->y = ode->stage;
    ode->stage = swap;
    ode->t_old = ode->t;
    ode->t = t_new;
    ode->done = ode->direction * h;
    ode->fresh = 0;
    ode->dense_ready = 0;
    ode->steps++;
    /* A step that was cut short to end on t_end says little about what the next may be. */
    ode->h = clipped ? fmax(h * factor, proposed) : h * factor;
}

grl_ode_outcome grl_ode_step(grl_ode *ode, double t_end)
{
    const grl_ode_method *m = ode->settings.method;
    const size_t n = ode->n;
    double span = fabs(t_end - ode->t);
    if (!(span > 0)) return isnan(span) ? GRL_ODE_TOO_SMALL : GRL_ODE_END;
    double direction = t_end > ode->t ? 1 : -1;
    if (ode->settings.max_steps > 0 && ode->steps + ode->rejected >= ode->settings.max_steps)
        return GRL_ODE_LIMIT;

    if (ode->fresh) {
        ode->field(ode->t, ode->y, ode->k, ode->context);
        ode->evaluations++;
    } else {
        memcpy(ode->k, ode->f, n * sizeof *ode->k);
    }
    ode->direction = direction;
    if (!(ode->h > 0)) ode->h = first_step(ode, span);

    const double exponent = 1 / m->exponent - 0.75 * m->beta;
    int rejected = 0;
    for (;;) {
        double proposed = ode->h, h = proposed;
        if (ode->settings.max_step > 0) h = fmin(h, ode->settings.max_step);
        /* Not one step and then a hundredth of one. */
        int last = 1.01 * h >= span;
        if (last) h = span;
        if (!last && !(h > 4 * DBL_EPSILON * fabs(ode->t))) return GRL_ODE_TOO_SMALL;
        ode->fresh = 1; /* until this step is accepted: its stages overwrite f */
        double t_new = last ? t_end : ode->t + direction * h;
        double step = direction * h;
        for (int i = 1; i < m->stages; i++) {
            combine(n, i, row(m, i), ode->k, step, ode->y, ode->stage);
            ode->field(i == m->stages - 1 ? t_new : ode->t + m->c[i] * step, ode->stage,
                       ode->k + (size_t)i * n, ode->context);
        }
        ode->evaluations += m->stages - 1;

        double error = step_error(ode, h, ode->stage);
        if (error <= 1) {
            double factor = safety * pow(fmax(error, 1e-30), -exponent) * pow(ode->old_error, m->beta);
            factor = fmin(m->grow, fmax(m->shrink, factor));
            if (rejected) factor = fmin(factor, 1);
            ode->old_error = fmax(error, 1e-4);
            accept(ode, h, t_new, factor, last && !rejected, proposed);
            return last ? GRL_ODE_END : GRL_ODE_STEP;
        }
        rejected = 1;
        ode->rejected++;
        double factor = safety * pow(error, -exponent);
        ode->h =
            h * (factor > m->shrink ? fmin(factor, safety) : m->shrink); /* NaN takes the second branch */
        if (ode->settings.max_steps > 0 && ode->steps + ode->rejected >= ode->settings.max_steps) {
            /* The first stage is in place, and f of the step before is gone: evaluate anew if called again.
             */
            ode->fresh = 1;
            return GRL_ODE_LIMIT;
        }
    }
}

/* The terms F of the last step; evaluates the extra stages. */
static void prepare_dense(grl_ode *ode)
{
    const grl_ode_method *m = ode->settings.method;
    const size_t n = ode->n;
    const double h = ode->done;
    for (int i = m->stages; i < m->stages + m->extra; i++) {
        combine(n, i, row(m, i), ode->k, h, ode->y_old, ode->stage);
        ode->field(ode->t_old + m->c[i] * h, ode->stage, ode->k + (size_t)i * n, ode->context);
        ode->evaluations++;
    }
    double *F = ode->dense;
    for (size_t i = 0; i < n; i++) {
        F[i] = ode->y[i] - ode->y_old[i];
        F[n + i] = h * ode->k[i] - F[i];
        F[2 * n + i] = 2 * F[i] - h * (ode->k[i] + ode->f[i]);
    }
    const int all = m->stages + m->extra;
    for (int r = 0; r < m->rows; r++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < all; j++) sum += m->dense[r * all + j] * ode->k[(size_t)j * n + i];
            F[(size_t)(3 + r) * n + i] = h * sum;
        }
    ode->dense_ready = 1;
}

void grl_ode_dense(grl_ode *ode, double t, double *y)
{
    const size_t n = ode->n;
    if (t == ode->t || ode->steps == 0) {
        memcpy(y, ode->y, n * sizeof *y);
        return;
    }
    if (!ode->dense_ready) prepare_dense(ode);
    const int rows = 3 + ode->settings.method->rows;
    const double theta = (t - ode->t_old) / ode->done, rest = 1 - theta;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int r = rows - 1; r >= 0; r--)
            sum = (sum + ode->dense[(size_t)r * n + i]) * (r % 2 ? rest : theta);
        y[i] = ode->y_old[i] + sum;
    }
}
