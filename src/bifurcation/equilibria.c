/* equilibria.c: branches of fixed points along one parameter, and the special points on them.
 *
 * A branch is followed from a known fixed point both ways (arc.h). Every step is looked at through its ends
 * and its middle: a test function (locate.h) that changes sign there is bracketed and its special point
 * found; one that comes near zero without changing sign is looked at closer, until it changes sign or turns
 * away. Where a step passes the parameter of a sample, the point there is computed and found in the sample's
 * list: a point that is on the list and on no branch is where another branch starts, one that is on this
 * branch already closes it. So branches that are not connected are found wherever a sample has a point of
 * them, and none is followed twice.
 *
 * What makes it fail: branches that lie wholly between two samples. Then nothing tells of them. */
#include "bifurcation/equilibria.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "bifurcation/diagram.h"
#include "bifurcation/locate.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Halvings of a step in search of a double zero; events in one step; nodes: two of the step, three of scratch,
 * the start, and one for each halving. */
enum { DEPTH = 10, EVENTS = 64, NODES = 6 + DEPTH, MOST_SHORTENED = 6 };

/* The range is 1 long and the box of states 2. */
static const double longest_step = 0.02, same_point = 1e-6;

typedef struct event {
    double along; /* place on the step, 0 to 1 */
    double *u;
    bool special; /* else a sample's parameter */
    size_t sample;
    grl_special what;
} event;

typedef struct tracer {
    grl_equation *equation;
    grl_samples *samples;
    const grl_bifurcation_options *options;
    grl_diagram *diagram;
    grl_locator *locator;
    grl_arc *arc;
    grl_node *nodes;
    event events[EVENTS];
    size_t count;
    double *block, *values, *shown; /* events' u; 2n; 2n */
    double *marks;                  /* (EVENTS + 2) x (n + 1) */
    size_t branch;
    bool ended;
    grl_branch_end end;
    size_t end_special;
} tracer;

static void close_tracer(tracer *t)
{
    grl_locator_free(t->locator);
    grl_arc_free(t->arc);
    free(t->nodes);
    free(t->block);
}

static grl_status open_tracer(tracer *t, grl_error *error)
{
    const size_t n = t->equation->n, room = (2 * EVENTS + 2) * (n + 1) + 4 * n;
    grl_status status = grl_locator_create(t->equation, &t->locator, error);
    if (status == GRL_OK) status = grl_arc_create(t->locator->point, longest_step, &t->arc, error);
    if (status != GRL_OK) return status;
    t->nodes = grl_nodes_create(n, NODES);
    t->block = grl_calloc(room, sizeof(double));
    if (!t->nodes || !t->block) return grl_fail_memory(error, room, sizeof(double));
    for (size_t i = 0; i < EVENTS; i++) t->events[i].u = t->block + i * (n + 1);
    t->values = t->block + EVENTS * (n + 1);
    t->shown = t->values + 2 * n;
    t->marks = t->shown + 2 * n;
    return GRL_OK;
}

static double place(size_t N, const grl_node *a, const grl_node *b, const double *u)
{
    double along = 0, length = 0;
    for (size_t i = 0; i < N; i++) {
        along += (u[i] - a->u[i]) * (b->u[i] - a->u[i]);
        length += (b->u[i] - a->u[i]) * (b->u[i] - a->u[i]);
    }
    return along / length;
}

/* Inserts in order; NULL if there is no room. */
static event *insert_event(tracer *t, double along, const double *u)
{
    const size_t N = t->equation->n + 1;
    if (t->count == EVENTS) return NULL;
    size_t i = t->count++;
    double *own = t->events[i].u;
    for (; i > 0 && t->events[i - 1].along > along; i--) t->events[i] = t->events[i - 1];
    t->events[i] = (event){.along = along, .u = own};
    memcpy(own, u, N * sizeof *u);
    return &t->events[i];
}

static bool opposite(double a, double b)
{
    return (a < 0 && b > 0) || (a > 0 && b < 0) || (a == 0) != (b == 0);
}

/* A parabola through three values at 0, 1/2, 1 that have one sign: does it come near zero or beyond inside? */
static bool comes_near(double a, double m, double b)
{
    const double curvature = 2 * (a - 2 * m + b), slope = -3 * a + 4 * m - b;
    if (!(a * curvature > 0)) return false;
    const double at = -slope / (2 * curvature);
    if (!(at > -0.1 && at < 1.1)) return false;
    return (a + slope * at + curvature * at * at) / a < 0.9 * fmin(fmin(1, m / a), b / a);
}

