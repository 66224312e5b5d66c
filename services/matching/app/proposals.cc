#include "services/matching/app/proposals.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/groups.h"
#include "services/matching/app/page_place.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/reasons.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::matching::app {
namespace {

constexpr std::string_view kByDueTime = "due_time";
constexpr int kMostApprovals = 500;
constexpr int kMostParticipants = 200;
constexpr char kGetPerson[] = "tremplin.registration.v1.RegistrationService/GetPerson";

}  // namespace

absl::Status Refused(Ledger::Refusal refusal, const program::v1::Format& format) {
  constexpr absl::StatusCode kRefused = absl::StatusCode::kFailedPrecondition;
  switch (refusal) {
    case Ledger::Refusal::kNone:
      return absl::OkStatus();
    case Ledger::Refusal::kNotInPool:
      return status::Error(kRefused, kEnrolmentNotInPool);
    case Ledger::Refusal::kSamePerson:
      return status::Error(kRefused, kSamePerson);
    case Ledger::Refusal::kOtherProgram:
      return status::Error(kRefused, kOtherProgram);
    case Ledger::Refusal::kOutOfBounds:
      return status::Error(
          kRefused, kOutOfBounds,
          {text::Cat(format.mentees().least()), text::Cat(format.mentees().most()),
           text::Cat(format.mentors().least()), text::Cat(format.mentors().most())});
    case Ledger::Refusal::kPaused:
      return status::Error(kRefused, kPersonPaused);
    case Ledger::Refusal::kMenteeEngaged:
      return status::Error(kRefused, kMenteeEngaged);
    case Ledger::Refusal::kMentorFull:
      return status::Error(kRefused, kMentorFull);
  }
  return absl::InternalError("unknown refusal");
}

