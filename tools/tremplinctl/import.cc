#include "tools/tremplinctl/import.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/csv/csv.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/rows.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl {
namespace {

using referral::v1::BatchSubmitReferralsRequest;
using referral::v1::BatchSubmitReferralsResponse;
using ItemResult = BatchSubmitReferralsResponse::ItemResult;

constexpr char kBatchSubmit[] = "tremplin.referral.v1.ReferralService/BatchSubmitReferrals";
constexpr char kGetProgram[] = "tremplin.registration.v1.RegistrationService/GetProgram";
constexpr int kMaxItems = 500;
constexpr size_t kMaxBytes = 2 << 20;  // half of what a server takes in one message

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

// "residence"; of a field at fault, "file.facts.noc", the column's name.
std::string ReasonOf(const std::string& reason) {
  return std::string(absl::StripPrefix(absl::StripPrefix(reason, "file."), "facts."));
}

absl::StatusOr<std::vector<program::v1::ProgramDefinition>> DefinitionsOf(
    Api& api, const std::vector<std::string>& programs) {
  std::vector<program::v1::ProgramDefinition> definitions;
  for (const std::string& id : programs) {
    registration::v1::GetProgramRequest request;
    request.set_name(resources::NameOf("programs", id));
    TREMPLIN_ASSIGN_OR_RETURN(
        auto program, api.Call<registration::v1::Program>(std::string(kGetProgram), request));
    definitions.push_back(std::move(*program.mutable_definition()));
  }
  return definitions;
}

// The facts by which a file for these programs is read: each one's registry, its own facts among
// them.
program::Registry FactsOf(const std::vector<program::v1::ProgramDefinition>& programs) {
  program::v1::FactRegistry all;
  std::set<std::string> names;
  for (const program::v1::ProgramDefinition& one : programs) {
    for (const program::v1::Fact& fact : one.registry().facts()) {
      if (names.insert(fact.name()).second) *all.add_facts() = fact;
    }
  }
  return program::Registry(std::move(all));
}

class Importer {
 public:
  Importer(Api& api, const ImportOptions& options, const OnRefused& on_refused)
      : api_(api),
        options_(options),
        on_refused_(on_refused),
        run_(options.run.empty() ? ids::New() : options.run) {}

  absl::StatusOr<ImportResult> Run(Progress& progress) {
    TREMPLIN_ASSIGN_OR_RETURN(const auto programs, DefinitionsOf(api_, options_.programs));
    through_ = DoorThroughOrganizations(programs, options_.side);
    columns_ =
        std::make_unique<Columns>(FactsOf(programs), options_.side, !options_.agency.empty());
    TREMPLIN_ASSIGN_OR_RETURN(sheet_, columns_->Open(options_.file));
    TREMPLIN_RETURN_IF_ERROR(OpenVerdicts());
    bool more = true;
    while (more) {
      TREMPLIN_ASSIGN_OR_RETURN(more, FillChunk());
      TREMPLIN_RETURN_IF_ERROR(SendChunk());
      progress.Show(sheet_->position(), sheet_->size(), text::Cat(sheet_->row()));
    }
    TREMPLIN_RETURN_IF_ERROR(CloseVerdicts());
    result_.rows = sheet_->row();
    result_.converted = sheet_->converted();
    return result_;
  }

 private:
  absl::Status OpenVerdicts() {
    if (options_.verdicts.empty()) return absl::OkStatus();
    verdicts_.open(options_.verdicts, std::ios::binary | std::ios::trunc);
    verdicts_ << "row,agency,external_id,verdict,reasons,kind,possible_duplicate\n";
    if (verdicts_) return absl::OkStatus();
    return status::Error(absl::StatusCode::kInvalidArgument, kFileNotWritten, {options_.verdicts});
  }

  absl::Status CloseVerdicts() {
    if (!verdicts_.is_open()) return absl::OkStatus();
    verdicts_.flush();
    if (verdicts_) return absl::OkStatus();
    return status::Error(absl::StatusCode::kInvalidArgument, kFileNotWritten, {options_.verdicts});
  }

  // False at the end of the file. A chunk has one door: where a row comes by another it ends before
  // that row, which the next one begins with.
  absl::StatusOr<bool> FillChunk() {
    chunk_.Clear();
    size_t bytes = 0;
    while (chunk_.items_size() < kMaxItems && bytes < kMaxBytes) {
      if (!next_.has_value()) {
        TREMPLIN_ASSIGN_OR_RETURN(const bool any, sheet_->Next());
        if (!any) return false;
        next_ = ItemOfRow();
      }
      const bool by_themselves = next_->agency().empty();
      if (chunk_.items().empty()) {
        first_row_ = sheet_->row();
        by_themselves_ = by_themselves;
        chunk_.set_door(by_themselves ? program::v1::DOOR_UNSPECIFIED : through_);
      } else if (by_themselves != by_themselves_) {
        return true;
      }
      bytes += next_->ByteSizeLong();
      *chunk_.add_items() = *std::move(next_);
      next_.reset();
    }
    return true;
  }

