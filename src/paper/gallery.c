/* gallery.c: small portraits side by side. */
#include "paper/gallery.h"

#include "draw/chart.h"
#include "draw/plot.h"

#include <stdio.h>

enum { COLUMNS = 6 };

static const double side = 100, pitch = 112, row_pitch = 138, margin = 12;

static grl_status draw_one(grl_paper *paper, const json_t *results, grl_canvas *canvas, size_t k, double x,
                           double y, grl_error *error)
{
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    char words[96];
    grl_status status = grl_paper_model(paper, results, grl_results_words(results, "topologies/%zu/model", k),
                                        NULL, &model, error);
    if (status == GRL_OK) status = grl_paper_portrait(paper, model, GRL_CONTINUOUS, &portrait, error);
    if (status == GRL_OK) {
        grl_cell *cell = NULL;
        status = grl_cell_copy(grl_model_cell(model), &cell, error);
        const grl_region region = {.cell = cell, .portrait = portrait};
        if (status == GRL_OK) status = grl_thumbnail_draw(canvas, &region, x, y, side, error);
        grl_cell_free(cell);
    }
    const double share = grl_results_value(results, "topologies/%zu/frequency", k);
    grl_canvas_colour(canvas, GRL_INK, 1);
    snprintf(words, sizeof words, "%zu", k + 1);
    grl_label_draw(canvas, x, y + side + 11, 9, GRL_ALIGN_LEFT, words);
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    if (share > 0) {
        snprintf(words, sizeof words, "%.2g %%", 100 * share);
        grl_label_draw(canvas, x + side, y + side + 11, 8, GRL_ALIGN_RIGHT, words);
    } else {
        grl_label_draw(canvas, x + side, y + side + 11, 8, GRL_ALIGN_RIGHT, "climb");
    }
    const double cycles = grl_results_value(results, "topologies/%zu/cycles", k);
    const int length = snprintf(words, sizeof words, "%.0f \xc2\xb7 %.0f \xc2\xb7 %.0f",
                                grl_results_value(results, "topologies/%zu/stable", k),
                                grl_results_value(results, "topologies/%zu/unstable", k),
                                grl_results_value(results, "topologies/%zu/saddles", k));
    if (cycles > 0)
        snprintf(words + length, sizeof words - (size_t)length, ", %.0f cycle%s", cycles,
                 cycles > 1 ? "s" : "");
    grl_label_draw(canvas, x, y + side + 22, 8, GRL_ALIGN_LEFT, words);
    grl_portrait_free(portrait);
    grl_model_free(model);
    return status;
}

grl_status grl_paper_draw_gallery(grl_paper *paper, const json_t *results, size_t first, size_t count,
                                  grl_document *document, grl_error *error)
{
    grl_canvas canvas = {0};
    grl_drawing *drawing = NULL;
    const double rows = (double)((count + COLUMNS - 1) / COLUMNS),
                 width = 2 * margin + COLUMNS * pitch - (pitch - side),
                 height = 2 * margin + rows * row_pitch - 8;
    grl_draw_options look = grl_paper_look(width, height, NULL);
    grl_status status = grl_drawing_create(&drawing, error);
    if (status != GRL_OK) return status;
    look.drawing = drawing;
    status = grl_canvas_open(&look, width, height, NULL, &canvas, error);
    for (size_t k = 0; k < count && status == GRL_OK; k++)
        status = draw_one(paper, results, &canvas, first + k, margin + pitch * (double)(k % COLUMNS),
                          margin + row_pitch * (double)(k / COLUMNS), error);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, NULL, error);
    grl_canvas_close(&canvas);
    return grl_paper_take(paper, drawing, status, document, error);
}
