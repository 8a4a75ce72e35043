/* learned.c: the phase portrait of a learned network in the coordinates of its outputs, over the target.
 *
 * Two units with two outputs: the readout is a change of coordinates, so the plane shows the whole flow, as far as states
 * of (-1, 1)^2 reach. With more units, or other numbers of outputs, lines may cross and points that look close may be
 * far apart in the directions that are not read out. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/basins.h"
#include "draw/figures.h"
#include "draw/loops.h"
#include "draw/orbits.h"
#include "draw/readout_flow.h"
#include "draw/slow.h"
#include "draw/target.h"

#include <float.h>
#include <grulens/attractors.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1500, ITERATES = 250, USUAL_ORBITS = 6, USUAL_GIVEN = 8, LEARNED_STATES = 600 };
static const double path_width = 0.9, step_width = 0.6;
static const unsigned parts = GRL_SHOW_STREAMLINES | GRL_SHOW_ARROWS | GRL_SHOW_MANIFOLDS | GRL_SHOW_CYCLES |
                              GRL_SHOW_TRAJECTORIES | GRL_SHOW_POINTS | GRL_SHOW_NUMBERS | GRL_SHOW_LEGEND;

typedef struct scene {
    const grl_learned *learned;
    const grl_portrait *portrait;
    grl_cell *cell; /* at the constant input */
    size_t n;
    int map;
    unsigned show;
    grl_theme theme;
    /* The shown trajectories: path i has the states first[i] .. first[i + 1] - 1. */
    size_t path_count, *first;
    double *states;
    grl_readout readout;
    /* From here on in the numbers of the axes. */
    grl_target target;
    grl_lines paths;
    grl_manifold_lines manifolds; /* two units, flow */
    grl_loops_lines loops;        /* more units, flow */
    grl_lines strange;            /* other attractors: trajectories on them, of a map their states */
    grl_axes axes;
    size_t outside;
} scene;

static grl_status check(const grl_learned *l, const grl_draw_options *options, grl_error *error)
{
    const size_t n = grl_cell_hidden_size(grl_model_cell(l->model)), k = grl_model_outputs(l->model);
    if (l->portrait->hidden_size != n)
        return grl_fail(error, GRL_BAD_INPUT,
                        "figure: expected the portrait of a network of %zu units, found one of %zu", n,
                        l->portrait->hidden_size);
    if (l->portrait->time == GRL_DISCRETE && !(l->portrait->dt > 0 && isfinite(l->portrait->dt)))
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected a map with a time step above 0, found %g",
                        l->portrait->dt);
    if (k == 0)
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected a network with a readout, found none");
    if (l->reference && (l->reference->outputs != k || l->reference->count == 0))
        return grl_fail(error, GRL_BAD_INPUT,
                        "figure: expected a target of one point or more with %zu outputs, found %zu with %zu",
                        k, l->reference->count, l->reference->outputs);
    if (l->data && l->data->outputs != k)
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected true trajectories of %zu outputs, found %zu",
                        k, l->data->outputs);
    if (l->states && l->count == 0)
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected trajectories, found none");
    if (options->ranges < 0 || options->ranges > 2)
        return grl_fail(error, GRL_BAD_INPUT,
                        "figure range: expected 1 range or 2, one for each axis, found %d", options->ranges);
    for (int i = 0; i < options->ranges; i++)
        if (!(isfinite(options->low[i]) && isfinite(options->high[i]) && options->low[i] < options->high[i]))
            return grl_fail(error, GRL_BAD_INPUT,
                            "figure range: expected a low and a high end, found %g to %g", options->low[i],
                            options->high[i]);
    if ((options->show | options->hide) & ~(unsigned)GRL_SHOW_ALL)
        return grl_fail(error, GRL_BAD_INPUT,
                        "figure parts: expected bits of grl_show, found %u to show and %u to hide",
                        options->show, options->hide);
    if (options->show & ~parts && options->show != GRL_SHOW_ALL)
        return grl_show_refuse("the portrait of a learned network", options->show & ~parts, error);
    return grl_canvas_check(options, error);
}

