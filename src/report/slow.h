/* slow.h: what slow manifolds add to the analysis report; nothing where portrait->slow_manifolds is NULL. */
#ifndef GRL_REPORT_SLOW_H
#define GRL_REPORT_SLOW_H

#include "base/text.h"

#include <grulens/model.h>
#include <grulens/slow.h>

/* The member "slow_manifolds" of the document, with a comma behind it. */
void grl_slow_json(grl_text *text, const grl_model *model, const grl_portrait *portrait);

/* A paragraph: what behaves as a line or a ring, and for how long. */
void grl_slow_paragraph(grl_text *text, const grl_portrait *portrait);

/* A table of all of them. */
void grl_slow_table(grl_text *text, const grl_portrait *portrait, int colour);

#endif
