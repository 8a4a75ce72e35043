/* separatrix.c: the stable and unstable branches of the saddles of a planar flow, and their connections.
 *
 * Seed. Near a saddle with eigenvalue l of v and m of w, the invariant curve tangent to v is
 *
 *     h* + s v + (c2 s^2 + c3 s^3) w,      s' = l s + g2 s^2 + ...
 *
 * With B(v,v)/2 = g2 v + b2 w, equal powers of s in the equation of invariance give c2 = b2 / (2 l - m) and,
 * with b3 the w-part of B(v, c2 w) + C(v,v,v)/6, c3 = (b3 - 2 g2 c2) / (3 l - m); l and m have different
 * signs, so nothing is small. (Kuznetsov 2004, ch. 5; Krauskopf et al. 2005 on growing manifolds.) A branch
 * starts on the quadratic curve at the s where the cubic term is 1e-13, within 1e-6 and 1e-3, and at most a
 * fiftieth of the way to the next fixed point.
 *
 * Branch. Followed by the order 8 method of Dormand and Prince to 1e-11, the stable ones backwards; in the
 * direction followed, neighbouring orbits approach the manifold near the saddle, so the seed's error does
 * not grow there. Points are taken from the dense output, evenly by arc length.
 *
 * Connections. With y_s, y_u the coordinates about a saddle along its unit eigenvectors, an unstable branch
 * that crosses the section y_s = +-rho, |y_u| < rho, inwards for the first time has the gap y_u minus that of
 * the stable branch there; rho is a quarter of the distance to the next fixed point, and at most 0.05. A gap
 * below 1e-9 is beyond what following can tell: both branches are then said to end in the saddles. */
#include "portrait/separatrix.h"

#include "base/error.h"
#include "base/memory.h"
#include "portrait/curve.h"
#include "portrait/cycle_march.h"

#include <grulens/cycles.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double closed_gap = 1e-9, widest_section = 0.05;

static void turn(double v[2])
{
    double larger = fabs(v[1]) > fabs(v[0]) ? v[1] : v[0];
    if (larger < 0) {
        v[0] = -v[0];
        v[1] = -v[1];
    }
}

/* a v + b w = u. */
static void split(const grl_expansion *e, const double u[2], double *a, double *b)
{
    double det = e->v[0] * e->w[1] - e->v[1] * e->w[0];
    *a = (u[0] * e->w[1] - u[1] * e->w[0]) / det;
    *b = (e->v[0] * u[1] - e->v[1] * u[0]) / det;
}

void grl_expansion_make(const grl_cell *autonomous, const grl_fixed_point *saddle, int stable,
                        grl_expansion *e, double *work)
{
    const double *vector = saddle->eigenvectors;
    size_t own = stable ? 1 : 0, other = 1 - own;
    double second[2], mixed[2], third[2], g2, b2, b3, unused, cw[2];
    memcpy(e->h, saddle->h, sizeof e->h);
    e->value = saddle->eigenvalues[2 * own];
    e->other = saddle->eigenvalues[2 * other];
    for (size_t i = 0; i < 2; i++) {
        e->v[i] = vector[4 * own + 2 * i];
        e->w[i] = vector[4 * other + 2 * i];
    }
    turn(e->v);
    turn(e->w);
    const double *twice[] = {e->v, e->v}, *thrice[] = {e->v, e->v, e->v}, *both[] = {e->v, cw};
    grl_cell_derivative(autonomous, NULL, e->h, 2, twice, NULL, second, work);
    split(e, second, &g2, &b2);
    g2 /= 2;
    e->c2 = b2 / 2 / (2 * e->value - e->other);
    for (size_t i = 0; i < 2; i++) cw[i] = e->c2 * e->w[i];
    grl_cell_derivative(autonomous, NULL, e->h, 2, both, NULL, mixed, work);
    grl_cell_derivative(autonomous, NULL, e->h, 3, thrice, NULL, third, work);
    for (size_t i = 0; i < 2; i++) mixed[i] += third[i] / 6;
    split(e, mixed, &unused, &b3);
    e->c3 = (b3 - 2 * g2 * e->c2) / (3 * e->value - e->other);
}

