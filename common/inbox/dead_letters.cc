#include <utility>

#include "common/inbox/inbox.h"
#include "common/inbox/inbox_store.h"
#include "common/inbox/key_queue.h"
#include "common/status/macros.h"

namespace tremplin::inbox {
namespace {

// Parked events that one replay of a letter lets flow at most; the consumer's loop goes on.
constexpr int kDrainLimit = 10'000;

DeadLetter ToDeadLetter(const Head& head) {
  return DeadLetter{.id = head.id,
                    .topic = head.entry.record.topic,
                    .partition = head.entry.record.partition,
                    .offset = head.entry.record.offset,
                    .key = head.entry.record.key,
                    .event_id = head.entry.inbox_key.event_id,
                    .type = head.entry.type,
                    .error = head.error,
                    .attempts = head.attempts,
                    .parked_behind = head.parked_behind,
                    .at = head.at};
}

}  // namespace

DeadLetters::DeadLetters(std::string service, database::Database& db, const Handlers& handlers,
                         const clock::Clock& clock)
    : service_(std::move(service)), db_(db), handlers_(handlers), clock_(clock) {}

absl::StatusOr<std::vector<DeadLetter>> DeadLetters::List(int limit, std::string_view type_filter) {
  const InboxStore store(service_);
  std::vector<DeadLetter> letters;
  const absl::Status status = db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Head> heads,
                              store.Heads(reader, /*failed=*/true, type_filter, limit));
    letters.clear();
    for (const Head& head : heads) letters.push_back(ToDeadLetter(head));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return letters;
}

absl::StatusOr<int64_t> DeadLetters::Count() {
  const InboxStore store(service_);
  int64_t count = 0;
  const absl::Status status = db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(count, store.CountDead(reader));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return count;
}

absl::StatusOr<std::vector<DeadLetters::ReplayResult>> DeadLetters::Replay(
    std::string_view type_filter, int limit, bool dry_run) {
  const InboxStore store(service_);
  const KeyQueue queue(service_, db_, handlers_, clock_);
  std::vector<Head> heads;
  const absl::Status status = db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(heads, store.Heads(reader, /*failed=*/true, type_filter, limit));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  std::vector<ReplayResult> results;
  for (const Head& head : heads) {
    const KeyQueue::Outcome outcome = queue.Run(head, dry_run);
    ReplayResult result{.id = head.id, .status = outcome.status};
    if (outcome.next) result.parked_applied = queue.Drain(head.id, kDrainLimit);
    results.push_back(std::move(result));
  }
  return results;
}

absl::StatusOr<DeadLetters::ReplayResult> DeadLetters::Discard(int64_t id, std::string_view by,
                                                               std::string_view reason) {
  const InboxStore store(service_);
  const KeyQueue queue(service_, db_, handlers_, clock_);
  std::vector<Head> head;
  const absl::Status status = db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(head, store.HeadById(reader, id));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  if (head.empty() || !head[0].failed) return absl::NotFoundError("no such dead letter");
  const KeyQueue::Outcome outcome = queue.Discard(head[0], by, reason);
  ReplayResult result{.id = id, .status = outcome.status};
  if (outcome.next) result.parked_applied = queue.Drain(id, kDrainLimit);
  return result;
}

}  // namespace tremplin::inbox
