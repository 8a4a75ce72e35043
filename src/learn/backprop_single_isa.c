/* backprop_single_isa.c: backpropagation in single precision. Compiled once for each instruction set. */
#include "num/elementary_single.h"
#include "num/vector.h"

#define REAL       float
#define VECTOR     vector_single
#define VECTOR_FMA vector_fma_single
#define FMA        fmaf
#define TANH       elementary_tanh_single
#define SIGMA      elementary_sigma_single
#define KERNEL     grl_backprop_single_
#include "learn/backprop_lanes.h"