static void seed(const grl_expansion *e, double s, double h[2])
{
    for (size_t i = 0; i < 2; i++) h[i] = e->h[i] + s * (e->v[i] + s * e->c2 * e->w[i]);
}

grl_status grl_separatrix_seed(const grl_cell *cell, const double *x, const grl_fixed_point *saddle,
                               int stable, double s, double h[2], grl_error *error)
{
    grl_cell *autonomous = NULL;
    double *work = NULL;
    grl_expansion e;
    if (grl_cell_hidden_size(cell) != 2 || saddle->type != GRL_SADDLE)
        return grl_fail(error, GRL_BAD_INPUT,
                        "seed: expected a saddle of a two-unit flow, found a %s of %zu units",
                        grl_point_type_name(saddle->type), grl_cell_hidden_size(cell));
    grl_status status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    work = grl_calloc(grl_cell_derivative_work(autonomous), sizeof *work);
    if (work) {
        grl_expansion_make(autonomous, saddle, stable, &e, work);
        seed(&e, s, h);
    } else {
        status = grl_fail_memory(error, grl_cell_derivative_work(autonomous), sizeof *work);
    }
    free(work);
    grl_cell_free(autonomous);
    return status;
}

typedef struct section {
    double rho;
    double place[2]; /* of the stable branch of side +1 and -1; NaN: does not get there */
} section;

typedef struct follower {
    grl_plane *plane;
    const grl_separatrix_options *options;
    const grl_cycles *cycles;
    grl_expansion *expansions; /* two for each saddle: stable, unstable */
    section *sections;         /* one for each saddle */
    size_t saddles;
    grl_separatrices *out;
    unsigned char *crossed; /* two for each saddle: sections that this branch has crossed */
    size_t connection_capacity;
} follower;

/* Coordinates about a saddle along its stable and unstable eigenvector. */
static void local(const follower *f, size_t saddle, const double h[2], double *ys, double *yu)
{
    const grl_expansion *e = &f->expansions[2 * saddle];
    const double d[2] = {h[0] - e->h[0], h[1] - e->h[1]};
    split(e, d, ys, yu);
}

/* y_u where the last step passes y_s = level, between two times. */
static double on_section(follower *f, grl_orbit *orbit, size_t saddle, double level, double low, double high)
{
    double h[3], ys, yu, first;
    grl_orbit_at(orbit, low, h);
    local(f, saddle, h, &first, &yu);
    for (int k = 0; k < 60; k++) {
        double middle = 0.5 * (low + high);
        grl_orbit_at(orbit, middle, h);
        local(f, saddle, h, &ys, &yu);
        if ((ys < level) == (first < level))
            low = middle;
        else
            high = middle;
    }
    return yu;
}

static grl_status note_gap(follower *f, const grl_branch *branch, size_t to, int side, double yu,
                           grl_error *error)
{
    grl_separatrices *out = f->out;
    double place = f->sections[to].place[side < 0];
    if (!(fabs(yu - place) <= f->options->gap_tolerance)) return GRL_OK;
    if (!grl_grow((void **)&out->connections, &f->connection_capacity, out->connection_count,
                  sizeof *out->connections))
        return grl_fail_memory(error, out->connection_count, sizeof *out->connections);
    out->connections[out->connection_count++] = (grl_connection){.from = branch->saddle,
                                                                 .to = out->branches[4 * to].saddle,
                                                                 .from_side = branch->side,
                                                                 .to_side = side,
                                                                 .gap = yu - place,
                                                                 .distance = f->sections[to].rho};
    return GRL_OK;
}