static void look(tracer *t, const grl_node *whole_a, const grl_node *whole_b, const grl_node *a,
                 const grl_node *b, int depth);

/* Is there a branch point among this step's events within this distance of u? */
static bool at_branch_point(const tracer *t, const double *u)
{
    const size_t N = t->equation->n + 1;
    for (size_t i = 0; i < t->count; i++) {
        double distance = 0;
        if (!t->events[i].special || t->events[i].what.type != GRL_BRANCH_POINT) continue;
        for (size_t j = 0; j < N; j++) distance = fmax(distance, fabs(t->events[i].u[j] - u[j]));
        if (distance < 1e-5) return true;
    }
    return false;
}

/* A change of sign that the extended system did not explain: where several eigenvalues vanish at once it is
 * singular, and the place is reported as a branch point without a normal form. */
static bool degenerate(tracer *t, grl_test test, const grl_node *a, const grl_node *b, double *u,
                       grl_special *special)
{
    int zeros;
    double width;
    if (!grl_locator_halve(t->locator, test, a, b, &t->nodes[2], u, &zeros, &width)) return false;
    /* On the branch that turns at a pitchfork the fold's test changes sign too. */
    if (test == GRL_TEST_FOLD && at_branch_point(t, u)) return true;
    if (zeros < 2) return false;
    *special = (grl_special){
        .type = GRL_BRANCH_POINT, .error = fmax(width, 1e-8), .branch = SIZE_MAX, .point = SIZE_MAX};
    grl_equation_parameters(t->equation, u + t->equation->n, special->p);
    return true;
}

/* The special point of a test that changes sign between a and b becomes an event. */
static void bracketed(tracer *t, grl_test test, const grl_node *whole_a, const grl_node *whole_b,
                      const grl_node *a, const grl_node *b)
{
    const size_t N = t->equation->n + 1;
    double *u = t->nodes[3].u;
    grl_special special;
    const bool found = grl_locator_find(t->locator, test, a, b, &t->nodes[2], u, &special);
    if (found && test == GRL_TEST_FOLD && at_branch_point(t, u)) return;
    if (!found && !degenerate(t, test, a, b, u, &special)) {
        t->diagram->unlocated++;
        return;
    }
    if (special.type == GRL_BRANCH_POINT && at_branch_point(t, u)) return;
    event *made = insert_event(t, place(N, whole_a, whole_b, u), u);
    if (!made) {
        t->diagram->unlocated++;
        return;
    }
    made->special = true;
    made->what = special;
}

static void look(tracer *t, const grl_node *whole_a, const grl_node *whole_b, const grl_node *a,
                 const grl_node *b, int depth)
{
    grl_node *middle = &t->nodes[6 + depth];
    bool closer = false;
    if (!grl_locator_middle(t->locator, a, b, 0.5, middle)) {
        for (int k = 0; k < GRL_TESTS; k++)
            if (opposite(a->test[k], b->test[k])) bracketed(t, (grl_test)k, whole_a, whole_b, a, b);
        return;
    }
    for (int k = 0; k < GRL_TESTS && depth + 1 < DEPTH; k++) {
        const double x = a->test[k], m = middle->test[k], y = b->test[k];
        if (isnan(x) || isnan(m) || isnan(y)) continue;
        closer = closer || (opposite(x, m) && opposite(m, y)) ||
                 (!opposite(x, m) && !opposite(m, y) && comes_near(x, m, y));
    }
    if (closer) {
        look(t, whole_a, whole_b, a, middle, depth + 1);
        look(t, whole_a, whole_b, middle, b, depth + 1);
        return;
    }
    for (int k = 0; k < GRL_TESTS; k++) {
        if (opposite(a->test[k], middle->test[k])) bracketed(t, (grl_test)k, whole_a, whole_b, a, middle);
        if (opposite(middle->test[k], b->test[k])) bracketed(t, (grl_test)k, whole_a, whole_b, middle, b);
    }
}

