/* processes_mpi.c: several processes through MPI. The one file that includes mpi.h. */
#include "survey/processes.h"

#include "base/error.h"
#include "base/memory.h"

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>

enum { TAG = 1 };

static grl_status check(int code, grl_error *error)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length;
    if (code == MPI_SUCCESS) return GRL_OK;
    MPI_Error_string(code, text, &length);
    return grl_fail(error, GRL_IO, "MPI: %s", text);
}

static void finish(void)
{
    MPI_Finalize();
}

grl_status grl_processes(int *rank, int *count, grl_error *error)
{
    int begun, level;
    *rank = 0;
    *count = 1;
    /* Alone, the program need not be slowed down by MPI's start. */
    if (!getenv("OMPI_COMM_WORLD_SIZE") && !getenv("PMI_SIZE")) return GRL_OK;
    MPI_Initialized(&begun);
    if (!begun) {
        grl_status status = check(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level), error);
        if (status != GRL_OK) return status;
        MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
        atexit(finish);
    }
    grl_status status = check(MPI_Comm_rank(MPI_COMM_WORLD, rank), error);
    return status == GRL_OK ? check(MPI_Comm_size(MPI_COMM_WORLD, count), error) : status;
}

grl_status grl_processes_send(int to, const void *bytes, size_t size, grl_error *error)
{
    if (size > INT_MAX) return grl_fail(error, GRL_IO, "a message of %zu bytes is too long for MPI", size);
    return check(MPI_Send(bytes, (int)size, MPI_BYTE, to, TAG, MPI_COMM_WORLD), error);
}

grl_status grl_processes_receive(int from, unsigned char **bytes, size_t *size, grl_error *error)
{
    MPI_Status envelope;
    int length = 0;
    *bytes = NULL;
    grl_status status = check(MPI_Probe(from, TAG, MPI_COMM_WORLD, &envelope), error);
    if (status == GRL_OK) status = check(MPI_Get_count(&envelope, MPI_BYTE, &length), error);
    if (status != GRL_OK) return status;
    *size = (size_t)length;
    *bytes = grl_calloc(*size + 1, 1);
    if (!*bytes) return grl_fail_memory(error, *size, 1);
    return check(MPI_Recv(*bytes, length, MPI_BYTE, from, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE), error);
}

int grl_processes_waiting(int *from)
{
    MPI_Status envelope;
    int flag = 0;
    if (MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &flag, &envelope) != MPI_SUCCESS) return 0;
    *from = flag ? envelope.MPI_SOURCE : -1;
    return flag;
}
