/* fuzz_safetensors.c: the reader of safetensors files, and the search for GRUs among tensors. */
#include "fuzz_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_model("m.safetensors", data, size, &grl_format_safetensors);
}
