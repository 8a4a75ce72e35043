/* info.c: what is in a model file: sizes, what was assumed, the range and the size of each block of numbers.
 *
 * The sizes are the Frobenius norm and the largest sum of absolute values in a row, which bounds how far a
 * state or an input within [-1,1] can push a unit. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/layout.h"
#include "base/text.h"
#include "report/grid.h"
#include "report/system.h"
#include "report/training.h"
#include "report/words.h"

#include <math.h>

typedef struct facts {
    size_t rows, columns, formulas;
    double least, largest, frobenius, row_sum;
} facts;

static facts facts_of(const grl_model *model, grl_block block)
{
    const grl_cell *cell = grl_model_cell(model);
    const double *values = grl_cell_values(cell, block);
    facts f = {0};
    grl_block_shape(block, grl_cell_hidden_size(cell), grl_cell_input_size(cell), &f.rows, &f.columns);
    size_t count = f.rows * f.columns;
    if (count > 0) f.least = f.largest = values[0];
    for (size_t k = 0; k < count; k++) {
        if (values[k] < f.least) f.least = values[k];
        if (values[k] > f.largest) f.largest = values[k];
        f.formulas += grl_model_expression(model, block, k) != NULL;
    }
    /* Scaled by the largest, so that the squares of numbers up to 1e100 cannot overflow. */
    double most = fmax(fabs(f.least), fabs(f.largest)), squares = 0;
    for (size_t i = 0; i < f.rows && most > 0; i++) {
        double row = 0;
        for (size_t j = 0; j < f.columns; j++) {
            double size = fabs(values[i * f.columns + j]) / most;
            squares += size * size;
            row += size;
        }
        f.row_sum = fmax(f.row_sum, row * most);
    }
    f.frobenius = most * sqrt(squares);
    return f;
}

static void add_blocks(grl_text *text, const grl_model *model)
{
    size_t formulas = 0;
    grl_grid grid = {.columns = 6, .align = "lrrrrr"};
    static const char *const heads[] = {"numbers", "shape", "least", "largest", "norm", "row sum"};
    for (size_t i = 0; i < grid.columns; i++) grl_grid_add(&grid, 0, heads[i]);
    for (int block = 0; block < GRL_BLOCKS; block++) {
        facts f = facts_of(model, (grl_block)block);
        formulas += f.formulas;
        if (f.rows * f.columns == 0) continue;
        if (block == GRL_C_H && grl_cell_reset(grl_model_cell(model)) == GRL_RESET_BEFORE) continue;
        grl_grid_add(&grid, 0, grl_block_name((grl_block)block));
        if (f.columns > 1)
            grl_grid_addf(&grid, "%zu x %zu", f.rows, f.columns);
        else
            grl_grid_addf(&grid, "%zu", f.rows);
        if (f.least == 0 && f.largest == 0 && f.formulas == 0) {
            grl_grid_add(&grid, 0, "all zero");
            for (int i = 0; i < 3; i++) grl_grid_add(&grid, 0, "");
            continue;
        }
        grl_grid_add(&grid, 0, grl_number_short(f.least, 4).text);
        grl_grid_add(&grid, 0, grl_number_short(f.largest, 4).text);
        grl_grid_add(&grid, 0, grl_number_short(f.frobenius, 4).text);
        grl_grid_add(&grid, 0, grl_number_short(f.row_sum, 4).text);
    }
    grl_text_add(text, "\n");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    grl_text_add(text, "\nnorm: Frobenius; row sum: the largest sum of absolute values in a row.\n");
    if (formulas > 0) {
        grl_words_plural(text, formulas, "number is an expression", "numbers are expressions");
        grl_text_add(text, " in the parameters; the table has their present values.\n");
    }
}

