#include "common/intake/importer.h"

#include <set>
#include <utility>

#include "common/digest/digest.h"
#include "common/ids/ids.h"
#include "common/intake/messages.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::intake {
namespace {

using referral::v1::BatchSubmitReferralsResponse;

constexpr char kBatchSubmit[] = "tremplin.referral.v1.ReferralService/BatchSubmitReferrals";
constexpr char kGetProgram[] = "tremplin.registration.v1.RegistrationService/GetProgram";
constexpr int kMaxItems = 500;
constexpr size_t kMaxRows = 1000;      // of a chunk, those at fault among them
constexpr size_t kMaxBytes = 2 << 20;  // half of what a server takes in one message

template <class Response, class Request>
absl::StatusOr<Response> CallTyped(const Call& call, const std::string& method,
                                   const Request& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string bytes, call(method, request.SerializeAsString()));
  Response response;
  if (response.ParseFromString(bytes)) return response;
  return absl::InternalError(text::Cat("the answer cannot be decoded: ", method));
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

BatchSubmitReferralsResponse::ItemResult Faulty(const std::string& external_id,
                                                const absl::Status& fault) {
  BatchSubmitReferralsResponse::ItemResult result;
  result.set_external_id(external_id);
  result.set_verdict(referral::v1::VERDICT_INVALID);
  result.add_reasons("row");
  const status::ErrorDetail detail = status::DetailOf(fault);
  referral::v1::Note& note = *result.add_notes();
  note.set_field("row");
  note.mutable_text()->set_en(detail.en);
  note.mutable_text()->set_fr(detail.fr);
  return result;
}

}  // namespace

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

bool IsOfFile(const absl::Status& status) {
  static const std::set<std::string_view>& ours = *new std::set<std::string_view>{
      kFileMissing.reason(),     kFileEmpty.reason(),   kColumnsWrong.reason(),
      kFileOfMacintosh.reason(), kFileOfMsDos.reason(), kFileIsWorkbook.reason()};
  const std::string reason = status::ReasonOf(status);
  return ours.count(reason) != 0 || reason.starts_with("CSV_");
}

Importer::Importer(Call call, ImportOptions options)
    : call_(std::move(call)),
      options_(std::move(options)),
      source_(digest::Sha256Hex(text::Cat(options_.digest, "\n", options_.agency))),
      run_(options_.run.empty() ? ids::New() : options_.run) {}

absl::StatusOr<std::unique_ptr<Importer>> Importer::Open(Call call, ImportOptions options,
                                                         const std::string& path) {
  std::unique_ptr<Importer> importer(new Importer(std::move(call), std::move(options)));
  TREMPLIN_RETURN_IF_ERROR(importer->AskForPrograms());
  TREMPLIN_ASSIGN_OR_RETURN(importer->sheet_,
                            importer->columns_->Open(path, importer->options_.name));
  return importer;
}

absl::StatusOr<std::unique_ptr<Importer>> Importer::Open(Call call, ImportOptions options,
                                                         Source source, const std::string& name) {
  std::unique_ptr<Importer> importer(new Importer(std::move(call), std::move(options)));
  TREMPLIN_RETURN_IF_ERROR(importer->AskForPrograms());
  TREMPLIN_ASSIGN_OR_RETURN(importer->sheet_, importer->columns_->Open(std::move(source), name));
  return importer;
}

absl::Status Importer::AskForPrograms() {
  for (const std::string& id : options_.programs) {
    registration::v1::GetProgramRequest request;
    request.set_name(resources::NameOf("programs", id));
    TREMPLIN_ASSIGN_OR_RETURN(auto program,
                              CallTyped<registration::v1::Program>(call_, kGetProgram, request));
    programs_.push_back(std::move(*program.mutable_definition()));
  }
  through_ = DoorThroughOrganizations(programs_, options_.side);
  columns_ = std::make_unique<Columns>(FactsOf(programs_), options_.side, !options_.agency.empty());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Row>> Importer::Next() {
  std::vector<Row> rows;
  while (more_ && rows.empty()) {
    more_ = FillChunk();
    // What a source broke off in the midst of may look like a whole row.
    TREMPLIN_RETURN_IF_ERROR(sheet_->Trouble());
    TREMPLIN_ASSIGN_OR_RETURN(rows, SendChunk());
  }
  return rows;
}

// False at the end of the file. A chunk has one door: where a row comes by another it ends before
// that row, which the next one begins with. Rows at fault go along with any.
bool Importer::FillChunk() {
  chunk_.Clear();
  rows_.clear();
  size_t bytes = 0;
  while (rows_.size() < kMaxRows && chunk_.items_size() < kMaxItems && bytes < kMaxBytes) {
    if (!next_.has_value() && !Present()) return false;
    if (next_->fault.ok()) {
      const bool by_themselves = next_->item.agency().empty();
      if (chunk_.items().empty()) {
        by_themselves_ = by_themselves;
        chunk_.set_door(by_themselves ? program::v1::DOOR_UNSPECIFIED : through_);
      } else if (by_themselves != by_themselves_) {
        return true;
      }
      bytes += next_->item.ByteSizeLong();
      chunk_.add_items()->Swap(&next_->item);
    }
    rows_.push_back(*std::move(next_));
    next_.reset();
  }
  return true;
}

// Reads the next row to be sent; false when there is none.
bool Importer::Present() {
  do {
    if (!sheet_->Next()) return false;
  } while (sheet_->row() <= options_.after_row);
  Read& row = next_.emplace();
  row.number = sheet_->row();
  row.line = sheet_->line();
  row.fault = sheet_->fault();
  const std::string cell = AgencyOf(*sheet_);
  row.agency = cell.empty() ? options_.agency : cell;
  const bool by_themselves = row.agency.empty() && options_.side == program::v1::SUBJECT_MENTOR;
  if (!by_themselves) row.item.set_agency(resources::NameOf("organizations", row.agency));
  row.item.set_external_id(ExternalIdOf(*sheet_));
  row.item.set_row(row.number);
  if (row.fault.ok()) *row.item.mutable_file() = columns_->ToFile(*sheet_);
  return true;
}

absl::StatusOr<std::vector<Row>> Importer::SendChunk() {
  BatchSubmitReferralsResponse response;
  if (!chunk_.items().empty()) {
    for (const std::string& program : options_.programs) {
      chunk_.add_programs(resources::NameOf("programs", program));
    }
    chunk_.set_side(options_.side);
    chunk_.set_dry_run(options_.dry_run);
    chunk_.set_source(source_);
    chunk_.set_request_id(
        ids::Derive({{run_, text::Cat(rows_.front().number), chunk_.SerializeAsString()}}));
    TREMPLIN_ASSIGN_OR_RETURN(response,
                              CallTyped<BatchSubmitReferralsResponse>(call_, kBatchSubmit, chunk_));
  }
  if (response.results_size() != chunk_.items_size()) {
    return absl::InternalError("the answer has another number of results than the chunk");
  }
  int sent = 0;
  std::vector<Row> rows;
  for (const Read& row : rows_) {
    const bool faulty = !row.fault.ok();
    rows.push_back(
        {.number = row.number,
         .line = row.line,
         .agency = row.agency,
         .result = faulty ? Faulty(row.item.external_id(), row.fault) : response.results(sent++),
         .faulty = faulty});
  }
  return rows;
}

}  // namespace tremplin::intake
