/* A trajectory of a network from a file, run with: rotation.json. At alpha = 0.5 every trajectory but the
 * origin goes to a cycle of period 23.674. */
#include <grulens/grulens.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const double start[2] = {0.1, 0};
    grl_error error = {0};
    grl_model *model = NULL;
    grl_trajectory *trajectory = NULL;
    grl_simulate_options options = grl_simulate_defaults();
    int status = 1;

    options.until = 75;
    options.every = 15;
    if (argc < 2) return 2;
    if (grl_model_load(argv[1], NULL, &model, &error) || grl_model_set(model, "alpha", 0.5, &error) ||
        grl_simulate(grl_model_cell(model), start, NULL, NULL, &options, &trajectory, &error))
        goto done;
    for (size_t k = 0; k < trajectory->count; k++)
        printf("%4g %9.6f %9.6f\n", trajectory->times[k], trajectory->states[2 * k],
               trajectory->states[2 * k + 1]);
    status = 0;
done:
    if (status) fprintf(stderr, "%s\n", error.message);
    grl_trajectory_free(trajectory);
    grl_model_free(model);
    return status;
}
