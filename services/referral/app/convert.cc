#include "services/referral/app/convert.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/ids/ids.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/referral/messages.h"

namespace tremplin::referral::app {
namespace {

v1::FindingResult ToProto(Result result) {
  switch (result) {
    case Result::kPass:
      return v1::FINDING_RESULT_PASS;
    case Result::kFail:
      return v1::FINDING_RESULT_FAIL;
    case Result::kMissing:
      return v1::FINDING_RESULT_MISSING;
    case Result::kExempted:
      return v1::FINDING_RESULT_EXEMPTED;
  }
  return v1::FINDING_RESULT_UNSPECIFIED;
}

// Of the sequence and of what is told: where a restored feed gives a sequence again, for something
// else, it is another entry.
std::string FeedId(const FeedRow& row) {
  const std::string sequence = text::Cat(row.sequence);
  const std::string at = text::Cat(clock::ToMicros(row.at));
  const std::string_view parts[] = {"status entry",  NameOf(row.door), row.agency, sequence,
                                    row.application, row.milestone,    at};
  return ids::Derive(parts);
}

const messages::Message* StaffReason(std::string_view code) {
  if (code == "no_place") return &kNoPlace;
  if (code == "unreachable") return &kUnreachable;
  return nullptr;
}

const messages::Message* MilestoneMessage(std::string_view milestone) {
  static constexpr std::pair<std::string_view, const messages::Message*> kMessages[] = {
      {"received", &kMilestoneReceived},
      {"under_review", &kMilestoneUnderReview},
      {"admitted", &kMilestoneAdmitted},
      {"returned", &kMilestoneReturned},
      {"waitlisted", &kMilestoneWaitlisted},
      {"withdrawn", &kMilestoneWithdrawn},
      {"reopened", &kMilestoneReopened},
      {"enrolled", &kMilestoneEnrolled},
      {"ready", &kMilestoneReady},
      {"matched", &kMilestoneMatched},
      {"started", &kMilestoneStarted},
      {"completed", &kMilestoneCompleted},
      {"ended_early", &kMilestoneEndedEarly},
      {"outcome", &kMilestoneOutcome},
      {"outcome_amended", &kMilestoneOutcomeAmended},
  };
  for (const auto& [name, message] : kMessages) {
    if (name == milestone) return message;
  }
  return nullptr;
}

// The criterion of the code, looked for from where the last one stood.
const program::v1::Criterion* Next(std::string_view code,
                                   const std::vector<const program::v1::Criterion*>& criteria,
                                   size_t* next) {
  for (size_t tried = 0; tried < criteria.size(); ++tried) {
    const program::v1::Criterion* criterion = criteria[(*next + tried) % criteria.size()];
    if (criterion->code() != code) continue;
    *next += tried + 1;
    return criterion;
  }
  return nullptr;
}

void AddResult(const Finding& finding, const program::v1::Criterion* criterion,
               v1::Decision* decision) {
  v1::CriterionResult* result = decision->add_results();
  result->set_code(finding.code);
  result->set_result(ToProto(finding.result));
  if (finding.result == Result::kExempted) {
    result->set_exemption(finding.exemption);
    result->set_exempted_until(finding.exempted_until);
  }
  if (criterion == nullptr) return;
  *result->mutable_title() = criterion->title();
  result->set_agency_can_help(criterion->agency_can_help());
  if (finding.result == Result::kFail) *result->mutable_reason() = criterion->fail_reason();
  if (finding.result == Result::kMissing) *result->mutable_reason() = criterion->missing_reason();
}

void AppendText(const program::v1::Text& more, program::v1::Text* text) {
  if (more.en().empty()) return;
  text->set_en(text->en().empty() ? more.en() : text->en() + " " + more.en());
  text->set_fr(text->fr().empty() ? more.fr() : text->fr() + " " + more.fr());
}

}  // namespace

File FileOf(const v1::ReferralFile& in) {
  File out;
  out.given_name = in.given_name();
  out.family_name = in.family_name();
  out.birth_date = in.birth_date();
  out.email = in.email();
  out.phone = in.phone();
  out.language = in.language();
  out.referred_on = in.referred_on();
  out.facts = in.facts();
  return out;
}

v1::ReferralFile ToProto(const File& in) {
  v1::ReferralFile out;
  out.set_given_name(in.given_name);
  out.set_family_name(in.family_name);
  out.set_birth_date(in.birth_date);
  out.set_email(in.email);
  out.set_phone(in.phone);
  out.set_language(in.language);
  out.set_referred_on(in.referred_on);
  *out.mutable_facts() = in.facts;
  return out;
}

Volunteered VolunteeredOf(const v1::Volunteered& in) {
  return {in.consent(),
          {in.wishes().begin(), in.wishes().end()},
          {in.required().begin(), in.required().end()},
          {in.attributes().begin(), in.attributes().end()}};
}

v1::Volunteered ToProto(const Volunteered& in) {
  v1::Volunteered out;
  out.set_consent(in.consent);
  out.mutable_wishes()->Assign(in.wishes.begin(), in.wishes.end());
  out.mutable_required()->Assign(in.required.begin(), in.required.end());
  out.mutable_attributes()->Assign(in.attributes.begin(), in.attributes.end());
  return out;
}

std::string PlainOf(const File& file, const Volunteered& volunteered) {
  v1::AdmittedFile kept;
  *kept.mutable_file() = ToProto(file);
  if (!IsEmpty(volunteered)) *kept.mutable_volunteered() = ToProto(volunteered);
  return kept.SerializeAsString();
}

absl::StatusOr<v1::AdmittedFile> FromPlain(const std::string& plain) {
  v1::AdmittedFile kept;
  if (!kept.ParseFromString(plain)) {
    return absl::DataLossError("the file of a referral cannot be decoded");
  }
  return kept;
}

v1::Note ToNote(const status::FieldViolation& violation) {
  v1::Note note;
  note.set_field(violation.field);
  note.set_code(violation.reason);
  note.mutable_text()->set_en(violation.en);
  note.mutable_text()->set_fr(violation.fr);
  return note;
}

program::v1::Text TextOf(const messages::Message& message) {
  program::v1::Text text;
  text.set_en(std::string(message.en()));
  text.set_fr(std::string(message.fr()));
  return text;
}

v1::Decision ToDecision(const std::vector<Finding>& findings, const program::Program& program,
                        const Rules& rules, absl::Time decided, Detail detail) {
  v1::Decision decision;
  Assessment assessment = rules.Assess(findings);
  decision.set_verdict(ToProto(assessment.verdict));
  for (std::string& code : assessment.reasons) decision.add_reasons(std::move(code));
  size_t next = 0;  // findings stand in the order of the criteria
  for (const Finding& finding : findings) {
    const program::v1::Criterion* criterion = Next(finding.code, rules.criteria(), &next);
    if (detail == Detail::kUnmet && finding.result == Result::kPass) continue;
    AddResult(finding, criterion, &decision);
  }
  for (FormatVerdict& each : assessment.formats) {
    v1::FormatDecision* format = decision.add_formats();
    if (const auto* known = program::FindFormat(program.definition, each.format)) {
      *format->mutable_name() = known->name();
    }
    format->set_format(std::move(each.format));
    format->set_verdict(ToProto(each.verdict));
    for (std::string& code : each.reasons) format->add_reasons(std::move(code));
  }
  decision.set_program(resources::NameOf("programs", program.id));
  decision.set_program_version(program.version);
  *decision.mutable_decide_time() = resources::ToTimestamp(decided);
  return decision;
}

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kInvalid:
      return v1::VERDICT_INVALID;
    case Verdict::kIneligible:
      return v1::VERDICT_INELIGIBLE;
    case Verdict::kIncomplete:
      return v1::VERDICT_INCOMPLETE;
    case Verdict::kEligible:
      return v1::VERDICT_ELIGIBLE;
  }
  return v1::VERDICT_UNSPECIFIED;
}

