#ifndef TREMPLIN_COMMON_RPC_DETAILS_H_
#define TREMPLIN_COMMON_RPC_DETAILS_H_

#include <string>

#include "absl/status/status.h"
#include "common/messages/message.h"
#include "google/rpc/status.pb.h"

// Errors on the wire. An error is a google.rpc.Status (in gRPC the trailer
// `grpc-status-details-bin`) with these details, in this order:
//
//   ErrorInfo         reason, domain "tremplin"; metadata["violations.<i>.reason"] is the reason of
//                     the i-th field violation
//   LocalizedMessage  the sentence in the caller's language (locale "en" or "fr")
//   LocalizedMessage  the sentence in the other language
//   BadRequest        field violations described in the caller's language
//   BadRequest        the same violations, in the same order, in the other language
//   RetryInfo         how long to wait, where trying again may help
//
// The BadRequests are there only when fields are at fault. A client that knows the google.rpc
// messages reads its own language from the first of each; nothing is lost for one that wants both.
// At most as many violations are sent as fit kMaxDetailBytes (trailers are bounded by clients);
// metadata["violations.omitted"] then says how many were left out.
namespace tremplin::rpc {

inline constexpr size_t kMaxDetailBytes = 6 * 1024;

// `status` is not OK. `message` of the result is the English sentence, for developers' logs.
google::rpc::Status ToWire(const absl::Status& status, messages::Language language);

// The inverse, with the reason, both languages and all violations that were sent. A status without
// our details keeps its code and message.
absl::Status FromWire(const google::rpc::Status& wire);

// What a caller may see: a status that carries a detail is returned as it is; an outage
// (UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, CANCELLED) gets a general sentence;
// any other is a fault of ours and becomes INTERNAL with a general sentence.
absl::Status ForCaller(const absl::Status& status);

// The language to answer in, from an Accept-Language value ("fr-CA, en;q=0.8"). English unless
// French is preferred.
messages::Language PreferredLanguage(std::string_view accept_language);

// "en" or "fr".
const char* LocaleOf(messages::Language language);

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_DETAILS_H_