/* Sections passed between two states of the last step. own: the saddle the branch belongs to. */
static grl_status look_at_sections(follower *f, grl_orbit *orbit, const grl_branch *branch, size_t own,
                                   double t0, const double before[2], double t1, const double now[2],
                                   grl_error *error)
{
    grl_status status = GRL_OK;
    double chord = hypot(now[0] - before[0], now[1] - before[1]);
    for (size_t k = 0; k < f->saddles && status == GRL_OK; k++) {
        double ys0, yu0, ys1, yu1, rho = f->sections[k].rho;
        if (branch->stable && k != own) continue;
        local(f, k, before, &ys0, &yu0);
        int side = ys0 > 0 ? 1 : -1;
        if (!branch->stable && !(side * ys0 > rho && f->crossed[2 * k + (side < 0)] == 0)) continue;
        local(f, k, now, &ys1, &yu1);
        if (branch->stable) {
            double *place = &f->sections[k].place[branch->side < 0];
            if (isnan(*place) && side == branch->side && fabs(ys0) < rho && side * ys1 >= rho &&
                fabs(yu1) < rho + chord)
                *place = on_section(f, orbit, k, side * rho, t0, t1);
        } else if (side * ys1 <= rho && fmin(fabs(yu0), fabs(yu1)) < rho + chord) {
            double yu = on_section(f, orbit, k, side * rho, t0, t1);
            if (fabs(yu) >= rho) continue;
            f->crossed[2 * k + (side < 0)] = 1;
            status = note_gap(f, branch, k, side, yu, error);
        }
    }
    return status;
}

/* The time in the last step at which V falls to the inner level, or the border is passed, by bisection. */
static double pass(grl_orbit *orbit, const grl_spot *spot)
{
    double low = 0, high = orbit->step, h[3];
    for (int k = 0; k < 60; k++) {
        double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high)) break;
        grl_orbit_at(orbit, middle, h);
        int beyond = spot ? grl_spot_value(spot, h) <= spot->inner : !(fabs(h[0]) <= 1 && fabs(h[1]) <= 1);
        if (beyond)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* Rounds about the end that are drawn: the angle gone, and the distance a round ago. */
typedef struct rounds {
    double angle, before;
} rounds;

/* Is the curve so near to its end, or its rounds so near to each other, that more would not be seen? */
static int near_enough(const follower *f, const grl_orbit *orbit, rounds *r)
{
    const double closest = f->options->closest;
    if (orbit->end == GRL_END_CYCLE) {
        if (!orbit->crossed || orbit->gate != orbit->which) return 0;
        double distance = fabs(orbit->offset), gone = r->before - distance;
        r->before = distance;
        return distance < 0.5 * f->options->spacing || gone < closest;
    }
    const grl_spot *spot = &f->plane->spots[orbit->which];
    const double u[2] = {orbit->y_old[0] - spot->h[0], orbit->y_old[1] - spot->h[1]};
    const double v[2] = {orbit->y[0] - spot->h[0], orbit->y[1] - spot->h[1]};
    r->angle += atan2(u[0] * v[1] - u[1] * v[0], u[0] * v[0] + u[1] * v[1]);
    if (fabs(r->angle) < 6.283185307179586) return 0;
    double distance = hypot(v[0], v[1]), gone = r->before - distance;
    r->angle = 0;
    r->before = distance;
    return gone < closest;
}

/* The points of the last step up to t_stop. */
static grl_status take_points(follower *f, grl_orbit *orbit, grl_branch *branch, size_t own, double t_stop,
                              grl_curve *curve, grl_error *error)
{
    double t = 0, from = 0, before[2] = {orbit->y_old[0], orbit->y_old[1]}, now[3];
    grl_status status = GRL_OK;
    for (int more = 1; more && status == GRL_OK;) {
        more = grl_curve_next(curve, orbit, &t, t_stop, now);
        if (!more) {
            t = t_stop;
            grl_orbit_at(orbit, t, now);
        }
        status = look_at_sections(f, orbit, branch, own, from, before, t, now, error);
        branch->length += hypot(now[0] - before[0], now[1] - before[1]);
        if (more && !grl_curve_add(curve, now))
            status = grl_fail_memory(error, curve->count, 2 * sizeof *curve->points);
        memcpy(before, now, sizeof before);
        from = t;
    }
    memcpy(branch->limit.place, before, sizeof before);
    return status;
}

