#include "services/gateway/http/session_body.h"

#include <utility>

namespace tremplin::gateway::http {

absl::StatusOr<std::string> SessionBody::Read() {
  if (!status_.ok()) return status_;
  const auto handover = std::make_shared<Handover>();
  {
    const auto session = session_.lock();
    if (session == nullptr) return status_ = absl::UnavailableError("the client is gone");
    session->ReadPiece(handover);
  }
  // The connection keeps the time; this is for one that ends with the server.
  auto piece = handover->Take(absl::ToChronoNanoseconds(patience_ + kLinger));
  if (!piece.has_value()) return status_ = absl::UnavailableError("the server is ending");
  status_ = piece->status();
  return *std::move(piece);
}

}  // namespace tremplin::gateway::http