/* Samples whose parameter lies between two neighbouring points, the first one excluded. */
static void cross_samples(tracer *t, const grl_node *a, const grl_node *b, const double *from,
                          const double *to)
{
    const size_t n = t->equation->n;
    double *u = t->nodes[3].u, *border = t->nodes[4].u, error;
    memset(border, 0, (n + 1) * sizeof *border);
    border[n] = 1;
    for (size_t s = 0; s < t->samples->count; s++) {
        const double at = t->samples->items[s].t;
        if (!((from[n] < at && at <= to[n]) || (from[n] > at && at >= to[n]))) continue;
        const double fraction = (at - from[n]) / (to[n] - from[n]);
        for (size_t i = 0; i < n; i++) u[i] = from[i] + fraction * (to[i] - from[i]);
        u[n] = at;
        if (!grl_extended_correct(t->locator->point, u, border, at, 10, 1e-13, &error)) continue;
        u[n] = at;
        event *made = insert_event(t, place(n + 1, a, b, u), u);
        if (made) made->sample = s;
    }
}

static grl_status add_point(tracer *t, const double *u, grl_error *error)
{
    grl_equation *e = t->equation;
    const size_t n = e->n;
    double p[2];
    if (!grl_equation_move(e, u + n)) return GRL_OK;
    grl_equation_field(e, u, t->values, t->locator->J);
    if (!grl_equation_spectrum(e, t->locator->J, t->values, NULL)) return GRL_OK;
    const int unstable = grl_equation_stability(e, t->values, t->shown);
    grl_equation_parameters(e, u + n, p);
    return grl_diagram_add_point(t->diagram, t->branch, p, u, t->shown, unstable, 0, NULL, NULL, error);
}

static void finish(tracer *t, grl_branch_end end)
{
    t->ended = true;
    t->end = end;
}

/* Where the branch passes a sample: marks its point there, and sees whether the branch ends. */
static void arrive(tracer *t, const event *at)
{
    const size_t n = t->equation->n, last = t->samples->count - 1;
    grl_sample *sample = &t->samples->items[at->sample];
    size_t nearest = SIZE_MAX;
    double best = same_point;
    for (size_t i = 0; sample->portrait && i < sample->portrait->count; i++) {
        double distance = 0;
        for (size_t j = 0; j < n; j++)
            distance = fmax(distance, fabs(sample->portrait->points[i].h[j] - at->u[j]));
        if (distance < best) {
            best = distance;
            nearest = i;
        }
    }
    if (nearest != SIZE_MAX) {
        if (sample->branch[nearest] == SIZE_MAX)
            sample->branch[nearest] = t->branch;
        else
            finish(t, sample->branch[nearest] == t->branch ? GRL_BRANCH_CLOSED : GRL_BRANCH_MET);
    }
    sample->strange += nearest == SIZE_MAX || (t->ended && t->end == GRL_BRANCH_MET);
    if (at->sample == 0 || at->sample == last) finish(t, GRL_BRANCH_RANGE);
}

static grl_status emit(tracer *t, grl_error *error)
{
    grl_status status = GRL_OK;
    for (size_t i = 0; i < t->count && !t->ended && status == GRL_OK; i++) {
        event *at = &t->events[i];
        status = add_point(t, at->u, error);
        if (status != GRL_OK) break;
        if (!at->special) {
            arrive(t, at);
            continue;
        }
        /* A branch point is met on each of its branches. */
        const double tolerance = at->what.type == GRL_BRANCH_POINT ? 1e-6 : 1e-9;
        if (grl_diagram_find_special(t->diagram, 0, at->what.type, at->what.p, at->u, tolerance) != SIZE_MAX)
            continue;
        size_t index;
        at->what.h = at->u;
        at->what.branch = t->branch;
        at->what.point = t->diagram->branches[t->branch].count - 1;
        status = grl_diagram_add_special(t->diagram, &at->what, &index, error);
    }
    return status;
}

/* Is there a branch point between a and b, between which the determinant changes its sign? */
static bool crosses(tracer *t, const grl_node *a, const grl_node *b)
{
    grl_special special;
    double *u = t->nodes[3].u;
    return grl_locator_find(t->locator, GRL_TEST_CROSS, a, b, &t->nodes[2], u, &special) ||
           degenerate(t, GRL_TEST_CROSS, a, b, u, &special);
}

