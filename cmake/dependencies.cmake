# The libraries that libgrulens stands on. The same file serves this build and, installed, the builds of
# others (grulensConfig.cmake), so that the list exists once.

pkg_check_modules(OPENBLAS REQUIRED QUIET IMPORTED_TARGET openblas)
pkg_check_modules(LAPACKE REQUIRED QUIET IMPORTED_TARGET lapacke)
pkg_check_modules(CAIRO REQUIRED QUIET IMPORTED_TARGET cairo)
pkg_check_modules(JANSSON REQUIRED QUIET IMPORTED_TARGET jansson)
pkg_check_modules(LIBZIP REQUIRED QUIET IMPORTED_TARGET libzip)
pkg_check_modules(SQLITE REQUIRED QUIET IMPORTED_TARGET sqlite3)
pkg_check_modules(MUPARSER REQUIRED QUIET IMPORTED_TARGET muparser)

set(GRL_DEPENDENCIES PkgConfig::LAPACKE PkgConfig::OPENBLAS PkgConfig::CAIRO PkgConfig::JANSSON
  PkgConfig::LIBZIP PkgConfig::MUPARSER PkgConfig::SQLITE OpenMP::OpenMP_C m)
if(GRULENS_MPI)
  list(APPEND GRL_DEPENDENCIES MPI::MPI_C)
endif()
