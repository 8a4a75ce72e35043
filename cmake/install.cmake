# make install: headers, libraries, program, manual page, and what pkg-config and CMake need to find them.
# Both of these files find the prefix from where they lie, so the tree may be moved.

include(CMakePackageConfigHelpers)

install(DIRECTORY include/grulens DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
install(TARGETS ${GRL_LIBRARIES} EXPORT grulens-targets)
if(TARGET grulens-program)
  install(TARGETS grulens-program)
  install(FILES ${PROJECT_BINARY_DIR}/grulens.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

# Against the archive everybody links what it stands on; against the shared library nobody does.
set(GRL_PC_PACKAGES "openblas, lapacke, cairo, jansson, libzip, muparser, sqlite3")
set(GRL_PC_LIBS "${OpenMP_C_FLAGS} -lm")
if(GRULENS_MPI)
  list(JOIN MPI_C_LIBRARIES " " mpi)
  string(PREPEND GRL_PC_LIBS "${mpi} ")
endif()
if(BUILD_SHARED_LIBS)
  set(GRL_PC_USES "Requires.private: ${GRL_PC_PACKAGES}\nLibs: -L\${libdir} -lgrulens\nLibs.private: ${GRL_PC_LIBS}")
else()
  set(GRL_PC_USES "Requires: ${GRL_PC_PACKAGES}\nLibs: -L\${libdir} -lgrulens ${GRL_PC_LIBS}")
endif()
file(RELATIVE_PATH GRL_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" GRL_PC_PREFIX ${GRL_PC_PREFIX})
configure_file(cmake/grulens.pc.in ${PROJECT_BINARY_DIR}/grulens.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/grulens.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/grulens)
configure_package_config_file(cmake/grulensConfig.cmake.in ${PROJECT_BINARY_DIR}/grulensConfig.cmake
  INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/grulensConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT grulens-targets NAMESPACE grulens:: DESTINATION ${package})
install(FILES ${PROJECT_BINARY_DIR}/grulensConfig.cmake ${PROJECT_BINARY_DIR}/grulensConfigVersion.cmake
  cmake/dependencies.cmake DESTINATION ${package})
