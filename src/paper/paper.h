/* paper.h: what the sections of the report share. A section is one file with one grl_paper_part and one line in the list in
 * paper.c. First it computes: everything the report says goes into its results, the networks too. Then it writes:
 * from the results alone, with figures that are drawn from them, so that a run that takes results from an earlier one
 * writes the same report. */
#ifndef GRL_PAPER_PAPER_H
#define GRL_PAPER_PAPER_H

#include "draw/lineplot.h"
#include "paper/document.h"

#include <grulens/bifurcation.h>
#include <grulens/model.h>
#include <grulens/paper.h>
#include <grulens/portrait.h>

typedef struct grl_paper {
    const char *directory;
    const grl_paper_options *options;
    json_t *sections; /* the results so far, by section */
    const char *section;
} grl_paper;

typedef struct grl_paper_part {
    const char *id, *title;
    int anew; /* 1: reads the results of other sections, and is computed anew in any run */
    grl_status (*compute)(grl_paper *paper, grl_results *results, grl_error *error);
    /* results: those of compute. */
    grl_status (*write)(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error);
} grl_paper_part;

extern const grl_paper_part grl_paper_lens, grl_paper_one_unit, grl_paper_multistability,
    grl_paper_oscillation, grl_paper_homoclinic, grl_paper_pseudo_line, grl_paper_learning, grl_paper_uses;

/* A network among the results, "models/NAME", as the text of its file, which goes to models/NAME.json of the report's
 * folder; a name with a dot, "ramp.csv", is a file's own. From a text, or from a network. */
void grl_paper_add_model(grl_results *results, const char *name, const char *text);
grl_status grl_paper_add_network(grl_paper *paper, grl_results *results, const char *name,
                                 const grl_cell *cell, grl_error *error);
grl_status grl_paper_add_whole(grl_paper *paper, grl_results *results, const char *name,
                               const grl_model *model, grl_error *error); /* with its readout */
/* Such a network, with numbers set: settings is NULL or "alpha=0.7,b_h[0]=1". */
grl_status grl_paper_model(grl_paper *paper, const json_t *results, const char *name, const char *settings,
                           grl_model **model, grl_error *error);

/* A portrait with what belongs to it: of the flow of two units cycles, separatrices and the signature. */
grl_status grl_paper_portrait(grl_paper *paper, const grl_model *model, grl_time time,
                              grl_portrait **portrait, grl_error *error);
/* Its inventory at `path`: count, stable, unstable, saddle, degenerate, complete, certified (every point, and its
 * stability), index_sum, cycles, signature; and the points with type, h and eigenvalues. */
void grl_paper_add_portrait(grl_results *results, const grl_portrait *portrait, const char *path);

/* A diagram along one or two parameters: vary is "alpha=0.1:1.2" or two of them with a blank between. dt: 0 for the
 * flow. */
grl_status grl_paper_diagram(grl_paper *paper, const grl_model *model, const char *vary, double dt,
                             int cycles, grl_diagram **diagram, grl_error *error);
/* The same for a network among the results. */
grl_status grl_paper_diagram_of(grl_paper *paper, const json_t *results, const char *name,
                                const char *settings, const char *vary, double dt, int cycles,
                                grl_diagram **diagram, grl_error *error);
grl_status grl_paper_portrait_of(grl_paper *paper, const json_t *results, const char *name,
                                 const char *settings, grl_time time, grl_portrait **portrait,
                                 grl_error *error);
/* The first special point of a type, or NULL. */
const grl_special *grl_paper_special(const grl_diagram *diagram, grl_special_type type);

/* Figures for the last figure of the document; they get the name SECTION-NUMBER.svg. */
grl_draw_options grl_paper_look(double width, double height, const char *title);
grl_status grl_paper_draw_portrait(grl_paper *paper, const json_t *results, const char *model,
                                   const char *settings, grl_time time, const grl_draw_options *look,
                                   grl_document *document, grl_error *error);

/* The diagram of grl_paper_diagram, drawn over unit `unit`. */
grl_status grl_paper_draw_diagram(grl_paper *paper, const json_t *results, const char *model,
                                  const char *settings, const char *vary, double dt, size_t unit,
                                  const grl_draw_options *look, grl_document *document, grl_error *error);
grl_status grl_paper_draw_panels(grl_paper *paper, size_t count, const grl_panel *panels, size_t columns,
                                 const grl_draw_options *look, grl_document *document, grl_error *error);

/* Takes a drawing that a call with look.drawing has filled, or frees it if status is not GRL_OK; gives status back. */
grl_status grl_paper_take(grl_paper *paper, grl_drawing *drawing, grl_status status, grl_document *document,
                          grl_error *error);

#endif
