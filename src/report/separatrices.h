/* separatrices.h: what the manifolds of a two-unit flow add to the analysis report; nothing where
 * portrait->separatrices is NULL. */
#ifndef GRL_REPORT_SEPARATRICES_H
#define GRL_REPORT_SEPARATRICES_H

#include "base/text.h"

#include <grulens/separatrices.h>

/* The members "separatrices", "connections" and "basins" of the document, each with a comma behind it. */
void grl_separatrices_json(grl_text *text, const grl_portrait *portrait);

/* A paragraph: what separates whom, and which saddles are joined. */
void grl_separatrices_paragraph(grl_text *text, const grl_portrait *portrait);

/* A table: where the branches of each saddle go to and come from. */
void grl_separatrices_table(grl_text *text, const grl_portrait *portrait, int colour);

#endif
