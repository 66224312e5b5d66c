#include "services/matching/app/memory.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "common/status/macros.h"
#include "services/matching/app/policy.h"
#include "services/matching/store/bars.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

// More changes than these are read as a whole pool.
constexpr int kMostChanges = 1000;
constexpr int kMostPins = 1'000'000;  // all: staff make them one by one

constexpr std::string_view kBuilt = "tremplin_matching_memory_builds_total";
constexpr std::string_view kFollowed = "tremplin_matching_memory_changes_total";

}  // namespace

absl::StatusOr<engine::Pool> Memory::ReadAll(database::Reader& reader, const Subject& of,
                                             absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(FormatPool read, ReadPool(reader, of.program, of.format, now));
  engine::Pool& pool = read.pool;
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Pin> pins,
                            store::ListPins(reader, of.program.id, "", kMostPins));
  pinned_.clear();
  places_of_.clear();
  for (const store::Pin& pin : pins) {
    const auto mentee = std::find_if(pool.mentees.begin(), pool.mentees.end(),
                                     [&](const auto& one) { return one.enrolment == pin.mentee; });
    if (mentee != pool.mentees.end()) pinned_.emplace(pin.mentee, PinnedMentee{pin, *mentee});
    const auto mentor = std::find_if(pool.mentors.begin(), pool.mentors.end(),
                                     [&](const auto& one) { return one.enrolment == pin.mentor; });
    if (mentor != pool.mentors.end()) places_of_.emplace(pin.mentor, mentor->free);
  }
  TakePins(pins, kMostPins, &pool);
  TREMPLIN_ASSIGN_OR_RETURN(
      elsewhere_,
      store::EngagedElsewhere(reader, of.program.id, of.format.matching().exclusivity_group()));
  barred_.clear();
  for (const auto& [mentee, mentor] : pool.barred) barred_[mentee].insert(mentor);
  TakeInput(read);
  version_ = pool.version;
  program_version_ = of.program.version;
  return pool;
}

// The same people as in the pool, as a run's record keeps them.
void Memory::TakeInput(const FormatPool& read) {
  std::map<std::string_view, const store::PoolEntry*> entries;
  for (const store::PoolEntry& entry : read.mentees) entries.emplace(entry.enrolment, &entry);
  for (const store::PoolEntry& entry : read.mentors) entries.emplace(entry.enrolment, &entry);
  input_ = store::RunInput();
  for (const engine::Mentee& one : read.pool.mentees) {
    const auto barred = barred_.find(one.enrolment);
    input_.PutMentee(*entries.at(one.enrolment), one.waiting_since,
                     barred == barred_.end() ? std::set<std::string>() : barred->second);
  }
  for (const engine::Mentor& one : read.pool.mentors) {
    input_.PutMentor(*entries.at(one.enrolment), one.free);
  }
}

absl::StatusOr<bool> Memory::CatchUp(database::Reader& reader, const Subject& of, int64_t version) {
  TREMPLIN_RETURN_IF_ERROR(TakeEngagedElsewhere(reader, of));
  if (version == version_) return true;
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::vector<store::PoolEntry> changed,
      store::ChangedEntries(reader, of.program.id, version_, kMostChanges + 1));
  if (changed.size() > kMostChanges) return false;
  for (const store::PoolEntry& entry : changed) {
    TREMPLIN_RETURN_IF_ERROR(Take(reader, of, entry));
  }
  version_ = version;
  return true;
}

absl::Status Memory::Take(database::Reader& reader, const Subject& of,
                          const store::PoolEntry& entry) {
  return entry.side == domain::Side::kMentee ? TakeMentee(reader, of, entry)
                                             : TakeMentor(of, entry);
}

