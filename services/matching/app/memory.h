#ifndef TREMPLIN_SERVICES_MATCHING_APP_MEMORY_H_
#define TREMPLIN_SERVICES_MATCHING_APP_MEMORY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/metrics/metrics.h"
#include "common/program/program_store.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/engine/live_pool.h"
#include "services/matching/store/pins.h"
#include "services/matching/store/pool.h"
#include "services/matching/store/run_input.h"

namespace tremplin::matching::app {

// The pool of a program's format as this process remembers it: solved, and ready to be told of.
class Memory {
 public:
  engine::LivePool& pool() { return *pool_; }
  // The same pool, as a run's record keeps it.
  const store::RunInput::Parts& input() { return input_.Made(); }
  // Of the pool that this is the memory of.
  int64_t version() const { return version_; }

  // Mentees whom staff pinned, at most `limit` of whom may be proposed: they, and a place for each
  // whose mentor has one, are no part of pool() and input().
  PinnedPairs Pinned(int limit) const;

 private:
  friend class Memories;

  // What it follows.
  struct Subject {
    const program::Program& program;
    const program::v1::Format& format;
  };
  // False when it would take as long as building anew.
  absl::StatusOr<bool> CatchUp(database::Reader& reader, const Subject& of, int64_t version);
  // Reads everything, for the pool to be built from.
  absl::StatusOr<engine::Pool> ReadAll(database::Reader& reader, const Subject& of, absl::Time now);
  void TakeInput(const FormatPool& read);
  absl::Status Take(database::Reader& reader, const Subject& of, const store::PoolEntry& entry);
  absl::Status TakeMentee(database::Reader& reader, const Subject& of,
                          const store::PoolEntry& entry);
  absl::Status TakeMentor(const Subject& of, const store::PoolEntry& entry);
  absl::Status TakeBars(database::Reader& reader, const Subject& of, const std::string& mentee);
  // Keeps or forgets the mentee's pin, and reads the mentors again whose places it concerns.
  absl::Status TakePin(database::Reader& reader, const Subject& of, const store::PoolEntry& mentee,
                       bool waits);
  absl::Status TakeEngagedElsewhere(database::Reader& reader, const Subject& of);

  std::timed_mutex mutex_;  // held by whoever uses it
  std::unique_ptr<engine::LivePool> pool_;
  store::RunInput input_;
  std::map<std::string, std::set<std::string>> barred_;  // mentors by mentee, enrolments
  std::set<std::string> elsewhere_;  // persons engaged in another program of the group
  struct PinnedMentee {
    store::Pin pin;
    engine::Mentee mentee;
  };
  std::map<std::string, PinnedMentee> pinned_;  // who waits for one mentor, by enrolment
  std::map<std::string, int> places_of_;  // of these mentors, by enrolment; absent: not in the pool
  int64_t program_version_ = 0;
  int64_t version_ = 0;
};

// The memories of the formats that this process works for and that are solved as an assignment
// (design §8). A memory follows the database: it learns what was committed, by the pool's versions
// and in no other way, when it is asked for; it may be dropped at any moment and is then built
// anew. Of another day or another version of the definition it is built anew too. At most kMost are
// kept. Thread-safe.
class Memories {
 public:
  static constexpr size_t kMost = 64;

  Memories(database::Database& db, engine::Distance distance, metrics::Registry& metrics);

  // Exclusive use of a format's memory for as long as this lives, which is not while writing.
  class Use {
   public:
    Memory* operator->() const { return memory_.get(); }

   private:
    friend class Memories;
    std::shared_ptr<Memory> memory_;
    std::unique_lock<std::timed_mutex> lock_;
  };

  // The memory of the pool as of `now`, after it has caught up. Waits while another caller uses it,
  // until the reading's deadline: DEADLINE_EXCEEDED.
  absl::StatusOr<Use> Follow(const program::Program& program, const program::v1::Format& format,
                             absl::Time now, const database::ReadOptions& reading);

 private:
  using Key = std::pair<std::string, std::string>;  // program, format
  std::shared_ptr<Memory> Of(const Key& key);
  // Brings the memory up to the pool. Nothing, or what it is to be built from.
  absl::StatusOr<std::optional<engine::Pool>> CatchUp(Memory& memory, const Memory::Subject& of,
                                                      absl::Time now,
                                                      const database::ReadOptions& reading);

  database::Database& db_;
  const engine::Distance distance_;
  metrics::Counter& built_;
  metrics::Counter& followed_;
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<Memory>> by_format_;
  std::vector<Key> used_;  // least recently used first
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_MEMORY_H_
