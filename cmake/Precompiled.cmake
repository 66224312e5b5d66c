# What nearly every source of ours reads first, parsed once for each build folder: two thirds of a compilation were these
# headers. Only for gcc: clang's builds (lint, fuzz) go without, so that a source which forgets an include of its own
# is found.
#
#   tremplin_precompiled(NAME KIND)    KIND: product (libraries and programs) or test (with GoogleTest)

option(TREMPLIN_PRECOMPILED "Precompile the headers that all sources share" ON)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND TREMPLIN_PRECOMPILED)
  set(TREMPLIN_PRECOMPILES TRUE)
else()
  set(TREMPLIN_PRECOMPILES FALSE)
endif()

if(TREMPLIN_PRECOMPILES)
  # A precompiled header holds only for sources compiled with the same definitions.
  add_compile_options(-pthread)
  add_compile_definitions(_FILE_OFFSET_BITS=64)
  set(product_headers
      <algorithm>
      <array>
      <atomic>
      <chrono>
      <cstdint>
      <functional>
      <map>
      <memory>
      <mutex>
      <optional>
      <set>
      <string>
      <string_view>
      <thread>
      <utility>
      <variant>
      <vector>
      <absl/status/status.h>
      <absl/status/statusor.h>
      <absl/strings/str_cat.h>
      <absl/time/time.h>
      <absl/types/span.h>
      <google/protobuf/descriptor.h>
      <google/protobuf/message.h>)
  foreach(kind product test)
    add_library(tremplin_precompiled_${kind} OBJECT "${CMAKE_CURRENT_LIST_DIR}/precompiled.cc")
    target_link_libraries(tremplin_precompiled_${kind} PRIVATE absl::statusor protobuf::libprotobuf tremplin_warnings)
    target_precompile_headers(tremplin_precompiled_${kind} PRIVATE ${product_headers})
    # ccache must see through the precompiled header to what it was made of.
    target_compile_options(tremplin_precompiled_${kind} PRIVATE -fpch-preprocess)
  endforeach()
  target_link_libraries(tremplin_precompiled_test PRIVATE GTest::gmock GTest::gtest)
  target_precompile_headers(tremplin_precompiled_test PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
endif()

function(tremplin_precompiled name kind)
  if(TREMPLIN_PRECOMPILES)
    target_compile_options(${name} PRIVATE -fpch-preprocess)
    target_precompile_headers(${name} REUSE_FROM tremplin_precompiled_${kind})
  endif()
endfunction()
