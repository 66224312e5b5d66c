#include <algorithm>
#include <utility>

#include "common/inbox/consumer_state.h"
#include "common/inbox/handled.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

// One pass over what was polled: rounds of preparing and applying until nothing is left but what
// waits for another attempt, or for the end of an outage.
namespace tremplin::inbox {

void ConsumerLoop::State::Process(Pass& pass) {
  Decode(pass);
  if (const absl::Status looked = LookUp(pass); !looked.ok()) {
    std::fill(pass.outages.begin(), pass.outages.end(), looked);
    return;
  }
  while (!pass.cut_short) {
    std::vector<size_t> round = NextRound(pass);
    if (round.empty()) return;
    PrepareRound(pass, round);
    // What was prepared before an outage has its effect, so that retries get on.
    ApplyRound(pass, std::move(round));
  }
}

void ConsumerLoop::State::Decode(Pass& pass) {
  bool early = true;
  for (size_t number = 0; number < pass.chunks.size(); ++number) {
    for (const eventlog::Record& record : pass.chunks[number].records) {
      Item item = DecodeRecord(record);
      item.chunk = number;
      if (early) PrepareEarly(item);
      // Whom one called in vain the next need not call, too.
      early = early && (!item.prepared.has_value() || item.prepared->ok());
      if (item.done) meters.skipped.Add();
      pass.items.push_back(std::move(item));
    }
  }
}

// Done is what has no handler here.
Item ConsumerLoop::State::DecodeRecord(const eventlog::Record& record) const {
  Item item;
  item.record = &record;
  item.done = IsOfNoConcern(record);
  if (item.done) return item;
  auto event = events::DecodeEvent(record.headers, record.key, record.value);
  if (!event.ok()) {
    item.place = {text::Cat(record.topic, "/", record.partition), text::Cat(record.offset)};
    item.failure = event.status();
    item.attempts = 1;
    return item;
  }
  item.prepare = handlers.Find(event->type);
  item.reads_event_alone = handlers.ReadsEventAlone(event->type);
  item.parent = BeginSpan(*event);
  item.event = *std::move(event);
  return item;
}

// Where the event alone decides, it may say before anything is looked up that it has no effect.
void ConsumerLoop::State::PrepareEarly(Item& item) {
  if (item.done || !item.reads_event_alone) return;
  item.prepared = (*item.prepare)(*item.event);
  item.done = item.prepared->ok() && **item.prepared == nullptr;
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
  std::set<KeyRef> keys;
  std::set<size_t> unsure;  // chunks
  bool any = false;
  for (const Item& item : pass.items) {
    if (item.done) continue;
    any = true;
    if (item.has_key()) keys.insert(item.key());
    if (!clean.contains(PartitionOf(pass.chunks[item.chunk]))) unsure.insert(item.chunk);
  }
  if (!any) return absl::OkStatus();
  std::vector<size_t> repeats;
  const absl::Status status = db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(pass.blocked, store.Blocked(reader, keys));
    repeats.clear();
    for (size_t i = 0; i < pass.items.size(); ++i) {
      if (pass.items[i].done || !unsure.contains(pass.items[i].chunk)) continue;
      TREMPLIN_ASSIGN_OR_RETURN(const bool marked,
                                store.IsMarked(reader, pass.items[i].inbox_key()));
      if (marked) repeats.push_back(i);
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  for (const size_t number : unsure) clean.insert(PartitionOf(pass.chunks[number]));
  for (const size_t i : repeats) Settle(pass, pass.items[i], Result::kRepeat);
  return absl::OkStatus();
}

// The next items that may be prepared together: of each key the first that is left, and those after
// it that need not see its effect.
std::vector<size_t> ConsumerLoop::State::NextRound(const Pass& pass) const {
  std::vector<size_t> round;
  std::set<KeyRef> taken;
  std::set<KeyRef> waiting = pass.failed;
  for (size_t i = 0; i < pass.items.size(); ++i) {
    const Item& item = pass.items[i];
    if (item.done || pass.Paused(item)) continue;
    if (!item.has_key()) {  // no key, no order
      round.push_back(i);
      continue;
    }
    if (waiting.contains(item.key())) continue;
    const bool first = taken.insert(item.key()).second;
    if (first || item.reads_event_alone || pass.blocked.contains(item.key())) {
      round.push_back(i);
    } else {
      waiting.insert(item.key());
    }
  }
  return round;
}

// Leaves in `round` what can be applied. An outage pauses its chunk and ends the round: a peer that
// does not answer may take its time over each call, so there is one such call in a pass.
void ConsumerLoop::State::PrepareRound(Pass& pass, std::vector<size_t>& round) {
  std::vector<size_t> ready;
  for (const size_t i : round) {
    Item& item = pass.items[i];
    if (pass.Paused(item) || pass.failed.contains(item.key())) continue;
    pass.outages[item.chunk] = PrepareItem(pass, item);
    if (pass.Paused(item)) {
      pass.cut_short = true;
      break;
    }
    const bool waits = item.has_key() && pass.failed.contains(item.key());
    if (!item.done && !waits) ready.push_back(i);
  }
  round = std::move(ready);
}

// An error is an outage.
absl::Status ConsumerLoop::State::PrepareItem(Pass& pass, Item& item) {
  if (pass.blocked.contains(item.key())) {
    item.action = Item::Action::kPark;
    return absl::OkStatus();
  }
  if (!item.event.has_value()) {
    item.action = Item::Action::kDeadLetter;
    return absl::OkStatus();
  }
  item.action = Item::Action::kApply;
  absl::StatusOr<Apply> apply =
      item.prepared.has_value() ? *std::move(item.prepared) : (*item.prepare)(*item.event);
  item.prepared.reset();
  if (!apply.ok()) return PrepareFailed(pass, item, apply.status());
  item.apply = *std::move(apply);
  if (item.apply == nullptr) Settle(pass, item, Result::kNoEffect);
  return absl::OkStatus();
}

absl::Status ConsumerLoop::State::PrepareFailed(Pass& pass, Item& item,
                                                const absl::Status& failure) {
  if (status::IsOutage(failure)) return failure;
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
  item.failure = failure;
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
      if (item.has_key()) pass.failed.insert(item.key());
      Log(pass, item, "failed");
      return;
    case Result::kNoEffect:
      meters.skipped.Add();
      break;
    case Result::kApplied:
      meters.applied.Add();
      Log(pass, item, "applied");
      break;
    case Result::kRepeat:
      meters.repeats.Add();
      Log(pass, item, "repeat");
      clean.erase(PartitionOf(pass.chunks[item.chunk]));
      break;
    case Result::kParked:
      meters.parked.Add();
      Log(pass, item, "parked");
      break;
    case Result::kDead:
      meters.dead.Add();
      if (item.has_key()) pass.blocked.insert(item.key());
      Log(pass, item, "dead");
      break;
  }
  item.done = true;
  attempts.erase(item.event_id());
}

void ConsumerLoop::State::Log(const Pass& pass, const Item& item, std::string_view result) const {
  LogHandled({.consumer = options.service,
              .type = item.type(),
              .event_id = item.event_id(),
              .traceparent = item.traceparent(),
              .parent = item.parent,
              .result = result,
              .took = clock.SteadyNow() - pass.begin,
              .failure = item.failure});
}

}  // namespace tremplin::inbox
