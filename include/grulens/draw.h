/* draw.h: figures. SVG, PDF and PNG from one drawing, through Cairo. */
#ifndef GRULENS_DRAW_H
#define GRULENS_DRAW_H

#include <grulens/bifurcation.h>
#include <grulens/learn.h>
#include <grulens/model.h>
#include <grulens/portrait.h>
#include <grulens/simulate.h>
#include <grulens/survey.h>
#include <grulens/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_theme { GRL_THEME_LIGHT = 0, GRL_THEME_DARK = 1, GRL_THEME_GREY = 2 } grl_theme;

/* The parts of a portrait's figure, as bits. Which of them a figure can have depends on what it shows:
 *
 *     one unit, flow     basins points numbers potential legend
 *     one unit, map      trajectories points numbers legend
 *     two units, flow    all but potential
 *     two units, map     arrows nullclines manifolds speed trajectories points numbers legend
 *     more units, flow   manifolds cycles trajectories points numbers legend
 *     more units, map    manifolds trajectories points numbers legend
 */
typedef enum grl_show {
    GRL_SHOW_STREAMLINES = 1 << 0, /* lines along the flow, evenly spaced */
    GRL_SHOW_ARROWS = 1 << 1, /* flow: its direction on a grid, in place of the streamlines; map: one step */
    GRL_SHOW_NULLCLINES = 1 << 2,
    GRL_SHOW_MANIFOLDS = 1 << 3, /* of the saddles, and slow ones, where the portrait has them */
    GRL_SHOW_CYCLES = 1 << 4,
    GRL_SHOW_BASINS = 1 << 5,
    GRL_SHOW_SPEED = 1 << 6, /* |f|, or the length of a step, as a background in place of the basins */
    GRL_SHOW_TRAJECTORIES = 1 << 7,
    GRL_SHOW_POINTS = 1 << 8,     /* fixed points and slow points */
    GRL_SHOW_NUMBERS = 1 << 9,    /* #1, #2 ... beside the fixed points, as in the report */
    GRL_SHOW_POTENTIAL = 1 << 10, /* one unit: a second panel */
    GRL_SHOW_LEGEND = 1 << 11,
    GRL_SHOW_ALL = (1 << 12) - 1
} grl_show;

/* Reads words separated by commas, "nullclines,legend", or "all": their bits. GRL_BAD_INPUT names a word that
 * is none of them and what it may have been meant to be. */
grl_status grl_show_read(const char *words, unsigned *show, grl_error *error);

/* A figure kept in memory, to be saved in several kinds of file, or placed on the page of a document. */
typedef struct grl_drawing grl_drawing;

grl_status grl_drawing_create(grl_drawing **drawing, grl_error *error);
void grl_drawing_free(grl_drawing *drawing); /* NULL is allowed */
/* Its size in points; 0 while nothing has been drawn. */
double grl_drawing_width(const grl_drawing *drawing);
double grl_drawing_height(const grl_drawing *drawing);
/* Writes it; the ending of the name says the kind. scale: pixels per point in PNG. The file appears whole or not at
 * all. GRL_BAD_INPUT if nothing has been drawn. */
grl_status grl_drawing_save(const grl_drawing *drawing, double scale, const char *path, grl_error *error);
/* The same as the text of an SVG file, freed with grl_text_free. */
grl_status grl_drawing_svg(const grl_drawing *drawing, char **text, grl_error *error);

enum { GRL_DRAW_RANGES = 3 };

typedef struct grl_draw_options {
    grl_theme theme;
    double width, height; /* in points of 1/72 inch; 0: the figure's own choice */
    double scale;         /* pixels per point in PNG; default 2 */
    double text; /* size of the smaller words in points, 4 to 40; 0: lines and words grow with the page */
    const char *title; /* NULL: none */
    int trajectories;  /* sample trajectories to draw; -1: the figure's own choice */
    unsigned long long seed;

    /* Parts (grl_show) to leave out of those that a portrait's figure has by itself, and then parts to add. A
     * part that the figure cannot have may be left out, but not added. */
    unsigned hide, show;

    /* The range of a portrait's axes: of all of them (ranges = 1) or of each; 0: the figure's own choice. The
     * axes are h for one unit, h[0] and h[1] for two, h[0], h[1] and h[2] for three, and the two principal
     * components for more. Up to three units within [-1.5, 1.5]. */
    int ranges;
    double low[GRL_DRAW_RANGES], high[GRL_DRAW_RANGES];

    /* NULL, or what takes the figure in place of a file, which is then not written: `path` is used in messages alone
     * and may be NULL. A drawing that holds a figure already gets the new one. Borrowed. */
    grl_drawing *drawing;
} grl_draw_options;

grl_draw_options grl_draw_defaults(void);

/* The phase portrait of a network at constant input x (m numbers, NULL is zero), with the points of
 * `portrait`, which was computed for the same cell and input. One unit: f over h with the flow on the line, and
 * the potential V(h) = -integral of f; of the map, the next state over the state. Two units: the phase plane.
 * Three: points and trajectories from three sides. More: the same in the first two principal components of the
 * trajectories. The kind of file follows its name's ending (.svg, .pdf, .png); it appears whole or not at
 * all. */
grl_status grl_draw_portrait(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                             const grl_draw_options *options, const char *path, grl_error *error);

