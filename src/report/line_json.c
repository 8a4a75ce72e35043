/* line_json.c: the basins of a one-unit flow in the document. */
#include "report/analysis.h"

#include "base/memory.h"
#include "portrait/line.h"

#include <stdlib.h>

/* How far an end of a basin may be off, as a share of the line: the ends of the line are exact. */
static double error_at(const grl_portrait *portrait, double end)
{
    for (size_t k = 0; k < portrait->count; k++)
        if (portrait->points[k].h[0] == end) return 0.5 * portrait->points[k].error_bound;
    return 0;
}

void grl_analysis_line_json(grl_text *text, const grl_portrait *portrait)
{
    if (portrait->hidden_size != 1) return;
    grl_line_basin *basins = grl_calloc(portrait->count, sizeof *basins);
    if (!basins) {
        text->failed = true;
        return;
    }
    const size_t count = grl_line_basins(portrait, basins);
    if (count > 0) grl_text_add(text, "  \"basins\": {\n    \"method\": \"intervals\",\n    \"items\": [");
    for (size_t b = 0; b < count; b++) {
        grl_text_addf(text, "%s\n      {\"attractor\": {\"kind\": \"point\", \"point\": %zu}, \"low\": ",
                      b > 0 ? "," : "", basins[b].attractor);
        grl_text_add_number(text, basins[b].low);
        grl_text_add(text, ", \"high\": ");
        grl_text_add_number(text, basins[b].high);
        grl_text_add(text, ", \"fraction\": ");
        grl_text_add_number(text, 0.5 * (basins[b].high - basins[b].low));
        grl_text_add(text, ", \"error\": ");
        grl_text_add_number(text, error_at(portrait, basins[b].low) + error_at(portrait, basins[b].high));
        grl_text_add(text, "}");
    }
    if (count > 0) grl_text_add(text, "\n    ]\n  },\n");
    free(basins);
}
