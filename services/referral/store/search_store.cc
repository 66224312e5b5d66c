#include "services/referral/store/search_store.h"

#include <algorithm>
#include <utility>

#include "common/clock/clock.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::referral::store {
namespace {

constexpr std::string_view kDropToken =
    "DELETE FROM referral_name_token WHERE token = $1 AND referral_id = $2";
constexpr std::string_view kWithToken =
    "SELECT referral_id FROM referral_name_token WHERE token = $1 AND referral_id < $2 "
    "ORDER BY referral_id DESC LIMIT $3";
constexpr std::string_view kWithBothTokens =
    "SELECT a.referral_id FROM referral_name_token a JOIN referral_name_token b ON b.referral_id = "
    "a.referral_id AND b.token = $4 WHERE a.token = $1 AND a.referral_id < $2 "
    "ORDER BY a.referral_id DESC LIMIT $3";
constexpr std::string_view kWithEmail =
    "SELECT referral_id FROM referral_duplicate_key WHERE email IN ($1, $2) AND referral_id < $3 "
    "ORDER BY referral_id DESC LIMIT $4";
constexpr std::string_view kWithExternalId =
    "SELECT id FROM referral_referral WHERE external_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
constexpr std::string_view kAll =
    "SELECT id FROM referral_referral WHERE id < $1 ORDER BY id DESC LIMIT $2";
constexpr std::string_view kInsertCorrection =
    "INSERT INTO referral_correction (referral_id, revision, agency, done_by, done_us, changes) "
    "VALUES ($1, $2, $3, $4, $5, $6)";
constexpr std::string_view kListCorrections =
    "SELECT referral_id, revision, agency, done_by, done_us, changes FROM referral_correction "
    "WHERE referral_id = $1 ORDER BY revision LIMIT 1000";

// Tokens that one statement puts: a name has two or three.
constexpr size_t kMostAtOnce = 4;

// The statement that puts so many tokens, $2 and on, of the referral $1.
const std::string& PutTokens(size_t count) {
  static const std::vector<std::string> statements = [] {
    std::vector<std::string> made;
    std::string rows;
    for (size_t i = 0; i < kMostAtOnce; ++i) {
      rows += text::Cat(i == 0 ? "" : ", ", "($", i + 2, ", $1)");
      made.push_back(text::Cat("INSERT INTO referral_name_token (token, referral_id) VALUES ", rows,
                               " ON CONFLICT DO NOTHING"));
    }
    return made;
  }();
  return statements[count - 1];
}

// No id comes after this one.
constexpr std::string_view kEnd = "~";

std::string Before(std::string_view before) { return std::string(before.empty() ? kEnd : before); }

absl::StatusOr<std::vector<std::string>> Ids(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  std::vector<std::string> ids;
  for (const database::Row& row : result->rows) ids.push_back(row.Text(0));
  return ids;
}

}  // namespace

absl::Status SaveNameTokens(database::Transaction& tx, std::string_view referral,
                            const std::vector<std::string>& tokens,
                            const std::vector<std::string>& former) {
  for (const std::string& token : former) {
    if (std::find(tokens.begin(), tokens.end(), token) != tokens.end()) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDropToken, {token, std::string(referral)}));
  }
  for (size_t first = 0; first < tokens.size(); first += kMostAtOnce) {
    const size_t count = std::min(kMostAtOnce, tokens.size() - first);
    std::vector<database::Value> params = {std::string(referral)};
    for (size_t i = 0; i < count; ++i) params.emplace_back(tokens[first + i]);
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(PutTokens(count), std::move(params)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> WithToken(database::Reader& reader, std::string_view token,
                                                   std::string_view before, int limit) {
  return Ids(reader.Query(kWithToken, {std::string(token), Before(before), int64_t{limit}}));
}

absl::StatusOr<std::vector<std::string>> WithBothTokens(database::Reader& reader,
                                                        std::string_view one,
                                                        std::string_view other,
                                                        std::string_view before, int limit) {
  return Ids(reader.Query(kWithBothTokens,
                          {std::string(one), Before(before), int64_t{limit}, std::string(other)}));
}

absl::StatusOr<std::vector<std::string>> WithEmail(database::Reader& reader,
                                                   std::string_view mentee, std::string_view mentor,
                                                   std::string_view before, int limit) {
  return Ids(reader.Query(
      kWithEmail, {std::string(mentee), std::string(mentor), Before(before), int64_t{limit}}));
}

absl::StatusOr<std::vector<std::string>> WithExternalId(database::Reader& reader,
                                                        std::string_view external_id,
                                                        std::string_view before, int limit) {
  return Ids(
      reader.Query(kWithExternalId, {std::string(external_id), Before(before), int64_t{limit}}));
}

absl::StatusOr<std::vector<std::string>> All(database::Reader& reader, std::string_view before,
                                             int limit) {
  return Ids(reader.Query(kAll, {Before(before), int64_t{limit}}));
}

absl::Status InsertCorrection(database::Transaction& tx, const CorrectionRow& row) {
  return tx.Execute(kInsertCorrection, {row.referral, row.revision, row.agency, row.by,
                                        clock::ToMicros(row.at), database::Bytes{row.changes}});
}

absl::StatusOr<std::vector<CorrectionRow>> ListCorrections(database::Reader& reader,
                                                           std::string_view referral) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kListCorrections, {std::string(referral)}));
  std::vector<CorrectionRow> rows;
  for (const database::Row& row : result.rows) {
    rows.push_back({row.Text(0), row.Int(1), row.Text(2), row.Text(3), row.Time(4), row.Blob(5)});
  }
  return rows;
}

}  // namespace tremplin::referral::store
