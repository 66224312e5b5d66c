#include "common/inbox/key_queue.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/inbox/handled.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::inbox {
namespace {

constexpr absl::Duration kDatabaseDeadline = absl::Seconds(10);

absl::Status Gone() { return absl::AbortedError("another worker has dealt with the event"); }

}  // namespace

// The database's deadlines are of the system's time, whatever clock the loops are driven by.
database::WriteOptions Writing(std::string lane_key) {
  return {.lane_key = std::move(lane_key),
          .tenant = database::Tenant::All(),
          .deadline = absl::Now() + kDatabaseDeadline};
}

database::ReadOptions Reading() {
  return {.tenant = database::Tenant::All(), .deadline = absl::Now() + kDatabaseDeadline};
}

KeyQueue::KeyQueue(const std::string& service, database::Database& db, const Handlers& handlers,
                   const clock::Clock& clock)
    : service_(service), store_(service), db_(db), handlers_(handlers), clock_(clock) {}

KeyQueue::Outcome KeyQueue::Run(const Head& head, bool dry_run) const {
  const absl::Duration begin = clock_.SteadyNow();
  const eventlog::Record& record = head.entry.record;
  auto event = events::DecodeEvent(record.headers, record.key, record.value);
  const std::string parent = event.ok() ? BeginSpan(*event) : "";
  Outcome outcome = RunEvent(head, event, dry_run);
  if (dry_run || status::IsOutage(outcome.status)) return outcome;
  LogHandled({.consumer = service_,
              .type = head.entry.type,
              .event_id = head.entry.inbox_key.event_id,
              .traceparent = event.ok() ? std::string_view(event->traceparent) : "",
              .parent = parent,
              .result = outcome.status.ok() ? "applied" : "dead",
              .took = clock_.SteadyNow() - begin,
              .failure = outcome.status});
  return outcome;
}

KeyQueue::Outcome KeyQueue::RunEvent(const Head& head, const absl::StatusOr<events::Event>& event,
                                     bool dry_run) const {
  const eventlog::Record& record = head.entry.record;
  absl::Status failure;
  Apply apply;
  const Handlers::Prepare* prepare = event.ok() ? handlers_.Find(event->type) : nullptr;
  if (!event.ok()) {
    failure = event.status();
  } else if (prepare == nullptr) {
    failure = absl::UnimplementedError("no handler for the event's type");
  } else {
    auto prepared = (*prepare)(*event);
    failure = prepared.status();
    if (prepared.ok()) apply = *std::move(prepared);
  }
  Outcome outcome;
  if (failure.ok()) {
    absl::Status of_event;
    outcome.status = db_.Write(
        Writing(text::Cat(record.topic, "/", record.key)),
        [&](database::Transaction& tx) -> absl::Status {
          of_event = absl::OkStatus();
          TREMPLIN_ASSIGN_OR_RETURN(const bool locked, store_.Lock(tx, head));
          if (!locked) return Gone();
          if (apply != nullptr) of_event = apply(tx);
          if (!of_event.ok()) return of_event;
          if (dry_run) return absl::CancelledError("dry run");
          TREMPLIN_ASSIGN_OR_RETURN(outcome.next, store_.Promote(tx, head, clock_.SystemNow()));
          return absl::OkStatus();
        });
    if (dry_run && absl::IsCancelled(outcome.status) && of_event.ok()) {
      outcome.status = absl::OkStatus();
    }
    failure = of_event;
    if (failure.ok()) return outcome;
  }
  outcome.status = failure;
  outcome.next = false;
  if (dry_run || status::IsOutage(failure)) return outcome;
  if (absl::Status recorded = RecordFailure(head, failure); !recorded.ok()) {
    outcome.status = recorded;
  }
  return outcome;
}

absl::Status KeyQueue::RecordFailure(const Head& head, const absl::Status& failure) const {
  const std::string error = DescribeFailure(failure);
  const eventlog::Record& record = head.entry.record;
  return db_.Write(Writing(text::Cat(record.topic, "/", record.key)),
                   [&](database::Transaction& tx) -> absl::Status {
                     TREMPLIN_ASSIGN_OR_RETURN(const bool locked, store_.Lock(tx, head));
                     if (!locked) return Gone();
                     return store_.Fail(tx, head, error, clock_.SystemNow());
                   });
}

KeyQueue::Outcome KeyQueue::Discard(const Head& head, std::string_view by,
                                    std::string_view reason) const {
  Outcome outcome;
  const eventlog::Record& record = head.entry.record;
  outcome.status = db_.Write(
      Writing(text::Cat(record.topic, "/", record.key)),
      [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const bool locked, store_.Lock(tx, head));
        if (!locked) return Gone();
        TREMPLIN_RETURN_IF_ERROR(store_.RecordDiscarded(tx, head, by, reason, clock_.SystemNow()));
        TREMPLIN_ASSIGN_OR_RETURN(outcome.next, store_.Promote(tx, head, clock_.SystemNow()));
        return absl::OkStatus();
      });
  return outcome;
}

int64_t KeyQueue::Drain(int64_t id, int limit) const {
  int64_t applied = 0;
  for (int i = 0; i < limit; ++i) {
    std::vector<Head> head;
    const absl::Status read = db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
      TREMPLIN_ASSIGN_OR_RETURN(head, store_.HeadById(reader, id));
      return absl::OkStatus();
    });
    if (!read.ok() || head.empty() || head[0].failed) break;
    const Outcome outcome = Run(head[0], /*dry_run=*/false);
    if (!outcome.status.ok()) break;
    ++applied;
    if (!outcome.next) break;
  }
  return applied;
}

}  // namespace tremplin::inbox
