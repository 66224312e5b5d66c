#include "common/rpc/authenticator.h"

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest/digest.h"
#include "common/rpc/messages.h"
#include "common/status/error.h"
#include "common/text/text.h"

namespace tremplin::rpc {
namespace {

constexpr std::string_view kServicePrefix = "service:";
constexpr size_t kMaxCredential = 1024;

absl::Status Refused() {
  return status::Error(absl::StatusCode::kUnauthenticated, kCredentialRefused);
}

// What is remembered of a key: whose it is, or that nobody's.
struct Entry {
  std::string hash;
  std::optional<ResolvedKey> key;
  absl::Time until;
};

// A question to the owner that is on its way; others who ask the same wait for it.
struct Question {
  std::condition_variable answered;
  std::optional<absl::StatusOr<ResolvedKey>> answer;
};

}  // namespace

struct ApiKeyAuthenticator::State {
  State(ApiKeyOptions opts, KeyResolver resolve, const clock::Clock& time)
      : options(std::move(opts)), resolver(std::move(resolve)), clock(time) {}

  const ApiKeyOptions options;
  const KeyResolver resolver;
  const clock::Clock& clock;

  std::mutex mutex;
  std::list<Entry> by_use;  // most recent first
  std::unordered_map<std::string, std::list<Entry>::iterator> entries;
  std::unordered_map<std::string, std::shared_ptr<Question>> questions;

  std::optional<Principal> KnownHere(const std::string& credential) const;
  const Entry* Find(const std::string& hash, absl::Time now);
  void Remember(const std::string& hash, const absl::StatusOr<ResolvedKey>& answer, absl::Time now);
  absl::StatusOr<ResolvedKey> Resolve(const std::string& hash, absl::Time deadline);
};

std::string ServiceCredential(std::string_view name, std::string_view service_key) {
  return text::Cat(kServicePrefix, name, ":", service_key);
}

// The principals that need no question: services and the operator.
std::optional<Principal> ApiKeyAuthenticator::State::KnownHere(
    const std::string& credential) const {
  if (!options.operator_key.empty() &&
      digest::ConstantTimeEqual(credential, options.operator_key)) {
    return Principal{.id = "operator", .role = Role::ROLE_OPERATOR};
  }
  const std::string_view view(credential);
  if (view.substr(0, kServicePrefix.size()) != kServicePrefix) return std::nullopt;
  const size_t colon = view.find(':', kServicePrefix.size());
  if (colon == std::string_view::npos || options.service_key.empty()) return std::nullopt;
  if (!digest::ConstantTimeEqual(view.substr(colon + 1), options.service_key)) return std::nullopt;
  return Principal{.id = std::string(view.substr(0, colon)), .role = Role::ROLE_SERVICE};
}

const Entry* ApiKeyAuthenticator::State::Find(const std::string& hash, absl::Time now) {
  const auto found = entries.find(hash);
  if (found == entries.end()) return nullptr;
  if (found->second->until <= now) {
    by_use.erase(found->second);
    entries.erase(found);
    return nullptr;
  }
  by_use.splice(by_use.begin(), by_use, found->second);
  return &by_use.front();
}

void ApiKeyAuthenticator::State::Remember(const std::string& hash,
                                          const absl::StatusOr<ResolvedKey>& answer,
                                          absl::Time now) {
  Entry entry{.hash = hash, .key = std::nullopt, .until = now + options.unknown_for};
  if (answer.ok()) {
    entry.key = *answer;
    entry.until = std::min(now + options.known_for, answer->expires);
  } else if (!absl::IsNotFound(answer.status())) {
    return;  // an outage says nothing about the key
  }
  if (entry.until <= now) return;
  by_use.push_front(std::move(entry));
  entries[hash] = by_use.begin();
  if (by_use.size() > options.entries) {
    entries.erase(by_use.back().hash);
    by_use.pop_back();
  }
}

absl::StatusOr<ResolvedKey> ApiKeyAuthenticator::State::Resolve(const std::string& hash,
                                                                absl::Time deadline) {
  std::unique_lock lock(mutex);
  if (const Entry* entry = Find(hash, clock.SystemNow())) {
    if (!entry->key.has_value()) return absl::NotFoundError("unknown key");
    return *entry->key;
  }
  std::shared_ptr<Question>& slot = questions[hash];
  if (slot != nullptr) {
    const std::shared_ptr<Question> question = slot;
    if (!question->answered.wait_until(lock, absl::ToChronoTime(deadline),
                                       [&] { return question->answer.has_value(); })) {
      return absl::DeadlineExceededError("waiting for the owner of the keys");
    }
    return *question->answer;
  }
  const std::shared_ptr<Question> question = std::make_shared<Question>();
  slot = question;
  lock.unlock();
  absl::StatusOr<ResolvedKey> answer = resolver(hash, deadline);
  lock.lock();
  Remember(hash, answer, clock.SystemNow());
  question->answer = answer;
  questions.erase(hash);
  question->answered.notify_all();
  return answer;
}

ApiKeyAuthenticator::ApiKeyAuthenticator(ApiKeyOptions options, KeyResolver resolver,
                                         const clock::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), std::move(resolver), clock)) {}

ApiKeyAuthenticator::~ApiKeyAuthenticator() = default;

absl::StatusOr<Principal> ApiKeyAuthenticator::Authenticate(const std::string& credential,
                                                            absl::Time deadline) {
  if (credential.empty() || credential.size() > kMaxCredential) return Refused();
  if (std::optional<Principal> known = state_->KnownHere(credential)) return *std::move(known);
  // Never asks who calls with a service's name: such a key is right or wrong.
  if (credential.compare(0, kServicePrefix.size(), kServicePrefix) == 0) return Refused();
  absl::StatusOr<ResolvedKey> key = state_->Resolve(digest::Sha256Hex(credential), deadline);
  if (!key.ok()) {
    if (status::IsOutage(key.status())) {
      return status::Error(absl::StatusCode::kUnavailable, kCredentialUnchecked);
    }
    return absl::IsNotFound(key.status()) ? Refused() : key.status();
  }
  if (key->expires <= state_->clock.SystemNow()) return Refused();
  return std::move(key->principal);
}

}  // namespace tremplin::rpc
