#include "services/matching/store/pool.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock/clock.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::matching::store {
namespace {

using database::Params;
using database::Result;
using database::Row;

constexpr std::string_view kNextVersion = R"sql(
INSERT INTO matching_pool_version (program_id, version) VALUES ($1, 1)
ON CONFLICT (program_id) DO UPDATE SET version = matching_pool_version.version + 1
RETURNING version)sql";

constexpr std::string_view kVersion =
    "SELECT version FROM matching_pool_version WHERE program_id = $1";

constexpr std::string_view kPut = R"sql(
INSERT INTO matching_pool (enrolment, program_id, role, person, business_key, noc, naics, languages,
                           fsa, availability, capacity, paused, status, waiting_since_us,
                           pool_version, years_experience, goals, wishes, required, attributes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 'ready', $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (enrolment) DO UPDATE SET
  noc = excluded.noc, naics = excluded.naics, languages = excluded.languages, fsa = excluded.fsa,
  availability = excluded.availability, capacity = excluded.capacity, status = 'ready',
  pool_version = excluded.pool_version, years_experience = excluded.years_experience,
  goals = excluded.goals, wishes = excluded.wishes, required = excluded.required,
  attributes = excluded.attributes)sql";

constexpr std::string_view kUpdate = R"sql(
UPDATE matching_pool SET noc = $2, naics = $3, languages = $4, fsa = $5, availability = $6,
  capacity = $7, paused = $8, status = $9, waiting_since_us = $10, pool_version = $11,
  years_experience = $12, goals = $13, wishes = $14, required = $15, attributes = $16,
  lessons = $17, paused_by = $18, paused_until_us = $19
WHERE enrolment = $1)sql";

// An entry is read by these columns, how much of it is taken, and a condition.
constexpr std::string_view kColumns = R"sql(
SELECT p.enrolment, p.program_id, p.role, p.person, p.business_key, p.noc, p.naics, p.languages,
       p.fsa, p.availability, p.capacity, p.paused, p.status, p.waiting_since_us, p.paused_by,
       p.paused_until_us, p.years_experience, p.goals, p.wishes, p.required, p.attributes, p.lessons,
       )sql";
constexpr std::string_view kNothing = "CAST(0 AS BIGINT)";
constexpr std::string_view kPlaces =
    "(SELECT COUNT(*) FROM matching_reservation r WHERE r.mentor_enrolment = p.enrolment)";
constexpr std::string_view kPlacesOrEngagement = R"sql(
       (SELECT COUNT(*) FROM matching_reservation r WHERE r.mentor_enrolment = p.enrolment) +
       (SELECT COUNT(*) FROM matching_proposal x
        WHERE x.mentee_enrolment = p.enrolment AND x.active = 1))sql";
constexpr std::string_view kFrom = "\nFROM matching_pool p\nWHERE ";

constexpr std::string_view kFind = R"sql(p.enrolment = $1)sql";

constexpr std::string_view kWaiting =
    R"sql(p.program_id = $1 AND p.role = 'mentee' AND p.status = 'ready' AND p.paused = 0
  AND NOT EXISTS (SELECT 1 FROM matching_proposal x
                  WHERE x.mentee_enrolment = p.enrolment AND x.active = 1)
  AND NOT EXISTS (SELECT 1 FROM matching_proposal y
                  WHERE y.mentee_person = p.person AND y.exclusivity_group = $2
                    AND y.exclusivity_group <> '' AND y.active = 1)
ORDER BY p.enrolment)sql";

constexpr std::string_view kMentors =
    R"sql(p.program_id = $1 AND p.role = 'mentor' AND p.status = 'ready'
ORDER BY p.enrolment)sql";

constexpr std::string_view kList =
    R"sql(p.program_id = $1 AND p.role = $2 AND p.status = 'ready' AND p.enrolment > $3
ORDER BY p.enrolment LIMIT $4)sql";

constexpr std::string_view kListBoth =
    R"sql(p.program_id = $1 AND p.status = 'ready' AND p.enrolment > $2
ORDER BY p.enrolment LIMIT $3)sql";

constexpr std::string_view kTouch = R"sql(
UPDATE matching_pool SET pool_version = (SELECT v.version FROM matching_pool_version v
                                         WHERE v.program_id = matching_pool.program_id)
WHERE enrolment IN ($1, $2))sql";

constexpr std::string_view kChanged = R"sql(p.program_id = $1 AND p.pool_version > $2
ORDER BY p.pool_version, p.enrolment LIMIT $3)sql";

constexpr std::string_view kOfPerson =
    R"sql(p.person = $2 AND p.program_id = $1 AND p.role = 'mentee')sql";

constexpr std::string_view kElsewhere = R"sql(
SELECT mentee_person FROM matching_proposal
WHERE exclusivity_group = $1 AND active = 1 AND program_id < $2
UNION SELECT mentee_person FROM matching_proposal
WHERE exclusivity_group = $1 AND active = 1 AND program_id > $2)sql";