static grl_status add_states(scene *s, size_t count, const double *states, grl_error *error)
{
    const size_t before = s->first[s->path_count];
    size_t size = 0;
    double *grown =
        grl_product(before + count, s->n, &size) ? grl_resize(s->states, size, sizeof *grown) : NULL;
    if (!grown) return grl_fail_memory(error, before + count, s->n * sizeof *grown);
    memcpy(grown + before * s->n, states, count * s->n * sizeof *grown);
    s->states = grown;
    s->first[++s->path_count] = before + count;
    return GRL_OK;
}

/* The trajectories to show, or, to find axes by, one where none is shown. */
static grl_status take_states(scene *s, const grl_draw_options *options, grl_error *error)
{
    const grl_learned *l = s->learned;
    grl_orbits orbits = {0};
    grl_status status = GRL_OK;
    size_t wanted = options->trajectories >= 0 ? (size_t)options->trajectories
                    : l->states                ? USUAL_GIVEN
                                               : USUAL_ORBITS;
    if (wanted == 0 || !(s->show & GRL_SHOW_TRAJECTORIES)) {
        s->show &= ~(unsigned)GRL_SHOW_TRAJECTORIES;
        wanted = 1;
    }
    if (l->states && wanted > l->count) wanted = l->count;
    if (!l->states)
        status = grl_orbits_run(s->cell, s->portrait, wanted, GRL_BESIDE_NONE, s->map ? ITERATES : ROWS,
                                options->seed, &orbits, error);
    s->first = grl_calloc(wanted + 1, sizeof *s->first);
    if (status == GRL_OK && !s->first) status = grl_fail_memory(error, wanted + 1, sizeof *s->first);
    for (size_t i = 0; i < wanted && status == GRL_OK; i++)
        status = l->states ? add_states(s, l->steps + 1, l->states + i * (l->steps + 1) * s->n, error)
                           : add_states(s, orbits.items[i]->count, orbits.items[i]->states, error);
    grl_orbits_free(&orbits);
    return status;
}

/* `count` states in the numbers of the axes, up to the first that is not finite. points: room for them. */
static grl_status add_line(const scene *s, grl_lines *lines, size_t count, const double *states,
                           double *points, grl_error *error)
{
    size_t kept = 0;
    for (; kept < count; kept++) {
        grl_readout_project(&s->readout, states + kept * s->n, points + 2 * kept);
        if (!(isfinite(points[2 * kept]) && isfinite(points[2 * kept + 1]))) break;
    }
    return kept == 0 || grl_lines_add(lines, kept, points) ? GRL_OK
                                                           : grl_fail_memory(error, kept, 2 * sizeof *points);
}

static grl_status project_paths(scene *s, grl_error *error)
{
    double *points = grl_calloc(s->first[s->path_count], 2 * sizeof *points);
    grl_status status = points ? GRL_OK : grl_fail_memory(error, s->first[s->path_count], 2 * sizeof *points);
    for (size_t i = 0; i < s->path_count && status == GRL_OK; i++)
        status = add_line(s, &s->paths, s->first[i + 1] - s->first[i], s->states + s->first[i] * s->n, points,
                          error);
    free(points);
    return status;
}

static grl_status take_motion(scene *s, grl_error *error)
{
    const grl_learned *l = s->learned;
    double *points = grl_calloc(l->motion_count, 2 * sizeof *points);
    if (!points) return grl_fail_memory(error, l->motion_count, 2 * sizeof *points);
    for (size_t i = 0; i < l->motion_count; i++)
        grl_readout_place(&s->readout, l->motion + i * s->readout.k, points + 2 * i);
    const bool fine = grl_lines_add(&s->strange, l->motion_count, points);
    free(points);
    return fine ? GRL_OK : grl_fail_memory(error, l->motion_count, 2 * sizeof *points);
}

