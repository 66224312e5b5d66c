#include "services/matching/app/proposals.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {
namespace {

using Codes = std::vector<std::string>;

const Codes& OverrideReasons() {
  static const Codes* codes = new Codes{"knows_both", "special_need", "re_match", "engine_missed"};
  return *codes;
}
const Codes& DeclineReasons() {
  static const Codes* codes =
      new Codes{"schedule", "occupation", "distance", "goals", "personal", "other"};
  return *codes;
}
const Codes& CancelReasons() {
  static const Codes* codes = new Codes{"staff_decision", "person_unavailable"};
  return *codes;
}

const Codes& BarReasons() {
  static const Codes* codes =
      new Codes{"know_each_other", "conflict_of_interest", "safety", "staff_judgement"};
  return *codes;
}

void CheckReason(const std::string& field, const std::string& reason, const Codes& codes,
                 std::vector<status::FieldViolation>* violations) {
  if (std::find(codes.begin(), codes.end(), reason) != codes.end()) return;
  violations->push_back(status::Violation(field, kReasonUnknown, {absl::StrJoin(codes, ", ")}));
}

absl::Status Refused(Ledger::Refusal refusal) {
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
    case Ledger::Refusal::kMenteeEngaged:
      return status::Error(kRefused, kMenteeEngaged);
    case Ledger::Refusal::kMentorFull:
      return status::Error(kRefused, kMentorFull);
  }
  return absl::InternalError("unknown refusal");
}

absl::StatusOr<store::PoolEntry> ReadEntry(database::Reader& reader,
                                           const rpc::Principal& principal,
                                           const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                            store::FindEntry(reader, enrolment));
  if (!entry.has_value() || !MaySeeProgram(principal, entry->program)) {
    return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotInPool);
  }
  return *std::move(entry);
}

// An answer as a command, with every fault of the request at once.
absl::StatusOr<domain::Command> CommandOf(const rpc::CallContext& call,
                                          const v1::AnswerProposalRequest& request) {
  std::vector<status::FieldViolation> violations;
  const std::optional<domain::Side> own = OwnSide(call.principal);
  const std::optional<domain::Side> asked = SideOf(request.side());
  if (!own.has_value() && !asked.has_value()) {
    violations.push_back(status::Violation("side", kSideRequired));
  } else if (own.has_value() && asked.has_value() && *own != *asked) {
    violations.push_back(status::Violation("side", kSideNotYours));
  }
  if (request.answer() == v1::ANSWER_UNSPECIFIED) {
    violations.push_back(status::Violation("answer", kAnswerRequired));
  } else if (request.answer() == v1::ANSWER_NO) {
    CheckReason("reason", request.reason(), DeclineReasons(), &violations);
  } else if (!request.reason().empty()) {
    violations.push_back(status::Violation("reason", kReasonOnlyWithNo));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  const domain::Side side = own.has_value() ? *own : *asked;
  if (request.answer() == v1::ANSWER_NO) return domain::SayNo{side, request.reason()};
  if (request.answer() == v1::ANSWER_ASK_MORE) return domain::AskMore{side};
  return domain::SayYes{side};
}

}  // namespace

Proposals::Proposals(database::Database& db, rpc::Commands& commands,
                     program::ProgramStore& programs, const Ledger& ledger,
                     engine::Distance distance)
    : db_(db),
      commands_(commands),
      programs_(programs),
      ledger_(ledger),
      distance_(std::move(distance)) {}

absl::StatusOr<v1::Proposal> Proposals::CreateProposal(const rpc::CallContext& call,
                                                       const v1::CreateProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentee_id,
      resources::IdOf("enrolments", request.mentee_enrolment(), "mentee_enrolment"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentor_id,
      resources::IdOf("enrolments", request.mentor_enrolment(), "mentor_enrolment"));
  std::vector<status::FieldViolation> violations;
  CheckReason("override_reason", request.override_reason(), OverrideReasons(), &violations);
  if (!violations.empty()) return status::InvalidFields(std::move(violations));

  Pair pair;
  const auto read_pair = [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(pair.mentee, ReadEntry(reader, call.principal, mentee_id));
    TREMPLIN_ASSIGN_OR_RETURN(pair.mentor, ReadEntry(reader, call.principal, mentor_id));
    return absl::OkStatus();
  };
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), read_pair));
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(pair.mentee.program, call.business_now));
  pair.override_reason = request.override_reason();
  pair.id = call.NewId("proposal");
  return commands_.Run<v1::Proposal>(
      call, program->id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Proposal> {
        TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, program->id).status());
        TREMPLIN_RETURN_IF_ERROR(read_pair(tx));
        // An override is scored like any other pair, so that its reasons can be read beside it.
        pair.contributions =
            engine::Contributions(MenteeOf(pair.mentee, program->time_zone), MentorOf(pair.mentor),
                                  absl::ToCivilDay(call.business_now, program->time_zone),
                                  PolicyOf(program->definition.matching(), 1), distance_);
        pair.score = engine::Score(pair.contributions);
        TREMPLIN_ASSIGN_OR_RETURN(
            Ledger::Made made,
            ledger_.Make(tx, *program, pair, call.business_now, call.traceparent));
        if (made.refusal != Ledger::Refusal::kNone) return Refused(made.refusal);
        return ToProto(made.row, call.principal);
      });
}

