/* fuzz_json.c: the reader of grulens-model documents. */
#include "fuzz_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_model("m.json", data, size, &grl_format_json);
}
