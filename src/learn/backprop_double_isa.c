/* backprop_double_isa.c: backpropagation in double precision. Compiled once for each instruction set. */
#include "num/elementary_vector.h"

#define REAL              double
#define VECTOR            vector_double
#define VECTOR_ALL        vector_all_double
#define VECTOR_FMA        vector_fma_double
#define VECTOR_FOLD_LANES vector_fold_double
#define TANH              elementary_tanh_vector_double
#define SIGMA             elementary_sigma_vector_double
#define KERNEL            grl_backprop_double_
#include "learn/backprop_lanes.h"
