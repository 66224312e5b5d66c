// referrals import FILE: a file as an office sends it, in chunks, with a verdict for each row.
#include <fstream>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/csv/csv.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/rows.h"

namespace tremplin::ctl {
namespace {

using referral::v1::BatchSubmitReferralsRequest;
using referral::v1::BatchSubmitReferralsResponse;
using ItemResult = BatchSubmitReferralsResponse::ItemResult;

constexpr char kBatchSubmit[] = "tremplin.referral.v1.ReferralService/BatchSubmitReferrals";
constexpr int kMaxItems = 500;
constexpr size_t kMaxBytes = 2 << 20;  // half of what a server takes in one message

struct ImportOptions {
  std::string file;
  std::string verdicts;
  std::string agency;
  std::string program = "ottawa-career-mentoring";
  bool dry_run = false;
};

std::string NameOf(referral::v1::Verdict verdict) {
  if (verdict == referral::v1::VERDICT_INVALID) return "invalid";
  if (verdict == referral::v1::VERDICT_INELIGIBLE) return "ineligible";
  if (verdict == referral::v1::VERDICT_INCOMPLETE) return "incomplete";
  if (verdict == referral::v1::VERDICT_ELIGIBLE) return "eligible";
  return "";
}

std::string NameOf(referral::v1::SubmissionKind kind) {
  if (kind == referral::v1::SUBMISSION_KIND_NEW) return "new";
  if (kind == referral::v1::SUBMISSION_KIND_REPEAT) return "repeat";
  if (kind == referral::v1::SUBMISSION_KIND_REVISION) return "revision";
  return "";
}

// Reads the file, sends it in chunks one after another (a later row may revise an earlier one), and
// writes a verdict a row. Holds one chunk at a time.
class Importer {
 public:
  Importer(const Globals& globals, const ImportOptions& options, Api& api)
      : globals_(globals), options_(options), api_(api), run_(ids::New()) {}

  absl::Status Run() {
    std::vector<std::string> columns = ReferralColumns();
    std::vector<std::string> optional;
    if (!options_.agency.empty()) {
      columns.erase(columns.begin());
      optional.push_back("agency");
    }
    TREMPLIN_ASSIGN_OR_RETURN(sheet_, Sheet::Open(options_.file, columns, optional));
    TREMPLIN_RETURN_IF_ERROR(OpenVerdicts());
    {
      Progress progress(globals_.language(), kImportProgress, globals_.json);
      bool more = true;
      while (more) {
        TREMPLIN_ASSIGN_OR_RETURN(more, FillChunk());
        TREMPLIN_RETURN_IF_ERROR(SendChunk());
        progress.Show(sheet_->position(), sheet_->size(), text::Cat(sheet_->row()));
      }
    }
    return Finish();
  }

 private:
  absl::Status OpenVerdicts() {
    if (options_.verdicts.empty()) return absl::OkStatus();
    verdicts_.open(options_.verdicts, std::ios::binary | std::ios::trunc);
    verdicts_ << "row,agency,external_id,verdict,reasons,kind,possible_duplicate\n";
    if (verdicts_) return absl::OkStatus();
    return status::Error(absl::StatusCode::kInvalidArgument, kFileNotWritten, {options_.verdicts});
  }

  // False at the end of the file.
  absl::StatusOr<bool> FillChunk() {
    chunk_.Clear();
    first_row_ = sheet_->row() + 1;
    size_t bytes = 0;
    while (chunk_.items_size() < kMaxItems && bytes < kMaxBytes) {
      TREMPLIN_ASSIGN_OR_RETURN(const bool any, sheet_->Next());
      if (!any) return false;
      BatchSubmitReferralsRequest::Item& item = *chunk_.add_items();
      const std::string& cell = (*sheet_)["agency"];
      item.set_agency(resources::NameOf("organizations", cell.empty() ? options_.agency : cell));
      item.set_external_id((*sheet_)["external_id"]);
      *item.mutable_file() = ToFile(*sheet_);
      bytes += item.ByteSizeLong();
    }
    return true;
  }