typedef enum grl_atlas_figure {
    GRL_ATLAS_GALLERY = 0,   /* the classes of a run as small portraits, twenty to a page */
    GRL_ATLAS_FREQUENCY = 1, /* shares of the most frequent classes against the runs' scale of U_h */
    GRL_ATLAS_ATTRACTORS = 2 /* attractors of a network, mean and most, against the runs' number of units */
} grl_atlas_figure;

/* A figure of a catalogue; run and page are those of the gallery. */
grl_status grl_draw_atlas(const grl_atlas *atlas, grl_atlas_figure figure, size_t run, size_t page,
                          const grl_draw_options *options, const char *path, grl_error *error);

/* Trajectories of one network over time, and the input if `signal` is not NULL. Up to eight units: a panel
 * for each. More: a map of the first trajectory, a row for each unit. `map`: 1 for iterates of the map. */
grl_status grl_draw_timecourse(size_t count, const grl_trajectory *const *trajectories,
                               const grl_signal *signal, int map, const grl_draw_options *options,
                               const char *path, grl_error *error);

/* A diagram. One parameter: the unit `unit` over it; fixed points that are stable solid, others dashed; of cycles
 * the least and the greatest value; special points with their labels. Two parameters: the curves in their plane,
 * and portraits of the regions between them; `unit` has no effect. */
grl_status grl_draw_diagram(const grl_diagram *diagram, size_t unit, const grl_draw_options *options,
                            const char *path, grl_error *error);

/* One learning curve. */
typedef struct grl_learning_curve {
    const char *task; /* a panel for each, under this title (markup); NULL: none */
    size_t units;
    size_t count;
    const grl_learning_point *points; /* by rising step */
} grl_learning_curve;

/* Validation losses over the steps of the optimiser, logarithmic: a panel for each task, and in it for each size every run
 * as a faint line, the median over the runs, and from three runs on a band between the quartiles. All of these are
 * of logarithms, and between two values of a run on the straight line between them. A run that ended keeps its last
 * value; a loss that is not finite counts as larger than all others, and a cross marks where a run ends so. */
grl_status grl_draw_learning_curves(size_t count, const grl_learning_curve *curves,
                                    const grl_draw_options *options, const char *path, grl_error *error);

/* True and learned trajectories over time: those of `data` and what the network put out from their starts, N x (T + 1) x k,
 * as grl_training_run gives it. The first trajectories of the data side by side (options->trajectories, or some), each
 * with its inputs above and a panel for each of the first four outputs. warm_up, horizon: steps, marked where they end; 0:
 * no mark, and none for a horizon that lies not inside. What is not finite breaks a line. */
grl_status grl_draw_prediction(const grl_dataset *data, const double *outputs, size_t warm_up, size_t horizon,
                               const grl_draw_options *options, const char *path, grl_error *error);

/* How one trained network did. */
typedef struct grl_size_score {
    const char *series; /* a line for each: a task, a measure */
    size_t units;
    double error;
    int success; /* 1 or 0; -1: not judged */
} grl_size_score;

/* Errors against the number of units, both logarithmic: for each series every network as a faint point, the mean over the
 * networks of a size, and a whisker from the least to the greatest. Where successes are known a second panel has their share
 * with its 95 % interval (Wilson 1927). An error that is not finite, or not above zero, cannot be drawn in its place: a
 * mark above or below all others says so; one that is not finite is not in the mean. label: of the error (markup);
 * NULL: "error". */
grl_status grl_draw_error_sizes(size_t count, const grl_size_score *scores, const char *label,
                                const grl_draw_options *options, const char *path, grl_error *error);

/* What a network learned, and what it was to learn. Everything is borrowed for the call. */
typedef struct grl_learned {
    const grl_model *model; /* with a readout */
    const double *x;        /* constant input, m numbers; NULL is zero */
    /* Of the model's cell at this input, as flow or map, with the cycles, attractors, manifolds and slow manifolds that
     * are to be seen. */
    const grl_portrait *portrait;

    grl_task_kind kind;             /* of the task: how the points of `reference` are joined */
    const grl_reference *reference; /* the true attractor; NULL: not known */
    const grl_dataset *data;        /* true trajectories, drawn where there is no reference; may be NULL */

    /* Trajectories of the network, count x (steps + 1) x n, as grl_training_run gives them; NULL: some from states
     * spread over the cube. */
    size_t count, steps;
    const double *states;

    /* Of a map with two outputs or more: outputs on the motion that it ends in, motion_count x k, drawn as its attractor; NULL:
     * the attractors of the portrait. */
    size_t motion_count;
    const double *motion;
} grl_learned;

/* The phase portrait of a learned network in the coordinates of its outputs, over the target. The true attractor is a
 * broad pale ribbon (discs for single points); over it slow manifolds, trajectories, cycles and other attractors,
 * and the fixed points at C h + d with the marks of the other portraits. Two outputs: these. One output: it, and its
 * rate of change (flow) or change in a step (map). More: their first two principal components, those of the true
 * attractor where it is known. Two units with two outputs also show the flow, or the steps of the map.
 *
 * The options' parts are streamlines (arrows for the map), manifolds, cycles, trajectories, points, numbers and legend;
 * their ranges are those of the two axes. Points outside of the plot are counted in a note. */
grl_status grl_draw_learned_portrait(const grl_learned *learned, const grl_draw_options *options,
                                     const char *path, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
