/* text.c: the texts that reports hand out, and how they get into a file. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

void grl_text_free(char *text)
{
    free(text);
}

grl_status grl_text_save(const char *text, const char *path, grl_error *error)
{
    if (strcmp(path, "-") == 0)
        return grl_fail(error, GRL_BAD_INPUT, "expected the name of a file, found '-'");
    return grl_file_write(path, text, strlen(text), error);
}
