/* processes_none.c: one process alone, where the library was built without MPI. */
#include "survey/processes.h"

#include "base/error.h"

#include <stdlib.h>

/* What mpirun leaves in the environment (Open MPI, MPICH). */
static int started_by_mpirun(void)
{
    return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE");
}

grl_status grl_processes(int *rank, int *count, grl_error *error)
{
    *rank = 0;
    *count = 1;
    if (started_by_mpirun())
        return grl_fail(
            error, GRL_BAD_INPUT,
            "this grulens was built without MPI and cannot be one of several processes of mpirun");
    return GRL_OK;
}

grl_status grl_processes_send(int to, const void *bytes, size_t size, grl_error *error)
{
    (void)bytes;
    return grl_fail(error, GRL_IO, "there is no process %d to send %zu bytes to", to, size);
}

grl_status grl_processes_receive(int from, unsigned char **bytes, size_t *size, grl_error *error)
{
    *bytes = NULL;
    *size = 0;
    return grl_fail(error, GRL_IO, "there is no process %d to hear from", from);
}

int grl_processes_waiting(int *from)
{
    *from = -1;
    return 0;
}
