/* figures.c: a section's figures, drawn into memory for the document. */
#include "paper/paper.h"

#include "base/error.h"

#include <stdio.h>

grl_draw_options grl_paper_look(double width, double height, const char *title)
{
    grl_draw_options look = grl_draw_defaults();
    look.width = width;
    look.height = height;
    look.title = title;
    return look;
}

grl_status grl_paper_take(grl_paper *paper, grl_drawing *drawing, grl_status status, grl_document *document,
                          grl_error *error)
{
    char file[96];
    const grl_piece *figure = document->count > 0 ? &document->parts[document->count - 1] : NULL;
    if (status != GRL_OK || !figure) {
        grl_drawing_free(drawing);
        return status != GRL_OK ? status : grl_fail_memory(error, 1, 1);
    }
    snprintf(file, sizeof file, "figures/%s-%d-%zu.svg", paper->section, document->figures,
             figure->drawing_count + 1);
    grl_document_drawing(document, drawing, file);
    return document->failed ? grl_fail_memory(error, 1, 1) : GRL_OK;
}

grl_status grl_paper_draw_portrait(grl_paper *paper, const json_t *results, const char *model,
                                   const char *settings, grl_time time, const grl_draw_options *look,
                                   grl_document *document, grl_error *error)
{
    grl_model *network = NULL;
    grl_portrait *portrait = NULL;
    grl_drawing *drawing = NULL;
    grl_draw_options options = *look;
    grl_status status = grl_paper_model(paper, results, model, settings, &network, error);
    if (status == GRL_OK) status = grl_paper_portrait(paper, network, time, &portrait, error);
    if (status == GRL_OK) status = grl_drawing_create(&drawing, error);
    if (status == GRL_OK) {
        options.drawing = drawing;
        status = grl_draw_portrait(grl_model_cell(network), NULL, portrait, &options, NULL, error);
        status = grl_paper_take(paper, drawing, status, document, error);
    }
    grl_portrait_free(portrait);
    grl_model_free(network);
    return status;
}

grl_status grl_paper_draw_diagram(grl_paper *paper, const json_t *results, const char *model,
                                  const char *settings, const char *vary, double dt, size_t unit,
                                  const grl_draw_options *look, grl_document *document, grl_error *error)
{
    grl_model *network = NULL;
    grl_diagram *diagram = NULL;
    grl_drawing *drawing = NULL;
    grl_draw_options options = *look;
    grl_status status = grl_paper_model(paper, results, model, settings, &network, error);
    if (status == GRL_OK) status = grl_paper_diagram(paper, network, vary, dt, 1, &diagram, error);
    if (status == GRL_OK) status = grl_drawing_create(&drawing, error);
    if (status == GRL_OK) {
        options.drawing = drawing;
        status = grl_draw_diagram(diagram, unit, &options, NULL, error);
        status = grl_paper_take(paper, drawing, status, document, error);
    }
    grl_diagram_free(diagram);
    grl_model_free(network);
    return status;
}

grl_status grl_paper_draw_panels(grl_paper *paper, size_t count, const grl_panel *panels, size_t columns,
                                 const grl_draw_options *look, grl_document *document, grl_error *error)
{
    grl_drawing *drawing = NULL;
    grl_draw_options options = *look;
    grl_status status = grl_drawing_create(&drawing, error);
    if (status != GRL_OK) return status;
    options.drawing = drawing;
    status = grl_lineplot_draw(count, panels, columns, &options, NULL, error);
    return grl_paper_take(paper, drawing, status, document, error);
}
