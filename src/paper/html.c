/* html.c: a report as one HTML file: its style, its figures as inline SVG, and every number with the place that it
 * has in the report's document. The file is well-formed XML too.
 *
 * Figures are drawn in the colours of the light theme; here these become variables of the style, so that a reader who
 * wants a dark page gets dark figures. Identifiers inside a figure get the figure's name in front. */
#include "paper/document.h"
#include "paper/markup.h"
#include "paper/style.h"

#include "base/error.h"
#include "draw/canvas.h"

#include <grulens/report.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_escaped(grl_text *out, const char *text)
{
    for (const char *at = text; *at;) {
        const size_t plain = strcspn(at, "&<>\"");
        grl_text_add_bytes(out, at, plain);
        at += plain;
        if (!*at) break;
        grl_text_add(out, *at == '&' ? "&amp;" : *at == '<' ? "&lt;" : *at == '>' ? "&gt;" : "&quot;");
        at++;
    }
}

typedef struct writer {
    grl_text out;
    const json_t *sections;
    grl_error *error;
} writer;

static const struct tag {
    unsigned style;
    const char *name;
} tags[] = {{GRL_SPAN_BOLD, "strong"},
            {GRL_SPAN_ITALIC, "i"},
            {GRL_SPAN_CODE, "code"},
            {GRL_SPAN_LOWERED, "sub"},
            {GRL_SPAN_RAISED, "sup"}};

enum { TAGS = sizeof tags / sizeof *tags };

static grl_status add_text(writer *w, const char *base, const char *text)
{
    grl_spans spans = {0};
    grl_status status = grl_markup_parse(text, w->sections, base, &spans, w->error);
    for (size_t i = 0; i < spans.count && status == GRL_OK; i++) {
        const grl_span *s = &spans.items[i];
        if (s->pointer) {
            grl_text_add(&w->out, "<data class=\"n\" value=\"");
            add_escaped(&w->out, s->value);
            grl_text_add(&w->out, "\" data-ref=\"");
            add_escaped(&w->out, s->pointer);
            grl_text_add(&w->out, "\" title=\"");
            add_escaped(&w->out, s->value);
            grl_text_add(&w->out, "  in paper.json at ");
            add_escaped(&w->out, s->pointer);
            grl_text_add(&w->out, "\">");
        }
        for (int k = 0; k < TAGS; k++)
            if (s->style & tags[k].style) grl_text_addf(&w->out, "<%s>", tags[k].name);
        add_escaped(&w->out, s->text);
        for (int k = TAGS; k-- > 0;)
            if (s->style & tags[k].style) grl_text_addf(&w->out, "</%s>", tags[k].name);
        const int open = s->pointer || s->part, goes_on = i + 1 < spans.count && spans.items[i + 1].part;
        if (open && !goes_on) grl_text_add(&w->out, "</data>");
    }
    grl_spans_free(&spans);
    return status;
}

/* Text between two pieces of markup. */
static grl_status add_wrapped(writer *w, const char *before, const char *base, const char *text,
                              const char *after)
{
    grl_text_add(&w->out, before);
    grl_status status = add_text(w, base, text);
    grl_text_add(&w->out, after);
    return status;
}

/* The variable for a colour of the light theme that stands at `at` as Cairo writes it, and how long that is. */
static int find_colour(const char *at, size_t *length)
{
    const grl_colour *colours = grl_theme_colours(GRL_THEME_LIGHT),
                     *basins = grl_theme_basins(GRL_THEME_LIGHT);
    double rgb[3];
    int end = 0;
    if (sscanf(at, "rgb(%lf%%,%lf%%,%lf%%)%n", &rgb[0], &rgb[1], &rgb[2], &end) != 3 || end == 0) return -1;
    *length = (size_t)end;
    for (int k = 0; k < GRL_ROLES + GRL_BASIN_COLOURS; k++) {
        const grl_colour *c = k < GRL_ROLES ? &colours[k] : &basins[k - GRL_ROLES];
        if (fabs(100 * c->red - rgb[0]) < 1e-3 && fabs(100 * c->green - rgb[1]) < 1e-3 &&
            fabs(100 * c->blue - rgb[2]) < 1e-3)
            return k;
    }
    return -1;
}

/* An SVG file as a part of the page. */
static void add_svg(writer *w, const char *svg, const char *name, double width, double height)
{
    const char *at = strstr(svg, "<svg");
    at = at ? strchr(at, '>') : NULL;
    if (!at) return;
    at++;
    grl_text_addf(&w->out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
                  "viewBox=\"0 0 %g %g\" style=\"max-width:%gpx\" role=\"img\">",
                  width, height, 1.45 * width);
    for (; *at;) {
        static const char *const marks[] = {"id=\"", "href=\"#", "url(#"};
        size_t length;
        int colour;
        for (int k = 0; k < 3; k++) {
            const size_t size = strlen(marks[k]);
            if (strncmp(at, marks[k], size) != 0) continue;
            grl_text_add_bytes(&w->out, at, size);
            grl_text_addf(&w->out, "%s-", name);
            at += size;
            break;
        }
        if (strncmp(at, "rgb(", 4) == 0 && (colour = find_colour(at, &length)) >= 0) {
            grl_text_addf(&w->out, "var(--g%d)", colour);
            at += length;
            continue;
        }
        /* Up to what may be one of these. */
        const size_t plain = 1 + strcspn(at + 1, "ihur");
        grl_text_add_bytes(&w->out, at, plain);
        at += plain;
    }
}