  absl::Status SendChunk() {
    if (chunk_.items().empty()) return absl::OkStatus();
    chunk_.add_programs(resources::NameOf("programs", options_.program));
    chunk_.set_dry_run(options_.dry_run);
    chunk_.set_request_id(ids::Derive({{run_, text::Cat(first_row_)}}));
    TREMPLIN_ASSIGN_OR_RETURN(
        const BatchSubmitReferralsResponse response,
        api_.Call<BatchSubmitReferralsResponse>(std::string(kBatchSubmit), chunk_));
    if (response.results_size() != chunk_.items_size()) {
      return absl::InternalError("the answer has another number of results than the chunk");
    }
    for (int i = 0; i < response.results_size(); ++i) {
      Take(first_row_ + i, chunk_.items(i), response.results(i));
    }
    return absl::OkStatus();
  }

  void Take(int64_t row, const BatchSubmitReferralsRequest::Item& item, const ItemResult& result) {
    const std::string verdict = NameOf(result.verdict());
    ++counts_[verdict];
    if (!result.error_reason().empty()) {
      ++refused_;
      const bool french = globals_.language() == Language::kFrench;
      Warn(
          globals_.language(), kRefused,
          {text::Cat(row), item.external_id(), french ? result.error().fr() : result.error().en()});
    }
    if (!verdicts_.is_open()) return;
    std::vector<std::string> reasons;
    for (const std::string& reason : result.reasons()) {
      reasons.emplace_back(absl::StripPrefix(reason, "file."));
    }
    std::string_view agency = item.agency();
    agency.remove_prefix(std::min(agency.size(), agency.find('/') + 1));
    verdicts_ << csv::Join({text::Cat(row), std::string(agency), item.external_id(), verdict,
                            absl::StrJoin(reasons, " "), NameOf(result.kind()),
                            result.possible_duplicate() ? "yes" : ""})
              << '\n';
  }

  absl::Status Finish() {
    if (sheet_->converted()) Warn(globals_.language(), kConverted, {options_.file});
    if (verdicts_.is_open()) {
      verdicts_.flush();
      if (!verdicts_) {
        return status::Error(absl::StatusCode::kInvalidArgument, kFileNotWritten,
                             {options_.verdicts});
      }
    }
    const auto count = [this](const char* verdict) { return text::Cat(counts_[verdict]); };
    if (globals_.json) {
      std::printf(
          "{\"rows\": %lld, \"eligible\": %s, \"incomplete\": %s, \"ineligible\": %s, \"invalid\": "
          "%s, \"refused\": %lld, \"stored\": %s}\n",
          static_cast<long long>(sheet_->row()), count("eligible").c_str(),
          count("incomplete").c_str(), count("ineligible").c_str(), count("invalid").c_str(),
          static_cast<long long>(refused_), options_.dry_run ? "false" : "true");
      return absl::OkStatus();
    }
    Say(globals_.language(), kImported,
        {text::Cat(sheet_->row()), count("eligible"), count("incomplete"), count("ineligible"),
         count("invalid"), text::Cat(refused_)});
    if (options_.dry_run) Say(globals_.language(), kDryRun);
    return absl::OkStatus();
  }

  const Globals& globals_;
  const ImportOptions& options_;
  Api& api_;
  const std::string run_;  // a retry within this run is the same request; another run is not
  std::unique_ptr<Sheet> sheet_;
  std::ofstream verdicts_;
  BatchSubmitReferralsRequest chunk_;
  int64_t first_row_ = 1;
  std::map<std::string, int64_t> counts_;
  int64_t refused_ = 0;
};

absl::Status Import(const Globals& globals, const ImportOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  return Importer(globals, options, *api).Run();
}

}  // namespace

void AddReferrals(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* referrals =
      app.add_subcommand("referrals", "referrals from files / aiguillages par fichiers");
  referrals->require_subcommand(1);
  CLI::App* import = referrals->add_subcommand("import", "submit the referrals of a CSV file");
  import->add_option("file", options->file, "referrals.csv")->required();
  import->add_flag("--dry-run", options->dry_run, "judge every row, store nothing");
  import->add_option("--verdicts", options->verdicts, "CSV file to write, one verdict a row");
  import->add_option("--agency", options->agency, "agency of rows that name none");
  import->add_option("--program", options->program, "program's id")->capture_default_str();
  import->callback([&globals, &result, options] { result = Import(globals, *options);
});
}  // namespace tremplin::ctl

}  // namespace tremplin::ctl
