/* settle.h (internal): a scheme whose arms are in order but for some neighbours. */
#ifndef GRL_PORTRAIT_SETTLE_H
#define GRL_PORTRAIT_SETTLE_H

#include "portrait/scheme.h"

/* The code of the scheme, to be freed with free. gaps: for each place in scheme->arms its distance from the next at the
 * same node; infinite after a node's last. The order is taken as it stands if it has no gap of 0 and no fault. Else all
 * orders of arms with gaps of 0, or, if none of these is free of fault, of those closer than 0.02, are tried, and the
 * code is taken if all that are free of fault have the same. *fault: NULL, or a static clause; then there is no code.
 * The arms may be left in another order. */
grl_status grl_scheme_settle(grl_scheme *scheme, const double *gaps, char **code, const char **fault,
                             grl_error *error);

#endif
