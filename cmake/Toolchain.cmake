# What holds for every target: compiler cache, linker, optimisation, sanitizers, warnings.
set(TREMPLIN_SANITIZE "" CACHE STRING "Value of -fsanitize, empty for none")
option(TREMPLIN_COVERAGE "Build with gcov counters" OFF)
option(TREMPLIN_FUZZ "Build the fuzz targets (clang only)" OFF)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Paths relative to the checkout, so that a fresh clone finds what another compiled; what a precompiled header defines,
  # and the times of files, do not count beside their contents.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime CCACHE_MAXSIZE=20G
      "${CCACHE_PROGRAM}")
  add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
# -g1 keeps file and line in a stack trace at a third of the size of -g.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

if(TREMPLIN_SANITIZE)
  add_compile_options(-fsanitize=${TREMPLIN_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TREMPLIN_SANITIZE})
  if(TREMPLIN_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
if(TREMPLIN_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

# Linked PRIVATE by every target of ours; generated code does not link it.
add_library(tremplin_warnings INTERFACE)
target_compile_options(
  tremplin_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wimplicit-fallthrough
            -Wswitch-enum
            -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 reports these falsely inside its own std::variant and std::string once it inlines; clang checks the same.
  target_compile_options(tremplin_warnings INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
  if(TREMPLIN_SANITIZE)
    target_compile_options(tremplin_warnings INTERFACE -Wno-tsan)
  endif()
endif()

if(TREMPLIN_SANITIZE MATCHES "thread")
  # Part of every program: the file says why.
  add_library(tremplin_tsan_threads OBJECT "${CMAKE_CURRENT_LIST_DIR}/tsan_c11_threads.cc")
endif()
