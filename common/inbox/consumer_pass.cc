#include <algorithm>
#include <utility>

#include "common/inbox/consumer_state.h"
#include "common/logging/logging.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

// One pass over a chunk: rounds of preparing and applying until nothing is left but what waits for
// another attempt.
namespace tremplin::inbox {

// OK also when items are left that wait for another attempt; an error is an outage.
absl::Status ConsumerLoop::State::Process(const eventlog::Chunk& chunk, Pass& pass) {
  Decode(chunk, pass);
  TREMPLIN_RETURN_IF_ERROR(LookUp(pass));
  while (true) {
    std::vector<size_t> round = NextRound(pass);
    if (round.empty()) return absl::OkStatus();
    const absl::Status prepared = PrepareRound(pass, round);
    // What was prepared before the outage has its effect, so that retries get on.
    if (!round.empty()) TREMPLIN_RETURN_IF_ERROR(ApplyRound(pass, round));
    TREMPLIN_RETURN_IF_ERROR(prepared);
  }
}

void ConsumerLoop::State::Decode(const eventlog::Chunk& chunk, Pass& pass) {
  pass.topic = chunk.topic;
  pass.partition = chunk.partition;
  pass.items.reserve(chunk.records.size());
  for (const eventlog::Record& record : chunk.records) {
    Item item;
    item.record = &record;
    if (IsOfNoConcern(record)) {
      item.done = true;
      meters.skipped.Add();
    } else if (auto event = events::DecodeEvent(record.headers, record.key, record.value);
               event.ok()) {
      item.prepare = handlers.Find(event->type);
      item.looks_at_event_only = handlers.LooksAtEventOnly(event->type);
      item.event = *std::move(event);
    } else {
      item.place = {text::Cat(record.topic, "/", record.partition), text::Cat(record.offset)};
      item.failure = event.status();
      item.attempts = 1;
    }
    pass.items.push_back(std::move(item));
  }
}

// Most records of a topic are of types that this service has no handler for: they are not decoded.
bool ConsumerLoop::State::IsOfNoConcern(const eventlog::Record& record) const {
  const auto type = std::find_if(
      record.headers.begin(), record.headers.end(),
      [](const events::Header& header) { return header.first == events::kTypeHeader; });
  return type != record.headers.end() && events::IsTypeName(type->second) &&
         handlers.Find(type->second) == nullptr;
}

// Keys that are blocked, and, where repeats are likely, events that are done already.
absl::Status ConsumerLoop::State::LookUp(Pass& pass) {
  std::set<std::string_view> keys;
  for (const Item& item : pass.items) {
    if (!item.done && !item.key().empty()) keys.insert(item.key());
  }
  if (std::all_of(pass.items.begin(), pass.items.end(), [](const Item& i) { return i.done; })) {
    return absl::OkStatus();
  }
  const std::pair<std::string, int32_t> partition(pass.topic, pass.partition);
  const bool check = clean.count(partition) == 0;
  std::vector<size_t> repeats;
  const absl::Status status = db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(pass.blocked, store.Blocked(reader, pass.topic, keys));
    repeats.clear();
    for (size_t i = 0; check && i < pass.items.size(); ++i) {
      if (pass.items[i].done) continue;
      TREMPLIN_ASSIGN_OR_RETURN(const bool marked,
                                store.IsMarked(reader, pass.items[i].inbox_key()));
      if (marked) repeats.push_back(i);
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  for (const size_t i : repeats) Settle(pass, pass.items[i], Result::kRepeat);
  if (repeats.empty()) clean.insert(partition);
  return absl::OkStatus();
}

// The next items that may be prepared together: of each key the first that is left, and those after
// it that need not see its effect.
std::vector<size_t> ConsumerLoop::State::NextRound(const Pass& pass) const {
  std::vector<size_t> round;
  std::set<std::string_view> taken;
  std::set<std::string_view> waiting = pass.failed;
  for (size_t i = 0; i < pass.items.size(); ++i) {
    const Item& item = pass.items[i];
    if (item.done) continue;
    if (item.key().empty()) {  // no key, no order
      round.push_back(i);
      continue;
    }
    if (waiting.count(item.key()) > 0) continue;
    const bool first = taken.insert(item.key()).second;
    if (first || item.looks_at_event_only || pass.blocked.count(item.key()) > 0) {
      round.push_back(i);
    } else {
      waiting.insert(item.key());
    }
  }
  return round;
}

// Leaves in `round` what can be applied. An error is an outage; items behind it are left out.
absl::Status ConsumerLoop::State::PrepareRound(Pass& pass, std::vector<size_t>& round) {
  std::vector<size_t> ready;
  absl::Status outage;
  for (const size_t i : round) {
    Item& item = pass.items[i];
    if (pass.failed.count(item.key()) > 0) continue;
    outage = PrepareItem(pass, item);
    if (!outage.ok()) break;
    const bool waits = pass.failed.count(item.key()) > 0 && !item.key().empty();
    if (!item.done && !waits) ready.push_back(i);
  }
  round = std::move(ready);
  return outage;
}

absl::Status ConsumerLoop::State::PrepareItem(Pass& pass, Item& item) {
  if (pass.blocked.count(item.key()) > 0) {
    item.action = Item::Action::kPark;
    return absl::OkStatus();
  }
  if (!item.event.has_value()) {
    item.action = Item::Action::kDeadLetter;
    return absl::OkStatus();
  }
  item.action = Item::Action::kApply;
  auto apply = (*item.prepare)(*item.event);
  if (apply.ok()) {
    item.apply = *std::move(apply);
    return absl::OkStatus();
  }
  if (status::IsOutage(apply.status())) return apply.status();
  // A repeat may fail because it has had its effect: that is no failure.
  bool marked = false;
  const absl::Status read = db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(marked, store.IsMarked(reader, item.inbox_key()));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  if (marked) {
    Settle(pass, item, Result::kRepeat);
    return absl::OkStatus();
  }
  item.failure = apply.status();
  item.attempts = NextAttempt(item);
  if (GivesUp(item.failure, item.attempts)) {
    item.action = Item::Action::kDeadLetter;
  } else {
    Settle(pass, item, Result::kFailed);
  }
  return absl::OkStatus();
}

int ConsumerLoop::State::NextAttempt(const Item& item) const {
  const auto tried = attempts.find(item.event_id());
  return 1 + (tried == attempts.end() ? 0 : tried->second);
}

// What cannot be decoded will not be decodable later.
bool ConsumerLoop::State::GivesUp(const absl::Status& failure, int tries) const {
  return tries >= options.max_attempts || absl::IsDataLoss(failure);
}

absl::Status ConsumerLoop::State::ApplyRound(Pass& pass, const std::vector<size_t>& round) {
  std::vector<Result> results;
  std::vector<absl::Status> failures;
  const auto write = [&](database::Transaction& tx) -> absl::Status {
    results.assign(round.size(), Result::kWaiting);
    failures.assign(round.size(), absl::OkStatus());
    std::set<std::string_view> stopped;  // keys whose later items wait for another round
    for (size_t n = 0; n < round.size(); ++n) {
      const Item& item = pass.items[round[n]];
      if (!item.key().empty() && stopped.count(item.key()) > 0) continue;
      switch (item.action) {
        case Item::Action::kApply:
          TREMPLIN_RETURN_IF_ERROR(ApplyItem(tx, item, results[n], failures[n]));
          break;
        case Item::Action::kPark:
          TREMPLIN_RETURN_IF_ERROR(ParkItem(tx, item, results[n]));
          break;
        case Item::Action::kDeadLetter:
          TREMPLIN_RETURN_IF_ERROR(BuryItem(tx, item, item.failure, item.attempts, results[n]));
          break;
      }
      if (results[n] != Result::kApplied && results[n] != Result::kParked) {
        stopped.insert(item.key());
      }
    }
    return absl::OkStatus();
  };
  const std::string lane_key = text::Cat(pass.topic, "/", pass.partition);
  TREMPLIN_RETURN_IF_ERROR(db.Write(Writing(lane_key), write));
  std::set<std::string_view> repeated;
  for (size_t n = 0; n < round.size(); ++n) {
    Item& item = pass.items[round[n]];
    if (!failures[n].ok()) {
      item.failure = failures[n];
      item.attempts = NextAttempt(item);
    }
    if (results[n] == Result::kRepeat) repeated.insert(item.key());
    Settle(pass, item, results[n]);
  }
  return repeated.empty() ? absl::OkStatus() : LookUpBlocked(pass, repeated);
}

// What was done by another worker after LookUp may have been buried or parked by it.
absl::Status ConsumerLoop::State::LookUpBlocked(Pass& pass,
                                                const std::set<std::string_view>& keys) {
  return db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::set<std::string_view> blocked,
                              store.Blocked(reader, pass.topic, keys));
    pass.blocked.merge(blocked);
    return absl::OkStatus();
  });
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

