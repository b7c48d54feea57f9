# What `cmake --install` puts where: the program, the shared and the static library, the header, and what lets others
# find them (CMake package `simrank`, pkg-config `simrank`).
include(CMakePackageConfigHelpers)

install(FILES src/simrank.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS simrank EXPORT simrankTargets)
install(EXPORT simrankTargets NAMESPACE simrank:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simrank)
# A set of its own: only who links the static library needs its dependencies.
install(TARGETS simrank_static simrank_dependencies EXPORT simrankStaticTargets)
install(EXPORT simrankStaticTargets NAMESPACE simrank:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simrank)
if(TARGET simrank_program)
  install(TARGETS simrank_program)
  # The program prints its own man page and completions.
  set(printed ${CMAKE_CURRENT_BINARY_DIR}/printed)
  add_custom_command(OUTPUT ${printed}/simrank.1 ${printed}/bash ${printed}/zsh ${printed}/fish
    COMMAND ${CMAKE_COMMAND} -E make_directory ${printed}
    COMMAND simrank_program --man > ${printed}/simrank.1
    COMMAND simrank_program --completions bash > ${printed}/bash
    COMMAND simrank_program --completions zsh > ${printed}/zsh
    COMMAND simrank_program --completions fish > ${printed}/fish
    DEPENDS simrank_program VERBATIM)
  add_custom_target(simrank_printed ALL DEPENDS ${printed}/simrank.1)
  install(FILES ${printed}/simrank.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${printed}/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME simrank)
  install(FILES ${printed}/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _simrank)
  install(FILES ${printed}/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME simrank.fish)
endif()

configure_package_config_file(cmake/simrankConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/simrankConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simrank)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/simrankConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/simrankConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/simrankConfigVersion.cmake
  cmake/SimrankDependencies.cmake cmake/FindLibcsv.cmake cmake/FindLibstemmer.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simrank)

configure_file(cmake/simrank.pc.in simrank.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/simrank.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