// Who was to be matched again waits since a later day than the match: not a wait for it.
constexpr std::string_view kWaits = R"sql(
SELECT p.noc, p.languages, x.created_us - p.waiting_since_us
FROM matching_proposal x JOIN matching_pool p ON p.enrolment = x.mentee_enrolment
WHERE x.program_id = $1 AND x.state IN ('matched', 'closed') AND x.created_us >= $2
  AND x.created_us >= p.waiting_since_us
LIMIT 5000)sql";

constexpr std::string_view kSlots =
    "SELECT slot FROM matching_reservation WHERE mentor_enrolment = $1";

constexpr std::string_view kReserve = R"sql(
INSERT INTO matching_reservation (mentor_enrolment, slot, proposal_id) VALUES ($1, $2, $3)
ON CONFLICT (mentor_enrolment, slot) DO NOTHING)sql";

constexpr std::string_view kRelease = "DELETE FROM matching_reservation WHERE proposal_id = $1";

std::string RoleOf(domain::Side side) {
  return side == domain::Side::kMentee ? "mentee" : "mentor";
}

std::vector<std::string> Split(const std::string& joined) {
  if (joined.empty()) return {};
  return absl::StrSplit(joined, ',');
}

std::string Join(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  return absl::StrJoin(parts, ",");
}

PoolEntry EntryOf(const Row& row) {
  PoolEntry entry;
  entry.enrolment = row.Text(0);
  entry.program = row.Text(1);
  entry.side = row.Text(2) == "mentee" ? domain::Side::kMentee : domain::Side::kMentor;
  entry.person = row.Text(3);
  entry.business_key = row.Text(4);
  entry.profile.noc = row.Text(5);
  entry.profile.naics = row.Text(6);
  entry.profile.languages = Split(row.Text(7));
  entry.profile.fsa = row.Text(8);
  entry.profile.availability = Split(row.Text(9));
  entry.capacity = row.Int(10);
  entry.paused = row.Int(11) != 0;
  entry.ready = row.Text(12) == "ready";
  entry.waiting_since = row.Time(13);
  entry.paused_by = row.Text(14);
  entry.paused_until = row.Time(15);
  entry.profile.years_experience = static_cast<int>(row.Int(16));
  entry.profile.goals = Split(row.Text(17));
  entry.profile.wishes = Split(row.Text(18));
  entry.profile.required = Split(row.Text(19));
  entry.profile.attributes = Split(row.Text(20));
  entry.lessons = Split(row.Text(21));
  entry.taken = row.Int(22);
  return entry;
}

absl::StatusOr<std::vector<PoolEntry>> Entries(database::Reader& reader, std::string_view taken,
                                               std::string_view condition, Params params) {
  TREMPLIN_ASSIGN_OR_RETURN(
      Result result, reader.Query(text::Cat(kColumns, taken, kFrom, condition), std::move(params)));
  std::vector<PoolEntry> entries;
  entries.reserve(result.rows.size());
  for (const Row& row : result.rows) entries.push_back(EntryOf(row));
  return entries;
}

}  // namespace

void PoolEntry::Pause(std::string by, absl::Time until) {
  paused = true;
  paused_by = std::move(by);
  paused_until = until;
}

void PoolEntry::Resume() {
  paused = false;
  paused_by.clear();
  paused_until = absl::InfinitePast();
}

int64_t PoolEntry::Free() const {
  if (paused || !ready) return 0;
  return std::max<int64_t>(0, capacity - taken);
}

absl::StatusOr<int64_t> NextPoolVersion(database::Transaction& tx, std::string_view program) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result, tx.Query(kNextVersion, {std::string(program)}));
  if (result.rows.empty()) return absl::InternalError("no pool version");
  return result.rows[0].Int(0);
}

absl::StatusOr<int64_t> PoolVersion(database::Reader& reader, std::string_view program) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result, reader.Query(kVersion, {std::string(program)}));
  return result.rows.empty() ? 0 : result.rows[0].Int(0);
}

absl::Status PutEntry(database::Transaction& tx, const PoolEntry& entry, int64_t pool_version) {
  return tx.Execute(
      kPut,
      {entry.enrolment, entry.program, RoleOf(entry.side), entry.person, entry.business_key,
       entry.profile.noc, entry.profile.naics, Join(entry.profile.languages), entry.profile.fsa,
       Join(entry.profile.availability), entry.capacity, clock::ToMicros(entry.waiting_since),
       pool_version, int64_t{entry.profile.years_experience}, Join(entry.profile.goals),
       Join(entry.profile.wishes), Join(entry.profile.required), Join(entry.profile.attributes)});
}

