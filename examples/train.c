/* Trains a network of one unit to remember one bit, and asks its portrait what it learned
 *     cc train.c $(pkg-config --cflags --libs grulens) -o train */
#include <grulens/grulens.h>
#include <stdio.h>

int main(void)
{
    grl_error error = {0};
    grl_training *training = NULL;
    grl_judgement *judgement = NULL;
    grl_problem problem = grl_problem_of(grl_task_find("flip-flop"));
    grl_status status = grl_problem_set(&problem, "bits", 1, &error);

    grl_training_settings settings = grl_training_defaults(&problem);
    settings.units = 1;
    if (status == GRL_OK) status = grl_train(&problem, NULL, &settings, NULL, 1, NULL, &training, &error);
    if (status == GRL_OK) status = grl_judge(training, NULL, NULL, &judgement, &error);
    if (status == GRL_OK) {
        printf("learned: %s\n", judgement->success == 1 ? "yes" : "no");
        printf("%zu stable fixed points, %s\n", judgement->points->stable,
               judgement->points->proven ? "proven to be all" : "not proven to be all");
    } else {
        fprintf(stderr, "%s\n", error.message);
    }
    grl_judgement_free(judgement);
    grl_training_free(training);
    return status == GRL_OK ? 0 : 1;
}
