#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/json_writer.h"
#include "tremplin/gateway_testing/v1/gateway_testing.pb.h"

// Whatever the bytes: the reader ends, and what it takes is the same when written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tremplin::gateway::transcoding::ReadJson;
  using tremplin::gateway::transcoding::WriteJson;
  tremplin::gateway_testing::v1::Thing thing;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!ReadJson(text, thing).ok()) return 0;
  const std::string json = WriteJson(thing);
  tremplin::gateway_testing::v1::Thing again;
  if (!ReadJson(json, again).ok() || WriteJson(again) != json) std::abort();
  return 0;
}
