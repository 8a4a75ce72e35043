/* course.h (internal): one trajectory of flow or map with tangent vectors and the integral of the divergence. */
#ifndef GRL_PORTRAIT_COURSE_H
#define GRL_PORTRAIT_COURSE_H

#include "num/ode.h"
#include "portrait/tangent.h"

#include <stdbool.h>

typedef struct grl_course {
    grl_system *system;
    size_t k;  /* tangent vectors */
    double *y; /* (1 + k) x n: the state, then the vectors; with `divergence` one number more, its integral */
    bool divergence;
    size_t numbers;
    grl_ode_settings settings;
    grl_ode ode;

    /* Inner. */
    double *room, *F, *work, *ode_work;
} grl_course;

/* method, rtol, atol: of the flow's integration; errors are controlled in every number of y. */
grl_status grl_course_create(grl_system *system, size_t k, bool divergence, const grl_ode_method *method,
                             double rtol, double atol, grl_course *course, grl_error *error);
void grl_course_free(grl_course *course);

/* y goes on for `time`: of the map so many steps. False if the integrator gave up; y is then not to be used. */
bool grl_course_run(grl_course *course, double time);

/* The same in steps of the integrator, for dense output (flow only): begin, then grl_ode_step or
 * grl_ode_advance on course->ode, then end, which counts the operations. */
void grl_course_begin(grl_course *course);
void grl_course_end(grl_course *course);

/* The tangent vectors become the unit vectors (k = n). */
void grl_course_identity(grl_course *course);

#endif
