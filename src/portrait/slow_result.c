/* slow_result.c: what needs no linear algebra of slow manifolds: names, defaults and the end. */
#include <grulens/slow.h>

#include <stdlib.h>

const char *grl_slow_kind_name(grl_slow_kind kind)
{
    static const char *const names[] = {
        "node",          "saddle", "degenerate point", "chain of fixed points",
        "neutral curve", "ghost",  "passage",          "slow set"};
    return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "";
}

const char *grl_slow_border_name(grl_slow_border border)
{
    static const char *const names[] = {"closed", "rates", "speed", "repels", "cube", "lost", "limit"};
    return (unsigned)border < sizeof names / sizeof *names ? names[border] : "";
}

grl_slow_options grl_slow_defaults(void)
{
    return (grl_slow_options){
        .ratio = 0.1, .fraction = 0.1, .spacing = 0.02, .max_points = 2000, .max_operations = 3e11};
}

void grl_slow_manifolds_free(grl_slow_manifolds *manifolds)
{
    if (!manifolds) return;
    for (size_t i = 0; i < manifolds->count; i++) {
        free(manifolds->items[i].points);
        free(manifolds->items[i].arc);
        free(manifolds->items[i].stops);
    }
    free(manifolds->items);
    free(manifolds);
}
