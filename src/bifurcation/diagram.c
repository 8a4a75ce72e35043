/* diagram.c: the container of what was found along parameters: branches, special points, curves, regions.
 *
 * The public struct has counts and no capacities: an array that is full at `count` items is one whose count
 * is 0 or a power of two from 16 on, and is then doubled. Every array of a branch grows by this rule, so a
 * failed allocation among several leaves some with more room than needed, and nothing else. */
#include "bifurcation/diagram.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

/* Room for one item of `width` numbers more. */
static bool make_room(void **block, size_t count, size_t width, size_t size)
{
    size_t items = count == 0 ? FIRST_ROOM : 2 * count, total;
    if (count > 0 && (count < FIRST_ROOM || (count & (count - 1)) != 0)) return true;
    if (!grl_product(items, width, &total)) return false;
    void *grown = grl_resize(*block, total, size);
    if (!grown) return false;
    *block = grown;
    return true;
}

static bool room_for_numbers(double **block, size_t count, size_t width)
{
    return make_room((void **)block, count, width, sizeof **block);
}

static grl_status no_room(grl_error *error)
{
    return grl_fail(error, GRL_NO_MEMORY, "not enough memory for another point of the diagram");
}

grl_status grl_diagram_create(size_t hidden_size, size_t parameters, const char *const *names,
                              const double *low, const double *high, grl_time time, double dt,
                              grl_diagram **diagram, grl_error *error)
{
    grl_diagram *made = grl_calloc(1, sizeof *made);
    *diagram = NULL;
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    made->hidden_size = hidden_size;
    made->parameters = parameters;
    made->time = time;
    made->dt = dt;
    for (size_t k = 0; k < parameters; k++) {
        made->low[k] = low[k];
        made->high[k] = high[k];
        made->names[k] = grl_strdup(names[k]);
        if (!made->names[k]) {
            grl_diagram_free(made);
            return grl_fail(error, GRL_NO_MEMORY, "not enough memory for the name of a parameter");
        }
    }
    *diagram = made;
    return GRL_OK;
}

static void free_branch(grl_diagram_branch *branch)
{
    free(branch->p);
    free(branch->h);
    free(branch->values);
    free(branch->unstable);
    free(branch->period);
    free(branch->low);
    free(branch->high);
}

static void free_curve(grl_curve *curve)
{
    free(curve->p);
    free(curve->h);
    free(curve->omega);
    free(curve->period);
    free(curve->test);
}

void grl_diagram_free(grl_diagram *diagram)
{
    if (!diagram) return;
    for (size_t k = 0; k < diagram->parameters; k++) free(diagram->names[k]);
    for (size_t i = 0; i < diagram->branch_count; i++) free_branch(&diagram->branches[i]);
    for (size_t i = 0; i < diagram->special_count; i++) free(diagram->special[i].h);
    for (size_t i = 0; i < diagram->curve_count; i++) free_curve(&diagram->curves[i]);
    for (size_t i = 0; i < diagram->region_count; i++) {
        free(diagram->regions[i].name);
        free(diagram->regions[i].signature);
        grl_cell_free(diagram->regions[i].cell);
        grl_portrait_free(diagram->regions[i].portrait);
    }
    free(diagram->branches);
    free(diagram->special);
    free(diagram->curves);
    free(diagram->regions);
    free(diagram);
}

grl_status grl_diagram_add_branch(grl_diagram *diagram, grl_branch_kind kind, size_t *index, grl_error *error)
{
    if (!make_room((void **)&diagram->branches, diagram->branch_count, 1, sizeof *diagram->branches))
        return no_room(error);
    diagram->branches[diagram->branch_count] = (grl_diagram_branch){
        .kind = kind, .end = {GRL_BRANCH_STEPS, GRL_BRANCH_STEPS}, .end_special = {SIZE_MAX, SIZE_MAX}};
    *index = diagram->branch_count++;
    return GRL_OK;
}

grl_status grl_diagram_add_curve(grl_diagram *diagram, grl_special_type type, size_t *index, grl_error *error)
{
    if (!make_room((void **)&diagram->curves, diagram->curve_count, 1, sizeof *diagram->curves))
        return no_room(error);
    diagram->curves[diagram->curve_count] = (grl_curve){
        .type = type, .end = {GRL_BRANCH_STEPS, GRL_BRANCH_STEPS}, .end_special = {SIZE_MAX, SIZE_MAX}};
    *index = diagram->curve_count++;
    return GRL_OK;
}

grl_status grl_diagram_add_point(grl_diagram *diagram, size_t branch, const double *p, const double *h,
                                 const double *values, int unstable, double period, const double *low,
                                 const double *high, grl_error *error)
{
    const size_t n = diagram->hidden_size, k = diagram->parameters;
    grl_diagram_branch *to = &diagram->branches[branch];
    const size_t i = to->count;
    const bool cycle = to->kind == GRL_BRANCH_CYCLE;
    if (!room_for_numbers(&to->p, i, k) || !room_for_numbers(&to->h, i, n) ||
        !room_for_numbers(&to->values, i, 2 * n) ||
        !make_room((void **)&to->unstable, i, 1, sizeof *to->unstable) ||
        (cycle && (!room_for_numbers(&to->period, i, 1) || !room_for_numbers(&to->low, i, n) ||
                   !room_for_numbers(&to->high, i, n))))
        return no_room(error);
    memcpy(to->p + i * k, p, k * sizeof *p);
    memcpy(to->h + i * n, h, n * sizeof *h);
    memcpy(to->values + i * 2 * n, values, 2 * n * sizeof *values);
    to->unstable[i] = unstable;
    if (cycle) {
        to->period[i] = period;
        memcpy(to->low + i * n, low, n * sizeof *low);
        memcpy(to->high + i * n, high, n * sizeof *high);
    }
    to->count++;
    return GRL_OK;
}

