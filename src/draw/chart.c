/* chart.c: a bifurcation diagram in two parameters: curves, special points, the regions between them in pale
 * colours with numbers, the part where special points crowd drawn larger beside it, and a small portrait of each
 * region.
 *
 * Regions with the same words and signature have the same colour. Their outlines come from the pixels in which they
 * were found (bifurcation/raster.c), so the colours follow the curves that bound them. */
#include "draw/chart.h"

#include "base/error.h"
#include "base/memory.h"
#include "bifurcation/regions.h"
#include "draw/chart_labels.h"
#include "draw/outline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 400, MOST_COLUMNS = 7 };

static const double margin = 9, gap = 12, caption_size = 8, label_size = 9.5, entry_size = 9,
                    entry_pitch = 13, cell_gap = 8, caption_pitch = 9.5, tag_width = 19, legend_room = 185,
                    largest_thumbnail = 120;

typedef struct style {
    grl_role role;
    double width, dash;
    const char *text;
} style;

/* The last one: Hopf points of positive l1. What greys cannot tell apart, dashes and the labels on curves do. */
enum { SUBCRITICAL = GRL_SPECIAL_TYPES, STYLES };
static const style styles[STYLES] = {
    [GRL_FOLD] = {GRL_SECOND, 1.9, 0, "fold"},
    [GRL_HOPF] = {GRL_ALARM, 1.5, 0, "Hopf, supercritical"},
    [SUBCRITICAL] = {GRL_ALARM, 1.5, 4, "Hopf, subcritical"},
    [GRL_NEUTRAL_SADDLE] = {GRL_FAINT, 0.8, 2, "neutral saddle"},
    [GRL_BRANCH_POINT] = {GRL_INK, 1.2, 1.5, "branch point"},
    [GRL_FLIP] = {GRL_FIRST, 1.5, 5, "period doubling"},
    [GRL_NEIMARK_SACKER] = {GRL_ALARM, 1.5, 0, "Neimark-Sacker"},
    [GRL_CYCLE_FOLD] = {GRL_TRAJECTORY, 1.6, 7, "fold of cycles"},
    [GRL_CYCLE_BRANCH_POINT] = {GRL_INK, 1.2, 1.5, "branch point of cycles"},
    [GRL_PERIOD_DOUBLING] = {GRL_UNSTABLE_MANIFOLD, 1.5, 5, "period doubling"},
    [GRL_TORUS] = {GRL_UNSTABLE_MANIFOLD, 1.5, 2, "torus"},
    [GRL_HOMOCLINIC] = {GRL_FIRST, 1.6, 2.2, "homoclinic"},
    [GRL_SNIC] = {GRL_FIRST, 2.6, 0, "saddle-node on a cycle"},
    [GRL_HETEROCLINIC] = {GRL_FIRST, 1.2, 6, "heteroclinic"},
};

static const char *const special_names[GRL_SPECIAL_TYPES] = {
    [GRL_CUSP] = "cusp",
    [GRL_BOGDANOV_TAKENS] = "Bogdanov-Takens",
    [GRL_GENERALIZED_HOPF] = "generalised Hopf",
    [GRL_FOLD_HOPF] = "fold-Hopf",
    [GRL_DOUBLE_HOPF] = "double Hopf",
    [GRL_NEUTRAL_SADDLE_LOOP] = "neutral saddle loop",
    [GRL_SADDLE_NODE_LOOP] = "saddle-node loop",
    [GRL_RESONANCE_TWO] = "resonance 1:2",
    [GRL_GENERALIZED_FLIP] = "generalised flip",
};

typedef struct scene {
    const grl_diagram *diagram;
    const grl_draw_options *options;
    grl_lines lines[STYLES]; /* the curves of each style, in parameters */
    grl_lines all;           /* the same together: what labels stay clear of */
    int levels; /* boxes: the chart, and parts that are drawn larger, each within the one before */
    double low[1 + GRL_CHART_LEVELS][2], high[1 + GRL_CHART_LEVELS][2];
} scene;

