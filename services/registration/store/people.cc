#include "services/registration/store/people.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/messages.h"

namespace tremplin::registration::store {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO registration_person (person_id, sealed, email_index, name_birth_index, "
    "created_us) "
    "VALUES ($1, $2, $3, $4, $5)";
constexpr std::string_view kSealed = "SELECT sealed FROM registration_person WHERE person_id = $1";
constexpr std::string_view kByEmail =
    "SELECT person_id FROM registration_person WHERE email_index = $1 "
    "ORDER BY created_us, person_id LIMIT 16";
constexpr std::string_view kByReferral =
    "SELECT person_id FROM registration_referral WHERE referral = $1";
constexpr std::string_view kInsertReferral =
    "INSERT INTO registration_referral (referral, person_id) VALUES ($1, $2)";
constexpr std::string_view kHoldEmail =
    "INSERT INTO registration_entering (email_index) VALUES ($1) "
    "ON CONFLICT (email_index) DO UPDATE SET email_index = excluded.email_index";
constexpr std::string_view kColumn = "person";

absl::Status NotFound() { return status::Error(absl::StatusCode::kNotFound, kPersonNotFound); }

}  // namespace

absl::Status InsertPerson(database::Transaction& tx, const seal::Sealer& sealer,
                          const PersonRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed, sealer.Seal(tx, row.id, kColumn, row.plain));
  return tx.Execute(kInsert,
                    {row.id, std::move(sealed), row.email_index,
                     database::TextOrNull(row.name_birth_index), clock::ToMicros(row.created)});
}

absl::StatusOr<std::string> OpenPerson(database::Reader& reader, const seal::Sealer& sealer,
                                       std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kSealed, {std::string(id)}));
  if (result.rows.empty()) return NotFound();
  absl::StatusOr<std::string> plain = sealer.Open(reader, id, kColumn, result.rows[0].Blob(0));
  if (absl::IsNotFound(plain.status())) return NotFound();
  return plain;
}

absl::StatusOr<std::vector<std::string>> FindByEmail(database::Reader& reader,
                                                     std::string_view email_index) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kByEmail, {std::string(email_index)}));
  std::vector<std::string> ids;
  for (const database::Row& row : result.rows) ids.push_back(row.Text(0));
  return ids;
}

absl::StatusOr<std::string> FindByReferral(database::Reader& reader, std::string_view referral) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kByReferral, {std::string(referral)}));
  return result.rows.empty() ? std::string() : result.rows[0].Text(0);
}

absl::Status InsertReferral(database::Transaction& tx, std::string_view referral,
                            std::string_view person_id) {
  return tx.Execute(kInsertReferral, {std::string(referral), std::string(person_id)});
}

absl::Status HoldEmail(database::Transaction& tx, std::string_view email_index) {
  return tx.Execute(kHoldEmail, {std::string(email_index)});
}

absl::StatusOr<bool> PersonExists(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kSealed, {std::string(id)}));
  return !result.rows.empty();
}

}  // namespace tremplin::registration::store
