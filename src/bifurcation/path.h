/* path.h: a network along one or two parameters.
 *
 * A parameter is a number of the network ("b_h[0]", "U_h[0,1]"), a family's parameter ("alpha"), a component of
 * the constant input ("input[0]"), the scale of a block ("scale(U_h)": all of its numbers times p, p = 1 is the
 * model) or "path": the straight line from the model (p = 0) to another one (p = 1), number by number.
 *
 * A path is used by one thread at a time. It holds copies of all that it was given. */
#ifndef GRL_BIFURCATION_PATH_H
#define GRL_BIFURCATION_PATH_H

#include <grulens/bifurcation.h>
#include <grulens/model.h>

enum { GRL_PATH_PARAMETERS = 2 };

typedef struct grl_path grl_path;

/* x: constant input (m numbers; NULL is zero). other: the end of "path", of the same sizes and reset; else
 * NULL. count: 1 or 2 names, all different. GRL_BAD_INPUT with one sentence for a name that is unknown or
 * cannot be varied. Starts at the model's own values. Free with grl_path_free. */
grl_status grl_path_create(const grl_model *model, const double *x, const grl_model *other, size_t count,
                           const char *const *names, grl_path **path, grl_error *error);
grl_status grl_path_copy(const grl_path *path, grl_path **copy, grl_error *error); /* for another thread */
void grl_path_free(grl_path *path);                                                /* NULL is allowed */

size_t grl_path_count(const grl_path *path);
const char *grl_path_name(const grl_path *path, size_t k);
const double *grl_path_values(const grl_path *path);   /* count: where it is now */
double grl_path_start(const grl_path *path, size_t k); /* the model's own value */

/* Moves to p (count numbers). On failure (an expression that is not finite there) the path is where it was. */
grl_status grl_path_set(grl_path *path, const double *p, grl_error *error);

/* The cell without inputs at the present values; lives as long as the path, and changes with grl_path_set. */
const grl_cell *grl_path_cell(const grl_path *path);

/* d cell / d p_k there, as a cell of derivatives for grl_cell_derivative; computed when first asked for after
 * a move. NULL with an error if that fails. */
const grl_cell *grl_path_tangent(grl_path *path, size_t k, grl_error *error);

#endif
