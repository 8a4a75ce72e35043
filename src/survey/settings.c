/* settings.c: the settings of a survey as a line of text, by which a catalogue knows its runs:
 *
 *     units=2 reset=before ensemble=scaled distribution=normal constraint=none gates=on U_z=3 .. seed=0
 *     climb=none polish=margin steps=0 bound=0 level=inventory time=continuous dt=1
 *
 * Always all words in this order, numbers in their shortest form, so that equal settings have equal texts. */
#include "survey/catalogue.h"

#include "base/error.h"
#include "base/text.h"
#include "cell/cell.h"

#include <stdlib.h>
#include <string.h>

static const char *const resets[] = {"before", "after", NULL};
static const char *const ensembles[] = {"scaled", "pytorch", "keras", NULL};
static const char *const distributions[] = {"normal", "uniform", NULL};
static const char *const constraints[] = {"none", "symmetric", "orthogonal", NULL};
static const char *const gates[] = {"on", "off", "no-reset", NULL};
static const char *const objectives[] = {"none", "fixed_points", "attractors", "cycles", "unstable", NULL};
static const char *const polishes[] = {"margin", "norm", NULL};
static const char *const levels[] = {"inventory", "cycles", "signature", NULL};
static const char *const times[] = {"continuous", "discrete", NULL};

static int gates_of(const grl_sampling *sampling)
{
    return sampling->gates_off ? 1 : sampling->no_reset ? 2 : 0;
}

grl_status grl_settings_text(const grl_survey_settings *settings, char **text, grl_error *error)
{
    const grl_sampling *s = &settings->sampling;
    grl_text out = {0};
    grl_text_addf(&out, "units=%zu reset=%s ensemble=%s distribution=%s constraint=%s gates=%s", s->units,
                  resets[s->reset], ensembles[s->ensemble], distributions[s->distribution],
                  constraints[s->constraint], gates[gates_of(s)]);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        if (b >= GRL_W_Z && b <= GRL_W_H) continue;
        grl_text_addf(&out, " %s=", grl_block_name((grl_block)b));
        /* A framework's own initialisation has no scales. */
        grl_text_add_number(&out, s->ensemble == GRL_ENSEMBLE_SCALED ? s->scale[b] : 1);
    }
    const grl_climbing *climbing = &settings->climbing;
    const int climbs = climbing->objective != GRL_OBJECTIVE_NONE;
    grl_text_addf(&out, " seed=%llu climb=%s polish=%s steps=%lld bound=", s->seed,
                  objectives[climbing->objective], polishes[climbs ? climbing->polish : GRL_POLISH_MARGIN],
                  climbs ? climbing->steps : 0);
    grl_text_add_number(&out, climbs ? climbing->bound : 0);
    grl_text_addf(&out, " level=%s time=%s dt=", levels[settings->level], times[settings->time]);
    grl_text_add_number(&out, settings->time == GRL_DISCRETE ? settings->dt : 1);
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the settings");
}

/* The value of a word of the line, up to a blank; NULL if it is not there. */
static const char *value_of(const char *line, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = line; at; at = strchr(at, ' ')) {
        while (*at == ' ') at++;
        if (strncmp(at, word, length) == 0 && at[length] == '=') return at + length + 1;
    }
    return NULL;
}

static int choice(const char *line, const char *word, const char *const *words, int *which)
{
    const char *value = value_of(line, word);
    for (*which = 0; value && words[*which]; ++*which) {
        const size_t length = strlen(words[*which]);
        if (strncmp(value, words[*which], length) == 0 && (value[length] == ' ' || value[length] == '\0'))
            return 1;
    }
    return 0;
}

static int number(const char *line, const char *word, double *out)
{
    const char *value = value_of(line, word);
    char *end;
    if (!value) return 0;
    *out = strtod(value, &end);
    return end != value && (*end == ' ' || *end == '\0');
}

grl_status grl_settings_read(const char *text, grl_survey_settings *settings, grl_error *error)
{
    grl_sampling *s = &settings->sampling;
    int reset, ensemble, distribution, constraint, gate, objective, polish, level, time, good;
    double units = 0, steps = 0;
    *settings = grl_survey_defaults();
    good = number(text, "units", &units) && units >= 1 && units <= 4 &&
           choice(text, "reset", resets, &reset) && choice(text, "ensemble", ensembles, &ensemble) &&
           choice(text, "distribution", distributions, &distribution) &&
           choice(text, "constraint", constraints, &constraint) && choice(text, "gates", gates, &gate) &&
           choice(text, "climb", objectives, &objective) && choice(text, "polish", polishes, &polish) &&
           number(text, "steps", &steps) && number(text, "bound", &settings->climbing.bound) &&
           choice(text, "level", levels, &level) && choice(text, "time", times, &time) &&
           number(text, "dt", &settings->dt) && value_of(text, "seed");
    for (int b = 0; b < GRL_BLOCKS && good; b++)
        if (b < GRL_W_Z || b > GRL_W_H) good = number(text, grl_block_name((grl_block)b), &s->scale[b]);
    if (!good)
        return grl_fail(error, GRL_BAD_INPUT, "catalogue: expected the settings of a run, found \"%.100s\"",
                        text);
    s->units = (size_t)units;
    s->reset = (grl_reset)reset;
    s->ensemble = (grl_ensemble)ensemble;
    s->distribution = (grl_distribution)distribution;
    s->constraint = (grl_constraint)constraint;
    s->gates_off = gate == 1;
    s->no_reset = gate == 2;
    s->seed = strtoull(value_of(text, "seed"), NULL, 10);
    settings->climbing.objective = (grl_objective)objective;
    settings->climbing.polish = (grl_polish)polish;
    settings->climbing.steps = steps >= 0 && steps < 1e15 ? (long long)steps : 0;
    settings->level = (grl_survey_level)level;
    settings->time = (grl_time)time;
    return grl_survey_check(settings, error);
}

grl_status grl_numbers_text(const grl_cell *cell, char **text, grl_error *error)
{
    grl_text out = {0};
    for (size_t i = 0; i < cell->total; i++) {
        if (i > 0) grl_text_add(&out, " ");
        grl_text_add_number(&out, cell->numbers[i]);
    }
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for an example");
}

grl_status grl_numbers_read(const char *text, grl_cell *cell, grl_error *error)
{
    const char *at = text;
    for (size_t i = 0; i < cell->total; i++) {
        char *end;
        cell->numbers[i] = strtod(at, &end);
        if (end == at)
            return grl_fail(error, GRL_BAD_INPUT, "catalogue: expected %zu numbers, found %zu", cell->total,
                            i);
        at = end;
    }
    return *at == '\0'
               ? grl_cell_check(cell, error)
               : grl_fail(error, GRL_BAD_INPUT, "catalogue: expected %zu numbers, found more", cell->total);
}
