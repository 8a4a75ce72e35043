/* course.c: one trajectory of flow or map, with tangent vectors v' = Df v and the integral of div f.
 *
 * State, vectors and integral are one system for the integrator, so the step size is right for all of them
 * (num/ode.c). Vectors that shrink by many powers of ten between two calls lose relative accuracy, since errors
 * are bounded absolutely; callers restart them often. */
#include "portrait/course.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STEPS 200000 /* of one run */

grl_status grl_course_create(grl_system *system, size_t k, bool divergence, const grl_ode_method *method,
                             double rtol, double atol, grl_course *course, grl_error *error)
{
    size_t n = system->n, numbers = (1 + k) * n + divergence, inner = grl_tangent_work(n, k);
    size_t stepper = system->time == GRL_CONTINUOUS ? grl_ode_work(method, numbers) : 0;
    size_t all = 2 * numbers + inner + stepper;
    *course = (grl_course){.system = system,
                           .k = k,
                           .divergence = divergence,
                           .numbers = numbers,
                           .settings = {method, rtol, atol, 0, 0, MOST_STEPS}};
    course->room = grl_calloc(all, sizeof(double));
    if (!course->room) return grl_fail_memory(error, all, sizeof(double));
    course->y = course->room;
    course->F = course->y + numbers;
    course->work = course->F + numbers;
    course->ode_work = course->work + inner;
    return GRL_OK;
}

void grl_course_free(grl_course *course)
{
    free(course->room);
    *course = (grl_course){0};
}

static void field(double t, const double *y, double *dydt, void *context)
{
    grl_course *c = context;
    (void)t;
    grl_tangent_field(c->system->cell, c->k, y, dydt, c->divergence ? dydt + c->numbers - 1 : NULL, c->work);
}

void grl_course_begin(grl_course *course)
{
    grl_ode_start(&course->ode, &course->settings, course->numbers, field, course, 0, course->y,
                  course->ode_work);
}

void grl_course_end(grl_course *course)
{
    const grl_system *s = course->system;
    course->settings.first_step = course->ode.h; /* the next run begins with what this one came to */
    course->system->operations += (double)course->ode.evaluations * grl_tangent_cost(s->n, course->k) +
                                  30.0 * (double)course->ode.evaluations * (double)course->numbers;
}

bool grl_course_run(grl_course *course, double time)
{
    grl_system *s = course->system;
    if (s->time == GRL_DISCRETE) {
        long long steps = llround(time);
        for (long long i = 0; i < steps; i++)
            grl_tangent_map(s->cell, s->dt, course->k, course->y, course->F, course->work);
        s->operations += (double)steps * grl_tangent_cost(s->n, course->k);
        return true;
    }
    grl_course_begin(course);
    grl_ode_outcome outcome;
    while ((outcome = grl_ode_step(&course->ode, time)) == GRL_ODE_STEP) {}
    memcpy(course->y, course->ode.y, course->numbers * sizeof(double));
    grl_course_end(course);
    return outcome == GRL_ODE_END;
}

void grl_course_identity(grl_course *course)
{
    size_t n = course->system->n;
    memset(course->y + n, 0, course->k * n * sizeof(double));
    for (size_t j = 0; j < course->k; j++) course->y[n + j * n + j] = 1;
}
