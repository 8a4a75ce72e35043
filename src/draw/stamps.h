/* stamps.h: where a page has been drawn on already. Coordinates are those of the square [-1,1]^2. */
#ifndef GRL_DRAW_STAMPS_H
#define GRL_DRAW_STAMPS_H

#include "draw/lines.h"

#include <stdint.h>

/* Start from {0}; free the raster with free(). Curves have numbers from 1 on. The curves up to `fixed` count for
 * all later ones; a later curve counts for itself alone, from its next round on. */
typedef struct grl_stamps {
    struct grl_stamp *raster;
    uint32_t fixed;
} grl_stamps;

grl_status grl_stamps_make(grl_stamps *stamps, grl_error *error);

/* Goes from a to b, the part of curve `curve` that begins at *length along it, leaves stamps where nothing covers it and moves *length on.
 * Returns how much of the part lies within GRL_STAMP_NEAR of something that counts. */
double grl_stamps_leave(grl_stamps *stamps, const double a[2], const double b[2], uint32_t curve,
                        double *length);
#define GRL_STAMP_NEAR 0.02

/* Of each curve the pieces that do not run beside `before` or beside an earlier round of the curve itself: what
 * winds onto a cycle for ever leaves room between its turns. */
grl_status grl_lines_thin(const grl_lines *before, const grl_lines *curves, grl_lines *pieces,
                          grl_error *error);

#endif