/* Attractors that are not points, of a flow not cycles either, by a trajectory on them. */
static grl_status follow_attractors(scene *s, grl_error *error)
{
    const grl_attractors *a = s->portrait->attractors;
    grl_status status = GRL_OK;
    for (size_t k = 0; a && k < a->count && status == GRL_OK; k++) {
        if (a->items[k].kind == GRL_ATTRACTOR_POINT || (!s->map && a->items[k].kind == GRL_ATTRACTOR_CYCLE))
            continue;
        grl_simulate_options how = grl_simulate_defaults();
        grl_trajectory *t = NULL;
        how.time = s->portrait->time;
        how.dt = s->portrait->dt;
        how.until = LEARNED_STATES * (s->map ? how.dt : 1);
        how.max_rows = 20000;
        status = grl_simulate(s->cell, a->items[k].h, NULL, NULL, &how, &t, error);
        double *points = status == GRL_OK ? grl_calloc(t->count, 2 * sizeof *points) : NULL;
        if (status == GRL_OK && !points) status = grl_fail_memory(error, t->count, 2 * sizeof *points);
        if (status == GRL_OK) status = add_line(s, &s->strange, t->count, t->states, points, error);
        free(points);
        grl_trajectory_free(t);
    }
    return status;
}

static void move_lines(const scene *s, grl_lines *lines)
{
    for (size_t i = 0; i < lines->points_count; i++) {
        const double h[2] = {lines->points[2 * i], lines->points[2 * i + 1]};
        grl_readout_project(&s->readout, h, lines->points + 2 * i);
    }
}

static grl_status make_lines(scene *s, grl_error *error)
{
    static const grl_window whole = {{-1, -1}, {1, 1}};
    const grl_portrait *p = s->portrait;
    const int planar = s->n == 2 && (p->cycles || p->separatrices);
    grl_status status = GRL_OK;
    if (!s->map && planar) {
        status = grl_manifolds_make(p, &whole, s->show, &s->manifolds, error);
        move_lines(s, &s->manifolds.stable);
        move_lines(s, &s->manifolds.unstable);
        move_lines(s, &s->manifolds.cycles[0]);
        move_lines(s, &s->manifolds.cycles[1]);
    } else if (!s->map) {
        status = grl_loops_make(p, s->show, grl_readout_project, &s->readout, &s->loops, error);
    }
    if (status == GRL_OK && s->show & GRL_SHOW_TRAJECTORIES) status = project_paths(s, error);
    const int known = s->map && s->learned->motion && s->readout.k > 1;
    if (status == GRL_OK && s->show & GRL_SHOW_CYCLES)
        status = (known ? take_motion : follow_attractors)(s, error);
    return status;
}

static void include(double range[4], size_t count, const double *points)
{
    for (size_t i = 0; i < count; i++)
        for (int c = 0; c < 2; c++) {
            range[2 * c] = fmin(range[2 * c], points[2 * i + (size_t)c]);
            range[2 * c + 1] = fmax(range[2 * c + 1], points[2 * i + (size_t)c]);
        }
}

/* The target and what the network does (trajectories from anywhere only where there is no target), and the fixed points
 * that are not further away than these are wide; both axes in
 * the same unit, unless that would leave much of the plot empty; or as the options say. */
