/* regions.c: a sample portrait of each part of the plane of two parameters.
 *
 * Inside a part no curve of the diagram is crossed, so if the diagram has all curves at which the portrait changes,
 * the portrait at one point is that of the whole part; the point is taken as far from the curves as there is
 * one. A region's area is that of its part, in pixels. A small box in which special points crowd is looked at again
 * with pixels of its own. */
#include "bifurcation/regions.h"

#include "base/error.h"
#include "base/progress.h"
#include "base/text.h"
#include "bifurcation/diagram.h"
#include "cell/cell.h"

#include <grulens/whole.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* MOST samples from the chart and MOST from the crowd keep it to seconds. DEPTH: that many pixels lie between a
 * sample and any curve, so that it does not see the bifurcation itself. */
enum { SIDE = 400, MOST = 24, DEPTH = 1, PROVABLE = 3 };

/* What to call near, as a fraction of the chart; the box of a crowd reaches further by ROOM of its size. */
#define NEAR    (1.0 / 30)
#define ROOM    0.5
#define LARGEST 0.25

static int of_two_parameters(grl_special_type type)
{
    return type >= GRL_CUSP;
}

static int candidate(const grl_special *special, const double *low, const double *high)
{
    const double *p = special->p;
    return of_two_parameters(special->type) && p[0] >= low[0] && p[0] <= high[0] && p[1] >= low[1] &&
           p[1] <= high[1];
}

/* The group of points that are near to one of it, from point k on: its box, and how many they are. */
static size_t gather(const grl_diagram *d, const double *outer_low, const double *outer_high, size_t k,
                     unsigned char *in, double *low, double *high)
{
    size_t count = 1;
    memset(in, 0, d->special_count);
    in[k] = 1;
    for (int i = 0; i < 2; i++) low[i] = high[i] = d->special[k].p[i];
    for (int grew = 1; grew;) {
        grew = 0;
        for (size_t j = 0; j < d->special_count; j++) {
            const double *p = d->special[j].p;
            int near = !in[j] && candidate(&d->special[j], outer_low, outer_high);
            for (int i = 0; i < 2; i++) {
                const double reach = NEAR * (outer_high[i] - outer_low[i]);
                near = near && p[i] >= low[i] - reach && p[i] <= high[i] + reach;
            }
            if (!near) continue;
            in[j] = 1;
            grew = 1;
            count++;
            for (int i = 0; i < 2; i++) {
                low[i] = fmin(low[i], p[i]);
                high[i] = fmax(high[i], p[i]);
            }
        }
    }
    return count;
}

int grl_chart_crowd(const grl_diagram *diagram, const double outer_low[2], const double outer_high[2],
                    double low[2], double high[2])
{
    const double outer[2][2] = {{outer_low[0], outer_low[1]}, {outer_high[0], outer_high[1]}};
    size_t most = 1;
    unsigned char *in = calloc(diagram->special_count + 1, 1);
    if (!in) return 0;
    for (size_t k = 0; k < diagram->special_count; k++) {
        double lo[2], hi[2], size = 0;
        if (!candidate(&diagram->special[k], outer[0], outer[1])) continue;
        const size_t count = gather(diagram, outer[0], outer[1], k, in, lo, hi);
        for (int i = 0; i < 2; i++) size = fmax(size, (hi[i] - lo[i]) / (outer[1][i] - outer[0][i]));
        /* Points on top of each other cannot be told apart from nearer, and a crowd everywhere is none. */
        if (count <= most || !(size > 1e-9 && size < LARGEST)) continue;
        most = count;
        for (int i = 0; i < 2; i++) {
            const double half = (0.5 + ROOM) * size * (outer[1][i] - outer[0][i]);
            low[i] = 0.5 * (lo[i] + hi[i]) - half;
            high[i] = 0.5 * (lo[i] + hi[i]) + half;
        }
    }
    free(in);
    return most > 1;
}

static void add_count(grl_text *text, size_t count, const char *one, const char *many)
{
    if (count > 0)
        grl_text_addf(text, "%s%zu %s", text->size > 0 ? ", " : "", count, count == 1 ? one : many);
}

/* "2 stable, 1 saddle, 1 stable cycle" */
static char *name_of(const grl_portrait *portrait)
{
    grl_text text = {0};
    size_t stable = 0, unstable = 0, saddle = 0, cycles[2] = {0, 0};
    for (size_t k = 0; k < portrait->count; k++) {
        const int dimension = portrait->points[k].unstable;
        stable += dimension == 0;
        unstable += (size_t)dimension == portrait->hidden_size;
        saddle += dimension > 0 && (size_t)dimension < portrait->hidden_size;
    }
    if (portrait->cycles)
        for (size_t k = 0; k < portrait->cycles->count; k++) cycles[!portrait->cycles->items[k].stable]++;
    add_count(&text, stable, "stable", "stable");
    add_count(&text, saddle, "saddle", "saddles");
    add_count(&text, unstable, "unstable", "unstable");
    add_count(&text, cycles[0], "stable cycle", "stable cycles");
    add_count(&text, cycles[1], "unstable cycle", "unstable cycles");
    if (text.size == 0) grl_text_add(&text, "no fixed point found");
    return grl_text_take(&text);
}