v1::Application::State ToProto(State state) {
  switch (state) {
    case State::kReceived:
      return v1::Application::STATE_RECEIVED;
    case State::kUnderReview:
      return v1::Application::STATE_UNDER_REVIEW;
    case State::kAdmitted:
      return v1::Application::STATE_ADMITTED;
    case State::kReturned:
      return v1::Application::STATE_RETURNED;
    case State::kWaitlisted:
      return v1::Application::STATE_WAITLISTED;
    case State::kWithdrawn:
      return v1::Application::STATE_WITHDRAWN;
  }
  return v1::Application::STATE_UNSPECIFIED;
}

v1::Application ToProto(const ApplicationRow& row, const program::Program& program, Detail detail) {
  v1::Application out;
  out.set_name(resources::NameOf("applications", row.id));
  out.set_referral(resources::NameOf("referrals", row.referral));
  out.set_program(resources::NameOf("programs", row.program));
  out.set_state(ToProto(row.state));
  *out.mutable_decision() =
      ToDecision(row.findings, program, Rules(program, row.side), row.decided, detail);
  out.mutable_decision()->set_file_revision(row.file_revision);
  for (const std::string& code : row.staff_reasons) {
    out.add_staff_reasons(code);
    *out.add_staff_reason_texts() = ReasonText(code, row.findings, program, row.side);
  }
  out.set_etag(resources::Etag(row.version));
  *out.mutable_create_time() = resources::ToTimestamp(row.created);
  *out.mutable_update_time() = resources::ToTimestamp(row.updated);
  out.set_agency(resources::NameOf("organizations", row.agency));
  out.set_external_id(row.external_id);
  out.set_side(row.side);
  out.set_milestone(row.milestone);
  return out;
}

