#ifndef TREMPLIN_SERVICES_GATEWAY_APP_DOCUMENT_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_DOCUMENT_H_

#include <string>

#include "services/gateway/http/message.h"

namespace tremplin::gateway {

inline constexpr char kJson[] = "application/json; charset=utf-8";

// The etag of what is the same as long as its text is.
std::string EtagOf(const std::string& text);

// What describes the gateway, in JSON: the same as long as it runs. Thread-safe.
class Document {
 public:
  explicit Document(const std::string& text);
  // Asked for anew each time, by the etag: 304 where the client has it.
  http::Response Answer(const http::Request& request) const;

 private:
  const std::string plain_, gzip_, etag_;
};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_DOCUMENT_H_
