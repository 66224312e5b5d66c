#include <algorithm>
#include <utility>

#include "common/inbox/consumer_state.h"
#include "common/status/error.h"
#include "common/status/macros.h"

// The Writes of a pass. Nearly always everything of a round goes well, so it is first written
// together, which a Write undoes as a whole, and without waiting for the answer to a single mark.
// If anything does not go well, nothing of that remains, and the round is written again with a
// savepoint an event, which tells what failed and leaves the others done.
namespace tremplin::inbox {
namespace {

// Each may have waited for a lock as long as that may last.
constexpr int kOutagesInAPass = 4;

}  // namespace

// An outage pauses the chunk whose item met it, and the others are written without it; one that
// cannot be laid to an item (the database's) pauses them all.
void ConsumerLoop::State::ApplyRound(Pass& pass, std::vector<size_t> round) {
  for (int outages = 0; outages < kOutagesInAPass && !round.empty(); ++outages) {
    Outcomes outcomes(round.size());
    absl::Status status = absl::UnknownError("not written yet");
    if (NoneHasFailedBefore(pass, round)) status = WriteTogether(pass, round, outcomes);
    const bool out = absl::IsUnavailable(status) && !outcomes.culprit.has_value();
    if (!status.ok() && !out) status = WriteOneByOne(pass, round, outcomes);
    if (status.ok()) status = SettleRound(pass, round, outcomes);
    if (status.ok()) return;
    pass.cut_short = true;
    std::vector<size_t> rest;
    for (const size_t i : round) {
      const size_t chunk = pass.items[i].chunk;
      if (outcomes.culprit.has_value() && chunk != pass.items[*outcomes.culprit].chunk) {
        rest.push_back(i);
      } else {
        pass.outages[chunk] = status;
      }
    }
    round = std::move(rest);
  }
}

// What has failed before is likely to fail again.
bool ConsumerLoop::State::NoneHasFailedBefore(const Pass& pass,
                                              const std::vector<size_t>& round) const {
  return std::all_of(round.begin(), round.end(), [&](const size_t i) {
    const Item& item = pass.items[i];
    return item.action == Item::Action::kApply && !attempts.contains(item.event_id());
  });
}

absl::Status ConsumerLoop::State::WriteTogether(const Pass& pass, const std::vector<size_t>& round,
                                                Outcomes& outcomes) {
  std::vector<InboxKey> keys;
  for (const size_t i : round) keys.push_back(pass.items[i].inbox_key());
  return db.Write(Writing(options.service), [&](database::Transaction& tx) -> absl::Status {
    outcomes = Outcomes(round.size());
    // A repeat among them fails the Write, and its effect with it.
    TREMPLIN_RETURN_IF_ERROR(store.MarkNew(tx, keys, clock.SystemNow()));
    for (size_t n = 0; n < round.size(); ++n) {
      if (absl::Status applied = pass.items[round[n]].apply(tx); !applied.ok()) {
        outcomes.culprit = round[n];
        return applied;
      }
      outcomes.results[n] = Result::kApplied;
    }
    return absl::OkStatus();
  });
}

absl::Status ConsumerLoop::State::WriteOneByOne(const Pass& pass, const std::vector<size_t>& round,
                                                Outcomes& outcomes) {
  return db.Write(Writing(options.service), [&](database::Transaction& tx) -> absl::Status {
    outcomes = Outcomes(round.size());
    std::set<KeyRef> stopped;  // keys whose later items wait for another round
    for (size_t n = 0; n < round.size(); ++n) {
      const Item& item = pass.items[round[n]];
      if (item.has_key() && stopped.contains(item.key())) continue;
      Result& result = outcomes.results[n];
      absl::Status written = WriteItem(tx, item, result, outcomes.failures[n]);
      if (!written.ok()) {
        outcomes.culprit = round[n];
        return written;
      }
      if (result != Result::kApplied && result != Result::kParked) stopped.insert(item.key());
    }
    return absl::OkStatus();
  });
}

absl::Status ConsumerLoop::State::WriteItem(database::Transaction& tx, const Item& item,
                                            Result& result, absl::Status& failure) {
  switch (item.action) {
    case Item::Action::kApply:
      return ApplyItem(tx, item, result, failure);
    case Item::Action::kPark:
      return ParkItem(tx, item, result);
    case Item::Action::kDeadLetter:
      return BuryItem(tx, item, item.failure, item.attempts, result);
  }
  return absl::OkStatus();
}

// The event and its inbox row in one savepoint. On its last attempt a failing event is buried in
// the same transaction. An error is the whole write's: an outage, or a version conflict, for which
// the write runs again.
absl::Status ConsumerLoop::State::ApplyItem(database::Transaction& tx, const Item& item,
                                            Result& result, absl::Status& failure) {
  failure = tx.Nested([&](database::Transaction& nested) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const bool first,
                              store.Mark(nested, item.inbox_key(), clock.SystemNow()));
    result = first ? Result::kApplied : Result::kRepeat;
    return first ? item.apply(nested) : absl::OkStatus();
  });
  if (failure.ok()) return absl::OkStatus();
  if (status::IsOutage(failure)) return failure;
  result = Result::kFailed;
  const int tries = NextAttempt(item);
  return GivesUp(failure, tries) ? BuryItem(tx, item, failure, tries, result) : absl::OkStatus();
}

absl::Status ConsumerLoop::State::BuryItem(database::Transaction& tx, const Item& item,
                                           const absl::Status& failure, int tries, Result& result) {
  TREMPLIN_ASSIGN_OR_RETURN(const bool first, store.Mark(tx, item.inbox_key(), clock.SystemNow()));
  result = first ? Result::kDead : Result::kRepeat;
  if (!first) return absl::OkStatus();
  return store.AddDeadLetter(tx, item.entry(), DescribeFailure(failure), tries, clock.SystemNow());
}

absl::Status ConsumerLoop::State::ParkItem(database::Transaction& tx, const Item& item,
                                           Result& result) {
  const absl::Status status = tx.Nested([&](database::Transaction& nested) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const bool first,
                              store.Mark(nested, item.inbox_key(), clock.SystemNow()));
    result = first ? Result::kParked : Result::kRepeat;
    if (!first) return absl::OkStatus();
    TREMPLIN_ASSIGN_OR_RETURN(const bool parked,
                              store.Park(nested, item.entry(), clock.SystemNow()));
    if (parked) return absl::OkStatus();
    result = Result::kUnblocked;
    return absl::CancelledError("the key flows again");
  });
  return result == Result::kUnblocked ? absl::OkStatus() : status;
}

// After the commit. An error is an outage.
absl::Status ConsumerLoop::State::SettleRound(Pass& pass, const std::vector<size_t>& round,
                                              const Outcomes& outcomes) {
  std::set<KeyRef> repeated;
  for (size_t n = 0; n < round.size(); ++n) {
    Item& item = pass.items[round[n]];
    if (!outcomes.failures[n].ok()) {
      item.failure = outcomes.failures[n];
      item.attempts = NextAttempt(item);
    }
    if (outcomes.results[n] == Result::kRepeat) repeated.insert(item.key());
    Settle(pass, item, outcomes.results[n]);
  }
  return repeated.empty() ? absl::OkStatus() : LookUpBlocked(pass, repeated);
}

// What was done by another worker after LookUp may have been buried or parked by it.
absl::Status ConsumerLoop::State::LookUpBlocked(Pass& pass, const std::set<KeyRef>& keys) {
  return db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::set<KeyRef> blocked, store.Blocked(reader, keys));
    pass.blocked.merge(blocked);
    return absl::OkStatus();
  });
}

}  // namespace tremplin::inbox
