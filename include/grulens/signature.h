/* signature.h: which topology the portrait of a flow of one or two units is.
 *
 * Two structurally stable flows on the square have the same signature exactly when a homeomorphism of the
 * square carries the orbits of one to the orbits of the other and keeps the direction of time; it may reflect.
 * docs/signatures.md has the grammar, the theorem, its sources, and pictures. A signature is computed, not proven:
 * cycles and manifolds are. */
#ifndef GRULENS_SIGNATURE_H
#define GRULENS_SIGNATURE_H

#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fills in portrait->signature and signature_name, or signature_reason, a sentence that says why there is no
 * signature; they are freed with the portrait. The portrait is that of the flow of `cell` at constant input x (m
 * numbers; NULL is zero); for two units it holds its cycles and separatrices already. Anything near degenerate,
 * undecided or incomplete is a reason, and so are maps and other numbers of units; GRL_BAD_INPUT only if cell and
 * portrait do not match. A former answer is replaced. Different portraits may be treated on different threads. */
grl_status grl_signature_compute(const grl_cell *cell, const double *x, grl_portrait *portrait,
                                 grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