static void add_theme(grl_text *out, grl_theme theme)
{
    const grl_colour *colours = grl_theme_colours(theme), *basins = grl_theme_basins(theme);
    /* The paper of a figure is the page's. */
    grl_text_addf(out, "--g%d:var(--paper);", GRL_PAPER);
    for (int k = 1; k < GRL_ROLES + GRL_BASIN_COLOURS; k++) {
        const grl_colour *c = k < GRL_ROLES ? &colours[k] : &basins[k - GRL_ROLES];
        grl_text_addf(out, "--g%d:#%02lx%02lx%02lx;", k, lround(255 * c->red), lround(255 * c->green),
                      lround(255 * c->blue));
    }
}

static grl_status add_figure(writer *w, const grl_piece *part)
{
    grl_status status = GRL_OK;
    grl_text_addf(&w->out, "<figure id=\"figure-%d\"><div class=\"row c%zu\">", part->number, part->columns);
    for (size_t i = 0; i < part->drawing_count && status == GRL_OK; i++) {
        char *svg, name[32];
        snprintf(name, sizeof name, "f%d-%zu", part->number, i + 1);
        status = grl_drawing_svg(part->drawings[i], &svg, w->error);
        if (status != GRL_OK) return status;
        grl_text_add(&w->out, "<div class=\"plot\">");
        add_svg(w, svg, name, grl_drawing_width(part->drawings[i]), grl_drawing_height(part->drawings[i]));
        grl_text_add(&w->out, "</div>");
        grl_text_free(svg);
    }
    grl_text_addf(&w->out, "</div><figcaption><b>Figure %d.</b> ", part->number);
    return add_wrapped(w, "", part->base, part->text, "</figcaption></figure>\n");
}

static grl_status add_table(writer *w, const grl_piece *part)
{
    grl_status status = GRL_OK;
    grl_text_addf(&w->out, "<div class=\"table\" id=\"table-%d\"><table><caption><b>Table %d.</b> ",
                  part->number, part->number);
    status = add_wrapped(w, "", part->base, part->text, "</caption><thead><tr>");
    for (size_t i = 0; i < part->rows * part->columns && status == GRL_OK; i++) {
        const int head = i < part->columns;
        if (i > 0 && i % part->columns == 0)
            grl_text_add(&w->out, i == part->columns ? "</tr></thead><tbody><tr>" : "</tr><tr>");
        status = add_wrapped(w, head ? "<th>" : "<td>", part->base, part->cells[i], head ? "</th>" : "</td>");
    }
    grl_text_add(&w->out, part->rows > 1 ? "</tr></tbody></table></div>\n" : "</tr></thead></table></div>\n");
    return status;
}

static const char *badge(grl_claim_verdict verdict)
{
    return verdict == GRL_PROVEN ? "proven" : verdict == GRL_COMPUTED ? "computed" : "missed";
}

static void add_command(writer *w, const char *command)
{
    grl_text_add(&w->out, "<pre><code>");
    add_escaped(&w->out, command);
    grl_text_add(&w->out, "</code></pre>");
}

static grl_status add_claim(writer *w, const grl_piece *part)
{
    grl_text_addf(&w->out, "<aside class=\"claim %s\" id=\"claim-%s-%s\"><p class=\"says\">",
                  badge(part->verdict), part->base, part->id);
    grl_text_addf(&w->out, "<span class=\"badge\">%s</span> <b>Claim %d.</b> ",
                  grl_claim_verdict_name(part->verdict), part->number);
    grl_status status = add_wrapped(w, "", part->base, part->text, "</p><p class=\"evidence\">");
    if (status == GRL_OK) status = add_text(w, part->base, part->evidence);
    grl_text_add(&w->out, "</p>");
    add_command(w, part->command);
    grl_text_add(&w->out, "</aside>\n");
    return status;
}

static grl_status add_part(writer *w, const grl_piece *part, int *open)
{
    switch (part->kind) {
    case GRL_PIECE_SECTION:
        grl_text_addf(&w->out, "%s<section id=\"%s\"><h2><span class=\"number\">%d</span> ",
                      *open ? "</section>\n" : "", part->base, part->number);
        *open = 1;
        return add_wrapped(w, "", part->base, part->text, "</h2>\n");
    case GRL_PIECE_HEADING:
        return add_wrapped(w, "<h3>", part->base, part->text, "</h3>\n");
    case GRL_PIECE_PARAGRAPH:
        return add_wrapped(w, "<p>", part->base, part->text, "</p>\n");
    case GRL_PIECE_EQUATION:
        return add_wrapped(w, "<p class=\"equation\">", part->base, part->text, "</p>\n");
    case GRL_PIECE_TABLE:
        return add_table(w, part);
    case GRL_PIECE_FIGURE:
        return add_figure(w, part);
    case GRL_PIECE_CLAIM:
        return add_claim(w, part);
    }
    return GRL_OK;
}

