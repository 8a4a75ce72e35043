/* backprop_double_isa.c: backpropagation in double precision. Compiled once for each instruction set. */
#include "num/elementary.h"
#include "num/vector.h"

#define REAL       double
#define VECTOR     vector_double
#define VECTOR_FMA vector_fma_double
#define FMA        fma
#define TANH       elementary_tanh
#define SIGMA      elementary_sigma
#define KERNEL     grl_backprop_double_
#include "learn/backprop_lanes.h"
