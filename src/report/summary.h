/* summary.h: the attractors of a two-unit flow, who goes to which, and what separates them, in sentences. */
#ifndef GRL_REPORT_SUMMARY_H
#define GRL_REPORT_SUMMARY_H

#include "base/text.h"

#include <grulens/portrait.h>

/* 1 if the portrait tells where states go: then the report begins with the attractors, and later parts leave out
 * what is said there. */
int grl_summary_known(const grl_portrait *portrait);

/* "two attractors: the stable focus #3 and a stable limit cycle of period 9.79 around ...": what the network has,
 * who goes where, what lies between, and what of this is proven. */
void grl_summary_add(grl_text *words, const grl_portrait *portrait);

/* " States below #2 (h = 0.000000) go to #1, ...": of a one-unit flow whose basins are proven, else nothing. */
void grl_summary_add_line(grl_text *words, const grl_portrait *portrait);

#endif
