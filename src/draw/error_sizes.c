/* error_sizes.c: errors and successes of trained networks against their number of units.
 *
 * The mean is the arithmetic one, which is that of tables; in logarithmic axes it lies near the worst networks. Shares have
 * the interval of Wilson (1927), p + z^2 / 2n -/+ z sqrt(p (1 - p) / n + z^2 / 4n^2), all over 1 + z^2 / n, z = 1.96. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/lineplot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TICKS = 16 };
static const double dot_radius = 1.5, dot_fade = 0.45, apart = 1.035, beyond = 2.2;

typedef struct scene {
    size_t count;
    const grl_size_score *scores;
    size_t series_count, size_count, *sizes;
    const char **names;
    double *numbers; /* room for all numbers that are drawn */
    size_t used;
    grl_series *series;
    grl_ticks ticks;
    double least, most; /* of the errors above zero */
} scene;

static int by_size(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static int usable(double error)
{
    return isfinite(error) && error > 0;
}

static grl_status prepare(scene *s, grl_error *error)
{
    s->names = grl_calloc(s->count, sizeof *s->names);
    s->sizes = grl_calloc(s->count, sizeof *s->sizes);
    if (!s->names || !s->sizes) return grl_fail_memory(error, s->count, sizeof *s->names);
    s->least = INFINITY;
    for (size_t i = 0; i < s->count; i++) {
        const grl_size_score *score = &s->scores[i];
        size_t k = 0, n = 0;
        while (k < s->series_count && strcmp(s->names[k], score->series) != 0) k++;
        if (k == s->series_count) s->names[s->series_count++] = score->series;
        while (n < s->size_count && s->sizes[n] != score->units) n++;
        if (n == s->size_count) s->sizes[s->size_count++] = score->units;
        if (!usable(score->error)) continue;
        s->least = fmin(s->least, score->error);
        s->most = fmax(s->most, score->error);
    }
    if (!(s->least <= s->most)) s->least = s->most = 1;
    qsort(s->sizes, s->size_count, sizeof *s->sizes, by_size);
    s->ticks = (grl_ticks){.decimals = GRL_TICKS_LOG};
    for (size_t n = 0; n < s->size_count && s->size_count <= MOST_TICKS; n++)
        s->ticks.values[s->ticks.count++] = (double)s->sizes[n];
    /* Two numbers for each network; eight for each size of each series. */
    s->numbers = grl_calloc(2 * s->count + 8 * s->series_count * s->size_count, sizeof *s->numbers);
    s->series = grl_calloc(5 * s->series_count + 2, sizeof *s->series);
    return s->numbers && s->series ? GRL_OK : grl_fail_memory(error, s->count, 8 * sizeof *s->numbers);
}

static double *take(scene *s, size_t count)
{
    double *from = s->numbers + s->used;
    s->used += count;
    return from;
}

static int belongs(const scene *s, size_t i, size_t k)
{
    return strcmp(s->scores[i].series, s->names[k]) == 0;
}

/* Series stand beside each other, so that their spread is seen. */
static double place(const scene *s, size_t k, size_t units)
{
    return (double)units * pow(apart, (double)k - 0.5 * (double)(s->series_count - 1));
}

/* Every network as a point. */
static grl_series points_of(scene *s, size_t k)
{
    grl_series series = grl_series_points((int)k);
    for (size_t i = 0; i < s->count; i++) series.count += belongs(s, i, k) && usable(s->scores[i].error);
    double *x = take(s, series.count), *y = take(s, series.count);
    for (size_t i = 0, at = 0; i < s->count; i++)
        if (belongs(s, i, k) && usable(s->scores[i].error)) {
            x[at] = place(s, k, s->scores[i].units);
            y[at++] = s->scores[i].error;
        }
    series.x = x;
    series.y = y;
    series.radius = dot_radius;
    series.fade = dot_fade;
    return series;
}

/* The mean of each size, from the least to the greatest. */
static grl_series means_of(scene *s, size_t k)
{
    grl_series series = grl_series_line((int)k);
    double *x = take(s, s->size_count), *y = take(s, s->size_count), *low = take(s, s->size_count),
           *high = take(s, s->size_count);
    for (size_t n = 0; n < s->size_count; n++) {
        double sum = 0, least = INFINITY, most = 0, count = 0;
        for (size_t i = 0; i < s->count; i++) {
            const double error = s->scores[i].error;
            if (!belongs(s, i, k) || s->scores[i].units != s->sizes[n] || !isfinite(error)) continue;
            sum += error;
            count++;
            least = fmin(least, error);
            most = fmax(most, error);
        }
        if (count == 0) continue;
        x[series.count] = place(s, k, s->sizes[n]);
        y[series.count] = sum / count;
        low[series.count] = least;
        high[series.count++] = most;
    }
    series.x = x;
    series.y = y;
    series.low = low;
    series.high = high;
    series.name = s->names[k];
    series.symbol = grl_series_points((int)k).symbol;
    return series;
}

/* Networks whose error has no place on the scale: beyond its end. */
static grl_series strays(scene *s, int finite)
{
    grl_series series = {.name = finite ? "error not above zero" : "error not finite",
                         .role = GRL_ALARM,
                         .symbol = finite ? GRL_SYMBOL_RING : GRL_SYMBOL_CROSS};
    for (size_t i = 0; i < s->count; i++)
        series.count += !usable(s->scores[i].error) && isfinite(s->scores[i].error) == finite;
    double *x = take(s, series.count), *y = take(s, series.count);
    for (size_t i = 0, at = 0; i < s->count; i++)
        if (!usable(s->scores[i].error) && isfinite(s->scores[i].error) == finite) {
            x[at] = (double)s->scores[i].units;
            y[at++] = finite ? s->least / beyond : s->most * beyond;
        }
    series.x = x;
    series.y = y;
    return series;
}

/* Shares of success in percent. */
static grl_series shares_of(scene *s, size_t k)
{
    const double z = 1.96;
    grl_series series = grl_series_points((int)k);
    double *x = take(s, s->size_count), *y = take(s, s->size_count), *low = take(s, s->size_count),
           *high = take(s, s->size_count);
    for (size_t n = 0; n < s->size_count; n++) {
        double count = 0, successes = 0;
        for (size_t i = 0; i < s->count; i++)
            if (belongs(s, i, k) && s->scores[i].units == s->sizes[n] && s->scores[i].success >= 0) {
                count++;
                successes += s->scores[i].success != 0;
            }
        if (count == 0) continue;
        const double p = successes / count, middle = p + z * z / (2 * count);
        const double half = z * sqrt(p * (1 - p) / count + z * z / (4 * count * count));
        const double divisor = 1 + z * z / count;
        x[series.count] = place(s, k, s->sizes[n]);
        y[series.count] = 100 * p;
        low[series.count] = 100 * fmax(0, (middle - half) / divisor);
        high[series.count++] = 100 * fmin(1, (middle + half) / divisor);
    }
    series.x = x;
    series.y = y;
    series.low = low;
    series.high = high;
    return series;
}

static int has_successes(const scene *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->scores[i].success >= 0) return 1;
    return 0;
}

