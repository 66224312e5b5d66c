#include "services/matching/store/pool.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::store {
namespace {

using database::Bytes;
using database::Params;
using database::Result;
using database::Row;
using database::Value;

constexpr std::string_view kNextVersion = R"sql(
INSERT INTO matching_pool_version (program_id, version) VALUES ($1, 1)
ON CONFLICT (program_id) DO UPDATE SET version = matching_pool_version.version + 1
RETURNING version)sql";

constexpr std::string_view kVersion =
    "SELECT version FROM matching_pool_version WHERE program_id = $1";

constexpr std::string_view kPut = R"sql(
INSERT INTO matching_pool (enrolment, program_id, side, person, business_key, given, capacity, status,
                           waiting_since_us, paused, paused_by, pool_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'ready', $8, 0, '', $9)
ON CONFLICT (enrolment) DO UPDATE SET
  given = excluded.given, capacity = excluded.capacity, status = 'ready',
  pool_version = excluded.pool_version)sql";

constexpr std::string_view kDropFormats = "DELETE FROM matching_pool_format WHERE enrolment = $1";
constexpr std::string_view kPutFormat =
    "INSERT INTO matching_pool_format (enrolment, format) VALUES ($1, $2)";

// How much of an entry is taken follows its columns, and then a condition.
constexpr std::string_view kNothing = "CAST(0 AS BIGINT)";
constexpr std::string_view kPlaces =
    "(SELECT COUNT(*) FROM matching_reservation r WHERE r.mentor_enrolment = p.enrolment)";
constexpr std::string_view kPlacesOrProposals = R"sql(
       (SELECT COUNT(*) FROM matching_reservation r WHERE r.mentor_enrolment = p.enrolment) +
       (SELECT COUNT(*) FROM matching_participant x
        WHERE x.person = p.person AND x.program_id = p.program_id AND x.active = 1
          AND x.side = 'mentee' AND p.side = 'mentee'))sql";
constexpr std::string_view kFrom = "\nFROM matching_pool p\nWHERE ";

constexpr std::string_view kFind = R"sql(p.enrolment = $1)sql";

constexpr std::string_view kWaiting =
    R"sql(p.program_id = $1 AND p.side = 'mentee' AND p.status = 'ready' AND p.paused = 0
  AND NOT EXISTS (SELECT 1 FROM matching_participant x
                  WHERE x.person = p.person AND x.program_id = p.program_id AND x.active = 1
                    AND x.side = 'mentee')
  AND NOT EXISTS (SELECT 1 FROM matching_participant y
                  WHERE y.person = p.person AND y.exclusivity_group = $2
                    AND y.exclusivity_group <> '' AND y.active = 1 AND y.exclusive = 1
                    AND y.side = 'mentee')
ORDER BY p.enrolment)sql";

constexpr std::string_view kReadyMentees =
    R"sql(p.program_id = $1 AND p.side = 'mentee' AND p.status = 'ready' AND p.paused = 0
ORDER BY p.enrolment)sql";

constexpr std::string_view kMentors =
    R"sql(p.program_id = $1 AND p.side = 'mentor' AND p.status = 'ready'
ORDER BY p.enrolment)sql";

constexpr std::string_view kList = R"sql(p.program_id = $1 AND p.status = 'ready'
  AND ($2 = '' OR p.side = $2) AND p.enrolment > $3
  AND ($4 = '' OR EXISTS (SELECT 1 FROM matching_pool_format f
                          WHERE f.enrolment = p.enrolment AND f.format = $4))
ORDER BY p.enrolment LIMIT $5)sql";

// With what else the person has in the program: who was linked may have two enrolments there.
constexpr std::string_view kTouch = R"sql(
UPDATE matching_pool SET pool_version = (SELECT v.version FROM matching_pool_version v
                                         WHERE v.program_id = matching_pool.program_id)
WHERE person IN (SELECT q.person FROM matching_pool q WHERE q.enrolment IN ($1, $2))
  AND program_id IN (SELECT q.program_id FROM matching_pool q WHERE q.enrolment IN ($1, $2)))sql";

