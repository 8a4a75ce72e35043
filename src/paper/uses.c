/* uses.c: which computations each kind of dynamics supports, from the numbers of the other sections (section 8).
 *
 * It computes nothing of its own but the capacity log2(k) of k stable states and ratios of times. Sections that were left
 * out leave their lines out. */
#include "paper/paper.h"

#include <math.h>
#include <stdio.h>

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    const json_t *most = grl_results_find(paper->sections, "multistability");
    (void)error;
    if (most) {
        const double states = grl_results_value(most, "most_stable");
        grl_results_number(results, states, "memory/states");
        grl_results_number(results, log2(states), "memory/bits");
        grl_results_flag(results,
                         grl_results_is(most, "most/complete") && grl_results_is(most, "most/certified"),
                         "memory/proven");
    }
    const json_t *cycle = grl_results_find(paper->sections, "oscillation");
    if (cycle) {
        const double slow = grl_results_value(cycle, "end/near/8/period"),
                     fast = grl_results_value(cycle, "hopf/period");
        grl_results_number(results, slow / fast, "timing/range");
    }
    const json_t *line = grl_results_find(paper->sections, "pseudo-line");
    if (line) {
        const double memory = grl_results_value(line, "deltas/3/memory"),
                     across = grl_results_value(line, "deltas/3/across");
        grl_results_number(results, memory * across, "integration/ratio");
        grl_results_number(results, memory, "integration/memory");
        grl_results_number(results, across, "integration/across");
    }
    return GRL_OK;
}

enum { COLUMNS = 4, LINES = 6 };

typedef struct row {
    const char *section, *cells[COLUMNS];
} row;

static const row rows[LINES] = {
    {"multistability",
     {"Several stable points", "Memory of one of several things, and a decision between them",
      "up to {/multistability/most_stable} states in two units, {memory/bits|.2f} bits; proven",
      "The state stays for ever and repairs itself; which one is kept depends on the basins, bordered by stable manifolds of "
      "saddles."}},
    {"one-unit",
     {"Two stable points of one unit", "A switch with hysteresis",
      "jumps at |$x$| = {/one-unit/hysteresis/fold|.4f}; the lag falls as the rate to the power 2/3",
      "Keeps what a short input wrote, and is deaf to inputs that stay between the folds."}},
    {"oscillation",
     {"A limit cycle", "Timing, rhythm, a clock",
      "periods from {/oscillation/hopf/period|.2f} up; shown: a range of a factor {timing/range|.0f}",
      "The period is set by the weights and a constant input; what a small kick leaves in the end is a change of the phase."}},
    {"homoclinic",
     {"A cycle near a saddle", "Long waits, then a quick event",
      "the period grows by {/homoclinic/blow_up/longer|.2f} each time that the distance falls by the factor e",
      "The wait depends on the logarithm of the distance: to wait longer by that much asks for a parameter that is set e times as closely."}},
    {"pseudo-line",
     {"A pseudo-line", "Integration, for a while",
      "memory {/pseudo-line/deltas/3/memory|.3g}, which is {integration/ratio|.3g} times the time across the line",
      "Holds any value for a time, forgets by a power law; a change of the weights of {/pseudo-line/deltas/0/delta|.1g} brings the "
      "memory down to {/pseudo-line/deltas/0/memory|.3g}."}},
    {"learning",
     {"A trained slow curve", "Integration as far as it was trained",
      "{/learning/portraits/2/count} fixed points for the ring, drift {/learning/best/2/speed|.1g}",
      "In place of a continuous attractor: nodes and saddles by turns; the value that is kept rounds to the nearest node in the "
      "end."}},
};

static void add_table(const json_t *sections, grl_document *document)
{
    const char *cells[(LINES + 1) * COLUMNS] = {"Dynamics", "Good for", "Measured here", "What to know"};
    size_t used = 1;
    for (int k = 0; k < LINES; k++) {
        if (!grl_results_find(sections, rows[k].section)) continue;
        for (int j = 0; j < COLUMNS; j++) cells[used * COLUMNS + (size_t)j] = rows[k].cells[j];
        used++;
    }
    grl_document_table(document, used, COLUMNS, cells,
                       "Kinds of dynamics and the computations that they support.");
}

static void add_claims(const json_t *sections, const json_t *results, grl_document *document)
{
    if (grl_results_find(results, "memory"))
        grl_document_claim(
            document,
            &(grl_claim){
                .id = "memory",
                .statement = "Two units can remember one of {memory/states|d} things for ever.",
                .evidence =
                    "A network with so many stable points, among {/multistability/most/count} in all: proven, and that there are no others. That is "
                    "{memory/bits|.2f} bits, against 2 for two units that do not act on each other.",
                .command = "grulens analyze models/most.json --json -",
                .verdict = !(grl_results_value(results, "memory/states") > 4) ? GRL_NOT_REPRODUCED
                           : grl_results_is(results, "memory/proven") &&
                                   grl_results_value(sections, "multistability/most/stable") ==
                                       grl_results_value(results, "memory/states")
                               ? GRL_PROVEN
                               : GRL_COMPUTED,
                .checks = {{"memory/proven", "fixed_points/complete", 0, 0}},
            });
    if (grl_results_find(results, "integration"))
        grl_document_claim(
            document,
            &(grl_claim){
                .id = "integration",
                .statement = "What is called integration in small networks is slow forgetting.",
                .evidence =
                    "The pseudo-line keeps a value {integration/ratio|.3g} times as long as the state takes to fall onto it; the "
                    "trained networks of section 7 do so by slow curves. Of those with up "
                    "to four units none has a line or a ring of fixed points.",
                .command = "grulens analyze models/line.json --json -",
                .verdict =
                    grl_results_value(results, "integration/ratio") > 10 ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
                .checks = {{"integration/memory", "slow_manifolds/items/0/memory_median", 1e-6, 0},
                           {"integration/across", "slow_manifolds/items/0/attraction", 1e-6, 0}},
            });
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    (void)error;
    grl_document_paragraph(
        document,
        "A network computes by where its state goes. The sections before give the means and their limits: points hold, cycles "
        "time, saddles choose, slow curves integrate for a while. The table has the numbers; each is the one of its section.");
    add_table(paper->sections, document);
    grl_document_paragraph(
        document,
        "Three rules follow. To *remember* which of a few things happened, take stable points: the memory lasts and repairs itself. "
        "To *measure time* or to wait, take a cycle, or the passage near where one ends. To *accumulate* a quantity no network "
        "here has an exact means: a slow curve does it for a time that training, size and the precision of the weights set. And to "
        "*select*, put the state near the border of two basins, where a small input decides.");
    add_claims(paper->sections, results, document);
    return GRL_OK;
}

const grl_paper_part grl_paper_uses = {
    .id = "uses", .title = "What it is good for", .anew = 1, .compute = compute, .write = write};
