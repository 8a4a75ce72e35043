/* Where the networks of a family change what they do; run with: rotation.json
 *     cc bifurcations.c $(pkg-config --cflags --libs grulens) -o bifurcations */
#include <grulens/grulens.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const grl_vary vary = {.name = "alpha", .low = 0.3, .high = 1.2};
    grl_bifurcation_options options = grl_bifurcation_defaults();
    grl_error error = {0};
    grl_model *model = NULL;
    grl_diagram *diagram = NULL;
    options.cycles = 0;
    if (argc != 2 || grl_model_load(argv[1], NULL, &model, &error) ||
        grl_bifurcation_compute(model, NULL, NULL, 1, &vary, &options, &diagram, &error)) {
        fprintf(stderr, "%s\n", argc == 2 ? error.message : "usage: bifurcations MODEL");
        grl_model_free(model);
        return 1;
    }
    printf("branches of fixed points: %zu\n", diagram->branch_count);
    for (size_t i = 0; i < diagram->special_count; i++) {
        const grl_special *special = &diagram->special[i];
        printf("%s at %s = %.9f", grl_special_name(special->type), diagram->names[0], special->p[0]);
        for (int k = 0; k < special->coefficients; k++)
            printf(", %s = %.6f", grl_special_coefficient(special->type, k), special->normal_form[k]);
        printf("\n");
    }
    grl_diagram_free(diagram);
    grl_model_free(model);
    return 0;
}
