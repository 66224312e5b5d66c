#include "tools/tremplinctl/season/arrivals.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::ctl::season {
namespace {

using program::v1::GivenFact;
using referral::v1::BatchSubmitReferralsRequest;
using referral::v1::BatchSubmitReferralsResponse;
using referral::v1::ReferralFile;

constexpr char kBatchSubmit[] = "tremplin.referral.v1.ReferralService/BatchSubmitReferrals";

std::optional<absl::CivilDay> ParseDay(const std::string& cell) {
  absl::CivilDay day;
  if (cell.size() != 10 || !absl::ParseCivilTime(cell, &day)) return std::nullopt;
  return day;
}

int NumberOf(const ReferralFile& file, const std::string& fact) {
  const std::vector<std::string> values = program::ValuesOf(file.facts(), fact);
  int number = 0;
  return values.size() == 1 && absl::SimpleAtoi(values[0], &number) ? number : -1;
}

// The evidence that the sample's files miss, as a client brings it.
ReferralFile Completed(ReferralFile file) {
  const auto fill = [&file](const std::string& fact, const char* value) {
    if (!program::ValuesOf(file.facts(), fact).empty()) return;
    GivenFact& given = *file.add_facts();
    given.set_name(fact);
    given.add_values(value);
  };
  fill("immigration_status", "permanent_resident");
  fill("foreign_trained", "yes");
  fill("education", "bachelor");
  fill("postal_code", "K1N 6N5");
  fill("job_search_workshop", "yes");
  fill("resume", "yes");
  fill("noc", "21231");
  fill("career_goal", "Return to my profession");
  fill("consent_to_share", "yes");
  const bool french = NumberOf(file, "fr_listening") >= 5 &&
                      program::ValuesOf(file.facts(), "en_listening").empty();
  for (const char* skill : {"listening", "speaking", "reading", "writing"}) {
    fill(text::Cat(french ? "fr_" : "en_", skill), "7");
  }
  return file;
}

}  // namespace

std::string Arrival::Key() const {
  return agency.empty() ? external_id : text::Cat(agency, "/", external_id);
}

absl::StatusOr<std::vector<Arrival>> ReadArrivals(const Columns& columns, const std::string& path,
                                                  const std::string& program) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Sheet> sheet, columns.Open(path));
  std::vector<Arrival> rows;
  absl::CivilDay day;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool any, sheet->Next());
    if (!any) return rows;
    Arrival row;
    row.file = columns.ToFile(*sheet);
    row.complete = Completed(row.file);
    const auto referred_on = ParseDay(row.file.referred_on());
    if (referred_on.has_value()) day = std::max(day, *referred_on);
    row.day = day;
    row.agency = (*sheet)[kAgencyColumn];
    row.external_id = (*sheet)[kExternalIdColumn];
    row.programs = {program};
    rows.push_back(std::move(row));
  }
}

Arrivals::Arrivals(std::vector<Arrival> rows) : rows_(std::move(rows)) {
  std::stable_sort(rows_.begin(), rows_.end(),
                   [](const Arrival& a, const Arrival& b) { return a.day < b.day; });
}

std::optional<absl::CivilDay> Arrivals::FirstDay() const {
  if (rows_.empty()) return std::nullopt;
  return rows_.front().day;
}

std::optional<absl::CivilDay> Arrivals::LastDay() const {
  if (rows_.empty()) return std::nullopt;
  return rows_.back().day;
}

std::optional<absl::CivilDay> Arrivals::NextDay() const {
  if (next_ == rows_.size()) return std::nullopt;
  return rows_[next_].day;
}

const Arrival* Arrivals::Latest(const std::string& key) const {
  const auto found = latest_.find(key);
  return found == latest_.end() ? nullptr : &rows_[found->second];
}

absl::StatusOr<std::string> Arrivals::CredentialOf(Stage& stage, const std::string& agency) {
  const auto found = stage.agencies.find(agency);
  return found == stage.agencies.end() ? stage.api.credential() : found->second;
}

absl::Status Arrivals::Submit(Stage& stage) {
  struct Batch {
    std::string agency;
    BatchSubmitReferralsRequest request;
  };
  std::map<std::string, Batch> by_sender;
  for (; next_ < rows_.size() && rows_[next_].day <= stage.today; ++next_) {
    const Arrival& row = rows_[next_];
    if (!stage.by_themselves && stage.agencies.count(row.agency) == 0) continue;
    latest_[row.Key()] = next_;
    Batch& batch =
        by_sender[text::Cat(row.agency, "/", static_cast<int>(row.side), "/",
                            static_cast<int>(row.door), "/", absl::StrJoin(row.programs, " "))];
    batch.agency = row.agency;
    batch.request.set_side(row.side);
    batch.request.set_door(row.door);
    if (batch.request.programs().empty()) {
      batch.request.mutable_programs()->Assign(row.programs.begin(), row.programs.end());
    }
    BatchSubmitReferralsRequest::Item& item = *batch.request.add_items();
    if (!row.agency.empty()) item.set_agency(resources::NameOf("organizations", row.agency));
    item.set_external_id(row.external_id);
    *item.mutable_file() = row.file;
  }
  std::vector<std::pair<std::string, Batch>> batches(by_sender.begin(), by_sender.end());
  return stage.workers.ForEach(batches.size(), [&](size_t i) -> absl::Status {
    const auto& [key, batch] = batches[i];
    TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, CredentialOf(stage, batch.agency));
    return stage
        .Act<BatchSubmitReferralsResponse>(credential, std::string(kBatchSubmit), batch.request,
                                           key, absl::FormatCivilTime(stage.today))
        .status();
  });
}

}  // namespace tremplin::ctl::season
