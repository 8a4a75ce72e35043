/* separatrices_json.c: manifolds, connections and basins in the analysis document. docs/documents.md describes
 * each field. Points are numbered by their place in fixed_points.items, cycles by theirs in
 * separatrices.cycles, from 0. */
#include "report/separatrices.h"

enum { THINNED = 4 }; /* every fourth point of a curve is written: it stays smooth, the document small */

static void add_pair(grl_text *text, const double *pair)
{
    grl_text_add(text, "[");
    grl_text_add_number(text, pair[0]);
    grl_text_add(text, ", ");
    grl_text_add_number(text, pair[1]);
    grl_text_add(text, "]");
}

/* The last point too, of a curve that has an end. */
static void add_curve(grl_text *text, const double *points, size_t count, int closed)
{
    grl_text_add(text, "\"points\": [");
    for (size_t i = 0; i < count; i++) {
        if (i % THINNED != 0 && (closed || i + 1 < count)) continue;
        if (i > 0) grl_text_add(text, i % (6 * THINNED) == 0 ? ",\n         " : ", ");
        add_pair(text, points + 2 * i);
    }
    grl_text_add(text, "]");
}

static void add_limit(grl_text *text, const grl_limit *limit)
{
    static const char *const kinds[] = {"undecided", "point", "cycle", "boundary"};
    grl_text_addf(text, "{\"kind\": \"%s\"", kinds[limit->kind]);
    if (limit->kind == GRL_LIMIT_POINT) grl_text_addf(text, ", \"point\": %zu", limit->which);
    if (limit->kind == GRL_LIMIT_CYCLE) grl_text_addf(text, ", \"cycle\": %zu", limit->which);
    if (limit->kind == GRL_LIMIT_BOUNDARY) {
        grl_text_add(text, ", \"place\": ");
        add_pair(text, limit->place);
    }
    grl_text_add(text, "}");
}

static void add_branches(grl_text *text, const grl_separatrices *s)
{
    grl_text_addf(text, "  \"separatrices\": {\n    \"undecided\": %zu,\n    \"items\": [", s->undecided);
    for (size_t b = 0; b < s->count; b++) {
        const grl_branch *branch = &s->branches[b];
        grl_text_addf(text, "%s\n      {\"saddle\": %zu, \"manifold\": \"%s\", \"side\": %d, \"direction\": ",
                      b > 0 ? "," : "", branch->saddle, branch->stable ? "stable" : "unstable", branch->side);
        add_pair(text, branch->direction);
        grl_text_add(text, ",\n       \"length\": ");
        grl_text_add_number(text, branch->length);
        grl_text_add(text, ", \"limit\": ");
        add_limit(text, &branch->limit);
        grl_text_add(text, ",\n       ");
        add_curve(text, branch->points, branch->count, 0);
        grl_text_add(text, "}");
    }
    grl_text_add(text, s->count > 0 ? "\n    ],\n    \"cycles\": [" : "],\n    \"cycles\": [");
    for (size_t c = 0; c < s->cycle_count; c++) {
        const grl_closed_orbit *cycle = &s->cycles[c];
        grl_text_addf(text, "%s\n      {\"stable\": %s, \"period\": ", c > 0 ? "," : "",
                      cycle->stable ? "true" : "false");
        grl_text_add_number(text, cycle->period);
        grl_text_add(text, ",\n       ");
        add_curve(text, cycle->points, cycle->count, 1);
        grl_text_add(text, "}");
    }
    grl_text_add(text, s->cycle_count > 0 ? "\n    ]\n  },\n" : "]\n  },\n");
}

static void add_connections(grl_text *text, const grl_separatrices *s)
{
    grl_text_add(text, "  \"connections\": {\n    \"tolerance\": ");
    grl_text_add_number(text, s->gap_tolerance);
    grl_text_add(text, ",\n    \"items\": [");
    for (size_t c = 0; c < s->connection_count; c++) {
        const grl_connection *connection = &s->connections[c];
        grl_text_addf(
            text, "%s\n      {\"from\": %zu, \"from_side\": %d, \"to\": %zu, \"to_side\": %d, \"gap\": ",
            c > 0 ? "," : "", connection->from, connection->from_side, connection->to, connection->to_side);
        grl_text_add_number(text, connection->gap);
        grl_text_add(text, ", \"section_distance\": ");
        grl_text_add_number(text, connection->distance);
        grl_text_add(text, "}");
    }
    grl_text_add(text, s->connection_count > 0 ? "\n    ]\n  },\n" : "]\n  },\n");
}

static void add_slow(grl_text *text, const grl_basin *basin)
{
    if (!(basin->slow_speed >= 0)) {
        grl_text_add(text, "null");
        return;
    }
    grl_text_add(text, "{\"h\": ");
    add_pair(text, basin->slow);
    grl_text_add(text, ", \"speed\": ");
    grl_text_add_number(text, basin->slow_speed);
    grl_text_add(text, ", \"time\": ");
    grl_text_add_number(text, basin->slow_time);
    grl_text_add(text, "}");
}

static void add_basins(grl_text *text, const grl_separatrices *s)
{
    if (s->basin_method == GRL_BASIN_NONE) return;
    grl_text_addf(text, "  \"basins\": {\n    \"method\": \"%s\",\n    \"samples\": %zu,\n    \"items\": [",
                  s->basin_method == GRL_BASIN_BORDERS ? "borders" : "samples", s->samples);
    for (size_t b = 0; b < s->basin_count; b++) {
        grl_text_addf(text, "%s\n      {\"attractor\": ", b > 0 ? "," : "");
        add_limit(text, &s->basins[b].attractor);
        grl_text_add(text, ", \"fraction\": ");
        grl_text_add_number(text, s->basins[b].fraction);
        grl_text_add(text, ", \"error\": ");
        grl_text_add_number(text, s->basins[b].error);
        grl_text_add(text, ",\n       \"slow\": ");
        add_slow(text, &s->basins[b]);
        grl_text_add(text, "}");
    }
    grl_text_add(text, "\n    ]\n  },\n");
}

void grl_separatrices_json(grl_text *text, const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    if (!s) return;
    add_branches(text, s);
    add_connections(text, s);
    add_basins(text, s);
}
