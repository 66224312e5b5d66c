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
// A call whose key is known does not wait long for an owner that is away.
constexpr absl::Duration kAskAgain = absl::Milliseconds(500);

absl::Status Refused() {
  return status::Error(absl::StatusCode::kUnauthenticated, kCredentialRefused);
}

// What is remembered of a key: whose it is, or that nobody's.
struct Entry {
  std::string hash;
  std::optional<ResolvedKey> key;
  absl::Duration until;        // steady time
  absl::Duration fresh_until;  // steady time; after it the owner is asked again if it can be
};

// Entries by hash, the least recently used going first beyond `most`.
class Memory {
 public:
  explicit Memory(size_t most) : most_(most) {}

  const Entry* Find(const std::string& hash, absl::Duration now) {
    const auto found = entries_.find(hash);
    if (found == entries_.end()) return nullptr;
    if (found->second->until <= now) {
      Erase(hash);
      return nullptr;
    }
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    return &by_use_.front();
  }

  void Put(Entry entry) {
    const std::string hash = entry.hash;
    by_use_.push_front(std::move(entry));
    entries_[hash] = by_use_.begin();
    if (by_use_.size() > most_) {
      entries_.erase(by_use_.back().hash);
      by_use_.pop_back();
    }
  }

  void Refresh(const std::string& hash, absl::Duration fresh_until) {
    const auto found = entries_.find(hash);
    if (found != entries_.end()) found->second->fresh_until = fresh_until;
  }

  void Erase(const std::string& hash) {
    const auto found = entries_.find(hash);
    if (found == entries_.end()) return;
    by_use_.erase(found->second);
    entries_.erase(found);
  }

 private:
  const size_t most_;
  std::list<Entry> by_use_;  // most recent first
  std::unordered_map<std::string, std::list<Entry>::iterator> entries_;
};

// A question to the owner that is on its way; others who ask the same wait for it.
struct Question {
  std::condition_variable answered;
  std::optional<absl::StatusOr<ResolvedKey>> answer;
};

}  // namespace

struct ApiKeyAuthenticator::State {
  State(ApiKeyOptions opts, KeyResolver resolve, const clock::Clock& time)
      : options(std::move(opts)),
        resolver(std::move(resolve)),
        clock(time),
        known(options.entries),
        unknown(options.unknown_entries) {}

  const ApiKeyOptions options;
  const KeyResolver resolver;
  const clock::Clock& clock;

  std::mutex mutex;
  Memory known;
  Memory unknown;
  std::unordered_map<std::string, std::shared_ptr<Question>> questions;
  // Answers of this second of steady time that were nobody's.
  int64_t second = 0;
  size_t nobodys = 0;

  std::optional<Principal> KnownHere(const std::string& credential) const;
  const Entry* Find(const std::string& hash);
  void Remember(const std::string& hash, const absl::StatusOr<ResolvedKey>& answer);
  bool MayAsk();
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

const Entry* ApiKeyAuthenticator::State::Find(const std::string& hash) {
  const absl::Duration now = clock.SteadyNow();
  const Entry* entry = known.Find(hash, now);
  return entry != nullptr ? entry : unknown.Find(hash, now);
}

void ApiKeyAuthenticator::State::Remember(const std::string& hash,
                                          const absl::StatusOr<ResolvedKey>& answer) {
  const absl::Duration now = clock.SteadyNow();
  if (answer.ok()) {
    known.Erase(hash);
    const absl::Duration lasts = std::min(options.known_for, answer->expires - clock.SystemNow());
    if (lasts > absl::ZeroDuration()) {
      known.Put({hash, *answer, now + lasts, now + std::min(lasts, options.fresh_for)});
    }
  } else if (absl::IsNotFound(answer.status())) {  // an outage says nothing about the key
    known.Erase(hash);
    ++nobodys;
    if (options.unknown_for > absl::ZeroDuration()) {
      const absl::Duration until = now + options.unknown_for;
      unknown.Put({hash, std::nullopt, until, until});
    }
  }
}

// Whether one more question may go to the owner now.
bool ApiKeyAuthenticator::State::MayAsk() {
  const int64_t now = absl::ToInt64Seconds(clock.SteadyNow());
  if (now != second) {
    second = now;
    nobodys = 0;
  }
  return questions.size() < options.questions_at_once && nobodys < options.unknown_a_second;
}

absl::StatusOr<ResolvedKey> ApiKeyAuthenticator::State::Resolve(const std::string& hash,
                                                                absl::Time deadline) {
  std::unique_lock lock(mutex);
  std::optional<ResolvedKey> known_before;
  if (const Entry* entry = Find(hash)) {
    if (!entry->key.has_value()) return absl::NotFoundError("unknown key");
    if (clock.SteadyNow() < entry->fresh_until) return *entry->key;
    known_before = entry->key;
    // One asks again; for the others what is known holds meanwhile.
    if (questions.contains(hash)) return *known_before;
    deadline = std::min(deadline, clock.SystemNow() + kAskAgain);
  }
  if (const auto asked = questions.find(hash); asked != questions.end()) {
    const std::shared_ptr<Question> question = asked->second;
    if (!question->answered.wait_until(lock, absl::ToChronoTime(deadline),
                                       [&] { return question->answer.has_value(); })) {
      return absl::DeadlineExceededError("waiting for the owner of the keys");
    }
    return *question->answer;
  }
  if (!known_before.has_value() && !MayAsk())
    return absl::UnavailableError("too many unknown credentials at the moment");
  const std::shared_ptr<Question> question = std::make_shared<Question>();
  questions[hash] = question;
  lock.unlock();
  absl::StatusOr<ResolvedKey> answer = resolver(hash, deadline);
  lock.lock();
  if (known_before.has_value() && status::IsOutage(answer.status())) {
    answer = *known_before;
    known.Refresh(hash, clock.SteadyNow() + options.fresh_for);
  } else {
    Remember(hash, answer);
  }
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
