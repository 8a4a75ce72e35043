/* paper.h: the claims of Jordan, Sokol and Park, "Gated recurrent units viewed through the lens of continuous time
 * dynamical systems" (2021), computed anew, and proven where that is possible, as one report.
 *
 * The report is a folder: paper.html and paper.pdf for people, paper.json with every number in them ("grulens-paper",
 * version 1: docs/formats.md), models/ with the networks, figures/ with the figures, sections/ with the results of
 * each section, from which a run goes on. Each claim stands beside the command that computes it again. */
#ifndef GRULENS_PAPER_H
#define GRULENS_PAPER_H

#include <grulens/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grl_paper_options {
    int quick;  /* 1: smaller surveys and less training: under two minutes; default 0 */
    int resume; /* 1: results of sections that are in the folder, computed with the same settings by the
                             same version, are taken from there; 0: all is computed again */
    const char *sections; /* names, separated by commas: only these; NULL: all */
    unsigned long long seed;
    int threads;            /* 0: one for each core */
    grl_progress *progress; /* NULL, or shared with a watcher; borrowed */
} grl_paper_options;

grl_paper_options grl_paper_defaults(void);

/* What came out. */
typedef struct grl_paper_result {
    int sections, resumed; /* of these, how many were taken from the folder */
    int claims, proven, computed, not_reproduced;
} grl_paper_result;

/* Writes the report into the folder `directory`, which is made if it is not there; what it holds of an earlier report
 * is replaced. `options` and `result` may be NULL. Each section's results are written as soon as they are there, so
 * that GRL_STOPPED, or a failure, loses only the section at work. The documents hold no date and no times; the same
 * options give the same bytes, resumed or not, on any number of threads. GRL_BAD_INPUT for an unknown section. */
grl_status grl_paper_run(const char *directory, const grl_paper_options *options, grl_paper_result *result,
                         grl_error *error);

/* The sections, in order: name and title, NULL beyond the last; static storage. */
const char *grl_paper_section(size_t i);
const char *grl_paper_section_title(size_t i);

#ifdef __cplusplus
}
#endif
#endif