static void set_ranges(scene *s, const grl_draw_options *options)
{
    const double most_unequal = 1.7;
    double range[4] = {DBL_MAX, -DBL_MAX, DBL_MAX, -DBL_MAX}, span[2], p[2], reach[4];
    const grl_lines *sets[] = {&s->target.ribbons,
                               &s->target.points,
                               &s->target.paths,
                               &s->manifolds.cycles[0],
                               &s->manifolds.cycles[1],
                               &s->loops.cycles[0],
                               &s->loops.cycles[1],
                               &s->strange,
                               &s->paths};
    const int aimless = s->readout.k > 1 && !s->learned->states && grl_target_known(&s->target);
    for (size_t k = 0; k < sizeof sets / sizeof *sets - (size_t)aimless; k++)
        include(range, sets[k]->points_count, sets[k]->points);
    for (int c = 0; c < 2; c++) {
        const double low = range[2 * c], high = range[2 * c + 1];
        const int known = low <= high;
        reach[2 * c] = known ? low - (high - low) : -DBL_MAX;
        reach[2 * c + 1] = known ? high + (high - low) : DBL_MAX;
    }
    for (size_t k = 0; k < s->portrait->count && s->show & GRL_SHOW_POINTS; k++) {
        grl_readout_project(&s->readout, s->portrait->points[k].h, p);
        if (p[0] >= reach[0] && p[0] <= reach[1] && p[1] >= reach[2] && p[1] <= reach[3])
            include(range, 1, p);
    }
    for (int c = 0; c < 2; c++) {
        if (!(range[2 * c] <= range[2 * c + 1])) range[2 * c] = range[2 * c + 1] = 0;
        const double size = fmax(fabs(range[2 * c]), fabs(range[2 * c + 1]));
        span[c] = fmax(range[2 * c + 1] - range[2 * c], fmax(1e-9, 1e-6 * size));
    }
    const double widest = fmax(span[0], span[1]);
    if (s->readout.k > 1 && widest < most_unequal * fmin(span[0], span[1])) span[0] = span[1] = widest;
    for (int c = 0; c < 2; c++) {
        const double middle = 0.5 * (range[2 * c] + range[2 * c + 1]);
        range[2 * c] = middle - 0.57 * span[c];
        range[2 * c + 1] = middle + 0.57 * span[c];
        grl_figure_range(options, c, &range[2 * c], &range[2 * c + 1]);
    }
    s->axes = (grl_axes){.low_x = range[0], .high_x = range[1], .low_y = range[2], .high_y = range[3]};
}

static int in_sight(const scene *s, const double p[2])
{
    const grl_axes *a = &s->axes;
    return p[0] >= a->low_x && p[0] <= a->high_x && p[1] >= a->low_y && p[1] <= a->high_y;
}

static void count_outside(scene *s)
{
    double p[2];
    for (size_t k = 0; k < s->portrait->count; k++) {
        grl_readout_project(&s->readout, s->portrait->points[k].h, p);
        s->outside += !in_sight(s, p);
    }
}

static int has_flow(const scene *s)
{
    return (s->show & (GRL_SHOW_STREAMLINES | GRL_SHOW_ARROWS)) != 0;
}

/* Of a flow; the states of a map are joined by thin lines only, for there is nothing between them. */
static grl_status draw_paths(scene *s, grl_canvas *canvas, grl_error *error)
{
    const grl_lines *l = &s->paths;
    grl_status status = GRL_OK;
    if (s->map) {
        grl_canvas_colour(canvas, GRL_TRAJECTORY, 0.6);
        cairo_set_line_width(canvas->cr, step_width);
        for (size_t k = 0; k < l->count; k++) {
            for (size_t i = l->first[k]; i < l->first[k + 1]; i++)
                cairo_line_to(canvas->cr, grl_axes_x(&s->axes, l->points[2 * i]),
                              grl_axes_y(&s->axes, l->points[2 * i + 1]));
            cairo_stroke(canvas->cr);
        }
    } else {
        /* Not where they run beside a cycle. */
        const grl_loops_lines cycles = {.cycles = {s->manifolds.cycles[0], s->manifolds.cycles[1]}};
        grl_lines pieces = {0};
        status = grl_loops_thin(&s->axes, s->n == 2 ? &cycles : &s->loops, l, &pieces, error);
        if (status == GRL_OK)
            status = grl_lines_draw(canvas, &s->axes, &pieces, GRL_TRAJECTORY, path_width, 0, error);
        grl_arrows_draw(canvas, &s->axes, &pieces, 170, 6, GRL_TRAJECTORY);
        grl_lines_free(&pieces);
    }
    for (size_t k = 0; k < l->count; k++)
        if (l->first[k + 1] > l->first[k])
            grl_mark_start(canvas, grl_axes_x(&s->axes, l->points[2 * l->first[k]]),
                           grl_axes_y(&s->axes, l->points[2 * l->first[k] + 1]));
    return status;
}

