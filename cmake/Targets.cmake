# The only way targets are made here, so that all of them have the same rules.
#
#   tremplin_library(NAME [SOURCES ...] [DEPS ...])      a layer or a mechanism; header-only without sources
#   tremplin_test(NAME LABELS ... SOURCES ... DEPS ...)  a GoogleTest program, one ctest entry per program
#   tremplin_fuzz(NAME SOURCES ... DEPS ...)             a libFuzzer program, built by the preset "fuzz" only
#   tremplin_service(NAME)                               services/<name>: module library and tremplin-<name>
#   tremplin_program(NAME SOURCES ... DEPS ...)          any other program
#   tremplin_proto(NAME [GRPC] PROTOS ... [DEPS ...])    generated code, in the build folder only

function(_tremplin_common name)
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE tremplin_warnings)
  get_target_property(type ${name} TYPE)
  if(TARGET tremplin_tsan_threads AND type STREQUAL "EXECUTABLE")
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:tremplin_tsan_threads>)
  endif()
endfunction()

function(tremplin_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    _tremplin_common(${name})
    tremplin_precompiled(${name} product)
    target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

function(tremplin_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  _tremplin_common(${name})
  tremplin_precompiled(${name} product)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  if(NOT TREMPLIN_SANITIZE)
    # In place of glibc's malloc, which pays for memory that one thread takes and another gives back: every call does so.
    # Sanitizers bring their own. Nothing refers to it by name, so the linker is told to keep it.
    target_link_libraries(${name} PRIVATE -Wl,--push-state,--no-as-needed,-l${TCMALLOC_LIBRARIES},--pop-state)
  endif()
endfunction()

# PROGRAMS_OF names the preset whose programs the test starts, where that is not its own.
function(tremplin_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT;PROGRAMS_OF" "LABELS;SOURCES;DEPS" ${ARGN})
  if(TREMPLIN_FUZZ)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  _tremplin_common(${name})
  tremplin_precompiled(${name} test)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest GTest::gtest_main)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set(programs "${CMAKE_BINARY_DIR}/bin")
  if(ARG_PROGRAMS_OF)
    set(programs "${PROJECT_SOURCE_DIR}/build/${ARG_PROGRAMS_OF}/bin")
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(
    ${name}
    PROPERTIES
      LABELS "${ARG_LABELS}"
      TIMEOUT ${ARG_TIMEOUT}
      ENVIRONMENT
      "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp second_deadlock_stack=1;ASAN_OPTIONS=detect_stack_use_after_return=1;UBSAN_OPTIONS=print_stacktrace=1;TREMPLIN_BIN=${programs}"
  )
endfunction()

function(tremplin_fuzz name)
  if(NOT TREMPLIN_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  _tremplin_common(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()

function(tremplin_service name)
  add_executable(tremplin-${name} main.cc)
  _tremplin_common(tremplin-${name})
  target_link_libraries(tremplin-${name} PRIVATE ${name}_module common_host)
endfunction()

# Protos are compiled with proto/ as their root. Generated code is not ours to warn about.
function(tremplin_proto name)
  cmake_parse_arguments(ARG "" "ROOT" "PROTOS;DEPS" ${ARGN})
  set(root "${PROJECT_SOURCE_DIR}/proto")
  if(ARG_ROOT)
    set(root "${ARG_ROOT}")
  endif()
  set(out "${CMAKE_BINARY_DIR}/generated")
  file(MAKE_DIRECTORY "${out}")
  set(sources)
  foreach(proto IN LISTS ARG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" stem "${proto}")
    add_custom_command(
      OUTPUT "${out}/${stem}.pb.cc" "${out}/${stem}.pb.h"
      COMMAND protobuf::protoc "--cpp_out=${out}" "-I${root}" "-I${PROJECT_SOURCE_DIR}/proto"
              "-I${GOOGLEAPIS_DIR}" "${root}/${proto}"
      DEPENDS "${root}/${proto}"
      COMMENT "proto ${proto}"
      VERBATIM)
    list(APPEND sources "${out}/${stem}.pb.cc")
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC "${out}")
  target_compile_options(${name} PRIVATE -w)
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf ${ARG_DEPS})
endfunction()