static int inside(const double *low, const double *high, const double *p)
{
    return p[0] >= low[0] && p[0] <= high[0] && p[1] >= low[1] && p[1] <= high[1];
}

static int style_of(const grl_curve *curve, size_t i)
{
    return curve->type == GRL_HOPF && curve->test[i] > 0 ? (int)SUBCRITICAL : (int)curve->type;
}

static grl_status take_curves(scene *s, grl_error *error)
{
    for (size_t k = 0; k < s->diagram->curve_count; k++) {
        const grl_curve *c = &s->diagram->curves[k];
        if (!grl_lines_add(&s->all, c->count, c->p)) return grl_fail_memory(error, c->count, sizeof *c->p);
        for (size_t from = 0; from + 1 < c->count;) {
            /* The ends of a Hopf curve have no coefficient: its first step decides. */
            const int kind = style_of(c, from + 1);
            size_t to = from + 1;
            while (to + 1 < c->count && (style_of(c, to + 1) == kind || !(fabs(c->test[to + 1]) >= 0))) to++;
            if (!grl_lines_add(&s->lines[kind], to - from + 1, c->p + 2 * from))
                return grl_fail_memory(error, to - from + 1, sizeof *c->p);
            from = to;
        }
    }
    return GRL_OK;
}

static int same_kind(const grl_region *a, const grl_region *b)
{
    if (strcmp(a->name, b->name) != 0) return 0;
    return a->signature && b->signature ? strcmp(a->signature, b->signature) == 0
                                        : a->signature == b->signature;
}

/* Regions of one name and one signature are of one kind, numbered as they first occur; `first`: whether this is the
 * first. */
static size_t kind_of(const grl_diagram *d, size_t region, int *first)
{
    size_t kinds = 0;
    for (size_t k = 0;; k++) {
        size_t same = 0;
        while (!same_kind(&d->regions[same], &d->regions[k])) same++;
        if (same_kind(&d->regions[k], &d->regions[region])) {
            *first = k == region;
            return kinds;
        }
        kinds += same == k;
    }
}

static const grl_colour *colour_of(const scene *s, size_t region)
{
    int first;
    return &grl_theme_basins(s->options->theme)[kind_of(s->diagram, region, &first) % GRL_BASIN_COLOURS];
}

static grl_status paint_regions(const scene *s, grl_canvas *canvas, const grl_axes *axes, grl_error *error)
{
    const grl_diagram *d = s->diagram;
    const double low[2] = {axes->low_x, axes->low_y}, high[2] = {axes->high_x, axes->high_y};
    grl_raster raster;
    if (d->region_count == 0) return GRL_OK;
    grl_status status = grl_raster_make(d, low, high, SIDE, &raster, error);
    unsigned char *painted = grl_calloc(raster.count + 1, 1);
    if (status == GRL_OK && !painted) status = grl_fail_memory(error, raster.count, 1);
    for (size_t k = 0; status == GRL_OK && k < d->region_count; k++) {
        const int part = grl_raster_part(&raster, d->regions[k].p);
        if (part < 0 || painted[part]) continue;
        const grl_colour *pale = colour_of(s, k);
        painted[part] = 1;
        status = grl_outline_add(canvas, axes, &raster, part, error);
        cairo_set_source_rgb(canvas->cr, pale->red, pale->green, pale->blue);
        cairo_fill(canvas->cr);
    }
    free(painted);
    grl_raster_free(&raster);
    return status;
}

static void draw_special(grl_canvas *canvas, double x, double y)
{
    for (int k = 0; k < 2; k++) {
        cairo_new_sub_path(canvas->cr);
        cairo_arc(canvas->cr, x, y, k ? 2.9 : 4.2, 0, 6.28318530717958648);
        grl_canvas_colour(canvas, k ? GRL_INK : GRL_PAPER, 1);
        cairo_fill(canvas->cr);
    }
}

