#include "common/program/program_store.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/environment/environment.h"
#include "common/program/messages.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::program {

const std::string_view kProgramSchemaSql = R"sql(
CREATE TABLE {service}_program (
  program_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  effective_from_us BIGINT NOT NULL,
  definition {bytes} NOT NULL,
  PRIMARY KEY (program_id, version)
);
)sql";

namespace {

// How long a replica may decide under the version before a new one that another published.
constexpr absl::Duration kRelist = absl::Seconds(1);
constexpr absl::Duration kReadTimeout = absl::Seconds(5);

absl::Status NotFound(std::string_view id) {
  return status::Error(absl::StatusCode::kNotFound, kProgramNotFound, {id});
}

absl::StatusOr<std::shared_ptr<const Program>> Decode(const database::Row& row) {
  v1::ProgramDefinition definition;
  if (!definition.ParseFromString(row.Blob(3))) {
    return absl::DataLossError(text::Cat("definition cannot be decoded: ", row.Text(0)));
  }
  return Program::Of(row.Text(0), row.Int(1), row.Time(2), std::move(definition));
}

// The version among those known; nullptr when it is none of them.
std::shared_ptr<const Program> VersionOf(
    const std::shared_ptr<const std::vector<std::shared_ptr<const Program>>>& known,
    int64_t version) {
  if (known == nullptr) return nullptr;
  for (const std::shared_ptr<const Program>& program : *known) {
    if (program->version == version) return program;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Program>> Program::Of(std::string id, int64_t version,
                                                           absl::Time effective_from,
                                                           v1::ProgramDefinition definition) {
  auto program = std::make_shared<Program>();
  if (!absl::LoadTimeZone(definition.time_zone(), &program->time_zone)) {
    return absl::InternalError(text::Cat("no data of the time zone ", definition.time_zone()));
  }
  program->id = std::move(id);
  program->version = version;
  program->effective_from = effective_from;
  program->definition = std::move(definition);
  program->registry = Registry(program->definition.registry());
  program->asked_of_mentees = SideCriteriaOf(program->definition, v1::SUBJECT_MENTEE);
  program->asked_of_mentors = SideCriteriaOf(program->definition, v1::SUBJECT_MENTOR);
  return program;
}

ProgramStore::ProgramStore(std::string service, database::Database& db)
    : db_(db),
      list_sql_("SELECT program_id, version, effective_from_us, definition FROM " + service +
                "_program WHERE program_id = $1 ORDER BY version"),
      ids_sql_("SELECT DISTINCT program_id FROM " + service +
               "_program ORDER BY program_id LIMIT 1000"),
      insert_sql_("INSERT INTO " + service +
                  "_program (program_id, version, effective_from_us, definition)"
                  " VALUES ($1, $2, $3, $4) ON CONFLICT (program_id, version) DO NOTHING") {}

absl::Status ProgramStore::Save(database::Transaction& tx, std::string_view id, int64_t version,
                                absl::Time effective_from,
                                const v1::ProgramDefinition& definition) const {
  tx.AfterCommit([this, id = std::string(id)] {
    std::lock_guard lock(mutex_);
    programs_.erase(id);
    ids_listed_at_ = absl::InfinitePast();
  });
  return tx.Execute(insert_sql_, {std::string(id), version, clock::ToMicros(effective_from),
                                  database::Bytes{definition.SerializeAsString()}});
}

absl::StatusOr<ProgramStore::Versions> ProgramStore::List(database::Reader* reader,
                                                          std::string_view id) {
  const absl::Time now = environment::SystemNow();
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader == nullptr
                                ? database::ReadRows(db_, {.deadline = absl::Now() + kReadTimeout},
                                                     list_sql_, {std::string(id)})
                                : reader->Query(list_sql_, {std::string(id)}));
  Versions known;  // what is in memory need not be decoded again
  {
    std::lock_guard lock(mutex_);
    const auto found = programs_.find(id);
    if (found != programs_.end()) known = found->second.versions;
  }
  auto versions = std::make_shared<std::vector<std::shared_ptr<const Program>>>();
  for (const database::Row& row : result.rows) {
    const std::shared_ptr<const Program> same = VersionOf(known, row.Int(1));
    if (same != nullptr) {
      versions->push_back(same);
      continue;
    }
    TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const Program> program, Decode(row));
    versions->push_back(std::move(program));
  }
  // What does not exist is not kept, or ids made up by callers would fill the memory. What a
  // transaction read is not kept either: it may be its own and not yet committed.
  if (versions->empty() || dynamic_cast<database::Transaction*>(reader) != nullptr) {
    return Versions(std::move(versions));
  }
  std::lock_guard lock(mutex_);
  Entry& entry =
      programs_.try_emplace(std::string(id), Entry{nullptr, absl::InfinitePast()}).first->second;
  if (reader == nullptr) {
    entry = {versions, now};
  } else if (entry.versions == nullptr || entry.versions->size() < versions->size()) {
    // The snapshot may be from before the latest publication: it tells pinned versions, which never
    // change, but not which is in force now.
    entry.versions = versions;
  }
  return Versions(std::move(versions));
}

absl::StatusOr<std::vector<std::string>> ProgramStore::Ids() {
  const absl::Time now = environment::SystemNow();
  {
    std::lock_guard lock(mutex_);
    if (now - ids_listed_at_ < kRelist) return ids_;
  }
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      database::ReadRows(db_, {.deadline = absl::Now() + kReadTimeout}, ids_sql_, {}));
  std::vector<std::string> ids;
  for (const database::Row& row : result.rows) ids.push_back(row.Text(0));
  std::lock_guard lock(mutex_);
  ids_ = ids;
  ids_listed_at_ = now;
  return ids;
}

