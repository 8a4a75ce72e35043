/* optimizer.h (internal): one step of Adam, and what comes before it. */
#ifndef GRL_LEARN_OPTIMIZER_H
#define GRL_LEARN_OPTIMIZER_H

#include <grulens/learn.h>

/* Scales a gradient down to the norm `clip` (0: no limit), as torch.nn.utils.clip_grad_norm_ does; gives the norm
 * before, which is NaN or infinite if an entry is. */
double grl_clip(double clip, size_t count, double *gradient);

/* Step `step`, counted from 1, of Adam (Kingma and Ba 2015, algorithm 1) or AdamW (Loshchilov and Hutter 2019,
 * algorithm 2): changes the parameters p and the moments m and v. rate: that of this step. */
void grl_adam(const grl_training_settings *settings, double rate, long long step, size_t count,
              const double *gradient, double *p, double *m, double *v);

/* The rate of step `step` (from 1) before what a plateau takes off. */
double grl_scheduled_rate(const grl_training_settings *settings, long long step);

/* The horizon of step `step` (from 1). */
size_t grl_scheduled_horizon(const grl_training_settings *settings, long long step);

#endif
