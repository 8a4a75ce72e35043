/* system.c: the members of a document's "system" that tell which network it is about: the file's name and
 * what was changed since it was read, so that a document by itself says what was computed. */
#include "report/system.h"

static void add_values(grl_text *text, const char *key, const grl_model *model, size_t count,
                       const char *(*name)(const grl_model *, size_t),
                       double (*value)(const grl_model *, size_t))
{
    grl_text_addf(text, "\"%s\": {", key);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_text_add_quoted(text, name(model, i));
        grl_text_add(text, ": ");
        grl_text_add_number(text, value(model, i));
    }
    grl_text_add(text, "}");
}

void grl_json_parameters(grl_text *text, const grl_model *model)
{
    add_values(text, "parameters", model, grl_model_parameters(model), grl_model_parameter_name,
               grl_model_parameter_value);
}

void grl_json_changes(grl_text *text, const grl_model *model)
{
    add_values(text, "set", model, grl_model_changes(model), grl_model_change_name, grl_model_change_value);
}

void grl_json_model(grl_text *text, const grl_model *model, const char *name)
{
    const grl_cell *cell = grl_model_cell(model);
    grl_text_add(text, "\"model\": ");
    grl_text_add_quoted(text, name);
    grl_text_addf(text, ",\n    \"hidden_size\": %zu,\n    \"reset\": \"%s\"", grl_cell_hidden_size(cell),
                  grl_cell_reset(cell) == GRL_RESET_AFTER ? "after" : "before");
    if (grl_model_parameters(model) > 0) {
        grl_text_add(text, ",\n    ");
        grl_json_parameters(text, model);
    }
    if (grl_model_changes(model) > 0) {
        grl_text_add(text, ",\n    ");
        grl_json_changes(text, model);
    }
}
