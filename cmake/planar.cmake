# The planar path: the cell and the proven fixed points of up to a few units, from these files alone, with plain
# C and libm: no LAPACK, Cairo, files or threads. This is what is to become WebAssembly. A test links it so
# (tests/planar) and looks at what it asks of the system.

set(GRL_PLANAR_SOURCES
  src/base/error.c
  src/base/memory.c
  src/base/progress.c
  src/base/text.c
  src/num/dispatch.c
  src/num/kernels_isa.c
  src/num/ode.c
  src/num/ode_event.c
  src/num/ode_methods.c
  src/cell/box.c
  src/cell/box_isa.c
  src/cell/cell.c
  src/cell/field.c
  src/cell/lanes.c
  src/cell/lanes_isa.c
  src/cell/pair.c
  src/cell/pair_isa.c
  src/cell/signal.c
  src/cell/trajectory.c
  src/portrait/arrival.c
  src/portrait/assemble.c
  src/portrait/attractors_free.c
  src/portrait/basin.c
  src/portrait/basin_border.c
  src/portrait/basin_slow.c
  src/portrait/cycle_march.c
  src/portrait/cycle_refine.c
  src/portrait/curve.c
  src/portrait/cycles.c
  src/portrait/gate.c
  src/portrait/inventory.c
  src/portrait/line.c
  src/portrait/map_crossings.c
  src/portrait/map_manifolds.c
  src/portrait/map_stable.c
  src/portrait/map_unstable.c
  src/portrait/orbit.c
  src/portrait/planar.c
  src/portrait/plane.c
  src/portrait/prove.c
  src/portrait/rosenbrock.c
  src/portrait/scheme.c
  src/portrait/separatrix.c
  src/portrait/settle.c
  src/portrait/signature.c
  src/portrait/slow_result.c
  src/portrait/stability.c
  src/portrait/transversal.c
  src/portrait/winding.c)

add_library(grulens-planar STATIC ${GRL_PLANAR_SOURCES})
target_compile_definitions(grulens-planar PRIVATE GRL_VERSION="${PROJECT_VERSION}" GRL_ISA=portable
  GRL_KERNELS_PORTABLE_ONLY=1)
target_include_directories(grulens-planar PUBLIC include src)
target_link_libraries(grulens-planar PUBLIC m)
grl_flags(grulens-planar)
# Without OpenMP its pragmas mean nothing, as they should: there is one thread.
target_compile_options(grulens-planar PRIVATE -Wno-unknown-pragmas)
