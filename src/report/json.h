/* json.h: the pieces that documents are made of. */
#ifndef GRL_REPORT_JSON_H
#define GRL_REPORT_JSON_H

#include "base/text.h"

void grl_json_bool(grl_text *text, int value);                             /* true */
void grl_json_list(grl_text *text, const double *values, size_t count);    /* 1, 2 */
void grl_json_numbers(grl_text *text, const double *values, size_t count); /* [1, 2] */
void grl_json_pairs(grl_text *text, const double *values, size_t count);   /* [[1, 2], [3, 4]] */
/* "name": and then the numbers or pairs. */
void grl_json_named_numbers(grl_text *text, const char *name, const double *values, size_t count);
void grl_json_named_pairs(grl_text *text, const char *name, const double *values, size_t count);

#endif
