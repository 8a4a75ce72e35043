/* meet.h (internal): processes of mpirun that wait for each other. */
#ifndef GRL_LEARN_MEET_H
#define GRL_LEARN_MEET_H

#include <grulens/status.h>

/* Waits until all `count` processes, of which this is `rank`, are here, each with what became of it so far. If one has
 * failed, so have all, so that none waits for it later: gives `mine` if that is no GRL_OK, else GRL_IO, with a message. */
grl_status grl_processes_meet(int rank, int count, grl_status mine, grl_error *error);

#endif
