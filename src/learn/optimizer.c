/* optimizer.c: one step of Adam, clipping, and the schedules of rate and horizon. */
#include "learn/optimizer.h"

#include <math.h>

double grl_clip(double clip, size_t count, double *gradient)
{
    double square = 0;
    for (size_t i = 0; i < count; i++) square += gradient[i] * gradient[i];
    const double norm = sqrt(square), factor = clip / (norm + 1e-6);
    if (clip > 0 && factor < 1)
        for (size_t i = 0; i < count; i++) gradient[i] *= factor;
    return norm;
}

void grl_adam(const grl_training_settings *settings, double rate, long long step, size_t count,
              const double *gradient, double *p, double *m, double *v)
{
    const double b1 = settings->beta1, b2 = settings->beta2;
    const double decay = settings->optimizer == GRL_ADAM ? settings->weight_decay : 0;
    const double shrink = settings->optimizer == GRL_ADAMW ? 1 - rate * settings->weight_decay : 1;
    const double size = rate / (1 - pow(b1, (double)step)), root = sqrt(1 - pow(b2, (double)step));
    for (size_t i = 0; i < count; i++) {
        const double g = gradient[i] + decay * p[i];
        m[i] = b1 * m[i] + (1 - b1) * g;
        v[i] = b2 * v[i] + (1 - b2) * g * g;
        p[i] = shrink * p[i] - size * m[i] / (sqrt(v[i]) / root + settings->epsilon);
    }
}

double grl_scheduled_rate(const grl_training_settings *settings, long long step)
{
    if (settings->schedule != GRL_SCHEDULE_COSINE) return settings->rate;
    const double done = (double)(step - 1) / (double)settings->steps, last = settings->final_rate;
    return settings->rate * (last + (1 - last) * 0.5 * (1 + cos(3.14159265358979323846 * done)));
}

size_t grl_scheduled_horizon(const grl_training_settings *settings, long long step)
{
    const size_t first = settings->first_horizon, last = settings->horizon;
    const double grow = settings->growth * (double)settings->steps;
    if (first == 0 || first >= last || (double)(step - 1) >= grow) return last;
    return first + (size_t)((double)(last - first) * ((double)(step - 1) / grow));
}
