#ifndef TREMPLIN_COMMON_RPC_AUTHENTICATOR_H_
#define TREMPLIN_COMMON_RPC_AUTHENTICATOR_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/dispatcher.h"

namespace tremplin::rpc {

// Whose key has this hash, as the owner of the keys says.
struct ResolvedKey {
  Principal principal;
  absl::Time expires;  // system time
};

// Asks the owner for the key with the SHA-256 `key_hash` (hex). NOT_FOUND: unknown, expired or
// revoked. Called from several threads, at most once at a time for one hash.
using KeyResolver =
    std::function<absl::StatusOr<ResolvedKey>(const std::string& key_hash, absl::Time deadline)>;

struct ApiKeyOptions {
  std::string service_key;   // of the processes of this system among themselves
  std::string operator_key;  // of the operations team, "" for none in this process
  // How long an answer of the owner holds without asking again: a revoked key ends within it and
  // the half second that asking takes at most.
  absl::Duration fresh_for = absl::Seconds(1);
  // How long it holds while the owner cannot be asked. Zero asks each time.
  absl::Duration known_for = absl::Seconds(30);
  absl::Duration unknown_for = absl::Seconds(5);
  // How many are remembered: keys that are good, and hashes that are nobody's. Apart, so that
  // credentials made up by the thousand push no good key out.
  size_t entries = 16384;
  size_t unknown_entries = 4096;
  // Questions to the owner: how many at once, and how many a second may turn out to be nobody's
  // before further ones are put off (UNAVAILABLE) until the next second.
  size_t questions_at_once = 32;
  size_t unknown_a_second = 200;
};

// The credential with which the service `name` calls others: the key, and who says it.
std::string ServiceCredential(std::string_view name, std::string_view service_key);

// Principals from API keys: the service key → ROLE_SERVICE ("service:<name>"), the operator's key →
// ROLE_OPERATOR ("operator"), anything else is resolved by the hash of the key and remembered for a
// short while (for longer while its owner is away), measured by steady time: a jump of the system's
// clock and its correction leave good keys good. The key itself is kept nowhere. Thread-safe.
class ApiKeyAuthenticator final : public Authenticator {
 public:
  ApiKeyAuthenticator(ApiKeyOptions options, KeyResolver resolver, const clock::Clock& clock);
  ~ApiKeyAuthenticator() override;

  absl::StatusOr<Principal> Authenticate(const std::string& credential,
                                         absl::Time deadline) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_AUTHENTICATOR_H_