namespace {

// An answer as a command of a participant, with every fault of the request at once.
absl::StatusOr<domain::Command> CommandOf(const rpc::CallContext& call,
                                          const v1::AnswerProposalRequest& request,
                                          const store::ProposalRow& row) {
  std::vector<status::FieldViolation> violations;
  const domain::Participant* own = OwnPart(call.principal, row.proposal);
  std::string enrolment = own == nullptr ? "" : own->enrolment;
  if (own == nullptr && request.enrolment().empty()) {
    violations.push_back(status::Violation("enrolment", kEnrolmentRequired));
  } else if (!request.enrolment().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string asked,
                              resources::IdOf("enrolments", request.enrolment(), "enrolment"));
    if (own != nullptr && own->enrolment != asked) {
      violations.push_back(status::Violation("enrolment", kEnrolmentNotYours));
    }
    enrolment = asked;
  }
  if (request.answer() == v1::ANSWER_UNSPECIFIED) {
    violations.push_back(status::Violation("answer", kAnswerRequired));
  } else if (request.answer() == v1::ANSWER_NO) {
    CheckReason("reason", request.reason(), DeclineReasons(), &violations);
  } else if (!request.reason().empty()) {
    violations.push_back(status::Violation("reason", kReasonOnlyWithNo));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  if (request.answer() == v1::ANSWER_NO) return domain::SayNo{enrolment, request.reason()};
  if (request.answer() == v1::ANSWER_ASK_MORE) return domain::AskMore{enrolment};
  return domain::SayYes{enrolment};
}

// The filters that only staff use.
absl::Status FilterForStaff(const v1::ListProposalsRequest& request, bool side,
                            store::ProposalFilter* filter) {
  std::vector<status::FieldViolation> violations;
  const auto check = [&](bool given, const char* field) {
    if (given && side) violations.push_back(status::Violation(field, kForStaffOnly));
  };
  check(request.has_due_before(), "due_before");
  check(request.needs_staff(), "needs_staff");
  check(!request.order_by().empty(), "order_by");
  if (!request.order_by().empty() && request.order_by() != kByDueTime) {
    violations.push_back(status::Violation("order_by", kOrderUnknown, {kByDueTime}));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  if (request.has_due_before()) {
    filter->due_before = resources::FromTimestamp(request.due_before());
  }
  filter->needs_staff = request.needs_staff();
  filter->by_due = !request.order_by().empty();
  return absl::OkStatus();
}

}  // namespace

Proposals::Proposals(database::Database& db, rpc::Commands& commands,
                     program::ProgramStore& programs, const Ledger& ledger, peers::Peers& peers,
                     engine::Distance distance)
    : db_(db),
      commands_(commands),
      programs_(programs),
      ledger_(ledger),
      peers_(peers),
      distance_(std::move(distance)) {}

namespace {

absl::StatusOr<std::vector<std::string>> ParticipantsOf(const v1::CreateProposalRequest& request) {
  std::vector<std::string> ids;
  for (const std::string& name : request.participants()) {
    TREMPLIN_ASSIGN_OR_RETURN(std::string id, resources::IdOf("enrolments", name, "participants"));
    ids.push_back(std::move(id));
  }
  const std::set<std::string> different(ids.begin(), ids.end());
  std::vector<status::FieldViolation> violations;
  if (ids.empty() || ids.size() > kMostParticipants || different.size() != ids.size()) {
    violations.push_back(status::Violation("participants", kParticipantsOutOfRange));
  }
  CheckReason("override_reason", request.override_reason(), OverrideReasons(), &violations);
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return ids;
}

int CountOf(const std::vector<store::PoolEntry>& people, domain::Side side) {
  return static_cast<int>(std::count_if(people.begin(), people.end(),
                                        [&](const auto& one) { return one.side == side; }));
}

bool Within(const std::vector<store::PoolEntry>& people, const program::v1::Format& format) {
  const int mentees = CountOf(people, domain::Side::kMentee);
  const int mentors = CountOf(people, domain::Side::kMentor);
  return mentees >= format.mentees().least() && mentees <= format.mentees().most() &&
         mentors >= format.mentors().least() && mentors <= format.mentors().most();
}

// The format asked for; else the first within whose bounds they are, or the first that staff
// initiate.
absl::StatusOr<const program::v1::Format*> FormatFor(const std::vector<store::PoolEntry>& people,
                                                     const program::Program& program,
                                                     const std::string& code) {
  const auto all = FormatsOf(program, program::v1::INITIATOR_UNSPECIFIED);
  if (!code.empty()) return ChooseFormat(all, code);
  for (const program::v1::Format* format : all) {
    if (Within(people, *format)) return format;
  }
  return all.empty() ? ChooseFormat(all, code) : all[0];
}

// A group's language and slot, of those whom it is made of.
void FillCommon(const program::Program& program, Draft* draft) {
  if (program::ShapeOf(*draft->format) != program::Shape::kGroup) return;
  std::vector<engine::Profile> profiles;
  for (const store::PoolEntry& one : draft->people) {
    profiles.push_back(store::ProfileOf(program.registry, one));
  }
  std::vector<const engine::Profile*> people;
  for (const engine::Profile& one : profiles) people.push_back(&one);
  draft->language = FirstCommon(people, &engine::Profile::languages);
  draft->slot = FirstCommon(people, &engine::Profile::availability);
}

// Staff choose against the engine, and never against what the format asks of its people.
absl::Status CheckQualify(const Draft& draft) {
  for (const store::PoolEntry& one : draft.people) {
    if (!one.Qualifies(draft.format->code())) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kNotWaiting);
    }
  }
  return absl::OkStatus();
}

