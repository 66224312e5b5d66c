#ifndef TREMPLIN_SERVICES_GATEWAY_APP_REQUEST_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_REQUEST_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/intake/sheet.h"
#include "common/messages/message.h"
#include "google/protobuf/message.h"
#include "services/gateway/http/message.h"

// What a request says beside its message: who sends it, in which language they are answered, which
// request it is, and on which condition it holds. Pure.
namespace tremplin::gateway {

// The credential of "Authorization: Bearer …"; "" for none.
std::string Bearer(const http::Request& request);

// By which a client is known: its key, of which nothing can be read here, or where it calls from.
std::string ClientOf(const http::Request& request);

messages::Language LanguageOf(const http::Request& request);

// Whether a Content-Type is `wanted`, whatever its parameters.
bool IsOfType(std::string_view content_type, absl::string_view wanted);

// The request's own id (X-Request-Id), or a new one.
std::string IdOf(const http::Request& request);

// A singular field of text by its name; "" where the message has none.
std::string StringOf(const google::protobuf::Message& message, const char* name);

// Tells the etag of what is answered; true, with 304, where the client has it still
// (If-None-Match).
bool IsUnchanged(const http::Request& request, std::string_view etag, http::Response& response);

// The request id of the call: Idempotency-Key, where the method has one. INVALID_ARGUMENT where it
// is none, or another than the message says.
absl::Status PutRequestId(const http::Request& request, google::protobuf::Message& message);

// The etag that the call is to find: If-Match, but for "*", which any is. INVALID_ARGUMENT where
// the method takes none, or several are listed.
absl::Status PutEtag(const http::Request& request, google::protobuf::Message& message);

// The bytes of a body that the handler reads, with what is said where they do not come.
intake::Source SourceOf(const http::Request& request);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_REQUEST_H_
