#include "services/matching/store/run_input.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/digest/digest.h"
#include "common/status/macros.h"

namespace tremplin::matching::store {
namespace {

using database::Bytes;
using database::Result;
using database::Row;

constexpr std::string_view kNamed = "SELECT hash FROM matching_run_part WHERE program_id = $1";
constexpr std::string_view kPut =
    "INSERT INTO matching_run_part (program_id, hash, bytes) VALUES ($1, $2, $3) "
    "ON CONFLICT (program_id, hash) DO NOTHING";
constexpr std::string_view kFind =
    "SELECT bytes FROM matching_run_part WHERE program_id = $1 AND hash = $2";
constexpr std::string_view kDrop =
    "DELETE FROM matching_run_part WHERE program_id = $1 AND hash = $2";

constexpr std::string_view kParts =
    "SELECT hash, bytes FROM matching_run_part WHERE program_id = $1";

const absl::CivilDay kEpoch(1970, 1, 1);

// FNV-1a: the part must not depend on the build, as std::hash may.
size_t PartOf(std::string_view enrolment) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : enrolment) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211U;
  return (hash >> 32) % RunInput::kParts;
}

v1::RunRecord::Person PersonOf(const PoolEntry& from, int64_t number) {
  v1::RunRecord::Person to;
  to.set_enrolment(from.enrolment);
  to.set_person(from.person);
  to.set_business_key(from.business_key);
  *to.mutable_facts() = from.facts;
  to.mutable_wishes()->Assign(from.wishes.begin(), from.wishes.end());
  to.mutable_required()->Assign(from.required.begin(), from.required.end());
  to.mutable_attributes()->Assign(from.attributes.begin(), from.attributes.end());
  to.mutable_lessons()->Assign(from.lessons.begin(), from.lessons.end());
  to.set_number(number);
  return to;
}

std::vector<std::string> TextsOf(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// Whether a code was volunteered that is not any more.
bool HoldsMore(const google::protobuf::RepeatedPtrField<std::string>& then,
               const std::vector<std::string>& now) {
  return std::any_of(then.begin(), then.end(), [&](const std::string& code) {
    return std::find(now.begin(), now.end(), code) == now.end();
  });
}

engine::Profile ProfileOf(const program::Registry& registry, domain::Side side,
                          const v1::RunRecord::Person& from) {
  PoolEntry entry;
  entry.side = side;
  entry.facts = from.facts();
  entry.wishes = TextsOf(from.wishes());
  entry.required = TextsOf(from.required());
  entry.attributes = TextsOf(from.attributes());
  return store::ProfileOf(registry, entry);
}

void AddPeople(const program::Registry& registry, const v1::RunRecord& part, engine::Pool* pool) {
  for (const v1::RunRecord::Person& one : part.mentees()) {
    pool->mentees.push_back({one.enrolment(), one.person(), one.business_key(),
                             ProfileOf(registry, domain::Side::kMentee, one), kEpoch + one.number(),
                             TextsOf(one.lessons())});
  }
  for (const v1::RunRecord::Person& one : part.mentors()) {
    pool->mentors.push_back({one.enrolment(), one.person(), one.business_key(),
                             ProfileOf(registry, domain::Side::kMentor, one),
                             static_cast<int>(one.number()), TextsOf(one.lessons())});
  }
  for (const v1::RunRecord::Pair& pair : part.barred()) {
    pool->barred.emplace(pair.mentee(), pair.mentor());
  }
}

}  // namespace

RunInput::People& RunInput::Change(std::string_view enrolment) {
  const size_t part = PartOf(enrolment);
  changed_[part] = true;
  return people_[part];
}

void RunInput::PutMentee(const PoolEntry& mentee, absl::CivilDay waiting_since,
                         const std::set<std::string>& barred) {
  Change(mentee.enrolment).mentees[mentee.enrolment] = {PersonOf(mentee, waiting_since - kEpoch),
                                                        barred};
}