// What the newcomers join: a running match of the program, with room for them.
absl::Status CheckJoins(database::Reader& reader, const Draft& draft) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::ProposalRow> row,
                            store::FindByEngagement(reader, draft.joins_engagement));
  if (!row.has_value() || row->proposal.program != draft.people[0].program ||
      row->proposal.state != domain::State::kMatched ||
      row->proposal.format != draft.format->code()) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kEngagementUnknown);
  }
  int mentees = row->proposal.In(domain::Side::kMentee);
  int mentors = row->proposal.In(domain::Side::kMentor);
  std::vector<domain::Participant> there = row->proposal.participants;
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> joining,
                            store::JoiningProposals(reader, draft.joins_engagement));
  for (const std::string& id : joining) {
    TREMPLIN_ASSIGN_OR_RETURN(const auto other, store::FindProposal(reader, id));
    if (!other.has_value()) continue;
    const auto& theirs = other->proposal.participants;
    there.insert(there.end(), theirs.begin(), theirs.end());
    mentees += other->proposal.In(domain::Side::kMentee);
    mentors += other->proposal.In(domain::Side::kMentor);
  }
  for (const store::PoolEntry& newcomer : draft.people) {
    const bool in = std::any_of(there.begin(), there.end(), [&](const auto& one) {
      return one.in() && one.person == newcomer.person;
    });
    if (in) return status::Error(absl::StatusCode::kFailedPrecondition, kAlreadyParticipant);
  }
  mentees += CountOf(draft.people, domain::Side::kMentee);
  mentors += CountOf(draft.people, domain::Side::kMentor);
  if (mentees > draft.format->mentees().most() || mentors > draft.format->mentors().most()) {
    return Refused(Ledger::Refusal::kOutOfBounds, *draft.format);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Proposal> Proposals::CreateProposal(const rpc::CallContext& call,
                                                       const v1::CreateProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids, ParticipantsOf(request));
  Draft draft{.id = call.NewId("proposal"),
              .override_reason = request.override_reason(),
              .initiator = program::v1::INITIATOR_COORDINATOR};
  if (!request.joins_engagement().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(
        draft.joins_engagement,
        resources::IdOf("engagements", request.joins_engagement(), "joins_engagement"));
  }
  const auto read = [&](database::Reader& reader) -> absl::Status {
    draft.people.clear();
    for (const std::string& id : ids) {
      TREMPLIN_ASSIGN_OR_RETURN(store::PoolEntry entry,
                                ReadVisibleEntry(reader, call.principal, id));
      draft.people.push_back(std::move(entry));
    }
    return absl::OkStatus();
  };
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), read));
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(draft.people[0].program, call.business_now));
  TREMPLIN_ASSIGN_OR_RETURN(draft.format, FormatFor(draft.people, *program, request.format()));
  return commands_.Run<v1::Proposal>(
      call, program->id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Proposal> {
        TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, program->id).status());
        TREMPLIN_RETURN_IF_ERROR(read(tx));
        TREMPLIN_RETURN_IF_ERROR(CheckQualify(draft));
        if (!draft.joins_engagement.empty()) {
          TREMPLIN_RETURN_IF_ERROR(CheckJoins(tx, draft));
        }
        ScoreDraft(*program, call.business_now, distance_, &draft);
        FillCommon(*program, &draft);
        TREMPLIN_ASSIGN_OR_RETURN(
            Ledger::Made made,
            ledger_.Make(tx, *program, draft, call.business_now, call.traceparent));
        if (made.refusal != Ledger::Refusal::kNone) return Refused(made.refusal, *draft.format);
        return ToProto(made.row, call.principal, {*program});
      });
}

