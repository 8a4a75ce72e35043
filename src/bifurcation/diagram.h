/* diagram.h: building a grl_diagram. Arrays grow as points are added, so pointers into a diagram do not outlive
 * the next call that adds to it. A call that fails leaves the diagram as it was, but for room. */
#ifndef GRL_BIFURCATION_DIAGRAM_H
#define GRL_BIFURCATION_DIAGRAM_H

#include <grulens/bifurcation.h>

/* An empty diagram; low and high: `parameters` numbers. Free with grl_diagram_free. */
grl_status grl_diagram_create(size_t hidden_size, size_t parameters, const char *const *names,
                              const double *low, const double *high, grl_time time, double dt,
                              grl_diagram **diagram, grl_error *error);

/* An empty branch or curve; its ends say GRL_BRANCH_STEPS until they are set. *index: which one it is. */
grl_status grl_diagram_add_branch(grl_diagram *diagram, grl_branch_kind kind, size_t *index,
                                  grl_error *error);
grl_status grl_diagram_add_curve(grl_diagram *diagram, grl_special_type type, size_t *index,
                                 grl_error *error);

/* One more point at the end. p: k, h: n, values: n pairs, all copied; low and high: n of a cycle, else NULL. */
grl_status grl_diagram_add_point(grl_diagram *diagram, size_t branch, const double *p, const double *h,
                                 const double *values, int unstable, double period, const double *low,
                                 const double *high, grl_error *error);
/* p: 2; what does not belong to the curve's type is NaN. */
grl_status grl_diagram_add_curve_point(grl_diagram *diagram, size_t curve, const double *p, const double *h,
                                       double omega, double period, double test, grl_error *error);

/* A copy of *special, with its own h. */
grl_status grl_diagram_add_special(grl_diagram *diagram, const grl_special *special, size_t *index,
                                   grl_error *error);
/* A copy of *region, with its own name and signature; on success it takes over the cell and the portrait. */
grl_status grl_diagram_add_region(grl_diagram *diagram, const grl_region *region, grl_error *error);

/* The other way round: last point first, the ends exchanged, special points' places too. So a branch is
 * followed one way from its start, turned, and followed the other way. */
void grl_diagram_turn_branch(grl_diagram *diagram, size_t branch);
void grl_diagram_turn_curve(grl_diagram *diagram, size_t curve);

/* Takes the last branch or curve away; special points that lie on the branch no longer say so. */
void grl_diagram_drop_branch(grl_diagram *diagram);
void grl_diagram_drop_curve(grl_diagram *diagram);

/* The special point of this type, of those from `first` on, whose parameters and state are within `tolerance`
 * of p and h in every coordinate (parameters relative to the range); SIZE_MAX if there is none. h may be NULL:
 * only the parameters count. */
size_t grl_diagram_find_special(const grl_diagram *diagram, size_t first, grl_special_type type,
                                const double *p, const double *h, double tolerance);

#endif
