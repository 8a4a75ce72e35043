# Batch kernels: one source, compiled once for each instruction set, each time under another name for its
# table of functions, GRL_KERNELS. The dispatcher picks a table at run time. On a processor other than x86-64
# only the portable table exists, and GRL_KERNELS_PORTABLE_ONLY is defined for the whole library.

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(GRL_X86_64 ON)
else()
  set(GRL_X86_64 OFF)
  add_compile_definitions(GRL_KERNELS_PORTABLE_ONLY=1)
endif()

# grl_kernel_objects(RESULT SOURCE): RESULT becomes the list of objects to put into a library.
function(grl_kernel_objects result source)
  set(objects)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${source})
    grl_kernel_variant(portable ${source})
    list(APPEND objects $<TARGET_OBJECTS:grulens-kernels-portable>)
    if(GRL_X86_64)
      grl_kernel_variant(avx2 ${source} -mavx2 -mfma)
      grl_kernel_variant(avx512 ${source} -mavx512f -mavx512dq -mavx512vl -mavx2 -mfma
        -mprefer-vector-width=512)
      list(APPEND objects $<TARGET_OBJECTS:grulens-kernels-avx2> $<TARGET_OBJECTS:grulens-kernels-avx512>)
    endif()
  endif()
  set(${result} ${objects} PARENT_SCOPE)
endfunction()

function(grl_kernel_variant name source)
  set(target grulens-kernels-${name})
  add_library(${target} OBJECT ${source})
  target_include_directories(${target} PRIVATE src include)
  target_compile_definitions(${target} PRIVATE GRL_KERNELS=grl_kernels_${name})
  grl_flags(${target})
  target_compile_options(${target} PRIVATE -O3 -fno-math-errno -fno-trapping-math ${ARGN})
endfunction()