/* The label of each curve beside its longest visible stretch's middle. */
static void label_curves(const scene *s, grl_canvas *canvas, const grl_axes *axes, grl_labels *labels)
{
    const double low[2] = {axes->low_x, axes->low_y}, high[2] = {axes->high_x, axes->high_y};
    for (size_t k = 0; k < s->diagram->curve_count; k++) {
        const grl_curve *c = &s->diagram->curves[k];
        double best = 0, length = 0;
        size_t from = 0, first = 0, last = 0;
        for (size_t i = 0; i < c->count; i++) {
            const int visible = inside(low, high, c->p + 2 * i);
            if (visible && i > from)
                length += hypot(grl_axes_x(axes, c->p[2 * i]) - grl_axes_x(axes, c->p[2 * i - 2]),
                                grl_axes_y(axes, c->p[2 * i + 1]) - grl_axes_y(axes, c->p[2 * i - 1]));
            if (!visible) {
                from = i + 1;
                length = 0;
            }
            if (length > best) {
                best = length;
                first = from;
                last = i;
            }
        }
        if (best < 25) continue;
        double at = 0;
        size_t i = first + 1;
        for (; i < last && at < 0.6 * best; i++)
            at += hypot(grl_axes_x(axes, c->p[2 * i]) - grl_axes_x(axes, c->p[2 * i - 2]),
                        grl_axes_y(axes, c->p[2 * i + 1]) - grl_axes_y(axes, c->p[2 * i - 1]));
        grl_labels_draw(labels, canvas, grl_axes_x(axes, c->p[2 * i]), grl_axes_y(axes, c->p[2 * i + 1]),
                        label_size - 1, styles[style_of(c, i)].role, 0, grl_special_label(c->type));
    }
}

/* One plane of parameters: the chart, or a crowded part. */
static grl_status draw_plane(const scene *s, grl_canvas *canvas, const grl_axes *axes, int level,
                             grl_error *error)
{
    const grl_diagram *d = s->diagram;
    const double low[2] = {axes->low_x, axes->low_y}, high[2] = {axes->high_x, axes->high_y};
    grl_labels labels = {.axes = axes, .obstacles = &s->all};
    char text[32];
    grl_status status = paint_regions(s, canvas, axes, error);
    grl_axes_clip(canvas, axes, 0);
    for (int k = 0; k < STYLES && status == GRL_OK; k++)
        status = grl_lines_draw(canvas, axes, &s->lines[k], styles[k].role, styles[k].width, styles[k].dash,
                                error);
    cairo_restore(canvas->cr);
    if (status != GRL_OK) return status;
    const int framed = level + 1 < s->levels;
    const double *inner_low = s->low[framed ? level + 1 : level],
                 *inner_high = s->high[framed ? level + 1 : level];
    if (framed) {
        const double x0 = grl_axes_x(axes, inner_low[0]), x1 = grl_axes_x(axes, inner_high[0]),
                     y0 = grl_axes_y(axes, inner_high[1]), y1 = grl_axes_y(axes, inner_low[1]),
                     half = fmax(4, 0.5 * (x1 - x0)), x = 0.5 * (x0 + x1), y = 0.5 * (y0 + y1);
        grl_canvas_colour(canvas, GRL_INK, 1);
        cairo_set_line_width(canvas->cr, 0.9);
        cairo_rectangle(canvas->cr, x - half, y - half, 2 * half, 2 * half);
        cairo_stroke(canvas->cr);
        grl_labels_block(&labels, x, y, half + 1);
    }
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < d->special_count; k++) {
            const grl_special *special = &d->special[k];
            if (special->type < GRL_CUSP || !inside(low, high, special->p)) continue;
            if (framed && inside(inner_low, inner_high, special->p)) continue;
            const double x = grl_axes_x(axes, special->p[0]), y = grl_axes_y(axes, special->p[1]);
            if (pass == 0) {
                draw_special(canvas, x, y);
                grl_labels_block(&labels, x, y, 4);
            } else {
                grl_labels_draw(&labels, canvas, x, y, label_size, GRL_INK, 0,
                                grl_special_label(special->type));
            }
        }
    for (size_t k = 0; k < d->region_count; k++) {
        if (!inside(low, high, d->regions[k].p) || (framed && inside(inner_low, inner_high, d->regions[k].p)))
            continue;
        int first;
        snprintf(text, sizeof text, "%zu", kind_of(d, k, &first) + 1);
        grl_labels_draw(&labels, canvas, grl_axes_x(axes, d->regions[k].p[0]),
                        grl_axes_y(axes, d->regions[k].p[1]), label_size, GRL_INK, 1, text);
    }
    label_curves(s, canvas, axes, &labels);
    return GRL_OK;
}