absl::StatusOr<std::optional<PoolEntry>> FindEntry(database::Reader& reader,
                                                   std::string_view enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<PoolEntry> entries,
                            Entries(reader, kPlacesOrEngagement, kFind, {std::string(enrolment)}));
  if (entries.empty()) return std::nullopt;
  return std::move(entries[0]);
}

absl::Status UpdateEntry(database::Transaction& tx, const PoolEntry& entry, int64_t pool_version) {
  return tx.Execute(
      kUpdate,
      {entry.enrolment, entry.profile.noc, entry.profile.naics, Join(entry.profile.languages),
       entry.profile.fsa, Join(entry.profile.availability), entry.capacity, int64_t{entry.paused},
       std::string(entry.ready ? "ready" : "left"), clock::ToMicros(entry.waiting_since),
       pool_version, int64_t{entry.profile.years_experience}, Join(entry.profile.goals),
       Join(entry.profile.wishes), Join(entry.profile.required), Join(entry.profile.attributes),
       Join(entry.lessons), entry.paused_by, database::TimeOrNull(entry.paused_until)});
}

absl::Status TouchPair(database::Transaction& tx, std::string_view mentee,
                       std::string_view mentor) {
  return tx.Execute(kTouch, {std::string(mentee), std::string(mentor)});
}

absl::StatusOr<std::vector<PoolEntry>> ChangedEntries(database::Reader& reader,
                                                      std::string_view program, int64_t version,
                                                      int limit) {
  return Entries(reader, kPlacesOrEngagement, kChanged,
                 {std::string(program), version, int64_t{limit}});
}

absl::StatusOr<std::vector<PoolEntry>> MenteesOf(database::Reader& reader, std::string_view program,
                                                 std::string_view person) {
  return Entries(reader, kPlacesOrEngagement, kOfPerson,
                 {std::string(program), std::string(person)});
}

absl::StatusOr<std::set<std::string>> EngagedElsewhere(database::Reader& reader,
                                                       std::string_view program,
                                                       std::string_view exclusivity_group) {
  std::set<std::string> persons;
  if (exclusivity_group.empty()) return persons;
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result rows,
      reader.Query(kElsewhere, {std::string(exclusivity_group), std::string(program)}));
  for (const Row& row : rows.rows) persons.insert(row.Text(0));
  return persons;
}

absl::StatusOr<std::vector<PoolEntry>> WaitingMentees(database::Reader& reader,
                                                      std::string_view program,
                                                      std::string_view exclusivity_group) {
  return Entries(reader, kNothing, kWaiting,
                 {std::string(program), std::string(exclusivity_group)});
}

absl::StatusOr<std::vector<PoolEntry>> ReadyMentors(database::Reader& reader,
                                                    std::string_view program) {
  return Entries(reader, kPlaces, kMentors, {std::string(program)});
}

absl::StatusOr<std::vector<PoolEntry>> ListEntries(database::Reader& reader,
                                                   std::string_view program,
                                                   std::optional<domain::Side> side,
                                                   std::string_view after, int limit) {
  if (side.has_value()) {
    return Entries(reader, kPlacesOrEngagement, kList,
                   {std::string(program), RoleOf(*side), std::string(after), int64_t{limit}});
  }
  return Entries(reader, kPlacesOrEngagement, kListBoth,
                 {std::string(program), std::string(after), int64_t{limit}});
}

absl::StatusOr<std::vector<Wait>> WaitsOfMatches(database::Reader& reader, std::string_view program,
                                                 absl::Time since) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(kWaits, {std::string(program), clock::ToMicros(since)}));
  std::vector<Wait> waits;
  waits.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    Wait wait;
    wait.mentee.noc = row.Text(0);
    wait.mentee.languages = Split(row.Text(1));
    wait.waited = absl::Microseconds(row.Int(2));
    waits.push_back(std::move(wait));
  }
  return waits;
}

absl::StatusOr<bool> Reserve(database::Transaction& tx, const PoolEntry& mentor,
                             std::string_view proposal) {
  TREMPLIN_ASSIGN_OR_RETURN(Result held, tx.Query(kSlots, {mentor.enrolment}));
  std::set<int64_t> slots;
  for (const Row& row : held.rows) slots.insert(row.Int(0));
  // A lowered capacity may leave low slots free while as many places are taken as it allows.
  int64_t free = mentor.capacity - static_cast<int64_t>(slots.size());
  if (mentor.paused || !mentor.ready) free = 0;
  for (int64_t slot = 0; slot < mentor.capacity && free > 0; ++slot) {
    if (slots.count(slot) > 0) continue;
    TREMPLIN_ASSIGN_OR_RETURN(Result inserted,
                              tx.Query(kReserve, {mentor.enrolment, slot, std::string(proposal)}));
    if (inserted.affected == 1) return true;
    --free;  // somebody else took it first
  }
  return false;
}

absl::Status Release(database::Transaction& tx, std::string_view proposal) {
  return tx.Execute(kRelease, {std::string(proposal)});
}

}  // namespace tremplin::matching::store
