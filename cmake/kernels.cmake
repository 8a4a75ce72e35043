# Batch kernels: a source named *_isa.c is compiled once for each instruction set, with GRL_ISA naming it. The
# dispatcher (src/num/dispatch.c) picks a version at run time. On a processor other than x86-64 only the portable
# version exists, and GRL_KERNELS_PORTABLE_ONLY is defined for the whole library.

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(GRL_X86_64 ON)
else()
  set(GRL_X86_64 OFF)
  add_compile_definitions(GRL_KERNELS_PORTABLE_ONLY=1)
endif()

# grl_kernel_objects(RESULT SOURCES...): RESULT becomes the list of objects to put into a library.
function(grl_kernel_objects result)
  set(objects)
  grl_kernel_variant(portable ${ARGN})
  list(APPEND objects $<TARGET_OBJECTS:grulens-kernels-portable>)
  if(GRL_X86_64)
    grl_kernel_variant(avx2 ${ARGN})
    target_compile_options(grulens-kernels-avx2 PRIVATE -mavx2 -mfma)
    grl_kernel_variant(avx512 ${ARGN})
    target_compile_options(grulens-kernels-avx512 PRIVATE -mavx512f -mavx512dq -mavx512vl -mavx2 -mfma
      -mprefer-vector-width=512)
    list(APPEND objects $<TARGET_OBJECTS:grulens-kernels-avx2> $<TARGET_OBJECTS:grulens-kernels-avx512>)
  endif()
  set(${result} ${objects} PARENT_SCOPE)
endfunction()

function(grl_kernel_variant name)
  set(target grulens-kernels-${name})
  add_library(${target} OBJECT ${ARGN})
  target_include_directories(${target} PRIVATE src include)
  target_compile_definitions(${target} PRIVATE GRL_ISA=${name})
  grl_flags(${target})
  target_compile_options(${target} PRIVATE -O3 -fno-math-errno -fno-trapping-math)
endfunction()
