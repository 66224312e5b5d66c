#include "services/registration/store/people.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
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
constexpr std::string_view kReferralsOf =
    "SELECT referral FROM registration_referral WHERE person_id = $1 ORDER BY referral LIMIT 200";
constexpr std::string_view kRecord =
    "SELECT person_id, head_id, created_us FROM registration_person WHERE person_id = $1";
constexpr std::string_view kUpdate =
    "UPDATE registration_person SET sealed = $2, email_index = $3, name_birth_index = $4 "
    "WHERE person_id = $1";
constexpr std::string_view kRecordsOf =
    "SELECT person_id FROM registration_person WHERE person_id = $1 UNION SELECT person_id FROM "
    "registration_person WHERE head_id = $1 ORDER BY 1 LIMIT 200";
constexpr std::string_view kSetHead =
    "UPDATE registration_person SET head_id = $2 WHERE person_id = $1";
constexpr std::string_view kPutLink =
    "INSERT INTO registration_referral_link (referral, other) VALUES ($1, $2), ($2, $1) "
    "ON CONFLICT DO NOTHING";
constexpr std::string_view kDropLink =
    "DELETE FROM registration_referral_link WHERE (referral = $1 AND other = $2) OR (referral = $2 "
    "AND other = $1)";
constexpr std::string_view kLinkedTo =
    "SELECT other FROM registration_referral_link WHERE referral = $1 ORDER BY other LIMIT 200";
constexpr std::string_view kColumn = "person";

absl::StatusOr<std::vector<std::string>> Texts(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  std::vector<std::string> texts;
  for (const database::Row& row : result->rows) texts.push_back(row.Text(0));
  return texts;
}

absl::Status NotFound() { return status::Error(absl::StatusCode::kNotFound, kPersonNotFound); }

}  // namespace

absl::Status InsertPerson(database::Transaction& tx, const seal::Sealer& sealer,
                          const PersonRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed, sealer.Seal(tx, row.id, kColumn, row.plain));
  return tx.Execute(kInsert,
                    {row.id, std::move(sealed), row.email_index,
                     database::TextOrNull(row.name_birth_index), clock::ToMicros(row.created)});
}

absl::Status UpdatePerson(database::Transaction& tx, const seal::Sealer& sealer,
                          const PersonRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed, sealer.Seal(tx, row.id, kColumn, row.plain));
  return tx.Execute(kUpdate, {row.id, std::move(sealed), row.email_index,
                              database::TextOrNull(row.name_birth_index)});
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

absl::StatusOr<std::vector<std::string>> ReferralsOf(database::Reader& reader,
                                                     std::string_view person_id) {
  return Texts(reader.Query(kReferralsOf, {std::string(person_id)}));
}

// Keyed hashes are hexadecimal, so that no referral is held up by an email.
absl::Status HoldReferral(database::Transaction& tx, std::string_view referral) {
  return tx.Execute(kHoldEmail, {text::Cat("referral/", referral)});
}

absl::Status HoldEmail(database::Transaction& tx, std::string_view email_index) {
  return tx.Execute(kHoldEmail, {std::string(email_index)});
}

absl::StatusOr<bool> PersonExists(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kSealed, {std::string(id)}));
  return !result.rows.empty();
}

absl::StatusOr<std::optional<RecordRow>> FindRecord(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kRecord, {std::string(id)}));
  if (result.rows.empty()) return std::nullopt;
  const database::Row& row = result.rows[0];
  return RecordRow{
      .id = row.Text(0), .head = row.Text(row.IsNull(1) ? 0 : 1), .created = row.Time(2)};
}

absl::StatusOr<std::string> HeadOf(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<RecordRow> record, FindRecord(reader, id));
  return record.has_value() ? record->head : std::string(id);
}

absl::StatusOr<std::vector<std::string>> RecordsOf(database::Reader& reader,
                                                   std::string_view head) {
  return Texts(reader.Query(kRecordsOf, {std::string(head)}));
}

absl::Status SetHead(database::Transaction& tx, std::string_view id, std::string_view head) {
  return tx.Execute(kSetHead,
                    {std::string(id), id == head ? database::Value() : std::string(head)});
}

absl::Status PutLink(database::Transaction& tx, std::string_view referral, std::string_view other) {
  return tx.Execute(kPutLink, {std::string(referral), std::string(other)});
}

absl::Status DropLink(database::Transaction& tx, std::string_view referral,
                      std::string_view other) {
  return tx.Execute(kDropLink, {std::string(referral), std::string(other)});
}

absl::StatusOr<std::vector<std::string>> LinkedTo(database::Reader& reader,
                                                  std::string_view referral) {
  return Texts(reader.Query(kLinkedTo, {std::string(referral)}));
}

}  // namespace tremplin::registration::store
