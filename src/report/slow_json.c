/* slow_json.c: slow manifolds in the analysis document. docs/documents.md describes each field. Points are
 * numbered by their place in fixed_points.items, from 0. */
#include "report/json.h"
#include "report/slow.h"

#include <stdlib.h>

/* Points of a curve in the document, besides its stops. */
enum { MOST_POINTS = 120 };

static void add_number(grl_text *text, const char *name, double value)
{
    grl_text_addf(text, ", \"%s\": ", name);
    grl_text_add_number(text, value);
}

static void add_points(grl_text *text, const grl_slow_manifold *m, size_t n)
{
    size_t every = 1 + m->count / MOST_POINTS, stop = 0, written = 0;
    grl_text_add(text, ",\n       \"points\": [");
    for (size_t i = 0; i < m->count; i++) {
        int stops = stop < m->stop_count && m->stops[stop].node == i;
        stop += (size_t)stops;
        if (!stops && i % every != 0 && i + 1 < m->count) continue;
        grl_text_add(text, written++ > 0 ? ",\n         [" : "\n         [");
        grl_text_add_number(text, m->arc[i]);
        grl_text_add(text, ", ");
        grl_json_list(text, m->points + i * n, n);
        grl_text_add(text, ", ");
        grl_text_add_number(text, m->velocity[i]);
        grl_text_add(text, "]");
    }
    grl_text_add(text, "]}");
}

static void add_law(grl_text *text, const grl_slow_manifold *m)
{
    if (m->kind == GRL_SLOW_DEGENERATE) {
        grl_text_addf(text, ",\n       \"law\": {\"exponent\": %d", m->exponent);
        add_number(text, "coefficient", m->coefficient);
        grl_text_add(text, "}");
    } else if (m->kind == GRL_SLOW_GHOST) {
        grl_text_addf(text, ",\n       \"law\": {\"exponent\": %d", m->exponent);
        add_number(text, "coefficient", m->coefficient);
        add_number(text, "floor", m->floor);
        add_number(text, "passage_time", m->passage_time);
        grl_text_add(text, "}");
    }
}

/* The readout at both ends. */
static void add_outputs(grl_text *text, const grl_model *model, const grl_slow_manifold *m, size_t n)
{
    size_t outputs = grl_model_outputs(model);
    if (outputs == 0 || m->count == 0) return;
    double *y = malloc(outputs * sizeof *y);
    if (!y) {
        text->failed = true;
        return;
    }
    grl_text_add(text, ",\n       \"output\": [[");
    grl_model_output(model, m->points, y);
    grl_json_list(text, y, outputs);
    grl_text_add(text, "], [");
    grl_model_output(model, m->points + (m->count - 1) * n, y);
    grl_json_list(text, y, outputs);
    grl_text_add(text, "]]");
    free(y);
}

static void add_curve(grl_text *text, const grl_model *model, const grl_slow_manifold *m, size_t n)
{
    static const char *const acts[] = {"nothing", "line", "ring"};
    grl_text_addf(text, ", \"acts_as\": \"%s\", \"closed\": %s, \"ends\": [\"%s\", \"%s\"]", acts[m->acts_as],
                  m->closed ? "true" : "false", grl_slow_border_name(m->borders[0]),
                  grl_slow_border_name(m->borders[1]));
    add_number(text, "length", m->length);
    add_number(text, "speed_max", m->speed_max);
    add_number(text, "speed_median", m->speed_median);
    add_number(text, "speed_min", m->speed_min);
    add_number(text, "attraction", m->attraction_min);
    add_number(text, "drift_time", m->drift_time);
    add_number(text, "memory_median", m->memory_median);
    add_number(text, "memory_min", m->memory_min);
    add_number(text, "invariance", m->invariance);
    add_law(text, m);
    grl_text_add(text, ",\n       \"stops\": [");
    for (size_t k = 0; k < m->stop_count; k++) {
        const grl_slow_stop *stop = &m->stops[k];
        grl_text_add(text, k > 0 ? ", {\"point\": " : "{\"point\": ");
        if (stop->point == GRL_SLOW_UNLISTED)
            grl_text_add(text, "null");
        else
            grl_text_addf(text, "%zu", stop->point);
        add_number(text, "arc", m->arc[stop->node]);
        add_number(text, "rate", stop->rate);
        grl_text_add(text, "}");
    }
    grl_text_add(text, "]");
    add_outputs(text, model, m, n);
    add_points(text, m, n);
}

static void add_set(grl_text *text, const grl_slow_manifold *m, size_t n)
{
    grl_text_addf(text, ", \"dimension\": %zu", m->dimension);
    add_number(text, "attraction", m->attraction_min);
    grl_text_add(text, ",\n       \"points\": [");
    for (size_t i = 0; i < m->count; i++) {
        grl_text_add(text, i > 0 ? ",\n         [" : "\n         [");
        grl_json_list(text, m->points + i * n, n);
        grl_text_add(text, "]");
    }
    grl_text_add(text, "]}");
}

void grl_slow_json(grl_text *text, const grl_model *model, const grl_portrait *portrait)
{
    const grl_slow_manifolds *s = portrait->slow_manifolds;
    if (!s) return;
    grl_text_add(text, "  \"slow_manifolds\": {\n    \"ratio\": ");
    grl_text_add_number(text, s->ratio);
    add_number(text, "fraction", s->fraction);
    grl_text_addf(text,
                  ", \"starts\": %zu, \"without_gap\": %zu, \"repelling\": %zu, \"not_followed\": %zu,\n"
                  "    \"items\": [",
                  s->seeds, s->without_gap, s->repelling, s->not_followed);
    for (size_t k = 0; k < s->count; k++) {
        const grl_slow_manifold *m = &s->items[k];
        grl_text_addf(text, "%s\n      {\"kind\": \"%s\"", k > 0 ? "," : "", grl_slow_kind_name(m->kind));
        if (m->kind == GRL_SLOW_SET)
            add_set(text, m, s->hidden_size);
        else
            add_curve(text, model, m, s->hidden_size);
    }
    grl_text_add(text, s->count > 0 ? "\n    ]\n  },\n" : "]\n  },\n");
}
