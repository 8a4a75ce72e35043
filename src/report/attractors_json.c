/* attractors_json.c: attractors and, where they come from there, cycles in the analysis document.
 * docs/documents.md describes each field. */
#include "report/analysis.h"
#include "report/json.h"

#include <grulens/attractors.h>

#include <math.h>

enum { UNITS_FOR_POINTS = 16 };

static void add_numbers(grl_text *text, const char *name, const double *values, size_t count)
{
    grl_text_add(text, ",\n        ");
    grl_json_named_numbers(text, name, values, count);
}

static void add_number(grl_text *text, const char *name, double value)
{
    grl_text_addf(text, ",\n        \"%s\": ", name);
    grl_text_add_number(text, value);
}

static void add_course(grl_text *text, const char *indent, size_t n, size_t count, const double *points)
{
    grl_text_add(text, "\"points\": [");
    for (size_t i = 0; i < count; i++) {
        grl_text_addf(text, "%s\n%s[", i > 0 ? "," : "", indent);
        for (size_t k = 0; k < 1 + n; k++) {
            if (k > 0) grl_text_add(text, ", ");
            grl_text_add_number(text, points[i * (1 + n) + k]);
        }
        grl_text_add(text, "]");
    }
    grl_text_add(text, "]");
}

static void add_closed(grl_text *text, const grl_closed *closed, size_t n)
{
    static const char *const words[] = {"false", "true"};
    grl_text_add(text, "      {\n        \"period\": ");
    grl_text_add_number(text, closed->period);
    grl_text_addf(
        text, ",\n        \"stable\": %s,\n        \"unstable_dimension\": %d,\n        \"multipliers\": [",
        words[closed->stable != 0], closed->unstable);
    for (size_t i = 0; i < closed->multiplier_count; i++) {
        grl_text_add(text, i > 0 ? ", [" : "[");
        grl_text_add_number(text, closed->multipliers[2 * i]);
        grl_text_add(text, ", ");
        grl_text_add_number(text, closed->multipliers[2 * i + 1]);
        grl_text_add(text, "]");
    }
    grl_text_add(text, "]");
    add_number(text, "multiplier_error", closed->multiplier_error);
    add_numbers(text, "exponents", closed->exponents, closed->multiplier_count);
    add_number(text, "divergence", closed->divergence);
    add_number(text, "error", closed->error);
    add_number(text, "residual", closed->residual);
    grl_text_addf(text, ",\n        \"nearly_degenerate\": %s", words[closed->nearly_degenerate != 0]);
    add_numbers(text, "low", closed->low, n);
    add_numbers(text, "high", closed->high, n);
    if (n <= UNITS_FOR_POINTS) {
        grl_text_add(text, ",\n        ");
        add_course(text, "          ", n, closed->count, closed->points);
    }
    grl_text_add(text, "\n      }");
}

void grl_analysis_closed_json(grl_text *text, const grl_portrait *portrait)
{
    const grl_attractors *a = portrait->attractors;
    grl_text_add(text,
                 "\n    \"computed\": true,\n    \"complete\": false,\n    \"method\": \"attractors\",\n");
    if (a->time == GRL_DISCRETE) grl_text_addf(text, "    \"period_searched\": %d,\n", a->period_searched);
    grl_text_add(text, "    \"items\": [");
    for (size_t i = 0; i < a->closed_count; i++) {
        grl_text_add(text, i > 0 ? ",\n" : "\n");
        add_closed(text, &a->closed[i], a->hidden_size);
    }
    grl_text_add(text, a->closed_count > 0 ? "\n    ]\n  },\n" : "]\n  },\n");
}