static grl_status draw_lines(scene *s, grl_canvas *canvas, grl_error *error)
{
    grl_axes_clip(canvas, &s->axes, 0);
    grl_target_draw(canvas, &s->axes, &s->target, s->theme);
    grl_status status = GRL_OK;
    if (s->show & GRL_SHOW_MANIFOLDS)
        status = grl_slow_bands_draw(canvas, &s->axes, s->portrait, grl_readout_project, &s->readout, error);
    if (status == GRL_OK && has_flow(s)) status = grl_readout_flow_draw(canvas, &s->axes, &s->readout, error);
    if (status == GRL_OK) status = draw_paths(s, canvas, error);
    if (status == GRL_OK) status = grl_manifolds_draw(canvas, &s->axes, &s->manifolds, error);
    if (status == GRL_OK) status = grl_loops_draw(canvas, &s->axes, &s->loops, error);
    if (status == GRL_OK && s->map)
        grl_mark_iterates(canvas, &s->axes, s->strange.points_count, s->strange.points);
    else if (status == GRL_OK)
        status = grl_lines_draw(canvas, &s->axes, &s->strange, GRL_TRAJECTORY, path_width, 0, error);
    cairo_restore(canvas->cr);
    return status;
}

static grl_status draw_points(scene *s, grl_canvas *canvas, grl_error *error)
{
    const grl_portrait *portrait = s->portrait;
    const grl_lines *lines[] = {&s->paths, &s->manifolds.cycles[1], &s->loops.cycles[1], &s->strange};
    double p[2];
    for (size_t k = 0; k < portrait->slow_count; k++) {
        grl_readout_project(&s->readout, portrait->slow[k].h, p);
        if (in_sight(s, p)) grl_mark_slow(canvas, grl_axes_x(&s->axes, p[0]), grl_axes_y(&s->axes, p[1]));
    }
    /* Stable points last, so that they are seen where points fall together. */
    for (int stable = 0; stable <= 1; stable++)
        for (size_t k = 0; k < portrait->count; k++) {
            const grl_fixed_point *point = &portrait->points[k];
            if ((point->type == GRL_STABLE || point->type == GRL_STABLE_NODE ||
                 point->type == GRL_STABLE_FOCUS) != stable)
                continue;
            grl_readout_project(&s->readout, point->h, p);
            if (in_sight(s, p))
                grl_mark_draw(canvas, grl_axes_x(&s->axes, p[0]), grl_axes_y(&s->axes, p[1]), point->type,
                              -1);
        }
    if (!(s->show & GRL_SHOW_NUMBERS)) return GRL_OK;
    double *places = grl_calloc(portrait->count, 2 * sizeof *places);
    if (!places) return grl_fail_memory(error, portrait->count, 2 * sizeof *places);
    for (size_t k = 0; k < portrait->count; k++)
        grl_readout_project(&s->readout, portrait->points[k].h, places + 2 * k);
    grl_status status = grl_numbers_draw(canvas, &s->axes, portrait->count, places,
                                         sizeof lines / sizeof *lines, lines, error);
    free(places);
    return status;
}