  BatchSubmitReferralsRequest::Item ItemOfRow() const {
    BatchSubmitReferralsRequest::Item item;
    const std::string& cell = (*sheet_)[kAgencyColumn];
    const std::string& agency = cell.empty() ? options_.agency : cell;
    const bool by_themselves = agency.empty() && options_.side == program::v1::SUBJECT_MENTOR;
    if (!by_themselves) item.set_agency(resources::NameOf("organizations", agency));
    item.set_external_id((*sheet_)[kExternalIdColumn]);
    *item.mutable_file() = columns_->ToFile(*sheet_);
    return item;
  }

  absl::Status SendChunk() {
    if (chunk_.items().empty()) return absl::OkStatus();
    for (const std::string& program : options_.programs) {
      chunk_.add_programs(resources::NameOf("programs", program));
    }
    chunk_.set_side(options_.side);
    chunk_.set_dry_run(options_.dry_run);
    chunk_.set_request_id(ids::Derive({{run_, text::Cat(first_row_), chunk_.SerializeAsString()}}));
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
    ++result_.verdicts[verdict];
    ++result_.kinds[NameOf(result.kind())];
    if (!result.error_reason().empty()) {
      ++result_.refused;
      on_refused_(row, item.external_id(), result.error());
    }
    if (!verdicts_.is_open()) return;
    std::vector<std::string> reasons;
    for (const std::string& reason : result.reasons()) reasons.push_back(ReasonOf(reason));
    std::string_view agency = item.agency();
    agency.remove_prefix(std::min(agency.size(), agency.find('/') + 1));
    verdicts_ << csv::Join({text::Cat(row), std::string(agency), item.external_id(), verdict,
                            absl::StrJoin(reasons, " "), NameOf(result.kind()),
                            result.possible_duplicate() ? "yes" : ""})
              << '\n';
  }

  Api& api_;
  const ImportOptions& options_;
  const OnRefused& on_refused_;
  const std::string run_;  // a retry within this run is the same request; another run is not
  std::unique_ptr<Columns> columns_;
  std::unique_ptr<Sheet> sheet_;
  std::ofstream verdicts_;
  program::v1::Door through_ = program::v1::DOOR_UNSPECIFIED;  // of whom an organization stands for
  BatchSubmitReferralsRequest chunk_;
  bool by_themselves_ = false;                             // those of the chunk
  std::optional<BatchSubmitReferralsRequest::Item> next_;  // read, and in no chunk yet
  int64_t first_row_ = 1;
  ImportResult result_;
};

int64_t CountOf(const std::map<std::string, int64_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

int64_t ImportResult::Verdict(const std::string& name) const { return CountOf(verdicts, name); }
int64_t ImportResult::Kind(const std::string& name) const { return CountOf(kinds, name); }

program::v1::Door DoorThroughOrganizations(
    const std::vector<program::v1::ProgramDefinition>& programs, program::v1::Subject side) {
  bool proposers = false;
  for (const program::v1::ProgramDefinition& one : programs) {
    for (const int door :
         side == program::v1::SUBJECT_MENTOR ? one.mentor_doors() : one.mentee_doors()) {
      if (door == program::v1::DOOR_AGENCY) return program::v1::DOOR_UNSPECIFIED;
      proposers = proposers || door == program::v1::DOOR_PROPOSER;
    }
  }
  return proposers ? program::v1::DOOR_PROPOSER : program::v1::DOOR_UNSPECIFIED;
}

absl::StatusOr<ImportResult> Import(Api& api, const ImportOptions& options, Progress& progress,
                                    const OnRefused& on_refused) {
  return Importer(api, options, on_refused).Run(progress);
}

void TellImport(Language language, bool json, const ImportOptions& options,
                const ImportResult& result) {
  if (result.converted) Warn(language, kConverted, {options.file});
  const auto verdict = [&](const char* name) { return text::Cat(result.Verdict(name)); };
  const auto kind = [&](const char* name) { return text::Cat(result.Kind(name)); };
  if (json) {
    std::printf(
        "{\"rows\": %lld, \"eligible\": %s, \"incomplete\": %s, \"ineligible\": %s, \"invalid\": "
        "%s, \"refused\": %lld, \"new\": %s, \"repeat\": %s, \"revision\": %s, \"stored\": %s}\n",
        static_cast<long long>(result.rows), verdict("eligible").c_str(),
        verdict("incomplete").c_str(), verdict("ineligible").c_str(), verdict("invalid").c_str(),
        static_cast<long long>(result.refused), kind("new").c_str(), kind("repeat").c_str(),
        kind("revision").c_str(), options.dry_run ? "false" : "true");
    return;
  }
  Say(language, kImported,
      {text::Cat(result.rows), verdict("eligible"), verdict("incomplete"), verdict("ineligible"),
       verdict("invalid"), text::Cat(result.refused)});
  Say(language, kKinds, {kind("new"), kind("revision"), kind("repeat")});
  if (options.dry_run) Say(language, kDryRun);
}

}  // namespace tremplin::ctl