absl::Status Proposals::FillContacts(const rpc::CallContext& call, const store::ProposalRow& row,
                                     v1::Proposal* to) {
  const domain::Participant* own = OwnPart(call.principal, row.proposal);
  if (own == nullptr || !own->in()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(row.proposal.program, row.proposal.program_version));
  const program::v1::Format* format = program::FindFormat(program->definition, row.proposal.format);
  if (format == nullptr || !DisclosedTo(own->side, *format, row.proposal).contact) {
    return absl::OkStatus();
  }
  for (int i = 0; i < to->participants_size(); ++i) {
    const domain::Participant& other = row.proposal.participants[static_cast<size_t>(i)];
    if (!LearnsOf(*own, other, *format)) continue;
    registration::v1::GetPersonRequest request;
    request.set_name(resources::NameOf("people", other.person));
    TREMPLIN_ASSIGN_OR_RETURN(const registration::v1::Person person,
                              peers_.Call<registration::v1::Person>(
                                  kGetPerson, request, peers::PeerCall::AsServiceFor(call)));
    v1::Contact* contact = to->mutable_participants(i)->mutable_contact();
    contact->set_given_name(person.given_name());
    contact->set_family_name(person.family_name());
    contact->set_email(person.email());
    contact->set_phone(person.phone());
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Proposal> Proposals::GetProposal(const rpc::CallContext& call,
                                                    const v1::GetProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("proposals", request.name(), "name"));
  v1::Proposal found;
  store::ProposalRow row;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(row, ReadVisible(reader, call.principal, id));
    TREMPLIN_ASSIGN_OR_RETURN(found, Show(reader, programs_, row, call.principal, /*people=*/true));
    return absl::OkStatus();
  }));
  TREMPLIN_RETURN_IF_ERROR(FillContacts(call, row, &found));
  return found;
}

absl::StatusOr<v1::ListProposalsResponse> Proposals::ListProposals(
    const rpc::CallContext& call, const v1::ListProposalsRequest& request) {
  store::ProposalFilter filter;
  const std::optional<domain::Side> own = OwnSide(call.principal);
  if (!request.program().empty() || !own.has_value()) {
    TREMPLIN_ASSIGN_OR_RETURN(filter.program,
                              resources::IdOf("programs", request.program(), "program"));
    if (!MaySeeProgram(call.principal, filter.program)) {
      return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
    }
    TREMPLIN_RETURN_IF_ERROR(programs_.Version(filter.program, 1).status());
  }
  if (own.has_value() && call.principal.person.empty()) return v1::ListProposalsResponse();
  if (own.has_value()) {
    filter.person = call.principal.person;
    filter.side = *own;
    if (filter.program.empty()) filter.program = call.principal.program;
  }
  filter.state = StateOf(request.state());
  filter.format = request.format();
  filter.step = StepNameOf(request.step());
  TREMPLIN_RETURN_IF_ERROR(FilterForStaff(request, own.has_value(), &filter));
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope =
      text::Cat("ListProposals/", filter.program, "/", filter.person, "/",
                domain::NameOf(filter.side), "/", filter.format, "/", filter.step, "/",
                request.state(), "/", clock::ToMicros(filter.due_before), "/",
                filter.needs_staff ? "staff" : "", "/", request.order_by());
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  store::ProposalPlace after{last};
  if (filter.by_due) {
    TREMPLIN_ASSIGN_OR_RETURN(PagePlace place, PlaceOf(last, PagePlace{}));
    after = {std::move(place.id), place.time_us};
  }
  v1::ListProposalsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::ProposalRow> rows,
                              store::ListProposals(reader, filter, after, size + 1));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (response.proposals_size() == size) {
        const domain::Proposal& shown = rows[i - 1].proposal;
        response.set_next_page_token(resources::PageToken(
            scope, filter.by_due ? KeyOf({clock::ToMicros(shown.due), shown.id}) : shown.id));
        break;
      }
      TREMPLIN_ASSIGN_OR_RETURN(
          *response.add_proposals(),
          Show(reader, programs_, rows[i], call.principal, /*people=*/own.has_value()));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Proposal> Proposals::Change(
    const rpc::CallContext& call, const std::string& name, const std::string& etag,
    const std::function<absl::StatusOr<domain::Command>(const store::ProposalRow& row)>& command) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("proposals", name, "name"));
  return commands_.Run<v1::Proposal>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Proposal> {
        TREMPLIN_ASSIGN_OR_RETURN(store::ProposalRow row, ReadVisible(tx, call.principal, id));
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(etag, row.version));
        TREMPLIN_ASSIGN_OR_RETURN(const domain::Command asked, command(row));
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, asked, call.business_now, call.traceparent, &row));
        return Show(tx, programs_, row, call.principal, /*people=*/false);
      });
}