static void onto_border(double h[2])
{
    int axis = fabs(h[1]) > fabs(h[0]);
    h[axis] = h[axis] > 0 ? 1 : -1;
    h[!axis] = fmax(-1, fmin(1, h[!axis]));
}

static grl_status follow(follower *f, size_t own, grl_branch *branch, grl_error *error)
{
    enum { MOST_STEPS = 20000 };
    const grl_expansion *e = &f->expansions[2 * own + !branch->stable];
    const double spacing = f->options->spacing;
    const grl_orbit_options tight = {1e-11, 1e-9, fmin(0.01, 2 * spacing), MOST_STEPS, 2, 0};
    grl_orbit orbit;
    grl_curve curve = {.spacing = spacing};
    rounds r = {0, INFINITY};
    double start[2];
    double s = fmin(1e-3, fmax(1e-6, cbrt(1e-13 / (fabs(e->c3) + 1e-300))));
    s = fmin(s, 0.02 * f->plane->spots[branch->saddle].nearest);
    seed(e, branch->side * s, start);
    branch->direction[0] = branch->side * e->v[0];
    branch->direction[1] = branch->side * e->v[1];
    memset(f->crossed, 0, 2 * f->saddles);
    grl_status status = grl_curve_add(&curve, e->h) ? GRL_OK : grl_fail_memory(error, 1, 2 * sizeof *e->h);
    branch->length = hypot(start[0] - e->h[0], start[1] - e->h[1]);
    memcpy(branch->limit.place, start, sizeof start);
    grl_orbit_start(&orbit, f->plane, start, branch->stable ? -1 : 1, &tight);
    for (int more = 1; more && status == GRL_OK;) {
        more = grl_orbit_step(&orbit);
        if (!more && orbit.end == GRL_END_LOST) break;
        double t_stop = orbit.step;
        if (orbit.end == GRL_END_OUTSIDE) {
            t_stop = pass(&orbit, NULL);
        } else if (more && (orbit.end == GRL_END_POINT || orbit.end == GRL_END_CYCLE)) {
            const grl_spot *spot = orbit.end == GRL_END_POINT ? &f->plane->spots[orbit.which] : NULL;
            more = !near_enough(f, &orbit, &r);
            if (spot && (spot->pull == 0 || spot->pull == GRL_SPOT_DEGENERATE)) {
                more = 0;
            } else if (spot && grl_spot_value(spot, orbit.y) <= spot->inner) {
                int inside = grl_spot_value(spot, orbit.y_old) <= spot->inner;
                t_stop = inside ? 0 : pass(&orbit, spot);
                more = 0;
            }
        }
        status = take_points(f, &orbit, branch, own, t_stop, &curve, error);
        if (branch->length >= f->options->max_length) more = 0;
    }
    double place[2];
    memcpy(place, branch->limit.place, sizeof place);
    branch->limit = grl_limit_of(&orbit);
    if (orbit.end == GRL_END_OUTSIDE) onto_border(place);
    memcpy(branch->limit.place, place, sizeof place);
    if (status == GRL_OK && !grl_curve_add(&curve, place))
        status = grl_fail_memory(error, curve.count, 2 * sizeof *curve.points);
    branch->points = curve.points;
    branch->count = curve.count;
    return status;
}

