#ifndef TREMPLIN_SERVICES_MATCHING_STORE_RUN_INPUT_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_RUN_INPUT_H_

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/database/database.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/store/pool.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::store {

// What an engine was given, in parts: which part somebody is in follows from their enrolment. Runs
// that differ in a few people share the other parts, in memory and as rows. Not thread-safe.
class RunInput {
 public:
  static constexpr size_t kParts = 64;

  // The people as of one part, and SHA-256 of these bytes.
  struct Part {
    std::string bytes;
    std::string hash;
  };
  using Parts = std::array<std::shared_ptr<const Part>, kParts>;

  RunInput() { changed_.fill(true); }

  // Somebody new, or as they are by now. `barred`: enrolments of mentors (of peers: of the others).
  void PutMentee(const PoolEntry& mentee, absl::CivilDay waiting_since,
                 const std::set<std::string>& barred);
  void PutMentor(const PoolEntry& mentor, int free);
  // Nothing when they are not there.
  void DropMentee(const std::string& enrolment);
  void DropMentor(const std::string& enrolment);

  // Parts that changed since they were last asked for are made anew. The same people give the same
  // parts, whatever came before.
  const Parts& Made();

 private:
  struct Waiting {
    v1::RunRecord::Person person;
    std::set<std::string> barred;
  };
  struct People {
    std::map<std::string, Waiting> mentees;                // by enrolment
    std::map<std::string, v1::RunRecord::Person> mentors;  // by enrolment
  };
  People& Change(std::string_view enrolment);

  std::array<People, kParts> people_;
  std::array<bool, kParts> changed_ = {};
  Parts parts_;
};

// Takes up in `record` which parts it is made of.
void NameParts(const RunInput::Parts& parts, v1::RunRecord* record);

// Writes those of the record's parts that the program's rows do not hold yet.
absl::Status PutParts(database::Transaction& tx, std::string_view program,
                      const RunInput::Parts& parts);
// Drops the parts of a program that none of these records names.
absl::Status DropPartsExcept(database::Transaction& tx, std::string_view program,
                             const std::set<std::string>& named);

// Drops the parts of a program in which somebody still has what they volunteered once and `now`
// does not hold any more. The runs that name them cannot be solved again: what was withdrawn is
// gone.
absl::Status ForgetVolunteered(database::Transaction& tx, const PoolEntry& now);

// What a record was given, its facts read by its registry. NOT_FOUND when it names no parts, or one
// that is gone; DATA_LOSS when a part is not what its hash was taken of.
absl::StatusOr<engine::Pool> ReadInput(database::Reader& reader, std::string_view program,
                                       const v1::RunRecord& record);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_RUN_INPUT_H_
