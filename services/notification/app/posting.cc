#include "services/notification/app/posting.h"

#include <utility>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/notification/domain/signature.h"

namespace tremplin::notification {
namespace {

// Both secrets under one name: a rotation moves the ciphertext from one column to the other.
constexpr char kColumn[] = "secret";

std::string SubjectOf(const std::string& webhook) { return text::Cat("webhook:", webhook); }

}  // namespace

absl::StatusOr<std::string> SealSecret(const seal::Sealer& sealer, database::Transaction& tx,
                                       const std::string& webhook, std::string_view bytes) {
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed,
                            sealer.Seal(tx, SubjectOf(webhook), kColumn, bytes));
  return std::move(sealed.data);
}

absl::StatusOr<std::vector<std::string>> OpenSecrets(const seal::Sealer& sealer,
                                                     database::Reader& reader,
                                                     const WebhookRow& webhook, absl::Time now) {
  const std::string subject = SubjectOf(webhook.id);
  std::vector<std::string> secrets;
  TREMPLIN_ASSIGN_OR_RETURN(secrets.emplace_back(),
                            sealer.Open(reader, subject, kColumn, webhook.secret));
  if (!webhook.former_secret.empty() && now < webhook.former_until) {
    TREMPLIN_ASSIGN_OR_RETURN(secrets.emplace_back(),
                              sealer.Open(reader, subject, kColumn, webhook.former_secret));
  }
  return secrets;
}

absl::Status EraseSecrets(const seal::Sealer& sealer, database::Transaction& tx,
                          const std::string& webhook) {
  return sealer.Erase(tx, SubjectOf(webhook));
}

PostRequest SignedPost(const std::string& url, const std::vector<std::string>& secrets,
                       const std::string& id, absl::Time now, std::string body) {
  const int64_t timestamp = absl::ToUnixSeconds(now);
  PostRequest request{.url = url, .headers = {}, .body = std::move(body)};
  request.headers = {{"Content-Type", "application/json"},
                     {"webhook-id", id},
                     {"webhook-timestamp", text::Cat(timestamp)},
                     {"webhook-signature", Signatures(secrets, id, timestamp, request.body)}};
  return request;
}

}  // namespace tremplin::notification