static grl_status look(grl_path *path, const grl_bifurcation_options *options, const grl_diagram *diagram,
                       grl_region *region, grl_error *error)
{
    grl_whole_options how = grl_whole_defaults();
    how.parts = GRL_PART_SEPARATRICES;
    if (options->cycles) how.parts |= GRL_PART_CYCLES;
    if (diagram->hidden_size <= 2 && diagram->time == GRL_CONTINUOUS) how.parts |= GRL_PART_SIGNATURE;
    how.points.time = diagram->time;
    how.points.dt = diagram->dt;
    if (diagram->hidden_size > PROVABLE) how.points.max_starts = 256;
    how.separatrices.basins = 0;
    how.seed = options->seed;
    how.threads = options->threads;
    grl_status status = grl_path_set(path, region->p, error);
    if (status == GRL_OK) status = grl_cell_copy(grl_path_cell(path), &region->cell, error);
    if (status == GRL_OK) status = grl_whole_compute(region->cell, NULL, &how, &region->portrait, error);
    if (status != GRL_OK) return status;
    region->name = name_of(region->portrait);
    region->signature = region->portrait->signature; /* borrowed; the diagram makes its own */
    return region->name ? GRL_OK : grl_fail_memory(error, 1, 64);
}

static void drop(grl_region *region)
{
    free(region->name);
    grl_cell_free(region->cell);
    grl_portrait_free(region->portrait);
}

/* Whether a part of the box was sampled already. */
static int sampled(const grl_diagram *diagram, const grl_raster *raster, int part)
{
    for (size_t k = 0; k < diagram->region_count; k++)
        if (grl_raster_part(raster, diagram->regions[k].p) == part) return 1;
    return 0;
}

/* Samples of the parts of a box, the largest first. */
static grl_status sample(grl_path *path, const grl_bifurcation_options *options, const double *low,
                         const double *high, int again, grl_diagram *diagram, grl_error *error)
{
    grl_raster raster;
    grl_status status = grl_raster_make(diagram, low, high, SIDE, &raster, error);
    const double scale = (high[0] - low[0]) / (diagram->high[0] - diagram->low[0]) * (high[1] - low[1]) /
                         (diagram->high[1] - diagram->low[1]);
    for (int looked = 0; status == GRL_OK && looked < MOST; looked++) {
        size_t largest = SIZE_MAX;
        for (size_t k = 0; k < raster.count; k++)
            if (raster.size[k] > 0 && raster.depth[raster.inner[k]] > DEPTH &&
                (largest == SIZE_MAX || raster.size[k] > raster.size[largest]))
                largest = k;
        if (largest == SIZE_MAX) break;
        const size_t at[2] = {raster.inner[largest] % SIDE, raster.inner[largest] / SIDE};
        grl_region region = {.area = scale * (double)raster.size[largest] / (SIDE * SIDE)};
        raster.size[largest] = 0;
        if (again && sampled(diagram, &raster, (int)largest)) continue;
        for (int i = 0; i < 2; i++) region.p[i] = low[i] + (high[i] - low[i]) * ((double)at[i] + 0.5) / SIDE;
        if (grl_progress_stopped(options->progress)) {
            status = grl_fail(error, GRL_STOPPED, "stopped on request");
            break;
        }
        status = look(path, options, diagram, &region, error);
        if (status == GRL_OK) status = grl_diagram_add_region(diagram, &region, error);
        if (status != GRL_OK) drop(&region);
        if (status == GRL_OK) free(region.name);
    }
    grl_raster_free(&raster);
    return status;
}

grl_status grl_chart_regions(grl_path *path, const grl_bifurcation_options *options, grl_diagram *diagram,
                             grl_error *error)
{
    const grl_bifurcation_options defaults = grl_bifurcation_defaults();
    const double before[2] = {grl_path_values(path)[0], grl_path_values(path)[1]};
    double low[2] = {diagram->low[0], diagram->low[1]}, high[2] = {diagram->high[0], diagram->high[1]};
    if (!options) options = &defaults;
    grl_status status = sample(path, options, low, high, 0, diagram, error);
    for (int level = 0; level < GRL_CHART_LEVELS && status == GRL_OK; level++) {
        if (!grl_chart_crowd(diagram, low, high, low, high)) break;
        status = sample(path, options, low, high, 1, diagram, error);
    }
    const grl_status back = grl_path_set(path, before, status == GRL_OK ? error : NULL);
    return status == GRL_OK ? back : status;
}
