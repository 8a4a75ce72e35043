/* learning_curves.c: losses over the steps of training, with their spread over runs.
 *
 * The runs of a size need not be looked at after the same steps: their median and quartiles are taken at each step at which
 * one of them was, of the logarithms on the straight lines between the values of each. Quantiles are those of Hyndman
 * and Fan (1996), type 7. A loss that is not a finite number is an infinite one, so that a run that failed pulls the
 * quantiles up instead of being left out. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/lineplot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PANELS_ACROSS = 3, WITH_BAND = 3 };
static const double run_width = 0.7, run_fade = 0.62, median_width = 2, narrow = 215, flat = 200;

/* The runs of one size at one task. */
typedef struct group {
    const char *task;
    size_t units, style;
    size_t run_count, *runs;         /* places among the curves */
    size_t count;                    /* of steps at which one of them was looked at */
    double *x, *middle, *low, *high; /* count */
    char name[32];
} group;

typedef struct scene {
    size_t count;
    const grl_learning_curve *curves;
    double *x, *y; /* of all runs, one after the other */
    size_t *first; /* count + 1: where each begins */
    size_t *runs;  /* room for the groups' */
    double *room;  /* for the groups' */
    size_t group_count, panel_count;
    group *groups;
    grl_series *series;
    grl_panel *panels;
    double *ends; /* places where runs end in a loss that is not finite, and the same in rows */
} scene;

