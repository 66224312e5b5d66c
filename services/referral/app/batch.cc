#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/person/normal.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/consents.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"

namespace tremplin::referral::app {
namespace {

using Request = v1::BatchSubmitReferralsRequest;
using Response = v1::BatchSubmitReferralsResponse;
using ItemResult = v1::BatchSubmitReferralsResponse::ItemResult;

constexpr int kMaxItems = 500;
constexpr size_t kMaxSource = 128;

// Every item as it was read: a candidate, or what is at fault.
struct Item {
  std::optional<Candidate> candidate;
  std::vector<status::FieldViolation> faults;
};

ItemResult ResultOf(const Request::Item& item) {
  ItemResult result;
  result.set_agency(item.agency());
  result.set_external_id(person::Line(item.external_id()));
  return result;
}

// By the first of the programs.
void Describe(const std::vector<Finding>& findings, const program::Program& program, Side side,
              ItemResult* result) {
  Assessment assessment = Rules(program, side).Assess(findings);
  result->set_verdict(ToProto(assessment.verdict));
  for (std::string& code : assessment.reasons) result->add_reasons(std::move(code));
}

void DescribeFaults(const std::vector<status::FieldViolation>& faults, ItemResult* result) {
  result->set_verdict(v1::VERDICT_INVALID);
  for (const status::FieldViolation& fault : faults) {
    result->add_reasons(fault.field);
    *result->add_notes() = ToNote(fault);
  }
}

// Valid, but refused as things stand.
void DescribeRefusal(const absl::Status& status, const Candidate& candidate, ItemResult* result) {
  Describe(candidate.findings.front(), *candidate.programs.front(), candidate.entry.identity.side,
           result);
  const status::ErrorDetail detail = status::DetailOf(status);
  result->set_error_reason(detail.reason);
  result->mutable_error()->set_en(detail.en);
  result->mutable_error()->set_fr(detail.fr);
}

// One lane for the batch: that of its items, when they have one only.
std::string LaneOf(const std::vector<Item>& items) {
  std::string lane;
  for (const Item& item : items) {
    if (!item.candidate.has_value()) continue;
    const std::string own = item.candidate->entry.Lane();
    if (!lane.empty() && lane != own) return "batch";
    lane = own;
  }
  return lane.empty() ? "batch" : lane;
}

// Undoes the write of a dry run and of an atomic batch that failed; never leaves this file.
absl::Status Undo() { return absl::CancelledError("the batch is not to be stored"); }

// Identifiers of what was undone would lead nowhere.
void ForgetNewReferrals(Response* response) {
  response->set_stored(false);
  for (ItemResult& result : *response->mutable_results()) {
    if (result.kind() == v1::SUBMISSION_KIND_NEW) result.clear_referral();
  }
}

absl::Status CheckAgencies(const CallContext& call, const Request& request) {
  for (const Request::Item& item : request.items()) {
    if (item.agency().empty()) continue;  // the item is invalid, not the call
    const absl::StatusOr<std::string> agency =
        resources::IdOf("organizations", item.agency(), "agency");
    if (agency.ok()) TREMPLIN_RETURN_IF_ERROR(CheckAgency(call, *agency));
  }
  return absl::OkStatus();
}

// One door for the batch. Where it is left open and one item names an agency, all come through
// agencies: one that names none is at fault then, and does not come by itself.
Door DoorOfBatch(const CallContext& call, const Request& request) {
  if (request.door() != Door::DOOR_UNSPECIFIED || IsPartner(call)) return request.door();
  const bool through_agencies =
      std::any_of(request.items().begin(), request.items().end(),
                  [](const Request::Item& item) { return !item.agency().empty(); });
  return through_agencies ? Door::DOOR_AGENCY : Door::DOOR_SELF;
}

absl::StatusOr<std::vector<Item>> ReadItems(const CallContext& call, const Request& request,
                                            const Programs& programs, Submitter& submitter) {
  const Door door = DoorOfBatch(call, request);
  std::vector<Item> items;
  for (const Request::Item& in : request.items()) {
    Item& item = items.emplace_back();
    TREMPLIN_ASSIGN_OR_RETURN(
        Reading reading, submitter.Read(call, in.agency(), in.external_id(), request.side(), door,
                                        in.file(), in.volunteered(), programs));
    if (reading.ok()) {
      item.candidate = submitter.Judged(call, std::move(reading), programs);
      if (!request.source().empty()) {
        item.candidate->source = submitter.SourceOf(request.source());
        item.candidate->row = in.row();
      }
      continue;
    }
    item.faults = std::move(reading.entry_faults);
    std::move(reading.file_faults.begin(), reading.file_faults.end(),
              std::back_inserter(item.faults));
  }
  return items;
}

// Stores one item under a savepoint of its own. False when it is invalid or refused by a rule,
// which is its own matter; any other error is the batch's.
absl::StatusOr<bool> StoreItem(database::Transaction& tx, const CallContext& call,
                               const Submitter& submitter, program::ProgramStore& programs,
                               const Item& item, size_t number, ItemResult* result) {
  if (!item.candidate.has_value()) {
    DescribeFaults(item.faults, result);
    return false;
  }
  const absl::Status status = tx.Nested([&](database::Transaction& nested) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(
        const Stored stored,
        submitter.Store(nested, call, *item.candidate, Submitter::Look(nested, *item.candidate),
                        text::Cat("item/", number, "/")));
    result->set_kind(stored.kind);
    result->set_possible_duplicate(OnlyOrganization(call).empty() && stored.possible_duplicate);
    result->set_referral(resources::NameOf("referrals", stored.referral.id));
    for (const status::FieldViolation& warning : stored.warnings) {
      *result->add_warnings() = ToNote(warning);
    }
    const ApplicationRow first = Shown(call, stored.applications.front());
    TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                              programs.Version(nested, first.program, first.program_version));
    Describe(stored.findings, *program, first.side, result);
    AddNotice(first, *program, result);
    return absl::OkStatus();
  });
  if (status.ok()) return true;
  if (absl::IsInvalidArgument(status)) {  // under the key stands somebody else
    DescribeFaults(status::DetailOf(status).violations, result);
    return false;
  }
  // Another process stored the same referral since it was looked for: the batch is run again, as
  // often as it takes within the bounds of a conflict.
  if (absl::IsAlreadyExists(status) && status::ReasonOf(status).empty()) {
    return status::VersionConflict("referral");
  }
  if (status.code() != absl::StatusCode::kFailedPrecondition || status::ReasonOf(status).empty()) {
    return status;
  }
  DescribeRefusal(status, *item.candidate, result);
  return false;
}

}  // namespace

