/* analysis.h: the parts of the analysis report for people. */
#ifndef GRL_REPORT_ANALYSIS_H
#define GRL_REPORT_ANALYSIS_H

#include "base/text.h"

#include <grulens/model.h>
#include <grulens/portrait.h>

/* What is proven about a portrait's points, counted once for all parts of the report. */
typedef struct grl_claims {
    size_t certified; /* proven to exist, each the only one near */
    size_t boxed;     /* degenerate: known to a box in which the proof could not decide */
    size_t computed;  /* neither: found, not proven */
    size_t stability; /* certified ones whose stability is proven */
    bool done;        /* branch-and-prune came to its end: nothing outside certified points and boxes */
} grl_claims;

grl_claims grl_claims_of(const grl_portrait *portrait);

/* The paragraph that can be quoted; where it is known where states go, one more on the fixed points and cycles. */
void grl_analysis_paragraph(grl_text *text, const grl_model *model, const char *name, const double *x,
                            const grl_portrait *portrait);

/* What follows from the sum of the indices, as a sentence. */
void grl_analysis_index(grl_text *text, const grl_portrait *portrait);

/* The member "basins" of a one-unit flow whose basins are proven, with a comma behind it; else nothing. */
void grl_analysis_line_json(grl_text *text, const grl_portrait *portrait);

/* How it is known that there are no (other) cycles, as sentences for a paragraph that has begun. */
void grl_analysis_cycles_add(grl_text *words, const grl_portrait *portrait);

/* The cycles of a portrait in which they were looked for: a paragraph, a table; and a part of
 * the document, which is never left out. */
void grl_analysis_cycles_words(grl_text *text, const grl_portrait *portrait);
void grl_analysis_cycles_table(grl_text *text, const grl_portrait *portrait, int colour);
void grl_analysis_cycles_json(grl_text *text, const grl_portrait *portrait);

/* The attractors of a portrait in which they were looked for, in the same three forms; and the items of `cycles`
 * where they come from there. */
void grl_analysis_attractors_words(grl_text *text, const grl_portrait *portrait);
void grl_analysis_attractors_table(grl_text *text, const grl_portrait *portrait, int colour);
void grl_analysis_attractors_json(grl_text *text, const grl_portrait *portrait);
void grl_analysis_closed_json(grl_text *text, const grl_portrait *portrait);

#endif
