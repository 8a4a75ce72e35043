/* show.c: which parts a portrait's figure has: by itself, and as the options ask. */
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "draw/figures.h"

#include <grulens/options.h>
#include <grulens/separatrices.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 12 };
static const char *const words[] = {"streamlines", "arrows", "nullclines",   "manifolds", "cycles",
                                    "basins",      "speed",  "trajectories", "points",    "numbers",
                                    "potential",   "legend", "all",          NULL};

static grl_status unknown_word(const char *given, size_t length, grl_error *error)
{
    char *word = grl_calloc(length + 1, 1);
    if (!word) return grl_fail_memory(error, length, 1);
    memcpy(word, given, length);
    const char *nearest = grl_options_nearest(word, words);
    grl_text list = {0};
    for (size_t k = 0; words[k]; k++) {
        if (k > 0) grl_text_add(&list, words[k + 1] ? ", " : " or ");
        grl_text_add(&list, words[k]);
    }
    grl_status status = nearest
                            ? grl_fail(error, GRL_BAD_INPUT,
                                       "no part of a figure is called '%s'; did you mean %s?", word, nearest)
                            : grl_fail(error, GRL_BAD_INPUT, "expected %s, found '%s'",
                                       list.data ? list.data : "a part", word);
    grl_text_drop(&list);
    free(word);
    return status;
}

grl_status grl_show_read(const char *text, unsigned *show, grl_error *error)
{
    unsigned bits = 0;
    for (;; text++) {
        size_t length = strcspn(text, ","), k = 0;
        while (words[k] && (strlen(words[k]) != length || strncmp(words[k], text, length) != 0)) k++;
        if (!words[k]) return unknown_word(text, length, error);
        bits |= k < PARTS ? 1u << k : GRL_SHOW_ALL;
        text += length;
        if (!*text) break;
    }
    *show = bits;
    return GRL_OK;
}

static unsigned possible(size_t n, int map)
{
    const unsigned always = GRL_SHOW_POINTS | GRL_SHOW_NUMBERS | GRL_SHOW_LEGEND;
    if (n == 1) return always | (map ? GRL_SHOW_TRAJECTORIES : GRL_SHOW_POTENTIAL | GRL_SHOW_BASINS);
    if (n == 2 && map)
        return always | GRL_SHOW_ARROWS | GRL_SHOW_NULLCLINES | GRL_SHOW_MANIFOLDS | GRL_SHOW_SPEED |
               GRL_SHOW_TRAJECTORIES;
    return n == 2 ? GRL_SHOW_ALL & ~(unsigned)GRL_SHOW_POTENTIAL
                  : always | GRL_SHOW_MANIFOLDS | GRL_SHOW_TRAJECTORIES | (map ? 0 : GRL_SHOW_CYCLES);
}

/* What a figure has by itself. Where manifolds tell where states go, trajectories would be in their way; numbers
 * are for reading beside the report. */
static unsigned usual(const grl_portrait *portrait)
{
    const int map = portrait->time == GRL_DISCRETE, flow2 = portrait->hidden_size == 2 && !map;
    const int told = flow2 && portrait->separatrices && portrait->separatrices->count > 0;
    unsigned show = possible(portrait->hidden_size, map) & ~(unsigned)(GRL_SHOW_NUMBERS | GRL_SHOW_SPEED);
    if (flow2) show &= ~(unsigned)GRL_SHOW_ARROWS;
    return told ? show & ~(unsigned)GRL_SHOW_TRAJECTORIES : show;
}

grl_status grl_show_refuse(const char *figure, unsigned wrong, grl_error *error)
{
    size_t k = 0;
    while (k < PARTS && !(wrong >> k & 1)) k++;
    return grl_fail(error, GRL_BAD_INPUT, "%s has no %s to show", figure, k < PARTS ? words[k] : "such part");
}

grl_status grl_show_resolve(const grl_draw_options *options, const grl_portrait *portrait, unsigned *show,
                            grl_error *error)
{
    const size_t n = portrait->hidden_size;
    const int map = portrait->time == GRL_DISCRETE;
    const unsigned can = possible(n, map), wrong = options->show & ~can;
    char figure[64];
    snprintf(figure, sizeof figure, "the figure of a %s of %zu unit%s", map ? "map" : "flow", n,
             n == 1 ? "" : "s");
    /* "all" is all that there can be. */
    if (wrong && options->show != GRL_SHOW_ALL) return grl_show_refuse(figure, wrong, error);
    unsigned all = usual(portrait);
    if (options->trajectories == 0) all &= ~(unsigned)GRL_SHOW_TRAJECTORIES;
    if (options->trajectories > 0) all |= can & GRL_SHOW_TRAJECTORIES;
    all = (all & ~options->hide) | (options->show & can);
    if (n == 2 && !map) {
        if (all & GRL_SHOW_ARROWS && !(options->show & GRL_SHOW_STREAMLINES))
            all &= ~(unsigned)GRL_SHOW_STREAMLINES;
        if (all & GRL_SHOW_SPEED && !(options->show & GRL_SHOW_BASINS)) all &= ~(unsigned)GRL_SHOW_BASINS;
    }
    *show = all;
    return GRL_OK;
}

int grl_figure_axes(size_t n)
{
    return n < 3 ? (int)n : n == 3 ? 3 : 2;
}

int grl_figure_range(const grl_draw_options *options, int k, double *low, double *high)
{
    if (options->ranges == 0) return 0;
    const int at = options->ranges == 1 ? 0 : k;
    *low = options->low[at];
    *high = options->high[at];
    return 1;
}
