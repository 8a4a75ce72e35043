/* signal.h (internal): walking along an input signal, from one jump or kink to the next. */
#ifndef GRL_CELL_SIGNAL_H
#define GRL_CELL_SIGNAL_H

#include <grulens/simulate.h>

/* Piece p lies between row p - 1 and row p in time; 0 and `count` are the constant ends. */
typedef struct grl_signal_walk {
    const grl_signal *signal;
    int direction; /* of time: +1 or -1 */
    size_t piece;
    double end;     /* where the piece ends, on the side to which time goes; infinite for the last one */
    double *buffer; /* width */
} grl_signal_walk;

grl_status grl_signal_check(const grl_signal *signal, size_t width, grl_error *error);

/* Starts at time 0. buffer: `width` doubles, in use as long as the walk is. */
void grl_signal_begin(grl_signal_walk *walk, const grl_signal *signal, int direction, double *buffer);
/* On to the piece behind `end`. Pieces with the same constant input are taken as one. */
void grl_signal_next(grl_signal_walk *walk);
/* The input at a time of the present piece; valid until the next call. */
const double *grl_signal_at(const grl_signal_walk *walk, double t);

#endif
