/* map_manifolds.h: what the manifolds of the map add to the analysis report; nothing where
 * portrait->map_manifolds is NULL. */
#ifndef GRL_REPORT_MAP_MANIFOLDS_H
#define GRL_REPORT_MAP_MANIFOLDS_H

#include "base/text.h"

#include <grulens/map_manifolds.h>

/* The member "map_manifolds" of the document, with a comma behind it. */
void grl_map_manifolds_json(grl_text *text, const grl_portrait *portrait);

/* A paragraph: tangles, folds, and what was not followed. */
void grl_map_manifolds_paragraph(grl_text *text, const grl_portrait *portrait);

/* A table: where the branches of each saddle go to and come from. */
void grl_map_manifolds_table(grl_text *text, const grl_portrait *portrait, int colour);

#endif
