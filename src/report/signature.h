/* signature.h (internal): the signature of a portrait in the analysis. Nothing is written where none was asked for. */
#ifndef GRL_REPORT_SIGNATURE_H
#define GRL_REPORT_SIGNATURE_H

#include "base/text.h"

#include <grulens/portrait.h>

void grl_signature_json(grl_text *text, const grl_portrait *portrait);
void grl_signature_line(grl_text *text, const grl_portrait *portrait);

#endif