static int same_task(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The logarithm of a run's loss at a step, INFINITY where it is not finite, NAN before the run begins. */
static double log_loss(const scene *s, size_t run, double step)
{
    const double *x = s->x + s->first[run], *y = s->y + s->first[run];
    size_t low = 0, high = s->first[run + 1] - s->first[run];
    if (high == 0 || step < x[0]) return (double)NAN;
    while (high - low > 1) { /* x[low] <= step < x[high], where there is one */
        const size_t middle = low + (high - low) / 2;
        *(x[middle] <= step ? &low : &high) = middle;
    }
    const size_t next = low + 1;
    if (!isfinite(y[low])) return INFINITY;
    if (x[low] == step || s->first[run] + next == s->first[run + 1]) return log(y[low]);
    if (!isfinite(y[next])) return INFINITY;
    return log(y[low]) + (log(y[next]) - log(y[low])) * (step - x[low]) / (x[next] - x[low]);
}

/* The exponential of a quantile of sorted logarithms. */
static double quantile(size_t count, const double *sorted, double part)
{
    const double place = part * (double)(count - 1);
    const size_t below = (size_t)floor(place);
    const double rest = place - (double)below;
    if (rest <= 0) return exp(sorted[below]);
    if (!isfinite(sorted[below]) || !isfinite(sorted[below + 1])) return exp(sorted[below + 1]);
    return exp(sorted[below] + rest * (sorted[below + 1] - sorted[below]));
}

/* values: room for one number for each run. */
static void summarise(const scene *s, group *g, double *values)
{
    size_t total = 0, kept = 0;
    for (size_t r = 0; r < g->run_count; r++)
        for (size_t i = s->first[g->runs[r]]; i < s->first[g->runs[r] + 1]; i++) g->x[total++] = s->x[i];
    qsort(g->x, total, sizeof *g->x, by_value);
    for (size_t i = 0; i < total; i++)
        if (kept == 0 || g->x[i] != g->x[kept - 1]) g->x[kept++] = g->x[i];
    g->count = kept;
    for (size_t i = 0; i < kept; i++) {
        size_t known = 0;
        for (size_t r = 0; r < g->run_count; r++) {
            const double value = log_loss(s, g->runs[r], g->x[i]);
            if (!isnan(value)) values[known++] = value;
        }
        qsort(values, known, sizeof *values, by_value);
        g->middle[i] = quantile(known, values, 0.5);
        g->low[i] = quantile(known, values, 0.25);
        g->high[i] = quantile(known, values, 0.75);
    }
}

static int by_task_and_size(const void *a, const void *b)
{
    const group *x = a, *y = b;
    if (x->style != y->style) return x->style < y->style ? -1 : 1; /* the place of the task, for now */
    return (x->units > y->units) - (x->units < y->units);
}

/* Groups by task, in the order in which tasks come, and by rising size; styles by size, the same in all panels. */
static void find_groups(scene *s)
{
    size_t tasks = 0;
    for (size_t k = 0; k < s->count; k++) {
        const grl_learning_curve *c = &s->curves[k];
        size_t task = tasks, g = 0;
        for (; g < s->group_count; g++) {
            if (!same_task(s->groups[g].task, c->task)) continue;
            task = s->groups[g].style;
            if (s->groups[g].units == c->units) break;
        }
        if (g < s->group_count) continue;
        s->groups[s->group_count++] = (group){.task = c->task, .units = c->units, .style = task};
        if (task == tasks) tasks++;
    }
    qsort(s->groups, s->group_count, sizeof *s->groups, by_task_and_size);
    s->panel_count = tasks;
    for (size_t g = 0, runs = 0; g < s->group_count; g++) {
        group *at = &s->groups[g];
        at->runs = s->runs + runs;
        for (size_t k = 0; k < s->count; k++)
            if (same_task(s->curves[k].task, at->task) && s->curves[k].units == at->units)
                at->runs[at->run_count++] = k;
        runs += at->run_count;
    }
    for (size_t g = 0; g < s->group_count; g++) { /* sizes below this one's */
        size_t smaller = 0;
        for (size_t k = 0; k < s->group_count; k++) {
            size_t earlier = 0;
            for (size_t j = 0; j < k; j++) earlier += s->groups[j].units == s->groups[k].units;
            smaller += earlier == 0 && s->groups[k].units < s->groups[g].units;
        }
        s->groups[g].style = smaller;
        snprintf(s->groups[g].name, sizeof s->groups[g].name, "%zu unit%s", s->groups[g].units,
                 s->groups[g].units == 1 ? "" : "s");
    }
}

static grl_status take_curves(scene *s, grl_error *error)
{
    size_t total = 0;
    for (size_t k = 0; k < s->count; k++) total += s->curves[k].count;
    s->first = grl_calloc(s->count + 1, sizeof *s->first);
    s->x = grl_calloc(total, sizeof *s->x);
    s->y = grl_calloc(total, sizeof *s->y);
    s->runs = grl_calloc(s->count, sizeof *s->runs);
    s->room = grl_calloc(total, 4 * sizeof *s->room);
    s->groups = grl_calloc(s->count, sizeof *s->groups);
    s->series = grl_calloc(3 * s->count + 3, sizeof *s->series);
    s->panels = grl_calloc(s->count, sizeof *s->panels);
    s->ends = grl_calloc(s->count, 4 * sizeof *s->ends);
    double *values = grl_calloc(s->count, sizeof *values);
    grl_status status = GRL_OK;
    if (!s->first || !s->x || !s->y || !s->runs || !s->room || !s->groups || !s->series || !s->panels ||
        !s->ends || !values) {
        status = grl_fail_memory(error, total + s->count, sizeof *s->x);
        goto done;
    }
    for (size_t k = 0; k < s->count; k++) {
        s->first[k + 1] = s->first[k] + s->curves[k].count;
        for (size_t i = 0; i < s->curves[k].count; i++) {
            s->x[s->first[k] + i] = (double)s->curves[k].points[i].step;
            s->y[s->first[k] + i] = s->curves[k].points[i].validation;
        }
    }
    find_groups(s);
    for (size_t g = 0, at = 0; g < s->group_count; g++) {
        group *of = &s->groups[g];
        size_t points = 0;
        for (size_t r = 0; r < of->run_count; r++) points += s->curves[of->runs[r]].count;
        of->x = s->room + 4 * at;
        of->middle = of->x + points;
        of->low = of->middle + points;
        of->high = of->low + points;
        at += points;
        summarise(s, of, values);
    }
done:
    free(values);
    return status;
}

/* The panel's range upward: that of all runs; but a run that explodes on its way leaves the plot, far above the medians and where
 * runs begin and end. */
static void set_range(const scene *s, size_t first, size_t end, grl_panel *panel)
{
    const double far = 100;
    double low = INFINITY, high = 0, usual = 0;
    for (size_t g = first; g < end; g++) {
        const group *of = &s->groups[g];
        for (size_t i = 0; i < of->count; i++)
            if (isfinite(of->middle[i])) usual = fmax(usual, far * of->middle[i]);
        for (size_t r = 0; r < of->run_count; r++) {
            const size_t begin = s->first[of->runs[r]], after = s->first[of->runs[r] + 1];
            for (size_t i = begin; i < after; i++) {
                if (!(isfinite(s->y[i]) && s->y[i] > 0)) continue;
                low = fmin(low, s->y[i]);
                high = fmax(high, s->y[i]);
                if (i == begin || i + 1 == after) usual = fmax(usual, s->y[i]);
            }
        }
    }
    if (!(low <= high)) return;
    if (usual > 0) high = fmin(high, usual);
    panel->low_y = fmin(low, high) / 1.3;
    panel->high_y = high * 1.3;
    /* Bands that end nowhere go on to the edge. */
    for (size_t g = first; g < end; g++)
        for (size_t i = 0; i < s->groups[g].count; i++)
            if (!isfinite(s->groups[g].high[i])) s->groups[g].high[i] = 10 * panel->high_y;
}

/* Adds the series of the groups first .. end - 1: runs beneath medians. */
static void make_panel(scene *s, size_t first, size_t end, grl_panel *panel, grl_series *series, double *ends)
{
    size_t failed = 0;
    *panel = (grl_panel){.title = s->groups[first].task,
                         .label_x = "step",
                         .label_y = "validation loss",
                         .log_y = 1,
                         .series = series};
    set_range(s, first, end, panel);
    for (size_t g = first; g < end; g++)
        for (size_t r = 0; r < s->groups[g].run_count && s->groups[g].run_count > 1; r++) {
            grl_series *run = &series[panel->count++];
            const size_t k = s->groups[g].runs[r];
            *run = grl_series_line((int)s->groups[g].style);
            run->count = s->curves[k].count;
            run->x = s->x + s->first[k];
            run->y = s->y + s->first[k];
            run->width = run_width;
            run->dash = 0;
            run->fade = run_fade;
        }
    for (size_t g = first; g < end; g++) {
        const group *of = &s->groups[g];
        grl_series *median = &series[panel->count++];
        *median = grl_series_line((int)of->style);
        median->count = of->count;
        median->x = of->x;
        median->y = of->middle;
        median->low = of->run_count >= WITH_BAND ? of->low : NULL;
        median->high = of->run_count >= WITH_BAND ? of->high : NULL;
        median->width = median_width;
        median->name = of->name;
        for (size_t r = 0; r < of->run_count; r++) {
            size_t i = s->first[of->runs[r] + 1];
            const size_t begin = s->first[of->runs[r]];
            if (i == begin || isfinite(s->y[i - 1])) continue;
            while (i > begin && !isfinite(s->y[i - 1])) i--;
            ends[2 * failed] = s->x[i > begin ? i - 1 : begin];
            ends[2 * failed++ + 1] =
                fmin(i > begin && s->y[i - 1] > 0 ? s->y[i - 1] : INFINITY, panel->high_y);
        }
    }
    if (failed == 0) return;
    /* Pairs of places become a row of each. */
    grl_series *crosses = &series[panel->count++];
    double *x = ends + 2 * failed, *y = x + failed;
    for (size_t i = 0; i < failed; i++) {
        x[i] = ends[2 * i];
        y[i] = ends[2 * i + 1];
    }
    *crosses = (grl_series){.count = failed,
                            .x = x,
                            .y = y,
                            .name = "no longer finite",
                            .role = GRL_ALARM,
                            .symbol = GRL_SYMBOL_CROSS};
}

/* Entries of the legend without points: what the lines of every colour are. series: the next free ones. */
static void explain(const scene *s, grl_panel *last, grl_series *series)
{
    size_t most = 0;
    for (size_t g = 0; g < s->group_count; g++)
        if (s->groups[g].run_count > most) most = s->groups[g].run_count;
    if (most < 2) return;
    series[0] = (grl_series){.name = "median", .role = GRL_INK, .width = median_width};
    series[1] = (grl_series){.name = "one run", .role = GRL_INK, .width = run_width};
    series[2] = (grl_series){.name = "quartiles", .role = GRL_STREAM, .width = 9};
    last->count += most >= WITH_BAND ? 3 : 2;
}

grl_status grl_draw_learning_curves(size_t count, const grl_learning_curve *curves,
                                    const grl_draw_options *options, const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    if (!options) options = &defaults;
    scene s = {.count = count, .curves = curves};
    grl_status status = grl_canvas_check(options, error);
    if (status == GRL_OK && count == 0)
        status = grl_fail(error, GRL_BAD_INPUT, "figure: expected learning curves, found none");
    if (status == GRL_OK) status = take_curves(&s, error);
    if (status != GRL_OK) goto done;
    grl_series *series = s.series;
    double *ends = s.ends;
    for (size_t g = 0, p = 0; g < s.group_count; p++) {
        size_t end = g, runs = 0;
        for (; end < s.group_count && same_task(s.groups[end].task, s.groups[g].task); end++)
            runs += s.groups[end].run_count;
        make_panel(&s, g, end, &s.panels[p], series, ends);
        series += s.panels[p].count;
        ends += 4 * runs;
        g = end;
    }
    explain(&s, &s.panels[s.panel_count - 1], series);
    const size_t columns = s.panel_count < PANELS_ACROSS ? s.panel_count : PANELS_ACROSS;
    grl_draw_options page = *options;
    if (columns == PANELS_ACROSS && page.width == 0 && page.height == 0 && page.text == 0) {
        /* Three beside each other would make a wide page, and small words where it is shown in a column. */
        page.width = narrow * (double)columns;
        page.height = flat * (double)((s.panel_count + columns - 1) / columns) + 20;
        page.text = grl_canvas_text;
    }
    status = grl_lineplot_draw(s.panel_count, s.panels, columns, &page, path, error);
done:
    free(s.x);
    free(s.y);
    free(s.first);
    free(s.runs);
    free(s.room);
    free(s.groups);
    free(s.series);
    free(s.panels);
    free(s.ends);
    return status;
}
