/* processes.h (internal): several processes of one program that send each other bytes. With MPI (processes_mpi.c)
 * those that mpirun started; without it (processes_none.c) one alone. */
#ifndef GRL_SURVEY_PROCESSES_H
#define GRL_SURVEY_PROCESSES_H

#include <grulens/status.h>
#include <stddef.h>

/* Who this is, of how many. Starts MPI if the program was started by mpirun, once; it ends with the program. */
grl_status grl_processes(int *rank, int *count, grl_error *error);

/* One message at a time between two processes, in order. Received bytes are to be freed with free(). */
grl_status grl_processes_send(int to, const void *bytes, size_t size, grl_error *error);
grl_status grl_processes_receive(int from, unsigned char **bytes, size_t *size, grl_error *error);

/* Does any message wait? From whom is then in *from. */
int grl_processes_waiting(int *from);

#endif
