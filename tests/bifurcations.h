/* bifurcations.h: families for the tests of bifurcations, and ways to ask for their diagrams. */
#ifndef GRL_TEST_BIFURCATIONS_H
#define GRL_TEST_BIFURCATIONS_H

#include "networks.h"

#include <grulens/bifurcation.h>
#include <grulens/model.h>

static inline grl_model *model_of(grl_cell *cell)
{
    grl_model *model;
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    return model;
}

/* One unit with U_h = u, reset gate weight g, all else 0. */
static inline grl_model *one_unit(double u, double g)
{
    grl_cell *cell = network_of_U_h(1, &u);
    grl_cell_block(cell, GRL_U_R)[0] = g;
    return model_of(cell);
}

/* n = 2 `pairs` units: pair k is u[k] R(p), p a parameter with the name names[k]. */
static inline grl_model *rotations(size_t pairs, const double *u, const char *const *names)
{
    const size_t n = 2 * pairs;
    grl_cell *cell;
    char text[64];
    static const char *const forms[] = {"%g*cos(%s)", "-%g*sin(%s)", "%g*sin(%s)", "%g*cos(%s)"};
    assert_int_equal(grl_cell_create(n, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    grl_model *model = model_of(cell);
    for (size_t k = 0; k < pairs; k++) {
        assert_int_equal(grl_model_add_parameter(model, names[k], 0.7, NULL), GRL_OK);
        for (size_t i = 0; i < 4; i++) {
            snprintf(text, sizeof text, forms[i], u[k], names[k]);
            assert_int_equal(
                grl_model_add_expression(model, GRL_U_H, (2 * k + i / 2) * n + 2 * k + i % 2, text, NULL),
                GRL_OK);
        }
    }
    return model;
}

static inline grl_model *rotation(void)
{
    const double u = 3;
    const char *name = "alpha";
    return rotations(1, &u, &name);
}

/* Two units with all gates active; its special points are published with 16 digits. */
static inline grl_model *gates(void)
{
    static const double U_z[4] = {0.5, 0.5, -1.25, 1.25}, U_r[4] = {0.5, -1.5, 1, -0.5},
                        U_h[4] = {-1.25, 2, -3.75, 2.25}, b_z[2] = {0.25, 0.75}, b_r[2] = {1, 1.5};
    grl_cell *cell = network_of_U_h(2, U_h);
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    return model_of(cell);
}

/* The diagram of fixed points along one parameter; frees the model. */
static inline grl_diagram *along(grl_model *model, const char *name, double low, double high, grl_time time,
                                 size_t samples)
{
    grl_diagram *diagram;
    grl_error error = {0};
    const grl_vary vary = {name, low, high};
    grl_bifurcation_options options = grl_bifurcation_defaults();
    options.time = time;
    options.samples = samples;
    options.cycles = 0;
    options.threads = 1;
    if (grl_bifurcation_compute(model, NULL, NULL, 1, &vary, &options, &diagram, &error) != GRL_OK)
        fail_msg("%s", error.message);
    grl_model_free(model);
    return diagram;
}

static inline size_t count_of(const grl_diagram *diagram, grl_special_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < diagram->special_count; i++) count += diagram->special[i].type == type;
    return count;
}

/* The special point of a type whose first parameter is nearest to p. */
static inline const grl_special *nearest_special(const grl_diagram *diagram, grl_special_type type, double p)
{
    const grl_special *best = NULL;
    for (size_t i = 0; i < diagram->special_count; i++) {
        const grl_special *s = &diagram->special[i];
        if (s->type == type && (!best || fabs(s->p[0] - p) < fabs(best->p[0] - p))) best = s;
    }
    assert_non_null(best);
    return best;
}

/* Every point of the samples is on a branch, every end is named, nothing was left over. */
static inline void check_whole(const grl_diagram *diagram)
{
    assert_int_equal(diagram->unfinished, 0);
    assert_int_equal(diagram->unlocated, 0);
    assert_int_equal(diagram->mismatched, 0);
}

#endif