absl::StatusOr<v1::PairBar> Proposals::SetPairBar(const rpc::CallContext& call,
                                                  const v1::SetPairBarRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentee_id,
      resources::IdOf("enrolments", request.mentee_enrolment(), "mentee_enrolment"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentor_id,
      resources::IdOf("enrolments", request.mentor_enrolment(), "mentor_enrolment"));
  std::vector<status::FieldViolation> violations;
  if (request.barred()) {
    CheckReason("reason", request.reason(), BarReasons(), &violations);
  } else if (!request.reason().empty()) {
    violations.push_back(status::Violation("reason", kReasonOnlyWithBar));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return commands_.Run<v1::PairBar>(
      call, mentee_id, [&](database::Transaction& tx) -> absl::StatusOr<v1::PairBar> {
        TREMPLIN_ASSIGN_OR_RETURN(const store::PoolEntry mentee,
                                  ReadEntry(tx, call.principal, mentee_id));
        TREMPLIN_ASSIGN_OR_RETURN(const store::PoolEntry mentor,
                                  ReadEntry(tx, call.principal, mentor_id));
        if (mentee.side != domain::Side::kMentee || mentor.side != domain::Side::kMentor ||
            mentee.program != mentor.program) {
          return Refused(Ledger::Refusal::kOtherProgram);
        }
        if (!request.barred()) {
          TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, mentee.program, call.business_now));
        }
        TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, mentee.program).status());
        TREMPLIN_RETURN_IF_ERROR(store::TouchPair(tx, mentee_id, mentor_id));
        if (request.barred()) {
          TREMPLIN_RETURN_IF_ERROR(
              store::PutBar(tx, {mentee_id, mentor_id, mentee.program, request.reason(),
                                 call.principal.id, call.business_now}));
        } else {
          TREMPLIN_RETURN_IF_ERROR(store::DropBar(tx, mentee_id, mentor_id));
        }
        v1::PairBar bar;
        bar.set_mentee_enrolment(request.mentee_enrolment());
        bar.set_mentor_enrolment(request.mentor_enrolment());
        bar.set_barred(request.barred());
        bar.set_reason(request.reason());
        return bar;
      });
}

absl::StatusOr<v1::Proposal> Proposals::GetProposal(const rpc::CallContext& call,
                                                    const v1::GetProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("proposals", request.name(), "name"));
  v1::Proposal found;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const store::ProposalRow row,
                              ReadVisible(reader, call.principal, id));
    found = ToProto(row, call.principal);
    return absl::OkStatus();
  }));
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
  }
  if (own.has_value() && call.principal.person.empty()) return v1::ListProposalsResponse();
  if (own == domain::Side::kMentee) filter.mentee_person = call.principal.person;
  if (own == domain::Side::kMentor) filter.mentor_person = call.principal.person;
  filter.state = StateOf(request.state());
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("ListProposals/", filter.program, "/", filter.mentee_person,
                                      filter.mentor_person, "/", request.state());
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  v1::ListProposalsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::ProposalRow> rows,
                              store::ListProposals(reader, filter, after, size + 1));
    for (const store::ProposalRow& row : rows) {
      if (response.proposals_size() == size) {
        const std::string& last = response.proposals(size - 1).name();
        TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("proposals", last, "name"));
        response.set_next_page_token(resources::PageToken(scope, id));
        break;
      }
      *response.add_proposals() = ToProto(row, call.principal);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Proposal> Proposals::Change(const rpc::CallContext& call,
                                               const std::string& name, const std::string& etag,
                                               const domain::Command& command) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("proposals", name, "name"));
  return commands_.Run<v1::Proposal>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Proposal> {
        TREMPLIN_ASSIGN_OR_RETURN(store::ProposalRow row, ReadVisible(tx, call.principal, id));
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(etag, row.version));
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, command, call.business_now, call.traceparent, &row));
        return ToProto(row, call.principal);
      });
}

absl::StatusOr<v1::Proposal> Proposals::AnswerProposal(const rpc::CallContext& call,
                                                       const v1::AnswerProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const domain::Command command, CommandOf(call, request));
  return Change(call, request.name(), request.etag(), command);
}

absl::StatusOr<v1::Proposal> Proposals::RecordContactMeeting(
    const rpc::CallContext& call, const v1::RecordContactMeetingRequest& request) {
  return Change(call, request.name(), request.etag(), domain::RecordMeeting{});
}

absl::StatusOr<v1::Proposal> Proposals::CancelProposal(const rpc::CallContext& call,
                                                       const v1::CancelProposalRequest& request) {
  std::vector<status::FieldViolation> violations;
  CheckReason("reason", request.reason(), CancelReasons(), &violations);
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return Change(call, request.name(), request.etag(), domain::Cancel{"staff", request.reason()});
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