static void describe(const scene *s, grl_legend *legend)
{
    grl_entry *entry;
    grl_target_describe(&s->target, s->theme, legend);
    if (s->show & GRL_SHOW_POINTS)
        grl_legend_add_portrait(legend, s->portrait, NULL, NULL);
    else
        grl_legend_add_notes(legend, s->portrait);
    if (s->show & GRL_SHOW_MANIFOLDS) grl_slow_bands_describe(s->portrait, legend);
    if (s->paths.count > 0) {
        entry = grl_legend_add(legend, GRL_SAMPLE_START, "trajectory");
        entry->role = GRL_TRAJECTORY;
        entry->width = s->map ? step_width : path_width;
    }
    if (s->strange.count > 0) {
        entry = grl_legend_add(legend, s->map ? GRL_SAMPLE_DOTS : GRL_SAMPLE_LINE, "attractor");
        entry->role = GRL_TRAJECTORY;
        entry->width = path_width;
    }
    grl_cycles_describe(&s->manifolds, legend);
    grl_loops_describe(&s->loops, legend);
    if (has_flow(s)) grl_readout_flow_describe(&s->axes, &s->readout, legend);
    grl_manifolds_describe(&s->manifolds, legend);
    if (s->outside > 0 && s->show & GRL_SHOW_POINTS)
        snprintf(legend->notes[2], sizeof legend->notes[2], "%zu of the points outside", s->outside);
}

static grl_status make(scene *s, const grl_draw_options *options, grl_error *error)
{
    const grl_learned *l = s->learned;
    grl_status status = grl_cell_at_input(grl_model_cell(l->model), l->x, &s->cell, error);
    if (status == GRL_OK) status = take_states(s, options, error);
    if (status != GRL_OK) return status;
    status = grl_readout_open(l->model, s->cell, s->portrait, l->reference ? l->reference->count : 0,
                              l->reference ? l->reference->points : NULL, s->first[s->path_count], s->states,
                              &s->readout, error);
    if (status == GRL_OK) status = grl_target_make(l, &s->readout, &s->target, error);
    if (status == GRL_OK) status = make_lines(s, error);
    if (status == GRL_OK) set_ranges(s, options);
    if (status == GRL_OK) count_outside(s);
    return status;
}

grl_status grl_draw_learned_portrait(const grl_learned *learned, const grl_draw_options *options,
                                     const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    if (!options) options = &defaults;
    grl_status status = check(learned, options, error);
    if (status != GRL_OK) return status;
    scene s = {.learned = learned,
               .portrait = learned->portrait,
               .n = learned->portrait->hidden_size,
               .map = learned->portrait->time == GRL_DISCRETE,
               .show = ((parts & ~(unsigned)GRL_SHOW_NUMBERS & ~options->hide) | options->show) & parts,
               .theme = options->theme};
    grl_canvas canvas = {0};
    grl_legend legend = {0};
    char label[2][64];
    status = grl_canvas_open(options, s.show & GRL_SHOW_LEGEND ? 500 : 370, 350, path, &canvas, error);
    if (status == GRL_OK) status = make(&s, options, error);
    if (status != GRL_OK) goto done;
    for (int i = 0; i < 2; i++) grl_readout_label(&s.readout, i, label[i]);
    if (s.show & GRL_SHOW_LEGEND) describe(&s, &legend);
    grl_plot_place(&canvas, options->title, &legend, grl_axes_room_below(), 1, &s.axes);
    status = draw_lines(&s, &canvas, error);
    if (status != GRL_OK) goto done;
    grl_axes_draw(&canvas, &s.axes, label[1]);
    grl_axes_draw_below(&canvas, &s.axes, s.axes.top + s.axes.height, label[0]);
    if (s.show & GRL_SHOW_POINTS) status = draw_points(&s, &canvas, error);
    if (status != GRL_OK) goto done;
    grl_legend_draw(&canvas, &legend, &s.axes);
    status = grl_canvas_save(&canvas, path, error);
done:
    grl_cell_free(s.cell);
    free(s.first);
    free(s.states);
    grl_readout_close(&s.readout);
    grl_target_free(&s.target);
    grl_lines_free(&s.paths);
    grl_manifolds_free(&s.manifolds);
    grl_loops_free(&s.loops);
    grl_lines_free(&s.strange);
    grl_canvas_close(&canvas);
    return status;
}
