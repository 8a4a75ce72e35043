/* The whole portrait by one call: each part where it applies and only if it is asked for, the same as by the calls of
 * the parts. */
#include "check.h"

#include <grulens/format.h>
#include <grulens/model.h>
#include <grulens/signature.h>
#include <grulens/whole.h>
#include <string.h>

#define EXAMPLES GRL_TEST_DATA "/../../examples/"

static grl_model *load(const char *name)
{
    grl_model *model = NULL;
    grl_error error = {0};
    if (grl_model_load(name, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    return model;
}

static grl_portrait *whole(const grl_model *model, grl_time time, unsigned parts)
{
    grl_portrait *portrait = NULL;
    grl_whole_options ask = grl_whole_defaults();
    ask.parts = parts;
    ask.points.time = time;
    ask.attractors.starts = 32;
    assert_int_equal(grl_whole_compute(grl_model_cell(model), NULL, &ask, &portrait, NULL), GRL_OK);
    return portrait;
}

static void test_parts_that_apply(void **state)
{
    static const struct {
        const char *name;
        grl_time time;
        unsigned parts;
    } cases[] = {
        {EXAMPLES "bistable.json", GRL_CONTINUOUS, GRL_PART_SLOW | GRL_PART_SIGNATURE},
        {EXAMPLES "rotation.json", GRL_CONTINUOUS,
         GRL_PART_CYCLES | GRL_PART_SEPARATRICES | GRL_PART_SLOW | GRL_PART_SIGNATURE},
        {EXAMPLES "rotation.json", GRL_DISCRETE,
         GRL_PART_MAP_MANIFOLDS | GRL_PART_SLOW | GRL_PART_ATTRACTORS | GRL_PART_SIGNATURE},
        {EXAMPLES "three_i.json", GRL_CONTINUOUS,
         GRL_PART_CYCLES | GRL_PART_SEPARATRICES | GRL_PART_SLOW | GRL_PART_SIGNATURE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_model *model = load(cases[i].name);
        for (unsigned mask = 0; mask < 2; mask++) {
            grl_portrait *p = whole(model, cases[i].time, mask ? GRL_PART_ALL : GRL_PART_SLOW);
            const unsigned found =
                (p->cycles ? GRL_PART_CYCLES : 0u) | (p->separatrices ? GRL_PART_SEPARATRICES : 0u) |
                (p->map_manifolds ? GRL_PART_MAP_MANIFOLDS : 0u) | (p->slow_manifolds ? GRL_PART_SLOW : 0u) |
                (p->attractors ? GRL_PART_ATTRACTORS : 0u) |
                (p->signature || p->signature_reason ? GRL_PART_SIGNATURE : 0u);
            assert_int_equal(found, mask ? cases[i].parts : GRL_PART_SLOW);
            grl_portrait_free(p);
        }
        grl_model_free(model);
    }
}

static void test_the_same_as_by_parts(void **state)
{
    (void)state;
    grl_model *model = load(EXAMPLES "rotation.json");
    assert_int_equal(grl_model_set(model, "alpha", 0.7, NULL), GRL_OK);
    const grl_cell *cell = grl_model_cell(model);
    grl_portrait *p = whole(model, GRL_CONTINUOUS, GRL_PART_ALL), *q = NULL;
    assert_int_equal(grl_portrait_compute(cell, NULL, NULL, &q, NULL), GRL_OK);
    assert_int_equal(grl_cycles_compute(cell, NULL, q, NULL, &q->cycles, NULL), GRL_OK);
    assert_int_equal(grl_separatrices_compute(cell, NULL, q, NULL, &q->separatrices, NULL), GRL_OK);
    assert_int_equal(grl_signature_compute(cell, NULL, q, NULL), GRL_OK);
    assert_int_equal(p->count, q->count);
    for (size_t k = 0; k < p->count; k++)
        assert_memory_equal(p->points[k].h, q->points[k].h, p->hidden_size * sizeof(double));
    assert_int_equal(p->cycles->count, 1);
    check_near(p->cycles->items[0].period, q->cycles->items[0].period, 0);
    assert_string_equal(p->signature, q->signature);
    grl_portrait_free(p);
    grl_portrait_free(q);
    grl_model_free(model);
}

static void test_progress_names_the_part(void **state)
{
    (void)state;
    grl_model *model = load(EXAMPLES "rotation.json");
    grl_portrait *portrait = NULL;
    grl_progress progress = {0};
    grl_whole_options ask = grl_whole_defaults();
    grl_error error = {0};
    ask.progress = &progress;
    ask.parts = GRL_PART_CYCLES;
    assert_null(grl_progress_part(&progress));
    assert_int_equal(grl_whole_compute(grl_model_cell(model), NULL, &ask, &portrait, NULL), GRL_OK);
    assert_string_equal(grl_progress_part(&progress), "cycles");
    grl_portrait_free(portrait);
    /* Stopped: no part is left over. */
    grl_progress_stop(&progress);
    assert_int_equal(grl_whole_compute(grl_model_cell(model), NULL, &ask, &portrait, &error), GRL_STOPPED);
    assert_null(portrait);
    grl_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_that_apply),
        cmocka_unit_test(test_the_same_as_by_parts),
        cmocka_unit_test(test_progress_names_the_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
