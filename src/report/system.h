/* system.h: the members of a document's "system" that tell which network it is about. */
#ifndef GRL_REPORT_SYSTEM_H
#define GRL_REPORT_SYSTEM_H

#include "base/text.h"

#include <grulens/model.h>

/* "KEY": {"NAME": VALUE, ...} */
void grl_json_parameters(grl_text *text, const grl_model *model); /* "parameters" of a family */
void grl_json_changes(grl_text *text, const grl_model *model);    /* "set": numbers that were set */

/* "model": NAME, "hidden_size": N, "reset": ..., and if there are any the two above. No comma at the end. */
void grl_json_model(grl_text *text, const grl_model *model, const char *name);

#endif
