# How every file of ours is compiled. -ffp-contract=off: proofs count roundings, and a fused multiply-add that
# the compiler puts in where it likes would change them. The same goes for bytes that one seed must give.

# Debug is for sanitizers and debuggers; without optimisation the proofs would take minutes there.
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")

function(grl_flags target)
  target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
  target_compile_options(${target} PRIVATE -ffp-contract=off
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla $<$<BOOL:${GRULENS_WERROR}>:-Werror>)
  if(GRULENS_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all
      -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
  if(GRULENS_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()
