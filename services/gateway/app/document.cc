#include "services/gateway/app/document.h"

#include "common/digest/digest.h"
#include "services/gateway/app/encoding.h"
#include "services/gateway/app/request.h"
#include "services/gateway/http/gzip.h"

namespace tremplin::gateway {
namespace {

constexpr size_t kEtagDigits = 32;

}  // namespace

std::string EtagOf(const std::string& text) {
  return digest::Sha256Hex(text).substr(0, kEtagDigits);
}

Document::Document(const std::string& text)
    : plain_(text), gzip_(http::Gzip(text)), etag_(EtagOf(text)) {}

http::Response Document::Answer(const http::Request& request) const {
  http::Response response{.headers = {{"Content-Type", kJson}, {"Cache-Control", "no-cache"}}};
  if (IsUnchanged(request, etag_, response)) return response;
  const bool packed = AcceptsGzip(request.Header("accept-encoding"));
  response.body = packed ? gzip_ : plain_;
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

}  // namespace tremplin::gateway
