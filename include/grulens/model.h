/* model.h: a network as it came from a file: a cell, perhaps a family of cells with named parameters, perhaps
 * a linear readout and where it starts, and what had to be assumed to read it. Different models may be used from different
 * threads; calls on one model from several threads at once are not allowed, not even grl_model_tangent. */
#ifndef GRULENS_MODEL_H
#define GRULENS_MODEL_H

#include <grulens/cell.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grl_model grl_model;

/* Takes the cell over (also on failure). Free the model with grl_model_free. */
grl_status grl_model_create(grl_cell *cell, grl_model **model, grl_error *error);
void grl_model_free(grl_model *model); /* NULL is allowed */

/* A model of its own with the same cell, family, readout, start, changes and notes: for another thread. */
grl_status grl_model_copy(const grl_model *model, grl_model **copy, grl_error *error);

/* The cell at the present parameter values; lives as long as the model, changes with grl_model_set. */
const grl_cell *grl_model_cell(const grl_model *model);

/* Families. A parameter is declared with its value; an expression in the declared names then replaces one
 * number of the cell. Both fail with GRL_BAD_INPUT on a bad or repeated name, an expression that does not
 * parse or is not finite. */
grl_status grl_model_add_parameter(grl_model *model, const char *name, double value, grl_error *error);
grl_status grl_model_add_expression(grl_model *model, grl_block block, size_t index, const char *text,
                                    grl_error *error);
size_t grl_model_parameters(const grl_model *model);
const char *grl_model_parameter_name(const grl_model *model, size_t i);
double grl_model_parameter_value(const grl_model *model, size_t i);
/* The expression behind a number of the cell, or NULL. */
const char *grl_model_expression(const grl_model *model, grl_block block, size_t index);

/* Sets a family parameter ("alpha") or one number of the cell ("b_h[0]", not one with an expression); the
 * cell follows. On failure the model is as it was. */
grl_status grl_model_set(grl_model *model, const char *name, double value, grl_error *error);

/* The numbers of the cell that grl_model_set was given, in the order in which they were first set: what
 * makes this network another one than the file's. Their names are as in "U_h[0,1]". */
size_t grl_model_changes(const grl_model *model);
const char *grl_model_change_name(const grl_model *model, size_t i);
double grl_model_change_value(const grl_model *model, size_t i);

/* d cell / d NAME, as a cell of derivatives (see grl_cell_derivative): NAME as above, or "input[k]" (the
 * biases move by column k of W). Family parameters by Ridders' extrapolated central differences (1982), to
 * about 1e-11 of the scale of the expression; all else exactly. Free the tangent with grl_cell_free. */
grl_status grl_model_tangent(const grl_model *model, const char *name, grl_cell **tangent, grl_error *error);

/* Optional linear readout, output = C h + d; C is outputs x n, row-major, d has `outputs` entries. Both are
 * copied in. */
grl_status grl_model_set_readout(grl_model *model, size_t outputs, const double *C, const double *d,
                                 grl_error *error);
size_t grl_model_outputs(const grl_model *model); /* 0: no readout */
const double *grl_model_readout_C(const grl_model *model);
const double *grl_model_readout_d(const grl_model *model);

/* output = C h + d at a state h. */
void grl_model_output(const grl_model *model, const double *h, double *output);

/* Optional start, from which a network runs that was trained to run freely: h_0 = E y + e, encoded from the numbers y that
 * are observed first, or h_0 = e, learned. E is n x observations, row-major; e has n entries. Both are copied in; either
 * may be NULL, which is zero, and if both are there is no start. observations 0: learned. GRL_BAD_INPUT for a number that
 * is not finite; the model is then as it was. */
grl_status grl_model_set_start(grl_model *model, size_t observations, const double *E, const double *e,
                               grl_error *error);
size_t grl_model_observations(const grl_model *model);   /* 0: learned, or no start */
const double *grl_model_start_E(const grl_model *model); /* NULL: learned, or no start */
const double *grl_model_start_e(const grl_model *model); /* NULL: no start */

/* The start h (n numbers) for observations y, which may be NULL if there are none; zero if the model has no start. */
void grl_model_start(const grl_model *model, const double *y, double *h);

/* What was assumed to read the file, as sentences for people: "gates in the order r, z, n (PyTorch)". Copied
 * in. */
grl_status grl_model_add_note(grl_model *model, const char *note, grl_error *error);
size_t grl_model_notes(const grl_model *model);
const char *grl_model_note(const grl_model *model, size_t i);

#ifdef __cplusplus
}
#endif
#endif