/* Does the step from a to b pass nodes[5], from where the branch was followed? */
static bool passes_start(tracer *t, const grl_node *a, const grl_node *b)
{
    const size_t N = t->equation->n + 1;
    const double *start = t->nodes[5].u, along = place(N, a, b, start);
    double far = 0, length = 0;
    for (size_t i = 0; i < N; i++) {
        far += (start[i] - a->u[i]) * (start[i] - a->u[i]);
        length += (b->u[i] - a->u[i]) * (b->u[i] - a->u[i]);
    }
    if (!(along > 0 && along <= 1) || far > 2 * length) return false;
    if (!grl_locator_middle(t->locator, a, b, along, &t->nodes[2])) return false;
    far = 0;
    for (size_t i = 0; i < N; i++) far = fmax(far, fabs(t->nodes[2].u[i] - start[i]));
    return far < same_point;
}

/* Follows the branch from t->arc until it ends. */
static grl_status run(tracer *t, grl_error *error)
{
    const size_t N = t->equation->n + 1;
    grl_node *a = &t->nodes[0], *b = &t->nodes[1];
    double *marks = t->marks;
    grl_status status = GRL_OK;
    t->ended = false;
    memcpy(a->u, t->arc->u, N * sizeof(double));
    memcpy(a->tangent, t->arc->tangent, N * sizeof(double));
    if (!grl_locator_tests(t->locator, a, t->arc->determinant)) finish(t, GRL_BRANCH_STEP_SIZE);
    int shortened = 0;
    for (size_t step = 0; !t->ended && status == GRL_OK; step++) {
        if ((long long)t->diagram->branches[t->branch].count >= t->options->max_points) {
            finish(t, GRL_BRANCH_STEPS);
            break;
        }
        if (grl_progress_stopped(t->options->progress)) return grl_fail(error, GRL_STOPPED, "stopped");
        if (!grl_arc_advance(t->arc)) {
            finish(t, GRL_BRANCH_STEP_SIZE);
            break;
        }
        memcpy(b->u, t->arc->u, N * sizeof(double));
        memcpy(b->tangent, t->arc->tangent, N * sizeof(double));
        if (!grl_locator_tests(t->locator, b, t->arc->determinant)) {
            finish(t, GRL_BRANCH_STEP_SIZE);
            break;
        }
        /* A determinant that changes its sign without a branch point: two branches come close, and the step
           went straight on to the other one. */
        if (opposite(a->test[GRL_TEST_CROSS], b->test[GRL_TEST_CROSS]) && shortened < MOST_SHORTENED &&
            !crosses(t, a, b)) {
            shortened++;
            memcpy(t->arc->u, a->u, N * sizeof(double));
            memcpy(t->arc->tangent, a->tangent, N * sizeof(double));
            memcpy(t->arc->border, a->tangent, N * sizeof(double));
            t->arc->determinant = a->test[GRL_TEST_CROSS];
            t->arc->step /= 4;
            continue;
        }
        shortened = 0;
        t->count = 0;
        look(t, a, b, a, b, 0);
        /* Between neighbours of this list the parameter is monotonic, as far as folds were found. */
        const size_t specials = t->count;
        memcpy(marks, a->u, N * sizeof *marks);
        for (size_t i = 0; i < specials; i++) memcpy(marks + (i + 1) * N, t->events[i].u, N * sizeof *marks);
        memcpy(marks + (specials + 1) * N, b->u, N * sizeof *marks);
        for (size_t i = 0; i <= specials; i++) cross_samples(t, a, b, marks + i * N, marks + (i + 1) * N);
        status = emit(t, error);
        if (!t->ended && (b->u[N - 1] < 0 || b->u[N - 1] > 1)) finish(t, GRL_BRANCH_RANGE);
        if (!t->ended && status == GRL_OK && step > 3 && passes_start(t, a, b)) {
            status = add_point(t, t->nodes[5].u, error);
            finish(t, GRL_BRANCH_CLOSED);
        }
        if (!t->ended && status == GRL_OK) status = add_point(t, b->u, error);
        grl_node swap = *a;
        *a = *b;
        *b = swap;
    }
    return status;
}

