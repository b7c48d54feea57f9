# How every file of simrank is compiled: warnings, determinism of floating point, sanitizers. No -march: files that use
# an instruction set of their own get its flag file by file.
add_library(simrank_compile INTERFACE)
target_compile_options(simrank_compile INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wpointer-arith -Wcast-align -Wwrite-strings -Wundef
  -Wdouble-promotion -Wformat=2 -ffp-contract=off -fno-math-errno
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla>
  $<$<BOOL:${SIMRANK_WERROR}>:-Werror>)

# Build type for sanitizers: fast enough for whole data sets, assertions on, true stack traces.
set(CMAKE_C_FLAGS_SANITIZE "-O1 -g -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g -fno-omit-frame-pointer")

if(SIMRANK_SANITIZE)
  target_compile_options(simrank_compile INTERFACE -fsanitize=${SIMRANK_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SIMRANK_SANITIZE})
endif()
if(SIMRANK_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "SIMRANK_FUZZ needs clang: libFuzzer is part of it")
  endif()
  target_compile_options(simrank_compile INTERFACE -fsanitize=fuzzer-no-link)
endif()
