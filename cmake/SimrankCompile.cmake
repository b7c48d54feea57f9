# How every file of simrank is compiled: warnings, determinism of floating point, sanitizers.
add_library(simrank_compile INTERFACE)
target_compile_options(simrank_compile INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wpointer-arith -Wcast-align -Wwrite-strings -Wundef
  -Wdouble-promotion -Wformat=2 -ffp-contract=off
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla>
  $<$<BOOL:${SIMRANK_WERROR}>:-Werror>)
if(SIMRANK_SANITIZE)
  target_compile_options(simrank_compile INTERFACE -fsanitize=${SIMRANK_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SIMRANK_SANITIZE})
endif()
