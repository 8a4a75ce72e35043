/* names.c: the words of the bifurcation documents, and the defaults of the computation. */
#include <grulens/bifurcation.h>

#include <stddef.h>

typedef struct special_words {
    const char *name, *label;
    const char *coefficients[GRL_NORMAL_FORM];
} special_words;

static const special_words words[GRL_SPECIAL_TYPES] = {
    [GRL_FOLD] = {"fold", "LP", {"a"}},
    [GRL_HOPF] = {"hopf", "H", {"l1", "a"}},
    [GRL_NEUTRAL_SADDLE] = {"neutral_saddle", "N", {NULL}},
    [GRL_BRANCH_POINT] = {"branch_point", "BP", {"b11", "b12", "b22", "c"}},
    [GRL_FLIP] = {"flip", "PD", {"b"}},
    [GRL_NEIMARK_SACKER] = {"neimark_sacker", "NS", {"d"}},
    [GRL_CYCLE_FOLD] = {"cycle_fold", "LPC", {NULL}},
    [GRL_CYCLE_BRANCH_POINT] = {"cycle_branch_point", "BPC", {NULL}},
    [GRL_PERIOD_DOUBLING] = {"period_doubling", "PD", {NULL}},
    [GRL_TORUS] = {"torus", "NS", {NULL}},
    [GRL_HOMOCLINIC] = {"homoclinic", "Hom", {"sigma"}},
    [GRL_SNIC] = {"snic", "SNIC", {"saddle_nodes"}},
    [GRL_HETEROCLINIC] = {"heteroclinic", "Het", {"saddles"}},
    [GRL_CUSP] = {"cusp", "CP", {"c"}},
    [GRL_BOGDANOV_TAKENS] = {"bogdanov_takens", "BT", {"a", "b"}},
    [GRL_GENERALIZED_HOPF] = {"generalized_hopf", "GH", {"l2"}},
    [GRL_FOLD_HOPF] = {"fold_hopf", "ZH", {"g200", "g011", "re_h110"}},
    [GRL_DOUBLE_HOPF] = {"double_hopf", "HH", {"re_g2100", "re_g1011", "re_g1110", "re_g0021"}},
    [GRL_NEUTRAL_SADDLE_LOOP] = {"neutral_saddle_loop", "NSL", {NULL}},
    [GRL_SADDLE_NODE_LOOP] = {"saddle_node_loop", "SNL", {NULL}},
    [GRL_RESONANCE_TWO] = {"resonance_two", "R2", {NULL}},
    [GRL_GENERALIZED_FLIP] = {"generalized_flip", "GPD", {NULL}},
};

const char *grl_special_name(grl_special_type type)
{
    return words[type].name;
}

const char *grl_special_label(grl_special_type type)
{
    return words[type].label;
}

const char *grl_special_coefficient(grl_special_type type, int k)
{
    return k >= 0 && k < GRL_NORMAL_FORM ? words[type].coefficients[k] : NULL;
}

const char *grl_branch_end_name(grl_branch_end end)
{
    switch (end) {
    case GRL_BRANCH_RANGE:
        return "left the range";
    case GRL_BRANCH_CLOSED:
        return "closed";
    case GRL_BRANCH_SPECIAL:
        return "special point";
    case GRL_BRANCH_PERIOD:
        return "limit of the period";
    case GRL_BRANCH_STEPS:
        return "limit of steps";
    case GRL_BRANCH_STEP_SIZE:
        return "steps became too small";
    case GRL_BRANCH_MET:
        return "met another branch";
    }
    return "unknown";
}

grl_bifurcation_options grl_bifurcation_defaults(void)
{
    return (grl_bifurcation_options){
        .time = GRL_CONTINUOUS, .dt = 1, .max_period = 500, .max_points = 5000, .cycles = 1, .portraits = 1};
}
