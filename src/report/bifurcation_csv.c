/* bifurcation_csv.c: the branches of a diagram as a table, a row for each point. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/text.h"

static void add_names(grl_text *out, const char *prefix, size_t n)
{
    for (size_t j = 0; j < n; j++) grl_text_addf(out, ",%s[%zu]", prefix, j);
}

static void add_values(grl_text *out, const double *values, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        grl_text_add(out, ",");
        if (values) grl_text_add_number(out, values[j]);
    }
}

/* A name with a comma ("U_h[0,1]") stands in quotes. */
grl_status grl_report_bifurcation_csv(const grl_diagram *diagram, char **text, grl_error *error)
{
    const size_t n = diagram->hidden_size, k = diagram->parameters;
    grl_text out = {0};
    int cycles = 0;
    for (size_t b = 0; b < diagram->branch_count; b++)
        cycles |= diagram->branches[b].kind == GRL_BRANCH_CYCLE;
    grl_text_add(&out, "branch,kind,point,stable,unstable_dimension");
    for (size_t j = 0; j < k; j++) {
        grl_text_add(&out, ",");
        grl_text_add_quoted(&out, diagram->names[j]);
    }
    if (cycles) grl_text_add(&out, ",period");
    add_names(&out, "h", n);
    if (cycles) {
        add_names(&out, "low", n);
        add_names(&out, "high", n);
    }
    grl_text_add(&out, "\n");
    for (size_t b = 0; b < diagram->branch_count; b++) {
        const grl_diagram_branch *branch = &diagram->branches[b];
        const int cycle = branch->kind == GRL_BRANCH_CYCLE;
        for (size_t i = 0; i < branch->count && !out.failed; i++) {
            grl_text_addf(&out, "%zu,%s,%zu,%d,%d", b, cycle ? "cycle" : "fixed_point", i,
                          branch->unstable[i] == 0, branch->unstable[i]);
            add_values(&out, branch->p + i * k, k);
            if (cycles) add_values(&out, cycle ? branch->period + i : NULL, 1);
            add_values(&out, branch->h + i * n, n);
            if (cycles) {
                add_values(&out, cycle ? branch->low + i * n : NULL, n);
                add_values(&out, cycle ? branch->high + i * n : NULL, n);
            }
            grl_text_add(&out, "\n");
        }
    }
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the table");
}