absl::StatusOr<v1::Proposal> Proposals::AnswerProposal(const rpc::CallContext& call,
                                                       const v1::AnswerProposalRequest& request) {
  return Change(call, request.name(), request.etag(),
                [&](const store::ProposalRow& row) { return CommandOf(call, request, row); });
}

absl::StatusOr<v1::Proposal> Proposals::RecordContactMeeting(
    const rpc::CallContext& call, const v1::RecordContactMeetingRequest& request) {
  return Change(call, request.name(), request.etag(),
                [](const store::ProposalRow&) { return domain::Command(domain::RecordMeeting{}); });
}

absl::StatusOr<v1::Proposal> Proposals::CancelProposal(const rpc::CallContext& call,
                                                       const v1::CancelProposalRequest& request) {
  std::vector<status::FieldViolation> violations;
  CheckReason("reason", request.reason(), CancelReasons(), &violations);
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return Change(call, request.name(), request.etag(), [&](const store::ProposalRow&) {
    return domain::Command(domain::Cancel{"staff", request.reason()});
  });
}

absl::StatusOr<v1::Proposal> Proposals::ApproveProposal(const rpc::CallContext& call,
                                                        const v1::ApproveProposalRequest& request) {
  return Change(call, request.name(), request.etag(), [&](const store::ProposalRow&) {
    return domain::Command(domain::Approve{call.principal.id});
  });
}

absl::StatusOr<v1::Proposal> Proposals::ApproveOne(
    database::Transaction& tx, const rpc::CallContext& call, const std::string& program,
    const v1::BatchApproveProposalsRequest::Item& item) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("proposals", item.name(), "name"));
  TREMPLIN_ASSIGN_OR_RETURN(store::ProposalRow row, ReadVisible(tx, call.principal, id));
  if (row.proposal.program != program) {
    return status::Error(absl::StatusCode::kNotFound, kProposalNotFound);
  }
  TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(item.etag(), row.version));
  TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, domain::Approve{call.principal.id}, call.business_now,
                                         call.traceparent, &row));
  return Show(tx, programs_, row, call.principal, /*people=*/false);
}

absl::StatusOr<v1::BatchApproveProposalsResponse> Proposals::BatchApproveProposals(
    const rpc::CallContext& call, const v1::BatchApproveProposalsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string program,
                            resources::IdOf("programs", request.program(), "program"));
  if (request.items().empty() || request.items_size() > kMostApprovals) {
    return status::InvalidFields({status::Violation("items", kItemsOutOfRange)});
  }
  if (!MaySeeProgram(call.principal, program)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  using Response = v1::BatchApproveProposalsResponse;
  return commands_.Run<Response>(
      call, program, [&](database::Transaction& tx) -> absl::StatusOr<Response> {
        Response response;
        for (const auto& item : request.items()) {
          const absl::StatusOr<v1::Proposal> approved = ApproveOne(tx, call, program, item);
          Response::ItemResult* result = response.add_results();
          result->set_name(item.name());
          if (approved.ok()) {
            *result->mutable_proposal() = *approved;
            response.set_approved(response.approved() + 1);
            continue;
          }
          // What has no sentence for people is no verdict of this item: nothing stands.
          const status::ErrorDetail detail = status::DetailOf(approved.status());
          if (status::IsVersionConflict(approved.status()) || detail.reason.empty()) {
            return approved.status();
          }
          result->set_error_reason(detail.reason);
          result->mutable_error()->set_en(detail.en);
          result->mutable_error()->set_fr(detail.fr);
        }
        return response;
      });
}

absl::Status Proposals::Expire(database::Transaction& tx, const std::string& id,
                               absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(tx, id));
  if (!row.has_value() || row->proposal.due == absl::InfinitePast() || due < row->proposal.due) {
    return absl::OkStatus();
  }
  return ledger_.Apply(tx, domain::Expire{}, due, "", &*row);
}

}  // namespace tremplin::matching::app
