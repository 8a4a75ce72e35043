/* catalogue.h (internal): the catalogue's file, SQLite 3. docs/catalogue.md has the schema.
 *
 * One process writes at a time, from one thread at a time. What was added becomes lasting with
 * grl_catalogue_commit; a process that dies before leaves the file as it was at the last one. */
#ifndef GRL_SURVEY_CATALOGUE_H
#define GRL_SURVEY_CATALOGUE_H

#include "survey/tally.h"

#include <grulens/survey.h>

typedef struct grl_catalogue grl_catalogue;

typedef enum grl_catalogue_mode {
    GRL_CATALOGUE_CREATE, /* refuses a file that is there */
    GRL_CATALOGUE_RESUME, /* a catalogue that is there, or a new one */
    GRL_CATALOGUE_CHANGE, /* a catalogue that is there */
    GRL_CATALOGUE_READ
} grl_catalogue_mode;

/* GRL_BAD_INPUT for a file that is not a catalogue of a version that this program knows. */
grl_status grl_catalogue_open(const char *path, grl_catalogue_mode mode, grl_catalogue **catalogue,
                              grl_error *error);
void grl_catalogue_close(grl_catalogue *catalogue); /* without a commit; NULL is allowed */
grl_status grl_catalogue_commit(grl_catalogue *catalogue, grl_error *error);

/* The run with these settings (their count apart), made if it is new. */
grl_status grl_catalogue_run(grl_catalogue *catalogue, const grl_survey_settings *settings, long long *run,
                             grl_error *error);

/* How many networks of a chunk are in it. */
grl_status grl_catalogue_done(grl_catalogue *catalogue, long long run, uint64_t chunk, uint64_t *done,
                              grl_error *error);

/* Adds a tally, upon which `done` networks of the chunk are in it. */
grl_status grl_catalogue_add(grl_catalogue *catalogue, long long run, uint64_t chunk, uint64_t done,
                             const grl_tally *tally, grl_error *error);

/* Networks, undecided ones and classes of a run. */
grl_status grl_catalogue_count(grl_catalogue *catalogue, long long run, grl_survey_result *result,
                               grl_error *error);

/* The settings of all runs, in the order of their text: how many there are, and one. */
grl_status grl_catalogue_runs(grl_catalogue *catalogue, size_t *count, grl_error *error);
grl_status grl_catalogue_settings(grl_catalogue *catalogue, size_t i, long long *run,
                                  grl_survey_settings *settings, grl_error *error);

/* All classes of a run, into an empty tally: by falling count, then by key. At most `most` of them. */
grl_status grl_catalogue_classes(grl_catalogue *catalogue, long long run, size_t most, grl_tally *tally,
                                 grl_error *error);

/* The numbers of a cell as text, in the order of its blocks and in their shortest form, and back into a cell of the
 * same sizes. */
grl_status grl_numbers_text(const grl_cell *cell, char **text, grl_error *error);
grl_status grl_numbers_read(const char *text, grl_cell *cell, grl_error *error);

/* The readable example of a class and the network that it was made from; *numbers is NULL if there is none, else to be
 * freed. */
grl_status grl_catalogue_example(grl_catalogue *catalogue, long long run, const char *key, uint64_t *source,
                                 double *margin, char **numbers, grl_error *error);
grl_status grl_catalogue_keep_example(grl_catalogue *catalogue, long long run, const char *key,
                                      uint64_t source, double margin, const char *numbers, grl_error *error);

/* Everything, as canonical text: the same for the same content. */
grl_status grl_catalogue_dump(grl_catalogue *catalogue, char **text, grl_error *error);

/* Adds all of another catalogue. Refused if a part of a run is in both. */
grl_status grl_catalogue_merge(grl_catalogue *catalogue, const char *other, grl_error *error);

/* Settings as a line of text and back; the count is not in it. */
grl_status grl_settings_text(const grl_survey_settings *settings, char **text, grl_error *error);
grl_status grl_settings_read(const char *text, grl_survey_settings *settings, grl_error *error);

#endif