/* The branch through u (n + 1 numbers) both ways, from a sample (or SIZE_MAX). */
static grl_status follow_both(tracer *t, const double *u, size_t sample, int complete, grl_error *error)
{
    const size_t n = t->equation->n;
    const bool first = sample == 0, last = sample + 1 == t->samples->count;
    double *towards = t->nodes[4].tangent;
    grl_status status = grl_diagram_add_branch(t->diagram, GRL_BRANCH_FIXED_POINT, &t->branch, error);
    if (status == GRL_OK) status = add_point(t, u, error);
    if (status != GRL_OK) return status;
    t->diagram->branches[t->branch].complete_at_start = complete;
    t->diagram->branches[t->branch].end[0] = GRL_BRANCH_RANGE;
    for (int way = 0; way < 2 && status == GRL_OK; way++) {
        if (way == 0 ? last : first) {
            grl_diagram_turn_branch(t->diagram, t->branch);
            t->diagram->branches[t->branch].end[0] = GRL_BRANCH_RANGE;
            continue;
        }
        memset(towards, 0, (n + 1) * sizeof *towards);
        towards[n] = way == 0 ? 1 : -1;
        t->end = GRL_BRANCH_STEP_SIZE;
        t->end_special = SIZE_MAX;
        if (grl_arc_start(t->arc, u, towards)) status = run(t, error);
        grl_diagram_branch *branch = &t->diagram->branches[t->branch];
        branch->end[1] = t->end;
        branch->end_special[1] = t->end_special;
        if (t->end == GRL_BRANCH_CLOSED) {
            branch->end[0] = t->end;
            break;
        }
        grl_diagram_turn_branch(t->diagram, t->branch);
    }
    return status;
}

/* t of the parameters p, which are on the equation's line. */
static double parameter_of(const tracer *t, const double *p)
{
    const grl_equation *e = t->equation;
    size_t axis = 0;
    for (size_t i = 1; i < e->k; i++)
        if (fabs(e->direction[0][i]) > fabs(e->direction[0][axis])) axis = i;
    return (p[axis] - e->origin[axis]) / e->direction[0][axis];
}

/* Is the fixed point u on a branch that was followed? Beside a chord between two of its points, the branch's
 * point at the same place along the chord is computed. */
static bool known(tracer *t, const double *u)
{
    const size_t n = t->equation->n, N = n + 1, k = t->equation->k;
    double *guess = t->nodes[3].u, *chord = t->nodes[4].u, error;
    for (size_t b = 0; b < t->diagram->branch_count; b++) {
        const grl_diagram_branch *branch = &t->diagram->branches[b];
        for (size_t i = 0; i + 1 < branch->count && branch->kind == GRL_BRANCH_FIXED_POINT; i++) {
            const double *h = branch->h + i * n, from = parameter_of(t, branch->p + i * k);
            double length = 0, along = 0, far = 0, target = 0;
            for (size_t j = 0; j < N; j++) {
                guess[j] = j < n ? h[j] : from;
                chord[j] = j < n ? h[n + j] - h[j] : parameter_of(t, branch->p + (i + 1) * k) - from;
                length += chord[j] * chord[j];
                along += chord[j] * (u[j] - guess[j]);
                far += (u[j] - guess[j]) * (u[j] - guess[j]);
            }
            if (!(length > 0) || along < -0.01 * length || along > 1.01 * length || far > 2 * length)
                continue;
            for (size_t j = 0; j < N; j++) {
                guess[j] += along / length * chord[j];
                chord[j] /= sqrt(length);
                target += chord[j] * u[j];
            }
            if (!grl_extended_correct(t->locator->point, guess, chord, target, 10, 1e-13, &error)) continue;
            far = 0;
            for (size_t j = 0; j < N; j++) far = fmax(far, fabs(guess[j] - u[j]));
            if (far < same_point) return true;
        }
    }
    return false;
}

