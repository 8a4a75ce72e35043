/* isa.h: for the files that are compiled once for each instruction set (*_isa.c): names that differ between
 * the versions. */
#ifndef GRL_NUM_ISA_H
#define GRL_NUM_ISA_H

#define GRL_ISA_PASTE(a, b)  a##b
#define GRL_ISA_PASTED(a, b) GRL_ISA_PASTE(a, b)
#define GRL_ISA_QUOTE(a)     #a
#define GRL_ISA_QUOTED(a)    GRL_ISA_QUOTE(a)

#define GRL_ISA_NAME(stem) GRL_ISA_PASTED(stem, GRL_ISA) /* grl_kernels_avx2 */
#define GRL_ISA_TEXT       GRL_ISA_QUOTED(GRL_ISA)       /* "avx2" */

#endif