grl_status grl_diagram_add_curve_point(grl_diagram *diagram, size_t curve, const double *p, const double *h,
                                       double omega, double period, double test, grl_error *error)
{
    const size_t n = diagram->hidden_size;
    grl_curve *to = &diagram->curves[curve];
    const size_t i = to->count;
    if (!room_for_numbers(&to->p, i, 2) || !room_for_numbers(&to->h, i, n) ||
        !room_for_numbers(&to->omega, i, 1) || !room_for_numbers(&to->period, i, 1) ||
        !room_for_numbers(&to->test, i, 1))
        return no_room(error);
    memcpy(to->p + 2 * i, p, 2 * sizeof *p);
    memcpy(to->h + i * n, h, n * sizeof *h);
    to->omega[i] = omega;
    to->period[i] = period;
    to->test[i] = test;
    to->count++;
    return GRL_OK;
}

grl_status grl_diagram_add_special(grl_diagram *diagram, const grl_special *special, size_t *index,
                                   grl_error *error)
{
    const size_t n = diagram->hidden_size;
    double *h = grl_calloc(n, sizeof *h);
    if (!h || !make_room((void **)&diagram->special, diagram->special_count, 1, sizeof *diagram->special)) {
        free(h);
        return no_room(error);
    }
    memcpy(h, special->h, n * sizeof *h);
    diagram->special[diagram->special_count] = *special;
    diagram->special[diagram->special_count].h = h;
    *index = diagram->special_count++;
    return GRL_OK;
}

grl_status grl_diagram_add_region(grl_diagram *diagram, const grl_region *region, grl_error *error)
{
    grl_region made = *region;
    made.name = grl_strdup(region->name ? region->name : "");
    made.signature = region->signature ? grl_strdup(region->signature) : NULL;
    if (!made.name || (region->signature && !made.signature) ||
        !make_room((void **)&diagram->regions, diagram->region_count, 1, sizeof *diagram->regions)) {
        free(made.name);
        free(made.signature);
        return no_room(error);
    }
    diagram->regions[diagram->region_count++] = made;
    return GRL_OK;
}

/* Exchanges rows i and count - 1 - i of `width` numbers. */
static void turn_rows(double *rows, size_t count, size_t width)
{
    if (!rows) return;
    for (size_t i = 0; i < count / 2; i++)
        for (size_t j = 0; j < width; j++) {
            double *a = rows + i * width + j, *b = rows + (count - 1 - i) * width + j, t = *a;
            *a = *b;
            *b = t;
        }
}

static void turn_ends(grl_branch_end *end, size_t *special)
{
    grl_branch_end e = end[0];
    size_t s = special[0];
    end[0] = end[1];
    end[1] = e;
    special[0] = special[1];
    special[1] = s;
}

void grl_diagram_turn_branch(grl_diagram *diagram, size_t branch)
{
    const size_t n = diagram->hidden_size;
    grl_diagram_branch *b = &diagram->branches[branch];
    turn_rows(b->p, b->count, diagram->parameters);
    turn_rows(b->h, b->count, n);
    turn_rows(b->values, b->count, 2 * n);
    turn_rows(b->period, b->count, 1);
    turn_rows(b->low, b->count, n);
    turn_rows(b->high, b->count, n);
    for (size_t i = 0; i < b->count / 2; i++) {
        int t = b->unstable[i];
        b->unstable[i] = b->unstable[b->count - 1 - i];
        b->unstable[b->count - 1 - i] = t;
    }
    turn_ends(b->end, b->end_special);
    for (size_t i = 0; i < diagram->special_count; i++)
        if (diagram->special[i].branch == branch)
            diagram->special[i].point = b->count - 1 - diagram->special[i].point;
}

void grl_diagram_turn_curve(grl_diagram *diagram, size_t curve)
{
    grl_curve *c = &diagram->curves[curve];
    turn_rows(c->p, c->count, 2);
    turn_rows(c->h, c->count, diagram->hidden_size);
    turn_rows(c->omega, c->count, 1);
    turn_rows(c->period, c->count, 1);
    turn_rows(c->test, c->count, 1);
    turn_ends(c->end, c->end_special);
}

void grl_diagram_drop_branch(grl_diagram *diagram)
{
    const size_t last = --diagram->branch_count;
    free_branch(&diagram->branches[last]);
    for (size_t i = 0; i < diagram->special_count; i++)
        if (diagram->special[i].branch == last) diagram->special[i].branch = SIZE_MAX;
    /* Room that is left over is found again by the rule of growth. */
}

void grl_diagram_drop_curve(grl_diagram *diagram)
{
    free_curve(&diagram->curves[--diagram->curve_count]);
}

size_t grl_diagram_find_special(const grl_diagram *diagram, size_t first, grl_special_type type,
                                const double *p, const double *h, double tolerance)
{
    const size_t n = diagram->hidden_size;
    for (size_t i = first; i < diagram->special_count; i++) {
        const grl_special *s = &diagram->special[i];
        bool same = s->type == type;
        for (size_t k = 0; same && k < diagram->parameters; k++)
            same = fabs(s->p[k] - p[k]) <= tolerance * (diagram->high[k] - diagram->low[k]);
        for (size_t j = 0; h && same && j < n; j++) same = fabs(s->h[j] - h[j]) <= tolerance;
        if (same) return i;
    }
    return SIZE_MAX;
}