/* The contents, with the claims of each section as dots in the colour of their verdict. */
static grl_status add_contents(writer *w, const grl_document *document)
{
    grl_status status = GRL_OK;
    grl_text_add(&w->out, "<nav><h2>Contents</h2><ol>");
    int open = 0;
    for (size_t i = 0; i < document->count && status == GRL_OK; i++) {
        const grl_piece *part = &document->parts[i];
        if (part->kind == GRL_PIECE_SECTION) {
            grl_text_addf(&w->out, "%s<li><a href=\"#%s\">", open ? "</li>" : "", part->base);
            open = 1;
            status = add_wrapped(w, "", part->base, part->text, "</a> ");
        } else if (part->kind == GRL_PIECE_CLAIM) {
            grl_text_addf(&w->out, "<a class=\"dot %s\" href=\"#claim-%s-%s\" title=\"Claim %d: %s\"></a>",
                          badge(part->verdict), part->base, part->id, part->number,
                          grl_claim_verdict_name(part->verdict));
        }
    }
    grl_text_add(&w->out, open ? "</li>" : "<li></li>");
    grl_text_add(&w->out, "<li><a href=\"#claims\">All claims</a></li></ol></nav>\n");
    return status;
}

static grl_status add_claims(writer *w, const grl_document *document)
{
    grl_status status = GRL_OK;
    grl_text_add(&w->out,
                 "<section id=\"claims\"><h2>All claims</h2><div class=\"table\"><table class=\"claims\">"
                 "<thead><tr><th>Claim</th><th>Evidence</th><th>Verdict</th><th>Command</th></tr></thead>"
                 "<tbody>\n");
    for (size_t i = 0; i < document->count && status == GRL_OK; i++) {
        const grl_piece *part = &document->parts[i];
        if (part->kind != GRL_PIECE_CLAIM) continue;
        grl_text_addf(&w->out, "<tr><td><a href=\"#claim-%s-%s\">%d</a> ", part->base, part->id,
                      part->number);
        status = add_wrapped(w, "", part->base, part->text, "</td><td>");
        if (status == GRL_OK) status = add_text(w, part->base, part->evidence);
        grl_text_addf(&w->out, "</td><td><span class=\"badge %s\">%s</span></td><td><code>",
                      badge(part->verdict), grl_claim_verdict_name(part->verdict));
        add_escaped(&w->out, part->command);
        grl_text_add(&w->out, "</code></td></tr>\n");
    }
    if (document->claims == 0) grl_text_add(&w->out, "<tr><td></td><td></td><td></td><td></td></tr>");
    grl_text_add(&w->out, "</tbody></table></div></section>\n");
    return status;
}

grl_status grl_document_html(const grl_document *document, const json_t *sections, const char *title,
                             const char *subtitle, const char *abstract, char **text, grl_error *error)
{
    writer w = {.sections = sections, .error = error};
    int open = 0;
    *text = NULL;
    grl_text_add(&w.out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
                         "<meta charset=\"utf-8\"/><meta name=\"viewport\" "
                         "content=\"width=device-width, initial-scale=1\"/>"
                         "<meta name=\"color-scheme\" content=\"light dark\"/><title>");
    add_escaped(&w.out, title);
    grl_text_add(&w.out, "</title><style>\n:root{");
    add_theme(&w.out, GRL_THEME_LIGHT);
    grl_text_add(&w.out, "}\n@media screen and (prefers-color-scheme:dark){:root{");
    add_theme(&w.out, GRL_THEME_DARK);
    grl_text_add(&w.out, "}}\n");
    for (size_t i = 0; grl_paper_style[i]; i++) grl_text_add(&w.out, grl_paper_style[i]);
    grl_text_add(&w.out, "</style></head><body><main><header><h1>");
    add_escaped(&w.out, title);
    grl_text_add(&w.out, "</h1><p class=\"subtitle\">");
    grl_status status = add_text(&w, "", subtitle);
    if (status == GRL_OK)
        status = add_wrapped(&w, "</p><p class=\"abstract\">", "", abstract, "</p></header>\n");
    if (status == GRL_OK) status = add_contents(&w, document);
    for (size_t i = 0; i < document->count && status == GRL_OK; i++)
        status = add_part(&w, &document->parts[i], &open);
    if (open) grl_text_add(&w.out, "</section>\n");
    if (status == GRL_OK) status = add_claims(&w, document);
    grl_text_add(&w.out, "</main></body></html>\n");
    if (status == GRL_OK && !(*text = grl_text_take(&w.out))) status = grl_fail_memory(error, 1, 1);
    grl_text_drop(&w.out);
    return status;
}
