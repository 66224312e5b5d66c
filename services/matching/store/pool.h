#ifndef TREMPLIN_SERVICES_MATCHING_STORE_POOL_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_POOL_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/facts.h"
#include "services/matching/domain/proposal.h"
#include "services/matching/engine/matcher.h"

// The pool: who may be proposed, in codes, and the mentors' places as rows.
namespace tremplin::matching::store {

// Who paused somebody. An engagement does when who was in it wants no other for now, or has not
// said yet.
inline constexpr char kPausedBySelf[] = "self";
inline constexpr char kPausedByStaff[] = "staff";
inline constexpr char kPausedByEngagement[] = "engagement";

struct PoolEntry {
  std::string enrolment;
  std::string program;
  domain::Side side = domain::Side::kMentee;
  std::string person;
  std::string business_key;
  program::GivenFacts facts;         // what matching sees of them
  std::vector<std::string> formats;  // that they qualify for, sorted
  // Volunteered with consent; codes, sorted. As engine::Profile's.
  std::vector<std::string> wishes;
  std::vector<std::string> required;
  std::vector<std::string> attributes;
  int64_t capacity = 0;  // mentors
  bool paused = false;   // takes no new proposal for now
  bool ready = true;     // false: left the pool
  absl::Time waiting_since;
  std::vector<std::string> lessons;  // as engine::Mentee's, at most kMostLessons a criterion
  int64_t taken = 0;                 // mentor: places held; mentee: open proposals and matches
  std::string paused_by;             // one of kPausedBy…; "" while not paused
  absl::Time paused_until = absl::InfinitePast();  // InfinitePast: open

  // Of a mentee whom other meetings kept busy: when one was last over, and when the first of those
  // over at that moment was proposed. InfinitePast: none.
  absl::Time over = absl::InfinitePast();
  absl::Time over_taken = absl::InfinitePast();

  void Pause(std::string by, absl::Time until);
  void Resume();
  bool Qualifies(std::string_view format) const;

  // Places that may be taken now.
  int64_t Free() const;
};

// What the engine compares of somebody: facts found by what the registry says that matching makes
// of them.
engine::Profile ProfileOf(const program::Registry& registry, const PoolEntry& entry);
// The mentor's places by the registry's fact; 1 where nothing says how many.
int64_t CapacityOf(const program::Registry& registry, const program::GivenFacts& facts);

// Takes the program's next pool version. The first statement of every write that changes the pool
// or a proposal: it orders the program's writers, and the versions commit without a gap.
absl::StatusOr<int64_t> NextPoolVersion(database::Transaction& tx, std::string_view program);
absl::StatusOr<int64_t> PoolVersion(database::Reader& reader, std::string_view program);

// Adds or renews an entry; one that waits keeps its place in the order (waiting_since), and
// everybody what their noes taught.
absl::Status PutEntry(database::Transaction& tx, PoolEntry entry, int64_t pool_version);
absl::StatusOr<std::optional<PoolEntry>> FindEntry(database::Reader& reader,
                                                   std::string_view enrolment);
// Writes facts, formats, capacity, pause, ready, waiting_since and lessons.
absl::Status UpdateEntry(database::Transaction& tx, const PoolEntry& entry, int64_t pool_version);

// Says that what may be proposed to these has changed with the program's present version: who
// follows the pool reads them again.
absl::Status Touch(database::Transaction& tx, const std::vector<std::string>& enrolments);
// Entries of a program, also those that left, that changed after `version`: at most `limit`.
absl::StatusOr<std::vector<PoolEntry>> ChangedEntries(database::Reader& reader,
                                                      std::string_view program, int64_t version,
                                                      int limit);
// A person's entries as mentee of a program.
absl::StatusOr<std::vector<PoolEntry>> MenteesOf(database::Reader& reader, std::string_view program,
                                                 std::string_view person);
// Persons who have an open proposal or match as mentee in another program of the group.
absl::StatusOr<std::set<std::string>> EngagedElsewhere(database::Reader& reader,
                                                       std::string_view program,
                                                       std::string_view exclusivity_group);

// Mentees who are ready, not paused, and have neither an open proposal or match, nor one in a
// program of the same exclusivity group.
absl::StatusOr<std::vector<PoolEntry>> WaitingMentees(database::Reader& reader,
                                                      std::string_view program,
                                                      std::string_view exclusivity_group);
// Mentees who are ready and not paused, whatever is open for them.
absl::StatusOr<std::vector<PoolEntry>> ReadyMentees(database::Reader& reader,
                                                    std::string_view program);
// Every ready mentor, full or free.
absl::StatusOr<std::vector<PoolEntry>> ReadyMentors(database::Reader& reader,
                                                    std::string_view program);
// Ready entries of a program by enrolment, after `after`; both sides when `side` is absent, every
// format when `format` is
// "".
absl::StatusOr<std::vector<PoolEntry>> ListEntries(database::Reader& reader,
                                                   std::string_view program,
                                                   std::optional<domain::Side> side,
                                                   std::string_view format, std::string_view after,
                                                   int limit);

// How long a matched mentee had waited when the proposal was made that became the match.
struct Wait {
  program::GivenFacts mentee;
  absl::Duration waited;
};
// Of the matches proposed since `since`, at most 5,000.
absl::StatusOr<std::vector<Wait>> WaitsOfMatches(database::Reader& reader, std::string_view program,
                                                 absl::Time since);

// Takes the lowest free slot below the mentor's capacity; false when there is none.
absl::StatusOr<bool> Reserve(database::Transaction& tx, const PoolEntry& mentor,
                             std::string_view proposal);
// Frees the place that a proposal holds of a mentor, if any; every one that it holds.
absl::Status Release(database::Transaction& tx, std::string_view proposal, std::string_view mentor);
absl::Status ReleaseAll(database::Transaction& tx, std::string_view proposal);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_POOL_H_