grl_status grl_report_info_text(const grl_model *model, const char *name, char **text, grl_error *error)
{
    const grl_cell *cell = grl_model_cell(model);
    size_t outputs = grl_model_outputs(model), observations = grl_model_observations(model);
    grl_text out = {0}, first = {0};

    grl_text_addf(&first, "%s: a GRU with ", name);
    grl_words_plural(&first, grl_cell_hidden_size(cell), "unit and ", "units and ");
    if (grl_cell_input_size(cell) > 0)
        grl_words_plural(&first, grl_cell_input_size(cell), "input", "inputs");
    else
        grl_text_add(&first, "no inputs");
    if (outputs > 0) {
        grl_text_add(&first, ", with a linear readout of ");
        grl_words_plural(&first, outputs, "output", "outputs");
    }
    if (observations > 0) {
        grl_text_add(&first, outputs > 0 ? " and a start encoded from " : ", with a start encoded from ");
        grl_words_plural(&first, observations, "observation", "observations");
    } else if (grl_model_start_e(model)) {
        grl_text_add(&first, outputs > 0 ? " and a learned start" : ", with a learned start");
    }
    grl_text_add(&first, ". ");
    if (grl_cell_reset(cell) == GRL_RESET_AFTER)
        grl_text_add(&first,
                     "The reset gate acts after the product: n = tanh(W_h x + b_h + r*(U_h h + c_h)).");
    else
        grl_text_add(&first, "The reset gate acts before the product: n = tanh(W_h x + U_h (r*h) + b_h).");
    if (first.failed)
        out.failed = true;
    else
        grl_text_add_wrapped(&out, first.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&first);

    grl_words_parameters(&out, model);
    grl_words_notes(&out, model);
    add_blocks(&out, model);

    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the report");
}

grl_status grl_report_info_json(const grl_model *model, const char *name, char **text, grl_error *error)
{
    const grl_cell *cell = grl_model_cell(model);
    grl_text out = {0};

    grl_text_add(&out, "{\n  \"format\": \"grulens-info\",\n  \"version\": 1,\n  \"name\": ");
    grl_text_add_quoted(&out, name);
    grl_text_addf(&out,
                  ",\n  \"hidden_size\": %zu,\n  \"input_size\": %zu,\n  \"output_size\": %zu,\n"
                  "  \"start\": \"%s\",\n  \"observations\": %zu,\n  \"reset\": \"%s\",\n  ",
                  grl_cell_hidden_size(cell), grl_cell_input_size(cell), grl_model_outputs(model),
                  grl_words_model_start(model), grl_model_observations(model),
                  grl_cell_reset(cell) == GRL_RESET_AFTER ? "after" : "before");
    grl_json_parameters(&out, model);
    grl_text_add(&out, ",\n  ");
    grl_json_changes(&out, model);
    grl_text_add(&out, ",\n  \"notes\": [");
    for (size_t i = 0; i < grl_model_notes(model); i++) {
        grl_text_add(&out, i > 0 ? ",\n    " : "\n    ");
        grl_text_add_quoted(&out, grl_model_note(model, i));
    }
    grl_text_add(&out, "],\n  \"numbers\": {");
    for (int block = 0; block < GRL_BLOCKS; block++) {
        facts f = facts_of(model, (grl_block)block);
        grl_text_addf(&out,
                      "%s\n    \"%s\": {\"rows\": %zu, \"columns\": %zu, \"expressions\": %zu, \"least\": ",
                      block > 0 ? "," : "", grl_block_name((grl_block)block), f.rows, f.columns, f.formulas);
        grl_text_add_number(&out, f.least);
        grl_text_add(&out, ", \"largest\": ");
        grl_text_add_number(&out, f.largest);
        grl_text_add(&out, ", \"norm\": ");
        grl_text_add_number(&out, f.frobenius);
        grl_text_add(&out, ", \"row_sum\": ");
        grl_text_add_number(&out, f.row_sum);
        grl_text_add(&out, "}");
    }
    grl_text_add(&out, "\n  }\n}\n");

    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the document");
}