static void describe_style(const scene *s, int k, grl_legend *legend)
{
    if (s->lines[k].count == 0) return;
    grl_entry *entry = grl_legend_add(legend, GRL_SAMPLE_LINE, styles[k].text);
    entry->role = styles[k].role;
    entry->width = styles[k].width;
    entry->dash = styles[k].dash;
}

static void describe(const scene *s, grl_legend *legend)
{
    for (int k = 0; k < GRL_SPECIAL_TYPES; k++) {
        describe_style(s, k, legend);
        if (k == GRL_HOPF) describe_style(s, SUBCRITICAL, legend);
    }
}

/* What the marks are called; returns the y below. */
static double draw_glossary(const scene *s, grl_canvas *canvas, double x, double y)
{
    for (int t = GRL_CUSP; t < GRL_SPECIAL_TYPES; t++) {
        int any = 0;
        for (size_t k = 0; k < s->diagram->special_count; k++) any |= (int)s->diagram->special[k].type == t;
        if (!any) continue;
        grl_canvas_colour(canvas, GRL_INK, 1);
        grl_label_draw(canvas, x, y, entry_size, GRL_ALIGN_LEFT, grl_special_label((grl_special_type)t));
        grl_canvas_colour(canvas, GRL_FAINT, 1);
        grl_label_draw(canvas, x + 32, y, entry_size, GRL_ALIGN_LEFT, special_names[t]);
        y += entry_pitch;
    }
    return y;
}

/* Words in lines of at most `room`, broken after commas. Returns how many lines; a part that is too long by itself
 * counts for many. `draw`: draws them too, from the baseline y on. */
static int caption(grl_canvas *canvas, double x, double y, double room, const char *words, int draw)
{
    char line[128] = "";
    int lines = 0;
    for (; *words && lines < 20; lines++) {
        size_t length = 0, fits = 0;
        for (;;) {
            length += strcspn(words + length, ",");
            if (words[length] == ',') length++;
            snprintf(line, sizeof line, "%.*s", (int)length, words);
            const int wide = grl_label_width(canvas, caption_size, line) > room;
            if (wide && fits == 0) lines += 10;
            if (wide && fits > 0) break;
            fits = length;
            if (wide || !words[length]) break;
        }
        snprintf(line, sizeof line, "%.*s", (int)fits, words);
        if (draw) grl_label_draw(canvas, x, y, caption_size, GRL_ALIGN_LEFT, line);
        y += caption_pitch;
        words += fits;
        while (*words == ' ') words++;
    }
    return lines;
}

static grl_status draw_thumbnail(const scene *s, grl_canvas *canvas, size_t k, double x, double y,
                                 double side, double room, grl_error *error)
{
    char text[32];
    const grl_colour *pale = colour_of(s, k);
    int first;
    grl_status status = grl_thumbnail_draw(canvas, &s->diagram->regions[k], x, y, side, error);
    snprintf(text, sizeof text, "%zu", kind_of(s->diagram, k, &first) + 1);
    const double width = grl_label_width(canvas, label_size, text) + 6, height = label_size + 2.5,
                 top = y + side + 4;
    cairo_rectangle(canvas->cr, x, top, width, height);
    cairo_set_source_rgb(canvas->cr, pale->red, pale->green, pale->blue);
    cairo_fill_preserve(canvas->cr);
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    cairo_set_line_width(canvas->cr, 0.7);
    cairo_stroke(canvas->cr);
    grl_canvas_colour(canvas, GRL_INK, 1);
    grl_label_draw(canvas, x + width / 2, top + height - 2.6, label_size, GRL_ALIGN_CENTRE, text);
    caption(canvas, x + width + 4, top + height - 3, room - tag_width, s->diagram->regions[k].name, 1);
    return status;
}

