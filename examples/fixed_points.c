/* The fixed points of the network in a file; run with: three_i.json
 *     cc fixed_points.c $(pkg-config --cflags --libs grulens) -o fixed_points */
#include <grulens/grulens.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    grl_error error = {0};
    if (argc != 2 || grl_model_load(argv[1], NULL, &model, &error) ||
        grl_portrait_compute(grl_model_cell(model), NULL, NULL, &portrait, &error))
        return fprintf(stderr, "%s\n", argc == 2 ? error.message : "usage: fixed_points MODEL"), 1;
    for (size_t i = 0; i < portrait->count; i++)
        printf("%-14s h[0] = %+.12f\n", grl_point_type_name(portrait->points[i].type),
               portrait->points[i].h[0] + 0.0);
    printf("%zu fixed points, %s\n", portrait->count, portrait->complete ? "proven complete" : "as found");
    grl_portrait_free(portrait);
    grl_model_free(model);
    return 0;
}