void RunInput::PutMentor(const PoolEntry& mentor, int free) {
  Change(mentor.enrolment).mentors[mentor.enrolment] = PersonOf(mentor, free);
}

void RunInput::DropMentee(const std::string& enrolment) {
  Change(enrolment).mentees.erase(enrolment);
}

void RunInput::DropMentor(const std::string& enrolment) {
  Change(enrolment).mentors.erase(enrolment);
}

const RunInput::Parts& RunInput::Made() {
  for (size_t i = 0; i < kParts; ++i) {
    if (!std::exchange(changed_[i], false)) continue;
    v1::RunRecord part;
    for (const auto& [enrolment, mentor] : people_[i].mentors) *part.add_mentors() = mentor;
    for (const auto& [enrolment, mentee] : people_[i].mentees) {
      *part.add_mentees() = mentee.person;
      for (const std::string& mentor : mentee.barred) {
        v1::RunRecord::Pair* pair = part.add_barred();
        pair->set_mentee(enrolment);
        pair->set_mentor(mentor);
      }
    }
    std::string bytes = part.SerializeAsString();  // no maps: the same bytes each time
    std::string hash = digest::Sha256Hex(bytes);
    parts_[i] = std::make_shared<const Part>(Part{std::move(bytes), std::move(hash)});
  }
  return parts_;
}

void NameParts(const RunInput::Parts& parts, v1::RunRecord* record) {
  for (const auto& part : parts) record->add_parts(part->hash);
}

absl::Status PutParts(database::Transaction& tx, std::string_view program,
                      const RunInput::Parts& parts) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result rows, tx.Query(kNamed, {std::string(program)}));
  std::set<std::string> held;
  for (const Row& row : rows.rows) held.insert(row.Text(0));
  for (const auto& part : parts) {
    if (!held.insert(part->hash).second) continue;
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kPut, {std::string(program), part->hash, Bytes{part->bytes}}));
  }
  return absl::OkStatus();
}

absl::Status DropPartsExcept(database::Transaction& tx, std::string_view program,
                             const std::set<std::string>& named) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result rows, tx.Query(kNamed, {std::string(program)}));
  for (const Row& row : rows.rows) {
    if (named.count(row.Text(0)) > 0) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDrop, {std::string(program), row.Text(0)}));
  }
  return absl::OkStatus();
}

absl::Status ForgetVolunteered(database::Transaction& tx, const PoolEntry& now) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result rows, tx.Query(kParts, {now.program}));
  for (const Row& row : rows.rows) {
    v1::RunRecord part;
    if (!part.ParseFromString(row.Blob(1))) continue;
    const auto& people = now.side == domain::Side::kMentor ? part.mentors() : part.mentees();
    const bool holds = std::any_of(people.begin(), people.end(), [&](const auto& one) {
      return one.enrolment() == now.enrolment &&
             (HoldsMore(one.wishes(), now.wishes) || HoldsMore(one.required(), now.required) ||
              HoldsMore(one.attributes(), now.attributes));
    });
    if (!holds) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDrop, {now.program, row.Text(0)}));
  }
  return absl::OkStatus();
}

absl::StatusOr<engine::Pool> ReadInput(database::Reader& reader, std::string_view program,
                                       const v1::RunRecord& record) {
  if (record.parts().empty()) return absl::NotFoundError("the run's input is gone");
  const program::Registry registry(record.registry());
  engine::Pool pool;
  pool.today = kEpoch + record.today();
  for (const std::string& hash : record.parts()) {
    TREMPLIN_ASSIGN_OR_RETURN(const Result rows, reader.Query(kFind, {std::string(program), hash}));
    if (rows.rows.empty()) return absl::NotFoundError("a part of the run's input is gone");
    const std::string& bytes = rows.rows[0].Blob(0);
    v1::RunRecord part;
    if (digest::Sha256Hex(bytes) != hash || !part.ParseFromString(bytes)) {
      return absl::DataLossError("a part of the run's input is not what its hash was taken of");
    }
    AddPeople(registry, part, &pool);
  }
  return pool;
}

}  // namespace tremplin::matching::store