/* One for each kind of region, in as many columns as make them largest. */
static grl_status draw_thumbnails(const scene *s, grl_canvas *canvas, double left, double top, double width,
                                  double height, grl_error *error)
{
    const grl_diagram *d = s->diagram;
    size_t kinds = 0, columns = 1, slot = 0;
    double side = 0, below = 0;
    int first;
    for (size_t k = 0; k < d->region_count; k++) {
        kind_of(d, k, &first);
        kinds += (size_t)first;
    }
    for (size_t c = 2; c <= MOST_COLUMNS; c++) {
        const double rows = ceil((double)kinds / (double)c), room = (width + cell_gap) / (double)c - cell_gap;
        int lines = 1;
        for (size_t k = 0; k < d->region_count; k++) {
            const int needed = caption(canvas, 0, 0, room - tag_width, d->regions[k].name, 0);
            if (needed > lines) lines = needed;
        }
        const double words = 12 + caption_pitch * lines,
                     fits = fmin(fmin(room, height / rows - words), largest_thumbnail);
        if (!(fits > side)) continue;
        side = fits;
        below = words;
        columns = c;
    }
    if (!(side > 20)) return GRL_OK;
    const double pitch = (width + cell_gap) / (double)columns;
    grl_status status = GRL_OK;
    for (size_t k = 0; k < d->region_count && status == GRL_OK; k++) {
        kind_of(d, k, &first);
        if (!first) continue;
        status =
            draw_thumbnail(s, canvas, k, left + pitch * (double)(slot % columns),
                           top + (side + below) * (double)(slot / columns), side, pitch - cell_gap, error);
        slot++;
    }
    return status;
}

/* "$b$_h[0]": a block's name as it is written in formulas; others as they are. */
static void axis_name(const char *name, char text[64])
{
    const int block = name[0] && name[1] == '_' && strchr("zrh", name[2]) && name[3] == '[';
    if (block)
        snprintf(text, 64, "$%c$_%s", name[0], name + 2);
    else
        snprintf(text, 64, "%s", name);
}

static void draw_axes(const scene *s, grl_canvas *canvas, const grl_axes *axes)
{
    char names[2][64];
    for (int i = 0; i < 2; i++) axis_name(s->diagram->names[i], names[i]);
    grl_axes_draw(canvas, axes, names[1]);
    grl_axes_draw_below(canvas, axes, axes->top + axes->height, names[0]);
}

