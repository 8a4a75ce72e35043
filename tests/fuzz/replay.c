/* replay.c: a main for fuzz targets without libFuzzer: gives each file of the directories named to the target
 * once. What a fuzzer once found stays found: a crash or a sanitizer's report ends the program. Fails if a
 * directory holds no file, so that a lost corpus is noticed. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return 1;
    int failed = 1;
    uint8_t *data = NULL;
    if (fseek(file, 0, SEEK_END)) goto done;
    long size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET)) goto done;
    /* Exactly the size, so that one byte read too far is seen. */
    data = malloc(size ? (size_t)size : 1);
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size) goto done;
    LLVMFuzzerTestOneInput(data, (size_t)size);
    failed = 0;
done:
    free(data);
    fclose(file);
    return failed;
}

static int replay_directory(const char *directory)
{
    DIR *stream = opendir(directory);
    if (!stream) {
        fprintf(stderr, "%s: cannot be opened.\n", directory);
        return 1;
    }
    int files = 0, failed = 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        char path[4096];
        int length = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof path || replay_file(path)) {
            fprintf(stderr, "%s/%s: cannot be read.\n", directory, entry->d_name);
            failed = 1;
        }
        files++;
    }
    closedir(stream);
    printf("%s: %d files\n", directory, files);
    return failed || files == 0;
}

int main(int argc, char **argv)
{
    int failed = argc < 2;
    for (int i = 1; i < argc; i++) failed |= replay_directory(argv[i]);
    return failed;
}
