/* meet.c: processes that wait for each other: each sends the first one a byte, 1 if it is sound, and it answers all with
 * 1 if all are. */
#include "learn/meet.h"

#include "base/error.h"
#include "survey/processes.h"

#include <stdlib.h>

/* *sound stays 1 if the other one is sound as well. */
static grl_status hear(int other, unsigned char *sound, grl_error *error)
{
    unsigned char *bytes;
    size_t size;
    grl_status status = grl_processes_receive(other, &bytes, &size, error);
    if (status != GRL_OK) return status;
    *sound = *sound && size == 1 && bytes[0];
    free(bytes);
    return GRL_OK;
}

grl_status grl_processes_meet(int rank, int count, grl_status mine, grl_error *error)
{
    grl_error *into = mine == GRL_OK ? error : NULL; /* the first error is told */
    grl_status status = GRL_OK;
    unsigned char sound = mine == GRL_OK;
    for (int other = 1; rank == 0 && status == GRL_OK && other < count; other++)
        status = hear(other, &sound, into);
    for (int other = 1; rank == 0 && status == GRL_OK && other < count; other++)
        status = grl_processes_send(other, &sound, 1, into);
    if (rank > 0) status = grl_processes_send(0, &sound, 1, into);
    if (rank > 0 && status == GRL_OK) status = hear(0, &sound, into);
    if (mine != GRL_OK) return mine;
    if (status == GRL_OK && !sound) status = grl_fail(error, GRL_IO, "another of the processes cannot go on");
    return status;
}