static grl_status draw_page(const scene *s, grl_canvas *canvas, grl_error *error)
{
    const grl_diagram *d = s->diagram;
    const int portraits = d->region_count > 0 && d->hidden_size == 2;
    grl_axes axes = {.low_x = d->low[0], .high_x = d->high[0], .low_y = d->low[1], .high_y = d->high[1]};
    grl_legend legend = {0};
    const char *title = s->options->title;
    axes.left = margin + grl_axes_room_left(canvas, axes.low_y, axes.high_y);
    axes.top = margin + 3 + (title ? 1.5 * grl_size_title : 0);
    axes.height = canvas->height - axes.top - grl_axes_room_below() - margin;
    axes.width = fmin(axes.height, (!portraits      ? 0.62
                                    : s->levels > 2 ? 0.44
                                                    : 0.54) *
                                           canvas->width -
                                       axes.left);
    axes.height = axes.width;
    const double right = axes.left + axes.width + gap + 6, room = canvas->width - right - 1.4 * margin;
    if (title) {
        grl_canvas_colour(canvas, GRL_INK, 1);
        grl_title_draw(canvas, axes.left, axes.top - 0.75 * grl_size_title, grl_size_title,
                       canvas->width - axes.left - margin, title);
    }
    grl_status status = draw_plane(s, canvas, &axes, 0, error);
    if (status != GRL_OK) return status;
    draw_axes(s, canvas, &axes);

    describe(s, &legend);
    const grl_axes place = {.left = right - 18, .top = axes.top, .height = axes.height};
    grl_legend_draw(canvas, &legend, &place);
    double y = draw_glossary(s, canvas, right, axes.top + 17.5 * legend.count + 12);
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    if (d->time == GRL_CONTINUOUS && d->hidden_size == 2 && d->curve_count > 0) {
        int proven = 0;
        for (size_t k = 0; k < d->curve_count; k++) proven |= d->curves[k].proven;
        if (d->complete && proven) {
            grl_label_draw(canvas, right, y + 2, entry_size, GRL_ALIGN_LEFT, "folds and Hopf points:");
            grl_label_draw(canvas, right, y + 2 + entry_pitch, entry_size, GRL_ALIGN_LEFT, "proven complete");
            y += 2 * entry_pitch;
        }
    }
    /* The larger drawings are beside the legend, the portraits below; without portraits the drawings are below. */
    const double foot = axes.top + axes.height + grl_axes_room_below();
    const double slot = (room - legend_room) / (s->levels > 2 ? 2 : 1);
    double above = y + 4;
    for (int level = 1; level < s->levels; level++) {
        grl_axes near = {.low_x = s->low[level][0],
                         .high_x = s->high[level][0],
                         .low_y = s->low[level][1],
                         .high_y = s->high[level][1]};
        const double numbers = grl_axes_room_left(canvas, near.low_y, near.high_y);
        near.left = numbers + (portraits ? right + legend_room + slot * (level - 1) : right);
        near.top = (portraits ? axes.top : above) + 14;
        near.width = portraits ? slot - numbers - 4 : largest_thumbnail;
        near.width = fmin(near.width, foot - grl_axes_room_below() - near.top);
        if (near.width < 60) break;
        near.height = near.width;
        status = draw_plane(s, canvas, &near, level, error);
        if (status != GRL_OK) return status;
        draw_axes(s, canvas, &near);
        grl_canvas_colour(canvas, GRL_FAINT, 1);
        grl_label_draw(canvas, near.left, near.top - 5, entry_size, GRL_ALIGN_LEFT,
                       level == 1 ? "inside the small square" : "inside its small square");
        above = fmax(above, near.top + near.height + grl_axes_room_below() + 4);
    }
    return portraits ? draw_thumbnails(s, canvas, right, above, room, foot - above, error) : status;
}

grl_status grl_figure_chart(const grl_diagram *diagram, const grl_draw_options *options, const char *path,
                            grl_error *error)
{
    scene s = {.diagram = diagram, .options = options};
    grl_canvas canvas = {0};
    const int portraits = diagram->region_count > 0 && diagram->hidden_size == 2;
    memcpy(s.low[0], diagram->low, sizeof s.low[0]);
    memcpy(s.high[0], diagram->high, sizeof s.high[0]);
    for (s.levels = 1; s.levels <= GRL_CHART_LEVELS; s.levels++)
        if (!grl_chart_crowd(diagram, s.low[s.levels - 1], s.high[s.levels - 1], s.low[s.levels],
                             s.high[s.levels]))
            break;
    grl_status status = grl_canvas_open(options,
                                        !portraits     ? 620
                                        : s.levels > 2 ? 1050
                                                       : 860,
                                        portraits ? 450 : 420, path, &canvas, error);
    if (status == GRL_OK) status = take_curves(&s, error);
    if (status == GRL_OK) status = draw_page(&s, &canvas, error);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, path, error);
    for (int k = 0; k < STYLES; k++) grl_lines_free(&s.lines[k]);
    grl_lines_free(&s.all);
    grl_canvas_close(&canvas);
    return status;
}