Answer<Response> Service::BatchSubmitReferrals(const CallContext& call, const Request& request) {
  if (request.items().empty() || request.items_size() > kMaxItems) {
    return status::InvalidFields({status::Violation("items", kItemsCount)});
  }
  if (person::IsLonger(request.source(), kMaxSource)) {
    return status::InvalidFields(
        {status::Violation("source", kFieldTooLong, {std::to_string(kMaxSource)})});
  }
  TREMPLIN_RETURN_IF_ERROR(CheckAgencies(call, request));
  TREMPLIN_ASSIGN_OR_RETURN(const Programs programs, submitter_.InForce(call, request.programs()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Item> items,
                            ReadItems(call, request, programs, submitter_));
  Response undone;  // what was said of a write that is undone on purpose
  const auto run = [&](database::Transaction& tx) -> absl::StatusOr<Response> {
    Response response;
    bool all_good = true;
    for (size_t i = 0; i < items.size(); ++i) {
      ItemResult* result = response.add_results();
      *result = ResultOf(request.items(static_cast<int>(i)));
      TREMPLIN_ASSIGN_OR_RETURN(
          const bool good, StoreItem(tx, call, submitter_, deps_.programs, items[i], i, result));
      all_good = all_good && good;
      const bool changed = result->kind() == v1::SUBMISSION_KIND_NEW ||
                           result->kind() == v1::SUBMISSION_KIND_REVISION;
      response.set_stored(response.stored() || changed);
    }
    if (!request.dry_run() && (!request.atomic() || all_good)) return response;
    undone = std::move(response);
    return Undo();
  };
  absl::StatusOr<Response> response = deps_.commands.Run<Response>(call, LaneOf(items), run);
  if (!absl::IsCancelled(response.status()) || undone.results().empty()) return response;
  ForgetNewReferrals(&undone);
  return undone;
}

}  // namespace tremplin::referral::app