absl::Status Memory::TakeMentor(const Subject& of, const store::PoolEntry& entry) {
  const auto kept = std::count_if(pinned_.begin(), pinned_.end(), [&](const auto& pinned) {
    return pinned.second.pin.mentor == entry.enrolment;
  });
  places_of_.erase(entry.enrolment);
  if (!entry.ready || !entry.Qualifies(of.format.code())) {
    input_.DropMentor(entry.enrolment);
    return pool_->DropMentor(entry.enrolment);
  }
  engine::Mentor mentor = MentorOf(entry, of.program);
  if (kept > 0) places_of_.emplace(entry.enrolment, mentor.free);
  mentor.free = std::max(0, mentor.free - static_cast<int>(kept));
  input_.PutMentor(entry, mentor.free);
  return pool_->PutMentor(mentor);
}

absl::Status Memory::TakeBars(database::Reader& reader, const Subject& of,
                              const std::string& mentee) {
  TREMPLIN_ASSIGN_OR_RETURN(std::set<std::string> barred,
                            store::BarredMentors(reader, mentee, of.format.code()));
  std::set<std::string>& known = barred_[mentee];
  for (const std::string& mentor : known) {
    if (barred.count(mentor) > 0) continue;
    TREMPLIN_RETURN_IF_ERROR(pool_->Unbar(mentee, mentor));
  }
  for (const std::string& mentor : barred) {
    TREMPLIN_RETURN_IF_ERROR(pool_->Bar(mentee, mentor));
  }
  known = std::move(barred);
  return absl::OkStatus();
}

absl::Status Memory::TakePin(database::Reader& reader, const Subject& of,
                             const store::PoolEntry& mentee, bool waits) {
  std::set<std::string> mentors;
  if (const auto before = pinned_.find(mentee.enrolment); before != pinned_.end()) {
    mentors.insert(before->second.pin.mentor);
    pinned_.erase(before);
  }
  if (waits) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Pin> pin,
                              store::FindPin(reader, mentee.enrolment));
    if (pin.has_value()) {
      mentors.insert(pin->mentor);
      pinned_.emplace(mentee.enrolment, PinnedMentee{*pin, MenteeOf(mentee, of.program)});
    }
  }
  for (const std::string& mentor : mentors) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::PoolEntry> entry,
                              store::FindEntry(reader, mentor));
    if (!entry.has_value()) continue;
    TREMPLIN_RETURN_IF_ERROR(TakeMentor(of, *entry));
  }
  return absl::OkStatus();
}

absl::Status Memory::TakeMentee(database::Reader& reader, const Subject& of,
                                const store::PoolEntry& entry) {
  const std::string& enrolment = entry.enrolment;
  TREMPLIN_RETURN_IF_ERROR(TakeBars(reader, of, enrolment));
  const bool waits = entry.ready && !entry.paused && entry.taken == 0 &&
                     elsewhere_.count(entry.person) == 0 &&
                     IsFor(of.format, entry, of.program, pool_->today());
  TREMPLIN_RETURN_IF_ERROR(TakePin(reader, of, entry, waits));
  if (!waits || pinned_.contains(enrolment)) {
    input_.DropMentee(enrolment);
    return pool_->DropMentee(enrolment);
  }
  const engine::Mentee mentee = MenteeOf(entry, of.program);
  input_.PutMentee(entry, mentee.waiting_since, barred_[enrolment]);
  return pool_->PutMentee(mentee);
}

PinnedPairs Memory::Pinned(int limit) const {
  engine::Pool pool;
  std::vector<store::Pin> pins;
  for (const auto& [enrolment, kept] : pinned_) {
    pins.push_back(kept.pin);
    pool.mentees.push_back(kept.mentee);
  }
  for (const auto& [enrolment, free] : places_of_) {
    engine::Mentor mentor;
    mentor.enrolment = enrolment;
    mentor.free = free;
    pool.mentors.push_back(std::move(mentor));
  }
  return TakePins(pins, limit, &pool);
}