grl_limit grl_limit_of(const grl_orbit *orbit)
{
    static const grl_limit_kind kinds[] = {
        [GRL_END_NONE] = GRL_LIMIT_UNDECIDED, [GRL_END_POINT] = GRL_LIMIT_POINT,
        [GRL_END_CYCLE] = GRL_LIMIT_CYCLE,    [GRL_END_OUTSIDE] = GRL_LIMIT_BOUNDARY,
        [GRL_END_LOST] = GRL_LIMIT_UNDECIDED,
    };
    grl_limit limit = {.kind = kinds[orbit->end], .place = {orbit->y[0], orbit->y[1]}};
    if (limit.kind == GRL_LIMIT_POINT || limit.kind == GRL_LIMIT_CYCLE) limit.which = orbit->which;
    return limit;
}

/* Branches that meet a saddle as nearly as can be told end there. */
static void end_in_saddles(grl_separatrices *out)
{
    for (size_t c = 0; c < out->connection_count; c++) {
        const grl_connection *connection = &out->connections[c];
        if (!(fabs(connection->gap) <= closed_gap)) continue;
        for (size_t b = 0; b < out->count; b++) {
            grl_branch *branch = &out->branches[b];
            int leaves = !branch->stable && branch->saddle == connection->from &&
                         branch->side == connection->from_side;
            int enters =
                branch->stable && branch->saddle == connection->to && branch->side == connection->to_side;
            if (!leaves && !enters) continue;
            branch->limit.kind = GRL_LIMIT_POINT;
            branch->limit.which = leaves ? connection->to : connection->from;
        }
    }
}

/* Rounds closer than `closest` about the point around which the branch winds most are cut off. */
static void cut_rounds(const follower *f, grl_branch *branch)
{
    const double *p = branch->points;
    size_t most = 0;
    double largest = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = pass ? most : 0; i < (pass ? most + 1 : f->plane->count); i++) {
            const double *c = f->plane->spots[i].h;
            double angle = 0, turn = 0, distance = INFINITY;
            for (size_t k = 1; k < branch->count; k++) {
                double u[2] = {p[2 * k - 2] - c[0], p[2 * k - 1] - c[1]},
                       v[2] = {p[2 * k] - c[0], p[2 * k + 1] - c[1]};
                double part = atan2(u[0] * v[1] - u[1] * v[0], u[0] * v[0] + u[1] * v[1]);
                angle += part;
                turn += part;
                if (!pass || fabs(turn) < 6.283185307179586) continue;
                double now = hypot(v[0], v[1]);
                if (fabs(distance - now) < f->options->closest) {
                    for (size_t m = k + 1; m < branch->count; m++)
                        branch->length -= hypot(p[2 * m] - p[2 * m - 2], p[2 * m + 1] - p[2 * m - 1]);
                    branch->count = k + 1;
                    memcpy(branch->limit.place, p + 2 * k, sizeof branch->limit.place);
                    return;
                }
                distance = now;
                turn = 0;
            }
            if (!pass && f->plane->spots[i].centre && fabs(angle) > largest) {
                largest = fabs(angle);
                most = i;
            }
        }
}

/* Branches that wind for longer than they are followed, as past two cycles that have met and vanished: where they
 * end is told by the march of the search for cycles, which goes by return maps. */