static void add_item(grl_text *text, const grl_attractor *item, size_t n)
{
    grl_text_addf(text, "      {\n        \"kind\": \"%s\"", grl_attractor_kind_name(item->kind));
    if (item->kind == GRL_ATTRACTOR_POINT && item->which == GRL_ATTRACTOR_UNLISTED)
        grl_text_add(text, ", \"point\": null");
    else if (item->kind == GRL_ATTRACTOR_POINT)
        grl_text_addf(text, ", \"point\": %zu", item->which);
    if (item->kind == GRL_ATTRACTOR_CYCLE) grl_text_addf(text, ", \"cycle\": %zu", item->which);
    grl_text_addf(text, ",\n        \"starts\": %zu", item->starts);
    add_number(text, "fraction", item->fraction);
    add_number(text, "low", item->low);
    add_number(text, "high", item->high);
    add_numbers(text, "lyapunov", item->lyapunov, item->exponents);
    add_numbers(text, "lyapunov_error", item->lyapunov_error, item->exponents);
    add_number(text, "kaplan_yorke", item->kaplan_yorke);
    if (item->kind == GRL_ATTRACTOR_CURVE) {
        add_number(text, "rotation", item->rotation);
        add_number(text, "rotation_error", item->rotation_error);
    }
    if (item->range) {
        add_number(text, "time", item->time);
        add_numbers(text, "h", item->h, n);
        grl_text_add(text, ",\n        \"range\": [");
        for (size_t i = 0; i < n; i++) {
            grl_text_add(text, i > 0 ? ", [" : "[");
            grl_text_add_number(text, item->range[2 * i]);
            grl_text_add(text, ", ");
            grl_text_add_number(text, item->range[2 * i + 1]);
            grl_text_add(text, "]");
        }
        grl_text_add(text, "]");
    }
    grl_text_add(text, "\n      }");
}

static void add_manifolds(grl_text *text, const grl_attractors *a)
{
    grl_text_addf(text, ",\n    \"saddles_left\": %zu,\n    \"unstable_manifolds\": [", a->saddles_left);
    for (size_t i = 0; i < a->manifold_count; i++) {
        const grl_unstable_manifold *m = &a->manifolds[i];
        grl_text_addf(text, "%s\n      {\"saddle\": %zu, \"dimension\": %d, \"branches\": [",
                      i > 0 ? "," : "", m->saddle, m->dimension);
        for (size_t b = 0; b < m->count; b++) {
            const grl_unstable_branch *branch = &m->branches[b];
            grl_text_addf(text, "%s\n        {\"angle\": ", b > 0 ? "," : "");
            grl_text_add_number(text, branch->angle);
            if (branch->attractor == GRL_ATTRACTOR_UNDECIDED)
                grl_text_add(text, ", \"attractor\": null");
            else
                grl_text_addf(text, ", \"attractor\": %zu", branch->attractor);
            if (branch->count > 0) {
                grl_text_add(text, ", ");
                add_course(text, "          ", a->hidden_size, branch->count, branch->points);
            }
            grl_text_add(text, "}");
        }
        grl_text_add(text, "]}");
    }
    grl_text_add(text, a->manifold_count > 0 ? "\n    ]" : "]");
}

void grl_analysis_attractors_json(grl_text *text, const grl_portrait *portrait)
{
    const grl_attractors *a = portrait->attractors;
    if (!a) return;
    grl_text_addf(
        text,
        "  \"attractors\": {\n    \"starts\": %zu,\n    \"undecided\": %zu,\n    \"undecided_interval\": [",
        a->starts, a->undecided);
    grl_text_add_number(text, a->undecided_low);
    grl_text_add(text, ", ");
    grl_text_add_number(text, a->undecided_high);
    grl_text_add(text, "],\n    \"confidence\": ");
    grl_text_add_number(text, a->confidence);
    grl_text_addf(text, ",\n    \"stopped_by\": \"%s\",\n    \"longest\": ", a->stopped_by);
    grl_text_add_number(text, a->longest);
    grl_text_add(text, ",\n    \"items\": [");
    for (size_t i = 0; i < a->count; i++) {
        grl_text_add(text, i > 0 ? ",\n" : "\n");
        add_item(text, &a->items[i], a->hidden_size);
    }
    grl_text_add(text, a->count > 0 ? "\n    ]" : "]");
    add_manifolds(text, a);
    grl_text_add(text, "\n  },\n");
}