absl::StatusOr<std::vector<std::shared_ptr<const Program>>> ProgramStore::AllInForce(
    absl::Time when) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids, Ids());
  std::vector<std::shared_ptr<const Program>> programs;
  for (const std::string& id : ids) {
    absl::StatusOr<std::shared_ptr<const Program>> program = InForce(id, when);
    if (absl::IsNotFound(program.status())) continue;  // its first version is still to come
    if (!program.ok()) return std::move(program).status();
    programs.push_back(*std::move(program));
  }
  return programs;
}

absl::StatusOr<std::shared_ptr<const Program>> ProgramStore::FindInForce(database::Reader* reader,
                                                                         std::string_view id,
                                                                         absl::Time when) {
  Versions versions;
  {
    std::lock_guard lock(mutex_);
    const auto found = programs_.find(id);
    if (found != programs_.end() && environment::SystemNow() - found->second.listed_at < kRelist) {
      versions = found->second.versions;
    }
  }
  if (versions == nullptr) {
    TREMPLIN_ASSIGN_OR_RETURN(versions, List(reader, id));
  }
  for (auto it = versions->rbegin(); it != versions->rend(); ++it) {
    if ((*it)->effective_from <= when) return *it;
  }
  return NotFound(id);
}

absl::StatusOr<std::shared_ptr<const Program>> ProgramStore::FindVersion(database::Reader* reader,
                                                                         std::string_view id,
                                                                         int64_t version) {
  const auto pick =
      [&](const Versions& versions) -> absl::StatusOr<std::shared_ptr<const Program>> {
    for (const std::shared_ptr<const Program>& program : *versions) {
      if (program->version == version) return program;
    }
    return NotFound(id);
  };
  {
    std::lock_guard lock(mutex_);
    const auto found = programs_.find(id);
    if (found != programs_.end()) {
      absl::StatusOr<std::shared_ptr<const Program>> known = pick(found->second.versions);
      if (known.ok()) return known;
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Versions versions, List(reader, id));
  return pick(versions);
}

absl::StatusOr<std::shared_ptr<const Program>> ProgramStore::InForce(std::string_view id,
                                                                     absl::Time when) {
  return FindInForce(nullptr, id, when);
}
absl::StatusOr<std::shared_ptr<const Program>> ProgramStore::InForce(database::Reader& reader,
                                                                     std::string_view id,
                                                                     absl::Time when) {
  return FindInForce(&reader, id, when);
}
absl::StatusOr<std::shared_ptr<const Program>> ProgramStore::Version(std::string_view id,
                                                                     int64_t version) {
  return FindVersion(nullptr, id, version);
}
absl::StatusOr<std::shared_ptr<const Program>> ProgramStore::Version(database::Reader& reader,
                                                                     std::string_view id,
                                                                     int64_t version) {
  return FindVersion(&reader, id, version);
}

}  // namespace tremplin::program
