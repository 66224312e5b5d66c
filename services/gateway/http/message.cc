#include "services/gateway/http/message.h"

#include "absl/strings/match.h"
#include "common/text/text.h"

namespace tremplin::gateway::http {

std::string_view Find(const Headers& headers, std::string_view name) {
  for (const auto& [header, value] : headers) {
    if (absl::EqualsIgnoreCase(header, text::Absl(name))) return value;
  }
  return {};
}

}  // namespace tremplin::gateway::http