// What happens in another program changes no version here.
absl::Status Memory::TakeEngagedElsewhere(database::Reader& reader, const Subject& of) {
  TREMPLIN_ASSIGN_OR_RETURN(
      std::set<std::string> engaged,
      store::EngagedElsewhere(reader, of.program.id, of.format.matching().exclusivity_group()));
  std::vector<std::string> persons;
  std::set_symmetric_difference(engaged.begin(), engaged.end(), elsewhere_.begin(),
                                elsewhere_.end(), std::back_inserter(persons));
  elsewhere_ = std::move(engaged);
  for (const std::string& person : persons) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::PoolEntry> entries,
                              store::MenteesOf(reader, of.program.id, person));
    for (const store::PoolEntry& entry : entries) {
      TREMPLIN_RETURN_IF_ERROR(TakeMentee(reader, of, entry));
    }
  }
  return absl::OkStatus();
}

Memories::Memories(database::Database& db, engine::Distance distance, metrics::Registry& metrics)
    : db_(db),
      distance_(std::move(distance)),
      built_(metrics.GetCounter(std::string(kBuilt), "Pools built anew in the engine's memory.")),
      followed_(metrics.GetCounter(std::string(kFollowed),
                                   "Pool versions that the engine's memory followed.")) {}

std::shared_ptr<Memory> Memories::Of(const Key& key) {
  const std::lock_guard lock(mutex_);
  std::erase(used_, key);
  used_.push_back(key);
  if (used_.size() > kMost) {
    by_format_.erase(used_.front());  // whoever uses it just now keeps it till then
    used_.erase(used_.begin());
  }
  std::shared_ptr<Memory>& memory = by_format_[key];
  if (memory == nullptr) memory = std::make_shared<Memory>();
  return memory;
}

absl::StatusOr<std::optional<engine::Pool>> Memories::CatchUp(
    Memory& memory, const Memory::Subject& of, absl::Time now,
    const database::ReadOptions& reading) {
  const absl::CivilDay day = absl::ToCivilDay(now, of.program.time_zone);
  std::optional<engine::Pool> anew;
  const absl::Status read = db_.Read(reading, [&](database::Reader& reader) -> absl::Status {
    anew.reset();
    if (memory.pool_ != nullptr && memory.pool_->today() == day &&
        memory.program_version_ == of.program.version) {
      const int64_t before = memory.version_;
      TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::PoolVersion(reader, of.program.id));
      const absl::StatusOr<bool> caught_up = memory.CatchUp(reader, of, version);
      if (caught_up.ok() && *caught_up) {
        followed_.Add(static_cast<double>(version - before));
        return absl::OkStatus();
      }
    }
    TREMPLIN_ASSIGN_OR_RETURN(anew, memory.ReadAll(reader, of, now));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  return anew;
}

absl::StatusOr<Memories::Use> Memories::Follow(const program::Program& program,
                                               const program::v1::Format& format, absl::Time now,
                                               const database::ReadOptions& reading) {
  const Memory::Subject of = {program, format};
  Use use;
  use.memory_ = Of({program.id, format.code()});
  Memory& memory = *use.memory_;
  use.lock_ = std::unique_lock(memory.mutex_, std::defer_lock);
  if (reading.deadline == absl::InfiniteFuture()) {
    use.lock_.lock();
  } else if (!use.lock_.try_lock_until(absl::ToChronoTime(reading.deadline))) {
    return absl::DeadlineExceededError("the program's pool is in use by others");
  }
  absl::StatusOr<std::optional<engine::Pool>> anew = CatchUp(memory, of, now, reading);
  if (anew.ok() && !anew->has_value()) return use;
  memory.pool_.reset();  // half of a change is none
  if (!anew.ok()) return anew.status();
  built_.Add();
  TREMPLIN_ASSIGN_OR_RETURN(
      memory.pool_,
      engine::LivePool::Build(**std::move(anew), PolicyOf(format, program.registry, kMostProposals),
                              distance_));
  return use;
}

}  // namespace tremplin::matching::app
