#ifndef TREMPLIN_SERVICES_GATEWAY_APP_IMPORT_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_IMPORT_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/intake/importer.h"
#include "common/messages/message.h"
#include "services/gateway/http/message.h"
#include "tremplin/gateway/v1/gateway.pb.h"

// Files of people over HTTP: rows are taken as they come and told as lines of JSON.
namespace tremplin::gateway {

// Its body is a file and its answer lines, unlike every other method's.
inline constexpr std::string_view kImportMethod =
    "tremplin.gateway.v1.ImportService/ImportReferrals";

struct ImportOptions {
  std::string repr_digest = {};  // of the header; "" where there is none
  messages::Language language = messages::Language::kEnglish;
  size_t most_without_digest = 4 << 20;     // bytes
  absl::Duration longest = absl::Hours(1);  // then the client goes on with another request
  std::shared_ptr<void> held = nullptr;     // for as long as the stream lives
};

// The answer to a file that comes from `source`, once its first rows are taken: a line a row, and a
// last one with the counts or what went wrong. What is wrong with the request, the file's beginning
// or the caller is told before. `call` is sent again by itself as long as that can help.
absl::StatusOr<std::unique_ptr<http::Stream>> ImportFile(
    intake::Source source, intake::Call call, const gateway::v1::ImportReferralsRequest& request,
    ImportOptions options);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_IMPORT_H_