/* From a branch point along one of its tangents, unless that branch is known. */
static grl_status leave(tracer *t, size_t special, const double *from, const double *tangent, int way,
                        grl_error *error)
{
    const size_t n = t->equation->n, N = n + 1;
    /* Far enough from the crossing to tell both branches apart, near enough to be on this one. */
    static const double distance = 4e-3;
    double *u = t->nodes[5].u, *towards = t->nodes[5].tangent, target = 0, reached, moved = 0;
    for (size_t i = 0; i < N; i++) {
        towards[i] = way == 0 ? tangent[i] : -tangent[i];
        u[i] = from[i] + distance * towards[i];
        target += towards[i] * u[i];
    }
    if (!grl_extended_correct(t->locator->point, u, towards, target, 10, 1e-13, &reached)) return GRL_OK;
    for (size_t i = 0; i < N; i++) moved = fmax(moved, fabs(u[i] - from[i]));
    if (moved > 2 * distance || u[n] < 0 || u[n] > 1 || known(t, u)) return GRL_OK;
    grl_status status = grl_diagram_add_branch(t->diagram, GRL_BRANCH_FIXED_POINT, &t->branch, error);
    if (status == GRL_OK) status = add_point(t, from, error);
    if (status == GRL_OK) status = add_point(t, u, error);
    if (status != GRL_OK) return status;
    t->end = GRL_BRANCH_STEP_SIZE;
    t->end_special = SIZE_MAX;
    if (grl_arc_start(t->arc, u, towards)) status = run(t, error);
    grl_diagram_branch *branch = &t->diagram->branches[t->branch];
    branch->end[0] = t->end == GRL_BRANCH_CLOSED ? GRL_BRANCH_CLOSED : GRL_BRANCH_SPECIAL;
    branch->end_special[0] = t->end == GRL_BRANCH_CLOSED ? SIZE_MAX : special;
    branch->end[1] = t->end;
    branch->end_special[1] = t->end_special;
    return status;
}

/* Both branches through every branch point, as far as no sample has led to them. Branches that are found in
 * this way may have branch points of their own. */
static grl_status switch_all(tracer *t, size_t first_special, grl_error *error)
{
    const size_t n = t->equation->n, N = n + 1;
    double *keep = grl_calloc(3 * N, sizeof *keep), *from = keep, *tangents = keep + N;
    grl_status status = GRL_OK;
    if (!keep) return grl_fail_memory(error, 3 * N, sizeof *keep);
    for (size_t i = first_special; i < t->diagram->special_count && status == GRL_OK; i++) {
        const grl_special *special = &t->diagram->special[i];
        if (special->type != GRL_BRANCH_POINT || special->coefficients == 0) continue;
        memcpy(from, special->h, n * sizeof *from);
        from[n] = parameter_of(t, special->p);
        if (!grl_locator_tangents(t->locator, from, tangents)) continue;
        for (int j = 0; j < 4 && status == GRL_OK; j++)
            status = leave(t, i, from, tangents + (size_t)(j / 2) * N, j % 2, error);
    }
    free(keep);
    return status;
}

static grl_status start_all(tracer *t, grl_error *error)
{
    const size_t n = t->equation->n;
    grl_status status = GRL_OK;
    double *u = t->nodes[5].u;
    for (size_t s = 0; s < t->samples->count && status == GRL_OK; s++) {
        grl_sample *sample = &t->samples->items[s];
        for (size_t i = 0; sample->portrait && i < sample->portrait->count && status == GRL_OK; i++) {
            if (sample->branch[i] != SIZE_MAX) continue;
            memcpy(u, sample->portrait->points[i].h, n * sizeof *u);
            u[n] = sample->t;
            sample->branch[i] = t->diagram->branch_count;
            status = follow_both(t, u, s, sample->portrait->complete, error);
        }
    }
    return status;
}

static void count_up(tracer *t)
{
    grl_diagram *d = t->diagram;
    d->samples += t->samples->count;
    for (size_t s = 0; s < t->samples->count; s++) {
        const grl_portrait *portrait = t->samples->items[s].portrait;
        d->incomplete += !portrait || !portrait->complete;
        d->mismatched += t->samples->items[s].strange > 0;
    }
    for (size_t b = 0; b < d->branch_count; b++)
        for (int end = 0; end < 2; end++)
            d->unfinished += d->branches[b].end[end] == GRL_BRANCH_STEPS ||
                             d->branches[b].end[end] == GRL_BRANCH_STEP_SIZE;
}

grl_status grl_equilibrium_branches(grl_equation *equation, grl_samples *samples,
                                    const grl_bifurcation_options *options, grl_diagram *diagram,
                                    grl_error *error)
{
    tracer t = {.equation = equation, .samples = samples, .options = options, .diagram = diagram};
    grl_status status = open_tracer(&t, error);
    const size_t first_special = diagram->special_count;
    if (status == GRL_OK) status = start_all(&t, error);
    if (status == GRL_OK) status = switch_all(&t, first_special, error);
    if (status == GRL_OK) count_up(&t);
    close_tracer(&t);
    return status;
}
