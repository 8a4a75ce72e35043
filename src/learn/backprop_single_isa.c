/* backprop_single_isa.c: backpropagation in single precision. Compiled once for each instruction set. */
#include "num/elementary_vector.h"

#define REAL              float
#define VECTOR            vector_single
#define VECTOR_ALL        vector_all_single
#define VECTOR_FMA        vector_fma_single
#define VECTOR_FOLD_LANES vector_fold_single
#define TANH              elementary_tanh_vector_single
#define SIGMA             elementary_sigma_vector_single
#define KERNEL            grl_backprop_single_
#include "learn/backprop_lanes.h"
