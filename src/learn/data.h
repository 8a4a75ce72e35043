/* data.h (internal): recorded trajectories from memory. */
#ifndef GRL_LEARN_DATA_H
#define GRL_LEARN_DATA_H

#include <grulens/task.h>

/* grl_dataset_load from memory; `name` stands for the path. */
grl_status grl_dataset_read(const char *name, const unsigned char *bytes, size_t size, double time_step,
                            grl_dataset **data, grl_error *error);

#endif