// Takes the result of an item over into the pass, after the commit.
void ConsumerLoop::State::Settle(Pass& pass, Item& item, Result result) {
  switch (result) {
    case Result::kWaiting:
      return;
    case Result::kUnblocked:
      pass.blocked.erase(item.key());
      return;
    case Result::kFailed:
      attempts[item.event_id()] = item.attempts;
      if (!item.key().empty()) pass.failed.insert(item.key());
      logging::Warning("event failed, will be tried again",
                       {{"consumer", std::string_view(options.service)},
                        {"type", item.type()},
                        {"event_id", std::string_view(item.event_id())},
                        {"error", Text(item.failure.message())}});
      return;
    case Result::kApplied:
      meters.applied.Add();
      break;
    case Result::kRepeat:
      meters.repeats.Add();
      clean.erase({pass.topic, pass.partition});
      break;
    case Result::kParked:
      meters.parked.Add();
      break;
    case Result::kDead:
      meters.dead.Add();
      if (!item.key().empty()) pass.blocked.insert(item.key());
      logging::Error("dead letter", {{"consumer", std::string_view(options.service)},
                                     {"type", item.type()},
                                     {"event_id", std::string_view(item.event_id())},
                                     {"error", Text(item.failure.message())}});
      break;
  }
  item.done = true;
  attempts.erase(item.event_id());
}

}  // namespace tremplin::inbox
