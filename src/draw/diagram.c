/* diagram.c: the figure of a diagram in one parameter: one unit over the parameter.
 *
 * Fixed points: stable ones solid, saddles dashed, unstable ones dotted. Cycles: the least and the greatest
 * value of the unit. Special points carry their usual labels (Kuznetsov 2004): LP, H, BP, LPC, PD, NS, Hom,
 * SNIC. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/chart.h"
#include "draw/chart_labels.h"
#include "draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STABLE, SADDLE, UNSTABLE, CYCLE_STABLE, CYCLE_UNSTABLE, STYLES };

typedef struct style {
    grl_role role;
    double width, dash;
    const char *words;
} style;

static const style styles[STYLES] = {
    [STABLE] = {GRL_INK, 2.0, 0, "stable point"},
    [SADDLE] = {GRL_INK, 1.2, 5, "saddle"},
    [UNSTABLE] = {GRL_INK, 1.2, 1.7, "unstable point"},
    [CYCLE_STABLE] = {GRL_SECOND, 2.0, 0, "stable cycle, min and max"},
    [CYCLE_UNSTABLE] = {GRL_FIRST, 1.6, 5, "unstable cycle, min and max"},
};

static const char *const meanings[GRL_SPECIAL_TYPES] = {
    [GRL_FOLD] = "fold",
    [GRL_HOPF] = "Hopf",
    [GRL_BRANCH_POINT] = "branch point",
    [GRL_FLIP] = "flip",
    [GRL_NEIMARK_SACKER] = "Neimark-Sacker",
    [GRL_CYCLE_FOLD] = "fold of cycles",
    [GRL_CYCLE_BRANCH_POINT] = "branch point of cycles",
    [GRL_PERIOD_DOUBLING] = "period doubling",
    [GRL_TORUS] = "torus",
    [GRL_HOMOCLINIC] = "homoclinic",
    [GRL_SNIC] = "saddle-node on a cycle",
    [GRL_HETEROCLINIC] = "heteroclinic",
};

typedef struct scene {
    const grl_diagram *diagram;
    size_t unit;
    grl_lines lines[STYLES], all;
    double low, high; /* of the unit */
    grl_legend legend;
} scene;

static int style_of(const scene *s, const grl_diagram_branch *branch, size_t i)
{
    if (branch->kind == GRL_BRANCH_CYCLE) return branch->unstable[i] == 0 ? CYCLE_STABLE : CYCLE_UNSTABLE;
    return branch->unstable[i] == 0                             ? STABLE
           : branch->unstable[i] < (int)s->diagram->hidden_size ? SADDLE
                                                                : UNSTABLE;
}

static bool is_special(const grl_diagram *diagram, size_t branch, size_t point)
{
    for (size_t i = 0; i < diagram->special_count; i++)
        if (diagram->special[i].branch == branch && diagram->special[i].point == point) return true;
    return false;
}

/* The style of the piece from point i to the next. At a special point an eigenvalue is critical and its sign is
 * rounding, so the other end tells. */
static int piece_style(const scene *s, size_t index, size_t i)
{
    const grl_diagram_branch *branch = &s->diagram->branches[index];
    const bool doubtful = is_special(s->diagram, index, i) && !is_special(s->diagram, index, i + 1);
    return style_of(s, branch, doubtful ? i + 1 : i);
}

/* One line of a branch over the parameter, cut where its style changes. */
static bool add_line(scene *s, size_t index, const double *values, size_t stride, double *points)
{
    const grl_diagram *d = s->diagram;
    const grl_diagram_branch *branch = &d->branches[index];
    for (size_t i = 0; i < branch->count; i++) {
        points[2 * i] = branch->p[i * d->parameters];
        points[2 * i + 1] = values[i * stride];
        s->low = fmin(s->low, points[2 * i + 1]);
        s->high = fmax(s->high, points[2 * i + 1]);
    }
    for (size_t first = 0, last; first + 1 < branch->count; first = last) {
        const int here = piece_style(s, index, first);
        for (last = first + 1; last + 1 < branch->count && piece_style(s, index, last) == here;) last++;
        if (!grl_lines_add(&s->lines[here], last - first + 1, points + 2 * first)) return false;
    }
    return grl_lines_add(&s->all, branch->count, points);
}

static grl_status take_branches(scene *s, grl_error *error)
{
    const grl_diagram *d = s->diagram;
    const size_t n = d->hidden_size;
    for (size_t b = 0; b < d->branch_count; b++) {
        const grl_diagram_branch *branch = &d->branches[b];
        if (branch->count == 0) continue;
        double *points = grl_calloc(branch->count, 2 * sizeof *points);
        bool added = points != NULL;
        if (added && branch->kind == GRL_BRANCH_CYCLE)
            added = add_line(s, b, branch->low + s->unit, n, points) &&
                    add_line(s, b, branch->high + s->unit, n, points);
        else if (added)
            added = add_line(s, b, branch->h + s->unit, n, points);
        free(points);
        if (!added) return grl_fail_memory(error, branch->count, 2 * sizeof *points);
    }
    return GRL_OK;
}

/* Neutral saddles change nothing and are left out. */
static bool shown(const grl_special *special)
{
    return meanings[special->type] != NULL;
}