const program::v1::Criterion* CriterionOf(std::string_view code, const program::Program& program,
                                          Side side) {
  for (const program::v1::Criterion* criterion : program.Asked(side).all) {
    if (criterion->code() == code) return criterion;
  }
  return nullptr;
}

program::v1::Text ReasonText(std::string_view code, const std::vector<Finding>& findings,
                             const program::Program& program, Side side) {
  if (const messages::Message* staff = StaffReason(code)) return TextOf(*staff);
  const program::v1::Criterion* criterion = CriterionOf(code, program, side);
  if (criterion == nullptr) return {};
  for (const Finding& finding : findings) {
    if (finding.code == code && finding.result == Result::kMissing) {
      return criterion->missing_reason();
    }
  }
  return criterion->fail_reason();
}

bool IsStaffReason(std::string_view code, const program::Program& program, Side side) {
  return StaffReason(code) != nullptr || CriterionOf(code, program, side) != nullptr;
}

events::v1::ApplicationChanged ChangeOf(const ApplicationRow& row, const Assessment& assessment,
                                        std::string_view action) {
  events::v1::ApplicationChanged event;
  event.set_referral(row.referral);
  event.set_application(row.id);
  event.set_program(row.program);
  event.set_program_version(row.program_version);
  event.set_agency(row.agency);
  event.set_external_id(row.external_id);
  // The event's states are numbered as the API's.
  event.set_state(static_cast<events::v1::ApplicationState>(ToProto(row.state)));
  for (const std::string& code : assessment.reasons) event.add_reasons(code);
  event.set_version(row.version);
  event.set_action(std::string(action));
  event.set_verdict(std::string(NameOf(assessment.verdict)));
  event.set_side(row.side);
  event.set_door(std::string(NameOf(row.door)));
  for (std::string& format : assessment.Met()) event.add_formats(std::move(format));
  event.set_file_revision(row.file_revision);
  return event;
}

v1::StatusEntry ToProto(const FeedRow& row, const program::Program& program) {
  v1::StatusEntry entry;
  entry.set_sequence(row.sequence);
  entry.set_referral(resources::NameOf("referrals", row.referral));
  entry.set_external_id(row.external_id);
  entry.set_application(resources::NameOf("applications", row.application));
  entry.set_program(resources::NameOf("programs", row.program));
  entry.set_milestone(row.milestone);
  if (const messages::Message* message = MilestoneMessage(row.milestone)) {
    *entry.mutable_text() = TextOf(*message);
  }
  for (const Finding& reason : row.reasons) {
    entry.add_reasons(reason.code);
    AppendText(ReasonText(reason.code, row.reasons, program, row.side), entry.mutable_text());
  }
  *entry.mutable_time() = resources::ToTimestamp(row.at);
  entry.set_id(FeedId(row));
  return entry;
}

v1::SubmissionNotice WithdrawnNotice(const ApplicationRow& row, const program::Program& program) {
  v1::SubmissionNotice notice;
  const std::string name = resources::NameOf("applications", row.id);
  notice.set_reason(std::string(kApplicationWithdrawn.reason()));
  notice.set_application(name);
  const program::v1::Text& title = program.definition.name();
  notice.mutable_text()->set_en(status::Fill(kApplicationWithdrawn.en(), {title.en(), name}));
  notice.mutable_text()->set_fr(status::Fill(kApplicationWithdrawn.fr(), {title.fr(), name}));
  return notice;
}

}  // namespace tremplin::referral::app
