# Every outside library, in one interface target. Debian names stand in tools/setup and the README.
find_package(PkgConfig REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(Libcsv REQUIRED)
find_package(simdjson REQUIRED)
find_package(LibArchive REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
find_library(STEMMER_LIBRARY stemmer REQUIRED)
find_path(STEMMER_INCLUDE_DIR libstemmer.h REQUIRED)

add_library(simrank_dependencies INTERFACE)
target_include_directories(simrank_dependencies SYSTEM INTERFACE ${STEMMER_INCLUDE_DIR})
target_link_libraries(simrank_dependencies INTERFACE OpenMP::OpenMP_C Libcsv::Libcsv simdjson::simdjson
  LibArchive::LibArchive PkgConfig::XXHASH PkgConfig::ZSTD PkgConfig::UTF8PROC ${STEMMER_LIBRARY})