static grl_status check(size_t count, const grl_size_score *scores, const grl_draw_options *options,
                        grl_error *error)
{
    if (count == 0) return grl_fail(error, GRL_BAD_INPUT, "figure: expected trained networks, found none");
    for (size_t i = 0; i < count; i++)
        if (!scores[i].series || scores[i].units == 0)
            return grl_fail(error, GRL_BAD_INPUT,
                            "figure: expected networks of a named series and one unit or more, found %s of "
                            "%zu units",
                            scores[i].series ? scores[i].series : "one without a name", scores[i].units);
    return grl_canvas_check(options, error);
}

grl_status grl_draw_error_sizes(size_t count, const grl_size_score *scores, const char *label,
                                const grl_draw_options *options, const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    if (!options) options = &defaults;
    scene s = {.count = count, .scores = scores};
    grl_panel panels[2];
    grl_status status = check(count, scores, options, error);
    if (status == GRL_OK) status = prepare(&s, error);
    if (status != GRL_OK) goto done;
    size_t used = 0;
    for (size_t k = 0; k < s.series_count; k++) s.series[used++] = points_of(&s, k);
    for (size_t k = 0; k < s.series_count; k++) {
        s.series[used] = means_of(&s, k);
        s.series[used + 1] = s.series[used];
        s.series[used].width = 0; /* the spread, as whiskers */
        s.series[used].symbol = GRL_SYMBOL_NONE;
        s.series[used].name = NULL;
        s.series[used + 1].low = s.series[used + 1].high = NULL;
        used += 2;
    }
    for (int finite = 0; finite < 2; finite++) {
        s.series[used] = strays(&s, finite);
        used += s.series[used].count > 0;
    }
    const grl_ticks *ticks = s.ticks.count > 0 ? &s.ticks : NULL;
    const double low = (double)s.sizes[0] / 1.25, high = (double)s.sizes[s.size_count - 1] * 1.25;
    panels[0] = (grl_panel){.label_x = "units",
                            .label_y = label ? label : "error",
                            .log_x = 1,
                            .log_y = 1,
                            .ticks_x = ticks,
                            .low_x = low,
                            .high_x = high,
                            .count = used,
                            .series = s.series};
    panels[1] = (grl_panel){.label_x = "units",
                            .label_y = "success (%)",
                            .log_x = 1,
                            .ticks_x = ticks,
                            .low_x = low,
                            .high_x = high,
                            .low_y = -4,
                            .high_y = 104,
                            .count = 2 * s.series_count,
                            .series = s.series + used};
    for (size_t k = 0; k < s.series_count; k++) {
        const grl_series shares = shares_of(&s, k);
        s.series[used + 2 * k] = grl_series_line((int)k);
        s.series[used + 2 * k].count = shares.count;
        s.series[used + 2 * k].x = shares.x;
        s.series[used + 2 * k].y = shares.y;
        s.series[used + 2 * k].width = 0.9;
        s.series[used + 2 * k + 1] = shares;
    }
    status = grl_lineplot_draw(has_successes(&s) ? 2 : 1, panels, 2, options, path, error);
done:
    free(s.names);
    free(s.sizes);
    free(s.numbers);
    free(s.series);
    return status;
}