static void describe(scene *s)
{
    const grl_diagram *d = s->diagram;
    char text[64];
    for (int k = 0; k < STYLES; k++) {
        if (s->lines[k].count == 0) continue;
        grl_entry *entry = grl_legend_add(&s->legend, GRL_SAMPLE_LINE, styles[k].words);
        entry->role = styles[k].role;
        entry->width = styles[k].width;
        entry->dash = styles[k].dash;
    }
    grl_legend_add(&s->legend, GRL_SAMPLE_GAP, "");
    for (int t = 0; t < GRL_SPECIAL_TYPES; t++) {
        size_t count = 0;
        for (size_t i = 0; i < d->special_count; i++)
            count += (int)d->special[i].type == t && shown(&d->special[i]);
        if (count == 0) continue;
        snprintf(text, sizeof text, "%s  %s", grl_special_label((grl_special_type)t), meanings[t]);
        grl_legend_add(&s->legend, GRL_SAMPLE_LINE, text)->role = GRL_PAPER; /* words alone */
    }
    if (d->time == GRL_DISCRETE)
        snprintf(s->legend.notes[0], sizeof s->legend.notes[0], "map, time step %g", d->dt);
    else
        snprintf(s->legend.notes[0], sizeof s->legend.notes[0], "continuous time");
    if (d->unfinished > 0) snprintf(s->legend.notes[1], sizeof s->legend.notes[1], "branches are cut off");
}

/* Where a special point is drawn: of a cycle at its greatest value. */
static double height_of(const scene *s, const grl_special *special)
{
    const grl_diagram *d = s->diagram;
    const grl_diagram_branch *branch =
        special->branch < d->branch_count ? &d->branches[special->branch] : NULL;
    if (branch && branch->kind == GRL_BRANCH_CYCLE && special->point < branch->count &&
        special->type != GRL_HOMOCLINIC && special->type != GRL_SNIC)
        return branch->high[special->point * d->hidden_size + s->unit];
    return special->h[s->unit];
}

static void draw_special(scene *s, grl_canvas *canvas, const grl_axes *axes)
{
    const grl_diagram *d = s->diagram;
    grl_labels labels = {.axes = axes, .obstacles = &s->all};
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < d->special_count; i++) {
            const grl_special *special = &d->special[i];
            if (!shown(special)) continue;
            const double x = grl_axes_x(axes, special->p[0]), y = grl_axes_y(axes, height_of(s, special));
            if (pass == 0) {
                grl_canvas_colour(canvas, GRL_PAPER, 1);
                cairo_arc(canvas->cr, x, y, 3.6, 0, 6.283185307179586);
                cairo_fill(canvas->cr);
                grl_canvas_colour(canvas, GRL_ALARM, 1);
                cairo_arc(canvas->cr, x, y, 2.6, 0, 6.283185307179586);
                cairo_fill(canvas->cr);
                grl_labels_block(&labels, x, y, 3.5);
            } else {
                grl_labels_draw(&labels, canvas, x, y, 10, GRL_INK, 0, grl_special_label(special->type));
            }
        }
}

/* "$b$_h[0]": a block's name as it is written in formulas; others as they are. */
static void write_name(const char *name, char *markup, size_t size)
{
    const bool block = name[0] && name[1] == '_' && name[2] && strchr("zrh", name[2]) && name[3] == '[';
    if (block)
        snprintf(markup, size, "$%c$_%s", name[0], name + 2);
    else
        snprintf(markup, size, "%s", name);
}

static grl_status draw_page(scene *s, grl_canvas *canvas, const grl_draw_options *options, grl_error *error)
{
    const grl_diagram *d = s->diagram;
    char name[128], unit[64];
    const double margin = fmax(0.06 * (s->high - s->low), 0.01);
    grl_axes axes = {
        .low_x = d->low[0], .high_x = d->high[0], .low_y = s->low - margin, .high_y = s->high + margin};
    describe(s);
    grl_plot_place(canvas, options->title, &s->legend, grl_axes_room_below(), 0, &axes);
    grl_axes_clip(canvas, &axes, 0);
    grl_status status = GRL_OK;
    for (int k = STYLES - 1; k >= 0 && status == GRL_OK; k--)
        status = grl_lines_draw(canvas, &axes, &s->lines[k], styles[k].role, styles[k].width, styles[k].dash,
                                error);
    cairo_restore(canvas->cr);
    if (status != GRL_OK) return status;
    draw_special(s, canvas, &axes);
    snprintf(unit, sizeof unit, "$h$[%zu]", s->unit);
    grl_axes_draw(canvas, &axes, unit);
    write_name(d->names[0], name, sizeof name);
    grl_axes_draw_below(canvas, &axes, axes.top + axes.height, name);
    grl_legend_draw(canvas, &s->legend, &axes);
    return GRL_OK;
}

grl_status grl_draw_diagram(const grl_diagram *diagram, size_t unit, const grl_draw_options *options,
                            const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    scene s = {.diagram = diagram, .unit = unit, .low = INFINITY, .high = -INFINITY};
    grl_canvas canvas = {0};
    if (!options) options = &defaults;
    grl_status status = grl_canvas_check(options, error);
    if (status != GRL_OK) return status;
    if (diagram->parameters == 2) return grl_figure_chart(diagram, options, path, error);
    if (unit >= diagram->hidden_size)
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected a unit below %zu, found %zu",
                        diagram->hidden_size, unit);
    status = grl_canvas_open(options, 620, 380, path, &canvas, error);
    if (status == GRL_OK) status = take_branches(&s, error);
    if (!(s.low <= s.high)) s.low = s.high = 0;
    if (status == GRL_OK) status = draw_page(&s, &canvas, options, error);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, path, error);
    for (int k = 0; k < STYLES; k++) grl_lines_free(&s.lines[k]);
    grl_lines_free(&s.all);
    grl_canvas_close(&canvas);
    return status;
}
