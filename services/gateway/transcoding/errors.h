#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_ERRORS_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "common/messages/message.h"

// Errors over HTTP.
namespace tremplin::gateway::transcoding {

// The HTTP status of an error: grpc-gateway's table (FAILED_PRECONDITION 400, ABORTED 409,
// RESOURCE_EXHAUSTED 429, CANCELLED 499, …), but for what HTTP has a status of its own: a path that
// takes another method is 405.
int HttpStatusOf(const absl::Status& status);

// The error as a google.rpc.Status in JSON: `message` in `language`, and as details ErrorInfo (the
// reason), LocalizedMessage (that language first, then the other), BadRequest (every field at fault
// with its reason, described in `language`). `status` is one that a caller may see
// (rpc::ForCaller).
std::string ErrorJson(const absl::Status& status, messages::Language language);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_ERRORS_H_
