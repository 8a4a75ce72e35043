/* A network written down in C: U_h = 3 R(1.2), R a rotation, all else 0. Its only fixed point is the origin,
 * with eigenvalues (3/2 cos(1.2) - 1)/2 +- 3/4 sin(1.2) i. Saves the network as rotation_1.2.json. */
#include <grulens/grulens.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
    grl_error error = {0};
    grl_cell *cell = NULL;
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    int status = 1;

    if (grl_cell_create(2, 0, GRL_RESET_BEFORE, &cell, &error)) goto done;
    double *U_h = grl_cell_block(cell, GRL_U_H);
    U_h[0] = U_h[3] = 3 * cos(1.2);
    U_h[2] = 3 * sin(1.2);
    U_h[1] = -U_h[2];

    if (grl_portrait_compute(cell, NULL, NULL, &portrait, &error)) goto done;
    for (size_t i = 0; i < portrait->count; i++) {
        const grl_fixed_point *point = &portrait->points[i];
        printf("%s, eigenvalues %.9f +- %.9f i\n", grl_point_type_name(point->type), point->eigenvalues[0],
               fabs(point->eigenvalues[1]));
    }

    /* The model takes the cell over. */
    grl_status made = grl_model_create(cell, &model, &error);
    cell = NULL;
    if (made || grl_model_save(model, "rotation_1.2.json", &error)) goto done;
    status = 0;
done:
    if (status) fprintf(stderr, "%s\n", error.message);
    grl_portrait_free(portrait);
    grl_model_free(model);
    grl_cell_free(cell);
    return status;
}