static grl_status decide_lost(follower *f, grl_error *error)
{
    enum { PATIENCE = 3000, MOST_STEPS = 60000 };
    size_t known = f->out->cycle_count;
    grl_hunt hunt = {.portrait = f->plane->portrait,
                     .plane = *f->plane,
                     .patience = PATIENCE,
                     .resolution = f->cycles->resolution,
                     .error = error};
    for (size_t b = 0; b < f->out->count && hunt.status == GRL_OK; b++) {
        grl_branch *branch = &f->out->branches[b];
        if (branch->limit.kind != GRL_LIMIT_UNDECIDED) continue;
        if (!hunt.cycles) {
            hunt.cycles = grl_calloc(known, sizeof *hunt.cycles);
            hunt.anchors = grl_calloc(known, sizeof *hunt.anchors);
            if (!hunt.cycles || !hunt.anchors) {
                hunt.status = grl_fail_memory(error, known, sizeof *hunt.cycles);
                break;
            }
            if (known > 0) memcpy(hunt.cycles, f->cycles->items, known * sizeof *hunt.cycles);
            hunt.count = hunt.capacity = hunt.anchors_capacity = known;
        }
        hunt.plane.gate_count = 0;
        hunt.plane.max_steps = hunt.plane.steps + MOST_STEPS;
        size_t place = grl_hunt_follow(&hunt, branch->limit.place, branch->stable ? -1 : 1);
        if (place < f->plane->count) {
            branch->limit.kind = GRL_LIMIT_POINT;
            branch->limit.which = place;
        } else if (place > f->plane->count && place <= f->plane->count + known) {
            branch->limit.kind = GRL_LIMIT_CYCLE;
            branch->limit.which = place - f->plane->count - 1;
        }
        /* Outside, or at a cycle that the search did not list: it stays undecided. */
        cut_rounds(f, branch);
    }
    for (size_t i = known; i < hunt.count; i++) grl_cycle_drop(&hunt.cycles[i]);
    free(hunt.cycles);
    free(hunt.anchors);
    return hunt.status;
}

static grl_status follow_all(follower *f, grl_error *error)
{
    grl_separatrices *out = f->out;
    const grl_portrait *portrait = f->plane->portrait;
    double *work = NULL;
    grl_status status = GRL_OK;
    size_t room = grl_cell_derivative_work(f->plane->cell), k = 0;
    for (size_t i = 0; i < portrait->count; i++) f->saddles += portrait->points[i].type == GRL_SADDLE;
    out->branches = grl_calloc(f->saddles, 4 * sizeof *out->branches);
    f->expansions = grl_calloc(f->saddles, 2 * sizeof *f->expansions);
    f->sections = grl_calloc(f->saddles, sizeof *f->sections);
    f->crossed = grl_calloc(f->saddles, 2);
    work = grl_calloc(room, sizeof *work);
    if (!out->branches || !f->expansions || !f->sections || !f->crossed || !work) {
        status = grl_fail_memory(error, f->saddles, 4 * sizeof *out->branches);
        goto done;
    }
    out->count = 4 * f->saddles;
    for (size_t i = 0; i < portrait->count; i++) {
        if (portrait->points[i].type != GRL_SADDLE) continue;
        grl_expansion_make(f->plane->cell, &portrait->points[i], 1, &f->expansions[2 * k], work);
        grl_expansion_make(f->plane->cell, &portrait->points[i], 0, &f->expansions[2 * k + 1], work);
        f->sections[k] =
            (section){fmin(widest_section, 0.25 * f->plane->spots[i].nearest), {(double)NAN, (double)NAN}};
        for (int b = 0; b < 4; b++) {
            grl_branch *branch = &out->branches[4 * k + (size_t)b];
            branch->saddle = i;
            branch->stable = b < 2;
            branch->side = b % 2 ? -1 : 1;
        }
        k++;
    }
    /* The stable ones first: gaps are measured against them. */
    for (int stable = 1; stable >= 0; stable--)
        for (size_t b = 0; b < out->count && status == GRL_OK; b++)
            if (out->branches[b].stable == stable) status = follow(f, b / 4, &out->branches[b], error);
    if (status == GRL_OK) status = decide_lost(f, error);
    if (status != GRL_OK) goto done;
    end_in_saddles(out);
    for (size_t b = 0; b < out->count; b++)
        out->undecided += out->branches[b].limit.kind == GRL_LIMIT_UNDECIDED;
done:
    free(work);
    free(f->crossed);
    free(f->expansions);
    free(f->sections);
    return status;
}

grl_separatrix_options grl_separatrix_defaults(void)
{
    return (grl_separatrix_options){
        .spacing = 0.005, .max_length = 100, .gap_tolerance = 1e-6, .basins = 1, .closest = 0.004};
}

