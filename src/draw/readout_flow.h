/* readout_flow.h: the flow of two units, or the steps of their map, in the plane of two outputs. */
#ifndef GRL_DRAW_READOUT_FLOW_H
#define GRL_DRAW_READOUT_FLOW_H

#include "draw/plot.h"
#include "draw/readout.h"

/* For a readout with an inverse: streamlines, or for a map short arrows along one step, and the border of what states of
 * (-1, 1)^2 put out. */
grl_status grl_readout_flow_draw(grl_canvas *canvas, const grl_axes *axes, const grl_readout *readout,
                                 grl_error *error);
void grl_readout_flow_describe(const grl_axes *axes, const grl_readout *readout, grl_legend *legend);

#endif
