/* fuzz_pickle.c: the pickle machine behind a zip archive's checksums. The bytes become PREFIX/data.pkl of an
 * archive that also holds storages 0 to 15 of 512 bytes each. */
#include "fuzz_model.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 65536, STORAGE = 512, ENTRIES = 17 };

typedef struct archive {
    uint8_t bytes[LARGEST + ENTRIES * (STORAGE + 256)];
    size_t size;
} archive;

static void add(archive *a, const void *bytes, size_t size)
{
    memcpy(a->bytes + a->size, bytes, size);
    a->size += size;
}

static void add_number(archive *a, size_t number, int width)
{
    for (int k = 0; k < width; k++) a->bytes[a->size++] = (uint8_t)(number >> 8 * k);
}

/* The CRC-32 of zip: polynomial 0xedb88320, reflected. */
static uint32_t checksum(const uint8_t *bytes, size_t size)
{
    uint32_t sum = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        sum ^= bytes[i];
        for (int k = 0; k < 8; k++) sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

/* What the local header and the directory have in common: stored, 1 January 1980. */
static void add_facts(archive *a, uint32_t sum, size_t size, const char *name)
{
    add(a, "\x14\0\0\0\0\0\0\0\x21\0", 10);
    add_number(a, sum, 4);
    add_number(a, size, 4);
    add_number(a, size, 4);
    add_number(a, strlen(name), 2);
    add_number(a, 0, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static archive a; /* too large for the stack */
    char names[ENTRIES][16] = {"a/data.pkl"};
    uint8_t storage[STORAGE];
    size_t place[ENTRIES], sizes[ENTRIES] = {size};
    if (size > LARGEST) return 0;
    /* Halves, singles and doubles of moderate size. */
    for (size_t i = 0; i < STORAGE; i++) storage[i] = i % 2 ? 0x3b : (uint8_t)i;
    uint32_t sums[ENTRIES] = {checksum(data, size)}, sum = checksum(storage, STORAGE);
    for (int i = 1; i < ENTRIES; i++) {
        snprintf(names[i], sizeof names[i], "a/data/%d", i - 1);
        sizes[i] = STORAGE;
        sums[i] = sum;
    }
    a.size = 0;
    for (int i = 0; i < ENTRIES; i++) {
        place[i] = a.size;
        add(&a, "PK\3\4", 4);
        add_facts(&a, sums[i], sizes[i], names[i]);
        add(&a, names[i], strlen(names[i]));
        add(&a, i ? storage : data, sizes[i]);
    }
    size_t directory = a.size;
    for (int i = 0; i < ENTRIES; i++) {
        add(&a, "PK\1\2\x14\0", 6);
        add_facts(&a, sums[i], sizes[i], names[i]);
        add(&a, "\0\0\0\0\0\0\0\0\0", 10);
        add_number(&a, place[i], 4);
        add(&a, names[i], strlen(names[i]));
    }
    size_t length = a.size - directory;
    add(&a, "PK\5\6\0\0\0\0", 8);
    add_number(&a, ENTRIES, 2);
    add_number(&a, ENTRIES, 2);
    add_number(&a, length, 4);
    add_number(&a, directory, 4);
    add_number(&a, 0, 2);
    return fuzz_model("m.pt", a.bytes, a.size, NULL);
}
