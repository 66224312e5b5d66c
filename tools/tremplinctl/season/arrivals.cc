#include "tools/tremplinctl/season/arrivals.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "common/person/day.h"
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

absl::StatusOr<std::vector<Arrival>> ReadArrivals(const intake::Columns& columns,
                                                  const std::string& path,
                                                  const std::string& program) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<intake::Sheet> sheet, columns.Open(path));
  std::vector<Arrival> rows;
  absl::CivilDay day;
  while (true) {
    if (!sheet->Next()) return rows;
    if (!sheet->fault().ok()) continue;
    Arrival row;
    row.file = columns.ToFile(*sheet);
    row.complete = Completed(row.file);
    const auto referred_on = person::ParseDay(row.file.referred_on());
    if (referred_on.has_value()) day = std::max(day, *referred_on);
    row.day = day;
    row.agency = intake::AgencyOf(*sheet);
    row.external_id = intake::ExternalIdOf(*sheet);
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
    std::vector<size_t> rows;  // its items
  };
  std::map<std::string, Batch> by_sender;
  for (; next_ < rows_.size() && rows_[next_].day <= stage.today; ++next_) {
    const Arrival& row = rows_[next_];
    if (!stage.by_themselves && stage.agencies.count(row.agency) == 0) continue;
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
    batch.rows.push_back(next_);
  }
  std::vector<std::pair<std::string, Batch>> batches(by_sender.begin(), by_sender.end());
  std::mutex mutex;
  return stage.workers.ForEach(batches.size(), [&](size_t i) -> absl::Status {
    const auto& [key, batch] = batches[i];
    TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, CredentialOf(stage, batch.agency));
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<BatchSubmitReferralsResponse> response,
                              stage.Act<BatchSubmitReferralsResponse>(
                                  credential, std::string(kBatchSubmit), batch.request, key,
                                  absl::FormatCivilTime(stage.today)));
    if (!response.has_value()) return absl::OkStatus();
    const std::lock_guard lock(mutex);
    for (size_t item = 0; item < batch.rows.size(); ++item) {
      const auto& result = response->results(static_cast<int>(item));
      // What was not taken, or is older than what stands, is nobody's latest.
      const bool stands = result.verdict() != referral::v1::VERDICT_INVALID &&
                          result.kind() != referral::v1::SUBMISSION_KIND_STALE;
      if (stands) latest_[rows_[batch.rows[item]].Key()] = batch.rows[item];
    }
    return absl::OkStatus();
  });
}

}  // namespace tremplin::ctl::season
