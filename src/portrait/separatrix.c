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
    grl_expansion *expansions; /* two for each saddle: stable, unstable */
    section *sections;         /* one for each saddle */
    size_t saddles;
    grl_separatrices *out;
    unsigned char *crossed; /* two for each saddle: sections that this branch has crossed */
    size_t capacity;        /* of the branch's points */
    size_t connection_capacity;
} follower;

/* Coordinates about a saddle along its stable and unstable eigenvector. */
static void local(const follower *f, size_t saddle, const double h[2], double *ys, double *yu)
{
    const grl_expansion *e = &f->expansions[2 * saddle];
    const double d[2] = {h[0] - e->h[0], h[1] - e->h[1]};
    split(e, d, ys, yu);
}

static grl_status add_point(follower *f, grl_branch *branch, const double h[2], grl_error *error)
{
    if (branch->count == f->capacity) {
        size_t wanted = f->capacity ? 2 * f->capacity : 256;
        double *grown = grl_resize(branch->points, wanted, 2 * sizeof *grown);
        if (!grown) return grl_fail_memory(error, wanted, 2 * sizeof *grown);
        branch->points = grown;
        f->capacity = wanted;
    }
    memcpy(branch->points + 2 * branch->count++, h, 2 * sizeof *h);
    return GRL_OK;
}

/* y_u where the last step passes y_s = side rho, between two times. */
static double on_section(follower *f, grl_orbit *orbit, size_t saddle, double level, double low, double high)
{
    double h[2], ys, yu, first;
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
    for (size_t k = 0; k < f->saddles && status == GRL_OK; k++) {
        double ys0, yu0, ys1, yu1, rho = f->sections[k].rho;
        if (branch->stable && k != own) continue;
        local(f, k, before, &ys0, &yu0);
        local(f, k, now, &ys1, &yu1);
        int side = ys0 > 0 ? 1 : -1;
        if (branch->stable) {
            double *place = &f->sections[k].place[branch->side < 0];
            if (isnan(*place) && side == branch->side && fabs(ys0) < rho && fabs(ys1) >= rho &&
                fabs(yu1) < rho)
                *place = on_section(f, orbit, k, side * rho, t0, t1);
        } else if (!f->crossed[2 * k + (side < 0)] && fabs(ys0) > rho && fabs(ys1) <= rho &&
                   fmin(fabs(yu0), fabs(yu1)) < rho) {
            double yu = on_section(f, orbit, k, side * rho, t0, t1);
            if (fabs(yu) >= rho) continue;
            f->crossed[2 * k + (side < 0)] = 1;
            status = note_gap(f, branch, k, side, yu, error);
        }
    }
    return status;
}

static grl_status follow(follower *f, size_t own, grl_branch *branch, grl_error *error)
{
    const grl_expansion *e = &f->expansions[2 * own + !branch->stable];
    const double spacing = f->options->spacing;
    const grl_orbit_options tight = {1e-11, 1e-13, f->options->max_length, 20000, 0};
    grl_orbit orbit;
    double start[2], before[2], now[2], next = spacing;
    double s = fmin(1e-3, fmax(1e-6, cbrt(1e-13 / (fabs(e->c3) + 1e-300))));
    s = fmin(s, 0.02 * f->plane->points[branch->saddle].nearest);
    seed(e, branch->side * s, start);
    branch->direction[0] = branch->side * e->v[0];
    branch->direction[1] = branch->side * e->v[1];
    f->capacity = 0;
    memset(f->crossed, 0, 2 * f->saddles);
    grl_status status = add_point(f, branch, e->h, error);
    branch->length = hypot(start[0] - e->h[0], start[1] - e->h[1]);
    memcpy(before, start, sizeof before);
    grl_orbit_start(&orbit, f->plane, start, branch->stable ? -1 : 1, &tight);
    while (status == GRL_OK && !orbit.ended) {
        status = grl_orbit_step(&orbit, error);
        if (status != GRL_OK) break;
        double t = orbit.t_old, span = orbit.t_stop - t;
        double chord = hypot(orbit.y[0] - orbit.y_old[0], orbit.y[1] - orbit.y_old[1]);
        int parts = 2 + (int)fmin(10000, 4 * chord / spacing);
        for (int k = 1; k <= parts && span > 0 && status == GRL_OK; k++) {
            double t_now = k == parts ? orbit.t_stop : t + span * k / parts;
            grl_orbit_at(&orbit, t_now, now);
            double piece = hypot(now[0] - before[0], now[1] - before[1]);
            status = look_at_sections(f, &orbit, branch, own, t + span * (k - 1) / parts, before, t_now, now,
                                      error);
            for (; next <= branch->length + piece && status == GRL_OK; next += spacing) {
                double part = (next - branch->length) / piece, h[2];
                grl_orbit_at(&orbit, t + span * (k - 1 + part) / parts, h);
                /* The pace is not the same all along the piece. */
                double along = hypot(h[0] - before[0], h[1] - before[1]);
                if (along > 0) part = fmin(1, part * (next - branch->length) / along);
                grl_orbit_at(&orbit, t + span * (k - 1 + part) / parts, h);
                status = add_point(f, branch, h, error);
            }
            branch->length += piece;
            memcpy(before, now, sizeof before);
        }
    }
    if (status == GRL_OK) status = add_point(f, branch, orbit.limit.place, error);
    branch->limit = orbit.limit;
    return status;
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
            (section){fmin(widest_section, 0.25 * f->plane->points[i].nearest), {(double)NAN, (double)NAN}};
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
    return (grl_separatrix_options){.spacing = 0.005, .max_length = 100, .gap_tolerance = 1e-6, .basins = 1};
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
    *separatrices = NULL;
    grl_status status = check(cell, portrait, o, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    grl_separatrices *out = grl_calloc(1, sizeof *out);
    if (!out) status = grl_fail_memory(error, 1, sizeof *out);
    if (status == GRL_OK) status = grl_plane_create(autonomous, portrait, o->spacing, &plane, error);
    for (size_t i = 0; status == GRL_OK && portrait->cycles && i < portrait->cycles->count; i++) {
        const grl_cycle *cycle = &portrait->cycles->items[i];
        status = grl_plane_add_cycle(&plane, cycle->points + 1, cycle->period, cycle->stable, error);
    }
    if (status == GRL_OK) {
        out->gap_tolerance = o->gap_tolerance;
        status = follow_all(&(follower){.plane = &plane, .options = o, .out = out}, error);
    }
    if (status == GRL_OK && o->basins) status = grl_basins_make(&plane, out, error);
    if (out) {
        out->cycle_count = plane.cycle_count;
        out->cycles = plane.cycles;
        plane.cycles = NULL;
        plane.cycle_count = 0;
    }
    grl_plane_free(&plane);
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