constexpr std::string_view kChanged = R"sql(p.program_id = $1 AND p.pool_version > $2
ORDER BY p.pool_version, p.enrolment LIMIT $3)sql";

constexpr std::string_view kOfPerson =
    R"sql(p.person = $2 AND p.program_id = $1 AND p.side = 'mentee')sql";

constexpr std::string_view kElsewhere = R"sql(
SELECT person FROM matching_participant
WHERE exclusivity_group = $1 AND active = 1 AND exclusive = 1 AND side = 'mentee' AND program_id < $2
UNION SELECT person FROM matching_participant
WHERE exclusivity_group = $1 AND active = 1 AND exclusive = 1 AND side = 'mentee' AND program_id > $2)sql";

// Who was to be matched again waits since a later day than the match: not a wait for it.
constexpr std::string_view kWaits = R"sql(
SELECT p.given, x.created_us - p.waiting_since_us
FROM matching_proposal x JOIN matching_participant m ON m.proposal_id = x.id
JOIN matching_pool p ON p.enrolment = m.enrolment
WHERE x.program_id = $1 AND x.state IN ('matched', 'closed') AND x.created_us >= $2
  AND m.side = 'mentee' AND x.created_us >= p.waiting_since_us
LIMIT 5000)sql";

constexpr std::string_view kSlots =
    "SELECT slot FROM matching_reservation WHERE mentor_enrolment = $1";

constexpr std::string_view kReserve = R"sql(
INSERT INTO matching_reservation (mentor_enrolment, slot, proposal_id) VALUES ($1, $2, $3)
ON CONFLICT (mentor_enrolment, slot) DO NOTHING)sql";

constexpr std::string_view kRelease =
    "DELETE FROM matching_reservation WHERE proposal_id = $1 AND mentor_enrolment = $2";
constexpr std::string_view kReleaseAll = "DELETE FROM matching_reservation WHERE proposal_id = $1";

// Facts and codes as one message.
std::string Encode(const PoolEntry& entry) {
  v1::ListPoolResponse::Entry kept;
  *kept.mutable_facts() = entry.facts;
  kept.mutable_formats()->Assign(entry.formats.begin(), entry.formats.end());
  kept.mutable_wishes()->Assign(entry.wishes.begin(), entry.wishes.end());
  kept.mutable_required()->Assign(entry.required.begin(), entry.required.end());
  kept.mutable_attributes()->Assign(entry.attributes.begin(), entry.attributes.end());
  std::vector<std::string> lessons = entry.lessons;
  std::sort(lessons.begin(), lessons.end());
  kept.mutable_lessons()->Assign(lessons.begin(), lessons.end());
  return kept.SerializeAsString();
}