static grl_status check(const grl_cell *cell, const grl_portrait *portrait, const grl_separatrix_options *o,
                        grl_error *error)
{
    size_t n = grl_cell_hidden_size(cell);
    if (n != 2 || portrait->hidden_size != 2 || portrait->time != GRL_CONTINUOUS)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "separatrices: expected a flow of two units and its portrait, found a %s of %zu and a "
            "portrait of %zu",
            portrait->time == GRL_CONTINUOUS ? "flow" : "map", n, portrait->hidden_size);
    if (!(o->spacing >= 1e-6 && o->spacing <= 1))
        return grl_fail(error, GRL_BAD_INPUT, "spacing: expected 1e-6 to 1, found %g", o->spacing);
    if (!(o->max_length > 0 && o->max_length / o->spacing <= 1e8))
        return grl_fail(error, GRL_BAD_INPUT,
                        "max_length: expected more than 0 and at most 1e8 spacings, found %g", o->max_length);
    if (!(o->closest >= 0))
        return grl_fail(error, GRL_BAD_INPUT, "closest: expected 0 or more, found %g", o->closest);
    if (!(o->gap_tolerance >= 0))
        return grl_fail(error, GRL_BAD_INPUT, "gap_tolerance: expected 0 or more, found %g",
                        o->gap_tolerance);
    return GRL_OK;
}

grl_status grl_separatrices_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                    const grl_separatrix_options *options, grl_separatrices **separatrices,
                                    grl_error *error)
{
    grl_separatrix_options defaults = grl_separatrix_defaults();
    const grl_separatrix_options *o = options ? options : &defaults;
    grl_cell *autonomous = NULL;
    grl_plane plane = {0};
    grl_cycles *found = NULL;
    const grl_cycles *cycles = portrait->cycles;
    *separatrices = NULL;
    grl_status status = check(cell, portrait, o, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    grl_separatrices *out = grl_calloc(1, sizeof *out);
    if (!out) status = grl_fail_memory(error, 1, sizeof *out);
    if (status == GRL_OK && !cycles) {
        status = grl_cycles_compute(cell, x, portrait, NULL, &found, error);
        cycles = found;
    }
    if (status == GRL_OK) status = grl_plane_create(autonomous, portrait, o->spacing, &plane, error);
    if (status == GRL_OK) status = grl_plane_know_cycles(&plane, cycles, error);
    if (status == GRL_OK) {
        out->gap_tolerance = o->gap_tolerance;
        out->cycles = grl_calloc(cycles->count, sizeof *out->cycles);
        if (!out->cycles) status = grl_fail_memory(error, cycles->count, sizeof *out->cycles);
    }
    for (size_t i = 0; status == GRL_OK && i < cycles->count; i++) {
        status = grl_curve_of_cycle(&plane, &cycles->items[i], o->spacing, &out->cycles[i], error);
        out->cycle_count += status == GRL_OK;
    }
    if (status == GRL_OK)
        status = follow_all(&(follower){.plane = &plane, .options = o, .cycles = cycles, .out = out}, error);
    if (status == GRL_OK && o->basins) status = grl_basins_make(&plane, out, error);
    grl_plane_free(&plane);
    grl_cycles_free(found);
    grl_cell_free(autonomous);
    if (status == GRL_OK)
        *separatrices = out;
    else
        grl_separatrices_free(out);
    return status;
}

void grl_separatrices_free(grl_separatrices *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->count; i++) free(s->branches[i].points);
    for (size_t i = 0; i < s->cycle_count; i++) free(s->cycles[i].points);
    for (size_t i = 0; i < s->ring_count; i++) free(s->rings[i].points);
    free(s->branches);
    free(s->connections);
    free(s->cycles);
    free(s->basins);
    free(s->rings);
    free(s);
}
