#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "boost/asio/buffer.hpp"
#include "boost/beast/http.hpp"
#include "services/gateway/api/api.h"
#include "services/gateway/transcoding/errors.h"
#include "services/gateway/transcoding/transcoder.h"

namespace {

namespace http = boost::beast::http;
using tremplin::gateway::Api;
using tremplin::gateway::transcoding::ErrorJson;
using tremplin::gateway::transcoding::HttpStatusOf;
using tremplin::gateway::transcoding::Transcoder;

const Transcoder& TheApi() {
  static const Api& api = *Api::Load()->release();
  static const Transcoder& transcoder = *Transcoder::Make(api.Methods())->release();
  return transcoder;
}

}  // namespace

// Whatever the bytes of a connection: the head is read or refused, and a request that comes of it
// is a call whose message can be written, or an error of the client's that can be told.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(16 << 10);
  parser.body_limit(1 << 20);
  boost::beast::error_code error;
  size_t at = 0;
  while (!error && !parser.is_done() && at < size) {
    const size_t taken = parser.put(boost::asio::buffer(data + at, size - at), error);
    if (taken == 0) break;
    at += taken;
  }
  if (error || !parser.is_done()) return 0;
  const auto& request = parser.get();
  const auto call =
      TheApi().Read({request.method_string().data(), request.method_string().size()},
                    {request.target().data(), request.target().size()}, request.body());
  if (call.ok()) {
    if (!call->request->IsInitialized()) std::abort();
    return 0;
  }
  const int status = HttpStatusOf(call.status());
  if (status < 400 || status > 499) std::abort();
  (void)ErrorJson(call.status(), tremplin::messages::Language::kFrench);
  return 0;
}