std::vector<std::string> TextsOf(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

absl::Status Decode(const std::string& bytes, PoolEntry* entry) {
  v1::ListPoolResponse::Entry kept;
  if (!kept.ParseFromString(bytes)) {
    return absl::DataLossError("an entry of the pool cannot be decoded");
  }
  entry->facts = std::move(*kept.mutable_facts());
  entry->formats = TextsOf(kept.formats());
  entry->wishes = TextsOf(kept.wishes());
  entry->required = TextsOf(kept.required());
  entry->attributes = TextsOf(kept.attributes());
  entry->lessons = TextsOf(kept.lessons());
  return absl::OkStatus();
}

struct SideName {
  static Value Write(domain::Side side) { return std::string(domain::NameOf(side)); }
  static absl::Status Read(const Row& row, size_t at, domain::Side* to) {
    *to = row.Text(at) == "mentee" ? domain::Side::kMentee : domain::Side::kMentor;
    return absl::OkStatus();
  }
};
struct Ready {
  static Value Write(bool ready) { return std::string(ready ? "ready" : "left"); }
  static absl::Status Read(const Row& row, size_t at, bool* to) {
    *to = row.Text(at) == "ready";
    return absl::OkStatus();
  }
};

const database::Columns<PoolEntry>& EntryColumns() {
  using database::As;
  using database::At;
  using Entry = PoolEntry;
  static const auto* columns = new database::Columns<Entry>(
      "matching_pool",
      {At<&Entry::enrolment>("enrolment").Fixed(),
       At<&Entry::program>("program_id").Fixed(),
       As<SideName, &Entry::side>("side").Fixed(),
       At<&Entry::person>("person").Fixed(),
       At<&Entry::business_key>("business_key").Fixed(),
       {"given", [](const Entry& entry) -> Value { return Bytes{Encode(entry)}; },
        [](const Row& row, size_t at, Entry* to) { return Decode(row.Blob(at), to); }},
       At<&Entry::capacity>("capacity"),
       At<&Entry::paused>("paused"),
       As<Ready, &Entry::ready>("status"),
       As<database::Micros, &Entry::waiting_since>("waiting_since_us"),
       At<&Entry::paused_by>("paused_by"),
       At<&Entry::paused_until>("paused_until_us"),
       At<&Entry::over>("over_us"),
       At<&Entry::over_taken>("over_taken_us")});
  return *columns;
}

absl::StatusOr<std::vector<PoolEntry>> Entries(database::Reader& reader, std::string_view taken,
                                               std::string_view condition, Params params) {
  static const auto* columns = new std::string(EntryColumns().List("p"));
  TREMPLIN_ASSIGN_OR_RETURN(
      Result result, reader.Query(text::Cat("SELECT ", *columns, ", ", taken, kFrom, condition),
                                  std::move(params)));
  std::vector<PoolEntry> entries;
  entries.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(PoolEntry entry, EntryColumns().Read(row));
    entry.taken = row.Int(EntryColumns().size());
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::Status PutFormats(database::Transaction& tx, const PoolEntry& entry) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDropFormats, {entry.enrolment}));
  for (const std::string& format : entry.formats) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kPutFormat, {entry.enrolment, format}));
  }
  return absl::OkStatus();
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

bool PoolEntry::Qualifies(std::string_view format) const {
  return std::find(formats.begin(), formats.end(), format) != formats.end();
}

int64_t PoolEntry::Free() const {
  if (paused || !ready) return 0;
  return std::max<int64_t>(0, capacity - taken);
}

engine::Profile ProfileOf(const program::Registry& registry, const PoolEntry& entry) {
  namespace pv = program::v1;
  const pv::Subject about =
      entry.side == domain::Side::kMentee ? pv::SUBJECT_MENTEE : pv::SUBJECT_MENTOR;
  const auto all = [&](pv::MatchingUse use) {
    std::vector<std::string> values = program::ValuesOf(registry, entry.facts, use, about);
    std::sort(values.begin(), values.end());
    return values;
  };
  const auto one = [&](pv::MatchingUse use) {
    std::vector<std::string> values = all(use);
    return values.empty() ? std::string() : std::move(values[0]);
  };
  engine::Profile profile;
  profile.noc = one(pv::MATCHING_USE_OCCUPATION);
  profile.naics = one(pv::MATCHING_USE_INDUSTRY);
  profile.languages = all(pv::MATCHING_USE_LANGUAGES);
  profile.fsa = one(pv::MATCHING_USE_AREA);
  profile.availability = all(pv::MATCHING_USE_AVAILABILITY);
  int years = -1;
  if (absl::SimpleAtoi(one(pv::MATCHING_USE_EXPERIENCE), &years)) profile.years_experience = years;
  profile.goals = all(pv::MATCHING_USE_GOALS);
  profile.wishes = entry.wishes;
  profile.required = entry.required;
  profile.attributes = entry.attributes;
  for (const pv::GivenFact& fact : entry.facts) {
    const pv::Fact* known = registry.Find(fact.name());
    if (known == nullptr || known->matching() != pv::MATCHING_USE_CRITERION ||
        fact.values().empty()) {
      continue;
    }
    std::vector<std::string> codes = TextsOf(fact.values());
    std::sort(codes.begin(), codes.end());
    profile.further.emplace(fact.name(), std::move(codes));
  }
  return profile;
}

