/* report.h: results as JSON documents and as text for people. Every function gives a NUL-terminated UTF-8
 * text of its own, to be freed with grl_text_free. Numbers in JSON read back to the same double.
 * docs/formats.md has the documents. */
#ifndef GRULENS_REPORT_H
#define GRULENS_REPORT_H

#include <grulens/bifurcation.h>
#include <grulens/judge.h>
#include <grulens/model.h>
#include <grulens/portrait.h>
#include <grulens/simulate.h>
#include <grulens/survey.h>

#ifdef __cplusplus
extern "C" {
#endif

void grl_text_free(char *text); /* NULL is allowed */

/* The analysis document (format "grulens-analysis", version 1). name: the model's file; x: the constant input,
 * m numbers, NULL is zero. judgement: of the model by a task, or NULL. */
grl_status grl_report_analysis_json(const grl_model *model, const char *name, const double *x,
                                    const grl_portrait *portrait, const grl_judgement *judgement, char **text,
                                    grl_error *error);

/* The same for a person: a paragraph that can be quoted, then a table, then what was assumed. `colour`: 1 for
 * ANSI colours. */
grl_status grl_report_analysis_text(const grl_model *model, const char *name, const double *x,
                                    const grl_portrait *portrait, const grl_judgement *judgement, int colour,
                                    char **text, grl_error *error);

/* What is in a model file. */
grl_status grl_report_info_json(const grl_model *model, const char *name, char **text, grl_error *error);
grl_status grl_report_info_text(const grl_model *model, const char *name, char **text, grl_error *error);

/* Trajectories of one network under the same input and options: as a document (format "grulens-trajectories",
 * version 1), and in a few words. x: constant input (m numbers, NULL is zero); signal: NULL if it was
 * constant. */
grl_status grl_report_trajectories_json(const grl_model *model, const char *name, const double *x,
                                        const grl_signal *signal, const grl_simulate_options *options,
                                        size_t count, const grl_trajectory *const *trajectories, char **text,
                                        grl_error *error);
grl_status grl_report_trajectories_text(const grl_model *model, const char *name,
                                        const grl_simulate_options *options, size_t count,
                                        const grl_trajectory *const *trajectories, char **text,
                                        grl_error *error);

/* A diagram along one or two parameters: as a document (format "grulens-bifurcation", version 1), for a person,
 * and its branches as a table with a row for each point: branch, point, stable, unstable, period, the
 * parameters, h[0].., low[0].. and high[0].. of cycles. x as above. */
grl_status grl_report_bifurcation_json(const grl_model *model, const char *name, const double *x,
                                       const grl_diagram *diagram, char **text, grl_error *error);
grl_status grl_report_bifurcation_text(const grl_model *model, const char *name, const double *x,
                                       const grl_diagram *diagram, int colour, char **text, grl_error *error);
grl_status grl_report_bifurcation_csv(const grl_diagram *diagram, char **text, grl_error *error);

/* What a catalogue holds, as tables, and as a document (format "grulens-atlas", version 1). */
grl_status grl_report_atlas_text(const grl_atlas *atlas, const char *name, char **text, grl_error *error);
grl_status grl_report_atlas_json(const grl_atlas *atlas, const char *name, char **text, grl_error *error);

/* A training with its judgement (NULL: none): as a document (format "grulens-training", version 1), which is one line
 * without line feeds, and for a person. name: of the run. */
grl_status grl_report_training_json(const grl_training *training, const grl_judgement *judgement,
                                    const char *name, char **text, grl_error *error);
grl_status grl_report_training_text(const grl_training *training, const grl_judgement *judgement,
                                    const char *name, char **text, grl_error *error);

/* Many trainings, by task and number of units: how many succeeded, and mean and standard deviation of each measure over the
 * runs. As tables for a person, in Markdown, and as a document (format "grulens-sweep", version 1). */
grl_status grl_report_sweep_text(size_t count, const grl_judgement_row *rows, char **text, grl_error *error);
grl_status grl_report_sweep_markdown(size_t count, const grl_judgement_row *rows, char **text,
                                     grl_error *error);
grl_status grl_report_sweep_json(size_t count, const grl_judgement_row *rows, char **text, grl_error *error);

/* Writes a text to a file, whole or not at all; "-" is refused (a library does not own standard output). */
grl_status grl_text_save(const char *text, const char *path, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
