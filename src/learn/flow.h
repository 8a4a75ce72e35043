/* flow.h (internal): tasks that are an autonomous differential equation y' = f(y) in the plane: trajectories at even
 * times, and the limit cycle. */
#ifndef GRL_LEARN_FLOW_H
#define GRL_LEARN_FLOW_H

#include <grulens/task.h>

/* f of a task with the parameters' values `values`: y and dy have two numbers. */
typedef void grl_flow_field(const double *values, const double *y, double *dy);

/* y is (steps + 1) x 2; the first row is the start, row t the solution at t time_step. The steps of the integration end
 * on these times, so that a row depends on the rows before it alone. Error below 1e-10 where the flow does not
 * stretch. GRL_NOT_REACHED where the solution leaves the range of numbers. */
grl_status grl_flow_follow(grl_flow_field *field, const double *values, double time_step, size_t steps,
                           double *y, grl_error *error);

/* The stable limit cycle around the unstable point `inside`, as `count` points at even times over one period, with the
 * period. The cycle crosses the line y_1 = inside_1 upwards once in a period. */
grl_status grl_flow_cycle(grl_flow_field *field, const double *values, const double inside[2], size_t count,
                          grl_reference **reference, grl_error *error);

#endif