int64_t CapacityOf(const program::Registry& registry, const program::GivenFacts& facts) {
  const std::vector<std::string> given = program::ValuesOf(
      registry, facts, program::v1::MATCHING_USE_CAPACITY, program::v1::SUBJECT_MENTOR);
  int64_t places = 1;
  if (given.empty() || !absl::SimpleAtoi(given[0], &places)) return 1;
  return std::max<int64_t>(0, places);
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

absl::Status PutEntry(database::Transaction& tx, PoolEntry entry, int64_t pool_version) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<PoolEntry> before, FindEntry(tx, entry.enrolment));
  if (before.has_value()) entry.lessons = before->lessons;
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kPut, {entry.enrolment, entry.program, std::string(domain::NameOf(entry.side)),
                        entry.person, entry.business_key, Bytes{Encode(entry)}, entry.capacity,
                        clock::ToMicros(entry.waiting_since), pool_version}));
  return PutFormats(tx, entry);
}

absl::StatusOr<std::optional<PoolEntry>> FindEntry(database::Reader& reader,
                                                   std::string_view enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<PoolEntry> entries,
                            Entries(reader, kPlacesOrProposals, kFind, {std::string(enrolment)}));
  if (entries.empty()) return std::nullopt;
  return std::move(entries[0]);
}

absl::Status UpdateEntry(database::Transaction& tx, const PoolEntry& entry, int64_t pool_version) {
  static const auto* sql =
      new std::string(EntryColumns().Update(2, ", pool_version = $2 WHERE enrolment = $1"));
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(*sql, EntryColumns().Changed(entry, {entry.enrolment, pool_version})));
  return PutFormats(tx, entry);
}

absl::Status Touch(database::Transaction& tx, const std::vector<std::string>& enrolments) {
  for (size_t i = 0; i < enrolments.size(); i += 2) {
    const std::string& second = i + 1 < enrolments.size() ? enrolments[i + 1] : enrolments[i];
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kTouch, {enrolments[i], second}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PoolEntry>> ChangedEntries(database::Reader& reader,
                                                      std::string_view program, int64_t version,
                                                      int limit) {
  return Entries(reader, kPlacesOrProposals, kChanged,
                 {std::string(program), version, int64_t{limit}});
}

absl::StatusOr<std::vector<PoolEntry>> MenteesOf(database::Reader& reader, std::string_view program,
                                                 std::string_view person) {
  return Entries(reader, kPlacesOrProposals, kOfPerson,
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

absl::StatusOr<std::vector<PoolEntry>> ReadyMentees(database::Reader& reader,
                                                    std::string_view program) {
  return Entries(reader, kPlacesOrProposals, kReadyMentees, {std::string(program)});
}

absl::StatusOr<std::vector<PoolEntry>> ListEntries(database::Reader& reader,
                                                   std::string_view program,
                                                   std::optional<domain::Side> side,
                                                   std::string_view format, std::string_view after,
                                                   int limit) {
  const std::string one(side.has_value() ? domain::NameOf(*side) : "");
  return Entries(
      reader, kPlacesOrProposals, kList,
      {std::string(program), one, std::string(after), std::string(format), int64_t{limit}});
}

absl::StatusOr<std::vector<Wait>> WaitsOfMatches(database::Reader& reader, std::string_view program,
                                                 absl::Time since) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(kWaits, {std::string(program), clock::ToMicros(since)}));
  std::vector<Wait> waits;
  waits.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    PoolEntry entry;
    TREMPLIN_RETURN_IF_ERROR(Decode(row.Blob(0), &entry));
    waits.push_back({std::move(entry.facts), absl::Microseconds(row.Int(1))});
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

absl::Status Release(database::Transaction& tx, std::string_view proposal,
                     std::string_view mentor) {
  return tx.Execute(kRelease, {std::string(proposal), std::string(mentor)});
}

absl::Status ReleaseAll(database::Transaction& tx, std::string_view proposal) {
  return tx.Execute(kReleaseAll, {std::string(proposal)});
}

}  // namespace tremplin::matching::store
