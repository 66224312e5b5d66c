#ifndef TREMPLIN_SERVICES_GATEWAY_APP_ENCODING_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_ENCODING_H_

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/intake/sheet.h"
#include "services/gateway/http/message.h"
#include "services/gateway/transcoding/transcoder.h"

// Content codings: gzip, both ways.
namespace tremplin::gateway {

// Whether the answers of a method may be compressed. The size of what is compressed tells of its
// content: who can put words into somebody's answers and see how long they are on the wire can
// guess what else is in them, a byte at a time (BREACH). So nothing is compressed that holds
// personal data, nor the answer of a method that changes something, which may hold a secret made
// for it; what is left (programs, facts, reports, the document) is the same for everybody who may
// ask.
bool MayCompress(const transcoding::Route& route);

// Compresses the body where the request accepts it and it is worth it; a strong etag becomes weak.
void Compress(const http::Request& request, http::Response& response);

// Whether Accept-Encoding takes gzip.
bool AcceptsGzip(std::string_view accept_encoding);

// The body without its Content-Encoding, at most `most` bytes of it; nothing where it has none.
// INVALID_ARGUMENT: an encoding that is not known, or what is none.
absl::StatusOr<std::optional<std::string>> DecodeBody(const http::Request& request, size_t most);

// The same of a body that comes piece by piece, each of which may become a hundred times as large.
absl::StatusOr<intake::Source> DecodeSource(std::string_view content_encoding,
                                            intake::Source source);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_ENCODING_H_
