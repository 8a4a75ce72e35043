/* fuzz_torch.c: the reader of PyTorch files: zip archives, the legacy layout (which no checksum guards, so
 * that the pickle machine is reached by mutation) and bare pickles. */
#include "fuzz_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_model("m.pt", data, size, NULL);
}
