/* json.c: the pieces that documents are made of. Numbers read back to the same double; what is not finite is
 * null. */
#include "report/json.h"

void grl_json_bool(grl_text *text, int value)
{
    grl_text_add(text, value ? "true" : "false");
}

void grl_json_list(grl_text *text, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_text_add_number(text, values[i]);
    }
}

void grl_json_numbers(grl_text *text, const double *values, size_t count)
{
    grl_text_add(text, "[");
    grl_json_list(text, values, count);
    grl_text_add(text, "]");
}

void grl_json_pairs(grl_text *text, const double *values, size_t count)
{
    grl_text_add(text, "[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_json_numbers(text, values + 2 * i, 2);
    }
    grl_text_add(text, "]");
}

void grl_json_named_numbers(grl_text *text, const char *name, const double *values, size_t count)
{
    grl_text_addf(text, "\"%s\": ", name);
    grl_json_numbers(text, values, count);
}

void grl_json_named_pairs(grl_text *text, const char *name, const double *values, size_t count)
{
    grl_text_addf(text, "\"%s\": ", name);
    grl_json_pairs(text, values, count);
}
